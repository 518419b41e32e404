package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"outdial/server/call"
	"outdial/server/ledger"
	runs "outdial/server/run"
	"outdial/server/simulator"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/server/upstream/callbot"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
	"outdial/shared/wire"
)

// rehearsal makes what dry runs are carried out against: our simulator in the
// place of each system, inside this process, so that nothing can leave it. No
// call of a dry run stands in the ledger, and none waits for its turn.
func (p *program) rehearsal() (runs.Desk, runs.Keys, error) {
	stage := simulator.Config{RequestsPerSecond: -1, After: at}
	const token, uuid = "rehearsal", "rehearsal"
	for _, s := range p.cfg.Systems {
		if s.Kind == operation.Callbot {
			stage.Callbot = append(stage.Callbot, simulator.CallbotAccount{UUID: uuid + "-" + s.ID, Secret: token, Algorithm: "SHA256"})
			stage.MaxCalls = max(stage.MaxCalls, s.MaxRows)
			continue
		}
		stage.CCAI = append(stage.CCAI, simulator.CCAIAccount{Username: s.ID, Token: token, AgentKeys: s.AgentKeys, OutboundNumbers: s.OutboundNumbers, Willing: true})
	}
	sim, err := simulator.New(stage)
	if err != nil {
		return nil, nil, err
	}
	var systems []call.System
	for _, s := range p.cfg.Systems {
		pace, err := throttle.New(throttle.Ceiling, queueDepth, eager())
		if err != nil {
			return nil, nil, err
		}
		var client upstream.Caller
		if s.Kind == operation.Callbot {
			client, err = callbot.New(callbot.Config{BaseURL: "http://127.0.0.1", UUID: uuid + "-" + s.ID, Secret: token, Algorithm: "SHA256",
				VerifyResponses: "enforce", SkewWindow: time.Hour, Clock: time.Now, Log: p.log, Transport: inside{sim}})
		} else {
			client, err = ccai.New(ccai.Config{BaseURL: "http://127.0.0.1", Username: s.ID, Token: token, AgentKeys: s.AgentKeys, Clock: time.Now, Transport: inside{sim}})
		}
		if err != nil {
			return nil, nil, fmt.Errorf("system %s: %w", s.ID, err)
		}
		systems = append(systems, call.System{ID: s.ID, Kind: s.Kind, Region: s.DefaultRegion, Caller: client, Throttle: pace, Fill: fillOf(s), Limits: p.limitsOf(s)})
	}
	desk, err := call.New(call.Config{Systems: systems, Ledger: blank{}, Judge: library.New(), Now: time.Now, NewID: newID, Random: rand.Float64, Log: p.log})
	return desk, blank{}, err
}

// eager is a clock by which it is always one's turn.
func eager() func() time.Time {
	var looks atomic.Int64
	began := time.Now()
	return func() time.Time { return began.Add(time.Duration(looks.Add(1)) * time.Second) }
}

// at is a wait that is over: the simulator answers slowly on purpose.
func at(time.Duration) <-chan time.Time {
	now := make(chan time.Time, 1)
	now <- time.Now()
	return now
}

// blank is a ledger that keeps nothing: what a dry run would be asked about
// again may as well be done again.
type blank struct{}

func (blank) Earlier(context.Context, string, string, string) (*wire.Entry, error) { return nil, nil }
func (blank) Start(context.Context, ledger.Call) (*wire.Entry, error)              { return nil, nil }
func (blank) Leave(context.Context, string, time.Time) error                       { return nil }
func (blank) Finish(context.Context, string, ledger.End) error                     { return nil }
func (blank) Prove(context.Context, string, []wire.Row) error                      { return nil }
func (blank) HasKey(context.Context, string, string) (bool, error)                 { return false, nil }

// inside carries requests to a handler in this process.
type inside struct{ handler http.Handler }

// errCutOff is what a connection that was closed without an answer looks like.
var errCutOff = errors.New("the connection was closed")

func (i inside) RoundTrip(r *http.Request) (res *http.Response, err error) {
	answer := &answer{header: http.Header{}}
	defer func() {
		if v := recover(); v != nil {
			res, err = nil, errCutOff
		}
	}()
	arrived := r.Clone(r.Context())
	if arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	arrived.Header = canonical(r.Header)
	i.handler.ServeHTTP(answer, arrived)
	if answer.status == 0 {
		answer.status = http.StatusOK
	}
	return &http.Response{
		Status: http.StatusText(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: canonical(answer.header), Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
	}, nil
}

// canonical spells headers as a connection would.
func canonical(h http.Header) http.Header {
	c := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			c.Add(name, value)
		}
	}
	return c
}

// answer collects what a handler answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
