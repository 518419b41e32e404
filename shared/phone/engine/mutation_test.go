package engine

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
)

var corruptions = flag.Int("corruptions", 30, "how many times the tables are corrupted on purpose")

// corrupt changes one thing in the tables and says what.
func corrupt(t *tables, random *rand.Rand) string {
	state := func() int { return 1 + random.IntN(t.states) }
	switch kind := random.IntN(10); kind {
	case 0, 1, 2: // an edge leads where a neighbour leads
		for {
			s, d := state(), random.IntN(10)
			at, to := s*row+d, t.cells[s*row+random.IntN(10)]
			if t.cells[at] != to {
				was := t.cells[at]
				t.cells[at] = to
				return fmt.Sprintf("edge %d of state %d to %d instead of %d", d, s, to, was)
			}
		}
	case 3, 4: // an edge leads anywhere
		s, d, to := state(), random.IntN(10), state()
		t.cells[s*row+d] = uint16(to)
		return fmt.Sprintf("edge %d of state %d to %d", d, s, to)
	case 5, 6: // a label is that of another state
		for {
			s, other := state(), state()
			if random.IntN(2) == 0 {
				other = 0
			}
			if was, now := t.cells[s*row+labelAt], t.cells[other*row+labelAt]; was != now && was != 0 {
				t.cells[s*row+labelAt] = now
				return fmt.Sprintf("label of state %d %d instead of %d", s, now, was)
			}
		}
	case 7: // a label says something else of a region
		l := &t.labels[1+random.IntN(len(t.labels)-1)]
		b := []byte(l.lines)
		at := random.IntN(len(b))
		b[at] ^= []byte{generally, 1, 2}[random.IntN(3)]
		if b[at]&lineBits > byte(len(phone.Lines())) {
			b[at] &= generally
		}
		l.lines = string(b)
		return fmt.Sprintf("line %d of a label", at)
	case 8: // a recipe parts the number elsewhere
		r := &t.recipes[1+random.IntN(len(t.recipes)-1)]
		b := []byte(r.text)
		at := slices.Index(b, markDigits)
		if at < 0 || b[at+2] == b[at+1]+1 {
			b = append(b, '-')
		} else {
			b[at+2]--
		}
		r.text = string(b)
		return fmt.Sprintf("recipe %q", r.text)
	default: // a prefix takes another digit
		for {
			p := &t.programs[1+random.IntN(len(t.programs)-1)]
			in := &p.code[random.IntN(len(p.code))]
			if in.op == opDigit {
				in.set ^= 1 << random.IntN(10)
				for i := range p.ahead {
					p.ahead[i] = p.look(i/10, i%10)
				}
				return fmt.Sprintf("program of %d instructions", len(p.code))
			}
		}
	}
}

// The generated cover notices when the tables are wrong: they are corrupted in one place at a time.
func TestCover_noticesCorruption(t *testing.T) {
	a := covered()
	labels, prefixes := expectations(compiled(), *more), prefixExpectations(compiled(), *more)
	random := rand.New(rand.NewPCG(9, 10))
	noticed := 0
	for range *corruptions {
		broken := load(committed)
		what := corrupt(broken, random)
		if func() (differs bool) {
			defer func() { differs = differs || recover() != nil }()
			for _, e := range labels {
				if !e.holds(broken) {
					return true
				}
			}
			for _, e := range prefixes {
				if !e.holds(broken) {
					return true
				}
			}
			j := judge{&plans{t: broken}}
			for i, c := range a.cases {
				if digest(j.Judge(c.text, c.region)) != a.answer[i] {
					return true
				}
			}
			return false
		}() {
			noticed++
		} else {
			t.Log("not noticed: ", what)
		}
	}
	t.Logf("%d of %d corruptions noticed by %d judged texts, %d labels and %d prefixes", noticed, *corruptions, len(a.cases), len(labels), len(prefixes))
	require.GreaterOrEqual(t, noticed*100, *corruptions*90)
}
