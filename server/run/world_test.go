package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"outdial/server/call"
	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/ledger"
	"outdial/server/simulator"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
	"outdial/shared/phone/library"
	"outdial/shared/run"
	"outdial/shared/wire"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDB) == "" {
		os.Exit(databasetest.Main(m))
	}
	if err := child(context.Background()); err != nil {
		log.Fatal(err)
	}
}

var (
	sam = Person{wire.Person{ID: "sam@example.com", Name: "Sam"}, operation.Supervisor}
	ana = Person{wire.Person{ID: "ana@example.com", Name: "Ana"}, operation.Admin}
	amy = Person{wire.Person{ID: "amy@example.com", Name: "Amy"}, operation.Agent}
)

var limits = wire.Limits{BodyBytes: 8 << 20, DNCNumbers: 100, ImportRows: 10_000, CallbotRows: 10_000, RunBytes: 64 << 20, RunRows: 100_000, SMSRunRows: 1000}

// swift is a pace for tests: nothing waits longer than it must.
var swift = Pace{
	Slice: 2 * time.Second, Look: 20 * time.Millisecond, Tell: 5 * time.Millisecond, Poll: 10 * time.Millisecond, Sweep: 50 * time.Millisecond,
	Backoff: time.Millisecond, Follow: 5 * time.Millisecond, Rest: 5 * time.Millisecond,
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// eager is a clock by which it is always one's turn.
func eager() func() time.Time {
	var looks atomic.Int64
	began := time.Now()
	return func() time.Time { return began.Add(time.Duration(looks.Add(1)) * time.Second) }
}

// script answers a try of a call.
type script func(p operation.Prepared) (upstream.Result, error)

func (s script) Try(_ context.Context, p operation.Prepared) (upstream.Result, error) { return s(p) }

func fine(p operation.Prepared) (upstream.Result, error) {
	return upstream.Result{Status: 200, Response: json.RawMessage(`{"id":1}`), Outcome: wire.Accepted, Rows: upstream.Rows(p.Rows, wire.Accepted, "", "")}, nil
}

func noDial(operation.Prepared) (upstream.Result, error) {
	return upstream.Result{}, &upstream.NeverLeft{Cause: errors.New("connection refused")}
}

func noAnswer(operation.Prepared) (upstream.Result, error) {
	return upstream.Result{}, &upstream.Unanswered{Cause: errors.New("connection reset")}
}

func says(class upstream.Class, status int, outcome wire.Outcome, code string) script {
	return func(p operation.Prepared) (upstream.Result, error) {
		return upstream.Result{Class: class, Status: status, Outcome: outcome, Rows: upstream.Rows(p.Rows, outcome, code, "their words"),
			Error: &wire.Error{Code: code, Message: "their words"}}, nil
	}
}

// server is one process that carries out runs.
type server struct {
	*Runs
	t       testing.TB
	db      *database.DB
	process *database.Process
	ledger  *ledger.Ledger
	calls   *call.Desk
	rest    func() // ends the beats
	events  chan run.Event
}

// setup is what a server is made with; zero values do.
type setup struct {
	callers map[string]upstream.Caller // by system; acme is CCAI, nx Callbot
	pace    *Pace
	hours   Hours
	limits  *wire.Limits
	now     func() time.Time
	turns   func() time.Time // the throttle's clock
	log     *slog.Logger
	ids     func() string // of the process
}

func serve(t testing.TB, db *database.DB, s setup) *server {
	t.Helper()
	up, err := open(t.Context(), db, s)
	require.NoError(t, err)
	up.t = t
	require.NoError(t, up.Start(t.Context()))
	t.Cleanup(up.halt)
	return up
}

func open(ctx context.Context, db *database.DB, s setup) (*server, error) {
	if s.ids == nil {
		s.ids = newID
	}
	process, err := db.Join(ctx, s.ids, time.Now)
	if err != nil {
		return nil, err
	}
	book := ledger.New(db, process)
	if s.now == nil {
		s.now = time.Now
	}
	if s.pace == nil {
		s.pace = &swift
	}
	if s.limits == nil {
		s.limits = &limits
	}
	if s.turns == nil {
		s.turns = eager()
	}
	kinds := map[string]operation.System{"acme": operation.CCAI, "nx": operation.Callbot}
	var systems []call.System
	var known []System
	for id, caller := range s.callers {
		pace, err := throttle.New(throttle.Ceiling, 256, s.turns)
		if err != nil {
			return nil, err
		}
		most := map[string]int{"dnc": s.limits.DNCNumbers, "import": s.limits.ImportRows, "callbot": s.limits.CallbotRows}
		systems = append(systems, call.System{ID: id, Kind: kinds[id], Region: "US", Caller: caller, Throttle: pace, Limits: most})
		known = append(known, System{ID: id, Kind: kinds[id], Region: "US", Limits: most})
	}
	desk, err := call.New(call.Config{
		Systems: systems, Ledger: book, Judge: library.New(), Now: s.now, NewID: newID, Random: rand.Float64,
		Limits: call.Limits{Tries: 2, Backoff: time.Millisecond, MostBackoff: 2 * time.Millisecond},
	})
	if err != nil {
		return nil, err
	}
	// A process must say that it is alive, or may begin nothing after a while.
	beating, rest := context.WithCancel(context.WithoutCancel(ctx))
	go process.Keep(beating, func(context.Context, error) {})
	up := &server{db: db, rest: rest, process: process, ledger: book, calls: desk, events: make(chan run.Event, 100_000)}
	up.Runs, err = New(Config{
		DB: db, Process: process, Desk: desk, Keys: book, Systems: known, Limits: *s.limits, Judge: engine.New(), Hours: s.hours,
		Dry: func() (Desk, Keys, error) { return desk, book, nil },
		Now: s.now, NewID: newID, Random: rand.Float64, Pace: *s.pace, Log: s.log,
		Emit: func(_ string, e run.Event) {
			select {
			case up.events <- e:
			default:
			}
		},
	})
	return up, err
}

// halt stops the server in order, as at shutdown.
func (s *server) halt() {
	ctx := context.WithoutCancel(s.t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(ctx) }()
	require.NoError(s.t, s.calls.Shutdown(ctx))
	require.NoError(s.t, <-stopped)
	s.rest()
}

// simulated is a system that the simulator plays.
func simulated(t testing.TB) (*simulator.Simulator, upstream.Caller) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{
		CCAI: []simulator.CCAIAccount{{Username: "acme", Token: "token", Willing: true}}, RequestsPerSecond: -1,
	})
	require.NoError(t, err)
	vendor := httptest.NewServer(sim)
	t.Cleanup(vendor.Close)
	client, err := ccai.New(ccai.Config{BaseURL: vendor.URL, Username: "acme", Token: "token"})
	require.NoError(t, err)
	return sim, client
}

// until waits for the run to be as wanted.
func (s *server) until(id string, is func(run.Run) bool) run.Run {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		one, err := s.Get(s.t.Context(), ana, id)
		require.NoError(s.t, err)
		if is(one) {
			return one
		}
		select {
		case <-s.events:
		case <-look.C:
		case <-ctx.Done():
			require.Failf(s.t, "the run did not come to what was waited for", "%+v", one)
		}
	}
}

// free reports whether nobody carries the run out now.
func (s *server) free(id string) bool {
	rec, err := s.store.get(s.t.Context(), id)
	require.NoError(s.t, err)
	return rec.process == ""
}

func over(r run.Run) bool { return r.State.Ended() && r.Waiting == 0 }

func number(i int) string { return fmt.Sprintf("+1415%07d", 2_000_000+i) }

// order makes an order; change may edit it.
func order(op operation.Name, calls []run.Call, change ...func(*run.Order)) run.Order {
	o := run.Order{System: "acme", Operation: op, Title: "list.csv", Note: "they asked", Columns: []string{"name", "phone"}, Calls: calls}
	if op == operation.CallbotImport {
		o.System = "nx"
	}
	for _, c := range change {
		c(&o)
	}
	return o
}

func row(line int, sent string) run.Row {
	return run.Row{Line: line, Cells: []string{fmt.Sprint("n", line), sent}, Typed: sent, Sent: sent}
}

// singles is one call for each number.
func singles(op operation.Name, from, n int) []run.Call {
	calls := make([]run.Call, n)
	for i := range calls {
		sent := number(from + i)
		var body any
		switch op {
		case operation.SMSSend:
			body = map[string]any{"end_user_number": sent, "outbound_number": "+16285550199", "message": "hello"}
		case operation.DNCCheck:
			body = map[string]any{"phone_number": sent}
		case operation.ContactsAdd:
			body = map[string]any{"campaign_id": 7001, "phone_number": sent, "name": fmt.Sprint("n", i)}
		case operation.DNCAdd:
			body = map[string]any{"contacts": []any{map[string]any{"phone_number": sent}}}
		}
		calls[i] = run.Call{Rows: []run.Row{row(from+i+1, sent)}, Body: mustEncode(body)}
	}
	return calls
}

// list is one call with all the numbers.
func list(op operation.Name, from, n int) run.Call {
	var c run.Call
	var elements []any
	for i := range n {
		sent := number(from + i)
		c.Rows = append(c.Rows, row(from+i+1, sent))
		switch op {
		case operation.DNCRemove:
			elements = append(elements, sent)
		case operation.CallbotImport:
			elements = append(elements, map[string]any{"userPhone": sent})
		default:
			elements = append(elements, map[string]any{"phone_number": sent})
		}
	}
	body := map[string]any{"contacts": elements}
	switch op {
	case operation.DNCRemove:
		body = map[string]any{"phone_numbers": elements}
	case operation.ContactsImport:
		body["campaign_id"] = 7001
	case operation.CallbotImport:
		body = map[string]any{"userTaskID": "t1", "callInfoList": map[string]any{"callList": elements}}
	}
	c.Body = mustEncode(body)
	return c
}

func mustEncode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (s *server) take(who Person, key string, o run.Order) (run.Run, error) {
	return s.Take(s.t.Context(), who, key, bytes.NewReader(mustEncode(o)))
}

func (s *server) started(who Person, o run.Order) run.Run {
	s.t.Helper()
	one, err := s.take(who, newID(), o)
	require.NoError(s.t, err)
	return one
}

// results are all rows of a run.
func (s *server) results(id string) []run.Result {
	s.t.Helper()
	var rows []run.Result
	require.NoError(s.t, s.Each(s.t.Context(), ana, id, func(r run.Result) error {
		rows = append(rows, r)
		return nil
	}))
	return rows
}

// balanced demands that the counts of a run are those of its rows.
func (s *server) balanced(one run.Run) {
	s.t.Helper()
	rows := s.results(one.ID)
	require.Len(s.t, rows, one.Rows)
	counts, reasons, waiting := map[wire.Outcome]int{}, map[string]int{}, 0
	for _, r := range rows {
		if r.Outcome == "" {
			waiting++
			continue
		}
		counts[r.Outcome]++
		if r.Reason != "" {
			reasons[r.Reason]++
		}
	}
	require.Equal(s.t, counts, one.Counts)
	require.Equal(s.t, reasons, one.Reasons)
	require.Equal(s.t, waiting, one.Waiting)
	require.True(s.t, slices.IsSortedFunc(rows, func(a, b run.Result) int { return a.Line - b.Line }))
}

// sent remembers how often a number was carried out.
type sent struct {
	mu sync.Mutex
	by map[string]int
}

func (s *sent) add(p operation.Prepared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = map[string]int{}
	}
	for _, item := range p.Rows {
		s.by["+"+strings.TrimPrefix(item.Sent, "+")]++
	}
}

func (s *sent) count(number string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.by[number]
}
