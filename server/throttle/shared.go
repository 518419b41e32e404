package throttle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"outdial/server/database"
)

// NewOn is New for all processes that share the database; who tells this one
// from the others. On SQLite it is the only one.
//
// On PostgreSQL the turns are counted there, by its clock, so requests leave as
// far apart as the pace says, but for what the network adds to one and not to
// the next. A single call takes its turn ahead, a run takes one only when it is
// free at once, so single calls overtake the runs of all processes. Processes
// whose runs wait go in turn.
func NewOn(db *database.DB, system, who string, perSecond float64, depth int, now func() time.Time) (*Throttle, error) {
	if db.Dialect == database.SQLite {
		return New(perSecond, depth, now)
	}
	t, err := newThrottle(perSecond, depth, now)
	if err != nil {
		return nil, err
	}
	t.turns = newShared(db, system, who, t.space, now)
	return t, nil
}

// shared takes turns from the table paces.
type shared struct {
	db          *sql.DB
	system, who string
	space       time.Duration
	now         func() time.Time
	sql         statements

	mu    sync.Mutex
	at    time.Time // of the turn that was taken and not used, by our clock
	ahead bool      // it was taken before its time
	last  int64     // what next_at became when a run of ours had a turn
}

const (
	// micros is the database's clock, the same for all of a statement.
	micros = `CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000000 AS BIGINT)`
	// courtesy is how much later a process takes two turns for its runs in a
	// row, when another has asked, so that none is always too late.
	courtesy = 10 * time.Millisecond
)

// statements are written with the clock as NOW.
type statements struct{ reserve, grab, ask, paused, putOff string }

func newStatements(clock string) statements {
	now := strings.NewReplacer("NOW", clock, "FREE",
		`paces.next_at + CASE WHEN paces.next_at = $3 AND paces.asked_by NOT IN ('', $2) THEN $4 ELSE 0 END`)
	return statements{
		reserve: now.Replace(`INSERT INTO paces (system, next_at, paused_until, asked_by) VALUES ($1, NOW + $2, 0, '')
			ON CONFLICT (system) DO UPDATE SET next_at = GREATEST(paces.next_at, paces.paused_until, NOW) + $2
			RETURNING next_at - $2 - NOW`),
		grab: now.Replace(`INSERT INTO paces (system, next_at, paused_until, asked_by) VALUES ($1, NOW + $5, 0, '')
			ON CONFLICT (system) DO UPDATE SET next_at = NOW + $5, asked_by = ''
			WHERE FREE <= NOW AND paces.paused_until <= NOW
			RETURNING next_at`),
		ask: now.Replace(`UPDATE paces SET asked_by = CASE WHEN next_at = $3 AND asked_by <> '' THEN asked_by ELSE $2 END WHERE system = $1
			RETURNING GREATEST(FREE, paused_until) - NOW`),
		paused: now.Replace(`SELECT paused_until > NOW FROM paces WHERE system = $1`),
		putOff: now.Replace(`INSERT INTO paces (system, next_at, paused_until, asked_by) VALUES ($1, 0, NOW + $2, '')
			ON CONFLICT (system) DO UPDATE SET paused_until = GREATEST(paces.paused_until, EXCLUDED.paused_until)`),
	}
}

func newShared(db *database.DB, system, who string, space time.Duration, now func() time.Time) *shared {
	return &shared{db: db.Writer, system: system, who: who, space: space, now: now, sql: newStatements(micros)}
}

func (s *shared) take(ctx context.Context, ahead bool) (time.Duration, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.at.Sub(s.now()); wait > 0 {
		return wait, true, nil // whom it was taken for has given up
	}
	if ahead {
		return s.reserve(ctx)
	}
	return s.grab(ctx)
}

// reserve takes the next turn, whenever that is.
func (s *shared) reserve(ctx context.Context) (time.Duration, bool, error) {
	var wait int64
	if err := s.db.QueryRowContext(ctx, s.sql.reserve, s.system, s.space.Microseconds()).Scan(&wait); err != nil {
		return 0, false, fmt.Errorf("take a turn: %w", err)
	}
	d := max(time.Duration(wait)*time.Microsecond, 0)
	s.at, s.ahead = s.now().Add(d), d > 0
	return d, true, nil
}

// grab takes the next turn if it is free now.
func (s *shared) grab(ctx context.Context) (time.Duration, bool, error) {
	err := s.db.QueryRowContext(ctx, s.sql.grab, s.system, s.who, s.last, courtesy.Microseconds(), s.space.Microseconds()).Scan(&s.last)
	switch {
	case err == nil:
		return 0, true, nil
	case !errors.Is(err, sql.ErrNoRows):
		return 0, false, fmt.Errorf("take a turn: %w", err)
	}
	var wait int64
	if err := s.db.QueryRowContext(ctx, s.sql.ask, s.system, s.who, s.last, courtesy.Microseconds()).Scan(&wait); err != nil {
		return 0, false, fmt.Errorf("ask for a turn: %w", err)
	}
	return max(time.Duration(wait)*time.Microsecond, time.Millisecond), false, nil
}

func (s *shared) used(ctx context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ahead := s.ahead
	s.at, s.ahead = time.Time{}, false
	if !ahead {
		return true, nil
	}
	var paused bool
	if err := s.db.QueryRowContext(ctx, s.sql.paused, s.system).Scan(&paused); err != nil {
		return false, fmt.Errorf("look for a pause: %w", err)
	}
	return !paused, nil
}

func (s *shared) putOff(ctx context.Context, d time.Duration) error {
	if _, err := s.db.ExecContext(ctx, s.sql.putOff, s.system, d.Microseconds()); err != nil {
		return fmt.Errorf("share a pause: %w", err)
	}
	return nil
}
