package callbot

import (
	"strconv"
	"strings"

	vendor "outdial/shared/callbot"
	"outdial/shared/operation"
)

// Columns of a row: the four fixed ones, then the variables.
const (
	colPhone = iota
	colUser
	colCustomer
	colOther
	colVars
)

// row is one line of the list as it is typed.
type row struct {
	Order  string // orderID: made once, kept across tries
	Cells  [colVars]string
	Values []string // of the list's variables, in their order
}

func (r *row) at(col int) *string {
	if col < colVars {
		return &r.Cells[col]
	}
	return &r.Values[col-colVars]
}

func (r *row) blank() bool {
	for _, text := range r.Cells {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	for _, text := range r.Values {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// left is a row that was taken out of the list.
type left struct {
	Row    row
	Whole  bool   // Row holds everything, so it can be put back
	Line   int    // where it stood: in the file, or in the list, from 0
	Reason string // in the person's language
}

// sheet is the list: its variables and its rows. Rows in which nothing is
// typed are there to type in: they are neither counted nor sent.
type sheet struct {
	Vars []string
	Rows []row
	Out  []left
	More int // left out of a file beyond those that Out names

	version int  // grows with every change that is to be judged
	waiting bool // something was typed that is to be judged when its cell is left
	newID   func() string
}

func (s *sheet) changed() { s.version, s.waiting = s.version+1, false }

// renew gives every row a new orderID.
func (s *sheet) renew() {
	for i := range s.Rows {
		s.Rows[i].Order = s.newID()
	}
}

// ready makes sure that there is a row to type in.
func (s *sheet) ready() {
	if len(s.Rows) == 0 {
		s.Rows = append(s.Rows, s.newRow())
	}
}

func (s *sheet) newRow() row {
	return row{Order: s.newID(), Values: make([]string, len(s.Vars))}
}

// add puts an empty row behind row i and returns its index.
func (s *sheet) add(i int) int {
	at := min(i+1, len(s.Rows))
	s.Rows = append(s.Rows, row{})
	copy(s.Rows[at+1:], s.Rows[at:])
	s.Rows[at] = s.newRow()
	s.changed()
	return at
}

func (s *sheet) remove(i int) {
	s.Rows = append(s.Rows[:i:i], s.Rows[i+1:]...)
	s.ready()
	s.changed()
}

// addVar adds a variable that has a name of its own.
func (s *sheet) addVar(name string) {
	s.Vars = append(s.Vars, s.freeName(name))
	for i := range s.Rows {
		s.Rows[i].Values = append(s.Rows[i].Values, "")
	}
	for i := range s.Out {
		if s.Out[i].Whole {
			s.Out[i].Row.Values = append(s.Out[i].Row.Values, "")
		}
	}
	s.changed()
}

func (s *sheet) freeName(name string) string {
	free := name
	for n := 2; s.variable(free) >= 0; n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// variable is the place of a variable, -1 when there is none of that name.
func (s *sheet) variable(name string) int {
	for i, v := range s.Vars {
		if v == name {
			return i
		}
	}
	return -1
}

func (s *sheet) removeVar(at int) {
	s.Vars = append(s.Vars[:at:at], s.Vars[at+1:]...)
	cut := func(r *row) { r.Values = append(r.Values[:at:at], r.Values[at+1:]...) }
	for i := range s.Rows {
		cut(&s.Rows[i])
	}
	for i := range s.Out {
		if s.Out[i].Whole {
			cut(&s.Out[i].Row)
		}
	}
	s.changed()
}

// take adds what was read from a text. Variables that only one side has are
// empty on the other, where they are asked for.
func (s *sheet) take(t table) int {
	kept := s.Rows[:0]
	for _, r := range s.Rows {
		if !r.blank() {
			kept = append(kept, r)
		}
	}
	s.Rows = kept
	at := make([]int, len(t.Vars))
	for i, name := range t.Vars {
		if at[i] = s.variable(name); at[i] < 0 {
			s.addVar(name)
			at[i] = len(s.Vars) - 1
		}
	}
	added := 0
	for _, from := range t.Rows {
		if from.blank() {
			continue
		}
		r := row{Order: from.Order, Values: make([]string, len(s.Vars))}
		if r.Order == "" {
			r.Order = s.newID()
		}
		r.Cells = from.Cells
		for i, value := range from.Values {
			r.Values[at[i]] = value
		}
		s.Rows = append(s.Rows, r)
		added++
	}
	s.ready()
	s.changed()
	return added
}

// calls are the rows as they are posted; at tells for each where it stands in
// the list.
func (s *sheet) calls() (calls []vendor.Call, at []int) {
	calls = []vendor.Call{}
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.blank() {
			continue
		}
		params := make([]vendor.Param, len(s.Vars))
		for j, name := range s.Vars {
			params[j] = vendor.Param{Name: name, Value: r.Values[j]}
		}
		calls = append(calls, vendor.Call{
			OrderID: r.Order, UserPhone: r.Cells[colPhone], Other: r.Cells[colOther],
			UserName: r.Cells[colUser], CustomerName: r.Cells[colCustomer], Params: params,
		})
		at = append(at, i)
	}
	return calls, at
}

// tableOf turns rows as they are posted, or stand in a file, into a table.
func tableOf(calls []vendor.Call) table {
	var t table
	place := map[string]int{}
	for _, call := range calls {
		for _, p := range call.Params {
			if _, known := place[p.Name]; !known {
				place[p.Name] = len(t.Vars)
				t.Vars = append(t.Vars, p.Name)
			}
		}
	}
	for _, call := range calls {
		r := row{Order: call.OrderID, Values: make([]string, len(t.Vars))}
		r.Cells[colPhone], r.Cells[colUser] = call.UserPhone, call.UserName
		r.Cells[colCustomer], r.Cells[colOther] = call.CustomerName, call.Other
		for _, p := range call.Params {
			r.Values[place[p.Name]] = p.Value
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// empties names every variable that a row leaves empty: the vendor wants all
// of them filled.
func (s *sheet) empties() []operation.Problem {
	var problems []operation.Problem
	n := 0
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.blank() {
			continue
		}
		for j, name := range s.Vars {
			if strings.TrimSpace(r.Values[j]) == "" {
				problems = append(problems, operation.Problem{
					Field: place(n) + ".params", Code: codeEmptyParam, Params: map[string]string{"name": name},
				})
				break
			}
		}
		n++
	}
	return problems
}

// place is the path of a row as it is posted.
func place(n int) string { return "callInfoList.callList[" + strconv.Itoa(n) + "]" }

// rowOf reads the row out of a path such as "callInfoList.callList[3].userPhone".
func rowOf(path string) (int, bool) {
	rest, ok := strings.CutPrefix(path, "callInfoList.callList[")
	if !ok {
		return 0, false
	}
	digits, _, ok := strings.Cut(rest, "]")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0
}

// counts of a list; Total is always Ready + Mend + LeftOut.
type counts struct {
	Total, Ready, Mend, LeftOut, Hinted int
}

// count adds the list up: rows is how many are posted, mend which of them
// have problems, hinted which have hints only.
func (s *sheet) count(rows int, mend, hinted map[int]bool) counts {
	c := counts{LeftOut: len(s.Out) + s.More}
	for n := range rows {
		switch {
		case mend[n]:
			c.Mend++
		case hinted[n]:
			c.Hinted++
		}
	}
	c.Ready = rows - c.Mend
	c.Total = rows + c.LeftOut
	return c
}

// leaveOut takes the rows out of the list that have a reason.
func (s *sheet) leaveOut(at []int, reasons map[int]string) {
	gone := map[int]bool{}
	for n, i := range at {
		if reason, ok := reasons[n]; ok {
			gone[i] = true
			s.Out = append(s.Out, left{Row: s.Rows[i], Whole: true, Line: n, Reason: reason})
		}
	}
	kept := s.Rows[:0:0]
	for i, r := range s.Rows {
		if !gone[i] {
			kept = append(kept, r)
		}
	}
	s.Rows = kept
	s.ready()
	s.changed()
}

// putBack returns a row to the end of the list.
func (s *sheet) putBack(n int) {
	l := s.Out[n]
	s.Out = append(s.Out[:n:n], s.Out[n+1:]...)
	if len(s.Rows) == 1 && s.Rows[0].blank() {
		s.Rows = s.Rows[:0]
	}
	s.Rows = append(s.Rows, l.Row)
	s.changed()
}
