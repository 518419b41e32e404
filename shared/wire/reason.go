package wire

// Reasons that our server itself gives for an outcome, beside those in the
// vendors' packages: codes of Row.Reason and Error.Code.
const (
	ReasonNeverLeft  = "never_left" // skipped: the upstream could not be reached, or the server stopped before it left
	ReasonWaited     = "waited"     // skipped: its turn under the throttle did not come in time
	ReasonStopping   = "stopping"   // skipped: the server was stopping before its turn came
	ReasonLedger     = "ledger"     // skipped: the ledger could not record that it leaves
	ReasonRefused    = "refused"    // refused: the upstream said no without a reason
	ReasonBusy       = "busy"       // refused: the upstream kept asking to wait (429, Callbot 7 and 1001)
	ReasonUnanswered = "unanswered" // unknown: sent, and no whole answer came
	ReasonFailed     = "failed"     // unknown: the upstream failed (5xx, Callbot 1, 5 and 5001)
	ReasonCrashed    = "crashed"    // unknown: the server stopped while the call was under way
	ReasonBroken     = "broken"     // unknown: our own program failed while the call was under way
	ReasonUnreadable = "unreadable" // unknown: the answer says nothing about this row
)
