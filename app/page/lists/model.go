package lists

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/judge"
	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/ccai"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// step is one of the four steps of the page, as the address names it.
type step string

const (
	atChoose  step = "choose"
	atColumns step = "columns"
	atDecide  step = "decide"
	atStart   step = "start"
)

func steps() []step { return []step{atChoose, atColumns, atDecide, atStart} }

// model is what the page keeps while the tab is open. The list itself is in
// its worker.
type model struct {
	op   operation.Name // what the list is for; "" until that is known
	step step

	list     *judge.List
	file     app.Value // as it was given, to be read again
	name     string
	size     int64
	source   plan.Source
	round    int // tells a reading from the one before
	reading  bool
	progress question.Progress // of what is under way
	failed   string            // why it cannot be read: a code
	opened   *plan.Opened
	sample   []plan.Row // the first rows

	plan      plan.Plan
	fixed     fixedFields
	limitSaid bool               // the person said how long numbers are protected
	leave     map[plan.Left]bool // classes and rows that are left out
	lets      *bool              // the person's word about unusual numbers; nil: as is safe
	questions []plan.Question    // all that were asked, answered or not
	mapped    string             // name of the mapping that was found again
	saveAs    string
	columns   int // page of the columns
	mappings  []mapping
	regions   []widget.Option
	regionsIn string // the language of their names
	campaigns []ccai.Campaign
	picked    picking

	planned   string // the plan that was asked about last
	planning  bool
	typing    int // grows with every letter: the list is judged when they stop
	typed     bool
	searches  int // grows with every letter of a search
	summary   *plan.Summary
	summaryOf string // the plan it is about
	planFail  string
	edits     []plan.Edit

	rows table
	asks map[string]*asking // by what was asked: "known", "present", "hours"

	scrub     string // id of the system whose do-not-call list is asked; "" for none
	scrubbed  bool   // the person chose
	anyHour   bool
	hoursNote string

	remember *bool // the person's word; nil: as is usual for so many rows
	title    string
	note     string
	later    bool
	startAt  string
	tried    bool
	request  int // which request is shown
	requests *plan.Requests
	asked    string // the plan that requests are of
	posting  bool
	dry      bool
	key      string
	keyOf    string
	unsent   *unsent
	confirm  *confirmation
	started  []started
}

// picking is the reading of the campaigns to choose from.
type picking struct {
	system  string
	reading bool
	done    bool
	failure *client.Failure
	err     *wire.Error
	typed   string
}

// asking is a question to our server about all numbers of the list.
type asking struct {
	busy   bool
	done   bool
	failed string
	of     string // what it was asked about: it holds for nothing else
	stale  bool   // cells were corrected since
}

// unsent is why a run did not start.
type unsent struct {
	failed  string // a code of the worker's own
	problem *wire.Problem
}

// started is a run that was started from this list.
type started struct {
	id, title string
	dry       bool
}

// Close gives back what the worker holds.
func (m *model) Close() {
	if m.list != nil {
		m.list.Drop()
	}
}

func of(d *desk.Desk) *model {
	m := desk.Keep[model](d, "lists")
	if m.step == "" {
		m.step = atChoose
		m.leave = map[plan.Left]bool{}
		m.asks = map[string]*asking{}
		m.plan = empty()
		m.rows = newTable()
	}
	if m.list == nil {
		m.list = judge.NewList(d.Later)
	}
	if m.op == "" || !m.may(d, m.op) {
		m.op = ""
		for _, op := range purposes() {
			if m.may(d, op) {
				m.op = op
				break
			}
		}
	}
	return m
}

func empty() plan.Plan {
	return plan.Plan{RegionColumn: -1, Duplicates: plan.First, Fields: map[string]int{}, Repair: map[int]plan.Repair{}}
}

// kind is the kind of system that the list's run calls.
func (m *model) kind() operation.System {
	o, ok := operation.Find(m.op)
	if !ok {
		return operation.CCAI
	}
	return o.System
}

// Kind is the kind of system that the page works on now.
func Kind(d *desk.Desk) operation.System { return of(d).kind() }

// may reports whether there is a system for the operation and the person may
// start runs of it.
func (m *model) may(d *desk.Desk, op operation.Name) bool {
	o, ok := operation.Find(op)
	return ok && d.Session.Role.Covers(least(op)) && len(d.Systems(o.System)) > 0
}

func (m *model) system(d *desk.Desk) wire.System {
	s, _ := d.System(m.kind())
	return s
}

// operation is what the run's calls are: contacts may be added one by one.
func (m *model) operation() operation.Name {
	if m.op == operation.ContactsImport && m.plan.Single {
		return operation.ContactsAdd
	}
	return m.op
}

// take starts over with a file.
func (m *model) take(d *desk.Desk, file app.Value, name string) {
	m.forget()
	m.file, m.name = file, name
	m.size = int64(file.Get("size").Float())
	m.source = plan.Source{Name: name}
	m.title = strings.TrimSpace(name)
	m.open(d)
}

// forget leaves nothing of the list that is open.
func (m *model) forget() {
	m.list.Drop()
	m.round++
	m.file, m.name, m.title, m.opened, m.sample, m.failed, m.reading = nil, "", "", nil, nil, "", false
	m.edits, m.questions, m.mapped, m.saveAs, m.columns = nil, nil, "", "", 0
	m.leave, m.asks = map[plan.Left]bool{}, map[string]*asking{}
	m.planned, m.planning, m.summary, m.summaryOf, m.planFail = "", false, nil, "", ""
	m.requests, m.asked, m.request, m.unsent, m.confirm, m.started, m.tried = nil, "", 0, nil, nil, nil, false
	keep := m.plan
	m.plan = empty()
	m.plan.Duplicates, m.plan.Template, m.plan.Single, m.plan.Region = keep.Duplicates, keep.Template, keep.Single, ""
	m.lets, m.limitSaid = nil, false
	if m.plan.Duplicates == "" {
		m.plan.Duplicates = plan.First
	}
	m.rows = newTable()
	m.remember = nil
	m.key, m.keyOf = "", ""
}

// open has the file read under the source as it stands.
func (m *model) open(d *desk.Desk) {
	m.round++
	round := m.round
	m.reading, m.failed, m.progress = true, "", question.Progress{Phase: "reading", Total: m.size}
	m.summary, m.planned, m.planning, m.sample = nil, "", false, nil
	m.rows = newTable()
	d.Say(text.T("lists.reading"))
	q := question.OpenQuestion{Source: m.source, Operation: m.operation(), Region: m.system(d).DefaultRegion, Language: text.Language()}
	m.list.Open(q, m.file, m.hear(round), func(o plan.Opened) {
		if m.round != round || o.Failed == "superseded" {
			return
		}
		m.reading = false
		if m.failed = o.Failed; o.Failed != "" {
			m.opened = nil
			d.Say(failedTitle(o.Failed))
			return
		}
		m.opened = &o
		if m.undecided() {
			d.Say(text.T("lists.encoding.ask"))
			return
		}
		m.guess(d, o)
		d.Say(text.T("lists.read", "rows", desk.Rows(o.Rows), "columns", text.N("lists.columns_n", len(o.Columns))))
		for _, e := range m.edits { // of a reading before, when the worker had to be started anew
			m.list.Edit(e, nil)
		}
		m.look()
		m.replan(d)
	})
	d.Changed()
}

// undecided reports whether the person has to say first in which encoding the
// file is to be read.
func (m *model) undecided() bool {
	return m.opened != nil && m.opened.Encoding == "" && len(m.opened.Encodings) > 1
}

// ready reports whether the file is read and its columns known.
func (m *model) ready() bool {
	return m.opened != nil && !m.reading && !m.undecided() && m.failed == ""
}

// hear shows how far a long question has come, by hand: a page is not rendered
// anew for each per cent.
func (m *model) hear(round int) func(question.Progress) {
	return func(p question.Progress) {
		if m.round != round || p == m.progress {
			return
		}
		m.progress = p
		box := app.Window().Get("document").Call("querySelector", ".lists .progress")
		if !box.Truthy() {
			return
		}
		word, at := workingWords(p)
		bar := box.Call("querySelector", "progress")
		box.Call("querySelector", "p").Set("textContent", word)
		bar.Call("setAttribute", "aria-label", word)
		if at >= 0 {
			bar.Set("max", 100)
			bar.Set("value", at)
		} else {
			bar.Call("removeAttribute", "value")
		}
	}
}

// guess takes over what the columns were recognised as, or a mapping that has
// their headings.
func (m *model) guess(d *desk.Desk, o plan.Opened) {
	g := o.Guess
	m.plan.Phones, m.plan.RegionColumn, m.plan.Fields, m.plan.Params = g.Phones, g.RegionColumn, g.Fields, g.Params
	if m.plan.Fields == nil {
		m.plan.Fields = map[string]int{}
	}
	m.plan.Repair = map[int]plan.Repair{}
	m.plan.Region = g.Region
	if m.plan.Region == "" {
		m.plan.Region = m.system(d).DefaultRegion
	}
	for _, left := range o.Left { // it stays out until the person lets it in
		m.leave[left] = true
	}
	m.questions, m.mapped = nil, ""
	m.mappings = stored()
	if best, ok := found(m.mappings, m.op, o.Columns); ok {
		best.apply(&m.plan, o.Columns)
		m.mapped = best.Name
	}
	if _, there := m.plan.Fields["expires_at"]; there {
		m.fixed.Limited = false
	}
}

// look reads the first rows, for the columns to be seen on.
func (m *model) look() {
	round := m.round
	m.list.View(plan.ViewQuestion{Sort: -1, Count: shownSample}, func(v plan.View) {
		if m.round == round && v.Failed == "" {
			m.sample = v.Rows
		}
	})
}

// shownSample is how many rows the columns are shown on.
const shownSample = 6

// decided is the plan as the person has it now.
func (m *model) decided(d *desk.Desk) plan.Plan {
	p := m.plan
	limits := d.Session.Limits
	p.Operation = m.operation()
	p.Fixed = m.fixed.json(p.Operation)
	p.Expires = ""
	if m.op == operation.DNCAdd && m.fixed.Limited {
		if at, ok := text.ParseLocal(m.fixed.Until); ok {
			p.Expires = at.Format(time.RFC3339)
		}
	}
	if m.op != operation.SMSSend {
		p.Template = ""
	}
	p.Unusual = m.letsUnusual()
	p.LeaveOut = nil
	for left := range m.leave {
		p.LeaveOut = append(p.LeaveOut, left)
	}
	slices.Sort(p.LeaveOut)
	p.Limits = map[string]int{"dnc": limits.DNCNumbers, "import": limits.ImportRows, "callbot": limits.CallbotRows,
		"runs": limits.RunRows, "sms": limits.SMSRunRows}
	p.Fill = map[string]string{"chat_type": m.system(d).ChatType}
	return p
}

// replan has the list judged when what was decided is not what it was judged
// by last.
func (m *model) replan(d *desk.Desk) {
	if !m.ready() || m.typed || len(m.plan.Phones) == 0 {
		return
	}
	p := m.decided(d)
	asked := encode(p)
	if asked == m.planned {
		return
	}
	m.planned, m.planning, m.planFail = asked, true, ""
	m.progress = question.Progress{Phase: "judging"}
	p.Now = time.Now().UTC()
	round := m.round
	m.list.Plan(p, m.hear(round), func(s plan.Summary) {
		if m.round != round || m.planned != asked || s.Failed == "superseded" {
			return
		}
		m.planning = false
		if m.planFail = s.Failed; s.Failed != "" {
			return
		}
		m.judged(s, asked)
	})
}

// judged takes over what the list comes to.
func (m *model) judged(s plan.Summary, asked string) {
	m.summary, m.summaryOf = &s, asked
	for _, q := range s.Questions {
		at := slices.IndexFunc(m.questions, func(o plan.Question) bool { return o.Column == q.Column && o.Repair == q.Repair })
		if at < 0 {
			m.questions = append(m.questions, q)
		} else {
			m.questions[at] = q
		}
	}
	m.questions = slices.DeleteFunc(m.questions, func(q plan.Question) bool { return !slices.Contains(m.plan.Phones, q.Column) })
	m.rows.again()
	if len(m.sample) == 0 || m.sample[0].Message == "" {
		m.look()
	}
}

// settled reports whether the summary is about what is decided now.
func (m *model) settled() bool {
	return m.summary != nil && !m.planning && !m.typed && m.summaryOf == m.planned
}

// unanswered is how many columns wait for an answer about what was lost.
func (m *model) unanswered() int {
	n := 0
	for _, group := range byColumn(m.questions) {
		if m.plan.Repair[group[0].Column] == "" {
			n++
		}
	}
	return n
}

// reachable reports whether a step can be gone to now.
func (m *model) reachable(d *desk.Desk, to step) bool {
	switch to {
	case atChoose:
		return true
	case atColumns:
		return m.ready()
	case atDecide:
		return m.ready() && len(m.lacks(d)) == 0
	}
	return m.ready() && len(m.lacks(d)) == 0 && m.unanswered() == 0 && m.summary != nil && m.summary.Ready > 0 && len(m.summary.Whole) == 0
}

// lacks names what the second step still has to say.
func (m *model) lacks(d *desk.Desk) []string {
	return lacks(m.decided(d), m.limits(), time.Now().UTC().Format(time.RFC3339))
}

// limits are the fixed fields, and whether it has to be said how long numbers
// are protected: the run of a result file may have had an end, which the file
// does not tell.
func (m *model) limits() fixedFields {
	f := m.fixed
	_, own := m.plan.Fields["expires_at"]
	f.Unsaid = m.op == operation.DNCAdd && m.opened != nil && m.opened.Result != "" && !m.limitSaid && !own
	return f
}

// order is the run as it would be posted, without its calls.
func (m *model) order(d *desk.Desk, dry bool) run.Order {
	o := run.Order{System: m.system(d).ID, Operation: m.operation(), Title: strings.TrimSpace(m.title), Note: strings.TrimSpace(m.note)}
	if o.Title == "" {
		o.Title = text.T("lists.untitled")
	}
	if m.opened != nil {
		o.From = m.opened.Result
	}
	o.Options.Dry = dry
	if m.later && !dry {
		if at, ok := text.ParseLocal(m.startAt); ok {
			o.Options.StartAt = &at
		}
	}
	if changes(m.op) {
		on := m.remembers()
		o.Options.Remember, o.Options.Prove = &on, &on
	}
	if reaches(m.op) {
		o.Options.Scrub = m.scrubber(d)
		o.Options.AnyHour = m.anyHour
		if m.anyHour {
			o.Options.HoursNote = strings.TrimSpace(m.hoursNote)
		}
	}
	return o
}

// letsUnusual reports whether unusual numbers leave. Unless the person says so
// they do not where somebody would be called or texted, nor out of a result
// file, whose rows were decided about before.
func (m *model) letsUnusual() bool {
	if m.lets != nil {
		return *m.lets
	}
	return !reaches(m.op) && (m.opened == nil || m.opened.Result == "")
}

// remembers reports whether each number is looked up before and after.
func (m *model) remembers() bool {
	if !changes(m.op) || m.summary == nil {
		return false
	}
	if m.remember != nil {
		return *m.remember
	}
	return m.summary.Ready <= run.RememberUpTo
}

// scrubber is the system whose do-not-call list each number is checked
// against: the one chosen in the console unless the person says otherwise.
func (m *model) scrubber(d *desk.Desk) string {
	if !reaches(m.op) {
		return ""
	}
	if m.scrubbed {
		return m.scrub
	}
	if s, ok := d.System(operation.CCAI); ok {
		return s.ID
	}
	return ""
}

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "" // cannot be: plain data
	}
	return string(data)
}
