package ccai

import (
	"strings"
	"time"

	"outdial/shared/answer"
)

// ListedContact is a campaign contact as the upstream shows it. The page of the
// list prints only the five fields that are sent; real answers have more
// (docs/api.md 4.2).
type ListedContact struct {
	ID               int64 // 0 when the answer has none
	CampaignID       int64
	Name             string
	Email            string
	PhoneNumber      string
	OutboundNumber   string
	ExternalUniqueID string
	Status           string // see LookupStatus
	CreatedAt        *time.Time
	UpdatedAt        *time.Time
	Metadata         map[string]string // user_custom_metadata, by its labels
}

// ReadContacts reads the answer to ContactsList. The error is answer.ErrUnreadable.
func ReadContacts(data []byte) ([]ListedContact, error) {
	return ReadContactsAtPace(data, func() {})
}

// ReadContactsAtPace is ReadContacts for a program that has other things to do
// as well: step is called before each contact.
func ReadContactsAtPace(data []byte, step func()) ([]ListedContact, error) {
	list, err := answer.ReadList(data, "contacts", "contact", "data")
	if err != nil {
		return nil, err
	}
	contacts := make([]ListedContact, len(list))
	for i, value := range list {
		step()
		contacts[i] = readContact(value.Object())
	}
	return contacts, nil
}

// ReadContact reads the answer to ContactUpdate and ContactDelete: one contact,
// bare or under "contact". The error is answer.ErrUnreadable.
func ReadContact(data []byte) (ListedContact, error) {
	o, err := answer.ReadObject(data)
	if err != nil {
		return ListedContact{}, err
	}
	return readContact(o), nil
}

func readContact(o answer.Object) ListedContact {
	for _, name := range []string{"contact", "contacts"} {
		if inner := o[name].Object(); inner != nil {
			o = inner
		} else if list, ok := o[name].List(); ok && len(list) == 1 {
			o = list[0].Object()
		}
	}
	c := ListedContact{
		ID:               o.Whole("id", "contact_id"),
		CampaignID:       o.Whole("campaign_id"),
		Name:             o.Text("name"),
		Email:            o.Text("email"),
		PhoneNumber:      o.Text("phone_number", "phone"),
		OutboundNumber:   o.Text("outbound_number"),
		ExternalUniqueID: o.Text("external_unique_id"),
		Status:           o.Text("status"),
	}
	c.CreatedAt, _ = readTime(o, "created_at")
	c.UpdatedAt, _ = readTime(o, "updated_at")
	if labels := o["user_custom_metadata"].Object(); len(labels) > 0 {
		c.Metadata = make(map[string]string, len(labels))
		for label, value := range labels {
			c.Metadata[label] = value.Text()
		}
		c.Name = orLabel(c.Name, c.Metadata, "NAME")
		c.Email = orLabel(c.Email, c.Metadata, "EMAIL")
		c.PhoneNumber = orLabel(c.PhoneNumber, c.Metadata, "PHONE")
	}
	return c
}

// orLabel is text, else what the metadata hold under a label such as
// "PHONE (REQUIRED)" or "PHONE".
func orLabel(text string, metadata map[string]string, word string) string {
	if text != "" {
		return text
	}
	for _, label := range []string{word + " (REQUIRED)", word} {
		for have, value := range metadata {
			if strings.EqualFold(strings.TrimSpace(have), label) && value != "" {
				return value
			}
		}
	}
	return ""
}

// AddedContacts is the answer to ContactAdd. A 200 may hold nothing but invalid
// contacts.
type AddedContacts struct {
	Valid   []ListedContact
	Invalid []InvalidContact
}

// InvalidContact is a contact that was not taken. The vendor does not show its
// form, so every likely one is read.
type InvalidContact struct {
	ListedContact
	Reason string // "" when the answer gives none
}

// ReadAddedContacts reads the answer to ContactAdd. A bare contact or array of
// contacts counts as valid. The error is answer.ErrUnreadable.
func ReadAddedContacts(data []byte) (AddedContacts, error) {
	value, err := answer.Read(data)
	if err != nil {
		return AddedContacts{}, err
	}
	var added AddedContacts
	o := value.Object()
	if _, ok := value.List(); ok {
		o = answer.Object{"contacts": value}
	}
	if o == nil {
		return added, answer.ErrUnreadable
	}
	known := false
	for _, name := range []string{"valid_contacts", "valid_contact", "contacts", "contact"} {
		elements, ok := elementsOf(o, name)
		known = known || ok
		for _, element := range elements {
			if c := invalidContact(element); Complains(element) {
				added.Invalid = append(added.Invalid, c)
			} else if c.PhoneNumber != "" || c.ID != 0 || element.Object() != nil {
				added.Valid = append(added.Valid, c.ListedContact)
			}
		}
	}
	for _, name := range []string{"invalid_contacts", "invalid_contact"} {
		elements, ok := elementsOf(o, name)
		known = known || ok
		for _, element := range elements {
			added.Invalid = append(added.Invalid, invalidContact(element))
		}
	}
	if !known {
		c := readContact(o)
		if c.ID == 0 && c.PhoneNumber == "" {
			return added, answer.ErrUnreadable
		}
		added.Valid = append(added.Valid, c)
	}
	return added, nil
}

// elementsOf are the elements of an array member, or the one object or text that
// stands where an array was due.
func elementsOf(o answer.Object, name string) ([]answer.Value, bool) {
	value, ok := o[name]
	if !ok {
		return nil, false
	}
	if list, ok := value.List(); ok {
		return list, true
	}
	if value.Object() != nil || value.Text() != "" {
		return []answer.Value{value}, true
	}
	return nil, true // null
}

// Complains reports whether an object has an error of its own: an element in
// whatever list it stands, an answer whatever its status.
func Complains(v answer.Value) bool {
	o := v.Object()
	return answer.FieldWords(o["error"]) != "" || answer.FieldWords(o["errors"]) != ""
}

// anyContact is a contact from an object or from a phone number alone.
func anyContact(v answer.Value) (ListedContact, bool) {
	if o := v.Object(); o != nil {
		return readContact(o), true
	}
	if text := v.Text(); looksLikePhone(text) {
		return ListedContact{PhoneNumber: text}, true
	}
	return ListedContact{}, false
}

func invalidContact(v answer.Value) InvalidContact {
	o := v.Object()
	if o == nil {
		if c, ok := anyContact(v); ok {
			return InvalidContact{ListedContact: c}
		}
		return InvalidContact{Reason: answer.Words(v)}
	}
	c := InvalidContact{ListedContact: readContact(o)}
	for _, name := range []string{"error", "message", "reason", "errors", "error_message", "status"} {
		if c.Reason = answer.FieldWords(o[name]); c.Reason != "" {
			break
		}
	}
	return c
}

// looksLikePhone tells a number from a sentence.
func looksLikePhone(text string) bool {
	return text != "" && strings.Trim(text, "+0123456789 -.()/") == "" && strings.ContainsAny(text, "0123456789")
}

// SamePhone reports whether two spellings are one number: the same digits, or
// one without the country code that the other has. Leading zeros are prefixes
// of dialling.
func SamePhone(a, b string) bool {
	a, b = strings.TrimLeft(digits(a), "0"), strings.TrimLeft(digits(b), "0")
	if len(a) > len(b) {
		a, b = b, a
	}
	const national = 7 // fewer digits could end many numbers
	return a == b && a != "" || len(a) >= national && strings.HasSuffix(b, a)
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || '9' < r {
			return -1
		}
		return r
	}, text)
}
