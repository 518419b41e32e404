// Package question holds what the page and the file worker say to one another.
package question

import (
	"encoding/json"

	"outdial/shared/list"
	"outdial/shared/operation"
)

// Kinds of questions.
const (
	KindCheck = "check" // Question → Check
	KindFile  = "file"  // FileQuestion and the bytes of a file → FileCheck
)

// Question is what the worker is asked about one request.
type Question struct {
	Operation operation.Name    `json:"operation"`
	Body      json.RawMessage   `json:"body"`
	Region    string            `json:"region"`
	Fill      map[string]string `json:"fill,omitempty"`
	Limits    map[string]int    `json:"limits,omitempty"`
	Brief     bool              `json:"brief,omitempty"` // of a number, only its E.164 form is wanted
}

// Check is what the worker found.
type Check struct {
	Problems []operation.Problem `json:"problems,omitempty"`
	Hints    []operation.Problem `json:"hints,omitempty"`
	Numbers  []operation.Number  `json:"numbers,omitempty"`
	Rows     int                 `json:"rows"`
	Preview  Preview             `json:"preview"`
	Failed   string              `json:"failed,omitempty"` // the worker itself failed
}

// Preview is the exact request as it would leave to the upstream, without host
// and credential.
type Preview struct {
	Method string `json:"method"`
	Target string `json:"target"` // path and query
	Body   string `json:"body"`   // indented JSON
}

// Number finds the judged number of a field.
func (c Check) Number(field string) (operation.Number, bool) {
	for _, n := range c.Numbers {
		if n.Field == field {
			return n, true
		}
	}
	return operation.Number{}, false
}

// FileQuestion is what the worker is asked about a dropped JSON file: Body
// holds the request without its rows.
type FileQuestion struct {
	Question
	MaxBytes int64 `json:"max_bytes"`
}

// FileCheck is what the worker found in a file.
type FileCheck struct {
	list.Summary
	Rows   []json.RawMessage `json:"rows,omitempty"`   // those that may go, as they are posted
	Failed string            `json:"failed,omitempty"` // why the file cannot be read: a code of package list
}

// atOnce is how many rows there are in one piece of an answer: a piece is
// decoded without a break.
const atOnce = 100

// Pieces are the answer in pieces, without the body of the preview, which goes
// beside them as it is.
func (c Check) Pieces() []Check {
	head := c
	head.Problems, head.Hints, head.Numbers, head.Preview.Body = nil, nil, nil, ""
	all := []Check{head}
	for len(c.Problems)+len(c.Hints)+len(c.Numbers) > 0 {
		all = append(all, Check{Problems: cut(&c.Problems), Hints: cut(&c.Hints), Numbers: cut(&c.Numbers)})
	}
	return all
}

// Add adds a piece; the first one is the head.
func (c *Check) Add(piece []byte) error {
	var p Check
	if err := json.Unmarshal(piece, &p); err != nil {
		return err
	}
	p.Problems, p.Hints, p.Numbers = append(c.Problems, p.Problems...), append(c.Hints, p.Hints...), append(c.Numbers, p.Numbers...)
	if c.Preview.Method != "" {
		p.Preview, p.Rows, p.Failed = c.Preview, c.Rows, c.Failed
	}
	*c = p
	return nil
}

// SetBody takes over what goes beside the pieces.
func (c *Check) SetBody(body string) { c.Preview.Body = body }

// Pieces are the answer in pieces.
func (c FileCheck) Pieces() []FileCheck {
	rows := c.Rows
	c.Rows = nil
	all := []FileCheck{c}
	for len(rows) > 0 {
		all = append(all, FileCheck{Rows: cut(&rows)})
	}
	return all
}

// Add adds a piece; the first one is the head.
func (c *FileCheck) Add(piece []byte) error {
	var p FileCheck
	if err := json.Unmarshal(piece, &p); err != nil {
		return err
	}
	if c.Rows == nil && p.Rows == nil {
		*c = p
		return nil
	}
	c.Rows = append(c.Rows, p.Rows...)
	return nil
}

// SetBody is for what comes with other answers.
func (c *FileCheck) SetBody(string) {}

func cut[T any](all *[]T) []T {
	n := min(atOnce, len(*all))
	first := (*all)[:n:n]
	*all = (*all)[n:]
	return first
}
