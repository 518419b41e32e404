package metric

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/call"
	"outdial/server/ledger"
	"outdial/server/problem"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// script stands in for everything that is measured; each step takes a second.
type script struct {
	now      time.Time
	envelope wire.Envelope
	result   upstream.Result
	err      error
	steps    []string
}

func (s *script) clock() time.Time { return s.now }
func (s *script) step(name string) error {
	s.now = s.now.Add(time.Second)
	s.steps = append(s.steps, name)
	return s.err
}

func (s *script) Make(context.Context, call.Order) (wire.Envelope, error) {
	return s.envelope, s.step("make")
}

func (s *script) Try(context.Context, operation.Prepared) (upstream.Result, error) {
	return s.result, s.step("try")
}

func (s *script) Earlier(context.Context, string, string, string) (*wire.Entry, error) {
	return nil, s.step("earlier")
}

func (s *script) Start(context.Context, ledger.Call) (*wire.Entry, error) {
	return &wire.Entry{ID: "e"}, s.step("start")
}

func (s *script) Leave(context.Context, string, time.Time) error   { return s.step("leave") }
func (s *script) Finish(context.Context, string, ledger.End) error { return s.step("finish") }
func (s *script) Prove(context.Context, string, []wire.Row) error  { return s.step("prove") }
func (m *Metrics) text(t *testing.T) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	require.Equal(t, 200, w.Code)
	return w.Body.String()
}

func TestCallsAreCounted(t *testing.T) {
	for name, tc := range map[string]struct {
		script script
		order  call.Order
		want   string
	}{
		"outcome": {script{envelope: wire.Envelope{Outcome: wire.Unknown}}, call.Order{Operation: operation.SMSSend},
			`outdial_calls_total{operation="sms.send",outcome="unknown"} 1`},
		"problem": {script{err: problem.ThrottleFull.After(time.Second)}, call.Order{Operation: operation.DNCAdd},
			`outdial_calls_total{operation="dnc.add",outcome="throttle_full"} 1`},
		"other error": {script{err: errors.New("x")}, call.Order{Operation: operation.DNCAdd},
			`outdial_calls_total{operation="dnc.add",outcome="internal"} 1`},
		"an operation of somebody's invention": {script{err: problem.NoSuchOperation}, call.Order{Operation: "+14155550100"},
			`outdial_calls_total{operation="other",outcome="no_such_operation"} 1`},
	} {
		t.Run(name, func(t *testing.T) {
			m := New(tc.script.clock)
			e, err := m.Calls(&tc.script).Make(t.Context(), tc.order)
			require.Equal(t, tc.script.envelope, e)
			require.Equal(t, tc.script.err, err)
			require.Contains(t, m.text(t), tc.want)
			require.NotContains(t, m.text(t), "14155550100")
		})
	}
}

func TestTriesAreTimed(t *testing.T) {
	for want, s := range map[string]*script{
		"answered":   {},
		"refused":    {result: upstream.Result{Class: upstream.Refused}},
		"put_off":    {result: upstream.Result{Class: upstream.PutOff}},
		"failed":     {result: upstream.Result{Class: upstream.Failed}},
		"never_left": {err: &upstream.NeverLeft{Cause: errors.New("refused")}},
		"unanswered": {err: &upstream.Unanswered{Cause: errors.New("cut")}},
	} {
		t.Run(want, func(t *testing.T) {
			m := New(s.clock)
			op, _ := operation.Find(operation.DNCCheck)
			res, err := m.Caller("acme", s).Try(t.Context(), operation.Prepared{Operation: op})
			require.Equal(t, s.result, res)
			require.Equal(t, s.err, err)
			require.Contains(t, m.text(t), `outdial_upstream_seconds_sum{operation="dnc.check",result="`+want+`",system="acme"} 1`)
		})
	}
}

func TestLedgerWritesAreTimed(t *testing.T) {
	s := &script{}
	m := New(s.clock)
	l := m.Ledger(s)
	ctx := t.Context()
	_, err := l.Earlier(ctx, "p", "k", "f")
	require.NoError(t, err)
	e, err := l.Start(ctx, ledger.Call{})
	require.NoError(t, err)
	require.Equal(t, "e", e.ID)
	require.NoError(t, l.Leave(ctx, "e", time.Time{}))
	require.NoError(t, l.Finish(ctx, "e", ledger.End{}))
	s.err = errors.New("disk full")
	require.ErrorIs(t, l.Prove(ctx, "e", nil), s.err)
	require.Equal(t, []string{"earlier", "start", "leave", "finish", "prove"}, s.steps)
	for _, write := range []string{"start", "leave", "finish", "prove"} {
		require.Contains(t, m.text(t), `outdial_ledger_write_seconds_sum{write="`+write+`"} 1`)
	}
}

func TestWaitingIsShownForEachSystem(t *testing.T) {
	m := New(time.Now)
	waiting := 3
	require.NoError(t, m.Waiting("acme", func() int { return waiting }))
	require.NoError(t, m.Waiting("nx", func() int { return 0 }))
	require.Error(t, m.Waiting("nx", func() int { return 0 }), "a system twice")
	require.Contains(t, m.text(t), `outdial_throttle_waiting{system="acme"} 3`)
	waiting = 1
	require.Contains(t, m.text(t), `outdial_throttle_waiting{system="acme"} 1`)
	require.Contains(t, m.text(t), `outdial_throttle_waiting{system="nx"} 0`)
}
