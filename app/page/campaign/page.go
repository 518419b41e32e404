// Package campaign is the page of a campaign's contacts: read, add, change,
// delete, import a file and follow the job that takes it in.
package campaign

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Page is the page.
type Page struct {
	app.Compo

	Desk *desk.Desk
	Turn int
}

// The sections of a chosen campaign, as the address names them.
const (
	atContacts = "contacts"
	atAdd      = "add"
	atImport   = "import"
	atJob      = "job"
)

func sections() []string { return []string{atContacts, atAdd, atImport, atJob} }

// model is what the page remembers of one system while the tab is open.
type model struct {
	query    string // the address that was last taken over
	campaign int64  // 0: none is chosen
	section  string

	pick     picker
	contacts *contactList // of the chosen campaign
	add      adding
	edit     *editing  // set while a contact is changed
	remove   *removing // set while a contact is deleted
	load     *importing
	followed *job
	jobs     []*job // followed in this tab, newest first
	jobID    string // as typed
	jobWrong bool
}

// model keeps one model for each system: contacts of two tenants never mix.
func (p *Page) model() *model {
	m := desk.Keep[model](p.Desk, "campaign "+p.system().ID)
	if m.contacts == nil {
		m.contacts, m.section = &contactList{}, atContacts
		m.add.task, m.load = &task.State{}, newImporting()
	}
	return m
}

func (p *Page) system() wire.System {
	s, _ := p.Desk.System(operation.CCAI)
	return s
}

func (p *Page) OnMount(ctx app.Context) {
	m := p.model()
	m.query = ""
	p.adopt(ctx)
	p.useAgain(ctx)
	if m.pick.at.IsZero() {
		p.readCampaigns()
	}
	p.resume(ctx)
}

func (p *Page) OnUpdate(ctx app.Context) {
	p.adopt(ctx)
	if m := p.model(); m.pick.at.IsZero() && !m.pick.reading && m.pick.failure == nil && m.pick.err == nil {
		p.readCampaigns() // another system was chosen
	}
}

// OnDismount ends what would go on asking; it goes on when the page is opened again.
func (p *Page) OnDismount() {
	if j := p.model().followed; j != nil {
		j.round++
	}
}

// resume goes on with what the page was doing when it was left.
func (p *Page) resume(ctx app.Context) {
	m := p.model()
	if j := m.followed; j != nil && j.on {
		p.ask(j)
	}
	if im := m.load; im.reading && im.file != nil {
		p.judge(ctx, im.file)
	} else if im.check != nil && im.numbers == nil && im.check.Ready > 0 {
		p.number(ctx)
	}
}

// adopt takes over what the address says, once for each address.
func (p *Page) adopt(ctx app.Context) {
	m := p.model()
	query := p.Desk.Query.Encode()
	if query == m.query && query != "" {
		return
	}
	m.query = query
	if p.Desk.Query.Has("campaign") {
		id, err := strconv.ParseInt(p.Desk.Query.Get("campaign"), 10, 64)
		if err != nil || id < 0 {
			id = 0
		}
		section := p.Desk.Query.Get("section")
		if !known(section) {
			section = atContacts
		}
		m.section = section
		p.choose(ctx, id)
	} else if m.campaign != 0 {
		// Reached without an address of its own: say where we are.
		u := ctx.Page().URL()
		u.RawQuery = address(m.campaign, m.section).RawQuery
		ctx.Page().ReplaceURL(u)
		p.Desk.Query = u.Query()
		m.query = p.Desk.Query.Encode()
	}
	if m.campaign != 0 && m.contacts.at.IsZero() && !m.contacts.reading && m.contacts.failure == nil && m.contacts.err == nil {
		p.read(nil)
	}
}

func known(section string) bool {
	for _, s := range sections() {
		if s == section {
			return true
		}
	}
	return false
}

// choose makes a campaign the one to work on; 0 goes back to the list. What
// was typed stays; what is on its way ends in the state it started from.
func (p *Page) choose(ctx app.Context, id int64) {
	m := p.model()
	if id == m.campaign {
		return
	}
	m.campaign = id
	m.contacts = &contactList{of: id}
	m.edit, m.remove = nil, nil
	m.add.task = &task.State{}
	m.load.task = &task.State{}
	m.load.there, m.load.leave, m.load.sent = nil, true, nil
	m.load.fill()
	if id != 0 {
		p.read(nil)
	}
	ctx.Defer(func(app.Context) { focus("campaign-title") })
}

// address is where a campaign's section is found. The id 0 is the list of campaigns.
func address(id int64, section string) *url.URL {
	query := url.Values{"campaign": {""}}
	if id != 0 {
		query.Set("campaign", strconv.FormatInt(id, 10))
	}
	if section != atContacts && id != 0 {
		query.Set("section", section)
	}
	return &url.URL{Path: "/campaign", RawQuery: query.Encode()}
}

// show goes to a section of the chosen campaign.
func (p *Page) show(ctx app.Context, section string) {
	ctx.Navigate(address(p.model().campaign, section).String())
}

func (p *Page) Render() app.UI {
	m := p.model()
	return app.Div().Class("page campaign").Body(
		app.Div().Class("page-head").Body(app.H1().TabIndex(-1).Text(text.T("campaign.title"))),
		app.If(m.campaign == 0, p.picker).Else(func() app.UI {
			return app.Div().Class("campaign-chosen").Body(p.head(), p.nav(), p.section())
		}),
	)
}

func (p *Page) section() app.UI {
	content := p.contacts
	switch p.model().section {
	case atAdd:
		content = p.adding
	case atImport:
		content = p.importing
	case atJob:
		content = p.following
	}
	name := text.T("campaign.section." + p.model().section)
	return app.Section().Class("section").Aria("label", name).Body(content())
}

func (p *Page) nav() app.UI {
	m := p.model()
	all := sections()
	return app.Nav().Class("tabs").Aria("label", text.T("campaign.sections")).Body(app.Range(all).Slice(func(i int) app.UI {
		link := app.A().Class("button is-tab").Href(address(m.campaign, all[i]).String()).Text(text.T("campaign.section." + all[i]))
		if all[i] == m.section {
			link = link.Aria("current", "page")
		}
		return link
	}))
}

// head names the campaign that is worked on.
func (p *Page) head() app.UI {
	m := p.model()
	c := p.campaign(m.campaign)
	return app.Div().Class("campaign-head").Body(
		app.Div().Class("campaign-name").Body(
			app.H2().ID("campaign-title").TabIndex(-1).Text(p.nameOf(m.campaign)),
			app.Span().Class("digits").Text(text.T("campaign.id", "id", strconv.FormatInt(m.campaign, 10))),
			app.If(c.Status != "", func() app.UI { return stateTag(c.Status) }),
			app.If(c.Mode != "", func() app.UI { return widget.Tag("plain", modeName(c.Mode)) }),
		),
		app.A().Class("button is-small").Href(address(0, "").String()).Text(text.T("campaign.choose_other")),
	)
}

// nameOf is a campaign's name, or its id where the list does not name it.
func (p *Page) nameOf(id int64) string {
	if c := p.campaign(id); c.Name != "" {
		return c.Name
	}
	return text.T("campaign.unnamed", "id", strconv.FormatInt(id, 10))
}

func (p *Page) campaign(id int64) ccai.Campaign {
	for _, c := range p.model().pick.list {
		if c.ID == id {
			return c
		}
	}
	return ccai.Campaign{}
}

// where names campaign and system for a question.
func (p *Page) where() []string {
	m := p.model()
	return []string{
		text.T("campaign.ask.campaign", "name", p.nameOf(m.campaign), "id", strconv.FormatInt(m.campaign, 10)),
		text.T("campaign.ask.system", "system", desk.Where(p.system())),
	}
}

// barred explains what the person's role may not do, and who may.
func (p *Page) barred(op operation.Name) app.UI {
	o, _ := operation.Find(op)
	return widget.Note("info", text.T("campaign.needs_role",
		"least", text.T("role."+string(o.Least)), "role", text.T("role."+string(p.Desk.Session.Role))))
}

// focus moves the focus to an element and into view.
func focus(id string) {
	if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
		e.Call("scrollIntoView", map[string]any{"block": "nearest"})
	}
}

// slot keeps its place in the tree, so that what comes and goes in it does not
// move the fields beside it.
func slot(there bool, f func() app.UI) app.UI {
	return app.Div().Class("slot").Body(app.If(there, f))
}
