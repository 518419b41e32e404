package run

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// seen are the numbers that leave in a run, so that nobody is in it twice. An
// E.164 number has at most 15 digits, which a uint64 holds.
type seen map[uint64]struct{}

func (s seen) add(e164 string) (again bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(e164, "+"), 10, 64)
	if err != nil {
		return false
	}
	if _, again = s[n]; !again {
		s[n] = struct{}{}
	}
	return again
}

// judged is a call as it was posted, its rows with what our own judgement says
// of each.
func (r *Runs) judged(sys System, op operation.Operation, at string, c run.Call, numbers seen) (arrived, error) {
	a := arrived{rows: make([]arrivedRow, len(c.Rows))}
	var in []int // rows that are to leave
	for i, row := range c.Rows {
		a.rows[i] = arrivedRow{Row: row, place: -1}
		if row.Skip == "" {
			in = append(in, i)
		}
	}
	if len(c.Body) == 0 {
		if len(in) > 0 {
			return arrived{}, field(fmt.Sprintf("%s.rows[%d].skip", at, in[0]), operation.CodeRequired)
		}
		return a, nil
	}
	n, err := elements(op, c.Body)
	if err != nil || n != len(in) || n == 0 {
		return arrived{}, field(at+".rows", operation.CodeFixed, "value", strconv.Itoa(n))
	}
	keep := make([]int, n) // elements that are still to leave
	for i := range keep {
		keep[i] = i
	}
	leaveOut := func(element int, reason, text string) {
		row := &a.rows[in[element]]
		if row.Skip == "" {
			row.Skip, row.text = reason, text
		}
	}
	for round := 0; ; round++ {
		body := c.Body
		if len(keep) < n {
			if body, err = compose(op, c.Body, keep, ""); err != nil {
				return arrived{}, field(at+".body", operation.CodeType)
			}
		}
		p, err := op.Prepare(body, operation.Env{Judge: r.Judge, Region: sys.Region, Now: r.Now(), NewID: r.NewID, Fill: sys.Fill, Limits: sys.Limits})
		if err != nil {
			return arrived{}, problem.Malformed.Because(err)
		}
		wrongs, err := nextOut(op, at, p.Problems, len(keep))
		if err != nil {
			return arrived{}, err
		}
		out := map[int]bool{}
		for _, wrong := range wrongs {
			e, _ := elementOf(op, wrong.Field)
			out[e] = true
			if wrong.Code == operation.CodeDuplicate {
				leaveOut(keep[e], run.ReasonDuplicate, "")
				continue
			}
			leaveOut(keep[e], run.ReasonInvalid, say(wrong))
		}
		if len(out) == 0 || round > mostRounds {
			for i, e := range keep {
				row := &a.rows[in[e]]
				sent := p.Rows[i].Sent
				if sent != "" && !strings.HasPrefix(sent, "+") {
					sent = "+" + sent // Callbot's form; ours is E.164
				}
				row.Sent = sent
				switch {
				case len(out) > 0:
					leaveOut(e, run.ReasonInvalid, say(wrongs[0]))
				case numbers.add(sent):
					leaveOut(e, run.ReasonDuplicate, "")
				}
			}
			break
		}
		var left []int
		for i, e := range keep {
			if !out[i] {
				left = append(left, e)
			}
		}
		if keep = left; len(keep) == 0 {
			return a, nil
		}
	}
	var stay []int
	for e, i := range in {
		if row := &a.rows[i]; row.Skip == "" {
			row.place = len(stay)
			stay = append(stay, e)
		}
	}
	if len(stay) == 0 {
		return a, nil
	}
	body := []byte(c.Body)
	if len(stay) < n {
		if body, err = compose(op, c.Body, stay, ""); err != nil {
			return arrived{}, field(at+".body", operation.CodeType)
		}
	}
	a.call = &pending{operation: op.Name, body: body, first: a.rows[in[stay[0]]].Line, last: a.rows[in[stay[0]]].Line}
	for _, e := range stay {
		a.call.first, a.call.last = min(a.call.first, a.rows[in[e]].Line), max(a.call.last, a.rows[in[e]].Line)
	}
	return a, nil
}

// mostRounds is how often the rows that are left of a call are judged anew: one
// round for what is wrong with a row itself, one for each kind of relative.
const mostRounds = 8

// relative are the problems that a row has because of another one, in the order
// in which they are heeded.
var relative = [...]string{operation.CodeParamsDiffer, operation.CodeDuplicate, operation.CodeRepeatedOrders}

// nextOut are the problems whose elements are left out next: what is wrong with
// an element itself first, since an element that leaves no more cannot stand in
// another's way. The error is a problem that is no element's.
func nextOut(op operation.Operation, at string, problems []wire.FieldProblem, elements int) ([]wire.FieldProblem, error) {
	var own []wire.FieldProblem
	others := map[string][]wire.FieldProblem{}
	for _, wrong := range problems {
		if e, ok := elementOf(op, wrong.Field); !ok || e >= elements {
			wrong.Field = at + ".body." + wrong.Field
			return nil, problem.Fields([]wire.FieldProblem{wrong})
		}
		if slices.Contains(relative[:], wrong.Code) {
			others[wrong.Code] = append(others[wrong.Code], wrong)
		} else {
			own = append(own, wrong)
		}
	}
	for i := 0; len(own) == 0 && i < len(relative); i++ {
		own = others[relative[i]]
	}
	return own, nil
}

// say is a problem as the text of a row: the field and what is wrong with it.
func say(p wire.FieldProblem) string {
	at := p.Field
	if i := strings.LastIndex(at, "]."); i >= 0 {
		at = at[i+2:]
	}
	return strings.TrimSpace(at + " " + p.Detail)
}

func sayFields(p *problem.Error) string {
	var texts []string
	for i, f := range p.Problem.Fields {
		if i == 3 {
			break
		}
		texts = append(texts, say(f))
	}
	if len(texts) == 0 {
		return p.Title
	}
	return strings.Join(texts, "; ")
}

// field is a 422 about one field.
func field(path, code string, params ...string) error {
	p := wire.FieldProblem{Field: path, Code: code, Detail: details[code]}
	for i := 0; i+1 < len(params); i += 2 {
		if p.Params == nil {
			p.Params = map[string]string{}
		}
		p.Params[params[i]] = params[i+1]
	}
	return problem.Fields([]wire.FieldProblem{p})
}

var details = map[string]string{
	operation.CodeRequired: "is required",
	operation.CodeFixed:    "does not fit the rest of the list",
	operation.CodeTooLong:  "is too long",
	operation.CodeTooMany:  "has too many elements",
	operation.CodeType:     "cannot be read",
	operation.CodeTime:     "is not a time that can be waited for",
}
