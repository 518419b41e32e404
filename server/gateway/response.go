package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"outdial/server/problem"
)

// respond writes v as JSON with that status.
func (g *Gateway) respond(w http.ResponseWriter, r *http.Request, status int, v any) error {
	return g.write(w, r, status, "application/json", v)
}

func (g *Gateway) write(w http.ResponseWriter, r *http.Request, status int, contentType string, v any) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // an upstream's own words are shown as they came
	if err := enc.Encode(v); err != nil {
		return problem.Internal.Because(err)
	}
	if err := timely(w); err != nil {
		return problem.Internal.Because(err)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	if _, err := body.WriteTo(w); err != nil {
		// The browser has gone; there is nobody to tell but the log.
		g.Log.DebugContext(r.Context(), "answer not delivered", slog.String("request", requestID(r)), slog.Any("error", err))
	}
	return nil
}

// writeTime is how long a browser may take to receive an answer, or one event.
const writeTime = 30 * time.Second

// timely starts the time for writing anew. The server's own time-out counts
// from the request, and may have passed while an upstream was waited for.
func timely(w http.ResponseWriter) error {
	err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTime))
	if errors.Is(err, http.ErrNotSupported) {
		return nil // not a connection: a test's recorder
	}
	return err
}

// fail is the one place where an error becomes an answer. What is no
// *problem.Error is ours: the person learns that, the log learns why.
func (g *Gateway) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem.Error
	if !errors.As(err, &p) {
		p = problem.Internal.Because(err)
	}
	level := slog.LevelInfo
	if p.Status >= 500 {
		level = slog.LevelError
	}
	attrs := []slog.Attr{slog.String("request", requestID(r)), slog.String("code", p.Code), slog.Int("status", p.Status)}
	if p.Cause != nil {
		attrs = append(attrs, slog.String("cause", p.Cause.Error()))
	}
	g.Log.LogAttrs(r.Context(), level, "problem", attrs...)
	w.Header().Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64((p.RetryAfter+time.Second-1)/time.Second), 10))
	}
	for _, ofTheAnswerThatFailed := range []string{"Content-Encoding", "ETag", "Vary"} {
		w.Header().Del(ofTheAnswerThatFailed)
	}
	if err := g.write(w, r, p.Status, "application/problem+json", p.Problem); err != nil {
		w.WriteHeader(http.StatusInternalServerError) // cannot be: a problem is plain data
	}
}
