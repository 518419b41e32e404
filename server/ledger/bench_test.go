package ledger

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/wire"
)

// BenchmarkCalls measures calls recorded as started and as finished, each on
// the disk when its caller goes on, by 64 callers at once: with writes that
// share a transaction, and side by side with one transaction for each.
func BenchmarkCalls(b *testing.B) {
	for _, way := range []struct {
		name string
		most int
	}{{"shared", most}, {"one_each", 1}} {
		b.Run(way.name, func(b *testing.B) {
			l, err := open(b.Context(), b.TempDir(), way.most)
			require.NoError(b, err)
			defer l.Close()
			var n atomic.Int64
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					c := call(int(n.Add(1)))
					if _, err := l.Start(b.Context(), c); err != nil {
						b.Error(err)
						return
					}
					if err := l.Finish(b.Context(), c.ID, end(wire.Accepted, 1)); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// BenchmarkSearch measures finding the calls of one number among many.
func BenchmarkSearch(b *testing.B) {
	const calls = 20000
	l, err := Open(b.Context(), b.TempDir())
	require.NoError(b, err)
	defer l.Close()
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
	b.ResetTimer()
	for i := range b.N {
		page, err := l.Search(b.Context(), wire.Filter{Number: fmt.Sprintf("415%07d", i%calls)}, "")
		require.NoError(b, err)
		require.Len(b, page.Entries, 1)
	}
}
