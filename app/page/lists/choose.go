package lists

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
)

// accepted are the kinds of files that can be read.
const accepted = ".csv,.tsv,.tab,.txt,.xlsx,.json,.jsonl,.ndjson,text/csv,text/tab-separated-values,application/json,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (p *Page) choose(m *model) app.UI {
	return app.Div().Class("stack").Body(
		app.P().Class("lead").Text(text.T("lists.lead")),
		p.purpose(m),
		app.Div().Class("lists-ways").Body(
			app.Div().Class("panel stack").Body(
				app.H3().Text(text.T("lists.file")),
				app.P().Class("help").Text(text.T("lists.file.help")),
				&widget.File{ID: "list-file", Label: text.T("lists.file.choose"), Drop: text.T("lists.file.drop"), Accept: accepted, OnFile: p.given},
			),
			app.Div().Class("panel stack").Body(
				app.H3().Text(text.T("lists.paste.title")),
				&paste{Desk: p.Desk, Lang: text.Language()},
			),
		),
		slot(m.reading, func() app.UI {
			return app.Div().Class("stack").Body(
				app.P().Class("file-name").Body(widget.Icon("file"), app.Span().Text(m.name)),
				working(m),
				app.Div().Class("actions").Body(&widget.Button{ID: "cancel-reading", Label: text.T("lists.reading.cancel"), Icon: "close", OnClick: p.forget}),
			)
		}),
		slot(m.failed != "" && !m.reading, func() app.UI {
			return app.Div().Class("stack").Role("alert").Body(
				widget.Note("bad", text.T("lists.failed", "name", m.name)+" "+failedTitle(m.failed)),
				slot(m.failed == "worker" && m.file != nil, func() app.UI {
					return &widget.Button{Label: text.T("action.try_again"), Icon: "refresh", OnClick: func(app.Context) { m.open(p.Desk) }}
				}),
			)
		}),
		slot(m.undecided() && !m.reading, func() app.UI { return p.encodings(m) }),
		slot(m.ready(), func() app.UI { return p.facts(m) }),
	)
}

// purpose asks what the list is for. What the person's role may not do is
// named with the role that may.
func (p *Page) purpose(m *model) app.UI {
	d := p.Desk
	var options []widget.Option
	var barred []string
	for _, op := range purposes() {
		o, _ := operation.Find(op)
		switch {
		case m.may(d, op):
			options = append(options, widget.Option{Value: string(op), Label: operationName(op)})
		case len(d.Systems(o.System)) > 0:
			barred = append(barred, text.T("lists.for.needs", "what", operationName(op), "role", text.T("role."+string(least(op)))))
		}
	}
	return app.Div().Class("stack").Body(
		&widget.Choice{ID: "purpose", Label: text.T("lists.for"), Value: string(m.op), Options: options, OnChange: func(_ app.Context, v string) { p.repurpose(operation.Name(v)) }},
		slot(len(barred) > 0, func() app.UI { return app.P().Class("help").Text(strings.Join(barred, " ")) }),
	)
}

// repurpose has the list, if there is one, looked at for something else.
func (p *Page) repurpose(op operation.Name) {
	d := p.Desk
	m := of(d)
	if op == m.op {
		return
	}
	m.op = op
	m.moved(d)
	m.plan.Single = false
	if m.file != nil && (m.ready() || m.reading) {
		m.open(d) // the columns are recognised for it
	}
	d.Changed()
}

func (p *Page) given(_ app.Context, file app.Value) {
	of(p.Desk).take(p.Desk, file, file.Get("name").String())
}

func (p *Page) forget(app.Context) {
	m := of(p.Desk)
	m.forget()
	p.Desk.Say(text.T("lists.forgotten"))
	p.Desk.Changed()
	p.land("list-file")
}

// paste takes lines from the clipboard. A long block never comes into the
// field, nor into this program: it goes to the worker as a file.
type paste struct {
	app.Compo

	Desk  *desk.Desk
	Lang  string
	empty bool
}

func (b *paste) pasted(_ app.Context, e app.Event) {
	data := e.Get("clipboardData").Call("getData", "text/plain")
	if of := boxed(data); of.Get("length").Int() < 2000 && !of.Call("includes", "\t").Bool() {
		return // a few lines: to be seen, and read when the button is pressed
	}
	e.PreventDefault()
	b.take(data)
}

func (b *paste) press(ctx app.Context) {
	field := element("paste")
	data := field.Get("value")
	if b.empty = blank(boxed(data).Call("slice", 0, 1000).String()); b.empty {
		field.Call("focus")
		return
	}
	b.take(data)
}

// boxed makes an object of a text of the browser's, which can be asked about
// without being taken over here.
func boxed(text app.Value) app.Value { return app.Window().Get("Object").New(text) }

func (b *paste) take(data app.Value) {
	b.empty = false
	name := text.T("lists.pasted")
	parts := app.Window().Get("Array").New()
	parts.Call("push", data)
	file := app.Window().Get("File").New(parts, "pasted.tsv")
	of(b.Desk).take(b.Desk, file, name)
}

func (b *paste) Render() app.UI {
	return app.Div().Class("field").Body(
		app.Label().For("paste").Body(app.Span().Text(text.T("lists.paste"))),
		app.P().Class("help").ID("paste-help").Text(text.T("lists.paste.help")),
		app.Textarea().ID("paste").Rows(4).Attr("autocomplete", "off").Attr("spellcheck", "false").Aria("describedby", "paste-help").OnPaste(b.pasted),
		app.If(b.empty, func() app.UI {
			return app.P().Class("problem").Role("alert").Body(widget.Icon("alert"), app.Span().Text(text.T("lists.paste.empty")))
		}),
		app.Div().Class("actions").Body(&widget.Button{ID: "read-lines", Label: text.T("lists.paste.read"), Icon: "plus", OnClick: b.press}),
	)
}

// encodings has the person choose by eye in which encoding the file reads right.
func (p *Page) encodings(m *model) app.UI {
	all := m.opened.Encodings
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.encoding.ask")),
		app.P().Class("help").Text(text.T("lists.encoding.help")),
		app.Div().Class("encodings").Body(app.Range(all).Slice(func(i int) app.UI {
			e := all[i]
			return app.Div().Class("encoding stack").Body(
				app.H4().Text(encodingName(e.Name)),
				app.Ul().Class("encoding-sample").Body(app.Range(e.Sample).Slice(func(n int) app.UI { return app.Li().Text(e.Sample[n]) })),
				&widget.Button{Label: text.T("lists.encoding.use", "encoding", encodingName(e.Name)), Small: true, OnClick: func(app.Context) {
					m.source.Encoding = e.Name
					m.open(p.Desk)
				}},
			)
		})),
	)
}

func encodingName(name string) string {
	if key := "lists.encoding." + name; text.Has(key) {
		return text.T(key)
	}
	return name
}

func delimiters() []widget.Option {
	return []widget.Option{
		{Value: ",", Label: text.T("lists.delimiter.comma")}, {Value: ";", Label: text.T("lists.delimiter.semicolon")},
		{Value: "\t", Label: text.T("lists.delimiter.tab")}, {Value: "|", Label: text.T("lists.delimiter.pipe")},
	}
}

// facts says what was read and how, to be changed where it was read wrong.
func (p *Page) facts(m *model) app.UI {
	d, o := p.Desk, m.opened
	reopen := func(change func(*plan.Source)) {
		change(&m.source)
		m.edits = nil // lines and columns are other ones
		m.open(d)
	}
	sheets := make([]widget.Option, len(o.Sheets))
	for i, s := range o.Sheets {
		label := s.Name
		if s.Rows > 0 {
			label += " – " + desk.Rows(s.Rows)
		}
		if s.Hidden {
			label += " " + text.T("lists.sheet.hidden")
		}
		sheets[i] = widget.Option{Value: decimal(i), Label: label}
	}
	encodings := make([]widget.Option, len(o.Encodings))
	for i, e := range o.Encodings {
		encodings[i] = widget.Option{Value: e.Name, Label: encodingName(e.Name)}
	}
	heading := "no"
	if o.Heading {
		heading = "yes"
	}
	return app.Div().Class("panel stack").Body(
		app.Div().Class("page-head").Body(
			app.H3().Class("file-name").Body(widget.Icon("file"), app.Span().Text(m.name)),
			&widget.Button{ID: "forget", Label: text.T("lists.forget"), Icon: "trash", Kind: "quiet", Small: true, OnClick: p.forget},
		),
		app.P().Role("status").Text(text.T("lists.read", "rows", desk.Rows(o.Rows), "columns", text.N("lists.columns_n", len(o.Columns)))+" "+p.how(m)),
		app.Div().Class("fields").Body(
			slot(len(sheets) > 1, func() app.UI {
				return &widget.Select{ID: "sheet", Label: text.T("lists.sheet"), Required: true, Value: decimal(o.Sheet), Options: sheets,
					OnChange: func(_ app.Context, v string) { reopen(func(s *plan.Source) { s.Sheet, s.Chosen = whole(v), true }) }}
			}),
			slot(len(encodings) > 1, func() app.UI {
				return &widget.Select{ID: "encoding", Label: text.T("lists.encoding"), Required: true, Value: o.Encoding, Options: encodings,
					OnChange: func(_ app.Context, v string) { reopen(func(s *plan.Source) { s.Encoding = v }) }}
			}),
			slot(o.Format == plan.CSV, func() app.UI {
				return &widget.Select{ID: "delimiter", Label: text.T("lists.delimiter"), Required: true, Value: o.Delimiter, Options: delimiters(),
					OnChange: func(_ app.Context, v string) { reopen(func(s *plan.Source) { s.Delimiter = v }) }}
			}),
			slot(o.Format == plan.CSV || o.Format == plan.XLSX, func() app.UI {
				return &widget.Choice{ID: "heading", Label: text.T("lists.heading"), Value: heading, Options: []widget.Option{
					{Value: "yes", Label: text.T("lists.heading.yes")}, {Value: "no", Label: text.T("lists.heading.no")},
				}, OnChange: func(_ app.Context, v string) {
					reopen(func(s *plan.Source) { s.NoHeading, s.Heading = v == "no", v == "yes" })
				}}
			}),
		),
		p.oddities(m),
		slot(o.Result != "", func() app.UI { return widget.Note("info", text.T("lists.result_file")) }),
		p.onwards(m, atColumns, ""),
	)
}

// how says in which way the file was read.
func (p *Page) how(m *model) string {
	o := m.opened
	parts := []string{text.T("lists.format." + string(o.Format))}
	if o.Encoding != "" {
		parts = append(parts, encodingName(o.Encoding))
	}
	parts = append(parts, size(m.size))
	return "(" + strings.Join(parts, ", ") + ")"
}

// oddities names what was odd about the file but did not stop it from being read.
func (p *Page) oddities(m *model) app.UI {
	o := m.opened
	var words []string
	add := func(n int, key string) {
		if n > 0 {
			words = append(words, text.N(key, n))
		}
	}
	add(o.Ragged, "lists.odd.ragged")
	add(o.HiddenRows, "lists.odd.hidden")
	add(o.Blank, "lists.odd.blank")
	for _, w := range o.Warnings {
		words = append(words, oddity(w))
	}
	return app.Div().Class("stack oddities").Body(app.Range(words).Slice(func(i int) app.UI { return widget.Note("info", words[i]) }))
}

func oddity(w plan.Count) string {
	if key := "lists.warning." + w.Code; text.Has(key + ".other") {
		return text.N(key, w.Count)
	}
	return text.T("lists.noticed", "code", w.Code, "n", text.Number(w.Count))
}

func whole(digits string) int {
	n := 0
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' || n > 1<<30 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
