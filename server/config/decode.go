package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// decoder fills structs from YAML nodes. It is stricter than the yaml package
// and kinder to the reader: an unknown or repeated key is an error, every error
// names its key path, and all of them are told at once.
type decoder struct {
	getenv   func(string) (string, bool)
	problems Errors
}

func (d *decoder) problem(path, format string, args ...any) {
	d.problems = append(d.problems, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (d *decoder) value(node *yaml.Node, v reflect.Value, path string) {
	switch {
	case node.Kind == yaml.AliasNode:
		d.problem(path, "YAML aliases are not supported; write the value out")
		return
	case node.Kind == yaml.ScalarNode && node.Tag == "!!null":
		return // nothing written is the same as absent
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		d.duration(node, v, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer: // where zero differs from absent
		v.Set(reflect.New(v.Type().Elem()))
		d.value(node, v.Elem(), path)
	case reflect.Struct:
		d.mapping(node, v, path)
	case reflect.Map: // by words that are not known before
		d.words(node, v, path)
	case reflect.Slice:
		d.sequence(node, v, path)
	default:
		d.scalar(node, v, path)
	}
}

func (d *decoder) mapping(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.MappingNode {
		d.problem(path, "must hold keys and values")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i].Value
		at := join(path, key)
		field, ok := fieldOf(v, key)
		switch {
		case node.Content[i].Kind != yaml.ScalarNode:
			d.problem(path, "line %d: a key must be a plain word", node.Content[i].Line)
		case !ok:
			d.problem(at, "is not a known key; known here are %s", strings.Join(keysOf(v.Type()), ", "))
		case seen[key]:
			d.problem(at, "stands twice")
		default:
			d.value(node.Content[i+1], field, at)
		}
		seen[key] = true
	}
}

func (d *decoder) words(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.MappingNode {
		d.problem(path, "must hold keys and values")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := reflect.ValueOf(node.Content[i].Value)
		at := join(path, key.String())
		switch {
		case node.Content[i].Kind != yaml.ScalarNode:
			d.problem(path, "line %d: a key must be a plain word", node.Content[i].Line)
		case v.MapIndex(key).IsValid():
			d.problem(at, "stands twice")
		default:
			value := reflect.New(v.Type().Elem()).Elem()
			d.value(node.Content[i+1], value, at)
			v.SetMapIndex(key, value)
		}
	}
}

func (d *decoder) sequence(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.SequenceNode {
		d.problem(path, "must be a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content)))
	for i, item := range node.Content {
		d.value(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (d *decoder) duration(node *yaml.Node, v reflect.Value, path string) {
	text, ok := d.text(node, path)
	if !ok || text == "" {
		return
	}
	got, err := time.ParseDuration(text)
	if err != nil {
		d.problem(path, "is not a duration such as 30s or 2m")
		return
	}
	v.SetInt(int64(got))
}

func (d *decoder) scalar(node *yaml.Node, v reflect.Value, path string) {
	text, ok := d.text(node, path)
	if !ok {
		return
	}
	if v.Kind() == reflect.String {
		v.SetString(text)
		return
	}
	var err error
	switch v.Kind() {
	case reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); err != nil {
			d.problem(path, "must be true or false")
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			d.problem(path, "must be a whole number")
		}
		v.SetInt(n)
	case reflect.Float64:
		var f float64
		if f, err = strconv.ParseFloat(text, 64); err != nil {
			d.problem(path, "must be a number")
		}
		v.SetFloat(f)
	}
}

// text is the scalar's text with ${NAME} replaced. It is replaced after the
// YAML was read, so that a variable can hold any text and never becomes YAML.
func (d *decoder) text(node *yaml.Node, path string) (string, bool) {
	if node.Kind != yaml.ScalarNode {
		d.problem(path, "must be a single value")
		return "", false
	}
	var out strings.Builder
	rest := node.Value
	for {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), true
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed || !validName(name) {
			d.problem(path, "holds ${ that is not followed by a variable's name and }")
			return "", false
		}
		value, set := d.getenv(name)
		if !set {
			d.problem(path, "needs the environment variable %s, which is not set", name)
			return "", false
		}
		out.WriteString(value)
		rest = tail
	}
}

func validName(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	i := slices.Index(keysOf(v.Type()), key)
	if i < 0 {
		return reflect.Value{}, false
	}
	return v.Field(i), true
}

// keysOf lists the YAML keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}
