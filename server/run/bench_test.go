package run

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// BenchmarkTake measures how fast a list is taken in: read, judged and stored.
// An operation is one list of 20,000 rows.
func BenchmarkTake(b *testing.B) {
	const rows = 20_000
	for _, d := range databasetest.Dialects() {
		for _, op := range []operation.Name{operation.DNCAdd, operation.DNCCheck} {
			b.Run(fmt.Sprintf("%s/%s", d, op), func(b *testing.B) {
				if d == database.PostgreSQL {
					databasetest.Durable(b)
				}
				s := idle(b, databasetest.Open(b, d))
				calls := singles(operation.DNCCheck, 0, rows)
				if op == operation.DNCAdd {
					calls = nil
					for i := range rows / 100 {
						calls = append(calls, list(op, 100*i, 100))
					}
				}
				body := mustEncode(order(op, calls))
				b.ResetTimer()
				for range b.N {
					_, err := s.Take(b.Context(), sam, newID(), bytes.NewReader(body))
					require.NoError(b, err)
				}
				b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// BenchmarkRun measures whole runs: each call judged, in the ledger before and
// after, sent over HTTP to the simulator, and its row recorded. Nothing waits
// for its turn, so this is what the server itself can do, with so many calls of
// the run under way at once; in service there are 8.
func BenchmarkRun(b *testing.B) {
	const rows = 1000
	for _, d := range databasetest.Dialects() {
		for _, atOnce := range []int{8, 64} {
			b.Run(fmt.Sprintf("%s/at_once=%d", d, atOnce), func(b *testing.B) {
				if d == database.PostgreSQL {
					databasetest.Durable(b)
				}
				pace := swift
				pace.AtOnce, pace.Look, pace.Tell, pace.Slice = atOnce, time.Second, 250*time.Millisecond, 20*time.Second
				_, acme := simulated(b)
				s := serve(b, databasetest.Open(b, d), setup{pace: &pace, callers: map[string]upstream.Caller{"acme": acme}})
				b.ResetTimer()
				for i := range b.N {
					taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, i*rows, rows)))
					one := s.until(taken.ID, over)
					require.Equal(b, run.Finished, one.State)
				}
				b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}
