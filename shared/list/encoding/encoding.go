// Package encoding finds out in which encoding a file is written, and brings it
// to UTF-8.
//
// A mark of byte order settles it, and so does a file that is UTF-8 throughout.
// Everything else is ambiguous: most Big5 and Windows-1252 files are without
// fault as GB18030 too, and read as nonsense. So the candidates are ranked by how
// much their text looks like text, and the person chooses by eye.
//
// The tables of Big5 and GB18030 are not in here: a browser has them, in its
// TextDecoder, and hands them in as Foreign.
package encoding

import (
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// Name is an encoding by its label in the WHATWG Encoding Standard.
type Name string

const (
	UTF8        Name = "utf-8"
	Big5        Name = "big5"
	GB18030     Name = "gb18030"
	Windows1252 Name = "windows-1252"
	UTF16LE     Name = "utf-16le"
	UTF16BE     Name = "utf-16be"
)

// Names lists every encoding.
func Names() []Name { return []Name{UTF8, Big5, GB18030, Windows1252, UTF16LE, UTF16BE} }

// ErrUnknown is a name of no encoding that can be read.
var ErrUnknown = errors.New("encoding: unknown")

// Decoder brings one file to UTF-8, piece by piece.
type Decoder interface {
	// Decode appends the text of the next piece to text. Bytes that mean nothing
	// become U+FFFD. A character that is cut off by the end of a piece is kept for
	// the next; last says that there is none.
	Decode(text, piece []byte, last bool) ([]byte, error)
}

// Foreign makes decoders of Big5 and GB18030.
type Foreign func(Name) (Decoder, error)

// NewDecoder makes a decoder for one file. A mark of byte order in front is left out.
func NewDecoder(name Name, foreign Foreign) (Decoder, error) {
	switch name {
	case UTF8:
		return &unicode8{}, nil
	case UTF16LE, UTF16BE:
		return &unicode16{big: name == UTF16BE}, nil
	case Windows1252:
		return single{}, nil
	case Big5, GB18030:
		if foreign != nil {
			return foreign(name)
		}
	}
	return nil, ErrUnknown
}

// mark gives the encoding that a mark of byte order names, and its length.
func mark(text []byte) (Name, int) {
	switch {
	case len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF:
		return UTF8, 3
	case len(text) >= 2 && text[0] == 0xFF && text[1] == 0xFE:
		return UTF16LE, 2
	case len(text) >= 2 && text[0] == 0xFE && text[1] == 0xFF:
		return UTF16BE, 2
	case len(text) >= 4 && text[0] == 0x84 && text[1] == 0x31 && text[2] == 0x95 && text[3] == 0x33:
		return GB18030, 4
	}
	return "", 0
}

// unicode8 checks UTF-8 and replaces what is none.
type unicode8 struct {
	rest  []byte
	begun bool
}

func (d *unicode8) Decode(text, piece []byte, last bool) ([]byte, error) {
	if len(d.rest) > 0 {
		piece = append(d.rest, piece...)
		d.rest = nil
	}
	if !d.begun {
		if len(piece) < 3 && !last {
			d.rest = append([]byte(nil), piece...)
			return text, nil
		}
		d.begun = true
		if _, size := mark(piece); size == 3 {
			piece = piece[3:]
		}
	}
	if !last {
		whole := len(piece) - unfinished(piece)
		d.rest = append([]byte(nil), piece[whole:]...)
		piece = piece[:whole]
	}
	if utf8.Valid(piece) {
		return append(text, piece...), nil
	}
	for len(piece) > 0 {
		r, size := utf8.DecodeRune(piece)
		text = utf8.AppendRune(text, r)
		piece = piece[size:]
	}
	return text, nil
}

// unfinished is how many bytes at the end begin a character that is not whole.
func unfinished(piece []byte) int {
	for n := 1; n <= min(3, len(piece)); n++ {
		b := piece[len(piece)-n]
		if b < 0x80 {
			return 0
		}
		if utf8.RuneStart(b) {
			if utf8.FullRune(piece[len(piece)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// unicode16 reads UTF-16 in either order of bytes.
type unicode16 struct {
	big   bool
	rest  []byte // less than a unit
	high  rune   // the first half of a pair
	begun bool
}

func (d *unicode16) Decode(text, piece []byte, last bool) ([]byte, error) {
	if len(d.rest) > 0 {
		piece = append(d.rest, piece...)
		d.rest = nil
	}
	for ; len(piece) > 1; piece = piece[2:] {
		unit := rune(piece[0]) | rune(piece[1])<<8
		if d.big {
			unit = rune(piece[0])<<8 | rune(piece[1])
		}
		if !d.begun {
			d.begun = true
			if unit == 0xFEFF {
				continue
			}
		}
		if d.high != 0 {
			if r := utf16.DecodeRune(d.high, unit); r != utf8.RuneError {
				text = utf8.AppendRune(text, r)
				d.high = 0
				continue
			}
			text = utf8.AppendRune(text, utf8.RuneError)
			d.high = 0
		}
		if 0xD800 <= unit && unit < 0xDC00 {
			d.high = unit
			continue
		}
		text = utf8.AppendRune(text, unit) // half a pair alone becomes U+FFFD
	}
	if !last {
		d.rest = append([]byte(nil), piece...)
		return text, nil
	}
	if d.high != 0 || len(piece) > 0 {
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	return text, nil
}

// single reads Windows-1252.
type single struct{}

func (single) Decode(text, piece []byte, _ bool) ([]byte, error) {
	for len(piece) > 0 {
		n := 0
		for n < len(piece) && piece[n] < utf8.RuneSelf {
			n++
		}
		text = append(text, piece[:n]...)
		if piece = piece[n:]; len(piece) > 0 {
			text = utf8.AppendRune(text, windows[piece[0]-0x80])
			piece = piece[1:]
		}
	}
	return text, nil
}

// windows is the upper half of Windows-1252; the five codes that it leaves open
// are control characters, as in the WHATWG Encoding Standard.
var windows = func() (upper [128]rune) {
	for i := range upper {
		upper[i] = rune(0x80 + i)
	}
	copy(upper[:], []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"))
	return upper
}()
