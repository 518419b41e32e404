package task

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/text"
	"outdial/app/widget"
)

// ReadFailure is Failure for a read: a lost one changed nothing, so it can
// simply be asked again.
func ReadFailure(f *client.Failure, again func(app.Context)) app.UI {
	if !f.Lost {
		return Failure(f, again)
	}
	return app.Div().Class("answer is-failure").Role("alert").Body(
		app.H2().Body(widget.Icon("alert"), app.Span().Text(FailureTitle(f))),
		app.P().Text(text.T("failure.read.next")),
		app.If(again != nil, func() app.UI {
			return &widget.Button{Label: text.T("action.try_again"), Icon: "refresh", OnClick: again}
		}),
	)
}
