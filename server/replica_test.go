package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

// replica is the deployment's configuration for a server that keeps its records
// in the PostgreSQL of ${DATABASE_URL}, and where its metrics are.
func replica(t *testing.T, deployed string) (file, metrics string) {
	t.Helper()
	text, err := os.ReadFile(deployed)
	require.NoError(t, err)
	var lines []string
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "listen:"):
			line = "listen: " + freePort(t) + "\ndatabase_url: ${DATABASE_URL}\n"
		case strings.HasPrefix(line, "metrics_listen:"):
			metrics = freePort(t)
			line = "metrics_listen: " + metrics + "\n"
		case strings.HasPrefix(line, "data_dir:"):
			continue
		case strings.Contains(line, "id: acme,"):
			line = strings.Replace(line, "}", ", requests_per_second: 6}", 1)
		}
		lines = append(lines, line)
	}
	file = t.TempDir() + "/outdial.yaml"
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600))
	return file, metrics
}

// replicas are two servers on one new PostgreSQL.
func replicas(t *testing.T) (both [2]*served, metrics [2]string) {
	t.Helper()
	deployed, _ := deployment(t)
	t.Setenv("DATABASE_URL", databasetest.New(t, database.PostgreSQL).URL)
	t.Chdir(t.TempDir())
	for i := range both {
		var file string
		file, metrics[i] = replica(t, deployed)
		both[i] = serve(t, "serve", "--config", file)
	}
	return both, metrics
}

// Two servers behind a load balancer are one: the same keys, the same ledger,
// the same events.
func TestTwoServersOnOnePostgreSQL(t *testing.T) {
	both, _ := replicas(t)
	a, b := both[0], both[1]
	agent := []string{"X-Forwarded-Email", "lin@example.com", "X-Forwarded-Groups", "cc-agents", "X-Proxy-Secret", "pr0xy"}

	events := listen(t, a, agent)
	const text = `{"end_user_number":"415-555-0100","outbound_number":"+16285550199","message":"hello"}`
	status, body := b.ask(t, "POST", "/api/systems/acme/operations/sms.send", text, append(agent, "Idempotency-Key", "shared-key")...)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"outcome":"accepted"`)
	for seen := ""; !strings.Contains(seen, `"outcome":"accepted"`); {
		require.True(t, events.Scan(), "what b does is seen by who is connected to a")
		seen = events.Text()
		require.NotContains(t, seen, "555")
	}
	for _, s := range both {
		status, again := s.ask(t, "POST", "/api/systems/acme/operations/sms.send", text, append(agent, "Idempotency-Key", "shared-key")...)
		require.Equal(t, 200, status, again)
		require.JSONEq(t, body, again, "the same key is the same call on each")
		status, _ = s.ask(t, "GET", "/readyz", "")
		require.Equal(t, 200, status)
	}
	status, found := a.ask(t, "POST", "/api/ledger", `{"number":"+1 415 555 0100"}`, agent...)
	require.Equal(t, 200, status)
	require.Equal(t, 1, strings.Count(found, `"operation":"sms.send"`), "it was sent once")

	require.Zero(t, b.end(t))
	status, body = a.ask(t, "POST", "/api/systems/acme/operations/sms.send", text, append(agent, "Idempotency-Key", "another-key")...)
	require.Equal(t, 200, status, body)
	require.Zero(t, a.end(t))
	require.NoDirExists(t, "data", "nothing is kept beside the database")
	for _, s := range both {
		require.NotRegexp(t, `415\D{0,3}555|demo-token|demo-secret|pr0xy|lin@example|`+os.Getenv("DATABASE_URL"), s.written())
		require.NotContains(t, s.written(), `"level":"ERROR"`)
	}
}

// The vendor counts what all servers send together: at six requests a second
// each, two would be told to wait.
func TestThePaceIsOneForBoth(t *testing.T) {
	both, metrics := replicas(t)
	agent := []string{"X-Forwarded-Email", "lin@example.com", "X-Forwarded-Groups", "cc-agents", "X-Proxy-Secret", "pr0xy"}
	const calls = 30
	var group sync.WaitGroup
	for i := range calls {
		group.Go(func() {
			if status, body := both[i%2].ask(t, "POST", "/api/systems/acme/operations/dnc.check", `{"phone_number":"415-555-0100"}`, agent...); status != 200 {
				t.Errorf("%d: %s", status, body)
			}
		})
	}
	group.Wait()
	for _, at := range metrics {
		res, err := http.Get("http://" + at + "/metrics")
		require.NoError(t, err)
		data, err := io.ReadAll(res.Body)
		require.NoError(t, errors.Join(err, res.Body.Close()))
		require.Contains(t, string(data), fmt.Sprintf(`outdial_upstream_seconds_count{operation="dnc.check",result="answered",system="acme"} %d`, calls/2))
		require.False(t, strings.Contains(string(data), `result="put_off"`), "the vendor had to tell nobody to wait")
	}
}

// listen opens the person's event stream on a server.
func listen(t *testing.T, s *served, headers []string) *bufio.Scanner {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.address+"/api/events", nil)
	require.NoError(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	require.True(t, lines.Scan())
	require.Contains(t, lines.Text(), "retry:")
	return lines
}

func TestCheckConfigTriesTheDatabase(t *testing.T) {
	const password = "db-passw0rd"
	deployed, _ := deployment(t)
	good := databasetest.New(t, database.PostgreSQL).URL
	for _, tc := range []struct {
		name, url, want string
		code            int
	}{
		{"one that answers", good, "database_url: (secret)", 0},
		{"nobody there", "postgres://outdial:" + password + "@127.0.0.1:1/outdial", "database_url cannot be used", 1},
		{"no such database", strings.Replace(good, "/test", "/none", 1), "database_url cannot be used", 1},
		{"no address", "mysql://outdial:" + password + "@h/d", "database_url is not an address", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("DATABASE_URL", tc.url)
			var out, errs bytes.Buffer
			file, _ := replica(t, deployed)
			require.Equal(t, tc.code, run(t.Context(), []string{"check-config", file}, &out, &errs), errs.String())
			require.Contains(t, out.String()+errs.String(), tc.want)
			require.NotContains(t, out.String()+errs.String(), password)
			if tc.code != 0 {
				require.Equal(t, 1, strings.Count(errs.String(), "\n"), "one line: %s", errs.String())
				errs.Reset()
				require.Equal(t, 1, run(t.Context(), []string{"serve", "--config", file}, &out, &errs))
				require.NotContains(t, errs.String(), password)
			}
		})
	}
}

// A server that starts on a PostgreSQL ends what a dead one left.
func TestAServerEndsWhatADeadOneLeft(t *testing.T) {
	deployed, _ := deployment(t)
	at := databasetest.New(t, database.PostgreSQL)
	t.Setenv("DATABASE_URL", at.URL)
	db := databasetest.Reopen(t, at)
	for _, process := range []string{"dead", "alive"} {
		_, err := db.Writer.ExecContext(t.Context(), `INSERT INTO processes (id, seen_at) VALUES ($1, CASE WHEN $1 = 'dead' THEN 0 ELSE 4000000000000000 END)`, process)
		require.NoError(t, err)
		_, err = db.Writer.ExecContext(t.Context(), `INSERT INTO calls (id, person_id, person_name, idempotency_key, fingerprint, system, operation, state,
			note, request, row_count, tries, started_at, upstream_status, request_id, job_id, process)
			VALUES ($1, 'lin@example.com', 'Lin', $1, 'f', 'acme', 'sms.send', 'leaving', '', '{}', 1, 1, 0, 0, '', '', $1)`, process)
		require.NoError(t, err)
	}
	file, _ := replica(t, deployed)
	s := serve(t, "serve", "--config", file)
	admin := []string{"X-Forwarded-Email", "boss@example.com", "X-Forwarded-Groups", "cc-admins", "X-Proxy-Secret", "pr0xy"}
	for process, want := range map[string]string{"dead": `"outcome":"unknown"`, "alive": `"state":"leaving"`} {
		status, body := s.ask(t, "GET", "/api/ledger/"+process, "", admin...)
		require.Equal(t, 200, status, body)
		require.Contains(t, body, want)
	}
	require.Zero(t, s.end(t))
	require.Contains(t, s.written(), `"unknown":1`)
}
