package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	"outdial/server/database"
	"outdial/server/database/databasetest"
)

// BenchmarkWrites measures small writes, each on the disk when its caller goes
// on, by 64 callers at once: with writes that share a transaction, and with one
// transaction for each. SQLite ships with the first, PostgreSQL with the
// second, which is also free of one write's holding up another.
func BenchmarkWrites(b *testing.B) {
	databasetest.Durable(b)
	for _, d := range databasetest.Dialects() {
		for _, shared := range []bool{true, false} {
			name := "one_each"
			if shared {
				name = "shared"
			}
			b.Run(fmt.Sprintf("%s/%s", d, name), func(b *testing.B) {
				db := databasetest.Open(b, d)
				switch {
				case d == database.PostgreSQL && shared:
					db.Share(256)
				case d == database.SQLite && !shared:
					db.Share(1)
				}
				var n atomic.Int64
				b.SetParallelism(32) // times the machine's processors
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						err := db.Write(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
							id := n.Add(1)
							if _, err := tx.ExecContext(ctx, `INSERT INTO processes (id, seen_at) VALUES ($1, $2)`, fmt.Sprint(id), id); err != nil {
								return err
							}
							_, err := tx.ExecContext(ctx, `UPDATE processes SET seen_at = seen_at + 1 WHERE id = $1`, fmt.Sprint(id))
							return err
						})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
			})
		}
	}
}
