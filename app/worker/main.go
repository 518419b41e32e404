//go:build js && wasm

// The file worker: a second small program beside the console, in a worker
// thread of its own. It judges requests and lists with the same shared code as
// the server, so the screen never waits for it.
package main

import (
	"bytes"
	"encoding/json"
	"syscall/js"
	"time"

	"outdial/app/judge/question"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

func main() {
	numbers := engine.New()
	self := js.Global()
	self.Set("outdialAnswer", js.FuncOf(func(_ js.Value, args []js.Value) any {
		kind, text := args[0].String(), []byte(args[1].String())
		switch kind {
		case question.KindCheck:
			return answer(check(numbers, text))
		case question.KindFile:
			data := make([]byte, args[2].Get("length").Int())
			js.CopyBytesToGo(data, args[2])
			return answer(file(numbers, text, data))
		}
		return answer(question.Check{Failed: "kind"})
	}))
	self.Call("outdialReady")
	select {}
}

func answer(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return `{"failed":"answer"}`
	}
	return string(data)
}

func env(numbers phone.Judge, q question.Question) operation.Env {
	return operation.Env{
		Judge:  numbers,
		Region: q.Region,
		Now:    time.Now(),
		Fill:   q.Fill,
		Limits: q.Limits,
	}
}

func check(numbers phone.Judge, text []byte) question.Check {
	var q question.Question
	if err := json.Unmarshal(text, &q); err != nil {
		return question.Check{Failed: err.Error()}
	}
	op, ok := operation.Find(q.Operation)
	if !ok {
		return question.Check{Failed: "operation"}
	}
	p, err := op.Prepare(q.Body, env(numbers, q))
	if err != nil {
		return question.Check{Failed: err.Error()}
	}
	c := question.Check{Problems: p.Problems, Hints: p.Hints, Numbers: p.Numbers, Rows: len(p.Rows)}
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

func file(numbers phone.Judge, text, data []byte) question.FileCheck {
	var q question.FileQuestion
	if err := json.Unmarshal(text, &q); err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	op, ok := operation.Find(q.Operation)
	if !ok {
		return question.FileCheck{Failed: "operation"}
	}
	rows, err := list.Rows(data, q.MaxBytes)
	if err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	summary, body, err := list.Judge(op, q.Body, rows, env(numbers, q.Question))
	if err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	return question.FileCheck{Summary: summary, Body: string(body)}
}
