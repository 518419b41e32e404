package sms

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"outdial/shared/sms"
)

// parts cuts a message where the network will: what sms.Measure counts, as
// texts. A character of two units is never cut.
func parts(text string) []string {
	c := sms.Measure(text)
	if c.Segments <= 1 {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	size := sms.Septets
	if c.Encoding == sms.UCS2 {
		size = units
	}
	var all []string
	var part strings.Builder
	used := 0
	for _, r := range text {
		n := size(r)
		if used+n > c.PerSegment {
			all = append(all, part.String())
			part.Reset()
			used = 0
		}
		part.WriteRune(r)
		used += n
	}
	return append(all, part.String())
}

func units(r rune) int {
	if n := utf16.RuneLen(r); n > 0 {
		return n
	}
	return utf16.RuneLen(utf8.RuneError)
}

// offer is what replacing characters would bring.
type offer struct {
	replaceable []sms.Offender // each can be replaced by what GSM 7-bit has
	foreign     []sms.Offender // these cannot: the message stays UCS-2
	saves       int            // parts saved when all are replaced
}

// offers weighs the replacements of a message. While one character has none,
// the message stays as dear as it is, and replacing the others saves nothing.
func offers(text string, c sms.Count) offer {
	var o offer
	for _, each := range c.Offenders {
		if each.Replaceable {
			o.replaceable = append(o.replaceable, each)
		} else {
			o.foreign = append(o.foreign, each)
		}
	}
	if len(o.foreign) == 0 && len(o.replaceable) > 0 {
		o.saves = c.Segments - sms.Measure(sms.WithReplacements(text)).Segments
	}
	return o
}

// replace puts what an offender stands for in its place, everywhere.
func replace(text string, o sms.Offender) string {
	return strings.ReplaceAll(text, string(o.Rune), o.Replacement)
}

// codePoint writes a character's number: U+2019.
func codePoint(r rune) string {
	const hex = "0123456789ABCDEF"
	var digits []byte
	for n := uint32(r); n > 0 || len(digits) < 4; n >>= 4 {
		digits = append([]byte{hex[n&15]}, digits...)
	}
	return "U+" + string(digits)
}

// seen is how a character is shown: itself, or its number when there is
// nothing to see.
func seen(r rune) string {
	switch {
	case r == '\u00a0', r == '\t', r == '\u3000', '\u2000' <= r && r <= '\u200f', '\u2028' <= r && r <= '\u202f',
		'\u2060' <= r && r <= '\u206f', r == '\u00ad', r == '\ufeff', '\ufe00' <= r && r <= '\ufe0f', r < ' ', '\u0300' <= r && r <= '\u036f':
		return codePoint(r)
	}
	return string(r)
}
