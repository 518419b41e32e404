package run

import (
	"context"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// MostListed is how many runs or rows one answer holds at the most.
const MostListed = 200

// own is the run, if the person may see it: their own, or anybody's for an
// administrator. What they may not see is not there.
func (r *Runs) own(ctx context.Context, who Person, id string) (record, error) {
	rec, err := r.store.get(ctx, id)
	switch {
	case err != nil:
		return record{}, err
	case rec.Person.ID != who.ID && !who.Role.Covers(operation.Admin):
		return record{}, problem.NoSuchRun
	}
	return rec, nil
}

// Get is one run.
func (r *Runs) Get(ctx context.Context, who Person, id string) (run.Run, error) {
	rec, err := r.own(ctx, who, id)
	if err != nil {
		return run.Run{}, err
	}
	return r.shown(ctx, who, rec)
}

// shown is the run as the person sees it.
func (r *Runs) shown(ctx context.Context, who Person, rec record) (run.Run, error) {
	if undoable(who, rec) {
		undo, err := r.store.undoing(ctx, rec.ID)
		if err != nil {
			return run.Run{}, err
		}
		rec.Undoable = undo == ""
	}
	return estimated(rec.Run), nil
}

// List finds the person's runs, or everybody's for an administrator; newest first.
func (r *Runs) List(ctx context.Context, who Person, before string, limit int) (run.Page, error) {
	person := who.ID
	if who.Role.Covers(operation.Admin) {
		person = ""
	}
	if limit <= 0 || limit > MostListed {
		limit = MostListed
	}
	runs, more, err := r.store.list(ctx, person, before, limit)
	if err != nil {
		return run.Page{}, err
	}
	page := run.Page{Runs: []run.Run{}, More: more}
	for _, rec := range runs {
		one, err := r.shown(ctx, who, rec)
		if err != nil {
			return run.Page{}, err
		}
		page.Runs = append(page.Runs, one)
	}
	return page, nil
}

// Pause lets nothing more of a run leave until it is resumed.
func (r *Runs) Pause(ctx context.Context, who Person, id string) (run.Run, error) {
	return r.change(ctx, who, id, r.store.pause)
}

// Resume lets a paused run go on, for those who may order such a run now.
func (r *Runs) Resume(ctx context.Context, who Person, id string) (run.Run, error) {
	rec, err := r.own(ctx, who, id)
	if err != nil {
		return run.Run{}, err
	}
	if op, ok := operation.Find(rec.Operation); !ok || !who.Role.Covers(operation.Supervisor) || !who.Role.Covers(op.Least) {
		return run.Run{}, problem.NotAllowed
	}
	return r.change(ctx, who, id, func(ctx context.Context, id string) (bool, error) {
		return r.store.resume(ctx, r.queue, id, r.Now())
	})
}

// Cancel ends a run: what has not left is skipped.
func (r *Runs) Cancel(ctx context.Context, who Person, id string) (run.Run, error) {
	return r.change(ctx, who, id, func(ctx context.Context, id string) (bool, error) {
		return r.store.cancel(ctx, r.queue, id, r.Now())
	})
}

func (r *Runs) change(ctx context.Context, who Person, id string, to func(context.Context, string) (bool, error)) (run.Run, error) {
	if _, err := r.own(ctx, who, id); err != nil {
		return run.Run{}, err
	}
	ok, err := to(context.WithoutCancel(ctx), id)
	switch {
	case err != nil:
		return run.Run{}, err
	case !ok:
		return run.Run{}, problem.RunState
	}
	r.mu.Lock()
	if s := r.held[id]; s != nil {
		s.quit() // its turn is over, whatever the change was
	}
	r.mu.Unlock()
	r.tell(ctx, id)
	return r.Get(ctx, who, id)
}

// Rows are some rows of a run, in the order of the file.
func (r *Runs) Rows(ctx context.Context, who Person, id string, f RowFilter) (run.Results, error) {
	if _, err := r.own(ctx, who, id); err != nil {
		return run.Results{}, err
	}
	limit := f.Limit
	if limit <= 0 || limit > MostListed {
		limit = MostListed
	}
	f.Limit = limit + 1
	rows, err := r.store.rows(ctx, id, f)
	if err != nil {
		return run.Results{}, err
	}
	results := run.Results{Rows: rows, More: len(rows) > limit}
	if results.More {
		results.Rows = rows[:limit]
	}
	return results, nil
}

// Each hands every row of a run over, in the order of the file.
func (r *Runs) Each(ctx context.Context, who Person, id string, hand func(run.Result) error) error {
	if _, err := r.own(ctx, who, id); err != nil {
		return err
	}
	return r.store.each(ctx, id, hand)
}

// IsKey reports whether a text is an Idempotency-Key: 8 to 128 letters, digits,
// - or _.
func IsKey(text string) bool {
	if len(text) < 8 || len(text) > 128 {
		return false
	}
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
