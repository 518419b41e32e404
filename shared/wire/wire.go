// Package wire holds what the console and our server say to one another:
// the envelope of a call, problems, the session, the ledger and its events.
// The bodies of calls themselves are the vendors' (packages ccai and callbot).
package wire

import (
	"encoding/json"
	"time"

	"outdial/shared/operation"
)

// Outcome is how a row, or a call as a whole, ended. There is always exactly one.
type Outcome string

const (
	Accepted Outcome = "accepted" // the upstream said so
	Updated  Outcome = "updated"  // the upstream said it changed what was there
	Refused  Outcome = "refused"  // the upstream said no; the reason says why
	Skipped  Outcome = "skipped"  // it never left us; the reason says why
	Unknown  Outcome = "unknown"  // we cannot tell whether it happened
)

// Outcomes lists every outcome in the order the screens show them.
func Outcomes() []Outcome { return []Outcome{Accepted, Updated, Refused, Skipped, Unknown} }

// Known reports whether o is one of the five outcomes.
func (o Outcome) Known() bool {
	switch o {
	case Accepted, Updated, Refused, Skipped, Unknown:
		return true
	}
	return false
}

// Done reports whether the upstream said that it happened.
func (o Outcome) Done() bool { return o == Accepted || o == Updated }

// Proof is what a read after the write showed. It never changes the outcome:
// the outcome is what the write answered.
type Proof string

const (
	Confirmed    Proof = "confirmed"    // the read agrees with the write
	Contradicted Proof = "contradicted" // the read says otherwise
	Unchecked    Proof = "unchecked"    // the read could not be made or did not tell
)

// Row is one line of a call's list; a call without a list has one row, index 0.
type Row struct {
	Index   int     `json:"index"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"` // stable code, see the error table of the vendor's package
	Text    string  `json:"text,omitempty"`   // the upstream's own words
	Typed   string  `json:"typed,omitempty"`  // the number as the person wrote it
	Sent    string  `json:"sent,omitempty"`   // the number as it left
	Proof   Proof   `json:"proof,omitempty"`
}

// Error explains an outcome that is not accepted or updated.
type Error struct {
	Code    string `json:"code"`    // stable; the console translates it
	Message string `json:"message"` // the upstream's own text where there is one, else English
}

// Envelope is the answer to POST /api/systems/{system}/operations/{operation}.
// It comes with 200 whenever a write was made, whatever its outcome.
type Envelope struct {
	ID             string          `json:"id"`
	Operation      operation.Name  `json:"operation"`
	Outcome        Outcome         `json:"outcome"`
	UpstreamStatus int             `json:"upstream_status,omitempty"`
	RequestID      string          `json:"request_id,omitempty"` // the upstream's id of the exchange, or the one we sent
	JobID          string          `json:"job_id,omitempty"`     // of an import, when the answer named it
	Response       json.RawMessage `json:"response,omitempty"`   // the upstream's own JSON; a JSON string when it was not JSON
	Rows           []Row           `json:"rows,omitempty"`
	Error          *Error          `json:"error,omitempty"`
}

// Problem is an application/problem+json body (RFC 9457): no call was made, or
// a read could not be answered.
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Code   string         `json:"code"`             // stable; the console translates it
	Fields []FieldProblem `json:"fields,omitempty"` // with 422
	Call   string         `json:"call,omitempty"`   // the ledger id, where a call exists already
}

// FieldProblem says what is wrong with one field of a request.
type FieldProblem = operation.Problem

// Person is who calls, as the identity source named them.
type Person struct {
	ID   string `json:"id"` // what the identity source calls them, usually the e-mail address
	Name string `json:"name"`
}

// Session is the answer to GET /api/session.
type Session struct {
	Person     Person         `json:"person"`
	Role       operation.Role `json:"role"`
	Systems    []System       `json:"systems"`
	Limits     Limits         `json:"limits"`
	SignOutURL string         `json:"sign_out_url,omitempty"`
	Demo       *Demo          `json:"demo,omitempty"` // only with serve --demo
	Version    string         `json:"version"`
}

// Demo tells the console that nothing real is called.
type Demo struct {
	Roles []operation.Role `json:"roles"` // what the role switch offers
	Help  string           `json:"help"`  // where the simulator explains its magic values
}

// System is one configured upstream as the console sees it: no credential, no token.
type System struct {
	ID                string           `json:"id"`
	Kind              operation.System `json:"kind"`
	Label             string           `json:"label"`
	Production        bool             `json:"production"`
	Simulated         bool             `json:"simulated"` // answers come from our simulator
	Host              string           `json:"host"`
	Scheme            string           `json:"scheme"`                        // https, or http to this machine
	RequestsPerSecond float64          `json:"requests_per_second,omitempty"` // the throttle, of the whole deployment
	DefaultRegion     string           `json:"default_region,omitempty"`
	OutboundNumbers   []string         `json:"outbound_numbers,omitempty"`
	ChatType          string           `json:"chat_type,omitempty"` // what sms.send fills in
	AgentKeys         string           `json:"agent_keys,omitempty"`
	Operations        []operation.Name `json:"operations"` // what this person may do here
}

// Allows reports whether this person may do the operation on this system.
func (s System) Allows(n operation.Name) bool {
	for _, o := range s.Operations {
		if o == n {
			return true
		}
	}
	return false
}

// Limits are the caps that the server enforces and the console shows.
type Limits struct {
	BodyBytes   int64 `json:"body_bytes"`
	DNCNumbers  int   `json:"dnc_numbers"`  // numbers of one dnc.add or dnc.remove call
	ImportRows  int   `json:"import_rows"`  // contacts of one campaign.contacts.import
	CallbotRows int   `json:"callbot_rows"` // callList of one callbot.import
	RunBytes    int64 `json:"run_bytes"`    // body of POST /api/runs
	RunRows     int   `json:"run_rows"`     // rows of one run
	SMSRunRows  int   `json:"sms_run_rows"` // texts of one run
}

// State is how far a call has come.
type State string

const (
	Started  State = "started"  // on disk, not yet gone
	Leaving  State = "leaving"  // about to leave or gone; an end is not recorded
	Finished State = "finished" // the outcome is recorded
)

// Entry is one call in the ledger.
type Entry struct {
	ID             string          `json:"id"`
	System         string          `json:"system"`
	Operation      operation.Name  `json:"operation"`
	Person         Person          `json:"person"`
	State          State           `json:"state"`
	Outcome        Outcome         `json:"outcome,omitempty"` // empty until finished
	Settled        *Settlement     `json:"settled,omitempty"` // of an unknown, by a person
	StartedAt      time.Time       `json:"started_at"`
	LeftAt         *time.Time      `json:"left_at,omitempty"`
	FinishedAt     *time.Time      `json:"finished_at,omitempty"`
	Tries          int             `json:"tries,omitempty"`
	Note           string          `json:"note,omitempty"`
	Request        json.RawMessage `json:"request"` // the body as it was posted to us
	UpstreamStatus int             `json:"upstream_status,omitempty"`
	RequestID      string          `json:"request_id,omitempty"`
	JobID          string          `json:"job_id,omitempty"`
	Response       json.RawMessage `json:"response,omitempty"`
	Rows           []Row           `json:"rows"`
	RowCount       int             `json:"row_count"`       // of all rows, also of those that Brief left out
	Brief          bool            `json:"brief,omitempty"` // a search left out rows, request or answer: GET /api/ledger/{id} has them
	Error          *Error          `json:"error,omitempty"`
}

// Settlement is a person's finding about an unknown outcome.
type Settlement struct {
	Outcome Outcome   `json:"outcome"` // accepted or refused
	Note    string    `json:"note"`
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
}

// Settle is the body of POST /api/ledger/{id}/settle.
type Settle struct {
	Outcome Outcome `json:"outcome"` // accepted: it happened · refused: it did not
	Note    string  `json:"note"`    // what was looked at; required
}

// Filter selects ledger entries. GET /api/ledger takes all but Number in its
// query; POST /api/ledger takes it as a body, so that no number stands in a URL.
type Filter struct {
	Number    string         `json:"number,omitempty"` // any spelling; matched by E.164 and by digits
	System    string         `json:"system,omitempty"`
	Operation operation.Name `json:"operation,omitempty"`
	Person    string         `json:"person,omitempty"`
	Outcome   Outcome        `json:"outcome,omitempty"` // "unknown" finds the unsettled ones
	Before    string         `json:"before,omitempty"`  // the id of the last entry seen: older ones
	Limit     int            `json:"limit,omitempty"`   // at most 100
}

// Page is the answer to a ledger search, newest first.
type Page struct {
	Entries []Entry `json:"entries"`
	More    bool    `json:"more"` // older ones exist
}

// Event is what GET /api/events sends about the person's own calls.
type Event struct {
	Call      string         `json:"call"`
	Operation operation.Name `json:"operation"`
	State     State          `json:"state"`
	Phase     Phase          `json:"phase,omitempty"`
	Done      int            `json:"done,omitempty"`
	Total     int            `json:"total,omitempty"`
	Outcome   Outcome        `json:"outcome,omitempty"`
}

// Phase is what a call that is not finished is doing.
type Phase string

const (
	Queued    Phase = "queued"    // waits for the throttle
	Sending   Phase = "sending"   // the upstream has it
	Waiting   Phase = "waiting"   // the upstream asked to wait; it is tried again
	Verifying Phase = "verifying" // dnc.check number by number
)
