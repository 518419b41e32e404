package lists

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// localShape is what a datetime-local field holds.
const localShape = "2006-01-02T15:04"

// parseLocal reads a datetime-local field in the person's zone. The browser
// reads it: Go's own clock in the browser knows no summer time.
func parseLocal(value string) (time.Time, bool) {
	if value == "" {
		return time.Time{}, false
	}
	if app.IsServer {
		t, err := time.ParseInLocation(localShape, value, time.Local)
		return t.UTC(), err == nil
	}
	ms := app.Window().Get("Date").New(value).Call("getTime").Float()
	if ms != ms {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// zone names the person's time zone.
func zone() string {
	if app.IsServer {
		return "UTC"
	}
	return app.Window().Get("Intl").Get("DateTimeFormat").New().Call("resolvedOptions").Get("timeZone").String()
}

// where the browser keeps the mappings.
const mappingsKey = "outdial.mappings"

func stored() []mapping {
	if app.IsServer {
		return nil
	}
	if data := app.Window().Get("localStorage").Call("getItem", mappingsKey); data.Truthy() {
		return read(data.String())
	}
	return nil
}

// store keeps the mappings. A browser whose storage is full keeps none: that
// is said by ok.
func store(all []mapping) (ok bool) {
	if app.IsServer {
		return false
	}
	defer func() { ok = recover() == nil }() // the browser throws when it has no room
	app.Window().Get("localStorage").Call("setItem", mappingsKey, encode(all))
	return true
}

func element(id string) app.Value {
	return app.Window().Get("document").Call("getElementById", id)
}

func focus(id string) {
	if e := element(id); e.Truthy() {
		e.Call("focus")
		e.Call("scrollIntoView", map[string]any{"block": "nearest"})
	}
}
