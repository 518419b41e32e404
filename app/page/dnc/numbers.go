package dnc

import (
	"slices"
	"strings"

	"outdial/shared/phone"
)

// wholeNumber is how many digits make a part of a line a number of its own.
const wholeNumber = 7

// Split takes pasted text apart: one number a line, and within a line at tabs,
// semicolons, commas and bars, but only where every part can be a number of
// its own. What cannot be split safely stays as it was written.
func Split(text string) []string {
	var all []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' }) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		parts := cells(line)
		if len(parts) > 1 && slices.ContainsFunc(parts, func(part string) bool { return !whole(part) }) {
			parts = []string{line}
		}
		all = append(all, parts...)
	}
	return all
}

// cells are the parts of a line that hold something.
func cells(line string) []string {
	var parts []string
	for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("\t;,|；，、", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func whole(part string) bool {
	r := phone.Read(part)
	return r.Reason == "" && len(r.Digits) >= wholeNumber
}

// Merge keeps the first of several spellings of one number. e164 says what a
// text was read as: "" while that is not known, and for what is no number.
func Merge(typed []string, e164 func(string) string) (kept []string, merged int) {
	seen := make(map[string]bool, len(typed))
	kept = make([]string, 0, len(typed))
	for _, text := range typed {
		key := e164(text)
		if key == "" {
			key = "as typed " + text
		}
		if seen[key] {
			merged++
			continue
		}
		seen[key] = true
		kept = append(kept, text)
	}
	return kept, merged
}

// judged is one number of the list with what was thought of it.
type judged struct {
	index  int // in the list that is sent
	typed  string
	number phone.Number
	known  bool
}

// count says how many of a list are what.
type count struct{ ready, unusual, wrong, waiting int }

// order puts what needs a look first: what cannot be sent, then what is
// unusual, then the rest, each in the order of the list.
func order(kept []string, known map[string]phone.Number) ([]judged, count) {
	all := make([]judged, len(kept))
	var c count
	for i, typed := range kept {
		n, ok := known[typed]
		all[i] = judged{index: i, typed: typed, number: n, known: ok}
		switch {
		case !ok:
			c.waiting++
		case !n.Sendable():
			c.wrong++
		default:
			c.ready++
			if n.Verdict == phone.Unusual {
				c.unusual++
			}
		}
	}
	slices.SortStableFunc(all, func(a, b judged) int { return rank(a) - rank(b) })
	return all, c
}

func rank(j judged) int {
	switch {
	case j.known && !j.number.Sendable():
		return 0
	case j.known && j.number.Verdict == phone.Unusual:
		return 1
	}
	return 2
}
