package operation

import (
	"reflect"
	"strconv"
	"strings"
)

// Field describes one field of an operation's input, as its form and its
// documentation need it.
type Field struct {
	Path string // "contacts[].phone_number"
	Is   string // "phone", "email", "time", "id", "url" or "" for text
	In   string // "path", "query", "ledger" or "" for the body
	Must bool
	Max  int // characters; 0 means no cap
}

// Fields lists the fields of the operation's input in their order.
func (op Operation) Fields() []Field {
	return fields(reflect.TypeOf(op.New()).Elem(), "")
}

// Field returns the field at path, the zero Field when there is none.
func (op Operation) Field(path string) Field {
	for _, f := range op.Fields() {
		if f.Path == path {
			return f
		}
	}
	return Field{}
}

func fields(t reflect.Type, path string) []Field {
	var all []Field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			all = append(all, fields(f.Type, path)...)
			continue
		}
		at := join(path, jsonName(f))
		switch f.Type.Kind() {
		case reflect.Struct:
			all = append(all, fields(f.Type, at)...)
		case reflect.Slice:
			if f.Type.Elem().Kind() == reflect.Struct {
				all = append(all, fields(f.Type.Elem(), at+"[]")...)
				continue
			}
			all = append(all, field(f, at+"[]"))
		default:
			all = append(all, field(f, at))
		}
	}
	return all
}

func field(f reflect.StructField, path string) Field {
	most, _ := strconv.Atoi(f.Tag.Get("max")) // absent means no cap
	return Field{
		Path: strings.TrimPrefix(path, "."),
		Is:   f.Tag.Get("is"),
		In:   f.Tag.Get("in"),
		Must: f.Tag.Get("need") == "must",
		Max:  most,
	}
}
