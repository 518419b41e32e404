package campaign

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// manyCampaigns is when a list wants a search field.
const manyCampaigns = 8

// picker is the list of campaigns.
type picker struct {
	list    []ccai.Campaign
	at      time.Time // zero: not read yet
	reading bool
	failure *client.Failure
	err     *wire.Error // the upstream's no, or that the list is not whole
	search  string
	page    int
	typed   string // an id
	wrong   bool
}

// readCampaigns reads the list. Its failure leaves the way of typing an id.
func (p *Page) readCampaigns() {
	m, d, system := p.model(), p.Desk, p.system()
	if m.pick.reading || system.ID == "" {
		return
	}
	m.pick.reading, m.pick.failure, m.pick.err = true, nil, nil
	go func() {
		e, failure := client.Call(system.ID, operation.CampaignsList, "", []byte("{}"))
		d.Later(func() {
			m.pick.reading = false
			m.pick.failure, m.pick.err = failure, e.Error
			d.Fail(failure)
			if failure != nil {
				return
			}
			if list, err := ccai.ReadCampaigns(e.Response); err == nil && len(e.Response) > 0 {
				m.pick.list, m.pick.at = list, time.Now()
			}
		})
	}()
}

// searchCampaigns finds by name or id, in the order of the list.
func searchCampaigns(list []ccai.Campaign, search string) []ccai.Campaign {
	search = strings.ToLower(strings.TrimSpace(search))
	return slices.DeleteFunc(slices.Clone(list), func(c ccai.Campaign) bool {
		return !strings.Contains(strings.ToLower(c.Name), search) && strconv.FormatInt(c.ID, 10) != search
	})
}

func (p *Page) picker() app.UI {
	m := p.model()
	pick := &m.pick
	found := searchCampaigns(pick.list, pick.search)
	return app.Div().Class("campaign-pick").Body(
		app.P().Class("lead").Text(text.T("campaign.lead")),
		app.Div().Class("panel").Body(
			app.Div().Class("page-head").Body(
				app.H2().ID("pick-title").Text(text.T("campaign.pick")),
				&widget.Button{Label: text.T("campaign.refresh"), Icon: "refresh", Small: true, Disabled: pick.reading || p.Desk.Offline, OnClick: p.pickAgain},
			),
			slot(len(pick.list) > manyCampaigns, func() app.UI {
				return &widget.Input{ID: "pick-search", Label: text.T("campaign.pick.search"), Type: "search", Value: pick.search, Required: true, OnChange: p.pickSearch}
			}),
			p.campaigns(found),
			&widget.Pager{Label: text.T("campaign.pick"), At: pick.page, Size: pageSize, Total: len(found), OnTurn: p.pickPage},
		),
		app.Form().Class("panel by-hand").Attr("novalidate", "true").OnSubmit(p.openTyped).Body(
			app.H2().Text(text.T("campaign.by_hand")),
			&widget.Input{ID: "pick-id", Label: text.T("field.campaign_id"), Mode: "numeric", Value: pick.typed, Required: true,
				Help: text.T("campaign.by_hand.help"), Problem: wrongID(pick.wrong), OnChange: p.typeID},
			app.Div().Class("actions").Body(&widget.Button{Type: "submit", Label: text.T("campaign.open")}),
		),
	)
}

func wrongID(wrong bool) string {
	if wrong {
		return text.T("problem.id")
	}
	return ""
}

func (p *Page) campaigns(found []ccai.Campaign) app.UI {
	pick := &p.model().pick
	rows := onPage(found, pick.page, pageSize)
	return app.Div().Class("campaign-list-box").Body(
		slot(pick.failure != nil || pick.err != nil, func() app.UI {
			return app.Div().Class("stack").Body(
				widget.Note("warn", text.T("campaign.pick.failed")),
				p.trouble(pick.failure, pick.err),
			)
		}),
		slot(pick.reading && len(pick.list) == 0, func() app.UI { return skeleton(text.T("campaign.pick.reading")) }),
		slot(p.Desk.Offline && pick.at.IsZero() && !pick.reading, func() app.UI {
			return widget.Empty("plug", text.T("campaign.pick.offline"), text.T("campaign.contacts.offline.next"))
		}),
		slot(!pick.at.IsZero() && len(pick.list) == 0, func() app.UI {
			return widget.Empty("people", text.T("campaign.pick.empty"), text.T("campaign.pick.empty.next"))
		}),
		slot(len(pick.list) > 0 && len(found) == 0, func() app.UI {
			return widget.Empty("search", text.T("campaign.pick.none"), text.T("campaign.pick.none.next"))
		}),
		app.Ul().Class("campaign-list").Body(app.Range(rows).Slice(func(i int) app.UI {
			c := rows[i]
			return app.Li().Body(
				app.A().Class("campaign-link").Href(p.address(c.ID, atContacts).String()).Body(
					app.Strong().Text(nameOr(c)),
					app.Span().Class("digits").Text(text.T("campaign.id", "id", writeID(c.ID))),
					app.Span().Class("campaign-tags").Body(
						app.If(c.Status != "", func() app.UI { return stateTag(c.Status) }),
						app.If(c.Mode != "", func() app.UI { return widget.Tag("plain", modeName(c.Mode)) }),
					),
				),
			)
		})),
	)
}

func nameOr(c ccai.Campaign) string {
	if c.Name == "" {
		return text.T("campaign.unnamed", "id", strconv.FormatInt(c.ID, 10))
	}
	return c.Name
}

// stateTag is a campaign's status in the person's language; the set is open.
func stateTag(status string) app.UI {
	kind := "info"
	switch strings.ToLower(status) {
	case "started", "dialing":
		kind = "good"
	case "paused":
		kind = "warn"
	case "completed":
		kind = "plain"
	}
	return widget.Tag(kind, openWord("campaign.state.", status))
}

func modeName(mode string) string { return openWord("campaign.mode.", mode) }

// openWord translates a word of an open set; one that is not known is shown as it is.
func openWord(prefix, word string) string {
	if key := prefix + strings.ToLower(strings.ReplaceAll(word, " ", "_")); text.Has(key) {
		return text.T(key)
	}
	return word
}

// trouble says why a read gave nothing, or not all.
func (p *Page) trouble(f *client.Failure, e *wire.Error) app.UI {
	return app.Div().Class("trouble").Body(
		app.If(f != nil, func() app.UI {
			next := ""
			if f.Problem != nil && text.Has("server."+f.Problem.Code+".next") {
				next = text.T("server." + f.Problem.Code + ".next")
			}
			return app.P().Text(strings.TrimSpace(task.FailureTitle(f) + " " + next))
		}),
		app.If(f == nil && e != nil, func() app.UI { return task.Why(e) }),
	)
}

// skeleton stands where rows will be.
func skeleton(label string) app.UI {
	return app.Div().Class("stack").Body(
		app.P().Class("unseen").Role("status").Text(label),
		app.Div().Class("skeleton"), app.Div().Class("skeleton"), app.Div().Class("skeleton"),
	)
}

func (p *Page) pickAgain(app.Context) { p.readCampaigns() }

func (p *Page) pickSearch(_ app.Context, search string) {
	pick := &p.model().pick
	pick.search, pick.page = search, 0
	p.Desk.Changed()
}

func (p *Page) pickPage(_ app.Context, page int) {
	p.model().pick.page = page
	p.Desk.Changed()
}

func (p *Page) typeID(_ app.Context, id string) {
	pick := &p.model().pick
	pick.typed, pick.wrong = id, false
	p.Desk.Changed()
}

func (p *Page) openTyped(ctx app.Context, e app.Event) {
	e.PreventDefault()
	pick := &p.model().pick
	id, ok := readID(pick.typed)
	if !ok {
		pick.wrong = true
		p.Desk.Say(text.T("problem.id"))
		p.Desk.Changed()
		p.focusOn("pick-id")
		return
	}
	ctx.Navigate(p.address(id, atContacts).String())
}

// readID reads a positive whole number.
func readID(typed string) (int64, bool) {
	id, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 64)
	return id, err == nil && id > 0
}

// call is the body of a read of the campaign.
func call(fields map[string]int64) []byte {
	data, err := json.Marshal(fields)
	if err != nil {
		return []byte("{}") // cannot be: a map of numbers
	}
	return data
}
