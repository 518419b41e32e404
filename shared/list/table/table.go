// Package table holds a list in memory as it was read: one piece of UTF-8 text,
// and four bytes for each cell that say where in the text it stands. A million
// rows of six cells so cost the file's size and 28 megabytes. What a person
// corrects lies over the text; the original stays.
//
// Readers fill a Builder; everything else looks at the Table that it becomes.
package table

import (
	"bytes"
	"slices"
	"sort"
)

// A cell is a word: where it begins, and how many bytes lie between its end and
// the beginning of the next cell.
const (
	gapBits   = 3
	irregular = 1<<gapBits - 1 // more bytes than that: the end stands in Table.ends
	mostBytes = 1<<(32-gapBits) - 1
)

// Blocks of words, so that a table grows without being copied.
const (
	blockBits = 15
	blockMask = 1<<blockBits - 1
)

type words struct {
	blocks []*[1 << blockBits]uint32
	last   *[1 << blockBits]uint32
	n      int
}

func (w *words) at(i int) uint32 { return w.blocks[i>>blockBits][i&blockMask] }

func (w *words) push(v uint32) {
	if w.n&blockMask == 0 {
		w.grow()
	}
	w.last[w.n&blockMask] = v
	w.n++
}

func (w *words) grow() {
	w.last = new([1 << blockBits]uint32)
	w.blocks = append(w.blocks, w.last)
}

func (w *words) cut(n int) {
	w.n = n
	w.blocks = w.blocks[:(n+blockMask)>>blockBits]
	if len(w.blocks) > 0 {
		w.last = w.blocks[len(w.blocks)-1]
	}
}

// end is where an irregular cell ends.
type end struct {
	cell int
	at   uint32
}

// jump says that rows from this one on have numbers of their own in the file.
type jump struct{ row, number int }

// place is a cell by its row and column.
type place struct{ row, column int }

// Table is a list as it was read. Rows count from 0 behind the heading, columns
// from 0. It is not for use from several goroutines at once.
type Table struct {
	text   []byte
	cells  words // one more than there are cells
	ends   []end
	rows   words // the first cell of each row; one more than there are rows
	jumps  []jump
	hidden []int // rows of the file, ascending
	sparse bool  // rows say nothing about empty cells at their end
	blank  int   // rows at the end that were dropped

	unguarded int // cells that had an apostrophe in front
	width     int
	top       int // rows up to and with the heading
	head      bool
	names     []string // the heading where it is no row; else nil

	corrected map[place]string
	touched   map[int]bool // rows with a correction
}

// Rows is how many rows there are below the heading.
func (t *Table) Rows() int { return max(0, t.all()-t.top) }

func (t *Table) all() int { return max(0, t.rows.n-1) }

// Width is how many cells the longest row has, the heading included.
func (t *Table) Width() int { return t.width }

// Blank is how many rows without anything in them were dropped at the end.
func (t *Table) Blank() int { return t.blank }

// Unguarded is how many cells had an apostrophe in front that keeps spreadsheets
// from taking them for formulas; it is no part of their text.
func (t *Table) Unguarded() int { return t.unguarded }

// Size is how many bytes of memory the table takes, corrections aside.
func (t *Table) Size() int64 {
	return int64(cap(t.text)) + int64(len(t.cells.blocks)+len(t.rows.blocks))<<(blockBits+2) + int64(len(t.ends))*16
}

// UseHeading takes the row at that place of the whole file for the heading and
// drops what stands above it; -1 says that there is none.
func (t *Table) UseHeading(at int) {
	if t.names != nil {
		return
	}
	at = min(at, t.all()-1)
	t.top, t.head = max(0, at+1), at >= 0
}

// HasHeading reports whether a row is taken for the heading.
func (t *Table) HasHeading() bool { return t.head || t.names != nil }

// Above is how many rows stand above the heading.
func (t *Table) Above() int {
	if !t.head {
		return 0
	}
	return t.top - 1
}

// Heading is the heading of a column, "" where there is none.
func (t *Table) Heading(column int) string {
	if column < len(t.names) {
		return t.names[column]
	}
	if !t.head {
		return ""
	}
	return string(bytes.TrimSpace(t.cell(t.top-1, column)))
}

// Cell is the text of a cell as it stands, corrections included. A row that is
// too short has empty cells. The bytes must not be changed.
func (t *Table) Cell(row, column int) []byte {
	if len(t.touched) > 0 && t.touched[row] {
		if text, ok := t.corrected[place{row, column}]; ok {
			return []byte(text)
		}
	}
	// As cell has it, without its calls: this is where whole columns are read.
	row += t.top
	if row < t.top || column < 0 || row >= t.rows.n-1 {
		return nil
	}
	i := int(t.rows.at(row)) + column
	if i >= int(t.rows.at(row+1)) {
		return nil
	}
	word := t.cells.at(i)
	gap := word & irregular
	if gap == irregular {
		return t.at(i)
	}
	return t.text[word>>gapBits : t.cells.at(i+1)>>gapBits-gap]
}

// FilledBy is how many cells of each column are not empty, corrections aside.
func (t *Table) FilledBy() []int {
	filled := make([]int, t.width)
	for row := t.top; row < t.all(); row++ {
		first, last := int(t.rows.at(row)), int(t.rows.at(row+1))
		word := t.cells.at(first)
		for i := first; i < last; i++ {
			next := t.cells.at(i + 1)
			if gap := word & irregular; gap == irregular && len(t.at(i)) > 0 || gap != irregular && next>>gapBits-gap > word>>gapBits {
				filled[i-first]++
			}
			word = next
		}
	}
	return filled
}

// Original is the text of a cell as it stood in the file.
func (t *Table) Original(row, column int) []byte { return t.cell(t.top+row, column) }

// Len is how many cells the file has in a row.
func (t *Table) Len(row int) int {
	row += t.top
	return int(t.rows.at(row+1) - t.rows.at(row))
}

// cell counts rows from the top of the file.
func (t *Table) cell(row, column int) []byte {
	if row < 0 || column < 0 || row >= t.all() {
		return nil
	}
	i := int(t.rows.at(row)) + column
	if i >= int(t.rows.at(row+1)) {
		return nil
	}
	return t.at(i)
}

func (t *Table) at(i int) []byte {
	word := t.cells.at(i)
	start, gap := word>>gapBits, word&irregular
	if gap == irregular {
		return t.text[start:t.end(i)]
	}
	return t.text[start : t.cells.at(i+1)>>gapBits-gap]
}

func (t *Table) end(cell int) uint32 {
	at := sort.Search(len(t.ends), func(i int) bool { return t.ends[i].cell >= cell })
	return t.ends[at].at
}

// IsBlank reports whether nothing stands in any cell of a row.
func (t *Table) IsBlank(row int) bool {
	if len(t.touched) > 0 && t.touched[row] {
		for column := range t.width {
			if len(bytes.TrimSpace(t.Cell(row, column))) > 0 {
				return false
			}
		}
		return true
	}
	return t.blankAt(t.top + row)
}

func (t *Table) blankAt(row int) bool {
	for i, last := int(t.rows.at(row)), int(t.rows.at(row+1)); i < last; i++ {
		if text := t.at(i); len(text) > 0 && (text[0] > ' ' && text[0] < 0x80 || len(bytes.TrimSpace(text)) > 0) {
			return false
		}
	}
	return true
}

// Filled is how many cells of a row have something in them.
func (t *Table) Filled(row int) int {
	n := 0
	for column := range t.width {
		if len(bytes.TrimSpace(t.Cell(row, column))) > 0 {
			n++
		}
	}
	return n
}

// Number is the number by which the file, opened in a spreadsheet, knows a row.
func (t *Table) Number(row int) int {
	row += t.top
	at := sort.Search(len(t.jumps), func(i int) bool { return t.jumps[i].row > row })
	if at == 0 {
		return row + 1
	}
	j := t.jumps[at-1]
	return j.number + row - j.row
}

// Hidden is how many rows below the heading the spreadsheet hides.
func (t *Table) Hidden() int {
	at, _ := slices.BinarySearch(t.hidden, t.top)
	return len(t.hidden) - at
}

// IsHidden reports whether the spreadsheet hides a row.
func (t *Table) IsHidden(row int) bool {
	_, ok := slices.BinarySearch(t.hidden, t.top+row)
	return ok
}

// Ragged is how many rows have fewer cells than the heading, or more that are
// not empty. A blank row is not ragged, and neither are short rows of a file
// that leaves out empty cells at the end of a row.
func (t *Table) Ragged() int {
	due := t.width
	if t.head {
		due = int(t.rows.at(t.top) - t.rows.at(t.top-1))
	}
	n := 0
	for row := t.top; row < t.all(); row++ {
		first, last := int(t.rows.at(row)), int(t.rows.at(row+1))
		switch {
		case last-first < due && !t.sparse:
			if !t.blankAt(row) {
				n++
			}
		case last-first > due:
			for i := first + due; i < last; i++ {
				if len(bytes.TrimSpace(t.at(i))) > 0 {
					n++
					break
				}
			}
		}
	}
	return n
}

// Correct lays another text over a cell; its original text takes the correction away.
func (t *Table) Correct(row, column int, text string) {
	if row < 0 || row >= t.Rows() || column < 0 || column >= t.width {
		return
	}
	at := place{row, column}
	if string(t.Original(row, column)) == text {
		delete(t.corrected, at)
		for other := range t.width {
			if _, ok := t.corrected[place{row, other}]; ok {
				return
			}
		}
		delete(t.touched, row)
		return
	}
	if t.corrected == nil {
		t.corrected, t.touched = map[place]string{}, map[int]bool{}
	}
	t.corrected[at] = text
	t.touched[row] = true
}

// Corrections is how many cells are corrected.
func (t *Table) Corrections() int { return len(t.corrected) }

// IsCorrected reports whether any cell of a row is.
func (t *Table) IsCorrected(row int) bool { return t.touched[row] }

// Corrected lists the corrected columns of a row.
func (t *Table) Corrected(row int) []int {
	if !t.touched[row] {
		return nil
	}
	var columns []int
	for column := range t.width {
		if _, ok := t.corrected[place{row, column}]; ok {
			columns = append(columns, column)
		}
	}
	return columns
}
