package engine

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
)

// expressions is what the library's expressions say of a national number, region by region, without anything that the parser
// makes of it: in a judged text one region hides another, and a number that is only possible hides the general description.
type expressions struct {
	members []member
}

type member struct {
	sameMobile bool
	general    description
	kinds      []description // in the library's order of asking; the last two are fixed and mobile
}

type description struct {
	line    phone.Line
	pattern *regexp.Regexp
	lengths map[int]bool
}

func (d description) matches(national string) bool {
	return d.pattern.MatchString(national) && (len(d.lengths) == 0 || d.lengths[len(national)])
}

func expressionsOf(x *country) expressions {
	var e expressions
	for _, p := range x.plans {
		m := metadataOf(&p)
		of := func(line phone.Line, d *phonenumbers.PhoneNumberDesc) description {
			out := description{line: line, pattern: regexp.MustCompile("^(?:" + d.GetNationalNumberPattern() + ")$"), lengths: map[int]bool{}}
			for _, n := range d.GetPossibleLength() {
				out.lengths[int(n)] = true
			}
			return out
		}
		e.members = append(e.members, member{m.GetSameMobileAndFixedLinePattern(), of("", m.GetGeneralDesc()), []description{
			of(phone.PremiumRate, m.GetPremiumRate()), of(phone.TollFree, m.GetTollFree()), of(phone.SharedCost, m.GetSharedCost()), of(phone.VoIP, m.GetVoip()),
			of(phone.PersonalNumber, m.GetPersonalNumber()), of(phone.Pager, m.GetPager()), of(phone.UAN, m.GetUan()), of(phone.Voicemail, m.GetVoicemail()),
			of(phone.FixedLine, m.GetFixedLine()), of(phone.Mobile, m.GetMobile()),
		}})
	}
	return e
}

func metadataOf(p *plan) *phonenumbers.PhoneMetadata {
	m, ok := metadata.RegionMetadata(p.region)
	if p.region == "001" {
		m, ok = metadata.NonGeoMetadata(int(p.code))
	}
	if !ok {
		panic("no metadata of " + p.region)
	}
	return m
}

// label is what the tables should say, nothing where it is all zeros.
func (e expressions) label(national string) string {
	out := make([]byte, len(e.members))
	all := byte(0)
	for i, m := range e.members {
		if m.general.pattern.MatchString(national) {
			out[i] = generally
			if m.general.matches(national) {
				if line := m.line(national); line != "" {
					out[i] |= byte(1 + slices.Index(phone.Lines(), line))
				}
			}
		}
		all |= out[i]
	}
	if all == 0 {
		return ""
	}
	return string(out)
}

func (m member) line(national string) phone.Line {
	fixed := len(m.kinds) - 2
	for _, k := range m.kinds[:fixed] {
		if k.matches(national) {
			return k.line
		}
	}
	mobile := m.kinds[fixed+1].matches(national)
	switch {
	case m.kinds[fixed].matches(national) && (m.sameMobile || mobile):
		return phone.FixedLineOrMobile
	case m.kinds[fixed].matches(national):
		return phone.FixedLine
	case mobile && !m.sameMobile:
		return phone.Mobile
	}
	return ""
}

// expected is a national number and what the tables should say of it.
type expected struct {
	code            int // place of the country code
	national, label string
}

// expectations goes through every state and edge of the numbers.
func expectations(t *tables, more int) (out []expected) {
	c := &coverer{t: t, more: more, random: rand.New(rand.NewPCG(11, 12))}
	for i := range t.codes {
		e := expressionsOf(&t.codes[i])
		c.automaton(t.codes[i].numbers, func(national string) bool {
			out = append(out, expected{i, national, e.label(national)})
			return true
		})
	}
	return out
}

func (e expected) holds(t *tables) bool {
	return t.labels[t.walk(t.codes[e.code].numbers, e.national)].lines == e.label
}

// The labels of the number automata are what the library's expressions say, of every region of a country code.
func TestLabels_areTheExpressions(t *testing.T) {
	cases := expectations(compiled(), *more)
	different := 0
	for _, e := range cases {
		if !e.holds(compiled()) {
			if different++; different < 20 {
				t.Errorf("+%s %s", compiled().codes[e.code].code, e.national)
			}
		}
	}
	t.Logf("%d national numbers: %d mismatches", len(cases), different)
	require.NotEmpty(t, cases)
}

// prefixed is digits and where the expression of a prefix matches in them: the whole and its groups, nothing if it does not.
type prefixed struct {
	plan     int
	dialling bool
	digits   string
	match    []int
}

// prefixExpectations goes through every instruction of the prefix programs, with every digit.
func prefixExpectations(t *tables, more int) (out []prefixed) {
	c := &coverer{t: t, more: more, random: rand.New(rand.NewPCG(13, 14))}
	for i := range t.plans {
		p := &t.plans[i]
		m := metadataOf(p)
		for _, prefix := range []struct {
			program  *program
			expr     string
			dialling bool
		}{{p.prefix, m.GetNationalPrefixForParsing(), false}, {p.dialling, m.GetInternationalPrefix(), true}} {
			if prefix.program == nil {
				continue
			}
			expr := regexp.MustCompile("^(?:" + prefix.expr + ")")
			for digits := range c.through(prefix.program) {
				for _, text := range []string{digits, digits + c.digits(1+c.random.IntN(9)), digits[:c.random.IntN(len(digits))] + c.digits(2)} {
					out = append(out, prefixed{i, prefix.dialling, text, expr.FindStringSubmatchIndex(text)})
				}
			}
		}
	}
	return out
}

func (e prefixed) holds(t *tables) bool {
	p := t.plans[e.plan].prefix
	if e.dialling {
		p = t.plans[e.plan].dialling
	}
	ahead := uint8(undecided)
	if len(e.digits) > 1 {
		ahead = p.ahead.of(e.digits)
	}
	var m match
	if !p.match(e.digits, &m) {
		return e.match == nil && (ahead == unmatched || ahead == undecided)
	}
	if e.match == nil || e.match[1] != m.end {
		return false
	}
	grouped := false
	for i, at := range e.match[2:] {
		grouped = grouped || at >= 0
		if int(m.marks[2+i]) != at {
			return false
		}
	}
	switch ahead {
	case unmatched:
		return false
	case firstDigit:
		return m.end == 1 && !grouped
	case bothDigits:
		return m.end == 2 && !grouped
	}
	return true
}

// The prefix programs match where the library's expressions do, group by group, and what is known ahead of them is true.
func TestPrefixes_areTheExpressions(t *testing.T) {
	cases := prefixExpectations(compiled(), *more)
	different := 0
	for _, e := range cases {
		if !e.holds(compiled()) {
			if different++; different < 20 {
				t.Errorf("%s %v in %s: %v", e.digits, e.dialling, compiled().plans[e.plan].region, e.match)
			}
		}
	}
	t.Logf("%d beginnings of numbers: %d mismatches", len(cases), different)
	require.NotEmpty(t, cases)
}
