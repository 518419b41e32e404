// Package campaign is the page of a campaign's contacts: read, add, change,
// delete, import a file and follow the job that takes it in.
package campaign

import (
	"net/url"
	"slices"
	"strconv"
	"time"

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

	ctx app.Context // of the page itself, which outlives its rows and buttons
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
	campaign int64 // 0: none is chosen
	section  string

	pick     picker
	contacts *contactList // of the chosen campaign
	add      adding
	edit     *editing  // set while a contact is changed
	remove   *removing // set while a contact is deleted
	load     *importing
	followed *job
	jobs     []*job // followed in this tab, newest first
	jobID    string // in the field
	jobTyped bool   // by the person
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
	p.ctx = ctx
	p.taken().query = unread
	p.adopt(ctx)
	p.useAgain(ctx)
	p.resume()
}

func (p *Page) OnUpdate(ctx app.Context) { p.adopt(ctx) }

// OnDismount ends what would go on asking; it goes on when the page is opened again.
func (p *Page) OnDismount() {
	if j := p.model().followed; j != nil {
		j.round++
	}
}

// resume goes on with what the page was doing when it was left.
func (p *Page) resume() {
	m := p.model()
	if j := m.followed; j != nil && j.on {
		p.ask(j)
	}
	if im := m.load; im.reading && im.file != nil {
		p.judge(im.file)
	} else if im.check != nil && im.numbers == nil && im.check.Ready > 0 {
		p.number()
	}
}

// taken is the address that was last taken over, and for which system.
type taken struct{ query, system string }

// unread is no query of any address.
const unread = "?"

func (p *Page) taken() *taken { return desk.Keep[taken](p.Desk, "campaign address") }

// adopt takes over what the address says, once for each address. The same
// campaign number in another system is another campaign: when the system is
// changed in the header, the address follows and not the other way round.
func (p *Page) adopt(ctx app.Context) {
	t, query := p.taken(), p.Desk.Query.Encode()
	switch {
	case t.query != query:
		if named := p.Desk.Query.Get("system"); named != "" && named != p.system().ID && p.Desk.Named(named).Kind == operation.CCAI {
			p.Desk.Choose(named)
		}
		*t = taken{query, p.system().ID}
		if !p.Desk.Query.Has("campaign") {
			p.say(ctx)
			break
		}
		id, ok := readID(p.Desk.Query.Get("campaign"))
		if !ok {
			id = 0
		}
		section := p.Desk.Query.Get("section")
		if !slices.Contains(sections(), section) {
			section = atContacts
		}
		p.enter(section)
		p.choose(id)
	case t.system != p.system().ID:
		t.system = p.system().ID
		p.say(ctx)
	}
	m := p.model()
	if pick := &m.pick; !p.Desk.Offline && pick.at.IsZero() && !pick.reading && pick.failure == nil && pick.err == nil {
		p.readCampaigns()
	}
	if c := m.contacts; !p.Desk.Offline && m.campaign != 0 && c.at.IsZero() && !c.reading && c.failure == nil && c.err == nil {
		p.read(nil)
	}
}

// say puts into the address where the page is.
func (p *Page) say(ctx app.Context) {
	m := p.model()
	u := ctx.Page().URL()
	u.RawQuery = ""
	if m.campaign != 0 {
		u.RawQuery = p.address(m.campaign, m.section).RawQuery
	}
	ctx.Page().ReplaceURL(u)
	p.Desk.Query = u.Query()
	p.taken().query = p.Desk.Query.Encode()
}

// enter opens a section. What was done to a contact is over when the contacts
// are opened anew; what is not done yet is kept.
func (p *Page) enter(section string) {
	m := p.model()
	if section == m.section {
		return
	}
	m.section = section
	if m.edit != nil && m.edit.task.Answer != nil {
		m.edit = nil
	}
	if m.remove != nil && m.remove.task.Answer != nil {
		m.remove = nil
	}
}

// choose makes a campaign the one to work on; 0 goes back to the list. What
// was typed stays; what is on its way ends in the state it started from.
func (p *Page) choose(id int64) {
	m := p.model()
	if id == m.campaign {
		return
	}
	m.campaign = id
	m.refillJob()
	m.contacts = &contactList{of: id}
	m.edit, m.remove = nil, nil
	m.add.task = &task.State{}
	m.load.task = &task.State{}
	im := m.load
	im.there, im.leave, im.sent, im.compared, im.short = nil, true, nil, time.Time{}, false
	im.fill()
	switch {
	case id == 0 || p.Desk.Offline:
	case im.numbers != nil:
		p.compare(m, im, nil)
	default:
		p.read(nil)
	}
	p.focusOn("campaign-title")
}

// address is where a campaign's section is found. The id 0 is the list of campaigns.
func (p *Page) address(id int64, section string) *url.URL {
	query := url.Values{"campaign": {writeID(id)}}
	if len(p.Desk.Systems(operation.CCAI)) > 1 {
		query.Set("system", p.system().ID)
	}
	if section != atContacts && id != 0 {
		query.Set("section", section)
	}
	return &url.URL{Path: "/campaign", RawQuery: query.Encode()}
}

// show goes to a section of the chosen campaign.
func (p *Page) show(ctx app.Context, section string) {
	ctx.Navigate(p.address(p.model().campaign, section).String())
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
		link := app.A().Class("button is-tab").Href(p.address(m.campaign, all[i]).String()).Text(text.T("campaign.section." + all[i]))
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
			app.If(c.Name != "", func() app.UI {
				return app.Span().Class("digits").Text(text.T("campaign.id", "id", strconv.FormatInt(m.campaign, 10)))
			}),
			app.If(c.Status != "", func() app.UI { return stateTag(c.Status) }),
			app.If(c.Mode != "", func() app.UI { return widget.Tag("plain", modeName(c.Mode)) }),
		),
		app.A().Class("button is-small").Href(p.address(0, "").String()).Text(text.T("campaign.choose_other")),
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

// focusOn moves the focus, after what is about to be rendered.
func (p *Page) focusOn(id string) {
	p.ctx.Defer(func(app.Context) {
		if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
			e.Call("focus")
			e.Call("scrollIntoView", map[string]any{"block": "nearest"})
		}
	})
}

// slot keeps its place in the tree, so that what comes and goes in it does not
// move the fields beside it.
func slot(there bool, f func() app.UI) app.UI {
	return app.Div().Class("slot").Body(app.If(there, f))
}
