package widget

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
)

// Input is a labelled field. The text in the browser always follows Value,
// except while the person is composing it with an input method.
type Input struct {
	app.Compo

	ID           string
	Label        string
	Value        string
	Type         string // "text" when empty; "tel", "email", "search", "datetime-local", "date", "number"
	Mode         string // inputmode
	Autocomplete string
	Lines        int // more than one makes a text area
	Required     bool
	Disabled     bool
	Max          int // characters; 0 means no cap
	Help         string
	Problem      string   // what is wrong, in the person's language
	Hint         string   // what to know before sending
	Below        app.UI   // under the field: a number's reading, a counter
	List         []string // offered while typing
	Names        []string // what to show beside each of List; nil for nothing
	Lang         string
	Format       func(text string, caret int) (string, int) // groups what is typed and places the caret; nil for nothing
	Ahead        func(text string, caret int) int           // where the caret belongs after the Delete key; only with Format
	OnChange     func(app.Context, string)
	OnEnter      func(app.Context)
	OnLeave      func(app.Context)
	Focus        bool // takes the focus when it appears

	composing bool      // with an input method: the field is left alone
	field     app.Value // the element that shown is about
	shown     string    // what it held when it was last set or read here
}

func (i *Input) OnMount(ctx app.Context) {
	i.follow(ctx)
	if i.Focus {
		ctx.Defer(func(app.Context) { i.element().Call("focus") })
	}
}

func (i *Input) OnUpdate(ctx app.Context) { i.follow(ctx) }

// follow sets the DOM property: go-app compares with what it rendered last,
// not with what the person typed since. What was typed a moment ago and not
// read yet is left alone: this may be about something else entirely.
func (i *Input) follow(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		e := i.element()
		if !e.Truthy() || i.composing {
			return
		}
		if i.field != nil && i.field.Equal(e) && i.shown == i.Value {
			return
		}
		if i.field, i.shown = e, i.Value; e.Get("value").String() != i.Value {
			e.Set("value", i.Value)
		}
	})
}

func (i *Input) element() app.Value {
	return app.Window().Get("document").Call("getElementById", i.ID)
}

func (i *Input) change(ctx app.Context, e app.Event) {
	if i.composing = e.Get("isComposing").Truthy(); i.composing {
		return
	}
	i.format(ctx.JSSrc(), e.Get("inputType").String())
	i.take(ctx)
}

// format groups what was typed while its event is handled: later, the next
// character could be there already. What was undone or redone stays as the
// browser made it, and what needs no grouping keeps its caret too.
func (i *Input) format(field app.Value, how string) {
	if i.Format == nil || how == "historyUndo" || how == "historyRedo" {
		return
	}
	typed := field.Get("value").String()
	formatted, caret := i.Format(typed, field.Get("selectionStart").Int())
	if formatted == typed {
		return
	}
	if how == "deleteContentForward" {
		caret = i.Ahead(formatted, caret)
	}
	field.Set("value", formatted)
	field.Call("setSelectionRange", caret, caret)
}

func (i *Input) take(ctx app.Context) {
	value := ctx.JSSrc().Get("value").String()
	i.shown = value
	if i.OnChange != nil && value != i.Value {
		i.Value = value
		i.OnChange(ctx, value)
	}
}

func (i *Input) composed(ctx app.Context, _ app.Event) {
	i.composing = false
	i.format(ctx.JSSrc(), "")
	i.take(ctx)
}

func (i *Input) leave(ctx app.Context, _ app.Event) {
	if i.OnLeave != nil {
		i.OnLeave(ctx)
	}
}

func (i *Input) key(ctx app.Context, e app.Event) {
	if e.Get("key").String() == "Enter" && i.OnEnter != nil && !e.Get("isComposing").Truthy() {
		e.PreventDefault()
		i.OnEnter(ctx)
	}
}

func (i *Input) Render() app.UI {
	return app.Div().Class(classes("field", i.Problem != "", "is-wrong")).Body(
		label(i.ID, i.Label, i.Required),
		app.If(i.Help != "", func() app.UI { return app.P().Class("help").ID(i.ID + "-help").Text(i.Help) }),
		i.control(),
		app.If(len(i.List) > 0, func() app.UI {
			shown := offered(i.List, i.Names, i.Value)
			return app.DataList().ID(i.ID + "-list").Body(app.Range(shown).Slice(func(at int) app.UI {
				n := shown[at]
				o := app.Option().Value(i.List[n])
				if n < len(i.Names) && i.Names[n] != i.List[n] {
					o = o.Label(i.Names[n])
				}
				return o
			}))
		}),
		messages(i.ID, i.Problem, i.Hint),
		app.If(i.Below != nil, func() app.UI { return app.Div().Class("below").ID(i.ID + "-below").Body(i.Below) }),
	)
}

// offered are the places in a list of what is offered for a text: those that
// hold it in value or name, a page of them at most.
func offered(list, names []string, value string) []int {
	value = strings.ToLower(strings.TrimSpace(value))
	var places []int
	for n := 0; n < len(list) && len(places) < PageSize; n++ {
		if strings.Contains(strings.ToLower(list[n]), value) || n < len(names) && strings.Contains(strings.ToLower(names[n]), value) {
			places = append(places, n)
		}
	}
	return places
}

func (i *Input) control() app.UI {
	if i.Lines > 1 {
		t := app.Textarea().ID(i.ID).Name(i.ID).Rows(i.Lines).Required(i.Required).Disabled(i.Disabled).
			Attr("autocomplete", orElse(i.Autocomplete, "off")).
			OnInput(i.change).OnBlur(i.leave).On("compositionend", i.composed)
		if i.Max > 0 {
			t = t.MaxLength(i.Max)
		}
		if i.Lang != "" {
			t = t.Lang(i.Lang)
		}
		return t.Aria("describedby", i.described()).Aria("invalid", strconv.FormatBool(i.Problem != ""))
	}
	f := app.Input().ID(i.ID).Name(i.ID).Type(orElse(i.Type, "text")).Required(i.Required).Disabled(i.Disabled).
		Attr("autocomplete", orElse(i.Autocomplete, "off")).
		OnInput(i.change).OnBlur(i.leave).OnKeyDown(i.key).On("compositionend", i.composed)
	if i.Mode != "" {
		f = f.Attr("inputmode", i.Mode)
	}
	if i.Max > 0 && i.Type != "number" {
		f = f.MaxLength(i.Max)
	}
	if len(i.List) > 0 {
		f = f.List(i.ID + "-list")
	}
	return f.Aria("describedby", i.described()).Aria("invalid", strconv.FormatBool(i.Problem != ""))
}

func (i *Input) described() string {
	var ids []string
	for _, part := range []struct {
		there bool
		name  string
	}{{i.Help != "", "-help"}, {i.Problem != "", "-problem"}, {i.Hint != "", "-hint"}, {i.Below != nil, "-below"}} {
		if part.there {
			ids = append(ids, i.ID+part.name)
		}
	}
	return strings.Join(ids, " ")
}

// label marks what must be given in words, not by a colour or a star alone.
func label(id, name string, required bool) app.UI {
	return app.Label().For(id).Body(
		app.Span().Text(name),
		app.If(!required, func() app.UI { return app.Span().Class("optional").Text(text.T("form.optional")) }),
	)
}

func messages(id, problem, hint string) app.UI {
	return app.Div().Class("messages").Body(
		app.If(problem != "", func() app.UI {
			return app.P().Class("problem").ID(id+"-problem").Body(Icon("alert"), app.Span().Text(problem))
		}),
		app.If(hint != "", func() app.UI {
			return app.P().Class("hint").ID(id+"-hint").Body(Icon("info"), app.Span().Text(hint))
		}),
	)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func classes(base string, on bool, more string) string {
	if on {
		return base + " " + more
	}
	return base
}
