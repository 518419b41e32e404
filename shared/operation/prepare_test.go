package operation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/callbot"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
)

var now = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

func env() operation.Env {
	ids := 0
	return operation.Env{
		Judge:  library.New(),
		Region: "US",
		Now:    now,
		NewID:  func() string { ids++; return fmt.Sprintf("id-%d", ids) },
		Limits: map[string]int{"dnc": 3, "import": 3, "callbot": 3},
	}
}

func prepare(t testing.TB, name operation.Name, body string) operation.Prepared {
	t.Helper()
	p, err := find(t, name).Prepare([]byte(body), env())
	require.NoError(t, err)
	return p
}

func TestMalformed(t *testing.T) {
	for _, body := range []string{"", " ", "null", "[]", `"x"`, "1", "{", `{"a":1,}`, `{} {}`, "{}x", "\x00", `{"phone_number":"\x"}`} {
		_, err := find(t, operation.DNCCheck).Prepare([]byte(body), env())
		require.ErrorIs(t, err, operation.ErrMalformed, "%q", body)
	}
}

const (
	long  = 300 // beyond 255
	order = `"userPhone":"+8615600000001"`
)

// Every problem there is, each at its field.
func TestProblems(t *testing.T) {
	list := func(calls string) string {
		return `{"userTaskID":"t","callInfoList":{"callList":[` + calls + `]}}`
	}
	reached := map[string]bool{}
	for _, tc := range []struct {
		name, code, field string
		op                operation.Name
		body              string
		params            map[string]string
	}{
		{"a number for a text", operation.CodeType, "phone_number", operation.DNCCheck, `{"phone_number":4155550100}`, nil},
		{"a text for a number", operation.CodeType, "campaign_id", operation.ContactsList, `{"campaign_id":"1"}`, nil},
		{"a fraction", operation.CodeType, "campaign_id", operation.ContactsList, `{"campaign_id":1.5}`, nil},
		{"beyond 64 bits", operation.CodeType, "campaign_id", operation.ContactsList, `{"campaign_id":99999999999999999999}`, nil},
		{"an object for a list", operation.CodeType, "contacts", operation.DNCAdd, `{"contacts":{}}`, nil},
		{"a text for an object", operation.CodeType, "contacts[1]", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100"},"+14155550101"]}`, nil},
		{"a list inside a list", operation.CodeType, "phone_numbers[0]", operation.DNCRemove, `{"phone_numbers":[["x"]]}`, nil},
		{"unknown", operation.CodeUnknownField, "phone", operation.DNCCheck, `{"phone_number":"+14155550100","phone":"x"}`, nil},
		{"unknown, deep", operation.CodeUnknownField, "contacts[0].name", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100","name":"x"}]}`, nil},
		{"another letter case", operation.CodeUnknownField, "Phone_Number", operation.DNCCheck, `{"Phone_Number":"+14155550100"}`, nil},
		{"the other spelling of an agent field", operation.CodeUnknownField, "agent_id", operation.SMSSend, `{"agent_id":1}`, nil},
		{"repeated", operation.CodeRepeatedField, "phone_number", operation.DNCCheck, `{"phone_number":"+14155550100","phone_number":"+14155550101"}`, nil},
		{"required", operation.CodeRequired, "phone_number", operation.DNCCheck, `{}`, nil},
		{"required, null", operation.CodeRequired, "phone_number", operation.DNCCheck, `{"phone_number":null}`, nil},
		{"required, blank", operation.CodeRequired, "message", operation.SMSSend, `{"message":" \n"}`, nil},
		{"required list", operation.CodeRequired, "contacts", operation.DNCAdd, `{"contacts":[]}`, nil},
		{"required inside a null element", operation.CodeRequired, "contacts[0].phone_number", operation.DNCAdd, `{"contacts":[null]}`, nil},
		{"required element", operation.CodeRequired, "phone_numbers[1]", operation.DNCRemove, `{"phone_numbers":["+14155550100",""]}`, nil},
		{"required id", operation.CodeRequired, "job_id", operation.ContactsJob, `{"campaign_id":1}`, nil},
		{"too long", operation.CodeTooLong, "name", operation.ContactsAdd, `{"campaign_id":1,"phone_number":"+14155550100","name":"` + strings.Repeat("é", long) + `"}`, map[string]string{"max": "255"}},
		{"too many", operation.CodeTooMany, "phone_numbers", operation.DNCRemove, `{"phone_numbers":["1","2","3","4"]}`, map[string]string{"max": "3"}},
		{"control characters", operation.CodeControl, "name", operation.ContactsAdd, `{"campaign_id":1,"phone_number":"+14155550100","name":"a\u0000b"}`, nil},
		{"e-mail", operation.CodeEmail, "email", operation.ContactsAdd, `{"campaign_id":1,"phone_number":"+14155550100","email":"nobody"}`, nil},
		{"e-mail with a control character", operation.CodeEmail, "email", operation.ContactsAdd, `{"campaign_id":1,"phone_number":"+14155550100","email":"a\u0001@example.com"}`, nil},
		{"address without TLS", operation.CodeURL, "callInfoList.orderCallbackUrl", operation.CallbotImport, `{"userTaskID":"t","callInfoList":{"orderCallbackUrl":"http://example.com","callList":[{` + order + `}]}}`, nil},
		{"address with a line break", operation.CodeURL, "callInfoList.callCallbackUrl", operation.CallbotImport, `{"userTaskID":"t","callInfoList":{"callCallbackUrl":"https://example.com/\nx","callList":[{` + order + `}]}}`, nil},
		{"negative id", operation.CodeID, "campaign_id", operation.ContactsList, `{"campaign_id":-1}`, nil},
		{"no date", operation.CodeTime, "contacts[0].expires_at", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100","expires_at":"next year"}]}`, nil},
		{"a date without a zone", operation.CodeTime, "contacts[0].expires_at", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100","expires_at":"2030-01-01 00:00:00"}]}`, nil},
		{"a past date", operation.CodeTimePast, "contacts[0].expires_at", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100","expires_at":"2026-08-01 12:00:00 UTC"}]}`, nil},
		{"an impossible number", operation.CodePhone, "contacts[0].phone_number", operation.DNCAdd, `{"contacts":[{"phone_number":"sssssss"}]}`, map[string]string{"reason": "not_a_number"}},
		{"a number with too many digits", operation.CodePhone, "phone_numbers[0]", operation.DNCRemove, `{"phone_numbers":["1-415-333-333-3333"]}`, map[string]string{"reason": "too_long"}},
		{"an emergency number", operation.CodeEmergency, "contacts[0].phone_number", operation.DNCAdd, `{"contacts":[{"phone_number":"911"}]}`, nil},
		{"a duplicate fails an import", operation.CodeDuplicate, "contacts[1].phone_number", operation.ContactsImport, `{"campaign_id":1,"contacts":[{"phone_number":"+14155550100"},{"phone_number":"(415) 555-0100"}]}`, map[string]string{"first": "1"}},
		{"none of three", operation.CodeOneOf, "contact_id", operation.ContactDelete, `{"campaign_id":1}`, nil},
		{"two of three", operation.CodeOneOf, "contact_id", operation.ContactDelete, `{"campaign_id":1,"contact_id":7,"external_unique_id":"x"}`, nil},
		{"both agents", operation.CodeEither, "agentEmail", operation.SMSSend, `{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":"x","agentId":1,"agentEmail":"a@example.com"}`, nil},
		{"an update of nothing", operation.CodeNothingToDo, "contact_id", operation.ContactUpdate, `{"campaign_id":1,"contact_id":7}`, nil},
		{"another product", operation.CodeFixed, "productID", operation.CallbotImport, `{"productID":"voice","userTaskID":"t","callInfoList":{"callList":[{` + order + `}]}}`, map[string]string{"value": "callbot"}},
		{"a variable missing", operation.CodeParamsDiffer, "callInfoList.callList[1].params", operation.CallbotImport,
			list(`{` + order + `,"params":[{"name":"day","value":"x"}]},{"userPhone":"+8615600000002"}`), map[string]string{"name": "day"}},
		{"a variable twice", operation.CodeRepeatedParam, "callInfoList.callList[0].params", operation.CallbotImport,
			list(`{` + order + `,"params":[{"name":"day","value":"x"},{"name":"day","value":"y"}]}`), map[string]string{"name": "day"}},
		{"an order twice", operation.CodeRepeatedOrders, "callInfoList.callList[1].orderID", operation.CallbotImport,
			list(`{` + order + `,"orderID":"a"},{"userPhone":"+8615600000002","orderID":"a"}`), map[string]string{"first": "1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := prepare(t, tc.op, tc.body)
			var found *operation.Problem
			for i, problem := range p.Problems {
				require.NotEmpty(t, problem.Detail)
				if problem.Field == tc.field {
					require.Nil(t, found, "one problem a field")
					found = &p.Problems[i]
				}
			}
			require.NotNil(t, found, "%+v", p.Problems)
			require.Equal(t, tc.code, found.Code)
			require.Equal(t, tc.params, found.Params)
		})
		reached[tc.code] = true
	}
	for _, code := range []string{operation.CodeType, operation.CodeUnknownField, operation.CodeRepeatedField, operation.CodeRequired, operation.CodeTooLong,
		operation.CodeTooMany, operation.CodeControl, operation.CodeEmail, operation.CodeURL, operation.CodeID, operation.CodeTime, operation.CodeTimePast,
		operation.CodePhone, operation.CodeEmergency, operation.CodeDuplicate, operation.CodeOneOf, operation.CodeEither, operation.CodeNothingToDo,
		operation.CodeFixed, operation.CodeParamsDiffer, operation.CodeRepeatedParam, operation.CodeRepeatedOrders} {
		require.True(t, reached[code], code)
	}
}

// Every hint there is: the request may leave all the same.
func TestHints(t *testing.T) {
	sms := func(to, message string) string {
		return `{"end_user_number":"` + to + `","outbound_number":"+16285550199","message":"` + message + `"}`
	}
	for _, tc := range []struct {
		name  string
		op    operation.Name
		body  string
		hints []string
	}{
		{"none", operation.SMSSend, sms("+14155550100", "hello"), nil},
		{"unusual, as the vendor's own samples", operation.DNCAdd, `{"contacts":[{"phone_number":"+1-(358)-213-1634"},{"phone_number":"+1 111-111-1111"}]}`,
			[]string{"contacts[0].phone_number unusual", "contacts[1].phone_number unusual"}},
		{"a foreign consumer", operation.SMSSend, sms("+886912345678", "hello"), []string{"end_user_number foreign TW"}},
		{"a Canadian consumer", operation.SMSSend, sms("+14165550100", "hello"), []string{"end_user_number foreign CA"}},
		{"protection under five years", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100","expires_at":"2031-07-31 00:00:00 UTC"}]}`, []string{"contacts[0].expires_at short_expiry"}},
		{"protection of five years", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100","expires_at":"2031-08-01 12:00:00 UTC"}]}`, nil},
		{"twice in do-not-call", operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550100"},{"phone_number":"415-555-0100"}]}`, []string{"contacts[1].phone_number duplicate 1"}},
		{"twice in a removal", operation.DNCRemove, `{"phone_numbers":["+14155550100","415-555-0100"]}`, []string{"phone_numbers[1] duplicate 1"}},
		{"twice in a batch", operation.CallbotImport, `{"userTaskID":"t","callInfoList":{"callList":[{` + order + `},{` + order + `}]}}`, []string{"callInfoList.callList[1].userPhone duplicate 1"}},
		{"a long message", operation.SMSSend, sms("+14155550100", strings.Repeat("a", 1601)), []string{"message long_message"}},
		{"a message at the ceiling", operation.SMSSend, sms("+14155550100", strings.Repeat("é", 1600)), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := prepare(t, tc.op, tc.body)
			require.Empty(t, p.Problems)
			var got []string
			for _, h := range p.Hints {
				text := h.Field + " " + h.Code
				for _, param := range h.Params {
					text += " " + param
				}
				got = append(got, text)
			}
			require.Equal(t, tc.hints, got)
		})
	}
}

func TestPrepareNormalises(t *testing.T) {
	p := prepare(t, operation.DNCAdd, `{"note":" asked by phone ","contacts":[{"phone_number":" (415) 555-0100 ","expires_at":"2040-01-01T02:00:00+02:00"},{"phone_number":"+886 912-345-678"}]}`)
	require.Empty(t, p.Problems)
	require.Equal(t, &ccai.DNCAdd{Note: "asked by phone", Contacts: []ccai.DNCContact{
		{PhoneNumber: "+14155550100", ExpiresAt: "2040-01-01 00:00:00 UTC"}, {PhoneNumber: "+886912345678"}}}, p.Input)
	require.Equal(t, []operation.Item{{Typed: " (415) 555-0100 ", Sent: "+14155550100"}, {Typed: "+886 912-345-678", Sent: "+886912345678"}}, p.Rows)
	require.Equal(t, "asked by phone", p.Note)
	require.Len(t, p.Numbers, 2)
	require.Equal(t, "contacts[1].phone_number", p.Numbers[1].Field)

	p = prepare(t, operation.SMSSend, `{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":" keep my spaces ","ticket_id":" T1 "}`)
	require.Equal(t, &ccai.SMS{ChatType: "Messaging (SMS)", EndUserNumber: "+14155550100", OutboundNumber: "+16285550199", Message: " keep my spaces ", TicketID: "T1"}, p.Input)
	require.Equal(t, []operation.Item{{Typed: "+14155550100", Sent: "+14155550100"}}, p.Rows, "the row is the consumer, not the outbound number")

	p = prepare(t, operation.DNCCheck, `{"phone_number":"415-555-0100"}`)
	require.Equal(t, []operation.Item{{Typed: "415-555-0100", Sent: "+14155550100"}}, p.Rows)

	p = prepare(t, operation.CallbotImport, `{"userTaskID":"t","callInfoList":{"callList":[{"userPhone":"+86 156 0000 0001","orderID":"mine"},{"userPhone":"+86 156 0000 0002"}]}}`)
	require.Empty(t, p.Problems)
	require.Equal(t, &callbot.Import{ProductID: "callbot", UserTaskID: "t", CallInfoList: callbot.CallInfoList{CallList: []callbot.Call{
		{OrderID: "mine", UserPhone: "8615600000001", Params: []callbot.Param{}}, {OrderID: "id-1", UserPhone: "8615600000002", Params: []callbot.Param{}}}}}, p.Input)
	require.Equal(t, "8615600000002", p.Rows[1].Sent)
}

func TestPrepareFills(t *testing.T) {
	e := env()
	e.Fill = map[string]string{"chat_type": "Messaging (API)", "order_callback": "https://hooks.example.com/order"}
	p, err := find(t, operation.SMSSend).Prepare([]byte(`{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":"x"}`), e)
	require.NoError(t, err)
	require.Equal(t, "Messaging (API)", p.Input.(*ccai.SMS).ChatType)
	p, err = find(t, operation.CallbotImport).Prepare([]byte(`{"userTaskID":"t","callInfoList":{"callList":[{`+order+`}]}}`), e)
	require.NoError(t, err)
	require.Equal(t, "https://hooks.example.com/order", p.Input.(*callbot.Import).CallInfoList.OrderCallbackURL)
	e.NewID = nil
	p, err = find(t, operation.CallbotImport).Prepare([]byte(`{"userTaskID":"t","callInfoList":{"callList":[{`+order+`}]}}`), e)
	require.NoError(t, err)
	require.Empty(t, p.Input.(*callbot.Import).CallInfoList.CallList[0].OrderID)
	require.Equal(t, "en", prepare(t, operation.CCAIPing, `{}`).Input.(*ccai.Ping).Lang)
	require.Equal(t, "ping", prepare(t, operation.CallbotPing, `{}`).Input.(*callbot.Ping).Data)
}

// A row's number is its own, never the outbound number beside it.
func TestRowOfAnImpossibleNumber(t *testing.T) {
	p := prepare(t, operation.ContactsImport, `{"campaign_id":1,"contacts":[{"phone_number":"12","outbound_number":"+16285550199"}]}`)
	require.Equal(t, "contacts[0].phone_number", p.Problems[0].Field)
	require.Equal(t, []operation.Item{{}}, p.Rows)
}

func TestManyProblemsAreNamedInTime(t *testing.T) {
	e := env()
	e.Limits = nil
	body := `{"phone_numbers":["12"` + strings.Repeat(`,"12"`, 49_999) + `]}`
	started := time.Now()
	p, err := find(t, operation.DNCRemove).Prepare([]byte(body), e)
	require.NoError(t, err)
	require.Len(t, p.Problems, 50_000)
	require.Less(t, time.Since(started), 10*time.Second)
}

// A body that is nothing but mistakes costs no more than its size: the server
// judges bodies of whoever is signed in.
func TestBodyThatIsNothingButMistakes(t *testing.T) {
	var unknown strings.Builder
	for i := range 100_001 {
		fmt.Fprintf(&unknown, `"%x":1,`, i)
	}
	p := prepare(t, operation.DNCCheck, `{`+unknown.String()+`"phone_number":"+14155550100"}`)
	require.Len(t, p.Problems, 100_000)

	p = prepare(t, operation.DNCAdd, `{"contacts":[1`+strings.Repeat(",1", 1_000_000)+`]}`)
	require.Len(t, p.Problems, 1, "nothing is read of a list beyond its limit")
	require.Equal(t, operation.CodeTooMany, p.Problems[0].Code)
	require.Empty(t, p.Input.(*ccai.DNCAdd).Contacts)

	e := env()
	e.Limits = nil
	variables := `{"name":"a"}`
	for i := range 20_000 {
		variables += fmt.Sprintf(`,{"name":"v%d"}`, i)
	}
	rows := strings.Repeat(`,{`+order+`}`, 5_000)
	started := time.Now()
	p, err := find(t, operation.CallbotImport).Prepare([]byte(`{"userTaskID":"t","callInfoList":{"callList":[{`+order+`,"params":[`+variables+`]}`+rows+`]}}`), e)
	require.NoError(t, err)
	require.Len(t, p.Problems, 5_000)
	nameless := `,"params":[{}` + strings.Repeat(",{}", 100_000) + `]`
	p, err = find(t, operation.CallbotImport).Prepare([]byte(`{"userTaskID":"t","callInfoList":{"callList":[{`+order+nameless+`}]}}`), e)
	require.NoError(t, err)
	require.Len(t, p.Problems, 100_000)
	require.Less(t, time.Since(started), 10*time.Second)
}

func TestRequest(t *testing.T) {
	for _, tc := range []struct {
		op                        operation.Name
		body                      string
		method, path, query, sent string
	}{
		{operation.DNCCheck, `{"phone_number":"+14155550100"}`, "GET", "/apps/api/v1/outbound_dialer/dnc/check", "phone_number=%2B14155550100", ""},
		{operation.DNCRemove, `{"phone_numbers":["+14155550100"],"note":"kept here"}`, "POST", "/apps/api/v1/outbound_dialer/dnc/remove", "", `{"phone_numbers":["+14155550100"]}`},
		{operation.ContactsJob, `{"campaign_id":1,"job_id":530}`, "GET", "/apps/api/v1/outbound_dialer/campaigns/1/contacts/jobs/530", "", ""},
		{operation.ContactsImport, `{"campaign_id":1,"contacts":[{"phone_number":"+14155550100","name":"<b>"}]}`, "POST", "/apps/api/v1/outbound_dialer/campaigns/1/contacts/import", "", `[{"name":"<b>","phone_number":"+14155550100"}]`},
		{operation.ContactDelete, `{"campaign_id":1,"contact_id":7}`, "DELETE", "/apps/api/v1/outbound_dialer/campaigns/1/contact", "", `{"contact_id":7}`},
		{operation.CCAIPing, `{"lang":"fr"}`, "GET", "/apps/api/v1/wait_times", "lang=fr", ""},
		{operation.CallbotPing, `{}`, "POST", "/callcentre/api/v3/ping", "", `{"data":"ping"}`},
	} {
		t.Run(string(tc.op), func(t *testing.T) {
			p := prepare(t, tc.op, tc.body)
			require.Empty(t, p.Problems)
			req, err := p.Operation.Request(p.Input)
			require.NoError(t, err)
			require.Equal(t, operation.Request{Method: tc.method, Path: tc.path, Query: tc.query, Body: []byte(tc.sent)},
				operation.Request{Method: req.Method, Path: req.Path, Query: req.Query, Body: append([]byte{}, req.Body...)})
		})
	}
}

func TestRequestOfAnUnknownPlaceholder(t *testing.T) {
	op := find(t, operation.DNCCheck)
	op.Path += "/{nobody}"
	_, err := op.Request(op.New())
	require.Error(t, err)
}

// holds checks what is true of every prepared request.
func holds(t testing.TB, p operation.Prepared) {
	t.Helper()
	require.NotEmpty(t, p.Rows)
	for _, problem := range append(p.Problems, p.Hints...) {
		require.NotEmpty(t, problem.Code)
	}
	if len(p.Problems) > 0 {
		return
	}
	want := 1
	switch in := p.Input.(type) {
	case *ccai.DNCAdd:
		want = len(in.Contacts)
	case *ccai.DNCRemove:
		want = len(in.PhoneNumbers)
	case *ccai.ContactsImport:
		want = len(in.Contacts)
	case *callbot.Import:
		want = len(in.CallInfoList.CallList)
	}
	require.Len(t, p.Rows, want, "one row for each line")
	req, err := p.Operation.Request(p.Input)
	require.NoError(t, err)
	require.NotContains(t, req.Path, "{")
	if p.Operation.Body == operation.NoBody {
		require.Nil(t, req.Body)
	} else {
		require.True(t, json.Valid(req.Body), string(req.Body))
	}
	for _, row := range p.Rows {
		require.Equal(t, row.Typed == "", row.Sent == "")
		if p.Operation.Body != operation.NoBody && row.Sent != "" {
			require.Contains(t, string(req.Body), `"`+row.Sent+`"`)
		}
	}
	if p.Note != "" {
		require.NotContains(t, string(req.Body), `"note":`, "a note is never sent on")
	}
	if p.Operation.System == operation.CCAI {
		again, err := json.Marshal(p.Input)
		require.NoError(t, err)
		second, err := p.Operation.Prepare(again, env())
		require.NoError(t, err)
		require.Empty(t, second.Problems, string(again))
		require.Equal(t, p.Input, second.Input, "what was prepared is prepared the same again")
	}
}

// Requests put together at random from good and bad values.
func TestOneRowForEachLine(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	values := []string{`"+14155550100"`, `"(415) 555-0101"`, `"+1-(358)-213-1634"`, `"911"`, `"x"`, `""`, `null`, `7`, `"2040-01-01 00:00:00 UTC"`, `"2040-01-01"`,
		`"a@example.com"`, `"https://example.com/x"`, `"王小明 <b>"`, `[]`, `{}`, `-1`, `true`}
	likely := map[string][]string{
		"phone": {`"+14155550100"`, `"(415) 555-0101"`, `"+886 912 345 678"`}, "time": {`"2040-01-01 00:00:00 UTC"`}, "email": {`"a@example.com"`},
		"id": {`7`, `530`}, "url": {`"https://example.com/x"`}, "": {`"text"`, `"王小明 <b>"`},
	}
	value := func(f operation.Field) string {
		if random.IntN(12) == 0 {
			return values[random.IntN(len(values))]
		}
		all := likely[f.Is]
		return all[random.IntN(len(all))]
	}
	left := 0
	for range 4_000 {
		op := operation.Catalogue()[random.IntN(len(operation.Catalogue()))]
		body := object(random, op.Fields(), value)
		e := env()
		p, err := op.Prepare([]byte(body), e)
		require.NoError(t, err, body)
		holds(t, p)
		if len(p.Problems) == 0 {
			left++
		}
	}
	require.Greater(t, left, 500, "enough of them may leave")
}

// object writes an object that has most of the fields.
func object(random *rand.Rand, fields []operation.Field, value func(operation.Field) string) string {
	groups := map[string][]operation.Field{}
	var names []string
	for _, f := range fields {
		if !f.Must && random.IntN(2) == 0 {
			continue
		}
		name := f.Path
		if at := strings.IndexAny(f.Path, ".["); at >= 0 {
			name = f.Path[:at]
		}
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], f)
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", name)
		first := groups[name][0]
		rest := strings.TrimPrefix(first.Path, name)
		inner := make([]operation.Field, 0, len(groups[name]))
		for _, f := range groups[name] {
			f.Path = strings.TrimLeft(strings.TrimPrefix(f.Path, name), "[].")
			inner = append(inner, f)
		}
		switch {
		case rest == "":
			b.WriteString(value(first))
		case rest == "[]":
			b.WriteString("[" + value(first) + "," + value(first) + "]")
		case strings.HasPrefix(rest, "[]"):
			b.WriteByte('[')
			for j := range random.IntN(4) {
				if j > 0 {
					b.WriteByte(',')
				}
				b.WriteString(object(random, inner, value))
			}
			b.WriteByte(']')
		default:
			b.WriteString(object(random, inner, value))
		}
	}
	b.WriteByte('}')
	return b.String()
}

func FuzzPrepare(f *testing.F) {
	for i := range operation.Catalogue() {
		for _, seed := range []string{`{}`, `{"contacts":[{"phone_number":"+14155550100","expires_at":"2040-01-01 00:00:00 UTC"}]}`,
			`{"campaign_id":1,"contact_id":7,"name":"x"}`, `{"userTaskID":"t","callInfoList":{"callList":[{"userPhone":"+8615600000001","params":[{"name":"a","value":"b"}]}]}}`,
			`{"phone_numbers":["415 555 0100"],"note":"x"}`, `{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":"x"}`} {
			f.Add(uint8(i), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		op := operation.Catalogue()[int(which)%len(operation.Catalogue())]
		p, err := op.Prepare(body, env())
		if err != nil {
			require.ErrorIs(t, err, operation.ErrMalformed)
			return
		}
		holds(t, p)
	})
}
