package operation

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Request is what leaves to the upstream: everything but host, credential and,
// for Multipart, the form around the file.
type Request struct {
	Method string
	Path   string // starts with /
	Query  string // encoded, without ?
	Body   []byte // JSON; for Multipart the content of the file; nil without a body
}

// Request builds the exact request of a prepared input.
func (op Operation) Request(in any) (Request, error) {
	v := reflect.ValueOf(in).Elem()
	req := Request{Method: op.Method, Path: op.Path}
	query := url.Values{}
	err := eachField(v, func(f reflect.StructField, value reflect.Value) error {
		name := jsonName(f)
		switch f.Tag.Get("in") {
		case "path":
			req.Path = strings.Replace(req.Path, "{"+name+"}", strconv.FormatInt(value.Int(), 10), 1)
		case "query":
			if value.String() != "" {
				query.Set(name, value.String())
			}
		}
		return nil
	})
	if err != nil {
		return Request{}, err
	}
	if strings.Contains(req.Path, "{") {
		return Request{}, errPlaceholder
	}
	req.Query = query.Encode()
	switch op.Body {
	case JSON:
		req.Body, err = body(v)
	case Multipart:
		req.Body, err = file(v)
	}
	return req, err
}

// body encodes the fields that travel in the body, in the order of the struct.
func body(v reflect.Value) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	err := eachField(v, func(f reflect.StructField, value reflect.Value) error {
		if f.Tag.Get("in") != "" || value.IsZero() && strings.Contains(f.Tag.Get("json"), ",omitempty") {
			return nil
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + jsonName(f) + `":`)
		return encode(&b, value.Interface())
	})
	b.WriteByte('}')
	return b.Bytes(), err
}

// file encodes the rows alone.
func file(v reflect.Value) ([]byte, error) {
	var b bytes.Buffer
	err := eachField(v, func(f reflect.StructField, value reflect.Value) error {
		if f.Tag.Get("rows") != "yes" {
			return nil
		}
		return encode(&b, value.Interface())
	})
	return b.Bytes(), err
}

// encode writes v as JSON without HTML escapes: what leaves is what is shown.
func encode(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the newline that Encode adds
	return nil
}

func eachField(v reflect.Value, f func(reflect.StructField, reflect.Value) error) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			if err := eachField(v.Field(i), f); err != nil {
				return err
			}
			continue
		}
		if err := f(field, v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}
