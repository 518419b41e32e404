package task

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/judge"
	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// holdSeconds is how long a call that cannot be undone can be taken back.
const holdSeconds = 5

// Panel is a task on the screen: the page's fields on the left, the request
// and its answer on the right.
type Panel struct {
	app.Compo

	Desk   *desk.Desk
	Turn   int
	State  *State
	Op     operation.Name
	Submit string // label of the button

	// Input gives the operation's input as the fields stand.
	Input func() any
	// Body gives the input as it is posted, in place of Input, where a file
	// is too large to be decoded here.
	Body func() string
	// Brief says that of the numbers in it only their E.164 form is used.
	Brief bool
	// Demand names what the page wants beyond the operation's own rules, such
	// as a note; nil demands nothing.
	Demand func() []operation.Problem
	// Names are what the form calls its fields where that is not their usual
	// name, by path; nil for none.
	Names map[string]string
	// Form renders the fields.
	Form func() app.UI
	// Before is called before anything leaves, and may look something up; it
	// calls ask with the question, or with nil. Without Before, nothing is asked.
	Before func(ctx app.Context, ask func(*Question))
	// Hold leaves some seconds to take the call back.
	Hold bool
	// Done is called once with the answer.
	Done func(*wire.Envelope)
	// Head renders what came of it, in place of the outcome and its sentence.
	Head func(*wire.Envelope) app.UI
	// Result renders what the answer says, above its raw form.
	Result func(*wire.Envelope) app.UI
	// Next clears the fields for the next one; NextLabel names its button.
	Next      func()
	NextLabel string
	// Below renders what belongs under the form, such as earlier ones.
	Below func() app.UI

	stop func()
	ctx  app.Context // of the panel itself: a button's is gone with the button
}

// CompoID ties a panel to its state: another task in the same place of the
// screen is another panel, so that the end of a call finds its own form.
func (p *Panel) CompoID() string { return fmt.Sprintf("%p", p.State) }

func (p *Panel) OnMount(ctx app.Context) {
	p.stop, p.ctx = p.Desk.Hear(p.hear), ctx
	s := p.State
	if s.phase == judging || s.phase == checking {
		s.phase = editing // left while a word was awaited: it went to the old panel
		s.round++
	}
	if s.checked != s.body {
		s.body = "" // ask the worker again
	}
	p.judge(ctx)
}

func (p *Panel) OnUpdate(ctx app.Context) { p.judge(ctx) }

func (p *Panel) OnDismount() {
	if p.stop != nil {
		p.stop()
	}
}

func (p *Panel) hear(e wire.Event) {
	if p.State.phase == sending && e.Operation == p.Op {
		p.State.Event = e
		p.Desk.Changed()
	}
}

func (p *Panel) system() wire.System {
	op, _ := operation.Find(p.Op)
	s, _ := p.Desk.System(op.System)
	return s
}

func (p *Panel) body() string {
	if p.Body != nil {
		return p.Body()
	}
	data, err := json.Marshal(p.Input())
	if err != nil {
		return "{}"
	}
	return string(data)
}

// judge asks the worker about the input when it has changed.
func (p *Panel) judge(ctx app.Context) {
	s, system := p.State, p.system()
	if s.demands = nil; p.Demand != nil {
		s.demands = p.Demand() // they may change without the input
	}
	body := p.body()
	if body == s.body && system.ID == s.system || system.ID == "" {
		return
	}
	s.body, s.system = body, system.ID
	if s.phase == judging || s.phase == checking || s.phase == asking || s.phase == holding {
		p.cancel(ctx) // what was agreed to is not what stands there now
		s.word = text.T("task.changed")
	}
	q := judge.Ask(p.Op, system, p.Desk.Session.Limits, []byte(body))
	q.Brief = p.Brief
	p.Desk.Worker.Check(ctx, q, func(ctx app.Context, c question.Check) {
		if s.body != body || s.system != system.ID {
			return // typed on meanwhile: a later word is on its way
		}
		s.check, s.checked, s.checkedOn = c, body, system.ID
		if s.phase == judging {
			p.proceed(ctx)
		}
	})
}

// submit is the press of the button.
func (p *Panel) submit(ctx app.Context, e app.Event) {
	e.PreventDefault()
	p.press(ctx)
}

// key sends from any field, as a message box has no Enter of its own.
func (p *Panel) key(ctx app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" && (e.Get("ctrlKey").Truthy() || e.Get("metaKey").Truthy()) && !e.Get("isComposing").Truthy() {
		e.PreventDefault()
		p.press(ctx)
	}
}

func (p *Panel) press(ctx app.Context) {
	s := p.State
	if s.phase == sending {
		s.again = true // of a read, the next question follows when the answer is there
		return
	}
	if s.phase != editing && s.phase != answered || p.Desk.Offline || s.done(p.Op) {
		return
	}
	s.tried, s.word = true, ""
	if s.check.Failed != "" {
		s.body, s.checked = "", "" // the worker died: ask a new one
	}
	p.judge(ctx)
	s.phase = judging
	if s.checked == s.body && s.checkedOn == s.system {
		p.proceed(ctx)
	}
}

// proceed goes on with an input that has been judged.
func (p *Panel) proceed(ctx app.Context) {
	s := p.State
	if problems := s.problems(); len(problems) > 0 || s.check.Failed != "" {
		s.phase = editing
		p.Desk.Say(text.N("form.problems", len(problems)))
		ctx.Defer(func(app.Context) { focus(problemsID) })
		return
	}
	if p.Before == nil {
		p.hold(ctx)
		return
	}
	s.phase = checking
	round := s.round
	p.Before(ctx, func(q *Question) {
		if s.phase != checking || s.round != round {
			return
		}
		if q == nil {
			p.hold(ctx)
			return
		}
		s.phase, s.Ask = asking, q
		p.Desk.Changed()
	})
}

func (p *Panel) accept(ctx app.Context) {
	if p.State.phase != asking {
		return
	}
	p.State.Ask = nil
	p.hold(ctx)
}

func (p *Panel) cancel(app.Context) {
	if p.State.phase == holding { // another form's call may be held, or on its way
		p.Desk.Held = nil
		p.Desk.Leaving(false)
	}
	p.State.phase, p.State.Ask = editing, nil
	p.State.round++
	p.State.word = text.T("task.nothing_sent")
	p.Desk.Say(p.State.word)
	p.land("send")
	p.Desk.Changed()
}

// hold leaves the seconds to take it back, then sends.
func (p *Panel) hold(ctx app.Context) {
	s := p.State
	if !p.Hold {
		p.send()
		return
	}
	s.phase, s.heldLeft = holding, holdSeconds
	s.round++
	round := s.round
	held := &desk.Held{Page: ctx.Page().URL().Path, Left: holdSeconds, TakeBack: p.cancel}
	p.Desk.Held = held
	p.Desk.Leaving(true)
	p.Desk.Say(text.T("task.holding", "n", strconv.Itoa(holdSeconds)))
	p.Desk.Changed()
	go func() {
		for range holdSeconds {
			time.Sleep(time.Second)
			p.Desk.Later(func() {
				if s.phase != holding || s.round != round {
					if p.Desk.Held == held { // the form was begun anew meanwhile
						p.Desk.Held = nil
						p.Desk.Leaving(false)
						p.Desk.Say(text.T("task.nothing_sent"))
					}
					return
				}
				s.heldLeft--
				held.Left = s.heldLeft
				if s.heldLeft == 0 {
					if p.Desk.Held == held {
						p.Desk.Held = nil
					}
					p.send()
				}
			})
		}
	}()
}

// send posts what was judged. The key belongs to the intention: as long as
// neither system nor content changes, asking again is the same call.
func (p *Panel) send() {
	s := p.State
	if of := s.system + s.body; s.keyOf != of {
		s.key, s.keyOf = client.NewKey(), of
	}
	s.Sent, s.SentTo = s.body, s.system
	p.post()
}

// post sends what is in Sent, or asks for the answer to it once more. Our
// server tells the two apart by the key.
func (p *Panel) post() {
	s := p.State
	op, _ := operation.Find(p.Op)
	system, body, key := s.SentTo, s.Sent, ""
	if op.Rule.Writes() {
		key = s.key
	}
	s.phase = sending
	s.round++
	round := s.round
	s.Answer, s.Failure, s.Event, s.again = nil, nil, wire.Event{}, false
	p.Desk.Leaving(op.Rule.Writes())
	p.Desk.Changed()
	go func() {
		envelope, failure := client.Call(system, p.Op, key, []byte(body))
		p.Desk.Later(func() {
			p.Desk.Leaving(false)
			if s.round != round { // the form was begun anew meanwhile: this answer is not its own
				p.Desk.Fail(failure)
				if failure != nil {
					p.Desk.Tell("bad", FailureTitle(failure))
				} else {
					p.Desk.Tell("plain", Headline(&envelope))
				}
				return
			}
			if failure != nil {
				s.phase, s.Failure = editing, failure
				if failure.Problem != nil && failure.Problem.Code == "key_reused" {
					s.keyOf = "" // the next press is another call
				}
				p.Desk.Fail(failure)
				p.Desk.Say(FailureTitle(failure))
				p.land("failure")
				return
			}
			if !op.Rule.Writes() && (p.body() != s.Sent || p.system().ID != s.SentTo) {
				// Beside what stands in the form now, this answer would be
				// taken for its own.
				s.phase = editing
				if s.again {
					p.press(p.ctx)
				}
				return
			}
			s.phase, s.Answer = answered, &envelope
			s.keyOf = "" // the intention is done: sending again is a new one
			p.Desk.Say(Headline(&envelope))
			p.land("answer")
			if p.Done != nil {
				p.Done(&envelope)
			}
		})
	}()
}

// land gives the focus to what came back if it is nowhere, because the button
// that was pressed cannot be pressed any more.
func (p *Panel) land(id string) {
	p.ctx.Defer(func(app.Context) {
		document := app.Window().Get("document")
		if at := document.Get("activeElement"); at.Truthy() && !at.Equal(document.Get("body")) {
			return
		}
		if e := document.Call("getElementById", id); e.Truthy() {
			e.Call("focus")
		}
	})
}

func (p *Panel) next(app.Context) {
	p.State.Again()
	if p.Next != nil {
		p.Next()
	}
	p.Desk.Changed()
	p.ctx.Defer(func(app.Context) { focusFirst("task-form") })
}

func (p *Panel) askAgain(app.Context) {
	if s := p.State; s.phase == editing && s.Failure != nil { // not by a second click
		p.post()
	}
}

func (p *Panel) Render() app.UI {
	s := p.State
	return app.Div().Class("task").Body(
		app.Form().Class("task-form").ID("task-form").Attr("novalidate", "true").Attr("autocomplete", "off").OnSubmit(p.submit).OnKeyDown(p.key).Body(
			p.problems(),
			p.Form(),
			p.bar(),
		),
		app.Section().Class("task-side").Aria("label", text.T("task.side")).Body(
			p.progress(),
			p.failure(),
			p.answer(),
			&Preview{
				Check: s.check, Body: s.body, Key: s.key, System: p.system(), Op: p.Op,
			},
		),
		app.If(p.Below != nil, func() app.UI { return app.Div().Class("task-below").Body(p.Below()) }),
		app.If(s.phase == asking && s.Ask != nil, func() app.UI {
			q := s.Ask
			return &widget.Dialog{
				Title: q.Title, Confirm: q.Confirm, Danger: q.Danger,
				Blocked:  q.Typed != "" && q.answer != q.Typed,
				Body:     p.question(q),
				OnAccept: p.accept, OnCancel: p.cancel,
			}
		}),
	)
}

func (p *Panel) question(q *Question) app.UI {
	return app.Div().Body(
		app.Range(q.Lines).Slice(func(i int) app.UI { return app.P().Text(q.Lines[i]) }),
		app.If(q.Detail != nil, func() app.UI { return q.Detail() }),
		app.If(q.Typed != "", func() app.UI {
			return &widget.Input{
				ID: "confirm-typed", Label: text.T("task.type_to_confirm", "what", q.Typed), Value: q.answer, Required: true, Focus: true,
				OnChange: func(_ app.Context, v string) { q.answer = v; p.Desk.Changed() },
				OnEnter:  p.acceptTyped,
			}
		}),
	)
}

func (p *Panel) acceptTyped(ctx app.Context) {
	if q := p.State.Ask; q != nil && q.answer == q.Typed {
		p.accept(ctx)
	}
}

// problemsID is the summary that takes the focus when sending is not possible yet.
const problemsID = "problems"

func (p *Panel) problems() app.UI {
	s := p.State
	all := s.problems()
	return app.Div().Class("problems-slot").Body(
		app.If(s.tried && len(all) > 0 && s.phase != answered, func() app.UI {
			return app.Div().Class("problems").ID(problemsID).TabIndex(-1).Role("alert").Body(
				app.H2().Text(text.N("form.problems", len(all))),
				app.Ul().Body(app.Range(all).Slice(func(i int) app.UI {
					if i >= 8 {
						return app.Li().Hidden(true)
					}
					problem := all[i]
					return app.Li().Body(&widget.Button{
						Kind: "link", Label: p.nameOf(problem.Field) + ": " + Explain(problem),
						OnClick: func(app.Context) { focus(desk.ID(problem.Field)) },
					})
				})),
			)
		}),
	)
}

func (p *Panel) nameOf(field string) string {
	if name := p.Names[field]; name != "" {
		return name
	}
	return FieldName(field)
}

// bar holds what can be done now.
func (p *Panel) bar() app.UI {
	s := p.State
	if s.phase == holding {
		return app.Div().Class("task-bar is-holding").Role("status").Body(
			app.P().Text(text.N("task.leaving_in", s.heldLeft)),
			app.Progress().Class("hold").Max(holdSeconds).Value(s.heldLeft).Aria("label", text.T("task.hold_label")),
			&widget.Button{Label: text.T("task.take_back"), Kind: "main", Icon: "undo", OnClick: p.cancel},
		)
	}
	busy := s.phase == sending || s.phase == judging || s.phase == checking
	op, _ := operation.Find(p.Op)
	kind := "main"
	if op.Final && p.system().Production {
		kind = "danger"
	}
	// A button that cannot be pressed swallows Enter: of a read, the next
	// question may be asked while the answer to this one is awaited.
	locked := busy && op.Rule.Writes()
	return app.Div().Class("task-bar").Body(
		&widget.Button{ID: "send", Type: "submit", Kind: kind, Label: p.Submit, Disabled: locked || p.Desk.Offline || s.done(p.Op)},
		app.If(s.done(p.Op), func() app.UI { return app.P().Class("fine-print").Text(text.T("task.done")) }),
		app.If(s.word != "" && !s.done(p.Op), func() app.UI { return app.P().Class("word").Text(s.word) }),
		app.If(s.check.Failed != "", func() app.UI { return app.P().Class("why").Role("alert").Text(text.T("task.no_worker")) }),
		app.If(s.phase == checking, func() app.UI {
			return &widget.Button{Label: text.T("action.cancel"), OnClick: p.cancel}
		}),
		app.If(p.Desk.Offline, func() app.UI { return app.P().Class("why").Text(text.T("task.offline")) }),
		app.If(s.Answer != nil && !busy && p.Next != nil, func() app.UI {
			return &widget.Button{ID: "next", Label: orNext(p.NextLabel), Icon: "plus", OnClick: p.next}
		}),
	)
}

func orNext(label string) string {
	if label == "" {
		return text.T("task.next")
	}
	return label
}

func (p *Panel) progress() app.UI {
	s := p.State
	if s.phase != sending {
		return app.Div().Class("progress-slot")
	}
	label := text.T("phase.sending")
	if s.Event.Phase != "" {
		label = text.T("phase." + string(s.Event.Phase))
	}
	if s.Event.Total > 0 {
		label += " " + text.T("phase.of", "done", text.Number(s.Event.Done), "total", text.Number(s.Event.Total))
	}
	return app.Div().Class("progress-slot").Body(widget.Progress(label, s.Event.Done, s.Event.Total))
}

func focus(id string) {
	if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
		e.Call("scrollIntoView", map[string]any{"block": "center"})
	}
}

func focusFirst(form string) {
	e := app.Window().Get("document").Call("querySelector", "#"+form+" input, #"+form+" textarea, #"+form+" select")
	if e.Truthy() {
		e.Call("focus")
	}
}
