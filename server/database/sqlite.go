package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite" // also registers the driver "sqlite"
	lib "modernc.org/sqlite/lib"
)

const (
	fileName = "ledger.db"
	lockName = "lock.db"
	readers  = 4 // connections of the read pool
)

// ErrInUse says that another process has this data directory open. Two servers
// on one would each throttle for themselves and take the other's calls for crashed.
var ErrInUse = errors.New("the data directory is in use by another process")

// openSQLite opens or creates the database in the directory. The directory and
// the file are readable by their owner alone: they hold phone numbers.
func openSQLite(ctx context.Context, c Config) (_ *DB, err error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	db := &DB{Dialect: SQLite}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if db.lock, err = lockDir(ctx, dir); err != nil {
		return nil, err
	}
	// FULL: a commit returns once it is on the disk, so that a started call
	// survives the loss of power.
	if db.Writer, err = connect(filepath.Join(dir, fileName), 1,
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-65536)", "journal_size_limit(67108864)"); err != nil {
		return nil, err
	}
	if err := migrate(ctx, db); err != nil {
		return nil, err
	}
	if db.Reader, err = connect(filepath.Join(dir, fileName), readers, "busy_timeout(10000)", "query_only(1)"); err != nil {
		return nil, err
	}
	db.group = newGroup(db.Writer, most)
	return db, nil
}

func connect(path string, connections int, pragmas ...string) (*sql.DB, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create file: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("create file: %w", err)
	}
	source := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// lockDir takes the directory for this process. The lock is the operating
// system's: it ends with the process, however that ends.
func lockDir(ctx context.Context, dir string) (*sql.DB, error) {
	db, err := connect(filepath.Join(dir, lockName), 1, "locking_mode(EXCLUSIVE)", "busy_timeout(0)")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, "BEGIN EXCLUSIVE; COMMIT"); err != nil {
		if is := (*sqlite.Error)(nil); errors.As(err, &is) && is.Code()&0xff == lib.SQLITE_BUSY {
			err = fmt.Errorf("%w: %s", ErrInUse, dir)
		}
		return nil, errors.Join(fmt.Errorf("lock: %w", err), db.Close())
	}
	return db, nil
}
