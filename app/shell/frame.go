// Package shell is the frame around every page: navigation, the systems and
// their marks, who is signed in, and what concerns the whole console.
package shell

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// watchEvery is how often the frame asks whether the session still holds.
const watchEvery = time.Minute

// updateEvery is how often the frame looks for a newer console.
const updateEvery = 30 * time.Minute

// Frame is the root of the console, for every path.
type Frame struct {
	app.Compo

	desk      *desk.Desk
	path      string
	rest      rest
	updatable bool
	menu      bool // the settings are open
	stop      []func()
}

func (f *Frame) OnMount(ctx app.Context) {
	f.desk = desk.New(
		func() { ctx.Dispatch(nil) },
		func(g func()) { ctx.Dispatch(func(app.Context) { g() }) },
	)
	f.path = ctx.Page().URL().Path
	f.desk.Path, f.desk.Query = f.path, ctx.Page().URL().Query()
	f.desk.Offline = !client.Online()
	if session, ok := client.EarlySession(); ok {
		f.desk.Enter(session)
		f.title(ctx)
	} else {
		f.enter(ctx)
	}
	f.more(ctx)
	f.listen(ctx)
	f.stop = append(f.stop, client.Watch(
		func(e wire.Event) { ctx.Dispatch(func(app.Context) { f.desk.Heard(e) }) },
		func(e run.Event) { ctx.Dispatch(func(app.Context) { f.desk.HeardRun(e) }) },
	))
	f.every(ctx, watchEvery, f.enter)
	f.every(ctx, updateEvery, func(app.Context) { app.TryUpdate() })
}

// rest is how far the rest of the program has come.
type rest int

const (
	coming rest = iota
	there
	missing
)

// more loads the rest of the program: the pages that nobody starts with.
func (f *Frame) more(ctx app.Context) {
	f.rest = coming
	ctx.Async(func() {
		err := client.Rest()
		ctx.Dispatch(func(app.Context) {
			f.rest = there
			if err != nil {
				f.rest = missing
			}
			f.desk.Turn++
		})
	})
}

func (f *Frame) OnNav(ctx app.Context) {
	path := ctx.Page().URL().Path
	if f.desk != nil {
		f.desk.Path, f.desk.Query = path, ctx.Page().URL().Query()
		if path != f.path {
			f.menu = false
			ctx.Defer(func(app.Context) {
				if h := app.Window().Get("document").Call("querySelector", "main h1"); h.Truthy() {
					h.Call("focus")
				}
				app.Window().Call("scrollTo", 0, 0)
			})
		}
		f.desk.Turn++
	}
	f.path = path
	f.title(ctx)
}

func (f *Frame) OnAppUpdate(ctx app.Context) { f.updatable = ctx.AppUpdateAvailable() }

func (f *Frame) OnDismount() {
	for _, stop := range f.stop {
		stop()
	}
}

// every calls g again and again while the page can be seen.
func (f *Frame) every(ctx app.Context, d time.Duration, g func(app.Context)) {
	ctx.After(d, func(ctx app.Context) {
		if app.Window().Get("document").Get("visibilityState").String() == "visible" {
			g(ctx)
		}
		f.every(ctx, d, g)
	})
}

// listen follows the network and the tab coming back into view.
func (f *Frame) listen(ctx app.Context) {
	on := func(target app.Value, event string, g func(app.Context)) {
		listener := app.FuncOf(func(app.Value, []app.Value) any {
			ctx.Dispatch(g)
			return nil
		})
		target.Call("addEventListener", event, listener)
		f.stop = append(f.stop, func() {
			target.Call("removeEventListener", event, listener)
			listener.Release()
		})
	}
	network := func(ctx app.Context) {
		f.desk.Offline = !client.Online()
		f.desk.Turn++
		if !f.desk.Offline {
			f.enter(ctx)
		}
	}
	on(app.Window(), "online", network)
	on(app.Window(), "offline", network)
	on(app.Window().Get("document"), "visibilitychange", func(ctx app.Context) {
		if app.Window().Get("document").Get("visibilityState").String() == "visible" {
			f.enter(ctx)
		}
	})
}

// enter asks who is signed in.
func (f *Frame) enter(ctx app.Context) {
	ctx.Async(func() {
		session, failure := client.Session()
		ctx.Dispatch(func(ctx app.Context) {
			switch {
			case failure == nil:
				f.desk.Enter(session)
			case f.desk.Ready:
				f.desk.Fail(failure) // what is on the screen stays
			default:
				f.desk.Failure = failure
			}
			f.desk.Turn++
			f.title(ctx)
		})
	})
}

func (f *Frame) title(ctx app.Context) {
	name := text.T("app.name")
	if p, ok := placeAt(f.path); ok {
		name = text.T(p.Key) + " · " + name
	}
	ctx.Page().SetTitle(name)
}

func (f *Frame) Render() app.UI {
	if f.desk == nil {
		return app.Div().Class("boot")
	}
	d := f.desk
	return app.Div().Class("frame").Body(
		app.A().Class("skip").Href("#main").OnClick(f.skip).Text(text.T("frame.skip")),
		f.header(),
		f.nav(),
		app.Main().ID("main").Class("main").TabIndex(-1).Body(
			f.banners(),
			f.page(),
		),
		app.Div().Class("unseen").Aria("live", "polite").Role("status").ID("said").Text(d.Said),
	)
}

// skip moves on to the content. Left to go-app, the link would scroll there and
// leave the focus where it was.
func (f *Frame) skip(_ app.Context, e app.Event) {
	e.PreventDefault()
	e.Call("stopPropagation")
	app.Window().Get("document").Call("getElementById", "main").Call("focus")
}

// page is what the path names, or why it cannot be shown.
func (f *Frame) page() app.UI {
	d := f.desk
	if !d.Ready {
		return f.waiting()
	}
	p, ok := placeAt(f.path)
	if !ok {
		return app.Div().Class("page").Body(
			app.H1().TabIndex(-1).Text(text.T("frame.not_found")),
			app.P().Body(app.A().Href("/").Text(text.T("frame.home"))),
		)
	}
	if p.Rest && f.rest == missing {
		return app.Div().Class("page").Body(
			app.H1().TabIndex(-1).Text(text.T(p.Key)),
			app.P().Text(text.T("frame.unreachable.next")),
			&widget.Button{Label: text.T("action.try_again"), Kind: "main", Icon: "refresh", OnClick: f.more},
		)
	}
	if p.Rest && f.rest == coming {
		return loading()
	}
	if p.Kind != "" {
		if len(d.Systems(p.Kind)) == 0 {
			return app.Div().Class("page").Body(
				app.H1().TabIndex(-1).Text(text.T(p.Key)),
				widget.Empty("plug", text.T("frame.no_system"), text.T("frame.no_system.next")),
			)
		}
	}
	return p.New(d)
}

func (f *Frame) waiting() app.UI {
	failure := f.desk.Failure
	if failure == nil {
		return loading()
	}
	title, next := text.T("frame.unreachable"), text.T("frame.unreachable.next")
	switch {
	case failure.SignedOut:
		title, next = text.T("failure.signed_out"), text.T("frame.signed_out.next")
	case failure.Problem != nil:
		title, next = text.First("server."+failure.Problem.Code, "server.other"), text.T("frame.ask_admin")
	}
	return app.Div().Class("page").Body(
		app.H1().TabIndex(-1).Text(title),
		app.P().Text(next),
		&widget.Button{Label: text.T("action.try_again"), Kind: "main", Icon: "refresh", OnClick: f.enter},
	)
}

func loading() app.UI {
	return app.Div().Class("page").Body(
		app.Div().Class("skeleton is-title"), app.Div().Class("skeleton"), app.Div().Class("skeleton"),
		app.P().Class("unseen").Role("status").Text(text.T("frame.loading")),
	)
}

func (f *Frame) banners() app.UI {
	d := f.desk
	return app.Div().Class("banners").Body(
		app.If(d.SignedOut, func() app.UI {
			return app.Div().Class("banner is-bad").Role("alert").Body(
				widget.Icon("alert"),
				app.P().Body(app.Strong().Text(text.T("failure.signed_out")+" "), app.Text(text.T("frame.signed_out.banner"))),
				app.A().Class("button").Href("/").Target("_blank").Rel("noopener").Text(text.T("frame.sign_in")),
				&widget.Button{Label: text.T("frame.signed_in"), OnClick: f.enter},
			)
		}),
		app.If(d.Offline, func() app.UI {
			return app.Div().Class("banner is-warn").Role("alert").Body(
				widget.Icon("alert"),
				app.P().Body(app.Strong().Text(text.T("frame.offline")+" "), app.Text(text.T("frame.offline.next"))),
			)
		}),
		app.If(d.Held != nil && d.Held.Page != f.path, func() app.UI {
			return app.Div().Class("banner is-warn").Role("status").Body(
				widget.Icon("clock"),
				app.P().Text(text.N("task.leaving_in", d.Held.Left)),
				&widget.Button{Label: text.T("task.take_back"), Kind: "main", Icon: "undo", OnClick: d.Held.TakeBack},
			)
		}),
		app.If(f.updatable, func() app.UI {
			return app.Div().Class("banner is-info").Role("status").Body(
				widget.Icon("info"),
				app.P().Text(text.T("frame.update")),
				&widget.Button{Label: text.T("frame.reload"), OnClick: f.takeOver},
			)
		}),
		app.Range(d.Notices).Slice(func(i int) app.UI {
			n := d.Notices[i]
			return app.Div().Class("banner is-"+n.Kind).Body(
				app.P().Text(n.Text),
				&widget.Button{Icon: "close", Title: text.T("action.dismiss"), Kind: "quiet", OnClick: func(app.Context) { d.Dismiss(n.ID) }},
			)
		}),
	)
}

// takeOver lets the newer service worker in and loads the newer console.
func (f *Frame) takeOver(ctx app.Context) {
	container := app.Window().Get("navigator").Get("serviceWorker")
	if !container.Truthy() {
		ctx.Reload()
		return
	}
	container.Call("addEventListener", "controllerchange", app.FuncOf(func(app.Value, []app.Value) any {
		app.Window().Get("location").Call("reload")
		return nil
	}), map[string]any{"once": true})
	container.Call("getRegistration").Then(func(registration app.Value) {
		if registration.Truthy() && registration.Get("waiting").Truthy() {
			registration.Get("waiting").Call("postMessage", "take-over")
			return
		}
		app.Window().Get("location").Call("reload")
	})
}

func (f *Frame) switchRole(_ app.Context, role string) {
	d := f.desk
	go func() {
		failure := client.SwitchRole(operation.Role(role))
		if failure != nil {
			d.Later(func() { d.Tell("bad", text.T("frame.role_failed")) })
			return
		}
		session, failure := client.Session()
		d.Later(func() {
			if failure == nil {
				d.Enter(session)
			}
		})
	}()
}
