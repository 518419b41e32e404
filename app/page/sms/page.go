// Package sms is the page that opens an SMS session with one customer.
package sms

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/sms"
	"outdial/shared/wire"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int

	stop func()
}

func (p *Page) model() *model { return desk.Keep[model](p.Desk, key) }

func (p *Page) OnMount(ctx app.Context) {
	m := p.model()
	m.open++
	p.stop = p.Desk.Hear(func(e wire.Event) {
		if e.Operation == operation.SMSSend && e.State == wire.Finished && underWay(m.recent.list) {
			p.loadRecent()
		}
	})
	p.arrive(ctx)
	if underWay(m.recent.list) && !m.recent.loading && !p.Desk.Offline {
		p.loadRecent()
	}
}

func (p *Page) OnDismount() {
	if p.stop != nil {
		p.stop()
		p.model().open--
	}
}

func (p *Page) OnNav(ctx app.Context) { p.arrive(ctx) }

func (p *Page) OnUpdate(app.Context) { p.load() }

// arrive takes over what the ledger offers.
func (p *Page) arrive(ctx app.Context) {
	if request, ok := p.Desk.Take(operation.SMSSend); ok {
		in, err := readRequest(request)
		if err != nil {
			p.Desk.Tell("bad", text.T("sms.not_again"))
		} else {
			p.model().takeOver(in, systemOf(p.Desk).OutboundNumbers)
			ctx.Defer(func(app.Context) { focus(desk.ID("message")) })
		}
	}
	p.load()
}

// load reads the agents and the last texts of the system that is worked on,
// once for each system.
func (p *Page) load() {
	m, system := p.model(), systemOf(p.Desk).ID
	if system == "" || p.Desk.Offline {
		return
	}
	if m.agents.system != system && p.Desk.Allows(operation.AgentsList) {
		p.loadAgents()
	}
	if m.recent.system != system {
		p.loadRecent()
	}
}

func (p *Page) loadAgents() {
	m, system := p.model(), systemOf(p.Desk).ID
	m.agents = agents{system: system, loading: true}
	go func() {
		e, failure := client.Call(system, operation.AgentsList, "", []byte("{}"))
		var list []ccai.Agent
		if failure == nil {
			var err error
			if list, err = ccai.ReadAgents(e.Response); err != nil {
				failure = &client.Failure{Problem: &wire.Problem{Code: "unreadable_answer"}}
			}
		}
		p.Desk.Later(func() {
			if m.agents.system == system {
				m.agents = agents{system: system, failure: failure, list: list}
			}
		})
	}()
}

// recentShown is how many of the person's last texts the page shows.
const recentShown = 10

func (p *Page) loadRecent() {
	m, system := p.model(), systemOf(p.Desk).ID
	m.recent.system, m.recent.loading = system, true
	go func() {
		page, failure := client.Ledger(wire.Filter{System: system, Operation: operation.SMSSend, Person: p.Desk.Session.Person.ID, Limit: recentShown})
		p.Desk.Later(func() {
			if m.recent.system == system {
				m.recent = recent{system: system, loaded: failure == nil, failure: failure, list: texts(page.Entries)}
				p.readAgain(m)
			}
		})
	}()
}

// readAgainAfter is when the last texts are read again while one is under way,
// should the word of its end not come.
const readAgainAfter = 4 * time.Second

func (p *Page) readAgain(m *model) {
	if m.again || m.open == 0 || !underWay(m.recent.list) {
		return
	}
	m.again = true
	time.AfterFunc(readAgainAfter, func() {
		p.Desk.Later(func() {
			m.again = false
			if p.Desk.Offline {
				p.readAgain(m)
				return
			}
			if m.open > 0 && underWay(m.recent.list) {
				p.loadRecent()
			}
		})
	})
}

func (p *Page) Render() app.UI {
	m := p.model()
	return app.Div().Class("page sms").Body(
		app.H1().TabIndex(-1).Text(text.T("sms.title")),
		app.If(p.Desk.Allows(operation.SMSSend), func() app.UI { return p.sending(m) }).
			Else(func() app.UI { return p.denied(m) }),
	)
}

// denied says which role may.
func (p *Page) denied(m *model) app.UI {
	op, _ := operation.Find(operation.SMSSend)
	return app.Div().Class("panel").Body(
		app.H2().Text(text.T("sms.denied", "role", text.T("role."+string(op.Least)))),
		app.P().Text(text.T("sms.denied.next", "mine", text.T("role."+string(p.Desk.Session.Role)), "system", systemOf(p.Desk).Label)),
	)
}

func (p *Page) sending(m *model) app.UI {
	system := systemOf(p.Desk)
	if m.state.Answer != nil && m.state.SentTo != system.ID {
		m.state.Again() // it was another system's answer
	}
	return &task.Panel{
		Desk: p.Desk, Turn: p.Desk.Turn, State: &m.state, Op: operation.SMSSend,
		Submit: text.T("sms.send"),
		Input:  func() any { return m.input(systemOf(p.Desk).OutboundNumbers) },
		Demand: m.demands,
		Form:   func() app.UI { return p.form(m, system) },
		Before: func(_ app.Context, ask func(*task.Question)) { p.before(m, ask) },
		Hold:   system.Production,
		Done: func(*wire.Envelope) {
			p.loadRecent()
		},
		Result:    func(e *wire.Envelope) app.UI { return p.result(m, e) },
		Next:      m.next,
		NextLabel: text.T("sms.next"),
		Below: func() app.UI {
			return app.Div().Class("sms-below").Body(p.recent(m))
		},
	}
}

func (p *Page) form(m *model, system wire.System) app.UI {
	s := &m.state
	return app.Div().Class("sms-form").Body(
		app.Div().Class("fields").Body(
			task.Typing(&widget.Input{
				ID: desk.ID("end_user_number"), Label: text.T("field.end_user_number"), Value: m.number, Type: "tel", Required: true, Focus: true,
				Problem: s.Problem("end_user_number"), Hint: s.Hint("end_user_number"), Below: s.NumberLine("end_user_number"),
				OnChange: func(_ app.Context, v string) { m.number = v },
				OnLeave:  func(app.Context) { touch(s, "end_user_number", m.number) },
			}, system.DefaultRegion),
			p.outbound(m, system),
		),
		p.message(m),
		p.agent(m),
		app.Div().Class("fields").Body(
			&widget.Input{
				ID: desk.ID("ticket_id"), Label: text.T("field.ticket_id"), Value: m.ticket, Problem: s.Problem("ticket_id"),
				Help:     text.T("sms.ticket.help"),
				OnChange: func(_ app.Context, v string) { m.ticket = v },
				OnLeave:  func(app.Context) { s.Touch("ticket_id") },
			},
			&widget.Input{
				ID: desk.ID("note"), Label: text.T("field.note"), Value: m.note, Max: 2000, Problem: s.Problem("note"),
				Help:     text.T("sms.note.help"),
				OnChange: func(_ app.Context, v string) { m.note = v },
			},
		),
		app.P().Class("fine-print").Text(text.T("sms.not_delivery")),
	)
}

// touch shows a field's problems once it was left with something in it: an
// empty field that was only passed is no mistake yet.
func touch(s *task.State, field, value string) {
	if value != "" {
		s.Touch(field)
	}
}

func (p *Page) outbound(m *model, system wire.System) app.UI {
	s, numbers := &m.state, system.OutboundNumbers
	chosen := m.choice(numbers)
	id := desk.ID("outbound_number")
	typed := func(id, label string) app.UI {
		return task.Typing(&widget.Input{
			ID: id, Label: label, Value: m.typed, Type: "tel", Required: true,
			Help:     text.T("sms.outbound.help"),
			Problem:  s.Problem("outbound_number"),
			Hint:     s.Hint("outbound_number"),
			Below:    s.NumberLine("outbound_number"),
			OnChange: func(_ app.Context, v string) { m.typed = v },
			OnLeave:  func(app.Context) { touch(s, "outbound_number", m.typed) },
		}, system.DefaultRegion)
	}
	if len(numbers) == 0 {
		return app.Div().Class("sms-outbound").Body(typed(id, text.T("field.outbound_number")))
	}
	options := make([]widget.Option, 0, len(numbers)+1)
	for _, n := range numbers {
		options = append(options, widget.Option{Value: n, Label: n})
	}
	options = append(options, widget.Option{Value: other, Label: text.T("sms.outbound.other")})
	pick, problem := id, s.Problem("outbound_number")
	if chosen == other {
		pick, problem = "outbound-pick", ""
	}
	return app.Div().Class("sms-outbound").Body(
		&widget.Select{
			ID: pick, Label: text.T("field.outbound_number"), Value: chosen, Options: options, Required: true, Problem: problem,
			OnChange: func(ctx app.Context, v string) {
				m.outbound = v
				if v == other {
					ctx.Defer(func(app.Context) { focus(id) })
				}
			},
		},
		app.If(chosen == other, func() app.UI { return typed(id, text.T("sms.outbound.typed")) }),
	)
}

func (p *Page) agent(m *model) app.UI {
	s := &m.state
	chosen := m.agent
	if chosen == "" {
		chosen = nobody
	}
	return app.Div().Class("sms-agent").Body(
		&widget.Choice{
			ID: "agent", Label: text.T("sms.agent"), Value: chosen,
			Options: []widget.Option{
				{Value: nobody, Label: text.T("sms.agent.none")},
				{Value: byID, Label: text.T("sms.agent.id")},
				{Value: byEmail, Label: text.T("sms.agent.email")},
			},
			OnChange: func(_ app.Context, v string) { m.agent = v },
		},
		app.If(chosen == nobody, func() app.UI { return app.P().Class("help").Text(text.T("sms.agent.none.help")) }).
			ElseIf(chosen == byID, func() app.UI {
				return &widget.Input{
					ID: desk.ID("agentId"), Label: text.T("field.agentId"), Value: m.agentID, Mode: "numeric", Required: true,
					Help: p.agentsHelp(m), Problem: s.Problem("agentId"), Below: p.agentLine(m),
					List: m.agentIDs(), Names: m.agentNames(),
					OnChange: func(_ app.Context, v string) { m.agentID = v },
					OnLeave:  func(app.Context) { touch(s, "agentId", m.agentID) },
				}
			}).
			Else(func() app.UI {
				return &widget.Input{
					ID: desk.ID("agentEmail"), Label: text.T("field.agentEmail"), Value: m.email, Type: "email", Required: true,
					Help: p.agentsHelp(m), Problem: s.Problem("agentEmail"), Below: p.agentLine(m),
					List: m.agentEmails(), Names: m.agentNames(),
					OnChange: func(_ app.Context, v string) { m.email = v },
					OnLeave:  func(app.Context) { touch(s, "agentEmail", m.email) },
				}
			}),
	)
}

// agentsHelp says whether there is a list to pick from.
func (p *Page) agentsHelp(m *model) string {
	switch {
	case m.agents.loading:
		return text.T("sms.agents.loading")
	case m.agents.failure != nil:
		return text.T("sms.agents.failed", "why", task.FailureTitle(m.agents.failure))
	case len(m.agents.list) == 0:
		return text.T("sms.agents.none")
	}
	return text.N("sms.agents", len(m.agents.list))
}

// agentLine is the agent that was named, as the pick list knows them.
func (p *Page) agentLine(m *model) app.UI {
	a, ok := m.agentNamed()
	if !ok {
		return nil
	}
	line := a.Name()
	if a.Status != "" {
		line += " · " + a.Status
	}
	return app.P().Text(line)
}

func (m *model) agentIDs() []string {
	return pick(m.agents.list, func(a ccai.Agent) string { return strconv.FormatInt(a.ID, 10) })
}

func (m *model) agentEmails() []string {
	return pick(m.agents.list, func(a ccai.Agent) string { return a.Email })
}

func (m *model) agentNames() []string { return pick(m.agents.list, ccai.Agent.Name) }

func pick(list []ccai.Agent, of func(ccai.Agent) string) []string {
	all := make([]string, len(list))
	for i, a := range list {
		all[i] = of(a)
	}
	return all
}

// before looks for a text to the same number that went out lately.
func (p *Page) before(m *model, ask func(*task.Question)) {
	n, _ := m.state.Check().Number("end_user_number")
	system := systemOf(p.Desk).ID
	m.before = earlier{number: n.International}
	message := m.message
	go func() {
		page, failure := client.Ledger(wire.Filter{Number: n.E164, System: system, Operation: operation.SMSSend, Limit: 20})
		p.Desk.Later(func() {
			if failure != nil {
				p.Desk.Fail(failure)
				m.before.unknown = true
				ask(withLength(&task.Question{
					Title:   text.T("sms.again.blind"),
					Lines:   []string{text.T("sms.again.blind.why", "why", task.FailureTitle(failure), "number", n.International)},
					Confirm: text.T("sms.again.confirm"),
				}, message))
				return
			}
			now := time.Now()
			m.before = earlierOf(n.Number, page.Entries, now)
			ask(withLength(againQuestion(m.before, now), message))
		})
	}()
}

// What a message may have before it is asked about.
const (
	unaskedParts      = 4
	unaskedCharacters = 1600
)

// withLength has a long message asked about too, with how many parts it has.
func withLength(q *task.Question, message string) *task.Question {
	c, characters := sms.Measure(message), utf8.RuneCountInString(message)
	if c.Segments <= unaskedParts && characters <= unaskedCharacters {
		return q
	}
	line := text.N("sms.long.line", c.Segments, "characters", text.Number(characters))
	if q == nil {
		return &task.Question{Title: text.N("sms.long.ask", c.Segments), Lines: []string{line}, Confirm: text.N("sms.long.confirm", c.Segments)}
	}
	q.Lines = append(q.Lines, line)
	return q
}

// againQuestion asks before a number is texted again; nil when there is no need.
func againQuestion(e earlier, now time.Time) *task.Question {
	if !e.there {
		return nil
	}
	q := &task.Question{
		Title: text.T("sms.again.ask", "number", e.number),
		Lines: []string{text.T("sms.again.line",
			"person", nameOf(e.sent.person), "ago", text.Ago(e.sent.at, now), "time", text.Time(e.sent.at),
			"outcome", e.sent.word())},
		Confirm: text.T("sms.again.confirm"),
	}
	if e.sent.unsettled() {
		q.Lines = append(q.Lines, text.T("sms.again.unknown"))
		q.Danger = true
	}
	return q
}

func (p *Page) recent(m *model) app.UI {
	r := &m.recent
	return app.Section().Class("panel").Aria("label", text.T("sms.recent")).Body(
		app.Div().Class("page-head").Body(
			app.H2().Text(text.T("sms.recent")),
			&widget.Button{Icon: "refresh", Title: text.T("sms.recent.refresh"), Kind: "quiet", Small: true, OnClick: func(app.Context) { p.loadRecent() }},
		),
		app.If(r.loading && !r.loaded, func() app.UI { return widget.Progress(text.T("sms.recent.loading"), 0, 0) }).
			ElseIf(r.failure != nil, func() app.UI {
				return widget.Note("warn", text.T("sms.recent.failed")+" "+task.FailureTitle(r.failure))
			}).
			ElseIf(!r.loaded, func() app.UI { return app.P().Class("fine-print").Text(text.T("sms.recent.later")) }).
			ElseIf(len(r.list) == 0, func() app.UI { return app.P().Class("fine-print").Text(text.T("sms.recent.none")) }).
			Else(func() app.UI { return p.recentList(m) }),
	)
}

func (p *Page) recentList(m *model) app.UI {
	return app.Ul().Class("texts").Body(app.Range(m.recent.list).Slice(func(i int) app.UI {
		s := m.recent.list[i]
		return app.Li().Body(
			app.Div().Class("text-head").Body(
				app.Span().Class("digits").Text(s.number),
				app.If(s.running, func() app.UI { return widget.Tag("info", s.word()) }).
					Else(func() app.UI { return task.OutcomeTag(s.outcomeShown()) }),
				app.A().Href("/ledger?call="+s.id).Class("fine-print").Text(text.Time(s.at)),
				app.If(!s.running, func() app.UI {
					return &widget.Button{Kind: "link", Label: text.T("sms.recent.again"), OnClick: func(ctx app.Context) { p.again(ctx, s) }}
				}),
			),
			app.P().Class("text-words").Text(s.request.Message),
		)
	}))
}

// again fills the form with an earlier text; nothing is sent by it.
func (p *Page) again(ctx app.Context, s sent) {
	m := p.model()
	if m.state.Busy() || p.Desk.Held != nil {
		return // a text is on its way, or about to be
	}
	if s.whole {
		m.takeOver(s.request, systemOf(p.Desk).OutboundNumbers)
		p.filled()
		return
	}
	go func() {
		entry, failure := client.Entry(s.id)
		p.Desk.Later(func() {
			if failure != nil {
				p.Desk.Tell("bad", task.FailureTitle(failure))
				return
			}
			in, err := readRequest(json.RawMessage(entry.Request))
			if err != nil {
				p.Desk.Tell("bad", text.T("sms.not_again"))
				return
			}
			m.takeOver(in, systemOf(p.Desk).OutboundNumbers)
			p.filled()
		})
	}()
}

func (p *Page) filled() {
	p.Desk.Say(text.T("sms.recent.filled"))
	focus(desk.ID("message"))
}

func focus(id string) {
	if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
	}
}
