package review

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
)

// calls are the calls that would leave: the rows, and how many of them one call has.
type calls struct {
	rows []uint32
	size int // 0: all of them in one call
}

func (c calls) len() int {
	switch {
	case len(c.rows) == 0:
		return 0
	case c.size == 0:
		return 1
	}
	return (len(c.rows) + c.size - 1) / c.size
}

func (c calls) at(i int) []uint32 {
	if c.size == 0 {
		return c.rows
	}
	return c.rows[i*c.size : min((i+1)*c.size, len(c.rows))]
}

// callSize is how many rows stand in one call: one where the operation has no
// list, all where one list is one job or one batch of calls, and a batch of
// do-not-call numbers otherwise.
func (l *List) callSize() int {
	switch {
	case l.row.place == "":
		return 1
	case l.op.Name == operation.DNCAdd || l.op.Name == operation.DNCRemove:
		most := l.plan.Limits["dnc"]
		if most <= 0 {
			most = 100
		}
		if l.plan.Batch > 0 {
			return min(l.plan.Batch, most)
		}
		return most
	}
	return 0
}

// body writes requests. What is the same in all of them is put together once.
type body struct {
	l      *List
	before []byte // up to the rows, or all but the last brace where a call is a row
	after  []byte
	same   []byte // of every element, from a comma on
	judge  *engine.Column
}

func (l *List) newBody() (*body, error) {
	fixed := map[string]json.RawMessage{}
	if len(l.plan.Fixed) > 0 {
		if err := json.Unmarshal(l.plan.Fixed, &fixed); err != nil {
			return nil, operation.ErrMalformed
		}
	}
	delete(fixed, "note")
	b := &body{l: l, judge: l.judgeOf(l.plan.Region)}
	if l.row.place == "" {
		delete(fixed, l.row.number)
		for _, f := range l.row.fields {
			delete(fixed, f.Path)
		}
		if len(l.template) > 0 {
			delete(fixed, "message")
		}
		b.before = append(members([]byte{'{'}, fixed), `"`+l.row.number+`":`...)
		b.after = []byte{'}'}
		return b, nil
	}
	outer, inner, nested := strings.Cut(l.row.place, ".")
	within := fixed
	if nested {
		within = map[string]json.RawMessage{}
		if raw, ok := fixed[outer]; ok {
			if err := json.Unmarshal(raw, &within); err != nil {
				return nil, operation.ErrMalformed
			}
			delete(fixed, outer)
		}
	} else {
		inner = outer
	}
	delete(within, inner)
	b.same = b.take(fixed)
	b.before = []byte{'{'}
	b.after = []byte("]}")
	if nested {
		b.before = append(members(b.before, fixed), `"`+outer+`":{`...)
		b.after = []byte("]}}")
	}
	b.before = append(members(b.before, within), `"`+inner+`":[`...)
	return b, nil
}

// take moves the fields that are an element's, and none of the request, out of
// what is fixed: an outbound number for all contacts, for instance.
func (b *body) take(fixed map[string]json.RawMessage) (same []byte) {
	own := map[string]bool{}
	for _, f := range b.l.op.Fields() {
		if name, ok := strings.CutPrefix(f.Path, b.l.row.place+"[]."); ok {
			own[name] = true
		}
	}
	names := make([]string, 0, len(fixed))
	for name := range fixed {
		if own[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		raw := fixed[name]
		delete(fixed, name)
		if name == b.l.row.number || slices.ContainsFunc(b.l.row.fields, func(f rowField) bool { return f.Path == name }) {
			continue
		}
		same = append(append(same, `,"`+name+`":`...), raw...)
	}
	return same
}

// members writes what is fixed, each with a comma behind.
func members(b []byte, fixed map[string]json.RawMessage) []byte {
	names := make([]string, 0, len(fixed))
	for name := range fixed {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b = append(appendString(b, name), ':')
		b = append(append(b, fixed[name]...), ',')
	}
	return b
}

// append writes the request of those rows.
func (b *body) append(to []byte, rows []uint32) []byte {
	to = append(to, b.before...)
	if b.l.row.place == "" {
		to = append(b.element(append(to, `"`+e164(b.l.results[rows[0]].Digits)+`"`...), int(rows[0])), '}')
		return to
	}
	for i, row := range rows {
		if i > 0 {
			to = append(to, ',')
		}
		number := e164(b.l.results[row].Digits)
		if b.l.row.number == "" {
			to = append(append(append(to, '"'), number...), '"')
			continue
		}
		to = append(append(append(to, `{"`+b.l.row.number+`":"`...), number...), '"')
		to = append(b.element(append(to, b.same...), int(row)), '}')
	}
	return append(to, b.after...)
}

// element writes the other fields of a row, each with a comma in front.
func (b *body) element(to []byte, row int) []byte {
	l := b.l
	for i := range l.row.fields {
		f := &l.row.fields[i]
		text, _, _ := l.value(row, f, b.judge)
		if text == "" {
			continue
		}
		to = append(to, `,"`+f.Path+`":`...)
		if f.number {
			to = append(to, text...)
			continue
		}
		to = appendString(to, text)
	}
	switch l.op.Name {
	case operation.SMSSend:
		if len(l.template) > 0 {
			text, _ := l.message(row)
			to = appendString(append(to, `,"message":`...), text)
		}
	case operation.CallbotImport:
		to = append(to, `,"params":[`...)
		for i, p := range l.plan.Params {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendString(append(to, `{"name":`...), p.Name)
			to = appendString(append(to, `,"value":`...), strings.TrimSpace(string(l.table.Cell(row, p.Column))))
			to = append(to, '}')
		}
		to = append(to, ']')
	}
	return to
}

// appendString writes a JSON string; broken UTF-8 becomes U+FFFD.
func appendString[T string | []byte](b []byte, text T) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := decodeRune(text[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, text[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, text[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(b, text[start:]...), '"')
}

func decodeRune[T string | []byte](text T) (rune, int) {
	if len(text) > utf8.UTFMax {
		text = text[:utf8.UTFMax]
	}
	return utf8.DecodeRuneInString(string(text))
}

func (l *List) env() operation.Env {
	return operation.Env{Judge: engine.New(), Region: l.plan.Region, Now: l.plan.Now, Fill: l.plan.Fill, Limits: l.plan.Limits}
}

// whole adds what is wrong with the plan as a whole, by the judgement of package
// operation on the request of the first row.
func (l *List) whole(s *plan.Summary) {
	if len(l.plan.Phones) == 0 {
		s.Whole = append(s.Whole, operation.Problem{Field: "phones", Code: plan.CodeNoPhone})
	}
	for _, limit := range l.limits() {
		if most := l.plan.Limits[limit]; most > 0 && s.Ready > most {
			field := l.row.place
			if field == "" {
				field = "rows"
			}
			s.Whole = append(s.Whole, operation.Problem{Field: field, Code: operation.CodeTooMany, Params: map[string]string{"max": strconv.Itoa(most)}})
		}
	}
	b, err := l.newBody()
	if err != nil {
		s.Whole = append(s.Whole, operation.Problem{Field: "fixed", Code: operation.CodeType})
		return
	}
	text := append(append(slices.Clone(b.before), `""`...), b.after...)
	if len(l.calls.rows) > 0 {
		text = b.append(nil, l.calls.rows[:1])
	}
	p, err := l.op.Prepare(text, l.env())
	if err != nil {
		s.Whole = append(s.Whole, operation.Problem{Field: "fixed", Code: operation.CodeType})
		return
	}
	for _, problem := range p.Problems {
		if !l.isOfRow(problem.Field) {
			s.Whole = append(s.Whole, problem)
		}
	}
}

// limits are the names of the caps on the rows of a run, as in plan.Plan.
func (l *List) limits() []string {
	switch {
	case l.op.Name == operation.CallbotImport:
		return []string{"callbot", "runs"}
	case l.op.Name == operation.ContactsImport:
		return []string{"import", "runs"}
	case l.op.Name == operation.SMSSend:
		return []string{"sms", "runs"}
	}
	return []string{"runs"}
}

// isOfRow reports whether a field is one of the row, judged there already.
func (l *List) isOfRow(field string) bool {
	if l.row.place != "" {
		return strings.HasPrefix(field, l.row.place+"[") && !strings.Contains(field, "outbound")
	}
	if field == l.row.number || len(l.template) > 0 && field == "message" {
		return true
	}
	return slices.ContainsFunc(l.row.fields, func(f rowField) bool { return f.Path == field })
}

// shownRows is how many rows of one request are shown.
const shownRows = 200

// Requests gives the exact requests that would leave, without host and
// credential. Of a long list the first rows are shown, and Cut says how many are not.
func (l *List) Requests(q plan.ViewQuestion) (plan.Requests, error) {
	out := plan.Requests{From: q.From, Total: l.calls.len(), Requests: []plan.Request{}}
	b, err := l.newBody()
	if err != nil {
		return out, err
	}
	env := l.env()
	for i := max(0, q.From); i < min(out.Total, q.From+min(q.Count, 50)); i++ {
		rows := l.calls.at(i)
		shown := rows[:min(len(rows), shownRows)]
		p, err := l.op.Prepare(b.append(nil, shown), env)
		if err != nil {
			return out, err
		}
		request, err := l.op.Request(p.Input)
		if err != nil {
			return out, err
		}
		r := plan.Request{Method: request.Method, Target: request.Path, Cut: len(rows) - len(shown)}
		if request.Query != "" {
			r.Target += "?" + request.Query
		}
		var pretty bytes.Buffer
		if len(request.Body) > 0 && json.Indent(&pretty, request.Body, "", "  ") == nil {
			r.Body = pretty.String()
		}
		for _, row := range shown {
			r.Lines = append(r.Lines, int(row)+1)
		}
		out.Requests = append(out.Requests, r)
	}
	return out, nil
}
