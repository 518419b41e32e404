// Package list reads a person's list and judges each of its rows, so that every
// row ends either in the request or among those left out, with the reason.
package list

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"outdial/shared/operation"
	"outdial/shared/phone"
)

// Why a file cannot be read. Their texts are stable codes; the console
// translates them.
var (
	ErrNotJSON  = errors.New("not_json")   // no JSON at all, or cut off
	ErrNotAList = errors.New("not_a_list") // JSON, but no array of objects
	ErrEmpty    = errors.New("empty")      // an array without elements
	ErrTooLarge = errors.New("too_large")  // more bytes than one request may have
)

// bom is what some editors put before UTF-8.
var bom = []byte("\xef\xbb\xbf")

// wrappers are the names under which an array may stand inside an object, as in
// a whole request saved to a file.
var wrappers = []string{"contacts", "callList"}

// Rows splits a JSON file into its rows: an array of objects, or an object that
// holds one under a documented name. Nothing of a row is judged here.
func Rows(data []byte, most int64) ([]json.RawMessage, error) {
	if most > 0 && int64(len(data)) > most {
		return nil, ErrTooLarge
	}
	data = bytes.TrimPrefix(data, bom)
	if !json.Valid(data) {
		return nil, ErrNotJSON
	}
	var rows []json.RawMessage
	if json.Unmarshal(data, &rows) != nil {
		found := false
		if rows, found = unwrap(data, 0); !found {
			return nil, ErrNotAList
		}
	}
	if len(rows) == 0 {
		return nil, ErrEmpty
	}
	for _, row := range rows {
		if trimmed := bytes.TrimSpace(row); len(trimmed) > 0 && trimmed[0] == '{' {
			return rows, nil // an element that is no object is that row's own problem
		}
	}
	return nil, ErrNotAList
}

// unwrap looks for the array at most two levels down: callInfoList.callList.
func unwrap(data []byte, depth int) ([]json.RawMessage, bool) {
	var object map[string]json.RawMessage
	if depth > 1 || json.Unmarshal(data, &object) != nil {
		return nil, false
	}
	for _, name := range wrappers {
		var rows []json.RawMessage
		if inner, ok := object[name]; ok && json.Unmarshal(inner, &rows) == nil {
			return rows, true
		}
	}
	if inner, ok := object["callInfoList"]; ok {
		return unwrap(inner, depth+1)
	}
	return nil, false
}

// Row is what we think of one row.
type Row struct {
	Index    int                 `json:"index"` // from 0, in the file
	Typed    string              `json:"typed,omitempty"`
	Sent     string              `json:"sent,omitempty"`
	Verdict  phone.Verdict       `json:"verdict,omitempty"`
	Problems []operation.Problem `json:"problems,omitempty"` // why it is left out
	Hints    []operation.Problem `json:"hints,omitempty"`
}

// Summary counts a list. Ready + LeftOut is always Total.
type Summary struct {
	Total   int                 `json:"total"`
	Ready   int                 `json:"ready"`
	LeftOut int                 `json:"left_out"`
	Unusual int                 `json:"unusual"`           // among the ready ones
	Reasons map[string]int      `json:"reasons,omitempty"` // left out, by the code of the first problem
	Out     []Row               `json:"out,omitempty"`     // left out, the first of them
	Sample  []Row               `json:"sample,omitempty"`  // ready, the first of them
	Whole   []operation.Problem `json:"whole,omitempty"`   // of the request itself, not of a row
}

// Caps on what a summary shows; its counts are always of the whole list.
const (
	shownOut    = 500
	shownSample = 50
)

// Place says where an operation's rows stand in its request, "" for an
// operation without a list.
func Place(op operation.Name) string {
	switch op {
	case operation.ContactsImport, operation.DNCAdd:
		return "contacts"
	case operation.DNCRemove:
		return "phone_numbers"
	case operation.CallbotImport:
		return "callInfoList.callList"
	}
	return ""
}

// limitOf names the cap of an operation's rows, as in operation.Env.
func limitOf(op operation.Name) string {
	switch op {
	case operation.ContactsImport:
		return "import"
	case operation.CallbotImport:
		return "callbot"
	}
	return "dnc"
}

// Judge judges every row in the request it would stand in, and builds the
// request of those that may go. base is the request without its rows. Of two
// rows with one number the first wins where duplicates are not allowed.
func Judge(op operation.Operation, base []byte, rows []json.RawMessage, env operation.Env) (Summary, []byte, error) {
	place := Place(op.Name)
	limits := env.Limits
	env.Limits = nil // the cap holds for what is sent, not for the file
	whole, err := with(base, place, rows)
	if err != nil {
		return Summary{}, nil, err
	}
	p, err := op.Prepare(whole, env)
	if err != nil {
		return Summary{}, nil, err
	}
	judged := make([]Row, len(rows))
	for i := range judged {
		judged[i].Index = i
	}
	s := Summary{Total: len(rows), Reasons: map[string]int{}}
	for _, problem := range p.Problems {
		if i, ok := index(problem.Field, place, len(rows)); ok {
			judged[i].Problems = append(judged[i].Problems, problem)
			continue
		}
		s.Whole = append(s.Whole, problem)
	}
	for _, hint := range p.Hints {
		if i, ok := index(hint.Field, place, len(rows)); ok {
			judged[i].Hints = append(judged[i].Hints, hint)
		}
	}
	for _, n := range p.Numbers {
		if i, ok := index(n.Field, place, len(rows)); ok && judged[i].Verdict == "" {
			judged[i].Typed, judged[i].Sent, judged[i].Verdict = n.Text, n.E164, n.Verdict
		}
	}
	ready := make([]json.RawMessage, 0, len(rows))
	for i, row := range judged {
		if len(row.Problems) > 0 {
			s.LeftOut++
			s.Reasons[row.Problems[0].Code]++
			if len(s.Out) < shownOut {
				s.Out = append(s.Out, row)
			}
			continue
		}
		s.Ready++
		if row.Verdict == phone.Unusual {
			s.Unusual++
		}
		if len(s.Sample) < shownSample {
			s.Sample = append(s.Sample, row)
		}
		ready = append(ready, rows[i])
	}
	if most := limits[limitOf(op.Name)]; most > 0 && s.Ready > most {
		s.Whole = append(s.Whole, operation.Problem{Field: place, Code: operation.CodeTooMany, Params: map[string]string{"max": strconv.Itoa(most)}})
	}
	body, err := with(base, place, ready)
	return s, body, err
}

// index reads the row's index out of "contacts[3].phone_number".
func index(field, place string, rows int) (int, bool) {
	rest, ok := strings.CutPrefix(field, place+"[")
	if !ok {
		return 0, false
	}
	number, _, ok := strings.Cut(rest, "]")
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(number)
	return i, err == nil && i >= 0 && i < rows
}

// with puts rows at place ("contacts" or "callInfoList.callList") into base.
func with(base []byte, place string, rows []json.RawMessage) ([]byte, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(base, &object); err != nil {
		return nil, operation.ErrMalformed
	}
	outer, inner, nested := strings.Cut(place, ".")
	var value any = rows
	if nested {
		within := map[string]json.RawMessage{}
		if raw, ok := object[outer]; ok {
			if err := json.Unmarshal(raw, &within); err != nil {
				return nil, operation.ErrMalformed
			}
		}
		list, err := json.Marshal(rows)
		if err != nil {
			return nil, err
		}
		within[inner] = list
		value = within
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	object[outer] = raw
	return json.Marshal(object)
}
