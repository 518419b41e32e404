package engine

import (
	"outdial/shared/phone"
	"outdial/shared/phone/internal/rules"
)

// This file is libphonenumber's parser, for texts of digits only; the names of its functions stand in the comments.

const (
	fewestNational = 2  // digits of a national number
	mostNational   = 17 // some German numbers
	mostText       = 250
)

// number is digits taken apart.
type number struct {
	t        *tables
	country  *country
	national string // national significant number
	label    uint16 // of the national number
	member   uint8  // the region among those of the country code; noMember if none is known
	origin   rules.Source
}

const noMember = 255

// cut takes digits apart that are read in region, or behind a plus if region is nil. Reason is set where they cannot be.
func (t *tables) cut(digits string, region *plan, a *arena) (number, phone.Reason) {
	n := number{t: t}
	// parseHelper, isViablePhoneNumber
	home := region
	if region == nil {
		switch {
		case len(digits)+1 > mostText:
			return n, phone.ReasonTooLong
		case len(digits) < fewestNational+1:
			return n, phone.ReasonTooShort
		}
		if n.country, n.national = t.countryOf(digits); n.country == nil {
			return n, phone.ReasonCountryUnknown
		}
	} else {
		switch {
		case len(digits) > mostText:
			return n, phone.ReasonTooLong
		case len(digits) < fewestNational:
			return n, phone.ReasonTooShort
		}
		var m match
		// maybeExtractCountryCode, parsePrefixAsIdd
		if region.abroad.of(digits) != unmatched && region.dialling.match(digits, &m) && (m.end == len(digits) || digits[m.end] != '0') {
			rest := digits[m.end:]
			if len(rest) <= fewestNational {
				return n, phone.ReasonTooShort
			}
			if n.country, n.national = t.countryOf(rest); n.country == nil {
				return n, phone.ReasonCountryUnknown
			}
			n.origin = rules.BehindDialling
		} else if rest, ok := t.withoutCode(digits, region, a); ok {
			n.country, n.national, n.origin = &t.codes[region.country], rest, rules.WithoutPlus
		} else {
			n.country, n.national, n.origin = &t.codes[region.country], digits, rules.OfRegion
		}
	}
	if n.origin != rules.OfRegion {
		home = &n.country.plans[0]
	}
	if len(n.national) < fewestNational {
		return n, phone.ReasonTooShort
	}
	if rest := t.strip(n.national, home, a); len(rest) != len(n.national) || rest != n.national {
		switch home.length(len(rest)) {
		case phone.ReasonTooShort, phone.ReasonLocalOnly, phone.ReasonInvalidLength:
		default:
			n.national = rest
		}
	}
	switch {
	case len(n.national) < fewestNational:
		return n, phone.ReasonTooShort
	case len(n.national) > mostNational:
		return n, phone.ReasonTooLong
	}
	return n, ""
}

// countryOf finds the country code that the digits begin with (extractCountryCode).
func (t *tables) countryOf(digits string) (*country, string) {
	if digits == "" || digits[0] == '0' {
		return nil, ""
	}
	code := 0
	for i := 0; i < 3 && i < len(digits); i++ {
		code = code*10 + int(digits[i]-'0')
		if at := t.byCode[code]; at > 0 {
			return &t.codes[at-1], digits[i+1:]
		}
	}
	return nil, ""
}

// withoutCode tells whether the digits are better read as beginning with the country code of their own region, and gives what
// stands behind it (the second half of maybeExtractCountryCode).
func (t *tables) withoutCode(digits string, region *plan, a *arena) (string, bool) {
	code := t.codes[region.country].code
	if len(digits) < len(code) || digits[:len(code)] != code {
		return "", false
	}
	rest := t.strip(digits[len(code):], region, a)
	if region.length(len(digits)) == phone.ReasonTooLong || !t.fits(digits, region) && t.fits(rest, region) {
		return rest, true
	}
	return "", false
}

// strip takes off the national prefix of a region (maybeStripNationalPrefixAndCarrierCode).
func (t *tables) strip(digits string, region *plan, a *arena) string {
	if digits == "" || region.prefix == nil {
		return digits
	}
	known := uint8(undecided)
	if len(digits) > 1 {
		known = region.trunk.of(digits)
	}
	var m match
	transforms := region.transforms
	switch groups := region.prefix.groups; known {
	case unmatched:
		return digits
	case firstDigit, bothDigits:
		m.end = int(known - unmatched)
		transforms = transforms && groups == 0
	default:
		if !region.prefix.match(digits, &m) {
			return digits
		}
		transforms = transforms && (groups == 0 || m.marks[2*groups] >= 0)
	}
	rest := digits[m.end:]
	if transforms {
		rest = a.transform(region.transform, digits, &m)
	} else if m.end == 0 {
		return digits
	}
	if t.fits(digits, region) && !t.fits(rest, region) {
		return digits
	}
	return rest
}

// fits tells whether a national number matches the general description of a region, whatever its length.
func (t *tables) fits(national string, region *plan) bool {
	l := t.walk(t.codes[region.country].numbers, national)
	return l != 0 && t.labels[l].lines[region.member]&generally != 0
}

// walk runs an automaton over the digits and gives the label of where they end.
func (t *tables) walk(state uint16, digits string) uint16 {
	for i := 0; i < len(digits); i++ {
		if state = t.next(state, digits[i]-'0'); state == 0 {
			return 0
		}
	}
	return t.next(state, labelAt)
}

// length judges a number's length (testNumberLength of the general description).
func (p *plan) length(n int) phone.Reason {
	switch {
	case n < 32 && p.local>>n&1 == 1:
		return phone.ReasonLocalOnly
	case n < int(p.shortest):
		return phone.ReasonTooShort
	case n > int(p.longest):
		return phone.ReasonTooLong
	case p.lengths>>n&1 == 0:
		return phone.ReasonInvalidLength
	}
	return ""
}

// place finds the region of a number (getRegionCodeForNumber) and its line, as the place in phone.Lines from 1; 0 where it is not
// valid (getNumberType).
func (n *number) place() (line uint8) {
	n.label = n.t.walk(n.country.numbers, n.national)
	l := &n.t.labels[n.label]
	n.member = 0
	if len(n.country.plans) > 1 {
		n.member = l.first
		state := n.country.leads
		for i := 0; state != 0 && n.member > 0; i++ {
			if lead := n.t.next(state, labelAt); lead > 0 {
				n.member = min(n.member, uint8(lead-1))
			}
			if i == len(n.national) {
				break
			}
			state = n.t.next(state, n.national[i]-'0')
		}
	}
	if n.label == 0 || n.member == noMember {
		return 0
	}
	return l.lines[n.member] & lineBits
}

// arena holds the strings that are put together for one number. Without one they are allocated.
type arena struct{ b []byte }

func (a *arena) transform(rule, digits string, m *match) string {
	var b [2 * mostText]byte
	out := b[:0]
	for i := 0; i < len(rule); i++ {
		if c := rule[i]; c >= 10 {
			out = append(out, c)
		} else if from := m.marks[2*c]; from >= 0 {
			out = append(out, digits[from:m.marks[2*c+1]]...)
		}
	}
	out = append(out, digits[m.end:]...)
	return a.keep(out)
}

func (a *arena) join(x, y string) string {
	if a == nil {
		return x + y
	}
	from := len(a.b)
	a.b = append(append(a.b, x...), y...)
	return text(a.b[from:])
}

func (a *arena) keep(b []byte) string {
	if a == nil {
		return string(b)
	}
	from := len(a.b)
	a.b = append(a.b, b...)
	return text(a.b[from:])
}
