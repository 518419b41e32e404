package hours

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Days of a Week beside those of the calendar.
const (
	holiday  = 7 // a day that the rule's calendar closes
	eve      = 8 // a day that it shortens
	kinds    = 9
	midnight = 24 * 60
)

var dayNames = [kinds]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Hol", "Eve"}

// span is a part of a day in minutes: from is open, to is not.
type span struct{ from, to int }

// Week holds the open spans of each day.
type Week struct {
	days [kinds][]span // in order, apart from one another
}

// ParseWeek reads windows such as "Mon-Fri 10:00-13:00", "Mon,Wed 09:00-24:00":
// days, a blank, from and to on the clock of the place, from included, to not.
// Days run from Mon to Sun; Hol stands for the holidays of a rule's calendar,
// which are closed otherwise, and Eve for the days that it shortens. On those the
// windows of the weekday have to be open as well.
func ParseWeek(windows []string) (Week, error) {
	var w Week
	if len(windows) == 0 {
		return w, fmt.Errorf("no window")
	}
	for _, text := range windows {
		if err := w.read(text); err != nil {
			return Week{}, fmt.Errorf("window %q: %w", text, err)
		}
	}
	return w, nil
}

func (w *Week) read(text string) error {
	names, clock, found := strings.Cut(text, " ")
	if !found {
		return fmt.Errorf("wants days and hours, as in \"Mon-Fri 10:00-13:00\"")
	}
	from, to, found := strings.Cut(clock, "-")
	if !found {
		return fmt.Errorf("wants hours from-to, as in \"10:00-13:00\"")
	}
	var s span
	var err error
	if s.from, err = minutes(from); err != nil {
		return err
	}
	if s.to, err = minutes(to); err != nil {
		return err
	}
	if s.from >= s.to {
		return fmt.Errorf("ends before it begins; one that passes midnight has to be written as two")
	}
	for part := range strings.SplitSeq(names, ",") {
		first, last, ranged := strings.Cut(part, "-")
		a, err := dayNumber(first)
		if err != nil {
			return err
		}
		b := a
		if ranged {
			if b, err = dayNumber(last); err != nil {
				return err
			}
			if a >= holiday || b >= holiday {
				return fmt.Errorf("%s and %s stand alone", dayNames[holiday], dayNames[eve])
			}
		}
		for day := a; ; day = (day + 1) % holiday {
			w.days[day] = add(w.days[day], s)
			if day == b {
				break
			}
		}
	}
	return nil
}

func dayNumber(name string) (int, error) {
	for i, known := range dayNames {
		if known == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no day %q; days are Mon to Sun", name)
}

// minutes reads "HH:MM", up to 24:00.
func minutes(clock string) (int, error) {
	if len(clock) == 5 && clock[2] == ':' {
		h, err := strconv.ParseUint(clock[:2], 10, 8)
		m, err2 := strconv.ParseUint(clock[3:], 10, 8)
		if n := int(h)*60 + int(m); err == nil && err2 == nil && m < 60 && n <= midnight {
			return n, nil
		}
	}
	return 0, fmt.Errorf("no time %q; times are 00:00 to 24:00", clock)
}

// add puts a span among others and makes one of those that touch.
func add(spans []span, s span) []span {
	var all []span
	for _, other := range spans {
		switch {
		case other.to < s.from:
			all = append(all, other)
		case s.to < other.from:
			all = append(all, s)
			s = other
		default:
			s = span{min(s.from, other.from), max(s.to, other.to)}
		}
	}
	return append(all, s)
}

// both is what two lists of spans have in common.
func both(a, b []span) []span {
	var all []span
	for _, x := range a {
		for _, y := range b {
			if s := (span{max(x.from, y.from), min(x.to, y.to)}); s.from < s.to {
				all = append(all, s)
			}
		}
	}
	return all
}

// schedule is a rule made ready.
type schedule struct {
	rule  Rule
	plain [7][]span
	hol   [7][]span // on holidays
	eve   [7][]span // on shortened days
	days  *calendar // nil: the rule names no days
}

func compile(r Rule) (*schedule, error) {
	w, err := ParseWeek(r.Windows)
	if err != nil {
		return nil, err
	}
	s := &schedule{rule: r}
	if r.Holidays != "" {
		if s.days, err = newCalendar(r.Holidays); err != nil {
			return nil, err
		}
	} else if len(w.days[holiday])+len(w.days[eve]) > 0 {
		return nil, fmt.Errorf("windows for %s or %s, but no calendar", dayNames[holiday], dayNames[eve])
	}
	for day := range s.plain {
		s.plain[day] = w.days[day]
		s.hol[day] = both(w.days[day], w.days[holiday])
		s.eve[day] = w.days[day]
		if len(w.days[eve]) > 0 {
			s.eve[day] = both(w.days[day], w.days[eve])
		}
	}
	return s, nil
}

// spans are those of a day, counted from 1 January 1970.
func (s *schedule) spans(day int64) []span {
	weekday := int(((day+int64(time.Thursday))%7 + 7) % 7)
	if s.days != nil {
		switch s.days.kind(day) {
		case holiday:
			return s.hol[weekday]
		case eve:
			return s.eve[weekday]
		}
	}
	return s.plain[weekday]
}

const daySeconds = 24 * 60 * 60

// next is the first instant from t on, not after limit, at which the schedule is
// open by the clocks of a location; zero when there is none.
//
// Between two changes of its clocks a location has one offset, and reckoning is
// plain arithmetic there. An opening that a change leaves out is at the change.
func (s *schedule) next(t time.Time, location *time.Location, limit time.Time) time.Time {
	for !t.After(limit) {
		there := t.In(location)
		_, offset := there.Zone()
		_, change := there.ZoneBounds()
		local := t.Unix() + int64(offset)
		opens := s.open(local, limit.Unix()+int64(offset))
		if opens == local {
			return t
		}
		found := time.Unix(opens-int64(offset), 0)
		if change.IsZero() || found.Before(change) {
			if found.After(limit) {
				break
			}
			return found
		}
		t = change
	}
	return time.Time{}
}

// open is the first open second from the given one on, on a clock that never
// changes, in seconds from 1 January 1970. It gives up beyond the limit, with the
// second after it.
func (s *schedule) open(local, limit int64) int64 {
	for day, second := divide(local); day*daySeconds <= limit; day, second = day+1, 0 {
		for _, window := range s.spans(day) {
			if second < int64(window.to)*60 {
				return day*daySeconds + max(second, int64(window.from)*60)
			}
		}
	}
	return limit + 1
}

// divide splits seconds into days and what is left, also before 1970.
func divide(seconds int64) (day, second int64) {
	day, second = seconds/daySeconds, seconds%daySeconds
	if second < 0 {
		day, second = day-1, second+daySeconds
	}
	return day, second
}
