package lists

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/list/plan"
)

// table is what the grid shows and how far it is scrolled.
type table struct {
	class  string
	search string
	sort   int // a column, -1 as in the file, -2 by verdict
	down   bool

	version int // grows when the rows have to be read anew
	total   int // rows of the class and search; -1 until that is known
	from    int // the first row that is held …
	held    []plan.Row
	of      int // … of this version
	asking  bool
	failed  string
	at      int // the row that is marked
	column  int // and its cell: 0 the line, 1 the state, 2 the number, from 3 on those of the file
	first   float64
	draw    func() // of the grid that is on the screen; nil while there is none
}

func newTable() table { return table{sort: -1, total: -1} }

// redraw has what is held shown, by whichever grid is there by now.
func (t *table) redraw() {
	if t.draw != nil {
		t.draw()
	}
}

// again has the rows read anew, in the same place.
func (t *table) again() { t.version++ }

// show shows other rows, from the first one on.
func (t *table) show(change func(*table)) {
	change(t)
	t.total, t.at, t.first = -1, 0, 0
	t.again()
}

// row is the row at a place, when it is held.
func (t *table) row(at int) (plan.Row, bool) {
	if t.of != t.version || at < t.from || at >= t.from+len(t.held) {
		return plan.Row{}, false
	}
	return t.held[at-t.from], true
}

// question asks for a window of rows.
func (t *table) question(from, count int) plan.ViewQuestion {
	return plan.ViewQuestion{Class: t.class, Search: t.search, Sort: t.sort, Down: t.down, From: from, Count: count}
}

// fixedColumns stand before those of the file: line, state, number.
const fixedColumns = 3

// mostColumns of the file are shown: those that are used first.
const mostColumns = 8

// mostAsked is the most rows of one question.
const mostAsked = 200

// grid shows the rows of the list. Only those that can be seen are in the page,
// in a handful of lines that are filled anew as the list is scrolled. They are
// filled by hand, beside go-app: it would compare the whole page for each step
// of a scroll.
type grid struct {
	app.Compo

	Desk    *desk.Desk
	Model   *model
	Columns []int    // of the file, that are shown
	Names   []string // theirs
	Version int      // of the rows
	Lang    string

	box     app.Value // what scrolls
	space   app.Value // as high as the list
	body    app.Value // holds the lines
	pattern app.Value // of a line
	marked  app.Value // the cell that the keyboard is at; nil while it is not seen
	lines   []*gridLine
	height  float64 // of one row …
	seen    float64 // … and of what is seen of them: measured when it may have changed
	built   string  // for these columns
	drawn   int     // the version that was drawn last …
	sized   int     // … and for how many rows
	up      bool    // the way it was scrolled last
	editing *editor
	stop    []func()
	told    *time.Timer
}

// scrollBar is room for the bar with which the box scrolls sideways.
const scrollBar = 18

// gridLine is one line on the screen, with what it shows now.
type gridLine struct {
	row   app.Value
	cells []app.Value
	texts []string
	kinds []string
	at    int
	shown bool
}

// editor is the field in which a cell is corrected.
type editor struct {
	field app.Value
	cell  app.Value
	line  int
	col   int // of the file
	was   string
	funcs []app.Func
}

const gridID = "rows"

func (g *grid) OnMount(ctx app.Context) {
	g.box = element(gridID)
	g.table().draw = g.draw
	g.listen(g.box, "scroll", func(app.Value) { g.scrolled() })
	g.listen(g.box, "keydown", g.key)
	g.listen(g.box, "click", g.click)
	g.listen(g.box, "dblclick", func(app.Value) { g.edit() })
	resized := app.FuncOf(func(app.Value, []app.Value) any {
		g.seen = 0
		g.draw()
		return nil
	})
	observer := app.Window().Get("ResizeObserver").New(resized)
	observer.Call("observe", g.box)
	g.stop = append(g.stop, func() { observer.Call("disconnect"); resized.Release() })
	g.restore()
}

func (g *grid) OnUpdate(app.Context) {
	g.table().draw = g.draw
	g.draw()
}

func (g *grid) OnDismount() {
	g.leave(true)
	if g.told != nil {
		g.told.Stop()
	}
	for _, stop := range g.stop {
		stop()
	}
	g.box, g.lines, g.built = nil, nil, ""
	g.table().draw = nil
}

func (g *grid) listen(on app.Value, event string, f func(e app.Value)) {
	listener := app.FuncOf(func(_ app.Value, args []app.Value) any {
		f(args[0])
		return nil
	})
	on.Call("addEventListener", event, listener)
	g.stop = append(g.stop, func() {
		on.Call("removeEventListener", event, listener)
		listener.Release()
	})
}

func (g *grid) table() *table { return &g.Model.rows }

// restore scrolls to where the rows were left.
func (g *grid) restore() {
	first := g.table().first
	g.draw()
	if first > 0 && g.table().total > 0 {
		g.box.Set("scrollTop", g.scale().scrolled(first))
		g.draw()
	}
}

func (g *grid) scale() scale {
	if g.seen == 0 { // less the headings above the rows
		g.seen = math.Max(g.height, g.box.Get("clientHeight").Float()-g.space.Get("offsetTop").Float())
	}
	return scale{rows: max(g.table().total, 0), row: g.height, box: g.seen}
}

// build makes the lines, for the columns as they are.
func (g *grid) build() {
	of := strings.Join(g.Names, "\x00") + "\x01" + g.Lang
	if g.built == of && len(g.lines) > 0 {
		return
	}
	document := app.Window().Get("document")
	g.space = element(gridID + "-space")
	g.space.Set("textContent", "")
	g.body = document.Call("createElement", "div")
	g.body.Set("className", "grid-body")
	g.body.Call("setAttribute", "role", "presentation")
	g.space.Call("append", g.body)
	g.lines, g.built, g.drawn = nil, of, -1
	g.pattern, g.marked = patternOf(len(g.Columns)), nil
	g.line()
	g.height, g.seen = math.Max(20, g.lines[0].row.Get("offsetHeight").Float()), 0
}

// line makes one more line, after the pattern.
func (g *grid) line() {
	row := g.pattern.Call("cloneNode", true)
	l := &gridLine{row: row, at: -1, shown: true}
	cells := row.Get("children")
	for c := range fixedColumns + len(g.Columns) {
		l.cells = append(l.cells, cells.Index(c))
		l.texts = append(l.texts, "")
		l.kinds = append(l.kinds, cellClass(c))
	}
	g.body.Call("append", row)
	g.lines = append(g.lines, l)
}

// patternOf is a line without any content.
func patternOf(columns int) app.Value {
	document := app.Window().Get("document")
	row := document.Call("createElement", "div")
	row.Set("className", "grid-row")
	row.Call("setAttribute", "role", "row")
	for c := range fixedColumns + columns {
		cell := document.Call("createElement", "div")
		role := "gridcell"
		if c == 0 {
			role = "rowheader"
		}
		cell.Call("setAttribute", "role", role)
		cell.Call("setAttribute", "aria-colindex", strconv.Itoa(c+1))
		cell.Set("className", cellClass(c))
		row.Call("append", cell)
	}
	return row
}

func cellClass(c int) string {
	switch c {
	case 0:
		return "grid-cell is-line digits"
	case 1:
		return "grid-cell is-state"
	case 2:
		return "grid-cell is-sent digits"
	}
	return "grid-cell"
}

// draw fills the lines with the rows that can be seen, and asks for those that
// are not held.
func (g *grid) draw() {
	if g.box == nil || !g.box.Truthy() {
		return
	}
	if g.editing != nil { // what is typed stands in one of the lines
		return
	}
	g.build()
	t, s := g.table(), g.scale()
	if g.drawn != t.version || g.sized != t.total {
		g.drawn, g.sized = t.version, t.total
		g.space.Get("style").Call("setProperty", "height", px(math.Max(s.height(), g.height)))
		if t.total >= 0 { // a short list leaves no empty box
			g.box.Get("style").Call("setProperty", "--rows-height", px(s.height()+g.space.Get("offsetTop").Float()+scrollBar))
			g.seen = 0
			s = g.scale()
		}
		if t.total < 0 && t.first == 0 {
			g.box.Set("scrollTop", 0)
		}
	}
	top := g.box.Get("scrollTop").Float()
	first := s.first(top)
	if first != t.first {
		g.up = first < t.first
	}
	t.first = first
	want := int(math.Ceil(s.seen())) + 2
	for len(g.lines) < want {
		g.line()
	}
	whole := math.Floor(first)
	g.body.Get("style").Call("setProperty", "transform", "translateY("+px(top-(first-whole)*g.height)+")")
	for i, l := range g.lines {
		g.fill(l, int(whole)+i, i < want)
	}
	g.mark()
	g.need(first)
}

func px(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) + "px" }

// need asks for rows when some that are seen, or soon will be, are not held.
func (g *grid) need(first float64) {
	t := g.table()
	if t.asking || t.failed != "" && t.of == t.version {
		return
	}
	s := g.scale()
	from, n := 0, 60
	if t.total >= 0 {
		held := 0
		if t.of == t.version {
			held = len(t.held)
		}
		if lacking, soon := s.short(first, g.up, t.from, held); !lacking && !soon {
			return
		}
		if from, n = s.window(first, mostAsked, g.up); n == 0 {
			return
		}
		if held > 0 && from == t.from && n == held {
			return
		}
	}
	t.asking = true
	m, version := g.Model, t.version
	round := m.round
	m.list.View(t.question(from, n), func(v plan.View) {
		t := &m.rows
		t.asking = false
		if m.round != round {
			return
		}
		if version != t.version { // other rows are wanted by now
			t.redraw()
			return
		}
		before := t.total
		t.of, t.from, t.held, t.failed = version, v.From, v.Rows, v.Failed
		if v.Failed == "" {
			t.total = v.Total
		}
		if before != t.total || v.Failed != "" {
			t.at = max(0, min(t.at, t.total-1))
			g.Desk.Later(func() {}) // how many there are stands above the rows
		}
		t.redraw()
	})
}

// fill shows a row in a line.
func (g *grid) fill(l *gridLine, at int, wanted bool) {
	t := g.table()
	there := wanted && at < max(t.total, 0)
	if l.shown != there {
		l.shown = there
		l.row.Set("hidden", !there)
	}
	if !there {
		l.at = -1
		return
	}
	if l.at != at {
		l.at = at
		l.row.Call("setAttribute", "aria-rowindex", strconv.Itoa(at+2)) // the headings are the first
	}
	r, held := t.row(at)
	if !held {
		for c := range l.cells {
			g.put(l, c, "", "")
		}
		g.put(l, 0, "…", "")
		return
	}
	kind, word := state(r)
	g.put(l, 0, decimal(r.Line), "")
	g.put(l, 1, word, " is-"+kind)
	g.put(l, 2, r.Sent, "")
	for c, column := range g.Columns {
		content := ""
		if column < len(r.Cells) {
			content = clip(r.Cells[column])
		}
		class := ""
		if slices.Contains(r.Edited, column) {
			class = " is-edited"
		}
		g.put(l, fixedColumns+c, content, class)
	}
}

// clip is as much of a cell as a line shows.
func clip(s string) string {
	const most = 160
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}

// put writes into a cell, when it is not there already.
func (g *grid) put(l *gridLine, c int, content, kind string) {
	if l.texts[c] != content {
		l.texts[c] = content
		l.cells[c].Set("textContent", content)
	}
	class := cellClass(c) + kind
	if t := g.table(); l.at == t.at && c == t.column {
		class += " is-marked"
	}
	if l.kinds[c] != class {
		l.kinds[c] = class
		l.cells[c].Set("className", class)
	}
}

// markedID is the id of the cell that the keyboard is at.
const markedID = gridID + "-marked"

// mark tells assistive technology which cell the keyboard is at.
func (g *grid) mark() {
	t := g.table()
	var marked app.Value
	for _, l := range g.lines {
		if l.shown && l.at == t.at && t.column < len(l.cells) {
			marked = l.cells[t.column]
		}
	}
	if g.marked != nil && (marked == nil || !marked.Equal(g.marked)) {
		g.marked.Call("removeAttribute", "id")
	}
	switch {
	case marked == nil:
		g.box.Call("removeAttribute", "aria-activedescendant")
	case g.marked == nil || !marked.Equal(g.marked):
		marked.Set("id", markedID)
		g.box.Call("setAttribute", "aria-activedescendant", markedID)
	}
	g.marked = marked
}

func (g *grid) scrolled() {
	if g.editing != nil {
		g.leave(true)
	}
	g.draw()
}

// move moves the mark and keeps it in sight.
func (g *grid) move(row, column int) {
	t := g.table()
	if t.total <= 0 {
		return
	}
	t.at = max(0, min(row, t.total-1))
	t.column = max(0, min(column, fixedColumns+len(g.Columns)-1))
	s := g.scale()
	first := s.first(g.box.Get("scrollTop").Float())
	if to := s.reveal(t.at, first); to != first {
		g.box.Set("scrollTop", s.scrolled(to))
	}
	g.draw()
	for _, l := range g.lines {
		if l.shown && l.at == t.at {
			g.aside(l.cells[t.column])
		}
	}
	g.tell()
}

// aside scrolls a cell into sight sideways.
func (g *grid) aside(cell app.Value) {
	left, width := cell.Get("offsetLeft").Float(), cell.Get("offsetWidth").Float()
	from, seen := g.box.Get("scrollLeft").Float(), g.box.Get("clientWidth").Float()
	switch {
	case left < from:
		g.box.Set("scrollLeft", left)
	case left+width > from+seen:
		g.box.Set("scrollLeft", left+width-seen)
	}
}

// tell has the marked row explained below the rows, once the keys rest.
func (g *grid) tell() {
	if g.told != nil {
		g.told.Stop()
	}
	d := g.Desk
	g.told = time.AfterFunc(150*time.Millisecond, func() { d.Later(func() {}) })
}

func (g *grid) key(e app.Value) {
	if g.editing != nil || e.Get("isComposing").Truthy() || e.Get("altKey").Bool() || e.Get("target").Get("id").String() != gridID {
		return
	}
	t := g.table()
	control := e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()
	page := int(g.scale().seen())
	row, column := t.at, t.column
	switch e.Get("key").String() {
	case "ArrowDown":
		row++
	case "ArrowUp":
		row--
	case "ArrowRight":
		column++
	case "ArrowLeft":
		column--
	case "PageDown":
		row += page
	case "PageUp":
		row -= page
	case "Home":
		column = 0
		if control {
			row = 0
		}
	case "End":
		column = fixedColumns + len(g.Columns) - 1
		if control {
			row = t.total - 1
		}
	case "Enter", "F2":
		e.Call("preventDefault")
		g.edit()
		return
	default:
		return
	}
	e.Call("preventDefault")
	g.move(row, column)
}

func (g *grid) click(e app.Value) {
	if g.editing != nil {
		return
	}
	for _, l := range g.lines {
		for c, cell := range l.cells {
			if l.shown && cell.Equal(e.Get("target")) {
				g.move(l.at, c)
				return
			}
		}
	}
}

// edit opens the marked cell, when it is one of the file's.
func (g *grid) edit() {
	t := g.table()
	r, held := t.row(t.at)
	if !held || t.column < fixedColumns || g.editing != nil {
		return
	}
	column := g.Columns[t.column-fixedColumns]
	if column >= len(r.Cells) {
		return
	}
	var cell app.Value
	for _, l := range g.lines {
		if l.shown && l.at == t.at {
			cell = l.cells[t.column]
		}
	}
	if cell == nil {
		return
	}
	field := app.Window().Get("document").Call("createElement", "input")
	field.Set("className", "grid-field")
	field.Set("value", r.Cells[column])
	field.Call("setAttribute", "autocomplete", "off")
	field.Call("setAttribute", "aria-label", text.T("lists.edit.field", "column", g.Names[t.column-fixedColumns], "n", text.Number(r.Line)))
	ed := &editor{field: field, cell: cell, line: r.Line, col: column, was: r.Cells[column]}
	on := func(event string, f func(app.Value)) {
		listener := app.FuncOf(func(_ app.Value, args []app.Value) any {
			f(args[0])
			return nil
		})
		field.Call("addEventListener", event, listener)
		ed.funcs = append(ed.funcs, listener)
	}
	on("keydown", func(e app.Value) {
		if e.Get("isComposing").Truthy() {
			return
		}
		switch e.Get("key").String() {
		case "Enter":
			e.Call("preventDefault")
			g.leave(true)
			g.box.Call("focus")
		case "Escape":
			e.Call("preventDefault")
			e.Call("stopPropagation")
			g.leave(false)
			g.box.Call("focus")
		}
	})
	on("blur", func(app.Value) { g.leave(true) })
	g.editing = ed
	cell.Call("append", field)
	field.Call("focus")
	field.Call("select")
}

// leave closes the field of a cell and takes over what stands in it, or not.
func (g *grid) leave(take bool) {
	ed := g.editing
	if ed == nil {
		return
	}
	g.editing = nil // removing the field has it blur
	value := ed.field.Get("value").String()
	ed.field.Call("remove")
	for _, f := range ed.funcs {
		f.Release()
	}
	if take && value != ed.was {
		g.Model.correct(g.Desk, plan.Edit{Line: ed.line, Column: ed.col, Text: value})
	}
	g.draw()
}

// correct has the worker correct a cell.
func (m *model) correct(d *desk.Desk, e plan.Edit) {
	round, asked := m.round, m.planned
	m.edits = append(m.edits, e)
	m.outdate()
	m.list.Edit(e, func(s plan.Summary) {
		if m.round != round || m.planned != asked || s.Failed != "" {
			return
		}
		m.judged(s, asked)
		d.Say(text.T("lists.edit.done", "n", text.Number(e.Line)))
	})
}

// fewRows is up to how many rows all numbers are asked about again after each
// correction; of more, when the person says so.
const fewRows = 10_000

// outdate marks what was asked about the numbers as from before a correction.
func (m *model) outdate() {
	if m.summary == nil || m.summary.Total <= fewRows {
		m.asks = map[string]*asking{}
		return
	}
	for _, a := range m.asks {
		a.stale = true
	}
}

func (g *grid) sortBy(column int) func(app.Context) {
	return func(app.Context) {
		g.table().show(func(t *table) {
			switch {
			case t.sort != column:
				t.sort, t.down = column, false
			case !t.down:
				t.down = true
			default:
				t.sort, t.down = -1, false
			}
		})
		g.Desk.Changed()
	}
}

// heading is a column's heading, by which the rows can be sorted: by that of
// the line, in the file's own order and against it.
func (g *grid) heading(c int, name string, column int) app.UI {
	t := g.table()
	order, icon := "none", ""
	if t.sort == column && (column != -1 || t.down) {
		order, icon = "ascending", "up"
		if t.down {
			order, icon = "descending", "down"
		}
	}
	class := "grid-cell is-head"
	switch c {
	case 0:
		class += " is-line"
	case 1:
		class += " is-state"
	case 2:
		class += " is-sent"
	}
	head := app.Div().Class(class).Role("columnheader").Aria("colindex", c+1)
	if c == 2 { // its order would be that of the column it comes from
		return head.Body(app.Span().Text(name))
	}
	return head.Aria("sort", order).Body(
		&widget.Button{Label: name, Kind: "quiet", Small: true, Icon: icon, Title: text.T("lists.sort", "column", name), OnClick: g.sortBy(column)},
	)
}

func (g *grid) Render() app.UI {
	t := g.table()
	return app.Div().Class("grid-frame").Body(
		app.Div().ID(gridID).Class("grid-box columns-"+strconv.Itoa(len(g.Columns))).TabIndex(0).Role("grid").
			Aria("label", text.T("lists.rows")).Aria("rowcount", max(t.total, 0)+1).Aria("colcount", fixedColumns+len(g.Columns)).
			Aria("describedby", gridID+"-keys").Body(
			app.Div().Role("rowgroup").Class("grid-head").Body(
				app.Div().Class("grid-row").Role("row").Aria("rowindex", 1).Body(
					g.heading(0, text.T("lists.col.line"), -1),
					g.heading(1, text.T("lists.col.state"), -2),
					g.heading(2, text.T("lists.col.sent"), -1),
					app.Range(g.Columns).Slice(func(i int) app.UI { return g.heading(fixedColumns+i, g.Names[i], g.Columns[i]) }),
				),
			),
			app.Div().ID(gridID+"-space").Role("rowgroup").Class("grid-space"),
		),
		app.P().ID(gridID+"-keys").Class("help").Text(text.T("lists.keys")),
	)
}

// shownColumns are those of the file that the grid shows: the used ones first,
// then the others, as many as there is room for.
func shownColumns(p plan.Plan, all []plan.Column) []int {
	var columns []int
	add := func(c int) {
		if c >= 0 && c < len(all) && len(columns) < mostColumns && !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	for _, c := range p.Phones {
		add(c)
	}
	add(p.RegionColumn)
	for _, name := range placeholders(p.Template) {
		add(named(all, name))
	}
	for c := range all {
		if use(p, c) != asNothing {
			add(c)
		}
	}
	for c := range all {
		add(c)
	}
	slices.Sort(columns)
	return columns
}

func heading(columns []plan.Column, at int) string {
	if at < 0 || at >= len(columns) || columns[at].Heading == "" {
		return text.T("lists.column_n", "n", letters(max(0, at)))
	}
	return columns[at].Heading
}
