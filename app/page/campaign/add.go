package campaign

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// adding is the form for one contact.
type adding struct {
	task    *task.State
	contact ccai.Contact
	note    string
	added   string // the number that was added last
}

func (p *Page) adding() app.UI {
	if !p.Desk.Allows(operation.ContactsAdd) {
		return app.Div().Class("stack").Body(app.H2().Text(text.T("campaign.add.title")), p.barred(operation.ContactsAdd))
	}
	m := p.model()
	c := m.contacts
	return app.Div().Class("stack").Body(
		app.H2().Text(text.T("campaign.add.title")),
		widget.Note("info", text.T("campaign.add.version")),
		&task.Panel{
			Desk: p.Desk, Turn: p.Turn, State: m.add.task, Op: operation.ContactsAdd, Submit: text.T("campaign.add.submit"),
			Input: func() any {
				return ccai.ContactAdd{CampaignID: m.campaign, Contact: m.add.contact, Note: m.add.note}
			},
			Form: func() app.UI {
				s, c := m.add.task, &m.add.contact
				return app.Div().Class("fields").Body(
					p.field(s, &widget.Input{Label: text.T("field.name"), Autocomplete: "off"}, "name", &c.Name),
					p.phone(s, &widget.Input{Label: text.T("field.phone_number"), Required: true}, "phone_number", &c.PhoneNumber),
					p.field(s, &widget.Input{Label: text.T("field.email"), Type: "email"}, "email", &c.Email),
					p.phone(s, &widget.Input{Label: text.T("field.outbound_number"), Help: text.T("campaign.outbound.help"), List: p.system().OutboundNumbers}, "outbound_number", &c.OutboundNumber),
					p.field(s, &widget.Input{Label: text.T("field.external_unique_id"), Help: text.T("campaign.external.help")}, "external_unique_id", &c.ExternalUniqueID),
					p.field(s, &widget.Input{Label: text.T("field.note"), Help: text.T("campaign.note.help")}, "note", &m.add.note),
				)
			},
			Done: func(e *wire.Envelope) { p.added(m, c, e) },
			Result: func(e *wire.Envelope) app.UI {
				return app.Div().Class("stack").Body(p.addResult(e), p.find(e))
			},
			Next:      func() { m.add.contact, m.add.note = ccai.Contact{OutboundNumber: m.add.contact.OutboundNumber}, "" },
			NextLabel: text.T("campaign.add.next"),
		},
	)
}

// added reads the contacts again, with the new one first. c is the list of the
// campaign that it was added to.
func (p *Page) added(m *model, c *contactList, e *wire.Envelope) {
	if len(e.Rows) == 0 || !e.Outcome.Done() || !p.still(m, c) {
		return
	}
	number := e.Rows[0].Sent
	m.add.added = number
	c.search, c.bucket, c.page = "", "", 0
	c.fresh = func(c ccai.ListedContact) bool { return ccai.SamePhone(c.PhoneNumber, number) }
	p.read(nil)
}

// still reports whether the page still works on that system and campaign.
func (p *Page) still(m *model, c *contactList) bool { return p.model() == m && m.contacts == c }

// addResult says where the new contact stands in the campaign now.
func (p *Page) addResult(e *wire.Envelope) app.UI {
	m := p.model()
	if !e.Outcome.Done() {
		return app.Div().Class("slot")
	}
	c := m.contacts
	line, kind := text.T("campaign.add.reading"), "info"
	switch {
	case c.reading:
	case !c.whole():
		line, kind = text.T("campaign.add.unread"), "warn"
	default:
		line, kind = text.T("campaign.add.not_seen"), "warn"
		for _, one := range c.list {
			if ccai.SamePhone(one.PhoneNumber, m.add.added) {
				line, kind = text.T("campaign.add.seen", "status", bucketName(bucket(one.Status))), "good"
			}
		}
	}
	return widget.Note(kind, line)
}

// find leads to the contacts, to see what became of a call.
func (p *Page) find(e *wire.Envelope) app.UI {
	if e.Outcome == wire.Refused || e.Outcome == wire.Skipped {
		return app.Div().Class("slot")
	}
	label := text.T("campaign.show_contacts")
	if e.Outcome == wire.Unknown {
		label = text.T("campaign.look_in_contacts")
	}
	return app.Div().Class("actions").Body(&widget.Button{Label: label, Icon: "people", OnClick: func(ctx app.Context) {
		m := p.model()
		m.edit, m.remove = nil, nil
		if e.Outcome == wire.Unknown {
			if len(e.Rows) > 0 {
				m.contacts.search, m.contacts.bucket, m.contacts.page = e.Rows[0].Sent, "", 0
			}
			p.read(nil)
		}
		p.show(ctx, atContacts)
		p.Desk.Changed()
		p.focusOn("campaign-title")
	}})
}

// field makes an input for a field of a task: its problem, its hint, its value.
func (p *Page) field(s *task.State, i *widget.Input, path string, value *string) *widget.Input {
	i.ID, i.Value, i.Problem, i.Hint = desk.ID(path), *value, s.Problem(path), s.Hint(path)
	i.OnChange = func(_ app.Context, v string) { *value = v; p.Desk.Changed() }
	i.OnLeave = func(app.Context) {
		if *value != "" {
			s.Touch(path)
			p.Desk.Changed()
		}
	}
	return i
}

// phone makes an input for a number, with its reading below.
func (p *Page) phone(s *task.State, i *widget.Input, path string, value *string) *widget.Input {
	i.Type = "tel"
	i.Below = s.NumberLine(path)
	if i.Below == nil {
		i.Below = app.Span()
	}
	return p.field(s, task.Typing(i, p.system().DefaultRegion), path, value)
}

// useAgain takes over a call that was laid ready in the ledger. A note is
// written anew: the reason is another one.
func (p *Page) useAgain(ctx app.Context) {
	m := p.model()
	take := func(op operation.Name, section string, in any, campaign func() int64, fill func()) {
		body, ok := p.Desk.Take(op)
		if !ok || json.Unmarshal(body, in) != nil {
			return
		}
		if id := campaign(); id > 0 {
			p.choose(id)
		}
		fill()
		p.enter(section)
		p.ctx.Dispatch(func(ctx app.Context) { ctx.Navigate(p.address(m.campaign, section).String()) })
	}
	var add ccai.ContactAdd
	take(operation.ContactsAdd, atAdd, &add, func() int64 { return add.CampaignID }, func() {
		m.add.contact, m.add.task = add.Contact, &task.State{}
	})
	var change ccai.ContactUpdate
	take(operation.ContactUpdate, atContacts, &change, func() int64 { return change.CampaignID }, func() {
		m.remove = nil
		m.edit = newEditing(ccai.ListedContact{})
		m.edit.id = writeID(change.ContactID)
		m.edit.to = ccai.Contact{Name: change.Name, Email: change.Email, PhoneNumber: change.PhoneNumber, ExternalUniqueID: change.ExternalUniqueID}
	})
	var gone ccai.ContactDelete
	take(operation.ContactDelete, atContacts, &gone, func() int64 { return gone.CampaignID }, func() {
		m.edit = nil
		m.remove = typedRemoving(gone)
	})
	var load ccai.ContactsImport
	take(operation.ContactsImport, atImport, &load, func() int64 { return load.CampaignID }, func() {
		data, err := json.Marshal(load.Contacts)
		if err == nil {
			p.take(ctx, app.Window().Get("File").New([]any{string(data)}, "contacts.json"))
		}
	})
}
