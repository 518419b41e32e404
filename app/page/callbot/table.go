package callbot

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/phone"
)

// cell is one field of the list.
type cell struct {
	app.Compo

	ID        string
	Label     string
	Value     string
	Phone     bool
	Wrong     bool
	Described string // id of what is said about it
	Desk      *desk.Desk
	Row, Col  int

	composing bool // with an input method: the field is left alone
}

func (c *cell) OnMount(ctx app.Context)  { c.follow(ctx) }
func (c *cell) OnUpdate(ctx app.Context) { c.follow(ctx) }

// follow sets the DOM property: go-app compares with what it rendered last.
func (c *cell) follow(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		if e := element(c.ID); e.Truthy() && !c.composing && e.Get("value").String() != c.Value {
			e.Set("value", c.Value)
		}
	})
}

func (c *cell) change(ctx app.Context, e app.Event) {
	if c.composing = e.Get("isComposing").Truthy(); !c.composing {
		c.take(ctx.JSSrc().Get("value").String())
	}
}

func (c *cell) composed(ctx app.Context, _ app.Event) {
	c.composing = false
	c.take(ctx.JSSrc().Get("value").String())
}

func (c *cell) take(value string) {
	m := of(c.Desk)
	if value == c.Value || c.Row >= len(m.Sheet.Rows) {
		return
	}
	c.Value = value
	*m.Sheet.Rows[c.Row].at(c.Col) = value
	m.typed(true)
	c.Desk.Changed()
}

func (c *cell) leave(app.Context, app.Event) {
	if of(c.Desk).release() {
		c.Desk.Changed()
	}
}

// paste takes several lines or columns apart; a single value is left to the browser.
func (c *cell) paste(ctx app.Context, e app.Event) {
	data := e.Get("clipboardData").Call("getData", "text/plain").String()
	if !strings.ContainsAny(strings.TrimRight(data, "\r\n"), "\t\n") {
		return
	}
	e.PreventDefault()
	takeText(c.Desk, data)
}

// key moves between rows: Enter and the arrows keep the column.
func (c *cell) key(ctx app.Context, e app.Event) {
	if e.Get("isComposing").Truthy() || e.Get("ctrlKey").Bool() || e.Get("altKey").Bool() || e.Get("metaKey").Bool() {
		return
	}
	m := of(c.Desk)
	rows, _ := m.shown()
	at := 0
	for i, row := range rows {
		if row == c.Row {
			at = i
		}
	}
	switch e.Get("key").String() {
	case "Enter":
		e.PreventDefault()
		if at+1 < len(rows) {
			c.move(ctx, rows[at+1])
			return
		}
		if m.mending {
			return
		}
		next := c.Row + 1
		if next >= len(m.Sheet.Rows) {
			if m.Sheet.Rows[c.Row].blank() {
				return
			}
			next = m.Sheet.add(c.Row)
		}
		m.page = next / rowsAPage
		c.Desk.Changed()
		c.move(ctx, next)
	case "ArrowDown":
		if at+1 < len(rows) {
			e.PreventDefault()
			c.move(ctx, rows[at+1])
		}
	case "ArrowUp":
		if at > 0 {
			e.PreventDefault()
			c.move(ctx, rows[at-1])
		}
	}
}

func (c *cell) move(ctx app.Context, row int) {
	d, col := c.Desk, c.Col
	ctx.Defer(func(app.Context) {
		m := of(d)
		m.body() // where the rows stand may have changed
		focus(cellID(m, row, col))
	})
}

func (c *cell) Render() app.UI {
	kind, mode := "text", ""
	if c.Phone {
		kind, mode = "tel", "tel"
	}
	return app.Input().Type(kind).Attr("inputmode", mode).ID(c.ID).Class("cell").Attr("autocomplete", "off").
		Aria("label", c.Label).Aria("invalid", strconv.FormatBool(c.Wrong)).Aria("describedby", c.Described).
		OnInput(c.change).OnBlur(c.leave).OnKeyDown(c.key).OnPaste(c.paste).On("compositionend", c.composed)
}

// head is the name of a variable, above its column.
type head struct {
	app.Compo

	Desk *desk.Desk
	At   int
	Name string
}

func (h *head) OnMount(ctx app.Context)  { h.follow(ctx) }
func (h *head) OnUpdate(ctx app.Context) { h.follow(ctx) }

func (h *head) id() string { return "variable-" + strconv.Itoa(h.At) }

func (h *head) follow(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		if e := element(h.id()); e.Truthy() {
			e.Set("value", h.Name)
		}
	})
}

// rename takes the name when the field is left; an empty one is not taken.
func (h *head) rename(ctx app.Context, _ app.Event) {
	s := &of(h.Desk).Sheet
	name := strings.TrimSpace(ctx.JSSrc().Get("value").String())
	if h.At >= len(s.Vars) || name == s.Vars[h.At] {
		return
	}
	if name == "" {
		ctx.JSSrc().Set("value", s.Vars[h.At])
		return
	}
	s.Vars[h.At] = ""
	s.Vars[h.At] = s.freeName(name)
	s.changed()
	h.Desk.Changed()
}

func (h *head) key(ctx app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" {
		e.PreventDefault() // not the form's
		ctx.JSSrc().Call("blur")
	}
}

func (h *head) remove(app.Context) {
	m := of(h.Desk)
	if h.At < len(m.Sheet.Vars) {
		m.Sheet.removeVar(h.At)
		h.Desk.Say(text.T("callbot.variable.removed", "name", h.Name))
		h.Desk.Changed()
	}
}

func (h *head) Render() app.UI {
	return app.Div().Class("variable").Body(
		app.Input().Type("text").ID(h.id()).Class("cell").MaxLength(255).Attr("autocomplete", "off").
			Aria("label", text.T("callbot.variable.name", "n", text.Number(h.At+1))).OnChange(h.rename).OnKeyDown(h.key),
		&widget.Button{Icon: "close", Title: text.T("callbot.variable.remove", "name", h.Name), Kind: "quiet", Small: true, OnClick: h.remove},
	)
}

// line is one row of the list. It is rendered anew only when what it shows changed.
type line struct {
	app.Compo

	Desk    *desk.Desk
	Row     int // in the sheet
	Posted  int // in the call, -1 while nothing is typed in it
	Shown   row
	Vars    []string
	Wrong   []string // fields with a problem: "userPhone", "params", …
	Kind    string   // of its state: "good", "warn", "bad", "" while empty
	State   string   // in a word
	Details string
	Lang    string // the language it was rendered in
}

func (l *line) wrong(field string) bool {
	for _, w := range l.Wrong {
		if w == field {
			return true
		}
	}
	return false
}

func (l *line) remove(ctx app.Context) {
	m := of(l.Desk)
	if l.Row >= len(m.Sheet.Rows) {
		return
	}
	m.Sheet.remove(l.Row)
	l.Desk.Say(text.T("callbot.row.removed", "n", text.Number(l.Row+1)))
	l.Desk.Changed()
	d, row := l.Desk, l.Row
	ctx.Defer(func(app.Context) {
		m := of(d)
		m.body()
		focus(cellID(m, min(row, len(m.Sheet.Rows)-1), colPhone))
	})
}

// number is what people call the row.
func (l *line) number() string {
	if l.Posted >= 0 {
		return text.Number(l.Posted + 1)
	}
	return text.T("callbot.row.new")
}

func (l *line) Render() app.UI {
	m := of(l.Desk)
	stateID := "row-state-" + strconv.Itoa(l.Row)
	name := func(field string) string { return text.T("field.in_row", "field", field, "n", l.number()) }
	described := ""
	if l.Details != "" {
		described = stateID
	}
	field := func(col int, label, path string) app.UI {
		return app.Td().Body(&cell{
			ID: cellID(m, l.Row, col), Label: name(label), Value: *l.Shown.at(col), Phone: col == colPhone,
			Wrong: l.wrong(path), Described: described, Desk: l.Desk, Row: l.Row, Col: col,
		})
	}
	return app.Tr().Class("callbot-row").Body(
		app.Th().Scope("row").Class("digits").Text(l.number()),
		field(colPhone, text.T("field.userPhone"), "userPhone"),
		field(colUser, text.T("field.userName"), "userName"),
		field(colCustomer, text.T("field.customerName"), "customerName"),
		field(colOther, text.T("field.other"), "other"),
		app.Range(l.Vars).Slice(func(i int) app.UI {
			return field(colVars+i, l.Vars[i], "params")
		}),
		app.Td().Class("row-state").ID(stateID).Body(
			app.If(l.State != "", func() app.UI { return widget.Tag(l.Kind, l.State) }),
			app.If(l.Details != "", func() app.UI { return app.Small().Text(l.Details) }),
		),
		app.Td().Body(&widget.Button{Icon: "trash", Title: text.T("callbot.row.remove", "n", l.number()), Kind: "quiet", Small: true, OnClick: l.remove}),
	)
}

// lineOf is row i of the sheet with what the worker thinks of it.
func lineOf(d *desk.Desk, m *model, i int) *line {
	l := &line{Desk: d, Row: i, Posted: m.postedAt(i), Shown: m.Sheet.Rows[i], Vars: m.Sheet.Vars, Lang: text.Language()}
	// The row of the sheet changes in place: what is compared must not.
	l.Shown.Values = append([]string(nil), l.Shown.Values...)
	l.Vars = append([]string(nil), l.Vars...)
	if l.Posted < 0 {
		return l
	}
	w := m.word()
	var number phone.Number
	judged := l.Posted < len(w.numbers) && w.numbers[l.Posted] != nil
	if judged {
		number = *w.numbers[l.Posted]
	}
	switch {
	case w.mend[l.Posted]:
		l.Kind, l.State = "bad", text.T("callbot.row.mend")
		var words []string
		for _, p := range w.problems[l.Posted] {
			l.Wrong = append(l.Wrong, column(p.Field))
			words = append(words, task.FieldName(tail(p.Field))+text.T("callbot.colon")+task.Explain(p))
		}
		l.Details = strings.Join(words, " ")
	case !judged:
		return l
	case w.hinted[l.Posted]:
		l.Kind, l.State = "warn", text.T("callbot.row.look")
		words := []string{number.International}
		for _, h := range w.hints[l.Posted] {
			words = append(words, task.ExplainHint(h))
		}
		l.Details = strings.Join(words, " ")
	default:
		l.Kind, l.State = "good", text.T("callbot.row.ready")
		l.Details = where(number)
	}
	return l
}

// where is a number as people write it and its country.
func where(n phone.Number) string {
	if name := text.Region(n.Region); name != "" {
		return n.International + " · " + name
	}
	return n.International
}

// column is the field of a row that a path is about: "…[3].params[0].name" → "params".
func column(path string) string {
	_, rest, _ := strings.Cut(path, "].")
	if end := strings.IndexAny(rest, "[."); end >= 0 {
		return rest[:end]
	}
	return rest
}

// cellID is the id of a field. Those that a problem can name have the id that
// the summary of problems leads to.
func cellID(m *model, i, col int) string {
	n := m.postedAt(i)
	if n < 0 {
		return "new-" + strconv.Itoa(i) + "-" + strconv.Itoa(col)
	}
	name := [...]string{"userPhone", "userName", "customerName", "other"}
	switch {
	case col < colVars:
		return desk.ID(place(n) + "." + name[col])
	case col == colVars:
		return desk.ID(place(n) + ".params")
	}
	return desk.ID(place(n)+".params") + "-" + strconv.Itoa(col-colVars)
}

func element(id string) app.Value {
	return app.Window().Get("document").Call("getElementById", id)
}

func focus(id string) {
	if e := element(id); e.Truthy() {
		e.Call("focus")
	}
}

// takeText takes pasted lines into the list.
func takeText(d *desk.Desk, data string) {
	m := of(d)
	t := parse(data, m.Sheet.Vars)
	added := m.Sheet.take(t)
	m.Pasted, m.PastedKind, m.Unread = text.N("callbot.added", added), "good", ""
	if added == 0 {
		m.PastedKind = "warn"
	}
	if t.Head {
		m.Pasted += " " + text.T("callbot.head_read")
	}
	d.Say(m.Pasted)
	d.Changed()
}
