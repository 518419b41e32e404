// Package dnc is the page of the company do-not-call list: check a number, add
// numbers, remove numbers.
package dnc

import (
	"strings"

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
}

// job is one of the page's tasks.
type job struct {
	name string // in the address
	key  string // of its name
	op   operation.Name
}

func jobs() []job {
	return []job{
		{"check", "dnc.check", operation.DNCCheck},
		{"add", "dnc.add", operation.DNCAdd},
		{"remove", "dnc.remove", operation.DNCRemove},
	}
}

func (p *Page) job() job {
	all := jobs()
	for _, j := range all {
		if j.name == p.Desk.Query.Get("task") {
			return j
		}
	}
	return all[0]
}

func (p *Page) model() *model { return desk.Keep[model](p.Desk, key) }

func (p *Page) OnMount(ctx app.Context) { p.arrive(ctx) }

func (p *Page) OnNav(ctx app.Context) { p.arrive(ctx) }

// arrive takes over what the ledger offers, and gives the focus to the field
// that the person was sent to.
func (p *Page) arrive(ctx app.Context) {
	m := p.model()
	for _, j := range jobs()[1:] {
		request, ok := p.Desk.Take(j.op)
		if !ok {
			continue
		}
		if err := m.takeOver(j.op, request); err != nil {
			p.Desk.Tell("bad", text.T("dnc.not_again"))
			continue
		}
		m.focus = desk.ID("note")
		if p.job().op != j.op {
			ctx.Navigate("/dnc?task=" + j.name)
			return
		}
	}
	if m.focus != "" {
		id := m.focus
		m.focus = ""
		ctx.Defer(func(app.Context) { focus(id) })
	}
}

func (p *Page) Render() app.UI {
	m, current := p.model(), p.job()
	return app.Div().Class("page dnc").Body(
		app.H1().TabIndex(-1).Text(text.T("dnc.title")),
		app.Nav().Class("tabs dnc-tabs").Aria("label", text.T("dnc.tasks")).Body(
			app.Range(jobs()).Slice(func(i int) app.UI {
				j := jobs()[i]
				link := app.A().Class("button is-tab").Href("/dnc?task=" + j.name).Text(text.T(j.key))
				if j.name == current.name {
					link = link.Aria("current", "page")
				}
				return link
			}),
		),
		app.Div().Class("dnc-task").Body(p.task(m, current)),
	)
}

func (p *Page) task(m *model, j job) app.UI {
	if !p.Desk.Allows(j.op) {
		return p.denied(m, j)
	}
	switch j.op {
	case operation.DNCAdd:
		return p.adding(&m.add)
	case operation.DNCRemove:
		return p.removing(&m.remove)
	}
	return p.checking(m)
}

// denied says which role may, and keeps what was meant to be done at hand.
func (p *Page) denied(m *model, j job) app.UI {
	op, _ := operation.Find(j.op)
	numbers := ""
	switch j.op {
	case operation.DNCAdd:
		numbers = m.add.numbers.text
	case operation.DNCRemove:
		numbers = m.remove.numbers.text
	}
	return app.Div().Class("panel dnc-denied").Body(
		app.H2().Text(text.T(j.key+".denied", "role", text.T("role."+string(op.Least)))),
		app.P().Text(text.T("dnc.denied", "mine", text.T("role."+string(p.Desk.Session.Role)), "system", systemOf(p.Desk).Label)),
		app.If(numbers != "", func() app.UI {
			return app.Div().Class("panel-part").Body(
				app.P().Text(text.T("dnc.denied.pass_on")),
				app.Pre().TabIndex(0).Aria("label", text.T("dnc.numbers")).Text(numbers),
				&widget.Copy{Text: numbers, What: text.T("dnc.numbers")},
			)
		}),
	)
}

// aside says what the list does and what it does not.
func aside() app.UI {
	points := []string{"dnc.about.calls", "dnc.about.own", "dnc.about.expired", "dnc.about.lag"}
	return app.Aside().Class("panel").Aria("label", text.T("dnc.about")).Body(
		app.H2().Text(text.T("dnc.about")),
		app.Ul().Class("plain-list").Body(app.Range(points).Slice(func(i int) app.UI {
			return app.Li().Text(text.T(points[i]))
		})),
	)
}

// numbersField is the list as it is typed, and what was thought of it.
func (p *Page) numbersField(s *several, state *task.State, field, help string) app.UI {
	s.learn(state.Check(), systemOf(p.Desk).DefaultRegion)
	kept, merged := s.list()
	all, c := order(kept, s.known)
	limit := p.Desk.Session.Limits.DNCNumbers
	return app.Div().Class("dnc-numbers").Body(
		&widget.Input{
			ID: desk.ID(field), Label: text.T("dnc.numbers"), Value: s.text, Lines: 6, Required: true,
			Help:     text.T(help, "limit", text.Number(limit)),
			Problem:  state.Problem(field),
			OnChange: func(_ app.Context, v string) { s.text = v },
			OnLeave:  func(app.Context) { state.Touch(field) },
			Below:    tally(kept, merged, c),
		},
		app.If(len(all) > 0, func() app.UI { return verdicts(all, field) }),
	)
}

// tally counts the list.
func tally(kept []string, merged int, c count) app.UI {
	parts := []string{text.N("dnc.tally", len(kept))}
	if c.wrong > 0 {
		parts = append(parts, text.N("dnc.tally.wrong", c.wrong))
	}
	if c.unusual > 0 {
		parts = append(parts, text.N("dnc.tally.unusual", c.unusual))
	}
	if merged > 0 {
		parts = append(parts, text.N("dnc.tally.merged", merged))
	}
	return app.Ul().Class("tally").Body(app.Range(parts).Slice(func(i int) app.UI {
		return app.Li().Text(parts[i])
	}))
}

// shownVerdicts is how many numbers the list below the field shows.
const shownVerdicts = 100

// verdicts shows what each number was taken for, problems first.
func verdicts(all []judged, field string) app.UI {
	shown := all[:min(len(all), shownVerdicts)]
	return app.Div().Body(
		app.Div().Class("table-box verdicts").TabIndex(0).Role("region").Aria("label", text.T("dnc.verdicts")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.row")),
					app.Th().Scope("col").Text(text.T("dnc.verdicts.typed")),
					app.Th().Scope("col").Text(text.T("dnc.verdicts.read")),
				)),
				app.TBody().Body(app.Range(shown).Slice(func(i int) app.UI {
					j := shown[i]
					path := field + "[" + itoa(j.index) + "]"
					if field == "contacts" {
						path += ".phone_number"
					}
					return app.Tr().ID(desk.ID(path)).TabIndex(-1).Body(
						app.Td().Class("digits").Text(text.Number(j.index+1)),
						app.Td().Class("digits").Text(j.typed),
						app.Td().Body(
							app.If(j.known, func() app.UI { return task.Number(j.number) }).
								Else(func() app.UI { return app.Span().Class("fine-print").Text(text.T("dnc.verdicts.waiting")) }),
						),
					)
				})),
			),
		),
		app.If(len(all) > len(shown), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("dnc.verdicts.more", len(all)-len(shown)))
		}),
	)
}

// Reasons that most changes have: a removal has others than an addition.
func addPhrases() []string {
	return []string{"dnc.note.phone", "dnc.note.writing", "dnc.note.complaint"}
}

func removePhrases() []string {
	return []string{"dnc.note.call_again", "dnc.note.mistake", "dnc.note.number_changed"}
}

// noteField asks why; phrases are offered because most reasons are the same.
func (p *Page) noteField(s *several, state *task.State, phrases []string) app.UI {
	return app.Div().Class("dnc-note").Body(
		&widget.Input{
			ID: desk.ID("note"), Label: text.T("dnc.note"), Value: s.note, Required: true, Max: 2000,
			Help:     text.T("dnc.note.help"),
			Problem:  state.Problem("note"),
			OnChange: func(_ app.Context, v string) { s.note = v },
			OnLeave:  func(app.Context) { state.Touch("note") },
		},
		app.Div().Class("actions").Role("group").Aria("label", text.T("dnc.note.phrases")).Body(
			app.Range(phrases).Slice(func(i int) app.UI {
				phrase := text.T(phrases[i])
				return &widget.Button{Label: phrase, Small: true, Kind: "quiet", Icon: "plus", OnClick: func(app.Context) {
					s.note = withPhrase(s.note, phrase)
					focus(desk.ID("note"))
				}}
			}),
		),
	)
}

// withPhrase adds a phrase to what was typed, once.
func withPhrase(note, phrase string) string {
	switch {
	case blank(note):
		return phrase
	case strings.Contains(note, phrase):
		return note
	}
	return strings.TrimSpace(note) + " · " + phrase
}

// demandNote is the page's own rule: no change without a reason.
func demandNote(note string) []operation.Problem {
	if blank(note) {
		return []operation.Problem{{Field: "note", Code: operation.CodeRequired}}
	}
	return nil
}

// head says how a change of the list ended as a whole. The outcome of the call
// alone would pass over rows that need a look.
func head(e *wire.Envelope) app.UI {
	t := sum(e.Rows)
	end := t.ending()
	if end == none {
		return app.H2().Body(task.OutcomeTag(e.Outcome), app.Span().Text(task.Headline(e)))
	}
	icon := "check"
	if end == mixed {
		icon = "alert"
	}
	return app.H2().Class("head-"+string(end)).Body(widget.Icon(icon), app.Span().Text(ended(e)))
}

// ended is the same in plain words.
func ended(e *wire.Envelope) string {
	t := sum(e.Rows)
	if end := t.ending(); end != none {
		return text.N("dnc.ended."+string(end), t.rows)
	}
	return task.Headline(e)
}

// result says how many of what, that they add up, and shows every row.
func (p *Page) result(e *wire.Envelope, page *int, again func([]wire.Row)) app.UI {
	if len(e.Rows) == 0 {
		return app.Div()
	}
	from, to := widget.Window(len(e.Rows), *page)
	contradicted, left := contradictions(e.Rows), unfinished(e.Rows)
	return app.Div().Class("dnc-result").Body(
		sums(sum(e.Rows)),
		app.If(len(contradicted) > 0, func() app.UI {
			return app.Div().Class("panel-part").Body(
				widget.Note("bad", contradictionText(contradicted)),
				app.Div().Class("actions").Body(app.Range(contradicted).Slice(func(i int) app.UI {
					number := contradicted[i].Sent
					if i >= 5 {
						return app.Span().Hidden(true)
					}
					return &widget.Button{Label: text.T("dnc.check_number", "number", number), Icon: "search", Small: true,
						OnClick: func(ctx app.Context) { p.goCheck(ctx, number) }}
				})),
			)
		}),
		task.RowTable(e.Rows[from:to], true),
		app.If(len(left) > 0, func() app.UI {
			return app.Div().Class("actions").Body(
				&widget.Button{Label: text.N("dnc.again", len(left)), Icon: "undo", Small: true, OnClick: func(app.Context) { again(left) }},
			)
		}),
		&widget.Pager{Label: text.T("rows.title"), Total: len(e.Rows), At: *page, OnTurn: func(_ app.Context, at int) { *page = at }},
	)
}

// contradictionText says what a contradiction means; of a row whose answer did
// not tell, nobody can say that the platform took it.
func contradictionText(rows []wire.Row) string {
	for _, r := range rows {
		if !r.Outcome.Done() {
			return text.N("dnc.contradicted.unsure", len(rows))
		}
	}
	return text.N("dnc.contradicted", len(rows))
}

// again puts rows into the form once more. Nothing is sent by it.
func (p *Page) again(s *several, state *task.State, field string) func([]wire.Row) {
	return func(rows []wire.Row) {
		lines := make([]string, len(rows))
		for i, r := range rows {
			if lines[i] = r.Typed; lines[i] == "" {
				lines[i] = r.Sent
			}
		}
		s.text = strings.Join(lines, "\n")
		state.Again()
		p.Desk.Say(text.N("dnc.again.done", len(rows)))
		p.Desk.Changed()
		focus(desk.ID(field))
	}
}

func contradictions(rows []wire.Row) []wire.Row {
	var found []wire.Row
	for _, r := range rows {
		if r.Proof == wire.Contradicted {
			found = append(found, r)
		}
	}
	return found
}

// sums writes the totals as a list: tag and count.
func sums(t totals) app.UI {
	type line struct {
		tag app.UI
		n   int
	}
	var lines []line
	for _, o := range wire.Outcomes() {
		if n := t.outcomes[o]; n > 0 {
			lines = append(lines, line{task.OutcomeTag(o), n})
		}
	}
	for _, proof := range []wire.Proof{wire.Confirmed, wire.Contradicted, wire.Unchecked} {
		if n := t.proofs[proof]; n > 0 {
			lines = append(lines, line{task.ProofTag(proof), n})
		}
	}
	return app.Ul().Class("sums").Body(
		app.Li().Body(app.Strong().Text(text.N("dnc.sum", t.rows))),
		app.Range(lines).Slice(func(i int) app.UI {
			return app.Li().Body(lines[i].tag, app.Strong().Text(text.Number(lines[i].n)))
		}),
	)
}

// goCheck opens the first task with a number.
func (p *Page) goCheck(ctx app.Context, number string) {
	m := p.model()
	m.check.retype(number)
	m.focus = desk.ID("phone_number")
	ctx.Navigate("/dnc?task=check")
}
