package runs

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// detail is one run.
func (p *Page) detail(o *detail) app.UI {
	title := text.T("runs.run")
	if o.Run != nil {
		title = titleOf(*o.Run)
	}
	return app.Div().Class("stack").Body(
		app.P().Body(app.A().Href("/runs").Class("back").Body(widget.Icon("undo"), app.Span().Text(text.T("runs.back")))),
		app.Div().Class("page-head").Body(
			app.Div().Class("run-title").Body(
				app.H1().TabIndex(-1).Text(title),
				app.If(o.Run != nil, func() app.UI { return stateTag(*o.Run) }),
			),
			slot(o.Run != nil, func() app.UI { return p.steering(o) }),
		),
		p.opened(o),
	)
}

func (p *Page) reopen(app.Context) {
	if o := of(p.Desk).Open; o != nil {
		o.Failure = nil
		o.read(p.Desk)
		o.leaf(p.Desk)
		p.Desk.Changed()
	}
}

func (p *Page) opened(o *detail) app.UI {
	switch {
	case o.Run == nil && o.Failure != nil:
		return app.Div().Class("stack").Body(task.ReadFailure(o.Failure, p.reopen))
	case o.Run == nil:
		return app.Div().Class("stack").Body(
			app.P().Class("unseen").Role("status").Text(text.T("runs.loading")),
			app.Div().Class("skeleton"), app.Div().Class("skeleton"),
		)
	}
	r := *o.Run
	return app.Div().Class("stack").Body(
		slot(o.Failure != nil, func() app.UI { return widget.Note("warn", text.T("runs.stale")) }),
		slot(o.Refused != nil, func() app.UI { return task.Failure(o.Refused, nil) }),
		slot(r.Options.Dry, func() app.UI { return widget.Note("info", text.T("runs.dry.note")) }),
		slot(why(r) != "", func() app.UI {
			kind := "info"
			if r.State == run.Paused {
				kind = "warn"
			}
			return app.Div().Role("status").Body(widget.Note(kind, why(r)))
		}),
		p.progress(r),
		app.Div().Class("run-columns").Body(
			app.Div().Class("stack").Body(p.chart(o, r), p.ending(o, r)),
			p.facts(r),
		),
		p.rows(o, r),
		p.question(o, r),
	)
}

// steering are the ways to pause, go on, and cancel.
func (p *Page) steering(o *detail) app.UI {
	s := o.Run.State
	off := o.Busy || p.Desk.Offline
	return app.Div().Class("actions").Body(
		slot(pausable(s), func() app.UI {
			return &widget.Button{ID: "pause", Label: text.T("runs.pause"), Icon: "clock", Disabled: off, OnClick: p.steer("pause")}
		}),
		slot(resumable(s), func() app.UI {
			return &widget.Button{ID: "resume", Label: text.T("runs.resume"), Icon: "play", Kind: "main", Disabled: off, OnClick: p.steer("resume")}
		}),
		slot(cancellable(s), func() app.UI {
			return &widget.Button{ID: "cancel", Label: text.T("runs.cancel"), Icon: "stop", Disabled: off, OnClick: p.ask("cancel")}
		}),
	)
}

func (p *Page) steer(what string) func(app.Context) {
	return func(app.Context) {
		if o := of(p.Desk).Open; o != nil {
			o.steer(p.Desk, what)
		}
	}
}

func (p *Page) ask(what string) func(app.Context) {
	return func(app.Context) {
		o := of(p.Desk).Open
		if o == nil || o.Busy {
			return
		}
		if what == "undo" {
			if o.Tried = true; blank(o.Note) {
				p.Desk.Say(text.N("form.problems", 1))
				p.Desk.Changed()
				p.ctx.Defer(func(app.Context) { focus("undo-note") })
				return
			}
		}
		o.Ask = what
		p.Desk.Changed()
	}
}

func blank(s string) bool {
	for _, r := range s {
		if r > ' ' {
			return false
		}
	}
	return true
}

// question is asked before a run is cancelled or taken back.
func (p *Page) question(o *detail, r run.Run) app.UI {
	return slot(o.Ask != "", func() app.UI {
		system := p.Desk.Named(r.System)
		title, confirm, refuse := text.T("runs.cancel.ask"), text.T("runs.cancel"), text.T("runs.cancel.not")
		lines := []string{text.N("runs.cancel.left", r.Waiting), text.T("runs.cancel.gone")}
		if o.Ask == "undo" {
			title, confirm, refuse = text.T("runs.undo.ask"), text.T("runs.undo"), ""
			lines = []string{text.T("runs.undo.where", "system", desk.Where(system)), text.T("runs.undo.help")}
		}
		return &widget.Dialog{Title: title, Confirm: confirm, Refuse: refuse, Danger: system.Production || o.Ask == "cancel",
			OnAccept: p.accept, OnCancel: p.refuse,
			Body: app.Div().Body(app.Range(lines).Slice(func(i int) app.UI { return app.P().Text(lines[i]) })),
		}
	})
}

func (p *Page) accept(app.Context) {
	o := of(p.Desk).Open
	if o == nil {
		return
	}
	if o.Ask == "undo" {
		o.undo(p.Desk, func(id string) {
			if p.Mounted() {
				p.ctx.Navigate("/runs/" + id)
			}
		})
		return
	}
	o.steer(p.Desk, o.Ask)
}

func (p *Page) refuse(app.Context) {
	if o := of(p.Desk).Open; o != nil {
		o.Ask = ""
		p.Desk.Changed()
	}
}

// progress is how far the run has come, how fast, and how long it still takes.
func (p *Page) progress(r run.Run) app.UI {
	var words []string
	if r.Rate > 0 && !r.State.Ended() {
		words = append(words, text.T("runs.rate", "n", tenth(r.Rate)))
	}
	if r.SecondsTo > 0 && !r.State.Ended() {
		words = append(words, text.T("runs.remaining", "time", lasting(r.SecondsTo)))
	}
	if r.Checked > 0 {
		words = append(words, text.N("runs.checked", r.Checked))
	}
	return app.Div().Class("panel stack").Body(
		app.Div().Class("run-far").Body(
			app.P().Class("run-done").Body(
				app.Strong().Class("digits").Text(text.Number(done(r))),
				app.Span().Text(" "+text.T("runs.of", "rows", desk.Rows(r.Rows))),
			),
			app.P().Class("fine-print").Text(strings.Join(words, " · ")),
		),
		app.Progress().Class("run-bar").Max(max(r.Rows, 1)).Value(done(r)).Aria("label", text.T("runs.progress", "title", r.Title)),
		app.P().Class("fine-print").ID("equation").Text(equation(r)),
	)
}

func tenth(n float64) string {
	whole := int(n*10 + 0.5)
	return text.Number(whole/10) + text.T("callbot.decimal") + strconv.Itoa(whole%10)
}

// equation is the sum: every row has one outcome, or waits.
func equation(r run.Run) string {
	line := ""
	for i, part := range parts(r.Progress) {
		if i > 0 {
			line += " + "
		}
		line += text.Number(part.N) + " " + partName(r, part.Key)
	}
	return text.T("lists.eq", "total", desk.Rows(r.Rows), "parts", line)
}

// partName is an outcome, or waiting; of a run that takes another back, what
// that means for what was changed.
func partName(r run.Run, key string) string {
	if key == waiting {
		return text.T("runs.waiting")
	}
	if r.Undoes != "" {
		switch wire.Outcome(key) {
		case wire.Accepted, wire.Updated:
			return text.T("runs.undone.back")
		case wire.Skipped:
			return text.T("runs.undone.kept")
		case wire.Refused:
			return text.T("runs.undone.not")
		}
	}
	return text.T("outcome." + key)
}

// chart shows how many rows have which outcome: bars with words and numbers,
// and the same as a table. A bar shows its rows when it is pressed.
func (p *Page) chart(o *detail, r run.Run) app.UI {
	all := parts(r.Progress)
	percent := percents(all)
	why := reasons(r.Progress)
	return app.Div().Class("panel stack chart").Body(
		app.H2().ID("chart-title").Text(text.T("runs.chart")),
		app.Div().Class("bars").Role("group").Aria("labelledby", "chart-title").Body(app.Range(all).Slice(func(i int) app.UI {
			part := all[i]
			return &bar{Key: part.Key, Name: partName(r, part.Key), N: part.N, Of: r.Rows, Percent: percent[i], Chosen: o.Outcome == part.Key, Lang: text.Language(), OnPick: p.pick}
		})),
		app.Details().Class("raw").Body(
			app.Summary().Text(text.T("campaign.chart.table")),
			app.Table().Class("table chart-table").Body(
				app.Caption().Class("unseen").Text(text.T("runs.chart")),
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.outcome")),
					app.Th().Scope("col").Text(text.T("runs.col.rows")),
				)),
				app.TBody().Body(app.Range(all).Slice(func(i int) app.UI {
					return app.Tr().Body(app.Th().Scope("row").Text(partName(r, all[i].Key)), app.Td().Class("digits").Text(text.Number(all[i].N)))
				})),
				app.TFoot().Body(app.Tr().Body(app.Th().Scope("row").Text(text.T("campaign.chart.sum")), app.Td().Class("digits").Text(text.Number(r.Rows)))),
			),
		),
		slot(len(why) > 0, func() app.UI {
			return app.Div().Class("stack").Body(
				app.H3().Text(text.T("runs.reasons")),
				app.Ul().Class("reasons").Body(app.Range(why[:min(len(why), 12)]).Slice(func(i int) app.UI {
					return app.Li().Body(
						app.Strong().Class("digits").Text(text.Number(why[i].N)),
						&widget.Button{Kind: "link", Label: reasonName(why[i].Code), OnClick: func(app.Context) { o.show(p.Desk, "", why[i].Code) }},
					)
				})),
			)
		}),
	)
}

func (p *Page) pick(_ app.Context, key string) {
	o := of(p.Desk).Open
	if o == nil {
		return
	}
	if o.Outcome == key {
		key = ""
	}
	o.show(p.Desk, key, "")
}

// bar is one outcome of the chart.
type bar struct {
	app.Compo

	Key     string
	Name    string
	N       int
	Of      int
	Percent int
	Chosen  bool
	Lang    string
	OnPick  func(app.Context, string)
}

func (b *bar) click(ctx app.Context, _ app.Event) { b.OnPick(ctx, b.Key) }

const svgNS = "http://www.w3.org/2000/svg"

func (b *bar) Render() app.UI {
	rect := func(class string, width int) app.UI {
		return app.Elem("rect").XMLNS(svgNS).Attr("class", class).Attr("width", strconv.Itoa(width)).Attr("height", "8").Attr("rx", "1")
	}
	return app.Button().Type("button").Class("bar").Aria("pressed", strconv.FormatBool(b.Chosen)).OnClick(b.click).Body(
		app.Span().Class("bar-name").Text(b.Name),
		app.Span().Class("bar-n digits").Body(app.Strong().Text(text.Number(b.N)), app.Text(" · "+percentage(b.N, b.Percent, b.Of))),
		app.Elem("svg").XMLNS(svgNS).Attr("class", "bar-svg").Attr("viewBox", "0 0 100 8").Attr("preserveAspectRatio", "none").Aria("hidden", "true").Body(
			rect("bar-ground", 100),
			rect("bar-fill is-"+b.Key, share(b.N, b.Of)),
		),
	)
}

// percentage writes the per cent that n is of all: "<1%" rather than a 0 that is
// not nothing, ">99%" rather than a 100 that is not all.
func percentage(n, percent, all int) string {
	switch {
	case percent == 0 && n > 0:
		return "<1%"
	case percent == 100 && n < all:
		return ">99%"
	}
	return strconv.Itoa(percent) + "%"
}

// ending is what can be done with the result: files, mending, taking back.
func (p *Page) ending(o *detail, r run.Run) app.UI {
	return app.Div().Class("panel stack").Body(
		app.H2().Text(text.T("runs.result")),
		app.P().Class("help").Text(text.T("runs.result.help")),
		app.Div().Class("actions").Body(
			app.A().Class("button").Href(client.ResultFile(r.ID, "xlsx")).Attr("download", "run.xlsx").Body(widget.Icon("download"), app.Span().Text(text.T("runs.result.xlsx"))),
			app.A().Class("button").Href(client.ResultFile(r.ID, "csv")).Attr("download", "run.csv").Body(widget.Icon("download"), app.Span().Text(text.T("runs.result.csv"))),
		),
		slot(r.Undoes == "", func() app.UI {
			return app.P().Class("help").Body(app.Text(text.T("runs.round")+" "), app.A().Href("/lists?step=choose").Text(text.T("runs.round.link")))
		}),
		slot(r.Undoable, func() app.UI { return p.undoing(o) }),
	)
}

func (p *Page) undoing(o *detail) app.UI {
	d := p.Desk
	problem := ""
	if o.Tried && blank(o.Note) {
		problem = text.T("problem." + operation.CodeRequired)
	}
	return app.Div().Class("stack undo").Body(
		app.H3().Text(text.T("runs.undo")),
		app.P().Class("help").Text(text.T("runs.undo.help")),
		&widget.Input{ID: "undo-note", Label: text.T("runs.undo.note"), Value: o.Note, Required: true, Max: 2000, Problem: problem,
			OnChange: func(_ app.Context, v string) { o.Note = v; d.Changed() }},
		app.Div().Class("actions").Body(&widget.Button{ID: "undo", Label: text.T("runs.undo.do"), Icon: "undo", Disabled: o.Busy || d.Offline, OnClick: p.ask("undo")}),
	)
}

func (p *Page) facts(r run.Run) app.UI {
	d := p.Desk
	type fact struct {
		name, value, link string
	}
	facts := []fact{
		{text.T("runs.fact.what"), operationName(r), ""},
		{text.T("runs.fact.system"), desk.Where(d.Named(r.System)), ""},
		{text.T("runs.fact.who"), personName(r.Person), ""},
		{text.T("runs.fact.note"), r.Note, ""},
		{text.T("runs.fact.created"), text.Time(r.CreatedAt), ""},
	}
	add := func(there bool, name, value, link string) {
		if there {
			facts = append(facts, fact{text.T(name), value, link})
		}
	}
	if r.StartedAt != nil {
		add(true, "runs.fact.started", text.Time(*r.StartedAt), "")
	}
	if r.FinishedAt != nil {
		add(true, "runs.fact.finished", text.Time(*r.FinishedAt), "")
	}
	add(true, "runs.fact.calls", text.Number(r.CallsDone)+" / "+text.Number(r.Calls), "")
	add(r.Options.Scrub != "", "runs.fact.scrub", d.Named(r.Options.Scrub).Label, "")
	add(r.Options.AnyHour, "runs.fact.any_hour", r.Options.HoursNote, "")
	add(r.JobID != "", "runs.fact.job", r.JobID+" "+r.JobStatus, "")
	add(r.From != "" && r.Undoes == "", "runs.fact.from", text.T("runs.fact.run"), "/runs/"+r.From)
	add(r.Undoes != "", "runs.fact.undoes", text.T("runs.fact.run"), "/runs/"+r.Undoes)
	return app.Section().Class("panel stack").Aria("labelledby", "facts-title").Body(
		app.H2().ID("facts-title").Text(text.T("runs.facts")),
		app.Dl().Class("particulars").Body(app.Range(facts).Slice(func(i int) app.UI {
			f := facts[i]
			return app.Div().Body(app.Dt().Text(f.name), app.Dd().Body(
				app.If(f.link != "", func() app.UI { return app.A().Href(f.link).Text(f.value) }).Else(func() app.UI { return app.Span().Text(f.value) }),
			))
		})),
	)
}

// rows are the rows of an outcome, or all, a page at a time.
func (p *Page) rows(o *detail, r run.Run) app.UI {
	d := p.Desk
	options := []widget.Option{{Value: "", Label: text.T("runs.rows.all")}}
	for _, part := range parts(r.Progress) {
		options = append(options, widget.Option{Value: part.Key, Label: partName(r, part.Key) + " (" + text.Number(part.N) + ")"})
	}
	why := []widget.Option{{Value: "", Label: text.T("runs.rows.any")}}
	for _, each := range reasons(r.Progress) {
		why = append(why, widget.Option{Value: each.Code, Label: reasonName(each.Code) + " (" + text.Number(each.N) + ")"})
	}
	return app.Div().Class("stack").Body(
		app.H2().Text(text.T("runs.rows")),
		app.Div().Class("fields").Body(
			&widget.Select{ID: "rows-outcome", Label: text.T("rows.outcome"), Required: true, Value: o.Outcome, Options: options,
				OnChange: func(_ app.Context, v string) { o.show(d, v, o.Reason) }},
			slot(len(why) > 1, func() app.UI {
				return &widget.Select{ID: "rows-reason", Label: text.T("rows.reason"), Required: true, Value: o.Reason, Options: why,
					OnChange: func(_ app.Context, v string) { o.show(d, o.Outcome, v) }}
			}),
		),
		slot(o.rowsMiss != nil, func() app.UI {
			return task.ReadFailure(o.rowsMiss, func(app.Context) { o.leaf(d); d.Changed() })
		}),
		slot(len(o.Rows) == 0 && !o.rowsBusy && o.rowsMiss == nil, func() app.UI { return app.P().Class("help").Text(text.T("runs.rows.none")) }),
		slot(len(o.Rows) > 0, func() app.UI { return p.table(o, r) }),
		app.Nav().Class("pager").Aria("label", text.T("runs.rows.pages")).Body(
			&widget.Button{ID: "rows-back", Label: text.T("pager.back"), Small: true, Disabled: len(o.after) == 0 || o.rowsBusy, OnClick: func(app.Context) {
				if n := len(o.after); n > 0 {
					o.after = o.after[:n-1]
					o.leaf(d)
					d.Changed()
				}
			}},
			&widget.Button{ID: "rows-on", Label: text.T("pager.on"), Small: true, Disabled: !o.More || o.rowsBusy, OnClick: func(app.Context) {
				if n := len(o.Rows); n > 0 && o.More {
					o.after = append(o.after, o.Rows[n-1].Line)
					o.leaf(d)
					d.Changed()
				}
			}},
		),
	)
}

func (p *Page) table(o *detail, r run.Run) app.UI {
	check := r.Operation == operation.DNCCheck
	return app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("runs.rows")).Body(
		app.Table().Class("table").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(text.T("rows.row")),
				app.Th().Scope("col").Text(text.T("rows.number")),
				app.Th().Scope("col").Text(text.T("rows.outcome")),
				app.Th().Scope("col").Text(text.T("runs.col.cells")),
				app.Th().Scope("col").Text(text.T("runs.col.time")),
			)),
			app.TBody().Body(app.Range(o.Rows).Slice(func(i int) app.UI {
				row := o.Rows[i]
				return app.Tr().Body(
					app.Th().Scope("row").Class("digits").Text(text.Number(row.Line)),
					app.Td().Class("digits").Body(
						app.Span().Text(orDash(row.Sent)),
						app.If(row.Typed != "" && row.Typed != row.Sent, func() app.UI { return app.Small().Class("typed").Text(row.Typed) }),
					),
					app.Td().Body(
						app.Span().Class("run-state").Body(
							outcomeTag(row, check),
							app.If(row.Proof != "", func() app.UI { return task.ProofTag(row.Proof) }),
						),
						app.If(rowWhy(row, check) != "", func() app.UI { return app.P().Class("row-why").Text(rowWhy(row, check)) }),
						app.If(row.CheckedAt != nil, func() app.UI {
							return app.Small().Class("typed").Text(text.T("runs.checked_at", "time", text.Time(*row.CheckedAt)))
						}),
					),
					app.Td().Class("cells").Text(cells(row.Row)),
					app.Td().Body(
						app.If(row.At != nil, func() app.UI { return app.Span().Class("digits").Text(text.Time(*row.At)) }),
						app.If(row.Call != "" && !r.Options.Dry, func() app.UI {
							return app.Small().Class("typed").Body(app.A().Href("/ledger?call=" + row.Call).Text(text.T("runs.call")))
						}),
					),
				)
			})),
		),
	)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// outcomeTag is how a row ended; of a check, what it found.
func outcomeTag(row run.Result, check bool) app.UI {
	switch {
	case row.Outcome == "" && row.Skip == "":
		return widget.Tag("plain", text.T("runs.waiting"))
	case check && row.Reason == run.ReasonOnList:
		return widget.Tag("bad", text.T("lists.out.on_list"))
	case check && row.Reason == run.ReasonNotOnList:
		return widget.Tag("good", text.T("lists.out.not_on_list"))
	}
	return task.OutcomeTag(row.Outcome)
}

// rowWhy explains a row's outcome.
func rowWhy(row run.Result, check bool) string {
	if check && row.Outcome == wire.Accepted {
		return row.Text
	}
	if row.Reason == "" {
		return row.Text
	}
	words := reasonName(row.Reason)
	if row.Text != "" && row.Text != words {
		words += " – " + row.Text
	}
	return words
}
