package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"outdial/server/problem"
)

// contentPolicy lets the console run and nothing else: no inline script, no
// inline style, no other origin. 'wasm-unsafe-eval' is what WebAssembly needs.
const contentPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const permissionsPolicy = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), " +
	"microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"

// secured sets the headers that every answer carries.
func (g *Gateway) secured(next http.Handler) http.Handler {
	https := g.PublicURL.Scheme == "https"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", permissionsPolicy)
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// checked refuses hosts that are not ours, against DNS rebinding, and paths in
// any but their plain form. The mux would redirect those, with the query, to an
// address that the sender chose.
func (g *Gateway) checked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !plainPath(r):
			g.fail(w, r, problem.NoSuchPage)
		// Probes come by address, and what they learn is no secret.
		case r.URL.Path != "/healthz" && r.URL.Path != "/readyz" && !g.answersTo(r.Host):
			g.fail(w, r, problem.BadHost)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// plainPath: no //, no dots, no encoded slash, no backslash, and nothing that
// was encoded without need.
func plainPath(r *http.Request) bool {
	p := r.URL.Path
	return strings.HasPrefix(p, "/") && r.URL.RawPath == "" && !strings.ContainsAny(p, "\\\x00") &&
		(path.Clean(p) == p || path.Clean(p)+"/" == p)
}

func (g *Gateway) answersTo(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	switch {
	case strings.EqualFold(name, g.PublicURL.Hostname()), strings.EqualFold(name, "localhost"):
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

type requestIDKey struct{}

// identified gives the request an id of our own. One that came with it is not
// believed: it would stand in the log.
func (g *Gateway) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := g.NewID()
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// logged writes one line for each request: no query, no body, no header, and
// the route instead of the path, since a path can hold anything.
func (g *Gateway) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := g.Now()
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r) // the mux notes its pattern in r
		g.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("request", requestID(r)), slog.String("method", r.Method), slog.String("route", r.Pattern),
			slog.Int("status", rec.status()), slog.Int64("bytes", rec.bytes), slog.Duration("took", g.Now().Sub(start)))
	})
}

// recovered makes a panic a 500 and a line in the log.
func (g *Gateway) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			switch {
			case v == nil:
			case v == http.ErrAbortHandler:
				panic(v) // net/http's own way to cut a connection
			default:
				g.Log.ErrorContext(r.Context(), "panic", slog.String("request", requestID(r)), slog.String("stack", string(debug.Stack())))
				if rec, ok := w.(*recorder); ok && rec.code != 0 {
					panic(http.ErrAbortHandler) // half an answer is out: cut it
				}
				g.fail(w, r, problem.Internal.Because(panicked(v)))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// panicked is a panic as the log may hold it: what it says could be a secret,
// unless the runtime says it.
func panicked(v any) error {
	if fault, ok := v.(runtime.Error); ok {
		return fmt.Errorf("panic: %w", fault)
	}
	return fmt.Errorf("panic of type %T", v)
}

// recorder remembers what was answered, for the log.
type recorder struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 && code >= 200 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

func (r *recorder) status() int {
	if r.code == 0 {
		return http.StatusOK
	}
	return r.code
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
