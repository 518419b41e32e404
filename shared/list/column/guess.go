package column

import (
	"bytes"
	"slices"
	"strings"

	"outdial/shared/list/plan"
	"outdial/shared/list/table"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
)

const (
	looked   = 200 // filled cells of a column that are looked at
	lookRows = 5000
	topRows  = 20 // rows among which the heading may stand
	samples  = 5
)

// Column is what is known of one column.
type Column struct {
	Heading string
	Kind    Kind // by its heading; "" where it tells nothing
	Phones  bool // most cells are numbers that may be sent
	Emails  bool
	Sample  []string // its first filled cells

	word  word
	exact bool
}

// share of the cells that have to be of a kind for the column to be.
const share = 0.6

// FindHeading gives the row of the file, from 0, that is its heading, and -1 when
// there is none there. It leaves t without a heading.
func FindHeading(t *table.Table, region string) int {
	t.UseHeading(-1)
	if t.HasHeading() {
		return -1 // it is no row
	}
	known := newBook()
	best, most := -1, 1
	for row := range min(topRows, t.Rows()) {
		n, phones := 0, 0
		for i := range t.Len(row) {
			w, exact, ok := known.look(string(t.Cell(row, i)))
			if ok && exact {
				n++
				if w.kind == Phone {
					phones++
				}
			}
		}
		switch {
		case row == 0 && n > 0:
			return 0
		case n > most && phones > 0 && n*2 >= t.Filled(row):
			best, most = row, n
		}
	}
	if best > 0 {
		return best
	}
	return unknownHeading(t, region)
}

// unknownHeading judges a first row of words we do not know: it is a heading
// where it holds no number and no address while the rows below do.
func unknownHeading(t *table.Table, region string) int {
	if t.Rows() < 2 {
		return -1
	}
	below := false
	numbers := engine.NewColumn(region)
	for i := range t.Width() {
		first := bytes.TrimSpace(t.Cell(0, i))
		c := look(t, i, 1, numbers)
		if isEmail(first) || numbers.One(first).Digits != 0 || looksNumeric(first) {
			return -1
		}
		below = below || len(first) > 0 && (c.Phones || c.Emails || c.numeric)
	}
	if below {
		return 0
	}
	return -1
}

func looksNumeric(text []byte) bool {
	digits := 0
	for _, b := range text {
		switch {
		case '0' <= b && b <= '9':
			digits++
		case b >= 0x80 || b|0x20 >= 'a' && b|0x20 <= 'z':
			return false
		}
	}
	return digits > 0
}

type content struct {
	Phones, Emails, numeric bool
	sample                  []string
	filled, sendable        int
}

// look judges the cells of a column from that row on.
func look(t *table.Table, column, from int, numbers *engine.Column) content {
	var c content
	emails, numeric := 0, 0
	for row := from; row < min(t.Rows(), from+lookRows) && c.filled < looked; row++ {
		cell := bytes.TrimSpace(t.Cell(row, column))
		if len(cell) == 0 {
			continue
		}
		c.filled++
		if len(c.sample) < samples {
			c.sample = append(c.sample, string(cell))
		}
		switch {
		case isEmail(cell):
			emails++
		case isDate(cell):
		case numbers.One(cell).Digits != 0:
			c.sendable++
			numeric++
		case looksNumeric(cell):
			numeric++
		}
	}
	enough := func(n int) bool { return n > 0 && float64(n) >= share*float64(c.filled) }
	c.Phones, c.Emails, c.numeric = enough(c.sendable), enough(emails), enough(numeric)
	return c
}

func isEmail(text []byte) bool {
	at := bytes.IndexByte(text, '@')
	return at > 0 && bytes.IndexByte(text[at:], '.') > 1 && bytes.IndexByte(text, ' ') < 0
}

// isDate tells 2026-01-31 and 31/01/2026, which are also possible numbers in some countries.
func isDate(text []byte) bool {
	if len(text) > 10 {
		text = text[:10]
	}
	parts := bytes.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(parts) != 3 || len(text) < 8 {
		return false
	}
	for _, part := range parts {
		if len(part) > 4 || !looksNumeric(part) {
			return false
		}
	}
	return (len(parts[0]) == 4) != (len(parts[2]) == 4) && len(parts[1]) <= 2
}

// Look tells what is known of each column. region is where numbers without a
// country are read.
func Look(t *table.Table, region string) []Column {
	known := newBook()
	numbers := engine.NewColumn(region)
	all := make([]Column, t.Width())
	for i := range all {
		c := &all[i]
		c.Heading = t.Heading(i)
		w, exact, ok := known.look(c.Heading)
		if ok {
			c.Kind, c.word, c.exact = w.kind, w, exact
		}
		found := look(t, i, 0, numbers)
		c.Sample, c.Phones, c.Emails = found.sample, found.Phones, found.Emails
		if c.Kind == Phone && found.filled > 0 && found.sendable == 0 && !exact {
			c.Kind = "" // "phone verified: yes"
		}
		if c.Kind == "" && c.Emails {
			c.Kind = Email
		}
	}
	return all
}

// kinds are the fields of an operation's rows, by what columns they are filled from.
var kinds = map[operation.Name]map[string][]Kind{
	operation.DNCAdd:         {"expires_at": {Expiry}},
	operation.SMSSend:        {"ticket_id": {Ticket}, "agentEmail": {AgentEmail}, "agentId": {AgentID}},
	operation.ContactsAdd:    contact,
	operation.ContactsImport: contact,
	operation.CallbotImport:  {"userName": {Name}, "customerName": {Customer}, "orderID": {Order}, "other": {Other}},
}

var contact = map[string][]Kind{
	"name": {Name, Customer}, "email": {Email}, "outbound_number": {Outbound}, "external_unique_id": {ExternalID},
}

// Guess is the plan that columns suggest for an operation: to be looked at and
// changed by the person. Phone columns come in order of preference.
func Guess(columns []Column, op operation.Name, region string) plan.Plan {
	p := plan.Plan{Operation: op, Region: region, RegionColumn: -1, Fields: map[string]int{}, Duplicates: plan.First}
	taken := map[int]bool{}
	var named, found []int
	for i, c := range columns {
		switch {
		case c.Kind == Phone:
			named = append(named, i)
		case c.Kind == "" && c.Phones:
			found = append(found, i)
		case c.Kind == Region && p.RegionColumn < 0:
			p.RegionColumn = i
			taken[i] = true
		}
	}
	slices.SortStableFunc(named, func(a, b int) int { return columns[a].word.rank - columns[b].word.rank })
	p.Phones = named
	if len(named) == 0 {
		p.Phones = found
	}
	if p.Phones == nil {
		p.Phones = []int{}
	}
	for _, i := range p.Phones {
		taken[i] = true
	}
	fields := kinds[op]
	for _, name := range names(fields) {
		for _, kind := range fields[name] {
			at := slices.IndexFunc(columns, func(c Column) bool { return c.Kind == kind })
			if at >= 0 && !taken[at] {
				p.Fields[name] = at
				taken[at] = true
				break
			}
		}
	}
	if op == operation.CallbotImport {
		for i, c := range columns {
			if !taken[i] && c.Heading != "" && !c.IsResult() {
				p.Params = append(p.Params, plan.Param{Name: c.Heading, Column: i})
			}
		}
	}
	return p
}

// IsResult reports whether the column was written by Outdial into a result file.
func (c Column) IsResult() bool {
	return strings.HasPrefix(strings.ToLower(c.Heading), "outdial_")
}

func names(fields map[string][]Kind) []string {
	all := make([]string, 0, len(fields))
	for name := range fields {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
