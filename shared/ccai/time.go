package ccai

import (
	"errors"
	"strings"
	"time"
)

// sentTime is the one form in which times leave: the vendor's own sample.
const sentTime = "2006-01-02 15:04:05 UTC"

// errTime says that a text is no time with a zone.
var errTime = errors.New("ccai: not a time with a zone")

// readTimes are the shapes the vendor's pages print, and what people paste.
var readTimes = []string{
	"2006-01-02 15:04:05.999999999 UTC",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999 -07:00",
	"2006-01-02 15:04:05.999999999Z07:00",
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999-0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04 UTC",
}

// ParseTime reads a time in any of the shapes that the vendor prints:
// "2022-10-29 00:00:00 UTC", "2023-08-05 22:02:36.362009 +0000" and ISO 8601.
// A time without a zone is an error: guessing it could shorten protection.
func ParseTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, shape := range readTimes {
		if t, err := time.Parse(shape, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errTime
}

// FormatTime writes a time as it is sent to the vendor.
func FormatTime(t time.Time) string { return t.UTC().Format(sentTime) }
