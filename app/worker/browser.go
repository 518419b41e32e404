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

// blob is a file of the browser. It is read piece by piece, never as a whole.
type blob struct {
	file, reader js.Value
	size         int64
}

func newBlob(file js.Value) *blob {
	return &blob{file: file, reader: js.Global().Get("FileReaderSync").New(), size: int64(file.Get("size").Float())}
}

// ReadAt implements io.ReaderAt.
func (b *blob) ReadAt(p []byte, at int64) (n int, err error) {
	if at >= b.size {
		return 0, io.EOF
	}
	defer func() {
		if cause := recover(); cause != nil {
			thrown, ok := cause.(js.Error)
			if !ok {
				panic(cause)
			}
			err = thrown // the file was changed or taken away meanwhile
		}
	}()
	stop := min(b.size, at+int64(len(p)))
	piece := b.file.Call("slice", float64(at), float64(stop))
	n = js.CopyBytesToGo(p, js.Global().Get("Uint8Array").New(b.reader.Call("readAsArrayBuffer", piece)))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
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
