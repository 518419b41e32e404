package lists

import (
	"slices"
	"strings"
)

// placeholders are the variables of a message, each once, in their order:
// "Dear {Name}" has Name.
func placeholders(template string) []string {
	var names []string
	for rest := template; ; {
		_, after, found := strings.Cut(rest, "{")
		if !found {
			return names
		}
		name, next, closed := strings.Cut(after, "}")
		if !closed {
			return names
		}
		if open := strings.LastIndexByte(name, '{'); open >= 0 {
			name = name[open+1:]
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
		rest = next
	}
}

// strangers are the variables of a message that no column is called.
func strangers(template string, headings []string) []string {
	return slices.DeleteFunc(placeholders(template), func(name string) bool { return slices.Contains(headings, name) })
}

// insert puts a piece into a text in place of what is selected, counted in
// UTF-16 units as the browser counts, and says where the caret goes.
func insert(text, piece string, from, to int) (string, int) {
	a, b := unit(text, from), unit(text, to)
	if b < a {
		a, b = b, a
	}
	return text[:a] + piece + text[b:], units(text[:a] + piece)
}

// unit is the byte at which the nth UTF-16 unit of a text begins.
func unit(text string, n int) int {
	at := 0
	for i, r := range text {
		if at >= n {
			return i
		}
		at++
		if r > 0xffff {
			at++
		}
	}
	return len(text)
}

func units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
