// Package database opens what the server keeps its records in: an SQLite file
// of its own, or a PostgreSQL that several processes share.
//
// SQL is written once for both:
//   - placeholders are $1, $2, …;
//   - columns are TEXT, INTEGER (32 bits), BIGINT, BOOLEAN and BLOB; texts are
//     compared by their bytes, and pass through Text before they are written;
//   - times are BIGINT: UTC microseconds since 1970, by the server's clock;
//     booleans are written and compared as arguments, or as TRUE and FALSE;
//   - conflicts are met with INSERT … ON CONFLICT, results with RETURNING.
//
// What one transaction reads another may change before it writes, so a change
// names in its WHERE what it relies on, and looks at how many rows it found.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Dialect is the kind of a database.
type Dialect string

const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgresql"
)

// DB is an open database with its tables up to date, River's too. It is safe
// for use from many goroutines.
type DB struct {
	Dialect Dialect
	Writer  *sql.DB       // on SQLite one connection, which everything that writes shares
	Reader  *sql.DB       // cannot write on SQLite; the same as Writer on PostgreSQL
	Pool    *pgxpool.Pool // what Writer draws from on PostgreSQL; nil on SQLite

	group *group  // shares transactions, on SQLite
	lock  *sql.DB // holds the data directory, on SQLite
	url   string  // for connections outside the pool, on PostgreSQL
}

// Config says where the database is.
type Config struct {
	Dir string // holds the SQLite files; made when it is missing
	URL string // of a PostgreSQL: then there is no SQLite. It may hold a password
}

// Open opens the database and brings its tables up to date. On SQLite it is
// ErrInUse when another process has the directory. No error holds the URL.
func Open(ctx context.Context, c Config) (*DB, error) {
	open := openSQLite
	if c.URL != "" {
		open = openPostgreSQL
	}
	db, err := open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// Write runs do in a transaction and returns once that is on the disk, or with
// the reason why nothing of it is. A context that ends while the write waits
// for its turn takes it back; once do runs, its end is awaited. do may run
// more than once, each time in a new transaction.
func (db *DB) Write(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	if db.group != nil {
		return db.group.write(ctx, do)
	}
	return db.transact(ctx, do)
}

// Ready reports whether the database takes writes.
func (db *DB) Ready(ctx context.Context) error {
	return db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var one int
		return tx.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
	})
}

// Close finishes the writes that wait and closes all connections.
func (db *DB) Close() error {
	if db.group != nil {
		db.group.close()
	}
	var errs []error
	for _, one := range []*sql.DB{db.Reader, db.Writer, db.lock} {
		if one != nil {
			errs = append(errs, one.Close())
		}
	}
	if db.Pool != nil {
		db.Pool.Close()
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Text is a text that both dialects can hold: PostgreSQL takes neither NUL nor
// what is not UTF-8, which an upstream or a spreadsheet may well give us.
func Text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
