package dnc

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/shared/operation"
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

// localAfter is what a datetime-local field holds for a day so far from now,
// at the end of that day.
func localAfter(years, days int) string {
	if app.IsServer {
		return ""
	}
	day := app.Window().Get("Date").New()
	day.Call("setFullYear", day.Call("getFullYear").Int()+years)
	day.Call("setDate", day.Call("getDate").Int()+days)
	return time.Date(day.Call("getFullYear").Int(), time.Month(day.Call("getMonth").Int()+1), day.Call("getDate").Int(), 23, 59, 0, 0, time.UTC).Format(localShape)
}

// zone names the person's time zone.
func zone() string {
	if app.IsServer {
		return "UTC"
	}
	return app.Window().Get("Intl").Get("DateTimeFormat").New().Call("resolvedOptions").Get("timeZone").String()
}

// judgeExpiry says what is wrong with an expiry, "" for nothing: the codes of
// package operation.
func judgeExpiry(at time.Time, ok bool, now time.Time) string {
	switch {
	case !ok:
		return operation.CodeRequired
	case !at.After(now):
		return operation.CodeTimePast
	}
	return ""
}

// keptYears is how long US rules have a company's do-not-call requests kept
// (47 CFR 64.1200(d)(6)).
const keptYears = 5

func short(at, now time.Time) bool { return at.Before(now.AddDate(keptYears, 0, 0)) }
