package review

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/run"
	"outdial/shared/sms"
)

// view is the window's rows as they were last asked for.
type view struct {
	class, search string
	sort          int
	down          bool
	rows          []uint32
	made          bool
}

func (v *view) forget() { v.made, v.rows = false, v.rows[:0] }

// mostShown is the most rows of one answer.
const mostShown = 200

// View gives a window of rows.
func (l *List) View(q plan.ViewQuestion) plan.View {
	out := plan.View{From: max(0, q.From), Rows: []plan.Row{}}
	all := q.Class == "" && q.Search == "" && q.Sort == -1
	if all {
		out.Total = l.table.Rows()
	} else {
		l.look(q)
		out.Total = len(l.view.rows)
	}
	for i := out.From; i < min(out.Total, out.From+min(q.Count, mostShown)); i++ {
		at := i
		if all && q.Down {
			at = out.Total - 1 - i
		}
		if !all {
			at = int(l.view.rows[i])
		}
		out.Rows = append(out.Rows, l.Row(at))
	}
	return out
}

// look makes the view's rows unless they are the ones that were asked for last.
func (l *List) look(q plan.ViewQuestion) {
	v := &l.view
	if v.made && v.class == q.Class && v.search == q.Search && v.sort == q.Sort && v.down == q.Down {
		return
	}
	v.class, v.search, v.sort, v.down, v.made = q.Class, q.Search, q.Sort, q.Down, true
	v.rows = v.rows[:0]
	of, search := l.filter(q.Class), l.newSearch(q.Search)
	for row := range l.table.Rows() {
		if of(row) && search.finds(row) {
			v.rows = append(v.rows, uint32(row))
		}
	}
	l.order(v.rows, q.Sort, q.Down)
}

// filter makes the test for the class of a view.
func (l *List) filter(class string) func(row int) bool {
	if len(l.class) != l.table.Rows() {
		return func(int) bool { return class == "" } // no plan yet
	}
	if code, ok := strings.CutPrefix(class, "repair:"); ok {
		bit := repairBit(phone.RepairCode(code))
		return func(row int) bool { return l.results[row].Repairs&bit != 0 }
	}
	if code, ok := strings.CutPrefix(class, "hint:"); ok {
		bit := uint8(0)
		if at := slices.Index(hintCodes, code); at >= 0 {
			bit = 1 << at
		}
		return func(row int) bool { return l.class[row] == classReady && l.hints[row]&bit != 0 }
	}
	switch class {
	case "":
		return func(int) bool { return true }
	case "ready":
		return func(row int) bool { return l.class[row] == classReady }
	case "unusual":
		return func(row int) bool { return l.results[row].Verdict == unusual && l.results[row].Digits != 0 }
	case "edited":
		return l.table.IsCorrected
	case "known":
		return func(row int) bool { return l.isKnown(l.results[row].Digits) }
	case run.ReasonPresent:
		if !slices.Contains(l.plan.LeaveOut, run.ReasonPresent) {
			return func(row int) bool { return l.present[l.results[row].Digits] }
		}
	case "closed":
		return func(row int) bool {
			_, shut := l.closed[l.results[row].Digits]
			return shut && l.class[row] == classReady
		}
	case "duplicates": // with the rows that win over them
		return func(row int) bool {
			return l.class[row] == classDuplicate || l.twice(row)
		}
	}
	return func(row int) bool { return l.class[row] != classReady && l.codes[l.class[row]] == class }
}

// twice reports whether a row wins over another.
func (l *List) twice(row int) bool {
	if l.doubled == nil {
		l.doubled = map[int]bool{}
		for at, class := range l.class {
			if class == classDuplicate {
				l.doubled[l.winners.of(l.results, l.results[at].Digits)] = true
			}
		}
	}
	return l.doubled[row]
}

// search looks for a text in all cells of a row, and for digits in its number.
type search struct {
	l      *List
	needle []byte // small letters
	digits string
}

func (l *List) newSearch(text string) search {
	s := search{l: l, needle: []byte(strings.ToLower(strings.TrimSpace(text)))}
	bare := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		if strings.ContainsRune(" +-()./", r) {
			return -1
		}
		return 'x'
	}, text)
	if len(bare) >= 3 && !strings.Contains(bare, "x") {
		s.digits = strings.TrimLeft(bare, "0")
	}
	return s
}

func (s search) finds(row int) bool {
	if len(s.needle) == 0 {
		return true
	}
	for column := range s.l.table.Width() {
		if containsFolded(s.l.table.Cell(row, column), s.needle) {
			return true
		}
	}
	if s.digits == "" || row >= len(s.l.results) || s.l.results[row].Digits == 0 {
		return false
	}
	var b [20]byte
	return bytes.Contains(strconv.AppendUint(b[:0], s.l.results[row].Digits, 10), []byte(s.digits))
}

// containsFolded compares without regard to the case of the letters of English
// and French; needle is in small ones.
func containsFolded(text, needle []byte) bool {
	for i := 0; i+len(needle) <= len(text); i++ {
		if lower(text, i) != needle[0] {
			continue
		}
		n := 1
		for n < len(needle) && lower(text, i+n) == needle[n] {
			n++
		}
		if n == len(needle) {
			return true
		}
	}
	return false
}

// lower is the ith byte of a text in small letters: A to Z, and À to Þ, whose
// second byte in UTF-8 differs from that of the small letter by the same bit.
func lower(text []byte, i int) byte {
	b := text[i]
	if 'A' <= b && b <= 'Z' || 0x80 <= b && b <= 0x9E && b != 0x97 && i > 0 && text[i-1] == 0xC3 {
		return b | 0x20
	}
	return b
}

// Orders of a view beside columns.
const (
	asInFile  = -1
	byVerdict = -2
)

// order sorts rows. Rows with nothing to go by come last either way, and equal
// ones stay as they stand in the file.
func (l *List) order(rows []uint32, by int, down bool) {
	if by == asInFile || by >= l.table.Width() {
		if down {
			slices.Reverse(rows)
		}
		return
	}
	s := sorter{keys: make([]sortKey, len(rows)), spare: make([]sortKey, len(rows)), down: down}
	key, texts := l.keyed(by)
	for i, row := range rows {
		k := key(int(row))
		if down && k != nothing {
			k = ^k
		}
		s.keys[i] = sortKey{k, row}
	}
	if texts {
		s.text = func(row uint32) []byte { return bytes.TrimLeft(l.table.Cell(int(row), by), " ") }
	}
	s.sort(0, len(rows), 0)
	for i, k := range s.keys {
		rows[i] = k.row
	}
}

// nothing is the key of a row that has nothing to go by.
const nothing = math.MaxUint64

// keyed gives what rows are ordered by; texts says that it is the beginning of a text.
func (l *List) keyed(by int) (key func(row int) uint64, texts bool) {
	planned := len(l.class) == l.table.Rows()
	switch {
	case by == byVerdict && planned:
		return func(row int) uint64 { return uint64(l.results[row].Verdict)<<8 | uint64(l.class[row]) }, false
	case by < 0:
		return func(row int) uint64 { return uint64(row) }, false
	case planned && len(l.plan.Phones) == 1 && by == l.plan.Phones[0]:
		return func(row int) uint64 {
			if d := l.results[row].Digits; d != 0 {
				return d
			}
			return nothing
		}, false
	case l.isNumeric(by):
		return func(row int) uint64 {
			f, err := strconv.ParseFloat(strings.TrimSpace(string(l.table.Cell(row, by))), 64)
			if err != nil {
				return nothing
			}
			b := math.Float64bits(f)
			if b>>63 == 1 {
				return ^b
			}
			return b | 1<<63
		}, false
	}
	return func(row int) uint64 {
		cell := bytes.TrimLeft(l.table.Cell(row, by), " ")
		if len(cell) == 0 {
			return nothing
		}
		return eight(cell, 0)
	}, true
}

func (l *List) isNumeric(column int) bool {
	filled, numeric := 0, 0
	for row := range min(l.table.Rows(), 2000) {
		cell := strings.TrimSpace(string(l.table.Cell(row, column)))
		if cell == "" {
			continue
		}
		filled++
		if _, err := strconv.ParseFloat(cell, 64); err == nil {
			numeric++
		}
	}
	return filled > 0 && numeric*10 >= filled*9
}

// Row is one row as the screen shows it.
func (l *List) Row(row int) plan.Row {
	r := plan.Row{Line: row + 1, Cells: make([]string, len(l.columns)), Edited: l.table.Corrected(row)}
	for i := range r.Cells {
		r.Cells[i] = string(l.table.Cell(row, i))
	}
	if len(l.class) != l.table.Rows() {
		return r
	}
	result := l.results[row]
	r.Typed, r.Sent = string(l.typed(row)), e164(result.Digits)
	r.Verdict = string(phone.Verdicts()[result.Verdict])
	for i, code := range phone.RepairCodes() {
		if result.Repairs>>i&1 == 1 {
			r.Repairs = append(r.Repairs, string(code))
		}
	}
	class := l.class[row]
	r.Reason = l.codes[class]
	if class == classDuplicate {
		r.Other = l.winners.of(l.results, result.Digits) + 1
	}
	if result.Digits != 0 {
		if class != classDuplicate && r.Reason != "" || class == classReady {
			r.Field, _, r.Params = l.reviewed(row, class)
		}
		if known, ok := l.known[result.Digits]; ok {
			r.Known = &known.At
		}
	}
	if l.op.Name == operation.SMSSend && len(l.template) > 0 {
		r.Message, _ = l.message(row)
		r.Segments = sms.Measure(r.Message).Segments
	}
	return r
}

// reviewed finds once more which field keeps a row back.
func (l *List) reviewed(row int, class uint8) (field, code string, params map[string]string) {
	field, code, params = l.fieldProblem(row, l.judgeOf(l.plan.Region))
	if code != l.codes[class] {
		return "", "", nil
	}
	return field, code, params
}

// Edit corrects one cell and judges again what hangs on it.
func (l *List) Edit(e plan.Edit, progress Progress) (plan.Summary, error) {
	row := e.Line - 1
	if row < 0 || row >= l.table.Rows() {
		return l.summary, nil
	}
	l.table.Correct(row, e.Column, e.Text)
	if len(l.class) != l.table.Rows() {
		return plan.Summary{Total: l.table.Rows(), Edited: l.table.Corrections()}, nil
	}
	l.judgeRow(row)
	if progress == nil {
		progress = func(string, int64, int64) error { return nil }
	}
	return l.sum(progress)
}
