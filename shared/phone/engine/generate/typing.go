package main

import (
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
)

// typing is what formatting while typing needs besides the tables: the formats of a country with the leading digits they ask for
// at each length, where the tables only have what becomes of whole numbers. It is a file of its own, so that whoever does not call
// AsYouType does not carry it.
type typing struct {
	pool      *pool             // automata of leading digits
	exprs     map[string]string // of patterns
	leads     index[string]
	patterns  index[string]
	templates index[string]
	layouts   index[typed]
	codes     []typedCode
}

// typed is a format: places in the lists of typing from 0, and flags.
type typed struct{ pattern, template, leads, flags uint16 }

// Flags of a format.
const (
	withPrefix = 1 << iota // is used behind a national prefix
	barely                 // is used without a national prefix
	spaced                 // parts the national prefix from the number
)

type typedCode struct {
	national, international []rune // places in layouts
}

// eligible is how the library tells formats that can be filled in digit by digit: groups in whatever order, the first at first,
// and punctuation. Its punctuation outside ASCII is refused by pieces.
var eligible = regexp.MustCompile(`^[-x ().\[\]/~]*\$1[-x ().\[\]/~]*(?:\$\d[-x ().\[\]/~]*)*$`)

// firstGroupOnly tells a rule for the national prefix that adds none.
var firstGroupOnly = regexp.MustCompile(`^(\(?\$1\)?)?$`)

func buildTyping(s source) (*typing, error) {
	t := &typing{pool: newPool(), exprs: map[string]string{}}
	for _, number := range slices.Sorted(maps.Keys(s.codes)) {
		i := slices.IndexFunc(s.numbers, func(m *phonenumbers.PhoneMetadata) bool {
			return m.GetId() == s.codes[number][0] && int(m.GetCountryCode()) == number
		})
		if i < 0 {
			return nil, fmt.Errorf("country code %d: no metadata of region %q", number, s.codes[number][0])
		}
		var c typedCode
		var err error
		if c.national, err = t.formats(s.numbers[i].GetNumberFormat()); err == nil {
			c.international, err = t.formats(s.numbers[i].GetIntlNumberFormat())
		}
		if err != nil {
			return nil, fmt.Errorf("country code %d: formats: %w", number, err)
		}
		t.codes = append(t.codes, c)
	}
	return t, nil
}

// formats gives the places of those formats that can be filled in digit by digit.
func (t *typing) formats(formats []*phonenumbers.NumberFormat) ([]rune, error) {
	var out []rune
	for _, f := range formats {
		if !eligible.MatchString(f.GetFormat()) {
			continue
		}
		lengths, err := lengthsOf(f.GetPattern())
		if err != nil {
			return nil, err
		}
		// The library compares patterns by their expressions.
		if expr, ok := t.exprs[lengths]; ok && expr != f.GetPattern() {
			return nil, fmt.Errorf("%q and %q say the same", expr, f.GetPattern())
		}
		t.exprs[lengths] = f.GetPattern()
		parts, err := pieces(f.GetFormat(), len(lengths)/2)
		if err != nil {
			return nil, err
		}
		template, group := "", 0
		for _, part := range parts {
			template += part.literal
			if part.group > 0 {
				template += string(rune(part.group))
				if group++; part.group != group {
					break
				}
			}
		}
		if 2*group != len(lengths) {
			return nil, fmt.Errorf("format %q: the %d groups of %q in another order, or not all of them", f.GetFormat(), len(lengths)/2, f.GetPattern())
		}
		if strings.Contains(template, "x") {
			return nil, fmt.Errorf("format %q: a letter between digits", f.GetFormat())
		}
		var leads strings.Builder
		for _, expr := range f.GetLeadingDigitsPattern() {
			root, err := t.lead(expr)
			if err != nil {
				return nil, err
			}
			leads.WriteRune(rune(root))
		}
		rule := f.GetNationalPrefixFormattingRule()
		only, optional := firstGroupOnly.MatchString(rule), f.GetNationalPrefixOptionalWhenFormatting()
		flags := uint16(0)
		if !only || optional || f.GetDomesticCarrierCodeFormattingRule() != "" {
			flags |= withPrefix
		}
		if only || optional {
			flags |= barely
		}
		if strings.ContainsAny(rule, "- ") {
			flags |= spaced
		}
		out = append(out, rune(t.layouts.id(typed{t.patterns.id(lengths) - 1, t.templates.id(template) - 1, t.leads.id(leads.String()) - 1, flags})-1))
	}
	return out, nil
}

// lead adds the automaton of leading digits.
func (t *typing) lead(expr string) (uint16, error) {
	p, err := compile(expr)
	if err != nil {
		return 0, err
	}
	m, err := runBeginnings([]tagged{{p, 0}})
	if err != nil {
		return 0, err
	}
	root, err := t.pool.determinise(m)
	if err == nil && root >= 0xD800 { // a rune in the list of roots
		err = errTooMany
	}
	return root, err
}

// lengthsOf gives of each group the fewest and the most digits, for a pattern that is nothing but groups of any digits.
func lengthsOf(expr string) (string, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return "", err
	}
	groups := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		groups = re.Sub
	}
	var out []byte
	for _, group := range groups {
		least, most := 1, 1
		if group.Op != syntax.OpCapture {
			return "", fmt.Errorf("%q: digits outside the groups", expr)
		}
		digits := group.Sub[0]
		if digits.Op == syntax.OpRepeat {
			least, most, digits = digits.Min, digits.Max, digits.Sub[0]
		}
		if digits.Op != syntax.OpCharClass || string(digits.Rune) != "09" || least < 1 || most < least {
			return "", fmt.Errorf("%q: a group of other than so many of any digits", expr)
		}
		out = append(out, byte(least), byte(most))
	}
	if len(out) > 2*mostTyped {
		return "", fmt.Errorf("%q: more than %d groups", expr, mostTyped)
	}
	return string(out), nil
}

// mostTyped is how many groups a format may have: bytes below nine stand for groups in a template.
const mostTyped = 8

// encode writes what loadTyping in package engine reads.
func (t *typing) encode() []byte {
	var w stream
	w.number(len(t.pool.states) - 1)
	for id, s := range t.pool.states {
		if id > 0 {
			w.state(uint16(id), s)
		}
	}
	w.number(len(t.leads.list))
	for _, roots := range t.leads.list {
		w.numbers([]rune(roots)...)
	}
	w.texts(t.patterns.list)
	w.texts(t.templates.list)
	w.number(len(t.layouts.list))
	for _, l := range t.layouts.list {
		w.number(int(l.pattern))
		w.number(int(l.template))
		w.number(int(l.leads))
		w.number(int(l.flags))
	}
	w.number(len(t.codes))
	for _, c := range t.codes { // in the order of tables
		w.numbers(c.national...)
		w.numbers(c.international...)
	}
	return w.b
}
