package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"outdial/server/database"
	"outdial/server/gateway"
	"outdial/server/ledger"
)

// openDatabase opens what everything is recorded in, and ends what a process
// that is gone left under way.
func (p *program) openDatabase(ctx context.Context) (err error) {
	if p.database, err = database.Open(ctx, database.Config{Dir: p.cfg.DataDir, URL: p.cfg.DatabaseURL.Reveal()}); err != nil {
		return err
	}
	if p.process, err = p.database.Join(ctx, newID, time.Now); err != nil {
		return err
	}
	p.ledger = ledger.New(p.database, p.process)
	if err := p.recover(ctx); err != nil {
		return err
	}
	p.keeping = begin(func(ctx context.Context) { p.process.Keep(ctx, p.kept) })
	return nil
}

// kept is done after each beat of this process: what others left is ended.
func (p *program) kept(ctx context.Context, err error) {
	if err != nil {
		p.log.Error("this process could not tell the others that it is alive", slog.String("error", err.Error()))
		return
	}
	if err := p.recover(ctx); err != nil {
		p.log.Error("what other processes left could not be ended", slog.String("error", err.Error()))
	}
}

func (p *program) recover(ctx context.Context) error {
	recovered, err := p.ledger.Recover(ctx, time.Now())
	if err == nil && recovered.Skipped+recovered.Unknown > 0 {
		p.log.Warn("calls were in flight when a server stopped", slog.Int("skipped", recovered.Skipped), slog.Int("unknown", recovered.Unknown))
	}
	return err
}

// openEvents makes the hub of the browsers' event streams, which shares its
// events with those of other processes.
func (p *program) openEvents() *gateway.Hub {
	hub := gateway.NewHub()
	if p.database.Dialect == database.PostgreSQL {
		bus := p.database.NewBus("outdial_events", newID(), hub.Deliver, p.log)
		hub.Share(bus.Send)
		p.sharing = begin(bus.Run)
	}
	return hub
}

func (p *program) closeDatabase(ctx context.Context) error {
	p.sharing.end()
	p.keeping.end()
	if p.database == nil {
		return nil
	}
	var left error
	if p.process != nil {
		left = p.process.Leave(ctx)
	}
	return errors.Join(left, p.database.Close())
}

// task is work in the background that ends when it is told to. A nil one is none.
type task struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

func begin(work func(ctx context.Context)) *task {
	ctx, cancel := context.WithCancel(context.Background())
	t := &task{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(t.ended)
		work(ctx)
	}()
	return t
}

// end ends the work and waits for it.
func (t *task) end() {
	if t != nil {
		t.cancel()
		<-t.ended
	}
}
