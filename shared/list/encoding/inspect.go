package encoding

import (
	"bytes"
	"unicode/utf8"
	"unsafe"
)

// How much is kept of a file to tell encodings apart.
const (
	keptHead  = 8 << 10
	keptLines = 64 << 10
	longest   = 4 << 10 // of a line
)

// Inspector looks at a file as it is read.
type Inspector struct {
	head    []byte // its first bytes
	lines   []byte // its first line, and those that are not ASCII
	line    []byte // the line that is not whole yet
	telling bool   // it is not ASCII
	first   bool   // the first line is kept
	passed  bool   // the beginning of the line was not looked at
	rest    []byte // a character that is not whole yet
	invalid bool   // as UTF-8
	seen    int64  // bytes
}

// Write takes in the next piece. It never fails.
func (i *Inspector) Write(piece []byte) (int, error) {
	i.seen += int64(len(piece))
	if n := keptHead - len(i.head); n > 0 {
		i.head = append(i.head, piece[:min(n, len(piece))]...)
	}
	plain := plain(piece)
	if !i.invalid && (plain < len(piece) || len(i.rest) > 0) {
		i.validate(piece, plain)
	}
	switch {
	case len(i.lines) >= keptLines:
	case i.seen <= keptLines || plain < len(piece):
		i.collect(piece)
	default:
		i.line, i.telling, i.passed = i.line[:0], false, true
	}
	return len(piece), nil
}

// End says that the file is read.
func (i *Inspector) End() {
	i.invalid = i.invalid || len(i.rest) > 0
	i.endLine()
}

// plain is how many bytes of a piece are ASCII up to the first that is not, or is
// zero, give or take seven.
func plain(piece []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(piece); n += 8 {
		// Eight at once: no byte has its highest bit, and none is zero.
		w := *(*uint64)(unsafe.Pointer(&piece[n]))
		if (w|(w-ones)&^w)&highs != 0 {
			return n
		}
	}
	for n < len(piece) && piece[n] != 0 && piece[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// validate looks at a piece, whose first bytes are plain.
func (i *Inspector) validate(piece []byte, first int) {
	if len(i.rest) > 0 {
		piece = append(i.rest, piece...)
		i.rest, first = nil, 0
	}
	if n := unfinished(piece); n > 0 {
		i.rest = append(i.rest, piece[len(piece)-n:]...)
		piece = piece[:len(piece)-n]
	}
	for at := min(first, len(piece)); at < len(piece); {
		c := piece[at]
		if c < utf8.RuneSelf {
			if c == 0 {
				i.invalid = true
				return
			}
			if at++; at&7 == 0 {
				at += plain(piece[at:])
			}
			continue
		}
		r, size := utf8.DecodeRune(piece[at:])
		if r == utf8.RuneError && size == 1 {
			i.invalid = true
			return
		}
		at += size
	}
}

func (i *Inspector) collect(piece []byte) {
	if i.passed {
		n := bytes.IndexByte(piece, '\n')
		if n < 0 {
			return
		}
		piece, i.passed = piece[n+1:], false
	}
	for len(piece) > 0 {
		n := bytes.IndexAny(piece, "\r\n")
		whole := n >= 0
		if !whole {
			n = len(piece)
		}
		if room := longest - len(i.line); room > 0 {
			i.line = append(i.line, piece[:min(room, n)]...)
		}
		i.telling = i.telling || !ascii(piece[:n])
		if whole {
			i.endLine()
			n++
		}
		piece = piece[n:]
	}
}

func (i *Inspector) endLine() {
	if (i.telling || !i.first) && len(bytes.TrimSpace(i.line)) > 0 && len(i.lines) < keptLines {
		i.lines = append(append(i.lines, i.line...), '\n')
		i.first = true
	}
	i.line, i.telling = i.line[:0], false
}

func ascii(piece []byte) bool {
	for _, b := range piece {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Sure gives the encoding of what came so far if there is no doubt about it: the
// file says so itself, or it is UTF-8 throughout.
func (i *Inspector) Sure() (Name, bool) {
	if name, size := mark(i.head); size > 0 && (name != UTF8 || !i.invalid) {
		return name, true
	}
	if i.invalid {
		return "", false
	}
	return UTF8, true
}

// IsTold reports whether reading on would tell nothing more: it is not UTF-8, and
// enough lines are kept to choose by.
func (i *Inspector) IsTold() bool {
	_, sure := i.Sure()
	return !sure && len(i.head) == keptHead && (len(i.lines) >= keptLines || i.seen > 8<<20)
}

// IsBinary reports whether the file is no text in any encoding.
func (i *Inspector) IsBinary() bool {
	if _, sure := i.Sure(); sure || len(i.head) == 0 {
		return false
	}
	if _, ok := i.wide(); ok {
		return false
	}
	odd := 0
	for _, b := range i.head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != 0x1A {
			odd++
		}
	}
	return odd*50 > len(i.head)
}

// wide tells UTF-16 by its zeros: every other byte of ASCII text is one.
func (i *Inspector) wide() (Name, bool) {
	var zeros [2]int
	for n, b := range i.head {
		if b == 0 {
			zeros[n&1]++
		}
	}
	units := len(i.head) / 2
	switch {
	case zeros[1] > units/8 && zeros[0] < units/50+1:
		return UTF16LE, true
	case zeros[0] > units/8 && zeros[1] < units/50+1:
		return UTF16BE, true
	}
	return "", false
}

// Marked gives the encoding that a mark of byte order at the beginning names.
func Marked(head []byte) (Name, bool) {
	name, size := mark(head)
	return name, size > 0
}
