package operation

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// ErrMalformed says that a request body is not one JSON object.
var ErrMalformed = errors.New("the body is not one JSON object")

// mostProblems is how many problems of one body are named: far more than a
// person reads, and few enough for a body that is nothing but mistakes.
const mostProblems = 100_000

// decode fills the struct behind v from data. It is stricter than
// encoding/json: names match to the letter, an unknown or repeated name is a
// problem, and every problem names its place ("contacts[3].phone_number"). Of a
// list that is longer than its limit nothing is read.
func decode(data []byte, v any, limits map[string]int) ([]Problem, error) {
	if !json.Valid(data) {
		return nil, ErrMalformed
	}
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, ErrMalformed
	}
	d := decoder{limits: limits}
	d.value(data, reflect.ValueOf(v).Elem(), "", 0)
	return d.problems, nil
}

type decoder struct {
	limits   map[string]int
	problems []Problem
}

func (d *decoder) problem(path, code string, params ...string) {
	if len(d.problems) < mostProblems {
		d.problems = append(d.problems, newProblem(path, code, params...))
	}
}

// value reads one value; limit is how many elements it may have as a list, 0
// for any number.
func (d *decoder) value(data []byte, v reflect.Value, path string, limit int) {
	switch v.Kind() {
	case reflect.Struct:
		d.object(data, v, path)
	case reflect.Slice:
		d.list(data, v, path, limit)
	default:
		if isNull(data) {
			return // null is the same as absent
		}
		if err := json.Unmarshal(data, v.Addr().Interface()); err != nil {
			d.problem(path, CodeType)
		}
	}
}

func (d *decoder) object(data []byte, v reflect.Value, path string) {
	if isNull(data) {
		return
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		d.problem(path, CodeType)
		return
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return // cannot be: the whole was valid
		}
		name, _ := t.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil && !errors.Is(err, io.EOF) {
			return
		}
		at := join(path, name)
		field, tag, ok := fieldNamed(v, name)
		switch {
		case !ok:
			d.problem(at, CodeUnknownField)
		case seen[name]:
			d.problem(at, CodeRepeatedField)
		default:
			d.value(raw, field, at, d.limits[tag.Get("limit")])
		}
		seen[name] = true
	}
}

func (d *decoder) list(data []byte, v reflect.Value, path string, limit int) {
	if isNull(data) {
		return
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(data, &raws); err != nil {
		d.problem(path, CodeType)
		return
	}
	if limit > 0 && len(raws) > limit {
		d.problem(path, CodeTooMany, "max", strconv.Itoa(limit))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(raws), len(raws)))
	for i, raw := range raws {
		d.value(raw, v.Index(i), path+"["+strconv.Itoa(i)+"]", 0)
	}
}

func isNull(data []byte) bool { return string(bytes.TrimSpace(data)) == "null" }

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// fieldNamed finds the field with that JSON name and its tag, embedded structs
// included.
func fieldNamed(v reflect.Value, name string) (reflect.Value, reflect.StructTag, bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			if found, tag, ok := fieldNamed(v.Field(i), name); ok {
				return found, tag, true
			}
			continue
		}
		if jsonName(f) == name {
			return v.Field(i), f.Tag, true
		}
	}
	return reflect.Value{}, "", false
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
