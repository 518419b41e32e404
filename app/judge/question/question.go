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
	Body   string `json:"body,omitempty"`   // the request with the rows that may go, ready to post
	Failed string `json:"failed,omitempty"` // why the file cannot be read: a code of package list
}
