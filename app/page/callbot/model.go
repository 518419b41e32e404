package callbot

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/judge/question"
	"outdial/app/pace"
	"outdial/app/task"
	"outdial/app/text"
	vendor "outdial/shared/callbot"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

// model is what the page keeps while the tab is open.
type model struct {
	Task task.State

	TaskID   string
	Sheet    sheet
	OrderURL string
	CallURL  string
	Note     string
	Made     bool // the task id was made here, not taken from NXLink

	Paste      string
	Pasted     string // what became of the last paste or file
	Reading    bool
	file       app.Value // that is being read
	PastedKind string    // of the note that says it: "good" or "warn"
	Unread     string    // why the last file could not be read: a code of package list
	page       int
	held       bool          // something was typed that is not in the body yet
	used       bool          // the orderIDs have been answered
	refused    []vendor.Call // of the last answer
	mending    bool          // only rows with problems are shown

	Ping ping

	posted string // the body of Sheet.version and the fields below
	of     postedOf
	at     []int // where each posted row stands in the sheet

	judged judged
}

// postedOf is what a body was made of.
type postedOf struct {
	version                       int
	task, orderURL, callURL, note string
}

// ping is a ping under way or answered.
type ping struct {
	Busy    bool
	System  string // the id of the system that was asked
	At      time.Time
	Took    time.Duration
	Answer  *wire.Envelope
	Failure *client.Failure
}

// judged is what is thought of each row, kept until something changes.
type judged struct {
	problems map[int][]operation.Problem
	hints    map[int][]operation.Problem
	numbers  []*phone.Number // by row; nil where the worker named none
	mend     map[int]bool
	hinted   map[int]bool
	repeats  map[int]int // rows that could go but repeat the number of one before them, which is the value
	mark     mark
}

// mark tells one word of the worker from another.
type mark struct {
	problem, hint *operation.Problem
	number        *operation.Number
	rows, version int
}

func of(d *desk.Desk) *model {
	m := desk.Keep[model](d, "callbot")
	if m.Sheet.newID == nil {
		m.Sheet.newID = (&client.Keys{}).New
	}
	m.Sheet.ready()
	return m
}

// body is the call as it is posted. It is made anew only when something changed.
func (m *model) body() string {
	now := postedOf{m.Sheet.version, m.TaskID, m.OrderURL, m.CallURL, m.Note}
	if m.posted != "" && (m.of == now || m.held) {
		return m.posted
	}
	if m.used { // as soon as something changes: an unchanged list is not sent twice
		m.used = false
		m.Sheet.renew()
	}
	in := vendor.Import{
		ProductID:  vendor.ProductID,
		UserTaskID: m.taskID(),
		CallInfoList: vendor.CallInfoList{
			OrderCallbackURL: m.OrderURL,
			CallCallbackURL:  m.CallURL,
		},
		Note: strings.TrimSpace(m.Note),
	}
	in.CallInfoList.CallList, m.at = m.Sheet.calls()
	m.posted, m.of = string(in.AppendJSON(nil)), now
	return m.posted
}

// base is the call without its rows, for a file.
func (m *model) base() []byte {
	data, err := json.Marshal(map[string]any{
		"productID": vendor.ProductID, "userTaskID": m.taskID(),
		"callInfoList": map[string]string{"orderCallbackUrl": "", "callCallbackUrl": ""},
	})
	if err != nil {
		return []byte("{}") // cannot be
	}
	return data
}

// Codes of problems that this page finds by itself.
const (
	codeBodySize   = "callbot_size"        // the call is larger than our server takes; Params: size, max
	codeEmptyParam = "callbot_empty_param" // a row leaves a variable empty; Params: name
)

// demand is what this page wants beyond the operation.
func (m *model) demand(limits wire.Limits) []operation.Problem {
	problems := m.Sheet.empties()
	if strings.TrimSpace(m.Note) == "" {
		problems = append(problems, operation.Problem{Field: "note", Code: operation.CodeRequired})
	}
	if size := int64(len(m.body())); limits.BodyBytes > 0 && size > limits.BodyBytes {
		problems = append(problems, operation.Problem{Field: "callInfoList.callList", Code: codeBodySize,
			Params: map[string]string{"size": bytes(size), "max": bytes(limits.BodyBytes)}})
	}
	return problems
}

// word sorts the worker's word, and what this page finds by itself, by rows.
func (m *model) word() *judged {
	c := m.Task.Check()
	now := mark{first(c.Problems), first(c.Hints), first(c.Numbers), c.Rows, m.Sheet.version}
	if m.judged.mark != now || m.judged.problems == nil {
		c.Problems = append(c.Problems[:len(c.Problems):len(c.Problems)], m.Sheet.empties()...)
		m.judged = sorted(c)
		m.judged.mark = now
	}
	return &m.judged
}

func first[T any](all []T) *T {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

func sorted(c question.Check) judged {
	j := judged{map[int][]operation.Problem{}, map[int][]operation.Problem{}, make([]*phone.Number, c.Rows), map[int]bool{}, map[int]bool{}, map[int]int{}, mark{}}
	for _, p := range c.Problems {
		if n, ok := rowOf(p.Field); ok {
			j.problems[n] = append(j.problems[n], p)
			j.mend[n] = true
		}
	}
	for _, h := range c.Hints {
		if n, ok := rowOf(h.Field); ok {
			j.hints[n] = append(j.hints[n], h)
			j.hinted[n] = true
		}
	}
	for i, number := range c.Numbers {
		if n, ok := rowOf(number.Field); ok && n < len(j.numbers) {
			j.numbers[n] = &c.Numbers[i].Number
		}
	}
	first := make(map[string]int, c.Rows)
	for n := range c.Rows {
		number := j.numbers[n]
		if number == nil || j.mend[n] || !number.Sendable() {
			continue
		}
		if before, there := first[number.E164]; there {
			j.repeats[n] = before
		} else {
			first[number.E164] = n
		}
	}
	return j
}

// settled reports whether what is known of the rows is about them as they stand.
func (m *model) settled() bool { return m.Task.Judged(m.body()) }

// shown are the rows of the sheet that are on the screen, as indexes into it.
func (m *model) shown() (rows []int, of int) {
	all := make([]int, 0, len(m.Sheet.Rows))
	if m.mending {
		mend := m.word().mend
		for n, i := range m.at {
			if mend[n] && i < len(m.Sheet.Rows) {
				all = append(all, i)
			}
		}
	} else {
		for i := range m.Sheet.Rows {
			all = append(all, i)
		}
	}
	pages := max(1, (len(all)+rowsAPage-1)/rowsAPage)
	m.page = min(max(m.page, 0), pages-1)
	from := m.page * rowsAPage
	return all[from:min(from+rowsAPage, len(all))], len(all)
}

// posted is where a row of the sheet stands in the call, -1 for an empty one.
func (m *model) postedAt(i int) int {
	n, found := slices.BinarySearch(m.at, i)
	if !found {
		return -1
	}
	return n
}

// rowsAPage is how many rows are on the screen at a time.
const rowsAPage = 20

// typed is called for every character that is typed in the list, or with false
// in a field beside it. A long list is judged anew only when the field is left.
func (m *model) typed(inList bool) {
	switch {
	case len(m.Sheet.Rows) > judgedAtOnce:
		m.held = true
		m.Sheet.waiting = m.Sheet.waiting || inList
	case inList:
		m.Sheet.changed()
	}
}

// release has what was typed judged. It reports whether anything was.
func (m *model) release() bool {
	was := m.held
	m.held = false
	if m.Sheet.waiting {
		m.Sheet.changed()
	}
	return was
}

const judgedAtOnce = 200

// repeatReasons are why the repeats are left out, in words.
func (m *model) repeatReasons() map[int]string {
	why := map[int]string{}
	for n, before := range m.word().repeats {
		why[n] = text.T("callbot.repeat.reason", "row", text.Number(before+1))
	}
	return why
}

// reasons are why the rows with problems cannot go, in words.
func (m *model) reasons() map[int]string {
	why := map[int]string{}
	for n, problems := range m.word().problems {
		var words []string
		for _, p := range problems {
			words = append(words, task.FieldName(tail(p.Field))+text.T("callbot.colon")+task.Explain(p))
		}
		why[n] = strings.Join(words, " ")
	}
	return why
}

// tail is a path without its row: the row is said beside it.
func tail(path string) string {
	if dot := strings.LastIndexByte(path, '.'); dot >= 0 {
		return path[dot+1:]
	}
	return path
}

// bytes writes a size, rounded up: kilobytes below one megabyte.
func bytes(n int64) string {
	if n < 1<<20 {
		return text.T("callbot.kilobytes", "n", text.Number(int((n+1<<10-1)>>10)))
	}
	tenths := (n*10 + 1<<20 - 1) >> 20
	return text.T("callbot.megabytes", "n", text.Number(int(tenths/10))+text.T("callbot.decimal")+string(rune('0'+tenths%10)))
}

// callsOf reads the rows that the worker found in a file.
func callsOf(rows []json.RawMessage) ([]vendor.Call, error) {
	var p pace.Pace
	calls := make([]vendor.Call, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row, &calls[i]); err != nil {
			return nil, err
		}
		p.Breathe()
	}
	return calls, nil
}

// took takes over what the worker read from a file, with its rows.
func (m *model) took(f question.FileCheck, calls []vendor.Call, reasonOf func(operation.Problem) string) {
	m.Reading, m.file = false, nil
	if m.Unread = f.Failed; f.Failed != "" {
		return
	}
	added := m.Sheet.take(tableOf(calls))
	for _, out := range f.Out {
		l := left{Line: out.Index}
		l.Row.Cells[colPhone] = out.Typed
		if len(out.Problems) > 0 {
			l.Reason = reasonOf(out.Problems[0])
		}
		m.Sheet.Out = append(m.Sheet.Out, l)
	}
	m.Sheet.More += f.LeftOut - len(f.Out)
	m.page = 0
	m.Pasted, m.PastedKind = text.N("callbot.added", added), "good"
	if f.LeftOut > 0 {
		m.PastedKind = "warn"
		m.Pasted += " " + text.N("callbot.left_out_of_file", f.LeftOut)
	}
}

// fill takes over the call of the ledger that is to be used again. Its rows
// become new orders.
func (m *model) fill(body json.RawMessage) bool {
	var in vendor.Import
	if json.Unmarshal(body, &in) != nil {
		return false
	}
	m.Task.Again()
	m.TaskID, m.OrderURL, m.CallURL, m.Note = in.UserTaskID, in.CallInfoList.OrderCallbackURL, in.CallInfoList.CallCallbackURL, ""
	t := tableOf(in.CallInfoList.CallList)
	for i := range t.Rows {
		t.Rows[i].Order = ""
	}
	m.Sheet.Rows, m.Sheet.Vars, m.Sheet.Out, m.Sheet.More = nil, nil, nil, 0
	m.Sheet.take(t)
	return true
}

// clear makes the page ready for another list; the task stays.
func (m *model) clear() {
	m.Sheet.Rows, m.Sheet.Vars, m.Sheet.Out, m.Sheet.More = nil, nil, nil, 0
	m.Sheet.ready()
	m.Sheet.changed()
	m.Note, m.Paste, m.Pasted, m.Unread, m.page, m.mending = "", "", "", "", 0, false
}

// taskID is the task as it is posted.
func (m *model) taskID() string { return strings.TrimSpace(m.TaskID) }
