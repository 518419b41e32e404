// Package examine judges requests and files with the same shared code as the
// server. The page asks it about a single form, the file worker about a list.
package examine

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"outdial/app/judge/question"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/phone"
)

func env(numbers phone.Judge, now time.Time, q question.Question) operation.Env {
	return operation.Env{
		Judge:  numbers,
		Region: q.Region,
		Now:    now,
		Fill:   q.Fill,
		Limits: q.Limits,
	}
}

// Request judges one request and shows it as it would leave.
func Request(numbers phone.Judge, now time.Time, q question.Question) question.Check {
	op, ok := operation.Find(q.Operation)
	if !ok {
		return question.Check{Failed: "operation"}
	}
	p, err := op.Prepare(q.Body, env(numbers, now, q))
	if err != nil {
		return question.Check{Failed: err.Error()}
	}
	c := question.Check{Problems: p.Problems, Hints: p.Hints, Numbers: p.Numbers, Rows: len(p.Rows)}
	if q.Brief {
		for i, n := range c.Numbers {
			c.Numbers[i] = operation.Number{Field: n.Field, Number: phone.Number{E164: n.E164}}
		}
	}
	request, err := op.Request(p.Input)
	if err != nil {
		c.Failed = err.Error()
		return c
	}
	c.Preview = question.Preview{Method: request.Method, Target: request.Path}
	if request.Query != "" {
		c.Preview.Target += "?" + request.Query
	}
	var pretty bytes.Buffer
	if len(request.Body) > 0 && json.Indent(&pretty, request.Body, "", "  ") == nil {
		c.Preview.Body = pretty.String()
	}
	return c
}

// File judges the rows of a dropped file.
func File(numbers phone.Judge, now time.Time, q question.FileQuestion, data []byte) question.FileCheck {
	op, ok := operation.Find(q.Operation)
	if !ok {
		return question.FileCheck{Failed: "operation"}
	}
	rows, err := list.Rows(data, q.MaxBytes)
	if err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	summary, body, err := list.Judge(op, q.Body, rows, env(numbers, now, q.Question))
	if err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	if rows, err = list.Rows(body, 0); err != nil && !errors.Is(err, list.ErrEmpty) {
		return question.FileCheck{Failed: err.Error()}
	}
	return question.FileCheck{Summary: summary, Rows: rows}
}
