// Package gateway is the HTTP surface: who may ask what, in which form, and how
// answers and errors leave. What a call means is not decided here.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"outdial/server/call"
	"outdial/server/identity"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Calls makes calls. Errors are *problem.Error.
type Calls interface {
	Make(ctx context.Context, o call.Order) (wire.Envelope, error)
}

// Ledger is what was called. Errors that people may see are *problem.Error.
type Ledger interface {
	Entry(ctx context.Context, id string) (wire.Entry, error)
	Search(ctx context.Context, f wire.Filter, only string) (wire.Page, error)
	Settle(ctx context.Context, id string, s wire.Settlement) error
	Ready(ctx context.Context) error
}

// RoleSwitch is what the demo's identity offers beside identifying.
type RoleSwitch interface {
	Switch(w http.ResponseWriter, role operation.Role) bool
}

// Config is what a Gateway needs. Everything without "may be" must be set.
type Config struct {
	Identity   identity.Source
	Roles      identity.Roles
	Calls      Calls
	Ledger     Ledger
	Events     *Hub
	Runs       Runs          // may be nil: no runs
	Known      Known         // may be nil, as Runs
	Hours      Hours         // may be nil: any hour
	Systems    []wire.System // their Operations are filled in for each person
	Limits     wire.Limits
	PublicURL  *url.URL
	SignOutURL string     // may be empty
	Demo       *wire.Demo // may be nil
	RoleSwitch RoleSwitch // may be nil: no role switch
	Version    string
	Static     http.Handler // the console's files and pages
	Log        *slog.Logger
	Now        func() time.Time
	NewID      func() string   // for request ids
	Stop       <-chan struct{} // closed at shutdown: ends the event streams
	Heartbeat  time.Duration   // between comments of an event stream; 0: 15 s
	StreamLife time.Duration   // after which an event stream ends, so that identity is asked again; 0: 10 min
}

// Gateway is the http.Handler of the public port.
type Gateway struct {
	Config
	crossOrigin *http.CrossOriginProtection
	handler     http.Handler
}

// New makes a Gateway.
func New(c Config) (*Gateway, error) {
	for name, missing := range map[string]bool{
		"identity": c.Identity == nil, "roles": c.Roles == nil, "calls": c.Calls == nil, "ledger": c.Ledger == nil, "events": c.Events == nil,
		"public URL": c.PublicURL == nil, "static": c.Static == nil, "log": c.Log == nil, "clock": c.Now == nil, "ids": c.NewID == nil,
		"stop": c.Stop == nil, "body limit": c.Limits.BodyBytes <= 0,
	} {
		if missing {
			return nil, fmt.Errorf("gateway: %s is not set", name)
		}
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 15 * time.Second
	}
	if c.StreamLife == 0 {
		c.StreamLife = 10 * time.Minute
	}
	g := &Gateway{Config: c, crossOrigin: http.NewCrossOriginProtection()}
	// A proxy may rewrite Host, so the public origin is named outright.
	if err := g.crossOrigin.AddTrustedOrigin(c.PublicURL.Scheme + "://" + c.PublicURL.Host); err != nil {
		return nil, fmt.Errorf("gateway: public URL: %w", err)
	}
	g.handler = g.identified(g.logged(g.recovered(g.secured(g.checked(g.routes())))))
	return g, nil
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.handler.ServeHTTP(w, r) }

// handler answers a request or returns why it cannot; fail writes the error.
type handler func(w http.ResponseWriter, r *http.Request) error

// personal is a handler that knows who asks.
type personal func(w http.ResponseWriter, r *http.Request, who visitor) error

// visitor is an identified person with a role.
type visitor struct {
	wire.Person
	Role operation.Role
}

// routes is the table of everything the public port answers to.
func (g *Gateway) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", g.health)
	mux.HandleFunc("GET /readyz", g.ready)
	g.api(mux, "/api/session", methods{"GET": g.person(g.session)})
	g.api(mux, "/api/systems/{system}/operations/{operation}", methods{"POST": g.person(g.call)})
	g.api(mux, "/api/ledger", methods{"GET": g.person(g.ledgerQuery), "POST": g.person(g.ledgerSearch)})
	g.api(mux, "/api/ledger/{id}", methods{"GET": g.person(g.ledgerEntry)})
	g.api(mux, "/api/ledger/{id}/settle", methods{"POST": g.person(g.ledgerSettle)})
	g.api(mux, "/api/events", methods{"GET": g.person(g.events)})
	if g.Runs != nil {
		g.api(mux, "/api/runs", methods{"GET": g.person(g.runList), "POST": g.person(g.runTake)})
		g.api(mux, "/api/runs/{id}", methods{"GET": g.person(g.runGet)})
		g.api(mux, "/api/runs/{id}/pause", methods{"POST": g.person(g.runChange(g.Runs.Pause))})
		g.api(mux, "/api/runs/{id}/resume", methods{"POST": g.person(g.runChange(g.Runs.Resume))})
		g.api(mux, "/api/runs/{id}/cancel", methods{"POST": g.person(g.runChange(g.Runs.Cancel))})
		g.api(mux, "/api/runs/{id}/undo", methods{"POST": g.person(g.runUndo)})
		g.api(mux, "/api/runs/{id}/rows", methods{"GET": g.person(g.runRows)})
		g.api(mux, "/api/runs/{id}/results", methods{"GET": g.person(g.runResults)})
		g.api(mux, "/api/lists/known", methods{"POST": g.person(g.listKnown)})
		g.api(mux, "/api/lists/hours", methods{"POST": g.person(g.listHours)})
	}
	if g.Hours != nil {
		g.api(mux, "/api/hours", methods{"GET": g.person(g.hoursGet)})
	}
	if g.RoleSwitch != nil {
		g.api(mux, "/api/demo/role", methods{"POST": g.demoRole})
	}
	g.api(mux, "/api", methods{})
	g.api(mux, "/api/", methods{})
	mux.Handle("/", g.Static)
	return mux
}

type methods map[string]handler

// api registers one path of the API. Its answers are never kept by a cache, its
// writes must come from our own pages as JSON, and a method that it lacks is a
// problem like any other.
func (g *Gateway) api(mux *http.ServeMux, pattern string, by methods) {
	var allow []string
	for _, method := range []string{"GET", "POST"} {
		if by[method] != nil {
			allow = append(allow, method)
		}
	}
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		h := by[method]
		var err error
		switch {
		case len(by) == 0:
			err = problem.NoSuchPage
		case h == nil:
			w.Header().Set("Allow", strings.Join(allow, ", "))
			err = problem.MethodNotAllowed
		default:
			if err = g.own(r); err == nil {
				err = h(w, r)
			}
		}
		if err != nil {
			g.fail(w, r, err)
		}
	})
}

// person lets identified people with a role through.
func (g *Gateway) person(next personal) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		caller, err := g.Identity.Identify(r)
		if err != nil {
			return err
		}
		role, ok := g.Roles.Of(caller.Groups)
		if !ok {
			return problem.NoRole
		}
		return next(w, r, visitor{Person: caller.Person, Role: role})
	}
}

// own refuses what another site's page asks of us: writes by the standard
// library's rule, and reads too where the browser says who asks.
func (g *Gateway) own(r *http.Request) error {
	if err := g.crossOrigin.Check(r); err != nil {
		return problem.CrossOrigin.Because(err)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return nil
	}
	if r.Header.Get("Origin") == g.PublicURL.Scheme+"://"+g.PublicURL.Host {
		return nil
	}
	return problem.CrossOrigin.Because(errors.New("a read from another site's page"))
}
