// Package errors stands in for go-app's, which encodes errors as JSON.
package errors

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a message with what it is about.
type Error struct {
	message string
	tags    []string
	wrapped error
}

// New makes an error.
func New(message string) Error { return Error{message: message} }

// WithTag says what the error is about.
func (e Error) WithTag(name string, value any) Error {
	e.tags = append(e.tags[:len(e.tags):len(e.tags)], name+" "+fmt.Sprint(value))
	return e
}

// Wrap says what caused it.
func (e Error) Wrap(err error) Error {
	e.wrapped = err
	return e
}

func (e Error) Unwrap() error { return e.wrapped }

func (e Error) Error() string {
	text := e.message
	if len(e.tags) > 0 {
		text += " (" + strings.Join(e.tags, ", ") + ")"
	}
	if e.wrapped != nil {
		text += ": " + e.wrapped.Error()
	}
	return text
}

// As is that of the standard library.
func As(err error, target any) bool { return errors.As(err, target) }
