package phone

import "unicode"

// digitValue is the value of a decimal digit of any script (Unicode general category Nd, whose members come in runs of ten,
// zero first).
func digitValue(r rune) (byte, bool) {
	if r < 0x80 {
		if '0' <= r && r <= '9' {
			return byte(r - '0'), true
		}
		return 0, false
	}
	if 0xFF10 <= r && r <= 0xFF19 { // full-width
		return byte(r - 0xFF10), true
	}
	for _, run := range unicode.Nd.R16 {
		if r < rune(run.Lo) {
			break
		}
		if r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10), true
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r < rune(run.Lo) {
			break
		}
		if r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10), true
		}
	}
	return 0, false
}
