// Package runs is the page of the runs: all of them, and one watched while it
// goes on, with its rows, its result and the way back.
package runs

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int
	ID   string // of the run that is open; "" for all

	ctx  app.Context
	stop func()
	life int // tells a look from those of a page before
}

func (p *Page) OnMount(ctx app.Context) {
	p.ctx = ctx
	m := of(p.Desk)
	m.path = "\x00" // what is shown may have changed since
	m.follow(p.Desk, p.ID)
	p.stop = p.Desk.HearRuns(func(e run.Event) { of(p.Desk).hear(p.Desk, e) })
	p.life++
	p.watch(ctx, p.life)
}

func (p *Page) OnUpdate(app.Context) { of(p.Desk).follow(p.Desk, p.ID) }

func (p *Page) OnDismount() {
	p.life++
	if p.stop != nil {
		p.stop()
	}
}

// watch looks from time to time whether anything was missed.
func (p *Page) watch(ctx app.Context, life int) {
	d := p.Desk
	time.AfterFunc(watchEvery, func() {
		if p.life != life {
			return
		}
		ctx.Dispatch(func(ctx app.Context) {
			if p.life != life {
				return
			}
			if app.Window().Get("document").Get("visibilityState").String() == "visible" {
				of(d).look(d, time.Now())
			}
			p.watch(ctx, life)
		})
	})
}

func (p *Page) Render() app.UI {
	m := of(p.Desk)
	if p.ID != "" {
		if m.Open == nil || m.Open.ID != p.ID {
			return app.Div().Class("page runs").Body(skeleton())
		}
		return app.Div().Class("page runs").Body(p.detail(m.Open))
	}
	return app.Div().Class("page runs").Body(p.overview(m))
}

func skeleton() app.UI {
	return app.Div().Class("stack").Body(
		app.H1().TabIndex(-1).Text(text.T("runs.title")),
		app.P().Class("unseen").Role("status").Text(text.T("runs.loading")),
		app.Div().Class("skeleton"), app.Div().Class("skeleton"), app.Div().Class("skeleton"),
	)
}

func (p *Page) overview(m *model) app.UI {
	d := p.Desk
	lead := text.T("runs.lead.own")
	if d.Session.Role.Covers(operation.Admin) {
		lead = text.T("runs.lead.all")
	}
	return app.Div().Class("stack").Body(
		app.Div().Class("page-head").Body(
			app.H1().TabIndex(-1).Text(text.T("runs.title")),
			app.A().Class("button is-main").Href("/lists?step=choose").Body(widget.Icon("upload"), app.Span().Text(text.T("runs.new"))),
		),
		app.P().Class("lead").Text(lead),
		p.list(m),
	)
}

func (p *Page) again(app.Context) {
	of(p.Desk).list(p.Desk)
	p.Desk.Changed()
}

func (p *Page) list(m *model) app.UI {
	d := p.Desk
	switch {
	case !m.Loaded && d.Offline:
		return app.Div().Class("stack").Body(widget.Empty("play", text.T("runs.offline"), text.T("runs.offline.next")))
	case m.Failure != nil && !m.Loaded:
		return app.Div().Class("stack").Body(task.ReadFailure(m.Failure, p.again))
	case !m.Loaded:
		return app.Div().Class("stack").Body(
			app.P().Class("unseen").Role("status").Text(text.T("runs.loading")),
			app.Div().Class("skeleton"), app.Div().Class("skeleton"), app.Div().Class("skeleton"),
		)
	case len(m.Runs) == 0 && len(m.before) == 0:
		return app.Div().Class("stack").Body(widget.Empty("play", text.T("runs.empty"), text.T("runs.empty.next")))
	}
	return app.Div().Class("stack").Body(
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("runs.title")).Body(
			app.Table().Class("table runs-table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("runs.col.title")),
					app.Th().Scope("col").Text(text.T("runs.col.what")),
					app.Th().Scope("col").Text(text.T("runs.col.state")),
					app.Th().Scope("col").Text(text.T("runs.col.rows")),
					app.Th().Scope("col").Text(text.T("runs.col.who")),
				)),
				app.TBody().Body(app.Range(m.Runs).Slice(func(i int) app.UI { return p.line(m.Runs[i]) })),
			),
		),
		app.Nav().Class("pager").Aria("label", text.T("runs.pages")).Body(
			&widget.Button{ID: "runs-newer", Label: text.T("ledger.newer"), Small: true, Disabled: len(m.before) == 0 || m.Loading, OnClick: p.newer},
			&widget.Button{ID: "runs-older", Label: text.T("ledger.older"), Small: true, Disabled: !m.More || m.Loading || d.Offline, OnClick: p.older},
		),
	)
}

func (p *Page) newer(app.Context) {
	m := of(p.Desk)
	if n := len(m.before); n > 0 && !m.Loading {
		m.before = m.before[:n-1]
		m.list(p.Desk)
		p.Desk.Changed()
	}
}

func (p *Page) older(app.Context) {
	m := of(p.Desk)
	if n := len(m.Runs); n > 0 && m.More && !m.Loading {
		m.before = append(m.before, m.Runs[n-1].ID)
		m.list(p.Desk)
		p.Desk.Changed()
	}
}

func (p *Page) line(r run.Run) app.UI {
	s := p.Desk.Named(r.System)
	return app.Tr().Body(
		app.Th().Scope("row").Body(
			app.A().Href("/runs/"+r.ID).Text(titleOf(r)),
			app.Small().Class("typed").Text(r.Note),
		),
		app.Td().Body(
			app.Span().Text(operationName(r)),
			app.Small().Class("typed").Text(s.Label),
			app.If(s.Production && !r.Options.Dry, func() app.UI { return widget.Tag("production", text.T("mark.production")) }),
		),
		app.Td().Body(stateTag(r)),
		app.Td().Class("run-rows").Body(
			app.Span().Class("digits").Text(text.Number(done(r))+" / "+text.Number(r.Rows)),
			app.Progress().Max(max(r.Rows, 1)).Value(done(r)).Aria("label", text.T("runs.progress", "title", r.Title)),
		),
		app.Td().Body(
			app.Span().Text(personName(r.Person)),
			app.Small().Class("typed").Text(text.Time(r.CreatedAt)),
		),
	)
}

// titleOf is a run's title; of one that takes another back, whose it is.
func titleOf(r run.Run) string {
	if r.Undoes != "" {
		return text.T("runs.undo.title", "title", r.Title)
	}
	return r.Title
}

// operationName is what a run does; of one that takes another back, what that
// one did.
func operationName(r run.Run) string {
	name := func(op operation.Name) string { return text.First("lists.for."+string(op), "ledger.op."+string(op)) }
	if r.Undoes != "" {
		return text.T("runs.undoing", "what", name(undone(r.Operation)))
	}
	if r.Operation == operation.ContactsAdd {
		return name(operation.ContactsImport)
	}
	return name(r.Operation)
}

func personName(p wire.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

// stateTag is how far a run has come, in a word; a dry run says so.
func stateTag(r run.Run) app.UI {
	kind := "info"
	switch r.State {
	case run.Finished:
		kind = "good"
		if r.Counts[wire.Unknown] > 0 {
			kind = "unknown"
		}
	case run.Paused, run.Resting:
		kind = "warn"
	case run.Cancelled:
		kind = "plain"
	}
	return app.Span().Class("run-state").Body(
		widget.Tag(kind, text.T("runs.state."+string(r.State))),
		app.If(r.Options.Dry, func() app.UI { return widget.Tag("info", text.T("runs.dry")) }),
	)
}

// lasting writes about how long something takes.
func lasting(seconds int) string {
	switch {
	case seconds < 60:
		return text.T("lists.last.seconds")
	case seconds < 3600:
		return text.N("lists.last.minutes", (seconds+59)/60)
	}
	return text.N("lists.last.hours", (seconds+3599)/3600)
}

func slot(there bool, f func() app.UI) app.UI {
	return app.Div().Class("slot").Body(app.If(there, f))
}

func focus(id string) {
	if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
	}
}

// why says what a run waits for.
func why(r run.Run) string {
	switch {
	case r.State == run.Scheduled && r.Options.StartAt != nil:
		return text.T("runs.waits.start", "time", text.Time(*r.Options.StartAt))
	case r.State == run.Resting && r.Why == run.WhyHours && r.RestsUntil != nil:
		return text.T("runs.waits.hours", "time", text.Time(*r.RestsUntil))
	case r.State == run.Resting && r.RestsUntil != nil:
		return text.T("runs.waits.until", "time", text.Time(*r.RestsUntil))
	case r.State == run.Following:
		return text.T("runs.waits.job", "job", r.JobID, "status", r.JobStatus)
	case r.State == run.Queued:
		return text.T("runs.waits.turn")
	case (r.State == run.Paused || r.State == run.Resting) && r.Why != "":
		return text.First("runs.why."+r.Why, "runs.why.other")
	case r.State == run.Paused:
		return text.T("runs.why.person")
	}
	return ""
}

func reasonName(code string) string {
	return text.First("lists.out."+code, "error."+strings.TrimSpace(code), "lists.out.other")
}
