// Package desk is what all pages share while the console is open: who is
// signed in, which system is worked on, what was typed where, and what is told
// to the person. Nothing of it outlives the tab: drafts hold phone numbers.
package desk

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/judge"
	"outdial/app/text"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// Desk is shared by pointer. Its fields are changed on the UI goroutine only,
// followed by Changed.
type Desk struct {
	Session   wire.Session
	Ready     bool            // the session is known
	Failure   *client.Failure // why it is not
	SignedOut bool            // the gate's session ended while the console was open
	Offline   bool
	Turn      int // grows with every change, so that pages render anew
	Worker    *judge.Worker
	Said      string // what the live region says
	Notices   []Notice
	Path      string     // of the page that is open
	Query     url.Values // and its query
	Held      *Held      // nil when nothing waits

	refresh  func()
	dispatch func(func())
	chosen   map[operation.System]string
	drafts   map[string]any
	hearers  map[int]func(wire.Event)
	watchers map[int]func(run.Event)
	next     int
}

// Held is a call that can still be taken back for some seconds.
type Held struct {
	Page     string // the path of its form, which shows it itself
	Left     int    // seconds
	TakeBack func(app.Context)
}

// Leaving has the browser ask before the tab is closed while a call is on its
// way, and stop asking when it is not.
func (d *Desk) Leaving(on bool) {
	if app.IsServer {
		return
	}
	app.Window().Get("outdial").Set("leaving", on)
}

// Notice is a short message that stays until it is dismissed.
type Notice struct {
	ID   int
	Kind string // "good", "bad" or "plain"
	Text string
}

// New makes a desk. refresh renders the frame anew; dispatch runs a function
// on the UI goroutine as long as the console is open.
func New(refresh func(), dispatch func(func())) *Desk {
	return &Desk{
		Worker:   judge.NewWorker(),
		refresh:  refresh,
		dispatch: dispatch,
		chosen:   map[operation.System]string{},
		drafts:   map[string]any{},
		hearers:  map[int]func(wire.Event){},
		watchers: map[int]func(run.Event){},
	}
}

// Changed renders the frame and the page anew.
func (d *Desk) Changed() {
	d.Turn++
	d.refresh()
}

// Later runs f on the UI goroutine, whatever page is open by then, and renders
// anew. It is how the end of a call finds its form again.
func (d *Desk) Later(f func()) {
	d.dispatch(func() {
		f()
		d.Changed()
	})
}

// Enter takes over a session. When another person sits down, nothing of the
// one before is left.
func (d *Desk) Enter(s wire.Session) {
	if d.Ready && d.Session.Person.ID != s.Person.ID {
		if held := d.Held; held != nil {
			held.TakeBack(app.Context{}) // it would leave in the other's name
		}
		for key := range d.drafts {
			d.Drop(key)
		}
		d.Notices = nil
	}
	d.Session, d.Ready, d.Failure, d.SignedOut = s, true, nil, false
}

// Fail notes what stood in the way of an answer, as far as it concerns the
// whole console.
func (d *Desk) Fail(f *client.Failure) {
	if f != nil && f.SignedOut {
		d.SignedOut = true
	}
}

// Systems lists the systems of a kind.
func (d *Desk) Systems(kind operation.System) []wire.System {
	var all []wire.System
	for _, s := range d.Session.Systems {
		if s.Kind == kind {
			all = append(all, s)
		}
	}
	return all
}

// System is the chosen system of a kind; ok is false when there is none.
func (d *Desk) System(kind operation.System) (s wire.System, ok bool) {
	all := d.Systems(kind)
	chosen, ok := d.chosen[kind]
	if !ok {
		chosen = kept(kind)
		d.chosen[kind] = chosen
	}
	for _, s := range all {
		if s.ID == chosen {
			return s, true
		}
	}
	if len(all) == 0 {
		return wire.System{}, false
	}
	return all[0], true
}

// Named finds a system by its id.
func (d *Desk) Named(id string) wire.System {
	for _, s := range d.Session.Systems {
		if s.ID == id {
			return s
		}
	}
	return wire.System{ID: id, Label: id}
}

// Choose makes a system the one to work on, for as long as the tab is open:
// a reload must not move anybody to another system unseen.
func (d *Desk) Choose(id string) {
	kind := d.Named(id).Kind
	d.chosen[kind] = id
	if !app.IsServer {
		app.Window().Get("sessionStorage").Call("setItem", systemKey(kind), id)
	}
	d.Changed()
}

func systemKey(kind operation.System) string { return "outdial-system-" + string(kind) }

// kept is the system that was chosen in this tab before it was loaded anew.
func kept(kind operation.System) string {
	if app.IsServer {
		return ""
	}
	if id := app.Window().Get("sessionStorage").Call("getItem", systemKey(kind)); id.Truthy() {
		return id.String()
	}
	return ""
}

// Allows reports whether the person may do the operation on the chosen system.
func (d *Desk) Allows(n operation.Name) bool {
	op, ok := operation.Find(n)
	if !ok {
		return false
	}
	s, ok := d.System(op.System)
	return ok && s.Allows(n)
}

// Keep gives the draft that is kept under key for as long as the tab is open
// and the same person works in it.
func Keep[T any](d *Desk, key string) *T {
	if kept, ok := d.drafts[key].(*T); ok {
		return kept
	}
	draft := new(T)
	d.drafts[key] = draft
	return draft
}

// Drop forgets the draft under key. One that holds more than memory, such as a
// worker, gives it back in its Close.
func (d *Desk) Drop(key string) {
	if c, ok := d.drafts[key].(interface{ Close() }); ok {
		c.Close()
	}
	delete(d.drafts, key)
}

// Say has screen readers read a message, once.
func (d *Desk) Say(message string) { d.Said = message }

// Tell shows a notice and has it read.
func (d *Desk) Tell(kind, message string) {
	d.next++
	d.Notices = append(d.Notices, Notice{ID: d.next, Kind: kind, Text: message})
	d.Say(message)
	d.Changed()
}

// Dismiss takes a notice away.
func (d *Desk) Dismiss(id int) {
	for i, n := range d.Notices {
		if n.ID == id {
			d.Notices = append(d.Notices[:i:i], d.Notices[i+1:]...)
			break
		}
	}
	d.Changed()
}

// Hear has f called with every event of the person's calls, on the UI
// goroutine, until the returned function is called.
func (d *Desk) Hear(f func(wire.Event)) (stop func()) {
	d.next++
	id := d.next
	d.hearers[id] = f
	return func() { delete(d.hearers, id) }
}

// Heard passes an event on.
func (d *Desk) Heard(e wire.Event) {
	for _, f := range d.hearers {
		f(e)
	}
}

// HearRuns has f called with every event of the person's runs, on the UI
// goroutine, until the returned function is called.
func (d *Desk) HearRuns(f func(run.Event)) (stop func()) {
	d.next++
	id := d.next
	d.watchers[id] = f
	return func() { delete(d.watchers, id) }
}

// HeardRun passes an event of a run on.
func (d *Desk) HeardRun(e run.Event) {
	for _, f := range d.watchers {
		f(e)
	}
}

// Where names a system for a confirmation: its label and its host.
func Where(s wire.System) string {
	return s.Label + " (" + s.Host + ")"
}

// Rows says how many rows, in words.
func Rows(n int) string { return text.N("unit.rows", n) }

// ID makes a DOM id of a field's path: "contacts[3].phone_number" → "f-contacts-3-phone_number".
func ID(path string) string {
	id := []byte("f-")
	for _, c := range []byte(path) {
		switch c {
		case '[', '.':
			id = append(id, '-')
		case ']':
		default:
			id = append(id, c)
		}
	}
	return string(id)
}
