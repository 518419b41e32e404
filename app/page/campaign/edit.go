package campaign

import (
	"encoding/json"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// editing is the form that changes one contact.
type editing struct {
	task *task.State
	was  ccai.ListedContact // as it was listed; empty when it was not
	id   string             // typed where the list gave none
	to   ccai.Contact       // without the outbound number: the vendor takes none here
	note string
}

func newEditing(c ccai.ListedContact) *editing {
	return &editing{
		task: &task.State{}, was: c, id: writeID(c.ID),
		to: ccai.Contact{Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber, ExternalUniqueID: c.ExternalUniqueID},
	}
}

func writeID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// change is the request: only the fields that differ from what was listed.
func (e *editing) change(campaign int64) ccai.ContactUpdate {
	id, _ := readID(e.id) // 0 is named as missing
	differs := func(to, was string) string {
		if to == was {
			return ""
		}
		return to
	}
	return ccai.ContactUpdate{
		CampaignID: campaign, ContactID: id,
		Name: differs(e.to.Name, e.was.Name), Email: differs(e.to.Email, e.was.Email),
		PhoneNumber:      differs(e.to.PhoneNumber, e.was.PhoneNumber),
		ExternalUniqueID: differs(e.to.ExternalUniqueID, e.was.ExternalUniqueID), Note: e.note,
	}
}

// cleared reports whether a field that held something was emptied: that the
// vendor's update cannot do.
func (e *editing) cleared() bool {
	return e.was.Name != "" && e.to.Name == "" || e.was.Email != "" && e.to.Email == "" ||
		e.was.PhoneNumber != "" && e.to.PhoneNumber == "" || e.was.ExternalUniqueID != "" && e.to.ExternalUniqueID == ""
}

// took has the next change start from what was sent: what was typed since is
// still to be sent.
func (e *editing) took(sent ccai.ContactUpdate) {
	for _, field := range []struct {
		was  *string
		sent string
	}{{&e.was.Name, sent.Name}, {&e.was.Email, sent.Email}, {&e.was.PhoneNumber, sent.PhoneNumber}, {&e.was.ExternalUniqueID, sent.ExternalUniqueID}} {
		if field.sent != "" {
			*field.was = field.sent
		}
	}
}

func (p *Page) edit(ctx app.Context, c ccai.ListedContact) {
	m := p.model()
	m.edit, m.remove = newEditing(c), nil
	p.Desk.Changed()
	p.focusOn("view-title")
}

// back returns to the list.
func (p *Page) back(ctx app.Context) {
	m := p.model()
	m.edit, m.remove = nil, nil
	p.Desk.Changed()
	p.focusOn("campaign-title")
}

func (p *Page) viewHead(title string) app.UI {
	return app.Div().Class("page-head").Body(
		app.H2().ID("view-title").TabIndex(-1).Text(title),
		&widget.Button{Label: text.T("campaign.back"), Icon: "people", Small: true, OnClick: p.back},
	)
}

func who(c ccai.ListedContact) string {
	switch {
	case c.Name != "" && c.PhoneNumber != "":
		return c.Name + ", " + c.PhoneNumber
	case c.Name != "":
		return c.Name
	}
	return c.PhoneNumber
}

func (p *Page) editing() app.UI {
	m := p.model()
	e, c := m.edit, m.contacts
	title := text.T("campaign.edit.title")
	if name := who(e.was); name != "" {
		title = text.T("campaign.edit.who", "who", name)
	}
	if !p.Desk.Allows(operation.ContactUpdate) {
		return app.Div().Class("stack").Body(p.viewHead(title), p.barred(operation.ContactUpdate))
	}
	return app.Div().Class("stack").Body(
		p.viewHead(title),
		widget.Note("info", text.T("campaign.edit.outbound")),
		callingNote(e.target(c.list).Status),
		&task.Panel{
			Desk: p.Desk, Turn: p.Turn, State: e.task, Op: operation.ContactUpdate, Submit: text.T("campaign.edit.submit"),
			Input: func() any { return e.change(m.campaign) },
			Form: func() app.UI {
				s := e.task
				return app.Div().Class("stack").Body(
					app.Div().Class("fields").Body(
						p.idField(e, c.list),
						p.field(s, &widget.Input{Label: text.T("field.name")}, "name", &e.to.Name),
						p.phone(s, &widget.Input{Label: text.T("field.phone_number")}, "phone_number", &e.to.PhoneNumber),
						p.field(s, &widget.Input{Label: text.T("field.email"), Type: "email"}, "email", &e.to.Email),
						p.field(s, &widget.Input{Label: text.T("field.external_unique_id")}, "external_unique_id", &e.to.ExternalUniqueID),
						p.field(s, &widget.Input{Label: text.T("field.note"), Help: text.T("campaign.note.help")}, "note", &e.note),
					),
					slot(e.was.ID != 0 && s.Answer == nil && s.Problem("contact_id") != "", func() app.UI {
						return widget.Note("bad", s.Problem("contact_id"))
					}),
					slot(e.cleared(), func() app.UI { return widget.Note("warn", text.T("campaign.edit.cleared")) }),
				)
			},
			Done: func(answer *wire.Envelope) {
				p.changed(m, c, answer, e.change(c.of).ContactID)
				var sent ccai.ContactUpdate
				if answer.Outcome.Done() && json.Unmarshal([]byte(e.task.Sent), &sent) == nil {
					e.took(sent)
				}
			},
			Result: func(answer *wire.Envelope) app.UI {
				return app.Div().Class("stack").Body(proof(answer), p.find(answer))
			},
		},
	)
}

// target is the contact that is changed, as far as it is known: that of the
// row, or the one that the list shows under the typed id.
func (e *editing) target(list []ccai.ListedContact) ccai.ListedContact {
	if id, ok := readID(e.id); ok && e.was.ID == 0 {
		for _, c := range list {
			if c.ID == id {
				return c
			}
		}
	}
	return e.was
}

// idField shows the contact's id, or takes it where the list gave none; whose
// id was typed is said below it, where the list knows that. That nothing would
// change is said elsewhere: it is no fault of the id.
func (p *Page) idField(e *editing, list []ccai.ListedContact) app.UI {
	if e.was.ID != 0 {
		return fixedField(e.task, "contact_id", text.T("field.contact_id"), e.id)
	}
	id := p.field(e.task, &widget.Input{Label: text.T("field.contact_id"), Mode: "numeric", Required: true, Help: text.T("campaign.edit.id.help")}, "contact_id", &e.id)
	id.Below = app.Span()
	if c := e.target(list); c.ID != 0 && who(c) != "" {
		id.Below = app.Span().Text(text.T("campaign.edit.id.is", "who", who(c)))
	}
	return id
}

// changed reads the contacts again after an update, with the contact first, or
// after a removal.
func (p *Page) changed(m *model, c *contactList, e *wire.Envelope, id int64) {
	if !e.Outcome.Done() || !p.still(m, c) {
		return
	}
	if id != 0 {
		c.fresh = func(c ccai.ListedContact) bool { return c.ID == id }
	}
	p.read(nil)
}

// proof says what reading back showed, where our server did that.
func proof(e *wire.Envelope) app.UI {
	if len(e.Rows) == 0 || e.Rows[0].Proof == "" {
		return app.Div().Class("slot")
	}
	return app.Div().Class("proof").Body(
		task.ProofTag(e.Rows[0].Proof),
		app.P().Text(text.T("campaign.proof."+string(e.Rows[0].Proof))),
	)
}
