package sms

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/sms"
)

// message is the text, what it costs, and what makes it dear.
func (p *Page) message(m *model) app.UI {
	s, c := &m.state, sms.Measure(m.message)
	return app.Div().Class("sms-message").Body(
		&widget.Input{
			ID: desk.ID("message"), Label: text.T("sms.message"), Value: m.message, Lines: 5, Required: true,
			Problem: s.Problem("message"), Hint: s.Hint("message"), Below: counter(c),
			OnChange: func(_ app.Context, v string) { m.message = v },
			OnLeave:  func(app.Context) { touch(s, "message", m.message) },
		},
		app.If(len(c.Offenders) > 0, func() app.UI { return p.offenders(m, c) }),
		app.If(c.Segments > 1, func() app.UI { return preview(m.message) }),
	)
}

// counter says how the message travels, in how many parts, and what room is left.
func counter(c sms.Count) app.UI {
	encoding := "sms.encoding." + string(c.Encoding)
	used := c.PerSegment - c.Left
	return app.Div().Class("counter").Body(
		app.Strong().Text(text.N("sms.parts", c.Segments)),
		app.Meter().Min(0).Max(float64(c.PerSegment)).Value(float64(used)).Aria("label", text.T("sms.room")),
		app.Span().Class("counter-left").Text(text.N("sms.left", c.Left)),
		app.Span().Class("counter-how").Text(text.T(encoding, "per", text.Number(c.PerSegment))),
	)
}

// shownOffenders is how many characters are listed one by one.
const shownOffenders = 12

// offenders names what makes the message UCS-2 and offers replacements; none
// is made unasked.
func (p *Page) offenders(m *model, c sms.Count) app.UI {
	o := offers(m.message, c)
	if len(o.foreign) > 0 {
		return app.Div().Class("offenders").Body(
			app.P().Text(text.N("sms.foreign", len(o.foreign), "characters", named(o.foreign))),
			app.If(len(o.replaceable) > 0, func() app.UI {
				return app.P().Class("fine-print").Text(text.T("sms.foreign.no_use", "characters", named(o.replaceable)))
			}),
		)
	}
	shown := o.replaceable[:min(len(o.replaceable), shownOffenders)]
	return app.Div().Class("offenders").Role("group").Aria("label", text.T("sms.offenders.label")).Body(
		app.P().Text(text.N("sms.offenders", len(o.replaceable))+" "+savings(o.saves)),
		app.Ul().Class("offender-list").Body(app.Range(shown).Slice(func(i int) app.UI {
			each := shown[i]
			return app.Li().Body(
				app.Span().Class("offender").Body(
					app.Code().Text(seen(each.Rune)),
					app.Small().Text(aboutRune(each)),
				),
				&widget.Button{Small: true, Label: replaceLabel(each), OnClick: func(app.Context) { p.rewrite(m, replace(m.message, each)) }},
			)
		})),
		app.If(len(o.replaceable) > 1, func() app.UI {
			return app.Div().Class("actions").Body(
				&widget.Button{Label: text.T("sms.replace_all"), Icon: "edit", Small: true, OnClick: func(app.Context) { p.rewrite(m, sms.WithReplacements(m.message)) }},
			)
		}),
	)
}

// aboutRune is what stands beside a character: its number, unless it is shown
// by that already, and how often it stands in the message.
func aboutRune(o sms.Offender) string {
	times := text.N("sms.times", o.Times)
	if code := codePoint(o.Rune); seen(o.Rune) != code {
		return code + " · " + times
	}
	return times
}

func savings(parts int) string {
	if parts <= 0 {
		return text.T("sms.saves.room")
	}
	return text.N("sms.saves", parts)
}

func replaceLabel(o sms.Offender) string {
	switch o.Replacement {
	case "":
		return text.T("sms.replace.drop", "character", seen(o.Rune))
	case " ":
		return text.T("sms.replace.space", "character", seen(o.Rune))
	case "\n":
		return text.T("sms.replace.line", "character", seen(o.Rune))
	}
	return text.T("sms.replace", "character", seen(o.Rune), "with", o.Replacement)
}

// rewrite puts the person's choice into the field and the focus back there.
func (p *Page) rewrite(m *model, message string) {
	m.message = message
	c := sms.Measure(message)
	p.Desk.Say(text.T("sms.replaced") + " " + text.N("sms.parts", c.Segments) + ". " + text.N("sms.left", c.Left))
	p.Desk.Changed()
	focus(desk.ID("message"))
}

func named(all []sms.Offender) string {
	shown := all[:min(len(all), shownOffenders)]
	names := make([]string, len(shown))
	for i, o := range shown {
		names[i] = seen(o.Rune)
	}
	if len(all) > len(shown) {
		names = append(names, "…")
	}
	return strings.Join(names, " ")
}

// shownParts is how many parts the preview shows.
const shownParts = 20

// preview shows where the message is cut.
func preview(message string) app.UI {
	all := parts(message)
	shown := all[:min(len(all), shownParts)]
	return app.Details().Class("parts").Body(
		app.Summary().Text(text.N("sms.preview", len(all))),
		app.Ol().Body(app.Range(shown).Slice(func(i int) app.UI {
			return app.Li().Body(app.P().Class("part").Text(shown[i]))
		})),
		app.If(len(all) > len(shown), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("sms.preview.more", len(all)-len(shown)))
		}),
	)
}
