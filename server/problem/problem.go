// Package problem is the catalogue of what our server itself says no with: each
// is a named variable with a stable code and an HTTP status, and leaves as
// application/problem+json. What an upstream says is no problem of ours: it
// stands in the envelope.
package problem

import (
	"fmt"
	"time"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Error is a wire.Problem that can be returned as an error.
type Error struct {
	wire.Problem
	Cause      error         // for the log, never for the person; may be nil
	RetryAfter time.Duration // what the Retry-After header says, rounded up to seconds; 0 for none
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Cause)
	}
	return e.Code
}

func (e *Error) Unwrap() error { return e.Cause }

// Is compares by code, so that errors.Is(err, problem.KeyReused) works on copies.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because returns a copy that keeps the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// With returns a copy that tells the person more; detail is English.
func (e *Error) With(detail string) *Error {
	c := *e
	c.Detail = detail
	return &c
}

// After returns a copy that says when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// At returns a copy that names the call it is about.
func (e *Error) At(call string) *Error {
	c := *e
	c.Call = call
	return &c
}

// Fields returns a copy of Invalid that names each field.
func Fields(fields []operation.Problem) *Error {
	c := *Invalid
	c.Problem.Fields = fields
	return &c
}

func define(status int, code, title string) *Error {
	return &Error{Problem: wire.Problem{Type: "/help#" + code, Title: title, Status: status, Code: code}}
}

var (
	Malformed         = define(400, "malformed", "The body is not one JSON object")
	KeyMissing        = define(400, "key_missing", "A call that changes something needs an Idempotency-Key header of 8 to 128 letters, digits, - or _")
	BadQuery          = define(400, "bad_query", "The query cannot be read")
	NumberInURL       = define(400, "number_in_url", "Search by number with POST, so that no number stands in a URL")
	BadHost           = define(400, "bad_host", "The Host header is not one this server answers to")
	NoIdentity        = define(401, "no_identity", "Nobody is signed in")
	BadIdentity       = define(401, "bad_identity", "The identity headers contradict each other or did not come from the proxy")
	NoRole            = define(403, "no_role", "None of your groups gives access to Outdial")
	NotAllowed        = define(403, "not_allowed", "Your role does not allow this")
	CrossOrigin       = define(403, "cross_origin", "A write from another site")
	NoSuchPage        = define(404, "no_such_page", "There is nothing here")
	NoSuchSystem      = define(404, "no_such_system", "No such system")
	NoSuchOperation   = define(404, "no_such_operation", "No such operation on this system")
	NoSuchCall        = define(404, "no_such_call", "No such call in the ledger")
	NoSuchRun         = define(404, "no_such_run", "No such run")
	MethodNotAllowed  = define(405, "method_not_allowed", "Not with this method")
	Running           = define(409, "running", "The call with this key is still running")
	NotUnknown        = define(409, "not_unknown", "Only an unknown outcome can be settled, once")
	RunState          = define(409, "run_state", "The run is not in a state that allows this")
	NotUndoable       = define(409, "not_undoable", "This run cannot be taken back")
	TooLarge          = define(413, "too_large", "The body is too large")
	NotJSON           = define(415, "not_json", "The body must be application/json")
	KeyReused         = define(422, "key_reused", "This key was used for another request")
	Invalid           = define(422, "invalid", "Some fields do not pass validation")
	ThrottleFull      = define(429, "throttle_full", "Too many calls are waiting for this system")
	Internal          = define(500, "internal", "Something went wrong on our side")
	UpstreamUnreached = define(502, "upstream_unreached", "The upstream could not be reached")
	UpstreamFailed    = define(502, "upstream_failed", "The upstream failed to answer")
	ShuttingDown      = define(503, "shutting_down", "The server is stopping")
	LedgerDown        = define(503, "ledger_down", "The ledger cannot be written, so nothing was sent")
	UpstreamTimeout   = define(504, "upstream_timeout", "The upstream did not answer in time")
)
