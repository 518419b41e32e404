// Package upstream says what one try of one upstream call can come to. The two
// vendors' packages below it authenticate or sign, send and read the answers.
package upstream

import (
	"context"
	"encoding/json"
	"time"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Caller carries out one try of a prepared operation on one system. It never
// repeats: package call does, by the rule of repetition.
//
// The error is a *NeverLeft, an *Unanswered, or the context's own before
// anything was sent (wrapped in a *NeverLeft).
type Caller interface {
	Try(ctx context.Context, p operation.Prepared) (Result, error)
}

// Class says what an answer means for repetition.
type Class int

const (
	Answered Class = iota // the upstream did it, or part of it: the rows tell
	Refused               // 4xx but 429, Callbot 2-4, 4001 and 6*: final
	PutOff                // 429, Callbot 7 and 1001: nothing was accepted, wait
	Failed                // 5xx, Callbot 1, 5 and 5001, an answer that cannot be trusted
)

// Result is what one try was answered.
type Result struct {
	Class      Class
	Status     int             // HTTP status
	RequestID  string          // the upstream's id of the exchange, else the one we sent
	JobID      string          // of campaign.contacts.import, where the answer names it
	Response   json.RawMessage // the upstream's JSON; a JSON string when it was not JSON; nil when empty
	Outcome    wire.Outcome    // of the call as a whole, see Overall
	Rows       []wire.Row      // one for each of Prepared.Rows, in order
	Error      *wire.Error     // why the outcome is not accepted or updated
	RetryAfter time.Duration   // with PutOff; 0 when the upstream did not say
}

// Concluded is r with outcome and error of the call derived from its rows.
// messages stand in where the upstream has no words of its own.
func (r Result) Concluded(messages map[string]string) Result {
	r.Outcome = Overall(r.Rows)
	if r.Outcome.Done() {
		return r
	}
	for _, row := range r.Rows {
		if row.Outcome == r.Outcome {
			r.Error = &wire.Error{Code: row.Reason, Message: row.Text}
			if r.Error.Message == "" {
				r.Error.Message = messages[row.Reason]
			}
			break
		}
	}
	return r
}

// NeverLeft says that nothing reached the upstream: dialling or TLS failed.
type NeverLeft struct{ Cause error }

func (e *NeverLeft) Error() string { return "never left: " + e.Cause.Error() }
func (e *NeverLeft) Unwrap() error { return e.Cause }

// Unanswered says that the request may have reached the upstream, but no whole
// answer came back.
type Unanswered struct{ Cause error }

func (e *Unanswered) Error() string { return "no answer: " + e.Cause.Error() }
func (e *Unanswered) Unwrap() error { return e.Cause }

// Overall is the outcome of a call from those of its rows: unknown when any
// row is unknown, accepted or updated when any row is, else refused or skipped.
func Overall(rows []wire.Row) wire.Outcome {
	has := map[wire.Outcome]bool{}
	for _, r := range rows {
		has[r.Outcome] = true
	}
	for _, o := range []wire.Outcome{wire.Unknown, wire.Accepted, wire.Updated, wire.Refused} {
		if has[o] {
			return o
		}
	}
	return wire.Skipped
}

// Rows makes the rows of a call that all ended alike.
func Rows(items []operation.Item, outcome wire.Outcome, reason, text string) []wire.Row {
	rows := make([]wire.Row, len(items))
	for i, item := range items {
		rows[i] = wire.Row{Index: i, Outcome: outcome, Reason: reason, Text: text, Typed: item.Typed, Sent: item.Sent}
	}
	return rows
}
