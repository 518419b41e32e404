// Package run carries out runs: many calls made from one list. A list is taken
// in as it comes and stored whole before anything leaves; jobs of River then
// carry out its calls in slices, on whatever process is alive.
//
// That no row is sent twice does not rest on River. Each call has a key in the
// ledger, made of the run and the call's place in it, so whoever carries out a
// call once more gets the stored answer. That no row is left out rests on the
// checkpoint: a row is done when its outcome is recorded, not when it was read.
package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"outdial/server/call"
	"outdial/server/database"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// Desk makes calls, see package call.
type Desk interface {
	Make(ctx context.Context, o call.Order) (wire.Envelope, error)
}

// Keys tells whether the ledger has a call under a person's key.
type Keys interface {
	HasKey(ctx context.Context, person, key string) (bool, error)
}

// Process is the place of this process among those that share the database.
type Process interface {
	ID() (string, error)
}

// Hours tells when a number may next be called or texted by an operation: at
// itself when it may be then.
type Hours interface {
	Opens(at time.Time, op operation.Name, e164 string) time.Time
}

// System is what a run needs to know of an upstream.
type System struct {
	ID     string
	Kind   operation.System
	Region string            // for numbers without a country
	Fill   map[string]string // see operation.Env
	Limits map[string]int    // see operation.Env
}

// Person is who asks, with the role they have now.
type Person struct {
	wire.Person
	Role operation.Role
}

// Pace says how a run is carried out. A zero value takes the default.
type Pace struct {
	AtOnce  int           // calls of one run under way; 8
	AtMost  int           // runs that one process carries out at once; 16
	Slice   time.Duration // one job's share of a run; 20 s
	Look    time.Duration // between looks at what other processes changed; 1 s
	Tell    time.Duration // between events of one run; 250 ms
	Poll    time.Duration // between looks at the job queue; 250 ms
	Sweep   time.Duration // between looks for runs whose process died; 5 s
	Backoff time.Duration // before a call that did not leave is tried again, doubling up to a hundred times that; 3 s
	Follow  time.Duration // between looks at an import job, up to six times that; 5 s
	Rest    time.Duration // of a run whose upstream is not reached, doubling up to twenty times that; 30 s
	Misses  int           // calls in a row that did not leave before a run rests; 8
	Rests   int           // such rests before it is paused; 60
	Border  time.Duration // before the end of calling hours nothing more leaves; 15 s
}

func (p Pace) orDefault() Pace {
	return Pace{
		AtOnce: or(p.AtOnce, 8), AtMost: or(p.AtMost, 16),
		Slice: or(p.Slice, 20*time.Second), Look: or(p.Look, time.Second), Tell: or(p.Tell, 250*time.Millisecond),
		Poll: or(p.Poll, 250*time.Millisecond), Sweep: or(p.Sweep, 5*time.Second),
		Backoff: or(p.Backoff, 3*time.Second), Follow: or(p.Follow, 5*time.Second), Rest: or(p.Rest, 30*time.Second),
		Misses: or(p.Misses, 8), Rests: or(p.Rests, 60), Border: or(p.Border, 15*time.Second),
	}
}

func or[T int | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

// Config is what Runs work with. All but Hours, Dry, Emit, Log and Pace is required.
type Config struct {
	DB      *database.DB
	Process Process
	Desk    Desk
	Keys    Keys
	Dry     func() (Desk, Keys, error) // makes the stand-in that dry runs are carried out against; nil: there are none
	Systems []System
	Limits  wire.Limits
	Judge   phone.Judge
	Hours   Hours // nil: any hour
	Now     func() time.Time
	NewID   func() string  // time-ordered
	Random  func() float64 // in [0, 1), for the jitter of waits
	Emit    func(person string, e run.Event)
	Log     *slog.Logger
	Pace    Pace
}

// Runs takes in runs, carries them out and tells about them. It is safe for use
// from many goroutines.
type Runs struct {
	Config
	store   store
	systems map[string]System
	queue   queue

	stop chan struct{} // closed when the server is stopping
	once sync.Once
	ends sync.WaitGroup // the sweeper

	doubted map[string]int // the sweeper's: runs that nobody took up when it looked last, and their turn

	uploads chan struct{} // places for runs that arrive

	mu       sync.Mutex
	arrivals map[string]chan struct{} // each person's places for the same
	held     map[string]*slice        // the runs that this process carries out now
	dry      map[string]rehearsal     // by run
}

// New makes Runs. Nothing is carried out before Start.
func New(c Config) (*Runs, error) {
	switch {
	case c.DB == nil, c.Process == nil, c.Desk == nil, c.Keys == nil:
		return nil, errors.New("run: database, process, desk and keys are required")
	case c.Judge == nil, c.Now == nil, c.NewID == nil, c.Random == nil:
		return nil, errors.New("run: judge, clock, ids and randomness are required")
	case c.Limits.RunBytes <= 0, c.Limits.RunRows <= 0, c.Limits.SMSRunRows <= 0, c.Limits.BodyBytes <= 0:
		return nil, errors.New("run: the limits of runs are required")
	}
	if c.Emit == nil {
		c.Emit = func(string, run.Event) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Pace = c.Pace.orDefault()
	r := &Runs{Config: c, store: store{c.DB}, systems: map[string]System{}, stop: make(chan struct{}), held: map[string]*slice{},
		uploads: make(chan struct{}, uploads), arrivals: map[string]chan struct{}{}, dry: map[string]rehearsal{}}
	for _, s := range c.Systems {
		r.systems[s.ID] = s
	}
	var err error
	if r.queue, err = newQueue(r); err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	return r, nil
}

// Start begins to carry out runs, also those that a stop or a crash cut off.
// The context's end does not stop it: Stop does.
func (r *Runs) Start(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := r.sweep(ctx); err != nil {
		return fmt.Errorf("start runs: %w", err)
	}
	if err := r.queue.work.Start(ctx); err != nil {
		return fmt.Errorf("start runs: %w", err)
	}
	r.ends.Go(func() {
		tick := time.NewTicker(r.Pace.Sweep)
		defer tick.Stop()
		for {
			select {
			case <-r.stop:
				return
			case <-tick.C:
			}
			if err := r.sweep(ctx); err != nil {
				r.Log.LogAttrs(ctx, slog.LevelError, "runs whose process died could not be looked for", slog.String("error", err.Error()))
			}
		}
	})
	return nil
}

// Stop begins nothing new and returns when what is under way has its outcome,
// or with ctx's error. The runs go on with the next Start.
func (r *Runs) Stop(ctx context.Context) error {
	r.once.Do(func() { close(r.stop) })
	r.mu.Lock()
	for _, s := range r.held {
		s.halt()
	}
	r.mu.Unlock()
	r.ends.Wait()
	if err := r.queue.work.Stop(ctx); err != nil {
		return fmt.Errorf("stop runs: %w", err)
	}
	return nil
}

func (r *Runs) stopping() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// rehearsal is a stand-in that one dry run is carried out against.
type rehearsal struct {
	desk Desk
	keys Keys
}

// desk is who makes the calls of a run: for a dry one a stand-in of its own, so
// that it meets nothing that an earlier one did.
func (r *Runs) desk(id string, dry bool) (Desk, Keys, error) {
	if !dry {
		return r.Desk, r.Keys, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	made, ok := r.dry[id]
	if !ok {
		if r.Dry == nil {
			return nil, nil, errors.New("there is nothing to carry out dry runs against")
		}
		var err error
		if made.desk, made.keys, err = r.Dry(); err != nil {
			return nil, nil, fmt.Errorf("dry runs: %w", err)
		}
		r.dry[id] = made
	}
	return made.desk, made.keys, nil
}

// struck removes the stand-in of a dry run that is over.
func (r *Runs) struck(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.dry, id)
}
