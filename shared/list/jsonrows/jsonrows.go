// Package jsonrows reads lists of flat JSON objects: an array of them, one on
// each line (JSON Lines), or an array under a documented name inside an object,
// as in a whole request that was saved to a file. Columns come in the order in
// which their names first appear; objects within objects get names with dots.
package jsonrows

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"outdial/shared/list/table"
)

// wrappers are the names under which the array may stand.
var wrappers = map[string]bool{"contacts": true, "callList": true, "callInfoList": true, "phone_numbers": true}

// Reader takes a file in and makes a table of it: a heading row of the names,
// and a row for each object. The text is held until the end, and its cells are
// copied: they need not stand in the order of the columns.
type Reader struct {
	limits table.Limits
	text   []byte
}

// NewReader makes a reader for one file of about that many bytes.
func NewReader(limits table.Limits, size int64) *Reader {
	limits = limits.Or()
	r := &Reader{limits: limits}
	if size > 0 {
		r.text = make([]byte, 0, min(size, limits.Bytes))
	}
	return r
}

// Write takes in the next piece of the file, as UTF-8.
func (r *Reader) Write(piece []byte) (int, error) {
	if int64(len(r.text))+int64(len(piece)) > r.limits.Bytes {
		return 0, table.TooLarge(r.limits.Bytes)
	}
	r.text = append(r.text, piece...)
	return len(piece), nil
}

// Finish gives the table; lines tells that the objects stood on lines of their own.
func (r *Reader) Finish() (t *table.Table, lines bool, err error) {
	p := parser{limits: r.limits, b: table.NewBuilder(r.limits, int64(len(r.text))), text: bytes.TrimPrefix(r.text, []byte("\ufeff")), columns: map[string]int{}}
	r.text = nil
	first := bytes.TrimLeft(p.text, " \t\r\n")
	p.at = len(p.text) - len(first)
	switch {
	case len(first) == 0:
		return nil, false, table.Fail(table.CodeEmpty)
	case first[0] == '[':
		err = p.array()
		if err == nil {
			err = p.end()
		}
	case first[0] == '{':
		lines, err = p.objects()
	default:
		return nil, false, table.Fail(table.CodeNotJSON, "row", "1")
	}
	if err != nil {
		return nil, lines, err
	}
	t, err = p.table()
	return t, lines, err
}

// parser reads rows into a table.
type parser struct {
	limits  table.Limits
	text    []byte
	at      int
	names   []string
	columns map[string]int // place in names
	b       *table.Builder
	rows    int
	cells   []value  // of the row that is being read
	row     []value  // those by their columns
	set     []int    // the row, from 1, that a place of row was filled for
	last    []string // names of the row before, which are mostly those of this one
	lastAt  []int
}

// value is a cell: a piece of the text, or a string that had to be put together.
type value struct {
	column      int
	start, stop int
	text        []byte
	put         bool
}

func (p *parser) fail(code string) error {
	return table.Fail(code, "row", strconv.Itoa(p.rows+1))
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// next gives the sign after spaces, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) take(sign byte) error {
	if p.next() != sign {
		return p.fail(table.CodeNotJSON)
	}
	p.at++
	return nil
}

func (p *parser) end() error {
	if p.next() != 0 {
		return p.fail(table.CodeNotJSON)
	}
	return nil
}

// array reads rows until its end.
func (p *parser) array() error {
	p.at++
	if p.next() == ']' {
		p.at++
		return nil
	}
	for {
		if err := p.readRow(); err != nil {
			return err
		}
		switch p.next() {
		case ',':
			p.at++
		case ']':
			p.at++
			return nil
		default:
			return p.fail(table.CodeNotJSON)
		}
	}
}

// objects reads one object after another. A single one may hold the array.
func (p *parser) objects() (lines bool, err error) {
	start := p.at
	if found, err := p.wrapper(0); err != nil || found {
		return false, err
	}
	p.at = start
	for p.next() != 0 {
		if p.next() != '{' {
			return true, p.fail(table.CodeNotJSON)
		}
		if err := p.readRow(); err != nil {
			return true, err
		}
		if p.next() == ',' { // forgiven: it is easily left there
			p.at++
		}
	}
	return true, nil
}

// wrapper looks for an array of rows under a known name in the object at p.at,
// and within one at most two deeper. It reads the whole object.
func (p *parser) wrapper(depth int) (found bool, err error) {
	p.at++
	if p.next() == '}' {
		p.at++
		return false, nil
	}
	for {
		if p.next() != '"' {
			return false, p.fail(table.CodeNotJSON)
		}
		name, err := p.str()
		if err != nil {
			return false, err
		}
		if err := p.take(':'); err != nil {
			return false, err
		}
		sign := p.next()
		switch {
		case sign == '[' && wrappers[name.string(p)]:
			if found {
				return false, p.fail(table.CodeNoObjects)
			}
			found = true
			if err := p.array(); err != nil {
				return false, err
			}
		case sign == '{' && depth < 2 && wrappers[name.string(p)]:
			inner, err := p.wrapper(depth + 1)
			if err != nil {
				return false, err
			}
			found = found || inner
		default:
			if err := p.skip(0); err != nil {
				return false, err
			}
		}
		switch p.next() {
		case ',':
			p.at++
		case '}':
			p.at++
			if depth == 0 && found {
				return true, p.end()
			}
			return found, nil
		default:
			return false, p.fail(table.CodeNotJSON)
		}
	}
}

// readRow reads an object, or a bare text or number, as a row.
func (p *parser) readRow() error {
	cells := p.cells[:0]
	switch p.next() {
	case '{':
		p.at++
		var err error
		if cells, err = p.object(cells, "", 1); err != nil {
			return err
		}
	case '[', 0:
		return p.fail(table.CodeNoObjects)
	default:
		// A list of numbers and nothing else, as of dnc.remove.
		v, err := p.scalar()
		if err != nil {
			return err
		}
		v.column = p.column("phone_number", 0)
		cells = append(cells, v)
	}
	p.cells = cells
	p.rows++
	return p.endRow(cells)
}

// endRow lays the cells out under their names.
func (p *parser) endRow(cells []value) error {
	for len(p.row) < len(p.names) {
		p.row, p.set = append(p.row, value{}), append(p.set, 0)
	}
	last := 0
	for _, v := range cells {
		p.row[v.column], p.set[v.column] = v, p.rows // of a repeated name the last value counts
		last = max(last, v.column+1)
	}
	for i := range last {
		var text []byte
		if p.set[i] == p.rows {
			text = p.row[i].bytes(p)
		}
		if err := p.b.Add(text); err != nil {
			return err
		}
	}
	return p.b.EndRow()
}

// object reads the members behind an opening brace.
func (p *parser) object(cells []value, prefix string, depth int) ([]value, error) {
	if depth > p.limits.Depth {
		return nil, table.Fail(table.CodeDepth, "max", strconv.Itoa(p.limits.Depth), "row", strconv.Itoa(p.rows+1))
	}
	if p.next() == '}' {
		p.at++
		return cells, nil
	}
	for {
		if p.next() != '"' {
			return nil, p.fail(table.CodeNotJSON)
		}
		key, err := p.str()
		if err != nil {
			return nil, err
		}
		if err := p.take(':'); err != nil {
			return nil, err
		}
		switch p.next() {
		case '{':
			p.at++
			if cells, err = p.object(cells, prefix+key.string(p)+".", depth+1); err != nil {
				return nil, err
			}
		case '[':
			if cells, err = p.list(cells, prefix+key.string(p), depth+1); err != nil {
				return nil, err
			}
		default:
			v, err := p.scalar()
			if err != nil {
				return nil, err
			}
			v.column = p.columnOf(prefix, key, len(cells))
			if max(len(p.names), len(cells)) > p.limits.Columns {
				return nil, table.Fail(table.CodeColumns, "max", strconv.Itoa(p.limits.Columns), "row", strconv.Itoa(p.rows+1))
			}
			cells = append(cells, v)
		}
		switch p.next() {
		case ',':
			p.at++
		case '}':
			p.at++
			return cells, nil
		default:
			return nil, p.fail(table.CodeNotJSON)
		}
	}
}

// list reads an array inside a row. Callbot's variables, objects of a name and a
// value, become columns; anything else is refused: a cell holds one thing.
func (p *parser) list(cells []value, name string, depth int) ([]value, error) {
	p.at++
	if p.next() == ']' {
		p.at++
		return cells, nil
	}
	for {
		if p.next() != '{' {
			return nil, p.fail(table.CodeNoObjects)
		}
		if depth > p.limits.Depth {
			return nil, table.Fail(table.CodeDepth, "max", strconv.Itoa(p.limits.Depth), "row", strconv.Itoa(p.rows+1))
		}
		p.at++
		var param, held value
		named := false
		for p.next() != '}' {
			key, err := p.str()
			if err != nil {
				return nil, err
			}
			if err := p.take(':'); err != nil {
				return nil, err
			}
			if c := p.next(); c == '{' || c == '[' {
				return nil, p.fail(table.CodeNoObjects)
			}
			v, err := p.scalar()
			if err != nil {
				return nil, err
			}
			switch key.string(p) {
			case "name":
				param, named = v, true
			case "value":
				held = v
			default:
				return nil, p.fail(table.CodeNoObjects)
			}
			if p.next() == ',' {
				p.at++
				if p.next() == '}' {
					return nil, p.fail(table.CodeNotJSON)
				}
			} else if p.next() != '}' {
				return nil, p.fail(table.CodeNotJSON)
			}
		}
		p.at++
		if !named {
			return nil, p.fail(table.CodeNoObjects)
		}
		held.column = p.column(param.string(p), len(cells))
		if max(len(p.names), len(cells)) > p.limits.Columns {
			return nil, table.Fail(table.CodeColumns, "max", strconv.Itoa(p.limits.Columns), "row", strconv.Itoa(p.rows+1))
		}
		cells = append(cells, held)
		switch p.next() {
		case ',':
			p.at++
		case ']':
			p.at++
			return cells, nil
		default:
			return nil, p.fail(table.CodeNotJSON)
		}
	}
}

// columnOf finds a name's column. Mostly it stands at the same place as in the
// row before.
func (p *parser) columnOf(prefix string, key value, at int) int {
	if prefix == "" && at < len(p.last) && p.last[at] == string(key.bytes(p)) {
		return p.lastAt[at]
	}
	return p.column(prefix+key.string(p), at)
}

func (p *parser) column(name string, at int) int {
	i, ok := p.columns[name]
	if !ok {
		name = strings.Clone(name)
		i = len(p.names)
		p.columns[name] = i
		p.names = append(p.names, name)
	}
	if at <= len(p.last) {
		p.last, p.lastAt = append(p.last[:at], p.names[i]), append(p.lastAt[:at], i)
	}
	return i
}

// scalar reads a text, a number, a truth value or null, which is an empty cell.
// Numbers stay as they are written, however long they are.
func (p *parser) scalar() (value, error) {
	if p.next() == '"' {
		v, err := p.str()
		if err == nil && v.len() > p.limits.CellBytes {
			return value{}, table.Fail(table.CodeCell, "max", strconv.Itoa(p.limits.CellBytes), "row", strconv.Itoa(p.rows+1))
		}
		return v, err
	}
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			break
		}
		p.at++
	}
	word := p.text[start:p.at]
	switch string(word) {
	case "true", "false":
		return value{start: start, stop: p.at}, nil
	case "null":
		return value{}, nil
	}
	if len(word) > p.limits.CellBytes {
		return value{}, table.Fail(table.CodeCell, "max", strconv.Itoa(p.limits.CellBytes), "row", strconv.Itoa(p.rows+1))
	}
	if !isNumber(word) {
		return value{}, p.fail(table.CodeNotJSON)
	}
	return value{start: start, stop: p.at}, nil
}

// isNumber follows the grammar of JSON (RFC 8259, 6).
func isNumber(s []byte) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	digits := func() bool {
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if len(s) > 1 && s[0] == '0' && '0' <= s[1] && s[1] <= '9' || !digits() {
		return false
	}
	if len(s) > 0 && s[0] == '.' {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if len(s) > 0 && s[0]|0x20 == 'e' {
		s = s[1:]
		if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		return digits() && len(s) == 0
	}
	return len(s) == 0
}

// str reads a string at its opening quote.
func (p *parser) str() (value, error) {
	if p.next() != '"' {
		return value{}, p.fail(table.CodeNotJSON)
	}
	p.at++
	start := p.at
	for p.at < len(p.text) && p.text[p.at] != '"' && p.text[p.at] != '\\' && p.text[p.at] >= ' ' {
		p.at++
	}
	if p.at < len(p.text) && p.text[p.at] == '"' {
		p.at++
		return value{start: start, stop: p.at - 1}, nil
	}
	text := append([]byte(nil), p.text[start:p.at]...)
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return value{text: text, put: true}, nil
		case c < ' ':
			return value{}, p.fail(table.CodeNotJSON)
		case c != '\\':
			text = append(text, c)
			continue
		}
		r, ok := p.escape()
		if !ok {
			return value{}, p.fail(table.CodeNotJSON)
		}
		text = utf8.AppendRune(text, r)
	}
	return value{}, p.fail(table.CodeNotJSON)
}

// escape reads what stands behind a backslash.
func (p *parser) escape() (rune, bool) {
	if p.at == len(p.text) {
		return 0, false
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		r, ok := p.hex()
		if ok && utf16.IsSurrogate(r) {
			if bytes.HasPrefix(p.text[p.at:], []byte(`\u`)) {
				save := p.at
				p.at += 2
				low, ok := p.hex()
				if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
					return pair, true
				}
				p.at = save
			}
			return utf8.RuneError, true
		}
		return r, ok
	}
	return 0, false
}

func (p *parser) hex() (rune, bool) {
	if p.at+4 > len(p.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.text[p.at:p.at+4]), 16, 16)
	p.at += 4
	return rune(n), err == nil
}

// skip reads any value and keeps nothing of it.
func (p *parser) skip(depth int) error {
	if depth > p.limits.Depth {
		return table.Fail(table.CodeDepth, "max", strconv.Itoa(p.limits.Depth))
	}
	open := p.next()
	if open != '{' && open != '[' {
		_, err := p.scalar()
		return err
	}
	p.at++
	shut := open + 2 // } is two behind {, and ] two behind [
	if p.next() == shut {
		p.at++
		return nil
	}
	for {
		if open == '{' {
			if _, err := p.str(); err != nil {
				return err
			}
			if err := p.take(':'); err != nil {
				return err
			}
		}
		if err := p.skip(depth + 1); err != nil {
			return err
		}
		switch p.next() {
		case ',':
			p.at++
		case shut:
			p.at++
			return nil
		default:
			return p.fail(table.CodeNotJSON)
		}
	}
}

func (v value) bytes(p *parser) []byte {
	if v.put {
		return v.text
	}
	return p.text[v.start:v.stop]
}

func (v value) string(p *parser) string { return string(v.bytes(p)) }

func (v value) len() int {
	if v.put {
		return len(v.text)
	}
	return v.stop - v.start
}

// table gives the rows under their names.
func (p *parser) table() (*table.Table, error) {
	if p.rows == 0 {
		return nil, table.Fail(table.CodeEmpty)
	}
	p.b.Sparse()
	p.b.SetHeading(p.names)
	return p.b.Finish()
}

var _ io.Writer = (*Reader)(nil)
