package engine

import (
	"slices"

	"outdial/shared/phone"
	"outdial/shared/phone/internal/rules"
)

// Result is the judgement of one text of a column, in sixteen bytes that can be handed on as they are. The small numbers are
// places in a list of package phone, or of Regions.
type Result struct {
	Digits  uint64 // the E.164 number without its plus, as a decimal number; 0 unless it may be sent
	Repairs uint32 // bit i: phone.RepairCodes()[i]
	Verdict uint8  // phone.Verdicts()[Verdict]
	Reason  uint8  // phone.Reasons()[Reason-1]; 0 for none
	Line    uint8  // phone.Lines()[Line-1]; 0 for none
	Region  uint8  // Regions()[Region-1]; 0 for none
}

// Number is the result as a phone.Number, as far as it goes: without the text, the extension and the writings for people; the
// repairs in the order of phone.RepairCodes, without counts.
func (r Result) Number() phone.Number {
	n := phone.Number{Verdict: phone.Verdicts()[r.Verdict]}
	if r.Reason > 0 {
		n.Reason = phone.Reasons()[r.Reason-1]
	}
	for i, code := range phone.RepairCodes() {
		if r.Repairs>>i&1 == 1 {
			n.Repairs = append(n.Repairs, phone.Repair{Code: code})
		}
	}
	if r.Digits == 0 {
		return n
	}
	n.E164 = string(appendDecimal([]byte{'+'}, r.Digits))
	country, _ := compiled().countryOf(n.E164[1:])
	n.CountryCode = int(country.plans[0].code)
	n.Line = phone.Lines()[r.Line-1]
	if r.Region > 0 {
		n.Region = Regions()[r.Region-1]
	}
	return n
}

// Regions lists the regions that a Result names: ISO 3166 alpha-2 codes, and "001" for each country code of no country.
func Regions() []string {
	t := compiled()
	out := make([]string, len(t.plans))
	for i := range t.plans {
		out[i] = t.plans[i].region
	}
	return out
}

// Column judges texts of one column, as phone.Judge does each. It allocates nothing for an ordinary text. It is not for use from
// several goroutines at once.
type Column struct {
	p      plans
	region string
	home   *plan
	arena  arena
	buf    [15]byte
}

// NewColumn gives a judge for texts read in region, as phone.Judge has it.
func NewColumn(region string) *Column {
	c := &Column{p: plans{t: compiled()}}
	c.p.a = &c.arena
	if c.region = rules.Region[number](&c.p, region); c.region != "" {
		c.home = c.p.plan(c.region)
	}
	return c
}

// Judge judges the texts that stand one behind the other in data, the ith from offsets[i] to offsets[i+1], and writes the ith
// result to results[i]. There is one offset more than there are texts; results must have room for all of them.
func (c *Column) Judge(data []byte, offsets []uint32, results []Result) {
	for i := 1; i < len(offsets); i++ {
		results[i-1] = c.One(data[offsets[i-1]:offsets[i]])
	}
}

// One judges one text.
func (c *Column) One(data []byte) Result {
	c.arena.b = c.arena.b[:0]
	s := text(data)
	r, plain := phone.ReadPlain(s, &c.buf)
	if plain {
		if result, ok := c.straight(r); ok {
			return result
		}
	} else {
		r = phone.Read(s)
	}
	return c.decide(r)
}

// straight takes the way of most numbers: too long for an emergency number, and valid as written. It comes to what the rules say,
// by less.
func (c *Column) straight(r phone.Reading) (out Result, ok bool) {
	const longestEmergency = 3 + 6 + len("011")
	home := c.home
	switch {
	case r.Plus:
		home = nil
	case home == nil:
		return out, false
	}
	if len(r.Digits) <= 9 || len(r.Digits) <= longestEmergency && r.Digits[0] == '0' && (r.Plus || r.Digits[1] <= '1') {
		return out, false
	}
	n, reason := c.p.t.cut(r.Digits, home, &c.arena)
	if reason != "" || n.country.plans[0].length(len(n.national)) != "" {
		return out, false
	}
	if n.origin != rules.BehindPlus && n.origin != rules.OfRegion {
		return out, false
	}
	line := n.place()
	if line == 0 {
		return out, false
	}
	code := n.country.code
	count := len(code) + len(n.national)
	if count <= 9 || count > 15 {
		return out, false
	}
	if n.origin == rules.OfRegion {
		out.Repairs = 1 << countryAdded
		digits := c.arena.join(code, n.national)
		if !c.p.IsReadAsItself(digits) {
			return out, false
		}
		if len(n.national) == len(r.Digits) {
			if n.national != r.Digits {
				return out, false
			}
			if n.national[0] != '0' && n.isZeroAhead() {
				out.Repairs |= 1 << leadingZeroRestored
			}
		} else if len(n.national) > len(r.Digits) || r.Digits[len(r.Digits)-len(n.national):] != n.national {
			return out, false
		}
	} else if count != len(r.Digits) || n.national != r.Digits[len(code):] {
		return out, false
	}
	out.Digits = value(value(0, code), n.national)
	out.Line = line
	out.Region = n.country.first + n.member + 1
	return out, true
}

func (c *Column) decide(r phone.Reading) (out Result) {
	d := rules.Decide[number](&c.p, r, c.region)
	for _, repair := range r.Repairs {
		out.Repairs |= bit(repair.Code)
	}
	out.Verdict = uint8(slices.Index(verdicts, d.Verdict))
	out.Reason = uint8(slices.Index(reasons, d.Reason) + 1)
	if d.Verdict != phone.Fine && d.Verdict != phone.Unusual {
		return out
	}
	source, spelling := d.Repairs(d.Parsed.Number.isZeroAhead)
	out.Repairs |= bit(source) | bit(spelling)
	out.Digits = value(0, d.Digits)
	out.Line = uint8(slices.Index(lines, d.Line))
	if out.Line == 0 {
		out.Line = uint8(len(lines) - 1) // unknown
	}
	if n := &d.Parsed.Number; n.member != noMember {
		out.Region = n.country.first + n.member + 1
	}
	return out
}

var (
	verdicts = phone.Verdicts()
	reasons  = phone.Reasons()
	repairs  = phone.RepairCodes()

	countryAdded        = slices.Index(repairs, phone.CountryAdded)
	leadingZeroRestored = slices.Index(repairs, phone.LeadingZeroRestored)
)

func bit(code phone.RepairCode) uint32 {
	if code == "" {
		return 0
	}
	return 1 << slices.Index(repairs, code)
}

// value appends digits to a decimal number.
func value(v uint64, digits string) uint64 {
	for i := range len(digits) {
		v = v*10 + uint64(digits[i]-'0')
	}
	return v
}

func appendDecimal(b []byte, v uint64) []byte {
	var d [20]byte
	i := len(d)
	for ; v > 0; v /= 10 {
		i--
		d[i] = byte('0' + v%10)
	}
	return append(b, d[i:]...)
}
