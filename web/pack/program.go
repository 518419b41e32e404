package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// program makes a Go program for the browser smaller to send, without a change
// in what it does.
//
// Go's linker leaves out every run of eight zeroes in the program's data and
// writes a segment for each piece between, up to a hundred thousand of them.
// That spares bytes on a disk, but brotli would write the zeroes for nothing,
// and the segments' addresses are noise to it: so they are joined again.
//
// The tables that find files, lines and arguments for the traces of a crash are
// emptied; functions keep their names there. So is the table of places where a
// thread must not be interrupted: a browser's is never. See runtime/symtab.go:
// a function without such a table is one of line "?".
func program(data []byte) ([]byte, error) {
	if len(data) < 8 || !bytes.Equal(data[:8], []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errNotWasm
	}
	out := append([]byte{}, data[:8]...)
	r := reader{data: data, at: 8}
	for r.at < len(data) {
		kind := r.byte()
		body := r.bytes(r.unsigned())
		if r.err != nil {
			return nil, r.err
		}
		if kind == dataSection {
			segments, err := segmentsOf(body)
			if err != nil {
				return nil, err
			}
			segments = joined(segments)
			if err := forgetLines(segments); err != nil {
				return nil, err
			}
			body = written(segments)
		}
		out = append(out, kind)
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	return out, nil
}

// Of the WebAssembly binary format, https://webassembly.github.io/spec/core/binary/
const (
	dataSection = 11
	active      = 0    // a segment that is copied to memory at start
	i32Const    = 0x41 // opcode
	end         = 0x0b // opcode
)

// segment is a piece of the program's memory as it starts.
type segment struct {
	at   int64
	data []byte
}

func segmentsOf(body []byte) ([]segment, error) {
	r := reader{data: body}
	count := r.unsigned()
	if count > uint64(len(body)) {
		return nil, errShort
	}
	all := make([]segment, 0, count)
	for range count {
		if kind, opcode := r.unsigned(), r.byte(); kind != active || opcode != i32Const {
			return nil, fmt.Errorf("a segment of kind %d placed by %#x: Go's linker writes other ones by now", kind, opcode)
		}
		s := segment{at: r.signed()}
		if r.byte() != end {
			return nil, errors.New("a segment that is not placed by a number")
		}
		if s.data = r.bytes(r.unsigned()); r.err != nil {
			return nil, r.err
		}
		all = append(all, s)
	}
	return all, nil
}

// closest is how far segments may lie apart to be joined.
const closest = 4 << 10

func joined(all []segment) []segment {
	sort.SliceStable(all, func(i, j int) bool { return all[i].at < all[j].at })
	var out []segment
	for _, s := range all {
		if n := len(out) - 1; n >= 0 {
			last := &out[n]
			if gap := s.at - last.at - int64(len(last.data)); 0 <= gap && gap <= closest {
				last.data = append(append(last.data, make([]byte, gap)...), s.data...)
				continue
			}
		}
		out = append(out, segment{s.at, append([]byte{}, s.data...)})
	}
	return out
}

func written(all []segment) []byte {
	out := binary.AppendUvarint(nil, uint64(len(all)))
	for _, s := range all {
		out = append(out, active, i32Const)
		out = appendSigned(out, s.at)
		out = append(out, end)
		out = binary.AppendUvarint(out, uint64(len(s.data)))
		out = append(out, s.data...)
	}
	return out
}

// The table of functions, as runtime/symtab.go and runtime/runtime2.go of Go
// 1.20 and later describe it: pcHeader, then _func with an offset into pctab
// for each of its tables.
const (
	headerSize = 8 + 8*8
	funcSize   = 44

	// Places in _func.
	ofSP, ofFile, ofLine, ofTables, ofUnit, ofStart, ofData = 16, 20, 24, 28, 32, 36, 43

	// Of the tables that follow, numbered as in internal/abi/symtab.go.
	unsafePoints, argsLive = 0, 3

	// Of the data that follows those.
	argsInfo, argsLiveInfo = 5, 6
	noData                 = 1<<32 - 1
)

// header begins the table on a machine with 8-byte pointers; wasm counts as one.
var header = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

var errTable = errors.New("the table of functions is not that of Go 1.20 to 1.26: compare runtime/symtab.go with web/pack")

// forgetLines empties the parts of the table of functions that tell files and
// lines.
func forgetLines(all []segment) error {
	for _, s := range all {
		if at := bytes.Index(s.data, header); at >= 0 {
			return forgetIn(s.data[at:])
		}
	}
	return errTable
}

func forgetIn(table []byte) error {
	if len(table) < headerSize {
		return errTable
	}
	field := func(n int) int { return int(min(binary.LittleEndian.Uint64(table[8+8*n:]), 1<<31)) }
	functions, names, tables, index := field(0), field(3), field(6), field(7)
	if names != headerSize || !(names < tables && tables < index && index+8*functions <= len(table)) || functions == 0 {
		return errTable
	}
	pctab := table[tables:index]
	used := make([]bool, len(pctab))
	for n := range functions {
		at := index + int(binary.LittleEndian.Uint32(table[index+8*n+4:]))
		if at+funcSize > len(table) {
			return errTable
		}
		f := table[at:]
		count := int(binary.LittleEndian.Uint32(f[ofTables:]))
		data := int(f[ofData])
		if count > 16 || funcSize+4*(count+data) > len(f) {
			return errTable
		}
		for k := argsInfo; k <= argsLiveInfo && k < data; k++ {
			binary.LittleEndian.PutUint32(f[funcSize+4*(count+k):], noData)
		}
		for _, place := range []int{ofFile, ofLine, ofUnit, ofStart} {
			clear(f[place : place+4])
		}
		kept := []int{ofSP}
		for k := range count {
			if place := funcSize + 4*k; k == argsLive || k == unsafePoints {
				clear(f[place : place+4])
			} else {
				kept = append(kept, place)
			}
		}
		for _, place := range kept {
			if err := mark(pctab, used, int(binary.LittleEndian.Uint32(f[place:]))); err != nil {
				return err
			}
		}
	}
	for i := range pctab {
		if !used[i] {
			pctab[i] = 0
		}
	}
	return nil
}

// mark notes the bytes of one table: pairs of varints, the first of a pair 0
// at its end (but not at its beginning).
func mark(pctab []byte, used []bool, at int) error {
	for first := true; at != 0; first = false {
		if at >= len(pctab) {
			return errTable
		}
		used[at] = true
		if pctab[at] == 0 && !first {
			return nil
		}
		for range 2 {
			_, n := binary.Uvarint(pctab[at:])
			if n <= 0 {
				return errTable
			}
			for range n {
				used[at] = true
				at++
			}
		}
	}
	return nil
}

var errNotWasm = errors.New("not a WebAssembly program")

var errShort = errors.New("a WebAssembly program that ends too soon")

// reader reads the binary format; after an error it gives zeroes.
type reader struct {
	data []byte
	at   int
	err  error
}

func (r *reader) byte() byte {
	b := r.bytes(1)
	if b == nil {
		return 0
	}
	return b[0]
}

func (r *reader) bytes(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.data)-r.at) {
		r.err = errShort
		return nil
	}
	from := r.at
	r.at += int(n)
	return r.data[from:r.at]
}

func (r *reader) unsigned() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.data[r.at:])
	if n <= 0 {
		r.err = errShort
		return 0
	}
	r.at += n
	return v
}

// signed reads LEB128 in two's complement, as encoding/binary does not.
func (r *reader) signed() int64 {
	var v int64
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			if shift < 57 && b&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.err = errShort
	return 0
}

func appendSigned(out []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
