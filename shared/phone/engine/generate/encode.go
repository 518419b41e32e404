package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// encode writes the file that load in package engine reads: unsigned varints, and strings behind their length.
func (t *tables) encode() []byte {
	var w stream
	w.text(t.version)
	w.number(t.longest)
	w.number(len(t.pool.states) - 1)
	for id, s := range t.pool.states {
		if id > 0 {
			w.state(uint16(id), s)
		}
	}
	w.texts(t.labels.list)
	w.number(len(t.writings.list))
	for _, recipes := range t.writings.list {
		w.number(int(recipes[0]))
		w.number(int(recipes[1]))
	}
	w.texts(t.recipes.list)
	w.number(len(t.programs.list))
	for _, p := range t.programs.list {
		w.b = append(w.b, p...)
	}
	w.number(len(t.codes))
	for _, c := range t.codes {
		w.number(c.code)
		w.number(int(c.numbers))
		w.number(int(c.leads))
		w.number(int(c.writing))
		w.number(len(c.plans))
		for _, i := range c.plans {
			p := t.plans[i]
			w.text(p.region)
			w.number(int(p.lengths))
			w.number(int(p.local))
			w.number(int(p.prefix))
			w.number(map[bool]int{true: 1}[p.transforms])
			if p.transforms {
				w.text(p.transform)
			}
			w.number(int(p.dialling))
			w.number(int(p.short))
		}
	}
	return w.b
}

type stream struct{ b []byte }

func (w *stream) number(n int) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *stream) numbers(list ...rune) {
	w.number(len(list))
	for _, n := range list {
		w.number(int(n))
	}
}

func (w *stream) text(s string) {
	w.number(len(s))
	w.b = append(w.b, s...)
}

func (w *stream) texts(list []string) {
	w.number(len(list))
	for _, s := range list {
		w.text(s)
	}
}

// state writes which digits lead elsewhere than the digit before them, above a bit for a label; the label; and where those digits
// lead: 0 for the dead end, n for the nth state that this one named, and beyond those how far back a state not yet named is.
func (w *stream) state(id uint16, s state) {
	turns, before := 0, uint16(0)
	for d, to := range s.next {
		if to != before {
			turns |= 2 << d
		}
		before = to
	}
	if s.label > 0 {
		w.number(turns | 1)
		w.number(int(s.label))
	} else {
		w.number(turns)
	}
	named := []uint16{0}
	for d, to := range s.next {
		if turns>>d&2 == 0 {
			continue
		}
		n := slices.Index(named, to)
		if n < 0 {
			n = len(named) - 1 + int(id-to)
			named = append(named, to)
		}
		w.number(n)
	}
}

func (t *typing) report(size int) string {
	return fmt.Sprint("typing: ", len(t.layouts.list), " formats, ", len(t.patterns.list), " patterns, ", len(t.pool.states)-1, " states, ", size, " bytes")
}

func (t *tables) report(size int) string {
	return strings.Join([]string{
		"metadata " + t.version,
		fmt.Sprint(len(t.plans), " regions under ", len(t.codes), " country codes"),
		fmt.Sprint(len(t.pool.states)-1, " states"),
		fmt.Sprint(len(t.labels.list), " labels, ", len(t.writings.list), " ways to write, ", len(t.recipes.list), " recipes, ", len(t.programs.list), " prefixes"),
		fmt.Sprint(size, " bytes"),
	}, "\n")
}
