// Package widget holds the pieces that pages are made of. Handlers are passed
// as properties and called through methods, so that they are never stale; CSS
// is by class only, because the content security policy forbids style
// attributes.
package widget

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
)

// Button calls OnClick.
type Button struct {
	app.Compo

	ID       string
	Label    string
	Icon     string
	Kind     string // "" plain, "main", "danger", "quiet", "link"
	Type     string // "button" when empty
	Disabled bool
	Title    string // says more than the label, or stands in for it, to screen readers
	Small    bool
	Pressed  string // "true" or "false" for a toggle
	OnClick  func(app.Context)
}

func (b *Button) click(ctx app.Context, _ app.Event) {
	if b.OnClick != nil && !b.Disabled {
		b.OnClick(ctx)
	}
}

func (b *Button) Render() app.UI {
	class := "button"
	if b.Kind != "" {
		class += " is-" + b.Kind
	}
	if b.Small {
		class += " is-small"
	}
	if b.Label == "" {
		class += " is-icon"
	}
	e := app.Button().Type(orElse(b.Type, "button")).Class(class).Disabled(b.Disabled).OnClick(b.click)
	if b.ID != "" {
		e = e.ID(b.ID)
	}
	if b.Label == "" {
		e = e.Title(b.Title).Aria("label", b.Title)
	}
	if b.Label != "" && b.Title != "" {
		e = e.Aria("label", b.Title)
	}
	if b.Pressed != "" {
		e = e.Aria("pressed", b.Pressed)
	}
	return e.Body(
		app.If(b.Icon != "", func() app.UI { return Icon(b.Icon) }),
		app.If(b.Label != "", func() app.UI { return app.Span().Text(b.Label) }),
	)
}

// Icon is a picture beside words; screen readers pass over it.
func Icon(name string) app.UI {
	return app.Span().Class("icon icon-"+name).Aria("hidden", "true")
}

// Tag is a short word on a tinted ground.
func Tag(kind, label string) app.UI {
	return app.Span().Class("tag is-" + kind).Text(label)
}

// Copy puts Text on the clipboard.
type Copy struct {
	app.Compo

	Text string
	Make func() string // makes all of it when it is wanted, where Text is a part
	What string        // names it for screen readers
	done string        // the Text that was copied last
}

func (c *Copy) copy(app.Context) {
	text := c.Text
	if c.Make != nil {
		text = c.Make()
	}
	if ToClipboard(text) {
		c.done = c.Text
	}
}

// ToClipboard puts a text on the clipboard. A browser has none for a page that
// came over plain HTTP.
func ToClipboard(text string) bool {
	clipboard := app.Window().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		return false
	}
	clipboard.Call("writeText", text)
	return true
}

func (c *Copy) Render() app.UI {
	label := text.T("action.copy")
	if c.Text != "" && c.done == c.Text {
		label = text.T("action.copied")
	}
	return app.Div().Class("copy").Aria("live", "polite").Body(
		&Button{Label: label, Icon: "copy", Kind: "quiet", Small: true, Title: label + " – " + c.What, OnClick: c.copy},
	)
}
