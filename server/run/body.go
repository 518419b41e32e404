package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"outdial/shared/operation"
)

// listOf is the path of the list whose elements are an operation's rows, ""
// where the whole body is one row.
func listOf(name operation.Name) []string {
	switch name {
	case operation.DNCAdd, operation.ContactsImport:
		return []string{"contacts"}
	case operation.DNCRemove:
		return []string{"phone_numbers"}
	case operation.CallbotImport:
		return []string{"callInfoList", "callList"}
	}
	return nil
}

var errBody = errors.New("the body does not hold its list")

// compose is the body with the elements at those places alone, in order, and
// with the note. A body without a list is one row, whatever its place.
func compose(op operation.Operation, body []byte, keep []int, note string) ([]byte, error) {
	var o map[string]json.RawMessage
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if path := listOf(op.Name); path != nil {
		if err := narrow(o, path, keep); err != nil {
			return nil, err
		}
	}
	if note != "" {
		text, err := encoded(note)
		if err != nil {
			return nil, err
		}
		o["note"] = text
	}
	return encoded(o)
}

func narrow(o map[string]json.RawMessage, path []string, keep []int) error {
	if len(path) > 1 {
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(o[path[0]], &inner); err != nil {
			return errBody
		}
		if err := narrow(inner, path[1:], keep); err != nil {
			return err
		}
		text, err := encoded(inner)
		o[path[0]] = text
		return err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(o[path[0]], &list); err != nil {
		return errBody
	}
	kept := make([]json.RawMessage, 0, len(keep))
	for _, i := range keep {
		if i < 0 || i >= len(list) {
			return errBody
		}
		kept = append(kept, list[i])
	}
	text, err := encoded(kept)
	o[path[0]] = text
	return err
}

// elements is how many rows a body has.
func elements(op operation.Operation, body []byte) (int, error) {
	all, err := elementsOf(pending{operation: op.Name, body: body})
	return len(all.elements), err
}

func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write body: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// elementOf is which element of the operation's list a field belongs to:
// "contacts[3].phone_number" is 3; ok is false for fields beside the list. In a
// body that is one row every field belongs to it.
func elementOf(op operation.Operation, field string) (int, bool) {
	path := listOf(op.Name)
	if path == nil {
		return 0, true
	}
	rest, ok := strings.CutPrefix(field, strings.Join(path, ".")+"[")
	if !ok {
		return 0, false
	}
	index, _, ok := strings.Cut(rest, "]")
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(index)
	return i, err == nil && i >= 0
}

// callElements is a body and the elements of its list.
type callElements struct {
	body     []byte
	elements []json.RawMessage
}

func elementsOf(c pending) (callElements, error) {
	path := listOf(c.operation)
	if path == nil {
		return callElements{c.body, []json.RawMessage{c.body}}, nil
	}
	at := json.RawMessage(c.body)
	for _, name := range path {
		var o map[string]json.RawMessage
		if err := json.Unmarshal(at, &o); err != nil {
			return callElements{}, errBody
		}
		at = o[name]
	}
	all := callElements{body: c.body}
	if err := json.Unmarshal(at, &all.elements); err != nil {
		return callElements{}, errBody
	}
	return all, nil
}
