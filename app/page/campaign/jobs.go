package campaign

import (
	"slices"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// keptJobs is how many jobs the tab remembers.
const keptJobs = 10

// fillJob writes into the field of the job's id what an import's answer named;
// 0 empties it, for an earlier job is not that of this import.
func (m *model) fillJob(campaign, id int64) {
	if m.campaign == campaign {
		m.jobID, m.jobTyped, m.jobWrong = writeID(id), false, false
	}
}

// refillJob has the field hold the last job of the campaign that was chosen; a
// job of another is none of its own. What was typed stays.
func (m *model) refillJob() {
	if m.jobTyped {
		return
	}
	m.jobID, m.jobWrong = "", false
	for _, j := range m.jobs {
		if j.campaign == m.campaign {
			m.jobID = writeID(j.id)
			return
		}
	}
}

// start follows a job: one at a time, the newest first among those remembered.
func (p *Page) start(m *model, campaign, id int64) {
	if m.followed != nil {
		m.followed.on = false
		m.followed.round++
	}
	at := slices.IndexFunc(m.jobs, func(j *job) bool { return j.campaign == campaign && j.id == id })
	j := &job{campaign: campaign, id: id}
	if at >= 0 {
		j = m.jobs[at]
		m.jobs = slices.Delete(m.jobs, at, at+1)
	}
	m.jobs = append([]*job{j}, m.jobs[:min(len(m.jobs), keptJobs-1)]...)
	j.name = p.nameOf(campaign)
	j.on, j.late, j.asked, j.since = true, false, 0, time.Now()
	m.followed = j
	p.ask(j)
	p.Desk.Changed()
}

// ask asks how far the job has come, again and again until it ends, the person
// stops it or the page is left. While nobody can see it, nothing is asked.
func (p *Page) ask(j *job) {
	m, d, system := p.model(), p.Desk, p.system()
	j.round++
	round := j.round
	body := call(map[string]int64{"campaign_id": j.campaign, "job_id": j.id})
	var next func(time.Duration)
	once := func() {
		e, failure := client.Call(system.ID, operation.ContactsJob, "", body)
		d.Later(func() {
			if j.round != round {
				return
			}
			j.take(e, failure, time.Now())
			d.Fail(failure)
			if j.on {
				next(pause(j.asked))
				return
			}
			d.Say(jobLine(j))
			if s := m.load.sent; s != nil && s.job == j.id && s.campaign == j.campaign && ended(j.last) {
				p.reconciled(m, s)
			}
		})
	}
	next = func(after time.Duration) {
		go func() {
			time.Sleep(after)
			d.Later(func() {
				switch {
				case j.round != round:
				case hidden() || d.Offline:
					next(after)
				default:
					go once()
				}
			})
		}()
	}
	go once()
}

func hidden() bool {
	return app.Window().Get("document").Get("visibilityState").String() != "visible"
}

// jobLine says in a sentence how a job stands.
func jobLine(j *job) string {
	id := strconv.FormatInt(j.id, 10)
	switch {
	case j.failure != nil && !j.failure.Lost:
		return text.T("campaign.job.unread", "id", id)
	case j.failure == nil && j.err != nil:
		return text.T("campaign.job.unread", "id", id)
	case j.last.Status == "":
		return text.T("campaign.job.asking", "id", id)
	}
	return text.T("campaign.job.line", "id", id, "status", openWord("campaign.job.status.", j.last.Status))
}

func (p *Page) stopFollowing(app.Context) {
	if j := p.model().followed; j != nil {
		j.on = false
		j.round++
		p.Desk.Say(text.T("campaign.job.stopped"))
		p.Desk.Changed()
	}
}

// jobCard shows how far a job has come.
func (p *Page) jobCard(j *job) app.UI {
	m := p.model()
	return app.Div().Class("panel job-card").Body(
		app.Div().Class("job-head").Body(
			app.H3().Text(text.T("campaign.job.name", "id", strconv.FormatInt(j.id, 10))),
			widget.Tag(jobKind(j), jobWord(j)),
			app.Span().Class("fine-print").Text(text.T("campaign.ask.campaign", "name", j.name, "id", strconv.FormatInt(j.campaign, 10))),
		),
		slot(j.on, func() app.UI {
			return app.Div().Class("stack").Body(
				app.Progress().Aria("label", text.T("campaign.job.following")),
				app.P().Class("fine-print").Text(text.T("campaign.job.following.help")),
			)
		}),
		slot(!j.at.IsZero(), func() app.UI {
			return app.P().Class("fine-print").Text(text.N("campaign.job.asked", j.asked, "time", text.Clock(j.at)))
		}),
		slot(j.on && j.failure != nil, func() app.UI { return widget.Note("warn", text.T("campaign.job.lost")) }),
		slot(!j.on && (j.failure != nil || j.err != nil), func() app.UI {
			return app.Div().Class("stack").Body(widget.Note("bad", jobLine(j)), p.trouble(j.failure, j.err))
		}),
		slot(j.late && !j.on, func() app.UI { return widget.Note("warn", text.T("campaign.job.late")) }),
		slot(j.last.Failed(), func() app.UI { return p.jobFailure(j) }),
		slot(!j.on && ended(j.last) && !j.last.Failed() && j.failure == nil && j.err == nil, func() app.UI { return widget.Note(jobKind(j), text.T("campaign.job.done")) }),
		app.Div().Class("actions").Body(
			app.If(j.on, func() app.UI {
				return &widget.Button{Label: text.T("campaign.job.stop"), Icon: "stop", Small: true, OnClick: p.stopFollowing}
			}),
			app.If(!j.on, func() app.UI {
				return &widget.Button{Label: text.T("campaign.job.follow_again"), Icon: "play", Small: true, Disabled: p.Desk.Offline,
					OnClick: func(app.Context) { p.start(m, j.campaign, j.id) }}
			}),
			app.If(!j.on && j.campaign == m.campaign, func() app.UI {
				return &widget.Button{Label: text.T("campaign.show_contacts"), Icon: "people", Small: true, OnClick: func(ctx app.Context) {
					p.read(nil)
					p.show(ctx, atContacts)
				}}
			}),
		),
	)
}

func jobKind(j *job) string {
	switch {
	case j.last.Failed() || !j.on && (j.failure != nil || j.err != nil):
		return "bad"
	case j.last.Done():
		return "good"
	case ended(j.last) || j.late:
		return "warn"
	}
	return "info"
}

func jobWord(j *job) string {
	if j.last.Status == "" {
		return text.T("campaign.job.not_yet")
	}
	return openWord("campaign.job.status.", j.last.Status)
}

// jobFailure explains why the job failed; a job that failed may have taken in
// some rows, which nobody documents.
func (p *Page) jobFailure(j *job) app.UI {
	words := j.last.ErrorMessage
	if j.last.ErrorDetails != "" {
		if words != "" {
			words += " – "
		}
		words += j.last.ErrorDetails
	}
	return app.Div().Class("stack").Body(
		task.Why(&wire.Error{Code: j.last.Code(), Message: words}),
		widget.Note("info", text.T("campaign.job.failed.partly")),
	)
}

func (p *Page) following() app.UI {
	m := p.model()
	return app.Div().Class("stack job-view").Body(
		app.H2().Text(text.T("campaign.job.title")),
		app.P().Class("lead").Text(text.T("campaign.job.lead")),
		app.Div().Class("panel").Body(p.jobForm()),
		slot(m.followed != nil, func() app.UI { return p.jobCard(m.followed) }),
		slot(len(m.jobs) == 0, func() app.UI {
			return widget.Empty("clock", text.T("campaign.job.none"), text.T("campaign.job.none.next"))
		}),
		slot(len(m.jobs) > 0, func() app.UI { return p.jobTable(m) }),
	)
}

func (p *Page) jobTable(m *model) app.UI {
	return app.Div().Class("stack").Body(
		app.H3().Text(text.T("campaign.job.recent")),
		app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("campaign.job.recent")).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("field.job_id")),
					app.Th().Scope("col").Text(text.T("field.campaign_id")),
					app.Th().Scope("col").Text(text.T("campaign.job.status")),
					app.Th().Scope("col").Text(text.T("campaign.job.asked_at")),
					app.Th().Scope("col").Text(text.T("campaign.contacts.actions")),
				)),
				app.TBody().Body(app.Range(m.jobs).Slice(func(i int) app.UI {
					j := m.jobs[i]
					at := "–"
					if !j.at.IsZero() {
						at = text.Clock(j.at)
					}
					return app.Tr().Body(
						app.Th().Scope("row").Class("digits").Text(strconv.FormatInt(j.id, 10)),
						app.Td().Text(j.name),
						app.Td().Body(widget.Tag(jobKind(j), jobWord(j))),
						app.Td().Class("digits").Text(at),
						app.Td().Body(&widget.Button{Label: text.T("campaign.job.follow_n", "id", strconv.FormatInt(j.id, 10)), Icon: "play", Small: true, Kind: "quiet",
							Disabled: j.on || p.Desk.Offline, OnClick: func(app.Context) { p.start(m, j.campaign, j.id) }}),
					)
				})),
			),
		),
	)
}

// jobForm takes the id of a job by hand.
func (p *Page) jobForm() app.UI {
	return &jobForm{Page: p, Turn: p.Turn}
}

// jobForm is not an HTML form: it stands inside that of a task, too.
type jobForm struct {
	app.Compo

	Page *Page
	Turn int
}

func (f *jobForm) follow(ctx app.Context) {
	p := f.Page
	m := p.model()
	id, ok := readID(m.jobID)
	m.jobWrong = !ok
	if !ok {
		p.Desk.Say(text.T("problem.id"))
		p.Desk.Changed()
		p.focusOn("job-id")
		return
	}
	if s := m.load.sent; s != nil && s.job == 0 && s.campaign == m.campaign {
		s.job, s.named = id, strconv.FormatInt(id, 10) // the person named what the answer did not
	}
	p.start(m, m.campaign, id)
}

func (f *jobForm) typed(_ app.Context, v string) {
	m := f.Page.model()
	m.jobID, m.jobTyped, m.jobWrong = v, v != "", false
	f.Page.Desk.Changed()
}

func (f *jobForm) Render() app.UI {
	m := f.Page.model()
	return app.Div().Class("job-form").Body(
		&widget.Input{ID: "job-id", Label: text.T("field.job_id"), Mode: "numeric", Value: m.jobID, Required: true, Help: text.T("campaign.job.where"),
			Problem: wrongID(m.jobWrong), OnChange: f.typed, OnEnter: f.follow},
		app.Div().Class("actions").Body(&widget.Button{ID: "follow-job", Label: text.T("campaign.job.follow"), Icon: "play", Disabled: f.Page.Desk.Offline, OnClick: f.follow}),
	)
}
