// Package judge finds out what is thought of a request or a list, by the same
// shared code as on the server. A single form is judged in the page at once;
// lists go to the file worker, a second small program, so that the screen
// never waits and their code stays out of the first download.
package judge

import (
	"encoding/json"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/judge/examine"
	"outdial/app/judge/question"
	"outdial/app/pace"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
	"outdial/shared/wire"
)

// Ask makes the question for one operation on one system.
func Ask(op operation.Name, system wire.System, limits wire.Limits, body []byte) question.Question {
	return question.Question{
		Operation: op,
		Body:      body,
		Region:    system.DefaultRegion,
		Fill:      map[string]string{"chat_type": system.ChatType},
		Limits: map[string]int{
			"dnc":     limits.DNCNumbers,
			"import":  limits.ImportRows,
			"callbot": limits.CallbotRows,
		},
	}
}

// Worker is the file worker. Its first question starts it; when it dies, those
// who wait are told, and the next question starts it anew.
type Worker struct {
	js      app.Value
	next    int
	waiting map[int]func([]byte)
	heard   map[int]func([]byte) // progress of those who want to hear of it
	// Those whose answer comes in pieces.
	inPieces map[int]func(pieces, body app.Value)
	funcs    []app.Func
}

// NewWorker makes a worker that starts with its first question.
func NewWorker() *Worker { return &Worker{waiting: map[int]func([]byte){}} }

// atOnce is how many bytes a request may have to be judged in the page: those
// of about a hundred numbers, which take a few milliseconds.
const atOnce = 4 << 10

// Check asks about a request; a long one is left to the worker. then runs on
// the UI goroutine of ctx, never before Check returns.
func (w *Worker) Check(ctx app.Context, q question.Question, then func(app.Context, question.Check)) {
	if len(q.Body) > atOnce {
		body := q.Body
		q.Body = nil
		post(w, ctx, question.KindCheck, q, body, nil, then)
		return
	}
	ctx.Dispatch(func(ctx app.Context) { then(ctx, examine.Request(engine.New(), time.Now(), q)) })
}

// File asks about a dropped file. The rows that cannot go are left out of the
// body and named in the summary.
func (w *Worker) File(ctx app.Context, q question.FileQuestion, file app.Value, then func(app.Context, question.FileCheck)) {
	body := q.Body
	q.Body = nil
	post(w, ctx, question.KindFile, q, body, file, then)
}

// pieced is an answer that comes in pieces.
type pieced[T any] interface {
	*T
	Add([]byte) error
	SetBody(string)
}

// post asks a question with a request beside it, which as a part of the
// question would be read and written once more. The answer is put together
// piece by piece, so that the screen can draw in between.
func post[T any, P pieced[T]](w *Worker, ctx app.Context, kind string, q any, body []byte, file app.Value, then func(app.Context, T)) {
	found := P(new(T))
	id := w.ask(kind, q, map[string]any{"body": string(body)}, file, func(answer []byte) {
		if err := found.Add(answer); err != nil {
			app.Log(err) // cannot be: it is a failure of our own
			return
		}
		ctx.Dispatch(func(ctx app.Context) { then(ctx, *found) })
	})
	if w.inPieces == nil {
		w.inPieces = map[int]func(pieces, body app.Value){}
	}
	w.inPieces[id] = func(pieces, body app.Value) {
		go func() {
			var p pace.Pace
			for i := range pieces.Length() {
				if err := found.Add([]byte(pieces.Index(i).String())); err != nil {
					app.Log(err) // cannot be: the worker is built with the page
					return
				}
				p.Breathe()
			}
			found.SetBody(body.String())
			ctx.Dispatch(func(ctx app.Context) { then(ctx, *found) })
		}()
	}
}

// send asks the worker, which it starts when there is none, and gives the
// question's id.
func send(w *Worker, kind string, q any, file app.Value, then func([]byte)) int {
	return w.ask(kind, q, map[string]any{}, file, then)
}

// ask is send with more in the message.
func (w *Worker) ask(kind string, q any, message map[string]any, file app.Value, then func([]byte)) int {
	if app.IsServer {
		return 0
	}
	data, err := json.Marshal(q)
	if err != nil {
		app.Log(err) // cannot be: questions are plain data
		return 0
	}
	w.start()
	w.next++
	w.waiting[w.next] = then
	message["id"], message["kind"], message["question"] = w.next, kind, string(data)
	if file != nil {
		message["file"] = file
	}
	w.js.Call("postMessage", message)
	return w.next
}

// hear has progress called with what the worker says of a question before it
// answers.
func (w *Worker) hear(id int, progress func([]byte)) {
	if w.heard == nil {
		w.heard = map[int]func([]byte){}
	}
	w.heard[id] = progress
}

func (w *Worker) start() {
	if w.js != nil {
		return
	}
	w.js = app.Window().Get("Worker").New(app.Window().Get("outdial").Get("worker").String())
	answered := app.FuncOf(func(_ app.Value, args []app.Value) any {
		data := args[0].Get("data")
		id := data.Get("id").Int()
		if progress := data.Get("progress"); progress.Truthy() {
			if hear := w.heard[id]; hear != nil {
				hear([]byte(progress.String()))
			}
			return nil
		}
		delete(w.heard, id)
		pieces := w.inPieces[id]
		delete(w.inPieces, id)
		if then := w.waiting[id]; then != nil {
			delete(w.waiting, id)
			if pieces != nil {
				pieces(data.Get("pieces"), data.Get("body"))
				return nil
			}
			then([]byte(data.Get("answer").String()))
		}
		return nil
	})
	died := app.FuncOf(func(app.Value, []app.Value) any {
		w.fail()
		return nil
	})
	w.js.Set("onmessage", answered)
	w.js.Set("onerror", died)
	w.funcs = []app.Func{answered, died}
}

func (w *Worker) fail() {
	if w.js == nil {
		return
	}
	w.js.Call("terminate")
	w.js = nil
	waiting := w.waiting
	w.waiting, w.heard, w.inPieces = map[int]func([]byte){}, nil, nil
	for _, then := range waiting {
		then([]byte(`{"failed":"worker"}`))
	}
}
