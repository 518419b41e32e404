package simulator

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const documentedChat = `{"id":114,"lang":"en","chat_type":"Messaging (SMS)","status":"selecting","created_at":"2026-03-02T15:04:05.123Z","queued_at":null,
	"assigned_at":null,"ends_at":null,"wait_duration":0,"chat_duration":0,"rating":null,"has_feedback":false,"out_ticket_id":null,"out_ticket_url":null,
	"verified":false,"disconnected_by":"disconnected_by_unknown","fail_reason":null,"selected_menu":null,"menu_path":null,"agent_info":null,
	"end_user":{"id":87,"identifier":null,"out_contact_id":null},"photos":[],"videos":[],"transfers":[],
	"participants":[{"id":205,"type":"end_user","status":"connected","chat_id":114,"user_id":null,"end_user_id":87,"chat_duration":null,
		"connected_at":"2026-03-02T15:04:05.123Z","ended_at":null,"fail_reason":"nothing"}],
	"offer_type":null,"offer_events":[],"answer_type":"manual","outbound_number":"+16285550199"}`

func TestSMSAnswersAsDocumented(t *testing.T) {
	b := start(t)
	a := b.post(apps+"/sms", `{"chat_type":"Messaging (SMS)","end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"lorem ipsum","ticket_id":"5006x00000XXxxxXXX"}`)
	require.Equal(t, 200, a.status)
	require.JSONEq(t, documentedChat, a.body)
}

func TestSMSAgents(t *testing.T) {
	for name, tc := range map[string]struct {
		keys, agent, status string
		info                string
	}{
		"by id":             {"", `"agentId":1`, "assigned", `{"id":1,"agent_number":9,"email":"john.doe@foo.com","name":"John Doe","first_name":"John","last_name":"Doe","avatar_url":"https://foobar.com/johndoe"}`},
		"by e-mail":         {"", `"agentEmail":"john.doe@foo.com"`, "assigned", `null`}, // as the documentation prints it
		"number as text":    {"", `"agentId":2`, "assigned", `{"id":2,"agent_number":"10","email":"agent002@foo.com","name":"Amélie Doe","first_name":"Amélie","last_name":"Doe","avatar_url":"https://foobar.com/améliedoe"}`},
		"other spelling":    {"", `"agent_id":1`, "selecting", `null`},
		"snake by e-mail":   {"snake", `"agent_email":"John.Doe@foo.com"`, "assigned", `null`},
		"snake, camel sent": {"snake", `"agentId":1`, "selecting", `null`},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(c *Config) { c.CCAI[0].AgentKeys = tc.keys })
			a := b.post(apps+"/sms", `{"chat_type":"Messaging (SMS)","end_user_number":"+14155550100","outbound_number":"+16285550199","message":"m",`+tc.agent+`}`)
			require.Equal(t, 200, a.status)
			var out struct {
				Status       string
				AssignedAt   *string         `json:"assigned_at"`
				AgentInfo    json.RawMessage `json:"agent_info"`
				Participants []struct {
					Type   string
					UserID *int64 `json:"user_id"`
				}
			}
			require.NoError(t, json.Unmarshal([]byte(a.body), &out))
			require.Equal(t, tc.status, out.Status)
			require.JSONEq(t, tc.info, string(out.AgentInfo))
			require.Equal(t, tc.status == "assigned", len(out.Participants) == 2)
			require.Equal(t, tc.status == "assigned", out.AssignedAt != nil)
		})
	}
	b := start(t)
	a := b.post(apps+"/sms", `{"chat_type":"SMS","end_user_number":"+14155550100","outbound_number":"+16285550199","message":"m","agentId":999}`)
	require.Equal(t, 400, a.status)
	require.JSONEq(t, `{"message":"agent is not found"}`, a.body)
}

// Every documented error that the fields alone can earn; the two that depend
// on the tenant are reached by magic values only.
func TestSMSRefusals(t *testing.T) {
	b := start(t)
	body := func(chat, user, outbound, text string) string {
		return fmt.Sprintf(`{"chat_type":%q,"end_user_number":%q,"outbound_number":%q,"message":%q}`, chat, user, outbound, text)
	}
	const chat, user, from = "Messaging (SMS)", "+1 415-555-0100", "+1 628-555-0199"
	for name, tc := range map[string]struct{ body, want string }{
		"no chat type":      {`{"end_user_number":"+1 415-555-0100","outbound_number":"+1 628-555-0199","message":"m"}`, "chat_type needs to be provided"},
		"In-app":            {body("In-app", user, from, "m"), "valid chat type needs to be provided"},
		"no consumer":       {body(chat, "", from, "m"), "end_user_number is required"},
		"bad consumer":      {body(chat, "12345", from, "m"), "end_user_number is invalid"},
		"foreign consumer":  {body(chat, "+886912345678", from, "m"), "Non-US phone number not allowed"},
		"foreign outbound":  {body(chat, user, "+82 000-000-0000", "m"), "Non-US phone number not allowed"},
		"no outbound":       {body(chat, user, "", "m"), "outbound_number is required"},
		"bad outbound":      {body(chat, user, "12345", "m"), "outbound_number is invalid"},
		"unknown outbound":  {body(chat, user, "+1 628-555-0198", "m"), "outbound_number is not found"},
		"no message":        {body(chat, user, from, ""), "message is required"},
		"not a JSON object": {`[]`, "Error occurred while parsing request parameters"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.post(apps+"/sms", tc.body)
			require.Equal(t, 400, a.status)
			require.JSONEq(t, `{"message":"`+tc.want+`"}`, a.body)
			require.False(t, b.last().Happened)
		})
	}
}

func TestSMSOneSessionAConsumer(t *testing.T) {
	b := start(t)
	require.Equal(t, 200, b.sms("+14155550100", "one").status)
	again := b.sms("1-415-555-0100", "two")
	require.Equal(t, 400, again.status)
	require.JSONEq(t, `{"message":"Outbound SMS failed. Consumer is already in an active SMS session."}`, again.body)
	require.Equal(t, 200, b.sms("+14155550101", "somebody else").status)

	b.clock.Add(sessionLength)
	require.Equal(t, 200, b.sms("+14155550100", "the session is over").status)

	end := b.sms("+14155550100", endSession)
	require.Equal(t, 200, end.status)
	require.Contains(t, end.body, `"status":"finished"`)
	require.Contains(t, end.body, `"id":116`, "it is the chat that was open")
	require.Equal(t, 200, b.sms("+14155550100", "next").status)
	b.clock.Add(time.Minute)
	require.Equal(t, 400, b.sms("+14155550100", "too early").status)
}
