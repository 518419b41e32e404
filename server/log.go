package main

import (
	"io"
	"log/slog"

	"outdial/shared/phone"
)

// newLogger writes lines of text for people, or JSON for machines. Nothing
// that looks like a telephone number passes it whole, whoever logs it.
func newLogger(w io.Writer, people bool) *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: maskAttr}
	if people {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// maskAttr masks texts and errors, but ids of our own, which are needed whole
// to find a call by.
func maskAttr(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case "request", "call", "stack":
		return a
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, maskNumbers(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			return slog.String(a.Key, maskNumbers(err.Error()))
		}
	}
	return a
}

// leastDigits is the shortest run of digits that is taken for a number.
const leastDigits = 7

// maskNumbers replaces every run of digits as long as a telephone number by
// its last two. Behind a plus, the usual separators do not end a run.
func maskNumbers(text string) string {
	var out []byte
	for i := 0; i < len(text); {
		end, digits := measure(text[i:])
		if digits >= leastDigits {
			out = append(out, phone.Mask(text[i:i+end])...)
			i += end
			continue
		}
		end = max(end, 1)
		out = append(out, text[i:i+end]...)
		i += end
	}
	return string(out)
}

// measure tells how many bytes and digits the number at the start of text has.
func measure(text string) (end, digits int) {
	plus := false
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
			end = i + 1
		case c == '+' && i == 0:
			plus = true
		case plus && (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')'):
		default:
			return end, digits
		}
	}
	return end, digits
}
