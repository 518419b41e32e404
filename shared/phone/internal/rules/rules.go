// Package rules decides what a text is when it can be read in more than one way. It is what the judges of this module have in
// common: a judge differs only in where its numbering plans come from.
package rules

import (
	"strings"

	"outdial/shared/phone"
)

// Lengths of an E.164 number without its plus. The upper one is the recommendation's (ITU-T E.164, 6.1); nothing shorter than
// the lower one is a subscriber's number anywhere.
const (
	fewestDigits = 5
	mostDigits   = 15
	longestShort = 6 // digits of a service number that is written alone
)

// Plans is what the rules ask of the numbering plans. Digits are ASCII digits, at least one; a region is one that CountryCode
// knows. T is how the plans hold a number that they have parsed.
type Plans[T any] interface {
	// CountryCode gives the country code of a region (ISO 3166 alpha-2, in capitals), 0 if there is no such region.
	CountryCode(region string) int
	// Parse reads digits in a region, or behind a plus if region is empty.
	Parse(digits, region string) Parsed[T]
	// IsReadAsItself tells whether digits behind a plus are parsed to themselves.
	IsReadAsItself(digits string) bool
	// IsShort tells whether the digits are a short service number of the region.
	IsShort(digits, region string) bool
	// IsEmergency tells whether the digits are an emergency number of the region.
	IsEmergency(digits, region string) bool
	// IsEmergencyAnywhere tells whether the digits are an emergency number of a region of the country code.
	IsEmergencyAnywhere(code int, digits string) bool
	// ConnectsToEmergency tells whether a telephone in the region would put the digits through to an emergency service.
	ConnectsToEmergency(digits, region string) bool
	// Describe gives the region of a number and how people write it, as phone.Number has them.
	Describe(number T) (region, international, national string)
}

// Parsed is what the plans make of digits. With a reason nothing else is set.
type Parsed[T any] struct {
	Reason   phone.Reason
	Number   T
	Source   Source
	Digits   string     // country code and national number
	National string     // the end of Digits: national (significant) number
	Line     phone.Line // UnknownLine if in no range of the plan
}

// Source is where the country code came from.
type Source uint8

const (
	BehindPlus     Source = iota
	BehindDialling        // an international dialling prefix of the region
	WithoutPlus           // the digits begin with the region's own country code
	OfRegion              // the number is written nationally
)

// Judge judges a text, as phone.Judge has it.
//
// What wins when a text can be read in more than one way:
//
//  1. An emergency or N11 service number, whatever else it might be. A longer number that only begins with one is not.
//  2. With a plus, the country code behind it; the region is not looked at.
//  3. Without one, the region's own reading if it is valid, even if a plus would make another valid number of it.
//  4. A short service number of the region: no number to send to.
//  5. The reading with a plus in front, if that is valid (8613800138000 in US). Where the region has numbers of that length, the
//     spelling can speak against it: brackets around the first digits, as (358) 213-1634 in US, or a first group that
//     does not end with the country code, as 646-111-3333 in US, which is no number of New Zealand (64).
//  6. The reading with 00 or 011 taken for a plus, if that is valid.
//  7. The region's reading if it is possible, which makes the number unusual. Without a region nothing merely possible is taken.
func Judge[T any](p Plans[T], text, region string) phone.Number {
	n := phone.Number{Text: text}
	r := phone.Read(text)
	n.Repairs, n.Extension = r.Repairs, r.Extension
	c := Decide(p, r, Region(p, region))
	n.Verdict, n.Reason = c.Verdict, c.Reason
	if c.Verdict == phone.Fine || c.Verdict == phone.Unusual {
		c.fill(p, &n)
	}
	return n
}

// Region gives the region in capitals, or nothing if it is none.
func Region[T any](p Plans[T], region string) string {
	region = strings.ToUpper(strings.TrimSpace(region))
	if len(region) != 2 || p.CountryCode(region) == 0 {
		return ""
	}
	return region
}

// Decision is the verdict on a text, and the reading that won if it is Fine or Unusual.
type Decision[T any] struct {
	Verdict phone.Verdict
	Reason  phone.Reason
	Parsed[T]
	source phone.RepairCode // how the country code was found; empty behind a plus that was written
	rest   string           // the digits written behind the country code, as far as known
}

// Decide finds the reading that wins. Region is one that Region gave.
func Decide[T any](p Plans[T], r phone.Reading, region string) Decision[T] {
	if r.Reason != "" {
		return Decision[T]{Verdict: phone.Impossible, Reason: r.Reason}
	}
	emergency := Decision[T]{Verdict: phone.Emergency, Reason: phone.ReasonEmergency}
	if isEmergency(p, r, region) {
		return emergency
	}
	c := choose(p, r, region)
	switch {
	case !c.valid && connectsToEmergency(p, r, region):
		return emergency
	case r.Letters > 0 && !c.valid:
		return Decision[T]{Verdict: phone.Impossible, Reason: phone.ReasonLetters}
	case c.Reason != "":
		return Decision[T]{Verdict: phone.Impossible, Reason: c.Reason}
	case isEmergency(p, phone.Reading{Plus: true, Digits: c.Digits}, ""):
		return emergency
	}
	d := Decision[T]{Verdict: phone.Fine, Parsed: c.Parsed, source: c.source, rest: c.rest}
	if !c.valid {
		d.Verdict, d.Reason = phone.Unusual, phone.ReasonNotAssigned
	}
	return d
}

// reading is one way to read the digits; one with a reason is no way at all.
type reading[T any] struct {
	Parsed[T]
	valid  bool
	source phone.RepairCode
	rest   string
}

func no[T any](reason phone.Reason) reading[T] {
	return reading[T]{Parsed: Parsed[T]{Reason: reason}}
}

// choose finds the reading that wins.
func choose[T any](p Plans[T], r phone.Reading, region string) reading[T] {
	if r.Plus {
		there := parse(p, r.Digits, "", "")
		if there.Reason == phone.ReasonCountryUnknown {
			if abroad, ok := behindPrefix(p, r.Digits); ok {
				return abroad
			}
		}
		return there
	}
	home := no[T](phone.ReasonCountryUnknown)
	switch {
	case region != "":
		home = parse(p, r.Digits, region, "")
	case len(r.Digits) < fewestDigits:
		home.Reason = phone.ReasonTooShort
	case len(r.Digits) > mostDigits+len("011"):
		home.Reason = phone.ReasonTooLong
	}
	if home.valid {
		return home
	}
	if region != "" && len(r.Digits) <= longestShort && p.IsShort(r.Digits, region) {
		return no[T](phone.ReasonShortCode)
	}
	if r.Digits[0] != '0' && (home.Reason != "" || !r.Bracketed) {
		abroad := parse(p, r.Digits, "", phone.PlusAdded)
		if abroad.valid && (home.Reason != "" || r.Group == 0 || r.Group == len(abroad.Digits)-len(abroad.National)) {
			return abroad
		}
	}
	if abroad, ok := behindPrefix(p, r.Digits); ok {
		return abroad
	}
	// Some plans (Germany's) leave every short length possible: no subscriber writes so few digits.
	if home.Reason == "" && len(r.Digits) < fewestDigits+2 {
		return no[T](phone.ReasonTooShort)
	}
	return home
}

// behindPrefix reads the number behind the dialling prefix that most of the world uses (00) and that of North America (011).
func behindPrefix[T any](p Plans[T], digits string) (reading[T], bool) {
	if digits[0] != '0' {
		return reading[T]{}, false
	}
	for _, prefix := range [...]string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && rest != "" && rest[0] != '0' {
			if abroad := parse(p, rest, "", phone.DialPrefixReplaced); abroad.valid {
				return abroad, true
			}
		}
	}
	return reading[T]{}, false
}

// parse reads digits in region, or as international if region is empty; source is then the repair that made them so.
func parse[T any](p Plans[T], digits, region string, source phone.RepairCode) reading[T] {
	c := reading[T]{Parsed: p.Parse(digits, region), source: source}
	if c.Reason != "" {
		return c
	}
	behind := strings.TrimPrefix(digits, c.Digits[:len(c.Digits)-len(c.National)])
	switch c.Source {
	case OfRegion:
		c.source, c.rest = phone.CountryAdded, digits
	case BehindDialling:
		c.source = phone.DialPrefixReplaced
		if strings.HasSuffix(digits, c.Digits) {
			c.rest = c.National
		}
	case WithoutPlus:
		c.source, c.rest = phone.PlusAdded, behind
	default:
		c.rest = behind
	}
	switch n := len(c.Digits); {
	case n < fewestDigits:
		c.Reason = phone.ReasonTooShort
	case n > mostDigits: // German numbers may be possible at seventeen digits
		c.Reason = phone.ReasonTooLong
	// It is not read as itself where what follows the country code looks like a national prefix: +82 000-000-0000 loses its zeros
	// at every reading, so whoever reads it next would send to another number.
	case (region != "" || c.Digits != digits) && !p.IsReadAsItself(c.Digits):
		c.Reason = phone.ReasonAmbiguous
	}
	c.valid = c.Line != phone.UnknownLine && c.Reason == ""
	return c
}

// fill writes the reading into the number.
func (d Decision[T]) fill(p Plans[T], n *phone.Number) {
	n.E164 = "+" + d.Digits
	n.CountryCode = p.CountryCode("")
	for _, c := range d.Digits[:len(d.Digits)-len(d.National)] {
		n.CountryCode = n.CountryCode*10 + int(c-'0')
	}
	n.Line = d.Line
	n.Region, n.International, n.National = p.Describe(d.Number)
	source, spelling := d.Repairs(func() bool { return IsZeroAhead(n.National, d.National) })
	for _, code := range [...]phone.RepairCode{source, spelling} {
		if code != "" {
			n.Repairs = append(n.Repairs, phone.Repair{Code: code})
		}
	}
}

// Repairs tells what was changed to read the digits as the number: about the country code, and about the national number; empty
// for nothing. ZeroAhead tells whether people of the country write a zero before the number: then the text had lost it.
func (d Decision[T]) Repairs(zeroAhead func() bool) (source, spelling phone.RepairCode) {
	switch {
	case d.rest == d.National:
		if d.source == phone.CountryAdded && d.National[0] != '0' && zeroAhead() {
			spelling = phone.LeadingZeroRestored
		}
	case !strings.HasSuffix(d.rest, d.National):
		spelling = phone.NumberRewritten
	case d.source != phone.CountryAdded:
		spelling = phone.TrunkPrefixRemoved
	}
	return d.source, spelling
}

// IsZeroAhead tells whether the national writing of a number has a zero before its digits and is otherwise those digits.
func IsZeroAhead(writing, national string) bool {
	at := -1 // position in "0"+national that was last seen
	for i := range len(writing) {
		c := writing[i]
		if c < '0' || '9' < c {
			continue
		}
		at++
		if at > len(national) || at == 0 && c != '0' || at > 0 && c != national[at-1] {
			return false
		}
	}
	return at == len(national)
}

// connectsToEmergency tells whether a telephone would put the digits through to an emergency service because they begin with its
// number, as 91155 in US. It is asked about short texts that are no valid number.
func connectsToEmergency[T any](p Plans[T], r phone.Reading, region string) bool {
	return region != "" && !r.Plus && len(r.Digits) <= longestShort && p.ConnectsToEmergency(r.Digits, region)
}

// isEmergency asks our own list and the plans'.
func isEmergency[T any](p Plans[T], r phone.Reading, region string) bool {
	d := r.Digits
	// Behind the longest country code, and that behind a dialling prefix.
	if len(d) > 3+longestShort && (r.Plus || len(d) > len("011")+3+longestShort || d[0] != '0' || d[1] != '0' && d[1] != '1') {
		return false
	}
	if r.Emergency(region) {
		return true
	}
	if region != "" && len(d) <= longestShort && p.IsEmergency(d, region) {
		return true
	}
	if !r.Plus {
		prefix := ""
		switch {
		case strings.HasPrefix(d, "00"):
			prefix = "00"
		case strings.HasPrefix(d, "011"):
			prefix = "011"
		default:
			// In its own country a country code may stand without a plus.
			if region == "" {
				return false
			}
			rest, ok := cutCode(d, p.CountryCode(region))
			return ok && rest != "" && p.IsEmergency(rest, region)
		}
		d = d[len(prefix):]
	}
	code := 0
	for n := 1; n <= 3 && n < len(d); n++ {
		if code = code*10 + int(d[n-1]-'0'); p.IsEmergencyAnywhere(code, d[n:]) {
			return true
		}
	}
	return false
}

// cutCode takes a country code off.
func cutCode(digits string, code int) (string, bool) {
	n := 1
	for c := code; c >= 10; c /= 10 {
		n++
	}
	if len(digits) < n {
		return "", false
	}
	for i := n - 1; i >= 0; i-- {
		if int(digits[i]-'0') != code%10 {
			return "", false
		}
		code /= 10
	}
	return digits[n:], true
}
