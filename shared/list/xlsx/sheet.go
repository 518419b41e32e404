package xlsx

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"outdial/shared/list/table"
)

// Options say how to read a sheet.
type Options struct {
	Sheet int // its place among Sheets

	// Progress hears every now and then how many bytes are unzipped, and of how
	// many. An error of it ends the reading and is given back. It may be nil.
	Progress func(done, total int64) error
}

// Found is what was found out on the way.
type Found struct {
	Formulas      int // cells that show the stored result of a formula
	Unstored      int // cells with a formula and no stored result: they are empty
	Errors        int // cells that show an error, as #N/A
	Dates         int // numbers that are days or times
	Merged        int // ranges of merged cells: the text stands in the first cell of each
	HiddenColumns int
}

var (
	errPlace = errors.New("cells that are not in order")
	errRows  = errors.New("a row without a number")
)

// sheetReader reads one sheet into a table.
type sheetReader struct {
	*scanner
	b       *table.Builder
	limits  table.Limits
	strings *sharedStrings
	formats []format
	from    bool // 1904
	found   Found
	row     int
	text    []byte // of the cell
	shown   []byte // of a number
}

// Read makes a table of a sheet. Rows without any text are left out wherever
// they stand; the table knows the numbers of the others, and which are hidden.
func (w *Workbook) Read(o Options) (*table.Table, Found, error) {
	if o.Sheet < 0 || o.Sheet >= len(w.sheets) {
		return nil, Found{}, table.Fail(table.CodeNoSheet)
	}
	sheet := w.sheets[o.Sheet].part
	w.zip.begin(nil)
	if o.Progress != nil {
		total := int64(sheet.unpacked)
		for _, p := range []*part{w.shared, w.styles} {
			if p != nil {
				total += int64(p.unpacked)
			}
		}
		w.zip.begin(func(done int64) error { return o.Progress(min(done, total), total) })
		defer w.zip.begin(nil)
	}
	r := &sheetReader{limits: w.limits, from: w.from1904}
	var err error
	if r.formats, err = w.formats(); err != nil {
		return nil, Found{}, err
	}
	if r.strings, err = w.strings(); err != nil {
		return nil, Found{}, err
	}
	if r.scanner, err = w.zip.scan(sheet); err != nil {
		return nil, Found{}, err
	}
	r.b = table.NewBuilder(w.limits, expected(sheet))
	r.b.Sparse()
	if err := r.sheet(); err != nil {
		return nil, r.found, err
	}
	t, err := r.b.Finish()
	return t, r.found, err
}

// expected guesses how much text a sheet has: about a third of it is text and not
// tags. Too little would be copied time and again.
func expected(sheet *part) int64 {
	const tags, likely, modest = 3, 20, 64 << 20
	return int64(min(sheet.unpacked, sheet.packed*likely, tags*modest) / tags)
}

func (r *sheetReader) sheet() error {
	for {
		kind, err := r.next()
		if err != nil {
			return err
		}
		if kind == endOfPart {
			return nil
		}
		if kind != startTag {
			continue
		}
		switch string(r.name) {
		case "worksheet", "mergeCells", "cols":
		case "col":
			r.column()
		case "mergeCell":
			r.found.Merged++
		case "sheetData":
			err = r.rows()
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

// column counts the columns that a tag hides.
func (r *sheetReader) column() {
	var from, to int
	hidden := false
	for {
		name, value, ok := r.attribute()
		if !ok {
			break
		}
		switch string(name) {
		case "min":
			from, _ = strconv.Atoi(string(value))
		case "max":
			to, _ = strconv.Atoi(string(value))
		case "hidden":
			hidden = isTrue(value)
		}
	}
	const widest = 16_384
	if to = min(to, widest); hidden && from > 0 && to >= from {
		r.found.HiddenColumns += to - from + 1
	}
}

func (r *sheetReader) rows() error {
	for {
		kind, err := r.next()
		if err != nil {
			return err
		}
		switch kind {
		case endTag:
			return nil
		case endOfPart:
			return r.fail(errCutOff)
		case startTag:
			if string(r.name) == "row" {
				err = r.cells()
			} else {
				err = r.skip()
			}
			if err != nil {
				return err
			}
		}
	}
}

// cells reads a row.
func (r *sheetReader) cells() error {
	hidden := false
	r.row++
	for {
		name, value, ok := r.attribute()
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			_, row := reached(value)
			if row < 1 {
				return r.fail(errRows)
			}
			r.row = row
		case "hidden":
			hidden = isTrue(value)
		}
	}
	column := 0
	for {
		if at, ok, err := r.quick(column); err != nil {
			return err
		} else if ok {
			column = at + 1
			continue
		}
		kind, err := r.next()
		if err != nil {
			return err
		}
		switch kind {
		case endTag:
			if r.b.Filled() == 0 {
				return nil
			}
			if hidden {
				r.b.Hide()
			}
			return r.b.EndRow()
		case endOfPart:
			return r.fail(errCutOff)
		case startTag:
			if string(r.name) != "c" {
				if err := r.skip(); err != nil {
					return err
				}
				continue
			}
			at, err := r.cell(column)
			if err != nil {
				return err
			}
			column = at + 1
		}
	}
}

// quick reads a cell that is written as nearly all are, <c r="A1" s="1" t="s">
// <v>7</v></c> without the space, or <c r="A1" s="1"/>, and stands whole in the
// window. Of any other it reads nothing: cell reads it, by the rules of XML.
func (r *sheetReader) quick(column int) (at int, ok bool, err error) {
	b := r.buf[r.at:r.have]
	if r.close || len(b) < 4 || b[0] != '<' || b[1] != 'c' {
		return 0, false, nil
	}
	kind, style, i := typeNumber, 0, 2
	for i+4 < len(b) && b[i] == ' ' && b[i+2] == '=' && b[i+3] == '"' {
		name := b[i+1]
		i += 4
		start := i
		for i < len(b) && b[i] != '"' {
			i++
		}
		if i == len(b) {
			return 0, false, nil
		}
		switch value := b[start:i]; name {
		case 'r':
			if at, _ = reached(value); at < column {
				return 0, false, nil
			}
			column = at
		case 's':
			style = index(value)
		case 't':
			kind = typeOf(value)
		default:
			return 0, false, nil
		}
		i++
	}
	if i+1 < len(b) && b[i] == '/' && b[i+1] == '>' {
		r.at += i + 2
		return column, true, nil
	}
	const opening, closing = "><v>", "</v></c>"
	if kind == typeInline || i+len(opening) > len(b) || string(b[i:i+len(opening)]) != opening {
		return 0, false, nil
	}
	i += len(opening)
	start, all := i, byte(0)
	for i < len(b) && ordinary[b[i]] {
		all |= b[i]
		i++
	}
	if i+len(closing) > len(b) || string(b[i:i+len(closing)]) != closing || all >= utf8.RuneSelf && !utf8.Valid(b[start:i]) {
		return 0, false, nil
	}
	r.at += i + len(closing)
	return column, true, r.store(column, kind, style, b[start:i])
}

// ordinary are the bytes of text that need no second look: no space, for those
// around a text may not count, and nothing that unescape changes but what is no
// UTF-8.
var ordinary = func() (set [256]bool) {
	for c := int(' ') + 1; c < len(set); c++ {
		set[c] = c != '<' && c != '&' && c != '_'
	}
	return set
}()

// Types of cells (ECMA-376, 18.18.11).
const (
	typeNumber = iota
	typeShared
	typeInline
	typeString
	typeBool
	typeError
	typeDate
)

// cell reads a cell, which stands in that column unless it says otherwise, and
// gives its column.
func (r *sheetReader) cell(column int) (int, error) {
	kind := typeNumber
	style := 0
	for {
		name, value, ok := r.attribute()
		if !ok {
			break
		}
		if len(name) != 1 {
			continue
		}
		switch name[0] {
		case 'r':
			at, _ := reached(value)
			if at < column {
				return 0, r.fail(errPlace)
			}
			column = at
		case 's':
			style = index(value)
		case 't':
			kind = typeOf(value)
		}
	}
	formula, stored := false, false
	for {
		next, err := r.next()
		if err != nil {
			return 0, err
		}
		switch next {
		case endOfPart:
			return 0, r.fail(errCutOff)
		case endTag:
			switch {
			case formula && stored:
				r.found.Formulas++
			case formula:
				r.found.Unstored++
			}
			return column, nil
		case startTag:
			switch {
			case string(r.name) == "v" && kind != typeInline && !stored:
				stored = true
				err = r.value(column, kind, style)
			case string(r.name) == "is" && kind == typeInline && !stored:
				stored = true
				if r.text, err = r.rich(r.text[:0], r.limits.CellBytes); err == nil {
					err = r.put(column, r.text)
				}
			default:
				formula = formula || string(r.name) == "f"
				err = r.skip()
			}
			if err != nil {
				return 0, err
			}
		}
	}
}

// value reads what is stored in a cell.
func (r *sheetReader) value(column, kind, style int) error {
	var err error
	if r.text, err = r.content(r.text[:0], r.limits.CellBytes); err != nil {
		return err
	}
	return r.store(column, kind, style, r.text)
}

// store makes a cell of what is stored in one.
func (r *sheetReader) store(column, kind, style int, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	switch kind {
	case typeShared:
		shared, ok := r.strings.at(text)
		if !ok {
			return r.fail(errNoString)
		}
		text = shared
	case typeBool:
		if isTrue(text) {
			text = []byte("TRUE")
		} else {
			text = []byte("FALSE")
		}
	case typeError:
		r.found.Errors++
	case typeDate:
		r.found.Dates++
		text = r.day(text, style)
	case typeNumber:
		if f := r.format(style); f.shape != plain || !isDigits(text) {
			var dated bool
			r.shown, dated = number(r.shown[:0], text, f, r.from)
			text = r.shown
			if dated {
				r.found.Dates++
			}
		}
	}
	return r.put(column, text)
}

var general format

func (r *sheetReader) format(style int) *format {
	if style < 0 || style >= len(r.formats) {
		return &general
	}
	return &r.formats[style]
}

// day gives of a date as text what its format shows.
func (r *sheetReader) day(text []byte, style int) []byte {
	day, time, ok := bytes.Cut(text, []byte("T"))
	if ok {
		switch r.format(style).shape {
		case date:
			return day
		case clock:
			return time
		}
	}
	return text
}

// put makes a cell of the table; one without text is none.
func (r *sheetReader) put(column int, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	filled := r.b.Filled()
	if filled == 0 {
		r.b.SetNumber(r.row)
	}
	if column >= r.limits.Columns {
		return r.b.AddEmpty(r.limits.Columns + 1) // refuses it
	}
	if column > filled {
		if err := r.b.AddEmpty(column - filled); err != nil {
			return err
		}
	}
	return r.b.Add(text)
}

func typeOf(value []byte) int {
	switch string(value) {
	case "s":
		return typeShared
	case "inlineStr":
		return typeInline
	case "str":
		return typeString
	case "b":
		return typeBool
	case "e":
		return typeError
	case "d":
		return typeDate
	}
	return typeNumber
}

// index reads a small number; -1 for what is none.
func index(value []byte) int {
	n := 0
	for _, c := range value {
		if c < '0' || c > '9' || n > 1<<20 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
