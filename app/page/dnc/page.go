package dnc

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/text"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int
}

func (p *Page) Render() app.UI {
	return app.Div().Class("page").Body(app.H1().TabIndex(-1).Text(text.T("nav.dnc")))
}
