package engine

import "outdial/shared/phone/internal/rules"

// zeroAhead tells whether a recipe writes a zero before the digits of the number and is otherwise those digits, for numbers that
// do not begin with a zero.
type zeroAhead uint8

const (
	never  zeroAhead = iota
	always           // if the parts end where the number does
	looked           // depends on the number
)

func newRecipe(text string) recipe {
	r := recipe{text: text, zero: looked}
	// What a plain recipe writes: "0" or nothing, then one part after another from the first digit.
	zero, plain, at := false, true, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == markDigits:
			plain = plain && text[i+1] == at
			at = text[i+2]
			i += 2
		case '0' <= c && c <= '9':
			plain = plain && c == '0' && at == 0 && !zero
			zero = true
		}
	}
	switch {
	case plain && !zero:
		r.zero = never
	case plain:
		r.zero, r.end = always, at
	}
	return r
}

// append writes the number.
func (r *recipe) append(b []byte, national string) []byte {
	for i := 0; i < len(r.text); i++ {
		if c := r.text[i]; c == markDigits {
			b = append(b, national[r.text[i+1]:r.text[i+2]]...)
			i += 2
		} else {
			b = append(b, c)
		}
	}
	return b
}

// recipes gives the ways to write the number nationally and behind its country code; an empty recipe for its bare digits.
func (n *number) recipes() (national, international *recipe) {
	w := n.t.writings[n.t.walk(n.country.writing, n.national)]
	return &n.t.recipes[w[0]], &n.t.recipes[w[1]]
}

// writings writes the number for people (format, NATIONAL and INTERNATIONAL).
func (n *number) writings() (national, international string) {
	home, abroad := n.recipes()
	var b [64]byte
	national = n.national
	if home.text != "" {
		national = string(home.append(b[:0], n.national))
	}
	out := append(append(append(b[:0], '+'), n.country.code...), ' ')
	if abroad.text != "" {
		return national, string(abroad.append(out, n.national))
	}
	return national, string(append(out, n.national...))
}

// isZeroAhead is rules.IsZeroAhead of the national writing, for a number that does not begin with a zero.
func (n *number) isZeroAhead() bool {
	home, _ := n.recipes()
	switch home.zero {
	case never:
		return false
	case always:
		return int(home.end) == len(n.national)
	}
	var b [64]byte
	return rules.IsZeroAhead(text(home.append(b[:0], n.national)), n.national)
}
