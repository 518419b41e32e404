package engine

import (
	"math/bits"
	"slices"
	"unsafe"

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
	n.E164 = string(r.AppendE164(nil))
	country, _ := compiled().countryOf(n.E164[1:])
	n.CountryCode = int(country.plans[0].code)
	n.Line = phone.Lines()[r.Line-1]
	if r.Region > 0 {
		n.Region = Regions()[r.Region-1]
	}
	return n
}

// AppendE164 appends the E.164 form, "+14155550100"; nothing where the number may not be sent. It writes seventeen bytes behind b,
// whatever the length of the number.
func (r Result) AppendE164(b []byte) []byte {
	if r.Digits == 0 {
		return b
	}
	upper := r.Digits / 1e8
	words := [2]uint64{eightDigits(upper), eightDigits(r.Digits - upper*1e8)}
	digits := 16 - bits.TrailingZeros64(words[0])/8
	if words[0] == 0 {
		words[0], words[1] = words[1], 0
		digits = 8 - bits.TrailingZeros64(words[0])/8
	}
	// Without the zeros in front.
	if zeros := -digits & 7; zeros > 0 {
		words[0] = words[0]>>(8*zeros) | words[1]<<(64-8*zeros)
		words[1] >>= 8 * zeros
	}
	from := len(b)
	if cap(b)-from < len("+")+len(words)*8 {
		b = append(b, "+0000000000000000"...)
	}
	b = b[:from+len("+")+len(words)*8]
	b[from] = '+'
	putDigits(b[from+1:], words[0])
	putDigits(b[from+9:], words[1])
	return b[:from+1+digits]
}

// putDigits writes the digits of a word: one by one, which the compiler makes one.
func putDigits(b []byte, word uint64) {
	word += 0x3030_3030_3030_3030
	_ = b[7]
	b[0] = byte(word)
	b[1] = byte(word >> 8)
	b[2] = byte(word >> 16)
	b[3] = byte(word >> 24)
	b[4] = byte(word >> 32)
	b[5] = byte(word >> 40)
	b[6] = byte(word >> 48)
	b[7] = byte(word >> 56)
}

// eightDigits gives the digits of a number below 1e8 as the bytes of a word, the first one lowest. The parts of the number are
// divided side by side, by multiplying, because dividing is what costs.
func eightDigits(v uint64) uint64 {
	four := v * 109_951_163 >> 40 // a ten-thousandth
	word := four | (v-four*10_000)<<32
	two := word * 10_486 >> 20 & 0x7f_0000_007f // a hundredth of each half
	word = two | (word-two*100)<<16
	one := word * 103 >> 10 & 0x000f_000f_000f_000f // a tenth of each quarter
	return one | (word-one*10)<<8
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
	digits [32]uint8 // values
	// behindZeros tells of what follows two zeros whether it is a number from abroad if it is valid: where the region dials
	// otherwise, and where no number of its own begins so.
	behindZeros [10]bool
}

// NewColumn gives a judge for texts read in region, as phone.Judge has it.
func NewColumn(region string) *Column {
	c := &Column{p: plans{t: compiled()}}
	c.p.a = &c.arena
	if c.region = rules.Region[number](&c.p, region); c.region != "" {
		c.home = c.p.plan(c.region)
		c.lookBehindZeros()
	}
	return c
}

func (c *Column) lookBehindZeros() {
	home := c.home
	// One zero is taken off and another remains, which no number begins with.
	noneOfItsOwn := c.p.t.next(c.p.t.codes[home.country].numbers, 0) == 0 && (home.trunk[0] == unmatched || home.trunk[0] == firstDigit && !home.transforms)
	for third := 1; third < 10; third++ {
		c.behindZeros[third] = home.abroad[0] == bothDigits || noneOfItsOwn && home.dialling.look(0, 0, third) == unmatched
	}
}

// Judge judges the texts that stand one behind the other in data, the ith from offsets[i] to offsets[i+1], and writes the ith
// result to results[i]. There is one offset more than there are texts; results must have room for all of them.
func (c *Column) Judge(data []byte, offsets []uint32, results []Result) {
	for i := 1; i < len(offsets); i++ {
		if text := data[offsets[i-1]:offsets[i]]; !c.straight(text, &results[i-1]) {
			c.anyway(text, &results[i-1])
		}
	}
}

// Text judges one text.
func (c *Column) Text(text string) (out Result) {
	c.one(unsafe.Slice(unsafe.StringData(text), len(text)), &out)
	return out
}

// One judges one text that is given as bytes.
func (c *Column) One(data []byte) (out Result) {
	c.one(data, &out)
	return out
}

func (c *Column) one(data []byte, out *Result) {
	if !c.straight(data, out) {
		c.anyway(data, out)
	}
}

// anyway reads a text that is written in some other way, or asks the rules.
func (c *Column) anyway(data []byte, out *Result) {
	c.arena.b = c.arena.b[:0]
	s := text(data)
	r, plain := phone.ReadPlain(s, &c.buf)
	if !plain {
		r = phone.Read(s)
		if r.Reason == "" && r.Letters == 0 && c.straight(c.respelled(r), out) {
			for _, repair := range r.Repairs {
				out.Repairs |= bit(repair.Code)
			}
			return
		}
	}
	c.decide(r, out)
}

// respelled writes the digits of a reading plainly, with a space where their spelling may speak against a number from abroad.
func (c *Column) respelled(r phone.Reading) []byte {
	b := c.arena.b[:0]
	if r.Plus {
		b = append(b, '+')
	}
	b = append(b, r.Digits...)
	if r.Bracketed || r.Group > 0 {
		b = append(b, ' ')
	}
	c.arena.b = b[:0]
	return b
}

// What straight is for, in digits: a number that is read behind a plus or nationally, and an E.164 number that is too long to be an
// emergency number behind a country code.
const (
	fewestDigits     = 7
	mostDigits       = 15
	longestEmergency = 3 + 6
	longestDialled   = 3 + longestEmergency // behind 011
)

// What straight counts of bytes, eight bits each, so that it goes through a text without asking what each byte is. Ordinary signs
// between digits are not counted.
const (
	aDigit = 1 << (8 * iota)
	aPlus
	aDot
	another
)

var counted = func() (c [256]uint32) {
	for i := range c {
		switch {
		case '0' <= i && i <= '9':
			c[i] = aDigit
		case i == ' ', i == '-', i == '(', i == ')', i == '/':
		case i == '.':
			c[i] = aDot
		case i == '+':
			c[i] = aPlus
		default:
			c[i] = another
		}
	}
	return c
}()

// straight takes the way of most texts: written plainly, too long for an emergency number, with no prefix but a single digit or the
// country code in front. It comes to what the rules say, by less, and answers false wherever it cannot tell at once. There are no
// calls in its loops, because calls are what costs most in WebAssembly.
func (c *Column) straight(data []byte, out *Result) bool {
	size := len(data)
	if size > 32 || size < fewestDigits {
		return false
	}
	first := data[0]
	// The digits.
	digits := &c.digits
	seen := uint32(0)
	for ; len(data) >= 4; data = data[4:] {
		a, b, c, d := data[0], data[1], data[2], data[3]
		digits[seen&31] = a & 15
		seen += counted[a]
		digits[seen&31] = b & 15
		seen += counted[b]
		digits[seen&31] = c & 15
		seen += counted[c]
		digits[seen&31] = d & 15
		seen += counted[d]
	}
	for _, b := range data {
		digits[seen&31] = b & 15
		seen += counted[b]
	}
	count, plus, dot := seen&0xff, seen&(0xff*aPlus) != 0, seen&(0xff*aDot) != 0
	if seen >= another {
		return false
	}
	if plus && first != '+' || seen&(0xff*aPlus) > aPlus {
		return false // or behind signs, or behind digits
	}
	if count > 2+mostDigits || count < fewestDigits || dot && digits[(count-1)&31] == 0 || count > mostDigits && int(count) != size {
		return false
	}

	// The country, and where in the digits the national number begins.
	t := c.p.t
	var x *country
	var home *plan // where the number is written nationally
	from := uint32(0)
	out.Repairs = 0
	two := digits[0]*10 + digits[1]
	if plus || c.home == nil {
		at := t.byStart[uint32(two)*10+uint32(digits[2])]
		if at == 0 {
			return false
		}
		x = &t.codes[at-1]
		from = uint32(len(x.code))
		if !plus {
			out.Repairs = plusAdded
		}
	} else {
		home = c.home
		if two == 0 && count > longestDialled && c.behindZeros[digits[2]] {
			// Abroad, behind 00.
			at := t.byStart[uint32(digits[2])*100+uint32(digits[3])*10+uint32(digits[4])]
			if at == 0 {
				return false
			}
			x, home = &t.codes[at-1], nil
			from = 2 + uint32(len(x.code))
			out.Repairs = dialPrefixReplaced
		} else if two <= 1 || home.abroad[two] != unmatched {
			return false
		} else if x = &t.codes[home.country]; digits[0] == x.digits[0] && (len(x.code) < 2 || digits[1] == x.digits[1] && (len(x.code) < 3 || digits[2] == x.digits[2])) {
			// Too long for a number at home: what is behind the country code is the number.
			from = uint32(len(x.code))
			if count <= uint32(home.longest) || home.local>>count&1 == 1 || home.trunk[digits[from&31]*10+digits[(from+1)&31]] != unmatched {
				return false
			}
			home = nil
			out.Repairs = plusAdded
		} else {
			switch home.trunk[two] {
			case firstDigit:
				if home.transforms {
					return false
				}
				from = 1
			case bothDigits, undecided:
				return false
			}
			out.Repairs = countryAdded
		}
	}
	found := c.number(x, home, from, count, plus, out)
	if found == notAtHome && int(count) == size {
		// Not valid at home, and no spelling that speaks against a number from abroad.
		at := t.byStart[uint32(two)*10+uint32(digits[2])]
		if at == 0 {
			return false
		}
		x = &t.codes[at-1]
		out.Repairs = plusAdded
		found = c.number(x, nil, uint32(len(x.code)), count, false, out)
	}
	return found == settled
}

// What number comes to.
const (
	unsettled = iota // the rules have to be asked
	settled
	notAtHome // not valid where it would be written without any prefix
)

// number is the second half of straight: what the digits from that place on are as a national number of x, written nationally in
// home, behind a plus, or neither.
func (c *Column) number(x *country, home *plan, from, count uint32, plus bool, out *Result) int {
	t, digits := c.p.t, &c.digits
	main := x.main
	length := count - from
	whole := length + uint32(len(x.code))
	if whole <= longestEmergency && (!plus || c.mayBeEmergency(x, from, count)) {
		return unsettled
	}
	// Behind a plus a national prefix is looked for: here, or wherever the E.164 number is read again.
	if known := main.trunk[digits[from&31]*10+digits[(from+1)&31]]; known != unmatched && (known != undecided || !c.isWithoutPrefix(main, from, count)) {
		return unsettled
	}
	bare := home != nil && from == 0 && digits[0] != 0
	if whole > mostDigits || (main.lengths&^main.local)>>length&1 == 0 {
		if bare {
			return notAtHome
		}
		if !plus || whole > mostDigits {
			return unsettled
		}
		*out = Result{Verdict: impossible}
		switch {
		case main.local>>length&1 == 1:
			out.Reason = localOnly
		case length < uint32(main.shortest):
			out.Reason = tooShort
		case length > uint32(main.longest):
			out.Reason = tooLong
		default:
			out.Reason = invalidLength
		}
		return settled
	}

	// The number.
	state, value := x.numbers, uint64(0)
	i := from
	for ; i+4 <= count; i += 4 {
		a, b, c, d := digits[i&31], digits[(i+1)&31], digits[(i+2)&31], digits[(i+3)&31]
		state = t.next(t.next(t.next(t.next(state, a), b), c), d)
		value = value*10_000 + (uint64(a)*1000 + uint64(b)*100 + uint64(c)*10 + uint64(d))
	}
	for ; i < count; i++ {
		d := digits[i&31]
		state = t.next(state, d)
		value = value*10 + uint64(d)
	}
	l := &t.labels[t.next(state, labelAt)]
	member := l.first
	if member > 0 {
		state = x.leads
		for i := from; state != 0; i++ {
			if lead := t.next(state, labelAt); lead > 0 {
				member = min(member, uint8(lead-1))
			}
			if i == count {
				break
			}
			state = t.next(state, digits[i&31])
		}
		if len(x.plans) == 1 {
			member = 0
		}
	}
	line := uint8(0)
	if int(member) < len(l.lines) {
		line = l.lines[member] & lineBits
	}
	if home != nil {
		// The prefix is taken off where what is left fits the region, in description and in length.
		if from > 0 && (len(l.lines) == 0 || l.lines[home.member]&generally == 0 || (home.lengths&^home.local)>>length&1 == 0) {
			return unsettled
		}
		// A number that is not valid at home may be one from abroad, unless it begins with a zero.
		if line == 0 && bare {
			return notAtHome
		}
		if line == 0 && digits[0] != 0 {
			return unsettled
		}
		if bare {
			r := &t.recipes[t.writings[t.label(x.writing, digits, from, count)][0]]
			switch {
			case r.zero == looked:
				return unsettled
			case r.zero == always && uint32(r.end) == length:
				out.Repairs |= leadingZeroRestored
			}
		}
	}
	out.Verdict, out.Reason, out.Line = fine, 0, line
	if line == 0 {
		if !plus && home == nil {
			return unsettled // only a valid number is worth a plus
		}
		out.Verdict, out.Reason, out.Line = unusual, notAssigned, unknownLine
	}
	out.Digits = x.powers[length&15] + value
	out.Region = 0
	if member != noMember {
		out.Region = x.first + member + 1
	}
	return settled
}

// mayBeEmergency tells whether the digits from that place on may be an emergency number behind the country code.
func (c *Column) mayBeEmergency(x *country, from, count uint32) bool {
	length := int(count - from)
	if length <= int(x.emergency) {
		return true
	}
	if length > c.p.t.longest {
		return false
	}
	for i := range x.plans {
		state := x.plans[i].short
		for at := from; at < count && state != 0; at++ {
			state = c.p.t.next(state, c.digits[at&31])
		}
		if c.p.t.next(state, labelAt)&isEmergency != 0 {
			return true
		}
	}
	return false
}

// isWithoutPrefix tells whether the digits from that place on are a national number that no prefix is taken off.
func (c *Column) isWithoutPrefix(main *plan, from, count uint32) bool {
	var b [32]byte
	n := 0
	for ; from < count; from++ {
		b[n&31] = '0' + c.digits[from&31]
		n++
	}
	var m match
	if !main.prefix.match(text(b[:n&31]), &m) {
		return true
	}
	groups := main.prefix.groups
	return m.end == 0 && (!main.transforms || groups > 0 && m.marks[2*groups] < 0)
}

// label is walk for digits by their values.
func (t *tables) label(state uint16, digits *[32]uint8, from, to uint32) uint16 {
	for ; from+4 <= to; from += 4 {
		state = t.next(t.next(t.next(t.next(state, digits[from&31]), digits[(from+1)&31]), digits[(from+2)&31]), digits[(from+3)&31])
	}
	for ; from < to; from++ {
		state = t.next(state, digits[from&31])
	}
	return t.next(state, labelAt)
}

func (c *Column) decide(r phone.Reading, out *Result) {
	d := rules.Decide[number](&c.p, r, c.region)
	*out = Result{}
	for _, repair := range r.Repairs {
		out.Repairs |= bit(repair.Code)
	}
	out.Verdict = uint8(slices.Index(verdicts, d.Verdict))
	out.Reason = uint8(slices.Index(reasons, d.Reason) + 1)
	if d.Verdict != phone.Fine && d.Verdict != phone.Unusual {
		return
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
}

var (
	verdicts = phone.Verdicts()
	reasons  = phone.Reasons()
	repairs  = phone.RepairCodes()

	countryAdded        = bit(phone.CountryAdded)
	plusAdded           = bit(phone.PlusAdded)
	dialPrefixReplaced  = bit(phone.DialPrefixReplaced)
	leadingZeroRestored = bit(phone.LeadingZeroRestored)

	fine        = uint8(slices.Index(verdicts, phone.Fine))
	unusual     = uint8(slices.Index(verdicts, phone.Unusual))
	impossible  = uint8(slices.Index(verdicts, phone.Impossible))
	unknownLine = uint8(slices.Index(phone.Lines(), phone.UnknownLine) + 1)

	localOnly     = reasonCode(phone.ReasonLocalOnly)
	tooShort      = reasonCode(phone.ReasonTooShort)
	tooLong       = reasonCode(phone.ReasonTooLong)
	invalidLength = reasonCode(phone.ReasonInvalidLength)
	notAssigned   = reasonCode(phone.ReasonNotAssigned)
)

func reasonCode(r phone.Reason) uint8 { return uint8(slices.Index(reasons, r) + 1) }

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
