package widget

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
)

// PageSize is how many rows of a long list are shown at a time.
const PageSize = 100

// Window is the part of a list of n that page at shows: [from, to). A page
// beyond the end shows the last one.
func Window(n, at int) (from, to int) { return window(n, at, PageSize) }

func window(n, at, size int) (from, to int) {
	at = max(0, min(at, (n-1)/size))
	return at * size, min(n, (at+1)*size)
}

// Pager leads through a list that is longer than a page; it is empty for a
// shorter one.
type Pager struct {
	app.Compo

	Label  string // what is paged, for screen readers
	Total  int    // rows of the whole list
	At     int    // the page, from 0
	Size   int    // rows a page; PageSize when 0
	OnTurn func(app.Context, int)
}

func (p *Pager) back(ctx app.Context) { p.turn(ctx, p.At-1) }
func (p *Pager) on(ctx app.Context)   { p.turn(ctx, p.At+1) }

func (p *Pager) turn(ctx app.Context, at int) {
	if p.OnTurn != nil {
		p.OnTurn(ctx, at)
	}
}

func (p *Pager) Render() app.UI {
	size := p.Size
	if size == 0 {
		size = PageSize
	}
	if p.Total <= size {
		return app.Div().Class("pager-slot")
	}
	from, to := window(p.Total, p.At, size)
	return app.Div().Class("pager-slot").Body(app.Div().Class("actions").Role("group").Aria("label", p.Label).Body(
		&Button{Label: text.T("pager.back"), Small: true, Disabled: from == 0, OnClick: p.back},
		app.Span().Text(text.T("pager.range", "from", text.Number(from+1), "to", text.Number(to), "total", text.Number(p.Total))),
		&Button{Label: text.T("pager.on"), Small: true, Disabled: to == p.Total, OnClick: p.on},
	))
}
