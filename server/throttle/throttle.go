// Package throttle paces what leaves for one system, for everybody on this
// deployment together: CCAI allows 10 requests a second per customer, whoever
// makes them (docs/api.md).
package throttle

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"outdial/server/problem"
)

// Lane is the queue that a request waits in.
type Lane int

const (
	Single Lane = iota // a person waits for it: overtakes runs; first come, first served
	Run                // one of many made from a list: the runs take turns
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

// Throttle lets requests go one by one, evenly spaced. It is safe for use from
// many goroutines, and runs one of its own while somebody waits.
type Throttle struct {
	space time.Duration
	depth int
	now   func() time.Time
	turns turns

	mu      sync.Mutex
	places  int // of the lane Single
	queue   queue
	serving bool          // there is a goroutine that gives turns
	wake    chan struct{} // tells it to look again
	busy    time.Time     // before it nobody goes, as far as is known
}

// turns is where turns come from: one for each that may go.
type turns interface {
	// take takes the next turn, to be used after wait. When it is not taken,
	// wait is after how long to ask again. With ahead, a turn that is yet to
	// come may be taken.
	take(ctx context.Context, ahead bool) (wait time.Duration, taken bool, err error)
	// used says that the turn that was taken is used now. It is false when a
	// pause has come in between; then the turn is forfeited.
	used(ctx context.Context) (bool, error)
	// putOff gives no turn for d from now.
	putOff(ctx context.Context, d time.Duration) error
}

// New makes the throttle of one system, for this process alone: perSecond
// requests per second, above 0 and at most Ceiling; at most depth places of
// single calls taken at once. Two requests never leave closer together than the
// pace allows, so no second sees more than it either.
func New(perSecond float64, depth int, now func() time.Time) (*Throttle, error) {
	t, err := newThrottle(perSecond, depth, now)
	if err != nil {
		return nil, err
	}
	t.turns = &local{space: t.space, now: now}
	return t, nil
}

func newThrottle(perSecond float64, depth int, now func() time.Time) (*Throttle, error) {
	switch {
	case !(perSecond > 0 && perSecond <= Ceiling):
		return nil, errors.New("throttle: requests per second must be above 0 and at most 10")
	case depth < 1:
		return nil, errors.New("throttle: there must be at least one place")
	case now == nil:
		return nil, errors.New("throttle: no clock")
	}
	space := math.Ceil(float64(time.Second) / perSecond)
	return &Throttle{
		space: time.Duration(min(space, float64(time.Hour))), depth: depth, now: now, wake: make(chan struct{}, 1),
	}, nil
}

// Place is a call's right to wait, from before it is recorded until it ends, so
// that a full throttle turns a call away before anything is done for it, and
// never one that is under way.
type Place struct {
	throttle *Throttle
	lane     Lane
	of       string
	once     sync.Once
}

// Reserve takes a place; in the lane Run, of is the run's id, and there is
// always one: runs wait. When all those of single calls are taken it is
// problem.ThrottleFull, with the time after which it is worth asking again.
// The place must be freed.
func (t *Throttle) Reserve(lane Lane, of string) (*Place, error) {
	if lane < 0 || lane >= lanes {
		lane = Run
	}
	p := &Place{throttle: t, lane: lane, of: of}
	if lane == Run {
		return p, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.places >= t.depth {
		return nil, problem.ThrottleFull.After(max(t.busy.Sub(t.now())+t.space, time.Second))
	}
	t.places++
	return p, nil
}

// Wait returns when the place's holder may send one request, or with the
// context's error. Any other error means that there is no telling whose turn it
// is, so nothing may be sent. A holder may wait again and again.
func (p *Place) Wait(ctx context.Context) error { return p.WaitIn(ctx, p.lane) }

// WaitIn is Wait in another lane.
func (p *Place) WaitIn(ctx context.Context, lane Lane) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := p.throttle
	w := &waiter{lane: lane, of: p.of, turn: make(chan error, 1)}
	t.mu.Lock()
	first := t.queue.add(w)
	switch {
	case !t.serving:
		t.serving = true
		go t.serve()
	case first:
		t.look()
	}
	t.mu.Unlock()
	select {
	case err := <-w.turn:
		return err
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.queue.remove(w) {
		return <-w.turn // the turn came at the same moment: it is used
	}
	if t.queue.length() == 0 {
		t.look() // so that nothing is left ticking
	}
	return ctx.Err()
}

// Free gives the place back. Freeing it twice is the same as once.
func (p *Place) Free() {
	p.once.Do(func() {
		if p.lane == Run {
			return
		}
		p.throttle.mu.Lock()
		defer p.throttle.mu.Unlock()
		p.throttle.places--
	})
}

// Acquire waits for one request: a place taken, waited in and freed.
func (t *Throttle) Acquire(ctx context.Context, lane Lane, of string) error {
	p, err := t.Reserve(lane, of)
	if err != nil {
		return err
	}
	defer p.Free()
	return p.Wait(ctx)
}

// PutOff lets nobody go for d from now, at most LongestPause: the upstream
// asked for it. A pause that ends later than d stands. An error means that
// other processes may not have heard of it.
func (t *Throttle) PutOff(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	d = min(d, LongestPause)
	err := t.turns.putOff(ctx, d)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expect(d)
	t.look()
	return err
}

// Waiting is how many wait for their turn now.
func (t *Throttle) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.length()
}

// look wakes the goroutine that gives turns. The lock is held.
func (t *Throttle) look() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// expect notes that nobody goes for d. The lock is held.
func (t *Throttle) expect(d time.Duration) {
	if until := t.now().Add(d); until.After(t.busy) {
		t.busy = until
	}
}

// askTime bounds one question for a turn.
const askTime = 5 * time.Second

// serve gives turns until nobody waits.
func (t *Throttle) serve() {
	for {
		lane, ok := t.next()
		if !ok {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), askTime)
		wait, taken, err := t.turns.take(ctx, lane == Single)
		cancel()
		switch {
		case err != nil:
			t.give(err)
		case !taken:
			t.rest(wait, true)
		case wait > 0:
			if t.rest(wait, false) {
				t.use()
			}
		default:
			t.use()
		}
	}
}

// next is the lane of whose turn it is; false when nobody waits: then this
// goroutine has ended.
func (t *Throttle) next() (Lane, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lane, ok := t.queue.next()
	t.serving = ok
	return lane, ok
}

// rest waits; false when it ended early, because nobody waits any more or, with
// again, because something else is to be considered.
func (t *Throttle) rest(d time.Duration, again bool) bool {
	t.mu.Lock()
	t.expect(d)
	t.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return true
		case <-t.wake:
			if again || t.Waiting() == 0 {
				return false
			}
		}
	}
}

// use gives the turn that was taken to whoever is first now.
func (t *Throttle) use() {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	if may, err := t.turns.used(ctx); may || err != nil {
		t.give(err)
	}
}

func (t *Throttle) give(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.expect(t.space)
	}
	if w := t.queue.take(); w != nil {
		w.turn <- err
	}
}

// local gives the turns of this process. None is taken ahead: the next one is
// reckoned from when the last was used.
type local struct {
	space time.Duration
	now   func() time.Time

	mu    sync.Mutex
	next  time.Time // before it nobody goes, for the pace
	pause time.Time // before it nobody goes, for the upstream asked so
}

func (l *local) take(context.Context, bool) (time.Duration, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, now := l.next, l.now()
	if l.pause.After(until) {
		until = l.pause
	}
	if d := until.Sub(now); d > 0 {
		return d, false, nil
	}
	l.next = now.Add(l.space)
	return 0, true, nil
}

func (l *local) used(context.Context) (bool, error) { return true, nil }

func (l *local) putOff(_ context.Context, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := l.now().Add(d); until.After(l.pause) {
		l.pause = until
	}
	return nil
}
