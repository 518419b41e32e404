// Package databasetest gives tests databases of both dialects: SQLite in a
// directory of the test, and PostgreSQL in a server of its own, which is made
// in a temporary folder when the first test asks for it.
package databasetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"outdial/server/database"
)

// Dialects are all that the server runs on.
func Dialects() []database.Dialect { return []database.Dialect{database.SQLite, database.PostgreSQL} }

// Each runs a test on a new database of each dialect.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	for _, d := range Dialects() {
		t.Run(string(d), func(t *testing.T) { test(t, Open(t, d)) })
	}
}

// Open opens a new database, which is closed when the test ends.
func Open(t testing.TB, d database.Dialect) *database.DB {
	t.Helper()
	return Reopen(t, New(t, d))
}

// New is where a new database is, with nothing in it.
func New(t testing.TB, d database.Dialect) database.Config {
	t.Helper()
	if d == database.PostgreSQL {
		return database.Config{URL: migrated(t)}
	}
	return database.Config{Dir: t.TempDir()}
}

// Reopen opens the database there, as one more process would. It is closed
// when the test ends.
func Reopen(t testing.TB, c database.Config) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// Join gives the database's user a place among its processes, under ids that
// are unique in the test program.
func Join(t testing.TB, db *database.DB) *database.Process {
	t.Helper()
	p, err := db.Join(t.Context(), newID, time.Now)
	require.NoError(t, err)
	return p
}

var ids struct {
	mu sync.Mutex
	n  int
}

func newID() string {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.n++
	return fmt.Sprintf("process-%d-%d", os.Getpid(), ids.n)
}

// server is the PostgreSQL of this test program.
var server struct {
	once  sync.Once
	err   error
	dir   string
	stop  func()
	mu    sync.Mutex
	count int
	free  []string // databases with nothing in them
}

// Main runs the tests and stops the PostgreSQL that they used:
//
//	func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }
func Main(m *testing.M) int {
	defer func() {
		if server.stop != nil {
			server.stop()
		}
	}()
	return m.Run()
}

// URL makes a PostgreSQL database without tables.
func URL(t testing.TB) string {
	t.Helper()
	running(t)
	name := created(t)
	t.Cleanup(func() { admin(t, "postgres", "DROP DATABASE "+name+" WITH (FORCE)") })
	return address(name)
}

func running(t testing.TB) {
	t.Helper()
	server.once.Do(func() { server.err = start() })
	require.NoError(t, server.err, "the tests need Debian's postgresql: make packages")
}

func created(t testing.TB) string {
	t.Helper()
	server.mu.Lock()
	server.count++
	name := "test" + strconv.Itoa(server.count)
	server.mu.Unlock()
	// Its own collation is not by bytes: nothing may depend on that.
	admin(t, "postgres", "CREATE DATABASE "+name+" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
	return name
}

// migrated is a database with all tables and nothing in them. To make one takes
// PostgreSQL much longer than to empty one, so they are used again.
func migrated(t testing.TB) string {
	t.Helper()
	running(t)
	name := reused()
	if name == "" {
		name = created(t)
		db, err := database.Open(t.Context(), database.Config{URL: address(name)})
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
	before := ask(t, name, shape)
	t.Cleanup(func() {
		ask(t, name, `SELECT COUNT(pg_terminate_backend(pid, 10000))::TEXT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if ask(t, name, shape) != before { // the test made tables of its own, or dropped some
			admin(t, "postgres", "DROP DATABASE "+name)
			return
		}
		admin(t, name, ask(t, name, `SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY' FROM pg_tables
			WHERE schemaname = 'public' AND tablename NOT IN ('goose_db_version', 'river_migration')`))
		server.mu.Lock()
		defer server.mu.Unlock()
		server.free = append(server.free, name)
	})
	return address(name)
}

// shape is what the tables look like.
const shape = `SELECT COALESCE(string_agg(table_name || '.' || column_name || ' ' || data_type, ', ' ORDER BY table_name, column_name), '')
	FROM information_schema.columns WHERE table_schema = 'public'`

func reused() string {
	server.mu.Lock()
	defer server.mu.Unlock()
	if len(server.free) == 0 {
		return ""
	}
	name := server.free[len(server.free)-1]
	server.free = server.free[:len(server.free)-1]
	return name
}

// Durable makes PostgreSQL bring each commit to the disk until the test ends,
// as it does in earnest; otherwise these databases need not survive anything.
func Durable(t testing.TB) {
	t.Helper()
	running(t)
	set := func(value string) {
		for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			admin(t, "postgres", "ALTER SYSTEM SET "+name+" = "+value)
		}
		admin(t, "postgres", "SELECT pg_reload_conf()")
	}
	set("on")
	t.Cleanup(func() { set("off") })
}

func address(name string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + name, RawQuery: url.Values{"host": {server.dir}}.Encode()}
	return u.String()
}

func admin(t testing.TB, in, statement string) {
	t.Helper()
	with(t, in, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		return err
	})
}

// ask is the one text that the query gives.
func ask(t testing.TB, in, query string) (answer string) {
	t.Helper()
	with(t, in, func(ctx context.Context, conn *pgx.Conn) error { return conn.QueryRow(ctx, query).Scan(&answer) })
	return answer
}

func with(t testing.TB, in string, do func(ctx context.Context, conn *pgx.Conn) error) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, address(in))
	require.NoError(t, err)
	require.NoError(t, errors.Join(do(ctx, conn), conn.Close(ctx)))
}

// superuser is PostgreSQL's superuser, who needs no password on a socket that only
// its owner reaches.
const superuser = "outdial"

// start makes and starts a server that listens on a socket in its own folder.
func start() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	// Not the test's folder: the path of a socket must be short.
	if server.dir, err = os.MkdirTemp("", "outdial-pg-"); err != nil {
		return err
	}
	who, err := unprivileged(server.dir)
	if err != nil {
		return errors.Join(err, os.RemoveAll(server.dir))
	}
	data := filepath.Join(server.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username="+superuser, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = server.dir, who
	if said, err := initdb.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("initdb: %w: %s", err, said), os.RemoveAll(server.dir))
	}
	log, err := os.Create(filepath.Join(server.dir, "log"))
	if err != nil {
		return errors.Join(err, os.RemoveAll(server.dir))
	}
	postgres := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", server.dir, "-c", "listen_addresses=", "-c", "max_connections=300")
	// In the file, so that ALTER SYSTEM can change them.
	off := "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
	if err := os.WriteFile(filepath.Join(data, "postgresql.auto.conf"), []byte(off), 0o600); err != nil {
		return errors.Join(err, os.RemoveAll(server.dir))
	}
	postgres.Dir, postgres.Stdout, postgres.Stderr, postgres.SysProcAttr = server.dir, log, log, tied(who)
	ended := make(chan error, 1)
	if err := startTied(postgres, ended); err != nil {
		return errors.Join(err, log.Close(), os.RemoveAll(server.dir))
	}
	server.stop = func() {
		_ = postgres.Process.Signal(os.Interrupt) // a fast shutdown
		<-ended
		_ = log.Close()
		_ = os.RemoveAll(server.dir)
	}
	return answers(ended)
}

// answers waits until the server does.
func answers(ended chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case failed := <-ended:
			ended <- failed
			said, _ := os.ReadFile(filepath.Join(server.dir, "log"))
			return fmt.Errorf("postgres ended: %w: %s", failed, said)
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		}
	}
}

// binaries is the folder of PostgreSQL's programs, which Debian keeps out of
// the path: the newest.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	for _, path := range found {
		dir := filepath.Dir(path)
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("there is no PostgreSQL on this machine")
}
