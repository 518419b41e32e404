package ccai_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream/ccai"
	"outdial/server/upstream/upstreamtest"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
)

// day lies before every date that the vendor's samples print.
var day = time.Date(2022, 10, 1, 0, 0, 0, 0, time.UTC)

func find(t testing.TB, name operation.Name) operation.Operation {
	t.Helper()
	op, ok := operation.Find(name)
	require.True(t, ok, name)
	return op
}

// printed takes an input as the vendor's page prints it, unjudged.
func printed(t testing.TB, name operation.Name, input string) operation.Prepared {
	t.Helper()
	op := find(t, name)
	in := op.New()
	require.NoError(t, json.Unmarshal([]byte(input), in))
	return operation.Prepared{Operation: op, Input: in, Rows: []operation.Item{{}}}
}

// prepared takes an input the way our server does.
func prepared(t testing.TB, name operation.Name, input string) operation.Prepared {
	t.Helper()
	p, err := find(t, name).Prepare([]byte(input), operation.Env{Judge: library.New(), Region: "US", Now: day})
	require.NoError(t, err)
	require.Empty(t, p.Problems)
	return p
}

func client(t testing.TB, c ccai.Config) *ccai.Client {
	t.Helper()
	if c.BaseURL == "" {
		c.BaseURL = "https://acme.uc1.ccaiplatform.com"
	}
	c.Token = "token-0001"
	c.Boundary = func() string { return "boundary-0001" }
	c.Clock = func() time.Time { return day }
	made, err := ccai.New(c)
	require.NoError(t, err)
	return made
}

const (
	smsTicket  = `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`
	smsAgentID = `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"lorem ipsum","agentId":1}`
	smsEmail   = `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"lorem ipsum","agentEmail":"john.doe@foo.com"}`
	contact    = `"name":"string","email":"customer@somedomain.com","phone_number":"+1 111-111-1111","outbound_number":"+1 760-867-5309","external_unique_id":"UID_123456"`
)

// Every request that the three pages print, as printed, to the byte.
func TestRequestsAsPrinted(t *testing.T) {
	for _, tc := range []struct {
		file  string
		op    operation.Name
		input string
	}{
		{"dnc_add_two", operation.DNCAdd, `{"contacts":[{"phone_number":"+1-7187309219","expires_at":"2022-10-29 00:00:00 UTC"},{"phone_number":"+1-(358)-213-1634"}]}`},
		{"dnc_add_seven", operation.DNCAdd, `{"contacts":[{"phone_number":"+1-7187309219","expires_at":"2022-10-29 00:00:00 UTC"},{"phone_number":"+1-(358)-213-1634"},
			{"phone_number":"+1-4151113333","expires_at":"2022-10-30 00:00:00 UTC"},{"phone_number":"+1-4151115555"},{"phone_number":"+1-7187309219","expires_at":"2022-10-27 00:00:00 UTC"},
			{"phone_number":"sssssss"},{"phone_number":"911","expires_at":"2023-02-05 00:00:00 UTC"}]}`},
		{"dnc_remove_one", operation.DNCRemove, `{"phone_numbers":["1-415-111-1111"]}`},
		{"dnc_remove_three", operation.DNCRemove, `{"phone_numbers":["1-415-111-1111","1-415-222-2222","1-415-333-333-3333"]}`},
		{"dnc_check", operation.DNCCheck, `{"phone_number":"1-415-111-1111"}`},
		{"dnc_check_plus", operation.DNCCheck, `{"phone_number":"+1 415-111-1111"}`},
		{"sms_ticket", operation.SMSSend, smsTicket},
		{"sms_agent_id", operation.SMSSend, smsAgentID},
		{"sms_agent_email", operation.SMSSend, smsEmail},
		{"sms_error_chat_type_missing", operation.SMSSend, `{"end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_chat_type_invalid", operation.SMSSend, `{"chat_type":"In-app","end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_end_user_missing", operation.SMSSend, `{"chat_type":"Messaging (SMS)","outbound_number":"+1 628-555-0199","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_end_user_invalid", operation.SMSSend, `{"chat_type":"Messaging (SMS)","end_user_number":"12345","outbound_number":"+1 628-555-0199","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_non_us", operation.SMSSend, `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"+82 000-000-0000","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_outbound_missing", operation.SMSSend, `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_outbound_invalid", operation.SMSSend, `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"12345","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`},
		{"sms_error_message_missing", operation.SMSSend, `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"","ticket_id":"5006x00000XXxxxXXX"}`},
		{"contacts_add", operation.ContactsAdd, `{"campaign_id":1,` + contact + `}`},
		{"contacts_list", operation.ContactsList, `{"campaign_id":1}`},
		{"contacts_import", operation.ContactsImport, `{"campaign_id":1,"contacts":[{` + contact + `}]}`},
		{"job_530", operation.ContactsJob, `{"campaign_id":1,"job_id":530}`},
		{"job_523", operation.ContactsJob, `{"campaign_id":1,"job_id":523}`},
		{"contact_update_16312", operation.ContactUpdate, `{"campaign_id":6,"contact_id":16312,"name":"string","email":"customer@somedomain.com","phone_number":"+1 111-111-1111","external_unique_id":"UID_123456"}`},
		{"contact_update_7", operation.ContactUpdate, `{"campaign_id":6,"contact_id":7,"name":"Bob Smith","email":"customer@somedomain.com","phone_number":"+1 111-111-1111","external_unique_id":"UID_123456"}`},
		{"contact_delete_template", operation.ContactDelete, `{"campaign_id":1,"contact_id":1,"phone_number":"string","external_unique_id":"string"}`},
		{"contact_delete_7", operation.ContactDelete, `{"campaign_id":1,"contact_id":7}`},
		{"campaigns_list", operation.CampaignsList, `{}`},
		{"agents_list", operation.AgentsList, `{}`},
		{"ping", operation.CCAIPing, `{"lang":"en"}`},
	} {
		t.Run(tc.file, func(t *testing.T) {
			wire := upstreamtest.NewWire(t, upstreamtest.HTTP(200, "{}"))
			_, err := client(t, ccai.Config{Transport: wire}).Try(context.Background(), printed(t, tc.op, tc.input))
			require.NoError(t, err)
			require.Len(t, wire.Requests(), 1)
			upstreamtest.Golden(t, "printed/"+tc.file+".http", wire.Requests()[0])
		})
	}
}

// What may leave of the same, after our server has judged it.
func TestRequestsPrepared(t *testing.T) {
	for _, tc := range []struct {
		file  string
		op    operation.Name
		input string
	}{
		{"dnc_add", operation.DNCAdd, `{"note":"asked by phone","contacts":[{"phone_number":"+1-7187309219","expires_at":"2022-10-29 00:00:00 UTC"},{"phone_number":"+1-(358)-213-1634"},
			{"phone_number":"+1-4151113333","expires_at":"2022-10-30T02:00:00+02:00"},{"phone_number":"+1-4151115555"},{"phone_number":"+1-7187309219","expires_at":"2022-10-27 00:00:00 UTC"}]}`},
		{"dnc_remove", operation.DNCRemove, `{"phone_numbers":["1-415-111-1111","1-415-222-2222"],"note":"asked back"}`},
		{"dnc_check", operation.DNCCheck, `{"phone_number":"1-415-111-1111"}`},
		{"sms_ticket", operation.SMSSend, smsTicket},
		{"sms_agent_id", operation.SMSSend, smsAgentID},
		{"sms_agent_email", operation.SMSSend, smsEmail},
		{"sms_without_chat_type", operation.SMSSend, `{"end_user_number":"(415) 555-0100","outbound_number":"+1 628-555-0199","message":"<b>5 > 3 & \"ok\"</b>\n你好 ","note":"x"}`},
		{"contacts_add", operation.ContactsAdd, `{"campaign_id":1,` + contact + `,"note":"x"}`},
		{"contacts_list", operation.ContactsList, `{"campaign_id":1}`},
		{"contacts_import", operation.ContactsImport, `{"campaign_id":1,"note":"x","contacts":[{` + contact + `},{"name":"José \"é\" <b>","phone_number":"415-555-0100"}]}`},
		{"job", operation.ContactsJob, `{"campaign_id":1,"job_id":530}`},
		{"contact_update", operation.ContactUpdate, `{"campaign_id":6,"contact_id":7,"name":"Bob Smith","phone_number":"+1 111-111-1111","note":"x"}`},
		{"contact_delete_id", operation.ContactDelete, `{"campaign_id":1,"contact_id":7,"note":"x"}`},
		{"contact_delete_phone", operation.ContactDelete, `{"campaign_id":1,"phone_number":"+1 111-111-1111"}`},
		{"contact_delete_external", operation.ContactDelete, `{"campaign_id":1,"external_unique_id":"UID_123456"}`},
		{"campaigns_list", operation.CampaignsList, `{}`},
		{"agents_list", operation.AgentsList, `{}`},
		{"ping", operation.CCAIPing, `{}`},
	} {
		t.Run(tc.file, func(t *testing.T) {
			wire := upstreamtest.NewWire(t, upstreamtest.HTTP(200, "{}"))
			_, err := client(t, ccai.Config{Transport: wire}).Try(context.Background(), prepared(t, tc.op, tc.input))
			require.NoError(t, err)
			require.Len(t, wire.Requests(), 1)
			upstreamtest.Golden(t, "prepared/"+tc.file+".http", wire.Requests()[0])
		})
	}
}

func TestRequestsInSnakeCase(t *testing.T) {
	for file, input := range map[string]string{"sms_agent_id": smsAgentID, "sms_agent_email": smsEmail, "sms_ticket": smsTicket} {
		t.Run(file, func(t *testing.T) {
			wire := upstreamtest.NewWire(t, upstreamtest.HTTP(200, "{}"))
			_, err := client(t, ccai.Config{Transport: wire, AgentKeys: ccai.Snake}).Try(context.Background(), prepared(t, operation.SMSSend, input))
			require.NoError(t, err)
			upstreamtest.Golden(t, "snake/"+file+".http", wire.Requests()[0])
		})
	}
}
