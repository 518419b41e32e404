package dnc

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// lookers is how many numbers are looked up at once before an addition.
const lookers = 4

// looking is the look at what is on the list before an addition.
type looking struct {
	done, total int
	over        bool // finished, or nobody waits for it any more
}

func (p *Page) adding(a *adding) app.UI {
	now := time.Now()
	return &task.Panel{
		Desk: p.Desk, Turn: p.Desk.Turn, State: &a.state, Op: operation.DNCAdd,
		Submit: text.T("dnc.add.send"),
		Input:  func() any { return a.input(time.Now()) },
		Demand: func() []operation.Problem {
			all := demandNote(a.numbers.note)
			if _, code := a.expiry(time.Now()); code != "" {
				all = append(all, operation.Problem{Field: "expires_at", Code: code})
			}
			return all
		},
		Names: map[string]string{"contacts": text.T("dnc.numbers"), "note": text.T("dnc.note"), "expires_at": text.T("dnc.expiry.date")},
		Form: func() app.UI {
			return app.Div().Class("dnc-form").Body(
				p.numbersField(&a.numbers, &a.state, "contacts", "dnc.add.help"),
				p.expiryFields(a, now),
				p.noteField(&a.numbers, &a.state, addPhrases()),
				a.progress(),
			)
		},
		Before: func(_ app.Context, ask func(*task.Question)) { p.beforeAdd(a, ask) },
		Done: func(e *wire.Envelope) {
			a.page = 0
			p.Desk.Say(ended(e))
		},
		Head:   head,
		Result: func(e *wire.Envelope) app.UI { return p.result(e, &a.page, p.again(&a.numbers, &a.state, "contacts")) },
		Next: func() {
			a.numbers.text, a.numbers.note = "", ""
		},
		NextLabel: text.T("dnc.add.next"),
		Below:     func() app.UI { return aside() },
	}
}

func (p *Page) expiryFields(a *adding, now time.Time) app.UI {
	mode := "for_good"
	if a.limited {
		mode = "until"
	}
	return app.Div().Class("dnc-expiry").Body(
		&widget.Choice{
			ID: "expiry", Label: text.T("dnc.expiry"), Value: mode,
			Options: []widget.Option{
				{Value: "for_good", Label: text.T("dnc.expiry.for_good")},
				{Value: "until", Label: text.T("dnc.expiry.until")},
			},
			OnChange: func(_ app.Context, v string) { a.limited = v == "until" },
		},
		app.If(!a.limited, func() app.UI { return app.P().Class("help").Text(text.T("dnc.expiry.for_good.help")) }).
			Else(func() app.UI { return p.dateField(a, now) }),
	)
}

func (p *Page) dateField(a *adding, now time.Time) app.UI {
	at, code := a.expiry(now)
	problem, hint := "", ""
	if code == operation.CodeTimePast {
		problem = task.Explain(operation.Problem{Code: code})
	} else {
		problem = a.state.Problem("expires_at")
	}
	if at != nil && short(*at, now) {
		hint = text.T("hint.short_expiry")
	}
	quick := []struct {
		key         string
		years, days int
	}{{"dnc.expiry.days30", 0, 30}, {"dnc.expiry.year1", 1, 0}, {"dnc.expiry.years5", 5, 1}}
	return app.Div().Class("dnc-date").Body(
		&widget.Input{
			ID: desk.ID("expires_at"), Label: text.T("dnc.expiry.date"), Type: "datetime-local", Value: a.date, Required: true,
			Help:     text.T("dnc.expiry.date.help", "zone", text.Zone()),
			Problem:  problem,
			Hint:     hint,
			OnChange: func(_ app.Context, v string) { a.date = v },
			OnLeave:  func(app.Context) { a.state.Touch("expires_at") },
			Below:    sentAs(at),
		},
		app.Div().Class("actions").Role("group").Aria("label", text.T("dnc.expiry.quick")).Body(
			app.Range(quick).Slice(func(i int) app.UI {
				q := quick[i]
				return &widget.Button{Label: text.T(q.key), Small: true, Kind: "quiet", OnClick: func(app.Context) { a.date = localAfter(q.years, q.days) }}
			}),
		),
	)
}

func sentAs(at *time.Time) app.UI {
	if at == nil {
		return nil
	}
	return app.P().Body(
		app.Span().Text(text.T("dnc.expiry.sent", "date", text.Time(*at))+" "),
		app.Code().Text(ccai.FormatTime(*at)),
	)
}

func (a *adding) progress() app.UI {
	l := a.looking
	if l == nil || l.over || !a.state.Checking() {
		return app.Div().Class("progress-slot")
	}
	label := text.T("dnc.looking") + " " + text.T("phase.of", "done", text.Number(l.done), "total", text.Number(l.total))
	return app.Div().Class("progress-slot").Body(widget.Progress(label, l.done, l.total))
}

// beforeAdd looks each number up when the addition has an end, because it may
// end a protection earlier than what is there; then it asks what has to be asked.
func (p *Page) beforeAdd(a *adding, ask func(*task.Question)) {
	if a.looking != nil {
		a.looking.over = true
	}
	next, _ := a.expiry(time.Now())
	numbers := a.state.Check().Numbers
	system := systemOf(p.Desk)
	if next == nil {
		ask(addQuestion(system, len(numbers), nil, nil, nil))
		return
	}
	look := &looking{total: len(numbers)}
	a.looking = look
	p.Desk.Changed()
	go func() {
		found := make([]standing, len(numbers))
		rows := make(chan int)
		var work sync.WaitGroup
		for range min(lookers, len(numbers)) {
			work.Go(func() {
				for i := range rows {
					found[i] = ask1(system.ID, numbers[i])
					p.Desk.Later(func() { look.done++ })
				}
			})
		}
		for i := range numbers {
			if look.over || !a.state.Checking() {
				break // taken back: no more questions
			}
			rows <- i
		}
		close(rows)
		work.Wait()
		p.Desk.Later(func() {
			if look.over {
				return // taken back, and perhaps begun anew
			}
			look.over = true
			shorter, untold := shortened(found, next)
			ask(addQuestion(system, len(numbers), shorter, untold, next))
		})
	}()
}

// ask1 asks how one number stands on the list.
func ask1(system string, n operation.Number) standing {
	s := standing{number: n.International}
	body, err := json.Marshal(ccai.DNCCheck{PhoneNumber: n.E164})
	if err != nil {
		return s
	}
	e, failure := client.Call(system, operation.DNCCheck, "", body)
	if failure != nil || !e.Outcome.Done() {
		return s
	}
	s.check, err = ccai.ReadCheck(e.Response)
	s.told = err == nil
	return s
}

// addQuestion asks before an addition: always on a production system, and
// everywhere when protection would be, or might be, shortened.
func addQuestion(system wire.System, count int, shorter, untold []standing, next *time.Time) *task.Question {
	if len(shorter)+len(untold) == 0 {
		if !system.Production {
			return nil
		}
		return &task.Question{
			Title:   text.N("dnc.add.ask", count),
			Lines:   []string{text.T("dnc.ask.system", "system", desk.Where(system))},
			Confirm: text.N("dnc.add.confirm", count),
		}
	}
	q := &task.Question{
		Title:   text.T("dnc.shorten.ask"),
		Lines:   []string{text.N("dnc.shorten.where", count, "system", desk.Where(system))},
		Confirm: text.T("dnc.shorten.confirm"),
		Danger:  true,
	}
	if len(shorter) > 0 {
		q.Lines = append(q.Lines, text.N("dnc.shorten.some", len(shorter)))
	}
	if len(untold) > 0 {
		q.Lines = append(q.Lines, text.N("dnc.shorten.untold", len(untold)))
	}
	q.Detail = func() app.UI { return standings(append(shorter[:len(shorter):len(shorter)], untold...), *next) }
	return q
}

// shownStandings is how many numbers a question lists.
const shownStandings = 50

func standings(all []standing, next time.Time) app.UI {
	shown := all[:min(len(all), shownStandings)]
	return app.Div().Body(
		app.Div().Class("table-box verdicts").TabIndex(0).Role("region").Aria("label", text.T("dnc.shorten.list")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.number")),
					app.Th().Scope("col").Text(text.T("dnc.shorten.now")),
					app.Th().Scope("col").Text(text.T("dnc.shorten.then")),
				)),
				app.TBody().Body(app.Range(shown).Slice(func(i int) app.UI {
					return app.Tr().Body(
						app.Td().Class("digits").Text(shown[i].number),
						app.Td().Text(protection(shown[i])),
						app.Td().Text(text.Time(next)),
					)
				})),
			),
		),
		app.If(len(all) > len(shown), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("dnc.more_numbers", len(all)-len(shown)))
		}),
	)
}

// protection says until when a number is protected now.
func protection(s standing) string {
	switch f := find(s.check, time.Time{}); {
	case !s.told || f == unclear:
		return text.T("dnc.shorten.unknown")
	case f == until:
		return text.Time(*s.check.ExpiresAt)
	case f == oddly:
		return s.check.Expiry
	}
	return text.T("dnc.finding.for_good.when")
}
