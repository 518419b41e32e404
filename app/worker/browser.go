//go:build js && wasm

package main

import (
	"errors"
	"io"
	"strings"
	"syscall/js"

	"outdial/shared/list/column"
	"outdial/shared/list/encoding"
	"outdial/shared/phone/engine"
)

// blob is a file of the browser. It is read piece by piece, never as a whole, and
// the browser reads the next piece while this program works on the one before:
// reading without waiting (FileReaderSync) takes longer than all the rest.
type blob struct {
	file  js.Value
	size  int64
	now   piece
	ahead piece // has the promise of its bytes
}

// piece is what stands in a file from one place on.
type piece struct {
	at    int64
	bytes js.Value // Uint8Array, or the promise of an ArrayBuffer
	size  int64
}

// pieceSize is how many bytes are read at once.
const pieceSize = 1 << 20

func newBlob(file js.Value) *blob {
	return &blob{file: file, size: int64(file.Get("size").Float())}
}

func (p piece) has(at int64) bool { return p.at <= at && at < p.at+p.size }

// ReadAt implements io.ReaderAt for one goroutine.
func (b *blob) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		if at >= b.size {
			return n, io.EOF
		}
		if !b.now.has(at) {
			if err := b.load(at); err != nil {
				return n, err
			}
		}
		from := at - b.now.at
		m := js.CopyBytesToGo(p[n:], b.now.bytes.Call("subarray", from, min(b.now.size, from+int64(len(p)-n))))
		n, at = n+m, at+int64(m)
	}
	return n, nil
}

// load brings the piece that begins there, and asks for the one behind it where
// the file is read in its order.
func (b *blob) load(at int64) error {
	if !b.ahead.has(at) || b.ahead.at != at {
		b.ahead = b.ask(at)
	}
	buffer, err := await(b.ahead.bytes)
	if err != nil {
		b.ahead = piece{}
		return err // the file was changed or taken away meanwhile
	}
	inOrder := at == 0 || at == b.now.at+b.now.size
	b.now.drop()
	b.now = b.ahead
	b.now.bytes = js.Global().Get("Uint8Array").New(buffer)
	b.ahead = piece{}
	if next := at + b.now.size; inOrder && next < b.size {
		b.ahead = b.ask(next)
	}
	return nil
}

func (b *blob) ask(at int64) piece {
	size := min(pieceSize, b.size-at)
	return piece{at: at, size: size, bytes: b.file.Call("slice", at, at+size).Call("arrayBuffer")}
}

// drop gives the memory back at once; the browser's collector would let much of
// it gather.
func (p piece) drop() {
	if !p.bytes.Truthy() {
		return
	}
	if buffer := p.bytes.Get("buffer"); buffer.Get("transfer").Truthy() {
		buffer.Call("transfer", 0)
	}
}

// textDecoder has the browser decode Big5 and GB18030, whose tables it has.
type textDecoder struct{ decoder, encoder js.Value }

func newTextDecoder(name encoding.Name) (encoding.Decoder, error) {
	return textDecoder{js.Global().Get("TextDecoder").New(string(name)), js.Global().Get("TextEncoder").New()}, nil
}

// Decode implements encoding.Decoder.
func (d textDecoder) Decode(text, piece []byte, last bool) ([]byte, error) {
	in := js.Global().Get("Uint8Array").New(len(piece))
	js.CopyBytesToJS(in, piece)
	out := d.encoder.Call("encode", d.decoder.Call("decode", in, map[string]any{"stream": !last}))
	from, size := len(text), out.Get("length").Int()
	if cap(text)-from < size {
		grown := make([]byte, from, from+size+size/8)
		copy(grown, text)
		text = grown
	}
	text = text[:from+size]
	js.CopyBytesToGo(text[from:], out)
	return text, nil
}

// turn lets the worker's other events have their turn: messages of the page,
// first of all. It is a message to oneself, because timers are held back.
type turn struct {
	port js.Value
	came chan struct{}
}

func newTurn() turn {
	channel := js.Global().Get("MessageChannel").New()
	t := turn{port: channel.Get("port2"), came: make(chan struct{}, 1)}
	channel.Get("port1").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
		t.came <- struct{}{}
		return nil
	}))
	return t
}

func (t turn) wait() {
	t.port.Call("postMessage", nil)
	<-t.came
}

var errThrown = errors.New("the promise was rejected")

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1)
	kept := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{value: args[0]}
		return nil
	})
	broken := js.FuncOf(func(js.Value, []js.Value) any {
		done <- settled{err: errThrown}
		return nil
	})
	defer kept.Release()
	defer broken.Release()
	promise.Call("then", kept, broken)
	s := <-done
	return s.value, s.err
}

// languages are those in which names of countries are understood.
var languages = []string{"en", "fr", "zh-Hant", "zh-Hans"}

// aliases are what people write beside the names that browsers know.
var aliases = map[string]string{"usa": "US", "us": "US", "america": "US", "美國": "US", "美国": "US", "uk": "GB", "england": "GB", "greatbritain": "GB",
	"angleterre": "GB", "英國": "GB", "英国": "GB", "中國": "CN", "中国": "CN", "中國大陸": "CN", "中国大陆": "CN", "大陸": "CN", "大陆": "CN", "china": "CN", "prc": "CN",
	"臺灣": "TW", "台灣": "TW", "台湾": "TW", "taiwan": "TW", "香港": "HK", "hongkong": "HK", "澳門": "MO", "澳门": "MO", "macau": "MO", "macao": "MO",
	"korea": "KR", "southkorea": "KR", "韓國": "KR", "韩国": "KR"}

// countries finds regions by the names that the browser has for them.
func countries() func(name string) string {
	var names map[string]string
	return func(name string) string {
		if names == nil {
			names = countryNames()
		}
		return names[column.Key(name)]
	}
}

func countryNames() map[string]string {
	names := map[string]string{}
	for _, language := range languages {
		display := js.Global().Get("Intl").Get("DisplayNames").New(language, map[string]any{"type": "region"})
		for _, region := range engine.Regions() {
			if len(region) == 2 && strings.ToUpper(region) == region {
				names[column.Key(display.Call("of", region).String())] = region
			}
		}
	}
	for name, region := range aliases {
		names[name] = region
	}
	return names
}
