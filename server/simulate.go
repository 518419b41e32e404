package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"outdial/server/config"
	"outdial/server/simulator"
)

type simulatorCommand struct {
	Listen string `help:"The address to listen on, of this machine only (${default})." default:"127.0.0.1:8091" placeholder:"ADDR"`
}

// Run serves the simulator until the context ends.
func (s simulatorCommand) Run(c *console) error {
	log := newLogger(c.err, true)
	sim, err := startSimulator(s.Listen, log)
	if err != nil {
		return err
	}
	log.Info("The simulator is ready", slog.String("help", sim.url().String()))
	select {
	case err := <-sim.ended:
		return err
	case <-c.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c), 5*time.Second)
	defer cancel()
	return sim.stop(ctx)
}

// startSimulator runs the simulator with its demo accounts. Its credentials are
// public, so it stays on this machine.
func startSimulator(address string, log *slog.Logger) (*running, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the simulator's address %q is not host:port: %w", address, err)
	}
	if !config.IsLoopback(host) {
		return nil, fmt.Errorf("the simulator's credentials are public, so it listens on loopback only, not on %q", address)
	}
	accounts := simulator.Demo()
	accounts.Log = log
	sim, err := simulator.New(accounts)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the simulator: %w", err)
	}
	server := newServer(sim, log)
	server.WriteTimeout = 0 // it answers slowly on purpose
	return start(server, listener), nil
}

// url is where the server answers.
func (r *running) url() *url.URL {
	return &url.URL{Scheme: "http", Host: r.listener.Addr().String()}
}
