package campaign

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/judge"
	"outdial/app/judge/question"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// template is a file to start from: the five fields, of which only the phone
// number has to be there.
const template = `[
  {
    "name": "Bob Smith",
    "email": "bob@example.com",
    "phone_number": "+14155550100",
    "outbound_number": "+16285550199",
    "external_unique_id": "UID_0001"
  },
  {
    "phone_number": "+14155550101"
  }
]
`

// shownRows is how many rows of a file stand on one page of a table.
const shownRows = 25

// importing is a file on its way into the campaign. Its counts always add up:
// the file's rows are those that go, those left out for a reason of their own,
// and those left out because the campaign holds their number already.
type importing struct {
	task    *task.State
	file    app.Value // until it has been judged
	name    string
	reading bool
	round   int
	failed  string // a code of package list

	check    *question.FileCheck
	rows     []json.RawMessage // ready
	numbers  []string          // of the ready rows, in E.164; nil until known
	there    []int             // ready rows whose number the campaign holds
	compared time.Time         // zero: not compared yet
	short    bool              // compared with a part of the contacts only, or not at all
	leave    bool              // those that are there are left out

	contacts string // the rows that go, as JSON
	going    int
	note     string // as typed
	settled  string // as it stands in the request
	typing   int
	body     string // built of bodyOf
	bodyOf   [3]string
	outPage  int

	asked []leaving // what may be on its way
	sent  *sending
}

// leaving is what was asked about: while it is on its way, other rows may be
// chosen to go.
type leaving struct {
	body    string
	rows    int
	numbers []string
}

// sending is an import that was accepted, to be compared with what arrives.
type sending struct {
	campaign int64
	rows     int
	numbers  []string // of the rows, as far as the worker named them
	job      int64    // 0: the answer did not name it
	named    string
	compared time.Time
	missing  []string
	reading  bool
	unread   bool // the contacts could not be read, or not all
}

func newImporting() *importing { return &importing{task: &task.State{}, leave: true} }

// fill writes the rows that go.
func (im *importing) fill() {
	rows := im.rows
	if im.leave {
		rows = without(rows, im.there)
	}
	im.going = len(rows)
	im.contacts = joined(rows)
}

// joined writes rows that are JSON already as a list.
func joined(rows []json.RawMessage) string {
	var list strings.Builder
	list.WriteByte('[')
	for i, row := range rows {
		if i > 0 {
			list.WriteByte(',')
		}
		list.Write(row)
	}
	list.WriteByte(']')
	return list.String()
}

// goingNumbers are the numbers of the rows that go.
func (im *importing) goingNumbers() []string {
	if im.leave {
		return without(im.numbers, im.there)
	}
	return im.numbers
}

// ask notes what goes with the request as it stands.
func (im *importing) ask(campaign int64) {
	im.asked = append(im.asked, leaving{im.request(campaign), im.going, im.goingNumbers()})
}

// left is what went with a request that was asked about.
func (im *importing) left(body string) leaving {
	for _, l := range slices.Backward(im.asked) {
		if l.body == body {
			return l
		}
	}
	return leaving{body, im.going, im.goingNumbers()}
}

// request is the body as it is posted.
func (im *importing) request(campaign int64) string {
	of := [3]string{strconv.FormatInt(campaign, 10), im.contacts, im.settled}
	if im.body == "" || of != im.bodyOf {
		body, err := importBody(campaign, im.contacts, im.settled)
		if err != nil {
			body = "{}" // cannot be: a text is always JSON
		}
		im.body, im.bodyOf = body, of
	}
	return im.body
}

// take starts over with a file.
func (p *Page) take(_ app.Context, file app.Value) {
	m := p.model()
	before := m.load
	im := newImporting()
	im.note, im.settled = before.note, before.settled
	if !before.task.Busy() && before.task.Answer == nil {
		im.task = before.task // the same form goes on, and keeps the focus
	}
	m.load = im
	im.name = file.Get("name").String()
	if most := p.Desk.Session.Limits.BodyBytes; most > 0 && int64(file.Get("size").Float()) > most {
		im.failed = list.ErrTooLarge.Error()
		p.Desk.Say(text.T("campaign.file.too_large"))
		p.Desk.Changed()
		return
	}
	p.judge(file)
}

// judge has the worker read the file.
func (p *Page) judge(file app.Value) {
	m := p.model()
	im := m.load
	im.file, im.reading = file, true
	im.round++
	round := im.round
	limits := p.Desk.Session.Limits
	base, err := importBody(m.campaign, "", "")
	if err != nil {
		return // cannot be: a text is always JSON
	}
	p.Desk.Worker.File(p.ctx, question.FileQuestion{
		Question: judge.Ask(operation.ContactsImport, p.system(), limits, []byte(base)),
		MaxBytes: limits.BodyBytes,
	}, file, func(_ app.Context, c question.FileCheck) {
		if im.round != round {
			return
		}
		im.reading, im.file, im.failed = false, nil, c.Failed
		if c.Failed == "" {
			im.check, im.rows = &c, c.Rows
			im.fill()
		}
		if im.failed != "" {
			p.Desk.Say(fileTrouble(im.failed))
		} else {
			p.Desk.Say(text.T("campaign.import.counts", "total", text.Number(c.Total), "ready", text.Number(c.Ready), "left", text.Number(c.LeftOut)))
			p.number()
		}
		p.Desk.Changed()
	})
	p.Desk.Changed()
}

// number asks the worker for the numbers of the ready rows, then compares them
// with the campaign.
func (p *Page) number() {
	m := p.model()
	im := m.load
	if len(im.rows) == 0 {
		return
	}
	round := im.round
	q := judge.Ask(operation.ContactsImport, p.system(), wire.Limits{}, []byte(im.request(m.campaign)))
	q.Brief = true
	p.Desk.Worker.Check(p.ctx, q, func(_ app.Context, c question.Check) {
		if im.round != round {
			return
		}
		im.numbers = importNumbers(c, len(im.rows))
		p.compare(m, im, nil)
	})
}

// compare reads the campaign's contacts and finds the rows that are there
// already. then may be nil.
func (p *Page) compare(m *model, im *importing, then func()) {
	c := m.contacts
	if p.model() != m {
		return
	}
	p.read(func() {
		if !p.still(m, c) || m.load != im {
			return
		}
		im.short = !c.whole()
		im.there = nil
		if !c.at.IsZero() && im.numbers != nil {
			im.there = overlap(im.numbers, c.list)
			im.compared = c.at
		}
		im.fill()
		if len(im.there) > 0 && then == nil {
			p.Desk.Say(text.N("campaign.import.there", len(im.there)))
		}
		if then != nil {
			then()
		}
		p.Desk.Changed()
	})
	p.Desk.Changed()
}

func (p *Page) importing() app.UI {
	title := app.H2().Text(text.T("campaign.import.title"))
	if !p.Desk.Allows(operation.ContactsImport) {
		return app.Div().Class("stack").Body(title, p.barred(operation.ContactsImport), p.format())
	}
	m := p.model()
	im, c := m.load, m.contacts
	t := im.task // another campaign has another
	return app.Div().Class("stack").Body(
		title,
		app.P().Class("lead").Text(text.T("campaign.import.lead")),
		&task.Panel{
			Desk: p.Desk, Turn: p.Turn, State: t, Op: operation.ContactsImport, Submit: p.importLabel(im),
			Body:   func() string { return im.request(m.campaign) },
			Brief:  true,
			Demand: func() []operation.Problem { return needNote(im.settled) },
			Form:   func() app.UI { return p.importForm(im) },
			Before: func(_ app.Context, ask func(*task.Question)) { p.askImport(m, im, ask) },
			Done:   func(e *wire.Envelope) { p.imported(m, c, im, t.Sent, e) },
			Result: func(e *wire.Envelope) app.UI { return p.importResult(im, e) },
			Next:   func() { m.load = newImporting() }, NextLabel: text.T("campaign.import.next"),
		},
		p.format(),
	)
}

func (p *Page) importLabel(im *importing) string {
	if im.going == 0 {
		return text.T("campaign.import.submit")
	}
	return text.N("campaign.import.submit_n", im.going)
}

// needNote demands a note: who imported a list and why is asked later.
func needNote(note string) []operation.Problem {
	for _, r := range note {
		if r > ' ' {
			return nil
		}
	}
	return []operation.Problem{{Field: "note", Code: operation.CodeRequired}}
}

func (p *Page) importForm(im *importing) app.UI {
	return app.Div().Class("stack").Body(
		app.Div().ID(desk.ID("contacts")).TabIndex(-1).Class("stack").Body(
			&widget.File{ID: "import-file", Label: text.T("campaign.import.choose"), Drop: text.T("campaign.import.drop"), Accept: ".json,application/json",
				Disabled: im.reading || im.task.Busy(), OnFile: p.take},
			slot(im.name != "", func() app.UI {
				return app.P().Class("file-name").Body(widget.Icon("file"), app.Span().Text(im.name))
			}),
			slot(im.task.Problem("contacts") != "" && im.check == nil, func() app.UI {
				return widget.Note("bad", text.T("campaign.import.no_file"))
			}),
		),
		slot(im.reading, func() app.UI { return widget.Progress(text.T("campaign.import.reading"), 0, 0) }),
		slot(im.failed != "", func() app.UI {
			return app.Div().Role("alert").Body(widget.Note("bad", fileTrouble(im.failed)))
		}),
		p.noteField(im),
		slot(im.check != nil, func() app.UI { return p.counts(im) }),
	)
}

// fileTrouble says why a file cannot be read, and what to do.
func fileTrouble(code string) string {
	switch code {
	case list.ErrNotJSON.Error():
		return text.T("campaign.file.not_json")
	case list.ErrNotAList.Error():
		return text.T("campaign.file.not_a_list")
	case list.ErrEmpty.Error():
		return text.T("campaign.file.empty")
	case list.ErrTooLarge.Error():
		return text.T("campaign.file.too_large")
	}
	return text.T("campaign.file.other")
}

// counts says what becomes of each row.
func (p *Page) counts(im *importing) app.UI {
	s := im.check.Summary
	there := 0
	if im.leave {
		there = len(im.there)
	}
	return app.Div().Class("stack").Body(
		app.Dl().Class("sums").Body(
			sum("total", text.T("campaign.import.total"), s.Total),
			sum("good", text.T("campaign.import.going"), im.going),
			sum("bad", text.T("campaign.import.left_out"), s.LeftOut),
			sum("warn", text.T("campaign.import.left_there"), there),
		),
		app.P().Class("fine-print").Text(text.T("campaign.import.adds_up",
			"total", text.Number(s.Total), "going", text.Number(im.going), "left", text.Number(s.LeftOut), "there", text.Number(there))),
		slot(im.going == 0, func() app.UI { return widget.Note("warn", text.T("campaign.import.nothing")) }),
		slot(s.Unusual > 0, func() app.UI { return widget.Note("warn", text.N("campaign.import.unusual", s.Unusual)) }),
		slot(len(s.Whole) > 0, func() app.UI {
			return app.Div().Class("stack").Body(app.Range(s.Whole).Slice(func(i int) app.UI {
				return widget.Note("bad", task.Explain(s.Whole[i]))
			}))
		}),
		p.overlap(im),
		slot(s.LeftOut > 0, func() app.UI { return p.leftOut(im) }),
		slot(s.Ready > 0, func() app.UI { return p.sample(im) }),
	)
}

func sum(kind, label string, n int) app.UI {
	return app.Div().Class("sum is-"+kind).Body(app.Dt().Text(label), app.Dd().Class("digits").Text(text.Number(n)))
}

// overlap says which rows the campaign holds already, and offers to leave them out.
func (p *Page) overlap(im *importing) app.UI {
	c := p.model().contacts
	return app.Div().Class("stack").Body(
		slot(im.compared.IsZero() && (c.reading || im.numbers == nil) && im.check.Ready > 0, func() app.UI {
			return widget.Progress(text.T("campaign.import.comparing"), 0, 0)
		}),
		slot(!c.reading && im.short, func() app.UI {
			return app.Div().Class("stack").Body(
				widget.Note("warn", text.T("campaign.import.uncompared")),
				app.Div().Class("actions").Body(&widget.Button{Label: text.T("campaign.import.compare_again"), Icon: "refresh", Small: true,
					Disabled: p.Desk.Offline, OnClick: func(app.Context) { p.compare(p.model(), im, nil) }}),
			)
		}),
		slot(!im.compared.IsZero() && !im.short && len(im.there) == 0, func() app.UI {
			return widget.Note("good", text.T("campaign.import.none_there", "time", text.Clock(im.compared)))
		}),
		slot(len(im.there) > 0, func() app.UI {
			return app.Div().Class("panel stack").Body(
				widget.Note("warn", text.N("campaign.import.there", len(im.there))),
				&widget.Choice{ID: "import-there", Label: text.T("campaign.import.there.what"), Value: leaveWord(im.leave), Options: []widget.Option{
					{Value: "leave", Label: text.T("campaign.import.there.leave")},
					{Value: "send", Label: text.T("campaign.import.there.send")},
				}, OnChange: func(_ app.Context, v string) {
					im.leave = v == "leave"
					im.fill()
					p.Desk.Changed()
				}},
				app.Details().Class("raw").Body(
					app.Summary().Text(text.T("campaign.import.there.list")),
					app.Ul().Class("number-list digits").Body(app.Range(im.there[:min(len(im.there), 100)]).Slice(func(i int) app.UI {
						n := im.numbers[im.there[i]]
						if row, ok := fileRow(im.there[i], im.check.Summary); ok {
							return app.Li().Text(text.T("campaign.import.row_number", "row", text.Number(row+1), "number", n))
						}
						return app.Li().Text(n)
					})),
					app.If(len(im.there) > 100, func() app.UI {
						return app.P().Class("fine-print").Text(text.N("campaign.import.more", len(im.there)-100))
					}),
				),
			)
		}),
	)
}

func leaveWord(leave bool) string {
	if leave {
		return "leave"
	}
	return "send"
}

// leftOut lists the rows that cannot go, by reason.
func (p *Page) leftOut(im *importing) app.UI {
	s := im.check.Summary
	reasons := make([]string, 0, len(s.Reasons))
	for code := range s.Reasons {
		reasons = append(reasons, code)
	}
	slices.SortFunc(reasons, func(a, b string) int {
		if s.Reasons[a] != s.Reasons[b] {
			return s.Reasons[b] - s.Reasons[a]
		}
		return strings.Compare(a, b)
	})
	rows := onPage(s.Out, im.outPage, shownRows)
	return app.Div().Class("stack").Body(
		app.H3().Text(text.N("campaign.import.out", s.LeftOut)),
		app.Ul().Class("reasons").Body(app.Range(reasons).Slice(func(i int) app.UI {
			return app.Li().Body(
				app.Strong().Class("digits").Text(text.Number(s.Reasons[reasons[i]])),
				app.Span().Text(" "+text.T("campaign.reason."+reason(reasons[i]))),
			)
		})),
		app.Div().Class("table-box is-short").TabIndex(0).Role("region").Aria("label", text.N("campaign.import.out", s.LeftOut)).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.row")),
					app.Th().Scope("col").Text(text.T("campaign.import.typed")),
					app.Th().Scope("col").Text(text.T("rows.reason")),
				)),
				app.TBody().Body(app.Range(rows).Slice(func(i int) app.UI {
					r := rows[i]
					return app.Tr().Body(
						app.Th().Scope("row").Class("digits").Text(text.Number(r.Index+1)),
						app.Td().Class("digits").Text(orDash(r.Typed)),
						app.Td().Body(app.Range(r.Problems).Slice(func(n int) app.UI {
							return app.P().Text(why(r.Problems[n]))
						})),
					)
				})),
			),
		),
		&widget.Pager{Label: text.N("campaign.import.out", s.LeftOut), At: im.outPage, Size: shownRows, Total: len(s.Out), OnTurn: func(_ app.Context, page int) {
			im.outPage = page
			p.Desk.Changed()
		}},
		slot(len(s.Out) < s.LeftOut, func() app.UI {
			return app.P().Class("fine-print").Text(text.N("campaign.import.more", s.LeftOut-len(s.Out)))
		}),
	)
}

// reason folds the codes of problems into those that a person tells apart.
func reason(code string) string {
	switch code {
	case operation.CodePhone, operation.CodeEmergency, operation.CodeDuplicate, operation.CodeRequired, operation.CodeUnknownField, operation.CodeEmail, operation.CodeTooLong, operation.CodeType:
		return code
	}
	return "other"
}

// why names the field with the reason, where it is not the number itself.
func why(p operation.Problem) string {
	_, name, _ := cutLast(p.Field)
	switch {
	case p.Code == operation.CodeUnknownField, p.Code == operation.CodeRepeatedField:
	case name == "phone_number" && p.Code != operation.CodeRequired:
		return task.Explain(p)
	default:
		name = text.T("field." + fieldName(name))
	}
	return text.T("campaign.import.why", "field", name, "why", task.Explain(p))
}

func cutLast(path string) (before, after string, found bool) {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return path[:i], path[i+1:], true
		}
	}
	return "", path, false
}

func fieldName(name string) string {
	switch name {
	case "name", "email", "phone_number", "outbound_number", "external_unique_id":
		return name
	}
	return "other"
}

// sample shows the first of the rows that are ready.
func (p *Page) sample(im *importing) app.UI {
	rows := im.check.Sample[:min(len(im.check.Sample), shownRows)]
	return app.Div().Class("stack").Body(app.Details().Class("raw").Body(
		app.Summary().Text(text.T("campaign.import.sample", "n", text.Number(len(rows)))),
		app.Div().Class("table-box is-short").TabIndex(0).Role("region").Aria("label", text.T("campaign.import.sample", "n", text.Number(len(rows)))).Body(
			app.Table().Class("table").Body(
				app.THead().Body(app.Tr().Body(
					app.Th().Scope("col").Text(text.T("rows.row")),
					app.Th().Scope("col").Text(text.T("campaign.import.typed")),
					app.Th().Scope("col").Text(text.T("campaign.import.leaves_as")),
					app.Th().Scope("col").Text(text.T("campaign.import.verdict")),
				)),
				app.TBody().Body(app.Range(rows).Slice(func(i int) app.UI {
					r := rows[i]
					return app.Tr().Body(
						app.Th().Scope("row").Class("digits").Text(text.Number(r.Index+1)),
						app.Td().Class("digits").Text(orDash(r.Typed)),
						app.Td().Class("digits").Text(orDash(r.Sent)),
						app.Td().Body(app.If(r.Verdict != "", func() app.UI { return task.VerdictTag(r.Verdict) })),
					)
				})),
			),
		),
	))
}

// noteField waits for a pause in typing: with the note the whole list is judged anew.
func (p *Page) noteField(im *importing) app.UI {
	settle := func() {
		if im.settled != im.note {
			im.settled = im.note
			p.Desk.Changed()
		}
	}
	s := im.task
	problem := s.Problem("note")
	if im.note != im.settled {
		problem = ""
	}
	return &widget.Input{
		ID: desk.ID("note"), Label: text.T("field.note"), Value: im.note, Required: true, Help: text.T("campaign.import.note.help"), Problem: problem,
		OnChange: func(_ app.Context, v string) {
			im.note = v
			im.typing++
			typing := im.typing
			p.ctx.After(300*time.Millisecond, func(app.Context) {
				if im.typing == typing {
					settle()
				}
			})
		},
		OnLeave: func(app.Context) { settle() },
		OnEnter: func(app.Context) { settle() },
	}
}

// askImport compares once more, then asks.
func (p *Page) askImport(m *model, im *importing, ask func(*task.Question)) {
	body := im.request(m.campaign)
	p.compare(m, im, func() {
		if m.load != im || im.request(m.campaign) != body {
			// Numbers have come into the campaign meanwhile and are left out
			// now, or something was typed: what was judged is not what would go.
			im.task.Again()
			p.Desk.Tell("plain", text.T("campaign.import.changed"))
			return
		}
		im.ask(m.campaign)
		lines := []string{text.N("campaign.import.ask.count", im.going)}
		lines = append(lines, p.where()...)
		s := im.check.Summary
		if left := s.Total - im.going; left > 0 {
			lines = append(lines, text.N("campaign.import.ask.left", left))
		}
		switch {
		case im.short:
			lines = append(lines, text.T("campaign.import.uncompared"))
		case len(im.there) > 0 && !im.leave:
			lines = append(lines, text.N("campaign.import.there", len(im.there)))
		}
		ask(&task.Question{
			Title: text.N("campaign.import.ask", im.going), Lines: append(lines, text.T("campaign.import.ask.final")),
			Confirm: text.T("campaign.import.submit"), Danger: p.system().Production,
		})
	})
}

// imported notes what was sent and follows its job.
func (p *Page) imported(m *model, c *contactList, im *importing, body string, e *wire.Envelope) {
	if e.Outcome == wire.Refused || e.Outcome == wire.Skipped {
		return
	}
	l := im.left(body)
	im.asked = nil
	im.sent = &sending{campaign: c.of, rows: l.rows, numbers: l.numbers, named: e.JobID}
	id, ok := readID(e.JobID)
	m.fillJob(c.of, id)
	if ok && e.Outcome.Done() {
		im.sent.job = id
		if p.model() == m {
			p.start(m, c.of, id)
		}
	}
}

func (p *Page) importResult(im *importing, e *wire.Envelope) app.UI {
	m := p.model()
	if im.sent == nil {
		return app.Div().Class("slot")
	}
	j := m.followed
	mine := j != nil && im.sent.job != 0 && j.id == im.sent.job && j.campaign == im.sent.campaign
	return app.Div().Class("stack").Body(
		slot(e.Outcome.Done(), func() app.UI {
			return app.Dl().Class("particulars").Body(
				app.Dt().Text(text.T("campaign.import.sent")), app.Dd().Class("digits").Text(text.Number(im.sent.rows)),
				app.Dt().Text(text.T("field.job_id")), app.Dd().Class("digits").Text(orDash(im.sent.named)),
			)
		}),
		slot(mine, func() app.UI { return p.jobCard(j) }),
		slot(!mine && e.Outcome.Done(), func() app.UI {
			return app.Div().Class("stack").Body(widget.Note("warn", text.T("campaign.import.no_job")), p.jobForm())
		}),
		p.reconcile(m, im.sent),
	)
}

// reconcile compares what was sent with what the campaign holds now.
func (p *Page) reconcile(m *model, s *sending) app.UI {
	there := len(s.numbers) - len(s.missing)
	return app.Div().Class("stack").Body(
		slot(s.reading, func() app.UI { return widget.Progress(text.T("campaign.contacts.reading"), 0, 0) }),
		slot(!s.reading && s.unread, func() app.UI { return widget.Note("warn", text.T("campaign.import.unread")) }),
		slot(!s.reading && !s.compared.IsZero(), func() app.UI {
			kind := "good"
			if len(s.missing) > 0 {
				kind = "warn"
			}
			return app.Div().Class("stack").Body(
				widget.Note(kind, text.T("campaign.import.arrived", "there", text.Number(there), "n", text.Number(len(s.numbers)), "time", text.Clock(s.compared))),
				slot(len(s.missing) > 0, func() app.UI {
					return app.Details().Class("raw").Body(
						app.Summary().Text(text.N("campaign.import.missing", len(s.missing))),
						app.Ul().Class("number-list digits").Body(app.Range(s.missing[:min(len(s.missing), 100)]).Slice(func(i int) app.UI {
							return app.Li().Text(s.missing[i])
						})),
						app.If(len(s.missing) > 100, func() app.UI {
							return app.P().Class("fine-print").Text(text.N("campaign.import.more", len(s.missing)-100))
						}),
					)
				}),
			)
		}),
		app.Div().Class("actions").Body(
			&widget.Button{ID: "reconcile", Label: text.T("campaign.import.reconcile"), Icon: "refresh", Disabled: s.reading || p.Desk.Offline,
				OnClick: func(app.Context) { p.reconciled(m, s) }},
		),
	)
}

func (p *Page) reconciled(m *model, s *sending) {
	c := m.contacts
	if c.of != s.campaign || p.model() != m {
		return
	}
	s.reading = true
	p.read(func() {
		s.reading, s.unread = false, !c.whole()
		if c.at.IsZero() {
			return
		}
		s.compared, s.missing = c.at, missing(s.numbers, c.list)
		p.Desk.Say(text.T("campaign.import.arrived", "there", text.Number(len(s.numbers)-len(s.missing)), "n", text.Number(len(s.numbers)), "time", text.Clock(c.at)))
	})
	p.Desk.Changed()
}

// format explains the file and offers one to start from.
func (p *Page) format() app.UI {
	fields := []struct{ name, about string }{
		{"phone_number", text.T("campaign.format.phone_number")},
		{"name", text.T("campaign.format.name")},
		{"email", text.T("campaign.format.email")},
		{"outbound_number", text.T("campaign.format.outbound_number")},
		{"external_unique_id", text.T("campaign.format.external_unique_id")},
	}
	return app.Div().Class("panel stack").Body(
		app.H2().Text(text.T("campaign.format.title")),
		app.P().Text(text.T("campaign.format.lead")),
		app.Dl().Class("particulars").Body(app.Range(fields).Slice(func(i int) app.UI {
			return app.Div().Body(
				app.Dt().Body(app.Code().Text(fields[i].name)),
				app.Dd().Text(fields[i].about),
			)
		})),
		app.Div().Class("actions").Body(
			app.A().Class("button").Href("data:application/json;charset=utf-8,"+url.PathEscape(template)).Attr("download", "contacts.json").
				Body(widget.Icon("download"), app.Span().Text(text.T("campaign.format.template"))),
		),
	)
}
