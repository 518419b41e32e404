package ledger

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/shared/wire"
)

// BenchmarkCalls measures calls recorded as started and as finished, each on
// the disk when its caller goes on, on both databases, by one caller and by 64
// callers at once. PostgreSQL runs on the same machine, behind a socket.
func BenchmarkCalls(b *testing.B) {
	databasetest.Durable(b)
	for _, d := range databasetest.Dialects() {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/callers=%d", d, callers), func(b *testing.B) {
				l := opened(b, databasetest.Open(b, d))
				var n atomic.Int64
				one := func() error {
					c := call(int(n.Add(1)))
					if _, err := l.Start(b.Context(), c); err != nil {
						return err
					}
					return l.Finish(b.Context(), c.ID, end(wire.Accepted, 1))
				}
				b.ResetTimer()
				if callers == 1 {
					for range b.N {
						require.NoError(b, one())
					}
				} else {
					b.SetParallelism(callers / 2) // times the machine's processors
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							if err := one(); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
			})
		}
	}
}

// BenchmarkSearch measures finding the calls of one number among many.
func BenchmarkSearch(b *testing.B) {
	const calls = 20000
	for _, d := range databasetest.Dialects() {
		b.Run(string(d), func(b *testing.B) {
			l := filled(b, databasetest.Open(b, d), calls)
			b.ResetTimer()
			for i := range b.N {
				page, err := l.Search(b.Context(), wire.Filter{Number: fmt.Sprintf("415%07d", i%calls)}, "")
				require.NoError(b, err)
				require.Len(b, page.Entries, 1)
			}
		})
	}
}

// filled is a ledger of so many calls, each to a number of its own.
func filled(b *testing.B, db *database.DB, calls int) *Ledger {
	l := opened(b, db)
	slots := make(chan struct{}, 64)
	for i := range calls {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			c := call(i)
			c.Rows[0].Sent = fmt.Sprintf("+1415%07d", i)
			if _, err := l.Start(b.Context(), c); err != nil {
				b.Error(err)
			}
		}()
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
	return l
}
