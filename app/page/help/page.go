// Package help explains the console: its pages, its words, who may do what,
// and every error with what to do about it.
package help

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int
}

// model is what the page keeps while the tab is open.
type model struct {
	Find  string
	Hours []wire.HoursRule // nil: not read yet

	loading bool
}

func (p *Page) OnMount(ctx app.Context) {
	desk.Keep[model](p.Desk, "help").load(p.Desk)
	p.jump(ctx)
}

func (p *Page) OnNav(ctx app.Context) { p.jump(ctx) }

// jump goes to what the address names behind its #, once it is there.
func (p *Page) jump(ctx app.Context) {
	id := ctx.Page().URL().Fragment
	if id == "" {
		return
	}
	m := desk.Keep[model](p.Desk, "help")
	if m.Find != "" {
		m.Find = "" // it may hide what is asked for
		p.Desk.Changed()
	}
	ctx.After(100*time.Millisecond, func(app.Context) { // after the frame has gone to the top
		if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
			e.Call("scrollIntoView", map[string]any{"block": "start"})
			e.Call("focus", map[string]any{"preventScroll": true})
		}
	})
}

func (p *Page) Render() app.UI {
	m := desk.Keep[model](p.Desk, "help")
	sections := p.sections(m)
	shown := found(sections, m.Find)
	return app.Div().Class("page guide").Body(
		app.H1().TabIndex(-1).Text(text.T("help.title")),
		app.Div().Class("help-layout").Body(
			app.Div().Class("help-side").Body(
				&widget.Input{ID: "help-find", Label: text.T("help.find"), Type: "search", Value: m.Find, Required: true, Max: 100,
					OnChange: func(_ app.Context, v string) { m.Find = v; p.Desk.Changed() }},
				app.Nav().Aria("label", text.T("help.contents")).Body(
					app.Ul().Class("help-contents").Body(app.Range(shown).Slice(func(i int) app.UI {
						return app.Li().Body(app.A().Href("/help#" + shown[i].ID).Text(shown[i].Title))
					})),
				),
			),
			app.Div().Class("help-body").Body(
				app.If(len(shown) == 0, func() app.UI {
					return widget.Empty("search", text.T("help.nothing", "what", m.Find), text.T("help.nothing.next"))
				}),
				app.Range(shown).Slice(func(i int) app.UI { return shown[i].render() }),
			),
		),
	)
}

// section is one part of the help: text, terms, or a table.
type section struct {
	ID    string
	Title string
	Lines []string
	Terms []term
	Table *table
	Link  string // an address outside the console
	Label string // of that link
}

// term is a word and what it means.
type term struct {
	ID   string
	Word string
	Kind string // of its tag, "" for plain words
	Href string
	Text string
	Next string
	Code string
}

func (t term) has(what string) bool {
	return contains(t.Word, what) || contains(t.Text, what) || contains(t.Next, what) || contains(t.Code, what)
}

type table struct {
	Head []string
	Rows [][]string // the first cell names the row
}

func contains(text, what string) bool { return strings.Contains(strings.ToLower(text), what) }

// found keeps what holds a text: whole sections where the title or a line does,
// else those of their terms and rows that do.
func found(all []section, what string) []section {
	what = strings.ToLower(strings.TrimSpace(what))
	if what == "" {
		return all
	}
	var kept []section
	for _, s := range all {
		whole := contains(s.Title, what)
		for _, line := range s.Lines {
			whole = whole || contains(line, what)
		}
		if whole {
			kept = append(kept, s)
			continue
		}
		part := section{ID: s.ID, Title: s.Title}
		for _, t := range s.Terms {
			if t.has(what) {
				part.Terms = append(part.Terms, t)
			}
		}
		if s.Table != nil {
			rows := [][]string{}
			for _, row := range s.Table.Rows {
				if contains(strings.Join(row, "\n"), what) {
					rows = append(rows, row)
				}
			}
			if len(rows) > 0 {
				part.Table = &table{Head: s.Table.Head, Rows: rows}
			}
		}
		if len(part.Terms) > 0 || part.Table != nil {
			kept = append(kept, part)
		}
	}
	return kept
}

func (p *Page) sections(m *model) []section {
	d := p.Desk
	all := []section{pages(), outcomes(), proofs(), unanswered(), numbers(), hoursSection(m.Hours), roles(d.Session.Role), keyboard(), facts(), privacy()}
	if demo := d.Session.Demo; demo != nil {
		all = append(all, section{ID: "help-demo", Title: text.T("help.demo"), Lines: []string{text.T("help.demo.line"), text.T("help.demo.magic")},
			Link: demo.Help, Label: text.T("help.demo.link")})
	}
	for _, g := range groups() {
		all = append(all, errors(g))
	}
	return all
}

func pages() section {
	s := section{ID: "help-pages", Title: text.T("help.pages")}
	for _, name := range []string{"dnc", "sms", "campaign", "callbot", "lists", "runs", "ledger"} {
		s.Terms = append(s.Terms, term{Word: text.T("nav." + name), Href: "/" + name, Text: text.T("help.page." + name)})
	}
	return s
}

func outcomes() section {
	s := section{ID: "help-outcomes", Title: text.T("help.outcomes"), Lines: []string{text.T("help.outcomes.line")}}
	for _, o := range wire.Outcomes() {
		s.Terms = append(s.Terms, term{Word: text.T("outcome." + string(o)), Kind: string(o), Text: text.T("help.outcome." + string(o))})
	}
	return s
}

func proofs() section {
	s := section{ID: "help-proofs", Title: text.T("help.proofs"), Lines: []string{text.T("help.proofs.line")}}
	for _, proof := range []wire.Proof{wire.Confirmed, wire.Contradicted, wire.Unchecked} {
		s.Terms = append(s.Terms, term{Word: text.T("proof." + string(proof)), Kind: string(proof), Text: text.T("help.proof." + string(proof))})
	}
	return s
}

func unanswered() section {
	return section{ID: "help-unanswered", Title: text.T("help.unanswered"), Lines: []string{
		text.T("help.unanswered.recorded"), text.T("help.unanswered.unknown"), text.T("help.unanswered.settle"), text.T("help.unanswered.tab"),
	}}
}

func numbers() section {
	s := section{ID: "help-numbers", Title: text.T("help.numbers"), Lines: []string{text.T("help.numbers.line"), text.T("help.numbers.sent")}}
	for _, v := range phone.Verdicts() {
		s.Terms = append(s.Terms, term{Word: text.T("number.verdict." + string(v)), Kind: string(v), Text: text.T("help.verdict." + string(v))})
	}
	return s
}

// roles is who may do what, out of the catalogue of operations.
func roles(own operation.Role) section {
	t := &table{Head: []string{text.T("help.roles.what")}}
	for _, role := range operation.Roles() {
		t.Head = append(t.Head, text.T("role."+string(role)))
	}
	t.Head = append(t.Head, text.T("help.roles.rule"))
	for _, op := range operation.Catalogue() {
		row := []string{text.T("ledger.op." + string(op.Name))}
		for _, role := range operation.Roles() {
			may := text.T("help.roles.no")
			if role.Covers(op.Least) {
				may = text.T("help.roles.yes")
			}
			row = append(row, may)
		}
		t.Rows = append(t.Rows, append(row, text.T("help.rule."+string(op.Rule))))
	}
	return section{ID: "help-roles", Title: text.T("help.roles"), Lines: []string{text.T("help.roles.own", "role", text.T("role."+string(own)))}, Table: t}
}

func keyboard() section {
	s := section{ID: "help-keyboard", Title: text.T("help.keyboard")}
	for _, key := range []string{"tab", "enter", "escape", "skip", "sheet"} {
		s.Terms = append(s.Terms, term{Word: text.T("help.key." + key), Text: text.T("help.key." + key + ".text")})
	}
	return s
}

func facts() section {
	return section{ID: "help-facts", Title: text.T("help.facts"), Lines: []string{
		text.T("help.fact.company"), text.T("help.fact.calls"), text.T("help.fact.expiry"), text.T("help.fact.delivered"),
		text.T("help.fact.campaign"), text.T("help.fact.duplicate"), text.T("help.fact.callbot"), text.T("help.fact.speed"),
	}}
}

func privacy() section {
	return section{ID: "help-privacy", Title: text.T("help.privacy"), Lines: []string{
		text.T("help.privacy.ledger"), text.T("help.privacy.browser"), text.T("help.privacy.logs"), text.T("help.privacy.secrets"),
	}}
}

func errors(g group) section {
	s := section{ID: strings.ReplaceAll(g.Title, ".", "-"), Title: text.T(g.Title), Lines: []string{text.T(g.Title + ".line")}}
	for _, code := range g.Codes {
		t := term{ID: code, Code: code, Word: text.T(g.Prefix + code)}
		if next := g.Prefix + code + ".next"; text.Has(next) {
			t.Next = text.T(next)
		}
		s.Terms = append(s.Terms, t)
	}
	return s
}

func (s section) render() app.UI {
	return app.Section().Class("panel help-section").Body(
		app.H2().ID(s.ID).TabIndex(-1).Text(s.Title),
		app.Range(s.Lines).Slice(func(i int) app.UI { return app.P().Text(s.Lines[i]) }),
		app.If(len(s.Terms) > 0, func() app.UI {
			return app.Dl().Class("terms").Body(app.Range(s.Terms).Slice(func(i int) app.UI { return s.Terms[i].render() }))
		}),
		app.If(s.Table != nil, func() app.UI { return s.Table.render(s.Title) }),
		app.If(s.Link != "", func() app.UI {
			return app.P().Body(app.A().Class("button").Href(s.Link).Target("_blank").Rel("noopener").Text(s.Label))
		}),
	)
}

func (t term) render() app.UI {
	word := app.Dt()
	if t.ID != "" {
		word = word.ID(t.ID).TabIndex(-1)
	}
	return app.Div().Body(
		word.Body(
			app.If(t.Href != "", func() app.UI { return app.A().Href(t.Href).Text(t.Word) }),
			app.If(t.Kind != "", func() app.UI { return widget.Tag(t.Kind, t.Word) }),
			app.If(t.Href == "" && t.Kind == "", func() app.UI { return app.Span().Text(t.Word) }),
			app.If(t.Code != "", func() app.UI { return app.Code().Class("help-code").Text(t.Code) }),
		),
		app.If(t.Text != "", func() app.UI { return app.Dd().Text(t.Text) }),
		app.If(t.Next != "", func() app.UI {
			return app.Dd().Body(app.Strong().Text(text.T("error.next")+" "), app.Text(t.Next))
		}),
		app.If(t.Text == "" && t.Next == "", func() app.UI { return app.Dd().Class("fine-print").Text(text.T("help.errors.no_next")) }),
	)
}

func (t *table) render(name string) app.UI {
	return app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", name).Body(
		app.Table().Class("table").Body(
			app.THead().Body(app.Tr().Body(app.Range(t.Head).Slice(func(i int) app.UI { return app.Th().Scope("col").Text(t.Head[i]) }))),
			app.TBody().Body(app.Range(t.Rows).Slice(func(i int) app.UI {
				row := t.Rows[i]
				return app.Tr().Body(
					app.Th().Scope("row").Text(row[0]),
					app.Range(row[1:]).Slice(func(j int) app.UI { return app.Td().Text(row[j+1]) }),
				)
			})),
		),
	)
}
