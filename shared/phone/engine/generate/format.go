package main

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
)

// layout is one way to write a number: which numbers, by their leading digits and as a whole, and how.
type layout struct {
	leading  *pattern // nil: any
	whole    *pattern
	template string // in the notation of package regexp
}

// firstGroup is what the library replaces by the national prefix rule.
var firstGroup = regexp.MustCompile(`(\$\d)`)

// layouts compiles the formats of a country. The national ones follow the rule for the national prefix.
func layouts(formats []*phonenumbers.NumberFormat, national bool) ([]layout, error) {
	var out []layout
	for _, f := range formats {
		var l layout
		var err error
		if l.whole, err = compile(f.GetPattern()); err != nil {
			return nil, err
		}
		if l.whole.endsText() {
			return nil, fmt.Errorf("%q: a format that asks for the end of the number", f.GetPattern())
		}
		if n := len(f.GetLeadingDigitsPattern()); n > 0 {
			if l.leading, err = compile(f.GetLeadingDigitsPattern()[n-1]); err != nil {
				return nil, err
			}
			if l.leading.endsText() {
				return nil, fmt.Errorf("%q: leading digits that ask for the end of the number", l.leading.expr)
			}
		}
		l.template = f.GetFormat()
		if rule := f.GetNationalPrefixFormattingRule(); national && rule != "" {
			if at := firstGroup.FindStringSubmatchIndex(l.template); at != nil {
				l.template = l.template[:at[0]] + string(firstGroup.ExpandString(nil, rule, l.template, at)) + l.template[at[1]:]
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// Marks in a recipe or in a transform rule, below any character that a format is written with.
const (
	markDigits = 1 // in a recipe: followed by the first and the behind-last position in the number
)

// piece is a literal or, if group is not 0, what a group holds.
type piece struct {
	literal string
	group   int
}

// pieces reads a template as package regexp does: a name is as long as letters, digits and underscores go, and what is no group
// of the pattern stands for nothing.
func pieces(template string, groups int) ([]piece, error) {
	var out []piece
	for template != "" {
		before, after, found := strings.Cut(template, "$")
		if before != "" {
			for _, c := range before {
				if c < ' ' || c > '~' {
					return nil, fmt.Errorf("template %q: character %q", template, c)
				}
			}
			out = append(out, piece{literal: before})
		}
		if !found {
			break
		}
		n := 0
		for n < len(after) && (after[n] == '_' || '0' <= after[n] && after[n] <= '9' || 'a' <= after[n] && after[n] <= 'z' || 'A' <= after[n] && after[n] <= 'Z') {
			n++
		}
		if n != 1 || after[0] < '1' || after[0] > '9' {
			return nil, fmt.Errorf("template %q: a reference other than $1 to $9", template)
		}
		if g := int(after[0] - '0'); g <= groups {
			out = append(out, piece{group: g})
		}
		template = after[1:]
	}
	return out, nil
}

// recipe writes what to copy from the number and from the template, given where the groups begin and end.
func recipe(template string, marks []int8) (string, error) {
	parts, err := pieces(template, len(marks)/2-1)
	if err != nil {
		return "", err
	}
	var out []byte
	for _, p := range parts {
		if p.group == 0 {
			out = append(out, p.literal...)
			continue
		}
		if from, to := marks[2*p.group], marks[2*p.group+1]; from >= 0 && to > from {
			if n := len(out); n >= 3 && out[n-3] == markDigits && out[n-1] == byte(from) { // next to each other
				out[n-1] = byte(to)
			} else {
				out = append(out, markDigits, byte(from), byte(to))
			}
		}
	}
	return string(out), nil
}

// thread is one way a pattern may still match, with the positions of its groups.
type thread struct {
	pc    uint32 // finished for a match that ended before the number did
	marks []int8
}

const finished = ^uint32(0)

// follow is pattern.follow with positions of groups.
func (p *pattern) followMarked(list []thread, pc uint32, marks []int8, depth int, seen map[uint32]bool) []thread {
	if seen[pc] {
		return list
	}
	seen[pc] = true
	in := &p.prog.Inst[pc]
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		list = p.followMarked(list, in.Out, marks, depth, seen)
		return p.followMarked(list, in.Arg, marks, depth, seen)
	case syntax.InstNop:
		return p.followMarked(list, in.Out, marks, depth, seen)
	case syntax.InstCapture:
		marks = append([]int8(nil), marks...)
		marks[in.Arg] = int8(depth)
		return p.followMarked(list, in.Out, marks, depth, seen)
	case syntax.InstFail:
		return list
	}
	return append(list, thread{pc, marks})
}

// writing is what is known of one layout after some digits.
type writing struct {
	index   int
	led     bool // the leading digits are there
	leading []uint32
	threads []thread
}

// writer is the machine that finds the layout of a number, in national and in international writing.
type writer struct {
	t        *tables
	lists    [2][]layout // national, international
	at       [2][]writing
	depth    int
	possible func(depth int) bool
}

func runWriter(t *tables, national, international []layout, possible func(int) bool) writer {
	m := writer{t: t, lists: [2][]layout{national, international}, possible: possible}
	for i, list := range m.lists {
		for index, l := range list {
			w := writing{index: index, led: l.leading == nil}
			if !w.led {
				w.leading = l.leading.start()
			}
			marks := make([]int8, l.whole.prog.NumCap)
			for j := range marks {
				marks[j] = -1
			}
			w.threads = l.whole.followMarked(nil, uint32(l.whole.prog.Start), marks, 0, map[uint32]bool{})
			m.at[i] = append(m.at[i], w)
		}
	}
	return m.settle()
}

// settle notes which leading digits are complete and drops what can no longer match.
func (m writer) settle() writer {
	for i := range m.at {
		var kept []writing
		for _, w := range m.at[i] {
			l := m.lists[i][w.index]
			if !w.led && l.leading.matches(w.leading) {
				w.led, w.leading = true, nil
			}
			if !w.led && len(w.leading) == 0 {
				continue
			}
			alive := false
			for _, t := range w.threads {
				alive = alive || t.pc != finished
			}
			if alive {
				kept = append(kept, w)
			}
		}
		m.at[i] = kept
	}
	return m
}

func (m writer) key() string {
	if len(m.at[0])+len(m.at[1]) == 0 {
		return ""
	}
	var k []byte
	for _, list := range m.at {
		k = binary.AppendUvarint(k, uint64(len(list)))
		for _, w := range list {
			k = binary.AppendUvarint(k, uint64(w.index))
			k = append(k, map[bool]byte{true: 1}[w.led])
			k = appendList(k, w.leading)
			k = binary.AppendUvarint(k, uint64(len(w.threads)))
			for _, t := range w.threads {
				k = binary.AppendUvarint(k, uint64(t.pc))
				for _, at := range t.marks {
					k = append(k, byte(at))
				}
			}
		}
	}
	return string(k)
}

func (m writer) step(digit int) (machine, error) {
	next := m
	next.depth++
	for i := range m.at {
		next.at[i] = nil
		for _, w := range m.at[i] {
			l := m.lists[i][w.index]
			after := writing{index: w.index, led: w.led}
			if !w.led {
				after.leading = l.leading.step(w.leading, digit)
			}
			seen := map[uint32]bool{}
			for _, t := range w.threads {
				if t.pc == finished {
					after.threads = append(after.threads, t)
					continue
				}
				in := &l.whole.prog.Inst[t.pc]
				if in.Op == syntax.InstMatch {
					after.threads = append(after.threads, thread{pc: finished})
				} else if reads(in) && in.MatchRune(rune('0'+digit)) {
					after.threads = l.whole.followMarked(after.threads, in.Out, t.marks, next.depth, seen)
				}
			}
			next.at[i] = append(next.at[i], after)
		}
	}
	return next.settle(), nil
}

// label finds the first layout of each list whose pattern matches the whole number. The library replaces without asking for the
// end of the number, so a match that would have ended earlier must not be preferred.
func (m writer) label(depth int) (uint16, error) {
	if !m.possible(depth) {
		return 0, nil
	}
	var recipes [2]uint16
	for i, list := range m.at {
	layouts:
		for _, w := range list {
			if !w.led {
				continue
			}
			l := m.lists[i][w.index]
			early := false
			for _, t := range w.threads {
				if t.pc == finished {
					early = true
				} else if l.whole.prog.Inst[t.pc].Op == syntax.InstMatch {
					if early {
						return 0, fmt.Errorf("%q prefers to match less than the whole number", l.whole.expr)
					}
					r, err := recipe(l.template, t.marks)
					if err != nil {
						return 0, err
					}
					recipes[i] = m.t.recipe(r)
					break layouts
				}
			}
		}
	}
	return m.t.writing(recipes), nil
}
