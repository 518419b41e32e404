package campaign

import (
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
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
	was   ccai.ListedContact // the row it came from; empty where the contact is typed
	by    string
	value string
	note  string
}

// newRemoving deletes the contact of a row. A row that holds nothing to name it
// by is as good as none: what is typed must not stand under its name.
func newRemoving(c ccai.ListedContact) *removing {
	r := &removing{task: &task.State{}, was: c, by: byID}
	ways := r.ways()
	if !r.fixed() {
		r.was = ccai.ListedContact{}
		return r
	}
	r.by = ways[0]
	r.value = r.known()
	return r
}

// typedRemoving deletes a contact that was named by hand.
func typedRemoving(gone ccai.ContactDelete) *removing {
	r := newRemoving(ccai.ListedContact{ID: gone.ContactID, PhoneNumber: gone.PhoneNumber, ExternalUniqueID: gone.ExternalUniqueID})
	r.was = ccai.ListedContact{}
	return r
}

// ways are what the contact can be named by: what its row holds, or anything
// where there is no row.
func (r *removing) ways() []string {
	all := []string{byID, byPhone, byExternal}
	if !r.fixed() {
		return all
	}
	return slices.DeleteFunc(all, func(by string) bool { return (&removing{was: r.was, by: by}).known() == "" })
}

// fixed reports whether the contact is that of a row: what names it cannot be
// typed over then.
func (r *removing) fixed() bool {
	return r.was.ID != 0 || r.was.PhoneNumber != "" || r.was.ExternalUniqueID != ""
}

// targets are the contacts that the request names, as far as the list knows
// them: that of the row first. number is the typed one in E.164, or empty.
func (r *removing) targets(list []ccai.ListedContact, number string) []ccai.ListedContact {
	var all []ccai.ListedContact
	if r.fixed() {
		all = append(all, r.was)
	}
	for _, c := range list {
		same := r.names(c)
		if r.by == byPhone && number != "" {
			same = presentIn([]ccai.ListedContact{c}).has(number)
		}
		if same && !(r.fixed() && c.ID == r.was.ID && c.PhoneNumber == r.was.PhoneNumber && c.ExternalUniqueID == r.was.ExternalUniqueID) {
			all = append(all, c)
		}
	}
	return all
}

// asked are the contacts that a question names at most.
const asked = 5

// lines say who is deleted.
func (r *removing) lines(list []ccai.ListedContact, number string) []string {
	lines := []string{text.T("campaign.delete.ask."+r.by, "value", r.value)}
	all := r.targets(list, number)
	if len(all) == 0 {
		return append(lines, text.T("campaign.delete.ask.unknown"))
	}
	if len(all) > 1 {
		lines = append(lines, text.T("campaign.delete.ask.several", "n", text.Number(len(all))))
	}
	for _, c := range all[:min(len(all), asked)] {
		lines = append(lines, text.T("campaign.delete.ask.contact", "name", orDash(c.Name), "number", orDash(c.PhoneNumber)))
		if calling(c.Status) {
			lines = append(lines, callingLine(c.Status))
		}
	}
	if more := len(all) - asked; more > 0 {
		lines = append(lines, text.N("campaign.import.more", more))
	}
	return lines
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
				number, _ := r.task.Check().Number(byPhone)
				lines := append(r.lines(c.list, number.E164), p.where()...)
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
		return c.ExternalUniqueID != "" && c.ExternalUniqueID == strings.TrimSpace(r.value)
	}
	id, ok := readID(r.value)
	return ok && c.ID == id
}

func (p *Page) removeForm(r *removing) app.UI {
	s := r.task
	names := map[string]string{byID: text.T("field.contact_id"), byPhone: text.T("field.phone_number"), byExternal: text.T("field.external_unique_id")}
	var options []widget.Option
	for _, by := range r.ways() {
		options = append(options, widget.Option{Value: by, Label: names[by]})
	}
	by := &widget.Choice{ID: "delete-by", Label: text.T("campaign.delete.by"), Value: r.by, Options: options, OnChange: func(_ app.Context, by string) {
		r.by = by
		r.value = r.known()
		p.Desk.Changed()
	}}
	var value app.UI
	switch {
	case r.fixed():
		value = app.Div().Class("stack").Body(
			fixedField(s, r.by, names[r.by], r.value),
			slot(s.Answer == nil && s.Problem(r.by) != "", func() app.UI { return widget.Note("bad", s.Problem(r.by)) }),
		)
	case r.by == byPhone:
		value = p.phone(s, &widget.Input{Label: names[byPhone], Required: true}, byPhone, &r.value)
	case r.by == byExternal:
		value = p.field(s, &widget.Input{Label: names[byExternal], Required: true}, byExternal, &r.value)
	default:
		value = p.field(s, &widget.Input{Label: names[byID], Required: true, Mode: "numeric"}, byID, &r.value)
	}
	return app.Div().Class("stack").Body(
		app.If(r.fixed(), func() app.UI {
			return app.Dl().Class("particulars").Body(
				app.Dt().Text(text.T("field.name")), app.Dd().Text(orDash(r.was.Name)),
				app.Dt().Text(text.T("field.phone_number")), app.Dd().Class("digits").Text(orDash(r.was.PhoneNumber)),
				app.Dt().Text(text.T("campaign.contacts.status")), app.Dd().Text(bucketName(bucket(r.was.Status))),
				app.Dt().Text(text.T("field.external_unique_id")), app.Dd().Class("digits").Text(orDash(r.was.ExternalUniqueID)),
			)
		}),
		callingNote(r.was.Status),
		by,
		app.Div().Class("fields").Body(
			value,
			p.field(s, &widget.Input{Label: text.T("field.note"), Help: text.T("campaign.note.help")}, "note", &r.note),
		),
	)
}

// fixedField shows what names a contact where it comes from a row: as text,
// for another value would name another contact.
func fixedField(s *task.State, path, label, value string) app.UI {
	return app.Div().Class("fixed-field").ID(desk.ID(path)).TabIndex(-1).Body(
		app.P().Class("fixed-label").Text(label),
		app.P().Class("digits").Text(value),
		slot(s.NumberLine(path) != nil, func() app.UI { return s.NumberLine(path) }),
	)
}

// calling reports whether a contact is being called, or about to be.
func calling(status string) bool {
	switch bucket(status) {
	case "contact.status.dialing", "contact.status.queued", "contact.status.connected":
		return true
	}
	return false
}

func callingLine(status string) string {
	return text.T("campaign.contact.calling", "status", bucketName(bucket(status)))
}

// callingNote says that the platform may refuse while a call is on.
func callingNote(status string) app.UI {
	return slot(calling(status), func() app.UI { return widget.Note("warn", callingLine(status)) })
}
