package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"outdial/shared/operation"
)

// Value is one magic value as the help page shows it.
type Value struct {
	Where      string           `json:"where"`
	Value      string           `json:"value"`          // ready to type: a number, or the message
	Code       string           `json:"code,omitempty"` // its last four digits, which act alone where Where names more than numbers
	Effect     string           `json:"effect"`
	Operations []operation.Name `json:"operations"` // where it acts
}

// Where magic values stand.
const (
	inNumber  = "phone number"
	inAny     = "phone number, campaign_id, job_id, end of userTaskID or of ping's data or lang"
	inTask    = "phone number, end of userTaskID"
	inCallbot = "phone number, end of userTaskID or of ping's data"
	inMessage = "SMS message"
)

// mark is a place of a request where a magic value may stand.
type mark struct {
	text   string
	number bool
}

func numbers(texts ...string) []mark {
	marks := make([]mark, 0, len(texts))
	for _, t := range texts {
		marks = append(marks, mark{text: t, number: true})
	}
	return marks
}

// code reads the magic code of a mark: the last four digits of a number whose
// last seven are 555 9xxx, in any country and area; elsewhere the text itself
// or what follows its last hyphen.
func (m mark) code() string {
	text := m.text
	if m.number {
		digits, _, ok := digitsOf(text)
		if n := len(digits); !ok || n < 8 || digits[n-7:n-3] != "5559" {
			return ""
		}
		text = digits[len(digits)-4:]
	} else {
		text = text[strings.LastIndexByte(text, '-')+1:]
	}
	if _, known := magic[text]; !known {
		return ""
	}
	return text
}

// trick is what a magic code does and where.
type trick struct {
	where  string
	effect string
	ops    []operation.Name // nil: all
}

// acts tells whether a code means anything to an operation.
func acts(code string, op operation.Name) bool {
	t, ok := magic[code]
	return ok && (t.ops == nil || slices.Contains(t.ops, op))
}

// fault is a failure of the transport, the same for every operation.
type fault struct {
	before bool          // it does not happen
	after  bool          // it happens; a refusal is answered as it is
	once   bool          // only the first request of two
	wait   time.Duration // the answer is held back; the request's end ends it
	early  bool          // waits before anything happens, and nothing does when the caller has left
	drop   bool          // the connection is closed without an answer
	half   bool          // and this, half-way through the body
	edit   func(*request, answer) answer
}

var (
	writes     = operationsThat(operation.Rule.Writes)
	reads      = operationsThat(func(r operation.Rule) bool { return !r.Writes() })
	callbotOps = []operation.Name{operation.CallbotImport, operation.CallbotPing}
	contactIn  = []operation.Name{operation.ContactsAdd, operation.ContactsImport, operation.ContactUpdate}
	importOp   = []operation.Name{operation.ContactsImport}
	addContact = []operation.Name{operation.ContactsAdd}
	dncAdd     = []operation.Name{operation.DNCAdd}
	dncCheck   = []operation.Name{operation.DNCCheck}
	smsSend    = []operation.Name{operation.SMSSend}
	batch      = []operation.Name{operation.CallbotImport}
)

// magic is every code. It, like faults, is a table that nothing changes.
var magic = map[string]trick{
	// 90xx: the transport. What may leave a write unknown spares the reads, so
	// that they can tell what became of it.
	"9001": {inAny, "slow: happens at once, answered after 3 s", nil},
	"9002": {inAny, "slow: happens at once, answered after 20 s", nil},
	"9003": {inAny, "slow: happens at once, answered after 5 min: longer than anybody waits", nil},
	"9004": {inAny, "slow: waits 30 s first; nothing happens when the caller has left by then", nil},
	"9011": {inAny, "connection dropped before anything happens", writes},
	"9012": {inAny, "connection dropped after it happened: you never hear", writes},
	"9013": {inAny, "connection dropped half-way through the answer, after it happened", writes},
	"9021": {inAny, "500 before anything happens", writes},
	"9022": {inAny, "500 after it happened", writes},
	"9023": {inAny, "503 with an HTML page of a proxy, before anything happens", writes},
	"9024": {inAny, "502 with an HTML page of a proxy, after it happened", writes},
	"9025": {inAny, "200 with a body that is not JSON, after it happened", writes},
	"9026": {inAny, "the answer has keys that nobody documented", nil},
	"9027": {inAny, "200 with an HTML page, before anything happens", writes},
	"9028": {inAny, "200 with an empty body, after it happened", writes},
	"9029": {inAny, "redirect (302) to another path, before anything happens", nil},
	"9031": {inAny, "429 once with Retry-After: 1, then as usual; the third time 429 again", nil},
	"9032": {inAny, "429 every time with Retry-After: 2", nil},
	"9033": {inAny, "429 once without Retry-After, then as usual", nil},
	"9034": {inAny, "429 once with Retry-After as a date two seconds ahead, then as usual", nil},
	"9041": {inAny, "401, as with a wrong token", nil},
	"9043": {inAny, "403", nil},
	"9044": {inAny, "404, as with a wrong subdomain", nil},
	"9045": {inAny, "422 in a form that nobody documented: {\"errors\": […]}", nil},

	"9051": {inAny, "read: connection dropped", reads},
	"9052": {inAny, "read: connection dropped half-way through the answer", reads},
	"9053": {inAny, "read: 500", reads},
	"9054": {inAny, "read: 503 with an HTML page of a proxy", reads},
	"9055": {inAny, "read: 200 with a body that is not JSON", reads},
	"9056": {inAny, "read: 200 with an empty body", reads},
	"9057": {inAny, "read: 200 with an HTML page", reads},
	"9058": {inAny, "read: 500 once, then as usual", reads},

	// 91xx: do-not-call.
	"9101": {inNumber, "add: failed, “phone_number is invalid”", dncAdd},
	"9102": {inNumber, "add: failed, “emergency phone number is not allowed”", dncAdd},
	"9103": {inNumber, "add: failed, “expires_at cannot be past date/time”", dncAdd},
	"9104": {inNumber, "add lies: says created, but check says not on the list", dncAdd},
	"9105": {inNumber, "remove does not remove", []operation.Name{operation.DNCRemove}},
	"9106": {inNumber, "check answers without do_not_call", dncCheck},
	"9107": {inNumber, "check answers as the documentation prints it: without a comma", dncCheck},
	"9108": {inNumber, "check prints the date as expires_at, “2030-01-31 00:00:00 UTC”", dncCheck},
	"9109": {inNumber, "check prints the date as ISO 8601", dncCheck},
	"9110": {inNumber, "add: this number happens, but its item is missing in the answer", dncAdd},
	"9111": {inNumber, "add: failed, with a text that nobody documented", dncAdd},
	"9112": {inNumber, "add: a status that nobody documented", dncAdd},

	// 92xx: SMS, by end_user_number. The first twelve stand in the order of the documentation.
	"9201": {inNumber, "400 " + smsErrors[0], smsSend},
	"9202": {inNumber, "400 " + smsErrors[1], smsSend},
	"9203": {inNumber, "400 " + smsErrors[2], smsSend},
	"9204": {inNumber, "400 " + smsErrors[3], smsSend},
	"9205": {inNumber, "400 " + smsErrors[4], smsSend},
	"9206": {inNumber, "400 " + smsErrors[5], smsSend},
	"9207": {inNumber, "400 " + smsErrors[6], smsSend},
	"9208": {inNumber, "400 " + smsErrors[7], smsSend},
	"9209": {inNumber, "400 " + smsErrors[8], smsSend},
	"9210": {inNumber, "400 " + smsErrors[9], smsSend},
	"9211": {inNumber, "400 " + smsErrors[10], smsSend},
	"9212": {inNumber, "400 " + smsErrors[11], smsSend},
	"9213": {inNumber, "400 Duplicate request: Please wait for the interval to expire", smsSend},
	"9214": {inNumber, "400 with a text that nobody documented", smsSend},
	"9215": {inNumber, "the agent asked for is ignored: status selecting", smsSend},
	"9216": {inNumber, "the answer is a chat without id", smsSend},
	"9217": {inNumber, "the session ends at once: the next message is not refused", smsSend},

	// 93xx: campaign contacts.
	"9301": {inNumber, "add: in invalid_contacts, with the reason as error", addContact},
	"9302": {inNumber, "add: in invalid_contacts, with the reason in a list errors", addContact},
	"9303": {inNumber, "add: in invalid_contacts, as a bare text", addContact},
	"9304": {inNumber, "add: in neither list", addContact},
	"9305": {inNumber, "add: in invalid_contacts without any reason", addContact},
	"9311": {inNumber, "import: the job fails with " + duplicateContact, importOp},
	"9312": {inNumber, "import: the job fails with “Internal Error” and no details", importOp},
	"9313": {inNumber, "import: the job stays in_progress for good", importOp},
	"9314": {inNumber, "import: refused with 400", importOp},
	"9315": {inNumber, "import: the job passes created and valid_scheme first", importOp},
	"9316": {inNumber, "import: the job ends in a status that nobody documented", importOp},
	"9321": {inNumber, "the contact is in a call from the start: it cannot be changed or removed", contactIn},

	// 94xx: Callbot rows.
	"9401": {inNumber, "the row is in errList: “invalid phone number”", batch},
	"9402": {inNumber, "the row is in errList: “号码在黑名单中”", batch},
	"9403": {inNumber, "the row fails but is not in errList: the counts differ", batch},
	"9404": {inNumber, "errList names a phone that nobody sent", batch},
	"9405": {inNumber, "the row succeeds but successCount is one too high", batch},

	// 95xx: Callbot as a whole.
	"9501": {inCallbot, "retCode 1, before anything happens", callbotOps},
	"9502": {inCallbot, "retCode 2", callbotOps},
	"9503": {inCallbot, "retCode 3", callbotOps},
	"9504": {inCallbot, "retCode 4", callbotOps},
	"9505": {inCallbot, "retCode 5, before anything happens", callbotOps},
	"9506": {inCallbot, "retCode 6", callbotOps},
	"9507": {inCallbot, "retCode 7 every time", callbotOps},
	"9511": {inCallbot, "retCode 1001 every time", callbotOps},
	"9541": {inCallbot, "retCode 4001", callbotOps},
	"9551": {inCallbot, "retCode 5001, before anything happens", callbotOps},
	"9561": {inCallbot, "retCode 6001", callbotOps},
	"9562": {inCallbot, "retCode 6002", callbotOps},
	"9563": {inCallbot, "retCode 6003", callbotOps},
	"9569": {inCallbot, "retCode 4242, which nobody documented", callbotOps},
	"9571": {inTask, "retCode 1, after it happened", batch},
	"9575": {inTask, "retCode 5, after it happened", batch},
	"9576": {inTask, "retCode 5001, after it happened", batch},
	"9577": {inCallbot, "retCode 7 once, then as usual", callbotOps},
	"9578": {inCallbot, "retCode 1001 once, then as usual", callbotOps},
	"9591": {inCallbot, "the answer's signature is forged", callbotOps},
	"9592": {inCallbot, "the answer has no signature", callbotOps},
	"9593": {inCallbot, "the answer carries another requestID, and is signed with it", callbotOps},
	"9594": {inCallbot, "the answer is signed a day ago", callbotOps},
	"9595": {inCallbot, "the answer carries another uuid, and is signed with it", callbotOps},
}

// faults is what the 90xx codes do, and the 95xx codes that are answers.
var faults = makeFaults()

func makeFaults() map[string]fault {
	notJSON := func(_ *request, a answer) answer { a.status, a.body = 200, []byte(`{"id": 1, "stat`); return a }
	empty := func(_ *request, a answer) answer { a.status, a.body = 200, nil; return a }
	proxy := func(status int) func(*request, answer) answer {
		return func(*request, answer) answer { return page(status) }
	}
	fail := func(a *answer) func(*request, answer) answer {
		return func(*request, answer) answer { return *a }
	}
	busy := func(after func(time.Time) string) func(*request, answer) answer {
		return func(q *request, _ answer) answer { return *tooMany(after(q.now)) }
	}
	seconds := func(text string) func(time.Time) string { return func(time.Time) string { return text } }
	all := map[string]fault{
		"9001": {wait: 3 * time.Second},
		"9002": {wait: 20 * time.Second},
		"9003": {wait: 5 * time.Minute},
		"9004": {wait: 30 * time.Second, early: true},
		"9011": {before: true, drop: true},
		"9012": {after: true, drop: true},
		"9013": {after: true, half: true},
		"9021": {before: true, edit: fail(unsigned(message(500, "Internal Server Error")))},
		"9022": {after: true, edit: fail(unsigned(message(500, "Internal Server Error")))},
		"9023": {before: true, edit: proxy(503)},
		"9024": {after: true, edit: proxy(502)},
		"9025": {after: true, edit: notJSON},
		"9026": {edit: func(_ *request, a answer) answer { a.body = withUnknownKeys(a.body); return a }},
		"9027": {before: true, edit: proxy(200)},
		"9028": {after: true, edit: empty},
		"9029": {before: true, edit: func(*request, answer) answer {
			a := page(http.StatusFound)
			a.header.Set("Location", "/elsewhere")
			return a
		}},
		"9031": {before: true, once: true, edit: busy(seconds("1"))},
		"9032": {before: true, edit: busy(seconds("2"))},
		"9033": {before: true, once: true, edit: busy(seconds(""))},
		"9034": {before: true, once: true, edit: busy(func(now time.Time) string {
			// The date has whole seconds: rounding down would say "now".
			return now.Add(2 * time.Second).UTC().Format(http.TimeFormat)
		})},
		"9041": {before: true, edit: fail(unsigned(message(401, "Unauthorized")))},
		"9043": {before: true, edit: fail(unsigned(message(403, "Forbidden")))},
		"9044": {before: true, edit: fail(unsigned(message(404, "Not Found")))},
		"9045": {before: true, edit: func(*request, answer) answer {
			a := reply(422, map[string]any{"errors": []string{"Something else is wrong", "and another thing"}})
			a.unsigned = true
			return a
		}},
		"9051": {before: true, drop: true},
		"9052": {half: true},
		"9053": {before: true, edit: fail(unsigned(message(500, "Internal Server Error")))},
		"9054": {before: true, edit: proxy(503)},
		"9055": {edit: notJSON},
		"9056": {edit: empty},
		"9057": {before: true, edit: proxy(200)},
		"9058": {before: true, once: true, edit: fail(unsigned(message(500, "Internal Server Error")))},
	}
	for code, ret := range map[string]int{
		"9501": 1, "9502": 2, "9503": 3, "9504": 4, "9505": 5, "9506": 6, "9507": 7, "9511": 1001,
		"9541": 4001, "9551": 5001, "9561": 6001, "9562": 6002, "9563": 6003, "9569": 4242, "9577": 7, "9578": 1001,
	} {
		all[code] = fault{before: true, once: code == "9577" || code == "9578", edit: retCode(ret)}
	}
	for code, ret := range map[string]int{"9571": 1, "9575": 5, "9576": 5001} {
		all[code] = fault{after: true, edit: retCode(ret)}
	}
	for code, forge := range forgeries {
		all[code] = fault{edit: func(_ *request, a answer) answer { a.sign = forge; return a }}
	}
	return all
}

func unsigned(a *answer) *answer { a.unsigned = true; return a }

// tooMany is 429; what it says is nowhere documented (docs/api.md).
func tooMany(retryAfter string) *answer {
	a := message(http.StatusTooManyRequests, "Too many requests")
	if retryAfter != "" {
		a.header.Set("Retry-After", retryAfter)
	}
	return unsigned(a)
}

// Magic lists every magic value, in the order of their codes.
func Magic() []Value {
	codes := make([]string, 0, len(magic))
	for code := range magic {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	values := make([]Value, 0, len(codes)+1)
	for _, code := range codes {
		t := magic[code]
		values = append(values, Value{Where: t.where, Value: "+1 415 555 " + code, Code: code, Effect: t.effect, Operations: opsOf(t)})
	}
	return append(values, Value{Where: inMessage, Value: endSession,
		Effect: "ends the consumer's open SMS session; the answer is that chat, finished", Operations: smsSend})
}

func operationsThat(is func(operation.Rule) bool) []operation.Name {
	var names []operation.Name
	for _, op := range operation.Catalogue() {
		if is(op.Rule) {
			names = append(names, op.Name)
		}
	}
	return names
}

func opsOf(t trick) []operation.Name {
	if t.ops != nil {
		return t.ops
	}
	return operationsThat(func(operation.Rule) bool { return true })
}
