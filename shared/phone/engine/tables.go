package engine

import (
	"sync"

	"outdial/shared/phone"
)

//go:generate go run ./generate

var compiled = sync.OnceValue(func() *tables { return load(committed) })

// tables are the numbering plans of the world, unpacked for speed: a megabyte.
type tables struct {
	version string
	// cells holds the automata, a row of sixteen cells for each state: where the ten digits lead, and the label. Row 0 is the dead end.
	// The length is a constant so that the walk needs no check of bounds.
	cells    *[mostStates * row]uint16
	states   int
	labels   []label
	writings [][2]uint16
	recipes  []recipe
	programs []program
	plans    []plan
	codes    []country
	byCode   [1000]uint8    // country code: place in codes, from 1
	byStart  [1000]uint8    // three digits: place in codes of the country code they begin with, from 1
	byRegion [26 * 26]uint8 // two capitals: place in plans, from 1
	longest  int            // digits of the longest emergency number
}

const (
	mostStates = 1 << 15
	row        = 16 // cells
	labelAt    = 10 // place in a row
)

// next is where a digit leads from a state, or with labelAt the label of the state.
func (t *tables) next(state uint16, digit byte) uint16 {
	return t.cells[uint32(state&(mostStates-1))*row+uint32(digit&(row-1))]
}

// label is what the number automaton of a country code says of a number: for each region of the code a byte, which holds the
// place in phone.Lines from 1, or 0 where the number is not valid, and the bit generally.
type label struct {
	first uint8 // place among the regions of the first that has no leading digits and takes the number as valid; 255 if none does
	lines string
}

// generally marks a number that fits the general description of the region, whatever its length.
const (
	generally = 1 << 7
	lineBits  = generally - 1
)

// plan is the numbering plan of one region, or of a country code of no country.
type plan struct {
	region         string
	code           uint16
	country        uint8  // place in codes
	member         uint8  // place among the regions of the country code
	shortest       uint8  // possible lengths
	longest        uint8  //
	transforms     bool   // what the national prefix matched is rewritten, if its last group took part
	lengths, local uint32 // bits: the possible lengths of a number, and those that can be dialled locally only
	trunk          *ahead // of prefix
	abroad         *ahead // of dialling
	prefix         *program
	transform      string // the new beginning; a byte below ten stands for a group
	dialling       *program
	short          uint16
}

// country is a country code and its automata.
type country struct {
	plans                   []plan // the main region first
	main                    *plan
	first                   uint8 // place of plans[0] in tables.plans
	code                    string
	digits                  [3]uint8   // of the code, by their values
	powers                  [16]uint64 // the code with n zeros behind
	numbers, leads, writing uint16
	emergency               uint8 // digits of the longest emergency number that package phone knows of
}

// recipe writes a number for people: literal characters, and markDigits with the positions of a part of the number.
type recipe struct {
	text string
	zero zeroAhead
	end  uint8 // of the last part, where zero is always
}

const markDigits = 1

// load unpacks what the generator wrote: unsigned varints, and strings behind their length. In order: the release of the metadata;
// the length of the longest emergency number; the states of all automata, see cursor.state; the labels of the numbers' automata; the
// pairs of recipes that label the automata of formats; the recipes; the programs of prefixes; the country codes with their
// regions. It trusts what it reads: the generator's test compares that with the metadata.
func load(file string) *tables {
	c := cursor{s: file}
	t := &tables{version: c.text(), longest: c.number()}
	t.states = c.number()
	t.cells = new([mostStates * row]uint16)
	for id := 1; id <= t.states; id++ {
		c.state(t.cells[id*row:id*row+row], id)
	}
	t.labels = make([]label, c.number()+1)
	t.labels[0].first = noMember
	for i := 1; i < len(t.labels); i++ {
		text := c.text()
		t.labels[i] = label{first: text[0], lines: text[1:]}
	}
	t.writings = make([][2]uint16, c.number()+1)
	for i := 1; i < len(t.writings); i++ {
		t.writings[i] = [2]uint16{uint16(c.number()), uint16(c.number())}
	}
	t.recipes = make([]recipe, c.number()+1)
	for i := 1; i < len(t.recipes); i++ {
		t.recipes[i] = newRecipe(c.text())
	}
	t.programs = make([]program, c.number()+1)
	for i := 1; i < len(t.programs); i++ {
		t.programs[i] = c.program()
	}
	t.codes = make([]country, c.number())
	t.plans = make([]plan, 0, 255)
	for i := range t.codes {
		c.country(t, i)
	}
	return t
}

// cursor reads what the generator wrote.
type cursor struct {
	s  string
	at int
}

func (c *cursor) number() int {
	n, shift := 0, 0
	for {
		b := c.s[c.at]
		c.at++
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
		shift += 7
	}
}

func (c *cursor) text() string {
	n := c.number()
	c.at += n
	return c.s[c.at-n : c.at]
}

// state reads a row: which digits lead elsewhere than the digit before them, above a bit for a label; the label; and where those
// digits lead: 0 for the dead end, n for the nth state that this row named, and beyond those how far back a state not yet named is.
func (c *cursor) state(cell []uint16, id int) {
	turns := c.number()
	if turns&1 == 1 {
		cell[labelAt] = uint16(c.number())
	}
	var named [11]uint16
	known, to := 1, uint16(0)
	for d := range 10 {
		if turns>>d&2 != 0 {
			if n := c.number(); n < known {
				to = named[n]
			} else {
				to = uint16(id - (n - known + 1))
				named[known] = to
				known++
			}
		}
		cell[d] = to
	}
}

func (c *cursor) country(t *tables, i int) {
	x := &t.codes[i]
	code := c.number()
	x.code = decimal(code)
	x.numbers, x.leads, x.writing = uint16(c.number()), uint16(c.number()), uint16(c.number())
	x.first = uint8(len(t.plans))
	n := c.number()
	for member := range n {
		p := plan{code: uint16(code), country: uint8(i), member: uint8(member), region: c.text()}
		p.lengths, p.local = uint32(c.number()), uint32(c.number())
		p.prefix = t.program(c.number())
		if p.transforms = c.number() == 1; p.transforms {
			p.transform = c.text()
		}
		p.dialling = t.program(c.number())
		p.short = uint16(c.number())
		p.trunk, p.abroad = ofProgram(p.prefix), ofProgram(p.dialling)
		for p.lengths>>p.shortest&1 == 0 {
			p.shortest++
		}
		for p.lengths>>p.longest > 1 {
			p.longest++
		}
		t.plans = append(t.plans, p)
		if at, ok := place(p.region); ok {
			t.byRegion[at] = uint8(len(t.plans))
		}
	}
	x.plans = t.plans[x.first : int(x.first)+n]
	x.main = &x.plans[0]
	x.emergency = uint8(phone.LongestEmergency(x.code))
	x.powers[0] = uint64(code)
	for i := 1; i < len(x.powers); i++ {
		x.powers[i] = x.powers[i-1] * 10
	}
	for i := range len(x.code) {
		x.digits[i] = x.code[i] - '0'
	}
	t.byCode[code] = uint8(i + 1)
	from, to := code, code+1
	for range 3 - len(x.code) {
		from, to = from*10, to*10
	}
	for ; from < to; from++ {
		t.byStart[from] = uint8(i + 1)
	}
}

func ofProgram(p *program) *ahead {
	if p == nil {
		return new(ahead)
	}
	return &p.ahead
}

func (t *tables) program(id int) *program {
	if id == 0 {
		return nil
	}
	return &t.programs[id]
}

// place is where a region of two capitals stands in byRegion.
func place(region string) (int, bool) {
	if len(region) != 2 {
		return 0, false
	}
	a, b := region[0]-'A', region[1]-'A'
	return int(a)*26 + int(b), a < 26 && b < 26
}

func decimal(n int) string {
	var b [4]byte
	i := len(b)
	for {
		i--
		b[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(b[i:])
		}
	}
}
