package ledger

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// checkedAtMost is how many numbers are checked one by one.
const checkedAtMost = 20

// listedAtMost is how many of the numbers looked for are listed.
const listedAtMost = 20

// settling guides to an outcome that is not known: why it is not, what can be
// read, and the person's finding.
func (p *Page) settling(m *model, o *detail, e wire.Entry) app.UI {
	if !unsettled(e) || e.State != wire.Finished {
		return app.Div().Class("settling-slot")
	}
	return app.Section().Class("panel settling").ID("settling").Aria("labelledby", "settling-title").Body(
		app.H2().ID("settling-title").Text(text.T("ledger.settle")),
		app.P().Text(text.T("ledger.settle.why")),
		app.H3().Text(text.T("ledger.settle.look")),
		app.P().Text(text.T("ledger.settle.how."+string(e.Operation))),
		p.reads(m, o, e),
		app.H3().Text(text.T("ledger.settle.say")),
		&widget.Choice{ID: "finding", Label: text.T("ledger.settle.finding"), Value: string(o.Verdict),
			Options: []widget.Option{
				{Value: string(wire.Accepted), Label: text.T("ledger.settled.accepted")},
				{Value: string(wire.Refused), Label: text.T("ledger.settled.refused")},
			},
			OnChange: func(_ app.Context, v string) { o.Verdict = wire.Outcome(v); p.Desk.Changed() }},
		otherwise(o),
		app.If(o.Tried && o.Verdict == "", func() app.UI {
			return app.P().Class("problem").Role("alert").Body(widget.Icon("alert"), app.Span().Text(text.T("ledger.settle.choose")))
		}),
		&widget.Input{ID: "settle-note", Label: text.T("ledger.settle.note"), Value: o.Note, Lines: 2, Max: o.noteRoom(), Required: true,
			Help: text.T("ledger.settle.note.help"), Problem: noteProblem(o),
			OnChange: func(_ app.Context, v string) { o.Note = v; p.Desk.Changed() }},
		keptLine(o),
		app.If(o.Refused != nil, func() app.UI { return task.Failure(o.Refused, p.settle) }),
		app.Div().Class("actions").Body(
			&widget.Button{ID: "settle", Kind: "main", Label: text.T("ledger.settle.do"), Icon: "check", Disabled: o.Sending || p.Desk.Offline, OnClick: p.settle},
			app.If(p.Desk.Offline, func() app.UI { return app.P().Class("why").Text(text.T("task.offline")) }),
		),
		app.P().Class("fine-print").Text(text.T("ledger.settle.once")),
	)
}

// otherwise warns of a finding that what was read contradicts.
func otherwise(o *detail) app.UI {
	r := o.reading()
	var lines []string
	if n := r.against(o.Verdict); n > 0 {
		lines = append(lines, text.N("ledger.against", r.total(), "against", text.Number(n)))
	}
	if o.jobAgainst(o.Verdict) {
		_, line := jobWords(*o.Job)
		lines = append(lines, text.T("ledger.against.job", "line", line))
	}
	if len(lines) == 0 {
		return app.Div().Class("against-slot")
	}
	return app.Div().Class("against-slot").Role("alert").Body(widget.Note("warn", strings.Join(lines, " ")))
}

// keptLine shows what is put in front of the note.
func keptLine(o *detail) app.UI {
	if o.kept() == "" {
		return app.Div().Class("kept-slot")
	}
	return app.Div().Class("kept-slot").Body(
		app.P().Class("help").Body(app.Text(text.T("ledger.checked.kept")+" "), app.Strong().Text(o.kept())),
	)
}

func noteProblem(o *detail) string {
	if o.Tried && strings.TrimSpace(o.Note) == "" {
		return text.T("problem.required")
	}
	return ""
}

func (p *Page) settle(ctx app.Context) {
	m := of(p.Desk)
	o := m.Open
	if o == nil || o.Sending {
		return
	}
	o.Tried = true
	switch {
	case o.Verdict == "":
		p.Desk.Say(text.T("ledger.settle.choose"))
		ctx.Defer(func(app.Context) { focus("finding-" + string(wire.Accepted)) })
	case strings.TrimSpace(o.Note) == "":
		p.Desk.Say(text.T("problem.required"))
		ctx.Defer(func(app.Context) { focus("settle-note") })
	default:
		m.settle(p.Desk, o)
	}
	p.Desk.Changed()
}

func focus(id string) {
	if e := app.Window().Get("document").Call("getElementById", id); e.Truthy() {
		e.Call("focus")
	}
}

// reads offers what can be read about the operation, and shows what it said.
func (p *Page) reads(m *model, o *detail, e wire.Entry) app.UI {
	d := p.Desk
	if d.Named(e.System).Kind == "" {
		return app.Div().Class("reads").Body(widget.Note("warn", text.T("ledger.again.no_system")))
	}
	s := o.subject
	busy := o.Reading != "" || d.Offline
	switch e.Operation {
	case operation.DNCAdd, operation.DNCRemove:
		return app.Div().Class("reads").Body(
			app.Div().Class("actions").Body(
				&widget.Button{ID: "read-dnc", Icon: "search", Label: text.N("ledger.read.dnc", min(len(s.Numbers), checkedAtMost)), Disabled: busy || len(s.Numbers) == 0,
					OnClick: func(app.Context) { readDNC(d, o, e.System, s.Numbers) }},
			),
			app.If(len(s.Numbers) > checkedAtMost, func() app.UI {
				return app.P().Class("help").Text(text.T("ledger.read.dnc.cap", "n", text.Number(checkedAtMost), "total", text.Number(len(s.Numbers))))
			}),
			readProgress(o),
			checksTable(o.Checks, e.Operation),
		)
	case operation.ContactsAdd, operation.ContactsImport, operation.ContactUpdate, operation.ContactDelete:
		return app.Div().Class("reads").Body(
			app.Div().Class("actions").Body(
				&widget.Button{ID: "read-contacts", Icon: "search", Label: text.T("ledger.read.contacts", "campaign", strconv.FormatInt(s.Campaign, 10)), Disabled: busy || s.Campaign == 0,
					OnClick: func(app.Context) { readContacts(d, o, e, s) }},
			),
			app.If(e.Operation == operation.ContactsImport, func() app.UI { return p.jobField(o, e, s, busy) }),
			readProgress(o),
			readFailed(o),
			jobLine(o),
			app.If(o.Read, func() app.UI { return contactsFound(o, e, s) }),
		)
	}
	return app.Div().Class("reads").Body(widget.Note("info", text.T("ledger.read.none")))
}

func readProgress(o *detail) app.UI {
	if o.Reading == "" {
		return app.Div().Class("progress-slot")
	}
	return app.Div().Class("progress-slot").Body(widget.Progress(o.Reading, o.Done, o.Total))
}

func readFailed(o *detail) app.UI {
	if o.ReadFail != nil {
		return app.Div().Class("failure-slot").Body(task.ReadFailure(o.ReadFail, nil))
	}
	if o.ReadErr != nil {
		return app.Div().Class("failure-slot").Role("alert").Body(task.Why(o.ReadErr))
	}
	return app.Div().Class("failure-slot")
}

// ask makes a read. The failure or the error says why there is nothing to read.
func ask(system string, op operation.Name, in any) (wire.Envelope, *client.Failure, *wire.Error) {
	body, err := json.Marshal(in)
	if err != nil {
		return wire.Envelope{}, nil, &wire.Error{Code: "other", Message: err.Error()}
	}
	e, failure := client.Call(system, op, "", body)
	if failure != nil {
		return e, failure, nil
	}
	if !e.Outcome.Done() {
		why := e.Error
		if why == nil {
			why = &wire.Error{Code: "other"}
		}
		return e, nil, why
	}
	return e, nil, nil
}

// readDNC checks the numbers one after another, as the throttle lets them.
func readDNC(d *desk.Desk, o *detail, system string, numbers []string) {
	numbers = numbers[:min(len(numbers), checkedAtMost)]
	o.Checks, o.Done, o.Total, o.Reading = nil, 0, len(numbers), text.T("ledger.reading")
	d.Changed()
	go func() {
		for _, number := range numbers {
			c := check{Number: number}
			envelope, failure, why := ask(system, operation.DNCCheck, ccai.DNCCheck{PhoneNumber: number})
			c.Failure, c.Error = failure, why
			if failure == nil && why == nil {
				read, err := ccai.ReadCheck(envelope.Response)
				c.Check, c.Unread = read, err != nil
			}
			d.Later(func() {
				d.Fail(failure)
				o.Checks = append(o.Checks, c)
				if o.Done++; o.Done == o.Total {
					o.Reading = ""
					d.Say(text.T("ledger.read_done"))
				}
			})
		}
	}()
}

// says is what a check means, in words, with the kind of its tag.
func (c check) says() (kind, words string) {
	switch {
	case c.Failure != nil:
		return "warn", task.FailureTitle(c.Failure)
	case c.Error != nil:
		return "warn", task.ErrorTitle(c.Error.Code)
	case c.Unread || c.Check.DoNotCall == nil:
		return "warn", text.T("ledger.check.unclear")
	case !c.Check.Listed():
		return "info", text.T("ledger.check.free")
	case c.Check.ExpiresAt != nil:
		return "info", text.T("ledger.check.until", "date", text.Time(*c.Check.ExpiresAt))
	case c.Check.Expiry != "":
		return "info", text.T("ledger.check.until", "date", c.Check.Expiry)
	}
	return "info", text.T("ledger.check.listed")
}

// agrees tells whether a check is as it would be if the call had happened;
// known is false when the check does not tell.
func (c check) agrees(op operation.Name) (agrees, known bool) {
	if c.Failure != nil || c.Error != nil || c.Unread || c.Check.DoNotCall == nil {
		return false, false
	}
	return c.Check.Listed() == (op == operation.DNCAdd), true
}

func checksTable(checks []check, op operation.Name) app.UI {
	if len(checks) == 0 {
		return app.Div().Class("checks-slot")
	}
	return app.Div().Class("checks-slot").Body(
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("ledger.checks")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.number")),
					app.Th().Scope("col").Text(text.T("ledger.checks.now")),
					app.Th().Scope("col").Text(text.T("ledger.checks.fits")),
				)),
				app.TBody().Body(app.Range(checks).Slice(func(i int) app.UI {
					kind, words := checks[i].says()
					return app.Tr().Body(
						app.Td().Class("digits").Text(checks[i].Number),
						app.Td().Body(widget.Tag(kind, words)),
						app.Td().Text(fits(checks[i].agrees(op))),
					)
				})),
			),
		),
		app.P().Class("help").Text(text.T("ledger.checks.mind")),
	)
}

func fits(agrees, known bool) string {
	switch {
	case !known:
		return text.T("ledger.fits.open")
	case agrees:
		return text.T("ledger.fits.yes")
	}
	return text.T("ledger.fits.no")
}

func readContacts(d *desk.Desk, o *detail, e wire.Entry, s subject) {
	o.Reading, o.Done, o.Total, o.Read, o.ReadFail, o.ReadErr = text.T("ledger.reading"), 0, 0, false, nil, nil
	d.Changed()
	go func() {
		envelope, failure, why := ask(e.System, operation.ContactsList, ccai.ContactsList{CampaignID: s.Campaign})
		var all []ccai.ListedContact
		if failure == nil && why == nil {
			list, err := ccai.ReadContacts(envelope.Response)
			if err != nil {
				why = &wire.Error{Code: ccai.CodeUnreadable}
			}
			all = list
		}
		d.Later(func() {
			d.Fail(failure)
			o.Reading, o.ReadFail, o.ReadErr = "", failure, why
			if failure == nil && why == nil {
				o.Read, o.Listed, o.Contacts = true, len(all), look(e.Operation, s, all)
			}
			d.Say(text.T("ledger.read_done"))
		})
	}()
}

func contactsFound(o *detail, e wire.Entry, s subject) app.UI {
	there := present(o.Contacts)
	if e.Operation == operation.ContactUpdate && there == 1 {
		return changesTable(changes(s.Contact, *o.Contacts[0].Contact))
	}
	shown := o.Contacts[:min(len(o.Contacts), listedAtMost)]
	return app.Div().Class("checks-slot").Body(
		app.P().Class("why").Text(text.T("ledger.contacts.there", "n", text.Number(there), "of", text.Number(len(o.Contacts)), "all", text.Number(o.Listed))),
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("ledger.contacts")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("ledger.contacts.sought")),
					app.Th().Scope("col").Text(text.T("ledger.checks.now")),
					app.Th().Scope("col").Text(text.T("field.name")),
					app.Th().Scope("col").Text(text.T("ledger.contacts.status")),
				)),
				app.TBody().Body(app.Range(shown).Slice(func(i int) app.UI {
					f := shown[i]
					if f.Contact == nil {
						return app.Tr().Body(app.Td().Class("digits").Text(f.What), app.Td().Body(widget.Tag("warn", text.T("ledger.contacts.absent"))), app.Td().Text("–"), app.Td().Text("–"))
					}
					return app.Tr().Body(app.Td().Class("digits").Text(f.What), app.Td().Body(widget.Tag("info", text.T("ledger.contacts.present"))),
						app.Td().Text(f.Contact.Name), app.Td().Text(statusText(f.Contact.Status)))
				})),
			),
		),
		app.If(len(o.Contacts) > len(shown), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("ledger.more", len(o.Contacts)-len(shown)))
		}),
	)
}

func statusText(status string) string {
	if s, ok := ccai.LookupStatus(status); ok && text.Has(s.Key) {
		return text.T(s.Key)
	}
	return status
}

func changesTable(all []change) app.UI {
	return app.Div().Class("checks-slot").Body(
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("ledger.contacts")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("ledger.changes.field")),
					app.Th().Scope("col").Text(text.T("ledger.changes.want")),
					app.Th().Scope("col").Text(text.T("ledger.changes.have")),
					app.Th().Scope("col").Text(text.T("ledger.checks.fits")),
				)),
				app.TBody().Body(app.Range(all).Slice(func(i int) app.UI {
					c := all[i]
					return app.Tr().Body(app.Td().Text(task.FieldName(c.Field)), app.Td().Text(c.Want), app.Td().Text(c.Have), app.Td().Text(fits(c.Same, true)))
				})),
			),
		),
	)
}

// jobField asks for an import's job by its id, which the answer may not have named.
func (p *Page) jobField(o *detail, e wire.Entry, s subject, busy bool) app.UI {
	d := p.Desk
	id, err := strconv.ParseInt(strings.TrimSpace(o.JobID), 10, 64)
	known := err == nil && id > 0
	return app.Div().Class("job-field").Body(
		&widget.Input{ID: "settle-job", Label: text.T("field.job_id"), Value: o.JobID, Mode: "numeric", Help: text.T("ledger.job.help"),
			OnChange: func(_ app.Context, v string) { o.JobID = v; d.Changed() }},
		app.Div().Class("actions").Body(
			&widget.Button{ID: "read-job", Label: text.T("ledger.read.job"), Icon: "search", Disabled: busy || !known, OnClick: func(app.Context) { readJob(d, o, e.System, s.Campaign, id) }},
		),
	)
}

func readJob(d *desk.Desk, o *detail, system string, campaign, id int64) {
	o.Reading, o.Done, o.Total, o.Job, o.ReadFail, o.ReadErr = text.T("ledger.reading"), 0, 0, nil, nil, nil
	d.Changed()
	go func() {
		envelope, failure, why := ask(system, operation.ContactsJob, ccai.ContactsJob{CampaignID: campaign, JobID: id})
		var job ccai.Job
		if failure == nil && why == nil {
			read, err := ccai.ReadJob(envelope.Response)
			if err != nil {
				why = &wire.Error{Code: ccai.CodeUnreadable}
			}
			job = read
		}
		d.Later(func() {
			d.Fail(failure)
			o.Reading, o.ReadFail, o.ReadErr = "", failure, why
			if failure == nil && why == nil {
				o.Job = &job
			}
			d.Say(text.T("ledger.read_done"))
		})
	}()
}

func jobLine(o *detail) app.UI {
	if o.Job == nil {
		return app.Div().Class("job-slot")
	}
	return app.Div().Class("job-slot").Body(widget.Note(jobWords(*o.Job)))
}

// jobWords is what a job's state means, with the kind of its note.
func jobWords(job ccai.Job) (kind, line string) {
	kind, key := "info", "ledger.job.open"
	switch {
	case job.Done():
		kind, key = "good", "ledger.job.done"
	case job.Failed():
		kind, key = "bad", "ledger.job.failed"
	}
	line = text.T(key, "status", job.Status)
	if code := job.Code(); code != "" {
		line += " " + task.ErrorTitle(code)
	}
	return kind, line
}
