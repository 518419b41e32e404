//go:build js && wasm

// Speed is what the benchmark in this folder runs in a worker of the browser: the number engine, asked for strings and for columns.
package main

import (
	"syscall/js"
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

// separator stands between the strings: a character that no text of a list holds. Where one does, the counts do not agree.
const separator = 0

var texts, answer []byte

// judgeStrings judges strings that are joined by the separator. Arguments: region, bytes, how many, how many strings, where the answer
// goes. The answer is a byte for each string, its verdict in the upper half and the length of its E.164 digits in the lower, then
// all these digits, each behind a plus. It gives the length of the answer, or -1 if there are not that many strings.
func judgeStrings(_ js.Value, args []js.Value) any {
	c, size, rows := in(args[0].String()), args[2].Int(), args[3].Int()
	texts = room(texts, size)
	js.CopyBytesToGo(texts, args[1])
	answer = room(answer, 17*rows)
	// The separators are taken out.
	offsets = room(offsets, rows+1)
	offsets[0] = 0
	row, end := 0, 0
	for _, c := range texts {
		if c != separator {
			texts[end] = c
			end++
		} else if row++; row < rows {
			offsets[row] = uint32(end)
		}
	}
	if row != rows-1 {
		return -1
	}
	offsets[rows] = uint32(end)
	results = room(results, rows)
	c.Judge(texts, offsets, results)
	out := answer[:rows]
	for i, r := range results {
		from := len(out)
		out = r.AppendE164(out)
		answer[i] = r.Verdict<<4 | uint8(max(0, len(out)-from-1))
	}
	js.CopyBytesToJS(args[4], out)
	return len(out)
}

var (
	results []engine.Result
	offsets []uint32
)

// judgeColumn judges a column of bytes. Arguments: region, bytes, how many, offsets as bytes, how many texts, where the results go.
func judgeColumn(_ js.Value, args []js.Value) any {
	c, size, rows := in(args[0].String()), args[2].Int(), args[4].Int()
	texts = room(texts, size)
	js.CopyBytesToGo(texts, args[1])
	offsets = room(offsets, rows+1)
	js.CopyBytesToGo(memory(offsets), args[3])
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
