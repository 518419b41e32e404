// Package metric counts and times what the server does, for Prometheus. It
// wraps what does the work, so that nothing there knows of it. No label ever
// holds a person, a number or a key.
package metric

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"outdial/server/call"
	"outdial/server/gateway"
	"outdial/server/ledger"
	"outdial/server/problem"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Metrics is one registry with everything that is measured.
type Metrics struct {
	registry *prometheus.Registry
	now      func() time.Time
	calls    *prometheus.CounterVec
	upstream *prometheus.HistogramVec
	ledger   *prometheus.HistogramVec
}

// New makes a Metrics. The clock must be monotonic, as time.Now is.
func New(now func() time.Time) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		now:      now,
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "outdial_calls_total",
			Help: "Calls by operation and by outcome, or by the code of the problem for which none was made.",
		}, []string{"operation", "outcome"}),
		upstream: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "outdial_upstream_seconds",
			Help:    "Time of one try, by system, operation and what it came to.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"system", "operation", "result"}),
		ledger: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "outdial_ledger_write_seconds",
			Help:    "Time until a record is on the disk, by what is written.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1},
		}, []string{"write"}),
	}
	m.registry.MustRegister(m.calls, m.upstream, m.ledger,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics. It belongs on a port of its own.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// Waiting shows how many requests wait for their turn on a system.
func (m *Metrics) Waiting(system string, count func() int) error {
	return m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "outdial_throttle_waiting",
		Help:        "Requests that wait for their turn, by system.",
		ConstLabels: prometheus.Labels{"system": system},
	}, func() float64 { return float64(count()) }))
}

// Calls counts the calls that next makes.
func (m *Metrics) Calls(next gateway.Calls) gateway.Calls { return calls{next, m} }

type calls struct {
	next gateway.Calls
	m    *Metrics
}

func (c calls) Make(ctx context.Context, o call.Order) (wire.Envelope, error) {
	e, err := c.next.Make(ctx, o)
	// The name comes from the address: only known ones may become labels.
	name := "other"
	if op, ok := operation.Find(o.Operation); ok {
		name = string(op.Name)
	}
	c.m.calls.WithLabelValues(name, outcome(e, err)).Inc()
	return e, err
}

func outcome(e wire.Envelope, err error) string {
	var p *problem.Error
	switch {
	case errors.As(err, &p):
		return p.Code
	case err != nil:
		return problem.Internal.Code
	}
	return string(e.Outcome)
}

// Caller times the tries of one system.
func (m *Metrics) Caller(system string, next upstream.Caller) upstream.Caller {
	return caller{next, system, m}
}

type caller struct {
	next   upstream.Caller
	system string
	m      *Metrics
}

func (c caller) Try(ctx context.Context, p operation.Prepared) (upstream.Result, error) {
	start := c.m.now()
	res, err := c.next.Try(ctx, p)
	c.m.upstream.WithLabelValues(c.system, string(p.Operation.Name), result(res, err)).Observe(c.m.now().Sub(start).Seconds())
	return res, err
}

func result(res upstream.Result, err error) string {
	var neverLeft *upstream.NeverLeft
	switch {
	case errors.As(err, &neverLeft):
		return "never_left"
	case err != nil:
		return "unanswered"
	}
	switch res.Class {
	case upstream.Answered:
		return "answered"
	case upstream.Refused:
		return "refused"
	case upstream.PutOff:
		return "put_off"
	}
	return "failed"
}

// Ledger times the writes of a ledger.
func (m *Metrics) Ledger(next call.Ledger) call.Ledger { return record{next, m} }

type record struct {
	call.Ledger
	m *Metrics
}

func (r record) Start(ctx context.Context, c ledger.Call) (*wire.Entry, error) {
	defer r.m.wrote("start", r.m.now())
	return r.Ledger.Start(ctx, c)
}

func (r record) Leave(ctx context.Context, id string, at time.Time) error {
	defer r.m.wrote("leave", r.m.now())
	return r.Ledger.Leave(ctx, id, at)
}

func (r record) Finish(ctx context.Context, id string, end ledger.End) error {
	defer r.m.wrote("finish", r.m.now())
	return r.Ledger.Finish(ctx, id, end)
}

func (r record) Prove(ctx context.Context, id string, rows []wire.Row) error {
	defer r.m.wrote("prove", r.m.now())
	return r.Ledger.Prove(ctx, id, rows)
}

func (m *Metrics) wrote(what string, start time.Time) {
	m.ledger.WithLabelValues(what).Observe(m.now().Sub(start).Seconds())
}
