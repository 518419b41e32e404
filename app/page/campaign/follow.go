package campaign

import (
	"strings"
	"time"

	"outdial/app/client"
	"outdial/shared/ccai"
	"outdial/shared/wire"
)

const (
	firstPause = 2 * time.Second
	mostPause  = 10 * time.Second
	// mostFollowed is when a job that does not end is no longer asked about by
	// itself: nobody may be looking any more.
	mostFollowed = 15 * time.Minute
)

// pause is the time between two questions about a job: two seconds at first,
// ten in the end.
func pause(asked int) time.Duration {
	d := firstPause
	for range asked - 3 { // an import of some rows is done by then
		if d += d / 2; d >= mostPause {
			return mostPause
		}
	}
	return d
}

// ended reports whether a job's status is its last word. The set of statuses
// is open: one such as "completed_with_warnings" is taken for an end too.
func ended(j ccai.Job) bool {
	if j.Done() || j.Failed() {
		return true
	}
	for _, end := range []string{"complete", "finish", "fail", "cancel", "abort"} {
		if strings.HasPrefix(strings.ToLower(j.Status), end) {
			return true
		}
	}
	return false
}

// job is an import job that was followed in this tab.
type job struct {
	campaign int64
	name     string // of the campaign
	id       int64
	on       bool // it is being asked about
	late     bool // it was given up after mostFollowed
	round    int  // tells one following from the one before
	asked    int
	since    time.Time
	at       time.Time // of the last answer
	last     ccai.Job  // Status is empty until there was an answer
	failure  *client.Failure
	err      *wire.Error
}

// take notes an answer and decides whether to go on asking.
func (j *job) take(e wire.Envelope, f *client.Failure, now time.Time) {
	j.asked++
	j.failure, j.err = f, e.Error
	switch {
	case f != nil:
		j.on = f.Lost // the network may come back; all else needs a person
	case !e.Outcome.Done():
		j.on = false
	default:
		answer, err := ccai.ReadJob(e.Response)
		if err != nil {
			j.on, j.err = false, &wire.Error{Code: ccai.CodeUnreadable}
			return
		}
		j.last, j.at = answer, now
		j.on = !ended(answer)
	}
	if j.on && now.Sub(j.since) > mostFollowed {
		j.on, j.late = false, true
	}
}
