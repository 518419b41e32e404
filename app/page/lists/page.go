// Package lists is the way of a list from a file to a started run: choosing it,
// saying what its columns are, deciding about its rows, starting.
package lists

import (
	"net/url"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int

	ctx  app.Context // of the page itself, which outlives its buttons
	at   step        // the step that is on the screen
	part int         // how much of it is: it is built in parts, each a short task
	seen string      // the system that it was last seen with
}

const wholeStep = 3

func (p *Page) OnMount(ctx app.Context) {
	p.ctx = ctx
	p.adopt()
	p.at, p.part = of(p.Desk).step, 0
	p.build(ctx)
}

// build shows the rest of a step, a part at a time.
func (p *Page) build(ctx app.Context) {
	at := p.at
	ctx.After(time.Millisecond, func(ctx app.Context) {
		if p.at != at || p.part >= wholeStep {
			return
		}
		p.part++
		p.build(ctx)
	})
}

func (p *Page) OnUpdate(ctx app.Context) {
	p.adopt()
	if m := of(p.Desk); m.step != p.at {
		p.at, p.part = m.step, 0
		p.build(ctx)
		p.land("step-title")
		app.Window().Call("scrollTo", 0, 0)
	}
}

// adopt follows the address, the role and the system.
func (p *Page) adopt() {
	d := p.Desk
	m := of(d)
	to := step(d.Query.Get("step"))
	if !slices.Contains(steps(), to) {
		to = m.step // where it was left
	}
	for at := slices.Index(steps(), to); !m.reachable(d, to); at-- { // as far as it goes
		to = steps()[at-1]
	}
	if asked := d.Query.Get("step"); asked != "" && asked != string(to) {
		// Otherwise it would be gone to as soon as it can be.
		u := p.ctx.Page().URL()
		u.RawQuery = url.Values{"step": {string(to)}}.Encode()
		p.ctx.Page().ReplaceURL(u)
		d.Query = u.Query()
	}
	m.step = to
	if system := m.system(d).ID; p.seen != system {
		if p.seen != "" {
			m.moved(d)
		}
		p.seen = system
	}
	m.replan(d)
	if m.step == atColumns || m.step == atDecide {
		p.wants(m)
	}
	switch m.step {
	case atDecide:
		p.askAll(m)
	case atStart:
		m.show(d)
	}
}

// moved takes over that another system is worked on: what was asked about the
// one before does not hold for it.
func (m *model) moved(d *desk.Desk) {
	m.asks = map[string]*asking{}
	m.picked, m.campaigns, m.fixed.Campaign, m.fixed.Outbound = picking{}, nil, 0, ""
	m.scrubbed = false
	delete(m.leave, "sent_before")
	delete(m.leave, "present")
	m.asked = ""
}

// land gives the focus to an element once it is there.
func (p *Page) land(id string) { p.ctx.Defer(func(app.Context) { focus(id) }) }

// address is where a step is found.
func address(to step) string {
	return (&url.URL{Path: "/lists", RawQuery: url.Values{"step": {string(to)}}.Encode()}).String()
}

func (p *Page) goTo(to step) func(app.Context) {
	return func(ctx app.Context) { ctx.Navigate(address(to)) }
}

func (p *Page) Render() app.UI {
	d := p.Desk
	m := of(d)
	return app.Div().Class("page lists").Body(
		app.Div().Class("page-head").Body(
			app.H1().TabIndex(-1).Text(text.T("lists.title")),
			app.A().Class("button is-small").Href("/runs").Body(widget.Icon("play"), app.Span().Text(text.T("lists.to_runs"))),
		),
		app.If(m.op == "", func() app.UI { return p.barred() }).Else(func() app.UI {
			return app.Div().Class("lists-body").Body(
				p.steps(m),
				app.Section().Class("lists-step").Aria("labelledby", "step-title").Body(
					app.H2().ID("step-title").TabIndex(-1).Text(text.T("lists.step."+string(m.step))),
					p.step(m),
				),
				p.confirmation(m),
			)
		}),
	)
}

// barred explains who may start lists.
func (p *Page) barred() app.UI {
	return app.Div().Class("lists-body").Body(
		app.P().Class("lead").Text(text.T("lists.lead")),
		widget.Note("info", text.T("campaign.needs_role", "least", text.T("role."+string(operation.Supervisor)), "role", text.T("role."+string(p.Desk.Session.Role)))),
	)
}

func (p *Page) step(m *model) app.UI {
	if p.part == 0 {
		return app.Div().Class("stack").Body(app.Div().Class("skeleton"))
	}
	switch m.step {
	case atColumns:
		return p.columns(m)
	case atDecide:
		return p.decide(m)
	case atStart:
		return p.start(m)
	}
	return p.choose(m)
}

// steps are the four steps, the current one marked; those that can be gone to
// are links.
func (p *Page) steps(m *model) app.UI {
	d := p.Desk
	all := steps()
	at := slices.Index(all, m.step)
	return app.Nav().Class("steps").Aria("label", text.T("lists.steps")).Body(
		app.Ol().Body(app.Range(all).Slice(func(i int) app.UI {
			name := text.T("lists.step." + string(all[i]))
			item := app.Li().Class("step")
			inner := app.Span().Class("step-name").Text(name)
			switch {
			case i == at:
				return item.Class("step is-current").Aria("current", "step").Body(app.Span().Class("step-n").Aria("hidden", "true").Text(decimal(i+1)), inner)
			case m.reachable(d, all[i]):
				return item.Class("step is-open").Body(app.A().Href(address(all[i])).Body(
					app.Span().Class("step-n").Aria("hidden", "true").Text(decimal(i+1)), inner))
			}
			return item.Body(app.Span().Class("step-n").Aria("hidden", "true").Text(decimal(i+1)), inner)
		})),
	)
}

// onwards leads to the next step, or says why not yet.
func (p *Page) onwards(m *model, to step, why string) app.UI {
	able := m.reachable(p.Desk, to) && why == ""
	return app.Div().Class("task-bar").Body(
		&widget.Button{ID: "onwards", Kind: "main", Label: text.T("lists.on." + string(to)), Disabled: !able, OnClick: p.goTo(to)},
		app.If(why != "", func() app.UI { return app.P().Class("word").Text(why) }),
	)
}

// working shows how far what is under way has come.
func working(m *model) app.UI {
	word, at := workingWords(m.progress)
	return widget.Progress(word, max(at, 0), 100*min(1, max(at+1, 0)))
}

// workingWords says what is under way, and how far it is in per cent, -1 where
// nothing tells.
func workingWords(p question.Progress) (words string, at int) {
	words, at = text.First("lists.phase."+p.Phase, "lists.phase.judging"), percent(p.Done, p.Total)
	if at >= 0 {
		words += " " + text.T("lists.percent", "n", decimal(at))
	}
	return words, at
}

// slot keeps its place in the tree, so that what comes and goes in it does not
// move the fields beside it.
func slot(there bool, f func() app.UI) app.UI {
	return app.Div().Class("slot").Body(app.If(there, f))
}

// waitTyping has the list judged when no letter comes any more.
func (m *model) waitTyping(d *desk.Desk) {
	m.typing++
	m.typed = true
	typing := m.typing
	time.AfterFunc(400*time.Millisecond, func() {
		if m.typing == typing {
			d.Later(func() { m.typed = false })
		}
	})
	d.Changed()
}
