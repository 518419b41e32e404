//go:build js && wasm

package main

import (
	"encoding/json"
	"errors"
	"slices"
	"syscall/js"
	"time"

	"outdial/app/judge/question"
	"outdial/shared/list/plan"
	"outdial/shared/list/review"
)

// message is a question about the list.
type message struct {
	id   int
	kind string
	text []byte
	file js.Value // with question.KindOpen
}

// desk keeps the one list and answers questions about it in their order. A plan
// takes the place of one that is under way, and another file of everything.
type desk struct {
	list     *review.List
	queue    []message
	more     chan struct{}
	now      *message // what is worked on
	replaced bool     // by a newer question
	turn     turn
	told     time.Time // when progress was last posted
	turned   time.Time // when the worker's other events last had their turn
}

// How often a long piece of work says how far it is, and lets newer questions in.
const (
	tellEvery = 100 * time.Millisecond
	turnEvery = 40 * time.Millisecond
)

// failed are the answers that are no answer. Every kind of answer has the member.
type failed struct {
	Failed string `json:"failed"`
}

const (
	codeReplaced = "superseded" // a newer question came
	codeNoList   = "no_list"    // no file is open
	codeBroken   = "unreadable" // the browser could not read the file, or the question
)

var errReplaced = errors.New("superseded")

func newDesk() *desk { return &desk{more: make(chan struct{}, 1), turn: newTurn()} }

func (d *desk) take(m message) {
	if d.now != nil {
		switch m.kind {
		case question.KindOpen:
			d.replaced = d.replaced || d.now.kind != question.KindPost
		case question.KindPlan:
			d.replaced = d.replaced || d.now.kind == question.KindPlan
		}
	}
	d.queue = append(d.queue, m)
	select {
	case d.more <- struct{}{}:
	default:
	}
}

// work answers questions for ever.
func (d *desk) work() {
	for {
		for len(d.queue) > 0 {
			m := d.queue[0]
			d.queue = d.queue[1:]
			d.now, d.replaced = &m, d.isOld(m)
			d.told, d.turned = time.Now(), time.Now()
			post(m.id, "answer", encoded(d.answer(m)))
			d.now = nil
		}
		<-d.more
	}
}

// isOld reports whether a newer question waits that takes the place of this one.
func (d *desk) isOld(m message) bool {
	return slices.ContainsFunc(d.queue, func(newer message) bool {
		return newer.kind == question.KindOpen && m.kind != question.KindPost || newer.kind == question.KindPlan && m.kind == question.KindPlan
	})
}

// meanwhile answers what does not have to wait until all numbers of a list were
// asked about: somebody scrolls, or decides something.
func (d *desk) meanwhile() {
	asking, replaced := d.now, d.replaced
	for i := 0; i < len(d.queue); {
		m := d.queue[i]
		switch m.kind {
		case question.KindView, question.KindRequests, question.KindPlan, question.KindEdit:
			d.queue = slices.Delete(d.queue, i, i+1)
			d.now, d.replaced = &m, d.isOld(m)
			post(m.id, "answer", encoded(d.answer(m)))
		default:
			i++
		}
	}
	d.now, d.replaced = asking, replaced || d.isOld(*asking)
}

func (d *desk) answer(m message) any {
	if d.replaced {
		return failed{codeReplaced}
	}
	if m.kind == question.KindOpen {
		return orFailed(d.open(m))
	}
	if d.list == nil {
		return failed{codeNoList}
	}
	switch m.kind {
	case question.KindPlan:
		return about(m, func(p plan.Plan) (plan.Summary, error) { return d.list.Plan(p, d.progress) })
	case question.KindView:
		return about(m, func(q plan.ViewQuestion) (plan.View, error) { return d.list.View(q), nil })
	case question.KindEdit:
		return about(m, func(e plan.Edit) (plan.Summary, error) { return d.list.Edit(e, d.progress) })
	case question.KindRequests:
		return about(m, func(q plan.ViewQuestion) (plan.Requests, error) { return d.list.Requests(q) })
	case question.KindAsk:
		return about(m, d.ask)
	case question.KindPost:
		return about(m, d.post)
	}
	return failed{"kind"}
}

// about decodes a question and answers it.
func about[Q, A any](m message, with func(Q) (A, error)) any {
	var q Q
	if err := json.Unmarshal(m.text, &q); err != nil {
		return failed{codeBroken}
	}
	return orFailed(with(q))
}

func orFailed[A any](a A, err error) any {
	var no refused
	switch {
	case err == nil:
		return a
	case errors.Is(err, errReplaced):
		return failed{codeReplaced}
	case errors.As(err, &no):
		return failed{string(no)}
	}
	return failed{codeBroken}
}

func (d *desk) open(m message) (plan.Opened, error) {
	var q question.OpenQuestion
	if err := json.Unmarshal(m.text, &q); err != nil || !m.file.Truthy() {
		return plan.Opened{}, refused(codeBroken)
	}
	d.list = nil // its memory is needed
	language := q.Language
	if language == "" {
		language = js.Global().Get("navigator").Get("language").String()
	}
	file := newBlob(m.file)
	list, opened, err := review.Open(file, file.size, q.Source, review.Options{
		Operation: q.Operation,
		Region:    q.Region,
		Language:  language,
		Foreign:   newTextDecoder,
		Regions:   countries(),
	}, d.progress)
	d.list = list
	return opened, err
}

// progress tells the page how far the work is, lets newer questions in, and ends
// work that one of them replaces.
func (d *desk) progress(phase string, done, total int64) error {
	now := time.Now()
	if now.Sub(d.told) >= tellEvery {
		d.told = now
		post(d.now.id, "progress", encoded(question.Progress{Phase: phase, Done: done, Total: total}))
	}
	if now.Sub(d.turned) >= turnEvery {
		d.turn.wait()
		d.turned = time.Now()
	}
	if d.replaced {
		return errReplaced
	}
	return nil
}

func encoded(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return `{"failed":"answer"}`
	}
	return string(data)
}

func post(id int, member, text string) {
	js.Global().Call("postMessage", map[string]any{"id": id, member: text})
}
