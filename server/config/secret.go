package config

import "log/slog"

// Secret is a text that must not be shown: printing, logging or encoding it
// gives a placeholder.
type Secret string

const hidden = "(secret)"

// Reveal returns the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString keeps %#v from showing it.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps JSON and the like from showing it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML keeps YAML from showing it.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue keeps logs from showing it.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
