package callbot

// Codes of what the upstream answered. Each has a translation with the next step.
const (
	CodeGeneralError     = "callbot.general_error"      // 1
	CodeParameterMissing = "callbot.parameter_missing"  // 2
	CodeParameterFormat  = "callbot.parameter_format"   // 3
	CodeParameterValue   = "callbot.parameter_value"    // 4
	CodeTooMany          = "callbot.too_many"           // 4001
	CodeMaintenance      = "callbot.maintenance"        // 5
	CodeInternal         = "callbot.internal"           // 5001
	CodeSignatureWrong   = "callbot.signature_wrong"    // 6
	CodeSignatureMissing = "callbot.signature_missing"  // 6001
	CodeNoAccount        = "callbot.no_account"         // 6002
	CodeNoPermission     = "callbot.no_permission"      // 6003
	CodeBusy             = "callbot.busy"               // 7, HTTP 429
	CodeImportInProgress = "callbot.import_in_progress" // 1001
	CodeUndocumented     = "callbot.undocumented_code"  // any other

	CodeRowRefused     = "callbot.row_refused"     // errList names the row; the text says why
	CodeAmbiguousPhone = "callbot.ambiguous_phone" // several rows have the phone, errList names it for fewer
	CodeUnmatchedPhone = "callbot.unmatched_phone" // errList names a phone that no row has, so one of these rows was refused
	CodeCountsDiffer   = "callbot.counts_differ"   // successes and errors do not make the number of rows

	CodeForgedAnswer  = "callbot.forged_answer" // the answer's signature is missing or wrong
	CodeUnreadable    = "callbot.unreadable"    // the answer is not of the form it should have
	CodeContradictory = "callbot.contradictory" // a failure that counts successes
	CodeRefused       = "callbot.refused"       // HTTP 4xx
	CodeFailed        = "callbot.failed"        // HTTP 5xx
	CodeRedirected    = "callbot.redirected"    // HTTP 3xx: not followed
)

// retCodes is the vendor's table (docs/api.md 6.3).
var retCodes = []struct {
	ret  int64
	code string
}{
	{1, CodeGeneralError},
	{2, CodeParameterMissing},
	{3, CodeParameterFormat},
	{4, CodeParameterValue},
	{4001, CodeTooMany},
	{5, CodeMaintenance},
	{5001, CodeInternal},
	{6, CodeSignatureWrong},
	{6001, CodeSignatureMissing},
	{6002, CodeNoAccount},
	{6003, CodeNoPermission},
	{7, CodeBusy},
	{1001, CodeImportInProgress},
}

// Codes lists every code that a call to Callbot can end with.
func Codes() []string {
	var codes []string
	for _, r := range retCodes {
		codes = append(codes, r.code)
	}
	return append(codes, CodeUndocumented,
		CodeRowRefused, CodeAmbiguousPhone, CodeUnmatchedPhone, CodeCountsDiffer,
		CodeForgedAnswer, CodeUnreadable, CodeContradictory, CodeRefused, CodeFailed, CodeRedirected)
}

// Code is the code of a retCode; "" for 0.
func Code(retCode int64) string {
	if retCode == 0 {
		return ""
	}
	for _, r := range retCodes {
		if r.ret == retCode {
			return r.code
		}
	}
	return CodeUndocumented
}
