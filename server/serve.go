package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"outdial/server/config"
)

type serveCommand struct {
	Config string `help:"The configuration (outdial.yaml)." xor:"source" placeholder:"FILE"`
	Demo   bool   `help:"Try everything without a configuration: the simulator as upstream, made-up people, this machine only." xor:"source"`
	Listen string `help:"With --demo: the address to listen on, of this machine only (127.0.0.1:8080)." placeholder:"ADDR"`
}

const (
	defaultFile = "outdial.yaml"
	demoListen  = "127.0.0.1:8080"
)

// Time-outs of every listener. Answers that wait for an upstream and the event
// streams start the one for writing anew (package gateway).
const (
	headerTime   = 10 * time.Second
	readTime     = 2 * time.Minute
	writeTime    = time.Minute
	idleTime     = 2 * time.Minute
	headerBytes  = 64 << 10 // identity headers with many groups are long
	shutdownTime = 90 * time.Second
)

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Run serves until the context ends, then lets the calls in flight finish.
func (s serveCommand) Run(c *console) error {
	log := newLogger(c.err, s.Demo)
	cfg, sim, err := s.configured(log)
	if err != nil {
		return err
	}
	p, err := open(c, cfg, log)
	if err != nil {
		return errors.Join(err, sim.stop(c))
	}
	p.simulator = sim
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), p.close(c))
	}
	log.Info("Outdial is ready", slog.String("address", cfg.PublicURL.String()), slog.String("listen", listener.Addr().String()),
		slog.String("database", string(p.database.Dialect)), slog.Bool("demo", cfg.Demo))
	return p.serve(c, listener)
}

// configured is the configuration of the file, or that of the demo with its
// simulator running.
func (s serveCommand) configured(log *slog.Logger) (config.Config, *running, error) {
	if !s.Demo {
		if s.Listen != "" {
			return config.Config{}, nil, errors.New("--listen goes with --demo; otherwise the configuration says where to listen")
		}
		if s.Config == "" {
			s.Config = defaultFile
		}
		cfg, err := config.Load(s.Config, config.OS())
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w (to try Outdial without one: outdial serve --demo)", err)
		}
		return cfg, nil, err
	}
	sim, err := startSimulator("127.0.0.1:0", log)
	if err != nil {
		return config.Config{}, nil, err
	}
	if s.Listen == "" {
		s.Listen = demoListen
	}
	cfg, err := config.Demo(s.Listen, sim.url())
	if err != nil {
		return config.Config{}, nil, errors.Join(err, sim.stop(context.Background()))
	}
	return cfg, sim, nil
}

// running is an HTTP server on its listener. A nil one is none.
type running struct {
	server   *http.Server
	listener net.Listener
	ended    chan error // what Serve returned, once
}

func start(server *http.Server, listener net.Listener) *running {
	r := &running{server: server, listener: listener, ended: make(chan error, 1)}
	go func() {
		err := server.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		r.ended <- err
	}()
	return r
}

// end tells when serving ended by itself. Without a server it never does.
func (r *running) end() <-chan error {
	if r == nil {
		return nil
	}
	return r.ended
}

// stop stops accepting and waits for requests in flight until ctx ends; then
// it cuts them off.
func (r *running) stop(ctx context.Context) error {
	if r == nil {
		return nil
	}
	if err := r.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("stop %s: %w", r.listener.Addr(), err), r.server.Close())
	}
	return nil
}
