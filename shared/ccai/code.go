package ccai

import (
	"strings"

	"outdial/shared/answer"
)

// Codes of what the upstream answered. Each has a translation with the next step.
const (
	CodeSMSChatTypeMissing  = "ccai.sms_chat_type_missing"
	CodeSMSChatTypeInvalid  = "ccai.sms_chat_type_invalid"
	CodeSMSDisabled         = "ccai.sms_disabled"
	CodeSMSOutboundDisabled = "ccai.sms_outbound_disabled"
	CodeSMSEndUserMissing   = "ccai.sms_end_user_missing"
	CodeSMSEndUserInvalid   = "ccai.sms_end_user_invalid"
	CodeSMSNonUS            = "ccai.sms_non_us"
	CodeSMSOutboundMissing  = "ccai.sms_outbound_missing"
	CodeSMSOutboundInvalid  = "ccai.sms_outbound_invalid"
	CodeSMSOutboundUnknown  = "ccai.sms_outbound_unknown"
	CodeSMSMessageMissing   = "ccai.sms_message_missing"
	CodeSMSActiveSession    = "ccai.sms_active_session"

	CodeDNCExpiryPast   = "ccai.dnc_expiry_past"
	CodeDNCPhoneInvalid = "ccai.dnc_phone_invalid"
	CodeDNCEmergency    = "ccai.dnc_emergency"

	CodeJobDuplicatePhone = "ccai.job_duplicate_phone"
	CodeJobInternal       = "ccai.job_internal"
	CodeJobFailed         = "ccai.job_failed" // a failed job whose reason we do not know

	CodeDuplicateRequest = "ccai.duplicate_request"

	CodeUnauthorized = "ccai.unauthorized" // 401: token or username
	CodeForbidden    = "ccai.forbidden"    // 403
	CodeNotFound     = "ccai.not_found"    // 404: the subdomain, the campaign or the contact
	CodeBusy         = "ccai.busy"         // 429: nothing was accepted
	CodeRefused      = "ccai.refused"      // another 4xx, or a row refused with a text we do not know
	CodeFailed       = "ccai.failed"       // 5xx
	CodeRedirected   = "ccai.redirected"   // 3xx: not followed

	CodeNotJSON        = "ccai.not_json"        // a read was answered with something else, such as a proxy's page
	CodeUnreadable     = "ccai.unreadable"      // the answer is not of the form it should have
	CodeCheckUnclear   = "ccai.check_unclear"   // dnc.check without do_not_call
	CodeListIncomplete = "ccai.list_incomplete" // more entries exist than could be read
	CodeRowMissing     = "ccai.row_missing"     // the answer does not mention the row
	CodeRowMismatch    = "ccai.row_mismatch"    // at the row's position the answer names another number
	CodeRowUnclear     = "ccai.row_unclear"     // the answer says neither yes nor no, or both
	CodeInJob          = "ccai.in_job"          // taken into an import job; the job decides
)

// documented are the error texts of the vendor's pages (docs/api.md 2.1, 3.2, 4.5).
var documented = []struct{ text, code string }{
	{"chat_type needs to be provided", CodeSMSChatTypeMissing},
	{"valid chat type needs to be provided", CodeSMSChatTypeInvalid},
	{"SMS is not enabled", CodeSMSDisabled},
	{"Outbound SMS is not enabled", CodeSMSOutboundDisabled},
	{"end_user_number is required", CodeSMSEndUserMissing},
	{"end_user_number is invalid", CodeSMSEndUserInvalid},
	{"Non-US phone number not allowed", CodeSMSNonUS},
	{"outbound_number is required", CodeSMSOutboundMissing},
	{"outbound_number is invalid", CodeSMSOutboundInvalid},
	{"outbound_number is not found", CodeSMSOutboundUnknown},
	{"message is required", CodeSMSMessageMissing},
	{"Outbound SMS failed. Consumer is already in an active SMS session.", CodeSMSActiveSession},
	{"expires_at cannot be past date/time", CodeDNCExpiryPast},
	{"phone_number is invalid", CodeDNCPhoneInvalid},
	{"emergency phone number is not allowed", CodeDNCEmergency},
	{"NativePowerDial::ContactService::DuplicateContactPhoneOnCampaign", CodeJobDuplicatePhone},
	{"Internal Error", CodeJobInternal},
	{"Duplicate request: Please wait for the interval to expire", CodeDuplicateRequest},
}

// Codes lists every code that a call to CCAI can end with.
func Codes() []string {
	var codes []string
	for _, d := range documented {
		codes = append(codes, d.code)
	}
	return append(codes, CodeJobFailed,
		CodeUnauthorized, CodeForbidden, CodeNotFound, CodeBusy, CodeRefused, CodeFailed, CodeRedirected,
		CodeNotJSON, CodeUnreadable, CodeCheckUnclear, CodeListIncomplete, CodeRowMissing, CodeRowMismatch, CodeRowUnclear, CodeInJob)
}

// Code is the code of a documented error text, whatever its case and final
// full stop; "" when the text is not documented.
func Code(text string) string {
	text = plain(text)
	for _, d := range documented {
		if plain(d.text) == text {
			return d.code
		}
	}
	return ""
}

func plain(text string) string {
	return strings.ToLower(strings.TrimRight(strings.Join(strings.Fields(text), " "), ". "))
}

// Explain is the code and the upstream's own words of an answer with a status
// that is not 2xx. A documented text goes before the status, but only where the
// status is a refusal: a 5xx leaves open what happened.
func Explain(status int, body []byte) (code, text string) {
	text = answer.Message(body)
	switch {
	case status == 429:
		return CodeBusy, text
	case status >= 500 || status < 300:
		return CodeFailed, text
	case status < 400:
		return CodeRedirected, text
	}
	if code := Code(text); code != "" {
		return code, text
	}
	switch status {
	case 401:
		return CodeUnauthorized, text
	case 403:
		return CodeForbidden, text
	case 404:
		return CodeNotFound, text
	}
	return CodeRefused, text
}
