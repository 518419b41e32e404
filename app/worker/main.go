//go:build js && wasm

// The file worker: a second small program beside the console, in a worker
// thread of its own. It reads and judges lists with the same shared code as the
// server, so the screen never waits for it. The page starts it with the first list.
package main

import (
	"encoding/json"
	"runtime/debug"
	"syscall/js"
	"time"

	"outdial/app/judge/examine"
	"outdial/app/judge/question"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

// spare is how many percent of its memory this program lets go to waste before it
// collects. A list is long and points at nothing, so collecting costs little, and
// what a browser has once given to a program it never takes back.
const spare = 25

func main() {
	debug.SetGCPercent(spare)
	numbers := engine.New()
	self := js.Global()
	// A question about one request or one small file is answered at once, in
	// pieces, …
	self.Set("outdialAnswer", js.FuncOf(func(_ js.Value, args []js.Value) any {
		kind, text, body := args[0].String(), []byte(args[1].String()), []byte(args[2].String())
		switch kind {
		case question.KindCheck:
			c := check(numbers, text, body)
			return map[string]any{"pieces": pieces(c.Pieces()), "body": c.Preview.Body}
		case question.KindFile:
			data := make([]byte, args[3].Get("length").Int())
			js.CopyBytesToGo(data, args[3])
			return map[string]any{"pieces": pieces(file(numbers, text, body, data).Pieces()), "body": ""}
		}
		return map[string]any{"pieces": pieces([]question.Check{{Failed: "kind"}}), "body": ""}
	}))
	// … and one about a list when its turn has come.
	d := newDesk()
	self.Set("outdialAsk", js.FuncOf(func(_ js.Value, args []js.Value) any {
		d.take(message{id: args[0].Int(), kind: args[1].String(), text: []byte(args[2].String()), file: args[3]})
		return nil
	}))
	self.Call("outdialReady")
	d.work()
}

func answer(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return `{"failed":"answer"}`
	}
	return string(data)
}

func pieces[T any](all []T) []any {
	texts := make([]any, len(all))
	for i, piece := range all {
		texts[i] = answer(piece)
	}
	return texts
}

func check(numbers phone.Judge, text, body []byte) question.Check {
	var q question.Question
	if err := json.Unmarshal(text, &q); err != nil {
		return question.Check{Failed: err.Error()}
	}
	q.Body = body
	return examine.Request(numbers, time.Now(), q)
}

func file(numbers phone.Judge, text, body, data []byte) question.FileCheck {
	var q question.FileQuestion
	if err := json.Unmarshal(text, &q); err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	q.Body = body
	return examine.File(numbers, time.Now(), q, data)
}
