package dnc

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

// retype changes the number. The last answer goes: beside another number it
// could be taken for its answer.
func (c *checking) retype(number string) {
	if c.number != number {
		c.state.Answer, c.state.Failure = nil, nil
		c.number = number
	}
}

func (p *Page) checking(m *model) app.UI {
	c := &m.check
	if c.state.Answer != nil && c.state.SentTo != systemOf(p.Desk).ID {
		c.state.Answer = nil // it was another system's list
	}
	return &task.Panel{
		Desk: p.Desk, Turn: p.Desk.Turn, State: &c.state, Op: operation.DNCCheck,
		Submit: text.T("dnc.check.send"),
		Input:  func() any { return ccai.DNCCheck{PhoneNumber: c.number} },
		Form: func() app.UI {
			return app.Div().Class("dnc-check").Body(
				task.Typing(&widget.Input{
					ID: desk.ID("phone_number"), Label: text.T("dnc.number"), Value: c.number, Type: "tel", Required: true, Focus: true,
					Help:     text.T("dnc.number.help"),
					Problem:  c.state.Problem("phone_number"),
					Hint:     c.state.Hint("phone_number"),
					Below:    c.state.NumberLine("phone_number"),
					OnChange: func(_ app.Context, v string) { c.retype(v) },
				}, systemOf(p.Desk).DefaultRegion),
				app.If(c.state.Failure != nil, func() app.UI { return widget.Note("warn", text.T("dnc.not_checked")) }),
			)
		},
		Before: func(_ app.Context, ask func(*task.Question)) {
			n, _ := c.state.Check().Number("phone_number")
			c.asked = n.Number
			c.past = past{}
			ask(nil)
		},
		Done:      func(e *wire.Envelope) { p.checked(c, e) },
		Head:      func(e *wire.Envelope) app.UI { return p.statement(c, e) },
		Result:    func(*wire.Envelope) app.UI { return p.known(m) },
		Next:      func() { c.number = "" },
		NextLabel: text.T("dnc.check.next"),
		Below: func() app.UI {
			return app.Div().Class("dnc-below").Body(p.history(c), aside())
		},
	}
}

// checked notes the answer, says it, and looks the number up in our ledger.
func (p *Page) checked(c *checking, e *wire.Envelope) {
	now := time.Now()
	f, answer := readFinding(e, now)
	c.asks = append([]asked{{at: now, number: c.asked, system: c.state.SentTo, finding: f, check: answer}}, c.asks...)
	if len(c.asks) > keptAsks {
		c.asks = c.asks[:keptAsks]
	}
	p.Desk.Say(said(c.asked, f, answer))
	selectText(desk.ID("phone_number"))
	p.lookBack(c)
}

// said is the finding in one sentence.
func said(n phone.Number, f finding, c ccai.Check) string {
	return n.International + ": " + text.T("dnc.finding."+string(f)) + ". " + untilText(f, c)
}

// untilText says how long an entry stays.
func untilText(f finding, c ccai.Check) string {
	switch f {
	case until, lapsed:
		return text.T("dnc.finding."+string(f)+".when", "date", text.Time(*c.ExpiresAt))
	case oddly:
		return text.T("dnc.finding.oddly.when", "date", c.Expiry)
	}
	return text.T("dnc.finding." + string(f) + ".when")
}

// statement is the answer as it cannot be mistaken.
func (p *Page) statement(c *checking, e *wire.Envelope) app.UI {
	now := time.Now()
	f, answer := readFinding(e, now)
	why := ""
	if against, ok := doubt(c.past.changes, now); f == free && ok {
		f = doubted
		why = text.T("dnc.finding.doubted.when", "date", text.Time(against.at), "outcome", text.T("outcome."+string(outcomeOf(against))))
	} else {
		why = untilText(f, answer)
	}
	kind, icon := "stop", "close"
	switch f {
	case free:
		kind, icon = "free", "check"
	case unclear, doubted:
		kind, icon = "unclear", "alert"
	}
	return app.Div().Class("statement is-"+kind).Body(
		app.H2().Body(widget.Icon(icon), app.Span().Text(text.T("dnc.finding."+string(f)))),
		app.P().Class("statement-number digits").Text(c.asked.International),
		app.P().Text(why),
	)
}

// known is what our own ledger knows of the number, and what can be done next.
func (p *Page) known(m *model) app.UI {
	c := &m.check
	number := c.asked.International
	return app.Div().Class("dnc-known").Body(
		app.Div().Class("actions").Body(
			&widget.Button{Label: text.T("dnc.go_add"), Icon: "plus", OnClick: func(ctx app.Context) {
				m.add.numbers.take(number)
				m.focus = desk.ID("note")
				ctx.Navigate("/dnc?task=add")
			}},
			&widget.Button{Label: text.T("dnc.go_remove"), Icon: "minus", OnClick: func(ctx app.Context) {
				m.remove.numbers.take(number)
				m.focus = desk.ID("note")
				ctx.Navigate("/dnc?task=remove")
			}},
		),
		p.mayNot(),
		app.H3().Text(text.T("dnc.past")),
		p.pastTable(&c.past),
	)
}

func outcomeOf(c change) wire.Outcome {
	if c.running || c.outcome == "" {
		return wire.Unknown
	}
	return c.outcome
}

// mayNot says which of the two buttons leads to a task of another role.
func (p *Page) mayNot() app.UI {
	var lines []string
	for _, j := range jobs()[1:] {
		if op, _ := operation.Find(j.op); !p.Desk.Allows(j.op) {
			lines = append(lines, text.T(j.key+".denied", "role", text.T("role."+string(op.Least))))
		}
	}
	return app.Div().Class("may-not").Body(app.Range(lines).Slice(func(i int) app.UI {
		return app.P().Class("fine-print").Text(lines[i])
	}))
}

func (p *Page) pastTable(known *past) app.UI {
	switch {
	case known.loading:
		return widget.Progress(text.T("dnc.past.loading"), 0, 0)
	case known.failure != nil:
		return app.Div().Body(
			widget.Note("warn", text.T("dnc.past.failed")+" "+task.FailureTitle(known.failure)),
			&widget.Button{Label: text.T("action.try_again"), Icon: "refresh", Small: true, OnClick: func(app.Context) { p.lookBack(&p.model().check) }},
		)
	case len(known.changes) == 0:
		return app.P().Text(text.T("dnc.past.none") + " " + p.whose())
	}
	return app.Div().Class("panel-part").Body(
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("dnc.past")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("dnc.past.when")),
					app.Th().Scope("col").Text(text.T("dnc.past.what")),
					app.Th().Scope("col").Text(text.T("dnc.past.why")),
					app.Th().Scope("col").Text(text.T("dnc.past.who")),
				)),
				app.TBody().Body(app.Range(known.changes).Slice(func(i int) app.UI {
					c := known.changes[i]
					return app.Tr().Body(
						app.Td().Body(app.A().Href("/ledger?call="+c.id).Text(text.Time(c.at))),
						app.Td().Body(
							app.Div().Class("past-what").Body(
								app.Span().Text(what(c)),
								app.If(c.running, func() app.UI { return widget.Tag("info", text.T("ledger.state.leaving")) }).
									Else(func() app.UI { return task.OutcomeTag(outcomeOf(c)) }),
								app.If(c.proof != "", func() app.UI { return task.ProofTag(c.proof) }),
							),
						),
						app.Td().Text(c.note),
						app.Td().Text(nameOf(c.person)),
					)
				})),
			),
		),
		app.P().Class("fine-print").Text(p.whose()),
	)
}

// what says in words what a change did.
func what(c change) string {
	switch {
	case !c.added:
		return text.T("dnc.past.removed")
	case c.until != nil:
		return text.T("dnc.past.added_until", "date", text.Time(*c.until))
	case c.noDate:
		return text.T("dnc.past.added")
	}
	return text.T("dnc.past.added_for_good")
}

// whose says whose calls the ledger shows this person.
func (p *Page) whose() string {
	if p.Desk.Session.Role.Covers(operation.Admin) {
		return text.T("dnc.past.everyone")
	}
	return text.T("dnc.past.own")
}

func nameOf(person wire.Person) string {
	if person.Name != "" {
		return person.Name
	}
	return person.ID
}

// lookBack asks our ledger what became of the number before.
func (p *Page) lookBack(c *checking) {
	number, system := c.asked.E164, c.state.SentTo
	c.past = past{e164: number, loading: true}
	p.Desk.Changed()
	go func() {
		var entries []wire.Entry
		for _, op := range []operation.Name{operation.DNCAdd, operation.DNCRemove} {
			page, failure := client.Ledger(wire.Filter{Number: number, System: system, Operation: op, Limit: 20})
			if failure != nil {
				p.Desk.Later(func() {
					if c.past.e164 == number {
						c.past = past{e164: number, failure: failure}
					}
				})
				return
			}
			entries = append(entries, page.Entries...)
		}
		p.Desk.Later(func() {
			if c.past.e164 != number {
				return // the person has gone on to another
			}
			c.past = past{e164: number, changes: changes(entries, number)}
			if _, against := doubt(c.past.changes, time.Now()); against && len(c.asks) > 0 && c.asks[0].finding == free {
				c.asks[0].finding = doubted
				p.Desk.Say(text.T("dnc.finding.doubted"))
			}
		})
	}()
}

// history lists the checks of this tab.
func (p *Page) history(c *checking) app.UI {
	shown := c.asks[:min(len(c.asks), 10)]
	return app.Section().Class("panel").Aria("label", text.T("dnc.history")).Body(
		app.H2().Text(text.T("dnc.history")),
		app.If(len(shown) == 0, func() app.UI { return app.P().Class("fine-print").Text(text.T("dnc.history.none")) }),
		app.Ul().Class("asks").Body(app.Range(shown).Slice(func(i int) app.UI {
			a := shown[i]
			kind := "bad"
			switch a.finding {
			case free:
				kind = "good"
			case unclear, doubted:
				kind = "warn"
			}
			return app.Li().Body(
				app.Span().Class("digits").Text(text.Clock(a.at)),
				&widget.Button{Kind: "link", Label: a.number.International, OnClick: func(app.Context) {
					c.retype(a.number.International)
					focus(desk.ID("phone_number"))
				}},
				widget.Tag(kind, text.T("dnc.finding."+string(a.finding)+".short")),
				app.Span().Class("fine-print").Text(p.Desk.Named(a.system).Label),
			)
		})),
		app.If(len(shown) > 0, func() app.UI { return app.P().Class("fine-print").Text(text.T("dnc.history.help")) }),
	)
}

func focus(id string) {
	if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
	}
}

// selectText marks the field's text when the person is still in it, so that
// the next number replaces it.
func selectText(id string) {
	if e := app.Window().Get("document").Get("activeElement"); e.Truthy() && e.Get("id").String() == id {
		e.Call("select")
	}
}

func itoa(i int) string { return strconv.Itoa(i) }

func blank(s string) bool { return strings.TrimSpace(s) == "" }
