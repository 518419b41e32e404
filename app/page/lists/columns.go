package lists

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
	"outdial/shared/sms"
)

// columnsAtOnce is how many columns of a file are on the screen at a time.
const columnsAtOnce = 8

// wants reads what the step needs to choose from.
func (p *Page) wants(m *model) {
	d := p.Desk
	if m.op == operation.ContactsImport && !d.Offline {
		m.readCampaigns(d)
	}
	if m.op == operation.SMSSend && m.fixed.Outbound == "" {
		if all := m.system(d).OutboundNumbers; len(all) > 0 {
			m.fixed.Outbound = all[0]
		}
	}
}

func (p *Page) columns(m *model) app.UI {
	lacks := m.lacks(p.Desk)
	why := ""
	if len(lacks) > 0 {
		why = text.T("lists.lack." + lacks[0])
	}
	return app.Div().Class("stack").Body(
		app.P().Class("lead").Text(text.T("lists.columns.lead")),
		p.mappingLine(m),
		p.mapping(m),
		slot(p.part > 1, func() app.UI {
			return app.Div().Class("stack").Body(p.order(m), p.region(m), p.fixedFields(m))
		}),
		slot(p.part == wholeStep, func() app.UI {
			return app.Div().Class("stack").Body(
				p.questions(m),
				p.keepMapping(m),
				slot(m.planning, func() app.UI { return working(m) }),
				p.planTrouble(m),
				p.onwards(m, atDecide, why),
			)
		}),
	)
}

// planTrouble says that the worker failed, and offers to begin again.
func (p *Page) planTrouble(m *model) app.UI {
	return slot(m.planFail != "", func() app.UI {
		return app.Div().Class("stack").Role("alert").Body(
			widget.Note("bad", failedTitle(m.planFail)),
			&widget.Button{Label: text.T("lists.read_again"), Icon: "refresh", OnClick: func(app.Context) { m.open(p.Desk) }},
		)
	})
}

// mapping is the first rows, with what each column is above it.
func (p *Page) mapping(m *model) app.UI {
	o := m.opened
	from, to := 0, len(o.Columns)
	if len(o.Columns) > columnsAtOnce {
		from = min(m.columns*columnsAtOnce, (len(o.Columns)-1)/columnsAtOnce*columnsAtOnce)
		to = min(from+columnsAtOnce, len(o.Columns))
	}
	shown := o.Columns[from:to]
	options := p.uses(m)
	return app.Div().Class("stack").Body(
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("lists.columns.table")).Body(
			app.Table().Class("table is-mapping").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.row")),
					app.Range(shown).Slice(func(i int) app.UI {
						return app.Th().Scope("col").Body(
							app.Span().Class("heading").Text(heading(o.Columns, from+i)),
							&widget.Select{ID: "use-" + strconv.Itoa(from+i), Label: text.T("lists.column.use", "column", heading(o.Columns, from+i)), Compact: true,
								Value: use(m.plan, from+i), Options: options, OnChange: p.assign(from + i)},
						)
					}),
				)),
				app.TBody().Body(app.Range(m.sample).Slice(func(n int) app.UI {
					r := m.sample[n]
					return app.Tr().Body(
						app.Th().Scope("row").Class("digits").Text(text.Number(r.Line)),
						app.Range(shown).Slice(func(i int) app.UI {
							cell := ""
							if from+i < len(r.Cells) {
								cell = clip(r.Cells[from+i])
							}
							if slices.Contains(m.plan.Phones, from+i) {
								return app.Td().Class("digits").Text(cell)
							}
							return app.Td().Text(cell)
						}),
					)
				})),
			),
		),
		&widget.Pager{Label: text.T("lists.columns.pages"), Total: len(o.Columns), At: m.columns, Size: columnsAtOnce, OnTurn: func(_ app.Context, at int) {
			m.columns = at
			p.Desk.Changed()
		}},
	)
}

// uses are what a column can be.
func (p *Page) uses(m *model) []widget.Option {
	all := []widget.Option{
		{Value: asNothing, Label: text.T("lists.use.nothing")},
		{Value: asPhone, Label: text.T("lists.use.phone")},
		{Value: asRegion, Label: text.T("lists.use.region")},
	}
	for _, field := range rowFields(m.op) {
		all = append(all, widget.Option{Value: asField + field, Label: fieldName(field)})
	}
	if m.op == operation.CallbotImport {
		all = append(all, widget.Option{Value: asParam, Label: text.T("lists.use.param")})
	}
	return all
}

func (p *Page) assign(column int) func(app.Context, string) {
	return func(_ app.Context, as string) {
		m := of(p.Desk)
		assign(&m.plan, column, m.opened.Columns[column].Heading, as)
		delete(m.plan.Repair, column)
		m.mapped = ""
		m.asks = map[string]*asking{}
		m.sample = m.sample[:len(m.sample):len(m.sample)]
		p.Desk.Changed()
	}
}

// order is in which order the numbers of a row are tried.
func (p *Page) order(m *model) app.UI {
	return slot(len(m.plan.Phones) > 1, func() app.UI {
		return app.Div().Class("panel stack").Body(
			app.H3().Text(text.T("lists.order")),
			app.P().Class("help").Text(text.T("lists.order.help")),
			app.Ol().Class("preference").Body(app.Range(m.plan.Phones).Slice(func(i int) app.UI {
				name := heading(m.opened.Columns, m.plan.Phones[i])
				return app.Li().Body(app.Span().Text(name), app.Span().Class("actions").Body(
					&widget.Button{Icon: "up", Title: text.T("lists.order.up", "column", name), Kind: "quiet", Small: true, Disabled: i == 0, OnClick: p.prefer(i, -1)},
					&widget.Button{Icon: "down", Title: text.T("lists.order.down", "column", name), Kind: "quiet", Small: true, Disabled: i == len(m.plan.Phones)-1, OnClick: p.prefer(i, 1)},
				))
			})),
		)
	})
}

func (p *Page) prefer(at, by int) func(app.Context) {
	return func(app.Context) {
		m := of(p.Desk)
		prefer(&m.plan, at, by)
		m.asks = map[string]*asking{}
		p.Desk.Changed()
	}
}

// region asks in which country numbers without a country code are read.
func (p *Page) region(m *model) app.UI {
	return &country{Desk: p.Desk, Value: m.plan.Region, Lang: text.Language()}
}

// country is a list of some hundred countries. Their names are asked of the
// browser, and their options made by hand, some at a time: all at once they
// would keep the page from answering.
type country struct {
	app.Compo

	Desk  *desk.Desk
	Value string
	Lang  string

	made string // the language of the options that are there
	gone bool
}

const regionID = "region"

// namesAtOnce is how many names are asked for before the page may go on.
const namesAtOnce = 40

func (c *country) OnMount(app.Context)  { c.fill() }
func (c *country) OnUpdate(app.Context) { c.fill() }
func (c *country) OnDismount()          { c.gone = true }

func (c *country) fill() {
	m, e := of(c.Desk), element(regionID)
	if !e.Truthy() {
		return
	}
	if m.regionsIn != c.Lang {
		if c.made != "…"+c.Lang { // the one that is chosen, until the others are there
			c.made = "…" + c.Lang
			e.Set("textContent", "")
			e.Call("append", optionOf(regionOption(c.Value)))
			c.name(engine.Regions(), nil)
		}
		return
	}
	if c.made != c.Lang {
		c.made = c.Lang
		e.Set("textContent", "")
		for _, o := range m.regions {
			e.Call("append", optionOf(o))
		}
	}
	e.Set("value", c.Value)
}

// name asks for the names of some regions, then for the rest.
func (c *country) name(rest []string, named []widget.Option) {
	lang := c.Lang
	time.AfterFunc(time.Millisecond, func() {
		if c.gone || c.Lang != lang {
			return
		}
		n := min(namesAtOnce, len(rest))
		for _, code := range rest[:n] {
			if o := regionOption(code); o.Label != "" {
				named = append(named, o)
			}
		}
		if rest = rest[n:]; len(rest) > 0 {
			c.name(rest, named)
			return
		}
		named = collated(named, lang)
		m := of(c.Desk)
		m.regions, m.regionsIn = append([]widget.Option{regionOption("")}, named...), lang
		c.fill()
	})
}

// collated sorts options as the language does: the browser knows how.
func collated(options []widget.Option, lang string) []widget.Option {
	byLabel := map[string]widget.Option{}
	labels := app.Window().Get("Array").New()
	for _, o := range options {
		byLabel[o.Label] = o
		labels.Call("push", o.Label)
	}
	labels.Call("sort", app.Window().Get("Intl").Get("Collator").New(lang).Get("compare"))
	sorted := make([]widget.Option, len(options))
	for i := range sorted {
		sorted[i] = byLabel[labels.Index(i).String()]
	}
	return sorted
}

func regionOption(code string) widget.Option {
	if code == "" {
		return widget.Option{Label: text.T("lists.region.none")}
	}
	name := text.Region(code)
	if name == "" {
		return widget.Option{}
	}
	return widget.Option{Value: code, Label: name + " (" + code + ")"}
}

func optionOf(o widget.Option) app.Value {
	e := app.Window().Get("document").Call("createElement", "option")
	e.Set("value", o.Value)
	e.Set("textContent", o.Label)
	return e
}

func (c *country) change(ctx app.Context, _ app.Event) {
	m := of(c.Desk)
	m.plan.Region = ctx.JSSrc().Get("value").String()
	m.asks = map[string]*asking{}
	c.Desk.Changed()
}

func (c *country) Render() app.UI {
	return app.Div().Class("field").Body(
		app.Label().For(regionID).Body(app.Span().Text(text.T("lists.region"))),
		app.P().Class("help").ID(regionID+"-help").Text(text.T("lists.region.help")),
		app.Select().ID(regionID).Aria("describedby", regionID+"-help").OnChange(c.change),
	)
}

// fixedFields are those of the request that are the same for all rows.
func (p *Page) fixedFields(m *model) app.UI {
	switch m.op {
	case operation.DNCAdd:
		return p.expiry(m)
	case operation.SMSSend:
		return p.message(m)
	case operation.ContactsImport:
		return p.campaign(m)
	case operation.CallbotImport:
		return p.task(m)
	}
	return app.Div().Class("slot")
}

func (p *Page) expiry(m *model) app.UI {
	d := p.Desk
	column, own := m.plan.Fields["expires_at"]
	mode := "good"
	unsaid := m.limits().Unsaid
	switch {
	case unsaid:
		mode = ""
	case m.fixed.Limited:
		mode = "until"
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.expiry")),
		slot(own, func() app.UI {
			return widget.Note("info", text.T("lists.expiry.column", "column", heading(m.opened.Columns, column)))
		}),
		slot(m.opened.Result != "" && !own, func() app.UI { return widget.Note("info", text.T("lists.expiry.again")) }),
		&widget.Choice{ID: "expiry", Label: text.T("lists.expiry.how"), Value: mode, Options: []widget.Option{
			{Value: "good", Label: text.T("lists.expiry.good")}, {Value: "until", Label: text.T("lists.expiry.until")},
		}, OnChange: func(_ app.Context, v string) { m.fixed.Limited, m.limitSaid = v == "until", true; d.Changed() }},
		slot(m.fixed.Limited && !unsaid, func() app.UI {
			return &widget.Input{ID: "until", Label: text.T("lists.expiry.date"), Type: "datetime-local", Value: m.fixed.Until, Required: true,
				Help:     text.T("lists.zone", "zone", text.Zone()),
				OnChange: func(_ app.Context, v string) { m.fixed.Until = v; d.Changed() }}
		}),
	)
}

const messageID = "message"

// mostChips is how many variables are offered beside the message.
const mostChips = 24

func (p *Page) message(m *model) app.UI {
	d := p.Desk
	system := m.system(d)
	numbers := make([]widget.Option, len(system.OutboundNumbers))
	for i, n := range system.OutboundNumbers {
		numbers[i] = widget.Option{Value: n, Label: n}
	}
	var chips []string
	for i := range m.opened.Columns {
		if name := variable(m.opened.Columns, i); len(chips) < mostChips && !strings.ContainsAny(name, "{}") {
			chips = append(chips, name)
		}
	}
	wrong := ""
	if odd := strangers(m.plan.Template, m.opened.Columns); len(odd) > 0 {
		wrong = text.T("lists.message.stranger", "name", "{"+odd[0]+"}")
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.message")),
		widget.Note("info", text.T("lists.message.cap", "n", text.Number(d.Session.Limits.SMSRunRows))),
		app.If(len(numbers) > 0, func() app.UI {
			return &widget.Select{ID: "outbound", Label: text.T("field.outbound_number"), Required: true, Value: m.fixed.Outbound, Options: numbers,
				OnChange: func(_ app.Context, v string) { m.fixed.Outbound = v; d.Changed() }}
		}).Else(func() app.UI {
			return &widget.Input{ID: "outbound-typed", Label: text.T("field.outbound_number"), Type: "tel", Required: true, Value: m.fixed.Outbound,
				OnChange: func(_ app.Context, v string) { m.fixed.Outbound = v; m.waitTyping(d) }}
		}),
		app.Div().Class("chips").Role("group").Aria("label", text.T("lists.message.variables")).Body(app.Range(chips).Slice(func(i int) app.UI {
			return &widget.Button{Label: "{" + chips[i] + "}", Title: text.T("lists.message.insert", "name", chips[i]), Small: true, OnClick: p.insert(chips[i])}
		})),
		&widget.Input{ID: messageID, Label: text.T("field.message"), Value: m.plan.Template, Lines: 4, Required: true, Max: 10000,
			Help: text.T("lists.message.help"), Problem: wrong,
			OnChange: func(_ app.Context, v string) { m.plan.Template = v; m.waitTyping(d) }},
		p.rendered(m),
	)
}

// insert puts a variable where the caret is.
func (p *Page) insert(name string) func(app.Context) {
	return func(app.Context) {
		m := of(p.Desk)
		field := element(messageID)
		caret := 0
		m.plan.Template, caret = insert(m.plan.Template, "{"+name+"}", field.Get("selectionStart").Int(), field.Get("selectionEnd").Int())
		m.waitTyping(p.Desk)
		p.ctx.Defer(func(app.Context) {
			if e := element(messageID); e.Truthy() {
				e.Set("value", m.plan.Template)
				e.Call("focus")
				e.Call("setSelectionRange", caret, caret)
			}
		})
	}
}

// rendered is the message as the first rows get it, with its segments.
func (p *Page) rendered(m *model) app.UI {
	rows := m.sample[:min(len(m.sample), 3)]
	return slot(!blank(m.plan.Template) && len(rows) > 0, func() app.UI {
		return app.Div().Class("stack").Body(
			app.H4().Text(text.T("lists.message.rendered")),
			app.Ul().Class("texts").Body(app.Range(rows).Slice(func(i int) app.UI {
				message := fill(m.plan.Template, m.opened.Columns, rows[i].Cells)
				return app.Li().Body(
					app.P().Class("text").Text(message),
					app.P().Class("fine-print").Text(text.T("field.in_row", "field", text.N("lists.segments", sms.Measure(message).Segments), "n", text.Number(rows[i].Line))),
				)
			})),
			slot(m.settled() && m.summary.Segments > 0, func() app.UI {
				return app.P().Class("fine-print").Text(text.N("lists.segments.all", m.summary.Segments))
			}),
		)
	})
}

func (m *model) readCampaigns(d *desk.Desk) {
	system := m.system(d)
	k := &m.picked
	if k.system == system.ID && (k.reading || k.done) || system.ID == "" {
		return
	}
	*k = picking{system: system.ID, reading: true}
	go func() {
		e, failure := client.Call(system.ID, operation.CampaignsList, "", []byte("{}"))
		d.Later(func() {
			if k.system != system.ID {
				return
			}
			k.reading, k.done, k.failure, k.err = false, true, failure, e.Error
			d.Fail(failure)
			if failure == nil {
				if list, err := ccai.ReadCampaigns(e.Response); err == nil && len(e.Response) > 0 {
					m.campaigns = list
				}
			}
		})
	}()
}

func (p *Page) campaign(m *model) app.UI {
	d := p.Desk
	k := &m.picked
	options := []widget.Option{{Value: "", Label: text.T("lists.campaign.none")}}
	known := m.fixed.Campaign == 0
	for _, c := range m.campaigns {
		known = known || c.ID == m.fixed.Campaign
		options = append(options, widget.Option{Value: strconv.FormatInt(c.ID, 10), Label: campaignName(c)})
	}
	if !known {
		options = append(options, widget.Option{Value: strconv.FormatInt(m.fixed.Campaign, 10), Label: text.T("campaign.unnamed", "id", strconv.FormatInt(m.fixed.Campaign, 10))})
	}
	value := ""
	if m.fixed.Campaign > 0 {
		value = strconv.FormatInt(m.fixed.Campaign, 10)
	}
	way := "file"
	if m.plan.Single {
		way = "single"
	}
	set := func(_ app.Context, v string) {
		id, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil || id < 0 {
			id = 0
		}
		m.fixed.Campaign = id
		delete(m.asks, "present")
		delete(m.leave, "present")
		d.Changed()
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.campaign")),
		slot(k.reading, func() app.UI { return widget.Progress(text.T("campaign.pick.reading"), 0, 0) }),
		slot(k.done && (k.failure != nil || k.err != nil), func() app.UI {
			return app.Div().Class("stack").Body(
				widget.Note("warn", text.T("campaign.pick.failed")),
				&widget.Button{Label: text.T("action.try_again"), Icon: "refresh", Small: true, Disabled: d.Offline, OnClick: func(app.Context) {
					*k = picking{}
					d.Changed()
				}},
				&widget.Input{ID: "campaign-id", Label: text.T("field.campaign_id"), Mode: "numeric", Value: k.typed, Required: true, OnChange: func(ctx app.Context, v string) {
					k.typed = v
					set(ctx, v)
				}},
			)
		}),
		slot(len(m.campaigns) > 0, func() app.UI {
			return &widget.Select{ID: "campaign", Label: text.T("lists.campaign.pick"), Required: true, Value: value, Options: options, OnChange: set}
		}),
		&widget.Choice{ID: "way", Label: text.T("lists.campaign.way"), Value: way, Options: []widget.Option{
			{Value: "file", Label: text.T("lists.campaign.file")}, {Value: "single", Label: text.T("lists.campaign.single")},
		}, OnChange: func(_ app.Context, v string) { m.plan.Single = v == "single"; d.Changed() }},
		app.P().Class("help").Text(text.T("lists.campaign.way.help")),
	)
}

func campaignName(c ccai.Campaign) string {
	id := strconv.FormatInt(c.ID, 10)
	if c.Name == "" {
		return text.T("campaign.unnamed", "id", id)
	}
	return c.Name + " (" + id + ")"
}

func (p *Page) task(m *model) app.UI {
	d := p.Desk
	field := func(id, label string, value *string, help string) app.UI {
		return &widget.Input{ID: id, Label: label, Type: "url", Max: 1000, Value: *value, Help: help, OnChange: func(_ app.Context, v string) { *value = v; m.waitTyping(d) }}
	}
	return app.Div().Class("panel stack").Body(
		app.H3().Text(text.T("lists.task")),
		&widget.Input{ID: "task", Label: text.T("callbot.task"), Value: m.fixed.Task, Required: true, Max: 64, Help: text.T("callbot.task.help"),
			OnChange: func(_ app.Context, v string) { m.fixed.Task = v; m.waitTyping(d) }},
		widget.Note("warn", text.T("callbot.replaces")),
		slot(len(m.plan.Params) > 0, func() app.UI {
			return app.FieldSet().Class("stack").Body(
				app.Legend().Text(text.T("lists.params")),
				app.P().Class("help").Text(text.T("lists.params.help")),
				app.Div().Class("fields").Body(app.Range(m.plan.Params).Slice(func(i int) app.UI {
					return &widget.Input{ID: "param-" + decimal(i), Label: text.T("lists.param.name", "column", heading(m.opened.Columns, m.plan.Params[i].Column)),
						Value: m.plan.Params[i].Name, Required: true, Max: 255, OnChange: func(_ app.Context, v string) {
							m.plan.Params = slices.Clone(m.plan.Params)
							m.plan.Params[i].Name = strings.TrimSpace(v)
							m.waitTyping(d)
						}}
				})),
			)
		}),
		app.Details().Class("fold").Body(
			app.Summary().Text(text.T("callbot.more")),
			app.Div().Class("fields").Body(
				field("order-url", text.T("field.orderCallbackUrl"), &m.fixed.OrderURL, text.T("callbot.order_url.help")),
				field("call-url", text.T("field.callCallbackUrl"), &m.fixed.CallURL, text.T("callbot.call_url.help")),
			),
		),
	)
}

// questions asks, once for each column, about what spreadsheets lose.
func (p *Page) questions(m *model) app.UI {
	all := byColumn(m.questions)
	return app.Div().Class("stack").Body(app.Range(all).Slice(func(i int) app.UI { return p.question(m, all[i]) }))
}

// byColumn puts the questions about one column together.
func byColumn(all []plan.Question) [][]plan.Question {
	var groups [][]plan.Question
	for _, q := range all {
		at := slices.IndexFunc(groups, func(g []plan.Question) bool { return g[0].Column == q.Column })
		if at < 0 {
			groups = append(groups, []plan.Question{q})
		} else {
			groups[at] = append(groups[at], q)
		}
	}
	return groups
}

func (p *Page) question(m *model, all []plan.Question) app.UI {
	column := all[0].Column
	name := heading(m.opened.Columns, column)
	var options []widget.Option
	for _, q := range all {
		options = append(options, widget.Option{Value: string(q.Repair), Label: text.T("lists.question.put_" + string(q.Repair))})
	}
	options = append(options, widget.Option{Value: string(plan.AsIs), Label: text.T("lists.question.as_is")})
	return app.Div().Class("panel stack").Body(
		app.Range(all).Slice(func(i int) app.UI {
			q := all[i]
			return app.Div().Class("stack").Body(
				app.H3().Text(text.N("lists.question."+string(q.Repair), q.Rows, "column", name)),
				app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("lists.question.rows", "column", name)).Body(
					app.Table().Class("table is-brief").Body(
						app.THead().Body(app.Tr().Body(
							app.Th().Scope("col").Text(text.T("lists.question.before")),
							app.Th().Scope("col").Text(text.T("lists.question.after")),
						)),
						app.TBody().Body(app.Range(q.Before).Slice(func(n int) app.UI {
							after := ""
							if n < len(q.After) {
								after = q.After[n]
							}
							return app.Tr().Body(app.Td().Class("digits").Text(q.Before[n]), app.Td().Class("digits").Text(after))
						})),
					),
				),
			)
		}),
		&widget.Choice{ID: "repair-" + decimal(column), Label: text.T("lists.question.ask", "column", name), Value: string(m.plan.Repair[column]), Options: options,
			OnChange: func(_ app.Context, v string) {
				repair := maps.Clone(m.plan.Repair)
				repair[column] = plan.Repair(v)
				m.plan.Repair = repair
				m.asks = map[string]*asking{}
				p.Desk.Changed()
			}},
	)
}

// mappingLine tells of a mapping that was found again, and offers the others.
func (p *Page) mappingLine(m *model) app.UI {
	d := p.Desk
	options := []widget.Option{{Value: "", Label: text.T("lists.mapping.none")}}
	for i, k := range m.mappings {
		if k.fits(m.op, m.opened.Columns) {
			options = append(options, widget.Option{Value: decimal(i + 1), Label: k.Name})
		}
	}
	value := ""
	for i, k := range m.mappings {
		if k.Name == m.mapped && k.Operation == m.op && m.mapped != "" {
			value = decimal(i + 1)
		}
	}
	return slot(len(options) > 1, func() app.UI {
		return app.Div().Class("panel mapping-line").Body(
			&widget.Select{ID: "mapping", Label: text.T("lists.mapping"), Required: true, Value: value, Options: options, Help: text.T("lists.mapping.help"), OnChange: func(_ app.Context, v string) {
				if n := whole(v); n > 0 && n <= len(m.mappings) {
					k := m.mappings[n-1]
					k.apply(&m.plan, m.opened.Columns)
					m.mapped = k.Name
				} else {
					m.plan.Phones, m.plan.RegionColumn, m.plan.Fields, m.plan.Params = m.opened.Guess.Phones, m.opened.Guess.RegionColumn, m.opened.Guess.Fields, m.opened.Guess.Params
					m.mapped = ""
				}
				m.plan.Repair = map[int]plan.Repair{}
				m.asks = map[string]*asking{}
				d.Changed()
			}},
			app.If(m.mapped != "", func() app.UI {
				return &widget.Button{Label: text.T("lists.mapping.forget"), Icon: "trash", Kind: "quiet", Small: true, OnClick: func(app.Context) {
					for _, k := range m.mappings {
						if k.Name == m.mapped && k.Operation == m.op {
							m.mappings = without(m.mappings, k)
							break
						}
					}
					store(m.mappings)
					d.Say(text.T("lists.mapping.forgotten", "name", m.mapped))
					m.mapped = ""
					d.Changed()
				}}
			}),
		)
	})
}

// keepMapping keeps what the columns are under a name.
func (p *Page) keepMapping(m *model) app.UI {
	d := p.Desk
	keep := func(app.Context) {
		k, ok := remember(m.saveAs, m.plan, m.opened.Columns)
		k.Operation = m.op
		if ok {
			m.mappings = kept(stored(), k)
			ok = store(m.mappings)
		}
		if !ok {
			d.Tell("bad", text.T("lists.mapping.not_kept"))
			return
		}
		m.mapped, m.saveAs = k.Name, ""
		d.Say(text.T("lists.mapping.kept", "name", k.Name))
		d.Changed()
	}
	return app.Details().Class("fold").Body(
		app.Summary().Text(text.T("lists.mapping.keep")),
		app.Div().Class("panel stack").Body(
			&widget.Input{ID: "mapping-name", Label: text.T("lists.mapping.name"), Value: m.saveAs, Required: true, Max: 80, Help: text.T("lists.mapping.privacy"),
				OnChange: func(_ app.Context, v string) { m.saveAs = v; d.Changed() }, OnEnter: keep},
			app.Div().Class("actions").Body(&widget.Button{Label: text.T("lists.mapping.keep.do"), Disabled: blank(m.saveAs), OnClick: keep}),
		),
	)
}
