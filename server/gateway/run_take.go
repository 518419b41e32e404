package gateway

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"outdial/server/problem"
	runs "outdial/server/run"
	"outdial/shared/run"
)

// Runs takes in runs, carries them out and tells about them. Errors that people
// may see are *problem.Error.
type Runs interface {
	Take(ctx context.Context, who runs.Person, key string, body io.Reader) (run.Run, error)
	Get(ctx context.Context, who runs.Person, id string) (run.Run, error)
	List(ctx context.Context, who runs.Person, before string, limit int) (run.Page, error)
	Pause(ctx context.Context, who runs.Person, id string) (run.Run, error)
	Resume(ctx context.Context, who runs.Person, id string) (run.Run, error)
	Cancel(ctx context.Context, who runs.Person, id string) (run.Run, error)
	Undo(ctx context.Context, who runs.Person, id, note string) (run.Run, error)
	Rows(ctx context.Context, who runs.Person, id string, f runs.RowFilter) (run.Results, error)
	Each(ctx context.Context, who runs.Person, id string, hand func(run.Result) error) error
}

var _ Runs = (*runs.Runs)(nil)

func (v visitor) asks() runs.Person { return runs.Person{Person: v.Person, Role: v.Role} }

// runTake takes in a run as it comes: a long list is never held whole.
func (g *Gateway) runTake(w http.ResponseWriter, r *http.Request, who visitor) error {
	key, err := oneKey(r)
	if err != nil {
		return err
	}
	if err := isJSON(r); err != nil {
		return err
	}
	if r.ContentLength > g.Limits.RunBytes {
		return problem.TooLarge
	}
	taken, err := g.Runs.Take(r.Context(), who.asks(), key, &patient{r.Body, http.NewResponseController(w)})
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, taken)
}

// patient reads a body for as long as it keeps coming. The server's own
// time-out counts from the request, and a long list on a slow line takes longer.
type patient struct {
	body    io.Reader
	control *http.ResponseController
}

// readTime is how long a browser may fall silent while it sends a list.
const readTime = time.Minute

func (p *patient) Read(b []byte) (int, error) {
	if err := p.control.SetReadDeadline(time.Now().Add(readTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, problem.Malformed.Because(err)
	}
	n, err := p.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = problem.Malformed.Because(err)
	}
	return n, err
}

// oneKey is the request's Idempotency-Key.
func oneKey(r *http.Request) (string, error) {
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) != 1 || !runs.IsKey(keys[0]) {
		return "", problem.KeyMissing
	}
	return keys[0], nil
}

// isJSON demands what readJSON demands of a body's headers.
func isJSON(r *http.Request) error {
	types := r.Header.Values("Content-Type")
	if len(types) != 1 {
		return problem.NotJSON
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || media != "application/json" {
		return problem.NotJSON
	}
	if charset := params["charset"]; charset != "" && charset != "utf-8" && charset != "UTF-8" {
		return problem.NotJSON.With("The charset must be utf-8.")
	}
	if r.Header.Get("Content-Encoding") != "" {
		return problem.NotJSON.With("The body must not be compressed.")
	}
	return nil
}
