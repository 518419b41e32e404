package campaign

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
)

// chart shows how many contacts have which status: bars with words and
// numbers, and the same as a table. A bar shows only its contacts when pressed.
func (p *Page) chart(c *contactList) app.UI {
	all := count(c.list)
	return app.Div().Class("panel chart").Body(
		app.Div().Class("chart-head").Body(
			app.H3().ID("chart-title").Text(text.T("campaign.chart.title")),
			app.Span().Class("fine-print").Text(text.T("campaign.chart.help")),
		),
		app.Div().Class("bars").Role("group").Aria("labelledby", "chart-title").Body(app.Range(all).Slice(func(i int) app.UI {
			t := all[i]
			return &bar{Name: bucketName(t.Bucket), Group: group(t.Bucket), N: t.N, Of: len(c.list), Chosen: c.bucket == t.Bucket, Turn: p.Turn,
				OnClick: func(ctx app.Context) {
					if c.bucket == t.Bucket {
						p.filter(ctx, "")
						return
					}
					p.filter(ctx, t.Bucket)
				}}
		})),
		app.Details().Class("raw").Body(
			app.Summary().Text(text.T("campaign.chart.table")),
			app.Table().Class("table chart-table").Body(
				app.Caption().Class("unseen").Text(text.T("campaign.chart.title")),
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("campaign.contacts.status")),
					app.Th().Scope("col").Text(text.T("campaign.chart.n")),
					app.Th().Scope("col").Text(text.T("campaign.chart.share")),
				)),
				app.TBody().Body(app.Range(all).Slice(func(i int) app.UI {
					t := all[i]
					return app.Tr().Body(
						app.Th().Scope("row").Text(bucketName(t.Bucket)),
						app.Td().Class("digits").Text(text.Number(t.N)),
						app.Td().Class("digits").Text(share(t.N, len(c.list))),
					)
				})),
				app.TFoot().Body(app.Tr().Body(
					app.Th().Scope("row").Text(text.T("campaign.chart.sum")),
					app.Td().Class("digits").Text(text.Number(len(c.list))),
					app.Td().Class("digits").Text("100%"),
				)),
			),
		),
	)
}

// share is n of all in per cent: "<1%" rather than a 0 that is not nothing.
func share(n, all int) string {
	percent := (n*200 + all) / (2 * all)
	if percent == 0 && n > 0 {
		return "<1%"
	}
	return strconv.Itoa(percent) + "%"
}

// barWidth is n's share of all in per cent: never so short that it cannot be
// seen, and only all of them are full.
func barWidth(n, all int) int { return max(2, n*100/max(all, 1)) }

// bar is one status of the chart.
type bar struct {
	app.Compo

	Name    string
	Group   string
	N       int
	Of      int
	Chosen  bool
	Turn    int
	OnClick func(app.Context)
}

func (b *bar) click(ctx app.Context, _ app.Event) { b.OnClick(ctx) }

const svgNS = "http://www.w3.org/2000/svg"

func (b *bar) Render() app.UI {
	width := strconv.Itoa(barWidth(b.N, b.Of))
	rect := func(class, width string) app.UI {
		return app.Elem("rect").XMLNS(svgNS).Attr("class", class).Attr("width", width).Attr("height", "8").Attr("rx", "1")
	}
	return app.Button().Type("button").Class("bar").Aria("pressed", strconv.FormatBool(b.Chosen)).OnClick(b.click).Body(
		app.Span().Class("bar-name").Text(b.Name),
		app.Span().Class("bar-n digits").Body(
			app.Strong().Text(text.Number(b.N)),
			app.Text(" · "+share(b.N, b.Of)),
		),
		app.Elem("svg").XMLNS(svgNS).Attr("class", "bar-svg").Attr("viewBox", "0 0 100 8").Attr("preserveAspectRatio", "none").Aria("hidden", "true").Body(
			rect("bar-ground", "100"),
			rect("bar-fill is-"+b.Group, width),
		),
	)
}
