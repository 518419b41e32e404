package ledger

import (
	"encoding/json"
	"strings"
	"time"

	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// lead is the number to show for a call, and how many more it is about: the
// one that was searched for when it is among the rows, else the first.
func lead(e wire.Entry, searched string) (number string, more int) {
	rows := max(e.RowCount, len(e.Rows))
	wanted := digits(searched)
	for _, r := range e.Rows {
		shown := r.Sent
		if shown == "" {
			shown = r.Typed
		}
		if shown == "" {
			continue
		}
		if number == "" {
			number = shown
		}
		if wanted == "" {
			break
		}
		if strings.HasSuffix(digits(r.Sent), wanted) || strings.HasSuffix(digits(r.Typed), wanted) {
			return shown, rows - 1
		}
	}
	if number == "" {
		return "", 0
	}
	return number, rows - 1
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || '9' < r {
			return -1
		}
		return r
	}, text)
}

// unsettled reports whether somebody has still to find out about a call.
func unsettled(e wire.Entry) bool { return e.Outcome == wire.Unknown && e.Settled == nil }

// subject is what a call was about, as far as a read can look for it.
type subject struct {
	Campaign int64
	Contact  ccai.ListedContact // with ID, ExternalUniqueID and what was to be changed
	Numbers  []string           // of the rows, as they left
	Job      string
}

func subjectOf(e wire.Entry) subject {
	s := subject{Job: e.JobID}
	for _, r := range e.Rows {
		if r.Sent != "" {
			s.Numbers = append(s.Numbers, r.Sent)
		}
	}
	var in struct {
		CampaignID       int64  `json:"campaign_id"`
		ContactID        int64  `json:"contact_id"`
		Name             string `json:"name"`
		Email            string `json:"email"`
		PhoneNumber      string `json:"phone_number"`
		ExternalUniqueID string `json:"external_unique_id"`
	}
	if json.Unmarshal(e.Request, &in) != nil {
		return s
	}
	s.Campaign = in.CampaignID
	s.Contact = ccai.ListedContact{ID: in.ContactID, Name: in.Name, Email: in.Email, PhoneNumber: in.PhoneNumber, ExternalUniqueID: in.ExternalUniqueID}
	if in.PhoneNumber != "" && len(s.Numbers) == 1 {
		s.Contact.PhoneNumber = s.Numbers[0]
	}
	return s
}

// found is one thing that was looked for among a campaign's contacts.
type found struct {
	What    string // the number or id
	Contact *ccai.ListedContact
}

// look searches a campaign's contacts for what the call was about: by contact
// id where there is one, else by number, else by the external id.
func look(op operation.Name, s subject, contacts []ccai.ListedContact) []found {
	switch op {
	case operation.ContactUpdate, operation.ContactDelete:
		return []found{{What: name(s), Contact: one(s, contacts)}}
	}
	byTail := map[string][]int{}
	for i, c := range contacts {
		byTail[tail(c.PhoneNumber)] = append(byTail[tail(c.PhoneNumber)], i)
	}
	all := make([]found, len(s.Numbers))
	for i, number := range s.Numbers {
		all[i].What = number
		for _, at := range byTail[tail(number)] {
			if ccai.SamePhone(number, contacts[at].PhoneNumber) {
				all[i].Contact = &contacts[at]
				break
			}
		}
	}
	return all
}

// tail is what two spellings of one number share.
func tail(number string) string {
	const national = 7
	d := digits(number)
	return d[max(0, len(d)-national):]
}

func one(s subject, contacts []ccai.ListedContact) *ccai.ListedContact {
	for i, c := range contacts {
		switch {
		case s.Contact.ID != 0:
			if c.ID == s.Contact.ID {
				return &contacts[i]
			}
		case s.Contact.PhoneNumber != "":
			if ccai.SamePhone(s.Contact.PhoneNumber, c.PhoneNumber) {
				return &contacts[i]
			}
		case s.Contact.ExternalUniqueID != "":
			if c.ExternalUniqueID == s.Contact.ExternalUniqueID {
				return &contacts[i]
			}
		}
	}
	return nil
}

// name is how a call named its contact.
func name(s subject) string {
	switch {
	case s.Contact.ID != 0:
		id, err := json.Marshal(s.Contact.ID)
		if err != nil {
			return "" // cannot be
		}
		return "#" + string(id)
	case s.Contact.PhoneNumber != "":
		return s.Contact.PhoneNumber
	}
	return s.Contact.ExternalUniqueID
}

// present counts what was found.
func present(all []found) int {
	n := 0
	for _, f := range all {
		if f.Contact != nil {
			n++
		}
	}
	return n
}

// change is one field of an update: what was asked for and what is there now.
type change struct {
	Field, Want, Have string
	Same              bool
}

// changes compares an update with the contact as it is now.
func changes(want, have ccai.ListedContact) []change {
	var all []change
	add := func(field, want, have string, same bool) {
		if want != "" {
			all = append(all, change{field, want, have, same})
		}
	}
	add("name", want.Name, have.Name, want.Name == have.Name)
	add("email", want.Email, have.Email, strings.EqualFold(want.Email, have.Email))
	add("phone_number", want.PhoneNumber, have.PhoneNumber, ccai.SamePhone(want.PhoneNumber, have.PhoneNumber))
	add("external_unique_id", want.ExternalUniqueID, have.ExternalUniqueID, want.ExternalUniqueID == have.ExternalUniqueID)
	return all
}

// took is how long a call lasted; 0 while it is under way.
func took(e wire.Entry) time.Duration {
	if e.FinishedAt == nil {
		return 0
	}
	return e.FinishedAt.Sub(e.StartedAt)
}

// where is the page whose form makes this operation.
func where(op operation.Name, campaign string) string {
	switch op {
	case operation.DNCAdd:
		return "/dnc?task=add"
	case operation.DNCRemove:
		return "/dnc?task=remove"
	case operation.DNCCheck:
		return "/dnc?task=check"
	case operation.SMSSend:
		return "/sms"
	case operation.CallbotImport, operation.CallbotPing:
		return "/callbot"
	case operation.ContactsAdd, operation.ContactsImport, operation.ContactUpdate, operation.ContactDelete:
		if campaign == "" || campaign == "0" {
			return "/campaign"
		}
		return "/campaign?campaign=" + campaign
	}
	return ""
}
