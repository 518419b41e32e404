package operation

// Problem says what is wrong with one field of a request, or, as a hint, what
// the person should know before it is sent.
type Problem struct {
	Field  string            `json:"field"`            // "contacts[3].phone_number"
	Code   string            `json:"code"`             // stable; the console translates it
	Detail string            `json:"detail,omitempty"` // English, for those who call without the console
	Params map[string]string `json:"params,omitempty"` // what the translation names
}

// Codes of problems: the request is not accepted until they are mended.
const (
	CodeType           = "type"            // a text where a number was due, and the like
	CodeUnknownField   = "unknown_field"   // no such field in this operation
	CodeRepeatedField  = "repeated_field"  // the same name twice in one object
	CodeRequired       = "required"        // empty
	CodeTooLong        = "too_long"        // Params: max
	CodeTooMany        = "too_many"        // Params: max
	CodeControl        = "control"         // control characters
	CodeEmail          = "email"           // not an e-mail address
	CodeURL            = "url"             // not an https address
	CodeID             = "id"              // not a positive whole number
	CodeTime           = "time"            // no date we can read, or one without a zone
	CodeTimePast       = "time_past"       // expires before now
	CodePhone          = "phone"           // an impossible number; Params: reason
	CodeEmergency      = "emergency"       // an emergency or service number
	CodeDuplicate      = "duplicate"       // the number stands twice; Params: first (row, from 1)
	CodeOneOf          = "one_of"          // exactly one of several fields
	CodeEither         = "either"          // not both of two fields
	CodeNothingToDo    = "nothing_to_do"   // an update that changes nothing
	CodeFixed          = "fixed"           // only one value is allowed; Params: value
	CodeParamsDiffer   = "params_differ"   // a row lacks a variable of the first row; Params: name
	CodeRepeatedParam  = "repeated_param"  // a variable twice in one row; Params: name
	CodeRepeatedOrders = "repeated_orders" // an orderID twice in one list; Params: first
)

// Codes of hints: shown, and may be sent all the same.
const (
	HintUnusual     = "unusual"      // possible, but not valid by current numbering plans
	HintForeign     = "foreign"      // an SMS to a number outside the US; Params: region
	HintShortExpiry = "short_expiry" // a do-not-call entry that ends within five years
	HintDuplicate   = "duplicate"    // the number stands twice; Params: first
	HintLongMessage = "long_message" // over 1600 characters, the usual ceiling of providers
)

var details = map[string]string{
	CodeType:           "has the wrong JSON type",
	CodeUnknownField:   "is not a field of this operation",
	CodeRepeatedField:  "stands twice in one object",
	CodeRequired:       "is required",
	CodeTooLong:        "is too long",
	CodeTooMany:        "has too many elements for one call",
	CodeControl:        "holds control characters",
	CodeEmail:          "is not an e-mail address",
	CodeURL:            "is not an https address",
	CodeID:             "is not a positive whole number",
	CodeTime:           "is not a date and time with a zone, such as 2030-01-31 00:00:00 UTC",
	CodeTimePast:       "lies in the past",
	CodePhone:          "is not a possible phone number",
	CodeEmergency:      "is an emergency or service number",
	CodeDuplicate:      "stands twice in the list",
	CodeOneOf:          "exactly one of contact_id, phone_number and external_unique_id must be given",
	CodeEither:         "only one of agentId and agentEmail may be given",
	CodeNothingToDo:    "nothing would change",
	CodeFixed:          "has another value than the only one allowed",
	CodeParamsDiffer:   "lacks a variable that the first row has",
	CodeRepeatedParam:  "names a variable twice",
	CodeRepeatedOrders: "is an orderID that another row has",
}

func newProblem(field, code string, params ...string) Problem {
	p := Problem{Field: field, Code: code, Detail: details[code]}
	for i := 0; i+1 < len(params); i += 2 {
		if p.Params == nil {
			p.Params = map[string]string{}
		}
		p.Params[params[i]] = params[i+1]
	}
	return p
}
