package callbot

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	vendor "outdial/shared/callbot"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// finding is what a ping shows of one thing.
type finding string

const (
	works finding = "works"
	fails finding = "fails"
	open  finding = "open" // the answer does not tell
)

// findings are what a ping shows of the three things a call needs.
type findings struct {
	Address, Account, Signature finding
	Code                        string // of what is wrong, "" when nothing is
}

// read tells from a ping's answer what works.
func read(e *wire.Envelope, f *client.Failure) findings {
	switch {
	case f != nil && f.Problem != nil:
		found := findings{Address: open, Account: open, Signature: open}
		switch f.Problem.Code {
		case "upstream_unreached":
			found.Address = fails
		case "upstream_failed":
			found.Address = works
		}
		return found
	case e == nil:
		return findings{Address: open, Account: open, Signature: open}
	case e.Outcome.Done():
		return findings{Address: works, Account: works, Signature: works}
	}
	found := findings{Address: works, Account: open, Signature: open}
	if e.Error != nil {
		found.Code = e.Error.Code
	}
	switch found.Code {
	case vendor.CodeSignatureWrong, vendor.CodeSignatureMissing, vendor.CodeForgedAnswer:
		found.Signature = fails
	case vendor.CodeNoAccount:
		found.Account = fails
	case vendor.CodeNoPermission:
		found.Account, found.Signature = fails, works
	case wire.ReasonNeverLeft:
		found.Address = fails
	case wire.ReasonUnanswered, wire.ReasonWaited, wire.ReasonStopping, "":
		found.Address = open
	}
	return found
}

func (p *Page) ping(app.Context) {
	m, d := of(p.Desk), p.Desk
	system, ok := d.System(operation.Callbot)
	if m.Ping.Busy || !ok {
		return
	}
	start := time.Now()
	m.Ping = ping{Busy: true, System: system.ID, At: start}
	d.Changed()
	go func() {
		envelope, failure := client.Call(system.ID, operation.CallbotPing, "", []byte(`{"data":"ping"}`))
		took := time.Since(start)
		d.Later(func() {
			m.Ping.Busy, m.Ping.Took, m.Ping.Failure = false, took, failure
			if failure == nil {
				m.Ping.Answer = &envelope
			}
			d.Fail(failure)
			d.Say(pingLine(m.Ping))
		})
	}()
}

// pingLine says in a sentence how a ping ended.
func pingLine(g ping) string {
	if g.Failure != nil {
		return task.FailureTitle(g.Failure)
	}
	if g.Answer != nil && g.Answer.Outcome.Done() {
		return text.T("callbot.ping.works")
	}
	return text.T("callbot.ping.fails")
}

func (p *Page) pingPanel(m *model) app.UI {
	d := p.Desk
	system, _ := d.System(operation.Callbot)
	g := m.Ping
	answered := !g.Busy && (g.Answer != nil || g.Failure != nil) && g.System == system.ID
	return app.Section().Class("panel callbot-ping").Aria("labelledby", "ping-title").Body(
		app.Div().Class("page-head").Body(
			app.Div().Body(
				app.H2().ID("ping-title").Text(text.T("callbot.ping.title")),
				app.P().Class("help").Text(text.T("callbot.ping.help", "system", desk.Where(system))),
			),
			&widget.Button{ID: "ping", Icon: "plug", Label: text.T("callbot.ping.do"), Disabled: g.Busy || d.Offline || !d.Allows(operation.CallbotPing), OnClick: p.ping},
		),
		app.If(g.Busy, func() app.UI { return widget.Progress(text.T("callbot.ping.busy"), 0, 0) }),
		app.If(answered, func() app.UI { return p.pinged(g) }),
	)
}

func (p *Page) pinged(g ping) app.UI {
	found := read(g.Answer, g.Failure)
	failed := g.Failure
	return app.Div().Class("callbot-pinged").Body(
		app.P().Class("why").Text(pingLine(g)+" "+text.T("callbot.ping.took", "time", text.Clock(g.At), "ms", text.Number(int(g.Took.Milliseconds())))),
		app.Ul().Class("findings").Body(
			findingLine("callbot.ping.address", found.Address),
			findingLine("callbot.ping.account", found.Account),
			findingLine("callbot.ping.signature", found.Signature),
		),
		app.If(failed != nil, func() app.UI { return task.ReadFailure(failed, nil) }),
		app.If(g.Answer != nil, func() app.UI {
			return app.Div().Class("callbot-pinged").Body(
				task.Why(g.Answer.Error),
				app.If(g.Answer.Outcome.Done(), func() app.UI { return p.pong(g) }),
				task.Raw(g.Answer.UpstreamStatus, g.Answer.RequestID, g.Answer.Response),
			)
		}),
	)
}

func findingLine(key string, f finding) app.UI {
	kind := map[finding]string{works: "good", fails: "bad", open: "warn"}[f]
	return app.Li().Body(
		app.Span().Text(text.T(key)),
		widget.Tag(kind, text.T("callbot.finding."+string(f))),
	)
}

// pong compares the other side's clock with ours: signatures carry the time.
func (p *Page) pong(g ping) app.UI {
	answer, err := vendor.ReadPong(g.Answer.Response)
	if err != nil || answer.Timestamp == 0 {
		return app.P().Class("fine-print").Text(text.T("callbot.ping.no_time"))
	}
	at := time.Unix(answer.Timestamp, 0)
	return app.P().Class("fine-print").Text(text.T("callbot.ping.time", "time", text.Clock(at)))
}
