package lists

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
)

// What our server can be asked about all numbers of a list.
const (
	aboutKnown   = "known"
	aboutPresent = "present"
	aboutHours   = "hours"
)

func (p *Page) decide(m *model) app.UI {
	s := m.summary
	if s == nil {
		return app.Div().Class("stack").Body(
			app.P().Class("lead").Text(text.T("lists.decide.lead")),
			slot(m.planning, func() app.UI { return working(m) }),
			p.planTrouble(m),
		)
	}
	whole := s.Whole
	if !m.settled() { // they may be mended by now
		whole = nil
	}
	why := ""
	switch {
	case !m.settled():
		why = text.T("lists.judging")
	case m.unanswered() > 0:
		why = text.N("lists.unanswered", m.unanswered())
	case len(s.Whole) > 0:
		why = wholeText(s.Whole[0])
	case s.Ready == 0:
		why = text.T("lists.nothing_ready")
	}
	return app.Div().Class("stack").Body(
		app.P().Class("lead").Text(text.T("lists.decide.lead")),
		app.Div().Class("stack").Body(app.Range(whole).Slice(func(i int) app.UI { return widget.Note("bad", wholeText(whole[i])) })),
		slot(m.planning, func() app.UI { return working(m) }),
		p.planTrouble(m),
		p.questionsLeft(m),
		p.misfit(m),
		p.sums(m),
		slot(p.part > 1, func() app.UI { return p.decisions(m) }),
		slot(p.part == wholeStep, func() app.UI {
			return app.Div().Class("stack").Body(p.shown(m), p.onwards(m, atStart, why))
		}),
	)
}

func (p *Page) questionsLeft(m *model) app.UI {
	return slot(m.unanswered() > 0, func() app.UI {
		return app.Div().Class("note is-warn").Body(
			widget.Icon("alert"),
			app.P().Text(text.N("lists.unanswered", m.unanswered())),
			app.A().Href(address(atColumns)).Text(text.T("lists.answer")),
		)
	})
}

// misfit says that most numbers do not fit the country, and leads to where it
// is chosen.
func (p *Page) misfit(m *model) app.UI {
	return slot(m.summary.Misfit > 0 && m.plan.Region != "", func() app.UI {
		return app.Div().Class("note is-warn").Role("status").Body(
			widget.Icon("alert"),
			app.P().Text(text.N("lists.misfit", m.summary.Misfit, "country", text.Region(m.plan.Region))),
			app.A().Href(address(atColumns)).Text(text.T("lists.misfit.next")),
		)
	})
}

// classes are the classes of rows that can be looked at, with how many there
// are; the first is all, and the rest of the parts add up to it.
func classes(s plan.Summary) (parts, others []plan.Count) {
	parts = append([]plan.Count{{Code: "", Count: s.Total}, {Code: "ready", Count: s.Ready}}, s.Out...)
	if s.Unusual > 0 {
		others = append(others, plan.Count{Code: "unusual", Count: s.Unusual})
	}
	if s.Edited > 0 {
		others = append(others, plan.Count{Code: "edited", Count: s.Edited})
	}
	for _, r := range s.Repairs {
		others = append(others, plan.Count{Code: "repair:" + r.Code, Count: r.Count})
	}
	return parts, others
}

// equation is the sum of the classes: every row is in exactly one.
func equation(s plan.Summary) string {
	var parts []string
	parts = append(parts, text.N("lists.eq.ready", s.Ready))
	for _, c := range s.Out {
		parts = append(parts, text.Number(c.Count)+" "+inside(reasonName(c.Code)))
	}
	return text.T("lists.eq", "total", desk.Rows(s.Total), "parts", strings.Join(parts, " + "))
}

// sums are the counts, which are also what chooses the rows that are shown.
func (p *Page) sums(m *model) app.UI {
	s := *m.summary
	parts, others := classes(s)
	button := func(c plan.Count) app.UI {
		kind := ""
		switch {
		case c.Code == "ready":
			kind = "good"
		case c.Code == "unusual":
			kind = "warn"
		case c.Code != "" && !soft(c.Code) && c.Code != "edited" && !strings.HasPrefix(c.Code, "repair:"):
			kind = "bad"
		}
		return &class{Name: className(c.Code), Count: text.Number(c.Count), Kind: kind, Chosen: m.rows.class == c.Code, Code: c.Code, OnPick: p.pick}
	}
	return app.Div().Class("stack").Aria("busy", strconv.FormatBool(m.planning)).Body(
		app.Div().Class("classes").Role("group").Aria("label", text.T("lists.classes")).Body(
			app.Range(parts).Slice(func(i int) app.UI { return button(parts[i]) }),
		),
		app.P().Class("fine-print").ID("equation").Text(equation(s)),
		slot(len(others) > 0, func() app.UI {
			return app.Div().Class("classes is-small").Role("group").Aria("label", text.T("lists.classes.also")).Body(
				app.Range(others).Slice(func(i int) app.UI { return button(others[i]) }),
			)
		}),
	)
}

func (p *Page) pick(_ app.Context, code string) {
	m := of(p.Desk)
	m.rows.show(func(t *table) { t.class = code })
	p.Desk.Say(className(code))
	p.Desk.Changed()
}

// class is one class of rows with its count, to be pressed.
type class struct {
	app.Compo

	Name   string
	Count  string
	Kind   string
	Chosen bool
	Code   string
	OnPick func(app.Context, string)
}

func (c *class) click(ctx app.Context, _ app.Event) { c.OnPick(ctx, c.Code) }

func (c *class) Render() app.UI {
	kind := "class"
	if c.Kind != "" {
		kind += " is-" + c.Kind
	}
	return app.Button().Type("button").Class(kind).Aria("pressed", strconv.FormatBool(c.Chosen)).OnClick(c.click).Body(
		app.Span().Class("class-n digits").Text(c.Count),
		app.Span().Class("class-name").Text(c.Name),
	)
}

// decisions are what one word decides for many rows.
func (p *Page) decisions(m *model) app.UI {
	s := m.summary
	return app.Div().Class("decisions").Body(
		p.duplicates(m),
		slot(s.Unusual > 0, func() app.UI { return p.unusual(m) }),
		slot(writes(m.op), func() app.UI { return p.known(m) }),
		slot(m.op == operation.ContactsImport, func() app.UI { return p.present(m) }),
		slot(reaches(m.op) && len(p.Desk.Systems(operation.CCAI)) > 0, func() app.UI { return p.scrub(m) }),
		slot(reaches(m.op), func() app.UI { return p.hours(m) }),
	)
}

func (p *Page) duplicates(m *model) app.UI {
	d := p.Desk
	n := 0
	for _, c := range m.summary.Out {
		if c.Code == "duplicate" {
			n = c.Count
		}
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.duplicates")),
		app.P().Class("help").Text(text.N("lists.duplicates.n", n)),
		slot(n > 0, func() app.UI {
			return &widget.Select{ID: "duplicates", Label: text.T("lists.duplicates.which"), Required: true, Value: string(m.plan.Duplicates), Options: []widget.Option{
				{Value: string(plan.First), Label: text.T("lists.duplicates.first")},
				{Value: string(plan.Last), Label: text.T("lists.duplicates.last")},
				{Value: string(plan.Fullest), Label: text.T("lists.duplicates.fullest")},
			}, OnChange: func(_ app.Context, v string) {
				m.plan.Duplicates = plan.Winner(v)
				d.Changed()
			}}
		}),
	)
}

func (p *Page) unusual(m *model) app.UI {
	d := p.Desk
	value := "out"
	if m.letsUnusual() {
		value = "send"
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.unusual")),
		app.P().Class("help").Text(text.N("lists.unusual.n", m.summary.Unusual)),
		&widget.Choice{ID: "unusual", Label: text.T("lists.unusual.what"), Value: value, Options: []widget.Option{
			{Value: "send", Label: text.T("lists.unusual.send")}, {Value: "out", Label: text.T("lists.leave_out")},
		}, OnChange: func(_ app.Context, v string) {
			on := v == "send"
			m.lets = &on
			d.Changed()
		}},
	)
}

// askAll asks our server what it knows of the numbers, once the list is judged
// and once for each list, system and campaign.
func (p *Page) askAll(m *model) {
	if !m.settled() || m.summary.Total == 0 || p.Desk.Offline {
		return
	}
	if writes(m.op) {
		p.ask(m, aboutKnown)
	}
	if m.op == operation.ContactsImport && m.fixed.Campaign > 0 {
		p.ask(m, aboutPresent)
	}
	if reaches(m.op) {
		p.ask(m, aboutHours)
	}
}

// ask asks one thing about all numbers; nothing when it was asked already.
func (p *Page) ask(m *model, about string) {
	d := p.Desk
	system := m.system(d).ID
	of := system + " " + strconv.FormatInt(m.fixed.Campaign, 10)
	for _, other := range m.asks {
		if other.busy {
			return // one after the other
		}
	}
	if a := m.asks[about]; a != nil && a.of == of {
		return
	}
	a := &asking{busy: true, of: of}
	m.asks[about] = a
	round := m.round
	m.list.Ask(question.AskQuestion{About: about, System: system, Campaign: m.fixed.Campaign}, m.hear(round), func(s plan.Summary) {
		a.busy = false
		if m.round != round || m.asks[about] != a {
			return
		}
		if a.failed = s.Failed; a.failed != "" {
			return
		}
		a.done = true
		m.judged(s, m.summaryOf)
	})
}

// askedLine is what became of a question, above what is decided by it.
func (p *Page) askedLine(m *model, about string) app.UI {
	a := m.asks[about]
	return app.Div().Class("stack").Body(
		slot(a == nil, func() app.UI { return app.P().Class("help").Text(text.T("lists.ask.next")) }),
		slot(a != nil && a.busy, func() app.UI { return working(m) }),
		slot(a != nil && a.failed != "", func() app.UI {
			return app.Div().Class("stack").Body(
				widget.Note("warn", text.First("lists.ask.failed."+a.failed, "lists.ask.failed.other")),
				&widget.Button{Label: text.T("action.try_again"), Icon: "refresh", Small: true, Disabled: p.Desk.Offline, OnClick: p.askAnew(about)},
			)
		}),
		slot(a != nil && a.stale && !a.busy && a.failed == "", func() app.UI {
			return app.Div().Class("stack").Body(
				widget.Note("info", text.T("lists.ask.stale")),
				&widget.Button{Label: text.T("failure.ask_again"), Icon: "refresh", Small: true, Disabled: p.Desk.Offline, OnClick: p.askAnew(about)},
			)
		}),
	)
}

func (p *Page) askAnew(about string) func(app.Context) {
	return func(app.Context) {
		delete(of(p.Desk).asks, about)
		p.Desk.Changed()
	}
}

func (p *Page) leaving(m *model, id string, left plan.Left, n int, label, send string) app.UI {
	d := p.Desk
	value := "send"
	if m.leave[left] {
		value = "out"
	}
	return slot(n > 0, func() app.UI {
		return &widget.Choice{ID: id, Label: label, Value: value, Options: []widget.Option{
			{Value: "out", Label: text.T("lists.leave_out")}, {Value: "send", Label: send},
		}, OnChange: func(_ app.Context, v string) {
			if v == "out" {
				m.leave[left] = true
			} else {
				delete(m.leave, left)
			}
			d.Changed()
		}}
	})
}

// showRows leads from a decision to the rows that it is about.
func (p *Page) showRows(class string, n int) app.UI {
	return slot(n > 0, func() app.UI {
		return &widget.Button{Kind: "link", Label: text.T("lists.show_rows"), Title: text.T("lists.show_rows") + " – " + className(class), OnClick: func(ctx app.Context) {
			p.pick(ctx, class)
			p.land(gridID)
		}}
	})
}

func (p *Page) known(m *model) app.UI {
	a := m.asks[aboutKnown]
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.known")),
		p.askedLine(m, aboutKnown),
		slot(a != nil && a.done, func() app.UI { return app.P().Class("help").Text(text.N("lists.known.n", m.summary.Known)) }),
		p.showRows("known", m.summary.Known),
		p.leaving(m, "known", "sent_before", m.summary.Known, text.T("lists.known.what"), text.T("lists.known.send")),
	)
}

func (p *Page) present(m *model) app.UI {
	a := m.asks[aboutPresent]
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.present")),
		p.askedLine(m, aboutPresent),
		slot(a != nil && a.done, func() app.UI { return app.P().Class("help").Text(text.N("lists.present.n", m.summary.Present)) }),
		p.showRows("present", m.summary.Present),
		p.leaving(m, "present", "present", m.summary.Present, text.T("lists.present.what"), text.T("lists.present.send")),
	)
}

func (p *Page) scrub(m *model) app.UI {
	d := p.Desk
	options := []widget.Option{}
	for _, s := range d.Systems(operation.CCAI) {
		options = append(options, widget.Option{Value: s.ID, Label: text.T("lists.scrub.against", "system", s.Label)})
	}
	options = append(options, widget.Option{Value: "", Label: text.T("lists.scrub.none")})
	value := m.scrubber(d)
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.scrub")),
		app.P().Class("help").Text(text.T("lists.scrub.help")),
		&widget.Select{ID: "scrub", Label: text.T("lists.scrub.which"), Required: true, Value: value, Options: options, OnChange: func(_ app.Context, v string) {
			m.scrub, m.scrubbed = v, true
			d.Changed()
		}},
		slot(value == "", func() app.UI { return widget.Note("warn", text.T("lists.scrub.warning")) }),
	)
}

func (p *Page) hours(m *model) app.UI {
	d := p.Desk
	a := m.asks[aboutHours]
	value := "wait"
	if m.anyHour {
		value = "any"
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.hours")),
		p.askedLine(m, aboutHours),
		slot(a != nil && a.done, func() app.UI { return app.P().Class("help").Text(text.N("lists.hours.n", m.summary.Closed)) }),
		p.showRows("closed", m.summary.Closed),
		&widget.Choice{ID: "hours", Label: text.T("lists.hours.what"), Value: value, Options: []widget.Option{
			{Value: "wait", Label: text.T("lists.hours.wait")}, {Value: "any", Label: text.T("lists.hours.any")},
		}, OnChange: func(_ app.Context, v string) { m.anyHour = v == "any"; d.Changed() }},
		slot(m.anyHour, func() app.UI {
			return &widget.Input{ID: "hours-note", Label: text.T("lists.hours.note"), Value: m.hoursNote, Required: true, Max: 2000, Lines: 2,
				Help: text.T("lists.hours.note.help"), OnChange: func(_ app.Context, v string) { m.hoursNote = v; d.Changed() }}
		}),
	)
}

// shown are the rows of the class that is looked at.
func (p *Page) shown(m *model) app.UI {
	d := p.Desk
	t := &m.rows
	columns := shownColumns(m.decided(d), m.opened.Columns)
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = heading(m.opened.Columns, c)
	}
	why := ""
	if t.class != "" {
		why = reasonWhy(t.class)
	}
	return app.Section().Class("stack").Aria("labelledby", "rows-title").Body(
		app.Div().Class("page-head").Body(
			app.H3().ID("rows-title").Text(className(t.class)),
			app.P().Class("fine-print").ID("rows-total").Text(p.total(t)),
		),
		slot(why != "", func() app.UI { return app.P().Class("help").Text(why) }),
		&widget.Input{ID: "rows-search", Label: text.T("lists.search"), Type: "search", Value: t.search, Required: true, OnChange: func(_ app.Context, v string) {
			t.search = v
			m.searching(d)
		}},
		slot(t.failed != "", func() app.UI { return widget.Note("bad", failedTitle(t.failed)) }),
		&grid{Desk: d, Model: m, Columns: columns, Names: names, Version: t.version, Lang: text.Language()},
		slot(t.total == 0, func() app.UI { return app.P().Class("help").Role("status").Text(text.T("runs.rows.none")) }),
		slot(len(m.opened.Columns) > len(columns), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("lists.columns.more", len(m.opened.Columns)-len(columns)))
		}),
		p.detail(m),
	)
}

func (p *Page) total(t *table) string {
	if t.total < 0 {
		return text.T("lists.finding")
	}
	return desk.Rows(t.total)
}

// searching has the rows found when no letter comes any more.
func (m *model) searching(d *desk.Desk) {
	m.searches++
	searches := m.searches
	d.Changed()
	after(d, func() {
		if m.searches == searches {
			m.rows.show(func(*table) {})
		}
	})
}

// detail says all about the marked row.
func (p *Page) detail(m *model) app.UI {
	r, ok := m.rows.row(m.rows.at)
	return app.Div().Class("slot").Body(app.If(ok, func() app.UI {
		words := explanation(r)
		left := plan.Left("line:" + decimal(r.Line))
		return app.Div().Class("panel stack row-detail").Body(
			app.H4().Text(text.T("lists.detail", "n", text.Number(r.Line))),
			app.Ul().Body(app.Range(words).Slice(func(i int) app.UI { return app.Li().Text(words[i]) })),
			slot(r.Sent != "", func() app.UI {
				return app.P().Class("digits").Text(r.Typed + " → " + r.Sent)
			}),
			slot(r.Message != "", func() app.UI {
				return app.Div().Body(app.P().Class("text").Text(r.Message), app.P().Class("fine-print").Text(text.N("lists.segments", r.Segments)))
			}),
			slot(r.Reason == "" || m.leave[left], func() app.UI {
				label := text.T("lists.leave_row")
				if m.leave[left] {
					label = text.T("lists.take_row")
				}
				return &widget.Button{Label: label, Small: true, OnClick: func(app.Context) {
					if m.leave[left] {
						delete(m.leave, left)
					} else {
						m.leave[left] = true
					}
					p.Desk.Changed()
				}}
			}),
		)
	}))
}
