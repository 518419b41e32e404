package review

import (
	"time"

	"outdial/shared/list/plan"
)

// Numbers gives each number that may be sent once, in E.164, in the order of the
// file: for what our server is asked about them. ready says that only those of
// rows that would leave are wanted.
func (l *List) Numbers(ready bool, each func(e164 string) error) error {
	seen := map[uint64]bool{}
	for row := range l.results {
		digits := l.results[row].Digits
		if digits == 0 || ready && l.class[row] != classReady || seen[digits] {
			continue
		}
		seen[digits] = true
		if err := each(e164(digits)); err != nil {
			return err
		}
	}
	return nil
}

// SetKnown says what the ledger has about numbers, by E.164.
func (l *List) SetKnown(known map[string]Known, progress Progress) (plan.Summary, error) {
	l.known = make(map[uint64]Known, len(known))
	for number, k := range known {
		l.known[digitsOf(number)] = k
	}
	return l.again(progress)
}

// SetPresent says which numbers are in the campaign, in E.164.
func (l *List) SetPresent(numbers []string, progress Progress) (plan.Summary, error) {
	l.present = make(map[uint64]bool, len(numbers))
	for _, number := range numbers {
		l.present[digitsOf(number)] = true
	}
	return l.again(progress)
}

// SetClosed says which numbers are outside their calling hours, and when they open.
func (l *List) SetClosed(closed map[string]time.Time, progress Progress) (plan.Summary, error) {
	l.closed = make(map[uint64]time.Time, len(closed))
	for number, opens := range closed {
		l.closed[digitsOf(number)] = opens
	}
	return l.again(progress)
}

func (l *List) again(progress Progress) (plan.Summary, error) {
	if len(l.class) != l.table.Rows() {
		return plan.Summary{Total: l.table.Rows()}, nil
	}
	if progress == nil {
		progress = func(string, int64, int64) error { return nil }
	}
	return l.sum(progress)
}

func digitsOf(e164 string) (n uint64) {
	for i := range len(e164) {
		if c := e164[i]; '0' <= c && c <= '9' {
			n = n*10 + uint64(c-'0')
		}
	}
	return n
}
