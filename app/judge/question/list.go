package question

import (
	"encoding/json"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// Kinds of questions about a list. The worker keeps the list; the page has only
// counts and the rows it shows. Opening another list forgets the one before.
const (
	KindOpen     = "list.open"     // OpenQuestion and a file, or a pasted text as one → plan.Opened; progress meanwhile
	KindPlan     = "list.plan"     // plan.Plan → plan.Summary; progress meanwhile
	KindView     = "list.view"     // plan.ViewQuestion → plan.View
	KindEdit     = "list.edit"     // plan.Edit → plan.Summary
	KindAsk      = "list.ask"      // AskQuestion: the worker asks our server about the numbers → plan.Summary
	KindRequests = "list.requests" // plan.ViewQuestion → plan.Requests
	KindPost     = "list.post"     // PostQuestion: the worker posts the run → Posted; progress meanwhile
)

// OpenQuestion asks for a file to be read.
type OpenQuestion struct {
	plan.Source
	Operation operation.Name `json:"operation"` // whose fields the columns are recognised for
	Region    string         `json:"region,omitempty"`
	Language  string         `json:"language,omitempty"` // of the person: tips the scales between encodings
}

// AskQuestion has the worker ask our server: what the ledger knows, which
// numbers the campaign has, which are outside calling hours.
type AskQuestion struct {
	About    string  `json:"about"` // "known", "present" or "hours"
	System   string  `json:"system"`
	Campaign int64   `json:"campaign,omitempty"`
	At       *string `json:"at,omitempty"` // hours: RFC 3339; none: now
}

// PostQuestion starts the run: Order without its columns and calls.
type PostQuestion struct {
	Key   string    `json:"key"` // Idempotency-Key
	Order run.Order `json:"order"`
}

// Posted is what the server answered.
type Posted struct {
	Run     *run.Run        `json:"run,omitempty"`
	Problem json.RawMessage `json:"problem,omitempty"` // wire.Problem
	Failed  string          `json:"failed,omitempty"`  // "unreached": no answer; the same key may be tried again
}

// Progress comes before an answer, while a long question is worked on.
type Progress struct {
	Phase string `json:"phase"` // "reading", "judging", "asking", "building", "sending"
	Done  int64  `json:"done"`
	Total int64  `json:"total,omitempty"` // 0: not known
}
