package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/call"
	"outdial/server/identity"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// world is a gateway among fakes, and what they saw.
type world struct {
	*Gateway
	calls  *fakeCalls
	ledger *fakeLedger
	log    *bytes.Buffer
}

// names stands in for the identity source: the header As holds a person and
// their group.
type names struct{}

func (names) Identify(r *http.Request) (identity.Caller, error) {
	switch as := r.Header.Get("As"); as {
	case "":
		return identity.Caller{}, problem.NoIdentity
	case "liar":
		return identity.Caller{}, problem.BadIdentity.Because(errors.New("two values"))
	default:
		return identity.Caller{Person: wire.Person{ID: as + "@example.com", Name: as}, Groups: []string{as + "s"}}, nil
	}
}

func (names) Switch(w http.ResponseWriter, role operation.Role) bool {
	return identity.Demo{}.Switch(w, role)
}

// fakeCalls answers by the system's name.
type fakeCalls struct {
	mu     sync.Mutex
	orders []call.Order
}

func (f *fakeCalls) Make(_ context.Context, o call.Order) (wire.Envelope, error) {
	f.mu.Lock()
	f.orders = append(f.orders, o)
	f.mu.Unlock()
	switch o.System {
	case "acme":
		return wire.Envelope{ID: "call-1", Operation: o.Operation, Outcome: wire.Accepted, UpstreamStatus: 200,
			Response: json.RawMessage(`{"text":"<b>&"}`), Rows: []wire.Row{{Outcome: wire.Accepted}}}, nil
	case "unsure":
		return wire.Envelope{ID: "call-2", Operation: o.Operation, Outcome: wire.Unknown, Error: &wire.Error{Code: wire.ReasonUnanswered}}, nil
	case "full":
		return wire.Envelope{}, problem.ThrottleFull.After(1500 * time.Millisecond)
	case "invalid":
		return wire.Envelope{}, problem.Fields([]wire.FieldProblem{{Field: "phone_number", Code: operation.CodePhone}})
	case "running":
		return wire.Envelope{}, problem.Running.At("call-9")
	case "broken":
		return wire.Envelope{}, errors.New("dial tcp: secret-host.internal: no such host")
	case "panic":
		panic("secret-panic +14155550100")
	}
	return wire.Envelope{}, problem.NoSuchSystem
}

// fakeLedger holds three entries of two persons.
type fakeLedger struct {
	down     bool
	searches []search
	settled  map[string]wire.Settlement
}

type search struct {
	filter wire.Filter
	only   string
}

func (f *fakeLedger) Entry(_ context.Context, id string) (wire.Entry, error) {
	owners := map[string]string{"of-agent": "agent@example.com", "of-supervisor": "supervisor@example.com"}
	owner, ok := owners[id]
	if !ok {
		return wire.Entry{}, problem.NoSuchCall
	}
	e := wire.Entry{ID: id, Person: wire.Person{ID: owner}, State: wire.Finished, Outcome: wire.Unknown}
	if s, ok := f.settled[id]; ok {
		e.Settled = &s
	}
	return e, nil
}

func (f *fakeLedger) Search(_ context.Context, filter wire.Filter, only string) (wire.Page, error) {
	f.searches = append(f.searches, search{filter, only})
	if f.down {
		return wire.Page{}, errors.New("disk I/O error")
	}
	return wire.Page{}, nil
}

func (f *fakeLedger) Settle(_ context.Context, id string, s wire.Settlement) error {
	if _, already := f.settled[id]; already {
		return problem.NotUnknown
	}
	f.settled[id] = s
	return nil
}

func (f *fakeLedger) Ready(context.Context) error {
	if f.down {
		return errors.New("disk I/O error")
	}
	return nil
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func config(public string) (Config, *world) {
	w := &world{calls: &fakeCalls{}, ledger: &fakeLedger{settled: map[string]wire.Settlement{}}, log: &bytes.Buffer{}}
	at, err := url.Parse(public)
	if err != nil {
		panic(err)
	}
	ids := 0
	var mu sync.Mutex
	return Config{
		Identity: names{}, RoleSwitch: names{},
		Roles:  identity.Roles{operation.Agent: {"agents"}, operation.Supervisor: {"supervisors"}, operation.Admin: {"admins"}},
		Calls:  w.calls,
		Ledger: w.ledger,
		Events: NewHub(),
		Systems: []wire.System{
			{ID: "acme", Kind: operation.CCAI, Label: "ACME", Production: true, Host: "acme.example"},
			{ID: "nx", Kind: operation.Callbot, Label: "NX"},
		},
		Limits:     wire.Limits{BodyBytes: 1000, DNCNumbers: 5},
		PublicURL:  at,
		SignOutURL: "/sign_out",
		Demo:       &wire.Demo{Help: "http://127.0.0.1:1/"},
		Version:    "v1",
		Static: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/panic" {
				w.Header().Set("Content-Encoding", "br")
				panic("in the file server")
			}
			if r.URL.Path == "/half" {
				w.WriteHeader(200)
				panic("after half an answer")
			}
			io.WriteString(w, "the console") //nolint:errcheck // a recorder
		}),
		Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return noon },
		NewID: func() string {
			mu.Lock()
			defer mu.Unlock()
			ids++
			return "request-" + strconv.Itoa(ids)
		},
		Stop: make(chan struct{}),
	}, w
}

func newWorld(t *testing.T, changes ...func(*Config)) *world {
	t.Helper()
	c, w := config("https://outdial.example.com")
	for _, change := range changes {
		change(&c)
	}
	g, err := New(c)
	require.NoError(t, err)
	w.Gateway = g
	return w
}

// scenario is one request to a new world and what must come of it.
type scenario struct {
	name    string
	method  string
	url     string // a path; the host is the public one
	as      string // who asks: agent, supervisor, admin, nobody's friend, or empty
	headers []string
	body    string // sent as JSON unless a Content-Type is given
	change  func(*Config)

	status int
	want   []string // in the body
	not    []string // neither in the body nor in the log
	header map[string]string
	check  func(t *testing.T, w *world, body string)
}

func (s scenario) run(t *testing.T) {
	t.Helper()
	t.Run(s.name, func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			if s.change != nil {
				s.change(c)
			}
		})
		res, body := s.send(t, w)
		require.Equal(t, s.status, res.StatusCode, body)
		for _, want := range s.want {
			require.Contains(t, body, want)
		}
		for _, not := range s.not {
			require.NotContains(t, body, not)
			require.NotContains(t, w.log.String(), not)
		}
		for name, want := range s.header {
			require.Equal(t, want, res.Header.Get(name), name)
		}
		requireSafe(t, res)
		if res.StatusCode >= 400 && strings.HasPrefix(s.url, "/api") {
			require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
			var p wire.Problem
			require.NoError(t, json.Unmarshal([]byte(body), &p))
			require.Equal(t, res.StatusCode, p.Status)
			require.NotEmpty(t, p.Code)
			require.Equal(t, "/help#"+p.Code, p.Type)
		}
		if s.check != nil {
			s.check(t, w, body)
		}
	})
}

func (s scenario) send(t *testing.T, w *world) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(s.method, "https://outdial.example.com"+s.url, strings.NewReader(s.body))
	if s.as != "" {
		r.Header.Set("As", s.as)
	}
	if s.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(s.headers); i += 2 {
		if s.headers[i] == "Host" {
			r.Host = s.headers[i+1]
			continue
		}
		if slices.Contains(s.headers[:i], s.headers[i]) {
			r.Header.Add(s.headers[i], s.headers[i+1])
			continue
		}
		r.Header.Set(s.headers[i], s.headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	res := rec.Result()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(data)
}

// requireSafe demands the headers that every answer carries, whatever it is.
func requireSafe(t *testing.T, res *http.Response) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
			"manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Strict-Transport-Security":    "max-age=31536000",
	} {
		require.Equal(t, want, res.Header.Get(name), name)
	}
	require.Contains(t, res.Header.Get("Permissions-Policy"), "microphone=()")
	require.NotEmpty(t, res.Header.Get("X-Request-Id"))
	require.Empty(t, res.Header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, res.Header.Get("Location"), "nothing is redirected")
}

// connect serves the world over connections in memory, with time-outs as the
// program has them; inside a synctest bubble they pass in no time.
func (w *world) connect(t *testing.T) (client *http.Client, dial func() net.Conn) {
	t.Helper()
	listener := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: w, ReadTimeout: time.Minute, WriteTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	dial = func() net.Conn {
		ours, theirs := net.Pipe()
		listener.conns <- theirs
		return ours
	}
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return dial(), nil }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	return &http.Client{Transport: transport}, dial
}

// pipes is a listener for connections in memory.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
