package task

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/curl"
	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// shownBytes is how much of a body the preview shows: a long list would only
// slow the screen.
const shownBytes = 6_000

// Preview shows the exact request: as the upstream gets it, and as a command
// aimed at our own server.
type Preview struct {
	app.Compo

	Check  question.Check
	Body   string // as it is posted to us
	Key    string
	System wire.System
	Op     operation.Name

	tab string
}

func (p *Preview) pick(tab string) func(app.Context) {
	return func(app.Context) { p.tab = tab }
}

func (p *Preview) Render() app.UI {
	tab := p.tab
	if tab == "" {
		tab = "request"
	}
	tabs := []string{"request"}
	for _, shell := range curl.Shells() {
		tabs = append(tabs, string(shell))
	}
	content := p.content(tab, cut)
	return app.Div().Class("preview").Body(
		app.H2().Text(text.T("preview.title")),
		app.Div().Class("tabs").Role("group").Aria("label", text.T("preview.title")).Body(
			app.Range(tabs).Slice(func(i int) app.UI {
				pressed := "false"
				if tabs[i] == tab {
					pressed = "true"
				}
				return &widget.Button{Label: text.T("preview." + tabs[i]), Kind: "tab", Small: true, Pressed: pressed, OnClick: p.pick(tabs[i])}
			}),
		),
		app.P().Class("fine-print").Text(text.T("preview."+kind(tab)+".help", "system", p.System.Label)),
		app.Pre().TabIndex(0).Aria("label", text.T("preview.title")).Text(content),
		&widget.Copy{Text: content, Make: func() string { return p.content(tab, whole) }, What: text.T("preview.title")},
	)
}

func kind(tab string) string {
	if tab == "request" {
		return tab
	}
	return "curl"
}

// content is what a tab shows, with bodies as shown makes them.
func (p *Preview) content(tab string, shown func(string) string) string {
	if tab == "request" {
		request := p.Check.Preview
		if request.Method == "" {
			return text.T("preview.waiting")
		}
		line := request.Method + " " + p.System.Scheme + "://" + p.System.Host + request.Target
		if request.Body == "" {
			return line
		}
		return line + "\n\n" + shown(request.Body)
	}
	key := ""
	if op, _ := operation.Find(p.Op); op.Rule.Writes() {
		if key = p.Key; key == "" {
			key = "your-own-new-key"
		}
	}
	return curl.Command(curl.Shell(tab), client.Origin()+"/api/systems/"+p.System.ID+"/operations/"+string(p.Op), key, shown(p.Body))
}

func whole(body string) string { return body }

func cut(body string) string {
	if len(body) <= shownBytes {
		return body
	}
	return body[:shownBytes] + "\n… " + text.T("preview.cut")
}
