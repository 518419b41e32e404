package database_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
)

// heard is a process on a bus; what it hears comes out of the channel.
func heard(t *testing.T, db *database.DB, who string) (*database.Bus, <-chan string) {
	t.Helper()
	out := make(chan string, 10_000)
	bus := db.NewBus("events", who, func(m []byte) { out <- string(m) }, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		bus.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	require.Empty(t, <-out, "it listens now, and does not know what was said before")
	return bus, out
}

func TestProcessesHearOneAnother(t *testing.T) {
	at := databasetest.New(t, database.PostgreSQL)
	a, ofA := heard(t, databasetest.Reopen(t, at), "a")
	b, ofB := heard(t, databasetest.Reopen(t, at), "b")
	for i := range 1000 {
		a.Send(fmt.Appendf(nil, `{"n":%d,"text":"%s"}`, i, strings.Repeat("x", i)))
	}
	for i := range 1000 {
		var m struct{ N int }
		require.NoError(t, json.Unmarshal([]byte(<-ofB), &m))
		require.Equal(t, i, m.N, "in order, none lost")
	}
	b.Send([]byte(`"back"`))
	require.Equal(t, `"back"`, <-ofA, "the first thing it hears: not its own words")

	a.Send(append(append([]byte(`"`), bytes.Repeat([]byte("y"), 9000)...), '"'))
	require.Empty(t, <-ofB, "something was too long to be carried")
	a.Send([]byte(`"after"`))
	require.Equal(t, `"after"`, <-ofB)
}

func TestAConnectionThatBreaksIsMadeAnew(t *testing.T) {
	at := databasetest.New(t, database.PostgreSQL)
	a, _ := heard(t, databasetest.Reopen(t, at), "a")
	db := databasetest.Reopen(t, at)
	_, ofB := heard(t, db, "b")
	exec(t, db, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`)
	require.Empty(t, <-ofB, "something may have been lost meanwhile")
	a.Send([]byte(`"again"`))
	require.Equal(t, `"again"`, <-ofB)
}

func TestNobodyElseIsOnSQLite(t *testing.T) {
	bus := databasetest.Open(t, database.SQLite).NewBus("events", "a", func([]byte) { t.Error("nobody speaks") }, slog.New(slog.DiscardHandler))
	bus.Send([]byte(`"x"`))
	bus.Run(t.Context())
}
