package review

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"outdial/shared/list/column"
	"outdial/shared/list/csv"
	"outdial/shared/list/encoding"
	"outdial/shared/list/jsonrows"
	"outdial/shared/list/plan"
	"outdial/shared/list/table"
	"outdial/shared/list/xlsx"
	"outdial/shared/operation"
)

// Options are what a list is opened with.
type Options struct {
	Operation operation.Name // whose fields the columns are recognised for
	Region    string         // where numbers without a country are read
	Language  string         // of the person: tips the scales between encodings
	Limits    table.Limits
	Foreign   encoding.Foreign         // decoders of Big5 and GB18030
	Regions   func(name string) string // finds a country's code by its name; may be nil
}

// readAtOnce is how many bytes of a file are read at once.
const readAtOnce = 512 << 10

// headSize is how many bytes tell what kind of file it is.
const headSize = 4 << 10

// Open reads a file of that many bytes. Where the file cannot be read, or the
// person has to choose an encoding first, the list is nil and Opened says so. The
// error is Progress's alone, or that of reading the bytes.
func Open(file io.ReaderAt, size int64, src plan.Source, o Options, progress Progress) (*List, plan.Opened, error) {
	if progress == nil {
		progress = func(string, int64, int64) error { return nil }
	}
	r := reader{file: file, size: size, src: src, o: o, progress: progress}
	t, err := r.read()
	var refused *table.Error
	switch {
	case errors.As(err, &refused):
		r.opened.Failed, r.opened.Params = refused.Code, refused.Params
		return nil, r.opened, nil
	case err != nil || t == nil:
		return nil, r.opened, err
	}
	switch {
	case src.NoHeading:
		t.UseHeading(-1)
	case src.Heading:
		t.UseHeading(0)
	default:
		t.UseHeading(column.FindHeading(t, o.Region))
	}
	if t.Rows() == 0 {
		r.opened.Failed = table.CodeEmpty
		return nil, r.opened, nil
	}
	l := New(t, r.opened, o)
	return l, l.opened, nil
}

// reader is a file that is being read.
type reader struct {
	file     io.ReaderAt
	size     int64
	src      plan.Source
	o        Options
	progress Progress
	opened   plan.Opened
}

func (r *reader) read() (*table.Table, error) {
	limits := r.o.Limits.Or()
	if r.size > limits.Bytes {
		return nil, table.TooLarge(limits.Bytes)
	}
	head := make([]byte, min(headSize, r.size))
	if _, err := r.file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if xlsx.Looks(head) {
		return r.workbook(limits)
	}
	return r.text(head, limits)
}

func (r *reader) workbook(limits table.Limits) (*table.Table, error) {
	w, err := xlsx.Open(newWindow(r.file, r.size), r.size, limits)
	if err != nil {
		return nil, err
	}
	r.opened.Format = plan.XLSX
	for _, s := range w.Sheets() {
		r.opened.Sheets = append(r.opened.Sheets, plan.Sheet{Name: s.Name, Rows: s.Rows, Hidden: s.Hidden})
	}
	r.opened.Sheet = r.src.Sheet
	if r.src.Sheet == 0 && !r.src.Chosen {
		r.opened.Sheet = w.Active()
	}
	t, found, err := w.Read(xlsx.Options{Sheet: r.opened.Sheet, Progress: func(done, total int64) error { return r.progress(Reading, done, total) }})
	if err != nil {
		return nil, err
	}
	r.warn(plan.WarnFormulas, found.Formulas)
	r.warn(plan.WarnUnstored, found.Unstored)
	r.warn(plan.WarnMerged, found.Merged)
	r.warn(plan.WarnErrors, found.Errors)
	r.warn(plan.WarnHiddenColumns, found.HiddenColumns)
	return t, nil
}

func (r *reader) warn(code string, n int) {
	if n > 0 {
		r.opened.Warnings = append(r.opened.Warnings, plan.Count{Code: code, Count: n})
	}
}

// window reads a file in large pieces and keeps the last one: a file of a
// browser takes long for each reading, and archives are read in many small ones.
type window struct {
	file io.ReaderAt
	size int64
	at   int64
	buf  []byte
}

func newWindow(file io.ReaderAt, size int64) *window { return &window{file: file, size: size} }

// ReadAt implements io.ReaderAt for one goroutine.
func (w *window) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) {
		if at < 0 || at >= w.size {
			return n, io.EOF
		}
		if at < w.at || at >= w.at+int64(len(w.buf)) {
			if err := w.load(at); err != nil {
				return n, err
			}
		}
		m := copy(p[n:], w.buf[at-w.at:])
		n, at = n+m, at+int64(m)
	}
	return n, nil
}

func (w *window) load(at int64) error {
	if w.buf == nil {
		w.buf = make([]byte, min(readAtOnce, w.size))
	}
	buf := w.buf[:min(int64(cap(w.buf)), w.size-at)]
	n, err := w.file.ReadAt(buf, at)
	if err != nil && (!errors.Is(err, io.EOF) || n < len(buf)) {
		w.buf = w.buf[:0]
		return err
	}
	w.at, w.buf = at, buf
	return nil
}

// sink takes in text and makes a table of it.
type sink interface {
	io.Writer
	finish() (*table.Table, error)
}

type csvSink struct {
	*csv.Reader
	r *reader
}

func (s csvSink) finish() (*table.Table, error) {
	t, found, err := s.Finish()
	s.r.opened.Delimiter = string(rune(found.Delimiter))
	s.r.warn(plan.WarnUnclosed, found.Unclosed)
	s.r.warn(plan.WarnTrailing, found.Trailing)
	return t, err
}

type jsonSink struct {
	*jsonrows.Reader
	r *reader
}

func (s jsonSink) finish() (*table.Table, error) {
	t, lines, err := s.Finish()
	if lines {
		s.r.opened.Format = plan.JSONLines
	}
	return t, err
}

// newSink chooses the reader of a text by how it begins.
func (r *reader) newSink(limits table.Limits, head []byte) sink {
	begin := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	extension := strings.ToLower(path.Ext(r.src.Name))
	if isJSON := len(begin) > 0 && (begin[0] == '{' || begin[0] == '['); isJSON && extension != ".csv" && extension != ".tsv" && extension != ".txt" ||
		extension == ".json" || extension == ".jsonl" || extension == ".ndjson" {
		r.opened.Format = plan.JSON
		return jsonSink{jsonrows.NewReader(limits, r.size), r}
	}
	r.opened.Format = plan.CSV
	o := csv.Options{Limits: limits, Size: r.size}
	if len(r.src.Delimiter) == 1 && strings.Contains(csv.Delimiters, r.src.Delimiter) {
		o.Delimiter = r.src.Delimiter[0]
	}
	return csvSink{csv.NewReader(o), r}
}

// text reads a file of characters. It is taken for UTF-8 until it proves to be
// none; then only as much is read on as the person needs to choose by.
func (r *reader) text(head []byte, limits table.Limits) (*table.Table, error) {
	name := encoding.Name(r.src.Encoding)
	var inspector *encoding.Inspector
	var decoder encoding.Decoder
	if name == "" {
		inspector = &encoding.Inspector{}
		if marked, ok := encoding.Marked(head); ok {
			name = marked
		}
	}
	if name != "" && name != encoding.UTF8 || r.src.Encoding != "" {
		var err error
		if decoder, err = encoding.NewDecoder(name, r.o.Foreign); err != nil {
			return nil, table.Fail(table.CodeText).Because(err)
		}
	}
	var s sink
	if decoder == nil {
		s = r.newSink(limits, head)
	}
	buf := make([]byte, min(readAtOnce, max(1, r.size)))
	var text []byte
	taken := true // the sink still takes the text
	replaced := 0 // characters that mean nothing
	for at := int64(0); at < r.size; {
		n, err := r.file.ReadAt(buf[:min(int64(len(buf)), r.size-at)], at)
		if err != nil && (!errors.Is(err, io.EOF) || n == 0) {
			return nil, err
		}
		at += int64(n)
		piece := buf[:n]
		if decoder != nil {
			if text, err = decoder.Decode(text[:0], piece, at == r.size); err != nil {
				return nil, table.Fail(table.CodeText).Because(err)
			}
			if s == nil {
				s = r.newSink(limits, text)
			}
			piece = text
			replaced += bytes.Count(text, []byte("\ufffd"))
		} else if inspector != nil {
			if _, err := inspector.Write(piece); err != nil {
				return nil, err
			}
			if _, sure := inspector.Sure(); !sure {
				taken = false
				if inspector.IsTold() {
					break
				}
			}
		}
		if taken {
			if _, err := s.Write(piece); err != nil {
				return nil, err
			}
		}
		if err := r.progress(Reading, at, r.size); err != nil {
			return nil, err
		}
	}
	if decoder == nil && inspector != nil {
		inspector.End()
		if _, sure := inspector.Sure(); !sure {
			return nil, r.ask(inspector)
		}
		name = encoding.UTF8
	}
	r.opened.Encoding = string(name)
	r.warn(plan.WarnReplaced, replaced)
	if s == nil {
		return nil, table.Fail(table.CodeEmpty)
	}
	return s.finish()
}

// ask has the person choose the encoding.
func (r *reader) ask(i *encoding.Inspector) error {
	if i.IsBinary() {
		return table.Fail(table.CodeBinary)
	}
	found, err := i.Candidates(r.o.Foreign, encoding.Hints{Language: r.o.Language, Known: column.Known()})
	if err != nil {
		return err
	}
	for _, c := range found {
		r.opened.Encodings = append(r.opened.Encodings, plan.Encoding{Name: string(c.Name), Sample: c.Sample})
	}
	return nil
}
