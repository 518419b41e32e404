package main

import (
	"fmt"
	"regexp/syntax"
)

// pattern is a regular expression over digits, compiled to the program that package regexp would run.
type pattern struct {
	expr string
	prog *syntax.Prog
}

// compile parses an expression and refuses what the engine has no equivalent for.
func compile(expr string) (*pattern, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if err := check(re); err != nil {
		return nil, fmt.Errorf("%q: %w", expr, err)
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, fmt.Errorf("%q: %w", expr, err)
	}
	return &pattern{expr: expr, prog: prog}, nil
}

func check(re *syntax.Regexp) error {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpLiteral, syntax.OpCharClass, syntax.OpCapture, syntax.OpQuest, syntax.OpConcat, syntax.OpAlternate, syntax.OpEndText:
	case syntax.OpRepeat:
		if re.Max < 0 {
			return fmt.Errorf("unbounded repetition %s", re)
		}
	case syntax.OpStar, syntax.OpPlus:
		return fmt.Errorf("unbounded repetition %s", re)
	default:
		return fmt.Errorf("unknown operator %v in %s", re.Op, re)
	}
	if re.Flags&syntax.FoldCase != 0 {
		return fmt.Errorf("letters without case in %s", re)
	}
	for _, sub := range re.Sub {
		if err := check(sub); err != nil {
			return err
		}
	}
	return nil
}

// endsText tells whether the pattern asks for the end of the text.
func (p *pattern) endsText() bool {
	for _, in := range p.prog.Inst {
		if in.Op == syntax.InstEmptyWidth {
			return true
		}
	}
	return false
}

// follow adds to list the instructions that pc leads to without reading, in order of preference. An instruction that waits for
// the end of the text stays in the list, until atEnd lets it pass.
func (p *pattern) follow(list []uint32, pc uint32, seen map[uint32]bool, atEnd bool) []uint32 {
	if seen[pc] {
		return list
	}
	seen[pc] = true
	in := &p.prog.Inst[pc]
	switch in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return p.follow(p.follow(list, in.Out, seen, atEnd), in.Arg, seen, atEnd)
	case syntax.InstCapture, syntax.InstNop:
		return p.follow(list, in.Out, seen, atEnd)
	case syntax.InstEmptyWidth:
		if atEnd {
			return p.follow(list, in.Out, seen, atEnd)
		}
	case syntax.InstFail:
		return list
	}
	return append(list, pc)
}

func (p *pattern) start() []uint32 {
	return p.follow(nil, uint32(p.prog.Start), map[uint32]bool{}, false)
}

// step gives the instructions after a digit.
func (p *pattern) step(list []uint32, digit int) []uint32 {
	var next []uint32
	seen := map[uint32]bool{}
	for _, pc := range list {
		if in := &p.prog.Inst[pc]; reads(in) && in.MatchRune(rune('0'+digit)) {
			next = p.follow(next, in.Out, seen, false)
		}
	}
	return next
}

// matches tells whether the text may end here.
func (p *pattern) matches(list []uint32) bool {
	seen := map[uint32]bool{}
	for _, pc := range list {
		for _, at := range p.follow(nil, pc, seen, true) {
			if p.prog.Inst[at].Op == syntax.InstMatch {
				return true
			}
		}
	}
	return false
}

func reads(in *syntax.Inst) bool {
	switch in.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}
