package review

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
)

// shape says where an operation's rows stand in its request.
type shape struct {
	place  string // "contacts", "callInfoList.callList"; "" where a call has one row
	number string // the field of the row's number; "" where a row is its number and nothing else
}

var shapes = map[operation.Name]shape{
	operation.DNCAdd:         {"contacts", "phone_number"},
	operation.DNCRemove:      {"phone_numbers", ""},
	operation.DNCCheck:       {"", "phone_number"},
	operation.SMSSend:        {"", "end_user_number"},
	operation.ContactsAdd:    {"", "phone_number"},
	operation.ContactsImport: {"contacts", "phone_number"},
	operation.CallbotImport:  {"callInfoList.callList", "userPhone"},
}

// rowField is a field of the row that is filled from a column.
type rowField struct {
	operation.Field        // Path is the name alone
	column          int    // -1: fixed
	number          bool   // a whole number in JSON
	text            string // fixed
}

// rowFields are what a row's part of the request is made of, besides its number.
type rowFields struct {
	shape
	fields []rowField
	order  int // which field is the Callbot's orderID; -1 for none
}

// fieldsOf lists the fields of an operation's row that a plan fills.
func fieldsOf(op operation.Operation, p plan.Plan) rowFields {
	r := rowFields{shape: shapes[op.Name], order: -1}
	prefix := ""
	if r.place != "" {
		prefix = r.place + "[]."
	}
	for _, f := range op.Fields() {
		name, ok := strings.CutPrefix(f.Path, prefix)
		if !ok || strings.ContainsAny(name, ".[") || name == r.number || f.In == "ledger" || f.In == "path" || name == "message" {
			continue
		}
		f.Path = name
		column, mapped := p.Fields[name]
		switch {
		case mapped && column >= 0:
			if name == "orderID" {
				r.order = len(r.fields)
			}
			r.fields = append(r.fields, rowField{Field: f, column: column, number: f.Is == "id"})
		case name == "expires_at" && p.Expires != "":
			r.fields = append(r.fields, rowField{Field: f, column: -1, text: p.Expires})
		}
	}
	return r
}

// value is what a field of a row leaves as: trimmed, a time in UTC, a number in
// E.164. code tells why it cannot; params are its problem's.
func (l *List) value(row int, f *rowField, judge *engine.Column) (text, code string, params map[string]string) {
	text = f.text
	if f.column >= 0 {
		text = strings.TrimSpace(string(l.table.Cell(row, f.column)))
	}
	if text == "" {
		if f.Must {
			return "", operation.CodeRequired, nil
		}
		return "", "", nil
	}
	if f.Max > 0 && len(text) > f.Max && utf8.RuneCountInString(text) > f.Max {
		return "", operation.CodeTooLong, map[string]string{"max": strconv.Itoa(f.Max)}
	}
	switch f.Is {
	case "time":
		at, ok := ReadTime(text)
		switch {
		case !ok:
			return "", operation.CodeTime, nil
		case !at.After(l.plan.Now):
			return "", operation.CodeTimePast, nil
		}
		return at.Format("2006-01-02 15:04:05 UTC"), "", nil
	case "phone":
		r := judge.Text(text)
		if r.Digits == 0 {
			n := r.Number()
			return "", operation.CodePhone, map[string]string{"reason": string(n.Reason)}
		}
		return e164(r.Digits), "", nil
	case "id":
		if n, err := strconv.ParseInt(text, 10, 64); err != nil || n <= 0 {
			return "", operation.CodeID, nil
		}
	case "email":
		if !isEmail(text) {
			return "", operation.CodeEmail, nil
		}
	default:
		if hasControl(text) {
			return "", operation.CodeControl, nil
		}
	}
	return text, "", nil
}

// isEmail and hasControl are as strict as package operation, which judges again.
func isEmail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && strings.Contains(domain, ".") &&
		!strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") &&
		!strings.ContainsAny(text, " \t\r\n<>,;\"") && !strings.Contains(domain, "@") && !hasControl(text)
}

func hasControl(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return true
		}
	}
	return !utf8.ValidString(text) || strings.ContainsRune(text, unicode.ReplacementChar)
}

// latest is the zone in which a day ends last. A date that names no zone is read
// there, so that protection is never shorter than what was meant.
var latest = time.FixedZone("UTC-12", -12*60*60)

// Shapes of dates in spreadsheets. Where day and month could be taken for one
// another, a date is not read at all: see ReadTime.
var (
	zoned = []string{"2006-01-02 15:04:05.999999999 UTC", "2006-01-02 15:04 UTC", time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700",
		"2006-01-02T15:04Z07:00", "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999 -07:00", "2006-01-02 15:04:05.999999999Z07:00"}
	unzoned = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04"}
	days    = []string{"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日"}
)

// ReadTime reads a time or a date as spreadsheets have them. A date is its last
// second, and what names no zone is read in the zone where it comes last. A date
// with the day or the month in front is read only where it can be one alone.
func ReadTime(text string) (time.Time, bool) {
	for _, shape := range zoned {
		if t, err := time.Parse(shape, text); err == nil {
			return t.UTC(), true
		}
	}
	for _, shape := range unzoned {
		if t, err := time.ParseInLocation(shape, text, latest); err == nil {
			return t.UTC(), true
		}
	}
	for _, shape := range days {
		if t, err := time.ParseInLocation(shape, text, latest); err == nil {
			return endOfDay(t), true
		}
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '.' || r == '-' })
	if len(parts) != 3 || len(parts[2]) != 4 {
		return time.Time{}, false
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	if errA != nil || errB != nil || a != b && a <= 12 && b <= 12 {
		return time.Time{}, false
	}
	if a > 12 {
		a, b = b, a
	}
	t, err := time.ParseInLocation("2006-1-2", parts[2]+"-"+strconv.Itoa(a)+"-"+strconv.Itoa(b), latest)
	if err != nil {
		return time.Time{}, false
	}
	return endOfDay(t), true
}

func endOfDay(t time.Time) time.Time { return t.AddDate(0, 0, 1).Add(-time.Second).UTC() }

// part is a piece of a message: a text, or what stands in a column.
type part struct {
	text   string
	column int // -1: the text
}

// parseTemplate takes a message apart at its {headings}. A doubled brace is a
// brace. missing are the names of no column.
func (l *List) parseTemplate(template string) (parts []part, missing []string) {
	text := strings.Builder{}
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, part{text.String(), -1})
			text.Reset()
		}
	}
	for i := 0; i < len(template); {
		c := template[i]
		switch {
		case (c == '{' || c == '}') && strings.HasPrefix(template[i+1:], string(c)):
			text.WriteByte(c)
			i += 2
			continue
		case c == '{':
			if stop := strings.IndexByte(template[i:], '}'); stop > 0 {
				name := strings.TrimSpace(template[i+1 : i+stop])
				i += stop + 1
				if at := l.columnNamed(name); at >= 0 {
					flush()
					parts = append(parts, part{column: at})
				} else {
					missing = append(missing, name)
				}
				continue
			}
		}
		text.WriteByte(c)
		i++
	}
	flush()
	return parts, missing
}

// columnNamed finds a column by its heading, and without headings by the letter
// that spreadsheets give it.
func (l *List) columnNamed(name string) int {
	for i := range l.columns {
		if l.heading(i) == name {
			return i
		}
	}
	for i := range l.columns {
		if strings.EqualFold(l.heading(i), name) {
			return i
		}
	}
	return -1
}

// heading is a column's heading, or the letter that spreadsheets give it where there is none.
func (l *List) heading(column int) string {
	if h := l.columns[column].Heading; h != "" {
		return h
	}
	return Letters(column)
}

// Letters names a column as spreadsheets do: A, B … Z, AA.
func Letters(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// message renders the template for a row. empty names the first column of it
// that has nothing to put in.
func (l *List) message(row int) (text, empty string) {
	var b strings.Builder
	for _, p := range l.template {
		if p.column < 0 {
			b.WriteString(p.text)
			continue
		}
		cell := strings.TrimSpace(string(l.table.Cell(row, p.column)))
		if cell == "" && empty == "" {
			empty = l.heading(p.column)
		}
		b.WriteString(cell)
	}
	return b.String(), empty
}
