package widget

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
)

// Dialog asks before something happens. It is open as long as it is rendered;
// Escape and the way back call OnCancel.
type Dialog struct {
	app.Compo

	Title    string
	Body     app.UI
	Confirm  string // label of the button
	Refuse   string // of the other one; "" for Cancel
	Danger   bool
	Blocked  bool // the button waits for something in Body
	OnAccept func(app.Context)
	OnCancel func(app.Context)

	onCancel app.Func
	before   app.Value // what had the focus
}

func (d *Dialog) OnMount(ctx app.Context) {
	e := ctx.JSSrc()
	d.before = app.Window().Get("document").Get("activeElement")
	d.onCancel = app.FuncOf(func(_ app.Value, args []app.Value) any {
		args[0].Call("preventDefault")
		ctx.Dispatch(func(ctx app.Context) { d.cancel(ctx) })
		return nil
	})
	e.Call("addEventListener", "cancel", d.onCancel)
	if e.Get("showModal").Truthy() {
		e.Call("showModal")
	}
}

func (d *Dialog) OnDismount() {
	if d.onCancel != nil {
		d.onCancel.Release()
	}
	if before := d.before; before != nil && before.Truthy() {
		go func() { // once the element is gone: it takes the focus with it
			time.Sleep(time.Millisecond)
			if document := app.Window().Get("document"); document.Get("activeElement").Equal(document.Get("body")) {
				before.Call("focus")
			}
		}()
	}
}

func (d *Dialog) accept(ctx app.Context) {
	if d.OnAccept != nil && !d.Blocked {
		d.OnAccept(ctx)
	}
}

func (d *Dialog) cancel(ctx app.Context) {
	if d.OnCancel != nil {
		d.OnCancel(ctx)
	}
}

func (d *Dialog) Render() app.UI {
	kind, refuse := "main", d.Refuse
	if refuse == "" {
		refuse = text.T("action.cancel")
	}
	if d.Danger {
		kind = "danger"
	}
	return app.Dialog().Class("dialog").Role("alertdialog").Aria("labelledby", "dialog-title").Aria("describedby", "dialog-body").Body(
		app.H2().ID("dialog-title").Text(d.Title),
		app.Div().ID("dialog-body").Class("dialog-body").Body(d.Body),
		app.Div().Class("actions").Body(
			&Button{Label: refuse, OnClick: d.cancel},
			&Button{Label: d.Confirm, Kind: kind, Disabled: d.Blocked, OnClick: d.accept},
		),
	)
}

// Progress shows that something takes its time: how far when Total is known.
func Progress(label string, done, total int) app.UI {
	bar := app.Progress().Aria("label", label)
	if total > 0 {
		bar = bar.Max(total).Value(done)
	}
	return app.Div().Class("progress").Role("status").Body(
		app.P().Text(label),
		bar,
	)
}

// Note is a paragraph with a sign: "info", "warn", "bad" or "good".
func Note(kind, message string) app.UI {
	sign := map[string]string{"warn": "alert", "bad": "alert", "good": "check"}[kind]
	return app.Div().Class("note is-"+kind).Body(Icon(orElse(sign, "info")), app.P().Text(message))
}

// Empty says that there is nothing yet and what to do.
func Empty(icon, title, next string) app.UI {
	return app.Div().Class("empty").Body(
		Icon(icon),
		app.P().Class("empty-title").Text(title),
		app.P().Text(next),
	)
}
