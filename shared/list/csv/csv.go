// Package csv reads lists whose cells are parted by commas, tabs, semicolons or
// bars, as spreadsheets save and copy them (RFC 4180 and what people make of it).
//
// A Reader takes UTF-8 in pieces of any size and cuts cells out of it where it
// stands, so the text is held once. It is forgiving where the file is, and tells:
// a quote inside a cell is a quote, what stands behind a closing quote belongs to
// the cell, and a quote that nothing closes is text.
package csv

import (
	"bytes"

	"outdial/shared/list/table"
)

// Delimiters are the signs that may part cells. Where two of them part the rows
// equally well, the one that stands first here is taken: it is the rarer inside
// cells.
const Delimiters = "\t;|,"

// sniffed is how many bytes are looked at to find the delimiter.
const sniffed = 64 << 10

// step is how many bytes have to come before they are looked at: a cell that is
// not whole yet is read again each time.
const step = 16 << 10

// Options say how to read; zero values are found out.
type Options struct {
	Delimiter byte // one of Delimiters
	Limits    table.Limits
	Size      int64 // how many bytes are to come, 0 if that is not known
}

// Found is what was found out on the way.
type Found struct {
	Delimiter byte
	Named     bool // the file's first line names the delimiter, "sep=;", and is no row
	Unclosed  int  // quotes that nothing closes: they are text
	Trailing  int  // cells with text behind a closing quote
	Line      int  // of the file, from 1: the first such row
}

// Reader takes a file in and makes a table of it.
type Reader struct {
	b      *table.Builder
	limits table.Limits
	found  Found
	at     int // where the cell begins that is not read yet
	class  [256]uint8
	ready  bool // the delimiter is known
	behind bool // a delimiter stands right before at
	bare   int  // the quote of the cell at this place is text; -1 for none
	looked int  // how many bytes the last scan saw
}

// What a byte is to the scanner.
const (
	ordinary = iota
	delimiter
	lineFeed
	carriageReturn
)

// NewReader makes a reader for one file.
func NewReader(o Options) *Reader {
	r := &Reader{b: table.NewBuilder(o.Limits, o.Size), limits: o.Limits.Or(), bare: -1}
	r.found.Delimiter = o.Delimiter
	return r
}

// Write takes in the next piece of the file, as UTF-8.
func (r *Reader) Write(piece []byte) (int, error) {
	if _, err := r.b.Write(piece); err != nil {
		return 0, err
	}
	have := len(r.b.Text())
	if have-r.looked < step || !r.ready && have < sniffed {
		return len(piece), nil
	}
	if !r.ready {
		r.begin(false)
	}
	r.looked = have
	if err := r.scan(false); err != nil {
		return 0, err
	}
	return len(piece), nil
}

// Finish gives the table.
func (r *Reader) Finish() (*table.Table, Found, error) {
	if !r.ready {
		r.begin(true)
	}
	if err := r.scan(true); err != nil {
		return nil, r.found, err
	}
	t, err := r.b.Finish()
	return t, r.found, err
}

// begin settles the delimiter by what came so far.
func (r *Reader) begin(whole bool) {
	text := r.b.Text()
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		r.at = len("\ufeff")
	}
	if sign, size := named(text[r.at:]); size > 0 {
		r.found.Named = true
		r.at += size
		if r.found.Delimiter == 0 {
			r.found.Delimiter = sign
		}
	}
	if r.found.Delimiter == 0 {
		r.found.Delimiter = Sniff(text[r.at:], whole)
	}
	r.class[r.found.Delimiter] = delimiter
	r.class['\n'], r.class['\r'] = lineFeed, carriageReturn
	r.ready = true
}

// named reads the line with which spreadsheets name the delimiter.
func named(text []byte) (sign byte, size int) {
	line, _, _ := bytes.Cut(text[:min(len(text), 16)], []byte("\n"))
	bare := bytes.TrimRight(line, "\r")
	if len(bare) == 7 && bare[0] == '"' && bare[6] == '"' {
		bare = bare[1:6] // saved once more, with quotes
	}
	if len(bare) != 5 || len(line) == len(text) || !bytes.EqualFold(bare[:4], []byte("sep=")) || bytes.IndexByte([]byte(Delimiters), bare[4]) < 0 {
		return 0, 0
	}
	return bare[4], len(line) + 1
}

// scan cuts what came so far. Unless it is the end, it stops at the beginning of
// a cell that may go on.
func (r *Reader) scan(end bool) error {
	text, b := r.b.Text(), r.b
	class := &r.class
	i, behind := r.at, r.behind
	for i < len(text) {
		start, quoted := i, false
		if first := text[i]; first <= '"' && start != r.bare {
			quoted = first == '"' || first == ' ' && behindSpaces(text, i) == '"'
		}
		if quoted {
			next, err := r.quoted(i, end)
			if err != nil {
				return err
			}
			if next == i {
				if i == r.bare {
					continue // the quote is text: once more
				}
				break
			}
			i = next
		} else {
			for i < len(text) && class[text[i]] == ordinary {
				i++
			}
			if i-start > r.limits.CellBytes {
				return b.Add(text[start:i]) // refuses it
			}
			if !end && unsettled(text, i) {
				i = start
				break
			}
			b.Cut(start, i)
		}
		behind = false
		if i == len(text) {
			break
		}
		switch class[text[i]] {
		case delimiter:
			behind = true
			i++
			continue
		case carriageReturn:
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		}
		i++
		if err := b.EndRow(); err != nil {
			return err
		}
	}
	r.at, r.behind = i, behind
	if !end {
		if b.Filled() > r.limits.Columns {
			return b.EndRow() // refuses it, before its end is seen
		}
		return nil
	}
	if behind {
		b.Cut(len(text), len(text))
	}
	if b.Filled() > 0 {
		return b.EndRow()
	}
	return nil
}

// unsettled reports whether it shows only in the next piece what a cell that
// seems to end at i is: it may go on, or a line feed may follow.
func unsettled(text []byte, i int) bool {
	return i == len(text) || text[i] == '\r' && i+1 == len(text)
}

// quoted cuts a cell that begins with a quote, or with spaces and a quote, and
// gives the place of the sign behind it. It gives i where the cell is not whole
// yet, and makes i bare where nothing closes the quote.
func (r *Reader) quoted(i int, end bool) (next int, err error) {
	text := r.b.Text()
	start := i
	for text[start] == ' ' {
		start++
	}
	start++
	most := min(len(text), start+r.limits.CellBytes+1)
	doubled := 0
	stop := start
	for {
		for stop < most && text[stop] != '"' {
			stop++
		}
		if stop == most {
			if end || most < len(text) {
				r.bare = i
				r.found.Unclosed++
				r.tell()
			}
			return i, nil
		}
		if stop+1 == len(text) && !end {
			return i, nil
		}
		if stop+1 == len(text) || text[stop+1] != '"' {
			break
		}
		doubled++
		stop += 2
	}
	next = stop + 1
	for next < len(text) && r.class[text[next]] == ordinary {
		next++
	}
	if next-start > r.limits.CellBytes+2 {
		return 0, r.b.Add(text[start:next]) // refuses it
	}
	if !end && unsettled(text, next) {
		return i, nil
	}
	tail := text[stop+1 : next]
	if doubled > 0 {
		stop = start + undouble(text[start:stop])
	}
	if len(bytes.TrimLeft(tail, " ")) > 0 {
		stop += copy(text[stop:], tail)
		r.found.Trailing++
		r.tell()
	}
	r.b.Cut(start, stop)
	return next, nil
}

func (r *Reader) tell() {
	if r.found.Line == 0 {
		r.found.Line = r.b.Row()
	}
}

// undouble halves doubled quotes in place and gives what length is left.
func undouble(text []byte) int {
	n := 0
	for i := 0; i < len(text); i++ {
		text[n] = text[i]
		n++
		if text[i] == '"' {
			i++
		}
	}
	return n
}

func behindSpaces(text []byte, i int) byte {
	for i < len(text) && text[i] == ' ' {
		i++
	}
	if i == len(text) {
		return ' '
	}
	return text[i]
}
