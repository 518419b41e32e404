// Package review keeps one list from its file to the order of a run: it opens
// the file, judges every row under a person's plan, shows windows of rows, and
// writes what goes to the server. The file worker is a thin shell around it.
//
// Every row is in exactly one class: ready, or left out for one reason.
package review

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"outdial/shared/list/column"
	"outdial/shared/list/plan"
	"outdial/shared/list/table"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
	"outdial/shared/run"
)

// Progress is told how far a long piece of work has come, in the phases of
// question.Progress; total is 0 where it is not known. An error ends the work
// and is handed back.
type Progress func(phase string, done, total int64) error

// Phases of the work.
const (
	Reading  = "reading"
	Judging  = "judging"
	Building = "building"
)

// step is how many rows are worked on between two calls of Progress.
const step = 8192

// List is one list. It is not for use from several goroutines at once.
type List struct {
	table   *table.Table
	opened  plan.Opened
	columns []column.Column
	outcome int // column of a result file that says what became of a row; -1 for none
	regions func(string) string

	plan plan.Plan
	op   operation.Operation
	row  rowFields

	// By row.
	results  []engine.Result // of the number that is used
	used     []uint8         // which of plan.Phones that is; nil where there is one
	class    []uint8         // place in codes
	hints    []uint8         // bits of hintCodes
	segments []uint8         // SMS: of the row's message

	numbers  numbersKey // what results were made under
	judges   map[string]*engine.Column
	named    map[string]string // regions by what stands in the region column
	us       uint8             // the United States, as results name it
	winners  winners
	known    map[uint64]Known
	present  map[uint64]bool
	closed   map[uint64]time.Time
	demanded []bool // Callbot: which of plan.Params the first row has
	template []part
	codes    []string
	extra    map[string]uint8 // places in codes
	summary  plan.Summary
	calls    calls
	view     view
	doubled  map[int]bool // rows that win over others; nil: not looked at yet
}

// Known is what the ledger has about a number.
type Known struct {
	Outcome string
	At      time.Time
}

// Classes. The first is that of rows that leave.
const (
	classReady = iota
	classBlank
	classAccepted // before, says the result file
	classUnknown  // before, says the result file
	classDeselected
	classUnusual
	classDuplicate
	classPresent
	classSentBefore
	classDeclined
	classParam
	classPhone // and the reasons of phone.Reasons behind it
)

func newCodes() []string {
	codes := []string{"", plan.ReasonBlank, plan.ReasonAccepted, plan.ReasonUnknown, run.ReasonDeselected, run.ReasonUnusual, run.ReasonDuplicate, run.ReasonPresent, run.ReasonSentBefore, plan.ReasonDeclined, plan.ReasonNoParam}
	for _, r := range phone.Reasons() {
		codes = append(codes, string(r))
	}
	return codes
}

// code gives the class of a problem's code, and makes one where there is none yet.
func (l *List) code(text string) uint8 {
	if c, ok := l.extra[text]; ok {
		return c
	}
	at := slices.Index(l.codes, text)
	if at < 0 {
		at = len(l.codes)
		l.codes = append(l.codes, text)
	}
	if l.extra == nil {
		l.extra = map[string]uint8{}
	}
	l.extra[text] = uint8(at)
	return uint8(at)
}

// Rows is how many rows the list has.
func (l *List) Rows() int { return l.table.Rows() }

// Table is the list as it was read.
func (l *List) Table() *table.Table { return l.table }

// Opened is what was found when it was opened.
func (l *List) Opened() plan.Opened { return l.opened }

// New takes a table that was read for a list. regions finds the ISO 3166 code of
// a country by a name; nil knows only the codes themselves.
func New(t *table.Table, opened plan.Opened, o Options) *List {
	l := &List{table: t, opened: opened, outcome: -1, regions: o.Regions, codes: newCodes(), judges: map[string]*engine.Column{}}
	l.describe(o)
	return l
}

// describe fills in what is known of the columns.
func (l *List) describe(o Options) {
	t := l.table
	l.columns = column.Look(t, o.Region)
	reason := -1
	filled := t.FilledBy()
	l.opened.Heading = t.HasHeading()
	l.opened.Rows, l.opened.Blank, l.opened.Ragged, l.opened.HiddenRows = t.Rows(), t.Blank(), t.Ragged(), t.Hidden()
	l.opened.Columns = make([]plan.Column, len(l.columns))
	for i, c := range l.columns {
		l.opened.Columns[i] = plan.Column{Heading: c.Heading, Sample: c.Sample, Filled: filled[i], Phone: c.Phones}
		if c.Sample == nil {
			l.opened.Columns[i].Sample = []string{}
		}
		switch c.Kind {
		case column.ResultEnd:
			l.outcome = i
		case column.ResultReason:
			reason = i
		case column.ResultRun:
			if len(c.Sample) > 0 {
				l.opened.Result = c.Sample[0]
			}
		}
	}
	l.opened.Left = l.leftBefore(reason)
	l.warn(plan.WarnRowsAbove, t.Above())
	l.warn(plan.WarnUnguarded, t.Unguarded())
	l.opened.Guess = column.Guess(l.columns, o.Operation, o.Region)
}

// leftBefore is what was left out, by the column of a result file that has the
// reasons: rows by themselves, and whole classes that our server is asked about
// anew. Unusual numbers and duplicates are seen again when the list is judged.
func (l *List) leftBefore(reason int) []plan.Left {
	if l.outcome < 0 || reason < 0 {
		return nil
	}
	var all []plan.Left
	for row := range l.table.Rows() {
		if string(bytes.TrimSpace(l.table.Cell(row, l.outcome))) != "skipped" {
			continue
		}
		switch why := string(bytes.TrimSpace(l.table.Cell(row, reason))); why {
		case run.ReasonDeselected:
			all = append(all, plan.Left("line:"+strconv.Itoa(row+1)))
		case run.ReasonSentBefore, run.ReasonPresent:
			if left := plan.Left(why); !slices.Contains(all, left) {
				all = append(all, left)
			}
		}
	}
	return all
}

func (l *List) warn(code string, n int) {
	if n > 0 {
		l.opened.Warnings = append(l.opened.Warnings, plan.Count{Code: code, Count: n})
	}
}

// Operation is that of the last plan.
func (l *List) Operation() operation.Name { return l.op.Name }

// Region is where the last plan has numbers without a country read.
func (l *List) Region() string { return l.plan.Region }
