package database

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// The migrations are one set for both dialects, written as the package comment
// says. Those that were released are never changed.
//
//go:embed migration/*.sql
var migrations embed.FS

// migrate brings our tables and River's up to date.
func migrate(ctx context.Context, db *DB) error {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	dialect := goose.DialectSQLite3
	if db.Dialect == PostgreSQL {
		dialect, files = goose.DialectPostgres, inPostgreSQL{files}
	}
	provider, err := goose.NewProvider(dialect, db.Writer, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if db.Dialect == PostgreSQL {
		return migrateRiver(ctx, riverpgxv5.New(db.Pool))
	}
	return migrateRiver(ctx, riversqlite.New(db.Writer))
}

// migrateRiver makes the tables of the job engine that carries out runs.
func migrateRiver[Tx any](ctx context.Context, driver riverdriver.Driver[Tx]) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("River's migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate River: %w", err)
	}
	return nil
}

// inPostgreSQL reads the migrations as PostgreSQL has to be told them: texts
// are compared by their bytes, whatever the database's own collation is, so
// that both dialects sort and find alike and an upgrade of the system's locales
// breaks no index; and bytes are called otherwise.
type inPostgreSQL struct{ fs.FS }

var postgreSQLWords = strings.NewReplacer(" TEXT", ` TEXT COLLATE "C"`, " BLOB", " BYTEA")

func (i inPostgreSQL) Open(name string) (fs.File, error) {
	file, err := i.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return edited{file, strings.NewReader(postgreSQLWords.Replace(string(text)))}, nil
}

// edited is a file with another text.
type edited struct {
	fs.File
	text io.Reader
}

func (e edited) Read(p []byte) (int, error) { return e.text.Read(p) }
