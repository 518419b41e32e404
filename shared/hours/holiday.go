package hours

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// days are the holidays of a calendar, in words:
//
//	12-25        a date of every year
//	2027-06-25   a date of one year
//	easter-2     days from Easter Sunday of the western churches
//	01/mon3      the third Monday of January; 05/mon-1 the last of May
//	06-29>mon    that date, or the next Monday when it is none
//	~12-24       a day that is shortened, not closed
//
// Substitutes says what is closed beside a holiday on a weekend; eves, that the
// day before each holiday is shortened.
type days struct {
	list        string
	substitutes substitutes
	eves        bool
}

type substitutes int

const (
	none          substitutes = iota
	nearestDay                // Friday for Saturday, Monday for Sunday
	mondayAfter               // Monday for Sunday
	nextWorkingOf             // for either, the next day that is neither weekend nor holiday
)

// calendar knows the kind of each day of its years.
type calendar struct {
	days
	marks []mark
	years sync.Map // int → map[int64]int: by day from 1 January 1970, holiday or eve
}

// mark is one entry of a list, made ready.
type mark struct {
	year    int // of this year alone; 0: of every
	month   time.Month
	day     int
	weekday time.Weekday
	nth     int // with weekday: which of the month's; -1 the last; 0: the date counts
	easter  bool
	offset  int // with easter
	monday  bool
	short   bool
}

func newCalendar(name string) (*calendar, error) {
	d, known := calendars[name]
	if !known {
		return nil, fmt.Errorf("no calendar %q", name)
	}
	c := &calendar{days: d}
	for text := range strings.FieldsSeq(d.list) {
		m, err := readMark(text)
		if err != nil {
			return nil, fmt.Errorf("calendar %s: %q: %w", name, text, err)
		}
		c.marks = append(c.marks, m)
	}
	return c, nil
}

func readMark(text string) (mark, error) {
	var m mark
	text, m.short = strings.CutPrefix(text, "~")
	text, m.monday = strings.CutSuffix(text, ">mon")
	if offset, ok := strings.CutPrefix(text, "easter"); ok {
		m.easter = true
		if offset == "" {
			return m, nil
		}
		var err error
		m.offset, err = strconv.Atoi(offset)
		return m, err
	}
	if month, which, ok := strings.Cut(text, "/"); ok {
		number, err := strconv.Atoi(month)
		if err != nil || number < 1 || number > 12 {
			return m, fmt.Errorf("no month %q", month)
		}
		m.month = time.Month(number)
		for day := time.Sunday; day <= time.Saturday; day++ {
			if nth, ok := strings.CutPrefix(which, strings.ToLower(day.String()[:3])); ok {
				m.weekday = day
				m.nth, err = strconv.Atoi(nth)
				if err != nil || m.nth == 0 || m.nth < -1 || m.nth > 4 {
					return m, fmt.Errorf("no such weekday of a month")
				}
				return m, nil
			}
		}
		return m, fmt.Errorf("no weekday %q", which)
	}
	if date, err := time.Parse(time.DateOnly, text); err == nil {
		m.year, m.month, m.day = date.Year(), date.Month(), date.Day()
		return m, nil
	}
	date, err := time.Parse("2006-01-02", "2000-"+text) // a leap year
	m.month, m.day = date.Month(), date.Day()
	return m, err
}

// in is the day of a mark in a year.
func (m mark) in(year int) (time.Time, bool) {
	if m.year != 0 && m.year != year {
		return time.Time{}, false
	}
	var on time.Time
	switch {
	case m.easter:
		on = easter(year).AddDate(0, 0, m.offset)
	case m.nth > 0:
		on = date(year, m.month, 1)
		on = on.AddDate(0, 0, int(m.weekday-on.Weekday()+7)%7+7*(m.nth-1))
	case m.nth < 0:
		on = date(year, m.month+1, 0)
		on = on.AddDate(0, 0, -(int(on.Weekday()-m.weekday+7) % 7))
	default:
		on = date(year, m.month, m.day)
	}
	if m.monday {
		on = on.AddDate(0, 0, (int(time.Monday-on.Weekday())+7)%7)
	}
	return on, true
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// easter is Easter Sunday of the western churches, by the Gregorian computus.
func easter(year int) time.Time {
	golden, century := year%19, year/100
	skipped, moon := century-century/4, (8*century+13)/25
	epact := (19*golden + skipped - moon + 15) % 30
	epact -= epact / 28 * (1 - epact/28*(29/(epact+1))*((21-golden)/11))
	weekday := (year + year/4 + epact + 2 - skipped) % 7
	fullMoon := epact - weekday
	month := 3 + (fullMoon+40)/44
	return date(year, time.Month(month), fullMoon+28-31*(month/4))
}

// kind tells whether a day, counted from 1 January 1970, is a holiday or an eve;
// 0 when it is neither.
func (c *calendar) kind(day int64) int {
	year := time.Unix(day*daySeconds, 0).UTC().Year()
	known, ok := c.years.Load(year)
	if !ok {
		known, _ = c.years.LoadOrStore(year, c.year(year))
	}
	return known.(map[int64]int)[day]
}

// year marks the days of a year, and some of its neighbours: a substitute may
// stand in another year than its holiday.
func (c *calendar) year(year int) map[int64]int {
	closed, short := map[int64]bool{}, map[int64]bool{}
	for y := year - 1; y <= year+1; y++ {
		for _, m := range c.marks {
			if on, ok := m.in(y); ok {
				if m.short {
					short[dayOf(on)] = true
				} else {
					closed[dayOf(on)] = true
				}
			}
		}
	}
	for _, day := range inOrder(closed) {
		if instead := c.instead(day, closed); instead != day {
			closed[instead] = true
		}
	}
	if c.eves {
		for _, day := range inOrder(closed) {
			short[day-1] = true
		}
	}
	kinds := map[int64]int{}
	for day := range short {
		kinds[day] = eve
	}
	for day := range closed {
		kinds[day] = holiday
	}
	return kinds
}

// instead is the day that is closed as well for a holiday on a weekend, the
// holiday itself where none is.
func (c *calendar) instead(day int64, closed map[int64]bool) int64 {
	weekday := time.Unix(day*daySeconds, 0).UTC().Weekday()
	switch {
	case c.substitutes == nearestDay && weekday == time.Saturday:
		return day - 1
	case (c.substitutes == nearestDay || c.substitutes == mondayAfter) && weekday == time.Sunday:
		return day + 1
	case c.substitutes == nextWorkingOf && (weekday == time.Saturday || weekday == time.Sunday):
		for ; ; day++ {
			if w := time.Unix(day*daySeconds, 0).UTC().Weekday(); w != time.Saturday && w != time.Sunday && !closed[day] {
				return day
			}
		}
	}
	return day
}

func dayOf(t time.Time) int64 { return t.Unix() / daySeconds }

func inOrder(days map[int64]bool) []int64 {
	all := make([]int64, 0, len(days))
	for day := range days {
		all = append(all, day)
	}
	slices.Sort(all)
	return all
}

// calendars are the holidays that the rules name, of the whole country or of the
// state. Local ones are in none of them.
var calendars = map[string]days{
	"AU": {list: "01-01 01-26 easter-2 easter+1 04-25 12-25 12-26", substitutes: nextWorkingOf},
	"BR": {list: "01-01 easter-2 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25"},
	"CO": {list: "01-01 05-01 07-20 08-07 12-08 12-25 easter-3 easter-2 easter+43 easter+64 easter+71 " +
		"01-06>mon 03-19>mon 06-29>mon 08-15>mon 10-12>mon 11-01>mon 11-11>mon"},
	"DE": {list: "01-01 easter-2 easter+1 05-01 easter+39 easter+50 10-03 12-25 12-26"},
	"ES": {list: "01-01 01-06 easter-2 05-01 08-15 10-12 11-01 12-06 12-08 12-25"},
	"FR": {list: "01-01 easter+1 05-01 05-08 easter+39 easter+50 07-14 08-15 11-01 11-11 12-25"},
	"IT": {list: "01-01 01-06 easter easter+1 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26", eves: true},
	"NL": {list: "01-01 easter easter+1 04-27 05-05 easter+39 easter+49 easter+50 12-25 12-26 ~05-04 ~12-05 ~12-24"},
	"NO": {list: "01-01 easter-3 easter-2 easter easter+1 05-01 05-17 easter+39 easter+49 easter+50 12-25 12-26"},
	"NZ": {list: "01-01 01-02 02-06 easter-2 easter+1 04-25 06/mon1 10/mon4 12-25 12-26 " +
		"2026-07-10 2027-06-25 2028-07-14 2029-07-06 2030-06-21 2031-07-11 2032-07-02 2033-06-24 2034-07-07 2035-06-29", substitutes: nextWorkingOf},
	"ZA": {list: "01-01 03-21 easter-2 easter+1 04-27 05-01 06-16 08-09 09-24 12-16 12-25 12-26", substitutes: mondayAfter},

	"US-AL": {list: "01-01 01/mon3 02/mon3 04/mon4 05/mon-1 06/mon1 06-19 07-04 09/mon1 10/mon2 11-11 11/thu4 12-25", substitutes: nearestDay},
	"US-LA": {list: "01-01 01-08 01-19 01/mon3 02/mon3 easter-47 easter-2 05/mon-1 06-03 06-19 07-04 08-30 09/mon1 10/mon2 11-01 11-11 11/thu4 12-25", substitutes: nearestDay},
	"US-MS": {list: "01-01 01/mon3 02/mon3 04/mon-1 05/mon-1 06-19 07-04 09/mon1 11-11 11/thu4 12-25", substitutes: nearestDay},
	"US-NE": {list: "01-01 01/mon3 02/mon3 04/fri-1 05/mon-1 06-19 07-04 09/mon1 10/mon2 11-11 11/thu4 12-25", substitutes: nearestDay},
	"US-PA": {list: "01-01 01/mon3 02/mon3 easter-2 05/mon-1 06-14 06-19 07-04 09/mon1 10/mon2 11-11 11/thu4 12-25", substitutes: nearestDay},
	"US-RI": {list: "01-01 01/mon3 05/mon-1 06-19 07-04 08/mon2 09/mon1 10/mon2 11-11 11/thu4 12-25", substitutes: nearestDay},
	"US-UT": {list: "01-01 01/mon3 02/mon3 05/mon-1 06-19>mon 06-19 07-04 07-24 09/mon1 10/mon2 11-11 11/thu4 12-25", substitutes: nearestDay},
}
