package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"outdial/server/database"
	"outdial/server/problem"
	"outdial/shared/wire"
)

const (
	maxPage   = 100
	briefRows = 20       // rows of one entry that a search brings …
	briefMost = 100      // … and those that match the number, this many at the most
	briefJSON = 16 << 10 // bytes of a request or an answer that a search brings
)

const columns = `id, system, operation, person_id, person_name, state, outcome, note, row_count, tries, started_at, left_at, finished_at,
	upstream_status, request_id, job_id, error_code, error_message, settled_outcome, settled_note, settled_by_id, settled_by_name, settled_at`

// Entry is the whole record of one call, problem.NoSuchCall when there is none.
func (l *Ledger) Entry(ctx context.Context, id string) (wire.Entry, error) {
	e, err := scan(l.db.Reader.QueryRowContext(ctx, `SELECT `+columns+`, request, response, 0 FROM calls WHERE id = $1`, database.Text(id)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return wire.Entry{}, problem.NoSuchCall
	case err != nil:
		return wire.Entry{}, fmt.Errorf("read call: %w", err)
	}
	entries := []wire.Entry{e}
	err = addRows(ctx, l.db.Reader, entries, e.RowCount, `call_id = $1`, id)
	return entries[0], err
}

// Search finds calls, newest first. With only, just that person's are found,
// whatever the filter says.
//
// A number is matched by the end of its digits, as it was typed and as it left,
// so that "415-555-0100", "+1 415 555 0100" and "0100" all find +14155550100.
// An outcome also finds what was settled so; wire.Unknown finds what is not settled.
//
// Long entries are brought in brief: the first 20 rows and those that match the
// number, 100 at the most, no request and no answer above 16 KiB. Brief says so, Entry has it all.
func (l *Ledger) Search(ctx context.Context, f wire.Filter, only string) (wire.Page, error) {
	limit := min(max(f.Limit, 0), maxPage)
	if limit == 0 {
		limit = maxPage
	}
	var q query
	from, to, numbered := tailRange(f.Number)
	if numbered {
		a, b := q.arg(from), q.arg(to)
		q.where(`id IN (SELECT call_id FROM call_rows WHERE sent_tail >= ` + a + ` AND sent_tail < ` + b +
			` UNION SELECT call_id FROM call_rows WHERE typed_tail >= ` + a + ` AND typed_tail < ` + b + `)`)
	} else if strings.TrimSpace(f.Number) != "" {
		return wire.Page{Entries: []wire.Entry{}}, nil // no digit in it: no number has that
	}
	q.equal(`system`, f.System)
	q.equal(`operation`, string(f.Operation))
	q.equal(`person_id`, f.Person)
	q.equal(`person_id`, only)
	switch f.Outcome {
	case "":
	case wire.Unknown:
		q.where(`outcome = 'unknown' AND settled_at IS NULL`)
	default:
		o := q.arg(string(f.Outcome))
		q.where(`(outcome = ` + o + ` OR settled_outcome = ` + o + `)`)
	}
	if f.Before != "" {
		q.where(`id < ` + q.arg(database.Text(f.Before)))
	}

	entries, err := l.page(ctx, q, limit+1)
	if err != nil {
		return wire.Page{}, fmt.Errorf("search: %w", err)
	}
	page := wire.Page{Entries: entries, More: len(entries) > limit}
	if page.More {
		page.Entries = entries[:limit]
	}
	if len(page.Entries) == 0 {
		return page, nil
	}
	var rows query
	ids := make([]string, len(page.Entries))
	for i, e := range page.Entries {
		ids[i] = rows.arg(e.ID)
	}
	brief := `position < ` + strconv.Itoa(briefRows)
	if numbered {
		a, b := rows.arg(from), rows.arg(to)
		brief += ` OR sent_tail >= ` + a + ` AND sent_tail < ` + b + ` OR typed_tail >= ` + a + ` AND typed_tail < ` + b
	}
	err = addRows(ctx, l.db.Reader, page.Entries, briefMost, `call_id IN (`+strings.Join(ids, `, `)+`) AND (`+brief+`)`, rows.args...)
	return page, err
}

// page reads entries without their rows.
func (l *Ledger) page(ctx context.Context, q query, limit int) ([]wire.Entry, error) {
	fits := func(column string) string {
		return `LENGTH(COALESCE(` + column + `, '')) <= ` + strconv.Itoa(briefJSON)
	}
	found, err := l.db.Reader.QueryContext(ctx, `SELECT `+columns+`,
		CASE WHEN `+fits(`request`)+` THEN request END,
		CASE WHEN `+fits(`response`)+` THEN response END,
		CASE WHEN `+fits(`request`)+` AND `+fits(`response`)+` THEN 0 ELSE 1 END
		FROM calls`+q.text()+` ORDER BY id DESC LIMIT `+strconv.Itoa(limit), q.args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	entries := []wire.Entry{}
	for found.Next() {
		e, err := scan(found)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, found.Err()
}

// addRows reads the rows that the condition selects into their entries, at most
// so many into each: a short number matches very many.
func addRows(ctx context.Context, q querier, entries []wire.Entry, most int, condition string, args ...any) error {
	at := make(map[string]*wire.Entry, len(entries))
	for i := range entries {
		entries[i].Rows = []wire.Row{}
		at[entries[i].ID] = &entries[i]
	}
	found, err := q.QueryContext(ctx, `SELECT call_id, position, typed, sent, COALESCE(outcome, ''), reason, text, proof
		FROM call_rows WHERE `+condition+` ORDER BY call_id, position`, args...)
	if err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var id string
		var r wire.Row
		if err := found.Scan(&id, &r.Index, &r.Typed, &r.Sent, &r.Outcome, &r.Reason, &r.Text, &r.Proof); err != nil {
			return fmt.Errorf("read row: %w", err)
		}
		if e := at[id]; e != nil && len(e.Rows) < most {
			e.Rows = append(e.Rows, r)
		}
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	for i := range entries {
		entries[i].Brief = entries[i].Brief || len(entries[i].Rows) < entries[i].RowCount
	}
	return nil
}

// scan reads the columns, then request, response and whether one was left out.
func scan(from interface{ Scan(...any) error }) (wire.Entry, error) {
	var e wire.Entry
	var outcome, request, response, code, message, settled, note, by, byName sql.NullString
	var started int64
	var left, finished, settledAt sql.NullInt64
	err := from.Scan(&e.ID, &e.System, &e.Operation, &e.Person.ID, &e.Person.Name, &e.State, &outcome, &e.Note, &e.RowCount, &e.Tries,
		&started, &left, &finished, &e.UpstreamStatus, &e.RequestID, &e.JobID, &code, &message,
		&settled, &note, &by, &byName, &settledAt, &request, &response, &e.Brief)
	if err != nil {
		return wire.Entry{}, err
	}
	e.Outcome = wire.Outcome(outcome.String)
	e.StartedAt = time.UnixMicro(started).UTC()
	e.LeftAt, e.FinishedAt = moment(left), moment(finished)
	e.Request, e.Response = raw(request), raw(response)
	if code.Valid {
		e.Error = &wire.Error{Code: code.String, Message: message.String}
	}
	if at := moment(settledAt); at != nil {
		e.Settled = &wire.Settlement{Outcome: wire.Outcome(settled.String), Note: note.String, By: wire.Person{ID: by.String, Name: byName.String}, At: *at}
	}
	return e, nil
}

func moment(micros sql.NullInt64) *time.Time {
	if !micros.Valid {
		return nil
	}
	at := time.UnixMicro(micros.Int64).UTC()
	return &at
}

func raw(text sql.NullString) json.RawMessage {
	if !text.Valid || text.String == "" {
		return nil
	}
	return json.RawMessage(text.String)
}

// query collects conditions and their arguments.
type query struct {
	conditions []string
	args       []any
}

// arg adds an argument and returns its placeholder.
func (q *query) arg(value any) string {
	q.args = append(q.args, value)
	return "$" + strconv.Itoa(len(q.args))
}

func (q *query) where(condition string) { q.conditions = append(q.conditions, condition) }

// equal demands a value of a column; empty demands nothing.
func (q *query) equal(column, value string) {
	if value != "" {
		q.where(column + ` = ` + q.arg(database.Text(value)))
	}
}

func (q *query) text() string {
	if len(q.conditions) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(q.conditions, ` AND `)
}
