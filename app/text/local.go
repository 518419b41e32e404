package text

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// LocalShape is what a datetime-local field holds.
const LocalShape = "2006-01-02T15:04"

// ParseLocal reads a datetime-local field in the person's zone. The browser
// reads it: Go's own clock in the browser knows no summer time.
func ParseLocal(value string) (time.Time, bool) {
	if value == "" {
		return time.Time{}, false
	}
	if app.IsServer {
		t, err := time.ParseInLocation(LocalShape, value, time.Local)
		return t.UTC(), err == nil
	}
	ms := app.Window().Get("Date").New(value).Call("getTime").Float()
	if ms != ms {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// Zone names the person's time zone.
func Zone() string {
	if app.IsServer {
		return "UTC"
	}
	return app.Window().Get("Intl").Get("DateTimeFormat").New().Call("resolvedOptions").Get("timeZone").String()
}
