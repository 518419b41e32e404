package gateway

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"outdial/server/problem"
	runs "outdial/server/run"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// runList shows the person's runs, an administrator everybody's.
func (g *Gateway) runList(w http.ResponseWriter, r *http.Request, who visitor) error {
	q, err := readQuery(r, "before", "limit")
	if err != nil {
		return err
	}
	limit, err := q.whole("limit")
	if err != nil {
		return err
	}
	page, err := g.Runs.List(r.Context(), who.asks(), q["before"], limit)
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, page)
}

func (g *Gateway) runGet(w http.ResponseWriter, r *http.Request, who visitor) error {
	one, err := g.Runs.Get(r.Context(), who.asks(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, one)
}

// runChange pauses, resumes or cancels.
func (g *Gateway) runChange(change func(context.Context, runs.Person, string) (run.Run, error)) personal {
	return func(w http.ResponseWriter, r *http.Request, who visitor) error {
		var none struct{}
		if err := readSmall(w, r, &none); err != nil {
			return err
		}
		one, err := change(r.Context(), who.asks(), r.PathValue("id"))
		if err != nil {
			return err
		}
		return g.respond(w, r, http.StatusOK, one)
	}
}

// runUndo makes the run that takes this one back; asked twice, it is the same.
func (g *Gateway) runUndo(w http.ResponseWriter, r *http.Request, who visitor) error {
	var why struct {
		Note string `json:"note"`
	}
	if err := readSmall(w, r, &why); err != nil {
		return err
	}
	undo, err := g.Runs.Undo(r.Context(), who.asks(), r.PathValue("id"), why.Note)
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, undo)
}

// runRows shows some rows: by outcome ("waiting" for those without one), by
// reason, from a line on.
func (g *Gateway) runRows(w http.ResponseWriter, r *http.Request, who visitor) error {
	q, err := readQuery(r, "outcome", "reason", "after", "limit")
	if err != nil {
		return err
	}
	f := runs.RowFilter{Reason: q["reason"]}
	if f.After, err = q.whole("after"); err != nil {
		return err
	}
	if f.Limit, err = q.whole("limit"); err != nil {
		return err
	}
	switch outcome := wire.Outcome(q["outcome"]); {
	case outcome == "waiting":
		f.Waiting = true
	case outcome != "" && !outcome.Known():
		return problem.BadQuery.With("outcome must be accepted, updated, refused, skipped, unknown or waiting.")
	default:
		f.Outcome = outcome
	}
	results, err := g.Runs.Rows(r.Context(), who.asks(), r.PathValue("id"), f)
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, results)
}

// query is a request's query, each name at most once.
type query map[string]string

func readQuery(r *http.Request, names ...string) (query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, problem.BadQuery // the cause would quote the query
	}
	q := query{}
	for name, all := range values {
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known || len(all) != 1 || len(all[0]) > filterMax {
			return nil, problem.BadQuery
		}
		q[name] = all[0]
	}
	return q, nil
}

func (q query) whole(name string) (int, error) {
	if q[name] == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(q[name])
	if err != nil || n < 0 {
		return 0, problem.BadQuery.With(name + " must be a whole number.")
	}
	return n, nil
}
