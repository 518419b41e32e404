// Package sms counts what a text message will cost: into how many parts it is cut, how much room is left, and which characters
// make it dearer. It changes no text; it only offers replacements.
package sms

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how a message travels. One character outside the GSM 7-bit alphabet turns the whole message to UCS-2.
type Encoding string

const (
	GSM7 Encoding = "gsm7" // GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1); a unit is a septet
	UCS2 Encoding = "ucs2" // UTF-16, as handsets read what the standard calls UCS-2; a unit is 16 bits
)

// Room of a message of one part and of each part of a longer one, in units: 140 octets, less six for the header that joins the
// parts (3GPP TS 23.040, 9.2.3.24.1).
const (
	gsm7Single, gsm7Part = 160, 153
	ucs2Single, ucs2Part = 70, 67
)

// Count is the size of one message.
type Count struct {
	Encoding   Encoding   `json:"encoding"`
	Segments   int        `json:"segments"`            // parts sent and paid for; 0 for an empty message
	Units      int        `json:"units"`               // used by the text itself; an extension character such as € is two
	Left       int        `json:"left"`                // units free in the last part, or in the single one; the next part of a full one is not counted
	PerSegment int        `json:"per_segment"`         // units in each part: 160 or 153, 70 or 67
	Offenders  []Offender `json:"offenders,omitempty"` // what makes the message UCS-2, each once, in order of first appearance
}

// Offender is a character that is not in the GSM 7-bit alphabet.
type Offender struct {
	Rune        rune   `json:"rune"`         // U+FFFD for broken UTF-8, which is sent so
	Times       int    `json:"times"`        // how often it stands in the message
	RuneOffset  int    `json:"rune_offset"`  // of the first one, in code points
	UTF16Offset int    `json:"utf16_offset"` // of the first one, in UTF-16 units, as a text field in a browser counts
	Replacement string `json:"replacement"`  // of GSM 7-bit characters, to be offered and never applied unasked; meaningless unless Replaceable
	Replaceable bool   `json:"replaceable"`  // an empty Replacement that is Replaceable means: can be left out (zero-width space)
}

// Measure counts a message. Broken UTF-8 counts as U+FFFD, one for each bad byte, as Go and JSON make of it.
func Measure(text string) Count {
	septets, gsm := 0, true
	for _, r := range text {
		n := Septets(r)
		if n == 0 {
			gsm = false
			break
		}
		septets += n
	}
	if gsm {
		return count(text, GSM7, gsm7Single, gsm7Part, Septets)
	}
	c := count(text, UCS2, ucs2Single, ucs2Part, utf16Len)
	c.Offenders = offenders(text)
	return c
}

// count lays the characters out one after the other. A character of two units (an extension character, a surrogate pair) is never
// cut: if one unit is left in a part, it stays empty.
func count(text string, encoding Encoding, single, part int, size func(rune) int) Count {
	c := Count{Encoding: encoding, PerSegment: single}
	for _, r := range text {
		c.Units += size(r)
	}
	if c.Units <= single {
		c.Left = single - c.Units
		if c.Units > 0 {
			c.Segments = 1
		}
		return c
	}
	c.PerSegment, c.Segments = part, 1
	used := 0
	for _, r := range text {
		n := size(r)
		if used+n > part {
			c.Segments++
			used = 0
		}
		used += n
	}
	c.Left = part - used
	return c
}

func offenders(text string) []Offender {
	var found []Offender
	at := map[rune]int{}
	runes, units := 0, 0
	for _, r := range text {
		if Septets(r) == 0 {
			i, seen := at[r]
			if !seen {
				i = len(found)
				at[r] = i
				replacement, ok := Replacement(r)
				found = append(found, Offender{Rune: r, RuneOffset: runes, UTF16Offset: units, Replacement: replacement, Replaceable: ok})
			}
			found[i].Times++
		}
		runes++
		units += utf16Len(r)
	}
	return found
}

func utf16Len(r rune) int {
	if n := utf16.RuneLen(r); n > 0 {
		return n
	}
	return utf16.RuneLen(utf8.RuneError)
}

// WithReplacements is the text with every offered replacement made: what the person gets who accepts the offer. Characters that
// have none stay, and with them the encoding.
func WithReplacements(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if Septets(r) == 0 {
			if s, ok := Replacement(r); ok {
				out = append(out, s...)
				continue
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}
