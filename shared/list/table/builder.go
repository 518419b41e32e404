package table

import (
	"bytes"
	"slices"
)

// sheetRows is how many rows a sheet of a spreadsheet has: that many may be blank
// behind the last one allowed, for they are dropped.
const sheetRows = 1 << 20

// Builder takes a list in, cell by cell, from the first to the last. The text of
// cells either stands in Text already, put there by Write, and is cut out of it
// by Cut; or it is brought along with Add.
type Builder struct {
	t      Table
	limits Limits
	start  int // of the last cell, whose word is still to be written
	stop   int
	open   bool // there is such a cell
	first  int  // first cell of the row that is being filled
	next   int  // number that the file gives to that row; 0 where rows just follow one another
	err    *Error
}

// NewBuilder takes in at most what limits allow. hint is how many bytes of text
// are to be expected, 0 if that is not known; memory is taken for it at once.
func NewBuilder(limits Limits, hint int64) *Builder {
	b := &Builder{limits: limits.Or()}
	if hint > 0 {
		b.t.text = make([]byte, 0, min(hint, b.limits.Bytes))
	}
	return b
}

// Sparse says that rows leave out empty cells at their end.
func (b *Builder) Sparse() { b.t.sparse = true }

// SetHeading names the columns where no row does. Every row is then one of the
// list, whatever UseHeading says.
func (b *Builder) SetHeading(names []string) { b.t.names = names }

// Text is what was written. It may be changed within cells that are not cut yet.
func (b *Builder) Text() []byte { return b.t.text }

// Write appends to Text.
func (b *Builder) Write(text []byte) (int, error) {
	if int64(len(b.t.text))+int64(len(text)) > b.limits.Bytes {
		return 0, b.fail(failMost(CodeBytes, b.limits.Bytes, 0))
	}
	b.t.text = append(b.t.text, text...)
	return len(text), nil
}

// Err is the first limit that was passed. After it, nothing more is taken in.
func (b *Builder) Err() error {
	if b.err == nil {
		return nil
	}
	return b.err
}

func (b *Builder) fail(e *Error) error {
	if b.err == nil {
		b.err = e
	}
	return b.err
}

// Cut makes a cell of Text[start:stop]. Cells do not overlap and come in order.
// An apostrophe in front that only guards against formulas is left out.
func (b *Builder) Cut(start, stop int) {
	if isGuarded(b.t.text[start:stop]) {
		start++ // before the cell in front is closed: its end is told from here
		b.t.unguarded++
	}
	if b.open {
		b.close(start)
	}
	b.start, b.stop, b.open = start, stop, true
}

// close writes the word of the last cell, now that it is known where the next one begins.
func (b *Builder) close(next int) {
	gap := uint32(next - b.stop)
	if gap >= irregular {
		gap = irregular
		b.t.ends = append(b.t.ends, end{b.t.cells.n, uint32(b.stop)})
	}
	b.t.cells.push(uint32(b.start)<<gapBits | gap)
}

// Add appends a cell with its text.
func (b *Builder) Add(text []byte) error {
	if len(text) > b.limits.CellBytes {
		return b.fail(failMost(CodeCell, int64(b.limits.CellBytes), b.Row()))
	}
	start := len(b.t.text)
	if _, err := b.Write(text); err != nil {
		return err
	}
	b.Cut(start, len(b.t.text))
	return nil
}

// AddEmpty appends that many empty cells.
func (b *Builder) AddEmpty(n int) error {
	if n > b.limits.Columns {
		return b.fail(failMost(CodeColumns, int64(b.limits.Columns), b.Row()))
	}
	for range n {
		b.Cut(len(b.t.text), len(b.t.text))
	}
	return nil
}

// Row is the number of the row that is being filled, as the file has it, from 1.
func (b *Builder) Row() int {
	row := b.t.rows.n
	if b.next > 0 {
		return b.next
	}
	if len(b.t.jumps) > 0 {
		j := b.t.jumps[len(b.t.jumps)-1]
		return j.number + row - j.row
	}
	return row + 1
}

// Filled is how many cells the row has so far.
func (b *Builder) Filled() int {
	n := b.t.cells.n - b.first
	if b.open {
		n++
	}
	return n
}

// SetNumber gives the row that is being filled a number of its own; the rows
// behind it count on from there.
func (b *Builder) SetNumber(number int) {
	if number != b.Row() {
		b.next = number
	}
}

// Hide marks the row that is being filled as one that the spreadsheet hides.
func (b *Builder) Hide() { b.t.hidden = append(b.t.hidden, b.t.rows.n) }

// EndRow ends the row.
func (b *Builder) EndRow() error {
	if b.err != nil {
		return b.err
	}
	cells := b.t.cells.n
	if b.open {
		cells++
	}
	n := cells - b.first
	switch {
	case b.t.rows.n >= b.limits.Rows && (b.t.rows.n >= b.limits.Rows+sheetRows || b.hasText()):
		return b.fail(failMost(CodeRows, int64(b.limits.Rows), 0))
	case cells > b.limits.Cells:
		return b.fail(failMost(CodeCells, int64(b.limits.Cells), 0))
	case n > b.limits.Columns:
		return b.fail(failMost(CodeColumns, int64(b.limits.Columns), b.Row()))
	case n > b.t.width:
		b.t.width = n
	}
	if b.next > 0 {
		b.t.jumps = append(b.t.jumps, jump{b.t.rows.n, b.next})
		b.next = 0
	}
	b.t.rows.push(uint32(b.first))
	b.first = cells
	return nil
}

// Finish gives the table. Rows at the end without anything in them are dropped,
// and so is a row that was not ended. The first row is taken for the heading
// until UseHeading says otherwise.
func (b *Builder) Finish() (*Table, error) {
	if b.err != nil {
		return nil, b.err
	}
	t := &b.t
	if b.open {
		b.close(len(t.text))
		b.open = false
	}
	rows := t.rows.n
	b.keep(b.first)
	t.rows.push(uint32(b.first))
	for rows > 0 && t.blankAt(rows-1) {
		rows--
	}
	t.blank = t.rows.n - 1 - rows
	switch {
	case rows == 0:
		return nil, b.fail(Fail(CodeEmpty))
	case rows > b.limits.Rows:
		return nil, b.fail(failMost(CodeRows, int64(b.limits.Rows), 0))
	}
	b.keep(int(t.rows.at(rows)))
	t.rows.cut(rows + 1)
	at, _ := slices.BinarySearch(t.hidden, rows)
	t.hidden = t.hidden[:at]
	t.width = len(t.names)
	for row := range rows {
		t.width = max(t.width, int(t.rows.at(row+1)-t.rows.at(row)))
	}
	t.UseHeading(0)
	return t, nil
}

// keep drops the cells behind the first n and puts a word behind them that says
// where the next one would begin.
func (b *Builder) keep(n int) {
	t := &b.t
	next := uint32(len(t.text))
	if n < t.cells.n {
		next = t.cells.at(n) >> gapBits
	}
	t.cells.cut(n)
	t.cells.push(next << gapBits)
	at := len(t.ends)
	for at > 0 && t.ends[at-1].cell >= n {
		at--
	}
	t.ends = t.ends[:at]
}

// hasText reports whether the row that is being filled holds anything.
func (b *Builder) hasText() bool {
	for i := b.first; i < b.t.cells.n; i++ {
		start, stop := int(b.t.cells.at(i)>>gapBits), b.start
		if i+1 < b.t.cells.n {
			stop = int(b.t.cells.at(i+1) >> gapBits)
		}
		if gap := b.t.cells.at(i) & irregular; gap == irregular {
			stop = int(b.t.end(i))
		} else {
			stop -= int(gap)
		}
		if len(bytes.TrimSpace(b.t.text[start:stop])) > 0 {
			return true
		}
	}
	return b.open && len(bytes.TrimSpace(b.t.text[b.start:b.stop])) > 0
}

// isGuarded reports whether a cell begins with the apostrophe that keeps a
// spreadsheet from taking it for a formula, as our own result files have it.
func isGuarded(text []byte) bool {
	if len(text) < 2 || text[0] != '\'' {
		return false
	}
	switch text[1] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	return false
}
