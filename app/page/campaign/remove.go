package campaign

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// What a contact to delete is named by: exactly one of them leaves.
const (
	byID       = "contact_id"
	byPhone    = "phone_number"
	byExternal = "external_unique_id"
)

// removing is the form that deletes one contact.
type removing struct {
	task  *task.State
	was   ccai.ListedContact
	by    string
	value string
	note  string
}

func newRemoving(c ccai.ListedContact) *removing {
	r := &removing{task: &task.State{}, was: c, by: byID}
	switch {
	case c.ID != 0:
	case c.PhoneNumber != "":
		r.by = byPhone
	case c.ExternalUniqueID != "":
		r.by = byExternal
	}
	r.value = r.known()
	return r
}

// known is what the list says under the chosen name.
func (r *removing) known() string {
	switch r.by {
	case byPhone:
		return r.was.PhoneNumber
	case byExternal:
		return r.was.ExternalUniqueID
	}
	return writeID(r.was.ID)
}

// order is the request, with exactly one of the three names.
func (r *removing) order(campaign int64) ccai.ContactDelete {
	out := ccai.ContactDelete{CampaignID: campaign, Note: r.note}
	switch r.by {
	case byPhone:
		out.PhoneNumber = r.value
	case byExternal:
		out.ExternalUniqueID = r.value
	default:
		out.ContactID, _ = readID(r.value) // 0 is named as missing
	}
	return out
}

func (p *Page) remove(ctx app.Context, c ccai.ListedContact) {
	m := p.model()
	m.remove, m.edit = newRemoving(c), nil
	p.Desk.Changed()
	p.focusOn("view-title")
}

func (p *Page) removing() app.UI {
	m := p.model()
	r, c := m.remove, m.contacts
	title := text.T("campaign.delete.title")
	if name := who(r.was); name != "" {
		title = text.T("campaign.delete.who", "who", name)
	}
	if !p.Desk.Allows(operation.ContactDelete) {
		return app.Div().Class("stack").Body(p.viewHead(title), p.barred(operation.ContactDelete))
	}
	return app.Div().Class("stack").Body(
		p.viewHead(title),
		&task.Panel{
			Desk: p.Desk, Turn: p.Turn, State: r.task, Op: operation.ContactDelete, Submit: text.T("campaign.delete.submit"),
			Input: func() any { return r.order(m.campaign) },
			Form:  func() app.UI { return p.removeForm(r) },
			Before: func(_ app.Context, ask func(*task.Question)) {
				lines := []string{text.T("campaign.delete.ask."+r.by, "value", r.value)}
				if r.was.Name != "" || r.was.PhoneNumber != "" {
					lines = append(lines, text.T("campaign.delete.ask.contact", "name", orDash(r.was.Name), "number", orDash(r.was.PhoneNumber)))
				}
				lines = append(lines, p.where()...)
				ask(&task.Question{
					Title: text.T("campaign.delete.ask"), Lines: append(lines, text.T("campaign.delete.final")),
					Confirm: text.T("campaign.delete.submit"), Danger: true,
				})
			},
			Done: func(e *wire.Envelope) { p.changed(m, c, e, 0) },
			Result: func(e *wire.Envelope) app.UI {
				return app.Div().Class("stack").Body(proof(e), p.goneResult(r, c, e), p.find(e))
			},
		},
	)
}

// goneResult says whether the contacts, read again, still show it.
func (p *Page) goneResult(r *removing, c *contactList, e *wire.Envelope) app.UI {
	if !e.Outcome.Done() {
		return app.Div().Class("slot")
	}
	switch {
	case c.reading:
		return widget.Note("info", text.T("campaign.delete.reading"))
	case !c.whole():
		return widget.Note("warn", text.T("campaign.add.unread"))
	case slices.ContainsFunc(c.list, r.names):
		return widget.Note("warn", text.T("campaign.delete.still_there"))
	}
	return widget.Note("good", text.T("campaign.delete.gone"))
}

// names reports whether a contact is the one that the request names.
func (r *removing) names(c ccai.ListedContact) bool {
	switch r.by {
	case byPhone:
		return ccai.SamePhone(c.PhoneNumber, r.value)
	case byExternal:
		return c.ExternalUniqueID == r.value
	}
	return c.ID != 0 && writeID(c.ID) == r.value
}

func (p *Page) removeForm(r *removing) app.UI {
	s := r.task
	by := &widget.Choice{ID: "delete-by", Label: text.T("campaign.delete.by"), Value: r.by, Options: []widget.Option{
		{Value: byID, Label: text.T("field.contact_id")},
		{Value: byPhone, Label: text.T("field.phone_number")},
		{Value: byExternal, Label: text.T("field.external_unique_id")},
	}, OnChange: func(_ app.Context, by string) {
		r.by = by
		r.value = r.known()
		p.Desk.Changed()
	}}
	value := &widget.Input{Label: text.T("field.contact_id"), Required: true, Mode: "numeric"}
	switch r.by {
	case byPhone:
		value = p.phone(s, &widget.Input{Label: text.T("field.phone_number"), Required: true}, byPhone, &r.value)
	case byExternal:
		value = p.field(s, &widget.Input{Label: text.T("field.external_unique_id"), Required: true}, byExternal, &r.value)
	default:
		value = p.field(s, value, byID, &r.value)
	}
	return app.Div().Class("stack").Body(
		app.If(r.was.Name != "" || r.was.PhoneNumber != "", func() app.UI {
			return app.Dl().Class("particulars").Body(
				app.Dt().Text(text.T("field.name")), app.Dd().Text(orDash(r.was.Name)),
				app.Dt().Text(text.T("field.phone_number")), app.Dd().Class("digits").Text(orDash(r.was.PhoneNumber)),
				app.Dt().Text(text.T("campaign.contacts.status")), app.Dd().Text(bucketName(bucket(r.was.Status))),
				app.Dt().Text(text.T("field.external_unique_id")), app.Dd().Class("digits").Text(orDash(r.was.ExternalUniqueID)),
			)
		}),
		by,
		app.Div().Class("fields").Body(
			value,
			p.field(s, &widget.Input{Label: text.T("field.note"), Help: text.T("campaign.note.help")}, "note", &r.note),
		),
	)
}
