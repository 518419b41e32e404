package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/config"
	"outdial/server/simulator"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// served is a program that runs, and what it wrote.
type served struct {
	address string
	client  *http.Client
	mu      sync.Mutex
	log     strings.Builder
	stop    context.CancelFunc
	code    chan int
}

var ready = regexp.MustCompile(`msg="?Outdial is ready.*listen=(\S+)|"msg":"Outdial is ready".*"listen":"([^"]+)"`)

// serve runs a command line that serves until the test ends.
func serve(t *testing.T, args ...string) *served {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s := &served{client: &http.Client{Jar: jar, Timeout: 30 * time.Second}, code: make(chan int, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	r, w := io.Pipe()
	go func() {
		s.code <- run(ctx, args, io.Discard, w)
		w.Close() //nolint:errcheck // a pipe's does not fail
	}()
	at := make(chan string, 1)
	go func() {
		defer close(at)
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
			if m := ready.FindStringSubmatch(lines.Text()); m != nil {
				at <- m[1] + m[2]
			}
		}
	}()
	select {
	case s.address = <-at:
	case <-time.After(30 * time.Second):
	}
	require.NotEmpty(t, s.address, "it did not start: %s", s.written())
	t.Cleanup(cancel)
	return s
}

func (s *served) written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// end stops the program and returns its exit code.
func (s *served) end(t *testing.T) int {
	t.Helper()
	s.stop()
	select {
	case code := <-s.code:
		return code
	case <-time.After(30 * time.Second):
		t.Fatal("it did not stop")
		return -1
	}
}

// ask sends one request and returns status and body.
func (s *served) ask(t *testing.T, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.address+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end below
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(data)
}

func (s *served) call(t *testing.T, system string, op operation.Name, key, body string) wire.Envelope {
	t.Helper()
	status, answer := s.ask(t, "POST", "/api/systems/"+system+"/operations/"+string(op), body, "Idempotency-Key", key)
	require.Equal(t, 200, status, answer)
	var e wire.Envelope
	require.NoError(t, json.Unmarshal([]byte(answer), &e))
	return e
}

func TestDemoFromTheConsoleToTheSimulator(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t, "serve", "--demo", "--listen", "127.0.0.1:0")

	status, body := s.ask(t, "GET", "/", "")
	require.Equal(t, 200, status)
	require.Contains(t, body, "<title>Outdial</title>")

	var session wire.Session
	status, body = s.ask(t, "GET", "/api/session", "")
	require.Equal(t, 200, status, body)
	require.NoError(t, json.Unmarshal([]byte(body), &session))
	require.Equal(t, operation.Admin, session.Role)
	require.Equal(t, operation.Roles(), session.Demo.Roles)
	require.Len(t, session.Systems, 3)
	for _, system := range session.Systems {
		require.True(t, system.Simulated, system.ID)
	}
	help, err := s.client.Get(session.Demo.Help)
	require.NoError(t, err)
	require.NoError(t, help.Body.Close())
	require.Equal(t, 200, help.StatusCode, "the simulator explains itself")

	e := s.call(t, "acme", operation.DNCAdd, "demo-key-1", `{"contacts":[{"phone_number":"(415) 555-0100"}],"note":"asked for it"}`)
	require.Equal(t, wire.Accepted, e.Outcome)
	require.Equal(t, wire.Confirmed, e.Rows[0].Proof)
	again := s.call(t, "acme", operation.DNCAdd, "demo-key-1", `{"contacts":[{"phone_number":"(415) 555-0100"}],"note":"asked for it"}`)
	require.Equal(t, e.ID, again.ID, "the same key is the same call")
	for _, system := range []string{"acme-live", "nx"} {
		op := map[string]operation.Name{"acme-live": operation.CCAIPing, "nx": operation.CallbotPing}[system]
		require.Equal(t, wire.Accepted, s.call(t, system, op, "", `{}`).Outcome, "%s accepts its demo credential", system)
	}

	status, body = s.ask(t, "POST", "/api/ledger", `{"number":"+1 415 555 0100"}`)
	require.Equal(t, 200, status)
	require.Contains(t, body, e.ID)

	status, _ = s.ask(t, "POST", "/api/demo/role", `{"role":"agent"}`)
	require.Equal(t, 204, status)
	status, body = s.ask(t, "POST", "/api/systems/acme/operations/dnc.add", `{"contacts":[{"phone_number":"(415) 555-0100"}]}`, "Idempotency-Key", "demo-key-2")
	require.Equal(t, 403, status)
	require.Contains(t, body, `"not_allowed"`)
	status, _ = s.ask(t, "GET", "/api/ledger/"+e.ID, "")
	require.Equal(t, 404, status, "another person's call")

	require.Zero(t, s.end(t))
	log := s.written()
	require.NotRegexp(t, `415\D{0,3}555|demo-token|demo-secret|demo-key`, log, "no number, secret or key is logged")
	require.FileExists(t, "data/demo/ledger.db")
}

// A call that has left is waited for: its answer is recorded and delivered.
func TestStoppingFinishesCallsInFlight(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t, "serve", "--demo", "--listen", "127.0.0.1:0")
	stream, err := s.client.Get("http://" + s.address + "/api/events")
	require.NoError(t, err)
	defer stream.Body.Close() //nolint:errcheck // ended by the server
	answered := make(chan wire.Envelope, 1)
	go func() {
		// The simulator answers this number after 3 s.
		answered <- s.call(t, "acme", operation.SMSSend, "slow-key", `{"end_user_number":"+14155559001","outbound_number":"+16285550199","message":"hello"}`)
	}()
	events := bufio.NewScanner(stream.Body)
	for events.Scan() && !strings.Contains(events.Text(), `"phase":"sending"`) {
	}
	require.Contains(t, events.Text(), `"phase":"sending"`, "it left")
	require.Zero(t, s.end(t))
	require.Equal(t, wire.Accepted, (<-answered).Outcome)
	for events.Scan() {
	}
	require.NoError(t, events.Err(), "the stream ends in good order")
}

// deployment is a whole one: configuration, secrets, a proxy's headers.
func deployment(t *testing.T) (file, metrics string) {
	t.Helper()
	dir := t.TempDir()
	sim, err := startSimulator("127.0.0.1:0", newLogger(io.Discard, true))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.stop(context.Background())) })
	for name, text := range map[string]string{"token": "demo-token\n", "secret": "demo-secret-0001\n", "proxy": "pr0xy\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	metrics = freePort(t)
	file = filepath.Join(dir, "outdial.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `
listen: %[1]s
public_url: https://outdial.example.com
data_dir: %[2]s/data
metrics_listen: %[3]s
identity:
  mode: header
  header: {user: X-Forwarded-Email, groups: X-Forwarded-Groups, trusted_proxies: [127.0.0.1], secret_header: X-Proxy-Secret, secret_file: %[2]s/proxy}
roles: {agent: [cc-agents], admin: [cc-admins]}
systems:
  - {id: acme, kind: ccai, base_url: "%[4]s", username: acme, token_file: %[2]s/token, default_region: US}
  - {id: nx, kind: callbot, base_url: "%[4]s", uuid: "${DEMO_UUID}", secret_file: %[2]s/secret, algorithm: SHA256}
`, freePort(t), dir, metrics, sim.url()), 0o600))
	t.Setenv("DEMO_UUID", "demo-account-uuid")
	return file, metrics
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // nothing was accepted
	return l.Addr().String()
}

func TestConfiguredServer(t *testing.T) {
	file, metrics := deployment(t)
	s := serve(t, "serve", "--config", file)
	agent := []string{"X-Forwarded-Email", "lin@example.com", "X-Forwarded-Groups", "cc-agents", "X-Proxy-Secret", "pr0xy"}

	status, body := s.ask(t, "GET", "/api/session", "", agent...)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"role":"agent"`)
	require.NotContains(t, body, "demo", "no role switch, no banner")
	status, _ = s.ask(t, "POST", "/api/demo/role", `{"role":"admin"}`, agent...)
	require.Equal(t, 404, status)
	status, _ = s.ask(t, "GET", "/api/session", "")
	require.Equal(t, 401, status)
	status, _ = s.ask(t, "GET", "/api/session", "", "X-Forwarded-Email", "lin@example.com", "X-Forwarded-Groups", "cc-admins", "X-Proxy-Secret", "guess")
	require.Equal(t, 401, status)
	status, _ = s.ask(t, "GET", "/api/session", "", append(agent, "X_Forwarded_Groups", "cc-admins")...)
	require.Equal(t, 401, status)

	status, body = s.ask(t, "POST", "/api/systems/acme/operations/dnc.check", `{"phone_number":"415-555-0100"}`, agent...)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"sent":"+14155550100"`, "default_region was used")
	status, body = s.ask(t, "POST", "/api/systems/acme/operations/dnc.check", `{"phone_number":"911"}`, agent...)
	require.Equal(t, 422, status, body)
	status, body = s.ask(t, "POST", "/api/systems/nx/operations/callbot.ping", `{}`, agent...)
	require.Equal(t, 200, status, body)

	res, err := http.Get("http://" + metrics + "/metrics")
	require.NoError(t, err)
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	for _, want := range []string{
		`outdial_calls_total{operation="dnc.check",outcome="accepted"} 1`, `outdial_calls_total{operation="dnc.check",outcome="invalid"} 1`,
		`outdial_upstream_seconds_count{operation="callbot.ping",result="answered",system="nx"} 1`, `outdial_throttle_waiting{system="acme"} 0`,
	} {
		require.Contains(t, string(data), want)
	}
	require.NotContains(t, string(data), "lin@")
	status, body = s.ask(t, "GET", "/metrics", "", agent...)
	require.Equal(t, 404, status)
	require.NotContains(t, body, "outdial_calls_total", "never on the public port")

	require.Zero(t, s.end(t))
	require.NotRegexp(t, `4155550100|415-555|demo-token|demo-secret|pr0xy|lin@example`, s.written())
}

func TestCommandsThatDoNotStart(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.WriteFile("bad.yaml", []byte("public_url: https://x.example\nsystems: []\nroles: {agent: [a]}\n"), 0o600))
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no configuration":          {[]string{"serve"}, 1, "outdial serve --demo"},
		"no identity":               {[]string{"serve", "--config", "bad.yaml"}, 1, "identity.mode is required"},
		"demo for everybody":        {[]string{"serve", "--demo", "--listen", "0.0.0.0:8080"}, 1, "loopback only"},
		"demo with a configuration": {[]string{"serve", "--demo", "--config", "bad.yaml"}, 2, "can't be used together"},
		"listen without demo":       {[]string{"serve", "--listen", "127.0.0.1:1", "--config", "bad.yaml"}, 1, "--listen goes with --demo"},
		"simulator for everybody":   {[]string{"simulator", "--listen", ":8091"}, 1, "loopback only"},
		"check":                     {[]string{"check-config", "bad.yaml"}, 1, "bad.yaml: identity.mode is required"},
		"check tells all":           {[]string{"check-config", "bad.yaml"}, 1, "bad.yaml: systems must name at least one system"},
		"check nothing":             {[]string{"check-config"}, 1, "outdial.yaml"},
		"unknown command":           {[]string{"dance"}, 2, "dance"},
		"nothing":                   {nil, 2, "serve"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			require.Equal(t, tc.code, run(t.Context(), tc.args, &out, &errs))
			require.Contains(t, errs.String(), tc.want)
			require.Empty(t, out.String())
		})
	}
	require.NoDirExists(t, "data", "nothing is written before the configuration passes")
}

func TestCheckConfigTellsWhatWasUnderstood(t *testing.T) {
	file, _ := deployment(t)
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"check-config", file}, &out, &errs), errs.String())
	require.Contains(t, out.String(), "public_url: https://outdial.example.com")
	require.Contains(t, out.String(), "label: acme")
	require.NotRegexp(t, `demo-token|demo-secret|pr0xy|demo-account`, out.String())
	require.Empty(t, errs.String())
}

func TestVersionAndHelp(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"version"}, &out, &errs))
	require.Regexp(t, `^outdial \S+\n$`, out.String())
	version = "v1.2.3" // as the Makefile's linker flag does
	t.Cleanup(func() { version = "" })
	out.Reset()
	require.Zero(t, run(t.Context(), []string{"version"}, &out, &errs))
	require.Equal(t, "outdial v1.2.3\n", out.String())
	out.Reset()
	require.Zero(t, run(t.Context(), []string{"--help"}, &out, &errs))
	for _, command := range []string{"serve", "simulator", "check-config", "version"} {
		require.Contains(t, out.String(), command)
	}
	require.Empty(t, errs.String())
}

func TestSimulatorAlone(t *testing.T) {
	at := freePort(t)
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	r, w := io.Pipe()
	go func() { code <- run(ctx, []string{"simulator", "--listen", at}, io.Discard, w) }()
	lines := bufio.NewScanner(r)
	require.True(t, lines.Scan())
	require.Contains(t, lines.Text(), "http://"+at)
	go io.Copy(io.Discard, r) //nolint:errcheck // ends with the test
	res, err := http.Get("http://" + at + "/")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
	cancel()
	require.Zero(t, <-code)
}

// The demo's systems and the simulator must know the same credentials.
func TestDemoAccounts(t *testing.T) {
	sim, err := startSimulator("127.0.0.1:0", newLogger(io.Discard, true))
	require.NoError(t, err)
	defer func() { require.NoError(t, sim.stop(context.Background())) }()
	cfg, err := config.Demo("127.0.0.1:8080", sim.url())
	require.NoError(t, err)
	accounts := simulator.Demo()
	var ours, theirs []string
	for _, s := range cfg.Systems {
		ours = append(ours, s.Username+s.UUID.Reveal()+" "+s.Token.Reveal()+s.Secret.Reveal())
	}
	for _, a := range accounts.CCAI {
		theirs = append(theirs, a.Username+" "+a.Token)
	}
	for _, a := range accounts.Callbot {
		theirs = append(theirs, a.UUID+" "+a.Secret)
	}
	require.Equal(t, theirs, ours)
}

func TestServersGiveUpOnTheSlow(t *testing.T) {
	s := newServer(http.NotFoundHandler(), newLogger(io.Discard, true))
	require.Positive(t, s.ReadHeaderTimeout)
	require.Positive(t, s.ReadTimeout)
	require.Positive(t, s.WriteTimeout)
	require.Positive(t, s.IdleTimeout)
	require.Positive(t, s.MaxHeaderBytes)
}
