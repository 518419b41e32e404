package review

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"outdial/shared/run"
)

// Pieces of an order: what is written at once, and how many left-out rows stand
// in one call.
const (
	piece   = 256 << 10
	outRows = 1000
)

// Order writes the body of POST /api/runs: head, to which the list's columns and
// calls are added. It is written in pieces, so the order is never held whole.
func (l *List) Order(w io.Writer, head run.Order, progress Progress) error {
	if progress == nil {
		progress = func(string, int64, int64) error { return nil }
	}
	kept := l.kept()
	head.Columns, head.Calls = make([]string, len(kept)), nil
	for i, column := range kept {
		head.Columns[i] = l.heading(column)
	}
	if head.From == "" {
		head.From = l.opened.Result
	}
	data, err := json.Marshal(head)
	if err != nil {
		return err
	}
	b, err := l.newBody()
	if err != nil {
		return err
	}
	o := order{l: l, w: w, kept: kept}
	o.text = append(o.text, bytes.TrimSuffix(data, []byte("null}"))...)
	o.text = append(o.text, '[')
	total := int64(l.table.Rows())
	for i := range l.calls.len() {
		rows := l.calls.at(i)
		if err := o.call(rows, progress, total); err != nil {
			return err
		}
		o.text = append(o.text, `],"body":`...)
		o.text = b.append(o.text, rows)
		o.text = append(o.text, '}')
		if err := o.flush(piece); err != nil {
			return err
		}
	}
	var out []uint32
	for row, class := range l.class {
		if class != classReady {
			out = append(out, uint32(row))
		}
		if len(out) == outRows || len(out) > 0 && row == len(l.class)-1 {
			if err := o.call(out, progress, total); err != nil {
				return err
			}
			o.text = append(o.text, "]}"...)
			out = out[:0]
		}
	}
	o.text = append(o.text, "]}"...)
	return o.flush(0)
}

// kept are the columns that go along: those of the person's file, without what
// an earlier run wrote into it.
func (l *List) kept() []int {
	var kept []int
	for i, c := range l.columns {
		if !c.IsResult() {
			kept = append(kept, i)
		}
	}
	return kept
}

// order is an order that is being written.
type order struct {
	l    *List
	w    io.Writer
	kept []int
	text []byte
	more bool // a call was written
	done int64
}

// call writes a call up to the end of its rows.
func (o *order) call(rows []uint32, progress Progress, total int64) error {
	if o.more {
		o.text = append(o.text, ',')
	}
	o.more = true
	o.text = append(o.text, `{"rows":[`...)
	for i, row := range rows {
		if i > 0 {
			o.text = append(o.text, ',')
		}
		o.row(int(row))
		if o.done++; o.done%step == 0 {
			if err := progress(Building, o.done, total); err != nil {
				return err
			}
		}
		if err := o.flush(piece); err != nil {
			return err
		}
	}
	return nil
}

func (o *order) row(row int) {
	l := o.l
	o.text = strconv.AppendInt(append(o.text, `{"line":`...), int64(row)+1, 10)
	o.text = append(o.text, `,"cells":[`...)
	for i, column := range o.kept {
		if i > 0 {
			o.text = append(o.text, ',')
		}
		o.text = appendString(o.text, l.table.Original(row, column))
	}
	o.text = append(o.text, ']')
	if typed := l.typed(row); len(typed) > 0 {
		o.text = appendString(append(o.text, `,"typed":`...), typed)
	}
	if sent := e164(l.results[row].Digits); sent != "" {
		o.text = append(append(append(o.text, `,"sent":"`...), sent...), '"')
	}
	if class := l.class[row]; class != classReady {
		o.text = appendString(append(o.text, `,"skip":`...), l.codes[class])
	}
	o.text = append(o.text, '}')
}

// flush hands on what is written, once it is that much.
func (o *order) flush(least int) error {
	if len(o.text) < least || len(o.text) == 0 {
		return nil
	}
	_, err := o.w.Write(o.text)
	o.text = o.text[:0]
	return err
}
