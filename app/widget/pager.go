package widget

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
)

// Pager leafs through a list that is shown in parts. It is empty while
// everything fits.
type Pager struct {
	app.Compo

	What   string // names the list for screen readers
	Page   int    // from 0
	Size   int    // rows a page
	Total  int    // rows in all
	OnPage func(app.Context, int)
}

func (p *Pager) back(ctx app.Context)  { p.OnPage(ctx, p.Page-1) }
func (p *Pager) forth(ctx app.Context) { p.OnPage(ctx, p.Page+1) }

func (p *Pager) Render() app.UI {
	if p.Total <= p.Size {
		return app.Div().Class("pager-slot")
	}
	last := min((p.Page+1)*p.Size, p.Total)
	return app.Nav().Class("pager").Aria("label", text.T("pager.label", "what", p.What)).Body(
		&Button{Label: text.T("pager.back"), Small: true, Disabled: p.Page == 0, OnClick: p.back},
		app.Span().Class("digits").Text(text.T("pager.range", "from", text.Number(p.Page*p.Size+1), "to", text.Number(last), "total", text.Number(p.Total))),
		&Button{Label: text.T("pager.forth"), Small: true, Disabled: last >= p.Total, OnClick: p.forth},
	)
}
