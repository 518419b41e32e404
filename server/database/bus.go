package database

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Bus carries short messages between the processes that share a PostgreSQL. It
// is for what is nice to know soon: a message may get lost, and then all hear
// that something was.
type Bus struct {
	db      *DB
	channel string
	who     string
	got     func(message []byte)
	log     *slog.Logger

	mu      sync.Mutex
	waiting []json.RawMessage
	lost    bool
	wake    chan struct{}
}

const (
	busBacklog = 4096            // messages that wait to be sent; the next is lost
	busPayload = 7000            // bytes of one notification, of which PostgreSQL takes less than 8000
	busAgain   = time.Second     // after an error
	busSend    = 5 * time.Second // for one notification
)

// notification is what PostgreSQL carries.
type notification struct {
	From     string            `json:"from"`
	Lost     bool              `json:"lost,omitempty"` // something before it
	Messages []json.RawMessage `json:"messages,omitempty"`
}

// NewBus makes a bus; who tells this process from the others. The messages of
// others are given to got, nil when some may have been lost. On SQLite, where
// there are no others, it does nothing.
func (db *DB) NewBus(channel, who string, got func(message []byte), log *slog.Logger) *Bus {
	return &Bus{db: db, channel: channel, who: who, got: got, log: log, wake: make(chan struct{}, 1)}
}

// Send sends a JSON text to the others. It never waits.
func (b *Bus) Send(message []byte) {
	if b.db.Dialect != PostgreSQL {
		return
	}
	b.mu.Lock()
	if len(b.waiting) >= busBacklog || len(message) > busPayload-200 {
		b.lost = true
	} else {
		b.waiting = append(b.waiting, message)
	}
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run sends and hears until ctx ends.
func (b *Bus) Run(ctx context.Context) {
	if b.db.Dialect != PostgreSQL {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { b.sendAll(ctx) })
	both.Go(func() {
		for ctx.Err() == nil {
			if err := b.hear(ctx); err != nil && ctx.Err() == nil {
				b.log.Warn("what other servers tell cannot be heard", slog.String("error", err.Error()))
				pause(ctx, busAgain)
			}
		}
	})
	both.Wait()
}

func (b *Bus) sendAll(ctx context.Context) {
	for {
		select {
		case <-b.wake:
		case <-ctx.Done():
			return
		}
		for n := b.next(); n != nil; n = b.next() {
			if err := b.send(ctx, n); err != nil && ctx.Err() == nil {
				b.mu.Lock()
				b.lost = true
				b.mu.Unlock()
				b.log.Warn("other servers cannot be told", slog.String("error", err.Error()))
				pause(ctx, busAgain)
			}
		}
	}
}

// next is what is sent next, as many messages as fit; nil when nothing waits.
func (b *Bus) next() *notification {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 && !b.lost {
		return nil
	}
	n := &notification{From: b.who, Lost: b.lost}
	size := 200
	for len(b.waiting) > 0 && size+len(b.waiting[0]) <= busPayload {
		size += len(b.waiting[0]) + 1
		n.Messages = append(n.Messages, b.waiting[0])
		b.waiting = b.waiting[1:]
	}
	b.lost = false
	return n
}

func (b *Bus) send(ctx context.Context, n *notification) error {
	payload, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, busSend)
	defer cancel()
	_, err = b.db.Pool.Exec(ctx, `SELECT pg_notify($1, $2)`, b.channel, string(payload))
	return err
}

// hear gives the messages of others to got until the connection ends.
func (b *Bus) hear(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, b.db.Pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is given up
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{b.channel}.Sanitize()); err != nil {
		return err
	}
	b.got(nil) // nobody knows what was said before
	for {
		said, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var n notification
		if err := json.Unmarshal([]byte(said.Payload), &n); err != nil {
			b.log.Warn("what another server told cannot be read", slog.String("error", err.Error()))
			continue
		}
		if n.From == b.who {
			continue
		}
		if n.Lost {
			b.got(nil)
		}
		for _, m := range n.Messages {
			b.got(m)
		}
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
