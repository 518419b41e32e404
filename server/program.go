package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"outdial/server/call"
	"outdial/server/config"
	"outdial/server/database"
	"outdial/server/gateway"
	"outdial/server/hours"
	"outdial/server/identity"
	"outdial/server/ledger"
	"outdial/server/metric"
	runs "outdial/server/run"
	"outdial/shared/wire"
	"outdial/web"
)

// program is everything that serve runs.
type program struct {
	cfg       config.Config
	log       *slog.Logger
	database  *database.DB
	process   *database.Process
	keeping   *task // keeps the process's place
	sharing   *task // events with the other processes
	ledger    *ledger.Ledger
	desk      *call.Desk
	hours     *hours.Keeper
	runs      *runs.Runs
	metrics   *metric.Metrics
	gateway   *gateway.Gateway
	stop      chan struct{} // closed at shutdown: ends the event streams
	simulator *running      // with the demo only
}

// open puts the program together. Nothing listens yet.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (*program, error) {
	p := &program{cfg: cfg, log: log, metrics: metric.New(time.Now), stop: make(chan struct{})}
	assets, err := web.New(web.Files())
	if err != nil {
		return nil, err
	}
	if missing := assets.Missing(); len(missing) > 0 {
		log.Warn("the console is not built, so it cannot start in a browser: run make build", slog.String("missing", strings.Join(missing, " ")))
	}
	source, err := newIdentity(cfg.Identity)
	if err != nil {
		return nil, err
	}
	if err := p.openDatabase(ctx); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	hub := p.openEvents()
	if err := p.openDesk(hub); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	if err := p.openRuns(hub); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	surface := gateway.Config{
		Identity: source, Roles: cfg.Roles, Calls: p.metrics.Calls(p.desk), Ledger: p.ledger, Events: hub, Systems: systemsOf(cfg), Limits: cfg.Limits,
		Runs: p.runs, Known: p.ledger, Hours: p.hours,
		PublicURL: cfg.PublicURL, SignOutURL: cfg.Identity.SignOutURL, Version: assets.Version(), Static: assets,
		Log: log, Now: time.Now, NewID: newID, Stop: p.stop,
	}
	if cfg.Demo {
		surface.RoleSwitch = identity.Demo{}
		surface.Demo = demoOf(cfg)
	}
	if p.gateway, err = gateway.New(surface); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	return p, nil
}

// newID makes ids that sort by time.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString() // as good, but for the order
	}
	return id.String()
}

func newIdentity(c config.Identity) (identity.Source, error) {
	switch c.Mode {
	case config.HeaderMode:
		return identity.NewHeader(identity.HeaderConfig{
			User: c.Header.User, Name: c.Header.Name, Groups: c.Header.Groups, Separator: c.Header.Separator,
			TrustedProxies: c.Header.TrustedProxies, SecretHeader: c.Header.SecretHeader, Secret: c.Header.Secret.Reveal(),
		})
	case config.JWTMode:
		return identity.NewJWT(identity.JWTConfig{
			Header: c.JWT.Header, Issuer: c.JWT.Issuer, Audience: c.JWT.Audience, JWKSURL: c.JWT.JWKSURL, Algorithms: c.JWT.Algorithms,
			UserClaim: c.JWT.UserClaim, GroupsClaim: c.JWT.GroupsClaim, Client: &http.Client{Timeout: 10 * time.Second}, Now: time.Now,
		})
	case config.DemoMode:
		return identity.Demo{}, nil
	}
	return nil, fmt.Errorf("no source of identity is configured: the server does not start without one")
}

// systemsOf is what the console may know of the systems.
func systemsOf(cfg config.Config) []wire.System {
	systems := make([]wire.System, len(cfg.Systems))
	for i, s := range cfg.Systems {
		systems[i] = wire.System{
			ID: s.ID, Kind: s.Kind, Label: s.Label, Production: s.Production, Simulated: s.Simulated, Host: s.BaseURL.Host, Scheme: s.BaseURL.Scheme,
			DefaultRegion: s.DefaultRegion, OutboundNumbers: slices.Clone(s.OutboundNumbers), ChatType: s.ChatType, AgentKeys: s.AgentKeys,
			RequestsPerSecond: s.RequestsPerSecond,
		}
	}
	return systems
}

// serve answers on the listener until ctx ends or serving fails, then closes
// everything in order.
func (p *program) serve(ctx context.Context, listener net.Listener) error {
	private, err := p.serveMetrics()
	if err != nil {
		return errors.Join(err, listener.Close(), p.close(ctx))
	}
	if err := p.runs.Start(ctx); err != nil {
		return errors.Join(err, listener.Close(), private.stop(ctx), p.close(ctx))
	}
	public := start(newServer(p.gateway, p.log), listener)
	var failed error
	select {
	case failed = <-public.ended:
	case failed = <-private.end():
	case <-ctx.Done():
		p.log.Info("stopping: no new calls, those in flight finish")
	}
	// Work that goes on after the signal has its own bound.
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	close(p.stop)
	calls, carried := make(chan error, 1), make(chan error, 1)
	go func() { calls <- p.desk.Shutdown(bound) }()
	go func() { carried <- p.runs.Stop(bound) }()
	return errors.Join(failed, public.stop(bound), <-calls, <-carried, private.stop(bound), p.close(bound))
}

// serveMetrics answers Prometheus on a port of its own, if that is configured.
func (p *program) serveMetrics() (*running, error) {
	if p.cfg.MetricsListen == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", p.cfg.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	return start(newServer(p.metrics.Handler(), p.log), listener), nil
}

// close closes what open opened, in order; also what a failed open left.
func (p *program) close(ctx context.Context) error {
	return errors.Join(p.simulator.stop(ctx), p.closeDatabase(ctx))
}
