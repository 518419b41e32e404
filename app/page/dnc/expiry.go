package dnc

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/text"
	"outdial/shared/operation"
)

// localAfter is what a datetime-local field holds for a day so far from now,
// at the end of that day.
func localAfter(years, days int) string {
	if app.IsServer {
		return ""
	}
	day := app.Window().Get("Date").New()
	day.Call("setFullYear", day.Call("getFullYear").Int()+years)
	day.Call("setDate", day.Call("getDate").Int()+days)
	return time.Date(day.Call("getFullYear").Int(), time.Month(day.Call("getMonth").Int()+1), day.Call("getDate").Int(), 23, 59, 0, 0, time.UTC).Format(text.LocalShape)
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
