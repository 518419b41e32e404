package database

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func opened(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func adding(id string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO processes (id, seen_at) VALUES ($1, 0)`, id)
		return err
	}
}

func TestOneThatFailsLeavesTheOthersOfItsTransactionAlone(t *testing.T) {
	db := opened(t)
	require.NoError(t, db.Write(t.Context(), adding("taken")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	batch := []write{
		{ctx: t.Context(), do: adding("good")},
		{ctx: t.Context(), do: adding("taken")},
		{ctx: ctx, do: adding("gone")},
		{ctx: t.Context(), do: adding("good too")},
	}
	db.group.close() // its one connection is ours now
	require.NoError(t, db.group.commit(batch))
	require.NoError(t, batch[0].err)
	require.Error(t, batch[1].err)
	require.ErrorIs(t, batch[2].err, context.Canceled)
	require.NoError(t, batch[3].err)
	var n int
	require.NoError(t, db.Reader.QueryRow(`SELECT COUNT(*) FROM processes`).Scan(&n))
	require.Equal(t, 3, n)
}

func TestALostTransactionIsToldToAll(t *testing.T) {
	db := opened(t)
	require.NoError(t, db.Writer.Close())
	var group sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		group.Go(func() { errs[i] = db.Write(t.Context(), adding(string(rune('a'+i)))) })
	}
	group.Wait()
	for _, err := range errs {
		require.Error(t, err)
	}
	require.Error(t, db.Ready(t.Context()))
}

func TestCommitsAreOnTheDisk(t *testing.T) {
	db := opened(t)
	var mode string
	require.NoError(t, db.Writer.QueryRow(`PRAGMA journal_mode`).Scan(&mode))
	require.Equal(t, "wal", mode)
	var level int
	require.NoError(t, db.Writer.QueryRow(`PRAGMA synchronous`).Scan(&level))
	require.Equal(t, 2, level, "FULL")
	_, err := db.Reader.Exec(`DELETE FROM processes`)
	require.Error(t, err, "the read pool cannot write")
}

func TestFilesAreTheirOwners(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%20é")
	db, err := Open(t.Context(), Config{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, db.Write(t.Context(), adding("x")))
	for _, name := range []string{"", fileName, fileName + "-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%q is for its owner alone", name)
	}
	require.NoError(t, db.Close())
	require.ErrorIs(t, db.Write(t.Context(), adding("y")), ErrClosed)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(t.Context(), Config{Dir: file})
	require.Error(t, err)
	require.False(t, errors.Is(err, ErrInUse))
}
