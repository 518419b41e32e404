package widget

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// File takes one file: chosen by a button, by keyboard, or dropped on it.
type File struct {
	app.Compo

	ID       string
	Label    string // of the button: "Choose a JSON file"
	Drop     string // beside it: "or drop it here"
	Accept   string // as the input element has it: ".json,application/json"
	Disabled bool
	OnFile   func(ctx app.Context, file app.Value)

	over bool
}

func (f *File) chosen(ctx app.Context, _ app.Event) {
	input := ctx.JSSrc()
	file := input.Get("files").Index(0)
	f.take(ctx, file)
	input.Set("value", "") // the same file, mended, can be chosen again
}

func (f *File) dropped(ctx app.Context, e app.Event) {
	e.PreventDefault()
	f.over = false
	f.take(ctx, e.Get("dataTransfer").Get("files").Index(0))
}

func (f *File) take(ctx app.Context, file app.Value) {
	if file.Truthy() && !f.Disabled && f.OnFile != nil {
		f.OnFile(ctx, file)
	}
}

func (f *File) hover(_ app.Context, e app.Event) {
	e.PreventDefault()
	f.over = true
}

func (f *File) leave(app.Context, app.Event) { f.over = false }

func (f *File) Render() app.UI {
	return app.Div().Class(classes("file-drop", f.over, "is-over")).
		OnDragOver(f.hover).OnDragLeave(f.leave).OnDrop(f.dropped).
		Body(
			app.Label().Class(classes("button", f.Disabled, "is-disabled")).For(f.ID).Body(
				Icon("upload"),
				app.Span().Text(f.Label),
				app.Input().Type("file").Class("unseen").ID(f.ID).Accept(f.Accept).Disabled(f.Disabled).OnChange(f.chosen),
			),
			app.Span().Class("file-drop-word").Text(f.Drop),
		)
}
