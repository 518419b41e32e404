package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/call"
	"outdial/server/config"
	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/gateway"
	"outdial/server/identity"
	"outdial/server/ledger"
	"outdial/server/simulator"
	"outdial/server/throttle"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
	"outdial/shared/wire"
)

// BenchmarkGateway measures whole calls over HTTP: identity, judging, the
// ledger on the disk before and after, in SQLite or in a PostgreSQL on the same
// machine, the upstream's answer. Both vendors'
// pace of at most ten a second is out of the way, so this is what the server
// itself can do.
func BenchmarkGateway(b *testing.B) {
	databasetest.Durable(b)
	for _, kind := range []struct {
		name    string
		records database.Dialect
		op      operation.Name
		body    func(n int64) string
	}{
		{"write", database.SQLite, operation.SMSSend, text},
		{"write-postgresql", database.PostgreSQL, operation.SMSSend, text},
		{"read", database.SQLite, operation.DNCCheck, func(n int64) string { return fmt.Sprintf(`{"phone_number":"+1415%07d"}`, 2_000_000+n) }},
	} {
		for _, callers := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/callers=%d", kind.name, callers), func(b *testing.B) {
				surface := unpaced(b, kind.records)
				took := make([]time.Duration, b.N)
				var next atomic.Int64
				var all sync.WaitGroup
				b.ResetTimer()
				for range callers {
					all.Go(func() {
						for {
							n := next.Add(1) - 1
							if n >= int64(b.N) {
								return
							}
							from := time.Now()
							if err := surface.call(kind.op, fmt.Sprintf("bench-%09d", n), kind.body(n)); err != nil {
								b.Error(err)
								return
							}
							took[n] = time.Since(from)
						}
					})
				}
				all.Wait()
				b.StopTimer()
				slices.Sort(took)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
				b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
				b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
			})
		}
	}
}

func text(n int64) string {
	return fmt.Sprintf(`{"end_user_number":"+1415%07d","outbound_number":"+16285550199","message":"Your parcel is here."}`, 2_000_000+n)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// surface is a gateway that listens.
type surface struct {
	url    string
	client *http.Client
}

func (s *surface) call(op operation.Name, key, body string) error {
	r, err := http.NewRequest("POST", s.url+"/api/systems/acme/operations/"+string(op), bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK || !bytes.Contains(said, []byte(`"outcome":"accepted"`)) {
		return fmt.Errorf("%d: %s", answer.StatusCode, said)
	}
	return nil
}

// unpaced is the server of the demo with nothing that slows it on purpose: the
// simulator does not count requests per second, and our own throttle lives by a
// clock in which every look at it is a second later.
func unpaced(b *testing.B, records database.Dialect) *surface {
	log := slog.New(slog.DiscardHandler)
	accounts := simulator.Demo()
	accounts.RequestsPerSecond = -1
	sim, err := simulator.New(accounts)
	require.NoError(b, err)
	vendor := httptest.NewServer(sim)
	b.Cleanup(vendor.Close)
	at, err := url.Parse(vendor.URL)
	require.NoError(b, err)
	cfg, err := config.Demo("127.0.0.1:8080", at)
	require.NoError(b, err)
	s := cfg.Systems[0]

	var looks atomic.Int64
	began := time.Now()
	pace, err := throttle.New(throttle.Ceiling, 10_000, func() time.Time { return began.Add(time.Duration(looks.Add(1)) * time.Second) })
	require.NoError(b, err)
	client, err := ccai.New(ccai.Config{
		BaseURL: s.BaseURL.String(), Username: s.Username, Token: s.Token.Reveal(), AgentKeys: s.AgentKeys,
		Turn: func(ctx context.Context) error { return pace.Acquire(ctx, throttle.Single, "") }, Clock: time.Now,
	})
	require.NoError(b, err)
	db := databasetest.Open(b, records)
	book := ledger.New(db, databasetest.Join(b, db))
	hub := gateway.NewHub()
	desk, err := call.New(call.Config{
		Systems: []call.System{{ID: s.ID, Kind: s.Kind, Region: s.DefaultRegion, Caller: client, Throttle: pace}},
		Ledger:  book, Judge: library.New(), Now: time.Now, NewID: newID, Random: func() float64 { return 0.5 }, Emit: hub.Publish, Log: log,
	})
	require.NoError(b, err)
	g, err := gateway.New(gateway.Config{
		Identity: identity.Demo{}, Roles: cfg.Roles, Calls: desk, Ledger: book, Events: hub,
		Systems: []wire.System{{ID: s.ID, Kind: s.Kind}}, Limits: cfg.Limits, PublicURL: cfg.PublicURL, Static: http.NotFoundHandler(),
		Log: log, Now: time.Now, NewID: newID, Stop: make(chan struct{}),
	})
	require.NoError(b, err)
	front := httptest.NewServer(g)
	b.Cleanup(front.Close)
	front.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 128
	return &surface{url: front.URL, client: front.Client()}
}
