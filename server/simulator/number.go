package simulator

import (
	"slices"
	"strings"
)

// canonical reads a number as loosely as CCAI's samples show: "+1-(358)-213-1634"
// and "1-415-111-1111" are numbers, "12345" and "sssssss" are none (docs/api.md).
func canonical(text string) (string, bool) {
	digits, plus, ok := digitsOf(text)
	switch {
	case !ok:
		return "", false
	case !plus && len(digits) == 10:
		return "+1" + digits, true
	case strings.HasPrefix(digits, "1"):
		return "+" + digits, len(digits) == 11
	case strings.HasPrefix(digits, "0"):
		return "", false
	}
	return "+" + digits, len(digits) >= 8 && len(digits) <= 15
}

func digitsOf(text string) (digits string, plus, ok bool) {
	text = strings.TrimSpace(text)
	text, plus = strings.CutPrefix(text, "+")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune(" -().", r):
			return "", plus, false
		}
	}
	return b.String(), plus, b.Len() > 0
}

// emergency tells the numbers that CCAI never lists (docs/api.md).
func emergency(text string) bool {
	digits, _, ok := digitsOf(text)
	return ok && slices.Contains([]string{"911", "933", "988", "112", "999", "211", "311", "411", "511", "611", "711", "811"}, digits)
}

// key is how Received names a number: E.164 where it can be read.
func key(text string) string {
	if n, ok := canonical(text); ok {
		return n
	}
	return text
}
