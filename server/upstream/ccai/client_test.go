package ccai_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream"
	"outdial/server/upstream/ccai"
	"outdial/server/upstream/upstreamtest"
	shared "outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestNew(t *testing.T) {
	for _, tc := range []struct {
		name   string
		config ccai.Config
		err    string
	}{
		{"good", ccai.Config{BaseURL: "https://acme.uc1.ccaiplatform.com", Token: "t"}, ""},
		{"loopback without TLS", ccai.Config{BaseURL: "http://127.0.0.1:8091", Token: "t", Username: "acme"}, ""},
		{"no TLS", ccai.Config{BaseURL: "http://acme.uc1.ccaiplatform.com", Token: "t"}, "https is required"},
		{"no token", ccai.Config{BaseURL: "https://acme.uc1.ccaiplatform.com"}, "no token"},
		{"a colon in the user name", ccai.Config{BaseURL: "https://acme.uc1.ccaiplatform.com", Token: "secret-1", Username: "a:b"}, "colon"},
		{"agent keys", ccai.Config{BaseURL: "https://acme.uc1.ccaiplatform.com", Token: "secret-1", AgentKeys: "kebab"}, "camel or snake"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ccai.New(tc.config)
			if tc.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.err)
			require.NotContains(t, err.Error(), "secret-1")
		})
	}
}

func TestUsername(t *testing.T) {
	for _, tc := range []struct{ base, username, want string }{
		{"https://acme.uc1.ccaiplatform.com", "", "acme"},
		{"https://acme.uc1.ccaiplatform.com", "acme.uc1", "acme.uc1"},
		{"http://127.0.0.1:8091", "", "127.0.0.1"},
	} {
		transport := upstreamtest.NewWire(t, upstreamtest.HTTP(200, "{}"))
		_, err := client(t, ccai.Config{BaseURL: tc.base, Username: tc.username, Transport: transport}).Try(context.Background(), prepared(t, operation.CCAIPing, `{}`))
		require.NoError(t, err)
		req := &http.Request{Header: http.Header{"Authorization": {between(string(transport.Requests()[0]), "Authorization: ", "\r\n")}}}
		user, password, ok := req.BasicAuth()
		require.True(t, ok)
		require.Equal(t, tc.want, user)
		require.Equal(t, "token-0001", password)
	}
}

func between(text, before, after string) string {
	_, text, _ = strings.Cut(text, before)
	text, _, _ = strings.Cut(text, after)
	return text
}

func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "ccai", "testdata", name+".json"))
	require.NoError(t, err)
	return string(data)
}

// brief is what an outcome comes to: "accepted", "refused ccai.x (text)".
func brief(r upstream.Result) string {
	var rows []string
	for _, row := range r.Rows {
		text := string(row.Outcome)
		if row.Reason != "" {
			text += " " + strings.TrimPrefix(row.Reason, "ccai.")
		}
		if row.Text != "" {
			text += " (" + row.Text + ")"
		}
		rows = append(rows, text)
	}
	return strings.Join(rows, ", ")
}

// sound checks what holds of every result, whatever the answer was.
func sound(t testing.TB, p operation.Prepared, r upstream.Result) {
	t.Helper()
	require.Len(t, r.Rows, len(p.Rows))
	for i, row := range r.Rows {
		require.Equal(t, i, row.Index)
		require.True(t, row.Outcome.Known(), row.Outcome)
		require.Equal(t, p.Rows[i].Sent, row.Sent)
		require.Equal(t, p.Rows[i].Typed, row.Typed)
		if row.Outcome == wire.Refused || row.Outcome == wire.Unknown {
			require.Contains(t, shared.Codes(), row.Reason)
		}
	}
	require.Equal(t, upstream.Overall(r.Rows), r.Outcome)
	require.Equal(t, !r.Outcome.Done(), r.Error != nil)
	if r.Error != nil {
		require.NotEmpty(t, r.Error.Message)
		require.Contains(t, shared.Codes(), r.Error.Code)
	}
	if r.Response != nil {
		require.True(t, json.Valid(r.Response))
	}
	switch r.Class {
	case upstream.PutOff, upstream.Refused:
		require.Equal(t, wire.Refused, r.Outcome)
	case upstream.Failed:
		require.Equal(t, wire.Unknown, r.Outcome)
	}
}

func try(t testing.TB, p operation.Prepared, answers ...[]byte) upstream.Result {
	t.Helper()
	r, err := client(t, ccai.Config{Transport: upstreamtest.NewWire(t, answers...)}).Try(context.Background(), p)
	require.NoError(t, err)
	sound(t, p, r)
	return r
}

const (
	dncFive = `{"contacts":[{"phone_number":"+1-7187309219","expires_at":"2022-10-29 00:00:00 UTC"},{"phone_number":"+1-(358)-213-1634"},
		{"phone_number":"+1-4151113333","expires_at":"2022-10-30 00:00:00 UTC"},{"phone_number":"+1-4151115555"},{"phone_number":"+1-7187309219","expires_at":"2022-10-27 00:00:00 UTC"}]}`
	dncTwo = `{"contacts":[{"phone_number":"+14155550100"},{"phone_number":"+14155550101"}]}`
	check  = `{"phone_number":"1-415-111-1111"}`
	add    = `{"campaign_id":1,"phone_number":"+1 415-555-0100"}`
)

// inputs is one input for every operation of a tenant.
var inputs = map[operation.Name]string{
	operation.DNCCheck:       check,
	operation.DNCAdd:         dncTwo,
	operation.DNCRemove:      `{"phone_numbers":["+14155550100","+14155550101"]}`,
	operation.SMSSend:        smsTicket,
	operation.ContactsAdd:    add,
	operation.ContactsList:   `{"campaign_id":1}`,
	operation.ContactsImport: `{"campaign_id":1,"contacts":[{"phone_number":"+14155550100"},{"phone_number":"+14155550101"}]}`,
	operation.ContactsJob:    `{"campaign_id":1,"job_id":530}`,
	operation.ContactUpdate:  `{"campaign_id":6,"contact_id":7,"name":"Bob Smith"}`,
	operation.ContactDelete:  `{"campaign_id":6,"contact_id":7}`,
	operation.CampaignsList:  `{}`,
	operation.AgentsList:     `{}`,
	operation.CCAIPing:       `{}`,
}

// What a 2xx is taken for, operation by operation.
func TestAnswers(t *testing.T) {
	for _, tc := range []struct {
		name   string
		op     operation.Name
		input  string
		status int
		body   string
		class  upstream.Class
		want   string
	}{
		{"dnc.add as printed", operation.DNCAdd, dncFive, 200, sample(t, "dnc_add"), upstream.Answered,
			"accepted, accepted, updated, updated, refused dnc_expiry_past (expires_at cannot be past date/time)"},
		{"dnc.add, the other two printed errors", operation.DNCAdd, dncTwo, 200,
			`[{"phone_number":"+14155550100","error":"phone_number is invalid","status":"failed"},{"phone_number":"+14155550101","error":"emergency phone number is not allowed","status":"failed"}]`,
			upstream.Answered, "refused dnc_phone_invalid (phone_number is invalid), refused dnc_emergency (emergency phone number is not allowed)"},
		{"dnc.add, an error nobody documented", operation.DNCAdd, dncTwo, 200,
			`[{"status":"failed","error":"list is full"},{"status":"created"}]`, upstream.Answered, "refused refused (list is full), accepted"},
		{"dnc.add, one answer short", operation.DNCAdd, dncTwo, 200, `[{"status":"created"}]`, upstream.Answered, "accepted, unknown row_missing"},
		{"dnc.add, no answers", operation.DNCAdd, dncTwo, 200, `[]`, upstream.Answered, "unknown row_missing, unknown row_missing"},
		{"dnc.add, one too many", operation.DNCAdd, dncTwo, 200, `[{"status":"created"},{"status":"updated"},{"status":"failed"}]`, upstream.Answered, "accepted, updated"},
		{"dnc.add in another order", operation.DNCAdd, dncTwo, 200,
			`[{"phone_number":"+14155550101","status":"created"},{"phone_number":"+14155550100","status":"failed","error":"phone_number is invalid"}]`,
			upstream.Answered, "unknown row_mismatch, unknown row_mismatch (phone_number is invalid)"},
		{"dnc.add, a new status", operation.DNCAdd, dncTwo, 200, `[{"status":"queued"},{}]`, upstream.Answered, "unknown row_unclear, unknown row_unclear"},
		{"dnc.add, created with an error", operation.DNCAdd, dncTwo, 200, `[{"status":"created","error":"but"},{"status":"created"}]`, upstream.Answered, "unknown row_unclear (but), accepted"},
		{"dnc.add, an object", operation.DNCAdd, dncTwo, 200, `{"message":"ok"}`, upstream.Failed, "unknown unreadable (ok), unknown unreadable (ok)"},
		{"dnc.add, nothing", operation.DNCAdd, dncTwo, 200, ``, upstream.Failed, "unknown unreadable, unknown unreadable"},

		{"dnc.remove as printed", operation.DNCRemove, inputs[operation.DNCRemove], 200, sample(t, "dnc_remove"), upstream.Answered, "accepted, accepted"},
		{"dnc.remove, empty", operation.DNCRemove, inputs[operation.DNCRemove], 204, ``, upstream.Answered, "accepted, accepted"},
		{"dnc.remove, a page", operation.DNCRemove, inputs[operation.DNCRemove], 200, `<title>Sign in</title>`, upstream.Failed, "unknown unreadable (Sign in), unknown unreadable (Sign in)"},

		{"dnc.remove, an error", operation.DNCRemove, inputs[operation.DNCRemove], 200, `{"error":"try later"}`, upstream.Failed, "unknown unreadable (try later), unknown unreadable (try later)"},

		{"dnc.check as printed", operation.DNCCheck, check, 200, sample(t, "dnc_check"), upstream.Answered, "accepted"},
		{"dnc.check, free", operation.DNCCheck, check, 200, `{"phone_number":"1-415-111-1111","expired_at":null,"do_not_call":false}`, upstream.Answered, "accepted"},
		{"dnc.check without do_not_call", operation.DNCCheck, check, 200, `{"phone_number":"1-415-111-1111"}`, upstream.Answered, "unknown check_unclear"},
		{"dnc.check of another number", operation.DNCCheck, check, 200, `{"phone_number":"1-415-111-1112","do_not_call":false}`, upstream.Answered, "unknown row_mismatch"},
		{"dnc.check, a page", operation.DNCCheck, check, 200, `<title>Sign in</title>`, upstream.Failed, "unknown not_json (Sign in)"},
		{"dnc.check, an array", operation.DNCCheck, check, 200, `[]`, upstream.Failed, "unknown unreadable"},

		{"sms with a ticket, as printed", operation.SMSSend, smsTicket, 200, sample(t, "sms_ticket"), upstream.Answered, "accepted"},
		{"sms by agent id, as printed", operation.SMSSend, smsAgentID, 200, sample(t, "sms_agent_id"), upstream.Answered, "accepted"},
		{"sms by agent e-mail, as printed", operation.SMSSend, smsEmail, 200, sample(t, "sms_agent_email"), upstream.Answered, "accepted"},
		{"sms without a ticket, as printed", operation.SMSSend, smsTicket, 200, sample(t, "sms_no_ticket"), upstream.Answered, "accepted"},
		{"sms, 201", operation.SMSSend, smsTicket, 201, `{"id":1}`, upstream.Answered, "accepted"},
		{"sms without a chat", operation.SMSSend, smsTicket, 200, `{}`, upstream.Failed, "unknown unreadable"},
		{"sms, a page", operation.SMSSend, smsTicket, 200, `<p>hello`, upstream.Failed, "unknown unreadable (hello)"},

		{"contacts.add as printed", operation.ContactsAdd, `{"campaign_id":1,` + contact + `}`, 200, sample(t, "contacts_add"), upstream.Answered, "accepted"},
		{"contacts.add, invalid", operation.ContactsAdd, add, 200, `{"valid_contacts":[],"invalid_contacts":[{"phone_number":"+14155550100","error":"phone_number is invalid"}]}`,
			upstream.Answered, "refused dnc_phone_invalid (phone_number is invalid)"},
		{"contacts.add, invalid without a reason", operation.ContactsAdd, add, 200, `{"valid_contacts":[],"invalid_contacts":["+14155550100"]}`, upstream.Answered, "refused refused"},
		{"contacts.add, in neither list", operation.ContactsAdd, add, 200, `{"valid_contacts":[],"invalid_contacts":[]}`, upstream.Answered, "unknown row_missing"},
		{"contacts.add, in both", operation.ContactsAdd, add, 200, `{"valid_contacts":[{"phone_number":"+14155550100"}],"invalid_contacts":[{"phone_number":"+14155550100"}]}`,
			upstream.Answered, "unknown row_unclear"},
		{"contacts.add, another number", operation.ContactsAdd, add, 200, `{"valid_contacts":[{"phone_number":"+14155550199"}],"invalid_contacts":[]}`, upstream.Answered, "unknown row_unclear"},
		{"contacts.add, no lists", operation.ContactsAdd, add, 200, `{"message":"ok"}`, upstream.Failed, "unknown unreadable (ok)"},

		{"contacts.list as printed", operation.ContactsList, inputs[operation.ContactsList], 200, sample(t, "contacts_list"), upstream.Answered, "accepted"},
		{"contacts.list, wrapped", operation.ContactsList, inputs[operation.ContactsList], 200, `{"contacts":[]}`, upstream.Answered, "accepted"},
		{"contacts.list, an object", operation.ContactsList, inputs[operation.ContactsList], 200, `{}`, upstream.Failed, "unknown unreadable"},

		{"contacts.import as printed", operation.ContactsImport, inputs[operation.ContactsImport], 202, ``, upstream.Answered, "accepted in_job, accepted in_job"},
		{"contacts.import, a page", operation.ContactsImport, inputs[operation.ContactsImport], 200, `<p>Sign in`, upstream.Failed, "unknown unreadable (Sign in), unknown unreadable (Sign in)"},

		{"contacts.import, an error", operation.ContactsImport, inputs[operation.ContactsImport], 200, `{"errors":["file is missing"]}`, upstream.Failed,
			"unknown unreadable (file is missing), unknown unreadable (file is missing)"},

		{"job completed, as printed", operation.ContactsJob, inputs[operation.ContactsJob], 200, sample(t, "job_completed"), upstream.Answered, "accepted"},
		{"job in progress, as printed", operation.ContactsJob, inputs[operation.ContactsJob], 200, sample(t, "job_in_progress"), upstream.Answered, "accepted"},
		{"job failed, as printed", operation.ContactsJob, inputs[operation.ContactsJob], 200, sample(t, "job_failed"), upstream.Answered, "accepted"},
		{"job without a status", operation.ContactsJob, inputs[operation.ContactsJob], 200, `{}`, upstream.Failed, "unknown unreadable"},

		{"contact.update as printed", operation.ContactUpdate, inputs[operation.ContactUpdate], 200, sample(t, "contact_update"), upstream.Answered, "updated"},
		{"contact.update, empty", operation.ContactUpdate, inputs[operation.ContactUpdate], 204, ``, upstream.Answered, "updated"},
		{"contact.update of another contact", operation.ContactUpdate, inputs[operation.ContactUpdate], 200, `{"id":8}`, upstream.Answered, "unknown row_mismatch"},
		{"contact.update, a page", operation.ContactUpdate, inputs[operation.ContactUpdate], 200, `<p>x`, upstream.Failed, "unknown unreadable (x)"},
		{"contact.update, an error", operation.ContactUpdate, inputs[operation.ContactUpdate], 200, `{"error":"contact is in a call"}`, upstream.Failed, "unknown unreadable (contact is in a call)"},
		{"contact.update, no error", operation.ContactUpdate, inputs[operation.ContactUpdate], 200, `{"id":7,"error":null,"errors":[]}`, upstream.Answered, "updated"},
		{"contact.delete, an error", operation.ContactDelete, inputs[operation.ContactDelete], 200, `{"errors":{"contact":["not found"]}}`, upstream.Failed, "unknown unreadable"},
		{"contact.delete as printed", operation.ContactDelete, inputs[operation.ContactDelete], 200, sample(t, "contact_delete"), upstream.Answered, "accepted"},
		{"contact.delete by number", operation.ContactDelete, `{"campaign_id":1,"phone_number":"+1 111-111-1111"}`, 200, sample(t, "contact_delete"), upstream.Answered, "accepted"},

		{"campaigns.list", operation.CampaignsList, `{}`, 200, `[{"id":1}]`, upstream.Answered, "accepted"},
		{"agents.list", operation.AgentsList, `{}`, 200, `[{"id":1}]`, upstream.Answered, "accepted"},
		{"ping", operation.CCAIPing, `{}`, 200, `[{"menu_id":1}]`, upstream.Answered, "accepted"},
		{"ping, a page", operation.CCAIPing, `{}`, 200, `<p>x`, upstream.Failed, "unknown not_json (x)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := try(t, prepared(t, tc.op, tc.input), upstreamtest.HTTP(tc.status, tc.body, "X-Request-Id: req-7"))
			require.Equal(t, tc.class, r.Class)
			require.Equal(t, tc.want, brief(r))
			require.Equal(t, tc.status, r.Status)
			require.Equal(t, "req-7", r.RequestID)
			if tc.body == "" {
				require.Nil(t, r.Response)
			}
		})
	}
}

// What is not 2xx, for every operation.
func TestStatuses(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		class  upstream.Class
		want   string
	}{
		{400, `{"message":"something new"}`, upstream.Refused, "refused refused (something new)"},
		{400, ``, upstream.Refused, "refused refused"},
		{401, `HTTP Basic: Access denied.`, upstream.Refused, "refused unauthorized (HTTP Basic: Access denied.)"},
		{403, `{}`, upstream.Refused, "refused forbidden"},
		{404, `<title>Not found</title>`, upstream.Refused, "refused not_found (Not found)"},
		{409, `{"error":"conflict"}`, upstream.Refused, "refused refused (conflict)"},
		{429, ``, upstream.PutOff, "refused busy"},
		{500, `{"message":"Internal Server Error"}`, upstream.Failed, "unknown failed (Internal Server Error)"},
		{502, `<html><title>502 Bad Gateway</title>`, upstream.Failed, "unknown failed (502 Bad Gateway)"},
		{503, ``, upstream.Failed, "unknown failed"},
		{302, ``, upstream.Failed, "unknown redirected"},
		{307, ``, upstream.Refused, "refused redirected"},
	} {
		for name, input := range inputs {
			t.Run(fmt.Sprint(tc.status, " ", name), func(t *testing.T) {
				p := prepared(t, name, input)
				r := try(t, p, upstreamtest.HTTP(tc.status, tc.body, "Location: https://elsewhere.example.com/"))
				require.Equal(t, tc.class, r.Class)
				require.Equal(t, strings.Repeat(tc.want+", ", len(p.Rows)), brief(r)+", ")
			})
		}
	}
}

func TestEverySMSError(t *testing.T) {
	for text, code := range map[string]string{
		"chat_type needs to be provided":                                     "ccai.sms_chat_type_missing",
		"valid chat type needs to be provided":                               "ccai.sms_chat_type_invalid",
		"SMS is not enabled":                                                 "ccai.sms_disabled",
		"Outbound SMS is not enabled":                                        "ccai.sms_outbound_disabled",
		"end_user_number is required":                                        "ccai.sms_end_user_missing",
		"end_user_number is invalid":                                         "ccai.sms_end_user_invalid",
		"Non-US phone number not allowed":                                    "ccai.sms_non_us",
		"outbound_number is required":                                        "ccai.sms_outbound_missing",
		"outbound_number is invalid":                                         "ccai.sms_outbound_invalid",
		"outbound_number is not found":                                       "ccai.sms_outbound_unknown",
		"message is required":                                                "ccai.sms_message_missing",
		"Outbound SMS failed. Consumer is already in an active SMS session.": "ccai.sms_active_session",
	} {
		r := try(t, prepared(t, operation.SMSSend, smsTicket), upstreamtest.HTTP(400, "{\n    \"message\": \""+text+"\"\n}"))
		require.Equal(t, upstream.Refused, r.Class)
		require.Equal(t, &wire.Error{Code: code, Message: text}, r.Error)
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"Retry-After: 3": 3 * time.Second,
		"Retry-After: Sat, 01 Oct 2022 00:01:00 GMT": time.Minute,
		"X-Other: 3": 0,
	} {
		r := try(t, prepared(t, operation.SMSSend, smsTicket), upstreamtest.HTTP(429, "", header))
		require.Equal(t, want, r.RetryAfter)
	}
}

func TestJobID(t *testing.T) {
	for _, tc := range []struct{ name, body, header, want string }{
		{"body", `{"id":530,"status":"created"}`, "X: y", "530"},
		{"Location", ``, "Location: /apps/api/v1/outbound_dialer/campaigns/1/contacts/jobs/530", "530"},
		{"Link", ``, `Link: <https://acme.uc1.ccaiplatform.com/contacts/jobs/530>; rel="self"`, "530"},
		{"x-job-id", ``, "x-job-id: 530", "530"},
		{"nowhere", ``, "X: y", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := try(t, prepared(t, operation.ContactsImport, inputs[operation.ContactsImport]), upstreamtest.HTTP(202, tc.body, tc.header))
			require.Equal(t, tc.want, r.JobID)
			require.Equal(t, wire.Accepted, r.Outcome)
		})
	}
}

func TestResponseIsTheUpstreamsOwn(t *testing.T) {
	body := `{ "id" : 1,  "new_key": {"a": [1.50]} }`
	require.Equal(t, body, string(try(t, prepared(t, operation.SMSSend, smsTicket), upstreamtest.HTTP(200, body)).Response))

	printed := sample(t, "dnc_check")
	r := try(t, prepared(t, operation.DNCCheck, check), upstreamtest.HTTP(200, printed))
	var text string
	require.NoError(t, json.Unmarshal(r.Response, &text), "what is not JSON travels as text")
	require.Equal(t, printed, text)
	read, err := shared.ReadCheck(r.Response)
	require.NoError(t, err)
	require.True(t, read.Listed(), "and the console reads it from there")
}

func TestGzipAnswer(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(sample(t, "sms_ticket")))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	r := try(t, prepared(t, operation.SMSSend, smsTicket), upstreamtest.HTTP(200, b.String(), "Content-Encoding: gzip"))
	require.Equal(t, "accepted", brief(r))
	r = try(t, prepared(t, operation.SMSSend, smsTicket), upstreamtest.HTTP(200, b.String()[:30], "Content-Encoding: gzip"))
	require.Equal(t, upstream.Failed, r.Class)
	require.Equal(t, shared.CodeUnreadable, r.Error.Code)
}

func TestAnswerTooLong(t *testing.T) {
	body := `{"id":1,"x":"` + strings.Repeat("a", 1000) + `"}`
	c := client(t, ccai.Config{MaxAnswer: 500, Transport: upstreamtest.NewWire(t, upstreamtest.HTTP(200, body))})
	p := prepared(t, operation.SMSSend, smsTicket)
	r, err := c.Try(context.Background(), p)
	require.NoError(t, err)
	sound(t, p, r)
	require.Equal(t, upstream.Failed, r.Class)
	require.Equal(t, shared.CodeUnreadable, r.Error.Code)
}

func TestTryOfAnotherSystem(t *testing.T) {
	op := find(t, operation.CallbotPing)
	_, err := client(t, ccai.Config{}).Try(context.Background(), operation.Prepared{Operation: op, Input: op.New()})
	var never *upstream.NeverLeft
	require.ErrorAs(t, err, &never)
}

func TestUnreachedAndUnanswered(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	_, err := client(t, ccai.Config{BaseURL: down.URL}).Try(context.Background(), prepared(t, operation.DNCCheck, check))
	var never *upstream.NeverLeft
	require.ErrorAs(t, err, &never)
	require.NotContains(t, err.Error(), "4151111111")
	require.NotContains(t, err.Error(), "token-0001")

	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	defer cut.Close()
	_, err = client(t, ccai.Config{BaseURL: cut.URL}).Try(context.Background(), prepared(t, operation.SMSSend, smsTicket))
	var unanswered *upstream.Unanswered
	require.ErrorAs(t, err, &unanswered)
}

// pages serves a list by pages in one of the ways that are known.
type pages struct {
	t        testing.TB
	all      int
	size     int
	link     bool
	total    bool
	ignore   bool // answers the first page whatever is asked
	rel      string
	requests []string
}

func (s *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests = append(s.requests, r.URL.RawQuery)
	page := 1
	if text := r.URL.Query().Get("page"); text != "" && !s.ignore {
		_, err := fmt.Sscan(text, &page)
		require.NoError(s.t, err)
	}
	from, to := min((page-1)*s.size, s.all), min(page*s.size, s.all)
	items := []string{}
	for i := from; i < to; i++ {
		items = append(items, fmt.Sprintf(`{"id":%d}`, i+1))
	}
	if s.total {
		w.Header().Set("Total", fmt.Sprint(s.all))
	}
	if s.link && to < s.all {
		rel := fmt.Sprintf(`<http://%s%s?page=1>; rel="first", <http://%s%s?page=%d>; rel="next"`, r.Host, r.URL.Path, r.Host, r.URL.Path, page+1)
		if s.rel != "" {
			rel = s.rel
		}
		w.Header().Set("Link", rel)
	}
	_, _ = w.Write([]byte("[" + strings.Join(items, ",") + "]"))
}

func TestLists(t *testing.T) {
	for _, tc := range []struct {
		name     string
		op       operation.Name
		server   pages
		max      int
		entries  int
		requests []string
		want     string
	}{
		{"one page", operation.ContactsList, pages{all: 3, size: 10}, 0, 3, []string{""}, "accepted"},
		{"Link", operation.ContactsList, pages{all: 5, size: 2, link: true}, 0, 5, []string{"", "page=2", "page=3"}, "accepted"},
		{"Total", operation.CampaignsList, pages{all: 250, size: 100, total: true}, 0, 250,
			[]string{"page=1&per=100", "page=2&per=100", "page=3&per=100"}, "accepted"},
		{"Link and Total", operation.AgentsList, pages{all: 5, size: 2, link: true, total: true}, 0, 5, []string{"page=1&per=100", "page=2", "page=3"}, "accepted"},
		{"Total of contacts: the page size seen is asked for", operation.ContactsList, pages{all: 5, size: 2, total: true}, 0, 5,
			[]string{"", "page=2&per_page=2", "page=3&per_page=2"}, "accepted"},
		{"a server that repeats its page", operation.ContactsList, pages{all: 5, size: 2, total: true, ignore: true}, 0, 2,
			[]string{"", "page=2&per_page=2"}, "unknown list_incomplete"},
		{"a link to itself", operation.ContactsList, pages{all: 5, size: 2, link: true, rel: `<?>; rel=next`}, 0, 2, []string{""}, "unknown list_incomplete"},
		{"a link to another host", operation.ContactsList, pages{all: 5, size: 2, link: true, rel: `<https://evil.example.com/apps/api/v1/outbound_dialer/campaigns/1/contacts?page=2>; rel="next"`}, 0, 2, []string{""}, "unknown list_incomplete"},
		{"a link to another path", operation.ContactsList, pages{all: 5, size: 2, link: true, rel: `</apps/api/v1/sms?page=2>; rel="next"`}, 0, 2, []string{""}, "unknown list_incomplete"},
		{"a link of another kind", operation.ContactsList, pages{all: 5, size: 2, link: true, rel: `<?page=2>; rel="last"; title="next"`}, 0, 2, []string{""}, "accepted"},
		{"more pages than we take", operation.ContactsList, pages{all: 9, size: 2, link: true}, 2, 4, []string{"", "page=2"}, "unknown list_incomplete"},
		{"none", operation.CampaignsList, pages{all: 0, size: 2, total: true}, 0, 0, []string{"page=1&per=100"}, "accepted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.server.t = t
			server := httptest.NewServer(&tc.server)
			defer server.Close()
			turns := 0
			c := client(t, ccai.Config{BaseURL: server.URL, MaxPages: tc.max, Turn: func(context.Context) error { turns++; return nil }})
			p := prepared(t, tc.op, inputs[tc.op])
			r, err := c.Try(context.Background(), p)
			require.NoError(t, err)
			sound(t, p, r)
			require.Equal(t, tc.want, brief(r))
			require.Equal(t, tc.requests, tc.server.requests)
			require.Equal(t, len(tc.requests)-1, turns, "each further page takes its turn")
			var entries []struct{ ID int }
			require.NoError(t, json.Unmarshal(r.Response, &entries))
			require.Len(t, entries, tc.entries)
			for i, e := range entries {
				require.Equal(t, i+1, e.ID)
			}
		})
	}
}

func TestListFailsInTheMiddle(t *testing.T) {
	p := prepared(t, operation.ContactsList, inputs[operation.ContactsList])
	first := upstreamtest.HTTP(200, `[{"id":1}]`, `Link: <?page=2>; rel="next"`)
	r := try(t, p, first, upstreamtest.HTTP(429, "", "Retry-After: 2"))
	require.Equal(t, upstream.PutOff, r.Class)
	require.Equal(t, 2*time.Second, r.RetryAfter)
	r = try(t, p, first, upstreamtest.HTTP(200, "<p>x"))
	require.Equal(t, upstream.Failed, r.Class)

	stop := errors.New("stop")
	c := client(t, ccai.Config{Transport: upstreamtest.NewWire(t, first), Turn: func(context.Context) error { return stop }})
	_, err := c.Try(context.Background(), p)
	require.ErrorIs(t, err, stop)
}

// Pages are kept until the last has come: their sum is bounded like one answer.
func TestListTooLong(t *testing.T) {
	page := upstreamtest.HTTP(200, `[{"id":1,"name":"`+strings.Repeat("x", 80)+`"}]`, `Link: <?page=2>; rel="next"`)
	last := upstreamtest.HTTP(200, `[{"id":2,"name":"`+strings.Repeat("x", 80)+`"}]`, `Link: <?page=3>; rel="next"`)
	c := client(t, ccai.Config{MaxAnswer: 120, Transport: upstreamtest.NewWire(t, page, last, upstreamtest.HTTP(200, `[]`))})
	r, err := c.Try(context.Background(), prepared(t, operation.ContactsList, inputs[operation.ContactsList]))
	require.NoError(t, err)
	require.Equal(t, "unknown list_incomplete", brief(r))
	require.Contains(t, string(r.Response), `"id":2`, "what was read is shown")
}

// Whatever an upstream answers, every row has one outcome and a 5xx is never a yes.
func FuzzAnswer(f *testing.F) {
	names := make([]operation.Name, 0, len(inputs))
	for _, op := range operation.Catalogue() {
		if op.System != operation.CCAI {
			continue
		}
		if inputs[op.Name] == "" {
			f.Fatal("no input for ", op.Name)
		}
		names = append(names, op.Name)
	}
	for i := range names {
		for _, body := range []string{`{}`, `[]`, `[{"status":"created"}]`, `{"id":1}`, `{"do_not_call":true}`, `{"message":"no"}`, `<p>`, ``} {
			f.Add(uint8(i), 200, body)
		}
	}
	f.Add(uint8(0), 429, "")
	f.Add(uint8(0), 500, "")
	f.Fuzz(func(t *testing.T, which uint8, status int, body string) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			return
		}
		p := prepared(t, names[int(which)%len(names)], inputs[names[int(which)%len(names)]])
		r := try(t, p, upstreamtest.HTTP(status, body))
		if status >= 500 {
			require.Equal(t, wire.Unknown, r.Outcome)
		}
		if status >= 300 {
			require.False(t, r.Outcome.Done())
		}
	})
}
