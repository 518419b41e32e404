package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

func count(t *testing.T, db *database.DB, from string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.Reader.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+from, args...).Scan(&n))
	return n
}

func exec(t *testing.T, db *database.DB, statement string, args ...any) {
	t.Helper()
	require.NoError(t, db.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	}))
}

func TestOpensAgainAndAgain(t *testing.T) {
	for _, d := range databasetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			at := database.Config{Dir: t.TempDir()}
			if d == database.PostgreSQL {
				at = database.Config{URL: databasetest.URL(t)}
			}
			for range 3 {
				db, err := database.Open(t.Context(), at)
				require.NoError(t, err)
				require.Equal(t, d, db.Dialect)
				require.NoError(t, db.Ready(t.Context()))
				require.Zero(t, count(t, db, "calls"))
				require.Zero(t, count(t, db, "river_job"), "the job engine's tables are there")
				require.NoError(t, db.Close())
			}
		})
	}
}

func TestManyProcessesOpenAtOnce(t *testing.T) {
	at := database.Config{URL: databasetest.URL(t)}
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			db, err := database.Open(t.Context(), at)
			if err == nil {
				err = errors.Join(db.Ready(t.Context()), db.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// What the package comment promises to those who write SQL.
func TestSQLIsWrittenOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		text, blob := "TEXT NOT NULL PRIMARY KEY", "BLOB"
		if db.Dialect == database.PostgreSQL {
			text, blob = `TEXT COLLATE "C" NOT NULL PRIMARY KEY`, "BYTEA"
		}
		exec(t, db, `CREATE TABLE things (name `+text+`, at BIGINT, small INTEGER NOT NULL, flag BOOLEAN NOT NULL, data `+blob+`)`)
		for i, name := range []string{"b", "B", "a-b", "ab", "é", "Z"} {
			exec(t, db, `INSERT INTO things (name, at, small, flag, data) VALUES ($1, $2, $3, $4, $5)`, name, nil, i, i%2 == 0, []byte{0, 255})
		}
		exec(t, db, `INSERT INTO things (name, small, flag) VALUES ($1, $2, TRUE) ON CONFLICT (name) DO UPDATE SET small = EXCLUDED.small`, "b", 100)

		rows, err := db.Reader.QueryContext(t.Context(), `SELECT name, at, small, flag, data FROM things WHERE flag ORDER BY name`)
		require.NoError(t, err)
		defer rows.Close()
		var names []string
		for rows.Next() {
			var name string
			var at sql.NullInt64
			var small int
			var flag bool
			var data []byte
			require.NoError(t, rows.Scan(&name, &at, &small, &flag, &data))
			require.False(t, at.Valid)
			require.True(t, flag)
			require.Equal(t, []byte{0, 255}, data)
			names = append(names, fmt.Sprint(name, small))
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []string{"a-b2", "b100", "é4"}, names, "by their bytes")
		require.NoError(t, db.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			var name string
			if err := tx.QueryRowContext(ctx, `UPDATE things SET flag = $1 WHERE name = $2 AND flag = FALSE RETURNING name`, true, "B").Scan(&name); err != nil {
				return err
			}
			require.Equal(t, "B", name)
			return nil
		}))
	})
}

func TestTextIsHeldByBoth(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, odd := range []string{"a\x00b", "\xff\xfe", "caf\xe9", "é", "\U0001F600", ""} {
			var back string
			require.NoError(t, db.Reader.QueryRowContext(t.Context(), `SELECT CAST($1 AS TEXT)`, database.Text(odd)).Scan(&back))
			require.Equal(t, database.Text(odd), back)
		}
		require.Equal(t, "é", database.Text("é"), "what is fine stays as it is")
	})
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"", "é", "a\x00b", "\xff", "\xe2\x82", "\x00\xff\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		held := database.Text(text)
		require.True(t, utf8.ValidString(held))
		require.NotContains(t, held, "\x00")
		require.Equal(t, held, database.Text(held))
		if utf8.ValidString(text) && !strings.Contains(text, "\x00") {
			require.Equal(t, text, held)
		}
	})
}

func TestAWriteIsWholeOrNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		failed := errors.New("no")
		err := db.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO processes (id, seen_at) VALUES ('x', 1)`); err != nil {
				return err
			}
			return failed
		})
		require.ErrorIs(t, err, failed)
		require.Zero(t, count(t, db, "processes"))

		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			cancel() // the caller goes away while it runs
			_, err := tx.ExecContext(ctx, `INSERT INTO processes (id, seen_at) VALUES ('y', 1)`)
			return err
		}))
		require.Equal(t, 1, count(t, db, "processes"), "its end was awaited")
		require.ErrorIs(t, db.Write(ctx, func(context.Context, *sql.Tx) error { return nil }), context.Canceled)
	})
}

// Two transactions that wait for one another are told apart by PostgreSQL: one
// of them is begun again.
func TestDeadlocksAreRepeated(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	exec(t, db, `INSERT INTO paces (system, next_at, paused_until, asked_by) VALUES ('a', 0, 0, ''), ('b', 0, 0, '')`)
	var both, group sync.WaitGroup
	both.Add(2)
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		group.Go(func() {
			first := true
			err := db.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				for i, system := range order {
					if _, err := tx.ExecContext(ctx, `UPDATE paces SET next_at = next_at + 1 WHERE system = $1`, system); err != nil {
						return err
					}
					if i == 0 && first {
						first = false
						both.Done()
						both.Wait() // each holds one now
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	require.Equal(t, 2, count(t, db, "paces WHERE next_at = 2"))
}

// The database was restarted: the connections that were in use are broken.
func TestBrokenConnectionsAreReplaced(t *testing.T) {
	at := databasetest.New(t, database.PostgreSQL)
	db, other := databasetest.Reopen(t, at), databasetest.Reopen(t, at)
	for range 5 {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if err := db.Ready(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		exec(t, other, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		require.NoError(t, db.Ready(t.Context()))
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	const secret = "5ecret"
	for _, url := range []string{"postgres://u:" + secret + "@h:port/d", "postgres://u:" + secret + "@[::1/d", "postgres://u:" + secret + "%zz@h/d", "host=h password=" + secret + " port=x"} {
		_, err := database.Open(t.Context(), database.Config{URL: url})
		require.ErrorIs(t, err, database.ErrAddress)
		require.NotContains(t, err.Error(), secret)
		require.ErrorIs(t, database.Reach(t.Context(), url), database.ErrAddress)
	}
	// Nobody listens there.
	for _, url := range []string{"postgres://u:" + secret + "@127.0.0.1:1/d?connect_timeout=2", "postgres://u:" + secret + "@/d?host=" + t.TempDir()} {
		_, err := database.Open(t.Context(), database.Config{URL: url})
		require.Error(t, err)
		require.NotContains(t, err.Error(), secret)
		err = database.Reach(t.Context(), url)
		require.Error(t, err)
		require.NotContains(t, err.Error(), secret)
	}
	require.NoError(t, database.Reach(t.Context(), databasetest.URL(t)+"&pool_max_conns=3"))
}

// join is a place under that name, by a clock that the test moves.
func join(t *testing.T, db *database.DB, now *time.Time, names ...string) *database.Process {
	t.Helper()
	p, err := db.Join(t.Context(), func() string { name := names[0]; names = names[1:]; return name }, func() time.Time { return *now })
	require.NoError(t, err)
	return p
}

func TestProcesses(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	a, b := join(t, db, &now, "a1", "a2"), join(t, db, &now, "b1")
	require.Equal(t, 2, count(t, db, "processes"))
	require.NoError(t, a.Beat(t.Context()))
	require.NoError(t, b.Beat(t.Context()))
	require.Equal(t, 2, count(t, db, "processes"), "both are alive")

	now = now.Add(database.Silence - time.Second)
	_, err := a.ID()
	require.ErrorIs(t, err, database.ErrLost, "nothing new is begun before the others may take it for dead")
	exec(t, db, `UPDATE processes SET seen_at = seen_at - $1 WHERE id = 'a1'`, (database.Silence - time.Second).Microseconds())
	require.NoError(t, b.Beat(t.Context()))
	require.Equal(t, 1, count(t, db, "processes WHERE id = 'a1'"), "silent, but not for long enough")
	require.NoError(t, a.Beat(t.Context()))
	id, err := a.ID()
	require.NoError(t, err)
	require.Equal(t, "a1", id)

	exec(t, db, `UPDATE processes SET seen_at = seen_at - $1 WHERE id = 'a1'`, (database.Silence + time.Second).Microseconds())
	require.NoError(t, b.Beat(t.Context()))
	require.Zero(t, count(t, db, "processes WHERE id = 'a1'"))
	require.ErrorIs(t, a.Beat(t.Context()), database.ErrLost)
	id, err = a.ID()
	require.NoError(t, err)
	require.Equal(t, "a2", id, "it has a new place")
	require.NoError(t, a.Beat(t.Context()))

	require.NoError(t, a.Leave(t.Context()))
	require.NoError(t, b.Leave(t.Context()))
	require.Zero(t, count(t, db, "processes"))
}

func TestTheOneProcessOfSQLite(t *testing.T) {
	at := databasetest.New(t, database.SQLite)
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	db, err := database.Open(t.Context(), at)
	require.NoError(t, err)
	p := join(t, db, &now, "first")
	now = now.Add(time.Hour)
	require.NoError(t, p.Beat(t.Context()))
	id, err := p.ID()
	require.NoError(t, err, "nobody else could take it for dead")
	require.Equal(t, "first", id)
	p.Keep(t.Context(), func(context.Context, error) { t.Error("there is nobody to tell") })
	_, err = database.Open(t.Context(), at)
	require.ErrorIs(t, err, database.ErrInUse, "a second server on the same directory")
	require.NoError(t, db.Close()) // without leaving, as a crash would

	db = databasetest.Reopen(t, at)
	join(t, db, &now, "second")
	require.Equal(t, 1, count(t, db, "processes"))
	require.Equal(t, 1, count(t, db, "processes WHERE id = 'second'"))
}
