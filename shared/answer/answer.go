// Package answer reads what an upstream wrote: JSON whose keys, spellings and
// types may be other than documented, or no JSON at all. Unknown keys are never
// an error; a value of another type than expected is the same as no value.
package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// ErrUnreadable says that an answer is not JSON, or not of the form it should have.
var ErrUnreadable = errors.New("the answer is not of the form it should have")

// Value is one JSON value.
type Value []byte

// Object is one JSON object; of a name that stands twice the last value holds.
type Object map[string]Value

// Read takes a whole answer: JSON, JSON with the one slip that a vendor's page
// prints (see Repair), or a JSON string that holds either, which is how an
// envelope carries what was not valid JSON.
func Read(data []byte) (Value, error) {
	value, err := read(data)
	if err != nil {
		return nil, err
	}
	var text string
	if value[0] == '"' && json.Unmarshal(value, &text) == nil {
		if inner, err := read([]byte(text)); err == nil && (inner[0] == '{' || inner[0] == '[') {
			return inner, nil
		}
	}
	return value, nil
}

func read(data []byte) (Value, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if len(data) == 0 {
		return nil, ErrUnreadable
	}
	if !json.Valid(data) {
		if data = Repair(data); !json.Valid(data) {
			return nil, ErrUnreadable
		}
	}
	return data, nil
}

// Repair puts in the commas that are missing between two members of an object,
// as in the printed sample of dnc.check (docs/api.md 2.3). What else is wrong
// stays wrong.
func Repair(data []byte) []byte {
	out := make([]byte, 0, len(data)+1)
	var open []byte // the brackets not yet closed
	inString, escaped, ended := false, false, false
	for _, c := range data {
		switch {
		case inString:
			switch {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				inString, ended = false, true
			}
		case c == '"':
			if ended && len(open) > 0 && open[len(open)-1] == '{' {
				out = append(out, ',')
			}
			inString, ended = true, false
		case c == '{' || c == '[':
			open, ended = append(open, c), false
		case c == '}' || c == ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			ended = true
		case c == ',' || c == ':':
			ended = false
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			ended = true
		}
		out = append(out, c)
	}
	return out
}

// ReadObject takes an answer that must be an object.
func ReadObject(data []byte) (Object, error) {
	value, err := Read(data)
	if err != nil {
		return nil, err
	}
	o := value.Object()
	if o == nil {
		return nil, ErrUnreadable
	}
	return o, nil
}

// ReadList takes an answer that must be an array, bare or under one of the names.
func ReadList(data []byte, names ...string) ([]Value, error) {
	value, err := Read(data)
	if err != nil {
		return nil, err
	}
	if list, ok := value.List(); ok {
		return list, nil
	}
	o := value.Object()
	for _, name := range names {
		if list, ok := o[name].List(); ok {
			return list, nil
		}
	}
	return nil, ErrUnreadable
}

// Object is v as an object; nil when it is none.
func (v Value) Object() Object {
	if v.first() != '{' {
		return nil
	}
	var raw map[string]json.RawMessage
	if json.Unmarshal(v, &raw) != nil {
		return nil
	}
	o := make(Object, len(raw))
	for name, value := range raw {
		o[name] = Value(value)
	}
	return o
}

// List is v as an array; ok is false when it is none.
func (v Value) List() (list []Value, ok bool) {
	if v.first() != '[' {
		return nil, false
	}
	var raw []json.RawMessage
	if json.Unmarshal(v, &raw) != nil {
		return nil, false
	}
	list = make([]Value, len(raw))
	for i, value := range raw {
		list[i] = Value(value)
	}
	return list, true
}

// Text is a string, or a number as it is written; else "".
func (v Value) Text() string {
	switch c := v.first(); {
	case c == '"':
		var text string
		if json.Unmarshal(v, &text) != nil {
			return ""
		}
		return text
	case c == '-' || '0' <= c && c <= '9':
		return strings.TrimSpace(string(v))
	}
	return ""
}

// Whole is a whole number, written as a number or as text.
func (v Value) Whole() (int64, bool) {
	text := strings.TrimSpace(v.Text())
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Flag is a JSON boolean; nil when v is anything else. A text that reads "false"
// is no boolean: nothing is free to call because a word looks like it.
func (v Value) Flag() *bool {
	var flag bool
	switch strings.TrimSpace(string(v)) {
	case "true":
		flag = true
	case "false":
	default:
		return nil
	}
	return &flag
}

func (v Value) first() byte {
	for _, c := range v {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
	}
	return 0
}

// Text is the first of the named members that is a non-empty text or a number.
func (o Object) Text(names ...string) string {
	for _, name := range names {
		if text := o[name].Text(); text != "" {
			return text
		}
	}
	return ""
}

// Whole is the first of the named members that is a whole number; else 0.
func (o Object) Whole(names ...string) int64 {
	for _, name := range names {
		if n, ok := o[name].Whole(); ok {
			return n
		}
	}
	return 0
}
