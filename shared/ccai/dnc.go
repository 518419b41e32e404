package ccai

import (
	"strings"
	"time"

	"outdial/shared/answer"
)

// What DNCResult.Status says.
const (
	DNCCreated = "created"
	DNCUpdated = "updated"
	DNCFailed  = "failed"
)

// DNCResult is what the upstream answered for one contact of DNCAdd. It belongs
// to the contact at the same position: the same number may stand twice.
type DNCResult struct {
	PhoneNumber string     // as it was sent
	ExpiresAt   *time.Time // nil when none was sent
	Status      string     // DNCCreated, DNCUpdated or DNCFailed, in lower case; "" when it is not said
	Error       string     // with DNCFailed; see Code
}

// ReadDNCResults reads the answer to DNCAdd: an array with one object per
// contact. The error is answer.ErrUnreadable.
func ReadDNCResults(data []byte) ([]DNCResult, error) {
	list, err := answer.ReadList(data, "contacts", "results")
	if err != nil {
		return nil, err
	}
	results := make([]DNCResult, len(list))
	for i, value := range list {
		o := value.Object()
		results[i].PhoneNumber = o.Text("phone_number")
		results[i].ExpiresAt, _ = readTime(o, "expires_at", "expired_at")
		results[i].Status = strings.ToLower(strings.TrimSpace(o.Text("status")))
		results[i].Error = answer.FieldWords(o["error"])
		if results[i].Error == "" {
			results[i].Error = answer.FieldWords(o["errors"])
		}
	}
	return results, nil
}

// Check is the answer to DNCCheck.
type Check struct {
	PhoneNumber string
	DoNotCall   *bool      // nil: the answer does not say, which is never "free to call"
	ExpiresAt   *time.Time // nil: no expiry, or one that cannot be read
	Expiry      string     // the expiry as the upstream wrote it; "" when it named none
}

// ReadCheck reads the answer to DNCCheck, the vendor's printed sample with its
// missing comma included. The error is answer.ErrUnreadable.
func ReadCheck(data []byte) (Check, error) {
	o, err := answer.ReadObject(data)
	if err != nil {
		return Check{}, err
	}
	c := Check{PhoneNumber: o.Text("phone_number"), DoNotCall: o["do_not_call"].Flag()}
	c.ExpiresAt, c.Expiry = readTime(o, "expired_at", "expires_at")
	return c, nil
}

// Listed reports whether the answer says that the number is on the list.
func (c Check) Listed() bool { return c.DoNotCall != nil && *c.DoNotCall }

// Shortens reports whether adding a number again, until next (nil: for good),
// would end its protection earlier than what old shows. An expiry that cannot
// be read is taken for a late one.
func Shortens(old Check, next *time.Time) bool {
	if !old.Listed() || next == nil {
		return false
	}
	return old.ExpiresAt == nil || next.Before(*old.ExpiresAt)
}

// readTime is the first of the named members that holds a text, and that text.
func readTime(o answer.Object, names ...string) (*time.Time, string) {
	text := o.Text(names...)
	if text == "" {
		return nil, ""
	}
	t, err := ParseTime(text)
	if err != nil {
		return nil, text
	}
	return &t, text
}
