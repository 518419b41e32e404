package phone

import "unicode/utf8"

// Mask is what a log may say of a number: "…00", its last two digits and nothing else. A text with fewer than three digits
// gives "…". Digits of any script count, so that a full-width spelling is masked alike.
func Mask(text string) string {
	var last [2]byte
	seen := 0
	for len(text) > 0 && seen < 3 {
		r, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
		d, ok := digitValue(r)
		if !ok {
			continue
		}
		if seen < 2 {
			last[1-seen] = '0' + d
		}
		seen++
	}
	if seen < 3 {
		return "…"
	}
	return "…" + string(last[:])
}
