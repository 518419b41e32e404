package simulator_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/simulator"
	"outdial/server/upstream"
	"outdial/server/upstream/callbot"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
	"outdial/shared/wire"
)

// The program's own clients and the simulator were written from the same
// documents without sharing a line: here they must understand each other.
func clients(t *testing.T) func(operation.Name, string) (upstream.Result, error) {
	t.Helper()
	cfg := simulator.Demo()
	cfg.RequestsPerSecond = -1
	sim, err := simulator.New(cfg)
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	one, err := ccai.New(ccai.Config{BaseURL: server.URL, Username: "acme", Token: "demo-token"})
	require.NoError(t, err)
	other, err := callbot.New(callbot.Config{BaseURL: server.URL, UUID: "demo-account-uuid", Secret: "demo-secret-0001", Algorithm: "SHA256", GzipOver: 200})
	require.NoError(t, err)
	callers := map[operation.System]upstream.Caller{operation.CCAI: one, operation.Callbot: other}
	orders := 0
	return func(name operation.Name, body string) (upstream.Result, error) {
		t.Helper()
		op, ok := operation.Find(name)
		require.True(t, ok)
		prepared, err := op.Prepare([]byte(body), operation.Env{Judge: library.New(), Region: "US", Now: time.Now(), NewID: func() string {
			orders++
			return fmt.Sprintf("order-%d", orders)
		}})
		require.NoError(t, err)
		require.Empty(t, prepared.Problems, "the console must let it through")
		return callers[op.System].Try(t.Context(), prepared)
	}
}

func sms(number string) string {
	return `{"end_user_number":"` + number + `","outbound_number":"+16285550199","message":"m"}`
}

func batch(task, number string) string {
	return `{"userTaskID":"` + task + `","callInfoList":{"callList":[{"userPhone":"` + number + `"},{"userPhone":"+8613805550100"}]}}`
}

func TestClientsReadTheSimulator(t *testing.T) {
	const good = "+14155550150"
	for name, tc := range map[string]struct {
		op      operation.Name
		body    string
		class   upstream.Class
		outcome wire.Outcome
		first   wire.Outcome // of the first row; "" when it is not looked at
	}{
		"check":              {operation.DNCCheck, `{"phone_number":"` + good + `"}`, upstream.Answered, wire.Accepted, ""},
		"check, unclear":     {operation.DNCCheck, `{"phone_number":"+14155559106"}`, upstream.Answered, wire.Unknown, ""},
		"check, no comma":    {operation.DNCCheck, `{"phone_number":"+14155559107"}`, upstream.Answered, wire.Accepted, ""},
		"add":                {operation.DNCAdd, `{"contacts":[{"phone_number":"` + good + `"}]}`, upstream.Answered, wire.Accepted, wire.Accepted},
		"add again":          {operation.DNCAdd, `{"contacts":[{"phone_number":"+14155550111"}]}`, upstream.Answered, wire.Updated, wire.Updated},
		"add, failed":        {operation.DNCAdd, `{"contacts":[{"phone_number":"+14155559101"}]}`, upstream.Answered, wire.Refused, wire.Refused},
		"add, item missing":  {operation.DNCAdd, `{"contacts":[{"phone_number":"` + good + `"},{"phone_number":"+14155559110"}]}`, upstream.Answered, wire.Unknown, ""},
		"remove":             {operation.DNCRemove, `{"phone_numbers":["+14155550111"]}`, upstream.Answered, wire.Accepted, wire.Accepted},
		"sms":                {operation.SMSSend, sms(good), upstream.Answered, wire.Accepted, wire.Accepted},
		"sms refused":        {operation.SMSSend, sms("+14155559203"), upstream.Refused, wire.Refused, wire.Refused},
		"sms put off":        {operation.SMSSend, sms("+14155559032"), upstream.PutOff, "", ""},
		"sms, 500":           {operation.SMSSend, sms("+14155559022"), upstream.Failed, wire.Unknown, ""},
		"sms, not JSON":      {operation.SMSSend, sms("+14155559025"), upstream.Failed, wire.Unknown, ""},
		"sms, more keys":     {operation.SMSSend, sms("+14155559026"), upstream.Answered, wire.Accepted, wire.Accepted},
		"contact":            {operation.ContactsAdd, `{"campaign_id":8,"phone_number":"` + good + `"}`, upstream.Answered, wire.Accepted, wire.Accepted},
		"contact refused":    {operation.ContactsAdd, `{"campaign_id":8,"phone_number":"+14155559301"}`, upstream.Answered, wire.Refused, wire.Refused},
		"contact in neither": {operation.ContactsAdd, `{"campaign_id":8,"phone_number":"+14155559304"}`, upstream.Answered, wire.Unknown, wire.Unknown},
		"no such campaign":   {operation.ContactsList, `{"campaign_id":777}`, upstream.Refused, wire.Refused, ""},
		"ping":               {operation.CCAIPing, `{}`, upstream.Answered, wire.Accepted, ""},
		"batch":              {operation.CallbotImport, batch("t-1", "+8613805550101"), upstream.Answered, wire.Accepted, wire.Accepted},
		"batch, row fails":   {operation.CallbotImport, batch("t-1", "+8613805559401"), upstream.Answered, wire.Accepted, wire.Refused},
		"batch, in silence":  {operation.CallbotImport, batch("t-1", "+8613805559403"), upstream.Answered, wire.Unknown, wire.Unknown},
		"batch, 7":           {operation.CallbotImport, batch("t-9507", "+8613805550101"), upstream.PutOff, "", ""},
		"batch, 6003":        {operation.CallbotImport, batch("t-9563", "+8613805550101"), upstream.Refused, wire.Refused, wire.Refused},
		"batch, 5001":        {operation.CallbotImport, batch("t-9576", "+8613805550101"), upstream.Failed, wire.Unknown, ""},
		"batch, forged":      {operation.CallbotImport, batch("t-9591", "+8613805550101"), upstream.Failed, wire.Unknown, ""},
		"callbot ping":       {operation.CallbotPing, `{"data":"x"}`, upstream.Answered, wire.Accepted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := clients(t)(tc.op, tc.body)
			require.NoError(t, err)
			require.Equal(t, tc.class, got.Class, "%+v", got)
			if tc.outcome != "" {
				require.Equal(t, tc.outcome, got.Outcome, "%+v", got)
			}
			if tc.first != "" {
				require.Equal(t, tc.first, got.Rows[0].Outcome, "%+v", got)
			}
		})
	}
}

func TestClientsFindTheJobWhereItStands(t *testing.T) {
	for campaign := 1; campaign <= 7; campaign++ {
		try := clients(t)
		got, err := try(operation.ContactsImport, fmt.Sprintf(`{"campaign_id":%d,"contacts":[{"phone_number":"+12065550100"}]}`, campaign))
		require.NoError(t, err)
		require.Equal(t, 202, got.Status)
		if campaign == 6 { // it says nothing
			require.Empty(t, got.JobID)
			continue
		}
		require.Equal(t, "530", got.JobID, "campaign %d", campaign)
		job, err := try(operation.ContactsJob, fmt.Sprintf(`{"campaign_id":%d,"job_id":%s}`, campaign, got.JobID))
		require.NoError(t, err)
		require.Contains(t, string(job.Response), `"in_progress"`)
	}
}

func TestClientsTellNoAnswer(t *testing.T) {
	try := clients(t)
	for _, number := range []string{"+14155559011", "+14155559012", "+14155559013"} {
		_, err := try(operation.SMSSend, sms(number))
		var unanswered *upstream.Unanswered
		require.True(t, errors.As(err, &unanswered), "%s: %v", number, err)
	}
	agents, err := try(operation.AgentsList, `{}`)
	require.NoError(t, err)
	require.Contains(t, string(agents.Response), `"agent130@foo.com"`, "the second page is followed")
	contacts, err := try(operation.ContactsList, `{"campaign_id":2}`)
	require.NoError(t, err)
	require.Contains(t, string(contacts.Response), `"UID_2_0640"`, "every page is followed")
}
