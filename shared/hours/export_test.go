package hours

import (
	"testing"
	"time"
)

// DayKind is "Hol", "Eve" or "" for a day of a calendar.
func DayKind(t testing.TB, name string, year int, month time.Month, day int) string {
	t.Helper()
	c, err := newCalendar(name)
	if err != nil {
		t.Fatal(err)
	}
	if kind := c.kind(dayOf(date(year, month, day))); kind != 0 {
		return dayNames[kind]
	}
	return ""
}

// Calendars lists the names of the calendars.
func Calendars() []string {
	var all []string
	for name := range calendars {
		all = append(all, name)
	}
	return all
}

// Easter gives access to the reckoning of Easter.
func Easter(year int) time.Time { return easter(year) }

// ReadMark reads one entry of a calendar's list.
func ReadMark(text string) error {
	_, err := readMark(text)
	return err
}
