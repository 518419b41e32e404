package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	lists "outdial/shared/run"
	"outdial/shared/wire"
)

// A dry run goes through every step and reaches nobody: neither the upstream
// nor the ledger hears of it, whatever system it is of.
func TestDryRunsOfEveryKind(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t, "serve", "--demo", "--listen", "127.0.0.1:0")
	for i, tc := range []struct{ system, operation, body string }{
		{"acme", "sms.send", `{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":"hello"}`},
		{"acme", "dnc.add", `{"contacts":[{"phone_number":"+14155550100"}]}`},
		{"acme", "dnc.check", `{"phone_number":"+14155550100"}`},
		{"acme", "campaign.contacts.add", `{"campaign_id":4242,"phone_number":"+14155550100"}`},
		{"acme", "campaign.contacts.import", `{"campaign_id":4242,"contacts":[{"phone_number":"+14155550177"}]}`},
		{"nx", "callbot.import", `{"userTaskID":"t1","callInfoList":{"callList":[{"userPhone":"+14155550100"}]}}`},
	} {
		order := fmt.Sprintf(`{"system":%q,"operation":%q,"title":"t","note":"n","columns":["phone"],"options":{"dry":true},"calls":[{"rows":[{"line":1,"cells":["x"]}],"body":%s}]}`,
			tc.system, tc.operation, tc.body)
		status, body := s.ask(t, "POST", "/api/runs", order, "Idempotency-Key", fmt.Sprint("dry-run-", i))
		require.Equal(t, 200, status, body)
		one := s.ended(t, body)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 1}, one.Counts, "%s: %v", tc.operation, one.Reasons)
	}
	_, ledger := s.ask(t, "GET", "/api/ledger", "")
	require.Contains(t, ledger, `"entries":[]`)
}

// ended waits for a run and returns it.
func (s *served) ended(t *testing.T, started string) lists.Run {
	t.Helper()
	var one lists.Run
	require.NoError(t, json.Unmarshal([]byte(started), &one))
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(time.Minute); ; {
		status, body := s.ask(t, "GET", "/api/runs/"+one.ID, "")
		require.Equal(t, 200, status, body)
		one = lists.Run{}
		require.NoError(t, json.Unmarshal([]byte(body), &one))
		if one.State.Ended() && one.Waiting == 0 {
			return one
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("the run does not end: %s", body)
		}
	}
}

// A run that is under way when the server stops goes on with the next start,
// and its result file has every row.
func TestARunOutlivesTheServer(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t, "serve", "--demo", "--listen", "127.0.0.1:0")
	var calls []string
	for i := range 25 {
		calls = append(calls, fmt.Sprintf(`{"rows":[{"line":%d,"cells":["n%d"]}],"body":{"phone_number":"+1415200%04d"}}`, i+1, i, i))
	}
	status, body := s.ask(t, "POST", "/api/runs", `{"system":"acme","operation":"dnc.check","title":"list.csv","note":"n","columns":["name"],"calls":[`+strings.Join(calls, ",")+`]}`,
		"Idempotency-Key", "a-run-that-is-cut")
	require.Equal(t, 200, status, body)
	require.Equal(t, 0, s.end(t))
	s = serve(t, "serve", "--demo", "--listen", "127.0.0.1:0")
	one := s.ended(t, body)
	require.Equal(t, map[wire.Outcome]int{wire.Accepted: 25}, one.Counts)
	status, file := s.ask(t, "GET", "/api/runs/"+one.ID+"/results?format=csv", "")
	require.Equal(t, 200, status)
	require.Equal(t, 26, strings.Count(file, "\r\n"))
	require.Equal(t, 25, strings.Count(file, ",accepted,not_on_list,"))
}
