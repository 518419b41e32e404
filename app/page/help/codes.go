package help

import (
	"outdial/shared/callbot"
	"outdial/shared/ccai"
	"outdial/shared/wire"
)

// group is the errors of one source, each of which has an address of its own:
// /help#<code>.
type group struct {
	Title  string // key
	Prefix string // of the translations
	Codes  []string
}

func groups() []group {
	return []group{
		{"help.errors.ccai", "error.", ccai.Codes()},
		{"help.errors.callbot", "error.", callbot.Codes()},
		{"help.errors.ours", "error.", reasons()},
		{"help.errors.server", "server.", problems()},
	}
}

// reasons are those that our server gives for an outcome.
func reasons() []string {
	return []string{
		wire.ReasonNeverLeft, wire.ReasonWaited, wire.ReasonStopping, wire.ReasonLedger, wire.ReasonRefused, wire.ReasonBusy, wire.ReasonUnanswered,
		wire.ReasonFailed, wire.ReasonCrashed, wire.ReasonBroken, wire.ReasonUnreadable,
	}
}

// problems are the codes of our server's problem answers, whose type leads here.
func problems() []string {
	return []string{
		"malformed", "key_missing", "bad_query", "number_in_url", "bad_host", "no_identity", "bad_identity", "no_role", "not_allowed",
		"cross_origin", "no_such_page", "no_such_system", "no_such_operation", "no_such_call", "no_such_run", "method_not_allowed", "running",
		"not_unknown", "run_state", "not_undoable", "too_large", "not_json", "key_reused", "invalid", "throttle_full", "internal", "upstream_unreached",
		"upstream_failed", "upstream_timeout", "shutting_down", "ledger_down", "unreadable_answer",
	}
}
