package run

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"outdial/server/database"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// arriving is the state of a run that is not all in yet. Nobody sees it.
const arriving run.State = "arriving"

// States of a call of a run.
const (
	waiting   = "waiting"
	going     = "going"     // a slice has taken it up: the ledger may have it
	following = "following" // its import job is followed
	done      = "done"
)

// store is all the SQL of runs.
type store struct{ db *database.DB }

// record is a run as it is stored.
type record struct {
	run.Run
	role       operation.Role
	turn       int
	process    string
	misses     int
	startsAt   *time.Time
	followedAt *time.Time
	finger     string
}

// pending is a call of a run that is not done.
type pending struct {
	seq         int
	operation   operation.Name
	state       string
	body        []byte
	first, last int // lines
	tries       int
	resumed     bool // a slice that did not end had taken it up
}

// line is a row that has no outcome yet.
type line struct {
	number    int // of the line
	place     int // in the list of its call
	sent      string
	checkedAt *time.Time
	prior     string
}

// ended is a line's outcome.
type ended struct {
	line
	outcome      wire.Outcome
	reason, text string
	proof        wire.Proof
	made         string
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const runColumns = `id, person_id, person_name, role, fingerprint, system, operation, title, note, headings, options, made_from, COALESCE(undoes, ''),
	state, why, row_count, call_count, calls_done, checked, misses, rate, created_at, starts_at, started_at, finished_at, rests_until, followed_at,
	job_id, job_status, turn, process`

func scanRun(from interface{ Scan(...any) error }) (record, error) {
	var r record
	var headings, options string
	var created, rate int64
	var starts, started, finished, rests, followed sql.NullInt64
	err := from.Scan(&r.ID, &r.Person.ID, &r.Person.Name, &r.role, &r.finger, &r.System, &r.Operation, &r.Title, &r.Note, &headings, &options,
		&r.From, &r.Undoes, &r.State, &r.Why, &r.Rows, &r.Calls, &r.CallsDone, &r.Checked, &r.misses, &rate, &created, &starts, &started, &finished,
		&rests, &followed, &r.JobID, &r.JobStatus, &r.turn, &r.process)
	if err != nil {
		return record{}, err
	}
	if err := errors.Join(json.Unmarshal([]byte(headings), &r.Columns), json.Unmarshal([]byte(options), &r.Options)); err != nil {
		return record{}, fmt.Errorf("read run: %w", err)
	}
	r.CreatedAt = time.UnixMicro(created).UTC()
	r.startsAt, r.StartedAt, r.FinishedAt, r.RestsUntil, r.followedAt = moment(starts), moment(started), moment(finished), moment(rests), moment(followed)
	r.Rate = float64(rate) / 1000
	return r, nil
}

func moment(micros sql.NullInt64) *time.Time {
	if !micros.Valid {
		return nil
	}
	at := time.UnixMicro(micros.Int64).UTC()
	return &at
}

func micros(at *time.Time) any {
	if at == nil {
		return nil
	}
	return at.UnixMicro()
}

// get is one run with its counts, problem.NoSuchRun when there is none.
func (s store) get(ctx context.Context, id string) (record, error) {
	r, err := scanRun(s.db.Reader.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE id = $1 AND state <> 'arriving'`, database.Text(id)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return record{}, problem.NoSuchRun
	case err != nil:
		return record{}, fmt.Errorf("read run: %w", err)
	}
	return r, s.count(ctx, s.db.Reader, &r.Run)
}

// byKey is the run of a person's key, nil when there is none.
func (s store) byKey(ctx context.Context, person, key string) (*record, error) {
	r, err := scanRun(s.db.Reader.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE person_id = $1 AND idempotency_key = $2`, person, key))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look up key: %w", err)
	}
	return &r, s.count(ctx, s.db.Reader, &r.Run)
}

// undoing is the id of the run that takes this one back, "" when there is none.
func (s store) undoing(ctx context.Context, id string) (string, error) {
	var undo string
	err := s.db.Reader.QueryRowContext(ctx, `SELECT id FROM runs WHERE undoes = $1`, id).Scan(&undo)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return undo, err
}

// count fills in the counts of a run.
func (s store) count(ctx context.Context, q querier, r *run.Run) error {
	found, err := q.QueryContext(ctx, `SELECT outcome, reason, row_count FROM run_tally WHERE run_id = $1`, r.ID)
	if err != nil {
		return fmt.Errorf("count rows: %w", err)
	}
	defer found.Close()
	r.Counts, r.Reasons, r.Waiting = map[wire.Outcome]int{}, map[string]int{}, r.Rows
	for found.Next() {
		var outcome wire.Outcome
		var reason string
		var n int
		if err := found.Scan(&outcome, &reason, &n); err != nil {
			return fmt.Errorf("count rows: %w", err)
		}
		r.Counts[outcome] += n
		r.Waiting -= n
		if reason != "" {
			r.Reasons[reason] += n
		}
	}
	return found.Err()
}

// list finds runs, newest first; those of one person unless person is "".
func (s store) list(ctx context.Context, person, before string, limit int) (runs []record, more bool, err error) {
	query, args := `SELECT `+runColumns+` FROM runs WHERE state <> 'arriving'`, []any{}
	for _, is := range []struct{ condition, value string }{{` AND person_id = `, person}, {` AND id < `, before}} {
		if is.value != "" {
			args = append(args, database.Text(is.value))
			query += is.condition + "$" + strconv.Itoa(len(args))
		}
	}
	found, err := s.db.Reader.QueryContext(ctx, query+` ORDER BY id DESC LIMIT `+strconv.Itoa(limit+1), args...)
	if err != nil {
		return nil, false, fmt.Errorf("list runs: %w", err)
	}
	defer found.Close()
	for found.Next() {
		r, err := scanRun(found)
		if err != nil {
			return nil, false, fmt.Errorf("list runs: %w", err)
		}
		runs = append(runs, r)
	}
	if err := errors.Join(found.Err(), found.Close()); err != nil {
		return nil, false, fmt.Errorf("list runs: %w", err)
	}
	if more = len(runs) > limit; more {
		runs = runs[:limit]
	}
	for i := range runs {
		if err := s.count(ctx, s.db.Reader, &runs[i].Run); err != nil {
			return nil, false, err
		}
	}
	return runs, more, nil
}

// begin stores the head of a run that is arriving.
func (s store) begin(ctx context.Context, r record) error {
	headings, err := json.Marshal(r.Columns)
	if err != nil {
		return fmt.Errorf("store run: %w", err)
	}
	options, err := json.Marshal(r.Options)
	if err != nil {
		return fmt.Errorf("store run: %w", err)
	}
	var undoes any
	if r.Undoes != "" {
		undoes = r.Undoes
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO runs (id, person_id, person_name, role, fingerprint, system, operation, title, note, headings, options,
			made_from, undoes, state, why, row_count, call_count, calls_done, checked, misses, rate, created_at, starts_at, job_id, job_status, turn, process)
			VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, $10, $11, $12, 'arriving', '', 0, 0, 0, 0, 0, 0, $13, $14, '', '', 0, $15)`,
			r.ID, database.Text(r.Person.ID), database.Text(r.Person.Name), r.role, r.System, r.Operation, database.Text(r.Title), database.Text(r.Note),
			database.Text(string(headings)), database.Text(string(options)), database.Text(r.From), undoes, r.CreatedAt.UnixMicro(), micros(r.Options.StartAt), r.process)
		if err != nil {
			return fmt.Errorf("store run: %w", err)
		}
		return nil
	})
}

// arrived is a call that was taken in, with its rows.
type arrived struct {
	call *pending // nil: rows that are left out
	rows []arrivedRow
}

type arrivedRow struct {
	run.Row
	place int
	text  string // with Skip
	prior string
}

// add stores calls of a run that is arriving.
func (s store) add(ctx context.Context, id string, calls []arrived) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		callRows := s.newInsert(`run_calls`, `run_id, seq, operation, state, body, first_line, last_line, tries, not_before, why, call_id`)
		rows := s.newInsert(`run_rows`, `run_id, line, seq, place, cells, typed, sent, outcome, reason, text, proof, call_id, prior, made`)
		tally := map[key]int{}
		for _, c := range calls {
			seq := -1
			if c.call != nil {
				seq = c.call.seq
				if err := callRows.row(ctx, tx, id, seq, c.call.operation, waiting, database.Text(string(c.call.body)), c.call.first, c.call.last, 1, 0, "", ""); err != nil {
					return fmt.Errorf("store call: %w", err)
				}
			}
			for _, row := range c.rows {
				cells, err := json.Marshal(row.Cells)
				if err != nil {
					return fmt.Errorf("store row: %w", err)
				}
				outcome := wire.Outcome("")
				if row.Skip != "" {
					outcome = wire.Skipped
					tally[key{outcome, row.Skip}]++
				}
				if err := rows.row(ctx, tx, id, row.Line, seq, row.place, database.Text(string(cells)), database.Text(row.Typed), database.Text(row.Sent),
					outcome, database.Text(row.Skip), database.Text(row.text), "", "", row.prior, ""); err != nil {
					return fmt.Errorf("store row: %w", err)
				}
			}
		}
		return errors.Join(callRows.flush(ctx, tx), rows.flush(ctx, tx), s.tally(ctx, tx, id, tally))
	})
}

// insert writes rows of one table. To PostgreSQL many go with one statement,
// since each is a journey there and back; to SQLite they go one by one with a
// prepared one, since it looks up the arguments of a statement one by one.
type insert struct {
	head    string
	columns int
	atOnce  int
	one     *sql.Stmt // on SQLite
	rows    int
	args    []any
}

func (s store) newInsert(table, columns string) *insert {
	i := &insert{head: `INSERT INTO ` + table + ` (` + columns + `) VALUES `, columns: strings.Count(columns, ",") + 1, atOnce: 100}
	if s.db.Dialect == database.SQLite {
		i.atOnce = 1
	}
	return i
}

func (i *insert) row(ctx context.Context, tx *sql.Tx, args ...any) error {
	if i.atOnce > 1 {
		i.args = append(i.args, args...)
		if i.rows++; i.rows < i.atOnce {
			return nil
		}
		return i.flush(ctx, tx)
	}
	if i.one == nil {
		var err error
		if i.one, err = tx.PrepareContext(ctx, i.statement(1)); err != nil {
			return err
		}
	}
	_, err := i.one.ExecContext(ctx, args...)
	return err
}

// flush writes what was collected.
func (i *insert) flush(ctx context.Context, tx *sql.Tx) error {
	if i.one != nil {
		err := i.one.Close()
		i.one = nil
		return err
	}
	if i.rows == 0 {
		return nil
	}
	statement, args := i.statement(i.rows), i.args
	i.args, i.rows = nil, 0
	_, err := tx.ExecContext(ctx, statement, args...)
	return err
}

func (i *insert) statement(rows int) string {
	var b strings.Builder
	b.WriteString(i.head)
	n := 0
	for row := range rows {
		if row > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for column := range i.columns {
			if column > 0 {
				b.WriteByte(',')
			}
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// key is how rows ended.
type key struct {
	outcome wire.Outcome
	reason  string
}

// tally adds to the counts, in one order, so that no two transactions wait for
// each other.
func (s store) tally(ctx context.Context, tx *sql.Tx, id string, more map[key]int) error {
	keys := make([]key, 0, len(more))
	for k := range more {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return strings.Compare(string(a.outcome)+" "+a.reason, string(b.outcome)+" "+b.reason)
	})
	for _, k := range keys {
		_, err := tx.ExecContext(ctx, `INSERT INTO run_tally (run_id, outcome, reason, row_count) VALUES ($1, $2, $3, $4)
			ON CONFLICT (run_id, outcome, reason) DO UPDATE SET row_count = run_tally.row_count + excluded.row_count`,
			id, k.outcome, database.Text(k.reason), more[k])
		if err != nil {
			return fmt.Errorf("count rows: %w", err)
		}
	}
	return nil
}

// publish makes a run that is all in visible, under its key, and gives it its
// first job. It fails when the key was taken meanwhile.
func (s store) publish(ctx context.Context, q queue, r record, key string) error {
	headings, err := json.Marshal(r.Columns)
	if err != nil {
		return fmt.Errorf("publish run: %w", err)
	}
	options, err := json.Marshal(r.Options)
	if err != nil {
		return fmt.Errorf("publish run: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE runs SET idempotency_key = $2, fingerprint = $3, state = $4, row_count = $5, call_count = $6, options = $7, headings = $8,
			turn = 1, process = '' WHERE id = $1 AND state = 'arriving'`,
			r.ID, key, r.finger, r.State, r.Rows, r.Calls, database.Text(string(options)), database.Text(string(headings)))
		if err != nil {
			return fmt.Errorf("publish run: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(errGone, err)
		}
		at := r.CreatedAt
		if r.Options.StartAt != nil && r.Options.StartAt.After(at) {
			at = *r.Options.StartAt
		}
		return q.add(ctx, tx, turn{Run: r.ID, Turn: 1}, r.CreatedAt, at)
	})
}

var errGone = errors.New("the run is no longer arriving")

// forget removes a run that never came to be.
func (s store) forget(ctx context.Context, id string) error {
	for _, table := range []string{"run_tally", "run_rows", "run_calls"} {
		// In parts: other writes wait behind each.
		for {
			n, err := s.forgetSome(ctx, table, id)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM runs WHERE id = $1 AND state = 'arriving'`, id)
		return err
	})
}

func (s store) forgetSome(ctx context.Context, table, id string) (n int64, err error) {
	column := map[string]string{"run_tally": "reason", "run_rows": "line", "run_calls": "seq"}[table]
	err = s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE run_id = $1 AND `+column+` IN
			(SELECT `+column+` FROM `+table+` WHERE run_id = $1 LIMIT 5000) AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND state = 'arriving')`, id)
		if err != nil {
			return fmt.Errorf("remove run: %w", err)
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

// claim has this process carry out the run's turn. Without an error and without
// ok, again says whether to ask again: another slice is still under way.
func (s store) claim(ctx context.Context, id string, turn int, process string, at time.Time) (r record, ok, again bool, err error) {
	var n int64
	err = s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE runs SET process = $3, started_at = COALESCE(started_at, $4), rests_until = NULL,
			why = CASE WHEN state = 'cancelled' THEN why ELSE '' END,
			state = CASE WHEN state IN ('following', 'cancelled') THEN state ELSE 'running' END
			WHERE id = $1 AND turn = $2 AND state IN ('scheduled', 'queued', 'running', 'resting', 'following', 'cancelled')
			AND (process = '' OR process NOT IN (SELECT id FROM processes))`, id, turn, process, at.UnixMicro())
		if err != nil {
			return fmt.Errorf("claim run: %w", err)
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return record{}, false, false, err
	}
	r, err = scanRun(s.db.Reader.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return record{}, false, false, nil
	}
	return r, n == 1, n == 0 && err == nil && r.turn == turn && r.process != "", err
}

// hold is what a slice looks at between its calls.
type hold struct {
	state run.State
	mine  bool
}

// look tells whether the run is still this slice's, and notes its rate.
func (s store) look(ctx context.Context, id string, turn int, process string, rate float64) (hold, error) {
	var h hold
	var now int
	err := s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE runs SET rate = $4 WHERE id = $1 AND turn = $2 AND process = $3`, id, turn, process, int64(rate*1000))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		h.mine = n == 1
		return tx.QueryRowContext(ctx, `SELECT state, turn FROM runs WHERE id = $1`, id).Scan(&h.state, &now)
	})
	if err != nil {
		return hold{}, fmt.Errorf("look at run: %w", err)
	}
	return h, nil
}

// after is what becomes of a run when a slice ends.
type after struct {
	state  run.State
	why    string
	until  *time.Time // with resting, and for waits of a running one
	misses int
}

// release ends a slice. When the run is still this turn's it gets the next one
// and its job; paused and cancelled ones just lose their process.
func (s store) release(ctx context.Context, q queue, r record, a after, at time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var until, finished any
		if a.until != nil && a.state == run.Resting {
			until = a.until.UnixMicro()
		}
		if a.state.Ended() {
			finished = at.UnixMicro()
		}
		result, err := tx.ExecContext(ctx, `UPDATE runs SET process = '', turn = turn + 1, state = $4, why = $5, rests_until = $6, misses = $7, rate = 0,
			finished_at = COALESCE(finished_at, $8) WHERE id = $1 AND turn = $2 AND process = $3 AND state IN ('running', 'following')`,
			r.ID, r.turn, r.process, a.state, a.why, until, a.misses, finished)
		if err != nil {
			return fmt.Errorf("release run: %w", err)
		}
		n, err := result.RowsAffected()
		switch {
		case err != nil:
			return fmt.Errorf("release run: %w", err)
		case n == 1 && (a.state.Ended() || a.state == run.Paused):
			return nil
		case n == 1:
			next := at
			if a.until != nil {
				next = *a.until
			}
			return q.add(ctx, tx, turn{Run: r.ID, Turn: r.turn + 1}, at, next)
		}
		// It was paused or cancelled meanwhile, or is another's.
		_, err = tx.ExecContext(ctx, `UPDATE runs SET process = '', rate = 0, misses = $3 WHERE id = $1 AND process = $2`, r.ID, r.process, a.misses)
		if err != nil {
			return fmt.Errorf("release run: %w", err)
		}
		return s.closeCancelled(ctx, tx, r.ID, at)
	})
}

// closeCancelled notes when the last row of a cancelled run has its outcome.
func (s store) closeCancelled(ctx context.Context, tx *sql.Tx, id string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE runs SET finished_at = $2 WHERE id = $1 AND state = 'cancelled' AND finished_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM run_calls WHERE run_id = $1 AND state <> 'done')`, id, at.UnixMicro())
	if err != nil {
		return fmt.Errorf("close run: %w", err)
	}
	return nil
}

// orphan is a run that nobody carries out though somebody should.
type orphan struct {
	id      string
	turn    int
	process string // that held it; "": its job is not in the queue any more, and nobody took the run up
	state   run.State
	due     *time.Time // not before
}

func (s store) orphans(ctx context.Context, process string) ([]orphan, error) {
	found, err := s.db.Reader.QueryContext(ctx, `SELECT id, turn, process, state, NULL FROM runs
		WHERE process <> '' AND (process = $1 OR process NOT IN (SELECT id FROM processes))
		UNION ALL
		SELECT r.id, r.turn, r.process, r.state, CASE r.state WHEN 'scheduled' THEN r.starts_at WHEN 'resting' THEN r.rests_until END FROM runs r LEFT JOIN river_job j ON j.id = r.job
		WHERE r.process = '' AND (r.state IN ('scheduled', 'queued', 'running', 'resting', 'following') OR r.state = 'cancelled' AND r.finished_at IS NULL)
		AND (j.id IS NULL OR j.state NOT IN ('available', 'pending', 'retryable', 'scheduled'))`, process)
	if err != nil {
		return nil, fmt.Errorf("look for runs: %w", err)
	}
	defer found.Close()
	var all []orphan
	for found.Next() {
		var o orphan
		var due sql.NullInt64
		if err := found.Scan(&o.id, &o.turn, &o.process, &o.state, &due); err != nil {
			return nil, fmt.Errorf("look for runs: %w", err)
		}
		o.due = moment(due)
		all = append(all, o)
	}
	return all, found.Err()
}

// adopt gives an orphan a new turn and a job.
func (s store) adopt(ctx context.Context, q queue, o orphan, at time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE runs SET process = '', turn = turn + 1 WHERE id = $1 AND turn = $2 AND process = $3`, o.id, o.turn, o.process)
		if err != nil {
			return fmt.Errorf("adopt run: %w", err)
		}
		n, err := result.RowsAffected()
		if err != nil || n == 0 || o.state == run.Paused || o.state == run.Finished {
			return err
		}
		begin := at
		if o.due != nil && o.due.After(at) {
			begin = *o.due
		}
		return q.add(ctx, tx, turn{Run: o.id, Turn: o.turn + 1}, at, begin)
	})
}

const callColumns = `seq, operation, state, body, first_line, last_line, tries`

func (s store) calls(ctx context.Context, q querier, condition string, args ...any) ([]pending, error) {
	found, err := q.QueryContext(ctx, `SELECT `+callColumns+` FROM run_calls WHERE `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	defer found.Close()
	var all []pending
	for found.Next() {
		var c pending
		var body string
		if err := found.Scan(&c.seq, &c.operation, &c.state, &body, &c.first, &c.last, &c.tries); err != nil {
			return nil, fmt.Errorf("read calls: %w", err)
		}
		c.body = []byte(body)
		all = append(all, c)
	}
	return all, found.Err()
}

// open are the calls of a run in a state.
func (s store) open(ctx context.Context, id, state string) ([]pending, error) {
	return s.calls(ctx, s.db.Reader, `run_id = $1 AND state = $2 ORDER BY seq`, id, state)
}

// pick takes up the calls whose time has come, while the run is this slice's
// and running.
func (s store) pick(ctx context.Context, r record, at time.Time, most int) (picked []pending, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		picked = nil
		var mine int
		err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM runs WHERE id = $1 AND turn = $2 AND process = $3 AND state = 'running'`, r.ID, r.turn, r.process).Scan(&mine)
		if err != nil || mine == 0 {
			return err
		}
		found, err := s.calls(ctx, tx, `run_id = $1 AND state = 'waiting' AND not_before <= $2 ORDER BY not_before, seq LIMIT `+strconv.Itoa(most), r.ID, at.UnixMicro())
		if err != nil {
			return err
		}
		for _, c := range found {
			result, err := tx.ExecContext(ctx, `UPDATE run_calls SET state = 'going' WHERE run_id = $1 AND seq = $2 AND state = 'waiting'`, r.ID, c.seq)
			if err != nil {
				return fmt.Errorf("take up call: %w", err)
			}
			if n, err := result.RowsAffected(); err != nil {
				return fmt.Errorf("take up call: %w", err)
			} else if n == 1 {
				picked = append(picked, c)
			}
		}
		return nil
	})
	return picked, err
}

// putBack lets a call that was taken up wait again: nothing of it left under
// the key of its tries.
func (s store) putBack(ctx context.Context, id string, calls []pending, notBefore time.Time, why string) error {
	if len(calls) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range calls {
			var from int64
			if !notBefore.IsZero() {
				from = notBefore.UnixMicro()
			}
			_, err := tx.ExecContext(ctx, `UPDATE run_calls SET state = 'waiting', tries = $3, not_before = $4, why = $5 WHERE run_id = $1 AND seq = $2 AND state = 'going'`,
				id, c.seq, c.tries, from, why)
			if err != nil {
				return fmt.Errorf("put call back: %w", err)
			}
		}
		return nil
	})
}

// next tells when the first call that waits may leave, and why not sooner.
func (s store) next(ctx context.Context, id string) (at time.Time, why string, ok bool, err error) {
	var micros int64
	err = s.db.Reader.QueryRowContext(ctx, `SELECT not_before, why FROM run_calls WHERE run_id = $1 AND state = 'waiting' ORDER BY not_before, seq LIMIT 1`, id).Scan(&micros, &why)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, "", false, nil
	case err != nil:
		return time.Time{}, "", false, fmt.Errorf("look for the next call: %w", err)
	}
	return time.UnixMicro(micros).UTC(), why, true, nil
}

// lines are the rows of a call that have no outcome, in the order of its list.
func (s store) lines(ctx context.Context, id string, c pending) ([]line, error) {
	found, err := s.db.Reader.QueryContext(ctx, `SELECT line, place, sent, checked_at, prior FROM run_rows
		WHERE run_id = $1 AND line >= $2 AND line <= $3 AND seq = $4 AND outcome = ''`, id, c.first, c.last, c.seq)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer found.Close()
	var all []line
	for found.Next() {
		var l line
		var checked sql.NullInt64
		if err := found.Scan(&l.number, &l.place, &l.sent, &checked, &l.prior); err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		l.checkedAt = moment(checked)
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b line) int { return a.place - b.place })
	return all, found.Err()
}

// checks records what a look at the do-not-call list showed before a call
// leaves: rows that stay, with what was seen, and rows that ended.
func (s store) checks(ctx context.Context, id string, stay []line, out []ended, checked int, at time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, l := range stay {
			_, err := tx.ExecContext(ctx, `UPDATE run_rows SET checked_at = $3, prior = $4 WHERE run_id = $1 AND line = $2`, id, l.number, micros(l.checkedAt), l.prior)
			if err != nil {
				return fmt.Errorf("record check: %w", err)
			}
		}
		tally := map[key]int{}
		if err := s.endLines(ctx, tx, id, "", out, at, tally); err != nil {
			return err
		}
		if err := s.tally(ctx, tx, id, tally); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE runs SET checked = checked + $2 WHERE id = $1`, id, checked)
		if err != nil {
			return fmt.Errorf("record check: %w", err)
		}
		return nil
	})
}

// outcome is what is recorded of one call.
type outcome struct {
	call   pending
	id     string // in the ledger
	rows   []ended
	at     time.Time
	stored chan error
}

// finish records the outcomes of the rows of calls. A second time changes nothing.
func (s store) finish(ctx context.Context, id string, ends []outcome) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		calls, tally := 0, map[key]int{}
		for _, o := range ends {
			result, err := tx.ExecContext(ctx, `UPDATE run_calls SET state = 'done', call_id = $3, why = '' WHERE run_id = $1 AND seq = $2 AND state <> 'done'`, id, o.call.seq, o.id)
			if err != nil {
				return fmt.Errorf("record call: %w", err)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return fmt.Errorf("record call: %w", err)
			}
			if n == 0 {
				continue
			}
			calls++
			if err := s.endLines(ctx, tx, id, o.id, o.rows, o.at, tally); err != nil {
				return err
			}
		}
		if calls == 0 {
			return nil
		}
		if err := s.tally(ctx, tx, id, tally); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET calls_done = calls_done + $2 WHERE id = $1`, id, calls); err != nil {
			return fmt.Errorf("record call: %w", err)
		}
		return s.closeCancelled(ctx, tx, id, ends[0].at)
	})
}

// endLines gives rows that have none their outcomes, and counts them.
func (s store) endLines(ctx context.Context, tx *sql.Tx, id, call string, rows []ended, at time.Time, tally map[key]int) error {
	for _, e := range rows {
		result, err := tx.ExecContext(ctx, `UPDATE run_rows SET outcome = $3, reason = $4, text = $5, proof = $6, ended_at = $7, call_id = $8, checked_at = $9, prior = $10, made = $11
			WHERE run_id = $1 AND line = $2 AND outcome = ''`,
			id, e.number, e.outcome, database.Text(e.reason), database.Text(e.text), e.proof, at.UnixMicro(), call, micros(e.checkedAt), database.Text(e.prior), database.Text(e.made))
		if err != nil {
			return fmt.Errorf("record row: %w", err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("record row: %w", err)
		}
		if n == 1 {
			tally[key{e.outcome, e.reason}]++
		}
	}
	return nil
}

// follow notes that a call's import job is to be followed.
func (s store) follow(ctx context.Context, id string, c pending, call, job string, at time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE run_calls SET state = 'following', call_id = $3 WHERE run_id = $1 AND seq = $2 AND state = 'going'`, id, c.seq, call)
		if err != nil {
			return fmt.Errorf("follow job: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE runs SET job_id = $2, followed_at = $3, state = CASE WHEN state = 'running' THEN 'following' ELSE state END WHERE id = $1`,
			id, database.Text(job), at.UnixMicro())
		if err != nil {
			return fmt.Errorf("follow job: %w", err)
		}
		return nil
	})
}

// heard notes the upstream's word for how far the job is.
func (s store) heard(ctx context.Context, id, status string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET job_status = $2 WHERE id = $1`, id, database.Text(status))
		return err
	})
}

// pause stops a run; false when it was not under way.
func (s store) pause(ctx context.Context, id string) (bool, error) {
	return s.turnTo(ctx, func(ctx context.Context, tx *sql.Tx) (sql.Result, error) {
		return tx.ExecContext(ctx, `UPDATE runs SET state = 'paused', why = $2, rests_until = NULL, turn = turn + 1
			WHERE id = $1 AND state IN ('scheduled', 'queued', 'running', 'resting', 'following')`, id, run.WhyPerson)
	}, nil)
}

// resume lets a paused run go on; false when it was not paused.
func (s store) resume(ctx context.Context, q queue, id string, at time.Time) (bool, error) {
	return s.turnTo(ctx, func(ctx context.Context, tx *sql.Tx) (sql.Result, error) {
		return tx.ExecContext(ctx, `UPDATE runs SET state = CASE WHEN started_at IS NULL AND starts_at > $2 THEN 'scheduled' ELSE 'queued' END,
			why = '', misses = 0, turn = turn + 1 WHERE id = $1 AND state = 'paused'`, id, at.UnixMicro())
	}, func(ctx context.Context, tx *sql.Tx) error {
		var now int
		var starts sql.NullInt64
		var state run.State
		if err := tx.QueryRowContext(ctx, `SELECT turn, starts_at, state FROM runs WHERE id = $1`, id).Scan(&now, &starts, &state); err != nil {
			return err
		}
		begin := at
		if when := moment(starts); state == run.Scheduled && when != nil {
			begin = *when
		}
		return q.add(ctx, tx, turn{Run: id, Turn: now}, at, begin)
	})
}

// cancel ends a run: its last job skips what waits and gives what is under way
// its outcome.
func (s store) cancel(ctx context.Context, q queue, id string, at time.Time) (bool, error) {
	return s.turnTo(ctx, func(ctx context.Context, tx *sql.Tx) (sql.Result, error) {
		return tx.ExecContext(ctx, `UPDATE runs SET state = 'cancelled', why = '', rests_until = NULL, turn = turn + 1
			WHERE id = $1 AND state IN ('scheduled', 'queued', 'running', 'resting', 'following', 'paused')`, id)
	}, func(ctx context.Context, tx *sql.Tx) error {
		var now int
		if err := tx.QueryRowContext(ctx, `SELECT turn FROM runs WHERE id = $1`, id).Scan(&now); err != nil {
			return err
		}
		// What waits is skipped, and what a slice has taken up or a crash has left
		// is looked up, once nobody carries the run out any more.
		return q.add(ctx, tx, turn{Run: id, Turn: now}, at, at)
	})
}

// skipSome ends calls that wait, so many at a time that other writes need not
// wait long, and tells how many rows that were; more says whether there may be others.
func (s store) skipSome(ctx context.Context, r run.Run, at time.Time) (skipped int, more bool, err error) {
	const rows = 1000
	id, some := r.ID, max(1, rows*r.Calls/max(r.Rows, 1))
	err = s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		skipped, more = 0, false
		found, err := tx.QueryContext(ctx, `UPDATE run_calls SET state = 'done', why = 'cancelled' WHERE run_id = $1 AND state = 'waiting'
			AND seq IN (SELECT seq FROM run_calls WHERE run_id = $1 AND state = 'waiting' ORDER BY not_before, seq LIMIT `+strconv.Itoa(some)+`)
			RETURNING seq, first_line, last_line`, id)
		if err != nil {
			return fmt.Errorf("cancel: %w", err)
		}
		defer found.Close()
		var calls []pending
		for found.Next() {
			var c pending
			if err := found.Scan(&c.seq, &c.first, &c.last); err != nil {
				return fmt.Errorf("cancel: %w", err)
			}
			calls = append(calls, c)
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			return fmt.Errorf("cancel: %w", err)
		}
		more = len(calls) == some
		for _, c := range calls {
			result, err := tx.ExecContext(ctx, `UPDATE run_rows SET outcome = 'skipped', reason = $5, ended_at = $6
				WHERE run_id = $1 AND line >= $2 AND line <= $3 AND seq = $4 AND outcome = ''`, id, c.first, c.last, c.seq, run.ReasonCancelled, at.UnixMicro())
			if err != nil {
				return fmt.Errorf("cancel: %w", err)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return fmt.Errorf("cancel: %w", err)
			}
			skipped += int(n)
		}
		if skipped == 0 {
			return nil
		}
		return s.tally(ctx, tx, id, map[key]int{{wire.Skipped, run.ReasonCancelled}: skipped})
	})
	return skipped, more, err
}

func (s store) turnTo(ctx context.Context, change func(context.Context, *sql.Tx) (sql.Result, error), then func(context.Context, *sql.Tx) error) (bool, error) {
	changed := false
	err := s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := change(ctx, tx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if changed = n == 1; !changed || then == nil {
			return nil
		}
		return then(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("change run: %w", err)
	}
	return changed, nil
}

const resultColumns = `line, cells, typed, sent, outcome, reason, text, proof, ended_at, call_id, checked_at`

func scanResult(from interface{ Scan(...any) error }) (run.Result, error) {
	var r run.Result
	var cells string
	var at, checked sql.NullInt64
	if err := from.Scan(&r.Line, &cells, &r.Typed, &r.Sent, &r.Outcome, &r.Reason, &r.Text, &r.Proof, &at, &r.Call, &checked); err != nil {
		return run.Result{}, fmt.Errorf("read row: %w", err)
	}
	if err := json.Unmarshal([]byte(cells), &r.Cells); err != nil {
		return run.Result{}, fmt.Errorf("read row: %w", err)
	}
	r.At, r.CheckedAt = moment(at), moment(checked)
	return r, nil
}

// each hands every row of a run over, in the order of the file.
func (s store) each(ctx context.Context, id string, hand func(run.Result) error) error {
	// In parts: a transaction that reads for as long as somebody downloads would
	// keep the database from tidying up.
	for from, more := 0, true; more; {
		rows, err := s.rows(ctx, id, RowFilter{After: from, Limit: 1000})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := hand(r); err != nil {
				return err
			}
			from = r.Line
		}
		more = len(rows) == 1000
	}
	return nil
}

// RowFilter selects rows of a run.
type RowFilter struct {
	Outcome wire.Outcome
	Waiting bool // those without an outcome
	Reason  string
	After   int // the line of the last row seen
	Limit   int
}

func (s store) rows(ctx context.Context, id string, f RowFilter) ([]run.Result, error) {
	query, args := `SELECT `+resultColumns+` FROM run_rows WHERE run_id = $1 AND line > $2`, []any{id, min(f.After, maxLine)}
	if f.Outcome != "" || f.Waiting {
		args = append(args, database.Text(string(f.Outcome)))
		query += ` AND outcome = $` + strconv.Itoa(len(args))
	}
	if f.Reason != "" {
		args = append(args, database.Text(f.Reason))
		query += ` AND reason = $` + strconv.Itoa(len(args))
	}
	found, err := s.db.Reader.QueryContext(ctx, query+` ORDER BY line LIMIT `+strconv.Itoa(f.Limit), args...)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer found.Close()
	rows := []run.Result{}
	for found.Next() {
		r, err := scanResult(found)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}

// callID is where the ledger has a call, "" when it is not there.
func (s store) callID(ctx context.Context, id string, seq int) (string, error) {
	var call string
	if err := s.db.Reader.QueryRowContext(ctx, `SELECT call_id FROM run_calls WHERE run_id = $1 AND seq = $2`, id, seq).Scan(&call); err != nil {
		return "", fmt.Errorf("read call: %w", err)
	}
	return call, nil
}

// eachDone hands over the rows that were done or may have been, in the order of
// the file, with what was sent of each.
func (s store) eachDone(ctx context.Context, id string, hand func(doneRow) error) error {
	const atOnce = 500
	for from, more := 0, true; more; {
		rows, err := s.doneRows(ctx, id, from, atOnce)
		if err != nil {
			return err
		}
		for _, d := range rows {
			if err := hand(d); err != nil {
				return err
			}
			from = d.Line
		}
		more = len(rows) == atOnce
	}
	return nil
}

func (s store) doneRows(ctx context.Context, id string, after, most int) ([]doneRow, error) {
	found, err := s.db.Reader.QueryContext(ctx, `SELECT r.line, r.cells, r.typed, r.sent, r.place, r.prior, r.made, r.seq FROM run_rows r
		WHERE r.run_id = $1 AND r.line > $2 AND r.outcome IN ('accepted', 'updated', 'unknown') AND r.seq >= 0 ORDER BY r.line LIMIT `+strconv.Itoa(most), id, after)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer found.Close()
	var rows []doneRow
	var seqs []int
	for found.Next() {
		var d doneRow
		var cells string
		var seq int
		if err := found.Scan(&d.Line, &cells, &d.Typed, &d.Sent, &d.place, &d.prior, &d.made, &seq); err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		if err := json.Unmarshal([]byte(cells), &d.Cells); err != nil {
			return nil, fmt.Errorf("read rows: %w", err)
		}
		rows, seqs = append(rows, d), append(seqs, seq)
	}
	if err := errors.Join(found.Err(), found.Close()); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	last, list := -1, callElements{}
	for i := range rows {
		if seqs[i] != last {
			calls, err := s.calls(ctx, s.db.Reader, `run_id = $1 AND seq = $2`, id, seqs[i])
			if err != nil {
				return nil, err
			}
			if len(calls) != 1 {
				return nil, fmt.Errorf("read rows: the call of a row is missing")
			}
			if list, err = elementsOf(calls[0]); err != nil {
				return nil, err
			}
			last = seqs[i]
		}
		rows[i].body = list.body
		if p := rows[i].place; p >= 0 && p < len(list.elements) {
			rows[i].element = list.elements[p]
		}
	}
	return rows, nil
}

// prove adds what reads after a write showed of rows that have their outcomes.
func (s store) prove(ctx context.Context, id string, lines []line, proofs []wire.Row) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i, l := range lines {
			if proofs[i].Proof == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, `UPDATE run_rows SET proof = $3 WHERE run_id = $1 AND line = $2`, id, l.number, proofs[i].Proof); err != nil {
				return fmt.Errorf("record proof: %w", err)
			}
		}
		return nil
	})
}
