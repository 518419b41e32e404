package engine

// program matches the beginning of a number as package regexp would with the same expression: it tries alternatives in their
// order and the first that succeeds wins, whether or not another would match more. The expressions are small and bounded.
type program struct {
	code   []instruction
	groups int
	ahead  ahead
}

// ahead is what the first two digits of a number say of a match, so that the program need not run for most numbers.
type ahead [100]uint8

const (
	unmatched  = iota // whatever follows
	firstDigit        // the first digit matches and no group takes part, whatever follows
	bothDigits        // both match and no group takes part, whatever follows
	undecided
)

// of gives what is known ahead of a number of at least two digits.
func (a *ahead) of(digits string) uint8 {
	return a[(digits[0]-'0')*10+(digits[1]-'0')]
}

type instruction struct {
	op   uint8
	mark uint8  // of opMark: position to note
	set  uint16 // of opDigit: a bit for each digit
	x, y uint16 // what follows; y is the second choice of opEither
}

const (
	opMatch = iota
	opFail
	opDigit
	opEither
	opMark
	opEnd
)

// match is where a program matched: the end of the match, and the beginning and the end of each group, from the third on; -1 for a
// group that took no part.
type match struct {
	end   int
	marks [2 + 2*mostGroups]int16
}

// mostGroups is how many groups an expression may have.
const mostGroups = 3

func (c *cursor) program() program {
	p := program{groups: c.number()}
	p.code = make([]instruction, c.number())
	for i := range p.code {
		in := &p.code[i]
		in.op = uint8(c.number())
		switch in.op {
		case opDigit:
			in.set, in.x = uint16(c.number()), uint16(c.number())
		case opEither:
			in.x, in.y = uint16(c.number()), uint16(c.number())
		case opMark:
			in.mark, in.x = uint8(c.number()), uint16(c.number())
		case opEnd:
			in.x = uint16(c.number())
		}
	}
	for i := range p.ahead {
		p.ahead[i] = p.look(i/10, i%10)
	}
	return p
}

// look runs the program on the first digits, two at least, and an unknown rest.
func (p *program) look(digits ...int) uint8 {
	var run func(pc uint16, at int, marked bool) (result uint8, matched bool)
	run = func(pc uint16, at int, marked bool) (uint8, bool) {
		for {
			in := &p.code[pc]
			switch in.op {
			case opMatch:
				if 0 < at && at <= 2 && !marked {
					return unmatched + uint8(at), true
				}
				return undecided, true
			case opDigit:
				if at == len(digits) {
					return undecided, true
				}
				if in.set>>digits[at]&1 == 0 {
					return unmatched, false
				}
				at++
			case opEither:
				if result, matched := run(in.x, at, marked); matched {
					return result, true
				}
				pc = in.y
				continue
			case opMark:
				marked = true
			case opEnd:
				if at == len(digits) {
					return undecided, true
				}
				return unmatched, false // there are two digits at least
			default:
				return unmatched, false
			}
			pc = in.x
		}
	}
	result, _ := run(0, 0, false)
	return result
}

// match tells whether the number begins so.
func (p *program) match(digits string, m *match) bool {
	for i := range m.marks {
		m.marks[i] = -1
	}
	return p.run(0, digits, 0, m)
}

func (p *program) run(pc uint16, digits string, at int, m *match) bool {
	for {
		in := &p.code[pc]
		switch in.op {
		case opMatch:
			m.end = at
			return true
		case opDigit:
			if at == len(digits) || in.set>>(digits[at]-'0')&1 == 0 {
				return false
			}
			at++
		case opEither:
			// Most choices are decided by the next digit.
			if first := &p.code[in.x]; first.op == opDigit && (at == len(digits) || first.set>>(digits[at]-'0')&1 == 0) {
				pc = in.y
				continue
			}
			if p.run(in.x, digits, at, m) {
				return true
			}
			pc = in.y
			continue
		case opMark:
			before := m.marks[in.mark]
			m.marks[in.mark] = int16(at)
			if p.run(in.x, digits, at, m) {
				return true
			}
			m.marks[in.mark] = before
			return false
		case opEnd:
			if at != len(digits) {
				return false
			}
		default:
			return false
		}
		pc = in.x
	}
}
