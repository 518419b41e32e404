package widget

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Option is one thing to choose.
type Option struct {
	Value string
	Label string
}

// Select is a labelled list to choose one from.
type Select struct {
	app.Compo

	ID       string
	Label    string
	Value    string
	Options  []Option
	Required bool
	Disabled bool
	Help     string
	Problem  string
	Hint     string
	Compact  bool // the label is for screen readers only
	OnChange func(app.Context, string)

	field app.Value // the element that shown is about
	shown int       // which option was chosen when it was last set or read here
	of    string    // the options that shown counts
}

func (s *Select) OnMount(ctx app.Context)  { s.follow(ctx) }
func (s *Select) OnUpdate(ctx app.Context) { s.follow(ctx) }

// follow sets the choice where it is due, and there only: one that was made a
// moment ago and not read yet is left alone.
func (s *Select) follow(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		e := app.Window().Get("document").Call("getElementById", s.ID)
		if !e.Truthy() {
			return
		}
		// By place, not by value: go-app drops an empty value attribute, and
		// such an option would go by its label.
		at := slices.IndexFunc(s.Options, func(o Option) bool { return o.Value == s.Value })
		of := values(s.Options)
		if at < 0 || s.field != nil && s.field.Equal(e) && s.shown == at && s.of == of {
			return
		}
		s.field, s.shown, s.of = e, at, of
		e.Set("selectedIndex", at)
	})
}

// values tells one list of options from another.
func values(all []Option) string {
	var b strings.Builder
	for _, o := range all {
		b.WriteString(o.Value)
		b.WriteByte(0)
	}
	return b.String()
}

func (s *Select) change(ctx app.Context, _ app.Event) {
	i := ctx.JSSrc().Get("selectedIndex").Int()
	if i < 0 || i >= len(s.Options) {
		return
	}
	s.Value, s.shown = s.Options[i].Value, i
	if s.OnChange != nil {
		s.OnChange(ctx, s.Value)
	}
}

func (s *Select) Render() app.UI {
	described := ""
	if s.Problem != "" {
		described = s.ID + "-problem"
	}
	name := label(s.ID, s.Label, s.Required)
	if s.Compact {
		name = app.Label().For(s.ID).Class("unseen").Text(s.Label)
	}
	return app.Div().Class(classes(classes("field", s.Problem != "", "is-wrong"), s.Compact, "is-compact")).Body(
		name,
		app.If(s.Help != "", func() app.UI { return app.P().Class("help").Text(s.Help) }),
		app.Select().ID(s.ID).Disabled(s.Disabled).OnChange(s.change).
			Aria("describedby", described).Aria("invalid", strconv.FormatBool(s.Problem != "")).
			Body(app.Range(s.Options).Slice(func(i int) app.UI {
				o := s.Options[i]
				return app.Option().Value(o.Value).Text(o.Label).Selected(o.Value == s.Value)
			})),
		messages(s.ID, s.Problem, s.Hint),
	)
}

// Choice is a small set of radio buttons in a row.
type Choice struct {
	app.Compo

	ID       string
	Label    string
	Value    string
	Options  []Option
	OnChange func(app.Context, string)
}

func (c *Choice) change(ctx app.Context, _ app.Event) {
	c.Value = ctx.JSSrc().Get("value").String()
	if c.OnChange != nil {
		c.OnChange(ctx, c.Value)
	}
}

func (c *Choice) Render() app.UI {
	return app.FieldSet().Class("choice").ID(c.ID).Body(
		app.Legend().Text(c.Label),
		app.Div().Class("choices").Body(app.Range(c.Options).Slice(func(i int) app.UI {
			o := c.Options[i]
			id := c.ID + "-" + o.Value
			return app.Label().For(id).Class(classes("chip", o.Value == c.Value, "is-chosen")).Body(
				&Radio{ID: id, Group: c.ID, Value: o.Value, Checked: o.Value == c.Value, OnChange: c.change},
				app.Span().Text(o.Label),
			)
		})),
	)
}

// Radio keeps the DOM's checked property in step with Checked.
type Radio struct {
	app.Compo

	ID       string
	Group    string
	Value    string
	Checked  bool
	OnChange app.EventHandler

	field app.Value // the element that shown is about, under this id
	id    string
	shown bool // whether it was checked when it was last set or read here
}

func (r *Radio) OnMount(ctx app.Context)  { r.follow(ctx) }
func (r *Radio) OnUpdate(ctx app.Context) { r.follow(ctx) }

// follow sets the property where it is due, and there only: set back between a
// press and its change event, the browser would take the press for none.
func (r *Radio) follow(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		e := app.Window().Get("document").Call("getElementById", r.ID)
		if !e.Truthy() || r.field != nil && r.field.Equal(e) && r.id == r.ID && r.shown == r.Checked {
			return
		}
		r.field, r.id, r.shown = e, r.ID, r.Checked
		e.Set("checked", r.Checked)
	})
}

func (r *Radio) change(ctx app.Context, e app.Event) {
	r.shown = true
	r.OnChange(ctx, e)
}

func (r *Radio) Render() app.UI {
	return app.Input().Type("radio").ID(r.ID).Name(r.Group).Value(r.Value).OnChange(r.change)
}
