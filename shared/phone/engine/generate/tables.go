package main

import (
	"encoding/binary"
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"
	"strconv"

	"github.com/nyaruka/phonenumbers/v2"

	"outdial/shared/phone"
)

// source is what the tables are made from.
type source struct {
	version string
	numbers []*phonenumbers.PhoneMetadata
	short   []*phonenumbers.PhoneMetadata
	codes   map[int][]string // the regions of a country code, the main one first
}

// nowhere is the region of numbers of no country.
const nowhere = "001"

// mostDigits is the length of the longest number that is ever written out (ITU-T E.164, 6.1).
const mostDigits = 15

// tables are what the engine reads; tables.go there describes the file.
type tables struct {
	version  string
	longest  int // digits of the longest emergency number
	pool     *pool
	labels   index[string] // of numbers: what the region list of a country code makes of them
	writings index[[2]uint16]
	recipes  index[string]
	programs index[string]
	plans    []plan
	codes    []code
}

// plan is the numbering plan of a region, or of a country code of no country.
type plan struct {
	region         string
	code           int
	lengths, local uint32 // bits: the possible lengths of a number, and those that can be dialled locally only
	prefix         uint16 // program: national prefix
	transform      string // rewrites what the prefix matched; a byte below ten is a group
	transforms     bool
	dialling       uint16 // program: international prefix
	short          uint16 // automaton: bit 0 short numbers, bit 1 emergency numbers
}

// code is a country code and its automata.
type code struct {
	code                    int
	plans                   []int
	numbers, leads, writing uint16
}

// index numbers values in the order they come, from 1.
type index[T comparable] struct {
	ids  map[T]uint16
	list []T
}

func (x *index[T]) id(v T) uint16 {
	if id, ok := x.ids[v]; ok {
		return id
	}
	if x.ids == nil {
		x.ids = map[T]uint16{}
	}
	x.list = append(x.list, v)
	x.ids[v] = uint16(len(x.list))
	return x.ids[v]
}

func (t *tables) recipe(r string) uint16 { return t.recipes.id(r) }

func (t *tables) writing(recipes [2]uint16) uint16 {
	if recipes == [2]uint16{} {
		return 0
	}
	return t.writings.id(recipes)
}

func build(s source) (*tables, error) {
	t := &tables{version: s.version, pool: newPool()}
	regions, entities, short := map[string]*phonenumbers.PhoneMetadata{}, map[int]*phonenumbers.PhoneMetadata{}, map[string]*phonenumbers.PhoneMetadata{}
	for _, m := range s.numbers {
		if m.GetId() == nowhere {
			entities[int(m.GetCountryCode())] = m
		} else {
			regions[m.GetId()] = m
		}
	}
	for _, m := range s.short {
		short[m.GetId()] = m
	}
	for _, number := range slices.Sorted(maps.Keys(s.codes)) {
		if number < 1 || number > 999 {
			return nil, fmt.Errorf("country code %d", number)
		}
		var members []*phonenumbers.PhoneMetadata
		for _, region := range s.codes[number] {
			m := regions[region]
			if region == nowhere {
				m = entities[number]
			}
			if m == nil {
				return nil, fmt.Errorf("country code %d: no metadata of region %q", number, region)
			}
			if int(m.GetCountryCode()) != number {
				return nil, fmt.Errorf("region %s is listed under %d and has %d", region, number, m.GetCountryCode())
			}
			members = append(members, m)
		}
		if err := t.country(number, members, short); err != nil {
			return nil, fmt.Errorf("country code %d: %w", number, err)
		}
	}
	if t.longest > longestEmergency {
		return nil, fmt.Errorf("an emergency number of %d digits", t.longest)
	}
	if len(t.plans) >= noMember {
		return nil, fmt.Errorf("%d regions are more than a byte can name", len(t.plans))
	}
	return t, nil
}

func (t *tables) country(number int, members []*phonenumbers.PhoneMetadata, short map[string]*phonenumbers.PhoneMetadata) error {
	c := code{code: number}
	for _, m := range members {
		p, err := t.plan(m, short[m.GetId()])
		if err != nil {
			return fmt.Errorf("region %s: %w", m.GetId(), err)
		}
		c.plans = append(c.plans, len(t.plans))
		t.plans = append(t.plans, p)
	}
	var err error
	if c.numbers, err = t.numbers(members); err != nil {
		return fmt.Errorf("numbers: %w", err)
	}
	if c.leads, err = t.leads(members); err != nil {
		return fmt.Errorf("leading digits: %w", err)
	}
	main := t.plans[c.plans[0]]
	if c.writing, err = t.formats(members[0], func(n int) bool {
		return n < 32 && (main.lengths&^main.local)>>n&1 == 1 && len(strconv.Itoa(number))+n <= mostDigits
	}); err != nil {
		return fmt.Errorf("formats: %w", err)
	}
	t.codes = append(t.codes, c)
	return nil
}

func (t *tables) plan(m, short *phonenumbers.PhoneMetadata) (plan, error) {
	p := plan{region: m.GetId(), code: int(m.GetCountryCode())}
	general := m.GetGeneralDesc()
	if general.GetNationalNumberPattern() == "" {
		return p, fmt.Errorf("no general description")
	}
	var err error
	if p.lengths, err = bits(general.PossibleLength); err != nil {
		return p, err
	}
	if p.local, err = bits(general.PossibleLengthLocalOnly); err != nil {
		return p, err
	}
	if p.lengths == 0 {
		return p, fmt.Errorf("no possible lengths")
	}
	if expr := m.GetNationalPrefixForParsing(); expr != "" {
		var groups int
		if p.prefix, groups, err = t.program(expr); err != nil {
			return p, err
		}
		if rule := m.GetNationalPrefixTransformRule(); rule != "" {
			p.transforms = true
			parts, err := pieces(rule, groups)
			if err != nil {
				return p, err
			}
			for _, part := range parts {
				if part.group > 0 {
					p.transform += string(rune(part.group))
				} else if _, err := strconv.ParseUint(part.literal, 10, 64); err != nil {
					return p, fmt.Errorf("transform rule %q", rule)
				} else {
					p.transform += part.literal
				}
			}
		}
	}
	if p.region == nowhere {
		return p, nil // nobody dials from there
	}
	if m.GetInternationalPrefix() == "" {
		return p, fmt.Errorf("no international prefix")
	}
	if p.dialling, _, err = t.program(m.GetInternationalPrefix()); err != nil {
		return p, err
	}
	p.short, err = t.shorts(short)
	return p, err
}

func bits(lengths []int32) (uint32, error) {
	var set uint32
	for i, n := range lengths {
		if n < 1 || n > deepest || i > 0 && n <= lengths[i-1] {
			return 0, fmt.Errorf("possible lengths %v", lengths)
		}
		set |= 1 << n
	}
	return set, nil
}

// kinds of numbers in the order in which the library asks for them, behind the general description.
var kinds = []struct {
	line phone.Line
	desc func(*phonenumbers.PhoneMetadata) *phonenumbers.PhoneNumberDesc
}{
	{"", (*phonenumbers.PhoneMetadata).GetGeneralDesc},
	{phone.PremiumRate, (*phonenumbers.PhoneMetadata).GetPremiumRate},
	{phone.TollFree, (*phonenumbers.PhoneMetadata).GetTollFree},
	{phone.SharedCost, (*phonenumbers.PhoneMetadata).GetSharedCost},
	{phone.VoIP, (*phonenumbers.PhoneMetadata).GetVoip},
	{phone.PersonalNumber, (*phonenumbers.PhoneMetadata).GetPersonalNumber},
	{phone.Pager, (*phonenumbers.PhoneMetadata).GetPager},
	{phone.UAN, (*phonenumbers.PhoneMetadata).GetUan},
	{phone.Voicemail, (*phonenumbers.PhoneMetadata).GetVoicemail},
	{phone.FixedLine, (*phonenumbers.PhoneMetadata).GetFixedLine},
	{phone.Mobile, (*phonenumbers.PhoneMetadata).GetMobile},
}

// generally marks, in a label, that a number fits the general description, whatever its length.
const generally = 1 << 7

// longestEmergency is what the rules take for the length of the longest emergency number.
const longestEmergency = 6

// noMember stands for no region of a country code.
const noMember = 255

// numbers makes the automaton of the national numbers of a country code. A label is the first region without leading digits that
// takes the number as valid, and a byte for each region: the line, as its place in phone.Lines from 1, or 0 where the number is not
// valid; and generally.
func (t *tables) numbers(members []*phonenumbers.PhoneMetadata) (uint16, error) {
	var patterns []tagged
	for r, m := range members {
		for k, kind := range kinds {
			p, err := describe(kind.desc(m))
			if err != nil {
				return 0, err
			}
			if p != nil {
				patterns = append(patterns, tagged{p, r*len(kinds) + k})
			}
		}
	}
	return t.pool.determinise(runSeveral(patterns, func(depth int, tags []int) (uint16, error) {
		if len(tags) == 0 {
			return 0, nil
		}
		matches := map[int]bool{}
		for _, tag := range tags {
			matches[tag] = true
		}
		label := make([]byte, len(members)+1)
		label[0] = noMember
		for r, m := range members {
			is := func(k int) bool {
				return matches[r*len(kinds)+k] && isPossible(kinds[k].desc(m), depth)
			}
			line := lineByte(m, is)
			if line > 0 && m.GetLeadingDigits() == "" && label[0] == noMember {
				label[0] = byte(r)
			}
			if matches[r*len(kinds)] {
				line |= generally
			}
			label[r+1] = line
		}
		if slices.Max(label[1:]) == 0 {
			return 0, nil
		}
		return t.labels.id(string(label)), nil
	}))
}

// describe compiles a description, if it has a pattern.
func describe(d *phonenumbers.PhoneNumberDesc) (*pattern, error) {
	if d.GetNationalNumberPattern() == "" {
		return nil, nil
	}
	return compile(d.GetNationalNumberPattern())
}

func isPossible(d *phonenumbers.PhoneNumberDesc, length int) bool {
	return len(d.GetPossibleLength()) == 0 || d.HasPossibleLength(int32(length))
}

// lineByte is the library's getNumberTypeHelper.
func lineByte(m *phonenumbers.PhoneMetadata, is func(kind int) bool) byte {
	if !is(0) {
		return 0
	}
	fixed, mobile := len(kinds)-2, len(kinds)-1
	for k := 1; k < fixed; k++ {
		if is(k) {
			return lineCode(kinds[k].line)
		}
	}
	if is(fixed) {
		if m.GetSameMobileAndFixedLinePattern() || is(mobile) {
			return lineCode(phone.FixedLineOrMobile)
		}
		return lineCode(phone.FixedLine)
	}
	if !m.GetSameMobileAndFixedLinePattern() && is(mobile) {
		return lineCode(phone.Mobile)
	}
	return 0
}

func lineCode(l phone.Line) byte { return byte(slices.Index(phone.Lines(), l) + 1) }

// leads makes the automaton that finds the first region whose leading digits the number has.
func (t *tables) leads(members []*phonenumbers.PhoneMetadata) (uint16, error) {
	if len(members) == 1 {
		return 0, nil
	}
	var patterns []tagged
	for r, m := range members {
		if m.GetLeadingDigits() == "" {
			continue
		}
		p, err := compile(m.GetLeadingDigits())
		if err != nil {
			return 0, err
		}
		patterns = append(patterns, tagged{p, r})
	}
	m, err := runBeginnings(patterns)
	if err != nil {
		return 0, err
	}
	return t.pool.determinise(m)
}

func (t *tables) formats(m *phonenumbers.PhoneMetadata, possible func(int) bool) (uint16, error) {
	national, err := layouts(m.GetNumberFormat(), true)
	if err != nil {
		return 0, err
	}
	abroad := m.GetIntlNumberFormat()
	if len(abroad) == 0 {
		abroad = m.GetNumberFormat()
	}
	international, err := layouts(abroad, false)
	if err != nil {
		return 0, err
	}
	return t.pool.determinise(runWriter(t, national, international, possible))
}

// Bits of the label of a short number.
const (
	isShort = 1 << iota
	isEmergency
)

func (t *tables) shorts(m *phonenumbers.PhoneMetadata) (uint16, error) {
	if m == nil {
		return 0, nil
	}
	var patterns []tagged
	descs := []*phonenumbers.PhoneNumberDesc{m.GetGeneralDesc(), m.GetShortCode(), m.GetEmergency()}
	for i, d := range descs {
		p, err := describe(d)
		if err != nil {
			return 0, err
		}
		if p == nil {
			continue
		}
		if p.endsText() {
			return 0, fmt.Errorf("%q: a short number that asks for the end of the text", p.expr)
		}
		patterns = append(patterns, tagged{p, i})
	}
	return t.pool.determinise(runSeveral(patterns, func(depth int, tags []int) (uint16, error) {
		var label uint16
		if slices.Contains(tags, 0) && slices.Contains(tags, 1) && isPossible(descs[0], depth) && isPossible(descs[1], depth) {
			label |= isShort
		}
		if slices.Contains(tags, 2) {
			label |= isEmergency
			t.longest = max(t.longest, depth)
		}
		return label, nil
	}))
}

// Operations of the engine's matcher.
const (
	opMatch = iota
	opFail
	opDigit // one of a set, then on
	opEither
	opMark
	opEnd
)

// mostGroups is how many groups the engine's matcher keeps.
const mostGroups = 3

// program compiles an expression for the engine's matcher.
func (t *tables) program(expr string) (id uint16, groups int, err error) {
	p, err := compile(expr)
	if err != nil {
		return 0, 0, err
	}
	// Instructions that do nothing are left out.
	skip := func(pc uint32) uint32 {
		for p.prog.Inst[pc].Op == syntax.InstNop || p.prog.Inst[pc].Op == syntax.InstCapture && p.prog.Inst[pc].Arg < 2 {
			pc = p.prog.Inst[pc].Out
		}
		return pc
	}
	at := map[uint32]uint64{}
	order := []uint32{skip(uint32(p.prog.Start))}
	at[order[0]] = 0
	place := func(pc uint32) uint64 {
		pc = skip(pc)
		n, ok := at[pc]
		if !ok {
			n = uint64(len(order))
			at[pc] = n
			order = append(order, pc)
		}
		return n
	}
	if groups = p.prog.NumCap/2 - 1; groups > mostGroups {
		return 0, 0, fmt.Errorf("%q: more than %d groups", expr, mostGroups)
	}
	var out []byte
	for i := 0; i < len(order); i++ {
		in := &p.prog.Inst[order[i]]
		switch in.Op {
		case syntax.InstMatch:
			out = append(out, opMatch)
		case syntax.InstFail:
			out = append(out, opFail)
		case syntax.InstAlt, syntax.InstAltMatch:
			out = append(out, opEither)
			out = binary.AppendUvarint(out, place(in.Out))
			out = binary.AppendUvarint(out, place(in.Arg))
		case syntax.InstCapture:
			out = append(out, opMark, byte(in.Arg))
			out = binary.AppendUvarint(out, place(in.Out))
		case syntax.InstEmptyWidth:
			out = append(out, opEnd)
			out = binary.AppendUvarint(out, place(in.Out))
		default:
			var set uint64
			for d := range 10 {
				if in.MatchRune(rune('0' + d)) {
					set |= 1 << d
				}
			}
			out = append(out, opDigit)
			out = binary.AppendUvarint(out, set)
			out = binary.AppendUvarint(out, place(in.Out))
		}
	}
	head := binary.AppendUvarint(nil, uint64(groups))
	head = binary.AppendUvarint(head, uint64(len(order)))
	return t.programs.id(string(append(head, out...))), groups, nil
}
