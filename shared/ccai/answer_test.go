package ccai_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/answer"
	"outdial/shared/ccai"
)

// sample is a body as the vendor's page prints it.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(t, err)
	return data
}

func at(text string) *time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return &t
}

func TestReadDNCResultsPrinted(t *testing.T) {
	got, err := ccai.ReadDNCResults(sample(t, "dnc_add"))
	require.NoError(t, err)
	require.Equal(t, []ccai.DNCResult{
		{PhoneNumber: "+1-7187309219", ExpiresAt: at("2022-10-29T00:00:00Z"), Status: "created"},
		{PhoneNumber: "+1-(358)-213-1634", Status: "created"},
		{PhoneNumber: "+1-4151113333", ExpiresAt: at("2022-10-30T00:00:00Z"), Status: "updated"},
		{PhoneNumber: "+1-4151115555", Status: "updated"},
		{PhoneNumber: "+1-7187309219", ExpiresAt: at("2022-10-27T00:00:00Z"), Status: "failed", Error: "expires_at cannot be past date/time"},
		{PhoneNumber: "sssssss", Status: "failed", Error: "phone_number is invalid"},
		{PhoneNumber: "911", ExpiresAt: at("2023-02-05T00:00:00Z"), Status: "failed", Error: "emergency phone number is not allowed"},
	}, got)
}

func TestReadDNCResultsOtherForms(t *testing.T) {
	got, err := ccai.ReadDNCResults([]byte(`[null, {"status":"FAILED","errors":{"phone_number":["is invalid"]},"new_key":1}, {"phone_number":14155550100}]`))
	require.NoError(t, err)
	require.Equal(t, []ccai.DNCResult{
		{},
		{Status: "failed", Error: "phone_number is invalid"},
		{PhoneNumber: "14155550100"},
	}, got)
	_, err = ccai.ReadDNCResults([]byte(`{"message":"no"}`))
	require.ErrorIs(t, err, answer.ErrUnreadable)
}

func TestReadCheck(t *testing.T) {
	yes, no := true, false
	expiry := at("2023-08-05T22:02:36.362009Z")
	for _, tc := range []struct {
		name, in string
		want     ccai.Check
	}{
		{"as printed, its comma missing", string(sample(t, "dnc_check")),
			ccai.Check{"1-415-111-1111", &yes, expiry, "2023-08-05 22:02:36.362009 +0000"}},
		{"expires_at, as in add", `{"phone_number":"1","expires_at":"2022-10-29 00:00:00 UTC","do_not_call":true}`,
			ccai.Check{"1", &yes, at("2022-10-29T00:00:00Z"), "2022-10-29 00:00:00 UTC"}},
		{"ISO 8601", `{"expired_at":"2024-08-05T14:51:49.000Z","do_not_call":true}`,
			ccai.Check{"", &yes, at("2024-08-05T14:51:49Z"), "2024-08-05T14:51:49.000Z"}},
		{"not listed", `{"phone_number":"1","expired_at":null,"do_not_call":false}`, ccai.Check{"1", &no, nil, ""}},
		{"for good", `{"phone_number":"1","do_not_call":true}`, ccai.Check{"1", &yes, nil, ""}},
		{"an unreadable expiry is kept as text", `{"expired_at":"soon","do_not_call":true}`, ccai.Check{"", &yes, nil, "soon"}},
		{"do_not_call missing", `{"phone_number":"1"}`, ccai.Check{PhoneNumber: "1"}},
		{"do_not_call null", `{"do_not_call":null}`, ccai.Check{}},
		{"a word is no boolean", `{"do_not_call":"false"}`, ccai.Check{}},
		{"a number is no boolean", `{"do_not_call":0}`, ccai.Check{}},
		{"unknown keys", `{"do_not_call":false,"region":{"a":[1]}}`, ccai.Check{"", &no, nil, ""}},
		{"carried as text by an envelope", `"{\"do_not_call\": true\n\"x\": 1}"`, ccai.Check{"", &yes, nil, ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ccai.ReadCheck([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.want.DoNotCall != nil && *tc.want.DoNotCall, got.Listed())
		})
	}
	for _, in := range []string{"", "[]", "null", "<html></html>", `{"do_not_call":tru`} {
		_, err := ccai.ReadCheck([]byte(in))
		require.ErrorIs(t, err, answer.ErrUnreadable, in)
	}
}

func TestShortens(t *testing.T) {
	early, late := at("2026-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z")
	yes, no := true, false
	for _, tc := range []struct {
		name string
		old  ccai.Check
		next *time.Time
		want bool
	}{
		{"a nearer date", ccai.Check{DoNotCall: &yes, ExpiresAt: late}, early, true},
		{"a later date", ccai.Check{DoNotCall: &yes, ExpiresAt: early}, late, false},
		{"the same date", ccai.Check{DoNotCall: &yes, ExpiresAt: early}, early, false},
		{"a date where there was none", ccai.Check{DoNotCall: &yes}, late, true},
		{"for good where there was a date", ccai.Check{DoNotCall: &yes, ExpiresAt: late}, nil, false},
		{"for good again", ccai.Check{DoNotCall: &yes}, nil, false},
		{"an expiry that cannot be read", ccai.Check{DoNotCall: &yes, Expiry: "soon"}, late, true},
		{"not listed", ccai.Check{DoNotCall: &no, ExpiresAt: late}, early, false},
		{"not known to be listed", ccai.Check{ExpiresAt: late}, early, false},
	} {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.want, ccai.Shortens(tc.old, tc.next)) })
	}
}

func TestReadChatPrinted(t *testing.T) {
	created, assigned := at("2021-10-04T17:20:51Z"), at("2021-10-04T17:20:53Z")
	selecting := ccai.Chat{ID: "114", Type: "Messaging (SMS)", Status: "selecting", CreatedAt: created, OutboundNumber: "+16285550199", EndUserID: "87"}
	byEmail := selecting
	byEmail.Status, byEmail.AssignedAt = "assigned", assigned
	byID := byEmail
	byID.Agent = &ccai.AgentInfo{ID: 1, Number: "9", Email: "john.doe@foo.com", Name: "John Doe", FirstName: "John", LastName: "Doe"}
	for name, want := range map[string]ccai.Chat{
		"sms_ticket": selecting, "sms_no_ticket": selecting, "sms_agent_id": byID, "sms_agent_email": byEmail,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ccai.ReadChat(sample(t, name))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestReadChatOtherForms(t *testing.T) {
	got, err := ccai.ReadChat([]byte(`{"id":"c-1","agent_info":{"id":"3","agent_number":"0009"},"delivery":{}}`))
	require.NoError(t, err)
	require.Equal(t, ccai.Chat{ID: "c-1", Agent: &ccai.AgentInfo{ID: 3, Number: "0009"}}, got)
	for _, in := range []string{`{}`, `{"id":null}`, `{"id":""}`, `[]`, `{"message":"queued"}`} {
		_, err := ccai.ReadChat([]byte(in))
		require.ErrorIs(t, err, answer.ErrUnreadable, in)
	}
}

func TestReadContacts(t *testing.T) {
	printed := ccai.ListedContact{Name: "string", Email: "customer@somedomain.com", PhoneNumber: "+1 111-111-1111",
		OutboundNumber: "+1 760-867-5309", ExternalUniqueID: "UID_123456"}
	for _, tc := range []struct {
		name, in string
		want     []ccai.ListedContact
	}{
		{"as printed", string(sample(t, "contacts_list")), []ccai.ListedContact{printed}},
		{"wrapped, plural", `{"contacts":[{"id":7,"status":"Upcoming"}]}`, []ccai.ListedContact{{ID: 7, Status: "Upcoming"}}},
		{"wrapped, singular", `{"contact":[{"id":"7"}]}`, []ccai.ListedContact{{ID: 7}}},
		{"each wrapped", `[{"contact":{"id":7}}]`, []ccai.ListedContact{{ID: 7}}},
		{"empty", `[]`, []ccai.ListedContact{}},
		{"metadata as a fall-back", `[{"id":1,"name":"Bob","user_custom_metadata":{"NAME (REQUIRED)":"Robert","Phone":4155550100,"EMAIL":"b@x.org","SIZE":null}}]`,
			[]ccai.ListedContact{{ID: 1, Name: "Bob", Email: "b@x.org", PhoneNumber: "4155550100",
				Metadata: map[string]string{"NAME (REQUIRED)": "Robert", "Phone": "4155550100", "EMAIL": "b@x.org", "SIZE": ""}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ccai.ReadContacts([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
	_, err := ccai.ReadContacts([]byte(`{"message":"no"}`))
	require.ErrorIs(t, err, answer.ErrUnreadable)
}

func TestReadContactPrinted(t *testing.T) {
	want := ccai.ListedContact{
		ID: 7, CampaignID: 6, Name: "Bob Smith", Email: "customer@somedomain.com", PhoneNumber: "+1 111-111-1111",
		OutboundNumber: "+1-(201)-471-6992", Status: "Upcoming",
		CreatedAt: at("2024-08-05T14:51:49Z"), UpdatedAt: at("2024-08-05T21:01:16Z"),
		Metadata: map[string]string{"NAME (REQUIRED)": "Bob Smith", "PHONE (REQUIRED)": "+1 111-111-1111", "EMAIL (REQUIRED)": "customer@somedomain.com"},
	}
	for _, name := range []string{"contact_update", "contact_delete"} {
		got, err := ccai.ReadContact(sample(t, name))
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
	got, err := ccai.ReadContact([]byte(`{"contact":{"contact_id":"9"}}`))
	require.NoError(t, err)
	require.Equal(t, int64(9), got.ID)
}

func TestReadAddedContacts(t *testing.T) {
	number := ccai.ListedContact{PhoneNumber: "+14155550100"}
	invalid := func(c ccai.ListedContact, reason string) ccai.AddedContacts {
		return ccai.AddedContacts{Invalid: []ccai.InvalidContact{{ListedContact: c, Reason: reason}}}
	}
	for _, tc := range []struct {
		name, in string
		want     ccai.AddedContacts
	}{
		{"as printed", string(sample(t, "contacts_add")), ccai.AddedContacts{Valid: []ccai.ListedContact{{Name: "string",
			Email: "customer@somedomain.com", PhoneNumber: "+1 111-111-1111", OutboundNumber: "+1 760-867-5309", ExternalUniqueID: "UID_123456"}}}},
		{"neither", `{"valid_contacts":[],"invalid_contacts":[]}`, ccai.AddedContacts{}},
		{"null lists", `{"valid_contacts":null,"invalid_contacts":null}`, ccai.AddedContacts{}},
		{"error", `{"invalid_contacts":[{"phone_number":"+14155550100","error":"phone_number is invalid"}]}`, invalid(number, "phone_number is invalid")},
		{"message", `{"invalid_contacts":[{"phone_number":"+14155550100","message":"no"}]}`, invalid(number, "no")},
		{"reason", `{"invalid_contacts":[{"phone_number":"+14155550100","reason":"no"}]}`, invalid(number, "no")},
		{"errors as a list", `{"invalid_contacts":[{"phone_number":"+14155550100","errors":["a","b"]}]}`, invalid(number, "a; b")},
		{"errors by field", `{"invalid_contacts":[{"phone_number":"+14155550100","errors":{"email":["is odd"]}}]}`, invalid(number, "email is odd")},
		{"status alone", `{"invalid_contacts":[{"phone_number":"+14155550100","status":"Invalid Number"}]}`,
			invalid(ccai.ListedContact{PhoneNumber: "+14155550100", Status: "Invalid Number"}, "Invalid Number")},
		{"the contact inside", `{"invalid_contacts":[{"contact":{"phone_number":"+14155550100"},"error":"no"}]}`, invalid(number, "no")},
		{"a bare number", `{"invalid_contacts":["+14155550100"]}`, invalid(number, "")},
		{"a bare sentence", `{"invalid_contacts":["phone_number is invalid"]}`, invalid(ccai.ListedContact{}, "phone_number is invalid")},
		{"singular", `{"valid_contact":{"phone_number":"+14155550100"}}`, ccai.AddedContacts{Valid: []ccai.ListedContact{number}}},
		{"singular, invalid", `{"invalid_contact":{"phone_number":"+14155550100","error":"no"}}`, invalid(number, "no")},
		{"contact", `{"contact":{"phone_number":"+14155550100"}}`, ccai.AddedContacts{Valid: []ccai.ListedContact{number}}},
		{"contacts", `{"contacts":[{"phone_number":"+14155550100"}]}`, ccai.AddedContacts{Valid: []ccai.ListedContact{number}}},
		{"a bare contact", `{"phone_number":"+14155550100"}`, ccai.AddedContacts{Valid: []ccai.ListedContact{number}}},
		{"a bare array", `[{"phone_number":"+14155550100"}]`, ccai.AddedContacts{Valid: []ccai.ListedContact{number}}},
		{"an error inside a good list", `[{"phone_number":"+14155550100","error":"no"}]`, invalid(number, "no")},
		{"an empty array", `[]`, ccai.AddedContacts{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ccai.ReadAddedContacts([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
	for _, in := range []string{`{}`, `{"message":"ok"}`, `1`, ``, `<p>`} {
		_, err := ccai.ReadAddedContacts([]byte(in))
		require.ErrorIs(t, err, answer.ErrUnreadable, in)
	}
}

func TestSamePhone(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"+1-(358)-213-1634", "+13582131634", true},
		{"4155550100", "+1 415-555-0100", true},
		{"0912 345 678", "+886912345678", true},
		{"+14155550100", "+14155550101", false},
		{"5550100", "+14155550100", true},
		{"0100", "+14155550100", false},
		{"", "", false},
		{"", "+14155550100", false},
	} {
		require.Equal(t, tc.want, ccai.SamePhone(tc.a, tc.b), "%s %s", tc.a, tc.b)
		require.Equal(t, tc.want, ccai.SamePhone(tc.b, tc.a), "%s %s", tc.b, tc.a)
	}
}

func TestReadJob(t *testing.T) {
	for _, tc := range []struct {
		name, in     string
		want         ccai.Job
		done, failed bool
		code         string
	}{
		{"completed, as printed", string(sample(t, "job_completed")),
			ccai.Job{ID: "530", Status: "completed", Type: "Jobs::Bulk::Campaign::ParentJob"}, true, false, ""},
		{"in progress, as printed", string(sample(t, "job_in_progress")),
			ccai.Job{ID: "530", Status: "in_progress", Type: "Jobs::Bulk::Campaign::ParentJob"}, false, false, ""},
		{"failed, as printed", string(sample(t, "job_failed")),
			ccai.Job{ID: "523", Status: "failed", Type: "Jobs::Bulk::Campaign::StartImport", ErrorMessage: "Internal Error",
				ErrorDetails: "NativePowerDial::ContactService::DuplicateContactPhoneOnCampaign"}, false, true, ccai.CodeJobDuplicatePhone},
		{"failed without details", `{"id":"x","status":"Failed","error_message":"Internal Error"}`,
			ccai.Job{ID: "x", Status: "Failed", ErrorMessage: "Internal Error"}, false, true, ccai.CodeJobInternal},
		{"failed for a new reason", `{"status":"failed","error_details":{"row":["is odd"]}}`,
			ccai.Job{Status: "failed", ErrorDetails: "row is odd"}, false, true, ccai.CodeJobFailed},
		{"a status of the other bulk interface", `{"id":1,"status":"valid_scheme"}`, ccai.Job{ID: "1", Status: "valid_scheme"}, false, false, ""},
		{"wrapped", `{"job":{"job_id":5,"status":"created"}}`, ccai.Job{ID: "5", Status: "created"}, false, false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ccai.ReadJob([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.done, got.Done())
			require.Equal(t, tc.failed, got.Failed())
			require.Equal(t, tc.code, got.Code())
		})
	}
	for _, in := range []string{`{}`, `{"id":1}`, `[]`, ``} {
		_, err := ccai.ReadJob([]byte(in))
		require.ErrorIs(t, err, answer.ErrUnreadable, in)
	}
}

func TestJobID(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		header     map[string]string
		want       string
	}{
		{"body id", `{"id":530}`, nil, "530"},
		{"body job_id goes before id", `{"job_id":"530","id":1}`, nil, "530"},
		{"body job", `{"job":{"id":530}}`, nil, "530"},
		{"body link", `{"status":"created","link":"https://x/jobs/530"}`, nil, "530"},
		{"Location", ``, map[string]string{"Location": "https://x/apps/api/v1/outbound_dialer/campaigns/1/contacts/jobs/530"}, "530"},
		{"Location with a query", `{}`, map[string]string{"Location": "/contacts/jobs/530?x=1"}, "530"},
		{"Link", ``, map[string]string{"Link": `<https://x/contacts/jobs/530>; rel="status"`}, "530"},
		{"x-job-id", ``, map[string]string{"X-Job-Id": " 530 "}, "530"},
		{"Location of something else", ``, map[string]string{"Location": "/campaigns/1"}, ""},
		{"nothing at all", ``, nil, ""},
		{"a text that is no id", `{"id":"../../x"}`, map[string]string{"X-Job-Id": "a b"}, ""},
		{"not JSON", `<p>accepted</p>`, map[string]string{"X-Job-Id": "7"}, "7"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, ccai.JobID([]byte(tc.body), func(name string) string { return tc.header[name] }))
		})
	}
}

func TestReadCampaigns(t *testing.T) {
	one := ccai.Campaign{ID: 6, Name: "Renewals", Status: "started", Mode: "preview", Type: "outbound", ExternalID: "E1", Queue: "Sales",
		ContactStats: map[string]int64{"Contacts": 3, "Upcoming": 2}}
	text := `{"id":"6","name":"Renewals","status":"started","mode":"preview","campaign_type":"outbound","external_campaign_id":"E1",
		"queue":{"id":1,"name":"Sales"},"contact_stats":{"Contacts":3,"Upcoming":"2","Note":"x"},"new":null}`
	for _, in := range []string{"[" + text + "]", `{"campaigns":[` + text + `,null,{}]}`} {
		got, err := ccai.ReadCampaigns([]byte(in))
		require.NoError(t, err)
		require.Equal(t, []ccai.Campaign{one}, got)
	}
	_, err := ccai.ReadCampaigns([]byte(`{}`))
	require.ErrorIs(t, err, answer.ErrUnreadable)
}

func TestReadAgents(t *testing.T) {
	got, err := ccai.ReadAgents([]byte(`[{"id":1,"email":"a@x.org","first_name":"Ana","last_name":"Ng","agent_number":9,"status":{"id":1,"name":"Available"},"online":true},
		{"id":"2","email":"b@x.org","agent_number":"0010","status":"Break"}]`))
	require.NoError(t, err)
	require.Equal(t, []ccai.Agent{
		{ID: 1, Email: "a@x.org", FirstName: "Ana", LastName: "Ng", Number: "9", Status: "Available", Online: true},
		{ID: 2, Email: "b@x.org", Number: "0010", Status: "Break"},
	}, got)
	require.Equal(t, "Ana Ng", got[0].Name())
	require.Equal(t, "b@x.org", got[1].Name())
	_, err = ccai.ReadAgents([]byte(`7`))
	require.ErrorIs(t, err, answer.ErrUnreadable)
}

// Every documented error, as its page prints it, and what HTTP says by itself.
func TestExplain(t *testing.T) {
	for _, tc := range []struct {
		status           int
		body, code, text string
	}{
		{400, `{"message": "chat_type needs to be provided"}`, "ccai.sms_chat_type_missing", "chat_type needs to be provided"},
		{400, `{"message": "valid chat type needs to be provided"}`, "ccai.sms_chat_type_invalid", "valid chat type needs to be provided"},
		{400, `{"message": "SMS is not enabled"}`, "ccai.sms_disabled", "SMS is not enabled"},
		{400, `{"message": "Outbound SMS is not enabled"}`, "ccai.sms_outbound_disabled", "Outbound SMS is not enabled"},
		{400, `{"message": "end_user_number is required"}`, "ccai.sms_end_user_missing", "end_user_number is required"},
		{400, `{"message": "end_user_number is invalid"}`, "ccai.sms_end_user_invalid", "end_user_number is invalid"},
		{400, `{"message": "Non-US phone number not allowed"}`, "ccai.sms_non_us", "Non-US phone number not allowed"},
		{400, `{"message": "outbound_number is required"}`, "ccai.sms_outbound_missing", "outbound_number is required"},
		{400, `{"message": "outbound_number is invalid"}`, "ccai.sms_outbound_invalid", "outbound_number is invalid"},
		{400, `{"message": "outbound_number is not found"}`, "ccai.sms_outbound_unknown", "outbound_number is not found"},
		{400, `{"message": "message is required"}`, "ccai.sms_message_missing", "message is required"},
		{400, `{"message": "Outbound SMS failed. Consumer is already in an active SMS session."}`, "ccai.sms_active_session",
			"Outbound SMS failed. Consumer is already in an active SMS session."},
		{400, `{"message": "Duplicate request: Please wait for the interval to expire"}`, "ccai.duplicate_request",
			"Duplicate request: Please wait for the interval to expire"},
		{400, `{"message":"outbound sms failed.  consumer is already in an active SMS session"}`, "ccai.sms_active_session",
			"outbound sms failed. consumer is already in an active SMS session"},
		{400, `{"message":"something new"}`, "ccai.refused", "something new"},
		{401, `HTTP Basic: Access denied.`, "ccai.unauthorized", "HTTP Basic: Access denied."},
		{403, ``, "ccai.forbidden", ""},
		{404, `{"message":"Not Found"}`, "ccai.not_found", "Not Found"},
		{422, `{"errors":["a"]}`, "ccai.refused", "a"},
		{429, `{"message":"SMS is not enabled"}`, "ccai.busy", "SMS is not enabled"},
		{500, `{"message":"SMS is not enabled"}`, "ccai.failed", "SMS is not enabled"},
		{502, `<html><title>Bad gateway</title></html>`, "ccai.failed", "Bad gateway"},
		{302, ``, "ccai.redirected", ""},
	} {
		code, text := ccai.Explain(tc.status, []byte(tc.body))
		require.Equal(t, tc.code, code, tc.body)
		require.Equal(t, tc.text, text, tc.body)
		require.Contains(t, ccai.Codes(), code)
	}
	require.Equal(t, "ccai.dnc_expiry_past", ccai.Code("expires_at cannot be past date/time"))
	require.Equal(t, "ccai.dnc_phone_invalid", ccai.Code("phone_number is invalid"))
	require.Equal(t, "ccai.dnc_emergency", ccai.Code("emergency phone number is not allowed"))
	require.Empty(t, ccai.Code(""))
}

func TestCodesAreUniqueAndOurs(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range ccai.Codes() {
		require.False(t, seen[code], code)
		require.True(t, strings.HasPrefix(code, "ccai."), code)
		seen[code] = true
	}
	require.Greater(t, len(seen), 30)
}

func TestContactStatuses(t *testing.T) {
	require.Len(t, ccai.ContactStatuses(), 21)
	keys := map[string]bool{}
	for _, s := range ccai.ContactStatuses() {
		for _, text := range []string{s.Text, strings.ToUpper(s.Text), strings.ReplaceAll(strings.ToLower(s.Text), " ", "_")} {
			got, ok := ccai.LookupStatus(text)
			require.True(t, ok, text)
			require.Equal(t, s, got)
		}
		keys[s.Key] = true
	}
	require.Len(t, keys, 21)
	require.True(t, keys["contact.status.skipped_and_closed"])

	got, ok := ccai.LookupStatus("Invalid Number or Name")
	require.True(t, ok)
	require.Equal(t, "contact.status.invalid_number", got.Key)
	got, ok = ccai.LookupStatus("Lunch Break")
	require.False(t, ok)
	require.Equal(t, ccai.ContactStatus{Text: "Lunch Break"}, got)
	_, ok = ccai.LookupStatus("")
	require.False(t, ok)
}

func TestParseTime(t *testing.T) {
	want := time.Date(2022, 10, 29, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"2022-10-29 00:00:00 UTC", "2022-10-29 00:00:00 +0000", "2022-10-29 02:00:00 +02:00",
		"2022-10-29T00:00:00Z", "2022-10-29T00:00:00.000Z", "2022-10-28T19:00:00-0500", " 2022-10-29 00:00 UTC "} {
		got, err := ccai.ParseTime(text)
		require.NoError(t, err, text)
		require.True(t, want.Equal(got), text)
		require.Equal(t, "2022-10-29 00:00:00 UTC", ccai.FormatTime(got))
	}
	for _, text := range []string{"", "2022-10-29", "2022-10-29 00:00:00", "2022-10-29T00:00:00", "29/10/2022", "2022-13-01 00:00:00 UTC", "tomorrow"} {
		_, err := ccai.ParseTime(text)
		require.Error(t, err, text)
	}
}

func FuzzReaders(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(names) == 0 {
		f.Fatal("no samples", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{`{"invalid_contacts":[{"contact":{"contact":{}}},"x",1,null,[[]]]}`, `{"contacts":[[{}]]}`, `{"user_custom_metadata":{"PHONE":{}}}`, "<p>"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if check, err := ccai.ReadCheck(data); err == nil {
			said, err := answer.Read(data)
			require.NoError(t, err)
			require.False(t, check.Expiry == "" && check.ExpiresAt != nil)
			if check.Listed() {
				require.Contains(t, string(said), "true", "nothing is listed unless the answer says true")
			}
			if check.DoNotCall != nil && !*check.DoNotCall {
				require.Contains(t, string(said), "false", "nothing is free unless the answer says false")
			}
		}
		if results, err := ccai.ReadDNCResults(data); err == nil {
			for _, r := range results {
				require.Equal(t, strings.ToLower(r.Status), r.Status)
			}
		}
		if chat, err := ccai.ReadChat(data); err == nil {
			require.NotEmpty(t, chat.ID)
		}
		if job, err := ccai.ReadJob(data); err == nil {
			require.False(t, job.Done() && job.Failed())
			require.Equal(t, job.Failed(), job.Code() != "")
		}
		if id := ccai.JobID(data, func(string) string { return string(data) }); id != "" {
			require.LessOrEqual(t, len(id), 64)
			require.NotContains(t, id, "/")
		}
		for _, read := range []func([]byte) error{
			func(d []byte) error { _, err := ccai.ReadContacts(d); return err },
			func(d []byte) error { _, err := ccai.ReadContact(d); return err },
			func(d []byte) error { _, err := ccai.ReadAddedContacts(d); return err },
			func(d []byte) error { _, err := ccai.ReadCampaigns(d); return err },
			func(d []byte) error { _, err := ccai.ReadAgents(d); return err },
		} {
			if err := read(data); err != nil {
				require.ErrorIs(t, err, answer.ErrUnreadable)
			}
		}
		code, _ := ccai.Explain(400, data)
		require.Contains(t, ccai.Codes(), code)
	})
}

func FuzzParseTime(f *testing.F) {
	f.Add("2022-10-29 00:00:00 UTC")
	f.Add("2023-08-05 22:02:36.362009 +0000")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := ccai.ParseTime(text)
		if err != nil || parsed.Year() < 0 || parsed.Year() > 9999 {
			return
		}
		again, err := ccai.ParseTime(ccai.FormatTime(parsed))
		require.NoError(t, err)
		require.True(t, parsed.Truncate(time.Second).Equal(again))
	})
}
