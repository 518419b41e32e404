package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// mostStates is what the engine's cells of two bytes can name, less a reserve.
	mostStates = 24_000
	// deepest is the longest number any expression may match. The longest national numbers are of seventeen digits.
	deepest = 20
)

var (
	errUnbounded = errors.New("matches numbers of any length")
	errTooMany   = errors.New("too many states")
)

// state is a node of an acyclic automaton: where each digit leads, and what a number that ends here is. State 0 is the dead end.
type state struct {
	next  [10]uint16
	label uint16
}

// pool holds the states of all automata, each different one once.
type pool struct {
	states []state // the first is the dead end
	ids    map[state]uint16
}

func newPool() *pool {
	return &pool{states: []state{{}}, ids: map[state]uint16{{}: 0}}
}

func (p *pool) intern(s state) (uint16, error) {
	id, ok := p.ids[s]
	if !ok {
		if len(p.states) == mostStates {
			return 0, errTooMany
		}
		id = uint16(len(p.states))
		p.ids[s] = id
		p.states = append(p.states, s)
	}
	return id, nil
}

// machine is an automaton in the making: what is known after some digits.
type machine interface {
	// key is the same for two machines that answer alike to whatever follows; empty if nothing but the label 0 can follow.
	key() string
	step(digit int) (machine, error)
	// label is what a number that ends here is; 0 for nothing.
	label(depth int) (uint16, error)
}

// determinise adds the automaton of a machine to the pool.
func (p *pool) determinise(m machine) (uint16, error) {
	return p.grow(m, 0, map[string]uint16{})
}

func (p *pool) grow(m machine, depth int, done map[string]uint16) (uint16, error) {
	key := m.key()
	if key == "" {
		return 0, nil
	}
	if depth > deepest {
		return 0, errUnbounded
	}
	key = string(rune(depth)) + key
	if id, ok := done[key]; ok {
		return id, nil
	}
	var s state
	var err error
	if s.label, err = m.label(depth); err != nil {
		return 0, err
	}
	for d := range s.next {
		after, err := m.step(d)
		if err != nil {
			return 0, err
		}
		if s.next[d], err = p.grow(after, depth+1, done); err != nil {
			return 0, err
		}
	}
	id, err := p.intern(s)
	if err != nil {
		return 0, err
	}
	done[key] = id
	return id, nil
}

// tagged is a pattern with what it stands for.
type tagged struct {
	*pattern
	tag int
}

// several runs patterns side by side; labelled makes a label of the tags of those that match the whole.
type several struct {
	patterns []tagged
	at       [][]uint32
	labelled func(depth int, tags []int) (uint16, error)
}

func runSeveral(patterns []tagged, labelled func(depth int, tags []int) (uint16, error)) several {
	m := several{patterns: patterns, labelled: labelled}
	for _, p := range patterns {
		m.at = append(m.at, p.start())
	}
	return m
}

func (m several) key() string {
	var k []byte
	any := false
	for _, at := range m.at {
		any = any || len(at) > 0
		k = appendList(k, at)
	}
	if !any {
		return ""
	}
	return string(k)
}

func appendList(k []byte, list []uint32) []byte {
	k = binary.AppendUvarint(k, uint64(len(list)))
	for _, pc := range list {
		k = binary.AppendUvarint(k, uint64(pc))
	}
	return k
}

func (m several) step(digit int) (machine, error) {
	next := several{patterns: m.patterns, labelled: m.labelled, at: make([][]uint32, len(m.at))}
	for i, p := range m.patterns {
		next.at[i] = p.step(m.at[i], digit)
	}
	return next, nil
}

func (m several) label(depth int) (uint16, error) {
	var tags []int
	for i, p := range m.patterns {
		if p.matches(m.at[i]) {
			tags = append(tags, p.tag)
		}
	}
	return m.labelled(depth, tags)
}

// beginnings is a machine for patterns that match the beginning of a number: the label is the smallest tag matched so far,
// plus one. It ends where no smaller one can follow.
type beginnings struct {
	patterns []tagged
	at       [][]uint32
	best     int // 0 for none
}

func runBeginnings(patterns []tagged) (beginnings, error) {
	m := beginnings{patterns: patterns}
	for _, p := range patterns {
		if p.endsText() {
			return m, fmt.Errorf("%q: leading digits that ask for the end of the number", p.expr)
		}
		m.at = append(m.at, p.start())
	}
	return m.settle(), nil
}

func (m beginnings) settle() beginnings {
	for i, p := range m.patterns {
		if p.matches(m.at[i]) && (m.best == 0 || p.tag+1 < m.best) {
			m.best = p.tag + 1
		}
	}
	for i, p := range m.patterns {
		if m.best != 0 && p.tag+1 >= m.best {
			m.at[i] = nil
		}
	}
	return m
}

func (m beginnings) key() string {
	k := []byte{byte(m.best)}
	any := m.best != 0
	for _, at := range m.at {
		any = any || len(at) > 0
		k = appendList(k, at)
	}
	if !any {
		return ""
	}
	return string(k)
}

// open tells whether digits that follow could change the label.
func (m beginnings) open() bool {
	for _, at := range m.at {
		if len(at) > 0 {
			return true
		}
	}
	return false
}

func (m beginnings) step(digit int) (machine, error) {
	if !m.open() {
		return beginnings{}, nil // the engine keeps the last label it saw
	}
	next := beginnings{patterns: m.patterns, at: make([][]uint32, len(m.at)), best: m.best}
	for i, p := range m.patterns {
		next.at[i] = p.step(m.at[i], digit)
	}
	next = next.settle()
	if !next.open() && next.best == m.best {
		return beginnings{}, nil
	}
	return next, nil
}

func (m beginnings) label(int) (uint16, error) { return uint16(m.best), nil }
