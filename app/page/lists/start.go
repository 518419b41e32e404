package lists

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/judge/question"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// confirmation is a question that is open before a run starts.
type confirmation struct {
	title  string
	lines  []string
	accept string
	danger bool
	typed  string // what has to be typed; "" for nothing
	answer string
	dry    bool
}

// show reads the request that is looked at.
func (m *model) show(d *desk.Desk) {
	if !m.settled() {
		return
	}
	of := m.planned + " " + decimal(len(m.edits)) + " " + decimal(m.request)
	if m.asked == of {
		return
	}
	m.asked = of
	round := m.round
	m.list.Requests(plan.ViewQuestion{Sort: -1, From: m.request, Count: 1}, func(r plan.Requests) {
		if m.round == round && m.asked == of {
			m.requests = &r
		}
	})
}

func (p *Page) start(m *model) app.UI {
	d := p.Desk
	if m.summary == nil {
		return app.Div().Class("stack").Body(slot(m.planning, func() app.UI { return working(m) }))
	}
	return app.Div().Class("lists-start").Body(
		app.Form().Class("panel stack").Attr("novalidate", "true").Attr("autocomplete", "off").OnSubmit(p.submit).Body(
			p.sum(m),
			&widget.Input{ID: "title", Label: text.T("lists.run.title"), Value: m.title, Required: true, Max: 200, OnChange: func(_ app.Context, v string) { m.title = v; d.Changed() }},
			&widget.Input{ID: "note", Label: text.T("field.note"), Value: m.note, Required: true, Max: 2000, Lines: 2, Help: text.T("lists.note.help"),
				Problem: p.problem(m, "note"), OnChange: func(_ app.Context, v string) { m.note = v; d.Changed() }},
			slot(changes(m.op), func() app.UI { return p.remembering(m) }),
			&widget.Choice{ID: "when", Label: text.T("lists.when"), Value: laterWord(m.later), Options: []widget.Option{
				{Value: "now", Label: text.T("lists.when.now")}, {Value: "later", Label: text.T("lists.when.later")},
			}, OnChange: func(_ app.Context, v string) { m.later = v == "later"; d.Changed() }},
			slot(m.later, func() app.UI {
				return &widget.Input{ID: "start-at", Label: text.T("lists.when.at"), Type: "datetime-local", Value: m.startAt, Required: true,
					Help: text.T("lists.zone", "zone", text.Zone()), Problem: p.problem(m, "start_at"),
					OnChange: func(_ app.Context, v string) { m.startAt = v; d.Changed() }}
			}),
			p.began(m),
			p.trouble(m),
			slot(m.posting, func() app.UI { return working(m) }),
			app.Div().Class("task-bar").Body(
				&widget.Button{ID: "start", Type: "submit", Kind: p.startKind(m), Label: p.startLabel(m), Disabled: m.posting || d.Offline || !m.settled()},
				&widget.Button{ID: "dry-run", Label: text.T("lists.dry"), Icon: "play", Disabled: m.posting || d.Offline || !m.settled(), OnClick: p.tryDry},
				slot(d.Offline, func() app.UI { return app.P().Class("why").Text(text.T("task.offline")) }),
			),
			app.P().Class("help").Text(text.T("lists.dry.help")),
		),
		p.preview(m),
	)
}

// remembering asks whether each number is looked up before and after.
func (p *Page) remembering(m *model) app.UI {
	value := "no"
	if m.remembers() {
		value = "yes"
	}
	return app.Div().Class("stack").Body(
		&widget.Choice{ID: "remember", Label: text.T("lists.remember"), Value: value, Options: []widget.Option{
			{Value: "yes", Label: text.T("lists.remember.yes")}, {Value: "no", Label: text.T("lists.remember.no")},
		}, OnChange: func(_ app.Context, v string) {
			on := v == "yes"
			m.remember = &on
			p.Desk.Changed()
		}},
		app.P().Class("help").Text(text.T("lists.remember.help")),
	)
}

func laterWord(later bool) string {
	if later {
		return "later"
	}
	return "now"
}

func (p *Page) startKind(m *model) string {
	o, _ := operation.Find(m.operation())
	if o.Final && m.system(p.Desk).Production {
		return "danger"
	}
	return "main"
}

func (p *Page) startLabel(m *model) string {
	if m.later {
		return text.N("lists.start.later", m.summary.Ready)
	}
	return text.N("lists.start", m.summary.Ready)
}

// sum is what would happen, in numbers.
func (p *Page) sum(m *model) app.UI {
	d, s := p.Desk, m.summary
	system := m.system(d)
	scrub := m.scrubber(d) != ""
	all := requests(s.Calls, s.Ready, scrub, m.remembers())
	type fact struct{ name, value string }
	facts := []fact{
		{text.T("lists.sum.what"), operationName(m.op)},
		{text.T("lists.sum.system"), desk.Where(system)},
		{text.T("lists.sum.rows"), equation(*s)},
		{text.T("lists.sum.calls"), text.N("lists.calls", s.Calls)},
	}
	if all > s.Calls {
		facts = append(facts, fact{text.T("lists.sum.checks"), text.N("lists.checks", all-s.Calls)})
	}
	if n := seconds(all, system.RequestsPerSecond); n > 0 {
		word := text.T("lists.sum.time.at", "time", lasting(n), "rate", rate(system.RequestsPerSecond))
		if wait := m.waits(); wait != "" {
			word += text.T("lists.sum.time." + wait)
		}
		facts = append(facts, fact{text.T("lists.sum.time"), word})
	}
	if s.Segments > 0 {
		facts = append(facts, fact{text.T("lists.sum.segments"), text.Number(s.Segments)})
	}
	if scrub {
		facts = append(facts, fact{text.T("lists.scrub"), text.T("lists.scrub.against", "system", d.Named(m.scrubber(d)).Label)})
	}
	if reaches(m.op) {
		word := text.T("lists.hours.wait")
		if m.anyHour {
			word = text.T("lists.hours.any")
		}
		facts = append(facts, fact{text.T("lists.hours"), word})
	}
	return app.Div().Class("stack").Body(
		slot(system.Production, func() app.UI {
			return widget.Note("warn", text.T("lists.production", "system", system.Label))
		}),
		app.Dl().Class("particulars").Body(app.Range(facts).Slice(func(i int) app.UI {
			return app.Div().Body(app.Dt().Text(facts[i].name), app.Dd().Text(facts[i].value))
		})),
	)
}

// waits names how the run waits for calling hours: "hours", each call for its
// own; "together", as one call for those of all its numbers; "" for not at all.
func (m *model) waits() string {
	switch {
	case !reaches(m.op) || m.anyHour || m.summary == nil || m.summary.Closed == 0:
		return ""
	case m.op == operation.CallbotImport:
		return "together"
	}
	return "hours"
}

// rate writes how many requests a second.
func rate(r float64) string {
	if r == float64(int(r)) {
		return text.Number(int(r))
	}
	return strings.Replace(strconv.FormatFloat(r, 'f', 1, 64), ".", text.T("callbot.decimal"), 1)
}

// preview is the exact request, one of as many as there are.
func (p *Page) preview(m *model) app.UI {
	r := m.requests
	return app.Section().Class("preview").Aria("label", text.T("lists.requests")).Body(
		app.H3().Text(text.T("lists.requests")),
		slot(r == nil, func() app.UI { return app.P().Text(text.T("preview.waiting")) }),
		slot(r != nil && r.Failed != "", func() app.UI { return widget.Note("bad", failedTitle(r.Failed)) }),
		slot(r != nil && r.Failed == "" && len(r.Requests) > 0, func() app.UI {
			one := r.Requests[0]
			system := m.system(p.Desk)
			content := one.Method + " " + system.Scheme + "://" + system.Host + one.Target
			if one.Body != "" {
				content += "\n\n" + one.Body
			}
			return app.Div().Class("stack").Body(
				app.P().Class("fine-print").Text(text.T("lists.requests.n", "n", text.Number(r.From+1), "total", text.Number(r.Total), "lines", lines(one.Lines))),
				app.Pre().TabIndex(0).Aria("label", text.T("lists.requests")).Text(cut(content)),
				slot(one.Cut > 0, func() app.UI { return app.P().Class("fine-print").Text(text.N("lists.requests.cut", one.Cut)) }),
				app.Div().Class("actions").Body(
					&widget.Button{ID: "request-back", Label: text.T("pager.back"), Small: true, Disabled: m.request == 0, OnClick: p.leaf(-1)},
					&widget.Button{ID: "request-on", Label: text.T("pager.on"), Small: true, Disabled: m.request+1 >= r.Total, OnClick: p.leaf(1)},
					&widget.Copy{Text: content, What: text.T("lists.requests")},
				),
			)
		}),
	)
}

// shownBytes is how much of a request is shown.
const shownBytes = 20_000

func cut(body string) string {
	if len(body) <= shownBytes {
		return body
	}
	return body[:shownBytes] + "\n… " + text.T("preview.cut")
}

func (p *Page) leaf(by int) func(app.Context) {
	return func(app.Context) {
		m := of(p.Desk)
		m.request = max(0, m.request+by)
		m.show(p.Desk)
		p.Desk.Changed()
	}
}

// lines writes line numbers as ranges: "1–3, 7".
func lines(all []int) string {
	var parts []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		part := decimal(all[i])
		if j > i {
			part += "–" + decimal(all[j])
		}
		parts = append(parts, part)
		if len(parts) == 6 && j+1 < len(all) {
			parts = append(parts, "…")
			break
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// problems are what has to be mended before the run can start.
func (m *model) problems() map[string]string {
	wrong := map[string]string{}
	if blank(m.note) {
		wrong["note"] = operation.CodeRequired
	}
	if m.later {
		at, ok := text.ParseLocal(m.startAt)
		switch {
		case !ok:
			wrong["start_at"] = operation.CodeRequired
		case !at.After(time.Now()):
			wrong["start_at"] = operation.CodeTimePast
		}
	}
	if m.anyHour && reaches(m.op) && blank(m.hoursNote) {
		wrong["hours_note"] = operation.CodeRequired
	}
	return wrong
}

func (p *Page) problem(m *model, field string) string {
	code := m.problems()[field]
	switch {
	case !m.tried || code == "":
		return ""
	case field == "start_at" && code == operation.CodeTimePast:
		return text.T("lists.when.past")
	}
	return text.T("problem." + operation.CodeRequired)
}

func (p *Page) submit(_ app.Context, e app.Event) {
	e.PreventDefault()
	p.askFirst(false)
}

func (p *Page) tryDry(app.Context) { p.askFirst(true) }

// askFirst asks before anything leaves. A dry run calls nothing real: it is
// not asked about.
func (p *Page) askFirst(dry bool) {
	d := p.Desk
	m := of(d)
	m.tried = true
	if wrong := m.problems(); len(wrong) > 0 {
		d.Say(text.N("form.problems", len(wrong)))
		d.Changed()
		for _, field := range []struct{ name, id string }{{"note", "note"}, {"start_at", "start-at"}} {
			if wrong[field.name] != "" {
				p.land(field.id)
				return
			}
		}
		d.Tell("bad", text.T("lists.hours.note.missing"))
		return
	}
	if m.posting || !m.settled() || d.Offline {
		return
	}
	if dry {
		p.post(true)
		return
	}
	system := m.system(d)
	o, _ := operation.Find(m.operation())
	c := &confirmation{
		title:  text.N("lists.confirm", m.summary.Ready, "system", system.Label),
		accept: text.T("lists.confirm.start"),
		danger: system.Production,
	}
	if m.later {
		c.accept = text.T("lists.confirm.schedule")
	}
	c.lines = append(c.lines, text.T("lists.confirm.what", "what", operationName(m.op), "system", desk.Where(system)), equation(*m.summary))
	if o.Final {
		c.lines = append(c.lines, text.T("lists.confirm.final"))
	}
	if m.op == operation.CallbotImport {
		c.lines = append(c.lines, text.T("callbot.replaces"))
		c.typed = strings.TrimSpace(m.fixed.Task)
	} else if system.Production {
		c.typed = decimal(m.summary.Ready)
	}
	if m.later {
		if at, ok := text.ParseLocal(m.startAt); ok {
			c.lines = append(c.lines, text.T("lists.confirm.later", "time", text.Time(at)))
		}
	}
	for _, s := range m.started {
		if !s.dry {
			c.lines = append(c.lines, text.T("lists.confirm.again", "title", s.title))
			c.danger = true
			break
		}
	}
	m.confirm = c
	d.Changed()
}

func (p *Page) confirmation(m *model) app.UI {
	return slot(m.confirm != nil, func() app.UI {
		c := m.confirm
		return &widget.Dialog{Title: c.title, Confirm: c.accept, Danger: c.danger, Blocked: c.typed != "" && c.answer != c.typed,
			OnAccept: p.accept, OnCancel: p.refuse,
			Body: app.Div().Body(
				app.Range(c.lines).Slice(func(i int) app.UI { return app.P().Text(c.lines[i]) }),
				app.If(c.typed != "", func() app.UI {
					return &widget.Input{ID: "confirm-typed", Label: text.T("task.type_to_confirm", "what", c.typed), Value: c.answer, Required: true, Focus: true,
						OnChange: func(_ app.Context, v string) { c.answer = v; p.Desk.Changed() }, OnEnter: p.accept}
				}),
			),
		}
	})
}

func (p *Page) accept(app.Context) {
	m := of(p.Desk)
	if c := m.confirm; c == nil || c.typed != "" && c.answer != c.typed {
		return
	}
	m.confirm = nil
	p.post(false)
}

func (p *Page) refuse(app.Context) {
	of(p.Desk).confirm = nil
	p.Desk.Say(text.T("task.nothing_sent"))
	p.Desk.Changed()
	p.land("start")
}

// post has the worker post the run. The key stays the same as long as the run
// is the same: asking again after a lost answer starts it no second time.
func (p *Page) post(dry bool) {
	d := p.Desk
	m := of(d)
	order := m.order(d, dry)
	if of := encode(order) + m.planned + decimal(len(m.edits)); m.keyOf != of || m.key == "" {
		m.key, m.keyOf = client.NewKey(), of
	}
	m.posting, m.dry, m.unsent = true, dry, nil
	m.progress = question.Progress{Phase: "building"}
	d.Leaving(true)
	d.Say(text.T("lists.phase.sending"))
	d.Changed()
	round := m.round
	m.list.Post(question.PostQuestion{Key: m.key, Order: order}, m.hear(round), func(a question.Posted) {
		d.Leaving(false)
		if m.round != round {
			return
		}
		m.posting = false
		switch {
		case a.Run != nil:
			m.key, m.keyOf = "", "" // the next press is another run
			m.started = append(m.started, started{a.Run.ID, a.Run.Title, dry})
			d.Say(text.T("lists.started"))
			if p.Mounted() {
				p.ctx.Navigate("/runs/" + a.Run.ID)
			} else {
				d.Tell("good", text.T("lists.started"))
			}
		case len(a.Problem) > 0:
			var problem wire.Problem
			if json.Unmarshal(a.Problem, &problem) != nil {
				m.unsent = &unsent{failed: "unreached"}
				break
			}
			m.unsent = &unsent{problem: &problem}
			if problem.Code == "key_reused" {
				m.key, m.keyOf = "", ""
			}
			if problem.Status == 401 {
				d.SignedOut = true
			}
		default:
			m.unsent = &unsent{failed: a.Failed}
		}
		if m.unsent != nil {
			p.land("unsent")
		}
	})
}

// trouble says why a run did not start.
func (p *Page) trouble(m *model) app.UI {
	u := m.unsent
	return slot(u != nil, func() app.UI {
		if u.problem != nil {
			return app.Div().ID("unsent").TabIndex(-1).Body(task.Failure(&client.Failure{Problem: u.problem}, p.again))
		}
		lost := u.failed == "unreached"
		message := failedTitle(u.failed)
		if lost {
			message = text.T("lists.unreached")
		}
		return app.Div().ID("unsent").TabIndex(-1).Class("stack").Role("alert").Body(
			widget.Note("bad", message),
			slot(lost, func() app.UI {
				return &widget.Button{Label: text.T("failure.ask_again"), Icon: "refresh", Disabled: m.posting || p.Desk.Offline, OnClick: p.again}
			}),
		)
	})
}

func (p *Page) again(app.Context) {
	if m := of(p.Desk); !m.posting {
		p.post(m.dry)
	}
}

// began lists the runs that were started from this list.
func (p *Page) began(m *model) app.UI {
	return slot(len(m.started) > 0, func() app.UI {
		return app.Div().Class("note is-info").Body(
			widget.Icon("info"),
			app.Ul().Class("began").Body(app.Range(m.started).Slice(func(i int) app.UI {
				s := m.started[i]
				label := text.T("lists.began", "title", s.title)
				if s.dry {
					label = text.T("lists.began.dry", "title", s.title)
				}
				return app.Li().Body(app.A().Href("/runs/" + s.id).Text(label))
			})),
		)
	})
}

// after runs f when the keys have rested.
func after(d *desk.Desk, f func()) {
	time.AfterFunc(300*time.Millisecond, func() { d.Later(f) })
}
