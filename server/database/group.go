package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// ErrClosed says that the database was closed.
var ErrClosed = errors.New("the database is closed")

// most is how many writes share one transaction at the most.
const most = 256

// group is the one goroutine that writes. Writes that arrive while a
// transaction is being brought to the disk share the next one, so that many
// callers wait for one fsync. Each stands in a savepoint of its own: one that
// fails leaves the others alone.
type group struct {
	db    *sql.DB
	most  int
	queue chan write
	ended chan struct{}

	mu     sync.RWMutex // guards closed, and queue against a send after close
	closed bool
}

type write struct {
	ctx  context.Context
	do   func(ctx context.Context, tx *sql.Tx) error
	done chan error
	err  error // of do
}

func newGroup(db *sql.DB, most int) *group {
	g := &group{db: db, most: most, queue: make(chan write, most), ended: make(chan struct{})}
	go g.loop()
	return g
}

func (g *group) write(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	one := write{ctx: ctx, do: do, done: make(chan error, 1)}
	g.mu.RLock()
	if g.closed {
		g.mu.RUnlock()
		return ErrClosed
	}
	select {
	case g.queue <- one:
		g.mu.RUnlock()
	case <-ctx.Done():
		g.mu.RUnlock()
		return ctx.Err()
	}
	return <-one.done // once it runs, only the disk knows the answer
}

// close ends the goroutine after the writes that wait.
func (g *group) close() {
	g.mu.Lock()
	already := g.closed
	g.closed = true
	g.mu.Unlock()
	if !already {
		close(g.queue)
	}
	<-g.ended
}

func (g *group) loop() {
	defer close(g.ended)
	for first := range g.queue {
		batch := append(make([]write, 0, 8), first)
		for len(batch) < g.most {
			select {
			case next, open := <-g.queue:
				if open {
					batch = append(batch, next)
					continue
				}
			default:
			}
			break
		}
		err := g.commit(batch)
		for _, one := range batch {
			if err != nil && one.err == nil {
				one.err = err
			}
			one.done <- one.err
		}
	}
}

// commit runs the batch in one transaction. The error is that of the
// transaction and holds for every write of the batch.
func (g *group) commit(batch []write) error {
	// No caller's context: one that ends must not undo the others' writes.
	ctx := context.Background()
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for i := range batch {
		if err := inSavepoint(ctx, tx, &batch[i]); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func inSavepoint(ctx context.Context, tx *sql.Tx, one *write) error {
	if one.err = one.ctx.Err(); one.err != nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	if one.err = one.do(ctx, tx); one.err != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one"); err != nil {
			return fmt.Errorf("roll back: %w", errors.Join(one.err, err))
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT one"); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}
