package engine

import (
	"iter"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
)

// A cover is the cases that the tables themselves give: every state and every edge of every automaton, with what leads there and
// ways on from there; every prefix program; every length; in the spellings and regions in which they can be met.

// text and region of a case.
type testCase struct{ text, region string }

// cover goes through the cases that the tables give. More is how many ways on from each edge are taken.
func cover(t *tables, more int) iter.Seq[testCase] {
	return func(yield func(testCase) bool) {
		c := &coverer{t: t, more: more, random: rand.New(rand.NewPCG(5, 6)), yield: yield}
		for i := range t.codes {
			if !c.country(&t.codes[i]) {
				return
			}
		}
	}
}

type coverer struct {
	t      *tables
	more   int
	random *rand.Rand
	yield  func(testCase) bool
	turn   int
}

// another counts up, so that regions and spellings take turns.
func (c *coverer) another(n int) int {
	c.turn++
	return c.turn % n
}

func (c *coverer) country(x *country) bool {
	return c.automaton(x.numbers, func(national string) bool { return c.national(x, national) }) &&
		c.automaton(x.writing, func(national string) bool { return c.give("+"+x.code+national, "") }) &&
		c.leads(x) && c.plans(x)
}

func (c *coverer) give(text, region string) bool { return c.yield(testCase{text, region}) }

// national gives a national number: always behind a plus, and in turn in another spelling.
func (c *coverer) national(x *country, national string) bool {
	if !c.give("+"+x.code+national, "") {
		return false
	}
	home := x.plans[c.another(len(x.plans))].region
	if home == "001" {
		home = ""
	}
	trunk := []string{"0", "1", "8"}[c.random.IntN(3)]
	switch c.another(7) {
	case 0:
		return c.give(trunk+national, home)
	case 1:
		return c.give(x.code+national, home)
	case 2:
		return c.give(x.code+national, "")
	case 3:
		return c.give("00"+x.code+national, home)
	case 4:
		return c.give("+"+x.code+trunk+national, home)
	case 5:
		other := &c.t.codes[c.random.IntN(len(c.t.codes))].plans[0]
		return c.give(national, other.region)
	}
	return c.give(national, home)
}

// automaton gives numbers that go through every state and every edge.
func (c *coverer) automaton(root uint16, give func(digits string) bool) bool {
	if root == 0 {
		return true
	}
	ways := map[uint16]string{root: ""}
	for queue := []uint16{root}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		way := ways[s]
		if way != "" && !give(way) {
			return false
		}
		row := c.t.cells[int(s)*row:]
		for d := range 10 {
			to := row[d]
			before := way + strconv.Itoa(d)
			if _, seen := ways[to]; to != 0 && !seen {
				ways[to] = before
				queue = append(queue, to)
			}
			for i := range c.more {
				from := to
				if to == 0 { // what would be right behind another digit
					for range 20 {
						if from = row[c.random.IntN(10)]; from != 0 {
							break
						}
					}
				}
				if !give(before + c.onward(from, i%2 == 1)) {
					return false
				}
			}
		}
	}
	return true
}

// onward walks on at random to a state with a label, or further.
func (c *coverer) onward(s uint16, further bool) string {
	var out []byte
	for range 20 {
		if s == 0 {
			break
		}
		cells := c.t.cells[int(s)*row:]
		if cells[labelAt] != 0 && (!further || c.random.IntN(4) == 0) {
			break
		}
		d := c.random.IntN(10)
		for range 30 {
			if cells[d] != 0 {
				break
			}
			d = c.random.IntN(10)
		}
		out = append(out, byte('0'+d))
		s = cells[d]
	}
	return string(out)
}

// leads gives numbers of every length behind the leading digits of regions.
func (c *coverer) leads(x *country) bool {
	if len(x.plans) == 1 {
		return true
	}
	return c.automaton(x.leads, func(digits string) bool {
		for n := int(x.plans[0].shortest) - 1; n <= int(x.plans[0].longest)+1; n++ {
			if n >= len(digits) && !c.national(x, digits+c.digits(n-len(digits))) {
				return false
			}
		}
		return true
	})
}

func (c *coverer) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + c.random.IntN(10))
	}
	return string(b)
}

func (c *coverer) plans(x *country) bool {
	for i := range x.plans {
		p := &x.plans[i]
		region := p.region
		if region == "001" {
			region = ""
		}
		// Every length.
		for n := 1; n <= 20; n++ {
			for _, text := range []string{"+" + x.code + c.digits(n), x.code + c.digits(n), c.digits(n)} {
				if !c.give(text, region) {
					return false
				}
			}
		}
		if region == "" {
			continue
		}
		if p.short != 0 && !c.automaton(p.short, func(digits string) bool {
			return c.give(digits, region) && c.give([]string{"+", "00", "011", ""}[c.another(4)]+x.code+digits, region) && c.give(digits+c.digits(1), region)
		}) {
			return false
		}
		// What the prefixes lead to: valid numbers, and numbers valid in part.
		for _, prefix := range []*program{p.prefix, p.dialling} {
			if prefix == nil {
				continue
			}
			for before := range c.through(prefix) {
				behind := c.onward(x.numbers, false)
				if prefix == p.dialling {
					other := &c.t.codes[c.random.IntN(len(c.t.codes))]
					behind = other.code + c.onward(other.numbers, false)
				}
				if c.random.IntN(4) == 0 {
					behind = c.digits(c.random.IntN(12))
				}
				if !c.give(before+behind, region) || prefix == p.prefix && !c.give("+"+x.code+before+behind, "") {
					return false
				}
			}
		}
	}
	return true
}

// through goes through a program: to every instruction that reads a digit, with every digit, and on from there at random as the
// program wants it.
func (c *coverer) through(p *program) iter.Seq[string] {
	ways := make([]string, len(p.code))
	seen := make([]bool, len(p.code))
	var find func(pc uint16, way string)
	find = func(pc uint16, way string) {
		if seen[pc] {
			return
		}
		seen[pc], ways[pc] = true, way
		switch in := p.code[pc]; in.op {
		case opDigit:
			find(in.x, way+strconv.Itoa(bits.TrailingZeros16(in.set)))
		case opEither:
			find(in.x, way)
			find(in.y, way)
		case opMark, opEnd:
			find(in.x, way)
		}
	}
	find(0, "")
	return func(yield func(string) bool) {
		for pc, in := range p.code {
			for d := range 10 * c.more {
				if in.op == opDigit && !yield(ways[pc]+strconv.Itoa(d%10)+c.along(p, in.x)) {
					return
				}
			}
		}
	}
}

// along walks on through a program at random.
func (c *coverer) along(p *program, pc uint16) string {
	var out []byte
	for {
		in := p.code[pc]
		switch in.op {
		case opMatch, opFail:
			return string(out)
		case opEither:
			if c.random.IntN(2) == 0 {
				in.x = in.y
			}
		case opDigit:
			d := c.random.IntN(10)
			for in.set>>d&1 == 0 {
				d = c.random.IntN(10)
			}
			out = append(out, byte('0'+d))
		}
		pc = in.x
	}
}

// spelled goes through the example numbers of every region and kind in the ways people write them, and one digit off.
func spelled() iter.Seq[testCase] {
	return func(yield func(testCase) bool) {
		wide := func(s string) string {
			return strings.Map(func(r rune) rune {
				if '!' <= r && r <= '~' {
					return r + 0xFEE0
				}
				return r
			}, s)
		}
		odd := 0
		for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
			for _, kind := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedTypesForRegion(region))) {
				p := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
				if p == nil {
					continue
				}
				e164 := phonenumbers.Format(p, phonenumbers.E164)
				abroad, home := phonenumbers.Format(p, phonenumbers.INTERNATIONAL), phonenumbers.Format(p, phonenumbers.NATIONAL)
				texts := []string{e164, e164[1:], abroad, abroad[1:], home, wide(home), phonenumbers.Format(p, phonenumbers.RFC3966), "\u202a" + abroad + "\u202c",
					"Tel: " + home, "'" + home, `="` + e164[1:] + `"`, e164[1:] + ".0", home + " ext. 5", "00" + e164[1:], "011" + e164[1:], "(" + home + ")",
					strings.NewReplacer(" ", ".", "-", ".").Replace(abroad), e164 + "; " + e164, e164[:len(e164)-3] + "CAB", "+" + e164, e164[1:4] + "E+10",
					phonenumbers.FormatOutOfCountryCallingNumber(p, region), phonenumbers.FormatOutOfCountryCallingNumber(p, "AU")}
				for i := 1; i < len(e164); i++ {
					texts = append(texts, e164[:i]+e164[i+1:], e164[:i]+string((e164[i]-'0'+5)%10+'0')+e164[i+1:], e164[:i]+"0"+e164[i:])
				}
				for _, text := range texts {
					odd++
					for _, r := range []string{region, "", []string{"US", strings.ToLower(region), "AR", "ZZ", "DE", "TWN"}[odd%6]} {
						if !yield(testCase{text, r}) {
							return
						}
					}
				}
			}
		}
	}
}

// junk goes through texts made of the pieces of numbers.
func junk(n int) iter.Seq[testCase] {
	return func(yield func(testCase) bool) {
		random := rand.New(rand.NewPCG(7, 8))
		regions := []string{"", "US", "TW", "AR", "DE", "IT", "BR", "MX", "GB", "JP", "KZ", "us ", "zz", "A1", "001", "é"}
		pieces := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "+", " ", "-", "(", ")", ".", "/", ",", ";",
			"０", "٣", "x", "ext", "tel:", "=", "\"", "A", "CALL", "\u202a", "\n", "é", "\xff", "E+", "911", "112", "+886", "+1", "44", "分機"}
		for range n {
			var b strings.Builder
			for range 1 + random.IntN(16) {
				b.WriteString(pieces[random.IntN(1+random.IntN(len(pieces)))])
			}
			if !yield(testCase{b.String(), regions[random.IntN(len(regions))]}) {
				return
			}
		}
	}
}
