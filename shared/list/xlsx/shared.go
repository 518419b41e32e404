package xlsx

import (
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf8"

	"outdial/shared/list/table"
)

// Shared strings are kept in blocks, each string behind its length, so that they
// are never copied for want of room.
const (
	stringBits  = 18 // of a place within a block; a longer string has a block of its own
	stringBlock = 1 << stringBits
)

type sharedStrings struct {
	blocks [][]byte
	used   int      // of the last one
	places []uint32 // block and place in it
	bytes  int64
}

var errNoString = errors.New("a shared string that is not there")

// strings reads the shared strings of the workbook.
func (w *Workbook) strings() (*sharedStrings, error) {
	all := &sharedStrings{}
	if w.shared == nil {
		return all, nil
	}
	s, err := w.zip.scan(w.shared)
	if err != nil {
		return nil, err
	}
	var text []byte
	for {
		if text, ok := s.quickString(); ok {
			if err := all.add(text, w.limits); err != nil {
				return nil, err
			}
			continue
		}
		kind, err := s.next()
		if err != nil {
			return nil, err
		}
		if kind == endOfPart {
			return all, nil
		}
		if kind != startTag {
			continue
		}
		switch string(s.name) {
		case "sst":
			if n, err := strconv.Atoi(string(s.value("uniqueCount"))); err == nil {
				const shortest = len("<si/>")
				all.places = make([]uint32, 0, max(0, min(n, int(w.shared.unpacked)/shortest)))
			}
		case "si":
			if text, err = s.rich(text[:0], w.limits.CellBytes); err != nil {
				return nil, err
			}
			if err := all.add(text, w.limits); err != nil {
				return nil, err
			}
		default:
			if err := s.skip(); err != nil {
				return nil, err
			}
		}
	}
}

// quickString reads a string that is written as nearly all are, <si><t>text</t></si>,
// and stands whole in the window. Of any other it reads nothing.
func (s *scanner) quickString() ([]byte, bool) {
	const opening, closing = "<si><t>", "</t></si>"
	b := s.buf[s.at:s.have]
	if s.close || len(b) < len(opening) || string(b[:len(opening)]) != opening {
		return nil, false
	}
	b = b[len(opening):]
	n, all := 0, byte(0)
	for n < len(b) && (ordinary[b[n]] || b[n] == ' ') {
		all |= b[n]
		n++
	}
	switch {
	case n == 0 || b[0] == ' ' || b[n-1] == ' ', n+len(closing) > len(b) || string(b[n:n+len(closing)]) != closing,
		all >= utf8.RuneSelf && !utf8.Valid(b[:n]):
		return nil, false
	}
	s.at += len(opening) + n + len(closing)
	return b[:n], true
}

// rich appends the text of an element with <t>, or runs of <t>; how it is to be
// pronounced is left out.
func (s *scanner) rich(text []byte, limit int) ([]byte, error) {
	runs := 0
	for {
		kind, err := s.next()
		if err != nil {
			return text, err
		}
		switch kind {
		case startTag:
			switch name := string(s.name); {
			case name == "r":
				runs++
				continue
			case name == "t" && len(text) <= limit:
				text, err = s.content(text, limit)
			default:
				err = s.skip()
			}
			if err != nil {
				return text, err
			}
		case endTag:
			if runs == 0 {
				return text, nil
			}
			runs--
		case endOfPart:
			return text, s.fail(errCutOff)
		}
	}
}

func (s *sharedStrings) add(text []byte, limits table.Limits) error {
	s.bytes += int64(len(text))
	if s.bytes > limits.Bytes {
		return most(table.CodeBytes, limits.Bytes)
	}
	if len(s.places) >= limits.Cells {
		return most(table.CodeCells, int64(limits.Cells))
	}
	need := len(text) + binary.MaxVarintLen32
	last := len(s.blocks) - 1
	if last < 0 || s.used+need > len(s.blocks[last]) {
		s.blocks = append(s.blocks, make([]byte, max(need, stringBlock)))
		s.used = 0
		last++
	}
	s.places = append(s.places, uint32(last)<<stringBits|uint32(s.used))
	b := s.blocks[last][s.used:]
	n := binary.PutUvarint(b, uint64(len(text)))
	s.used += n + copy(b[n:], text)
	return nil
}

// at gives the string whose number a cell holds.
func (s *sharedStrings) at(number []byte) ([]byte, bool) {
	n := 0
	for _, c := range number {
		if c < '0' || c > '9' || n >= len(s.places) {
			return nil, false
		}
		n = n*10 + int(c-'0')
	}
	if n >= len(s.places) || len(number) == 0 {
		return nil, false
	}
	place := s.places[n]
	b := s.blocks[place>>stringBits][place&(stringBlock-1):]
	if b[0] < 0x80 {
		return b[1 : 1+b[0]], true
	}
	length, size := binary.Uvarint(b)
	return b[size : size+int(length)], true
}
