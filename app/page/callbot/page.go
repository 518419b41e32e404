// Package callbot is the page of the Callbot jobs: testing the connection, and
// importing a list of numbers for a task to dial.
package callbot

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/judge"
	"outdial/app/judge/question"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	vendor "outdial/shared/callbot"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int

	results int    // page of the result's rows
	copied  string // what became of the last copy
}

func (p *Page) OnMount(ctx app.Context) {
	if m := of(p.Desk); m.Reading { // the word on it went to the page that was left
		p.file(ctx, m.file)
	}
	if body, ok := p.Desk.Take(operation.CallbotImport); ok {
		if of(p.Desk).fill(body) {
			p.Desk.Tell("plain", text.T("callbot.filled"))
			return
		}
		p.Desk.Tell("bad", text.T("callbot.not_filled"))
	}
}

func (p *Page) Render() app.UI {
	d := p.Desk
	m := of(d)
	return app.Div().Class("page callbot").Body(
		app.H1().TabIndex(-1).Text(text.T("callbot.title")),
		app.P().Text(text.T("callbot.lead")),
		p.pingPanel(m),
		app.If(d.Allows(operation.CallbotImport), func() app.UI {
			return app.Div().OnKeyDown(p.enter).OnClick(p.click).Body(&task.Panel{
				Desk: d, Turn: d.Turn, State: &m.Task, Op: operation.CallbotImport,
				Submit: text.T("callbot.import"),
				Body:   m.body,
				Demand: func() []operation.Problem { return m.demand(d.Session.Limits) },
				Form:   p.form, Before: p.before, Done: p.done, Result: p.result,
				Next: m.clear, NextLabel: text.T("callbot.next"),
			})
		}).Else(func() app.UI {
			return app.Section().Class("panel").Body(
				app.H2().Text(text.T("callbot.import.title")),
				widget.Note("info", text.T("callbot.not_allowed", "role", text.T("role."+string(d.Session.Role)))),
			)
		}),
	)
}

// enter and click have what was typed in a long list judged before the form
// can be sent by them.
func (p *Page) enter(_ app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" && of(p.Desk).release() {
		p.Desk.Changed()
	}
}

func (p *Page) click(app.Context, app.Event) {
	if of(p.Desk).release() {
		p.Desk.Changed()
	}
}

func (p *Page) form() app.UI {
	d := p.Desk
	m := of(d)
	m.body() // where each row stands in the call
	return app.Div().Class("callbot-form").Body(
		app.H2().Text(text.T("callbot.import.title")),
		p.taskField(m),
		p.list(m),
		p.more(m),
		&widget.Input{
			ID: desk.ID("note"), Label: text.T("field.note"), Value: m.Note, Lines: 2, Required: true, Max: 2000,
			Help: text.T("callbot.note.help"), Problem: m.Task.Problem("note"),
			OnChange: func(_ app.Context, v string) { m.Note = v; m.typed(false); d.Changed() },
			OnLeave:  func(app.Context) { m.release(); m.Task.Touch("note"); d.Changed() },
		},
		widget.Note("warn", text.T("callbot.replaces")),
		p.size(m),
	)
}

func (p *Page) taskField(m *model) app.UI {
	d := p.Desk
	return app.Div().Class("callbot-task").Body(
		&widget.Input{
			ID: desk.ID("userTaskID"), Label: text.T("callbot.task"), Value: m.TaskID, Required: true, Max: 64,
			Help: text.T("callbot.task.help"), Problem: m.Task.Problem("userTaskID"), Hint: p.taskHint(m),
			OnChange: func(_ app.Context, v string) { m.TaskID, m.Made = v, false; m.typed(false); d.Changed() },
			OnLeave:  func(app.Context) { m.release(); m.Task.Touch("userTaskID"); d.Changed() },
		},
		app.Details().Class("fold").Body(
			app.Summary().Text(text.T("callbot.task.none")),
			app.P().Class("help").Text(text.T("callbot.task.none.help")),
			&widget.Button{ID: "make-task-id", Label: text.T("callbot.task.make"), Small: true, OnClick: func(app.Context) {
				m.TaskID, m.Made = client.NewKey(), true
				d.Say(text.T("callbot.task.made"))
				d.Changed()
			}},
		),
	)
}

func (p *Page) taskHint(m *model) string {
	if m.Made {
		return text.T("callbot.task.made")
	}
	return m.Task.Hint("userTaskID")
}

// list is the table of numbers and the ways to fill it.
func (p *Page) list(m *model) app.UI {
	d := p.Desk
	return app.Div().Class("callbot-list").Body(
		app.H2().Text(text.T("callbot.list")),
		app.Div().Class("callbot-ways").Body(
			&widget.Input{
				ID: "paste", Label: text.T("callbot.paste"), Value: m.Paste, Lines: 3,
				Help:     text.T("callbot.paste.help"),
				OnChange: func(_ app.Context, v string) { m.Paste = v; d.Changed() },
				Below: &widget.Button{ID: "take-lines", Label: text.T("callbot.paste.take"), Icon: "plus", Small: true, Disabled: m.Paste == "",
					OnClick: func(app.Context) {
						data := m.Paste
						m.Paste = ""
						takeText(d, data)
					}},
			},
			app.Div().Class("field").Body(
				app.P().Class("field-name").Text(text.T("callbot.file")),
				app.P().Class("help").Text(text.T("callbot.file.help")),
				&widget.File{ID: "list-file", Label: text.T("callbot.file.choose"), Drop: text.T("callbot.file.drop"), Accept: ".json,application/json", Disabled: m.Reading, OnFile: p.file},
				app.If(m.Reading, func() app.UI { return widget.Progress(text.T("callbot.file.reading"), 0, 0) }),
				app.If(m.Unread != "", func() app.UI {
					return app.Div().Role("alert").Body(widget.Note("bad", text.First("callbot.unread."+m.Unread, "callbot.unread.other")))
				}),
			),
		),
		app.If(m.Pasted != "", func() app.UI { return widget.Note(m.PastedKind, m.Pasted) }),
		p.counts(m),
		p.table(m),
		p.leftOut(m),
	)
}

// file hands a dropped file to the worker.
func (p *Page) file(ctx app.Context, file app.Value) {
	d := p.Desk
	m := of(d)
	system, _ := d.System(operation.Callbot)
	m.Reading, m.file, m.Unread, m.Pasted = true, file, "", ""
	q := question.FileQuestion{Question: judge.Ask(operation.CallbotImport, system, d.Session.Limits, m.base()), MaxBytes: d.Session.Limits.BodyBytes}
	d.Say(text.T("callbot.file.reading"))
	d.Changed()
	took := func(f question.FileCheck, calls []vendor.Call) {
		m.took(f, calls, func(problem operation.Problem) string {
			return task.FieldName(tail(problem.Field)) + text.T("callbot.colon") + task.Explain(problem)
		})
		if m.Unread != "" {
			d.Say(text.First("callbot.unread."+m.Unread, "callbot.unread.other"))
		} else {
			d.Say(m.Pasted)
		}
	}
	d.Worker.File(ctx, q, file, func(_ app.Context, f question.FileCheck) {
		go func() {
			calls, err := callsOf(f.Rows)
			if err != nil {
				f.Failed = list.ErrNotJSON.Error()
			}
			d.Later(func() { took(f, calls) })
		}()
	})
}

func (p *Page) counts(m *model) app.UI {
	d := p.Desk
	w := m.word()
	c := m.Sheet.count(len(m.at), w.mend, w.hinted)
	repeats := len(w.repeats)
	return app.Div().Class("callbot-counts").Body(
		app.Dl().Class("counts").Body(
			countOf("callbot.count.total", c.Total, ""),
			countOf("callbot.count.ready", c.Ready, "good"),
			countOf("callbot.count.mend", c.Mend, "bad"),
			countOf("callbot.count.out", c.LeftOut, "warn"),
		),
		app.If(c.Hinted > 0, func() app.UI { return app.P().Class("help").Text(text.N("callbot.count.hinted", c.Hinted)) }),
		app.If(c.Mend > 0 || m.mending, func() app.UI {
			pressed := "false"
			if m.mending {
				pressed = "true"
			}
			return app.Div().Class("actions").Body(
				&widget.Button{ID: "only-mend", Label: text.T("callbot.mend.only"), Small: true, Pressed: pressed, OnClick: func(app.Context) {
					m.mending, m.page = !m.mending, 0
					d.Changed()
				}},
				&widget.Button{ID: "leave-out", Label: text.N("callbot.mend.leave_out", c.Mend), Small: true, Disabled: c.Mend == 0 || !m.settled(), OnClick: func(app.Context) {
					if !m.settled() {
						return // a second click: what is known is about the rows as they were
					}
					m.Sheet.leaveOut(m.at, m.reasons())
					m.mending, m.page = false, 0
					d.Say(text.N("callbot.left_out", c.Mend))
					d.Changed()
				}},
			)
		}),
		app.If(repeats > 0, func() app.UI {
			return app.Div().Class("callbot-repeats").Body(
				widget.Note("warn", text.N("callbot.repeat", repeats)),
				app.Div().Class("actions").Body(
					&widget.Button{ID: "leave-repeats", Label: text.N("callbot.repeat.leave_out", repeats), Small: true, Disabled: !m.settled(), OnClick: func(app.Context) {
						if !m.settled() {
							return // a second click: what is known is about the rows as they were
						}
						m.Sheet.leaveOut(m.at, m.repeatReasons())
						m.page = 0
						d.Say(text.N("callbot.left_out", repeats))
						d.Changed()
					}},
				),
			)
		}),
	)
}

func countOf(key string, n int, kind string) app.UI {
	class := "count"
	if n > 0 && kind != "" {
		class += " is-" + kind
	}
	return app.Div().Class(class).Body(app.Dt().Text(text.T(key)), app.Dd().Class("digits").Text(text.Number(n)))
}

func (p *Page) table(m *model) app.UI {
	d := p.Desk
	rows, all := m.shown()
	return app.Div().Class("callbot-table").Body(
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("callbot.list")).Body(
			app.Table().Class("table is-sheet").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.row")),
					app.Th().Scope("col").Text(text.T("field.userPhone")),
					app.Th().Scope("col").Text(text.T("field.userName")),
					app.Th().Scope("col").Text(text.T("field.customerName")),
					app.Th().Scope("col").Text(text.T("field.other")),
					app.Range(m.Sheet.Vars).Slice(func(i int) app.UI {
						return app.Th().Scope("col").Body(&head{Desk: d, At: i, Name: m.Sheet.Vars[i]})
					}),
					app.Th().Scope("col").Text(text.T("callbot.state")),
					app.Th().Scope("col").Body(app.Span().Class("unseen").Text(text.T("callbot.actions"))),
				)),
				app.TBody().Body(app.Range(rows).Slice(func(i int) app.UI { return lineOf(d, m, rows[i]) })),
			),
		),
		app.Div().Class("actions").Body(
			&widget.Button{ID: "add-row", Label: text.T("callbot.row.add"), Icon: "plus", Small: true, OnClick: func(ctx app.Context) {
				m.mending = false
				at := m.Sheet.add(len(m.Sheet.Rows) - 1)
				m.page = at / rowsAPage
				d.Changed()
				ctx.Defer(func(app.Context) { m.body(); focus(cellID(m, at, colPhone)) })
			}},
			&widget.Button{ID: "add-variable", Label: text.T("callbot.variable.add"), Icon: "plus", Small: true, OnClick: func(ctx app.Context) {
				m.Sheet.addVar("param" + strconv.Itoa(len(m.Sheet.Vars)+1))
				at := len(m.Sheet.Vars) - 1
				d.Changed()
				ctx.After(50*time.Millisecond, func(app.Context) { // once the name stands in it
					if e := element("variable-" + strconv.Itoa(at)); e.Truthy() {
						e.Call("focus")
						e.Call("select")
					}
				})
			}},
			&widget.Pager{Label: text.T("callbot.list.pages"), At: m.page, Size: rowsAPage, Total: all, OnTurn: func(_ app.Context, n int) { m.page = n; d.Changed() }},
		),
		app.P().Class("help").Text(text.T("callbot.keys")),
	)
}

// leftOut lists the rows that stay here, with the reason of each.
func (p *Page) leftOut(m *model) app.UI {
	d := p.Desk
	out := m.Sheet.Out
	if len(out)+m.Sheet.More == 0 {
		return app.Div().Class("out-slot")
	}
	shown := out[:min(len(out), 100)]
	return app.Details().Class("fold").Body(
		app.Summary().Text(text.N("callbot.left_out", len(out)+m.Sheet.More)),
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("callbot.count.out")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.row")),
					app.Th().Scope("col").Text(text.T("field.userPhone")),
					app.Th().Scope("col").Text(text.T("rows.reason")),
					app.Th().Scope("col").Body(app.Span().Class("unseen").Text(text.T("callbot.actions"))),
				)),
				app.TBody().Body(app.Range(shown).Slice(func(i int) app.UI {
					l := shown[i]
					return app.Tr().Body(
						app.Td().Class("digits").Text(text.Number(l.Line+1)),
						app.Td().Class("digits").Text(l.Row.Cells[colPhone]),
						app.Td().Text(l.Reason),
						app.Td().Body(
							app.If(l.Whole, func() app.UI { return &back{Desk: d, At: i, Row: text.Number(l.Line + 1)} }),
							app.If(!l.Whole, func() app.UI { return app.Small().Text(text.T("callbot.out.in_file")) }),
						),
					)
				})),
			),
		),
		app.If(len(out)+m.Sheet.More > len(shown), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("callbot.out.more", len(out)+m.Sheet.More-len(shown)))
		}),
		&widget.Button{ID: "forget-out", Label: text.T("callbot.out.forget"), Small: true, OnClick: func(app.Context) {
			m.Sheet.Out, m.Sheet.More = nil, 0
			d.Changed()
		}},
	)
}

// back puts a row that was left out into the list again.
type back struct {
	app.Compo

	Desk *desk.Desk
	At   int
	Row  string
}

func (b *back) put(app.Context) {
	m := of(b.Desk)
	if b.At < len(m.Sheet.Out) {
		m.Sheet.putBack(b.At)
		b.Desk.Say(text.T("callbot.out.back_done"))
		b.Desk.Changed()
	}
}

func (b *back) Render() app.UI {
	return &widget.Button{Label: text.T("callbot.out.back", "n", b.Row), Small: true, Kind: "quiet", Icon: "undo", OnClick: b.put}
}

// more holds what most imports do without.
func (p *Page) more(m *model) app.UI {
	d := p.Desk
	field := func(name string, value *string, help string) app.UI {
		path := "callInfoList." + name
		return &widget.Input{
			ID: desk.ID(path), Label: text.T("field." + name), Value: *value, Type: "url", Max: 1000, Help: help, Problem: m.Task.Problem(path),
			OnChange: func(_ app.Context, v string) { *value = v; m.typed(false); d.Changed() },
			OnLeave:  func(app.Context) { m.release(); m.Task.Touch(path); d.Changed() },
		}
	}
	return app.Details().Class("fold").Open(m.OrderURL+m.CallURL != "").Body(
		app.Summary().Text(text.T("callbot.more")),
		app.Div().Class("fields").Body(
			field("orderCallbackUrl", &m.OrderURL, text.T("callbot.order_url.help")),
			field("callCallbackUrl", &m.CallURL, text.T("callbot.call_url.help")),
		),
	)
}

// size says how large the call is and how large it may be.
func (p *Page) size(m *model) app.UI {
	limits := p.Desk.Session.Limits
	line := text.T("callbot.size", "rows", desk.Rows(len(m.at)), "most", text.Number(limits.CallbotRows),
		"size", bytes(int64(len(m.body()))), "max", bytes(limits.BodyBytes))
	problem := m.Task.Problem("callInfoList.callList")
	return app.Div().Class("callbot-size").Body(
		app.P().Class("fine-print").ID(desk.ID("callInfoList.callList")).TabIndex(-1).Text(line),
		app.If(problem != "", func() app.UI { return widget.Note("bad", problem) }),
	)
}

func (p *Page) before(_ app.Context, ask func(*task.Question)) {
	d := p.Desk
	m := of(d)
	system, _ := d.System(operation.Callbot)
	lines := []string{
		text.T("callbot.ask.where", "system", desk.Where(system), "rows", desk.Rows(len(m.at))),
		text.T("callbot.replaces"),
		text.T("callbot.ask.unsplit"),
	}
	if again := len(m.word().repeats); again > 0 {
		lines = append(lines, text.N("callbot.repeat", again))
	}
	if out := len(m.Sheet.Out) + m.Sheet.More; out > 0 {
		lines = append(lines, text.N("callbot.ask.out", out))
	}
	ask(&task.Question{
		Title: text.N("callbot.ask", len(m.at), "system", system.Label), Lines: lines,
		Confirm: text.T("callbot.ask.confirm"), Danger: true, Typed: m.taskID(),
	})
}

// done marks the orders as used once the call was answered: what is sent after
// that is another order. After an unknown outcome, or when nothing left, they
// stay, so that the same rows remain the same orders.
func (p *Page) done(e *wire.Envelope) {
	p.results, p.copied = 0, ""
	m := of(p.Desk)
	m.used = e.Outcome != wire.Unknown && e.Outcome != wire.Skipped
	m.refused = refused(m.Task.Sent, e.Rows)
}

func (p *Page) result(e *wire.Envelope) app.UI {
	d := p.Desk
	m := of(d)
	t := totalsOf(e.Rows)
	again := m.refused
	from := min(p.results*rowsAPage, len(e.Rows))
	shown := e.Rows[from:min(from+rowsAPage, len(e.Rows))]
	said, readable := vendorSays(e.Response)
	return app.Div().Class("callbot-result").Body(
		app.Dl().Class("counts").Body(
			countOf("callbot.count.sent", t.Total, ""),
			countOf("callbot.count.taken", t.Taken, "good"),
			countOf("callbot.count.refused", t.Refused, "bad"),
			countOf("callbot.count.unknown", t.Unknown, "warn"),
			app.If(t.Skipped > 0, func() app.UI { return countOf("callbot.count.skipped", t.Skipped, "warn") }),
		),
		app.If(readable, func() app.UI { return vendorLine(said) }),
		task.RowTable(shown, false),
		&widget.Pager{Label: text.T("callbot.result.pages"), At: p.results, Size: rowsAPage, Total: len(e.Rows), OnTurn: p.leaf},
		app.If(len(again) > 0, func() app.UI {
			return app.Div().Class("callbot-again").Body(
				app.P().Class("help").Text(text.N("callbot.refused.help", len(again))),
				app.Div().Class("actions").Body(
					&widget.Button{ID: "copy-refused-lines", Label: text.T("callbot.refused.lines"), Icon: "copy", Small: true, OnClick: func(app.Context) { p.copy(sheetText(tableOf(again))) }},
					&widget.Button{ID: "copy-refused-json", Label: text.T("callbot.refused.json"), Icon: "copy", Small: true, OnClick: func(app.Context) { p.copy(asJSON(again)) }},
					app.Span().Class("help").Text(p.copied),
				),
			)
		}),
	)
}

func (p *Page) leaf(_ app.Context, n int) { p.results = n }

func (p *Page) copy(data string, err error) {
	p.copied = text.T("callbot.copied")
	if err != nil || !widget.ToClipboard(data) {
		p.copied = text.T("callbot.copy_failed")
	}
	p.Desk.Say(p.copied)
	p.Desk.Changed()
}

// vendorLine is what the answer itself says, for the vendor's support.
func vendorLine(a vendor.Answer) app.UI {
	count := func(n *int64) string {
		if n == nil {
			return "–"
		}
		return text.Number(int(*n))
	}
	return app.Div().Class("fine-print callbot-vendor").Body(
		app.P().Body(app.Span().Text(text.T("callbot.vendor.counts", "total", count(a.TotalCount), "good", count(a.SuccessCount))+" "),
			app.Code().Text("retCode "+strconv.FormatInt(a.RetCode, 10)), app.Text(" "+a.RetMsg)),
		app.If(a.ResponseID != "", func() app.UI {
			return app.P().Body(app.Span().Text(text.T("callbot.vendor.id")+" "), app.Code().ID("response-id").Text(a.ResponseID))
		}),
	)
}
