package ledger

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/wire"
)

// detail is one call. Its heading stays the same element while the call is
// read, because it has the focus.
func (p *Page) detail(m *model, o *detail) app.UI {
	title := text.T("ledger.call")
	if o.Entry != nil {
		title = operationName(o.Entry.Operation)
	}
	return app.Div().Class("ledger-detail").Body(
		app.P().Body(app.A().Href("/ledger").Class("back").Body(widget.Icon("undo"), app.Span().Text(text.T("ledger.back")))),
		app.Div().Class("page-head").Body(
			app.Div().Class("ledger-title").Body(
				app.H1().TabIndex(-1).Text(title),
				app.If(o.Entry != nil, func() app.UI { return outcomeOf(*o.Entry) }),
			),
			app.If(o.Entry != nil, func() app.UI { return p.useAgain(o) }),
		),
		p.opened(m, o),
	)
}

func (p *Page) opened(m *model, o *detail) app.UI {
	switch {
	case o.Failure != nil:
		return app.Div().Class("ledger-call").Body(
			task.ReadFailure(o.Failure, p.reopen),
		)
	case o.Entry == nil:
		return app.Div().Class("ledger-call").Body(
			app.P().Class("unseen").Role("status").Text(text.T("ledger.loading")),
			app.Div().Class("skeleton"), app.Div().Class("skeleton"),
		)
	}
	e := *o.Entry
	return app.Div().Class("ledger-call").Body(
		app.Div().Class("ledger-columns").Body(
			app.Div().Class("ledger-column").Body(
				p.facts(e),
				p.reason(e),
				p.settlement(e),
				p.settling(m, o, e),
				p.rows(o, e),
			),
			app.Div().Class("ledger-column").Body(
				app.Section().Class("panel").Body(
					app.H2().Text(text.T("ledger.request")),
					app.P().Class("help").Text(text.T("ledger.request.help")),
					app.Pre().TabIndex(0).Aria("label", text.T("ledger.request")).Text(cut(o.request)),
					&widget.Copy{Text: o.request, What: text.T("ledger.request")},
				),
				app.Section().Class("panel").Body(
					app.H2().Text(text.T("ledger.response")),
					app.If(len(e.Response) == 0 && e.UpstreamStatus == 0, func() app.UI { return app.P().Class("help").Text(text.T("ledger.response.none")) }),
					task.Raw(e.UpstreamStatus, e.RequestID, e.Response),
				),
			),
		),
	)
}

// shownBytes is how much of a request is shown: a long list would only slow the screen.
const shownBytes = 20_000

func cut(body string) string {
	if len(body) <= shownBytes {
		return body
	}
	return body[:shownBytes] + "\n… " + text.T("preview.cut")
}

func (p *Page) reopen(app.Context) {
	m := of(p.Desk)
	m.open(p.Desk, m.Open.ID)
	p.Desk.Changed()
}

func (p *Page) facts(e wire.Entry) app.UI {
	type fact struct {
		name string
		text string
		ui   app.UI
	}
	facts := []fact{
		{name: "ledger.fact.system", ui: systemName(p.Desk, e.System)},
		{name: "ledger.fact.person", text: who(e.Person)},
		{name: "ledger.fact.started", text: text.Date(e.StartedAt) + " " + text.Clock(e.StartedAt)},
	}
	if e.LeftAt != nil {
		facts = append(facts, fact{name: "ledger.fact.left", text: text.Clock(*e.LeftAt)})
	} else {
		facts = append(facts, fact{name: "ledger.fact.left", text: text.T("ledger.never_left")})
	}
	if e.FinishedAt != nil {
		facts = append(facts, fact{name: "ledger.fact.finished", text: text.T("ledger.finished", "time", text.Clock(*e.FinishedAt), "took", lasted(took(e)))})
	}
	if e.Tries > 0 {
		facts = append(facts, fact{name: "ledger.fact.tries", text: text.Number(e.Tries)})
	}
	note := e.Note
	if note == "" {
		note = "–"
	}
	facts = append(facts, fact{name: "ledger.fact.note", text: note})
	if e.JobID != "" {
		facts = append(facts, fact{name: "ledger.fact.job", ui: app.Code().Text(e.JobID)})
	}
	if e.RequestID != "" {
		facts = append(facts, fact{name: "ledger.fact.request", ui: app.Code().Text(e.RequestID)})
	}
	facts = append(facts, fact{name: "ledger.fact.call", ui: app.Code().Text(e.ID)})
	return app.Section().Class("panel").Body(
		app.H2().Text(text.T("ledger.facts")),
		app.Dl().Class("call-facts").Body(app.Range(facts).Slice(func(i int) app.UI {
			f := facts[i]
			value := f.ui
			if value == nil {
				value = app.Span().Text(f.text)
			}
			return app.Div().Body(app.Dt().Text(text.T(f.name)), app.Dd().Body(value))
		})),
	)
}

func who(p wire.Person) string {
	if p.Name == "" || p.Name == p.ID {
		return p.ID
	}
	return p.Name + " · " + p.ID
}

// reason says why the outcome is what it is.
func (p *Page) reason(e wire.Entry) app.UI {
	if e.Error == nil {
		return app.Div().Class("reason-slot")
	}
	return app.Section().Class("panel").Body(
		app.H2().Text(text.T("ledger.why")),
		task.Why(e.Error),
		app.P().Body(app.A().Href("/help#"+e.Error.Code).Text(text.T("ledger.why.help"))),
	)
}

func (p *Page) settlement(e wire.Entry) app.UI {
	s := e.Settled
	if s == nil {
		return app.Div().Class("settled-slot")
	}
	return app.Section().Class("panel").Body(
		app.H2().Text(text.T("ledger.settlement")),
		app.P().Body(widget.Tag(settledKind(s), settledText(s)), app.Text(" "+text.T("ledger.settled.by", "who", personName(s.By), "time", text.Time(s.At)))),
		app.P().Class("settled-note").Text(s.Note),
	)
}

func (p *Page) rows(o *detail, e wire.Entry) app.UI {
	if len(e.Rows) == 0 || len(e.Rows) == 1 && e.Rows[0].Sent == "" && e.Rows[0].Typed == "" {
		return app.Div().Class("rows-slot")
	}
	proof := false
	counts := map[wire.Outcome]int{}
	for _, r := range e.Rows {
		proof = proof || r.Proof != ""
		counts[r.Outcome]++
	}
	from, to := widget.Window(len(e.Rows), o.rowsPage)
	return app.Section().Class("panel").Body(
		app.H2().Text(text.T("rows.title")),
		app.P().Class("row-counts").Body(
			app.Span().Text(text.N("unit.rows", len(e.Rows))),
			app.Range(wire.Outcomes()).Slice(func(i int) app.UI {
				outcome := wire.Outcomes()[i]
				if counts[outcome] == 0 {
					return app.Span().Hidden(true)
				}
				return widget.Tag(string(outcome), text.T("outcome."+string(outcome))+" "+text.Number(counts[outcome]))
			}),
		),
		rowTable(e.Rows[from:to], proof),
		&widget.Pager{Label: text.T("ledger.rows.pages"), Total: len(e.Rows), At: o.rowsPage, OnTurn: func(_ app.Context, n int) { o.rowsPage = n; p.Desk.Changed() }},
	)
}

// rowTable is task.RowTable, also for calls under way, whose rows have no outcome yet.
func rowTable(rows []wire.Row, proof bool) app.UI {
	for _, r := range rows {
		if r.Outcome == "" {
			return app.Ul().Class("digits").Body(app.Range(rows).Slice(func(i int) app.UI {
				return app.Li().Text(strconv.Itoa(rows[i].Index+1) + ". " + rows[i].Sent)
			}))
		}
	}
	return task.RowTable(rows, proof)
}

// useAgain lays the call ready for its form.
func (p *Page) useAgain(o *detail) app.UI {
	e := *o.Entry
	path := where(e.Operation, strconv.FormatInt(o.subject.Campaign, 10))
	d := p.Desk
	system := d.Named(e.System)
	switch {
	case path == "" || len(e.Request) == 0 || e.State != wire.Finished:
		return app.Div().Class("again-slot")
	case system.Kind == "":
		return app.P().Class("help").Text(text.T("ledger.again.no_system"))
	case !system.Allows(e.Operation):
		return app.P().Class("help").Text(text.T("ledger.again.not_allowed"))
	}
	return app.Div().Class("use-again").Body(
		&widget.Button{ID: "use-again", Label: text.T("ledger.again"), Icon: "copy", OnClick: func(ctx app.Context) {
			d.Offer(e.Operation, e.Request)
			d.Choose(e.System)
			ctx.Navigate(path)
		}},
		app.P().Class("fine-print").Text(text.T("ledger.again.help")),
	)
}
