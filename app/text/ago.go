package text

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Ago says how long before now a moment was: "12 minutes ago".
func Ago(t, now time.Time) string {
	n, unit := since(now.Sub(t))
	if app.IsServer {
		return Time(t)
	}
	return current.maker("RelativeTimeFormat", map[string]any{"numeric": "auto"}).Call("format", -n, unit).String()
}

// since is a duration in its largest whole unit.
func since(d time.Duration) (n int, unit string) {
	switch {
	case d < time.Minute:
		return max(int(d/time.Second), 0), "second"
	case d < time.Hour:
		return int(d / time.Minute), "minute"
	case d < 24*time.Hour:
		return int(d / time.Hour), "hour"
	}
	return int(d / (24 * time.Hour)), "day"
}
