// Package xlsx reads lists out of workbooks of Excel and its like (ECMA-376, both
// its transitional and its strict form).
//
// Sheets and shared strings are read through a window, so neither is ever held as
// XML; what stays is the text of the cells. Formulas are not evaluated: what the
// spreadsheet stored as their result is taken. A number is given with all its
// digits however narrow its column, a date as ISO 8601, and a number whose format
// shows it with zeros or a plus in front as it is shown.
package xlsx

import (
	"bytes"
	"io"
	"path"
	"strconv"
	"strings"

	"outdial/shared/list/table"
)

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
	Rows   int // as the file declares; 0: not known

	part *part
}

// Workbook is a file whose sheets are known and can be read. It is not for use
// from several goroutines at once.
type Workbook struct {
	zip      *archive
	limits   table.Limits
	sheets   []Sheet
	active   int
	shared   *part
	styles   *part
	from1904 bool
}

// measured is of how many sheets the declared size is looked up.
const measured = 32

// Open reads what sheets there are in a file of that size. What is no workbook
// of this kind is refused with a table.Error that says what it is.
func Open(r io.ReaderAt, size int64, limits table.Limits) (*Workbook, error) {
	limits = limits.Or()
	if size > limits.Bytes {
		return nil, most(table.CodeBytes, limits.Bytes)
	}
	if err := refuse(r, size); err != nil {
		return nil, err
	}
	zip, err := openArchive(r, size, limits)
	if err != nil {
		return nil, err
	}
	w := &Workbook{zip: zip, limits: limits}
	zip.begin(nil)
	if err := w.read(); err != nil {
		return nil, err
	}
	return w, nil
}

// Sheets lists the sheets with cells in their order; charts are left out.
func (w *Workbook) Sheets() []Sheet { return w.sheets }

// Active is the sheet that a spreadsheet shows first.
func (w *Workbook) Active() int {
	if w.sheets[w.active].Hidden {
		for i, s := range w.sheets {
			if !s.Hidden {
				return i
			}
		}
	}
	return w.active
}

func (w *Workbook) read() error {
	root, err := w.relations("", "_rels/.rels")
	if err != nil {
		return err
	}
	name := "xl/workbook.xml"
	for _, r := range root {
		if r.kind == "officeDocument" {
			name = r.target
		}
	}
	book := w.zip.find(name)
	switch {
	case book == nil && w.zip.find("xl/workbook.bin") != nil, book != nil && strings.HasSuffix(partKey(name), ".bin"):
		return table.Fail(table.CodeMacro)
	case book == nil:
		return w.otherwise()
	}
	folder, file := path.Split(book.name)
	relations, err := w.relations(folder, folder+"_rels/"+file+".rels")
	if err != nil {
		return err
	}
	for _, r := range relations {
		switch r.kind {
		case "sharedStrings":
			w.shared = w.zip.find(r.target)
		case "styles":
			w.styles = w.zip.find(r.target)
		}
	}
	if err := w.book(book, relations); err != nil {
		return err
	}
	for i := range w.sheets[:min(len(w.sheets), measured)] {
		if w.sheets[i].Rows, err = w.measure(w.sheets[i].part); err != nil {
			return err
		}
	}
	return nil
}

// otherwise says what a zip archive without a workbook is.
func (w *Workbook) otherwise() error {
	if p := w.zip.find("mimetype"); p != nil && p.unpacked < 1<<10 {
		if r, err := w.zip.open(p); err == nil {
			if kind, err := io.ReadAll(r); err == nil && bytes.Contains(kind, []byte("opendocument.spreadsheet")) {
				return table.Fail(table.CodeODS)
			}
		}
	}
	return table.Fail(table.CodeBinary)
}

// relation says which part an id stands for.
type relation struct {
	id, kind, target string
}

// relations reads the relations of a part in that folder. There may be none.
func (w *Workbook) relations(folder, name string) (map[string]relation, error) {
	p := w.zip.find(name)
	if p == nil {
		return nil, nil
	}
	s, err := w.zip.scan(p)
	if err != nil {
		return nil, err
	}
	found := map[string]relation{}
	for {
		kind, err := s.next()
		if err != nil {
			return nil, err
		}
		if kind == endOfPart {
			return found, nil
		}
		if kind != startTag || string(s.name) != "Relationship" {
			continue
		}
		var r relation
		external := false
		for {
			name, raw, ok := s.attribute()
			if !ok {
				break
			}
			value := string(unescape(nil, raw))
			switch string(name) {
			case "Id":
				r.id = value
			case "Type": // the two forms of the standard have different ones, with the same end
				r.kind = value[strings.LastIndexByte(value, '/')+1:]
			case "Target":
				r.target = value
			case "TargetMode":
				external = value == "External"
			}
		}
		if external {
			continue
		}
		if !strings.HasPrefix(r.target, "/") {
			r.target = path.Join("/", folder, r.target)
		}
		if found[r.id] = r; len(found) > w.limits.Entries {
			return nil, most(table.CodeEntries, int64(w.limits.Entries))
		}
	}
}

// book reads the workbook's own part.
func (w *Workbook) book(p *part, relations map[string]relation) error {
	s, err := w.zip.scan(p)
	if err != nil {
		return err
	}
	active, place := 0, 0
	for {
		kind, err := s.next()
		if err != nil {
			return err
		}
		if kind == endOfPart {
			break
		}
		if kind != startTag {
			continue
		}
		switch string(s.name) {
		case "extLst", "AlternateContent":
			if err := s.skip(); err != nil {
				return err
			}
		case "workbookPr":
			w.from1904 = isTrue(s.value("date1904"))
		case "workbookView":
			active, _ = strconv.Atoi(string(s.value("activeTab")))
		case "sheet":
			if w.sheet(s, relations) && place == active {
				w.active = len(w.sheets) - 1
			}
			if len(w.sheets) > w.limits.Entries {
				return most(table.CodeEntries, int64(w.limits.Entries))
			}
			place++
		}
	}
	if len(w.sheets) == 0 {
		return table.Fail(table.CodeNoSheet)
	}
	return nil
}

// sheet takes one in whose tag was just read, if it has cells.
func (w *Workbook) sheet(s *scanner, relations map[string]relation) bool {
	var found Sheet
	var id string
	for {
		name, raw, ok := s.attribute()
		if !ok {
			break
		}
		switch string(name) {
		case "name":
			found.Name = string(unescape(nil, raw))
		case "state":
			found.Hidden = string(raw) == "hidden" || string(raw) == "veryHidden"
		default:
			if string(local(name)) == "id" && len(name) > len("id") {
				id = string(raw)
			}
		}
	}
	r, ok := relations[id]
	if !ok || r.kind != "worksheet" {
		return false
	}
	if found.part = w.zip.find(r.target); found.part == nil {
		return false
	}
	w.sheets = append(w.sheets, found)
	return true
}

// value gives an attribute of the tag, as it stands; nil where there is none.
func (s *scanner) value(of string) []byte {
	for {
		name, value, ok := s.attribute()
		if !ok {
			return nil
		}
		if string(name) == of {
			return value
		}
	}
}

func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }

// measure reads how many rows a sheet declares. Those who write sheets as they go
// declare none, or one cell.
func (w *Workbook) measure(p *part) (int, error) {
	s, err := w.zip.scan(p)
	if err != nil {
		return 0, err
	}
	for {
		kind, err := s.next()
		if err != nil || kind == endOfPart {
			return 0, err
		}
		if kind != startTag {
			continue
		}
		switch string(s.name) {
		case "sheetData":
			return 0, nil
		case "dimension":
			from, to, ok := bytes.Cut(s.value("ref"), []byte(":"))
			_, first := reached(from)
			_, last := reached(to)
			if !ok || first < 1 || last < first {
				return 0, nil
			}
			return last - first + 1, nil
		}
	}
}

// reached reads the name of a cell: its column, from 0, and its row, from 1. What
// is missing is -1 and 0.
func reached(name []byte) (column, row int) {
	i := 0
	for i < len(name) && name[i] >= 'A' {
		c := int(name[i]|0x20) - 'a'
		if c < 0 || c >= 26 || column > maxColumn {
			return -1, 0
		}
		column = column*26 + c + 1
		i++
	}
	for ; i < len(name); i++ {
		c := int(name[i]) - '0'
		if c < 0 || c > 9 || row > maxRow {
			return -1, 0
		}
		row = row*10 + c
	}
	return column - 1, row
}

// What is told apart of places; Excel has 16,384 columns and 1,048,576 rows.
const (
	maxColumn = 1 << 20
	maxRow    = 1 << 26
)
