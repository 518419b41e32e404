// Package text gives every string of the console in the person's language.
// The four dictionaries are made from web/translations; the page loads the one
// that is spoken and hands it over before the program starts.
package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Languages lists the languages of the console, each in its own name.
func Languages() []struct{ Tag, Name string } {
	return []struct{ Tag, Name string }{
		{"zh-TW", "繁體中文"},
		{"zh-CN", "简体中文"},
		{"fr", "Français"},
		{"en", "English"},
	}
}

// Dictionary holds the strings of one language.
type Dictionary struct {
	Tag     string
	strings map[string]string
	makers  map[string]app.Value // the browser's formatters: dear to make, and wanted for every row
}

// maker is a formatter of the browser's Intl in this language.
func (d *Dictionary) maker(kind string, options map[string]any) app.Value {
	key := kind + fmt.Sprint(options)
	made, ok := d.makers[key]
	if !ok {
		made = app.Window().Get("Intl").Get(kind).New(d.Tag, options)
		if d.makers == nil {
			d.makers = map[string]app.Value{}
		}
		d.makers[key] = made
	}
	return made
}

var current = &Dictionary{Tag: "en", strings: map[string]string{}}

// Load reads the dictionary that the page fetched: a line with a key and a line
// with its string, by turns.
func Load(tag, lines string) error {
	d := &Dictionary{Tag: tag, strings: make(map[string]string, strings.Count(lines, "\n")/2)}
	for lines != "" {
		key, rest, _ := strings.Cut(lines, "\n")
		text, after, whole := strings.Cut(rest, "\n")
		if !whole {
			return fmt.Errorf("the dictionary ends at %q", key)
		}
		d.strings[key], lines = text, after
	}
	current = d
	return nil
}

// Language is the tag of the language that is spoken.
func Language() string { return current.Tag }

// Has reports whether there is a string for key.
func Has(key string) bool {
	_, ok := current.strings[key]
	return ok
}

// T gives the string for key, with {name} replaced by the value that follows
// name in values: T("dnc.until", "date", "1 May"). Without a string it gives
// the key, which the tests do not let happen.
func T(key string, values ...string) string {
	s, ok := current.strings[key]
	if !ok {
		s = key
	}
	if len(values) < 2 {
		return s
	}
	pairs := make([]string, 0, len(values))
	for i := 0; i+1 < len(values); i += 2 {
		pairs = append(pairs, "{"+values[i]+"}", values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// N gives the string for a count: key.one or key.other, with {n} replaced by
// the count in the language's own digits grouping.
func N(key string, n int, values ...string) string {
	form := ".other"
	if n == 1 || n == 0 && current.Tag == "fr" {
		form = ".one"
	}
	return T(key+form, append([]string{"n", Number(n)}, values...)...)
}

// First gives the string of the first key that has one, else the last key's.
func First(keys ...string) string {
	for _, key := range keys {
		if Has(key) {
			return T(key)
		}
	}
	return T(keys[len(keys)-1])
}

// Number writes n as the language does: in groups of three digits, as the
// browser's Intl.NumberFormat writes them, which takes a call to the browser
// for each of many.
func Number(n int) string {
	group := ","
	if current.Tag == "fr" {
		group = "\u202f" // narrow no-break space
	}
	digits := strconv.Itoa(n)
	first := 0
	if n < 0 {
		first = 1
	}
	for at := len(digits) - 3; at > first; at -= 3 {
		digits = digits[:at] + group + digits[at:]
	}
	return digits
}

// Time writes a moment in the person's zone, with the date.
func Time(t time.Time) string {
	return format(t, map[string]any{"dateStyle": "medium", "timeStyle": "short"})
}

// Clock writes a moment in the person's zone to the second, without the date.
func Clock(t time.Time) string {
	return format(t, map[string]any{"timeStyle": "medium"})
}

// Date writes a day in the person's zone.
func Date(t time.Time) string {
	return format(t, map[string]any{"dateStyle": "long"})
}

// farthestYear is as far as the browser's dates reach; it stops at a date beyond.
const farthestYear = 200_000

func format(t time.Time, options map[string]any) string {
	if app.IsServer {
		return t.UTC().Format(time.RFC3339)
	}
	if t.Year() > farthestYear || t.Year() < -farthestYear { // upstreams' times may be anything
		return t.UTC().Format(time.RFC3339)
	}
	date := app.Window().Get("Date").New(float64(t.UnixMilli()))
	// Made anew each time: it would keep the zone that the person has left.
	return app.Window().Get("Intl").Get("DateTimeFormat").New(current.Tag, options).Call("format", date).String()
}

// Region writes the name of a country, "" for one without a name.
func Region(code string) string {
	if len(code) != 2 {
		return ""
	}
	if app.IsServer {
		return code
	}
	return current.maker("DisplayNames", map[string]any{"type": "region"}).Call("of", code).String()
}
