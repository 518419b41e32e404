package simulator

import (
	"bytes"
	"net/http"
	"time"
)

// Errors of single numbers, as documented (docs/api.md, "Do-not-call").
const (
	dncPast      = "expires_at cannot be past date/time"
	dncInvalid   = "phone_number is invalid"
	dncEmergency = "emergency phone number is not allowed"
)

// Times as documented: one form going in, another coming out.
const (
	dncTimeIn  = "2006-01-02 15:04:05 UTC"
	dncTimeOut = "2006-01-02 15:04:05.000000 -0700"
)

const maxDNC = 1_000_000

type dncItem struct {
	PhoneNumber string  `json:"phone_number"`
	ExpiresAt   *string `json:"expires_at,omitempty"`
	Error       string  `json:"error,omitempty"`
	Status      string  `json:"status"`
}

func (c *ccai) dncAdd(q *request) (plan, *answer) {
	var in struct {
		Contacts []struct {
			PhoneNumber string  `json:"phone_number"`
			ExpiresAt   *string `json:"expires_at"`
		} `json:"contacts"`
	}
	if refusal := decodeJSON(q, &in); refusal != nil {
		return plan{}, refusal
	}
	if len(in.Contacts) == 0 {
		return plan{}, message(http.StatusBadRequest, "contacts is required")
	}
	p := plan{rows: len(in.Contacts)}
	for _, contact := range in.Contacts {
		p.keys = append(p.keys, key(contact.PhoneNumber))
		p.marks = append(p.marks, mark{contact.PhoneNumber, true})
	}
	p.do = func(string) answer {
		t := c.tenant(q)
		items := make([]dncItem, 0, len(in.Contacts))
		happened := false
		for _, contact := range in.Contacts {
			item := dncItem{PhoneNumber: contact.PhoneNumber, ExpiresAt: contact.ExpiresAt}
			changed := t.list(&item, q.now)
			happened = happened || changed
			if (mark{contact.PhoneNumber, true}).code() != "9110" {
				items = append(items, item)
			}
		}
		a := reply(http.StatusOK, items)
		a.happened = happened
		return a
	}
	return p, nil
}

// list puts one number on the list and fills in what came of it.
func (t *tenant) list(item *dncItem, now time.Time) (changed bool) {
	fail := func(text string) bool {
		item.Status, item.Error = "failed", text
		return false
	}
	code := mark{item.PhoneNumber, true}.code()
	number, valid := canonical(item.PhoneNumber)
	switch {
	case emergency(item.PhoneNumber), code == "9102":
		return fail(dncEmergency)
	case !valid, code == "9101":
		return fail(dncInvalid)
	case code == "9103":
		return fail(dncPast)
	case code == "9111":
		return fail("the list is being rebuilt")
	}
	var until time.Time
	if item.ExpiresAt != nil {
		at, err := time.Parse(dncTimeIn, *item.ExpiresAt)
		switch {
		case err != nil:
			return fail("expires_at is invalid")
		case !at.After(now):
			return fail(dncPast)
		}
		until = at
	}
	_, there := t.listed(number, now)
	item.Status = "created"
	if there {
		item.Status = "updated"
	}
	switch {
	case code == "9104":
		return false
	case !there && len(t.dnc) >= maxDNC:
		return fail("the list is full")
	case code == "9112":
		item.Status = "scheduled"
	}
	t.dnc[number] = until
	return true
}

func (c *ccai) dncRemove(q *request) (plan, *answer) {
	var in struct {
		PhoneNumbers []string `json:"phone_numbers"`
	}
	if refusal := decodeJSON(q, &in); refusal != nil {
		return plan{}, refusal
	}
	if len(in.PhoneNumbers) == 0 {
		return plan{}, message(http.StatusBadRequest, "phone_numbers is required")
	}
	p := plan{rows: len(in.PhoneNumbers), marks: numbers(in.PhoneNumbers...)}
	for _, text := range in.PhoneNumbers {
		p.keys = append(p.keys, key(text))
	}
	p.do = func(string) answer {
		t := c.tenant(q)
		a := reply(http.StatusOK, struct{}{}) // whatever the numbers are
		for _, text := range in.PhoneNumbers {
			number, ok := canonical(text)
			if _, there := t.listed(number, q.now); ok && there && (mark{text, true}).code() != "9105" {
				delete(t.dnc, number)
				a.happened = true
			}
		}
		return a
	}
	return p, nil
}

func (c *ccai) dncCheck(q *request) (plan, *answer) {
	text := q.URL.Query().Get("phone_number")
	if text == "" {
		return plan{}, message(http.StatusBadRequest, "phone_number is required")
	}
	number, valid := canonical(text)
	if !valid {
		return plan{keys: []string{text}}, message(http.StatusBadRequest, dncInvalid)
	}
	p := plan{keys: []string{number}, marks: numbers(text)}
	p.do = func(code string) answer {
		until, listed := c.tenant(q).listed(number, q.now)
		return checked(text, until, listed, code)
	}
	return p, nil
}

func checked(text string, until time.Time, listed bool, code string) answer {
	var out struct {
		PhoneNumber string  `json:"phone_number"`
		ExpiredAt   *string `json:"expired_at"`
		DoNotCall   bool    `json:"do_not_call"`
	}
	out.PhoneNumber, out.DoNotCall = text, listed
	if !until.IsZero() {
		shape := dncTimeOut
		switch code {
		case "9108":
			shape = dncTimeIn
		case "9109":
			shape = "2006-01-02T15:04:05.000Z"
		}
		at := until.UTC().Format(shape)
		out.ExpiredAt = &at
	}
	a := reply(http.StatusOK, out)
	switch code {
	case "9106":
		a = reply(http.StatusOK, struct {
			PhoneNumber string  `json:"phone_number"`
			ExpiredAt   *string `json:"expired_at"`
		}{out.PhoneNumber, out.ExpiredAt})
	case "9107":
		a.body = bytes.Replace(a.body, []byte(`,"do_not_call"`), []byte("\n\"do_not_call\""), 1)
	case "9108":
		a.body = bytes.Replace(a.body, []byte(`"expired_at"`), []byte(`"expires_at"`), 1)
	}
	return a
}
