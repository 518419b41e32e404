package review

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
	"outdial/shared/run"
	"outdial/shared/sms"
)

// Hints of a row, as bits.
var hintCodes = []string{operation.HintForeign, operation.HintShortExpiry, operation.HintLongMessage}

const (
	hintForeign = 1 << iota
	hintShortExpiry
	hintLongMessage
)

// longMessage is the longest message that providers of SMS usually take, and
// dncYears how long do-not-call requests are kept; see package operation.
const (
	longMessage = 1600
	dncYears    = 5
)

// messageMost is the longest message that is taken, in characters; ccai.SMS.
const messageMost = 10_000

// Plan judges the list under a plan. Numbers are read again only where the plan
// changes how they are read.
func (l *List) Plan(p plan.Plan, progress Progress) (plan.Summary, error) {
	if progress == nil {
		progress = func(string, int64, int64) error { return nil }
	}
	name := p.Operation
	if p.Single && name == operation.ContactsImport {
		name = operation.ContactsAdd
	}
	op, ok := operation.Find(name)
	if _, known := shapes[name]; !ok || !known {
		return plan.Summary{Failed: "operation"}, nil
	}
	l.plan, l.op = p, op
	l.plan.Phones = slices.DeleteFunc(slices.Clone(p.Phones), func(c int) bool { return c < 0 || c >= len(l.columns) })
	if l.plan.RegionColumn >= len(l.columns) {
		l.plan.RegionColumn = -1
	}
	if l.numbers != keyOf(l.plan) {
		if err := l.judge(progress); err != nil {
			return plan.Summary{}, err
		}
	}
	return l.sum(progress)
}

// sum puts every row into its class and counts.
func (l *List) sum(progress Progress) (plan.Summary, error) {
	l.view.forget()
	l.doubled = nil
	l.row = fieldsOf(l.op, l.plan)
	var missing []string
	l.template, missing = l.parseTemplate(l.plan.Template)
	if at, ok := l.plan.Fields["message"]; ok && at >= 0 && l.op.Name == operation.SMSSend && len(l.template) == 0 {
		l.template = []part{{column: at}}
	}
	if err := l.classify(progress); err != nil {
		return plan.Summary{}, err
	}
	s, err := l.count(progress)
	if err != nil {
		return plan.Summary{}, err
	}
	if s.Questions, err = l.questions(progress); err != nil {
		return plan.Summary{}, err
	}
	for _, name := range missing {
		s.Whole = append(s.Whole, operation.Problem{Field: "message", Code: plan.CodeNoColumn, Params: map[string]string{"name": name}})
	}
	l.whole(&s)
	l.summary = s
	return s, nil
}

// classify settles the class of every row. What has to do with the row alone
// comes first; of the rows that are left, one is chosen for each number.
func (l *List) classify(progress Progress) error {
	rows := l.table.Rows()
	if len(l.class) != rows {
		l.class, l.hints = make([]uint8, rows), make([]uint8, rows)
	}
	l.segments = nil
	if l.op.Name == operation.SMSSend {
		l.segments = make([]uint8, rows)
	}
	deselected, leaveSent, leavePresent := l.leftOut()
	l.demanded = nil
	orders := map[string]bool{}
	judge := l.judgeOf(l.plan.Region)
	sendable := 0
	// Most lists of numbers alone: a fine number is all that a row needs.
	plain := l.outcome < 0 && deselected == nil && !leaveSent && !leavePresent && len(l.row.fields) == 0 && l.op.Name != operation.SMSSend && l.op.Name != operation.CallbotImport
	for row := range rows {
		if row%step == 0 {
			if err := progress(Judging, int64(row), int64(rows)); err != nil {
				return err
			}
		}
		digits := l.results[row].Digits
		if plain && digits != 0 && l.results[row].Verdict == fine {
			l.class[row], l.hints[row] = classReady, 0
			sendable++
			continue
		}
		class := l.alone(row, deselected, judge)
		if class == classReady {
			switch {
			case leavePresent && l.present[digits]:
				class = classPresent
			case leaveSent && l.isKnown(digits):
				class = classSentBefore
			case l.row.order >= 0 && l.repeatsOrder(row, orders):
				class = l.code(operation.CodeRepeatedOrders)
			}
		}
		if class == classReady || class == classAccepted || class == classUnknown {
			sendable++
		}
		l.class[row] = class
	}
	l.winners.reset(sendable)
	// What was sent before wins over every other row with its number.
	for row, class := range l.class {
		if (class == classAccepted || class == classUnknown) && l.results[row].Digits != 0 {
			l.winners.enter(l.results, row)
		}
	}
	for row, class := range l.class {
		if class != classReady {
			continue
		}
		other := l.winners.enter(l.results, row)
		if other < 0 {
			continue
		}
		loser := row
		if l.class[other] == classReady && l.prefers(row, other) {
			l.winners.replace(l.results, row)
			loser = other
		}
		l.class[loser] = classDuplicate
	}
	return nil
}

// leftOut reads what the person leaves out.
func (l *List) leftOut() (rows map[int]bool, sent, present bool) {
	for _, left := range l.plan.LeaveOut {
		switch left {
		case run.ReasonSentBefore:
			sent = true
		case run.ReasonPresent:
			present = true
		default:
			text, ok := strings.CutPrefix(string(left), "line:")
			if line, err := strconv.Atoi(text); ok && err == nil {
				if rows == nil {
					rows = map[int]bool{}
				}
				rows[line-1] = true
			}
		}
	}
	return rows, sent, present
}

// prefers tells which of two rows with one number is kept.
func (l *List) prefers(row, other int) bool {
	switch l.plan.Duplicates {
	case plan.Last:
		return true
	case plan.Fullest:
		return l.table.Filled(row) > l.table.Filled(other)
	}
	return false
}

func (l *List) isKnown(digits uint64) bool {
	_, ok := l.known[digits]
	return ok
}

func (l *List) repeatsOrder(row int, seen map[string]bool) bool {
	order := strings.TrimSpace(string(l.table.Cell(row, l.row.fields[l.row.order].column)))
	if order == "" {
		return false
	}
	again := seen[order]
	seen[order] = true
	return again
}

// alone is the class of a row by itself; it sets the row's hints.
func (l *List) alone(row int, deselected map[int]bool, judge *engine.Column) uint8 {
	l.hints[row] = 0
	if l.outcome >= 0 {
		switch strings.TrimSpace(string(l.table.Cell(row, l.outcome))) {
		case "accepted", "updated":
			return classAccepted
		case "unknown":
			return classUnknown
		}
	}
	r := &l.results[row]
	if r.Digits == 0 && l.table.IsBlank(row) {
		return classBlank
	}
	if deselected != nil && deselected[row] {
		return classDeselected
	}
	if r.Digits == 0 {
		if r.Line == declined {
			return classDeclined
		}
		return classPhone + r.Reason - 1
	}
	if r.Verdict == unusual && !l.plan.Unusual {
		return classUnusual
	}
	_, code, _ := l.fieldProblem(row, judge)
	if code != "" {
		return l.code(code)
	}
	return classReady
}

// fieldProblem finds the first field of a row that cannot leave.
func (l *List) fieldProblem(row int, judge *engine.Column) (field, code string, params map[string]string) {
	for i := range l.row.fields {
		f := &l.row.fields[i]
		text, code, params := l.value(row, f, judge)
		if code != "" {
			return f.Path, code, params
		}
		if f.Is == "time" && text != "" {
			if at, ok := ReadTime(text); ok && at.Before(l.plan.Now.AddDate(dncYears, 0, 0)) {
				l.hints[row] |= hintShortExpiry
			}
		}
	}
	switch l.op.Name {
	case operation.SMSSend:
		return l.messageProblem(row)
	case operation.CallbotImport:
		return l.paramProblem(row)
	}
	return "", "", nil
}

func (l *List) messageProblem(row int) (field, code string, params map[string]string) {
	if !l.isForUS(row) {
		l.hints[row] |= hintForeign
	}
	if len(l.template) == 0 {
		return "", "", nil
	}
	text, empty := l.message(row)
	n := utf8.RuneCountInString(text)
	switch {
	case empty != "":
		return "message", plan.ReasonNoParam, map[string]string{"name": empty}
	case strings.TrimSpace(text) == "":
		return "message", operation.CodeRequired, nil
	case n > messageMost:
		return "message", operation.CodeTooLong, map[string]string{"max": strconv.Itoa(messageMost)}
	case hasControl(text):
		return "message", operation.CodeControl, nil
	case n > longMessage:
		l.hints[row] |= hintLongMessage
	}
	l.segments[row] = uint8(min(255, sms.Measure(text).Segments))
	return "", "", nil
}

func (l *List) isForUS(row int) bool {
	r := l.results[row].Region
	return r > 0 && l.usa() == r
}

// usa is the place of the United States among engine.Regions, from 1.
func (l *List) usa() uint8 {
	if l.us == 0 {
		l.us = uint8(slices.Index(engine.Regions(), "US") + 1)
	}
	return l.us
}

// paramProblem demands the variables that the first row has of every row: the
// first that could leave otherwise.
func (l *List) paramProblem(row int) (field, code string, params map[string]string) {
	first := l.demanded == nil
	if first {
		l.demanded = make([]bool, len(l.plan.Params))
	}
	for i, p := range l.plan.Params {
		text := strings.TrimSpace(string(l.table.Cell(row, p.Column)))
		switch {
		case utf8.RuneCountInString(text) > 1000:
			return "params", operation.CodeTooLong, map[string]string{"max": "1000", "name": p.Name}
		case hasControl(text):
			return "params", operation.CodeControl, map[string]string{"name": p.Name}
		case first:
			l.demanded[i] = text != ""
		case text == "" && l.demanded[i]:
			return "params", plan.ReasonNoParam, map[string]string{"name": p.Name}
		}
	}
	return "", "", nil
}

// count counts the rows as they are classed, and gathers those that leave.
func (l *List) count(progress Progress) (plan.Summary, error) {
	var byClass, byRepair, byHint, byRegion [256]int
	s := plan.Summary{Total: l.table.Rows(), Edited: l.table.Corrections()}
	ready := l.calls.rows[:0]
	for row, class := range l.class {
		if row%step == 0 {
			if err := progress(Judging, int64(len(l.class)), int64(len(l.class))); err != nil {
				return s, err
			}
		}
		r := &l.results[row]
		byClass[class]++
		for b := r.Repairs; b != 0; b &= b - 1 {
			byRepair[bits.TrailingZeros32(b)]++
		}
		if r.Repairs&bitHidden != 0 {
			s.Marks += l.marks(row)
		}
		if r.Verdict == unusual && r.Digits != 0 {
			s.Unusual++
		}
		if len(l.known) > 0 && l.isKnown(r.Digits) {
			s.Known++
		}
		if len(l.present) > 0 && l.present[r.Digits] {
			s.Present++
		}
		if class != classReady {
			continue
		}
		byRegion[r.Region]++
		for b := uint32(l.hints[row]); b != 0; b &= b - 1 {
			byHint[bits.TrailingZeros32(b)]++
		}
		if l.segments != nil {
			s.Segments += int(l.segments[row])
		}
		if len(l.closed) > 0 {
			if _, shut := l.closed[r.Digits]; shut {
				s.Closed++
			}
		}
		ready = append(ready, uint32(row))
	}
	s.Misfit = l.misfit()
	l.calls.rows = ready
	l.calls.size = l.callSize()
	s.Ready, s.Calls = len(ready), l.calls.len()
	s.Out = counts(byClass[:len(l.codes)], func(i int) string { return l.codes[i] }, 1)
	repairs := phone.RepairCodes()
	s.Repairs = counts(byRepair[:len(repairs)], func(i int) string { return string(repairs[i]) }, 0)
	s.Hints = counts(byHint[:len(hintCodes)], func(i int) string { return hintCodes[i] }, 0)
	regions := engine.Regions()
	s.Regions = counts(byRegion[:len(regions)+1], func(i int) string {
		if i == 0 {
			return ""
		}
		return regions[i-1]
	}, 0)
	return s, nil
}

// marks is how many invisible characters a row's number is written with.
func (l *List) marks(row int) int {
	for _, r := range phone.Read(string(l.typed(row))).Repairs {
		if r.Code == phone.HiddenRemoved {
			return r.Count
		}
	}
	return 0
}

// counts lists what was counted, most first; equal codes are put together.
func counts(n []int, code func(int) string, from int) []plan.Count {
	var all []plan.Count
	for i := from; i < len(n); i++ {
		if n[i] == 0 {
			continue
		}
		at := slices.IndexFunc(all, func(c plan.Count) bool { return c.Code == code(i) })
		if at >= 0 {
			all[at].Count += n[i]
			continue
		}
		all = append(all, plan.Count{Code: code(i), Count: n[i]})
	}
	slices.SortStableFunc(all, func(a, b plan.Count) int { return b.Count - a.Count })
	return all
}

// winners finds the row that is kept for a number: a hash table whose slots are
// rows, so that a million numbers cost eight megabytes.
type winners struct {
	slots []uint32 // a row, from 1
	shift uint
}

func (w *winners) reset(n int) {
	size := bits.Len(uint(2*n + 1))
	w.shift = uint(64 - size)
	if len(w.slots) != 1<<size {
		w.slots = make([]uint32, 1<<size)
		return
	}
	clear(w.slots)
}

func (w *winners) slot(results []engine.Result, digits uint64) *uint32 {
	at := digits * 0x9E3779B97F4A7C15 >> w.shift
	for {
		s := &w.slots[at]
		if *s == 0 || results[*s-1].Digits == digits {
			return s
		}
		if at++; at == uint64(len(w.slots)) {
			at = 0
		}
	}
}

// enter makes a row the one of its number unless there is one, which it gives; -1 if there is none.
func (w *winners) enter(results []engine.Result, row int) int {
	s := w.slot(results, results[row].Digits)
	if *s != 0 {
		return int(*s) - 1
	}
	*s = uint32(row) + 1
	return -1
}

func (w *winners) replace(results []engine.Result, row int) {
	*w.slot(results, results[row].Digits) = uint32(row) + 1
}

// of is the row that is kept for a number, -1 for none.
func (w *winners) of(results []engine.Result, digits uint64) int {
	if len(w.slots) == 0 || digits == 0 {
		return -1
	}
	return int(*w.slot(results, digits)) - 1
}
