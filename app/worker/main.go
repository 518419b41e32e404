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
	// A question about one request or one small file is answered at once …
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

func check(numbers phone.Judge, text []byte) question.Check {
	var q question.Question
	if err := json.Unmarshal(text, &q); err != nil {
		return question.Check{Failed: err.Error()}
	}
	return examine.Request(numbers, time.Now(), q)
}

func file(numbers phone.Judge, text, data []byte) question.FileCheck {
	var q question.FileQuestion
	if err := json.Unmarshal(text, &q); err != nil {
		return question.FileCheck{Failed: err.Error()}
	}
	return examine.File(numbers, time.Now(), q, data)
}
