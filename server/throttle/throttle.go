// Package throttle paces what leaves for one system, for everybody on this
// deployment together: CCAI allows 10 requests a second per customer, whoever
// makes them (docs/api.md).
package throttle

import (
	"container/list"
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"outdial/server/problem"
)

// Lane is the queue that a request waits in. Within a lane, who came first
// goes first.
type Lane int

const (
	Single Lane = iota // a person waits for it: overtakes runs
	Run                // one of many made from a list
	lanes
)

const (
	// Default is the pace where none is configured, in requests per second: it
	// leaves room for the customer's other integrations.
	Default = 8
	// Ceiling is the fastest pace that may be configured.
	Ceiling = 10
	// LongestPause bounds what an upstream's Retry-After can stop us for.
	LongestPause = 5 * time.Minute
)

// Throttle lets requests go one by one, evenly spaced: two never leave closer
// together than the pace allows, so no second sees more than it either. It is
// safe for use from many goroutines and runs none of its own.
type Throttle struct {
	space time.Duration
	depth int
	now   func() time.Time

	mu     sync.Mutex
	places int
	queues [lanes]list.List // of chan struct{}, closed when its turn comes
	next   time.Time        // before it nobody goes, for the pace
	pause  time.Time        // before it nobody goes, for the upstream asked so
	timer  *time.Timer      // wakes for the next turn; nil when nobody waits
}

// New makes the throttle of one system: perSecond requests per second, above 0
// and at most Ceiling; at most depth places taken at once.
func New(perSecond float64, depth int, now func() time.Time) (*Throttle, error) {
	switch {
	case !(perSecond > 0 && perSecond <= Ceiling):
		return nil, errors.New("throttle: requests per second must be above 0 and at most 10")
	case depth < 1:
		return nil, errors.New("throttle: there must be at least one place")
	case now == nil:
		return nil, errors.New("throttle: no clock")
	}
	space := math.Ceil(float64(time.Second) / perSecond)
	return &Throttle{space: time.Duration(min(space, float64(time.Hour))), depth: depth, now: now}, nil
}

// Place is a call's right to wait, from before it is recorded until it ends, so
// that a full throttle turns a call away before anything is done for it, and
// never one that is under way.
type Place struct {
	throttle *Throttle
	lane     Lane
	once     sync.Once
}

// Reserve takes a place. When all are taken it is problem.ThrottleFull, with
// the time after which it is worth asking again. The place must be freed.
func (t *Throttle) Reserve(lane Lane) (*Place, error) {
	if lane < 0 || lane >= lanes {
		lane = Run
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.places >= t.depth {
		return nil, problem.ThrottleFull.After(max(t.wait(t.now())+t.space, time.Second))
	}
	t.places++
	return &Place{throttle: t, lane: lane}, nil
}

// Wait returns when the place's holder may send one request, or with the
// context's error. A holder may wait again and again.
func (p *Place) Wait(ctx context.Context) error { return p.WaitIn(ctx, p.lane) }

// WaitIn is Wait in another lane.
func (p *Place) WaitIn(ctx context.Context, lane Lane) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := p.throttle
	turn := make(chan struct{})
	t.mu.Lock()
	queue := &t.queues[lane]
	element := queue.PushBack(turn)
	t.serve()
	t.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-turn:
		return nil // the turn came at the same moment: it is used
	default:
	}
	queue.Remove(element)
	t.serve() // stops the timer when nobody waits any more
	return ctx.Err()
}

// Free gives the place back. Freeing it twice is the same as once.
func (p *Place) Free() {
	p.once.Do(func() {
		p.throttle.mu.Lock()
		defer p.throttle.mu.Unlock()
		p.throttle.places--
	})
}

// Acquire waits for one request: a place taken, waited in and freed.
func (t *Throttle) Acquire(ctx context.Context, lane Lane) error {
	p, err := t.Reserve(lane)
	if err != nil {
		return err
	}
	defer p.Free()
	return p.Wait(ctx)
}

// PutOff lets nobody go for d from now, at most LongestPause: the upstream
// asked for it. A pause that ends later than d stands.
func (t *Throttle) PutOff(d time.Duration) {
	if d <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if until := t.now().Add(min(d, LongestPause)); until.After(t.pause) {
		t.pause = until
		t.serve()
	}
}

// Waiting is how many wait for their turn now.
func (t *Throttle) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for lane := range t.queues {
		n += t.queues[lane].Len()
	}
	return n
}

// wait is how long it is until somebody may go.
func (t *Throttle) wait(now time.Time) time.Duration {
	until := t.next
	if t.pause.After(until) {
		until = t.pause
	}
	return max(until.Sub(now), 0)
}

// serve lets the first in line go when it is time, and sets the timer for the
// one after. The lock is held.
func (t *Throttle) serve() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	for {
		queue, first := t.first()
		if first == nil {
			return
		}
		now := t.now()
		if d := t.wait(now); d > 0 {
			t.timer = time.AfterFunc(d, t.wake)
			return
		}
		t.next = now.Add(t.space)
		if turn, ok := queue.Remove(first).(chan struct{}); ok {
			close(turn)
		}
	}
}

// first is the head of the line, nil when nobody waits.
func (t *Throttle) first() (*list.List, *list.Element) {
	for lane := range t.queues {
		if e := t.queues[lane].Front(); e != nil {
			return &t.queues[lane], e
		}
	}
	return nil, nil
}

func (t *Throttle) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.serve()
}
