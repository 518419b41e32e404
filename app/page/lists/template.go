package lists

import (
	"slices"
	"strings"

	"outdial/shared/list/plan"
)

// piece is a part of a message: a text, or the name of a column.
type piece struct{ text, name string }

// pieces takes a message apart at its {headings}. A doubled brace is a brace,
// as the worker reads it.
func pieces(template string) []piece {
	var all []piece
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			all = append(all, piece{text: b.String()})
			b.Reset()
		}
	}
	for i := 0; i < len(template); {
		c := template[i]
		if (c == '{' || c == '}') && strings.HasPrefix(template[i+1:], string(c)) {
			b.WriteByte(c)
			i += 2
			continue
		}
		if stop := strings.IndexByte(template[i:], '}'); c == '{' && stop > 0 {
			flush()
			all = append(all, piece{name: strings.TrimSpace(template[i+1 : i+stop])})
			i += stop + 1
			continue
		}
		b.WriteByte(c)
		i++
	}
	flush()
	return all
}

// placeholders are the variables of a message, each once, in their order:
// "Dear {Name}" has Name.
func placeholders(template string) []string {
	var names []string
	for _, p := range pieces(template) {
		if p.name != "" && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

// variable is the name under which a message has a column: its heading, or the
// letter that spreadsheets give it.
func variable(columns []plan.Column, at int) string {
	if h := columns[at].Heading; h != "" {
		return h
	}
	return letters(at)
}

// letters names a column as spreadsheets do: A, B … Z, AA.
func letters(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// named finds the column of a variable, -1 for none.
func named(columns []plan.Column, name string) int {
	for i := range columns {
		if variable(columns, i) == name {
			return i
		}
	}
	for i := range columns {
		if strings.EqualFold(variable(columns, i), name) {
			return i
		}
	}
	return -1
}

// strangers are the variables of a message that no column is called.
func strangers(template string, columns []plan.Column) []string {
	return slices.DeleteFunc(placeholders(template), func(name string) bool { return named(columns, name) >= 0 })
}

// fill is the message of a row.
func fill(template string, columns []plan.Column, cells []string) string {
	var b strings.Builder
	for _, p := range pieces(template) {
		b.WriteString(p.text)
		if at := named(columns, p.name); p.name != "" && at >= 0 && at < len(cells) {
			b.WriteString(strings.TrimSpace(cells[at]))
		}
	}
	return b.String()
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
