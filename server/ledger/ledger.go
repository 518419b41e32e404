// Package ledger is the durable record of calls: each is on the disk as started
// before anything leaves, as leaving before its first byte does, and as finished
// with its outcome after. It also holds what a key was answered, so that the
// same key is never two calls.
package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"outdial/server/database"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// readTime is how long the look for an earlier call may take.
const readTime = 30 * time.Second

// MaxResponse is how much of an upstream's answer is kept, in bytes.
const MaxResponse = 1 << 20

var (
	// ErrFinished says that the outcome of a call is recorded already: the first stands.
	ErrFinished = errors.New("the call is finished already")
	// ErrRows says that an end does not give every row exactly one outcome.
	ErrRows = errors.New("the end does not give every row one outcome")
)

// Ledger is safe for use from many goroutines.
type Ledger struct {
	db      *database.DB
	process Process
}

// Process says which of the processes that share the database this is, see
// database.Process. An error means that nothing new may be begun.
type Process interface{ ID() (string, error) }

var _ Process = (*database.Process)(nil)

// New makes the ledger that is kept in the database. The calls that it starts
// are this process's.
func New(db *database.DB, process Process) *Ledger { return &Ledger{db: db, process: process} }

// Call is a call about to be made.
type Call struct {
	ID          string // time-ordered: later calls have greater ids
	Key         string // of the person's choosing, unique among theirs
	Fingerprint string // of what is asked; the same key with another one is refused
	System      string
	Operation   operation.Name
	Person      wire.Person
	Note        string
	Request     json.RawMessage  // as posted, with what was made once filled in
	Rows        []operation.Item // at least one
	At          time.Time
}

// End is how a call ended.
type End struct {
	Outcome        wire.Outcome
	Rows           []wire.Row // one for each row of the call, in order
	UpstreamStatus int
	RequestID      string
	JobID          string
	Response       json.RawMessage // beyond MaxResponse it is cut, and says so
	Error          *wire.Error
	At             time.Time
}

// Recovered counts what Recover ended.
type Recovered struct {
	Skipped int // had not left
	Unknown int // may have left
}

// Ready reports whether the ledger takes writes: it is open, what waits before
// is done, and calls may be started.
func (l *Ledger) Ready(ctx context.Context) error {
	if _, err := l.process.ID(); err != nil {
		return err
	}
	return l.db.Ready(ctx)
}

// Earlier tells what the person's key stands for already: nothing, the finished
// call, problem.Running, or problem.KeyReused when it was another request.
func (l *Ledger) Earlier(ctx context.Context, person, key, fingerprint string) (*wire.Entry, error) {
	// Whoever makes a call waits for it without an end of their own.
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	id, err := earlier(ctx, l.db.Reader, person, key, fingerprint)
	if err != nil || id == "" {
		return nil, err
	}
	entry, err := l.Entry(ctx, id)
	return &entry, err
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// earlier is the id of the finished call of that key, "" when there is none.
func earlier(ctx context.Context, q querier, person, key, fingerprint string) (string, error) {
	var id, was string
	var state wire.State
	err := q.QueryRowContext(ctx, `SELECT id, fingerprint, state FROM calls WHERE person_id = $1 AND idempotency_key = $2`, person, key).
		Scan(&id, &was, &state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look up key: %w", err)
	case was != fingerprint:
		return "", problem.KeyReused.At(id)
	case state != wire.Finished:
		return "", problem.Running.At(id)
	}
	return id, nil
}

// Start records the call. When it returns without an earlier entry and without
// an error, the record is on the disk. The key of a finished call gives that
// call's entry and records nothing; problem.Running and problem.KeyReused name
// the call that has the key.
func (l *Ledger) Start(ctx context.Context, c Call) (*wire.Entry, error) {
	if len(c.Rows) == 0 {
		return nil, fmt.Errorf("start: %w", ErrRows)
	}
	process, err := l.process.ID()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	var id string
	err = l.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		id, err = starting(ctx, tx, c, process)
		return err
	})
	if err != nil || id == "" {
		return nil, err
	}
	entry, err := l.Entry(ctx, id)
	return &entry, err
}

// starting records the call, or gives the id of the finished one that has its
// key. The same key at the same time on another process waits here until the
// first is recorded, and meets it then.
func starting(ctx context.Context, tx *sql.Tx, c Call, process string) (string, error) {
	result, err := tx.ExecContext(ctx, `INSERT INTO calls (id, person_id, person_name, idempotency_key, fingerprint, system, operation, state,
		note, request, row_count, tries, started_at, upstream_status, request_id, job_id, process)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'started', $8, $9, $10, 0, $11, 0, '', '', $12)
		ON CONFLICT (person_id, idempotency_key) DO NOTHING`,
		c.ID, c.Person.ID, database.Text(c.Person.Name), c.Key, c.Fingerprint, c.System, c.Operation,
		database.Text(c.Note), database.Text(string(c.Request)), len(c.Rows), c.At.UnixMicro(), process)
	if err != nil {
		return "", fmt.Errorf("record call: %w", err)
	}
	n, err := result.RowsAffected()
	switch {
	case err != nil:
		return "", fmt.Errorf("record call: %w", err)
	case n == 0:
		return earlier(ctx, tx, c.Person.ID, c.Key, c.Fingerprint)
	}
	for first := 0; first < len(c.Rows); first += together {
		if err := insertRows(ctx, tx, c.ID, first, c.Rows[first:min(first+together, len(c.Rows))]); err != nil {
			return "", fmt.Errorf("record rows: %w", err)
		}
	}
	return "", nil
}

// together is how many rows one statement records.
const together = 100

func insertRows(ctx context.Context, tx *sql.Tx, id string, first int, items []operation.Item) error {
	var q query
	call := q.arg(id)
	values := make([]string, len(items))
	for i, item := range items {
		sent, typed := tails(item)
		values[i] = `(` + call + `, ` + strings.Join([]string{q.arg(first + i), q.arg(database.Text(item.Typed)), q.arg(database.Text(item.Sent)),
			q.arg(sent), q.arg(typed)}, `, `) + `, '', '', '')`
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO call_rows (call_id, position, typed, sent, sent_tail, typed_tail, reason, text, proof)
		VALUES `+strings.Join(values, `, `), q.args...)
	return err
}

// Leave records that the call is about to leave, once more when it did before.
// It must have returned before the first byte goes.
func (l *Ledger) Leave(ctx context.Context, id string, at time.Time) error {
	return l.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE calls SET state = 'leaving', tries = tries + 1, left_at = COALESCE(left_at, $2)
			WHERE id = $1 AND state <> 'finished'`, id, at.UnixMicro())
		return changed(ctx, tx, id, result, err, ErrFinished)
	})
}

// Finish records how the call ended. The first end stands: a second is ErrFinished.
func (l *Ledger) Finish(ctx context.Context, id string, end End) error {
	if !end.Outcome.Known() {
		return fmt.Errorf("finish: %w", ErrRows)
	}
	var code, message any
	if end.Error != nil {
		code, message = database.Text(end.Error.Code), database.Text(end.Error.Message)
	}
	return l.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var rows int
		err := tx.QueryRowContext(ctx, `UPDATE calls SET state = 'finished', outcome = $2, finished_at = $3, upstream_status = $4,
			request_id = $5, job_id = $6, response = $7, error_code = $8, error_message = $9
			WHERE id = $1 AND state <> 'finished' RETURNING row_count`,
			id, end.Outcome, end.At.UnixMicro(), end.UpstreamStatus, database.Text(end.RequestID), database.Text(end.JobID),
			bounded(end.Response), code, message).Scan(&rows)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return unchanged(ctx, tx, id, ErrFinished)
		case err != nil:
			return fmt.Errorf("update: %w", err)
		case len(end.Rows) != rows:
			return fmt.Errorf("finish: %w: %d of %d", ErrRows, len(end.Rows), rows)
		}
		return endRows(ctx, tx, id, end.Rows)
	})
}

// endRows gives each row its outcome. Most rows of a call end alike, so the
// commonest end is written to all and the others one by one.
func endRows(ctx context.Context, tx *sql.Tx, id string, rows []wire.Row) error {
	type end struct {
		outcome      wire.Outcome
		reason, text string
		proof        wire.Proof
	}
	of := func(r wire.Row) end { return end{r.Outcome, database.Text(r.Reason), database.Text(r.Text), r.Proof} }
	times := map[end]int{}
	var common end
	for i, row := range rows {
		if row.Index != i || !row.Outcome.Known() {
			return fmt.Errorf("finish: %w: row %d", ErrRows, i)
		}
		times[of(row)]++
		if times[of(row)] > times[common] {
			common = of(row)
		}
	}
	const set = `UPDATE call_rows SET outcome = $2, reason = $3, text = $4, proof = $5 WHERE call_id = $1`
	if _, err := tx.ExecContext(ctx, set, id, common.outcome, common.reason, common.text, common.proof); err != nil {
		return fmt.Errorf("record outcomes: %w", err)
	}
	if len(times) == 1 {
		return nil
	}
	one, err := tx.PrepareContext(ctx, set+` AND position = $6`)
	if err != nil {
		return fmt.Errorf("record outcomes: %w", err)
	}
	defer one.Close()
	for i, row := range rows {
		if e := of(row); e != common {
			if _, err := one.ExecContext(ctx, id, e.outcome, e.reason, e.text, e.proof, i); err != nil {
				return fmt.Errorf("record outcome: %w", err)
			}
		}
	}
	return nil
}

// Prove adds what reads after the write showed: Index and Proof of each row
// given, nothing else. The outcome stays as it is.
func (l *Ledger) Prove(ctx context.Context, id string, rows []wire.Row) error {
	return l.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, row := range rows {
			if row.Proof == "" {
				continue
			}
			result, err := tx.ExecContext(ctx, `UPDATE call_rows SET proof = $3 WHERE call_id = $1 AND position = $2`, id, row.Index, row.Proof)
			if err := changed(ctx, tx, id, result, err, ErrRows); err != nil {
				return fmt.Errorf("record proof: %w", err)
			}
		}
		return nil
	})
}

// Settle records a person's finding about an unknown outcome, once. Everything
// else is problem.NotUnknown.
func (l *Ledger) Settle(ctx context.Context, id string, s wire.Settlement) error {
	var wrong []operation.Problem
	if s.Outcome != wire.Accepted && s.Outcome != wire.Refused {
		wrong = append(wrong, operation.Problem{Field: "outcome", Code: operation.CodeFixed, Detail: "is neither accepted nor refused"})
	}
	if strings.TrimSpace(s.Note) == "" {
		wrong = append(wrong, operation.Problem{Field: "note", Code: operation.CodeRequired, Detail: "is required"})
	}
	if len(wrong) > 0 {
		return problem.Fields(wrong)
	}
	return l.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE calls SET settled_outcome = $2, settled_note = $3, settled_by_id = $4, settled_by_name = $5, settled_at = $6
			WHERE id = $1 AND outcome = 'unknown' AND settled_at IS NULL`,
			id, s.Outcome, database.Text(s.Note), s.By.ID, database.Text(s.By.Name), s.At.UnixMicro())
		return changed(ctx, tx, id, result, err, problem.NotUnknown.At(id))
	})
}

// changed is as unchanged when an update found no row.
func changed(ctx context.Context, tx *sql.Tx, id string, result sql.Result, err, otherwise error) error {
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	if n > 0 {
		return nil
	}
	return unchanged(ctx, tx, id, otherwise)
}

// unchanged is otherwise when the call exists, problem.NoSuchCall when not.
func unchanged(ctx context.Context, tx *sql.Tx, id string, otherwise error) error {
	var known int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM calls WHERE id = $1`, id).Scan(&known); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	if known == 0 {
		return problem.NoSuchCall
	}
	return otherwise
}

// Recover ends the calls that the end of their process cut off: those that had
// not left are skipped, those that may have are unknown. Nothing is sent again.
// It belongs at start-up, before the first call, and now and then where other
// processes share the database.
func (l *Ledger) Recover(ctx context.Context, at time.Time) (Recovered, error) {
	var r Recovered
	err := l.db.Write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		r.Skipped, err = cutOff(ctx, tx, wire.Started, wire.Skipped, wire.Error{Code: wire.ReasonNeverLeft, Message: "the server stopped before this call left"}, at)
		if err != nil {
			return err
		}
		r.Unknown, err = cutOff(ctx, tx, wire.Leaving, wire.Unknown, wire.Error{Code: wire.ReasonCrashed, Message: "the server stopped while this call was under way"}, at)
		return err
	})
	if err != nil {
		return Recovered{}, fmt.Errorf("recover: %w", err)
	}
	return r, nil
}

// cutOff first ends the calls and then their rows: a process that was wrongly
// taken for dead may be ending its calls too, and only one of us finds each open.
func cutOff(ctx context.Context, tx *sql.Tx, in wire.State, as wire.Outcome, why wire.Error, at time.Time) (int, error) {
	found, err := tx.QueryContext(ctx, `UPDATE calls SET state = 'finished', outcome = $2, error_code = $3, error_message = $4, finished_at = $5
		WHERE state <> 'finished' AND state = $1 AND process NOT IN (SELECT id FROM processes) RETURNING id`,
		in, as, why.Code, why.Message, at.UnixMicro())
	if err != nil {
		return 0, err
	}
	ids, err := texts(found)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, err := tx.ExecContext(ctx, `UPDATE call_rows SET outcome = $2, reason = $3 WHERE call_id = $1`, id, as, why.Code); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// texts reads the one column of rows and closes them.
func texts(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// bounded is what is kept of an answer: nil when there is none; one that is too
// long becomes a JSON string of its beginning, which ends by saying so.
func bounded(response json.RawMessage) any {
	switch {
	case len(response) == 0:
		return nil
	case len(response) <= MaxResponse:
		return database.Text(string(response))
	}
	kept := strings.ToValidUTF8(string(response[:MaxResponse]), "")
	cut, err := json.Marshal(kept + fmt.Sprintf("… [cut: the ledger keeps the first %d of %d bytes]", MaxResponse, len(response)))
	if err != nil {
		return nil // cannot be: a string always encodes
	}
	return database.Text(string(cut))
}
