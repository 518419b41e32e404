package phone

import (
	"strings"
	"unsafe"
)

// ReadPlain is Read for what most lists hold: digits, a plus and the ordinary signs between them, at most fifteen digits. It gives
// the same Reading and allocates nothing: Digits stand in text or in buf, as long as those do not change. For any other text ok is
// false, and Read has to be asked.
func ReadPlain(text string, buf *[mostDigits]byte) (r Reading, ok bool) {
	p, ok := scanPlain(text)
	if !ok {
		return Reading{}, false
	}
	if p.Digits = text[p.first : p.last+1]; len(p.Digits) != p.count {
		p.copy(text, buf[:0])
		p.Digits = unsafe.String(&buf[0], p.count)
	}
	return p.Reading, true
}

// readPlain is ReadPlain with digits of their own.
func readPlain(text string) (r Reading, ok bool) {
	p, ok := scanPlain(text)
	if !ok {
		return Reading{}, false
	}
	if p.Digits = text[p.first : p.last+1]; len(p.Digits) != p.count {
		var b strings.Builder
		b.Grow(p.count)
		for i := p.first; i <= p.last; i++ {
			if c := text[i]; '0' <= c && c <= '9' {
				b.WriteByte(c)
			}
		}
		p.Digits = b.String()
	}
	return p.Reading, true
}

// plain is a Reading before its digits are put together.
type plain struct {
	Reading
	first, last, count int // positions of digits in the text, and their number
}

func (p *plain) copy(text string, to []byte) {
	for i := p.first; i <= p.last; i++ {
		if c := text[i]; '0' <= c && c <= '9' {
			to = append(to, c)
		}
	}
}

func scanPlain(text string) (p plain, ok bool) {
	if len(text) > MaxBytes {
		return p, false
	}
	p.first = -1
	before := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case '0' <= c && c <= '9':
			if p.first < 0 {
				p.first = i
				p.Bracketed = before == '(' && !p.Plus
			} else if i != p.last+1 && p.Group == 0 {
				p.Group = p.count
			}
			p.last = i
			p.count++
		case c == '+':
			if p.Plus || p.first >= 0 {
				return p, false
			}
			p.Plus = true
		case c == ' ', c == '-', c == '.', c == '/', c == '(', c == ')':
		default:
			return p, false
		}
		before = c
	}
	if p.count == 0 || p.count > mostDigits {
		return p, false
	}
	// 14155550100.0 may be a number that a spreadsheet took for a decimal.
	if text[p.last] == '0' && p.last > 1 && (text[p.last-1] == '.' || text[p.last-1] == '0' && text[p.last-2] == '.') {
		return p, false
	}
	return p, true
}
