package hours_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/hours"
)

func TestParseWeek(t *testing.T) {
	for _, windows := range [][]string{
		{"Mon-Fri 10:00-13:00", "Mon-Fri 14:00-20:00"},
		{"Mon,Wed,Fri-Sun 09:00-12:00"},
		{"Sat-Mon 09:00-12:00"}, // over the end of the week
		{"Sun 00:00-24:00"},
		{"Mon 09:00-12:00", "Hol 10:00-11:00", "Eve 09:00-10:00"},
	} {
		_, err := hours.ParseWeek(windows)
		require.NoError(t, err, windows)
	}
	for _, test := range []struct{ name, window, says string }{
		{"nothing", "", "wants days and hours"},
		{"no hours", "Mon-Fri", "wants days and hours"},
		{"no end", "Mon 10:00", "wants hours from-to"},
		{"no day", "Monday 10:00-11:00", `no day "Monday"`},
		{"small letters", "mon 10:00-11:00", `no day "mon"`},
		{"a trailing comma", "Mon, 10:00-11:00", `no day ""`},
		{"one digit", "Mon 9:00-11:00", `no time "9:00"`},
		{"twelve hours", "Mon 09:00-9pm", `no time "9pm"`},
		{"after midnight", "Mon 09:00-24:01", `no time "24:01"`},
		{"sixty minutes", "Mon 09:60-11:00", `no time "09:60"`},
		{"a sign", "Mon +9:00-11:00", `no time "+9:00"`},
		{"backwards", "Mon 20:00-08:00", "written as two"},
		{"empty", "Mon 09:00-09:00", "ends before it begins"},
		{"holidays as a range", "Mon-Hol 09:00-10:00", "stand alone"},
		{"two blanks", "Mon  09:00-10:00", "no time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := hours.ParseWeek([]string{test.window})
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, test.window)
		})
	}
	_, err := hours.ParseWeek(nil)
	require.ErrorContains(t, err, "no window")
}

// Windows that touch or overlap are one: nothing closes in between.
func TestWindowsThatMeetAreOne(t *testing.T) {
	b := book(t, hours.Company{"TW": {hours.Call: {"Mon 12:00-14:00", "Mon 09:00-12:00", "Mon 13:00-15:00", "Mon 16:00-17:00"}}})
	closed := 0
	from := wall(t, taipei, "2026-01-05 09:00")
	for minute := range 8 * 60 {
		at := from.Add(time.Duration(minute) * time.Minute)
		if opens, _ := b.Next(at, hours.Call, in("TW", taipei)); !opens.Equal(at) {
			closed++
			require.Equal(t, wall(t, taipei, "2026-01-05 16:00").String(), opens.String())
		}
	}
	require.Equal(t, 60, closed)
}

func FuzzParseWeek(f *testing.F) {
	for _, r := range hours.Rules() {
		for _, window := range r.Windows {
			f.Add(window)
		}
	}
	f.Add("Mon,Wed-Fri,Hol 00:00-24:00")
	f.Fuzz(func(t *testing.T, window string) {
		if _, err := hours.ParseWeek([]string{window}); err != nil {
			return
		}
		// What is read can be kept by the company, unless it names days that only calendars have.
		b, err := hours.New(hours.Company{"TW": {hours.Call: {window}}})
		if err != nil {
			require.ErrorContains(t, err, "belong to rules with a calendar")
			return
		}
		at := time.Date(2026, time.January, 4, 0, 0, 0, 0, time.UTC)
		opens, _ := b.Next(at, hours.Call, in("TW", "UTC"))
		require.NotEqual(t, hours.Never(), opens)
		again, _ := b.Next(opens, hours.Call, in("TW", "UTC"))
		require.Equal(t, opens, again)
	})
}
