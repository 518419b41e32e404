package run

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"outdial/server/database"
)

// queue is River. Jobs are inserted in the transactions of our own bookkeeping,
// so a run and its next job are one. On PostgreSQL that takes a second client:
// the one that works is told of new jobs by the database, over pgx.
//
// River itself takes a job for stuck after an hour. A run whose process died is
// found sooner, by sweep: its process is gone from those of the database, or its
// job was taken up and the run was not. It then gets a new turn and a job of its
// own, and the old job, whenever River brings it back, finds that its turn is over.
type queue struct {
	insert *river.Client[*sql.Tx]
	work   interface {
		Start(ctx context.Context) error
		Stop(ctx context.Context) error
	}
}

// turn is a job: carry out one slice of a run.
type turn struct {
	Run  string    `json:"run"`
	Turn int       `json:"turn"`
	At   time.Time `json:"at,omitzero"` // not before
}

// Kind names the job in River's tables.
func (turn) Kind() string { return "run" }

func newQueue(r *Runs) (queue, error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[turn]) error {
		// A slice ends by itself, and what it has under way is never cut off.
		if early := job.Args.At.Sub(r.Now()); early > 0 {
			return river.JobSnooze(early)
		}
		return r.work(context.WithoutCancel(ctx), job.Args.Run, job.Args.Turn)
	})); err != nil {
		return queue{}, fmt.Errorf("jobs: %w", err)
	}
	config := func() *river.Config {
		return &river.Config{
			Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: r.Pace.AtMost}}, Workers: workers,
			JobTimeout: -1, FetchPollInterval: r.Pace.Poll, FetchCooldown: min(r.Pace.Poll, 100*time.Millisecond),
			CompletedJobRetentionPeriod: time.Hour, Logger: slog.New(leveled{r.Log.Handler()}),
		}
	}
	if r.DB.Dialect != database.PostgreSQL {
		client, err := river.NewClient(riversqlite.New(r.DB.Writer), config())
		return queue{client, client}, err
	}
	insert, err := river.NewClient(riverdatabasesql.New(r.DB.Writer), &river.Config{Workers: workers, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return queue{}, err
	}
	work, err := river.NewClient(riverpgxv5.New(r.DB.Pool), config())
	return queue{insert, work}, err
}

// soon is how far ahead River's own schedule is too coarse: it looks every five
// seconds for jobs whose time has come, while one that snoozes is back in time.
const soon = 6 * time.Second

// add inserts the job of a turn, to be begun after so long.
func (q queue) add(ctx context.Context, tx *sql.Tx, t turn, now, at time.Time) error {
	var opts river.InsertOpts
	switch wait := at.Sub(now); {
	case wait > soon:
		t.At, opts.ScheduledAt = at, time.Now().Add(wait)
	case wait > 0:
		t.At = at
	}
	job, err := q.insert.InsertTx(ctx, tx, t, &opts)
	if err != nil {
		return fmt.Errorf("insert job: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE runs SET job = $2 WHERE id = $1`, t.Run, job.Job.ID); err != nil {
		return fmt.Errorf("insert job: %w", err)
	}
	return nil
}

// leveled lets River's warnings and errors through.
type leveled struct{ slog.Handler }

func (l leveled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

func (l leveled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return leveled{l.Handler.WithAttrs(attrs)}
}
func (l leveled) WithGroup(name string) slog.Handler { return leveled{l.Handler.WithGroup(name)} }
