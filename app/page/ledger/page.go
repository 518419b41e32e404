// Package ledger is the page of everything that was called: searching it,
// looking at one call, and settling the outcomes that are not known.
package ledger

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int

	stop func()
}

func (p *Page) OnMount(ctx app.Context) {
	m := of(p.Desk)
	m.query = "" // what is shown may have changed since
	if m.Open == nil {
		m.Loaded = false
	}
	m.follow(p.Desk)
	p.stop = p.Desk.Hear(func(e wire.Event) { m.hear(p.Desk, e) })
}

func (p *Page) OnDismount() {
	if p.stop != nil {
		p.stop()
	}
}

func (p *Page) OnUpdate(ctx app.Context) {
	if of(p.Desk).follow(p.Desk) { // another view: the focus goes to its heading
		ctx.Defer(func(app.Context) {
			if h := app.Window().Get("document").Call("querySelector", "main h1"); h.Truthy() {
				h.Call("focus")
			}
			app.Window().Call("scrollTo", 0, 0)
		})
	}
}

func (p *Page) Render() app.UI {
	m := of(p.Desk)
	// One element for either view, so that the tree keeps its shape.
	if m.Open != nil {
		return app.Div().Class("page ledger").Body(p.detail(m, m.Open))
	}
	return app.Div().Class("page ledger").Body(p.overview(m))
}

func (p *Page) overview(m *model) app.UI {
	return app.Div().Class("ledger-overview").Body(
		app.Div().Class("page-head").Body(
			app.Div().Class("ledger-title").Body(
				app.H1().TabIndex(-1).Text(text.T("ledger.title")),
				app.If(m.Unsettled > 0, func() app.UI { return widget.Tag("unknown", badge(m)) }),
			),
			&widget.Button{ID: "reload", Label: text.T("ledger.reload"), Icon: "refresh", Small: true, Disabled: m.Loading || p.Desk.Offline, OnClick: p.reload},
		),
		app.P().Class("lead").Text(p.whose()),
		app.If(m.Unsettled > 0 && m.searched.Outcome != wire.Unknown, func() app.UI {
			return app.Div().Class("note is-warn").Body(
				widget.Icon("alert"),
				app.P().Text(text.N("ledger.unsettled.hint", m.Unsettled)),
				app.A().Href("/ledger?outcome=unknown").Text(text.T("ledger.unsettled.show")),
			)
		}),
		p.filters(m),
		p.results(m),
	)
}

func badge(m *model) string {
	if m.UnsettledMore {
		return text.T("ledger.unsettled.many", "n", text.Number(m.Unsettled))
	}
	return text.N("ledger.unsettled", m.Unsettled)
}

// whose says whose calls these are.
func (p *Page) whose() string {
	if p.Desk.Session.Role.Covers(operation.Admin) {
		return text.T("ledger.lead.all")
	}
	return text.T("ledger.lead.own")
}

func (p *Page) reload(app.Context) {
	m := of(p.Desk)
	m.search(p.Desk)
	m.count(p.Desk)
	p.Desk.Changed()
}

// again searches from the newest call on.
func (p *Page) again() {
	m := of(p.Desk)
	m.before = nil
	m.search(p.Desk)
	p.Desk.Changed()
}

func (p *Page) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	p.again()
}

func (p *Page) reset(app.Context) {
	of(p.Desk).Filter = wire.Filter{}
	p.again()
}

func (p *Page) filters(m *model) app.UI {
	d := p.Desk
	each := widget.Option{Label: text.T("ledger.any")}
	operations := []widget.Option{each}
	for _, op := range operation.Catalogue() {
		if op.Rule.Writes() {
			operations = append(operations, widget.Option{Value: string(op.Name), Label: operationName(op.Name)})
		}
	}
	systems := []widget.Option{each}
	for _, s := range d.Session.Systems {
		systems = append(systems, widget.Option{Value: s.ID, Label: s.Label})
	}
	outcomes := []widget.Option{each}
	for _, o := range wire.Outcomes() {
		label := text.T("outcome." + string(o))
		if o == wire.Unknown {
			label = text.T("ledger.outcome.unsettled")
		}
		outcomes = append(outcomes, widget.Option{Value: string(o), Label: label})
	}
	return app.Form().Class("panel ledger-filters").Role("search").Aria("label", text.T("ledger.search")).Attr("novalidate", "true").Attr("autocomplete", "off").OnSubmit(p.submit).Body(
		app.Div().Class("ledger-filter-fields").Body(
			&widget.Input{ID: "ledger-number", Label: text.T("ledger.number"), Type: "tel", Mode: "tel", Value: m.Filter.Number, Required: true, Max: 320,
				Help:     text.T("ledger.number.help"),
				OnChange: func(_ app.Context, v string) { m.Filter.Number = v; d.Changed() },
				OnEnter:  func(app.Context) { p.again() }},
			&widget.Select{ID: "ledger-operation", Label: text.T("ledger.operation"), Value: string(m.Filter.Operation), Options: operations, Required: true,
				OnChange: func(_ app.Context, v string) { m.Filter.Operation = operation.Name(v); p.again() }},
			&widget.Select{ID: "ledger-system", Label: text.T("ledger.system"), Value: m.Filter.System, Options: systems, Required: true,
				OnChange: func(_ app.Context, v string) { m.Filter.System = v; p.again() }},
			&widget.Select{ID: "ledger-outcome", Label: text.T("ledger.outcome"), Value: string(m.Filter.Outcome), Options: outcomes, Required: true,
				OnChange: func(_ app.Context, v string) { m.Filter.Outcome = wire.Outcome(v); p.again() }},
			app.If(d.Session.Role.Covers(operation.Admin), func() app.UI {
				return &widget.Input{ID: "ledger-person", Label: text.T("ledger.person"), Value: m.Filter.Person, Required: true, Max: 320,
					Help: text.T("ledger.person.help"), List: people(m.Entries),
					OnChange: func(_ app.Context, v string) { m.Filter.Person = v; d.Changed() },
					OnEnter:  func(app.Context) { p.again() }}
			}),
		),
		app.Div().Class("actions").Body(
			&widget.Button{ID: "ledger-search", Type: "submit", Kind: "main", Label: text.T("ledger.search.do"), Icon: "search", Disabled: d.Offline},
			&widget.Button{ID: "ledger-reset", Label: text.T("ledger.reset"), Kind: "quiet", Disabled: m.Filter == wire.Filter{}, OnClick: p.reset},
		),
	)
}

// people are those whose calls are on the screen, to choose from.
func people(entries []wire.Entry) []string {
	var ids []string
	seen := map[string]bool{}
	for _, e := range entries {
		if !seen[e.Person.ID] {
			seen[e.Person.ID] = true
			ids = append(ids, e.Person.ID)
		}
	}
	return ids
}

func operationName(op operation.Name) string { return text.T("ledger.op." + string(op)) }

func (p *Page) results(m *model) app.UI {
	switch {
	case !m.Loaded && p.Desk.Offline:
		return app.Div().Class("ledger-results").Body(widget.Empty("ledger", text.T("ledger.offline"), text.T("ledger.offline.next")))
	case m.Failure != nil:
		return app.Div().Class("ledger-results").Body(task.ReadFailure(m.Failure, p.reload))
	case !m.Loaded:
		return app.Div().Class("ledger-results").Body(
			app.P().Class("unseen").Role("status").Text(text.T("ledger.loading")),
			app.Div().Class("skeleton"), app.Div().Class("skeleton"), app.Div().Class("skeleton"),
		)
	case len(m.Entries) == 0 && len(m.before) == 0:
		title, next := text.T("ledger.empty"), text.T("ledger.empty.next")
		if m.searched != (wire.Filter{Limit: aPage}) {
			title, next = text.T("ledger.nothing"), text.T("ledger.nothing.next")
		}
		return app.Div().Class("ledger-results").Body(widget.Empty("ledger", title, next))
	}
	return app.Div().Class("ledger-results").Aria("busy", boolText(m.Loading)).Body(
		p.table(m),
		p.turn(m),
	)
}

func boolText(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

func (p *Page) table(m *model) app.UI {
	d := p.Desk
	return app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("ledger.title")).Body(
		app.Table().Class("table ledger-table").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(text.T("ledger.col.time")),
				app.Th().Scope("col").Text(text.T("ledger.col.operation")),
				app.Th().Scope("col").Text(text.T("ledger.col.system")),
				app.Th().Scope("col").Text(text.T("ledger.col.person")),
				app.Th().Scope("col").Text(text.T("ledger.col.numbers")),
				app.Th().Scope("col").Text(text.T("ledger.col.outcome")),
				app.Th().Scope("col").Text(text.T("ledger.col.note")),
			)),
			app.TBody().Body(app.Range(m.Entries).Slice(func(i int) app.UI {
				e := m.Entries[i]
				number, more := lead(e, m.searched.Number)
				return app.Tr().Body(
					app.Td().Class("when").Body(
						app.Span().Text(text.Date(e.StartedAt)),
						app.Span().Class("clock").Text(text.Clock(e.StartedAt)),
					),
					app.Td().Body(app.A().Href("/ledger?call="+e.ID).Text(operationName(e.Operation))),
					app.Td().Body(systemName(d, e.System)),
					app.Td().Text(personName(e.Person)),
					app.Td().Body(
						app.If(number != "", func() app.UI { return app.Span().Class("digits").Text(number) }),
						app.If(more > 0, func() app.UI { return app.Small().Class("typed").Text(text.N("ledger.more", more)) }),
					),
					app.Td().Body(outcomeOf(e)),
					app.Td().Class("note-cell").Body(
						app.Span().Text(e.Note),
						app.If(e.Settled != nil, func() app.UI { return app.Small().Class("typed").Text(e.Settled.Note) }),
					),
				)
			})),
		),
	)
}

func systemName(d *desk.Desk, id string) app.UI {
	s := d.Named(id)
	return app.Span().Class("system-cell").Body(
		app.Span().Text(s.Label),
		app.If(s.Production, func() app.UI { return widget.Tag("production", text.T("mark.production")) }),
	)
}

func personName(p wire.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

// outcomeOf shows how a call ended, and what a person found out since.
func outcomeOf(e wire.Entry) app.UI {
	if e.State != wire.Finished {
		return app.Span().Class("outcome-cell").Body(widget.Tag("info", text.T("ledger.state."+string(e.State))))
	}
	return app.Span().Class("outcome-cell").Body(
		task.OutcomeTag(e.Outcome),
		app.If(e.Settled != nil, func() app.UI { return widget.Tag(settledKind(e.Settled), settledText(e.Settled)) }),
	)
}

func settledKind(s *wire.Settlement) string {
	if s.Outcome == wire.Accepted {
		return "good"
	}
	return "bad"
}

func settledText(s *wire.Settlement) string { return text.T("ledger.settled." + string(s.Outcome)) }

// turn leafs by the last call seen, so that new calls do not move the pages.
func (p *Page) turn(m *model) app.UI {
	d := p.Desk
	return app.Nav().Class("pager").Aria("label", text.T("ledger.pages")).Body(
		&widget.Button{ID: "ledger-newer", Label: text.T("ledger.newer"), Small: true, Disabled: len(m.before) == 0 || m.Loading, OnClick: func(app.Context) {
			if m.Loading || len(m.before) == 0 {
				return // a second click
			}
			m.before = m.before[:len(m.before)-1]
			m.search(d)
			d.Changed()
		}},
		app.Span().Text(text.T("ledger.page", "n", text.Number(len(m.before)+1))),
		&widget.Button{ID: "ledger-older", Label: text.T("ledger.older"), Small: true, Disabled: !m.More || m.Loading || d.Offline, OnClick: func(app.Context) {
			if m.Loading || len(m.Entries) == 0 {
				return // a second click
			}
			m.before = append(m.before, m.Entries[len(m.Entries)-1].ID)
			m.search(d)
			d.Changed()
		}},
		app.If(m.Loading, func() app.UI { return app.Span().Class("help").Text(text.T("ledger.loading")) }),
	)
}

// lasted writes a duration: under ten seconds with tenths.
func lasted(t time.Duration) string {
	switch {
	case t < time.Second:
		return text.T("ledger.ms", "n", text.Number(int(t.Milliseconds())))
	case t < time.Minute:
		return text.T("ledger.seconds", "n", text.Number(int((t + time.Second/2).Seconds())))
	}
	return text.T("ledger.minutes", "m", text.Number(int(t.Minutes())), "s", text.Number(int(t.Seconds())%60))
}
