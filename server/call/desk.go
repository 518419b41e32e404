// Package call makes one call: judged again, on the disk before it leaves,
// paced, sent, repeated only where the rule of repetition allows it, and proved
// by reads where there are such. What cannot be told is said to be unknown.
package call

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"outdial/server/ledger"
	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

// Ledger is the record that calls are kept in, see package ledger.
type Ledger interface {
	Earlier(ctx context.Context, person, key, fingerprint string) (*wire.Entry, error)
	Start(ctx context.Context, c ledger.Call) (*wire.Entry, error)
	Leave(ctx context.Context, id string, at time.Time) error
	Finish(ctx context.Context, id string, end ledger.End) error
	Prove(ctx context.Context, id string, rows []wire.Row) error
}

var _ Ledger = (*ledger.Ledger)(nil)

// System is one upstream that calls can be made to.
type System struct {
	ID       string
	Kind     operation.System
	Region   string             // for numbers without a country
	Fill     map[string]string  // see operation.Env
	Limits   map[string]int     // see operation.Env
	Caller   upstream.Caller    // carries out one try
	Throttle *throttle.Throttle // one per system, for everybody
}

// Limits bound how long a call is tried. A zero value takes the default.
type Limits struct {
	Tries       int           // of one call, whatever made the earlier ones fail; 6
	Try         time.Duration // one try; 60 s
	Total       time.Duration // from the call's start to the start of its last try; 90 s
	Backoff     time.Duration // at most this before the second try, twice that before the third …; 250 ms
	MostBackoff time.Duration // … and never more than this; 8 s
	Verify      time.Duration // for all the reads that prove a write together; 45 s
	Checks      int           // such reads under way at once; 4
}

func (l Limits) orDefault() Limits {
	return Limits{
		Tries:       or(l.Tries, 6),
		Try:         or(l.Try, time.Minute),
		Total:       or(l.Total, 90*time.Second),
		Backoff:     or(l.Backoff, 250*time.Millisecond),
		MostBackoff: or(l.MostBackoff, 8*time.Second),
		Verify:      or(l.Verify, 45*time.Second),
		Checks:      or(l.Checks, 4),
	}
}

func or[T int | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

// Config is what a Desk works with. All but Limits, Emit and Log is required.
type Config struct {
	Systems []System
	Ledger  Ledger
	Judge   phone.Judge
	Now     func() time.Time
	NewID   func() string  // time-ordered, unique: of calls, and of orders that have none
	Random  func() float64 // in [0, 1), for the jitter of waits
	Emit    func(person string, e wire.Event)
	Log     *slog.Logger
	Limits  Limits
}

// Desk makes calls. It is safe for use from many goroutines.
type Desk struct {
	systems map[string]*System
	ledger  Ledger
	judge   phone.Judge
	now     func() time.Time
	newID   func() string
	random  func() float64
	emit    func(string, wire.Event)
	log     *slog.Logger
	limits  Limits

	stop context.Context // done when the desk is stopping
	halt context.CancelFunc

	mu       sync.Mutex
	underWay int
	stopping bool
	idle     chan struct{} // closed when it is stopping and nothing is under way
}

// New makes a desk.
func New(c Config) (*Desk, error) {
	switch {
	case c.Ledger == nil, c.Judge == nil, c.Now == nil, c.NewID == nil, c.Random == nil:
		return nil, errors.New("call: ledger, judge, clock, ids and randomness are required")
	case c.Emit == nil:
		c.Emit = func(string, wire.Event) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{
		systems: make(map[string]*System, len(c.Systems)),
		ledger:  c.Ledger,
		judge:   c.Judge,
		now:     c.Now,
		newID:   c.NewID,
		random:  c.Random,
		emit:    c.Emit,
		log:     c.Log,
		limits:  c.Limits.orDefault(),
		idle:    make(chan struct{}),
	}
	d.stop, d.halt = context.WithCancel(context.Background())
	for _, s := range c.Systems {
		switch {
		case s.ID == "" || s.Caller == nil || s.Throttle == nil:
			return nil, fmt.Errorf("call: system %q lacks its id, its client or its throttle", s.ID)
		case d.systems[s.ID] != nil:
			return nil, fmt.Errorf("call: two systems are called %q", s.ID)
		}
		d.systems[s.ID] = &s
	}
	return d, nil
}

// Order asks for one call.
type Order struct {
	Person    wire.Person
	Role      operation.Role
	System    string
	Operation operation.Name
	Key       string        // of the person's choosing, required when something is changed: the same key is the same call
	Body      []byte        // JSON, the operation's documented fields
	Lane      throttle.Lane // Single unless the call belongs to a run
	Run       string        // its id: the runs of a system take turns, and nobody is told of each of their calls
	Unproved  bool          // no reads follow that prove a verified write
	// Recorded is told the outcome once it is recorded, before the proofs, which
	// may take most of a minute. It is not told what the ledger could not take. May be nil.
	Recorded func(wire.Envelope)
}

// Make makes the call and returns when its outcome and its proofs are recorded.
// A write goes on when ctx ends: its answer is kept under the key. One of a run
// waits no longer then: before its first turn it is skipped, and it is tried no
// more unless a try may have been carried out.
//
// The error is always a *problem.Error: no call was made, or a read could not
// be answered. What the upstream said, refusals too, stands in the envelope.
func (d *Desk) Make(ctx context.Context, o Order) (e wire.Envelope, err error) {
	if !d.enter() {
		return wire.Envelope{}, problem.ShuttingDown
	}
	defer d.leave()
	defer func() {
		if v := recover(); v != nil {
			e, err = wire.Envelope{}, problem.Internal.Because(d.broken(ctx, v))
		}
	}()

	sys := d.systems[o.System]
	if sys == nil {
		return wire.Envelope{}, problem.NoSuchSystem
	}
	op, ok := operation.Find(o.Operation)
	if !ok || op.System != sys.Kind {
		return wire.Envelope{}, problem.NoSuchOperation
	}
	if !o.Role.Covers(op.Least) {
		return wire.Envelope{}, problem.NotAllowed
	}
	if !op.Rule.Writes() {
		p, err := d.prepare(op, sys, o.Body)
		if err != nil {
			return wire.Envelope{}, err
		}
		return d.read(ctx, sys, p, o)
	}
	if !isKey(o.Key) {
		return wire.Envelope{}, problem.KeyMissing
	}
	return d.write(ctx, sys, op, o)
}

func (d *Desk) prepare(op operation.Operation, sys *System, body []byte) (operation.Prepared, error) {
	p, err := op.Prepare(body, operation.Env{
		Judge:  d.judge,
		Region: sys.Region,
		Now:    d.now(),
		NewID:  d.newID,
		Fill:   sys.Fill,
		Limits: sys.Limits,
	})
	switch {
	case err != nil:
		return operation.Prepared{}, problem.Malformed.Because(err)
	case len(p.Problems) > 0:
		return operation.Prepared{}, problem.Fields(p.Problems)
	}
	return p, nil
}

// read makes a call that changes nothing: it is not recorded, and ends with ctx.
func (d *Desk) read(ctx context.Context, sys *System, p operation.Prepared, o Order) (wire.Envelope, error) {
	place, err := sys.Throttle.Reserve(o.Lane, o.Run)
	if err != nil {
		return wire.Envelope{}, asProblem(err, problem.ThrottleFull)
	}
	defer place.Free()
	w := work{desk: d, sys: sys, p: p, place: place, lane: o.Lane, base: ctx}
	defer w.begin(ctx, o.Lane)()
	end := w.carryOut()
	if end.problem != nil {
		return wire.Envelope{}, end.problem
	}
	return envelope(d.newID(), p.Operation.Name, end), nil
}

// write makes a call that changes something; once it is recorded it goes on
// when ctx ends, but for one of a run that still waits for its first turn.
func (d *Desk) write(asked context.Context, sys *System, op operation.Operation, o Order) (wire.Envelope, error) {
	ctx := context.WithoutCancel(asked)
	mark, err := fingerprint(o.System, o.Operation, o.Body)
	if err != nil {
		return wire.Envelope{}, problem.Malformed.Because(err)
	}
	// The key decides before anything else: what was a valid request then is
	// answered now, whatever the date, the configuration and the queue.
	earlier, err := d.ledger.Earlier(ctx, o.Person.ID, o.Key, mark)
	switch {
	case err != nil:
		return wire.Envelope{}, asProblem(err, problem.LedgerDown)
	case earlier != nil:
		return stored(earlier), nil
	}
	p, err := d.prepare(op, sys, o.Body)
	if err != nil {
		return wire.Envelope{}, err
	}
	request, err := recorded(o.Body, p)
	if err != nil {
		return wire.Envelope{}, problem.Internal.Because(err)
	}
	place, err := sys.Throttle.Reserve(o.Lane, o.Run)
	if err != nil {
		return wire.Envelope{}, asProblem(err, problem.ThrottleFull)
	}
	defer place.Free()

	id := d.newID()
	earlier, err = d.ledger.Start(ctx, ledger.Call{
		ID: id, Key: o.Key, Fingerprint: mark, System: o.System, Operation: o.Operation, Person: o.Person,
		Note: p.Note, Request: request, Rows: p.Rows, At: d.now(),
	})
	switch {
	case err != nil:
		if !errors.As(err, new(*problem.Error)) {
			// It may be recorded all the same, when the answer to that was lost.
			w := work{p: p}
			go d.finishLater(id, w.all(wire.Skipped, wire.ReasonLedger))
		}
		return wire.Envelope{}, asProblem(err, problem.LedgerDown)
	case earlier != nil:
		return stored(earlier), nil
	}

	w := &work{
		desk: d, id: id, sys: sys, p: p, place: place, lane: o.Lane, base: ctx,
		record: func() error { return d.ledger.Leave(ctx, id, d.now()) },
		tell: func(e wire.Event) {
			e.Call, e.Operation = id, o.Operation
			if o.Run == "" {
				d.emit(o.Person.ID, e)
			}
		},
	}
	defer w.begin(asked, o.Lane)()
	end := w.safely()
	if err := d.finish(ctx, id, end); err != nil {
		d.log.LogAttrs(ctx, slog.LevelError, "the outcome of a call could not be recorded",
			slog.String("call", id), slog.String("outcome", string(end.res.Outcome)), slog.String("error", err.Error()))
		if !errors.Is(err, ledger.ErrFinished) {
			go d.finishLater(id, end)
		}
		if !w.left {
			return wire.Envelope{}, problem.LedgerDown.At(id).Because(err)
		}
		// It happened all the same: the person is told what the upstream said.
	} else {
		if o.Recorded != nil {
			o.Recorded(envelope(id, o.Operation, end))
		}
		if op.Rule == operation.Verified && !o.Unproved {
			w.verify(&end)
		}
	}
	w.send(wire.Event{State: wire.Finished, Outcome: end.res.Outcome})
	return envelope(id, o.Operation, end), nil
}

// finish records the outcome; a ledger that fails is asked a few times.
func (d *Desk) finish(ctx context.Context, id string, end ending) error {
	var err error
	for n := range 3 {
		if n > 0 {
			rest(ctx, d.backoff(n))
		}
		if err = d.record(ctx, id, end); err == nil || errors.Is(err, ledger.ErrFinished) {
			return err
		}
	}
	return err
}

// finishLater records an outcome when the ledger is back, or leaves that to
// whoever comes after the desk: no call stays open while its process lives.
func (d *Desk) finishLater(id string, end ending) {
	for rest(d.stop, d.limits.MostBackoff) {
		err := d.record(d.stop, id, end)
		if err == nil || errors.Is(err, ledger.ErrFinished) || errors.Is(err, problem.NoSuchCall) {
			return
		}
	}
}

func (d *Desk) record(ctx context.Context, id string, end ending) error {
	return d.ledger.Finish(ctx, id, ledger.End{
		Outcome: end.res.Outcome, Rows: end.res.Rows, UpstreamStatus: end.res.Status, RequestID: end.res.RequestID,
		JobID: end.res.JobID, Response: end.res.Response, Error: end.res.Error, At: d.now(),
	})
}

// Shutdown takes no more calls, ends the waits of those under way (what has not
// left is skipped) and returns when all have their outcome, or with ctx's error.
func (d *Desk) Shutdown(ctx context.Context) error {
	d.mu.Lock()
	if !d.stopping {
		d.stopping = true
		if d.underWay == 0 {
			close(d.idle)
		}
	}
	d.mu.Unlock()
	d.halt()
	select {
	case <-d.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("calls are still under way: %w", ctx.Err())
	}
}

func (d *Desk) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopping {
		return false
	}
	d.underWay++
	return true
}

func (d *Desk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.underWay--
	if d.stopping && d.underWay == 0 {
		close(d.idle)
	}
}

func envelope(id string, name operation.Name, end ending) wire.Envelope {
	return wire.Envelope{
		ID: id, Operation: name, Outcome: end.res.Outcome, UpstreamStatus: end.res.Status, RequestID: end.res.RequestID,
		JobID: end.res.JobID, Response: end.res.Response, Rows: end.res.Rows, Error: end.res.Error,
	}
}

// stored is what a finished call was answered.
func stored(e *wire.Entry) wire.Envelope {
	return wire.Envelope{
		ID: e.ID, Operation: e.Operation, Outcome: e.Outcome, UpstreamStatus: e.UpstreamStatus, RequestID: e.RequestID,
		JobID: e.JobID, Response: e.Response, Rows: e.Rows, Error: e.Error,
	}
}

// asProblem is err as the problem it is, else otherwise with err as its cause.
func asProblem(err error, otherwise *problem.Error) *problem.Error {
	if p := (*problem.Error)(nil); errors.As(err, &p) {
		return p
	}
	return otherwise.Because(err)
}
