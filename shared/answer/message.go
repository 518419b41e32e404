package answer

import (
	"bytes"
	"encoding/json"
	"sort"
	"strings"
	"unicode"
)

// mostRunes bounds what Message returns: enough for a sentence, too little for a page.
const mostRunes = 300

// Message is the text of an error answer for a person: the message of a JSON
// body, the title or first words of an HTML page, the start of a plain text.
// It is one line of at most 300 characters, "" when the body says nothing.
func Message(body []byte) string {
	if value, err := Read(body); err == nil {
		return Line(Words(value))
	}
	text := strings.ToValidUTF8(string(body[:min(len(body), 1<<16)]), "")
	if strings.Contains(text, "<") {
		text = page(text)
	}
	return Line(text)
}

// Words is what a JSON value of an error says: a text itself, the usual members
// of an object, or each element of an array.
func Words(v Value) string { return words(v, 0) }

func words(v Value, depth int) string {
	if depth > 4 {
		return ""
	}
	if list, ok := v.List(); ok {
		var all []string
		for _, element := range list[:min(len(list), 10)] {
			if text := words(element, depth+1); text != "" {
				all = append(all, text)
			}
		}
		return strings.Join(all, "; ")
	}
	o := v.Object()
	if o == nil {
		return v.Text()
	}
	for _, name := range []string{"message", "error", "errors", "error_message", "reason", "detail", "retMsg", "errMsg", "msg", "title"} {
		if text := words(o[name], depth+1); text != "" {
			return text
		}
	}
	return ""
}

// FieldWords is what an object of fields and their complaints says, such as
// {"phone_number":["is invalid"]}: "phone_number is invalid".
func FieldWords(v Value) string {
	o := v.Object()
	if o == nil {
		return Words(v)
	}
	if text := Words(v); text != "" {
		return text
	}
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	sort.Strings(names)
	var all []string
	for _, name := range names {
		if text := Words(o[name]); text != "" {
			all = append(all, name+" "+text)
		}
	}
	return strings.Join(all, "; ")
}

// page is the title of an HTML page, else its text without tags.
func page(text string) string {
	lower := asciiLower(text)
	if at := strings.Index(lower, "<title"); at >= 0 {
		if from := strings.IndexByte(lower[at:], '>'); from >= 0 {
			title := text[at+from+1:]
			if to := strings.IndexByte(title, '<'); to >= 0 {
				title = title[:to]
			}
			if title = entities.Replace(title); strings.TrimSpace(title) != "" {
				return title
			}
		}
	}
	var b strings.Builder
	for at := 0; at < len(text); {
		open := strings.IndexByte(text[at:], '<')
		if open < 0 {
			b.WriteString(text[at:])
			break
		}
		b.WriteString(text[at:at+open] + " ")
		at += open + 1
		end := ">"
		for _, block := range []string{"script", "style"} {
			if strings.HasPrefix(lower[at:], block) {
				end = "</" + block
			}
		}
		shut := strings.Index(lower[at:], end)
		if shut < 0 {
			break
		}
		at += shut + len(end)
		if end != ">" { // "</script" ends with its own ">"
			close := strings.IndexByte(text[at:], '>')
			if close < 0 {
				break
			}
			at += close + 1
		}
	}
	return entities.Replace(b.String())
}

// asciiLower keeps every byte in its place, which strings.ToLower does not.
func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&nbsp;", " ")

// Line makes one line of at most 300 characters of an upstream's words, which
// may be of any length and stand in every row of a list.
func Line(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > mostRunes {
		return string(runes[:mostRunes-1]) + "…"
	}
	return string(runes)
}

// JSON is a body as an envelope carries it: as it is when it is JSON, as a JSON
// string when it is not, nil when it is empty. A text beyond most bytes is cut.
func JSON(body []byte, most int) json.RawMessage {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if json.Valid(body) {
		return json.RawMessage(body)
	}
	text := strings.ToValidUTF8(string(body[:min(len(body), most)]), "\uFFFD")
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil // cannot be: a string always encodes
	}
	return quoted
}
