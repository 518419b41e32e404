package shell

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/wire"
)

func (f *Frame) header() app.UI {
	d := f.desk
	system, onSystem := f.current()
	mark := "is-neutral"
	switch {
	case onSystem && system.Production:
		mark = "is-production"
	case onSystem && system.Simulated:
		mark = "is-simulated"
	case onSystem:
		mark = "is-test"
	}
	return app.Header().Class("top "+mark).Body(
		app.A().Class("brand").Href("/").Aria("label", text.T("app.name")).Body(app.Span().Class("brand-mark").Aria("hidden", "true"), app.Span().Text(text.T("app.name"))),
		app.If(onSystem, func() app.UI { return f.system(system) }),
		app.If(d.Session.Demo != nil, func() app.UI {
			return app.P().Class("demo").Body(
				app.Strong().Text(text.T("frame.demo")+" "),
				app.If(!onSystem, func() app.UI { return app.Span().Text(text.T("frame.demo.line")) }),
			)
		}),
		app.Div().Class("who").Body(
			app.If(d.Session.Demo != nil, func() app.UI { return f.roles() }),
			app.If(d.Ready && d.Session.Demo == nil, func() app.UI {
				return app.P().Class("person").Body(
					app.Strong().Text(d.Session.Person.Name),
					app.Small().Text(text.T("role."+string(d.Session.Role))),
				)
			}),
			&widget.Button{ID: "settings", Icon: "settings", Title: text.T("frame.settings"), Kind: "quiet", Pressed: boolText(f.menu), OnClick: f.toggleMenu},
		),
		app.If(f.menu, f.settings),
	)
}

// current is the system of the page that is open.
func (f *Frame) current() (wire.System, bool) {
	p, ok := placeAt(f.path)
	if !ok || !f.desk.Ready {
		return wire.System{}, false
	}
	if p.Of != nil && (!p.Rest || f.rest == there) {
		p.Kind = p.Of(f.desk)
	}
	if p.Kind == "" {
		return wire.System{}, false
	}
	return f.desk.System(p.Kind)
}

// system names the system that calls go to and marks it beyond mistaking.
func (f *Frame) system(s wire.System) app.UI {
	all := f.desk.Systems(s.Kind)
	options := make([]widget.Option, len(all))
	for i, each := range all {
		options[i] = widget.Option{Value: each.ID, Label: each.Label}
	}
	return app.Div().Class("system").Body(
		app.If(len(all) > 1, func() app.UI {
			return &widget.Select{ID: "system", Label: text.T("frame.system"), Compact: true, Value: s.ID, Options: options,
				OnChange: func(_ app.Context, id string) { f.desk.Choose(id) }}
		}).Else(func() app.UI { return app.Strong().Class("system-name").Text(s.Label) }),
		app.P().Class("mark").ID("system-mark").Body(
			app.Text(markText(s)),
			app.If(s.Simulated, func() app.UI { return app.Span().Class("mark-line").Text(" – " + text.T("mark.line")) }),
		),
	)
}

func markText(s wire.System) string {
	switch {
	case s.Production:
		return text.T("mark.production")
	case s.Simulated:
		return text.T("mark.simulated")
	}
	return text.T("mark.test")
}

func (f *Frame) roles() app.UI {
	d := f.desk
	options := make([]widget.Option, len(d.Session.Demo.Roles))
	for i, role := range d.Session.Demo.Roles {
		options[i] = widget.Option{Value: string(role), Label: text.T("role." + string(role))}
	}
	return &widget.Select{ID: "role", Label: text.T("frame.role"), Compact: true, Value: string(d.Session.Role), Options: options, OnChange: f.switchRole}
}

func (f *Frame) toggleMenu(app.Context) { f.menu = !f.menu }

func (f *Frame) settings() app.UI {
	languages := make([]widget.Option, 0, 4)
	for _, l := range text.Languages() {
		languages = append(languages, widget.Option{Value: l.Tag, Label: l.Name})
	}
	themes := []widget.Option{
		{Value: "", Label: text.T("theme.auto")}, {Value: "light", Label: text.T("theme.light")}, {Value: "dark", Label: text.T("theme.dark")},
	}
	d := f.desk
	return app.Div().Class("settings").ID("settings-panel").Role("region").Aria("label", text.T("frame.settings")).Body(
		&widget.Select{ID: "language", Label: text.T("frame.language"), Required: true, Value: text.Language(), Options: languages, OnChange: f.speak},
		&widget.Select{ID: "theme", Label: text.T("frame.theme"), Required: true, Value: theme(), Options: themes, OnChange: f.paint},
		app.If(d.Ready, func() app.UI { return &connections{Desk: d, Turn: d.Turn} }),
		&install{},
		app.P().Class("fine-print").Text(text.T("frame.version", "version", d.Session.Version)),
		app.If(d.Session.SignOutURL != "", func() app.UI {
			return &widget.Button{Label: text.T("frame.sign_out"), Icon: "exit", OnClick: func(app.Context) {
				app.Window().Get("location").Set("href", d.Session.SignOutURL)
			}}
		}),
	)
}

// speak changes the language without losing what was typed.
func (f *Frame) speak(ctx app.Context, tag string) {
	d := f.desk
	go func() {
		data, failure := client.Dictionary(tag)
		d.Later(func() {
			if failure != nil || text.Load(tag, data) != nil {
				d.Tell("bad", text.T("frame.language_failed"))
				return
			}
			app.Window().Get("document").Get("documentElement").Set("lang", tag)
			app.Window().Get("localStorage").Call("setItem", "outdial.language", tag)
			f.title(ctx)
		})
	}()
}

func theme() string {
	if app.IsServer {
		return ""
	}
	kept := app.Window().Get("document").Get("documentElement").Get("dataset").Get("theme")
	if kept.Truthy() {
		return kept.String()
	}
	return ""
}

func (f *Frame) paint(_ app.Context, theme string) {
	root := app.Window().Get("document").Get("documentElement")
	if theme == "" {
		root.Call("removeAttribute", "data-theme")
		app.Window().Get("localStorage").Call("removeItem", "outdial.theme")
		return
	}
	root.Call("setAttribute", "data-theme", theme)
	app.Window().Get("localStorage").Call("setItem", "outdial.theme", theme)
}

// install offers to put the console among the person's programs.
type install struct {
	app.Compo
	possible bool
	apple    bool
}

func (i *install) OnMount(ctx app.Context) { i.look(ctx) }

func (i *install) OnAppInstallChange(ctx app.Context) { i.look(ctx) }

func (i *install) look(ctx app.Context) {
	i.possible, i.apple = ctx.IsAppInstallable(), ctx.IsAppleBrowser()
}

func (i *install) prompt(ctx app.Context) { ctx.ShowAppInstallPrompt() }

func (i *install) Render() app.UI {
	return app.Div().Body(
		app.If(i.possible, func() app.UI {
			return &widget.Button{Label: text.T("frame.install"), Icon: "install", OnClick: i.prompt}
		}),
		app.If(i.apple && !i.possible, func() app.UI { return app.P().Class("fine-print").Text(text.T("frame.install_apple")) }),
	)
}

func (f *Frame) nav() app.UI {
	return app.Nav().Class("nav").Aria("label", text.T("frame.nav")).Body(
		app.Ul().Body(app.Range(places()).Slice(func(i int) app.UI {
			p := places()[i]
			at, ok := placeAt(f.path)
			here := ok && at.Path == p.Path
			link := app.A().Href(p.Path).Class("nav-link").Body(widget.Icon(p.Icon), app.Span().Text(text.T(p.Key)))
			if here {
				link = link.Aria("current", "page")
			}
			return app.Li().Body(link)
		})),
	)
}

func boolText(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
