package judge

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/judge/question"
	"outdial/shared/list/plan"
)

// List is one list in a file worker of its own: the bytes and rows of it never
// come to the page, only counts and the rows that are shown. Its answers are
// handed to later, so that they find whoever asked even when another page is
// open by then.
type List struct {
	worker Worker
	later  func(func())
}

// NewList makes a worker for a list. later runs a function on the UI goroutine.
func NewList(later func(func())) *List {
	return &List{worker: Worker{waiting: map[int]func([]byte){}}, later: later}
}

// Open reads a file; the list before is forgotten. progress, here and below, may
// be nil; it is called as soon as there is some, and nothing is rendered for it.
func (l *List) Open(q question.OpenQuestion, file app.Value, progress func(question.Progress), then func(plan.Opened)) {
	ask(l, question.KindOpen, q, file, progress, then)
}

// Plan judges the list under a plan. A plan that is asked about meanwhile
// supersedes it: then it is answered with Failed "superseded".
func (l *List) Plan(p plan.Plan, progress func(question.Progress), then func(plan.Summary)) {
	ask(l, question.KindPlan, p, nil, progress, then)
}

// View reads a window of rows. then is called as soon as the answer is there,
// and nothing is rendered for it: whoever scrolls draws the rows themselves.
func (l *List) View(q plan.ViewQuestion, then func(plan.View)) {
	send(&l.worker, question.KindView, q, nil, func(answer []byte) {
		var found plan.View
		if err := json.Unmarshal(answer, &found); err != nil {
			app.Log(err) // cannot be: the worker is built with the page
			return
		}
		then(found)
	})
}

// Edit corrects one cell.
func (l *List) Edit(e plan.Edit, then func(plan.Summary)) {
	ask(l, question.KindEdit, e, nil, nil, then)
}

// Ask has the worker ask our server about the numbers.
func (l *List) Ask(q question.AskQuestion, progress func(question.Progress), then func(plan.Summary)) {
	ask(l, question.KindAsk, q, nil, progress, then)
}

// Requests reads some of the requests that would leave.
func (l *List) Requests(q plan.ViewQuestion, then func(plan.Requests)) {
	ask(l, question.KindRequests, q, nil, nil, then)
}

// Post starts the run.
func (l *List) Post(q question.PostQuestion, progress func(question.Progress), then func(question.Posted)) {
	ask(l, question.KindPost, q, nil, progress, then)
}

// Drop ends the worker with the list in it and gives its memory back. What was
// asked is not answered any more; the next question starts an empty one.
func (l *List) Drop() {
	l.worker.waiting = map[int]func([]byte){}
	l.worker.heard = nil
	l.worker.fail()
}

func ask[T any](l *List, kind string, q any, file app.Value, progress func(question.Progress), then func(T)) {
	id := send(&l.worker, kind, q, file, func(answer []byte) {
		var found T
		if err := json.Unmarshal(answer, &found); err != nil {
			app.Log(err) // cannot be: the worker is built with the page
			return
		}
		if then != nil {
			l.later(func() { then(found) })
		}
	})
	if progress != nil {
		l.worker.hear(id, func(data []byte) {
			var p question.Progress
			if json.Unmarshal(data, &p) == nil {
				progress(p)
			}
		})
	}
}
