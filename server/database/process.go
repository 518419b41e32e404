package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// Silence is how long a process may be silent before the others take it
	// for dead and end what it had under way.
	Silence = 30 * time.Second
	// beat is how often a process says that it is alive.
	beat = 5 * time.Second
	// doubt is after how long without a beat a process takes nothing new: the
	// others may soon take it for dead.
	doubt = Silence - 2*beat
)

// ErrLost says that this process could not tell for too long that it is alive,
// so that others may have ended what it had under way.
var ErrLost = errors.New("this process has lost its place among those of the database")

// micros is the database's clock, on PostgreSQL, in microseconds.
const micros = `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`

// Process is this process's place among those that share the database. What a
// process has under way is marked with its id: once the id is gone from the
// table processes, anybody may end it,
//
//	… WHERE process NOT IN (SELECT id FROM processes)
//
// and nobody else may. Whoever goes on with something of its own names in the
// WHERE that it is still under way, so a process that was wrongly taken for
// dead (it was stopped, or cut off) finds that it has nothing left to do.
type Process struct {
	db    *DB
	newID func() string
	now   func() time.Time

	mu   sync.Mutex
	id   string
	seen time.Time // when its last beat began, by its own clock
}

// Join gives this process a place. On SQLite it is the only one, so all
// earlier ones are dead.
func (db *DB) Join(ctx context.Context, newID func() string, now func() time.Time) (*Process, error) {
	p := &Process{db: db, newID: newID, now: now}
	if err := p.enter(ctx); err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	return p, nil
}

func (p *Process) enter(ctx context.Context) error {
	id, at := p.newID(), p.now()
	err := p.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if p.db.Dialect == PostgreSQL {
			if _, err := tx.ExecContext(ctx, `INSERT INTO processes (id, seen_at) VALUES ($1, `+micros+`)`, id); err != nil {
				return err
			}
			return buryDead(ctx, tx)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM processes`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO processes (id, seen_at) VALUES ($1, $2)`, id, at.UnixMicro())
		return err
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id, p.seen = id, at
	return nil
}

// ID is what marks what this process has under way. It is ErrLost when nothing
// new may be begun. A process that has lost its place gets another, with
// another id.
func (p *Process) ID() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.db.Dialect == PostgreSQL && p.now().Sub(p.seen) > doubt {
		return "", ErrLost
	}
	return p.id, nil
}

// Beat says that this process is alive and removes those that have been silent
// for too long. It is ErrLost when others had removed this one: then it has a
// new place, and what it had under way is no longer its own.
func (p *Process) Beat(ctx context.Context) error {
	if p.db.Dialect != PostgreSQL {
		return nil
	}
	p.mu.Lock()
	id, at := p.id, p.now()
	p.mu.Unlock()
	lost := false
	err := p.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE processes SET seen_at = `+micros+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		lost = n == 0
		return buryDead(ctx, tx)
	})
	switch {
	case err != nil:
		return fmt.Errorf("beat: %w", err)
	case !lost:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.seen = at
		return nil
	}
	p.mu.Lock()
	p.seen = time.Time{}
	p.mu.Unlock()
	if err := p.enter(ctx); err != nil {
		return fmt.Errorf("join again: %w", errors.Join(ErrLost, err))
	}
	return ErrLost
}

// buryDead removes the processes that have been silent for too long.
func buryDead(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM processes WHERE seen_at < `+micros+` - $1`, Silence.Microseconds())
	return err
}

// Keep beats until ctx ends, and calls after each beat what should be done
// again and again, with what Beat returned. On SQLite there is nobody to tell:
// it returns at once.
func (p *Process) Keep(ctx context.Context, after func(ctx context.Context, err error)) {
	if p.db.Dialect != PostgreSQL {
		return
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		within, cancel := context.WithTimeout(ctx, beat)
		err := p.Beat(within)
		cancel()
		if ctx.Err() == nil {
			after(ctx, err)
		}
	}
}

// Leave gives the place back: what is still under way may be ended by others.
func (p *Process) Leave(ctx context.Context) error {
	p.mu.Lock()
	id := p.id
	p.mu.Unlock()
	err := p.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM processes WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}
