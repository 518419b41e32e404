package hours_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/hours"
)

func TestEaster(t *testing.T) {
	for _, want := range []string{"1961-04-02", "2000-04-23", "2008-03-23", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16",
		"2030-04-21", "2038-04-25", "2049-04-18", "2076-04-19", "2285-03-22"} {
		date, err := time.Parse(time.DateOnly, want)
		require.NoError(t, err)
		require.Equal(t, want, hours.Easter(date.Year()).Format(time.DateOnly))
	}
	for year := 1900; year < 2300; year++ {
		require.Equal(t, time.Sunday, hours.Easter(year).Weekday(), year)
	}
}

// The days are those that the countries and states published for the year.
func TestHolidays(t *testing.T) {
	for _, test := range []struct {
		calendar string
		year     int
		closed   string
	}{
		{"FR", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"},
		{"DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		{"ES", 2026, "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25"},
		{"IT", 2026, "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"},
		{"NO", 2026, "01-01 04-02 04-03 04-05 04-06 05-01 05-14 05-17 05-24 05-25 12-25 12-26"},
		{"BR", 2026, "01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25"},
		{"CO", 2026, "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25"},
		{"NZ", 2027, "01-01 01-02 01-04 02-06 02-08 03-26 03-29 04-25 04-26 06-07 06-25 10-25 12-25 12-26 12-27 12-28"},
		{"AU", 2027, "01-01 01-26 03-26 03-29 04-25 04-26 12-25 12-26 12-27 12-28"},
		{"ZA", 2026, "01-01 03-21 04-03 04-06 04-27 05-01 06-16 08-09 08-10 09-24 12-16 12-25 12-26"},
		{"US-AL", 2026, "01-01 01-19 02-16 04-27 05-25 06-01 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
		{"US-AL", 2021, "01-01 01-18 02-15 04-26 05-31 06-07 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31"}, // New Year's Day of 2022 is a Saturday
		{"US-RI", 2026, "01-01 01-19 05-25 06-19 07-03 07-04 08-10 09-07 10-12 11-11 11-26 12-25"},
	} {
		t.Run(test.calendar, func(t *testing.T) {
			var closed []string
			for day := time.Date(test.year, time.January, 1, 0, 0, 0, 0, time.UTC); day.Year() == test.year; day = day.AddDate(0, 0, 1) {
				if hours.DayKind(t, test.calendar, day.Year(), day.Month(), day.Day()) == "Hol" {
					closed = append(closed, day.Format("01-02"))
				}
			}
			require.Equal(t, test.closed, strings.Join(closed, " "))
		})
	}
}

func TestEves(t *testing.T) {
	require.Equal(t, "Eve", hours.DayKind(t, "IT", 2026, time.December, 24))
	require.Equal(t, "Eve", hours.DayKind(t, "IT", 2026, time.December, 31), "of another year's holiday")
	require.Equal(t, "Hol", hours.DayKind(t, "IT", 2026, time.December, 25), "though the next day is one, too")
	require.Equal(t, "Eve", hours.DayKind(t, "NL", 2026, time.May, 4))
	require.Empty(t, hours.DayKind(t, "NL", 2026, time.April, 26))
}

func TestEveryCalendarIsReadAndUsed(t *testing.T) {
	used := map[string]bool{}
	for _, r := range hours.Rules() {
		used[r.Holidays] = true
	}
	for _, name := range hours.Calendars() {
		require.True(t, used[name], name)
		require.Equal(t, "Hol", hours.DayKind(t, name, 2026, time.January, 1), name)
		require.Equal(t, "Hol", hours.DayKind(t, name, 2026, time.December, 25), name)
	}
	require.GreaterOrEqual(t, len(used), len(hours.Calendars()))
}

func FuzzReadMark(f *testing.F) {
	for _, text := range []string{"12-25", "~12-24", "easter", "easter-47", "01/mon3", "05/mon-1", "06-29>mon", "2027-06-25", "13-01", "00/mon1", "01/mon0", "01/mon5", "easter+", "02-30"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { _ = hours.ReadMark(text) })
}

func TestMarksThatAreNone(t *testing.T) {
	for _, text := range []string{"", "13-01", "02-30", "12-25x", "00/mon1", "13/mon1", "01/mon0", "01/mon5", "01/mon-2", "01/day1", "01/", "x/mon1", "easter+", "easter+x", "25.12"} {
		require.Error(t, hours.ReadMark(text), text)
	}
	for _, text := range slices.Sorted(slices.Values([]string{"02-29", "~05-04", "easter", "easter+39", "11/thu4", "05/mon-1", "06-29>mon", "2027-06-25"})) {
		require.NoError(t, hours.ReadMark(text), text)
	}
}
