package dnc

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func (p *Page) removing(r *removing) app.UI {
	return &task.Panel{
		Desk: p.Desk, Turn: p.Desk.Turn, State: &r.state, Op: operation.DNCRemove,
		Submit: text.T("dnc.remove.send"),
		Input:  func() any { return r.input() },
		Demand: func() []operation.Problem { return demandNote(r.numbers.note) },
		Names:  map[string]string{"phone_numbers": text.T("dnc.numbers"), "note": text.T("dnc.note")},
		Form: func() app.UI {
			return app.Div().Class("dnc-form").Body(
				p.numbersField(&r.numbers, &r.state, "phone_numbers", "dnc.remove.help"),
				p.noteField(&r.numbers, &r.state, removePhrases()),
				widget.Note("info", text.T("dnc.remove.proof")),
			)
		},
		Before: func(_ app.Context, ask func(*task.Question)) {
			ask(removeQuestion(systemOf(p.Desk), r.state.Check().Numbers))
		},
		Done: func(e *wire.Envelope) {
			r.page = 0
			p.Desk.Say(ended(e))
		},
		Head: head,
		Result: func(e *wire.Envelope) app.UI {
			return p.result(e, &r.page, p.again(&r.numbers, &r.state, "phone_numbers"))
		},
		Next: func() {
			r.numbers.text, r.numbers.note = "", ""
		},
		NextLabel: text.T("dnc.remove.next"),
		Below:     func() app.UI { return aside() },
	}
}

// namedNumbers is how many numbers a confirmation names one by one.
const namedNumbers = 12

// removeQuestion always asks: what is removed may be called at once.
func removeQuestion(system wire.System, numbers []operation.Number) *task.Question {
	return &task.Question{
		Title: text.N("dnc.remove.ask", len(numbers)),
		Lines: []string{
			text.T("dnc.ask.system", "system", desk.Where(system)),
			text.T("dnc.remove.effect"),
		},
		Detail: func() app.UI {
			shown := numbers[:min(len(numbers), namedNumbers)]
			return app.Div().Body(
				app.Ul().Class("named").Aria("label", text.T("dnc.numbers")).Body(app.Range(shown).Slice(func(i int) app.UI {
					return app.Li().Class("digits").Text(shown[i].International)
				})),
				app.If(len(numbers) > len(shown), func() app.UI {
					return app.P().Text(text.N("dnc.more_numbers", len(numbers)-len(shown)))
				}),
			)
		},
		Confirm: text.N("dnc.remove.confirm", len(numbers)),
		Danger:  true,
	}
}
