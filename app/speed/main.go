//go:build js && wasm

// Speed is what the benchmark in this folder runs in a worker of the browser: the number engine, asked for strings and for columns.
package main

import (
	"slices"
	"syscall/js"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"outdial/shared/phone/engine"
)

func main() {
	self := js.Global()
	self.Set("speedStrings", js.FuncOf(judgeStrings))
	self.Set("speedColumn", js.FuncOf(judgeColumn))
	self.Call("speedReady")
	select {}
}

// column is the judge of the region that was asked for last.
var column struct {
	region string
	*engine.Column
}

func in(region string) *engine.Column {
	if column.Column == nil || column.region != region {
		column.region, column.Column = region, engine.NewColumn(region)
	}
	return column.Column
}

var (
	texts   []byte
	lengths []uint32
	offsets []uint32
	results []engine.Result
	answer  []byte
)

// judgeStrings judges strings that are joined. Arguments: region, the UTF-8 of the joined strings, how many bytes, the length of each
// string in UTF-16 units, as bytes, how many strings, where the answer goes. The answer is a byte for each string, its verdict in the
// upper half and the length of its E.164 digits in the lower, then all these digits, each behind a plus. It gives the length of the
// answer, or -1 if the strings are not that long: halves of characters at their ends have come together.
func judgeStrings(_ js.Value, args []js.Value) any {
	c, size, rows := in(args[0].String()), args[2].Int(), args[4].Int()
	texts = room(texts, size)
	js.CopyBytesToGo(texts, args[1])
	lengths = room(lengths, rows)
	js.CopyBytesToGo(memory(lengths), args[3])
	offsets = room(offsets, rows+1)
	if !cut(texts, lengths, offsets) {
		return -1
	}
	results = room(results, rows)
	c.Judge(texts, offsets, results)
	answer = room(answer, 17*rows+17)
	out := answer[:rows]
	for i, r := range results {
		from := len(out)
		out = r.AppendE164(out)
		answer[i] = r.Verdict<<4 | uint8(max(0, len(out)-from-1))
	}
	js.CopyBytesToJS(args[5], out)
	return len(out)
}

// cut finds where in the joined texts each begins.
func cut(texts []byte, lengths, offsets []uint32) bool {
	at := 0
	for i, n := range lengths {
		offsets[i] = uint32(at)
		if end := at + int(n); end > len(texts) {
			return false
		} else if isASCII(texts[at:end]) {
			at = end
			continue
		}
		for left := int(n); left > 0; {
			c, size := utf8.DecodeRune(texts[at:])
			at += size
			if left -= utf16.RuneLen(c); left < 0 || size == 0 {
				return false
			}
		}
	}
	offsets[len(lengths)] = uint32(at)
	return at == len(texts)
}

// isASCII looks at eight bytes at once, which the compiler reads as one.
func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		word := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		if word&0x8080_8080_8080_8080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// judgeColumn judges a part of a column of bytes. Arguments: region, the part, its length, offsets in the column as bytes, how many
// texts, where the results go.
func judgeColumn(_ js.Value, args []js.Value) any {
	c, size, rows := in(args[0].String()), args[2].Int(), args[4].Int()
	texts = room(texts, size)
	js.CopyBytesToGo(texts, args[1])
	offsets = room(offsets, rows+1)
	js.CopyBytesToGo(memory(offsets), args[3])
	for i, begin := range slices.Backward(offsets) {
		offsets[i] = begin - offsets[0]
	}
	results = room(results, rows)
	c.Judge(texts, offsets, results)
	js.CopyBytesToJS(args[5], memory(results))
	return rows
}

// room gives a slice of that length, the same one if it is long enough.
func room[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	return b[:n]
}

// memory is a slice as it lies in memory.
func memory[T any](b []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(b))), len(b)*int(unsafe.Sizeof(*new(T))))
}
