package shell

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// connections lists the systems with a harmless question to each that shows
// whether address and credential work.
type connections struct {
	app.Compo

	Desk *desk.Desk
	Turn int
}

// ping is the last question to one system.
type ping struct {
	Busy    bool
	Took    time.Duration
	Answer  *wire.Envelope
	Failure *client.Failure
}

// pings keeps them while the settings are closed.
type pings struct{ of map[string]*ping }

func (c *connections) kept() *pings {
	kept := desk.Keep[pings](c.Desk, "connections")
	if kept.of == nil {
		kept.of = map[string]*ping{}
	}
	return kept
}

// pingOf is the harmless read of each kind of system.
func pingOf(kind operation.System) (operation.Name, string) {
	if kind == operation.Callbot {
		return operation.CallbotPing, `{"data":"ping"}`
	}
	return operation.CCAIPing, `{}`
}

func (c *connections) test(s wire.System) func(app.Context) {
	return func(app.Context) {
		d, g := c.Desk, &ping{Busy: true}
		c.kept().of[s.ID] = g
		d.Changed()
		start := time.Now()
		op, body := pingOf(s.Kind)
		go func() {
			envelope, failure := client.Call(s.ID, op, "", []byte(body))
			d.Later(func() {
				g.Busy, g.Took, g.Failure = false, time.Since(start), failure
				if failure == nil {
					g.Answer = &envelope
				}
				d.Fail(failure)
				d.Say(s.Label + ": " + line(g))
			})
		}()
	}
}

// line says in a sentence what a question showed.
func line(g *ping) string {
	switch {
	case g.Busy:
		return text.T("phase.sending")
	case g.Failure != nil:
		return task.FailureTitle(g.Failure)
	case g.Answer.Outcome.Done():
		return text.T("connection.works", "ms", text.Number(int(g.Took.Milliseconds())))
	case g.Answer.Error != nil:
		return task.ErrorTitle(g.Answer.Error.Code)
	}
	return task.Headline(g.Answer)
}

func (c *connections) Render() app.UI {
	systems := c.Desk.Session.Systems
	return app.Section().Class("connections").Aria("labelledby", "connections-title").Body(
		app.H2().ID("connections-title").Text(text.T("connection.title")),
		app.Ul().Body(app.Range(systems).Slice(func(i int) app.UI { return c.system(systems[i]) })),
	)
}

func (c *connections) system(s wire.System) app.UI {
	g := c.kept().of[s.ID]
	next := ""
	if g != nil && g.Answer != nil && g.Answer.Error != nil {
		next = task.ErrorNext(g.Answer.Error.Code)
	}
	return app.Li().Body(
		app.Div().Class("connection").Body(
			app.Span().Class("connection-name").Body(app.Strong().Text(s.Label), app.Small().Text(s.Host)),
			&widget.Button{
				Label: text.T("connection.test"), Icon: "plug", Small: true, Disabled: c.Desk.Offline || g != nil && g.Busy,
				Title: text.T("connection.test_of", "system", s.Label), OnClick: c.test(s),
			},
		),
		app.If(g != nil, func() app.UI {
			return app.P().Class("fine-print").Text(line(g) + " " + next)
		}),
	)
}
