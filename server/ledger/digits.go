package ledger

import (
	"slices"
	"strings"

	"outdial/shared/operation"
)

// digits are the decimal digits of a spelling, ASCII and full-width ones.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return r
		case '０' <= r && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, text)
}

func reversed(text string) string {
	b := []byte(text)
	slices.Reverse(b)
	return string(b)
}

// tails are the reversed digits of a row's number as it left and as it was
// typed, nil where there is nothing to find by them: a typed spelling that is
// the end of the sent one (the number without its country code, say) is found
// by that.
func tails(item operation.Item) (sent, typed any) {
	s, t := digits(item.Sent), strings.TrimLeft(digits(item.Typed), "0")
	if s != "" {
		sent = reversed(s)
	}
	if t != "" && !strings.HasSuffix(s, t) {
		typed = reversed(t)
	}
	return sent, typed
}

// tailRange is the half-open range of tails that end in the digits of a
// spelling. Zeros in front are dialling prefixes, which no E.164 number has.
func tailRange(number string) (from, to string, ok bool) {
	d := strings.TrimLeft(digits(number), "0")
	if d == "" {
		return "", "", false
	}
	r := reversed(d)
	return r, r + ":", true // ':' follows '9'
}
