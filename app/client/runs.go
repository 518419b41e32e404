package client

import (
	"net/url"
	"strconv"

	"outdial/shared/run"
	"outdial/shared/wire"
)

// Runs lists the runs, newest first, older than the run named before.
func Runs(before string, limit int) (run.Page, *Failure) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if before != "" {
		q.Set("before", before)
	}
	return ask[run.Page]("GET", "/api/runs?"+q.Encode(), nil, "")
}

// Run reads one run.
func Run(id string) (run.Run, *Failure) {
	return ask[run.Run]("GET", "/api/runs/"+url.PathEscape(id), nil, "")
}

// Steer has a run do what is asked of it: "pause", "resume" or "cancel".
func Steer(id, what string) (run.Run, *Failure) {
	return send[run.Run]("/api/runs/"+url.PathEscape(id)+"/"+what, struct{}{})
}

// Undo starts the run that takes another one back. The key stays the same as
// long as it is the same intention.
func Undo(id, key, note string) (run.Run, *Failure) {
	body, failure := encoded(map[string]string{"note": note})
	if failure != nil {
		return run.Run{}, failure
	}
	return ask[run.Run]("POST", "/api/runs/"+url.PathEscape(id)+"/undo", map[string]any{"Idempotency-Key": key}, body)
}

// RunRows reads rows of a run after a line, of one outcome and reason where
// they are given; "waiting" stands for rows without an outcome.
func RunRows(id string, outcome wire.Outcome, reason string, after, limit int) (run.Results, *Failure) {
	q := url.Values{"after": {strconv.Itoa(after)}, "limit": {strconv.Itoa(limit)}}
	if outcome != "" {
		q.Set("outcome", string(outcome))
	}
	if reason != "" {
		q.Set("reason", reason)
	}
	return ask[run.Results]("GET", "/api/runs/"+url.PathEscape(id)+"/rows?"+q.Encode(), nil, "")
}

// ResultFile is where the result of a run can be downloaded, as "csv" or "xlsx".
func ResultFile(id, format string) string {
	return "/api/runs/" + url.PathEscape(id) + "/results?format=" + format
}
