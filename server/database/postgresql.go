package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	connections = 20               // of the pool, unless the URL says pool_max_conns
	reachTime   = 10 * time.Second // for the first connection
	commitTime  = 30 * time.Second // for a connection, and for one transaction
	attempts    = 5                // of one write that the database asks to repeat
)

// ErrAddress says that a URL is not one of a PostgreSQL. It does not hold the
// URL, which may hold a password.
var ErrAddress = errors.New("not a PostgreSQL address such as postgres://user:password@host:5432/outdial")

// openPostgreSQL connects to the database that the URL names. All processes
// may open it at once.
func openPostgreSQL(ctx context.Context, c Config) (_ *DB, err error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, ErrAddress // the cause quotes the URL
	}
	if config.MaxConns < connections && !hasPoolSize(c.URL) {
		config.MaxConns = connections
	}
	db := &DB{Dialect: PostgreSQL, url: c.URL}
	if db.Pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("make pool: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	reach, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	if err := db.Pool.Ping(reach); err != nil {
		return nil, err // names the host and the user, never the password
	}
	db.Writer = stdlib.OpenDBFromPool(db.Pool)
	db.Reader = db.Writer
	if err := db.alone(ctx, func() error { return migrate(ctx, db) }); err != nil {
		return nil, err
	}
	return db, nil
}

func hasPoolSize(url string) bool {
	config, err := pgx.ParseConfig(url)
	return err == nil && config.RuntimeParams["pool_max_conns"] != ""
}

// Reach reports whether a PostgreSQL answers at the URL and lets us in. It
// changes nothing there. No error holds the password.
func Reach(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return ErrAddress
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	for name := range config.RuntimeParams {
		if strings.HasPrefix(name, "pool_") {
			delete(config.RuntimeParams, name) // the pool's own settings, no server knows them
		}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// migrating is the advisory lock that a process holds while it brings the
// tables up to date; a number of our own making.
const migrating = 0x6f757464

// alone runs do while no other process is in alone. The lock ends with its
// connection, so no crash leaves it behind.
func (db *DB) alone(ctx context.Context, do func() error) error {
	conn, err := pgx.ConnectConfig(ctx, db.Pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrating)); err != nil {
		return errors.Join(fmt.Errorf("wait for other processes: %w", err), conn.Close(ctx))
	}
	return errors.Join(do(), conn.Close(context.WithoutCancel(ctx)))
}

// transact runs do in a transaction of its own. PostgreSQL brings the commits
// of many connections to the disk together by itself. A transaction that the
// database asks to repeat (deadlock, serialisation) is repeated, and so is one
// that could not begin, as on a connection that broke while nobody used it.
func (db *DB) transact(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	for n := 1; ; n++ {
		err := db.once(ctx, do)
		if n == attempts || !repeatable(err) || ctx.Err() != nil {
			return err
		}
		timer := time.NewTimer(time.Duration(n) * 5 * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

func (db *DB) once(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) (err error) {
	within, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	conn, err := db.Writer.Conn(within)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// A caller that goes away must not leave open whether its commit took place.
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer end()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return notBegun{err}
	}
	if err := do(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// notBegun is why a transaction could not begin.
type notBegun struct{ error }

func (e notBegun) Error() string { return "begin: " + e.error.Error() }
func (e notBegun) Unwrap() error { return e.error }

func repeatable(err error) bool {
	if errors.As(err, new(notBegun)) {
		return !errors.Is(err, context.DeadlineExceeded)
	}
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == "40001" || said.Code == "40P01")
}
