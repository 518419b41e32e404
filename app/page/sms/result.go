package sms

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/wire"
)

// result says what the answer says, and what it does not.
func (p *Page) result(m *model, e *wire.Envelope) app.UI {
	switch {
	case e.Outcome.Done():
		return p.opened(m, e)
	case e.Outcome == wire.Unknown:
		return app.Div().Class("sms-result").Body(
			widget.Note("warn", text.T("sms.unknown.once")),
			app.Ul().Class("plain-list").Body(
				app.Li().Text(text.T("sms.unknown.portal", "number", sentNumber(e))),
				app.Li().Text(text.T("sms.unknown.hint")),
				app.Li().Text(text.T("sms.unknown.settle")),
			),
		)
	case e.Error != nil && e.Error.Code == ccai.CodeSMSActiveSession && m.before.there && m.before.sent.unsettled():
		return app.Div().Class("sms-result").Body(
			widget.Note("info", text.T("sms.active_after_unknown", "time", text.Time(m.before.sent.at))),
			app.P().Body(app.A().Class("button").Href("/ledger?call="+m.before.sent.id).Text(text.T("ledger.settle_this"))),
		)
	}
	return app.Div()
}

// opened shows the session that was opened.
func (p *Page) opened(m *model, e *wire.Envelope) app.UI {
	chat, err := ccai.ReadChat(e.Response)
	if err != nil {
		return app.Div().Class("sms-result").Body(widget.Note("warn", text.T("sms.no_chat")))
	}
	lines := chatLines(chat, sentNumber(e))
	wanted := strings.Contains(m.state.Sent, `"agentId"`) || strings.Contains(m.state.Sent, `"agentEmail"`)
	return app.Div().Class("sms-result").Body(
		app.Dl().Class("facts").Body(app.Range(lines).Slice(func(i int) app.UI {
			return app.Div().Body(app.Dt().Text(lines[i].name), app.Dd().Text(lines[i].value))
		})),
		app.If(wanted && waits(chat), func() app.UI { return widget.Note("warn", text.T("sms.agent_ignored")) }),
		app.If(strings.HasPrefix(chat.TicketURL, "https://"), func() app.UI {
			return app.P().Body(app.A().Href(chat.TicketURL).Target("_blank").Rel("noopener noreferrer").Text(text.T("sms.ticket.open")))
		}),
		widget.Note("info", text.T("sms.opened.note")),
	)
}

// fact is one line of what the answer says.
type fact struct{ name, value string }

func chatLines(c ccai.Chat, number string) []fact {
	lines := []fact{
		{text.T("sms.fact.chat"), c.ID},
		{text.T("sms.fact.status"), statusText(c.Status)},
	}
	if c.Agent != nil {
		lines = append(lines, fact{text.T("sms.fact.agent"), agentText(*c.Agent)})
	}
	lines = append(lines, fact{text.T("field.end_user_number"), number})
	if c.OutboundNumber != "" {
		lines = append(lines, fact{text.T("field.outbound_number"), c.OutboundNumber})
	}
	if c.TicketID != "" {
		lines = append(lines, fact{text.T("field.ticket_id"), c.TicketID})
	}
	if reason := c.FailReason; reason != "" && reason != "nothing" {
		lines = append(lines, fact{text.T("sms.fact.fail_reason"), reason})
	}
	return lines
}

// statusText is a documented status in words, another as it is.
func statusText(status string) string {
	if known := "sms.status." + status; (status == "selecting" || status == "assigned") && text.Has(known) {
		return text.T(known)
	}
	return status
}

func waits(c ccai.Chat) bool { return c.Status == "selecting" && c.Agent == nil }

func agentText(a ccai.AgentInfo) string {
	name := a.Name
	if name == "" {
		name = strings.TrimSpace(a.FirstName + " " + a.LastName)
	}
	if name == "" {
		name = a.Email
	} else if a.Email != "" {
		name += " <" + a.Email + ">"
	}
	if a.Number != "" {
		name += " · " + text.T("sms.fact.agent_number", "number", a.Number)
	}
	return strings.TrimPrefix(name, " · ")
}

// sentNumber is the number as it left.
func sentNumber(e *wire.Envelope) string {
	if len(e.Rows) > 0 {
		return e.Rows[0].Sent
	}
	return ""
}
