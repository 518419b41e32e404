package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestWhatIsWrittenOutlivesTheProcess(t *testing.T) {
	for _, d := range databasetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			at := databasetest.New(t, d)
			db, err := database.Open(t.Context(), at)
			require.NoError(t, err)
			l := opened(t, db)
			finish(t, l, call(1), wire.Accepted)
			require.NoError(t, db.Close())
			require.Error(t, l.Leave(t.Context(), call(1).ID, noon))

			e, err := opened(t, databasetest.Reopen(t, at)).Entry(t.Context(), call(1).ID)
			require.NoError(t, err)
			require.Equal(t, wire.Accepted, e.Outcome)
		})
	}
}

// The same key at the same time on several processes is one call.
func TestOneKeyOnTwoProcesses(t *testing.T) {
	at := databasetest.New(t, database.PostgreSQL)
	var ledgers []*Ledger
	for range 2 {
		ledgers = append(ledgers, opened(t, databasetest.Reopen(t, at)))
	}
	for n := range 20 {
		const callers = 8
		var group sync.WaitGroup
		var results [callers]error
		for i := range callers {
			group.Go(func() {
				c := call(n)
				c.ID = fmt.Sprintf("call-%d-%d", n, i)
				_, results[i] = ledgers[i%2].Start(t.Context(), c)
			})
		}
		group.Wait()
		won := -1
		for i, err := range results {
			if err == nil {
				require.Equal(t, -1, won, "one alone may send")
				won = i
				continue
			}
			require.ErrorIs(t, err, problem.Running)
		}
		require.GreaterOrEqual(t, won, 0)
		id := fmt.Sprintf("call-%d-%d", n, won)
		require.NoError(t, ledgers[won%2].Leave(t.Context(), id, noon))
		require.NoError(t, ledgers[won%2].Finish(t.Context(), id, end(wire.Refused, 1)))
		again := call(n)
		again.ID = "again"
		stored, err := ledgers[1-won%2].Start(t.Context(), again)
		require.NoError(t, err)
		require.Equal(t, id, stored.ID)
		require.Equal(t, wire.Refused, stored.Outcome, "the other process gives the stored answer")
	}
}

// A process is taken for dead while it is very much at work: each call ends
// once, as whoever was first says, and nothing leaves after that.
func TestAProcessThatIsTakenForDead(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const calls = 150
		process := databasetest.Join(t, db)
		slow := New(db, process)
		for i := range calls {
			c := call(i)
			c.Rows = append(c.Rows, c.Rows[0])
			start(t, slow, c)
			if i%3 == 0 {
				require.NoError(t, slow.Leave(t.Context(), c.ID, noon))
			}
		}
		require.NoError(t, process.Leave(t.Context()))

		var left, finished [calls]error
		var group sync.WaitGroup
		for i := range calls {
			group.Go(func() {
				if left[i] = slow.Leave(t.Context(), call(i).ID, noon); left[i] == nil {
					finished[i] = slow.Finish(t.Context(), call(i).ID, end(wire.Accepted, 2))
				}
			})
		}
		for range 3 {
			group.Go(func() {
				if _, err := slow.Recover(t.Context(), noon); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		_, err := slow.Recover(t.Context(), noon)
		require.NoError(t, err)
		for i := range calls {
			e, err := slow.Entry(t.Context(), call(i).ID)
			require.NoError(t, err)
			require.Equal(t, wire.Finished, e.State)
			for _, row := range e.Rows {
				require.Equal(t, e.Outcome, row.Outcome, "rows and call end together")
			}
			switch {
			case left[i] != nil:
				require.ErrorIs(t, left[i], ErrFinished)
				require.Contains(t, []wire.Outcome{wire.Skipped, wire.Unknown}, e.Outcome)
				require.Equal(t, e.LeftAt != nil, e.Outcome == wire.Unknown, "skipped only what never left")
			case finished[i] != nil:
				require.ErrorIs(t, finished[i], ErrFinished)
				require.Equal(t, wire.Unknown, e.Outcome, "it may have happened")
			default:
				require.Equal(t, wire.Accepted, e.Outcome)
			}
		}
	})
}

// lost is a process that has lost its place.
type lost struct{}

func (lost) ID() (string, error) { return "", database.ErrLost }

func TestAProcessWithoutAPlaceTakesNoCalls(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := New(db, lost{})
		_, err := l.Start(t.Context(), call(1))
		require.ErrorIs(t, err, database.ErrLost)
		require.ErrorIs(t, l.Ready(t.Context()), database.ErrLost)
		_, err = l.Entry(t.Context(), call(1).ID)
		require.ErrorIs(t, err, problem.NoSuchCall, "nothing is recorded")
		require.NoError(t, opened(t, db).Ready(t.Context()))
	})
}

// What no one would type and upstreams send all the same.
func TestOddTexts(t *testing.T) {
	const odd = "a\x00b\xff\u202e"
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, c := opened(t, db), call(1)
		c.Note, c.Person.Name = odd, odd
		c.Rows = []operation.Item{{Typed: odd, Sent: "+14155550100"}}
		start(t, l, c)
		require.NoError(t, l.Leave(t.Context(), c.ID, noon))
		require.NoError(t, l.Finish(t.Context(), c.ID, End{
			Outcome: wire.Unknown, RequestID: odd, JobID: odd, Response: json.RawMessage("\"caf\xe9\""), Error: &wire.Error{Code: odd, Message: odd},
			Rows: []wire.Row{{Index: 0, Outcome: wire.Unknown, Reason: odd, Text: odd}}, At: noon,
		}))
		require.NoError(t, l.Settle(t.Context(), c.ID, wire.Settlement{Outcome: wire.Accepted, Note: odd, By: wire.Person{ID: "lee@example.com", Name: odd}, At: noon}))
		e, err := l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, database.Text(odd), e.Note)
		require.Equal(t, database.Text(odd), e.Rows[0].Text)
		require.JSONEq(t, "\"caf\uFFFD\"", string(e.Response))

		_, err = l.Entry(t.Context(), odd)
		require.ErrorIs(t, err, problem.NoSuchCall)
		for _, f := range []wire.Filter{{Person: odd}, {System: odd}, {Before: odd}, {Operation: odd}, {Number: odd}} {
			_, err := l.Search(t.Context(), f, "")
			require.NoError(t, err)
		}
	})
}

// A call of ten thousand rows is recorded and ended on both.
func TestVeryManyRows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const rows = 10_000
		l, c := opened(t, db), call(1)
		c.Rows = nil
		for i := range rows {
			c.Rows = append(c.Rows, operation.Item{Typed: fmt.Sprint(i), Sent: fmt.Sprintf("+1415%07d", i)})
		}
		finish(t, l, c, wire.Accepted)
		e, err := l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Len(t, e.Rows, rows)
		for i, row := range e.Rows {
			require.Equal(t, wire.Row{Index: i, Outcome: wire.Accepted, Typed: c.Rows[i].Typed, Sent: c.Rows[i].Sent}, row)
		}
	})
}

// A ledger of the first version, made before processes and PostgreSQL.
func TestAnOldLedgerIsTakenOver(t *testing.T) {
	at := databasetest.New(t, database.SQLite)
	old(t, at.Dir)
	db := databasetest.Reopen(t, at)
	l := opened(t, db)
	e, err := l.Entry(t.Context(), "old-finished")
	require.NoError(t, err)
	require.Equal(t, wire.Accepted, e.Outcome)
	page, err := l.Search(t.Context(), wire.Filter{Number: "0100"}, "")
	require.NoError(t, err)
	require.Len(t, page.Entries, 2)
	r, err := l.Recover(t.Context(), noon.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, Recovered{Unknown: 1}, r)
	_, err = l.Earlier(t.Context(), "amy@example.com", "old-key-1", "another")
	require.ErrorIs(t, err, problem.KeyReused, "keys hold on")
}

// old makes a ledger as the first version left it: two calls, one under way.
func old(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	defer db.Close()
	first, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("../database/migration"), goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = first.UpTo(t.Context(), 1)
	require.NoError(t, err)
	for i, state := range []string{"finished", "leaving"} {
		var outcome any
		if state == "finished" {
			outcome = "accepted"
		}
		_, err = db.ExecContext(t.Context(), `INSERT INTO calls (id, person_id, person_name, idempotency_key, fingerprint, system, operation, state, outcome,
			note, request, row_count, tries, started_at, upstream_status, request_id, job_id)
			VALUES ($1, 'amy@example.com', 'Amy', $2, 'f', 'acme', 'sms.send', $3, $4, '', '{}', 1, 1, $5, 0, '', '')`,
			"old-"+state, fmt.Sprintf("old-key-%d", i+1), state, outcome, noon.UnixMicro())
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), `INSERT INTO call_rows (call_id, position, typed, sent, sent_tail, outcome, reason, text, proof)
			VALUES ($1, 0, '4155550100', '+14155550100', '00105555141', $2, '', '', '')`, "old-"+state, outcome)
		require.NoError(t, err)
	}
}
