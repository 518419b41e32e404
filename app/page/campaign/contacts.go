package campaign

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/pace"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// contactList is what was last read of a campaign's contacts, and how it is looked at.
type contactList struct {
	of      int64
	list    []ccai.ListedContact
	at      time.Time // zero: never read
	reading bool
	failure *client.Failure
	err     *wire.Error
	waiting []func()
	search  string
	bucket  string
	page    int
	fresh   func(ccai.ListedContact) bool // was added or changed just now: stands first
}

// whole reports whether the list says all about the campaign.
func (c *contactList) whole() bool { return !c.at.IsZero() && c.failure == nil && c.err == nil }

// narrowed reports whether a search or a status leaves some contacts out.
func (c *contactList) narrowed() bool { return strings.TrimSpace(c.search) != "" || c.bucket != "" }

// read reads the contacts of the chosen campaign; then is called on the UI
// goroutine when it is over, however it ended. It may be nil.
func (p *Page) read(then func()) {
	m, d, system := p.model(), p.Desk, p.system()
	c := m.contacts
	if then != nil {
		c.waiting = append(c.waiting, then)
	}
	if c.reading {
		return
	}
	c.reading = true
	go func() {
		e, failure := client.Call(system.ID, operation.ContactsList, "", call(map[string]int64{"campaign_id": c.of}))
		var list []ccai.ListedContact
		var unread error
		if failure == nil && len(e.Response) > 0 {
			var pace pace.Pace
			list, unread = ccai.ReadContactsAtPace(e.Response, pace.Breathe)
		}
		d.Later(func() {
			c.reading, c.failure, c.err = false, failure, e.Error
			d.Fail(failure)
			if failure == nil && len(e.Response) > 0 {
				if unread == nil {
					c.list, c.at = list, time.Now()
				} else if c.err == nil {
					c.err = &wire.Error{Code: ccai.CodeUnreadable}
				}
			}
			waiting := c.waiting
			c.waiting = nil
			for _, f := range waiting {
				f()
			}
		})
	}()
}

func (p *Page) contacts() app.UI {
	m := p.model()
	switch {
	case m.edit != nil:
		return app.Div().Class("stack").Body(p.editing())
	case m.remove != nil:
		return app.Div().Class("stack").Body(p.removing())
	}
	c := m.contacts
	return app.Div().Class("contact-view").Body(
		slot(c.failure != nil || c.err != nil, func() app.UI { return p.contactTrouble(c) }),
		slot(c.at.IsZero() && c.reading, func() app.UI { return skeleton(text.T("campaign.contacts.reading")) }),
		slot(c.at.IsZero() && !c.reading && c.failure == nil && c.err == nil && p.Desk.Offline, func() app.UI {
			return widget.Empty("plug", text.T("campaign.contacts.offline"), text.T("campaign.contacts.offline.next"))
		}),
		slot(!c.at.IsZero(), func() app.UI { return p.contactTable(c) }),
		slot(!c.at.IsZero() || c.failure != nil || c.err != nil, func() app.UI { return p.unlisted() }),
	)
}

func (p *Page) contactTrouble(c *contactList) app.UI {
	first := text.T("campaign.contacts.failed")
	switch {
	case c.err != nil && c.err.Code == ccai.CodeListIncomplete:
		first = text.T("campaign.contacts.incomplete")
	case !c.at.IsZero():
		first = text.T("campaign.contacts.stale", "time", text.Clock(c.at))
	}
	return app.Div().Class("panel stack").Body(
		widget.Note("warn", first),
		p.trouble(c.failure, c.err),
		app.Div().Class("actions").Body(
			&widget.Button{Label: text.T("action.try_again"), Icon: "refresh", Disabled: c.reading || p.Desk.Offline, OnClick: p.refresh},
		),
	)
}

func (p *Page) contactTable(c *contactList) app.UI {
	found := find(c.list, c.search, c.bucket, c.fresh)
	rows := onPage(found, c.page, pageSize)
	may := p.Desk.Allows(operation.ContactUpdate) && p.Desk.Allows(operation.ContactDelete)
	return app.Div().Class("stack").Body(
		app.Div().Class("contact-bar").Body(
			app.P().Class("contact-count").ID("contact-count").Body(
				app.Strong().Text(text.N("campaign.contacts.count", len(c.list))),
				app.If(c.narrowed(), func() app.UI { return app.Span().Text(" " + text.N("campaign.contacts.match", len(found))) }),
			),
			app.Span().Class("fine-print").Text(text.T("campaign.contacts.read_at", "time", text.Clock(c.at))),
			&widget.Button{ID: "refresh", Label: text.T("campaign.refresh"), Icon: "refresh", Small: true, Disabled: c.reading || p.Desk.Offline, OnClick: p.refresh},
		),
		slot(c.reading, func() app.UI { return widget.Progress(text.T("campaign.contacts.reading"), 0, 0) }),
		slot(len(c.list) == 0, func() app.UI {
			return widget.Empty("people", text.T("campaign.contacts.empty"), text.T("campaign.contacts.empty.next"))
		}),
		slot(len(c.list) > 0, func() app.UI {
			return app.Div().Class("stack").Body(
				p.chart(c),
				app.Div().Class("contact-filter").Body(
					&widget.Input{ID: "contact-search", Label: text.T("campaign.contacts.search"), Type: "search", Value: c.search, Required: true, OnChange: p.search},
					&widget.Select{ID: "contact-status", Label: text.T("campaign.contacts.status"), Value: c.bucket, Required: true,
						Options: statusOptions(c.list), OnChange: p.filter},
				),
				&widget.Pager{Label: text.T("campaign.section.contacts"), At: c.page, Size: pageSize, Total: len(found), OnTurn: p.turn},
				slot(!may, func() app.UI { return p.barred(operation.ContactUpdate) }),
				slot(len(found) == 0, func() app.UI {
					return app.Div().Class("stack").Body(
						widget.Empty("search", text.T("campaign.contacts.none"), text.T("campaign.contacts.none.next")),
						&widget.Button{Label: text.T("campaign.contacts.show_all"), OnClick: p.showAll},
					)
				}),
				slot(len(found) > 0, func() app.UI { return p.table(c, rows, may) }),
			)
		}),
	)
}

func (p *Page) table(c *contactList, rows []int, may bool) app.UI {
	return app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("campaign.contacts.table")).Body(
		app.Table().Class("table contact-table").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(text.T("field.name")),
				app.Th().Scope("col").Text(text.T("field.phone_number")),
				app.Th().Scope("col").Text(text.T("campaign.contacts.status")),
				app.Th().Scope("col").Text(text.T("field.email")),
				app.Th().Scope("col").Text(text.T("field.external_unique_id")),
				app.Th().Scope("col").Text(text.T("field.outbound_number")),
				app.Th().Scope("col").Text(text.T("field.contact_id")),
				app.If(may, func() app.UI { return app.Th().Scope("col").Text(text.T("campaign.contacts.actions")) }),
			)),
			app.TBody().Body(app.Range(rows).Slice(func(i int) app.UI {
				one := c.list[rows[i]]
				return &contactRow{
					Name: one.Name, Phone: one.PhoneNumber, Bucket: bucket(one.Status), Email: one.Email, External: one.ExternalUniqueID,
					Outbound: one.OutboundNumber, ID: one.ID, Fresh: c.fresh != nil && c.fresh(one), Actions: may, Turn: p.Turn,
					OnEdit:   func(ctx app.Context) { p.edit(ctx, one) },
					OnDelete: func(ctx app.Context) { p.remove(ctx, one) },
				}
			})),
		),
	)
}

// contactRow is one contact of the table.
type contactRow struct {
	app.Compo

	Name, Phone, Bucket, Email, External, Outbound string
	ID                                             int64
	Fresh                                          bool
	Actions                                        bool
	Turn                                           int
	OnEdit, OnDelete                               func(app.Context)
}

func (r *contactRow) Render() app.UI {
	who := r.Name
	if who == "" {
		who = r.Phone
	}
	id := ""
	if r.ID != 0 {
		id = strconv.FormatInt(r.ID, 10)
	}
	return app.Tr().Body(
		app.Th().Scope("row").Body(
			app.Span().Text(orDash(r.Name)),
			app.If(r.Fresh, func() app.UI { return widget.Tag("good", text.T("campaign.contacts.fresh")) }),
		),
		app.Td().Class("digits").Text(orDash(r.Phone)),
		app.Td().Body(app.Span().Class("status is-"+group(r.Bucket)).Text(bucketName(r.Bucket))),
		app.Td().Text(orDash(r.Email)),
		app.Td().Class("digits").Text(orDash(r.External)),
		app.Td().Class("digits").Text(orDash(r.Outbound)),
		app.Td().Class("digits").Text(orDash(id)),
		app.If(r.Actions, func() app.UI {
			return app.Td().Body(app.Div().Class("row-actions").Body(
				&widget.Button{Icon: "edit", Title: text.T("campaign.edit.who", "who", who), Kind: "quiet", Small: true, OnClick: r.OnEdit},
				&widget.Button{Icon: "trash", Title: text.T("campaign.delete.who", "who", who), Kind: "quiet", Small: true, OnClick: r.OnDelete},
			))
		}),
	)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// bucketName is a status in the person's language.
func bucketName(b string) string {
	switch {
	case b == noStatus:
		return text.T("campaign.contacts.no_status")
	case text.Has(b):
		return text.T(b)
	}
	return b
}

func statusOptions(list []ccai.ListedContact) []widget.Option {
	options := []widget.Option{{Value: "", Label: text.T("campaign.contacts.all_statuses")}}
	for _, c := range count(list) {
		options = append(options, widget.Option{Value: c.Bucket, Label: bucketName(c.Bucket) + " (" + text.Number(c.N) + ")"})
	}
	return options
}

func (p *Page) refresh(app.Context) {
	c := p.model().contacts
	c.fresh = nil
	p.read(func() {
		if c.whole() {
			p.Desk.Say(text.N("campaign.contacts.count", len(c.list)))
		}
	})
	p.Desk.Changed()
}

func (p *Page) search(_ app.Context, search string) {
	c := p.model().contacts
	c.search, c.page = search, 0
	p.Desk.Changed()
}

func (p *Page) filter(_ app.Context, bucket string) {
	c := p.model().contacts
	c.bucket, c.page = bucket, 0
	if c.narrowed() {
		p.Desk.Say(text.N("campaign.contacts.match", len(find(c.list, c.search, c.bucket, nil))))
	} else {
		p.Desk.Say(text.N("campaign.contacts.count", len(c.list)))
	}
	p.Desk.Changed()
}

func (p *Page) showAll(ctx app.Context) {
	c := p.model().contacts
	c.search, c.bucket, c.page = "", "", 0
	p.Desk.Changed()
	p.focusOn("contact-search")
}

func (p *Page) turn(_ app.Context, page int) {
	p.model().contacts.page = page
	p.Desk.Changed()
}

// unlisted offers what can be done to a contact that the list does not show.
func (p *Page) unlisted() app.UI {
	if !p.Desk.Allows(operation.ContactUpdate) || !p.Desk.Allows(operation.ContactDelete) {
		return app.Div().Class("slot")
	}
	return app.Div().Class("actions").Body(
		app.Span().Class("fine-print").Text(text.T("campaign.unlisted")),
		&widget.Button{ID: "edit-unlisted", Label: text.T("campaign.edit.unlisted"), Icon: "edit", Kind: "quiet", Small: true,
			OnClick: func(ctx app.Context) { p.edit(ctx, ccai.ListedContact{}) }},
		&widget.Button{ID: "delete-unlisted", Label: text.T("campaign.delete.unlisted"), Icon: "trash", Kind: "quiet", Small: true,
			OnClick: func(ctx app.Context) { p.remove(ctx, ccai.ListedContact{}) }},
	)
}
