package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"outdial/server/call"
	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/shared/callbot"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// slice is one job's share of a run.
type slice struct {
	*Runs
	rec  record
	made Desk
	keys Keys

	ends   chan outcome  // to be recorded
	halted chan struct{} // closed when nothing new may be begun
	once   sync.Once
	broken atomic.Pointer[error]
	gone   context.Context // done when what waits for its turn may not leave any more
	lose   context.CancelFunc
	asking chan struct{} // has room for the checks that may be under way

	misses atomic.Int64 // calls in a row that did not leave
	missed atomic.Int64 // what of them earlier slices brought
	ended  atomic.Int64 // rows that got their outcome in this slice
	told   int64        // rows that the last event knew of

	reading  sync.Mutex
	contacts map[int64]contactList // what campaigns held lately, by their ids
}

// halt lets the slice end: what is under way gets its outcome.
func (s *slice) halt() { s.once.Do(func() { close(s.halted) }) }

// quit is halt, and ends the waits of what has not left: the run was paused or
// cancelled, or is not this process's any more.
func (s *slice) quit() {
	s.halt()
	s.lose()
}

func (s *slice) over() bool {
	select {
	case <-s.halted:
		return true
	default:
		return false
	}
}

// fail ends the slice because the database or our own program failed.
func (s *slice) fail(err error) {
	s.broken.CompareAndSwap(nil, &err)
	s.halt()
}

// work carries out one slice of a run: a job of River.
func (r *Runs) work(ctx context.Context, id string, turn int) error {
	if r.stopping() {
		return river.JobSnooze(0)
	}
	process, err := r.Process.ID()
	if err != nil {
		return river.JobSnooze(time.Second)
	}
	r.mu.Lock()
	if r.held[id] != nil {
		r.mu.Unlock()
		return river.JobSnooze(r.Pace.Look)
	}
	s := &slice{Runs: r, ends: make(chan outcome), halted: make(chan struct{}), asking: make(chan struct{}, r.Pace.AtOnce)}
	s.gone, s.lose = context.WithCancel(ctx)
	defer s.lose()
	r.held[id] = s
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.held, id)
	}()

	rec, ok, again, err := r.store.claim(ctx, id, turn, process, r.Now())
	switch {
	case err != nil:
		r.warn(ctx, id, "a run could not be taken up", err)
		return river.JobSnooze(time.Second)
	case again:
		return river.JobSnooze(r.Pace.Look)
	case !ok:
		return nil // the turn is over
	}
	s.rec = rec
	s.misses.Store(int64(rec.misses))
	s.missed.Store(int64(rec.misses))
	if r.stopping() {
		s.halt()
	}
	after, err := s.carry(ctx)
	if err != nil {
		// The run stays ours and is found by sweep.
		r.warn(ctx, id, "a run was put off", err)
		return nil
	}
	if after.state.Ended() || s.rec.State == run.Cancelled {
		r.struck(id)
	}
	if err := r.store.release(ctx, r.queue, s.rec, after, r.Now()); err != nil {
		r.warn(ctx, id, "a run was put off", err)
		return nil
	}
	r.tell(ctx, id)
	return nil
}

// carry does the slice's share and tells what becomes of the run.
func (s *slice) carry(ctx context.Context) (after, error) {
	var err error
	if s.made, s.keys, err = s.desk(s.rec.ID, s.rec.Options.Dry); err != nil {
		return after{}, err
	}
	s.tell(ctx, s.rec.ID)
	var beside sync.WaitGroup
	over := make(chan struct{})
	beside.Go(func() { s.watch(ctx, over) })
	beside.Go(func() { s.record(ctx) })
	a, err := s.share(ctx)
	close(over)
	close(s.ends)
	beside.Wait()
	if broken := s.broken.Load(); broken != nil {
		return after{}, *broken
	}
	return a, err
}

// watch ends the slice when its time is up, or when the run is paused,
// cancelled or no longer this process's; it tells the browsers meanwhile.
func (s *slice) watch(ctx context.Context, ended <-chan struct{}) {
	look, tell, up := time.NewTicker(s.Pace.Look), time.NewTicker(s.Pace.Tell), time.NewTimer(s.Pace.Slice)
	defer look.Stop()
	defer tell.Stop()
	defer up.Stop()
	var rate rate
	for {
		select {
		case <-ended:
			return
		case <-up.C:
			s.halt()
		case <-tell.C:
			if n := s.ended.Load(); n != s.told {
				s.told = n
				s.tell(ctx, s.rec.ID)
			}
		case <-look.C:
			h, err := s.store.look(ctx, s.rec.ID, s.rec.turn, s.rec.process, rate.add(s.Now(), s.ended.Load()))
			switch process, lost := s.Process.ID(); {
			case err != nil:
				s.fail(err)
			case !h.mine, h.state == run.Paused, lost != nil, process != s.rec.process:
				s.quit()
			}
		}
	}
}

// rate is how many rows a second ended in the last half minute.
type rate struct {
	at   []time.Time
	rows []int64
}

func (r *rate) add(at time.Time, rows int64) float64 {
	r.at, r.rows = append(r.at, at), append(r.rows, rows)
	for len(r.at) > 2 && at.Sub(r.at[1]) > 30*time.Second {
		r.at, r.rows = r.at[1:], r.rows[1:]
	}
	took := at.Sub(r.at[0]).Seconds()
	if took <= 0 {
		return 0
	}
	return float64(rows-r.rows[0]) / took
}

// share carries out calls until the slice is over or nothing is due.
func (s *slice) share(ctx context.Context) (after, error) {
	left, err := s.store.open(ctx, s.rec.ID, going)
	if err != nil {
		return after{}, err
	}
	for i := range left {
		left[i].resumed = true
	}
	calls := make(chan pending)
	var group sync.WaitGroup
	for range s.Pace.AtOnce {
		group.Go(func() {
			for c := range calls {
				s.safely(ctx, c)
			}
		})
	}
	for _, c := range left { // also when the run was cancelled: they may have left
		calls <- c
	}
	if s.rec.State == run.Running {
		err = s.feed(ctx, calls)
	}
	close(calls)
	group.Wait()
	if err != nil {
		return after{}, err
	}
	if s.rec.State == run.Cancelled {
		return after{}, s.cancelled(ctx)
	}
	return s.next(ctx)
}

// feed hands out the calls that are due.
func (s *slice) feed(ctx context.Context, calls chan<- pending) error {
	for !s.over() {
		picked, err := s.store.pick(ctx, s.rec, s.Now(), 2*s.Pace.AtOnce)
		if err != nil || len(picked) == 0 {
			return err
		}
		for i, c := range picked {
			select {
			case calls <- c:
			case <-s.halted:
				return s.store.putBack(ctx, s.rec.ID, picked[i:], time.Time{}, "")
			}
		}
	}
	return nil
}

// cancelled skips what waits.
func (s *slice) cancelled(ctx context.Context) error {
	if err := s.unfollow(ctx); err != nil {
		return err
	}
	for {
		skipped, more, err := s.store.skipSome(ctx, s.rec.Run, s.Now())
		if err != nil || !more {
			return err
		}
		s.ended.Add(int64(skipped))
	}
}

// next tells what becomes of the run after this slice.
func (s *slice) next(ctx context.Context) (after, error) {
	a := after{state: run.Running, misses: int(s.misses.Load())}
	now := s.Now()
	// However few calls there are: a rest after which none got through is
	// followed by a longer one.
	if before := int(s.missed.Load()); a.misses > before && a.misses >= s.Pace.Misses {
		rests := before/s.Pace.Misses + 1
		if rests > s.Pace.Rests {
			return after{state: run.Paused, why: run.WhyUnreached}, nil
		}
		a.misses = rests * s.Pace.Misses
		until := now.Add(doubled(s.Pace.Rest, rests-1, 20))
		return after{state: run.Resting, why: run.WhyUnreached, until: &until, misses: a.misses}, nil
	}
	at, why, waits, err := s.store.next(ctx, s.rec.ID)
	switch {
	case err != nil:
		return after{}, err
	case waits && why == run.WhyNoHours:
		return after{state: run.Paused, why: why, misses: a.misses}, nil
	case waits && why == run.WhySystem:
		return after{state: run.Paused, why: why, misses: a.misses}, nil
	case waits && at.After(now) && why == run.WhyHours:
		a.state, a.why, a.until = run.Resting, why, &at
		return a, nil
	case waits && at.After(now):
		a.until = &at
		return a, nil
	case waits:
		return a, nil
	}
	left, err := s.store.open(ctx, s.rec.ID, going)
	if err != nil {
		return after{}, err
	}
	if len(left) > 0 { // the ledger could not tell yet
		until := now.Add(s.Pace.Backoff)
		a.until = &until
		return a, nil
	}
	return s.followed(ctx)
}

// doubled is d, doubled n times, and at most so many times d.
func doubled(d time.Duration, n, most int) time.Duration {
	times := 1
	for range n {
		if times = 2 * times; times >= most {
			times = most
			break
		}
	}
	return time.Duration(times) * d
}

// safely carries out one call, whatever happens in our own program.
func (s *slice) safely(ctx context.Context, c pending) {
	defer func() {
		if v := recover(); v != nil {
			s.fail(fmt.Errorf("a panic of type %T while a run was carried out", v))
		}
	}()
	if err := s.one(ctx, c); err != nil {
		s.fail(err)
	}
}

// one carries out one call: its rows are looked at once more, it leaves, and
// what came of it is recorded.
func (s *slice) one(ctx context.Context, c pending) error {
	lines, err := s.store.lines(ctx, s.rec.ID, c)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return s.finish(ctx, c, "", nil)
	}
	op, ok := operation.Find(c.operation)
	if !ok {
		return s.store.putBack(ctx, s.rec.ID, []pending{c}, s.Now(), run.WhySystem)
	}
	known := false
	if c.resumed && op.Rule.Writes() {
		if known, err = s.keys.HasKey(ctx, s.rec.Person.ID, s.key(c)); err != nil {
			return err
		}
	}
	// What the ledger knows leaves no more, or has left: its body stays as it was.
	if !known {
		if s.over() || s.rec.State == run.Cancelled {
			return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
		}
		if closed, err := s.closed(ctx, op, c, lines); err != nil || closed {
			return err
		}
		if lines, err = s.checked(ctx, op, c, lines); err != nil || lines == nil {
			return err
		}
		// The checks may have taken a while.
		if closed, err := s.closed(ctx, op, c, lines); err != nil || closed {
			return err
		}
	}
	body, err := compose(op, c.body, places(lines), s.note(op))
	if err != nil {
		return fmt.Errorf("compose call: %w", err)
	}
	return s.leave(ctx, op, c, lines, body)
}

// closed ends a call that may not leave now by the hours of its numbers, or has
// it wait for them.
func (s *slice) closed(ctx context.Context, op operation.Operation, c pending, lines []line) (bool, error) {
	switch at, why := s.opens(op, lines); {
	case why == "":
		return false, nil
	case why == run.WhyNoHours && !whole(op.Name):
		return true, s.finish(ctx, c, "", all(lines, wire.Skipped, run.ReasonNoHours, ""))
	default:
		return true, s.store.putBack(ctx, s.rec.ID, []pending{c}, at, why)
	}
}

// key is the call's key in the ledger. A call whose key ended without anything
// having left gets another.
func (s *slice) key(c pending) string {
	k := "run-" + s.rec.ID + "-" + strconv.Itoa(c.seq)
	if c.tries > 1 {
		k += "-" + strconv.Itoa(c.tries)
	}
	return k
}

func (s *slice) note(op operation.Operation) string {
	if !op.Rule.Writes() {
		return ""
	}
	return s.rec.Note
}

func places(lines []line) []int {
	all := make([]int, len(lines))
	for i, l := range lines {
		all[i] = l.place
	}
	return all
}

// leave makes the call and records what came of it.
func (s *slice) leave(ctx context.Context, op operation.Operation, c pending, lines []line, body []byte) error {
	asked, done := s.lasting(ctx, op, lines)
	defer done()
	for {
		order := call.Order{
			Person: s.rec.Person, Role: s.rec.role, System: s.rec.System, Operation: op.Name,
			Key: s.key(c), Body: body, Lane: throttle.Run, Run: s.rec.ID,
			Unproved: s.rec.Options.Prove != nil && !*s.rec.Options.Prove,
		}
		// Rows do not wait for the proofs of a hundred others.
		recorded, failed := false, error(nil)
		order.Recorded = func(e wire.Envelope) { recorded, failed = true, s.answered(ctx, op, c, lines, e) }
		e, err := s.made.Make(asked, order)
		switch {
		case recorded && failed != nil:
			return failed
		case recorded && err == nil && len(e.Rows) == len(lines) && neverLeft(e) == left:
			return s.store.prove(ctx, s.rec.ID, lines, e.Rows)
		case recorded:
			return nil
		case err == nil:
			return s.answered(ctx, op, c, lines, e)
		}
		var p *problem.Error
		if !errors.As(err, &p) {
			return err
		}
		if asked.Err() != nil && !op.Rule.Writes() { // it was we who broke it off
			return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
		}
		wait := time.Duration(0)
		switch p.Code {
		case problem.ThrottleFull.Code:
			wait = max(p.RetryAfter, s.Pace.Look)
			if s.over() { // nothing of it was recorded
				return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
			}
		case problem.Running.Code: // by a process that died: the ledger ends it soon
			wait = s.Pace.Look
			if s.over() {
				return nil // the next slice asks again
			}
		case problem.ShuttingDown.Code:
			s.halt()
			return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
		case problem.LedgerDown.Code:
			return p
		case problem.NotAllowed.Code, problem.NoSuchSystem.Code, problem.NoSuchOperation.Code:
			s.halt()
			return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, run.WhySystem)
		case problem.UpstreamUnreached.Code, problem.UpstreamFailed.Code, problem.UpstreamTimeout.Code:
			return s.unread(ctx, c, lines, p)
		case problem.Invalid.Code, problem.Malformed.Code: // by now: an expiry may have passed meanwhile
			return s.finish(ctx, c, "", all(lines, wire.Skipped, run.ReasonInvalid, sayFields(p)))
		default: // a mistake of ours: nobody can tell what it came to
			s.warn(ctx, s.rec.ID, "a call of a run failed in our own program", p)
			return s.finish(ctx, c, p.Call, all(lines, wire.Unknown, wire.ReasonBroken, p.Title))
		}
		if !s.rest(wait) && p.Code == problem.ThrottleFull.Code {
			return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
		}
	}
}

// lasting is for how long a call may wait for its turn, and for that of each
// later try: until the run is paused or cancelled, its numbers may not be
// called any more, or what was checked is too old.
func (s *slice) lasting(ctx context.Context, op operation.Operation, lines []line) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	if s.rec.Options.Scrub != "" && scrubbed(op.Name) {
		within, end := context.WithTimeout(ctx, lastsFor(len(lines)))
		outer := cancel
		ctx, cancel = within, func() { end(); outer() }
	}
	forget := context.AfterFunc(s.gone, cancel)
	var looking sync.WaitGroup
	if s.timed(op) {
		looking.Go(func() {
			look := time.NewTicker(s.Pace.Border / 2)
			defer look.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-look.C:
				}
				if _, why := s.opens(op, lines); why != "" {
					cancel()
				}
			}
		})
	}
	return ctx, func() {
		forget()
		cancel()
		looking.Wait()
	}
}

// readTries is how often a read of a run is made anew before its row is unknown.
const readTries = 5

// unread is a read that was not answered: it is made anew, later.
func (s *slice) unread(ctx context.Context, c pending, lines []line, p *problem.Error) error {
	if p.Code == problem.UpstreamUnreached.Code {
		return s.later(ctx, c)
	}
	if c.tries >= readTries {
		reason := wire.ReasonUnanswered
		if p.Code == problem.UpstreamFailed.Code {
			reason = wire.ReasonFailed
		}
		return s.finish(ctx, c, "", all(lines, wire.Unknown, reason, p.Detail))
	}
	c.tries++
	return s.store.putBack(ctx, s.rec.ID, []pending{c}, s.Now().Add(s.backoff(c.tries)), "")
}

// later has a call that did not leave tried anew, under another key.
func (s *slice) later(ctx context.Context, c pending) error {
	if most := int64(s.Pace.Misses); s.misses.Add(1) >= most*(s.missed.Load()/most+1) {
		s.halt()
	}
	c.tries++
	return s.store.putBack(ctx, s.rec.ID, []pending{c}, s.Now().Add(s.backoff(c.tries)), "")
}

func (s *slice) backoff(tries int) time.Duration {
	d := doubled(s.Pace.Backoff, tries-2, 100)
	return d/2 + time.Duration(s.Random()*float64(d/2))
}

// rest waits; false when the slice is over before.
func (s *slice) rest(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.halted:
		return false
	}
}

// answered records an envelope: what never left is tried anew, an import is
// followed, all else ends its rows.
func (s *slice) answered(ctx context.Context, op operation.Operation, c pending, lines []line, e wire.Envelope) error {
	switch neverLeft(e) {
	case missed:
		return s.later(ctx, c)
	case putOff:
		c.tries++
		return s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
	}
	s.misses.Store(0)
	s.missed.Store(0)
	if op.Name == operation.ContactsImport && e.JobID != "" && e.Outcome.Done() {
		return s.store.follow(ctx, s.rec.ID, c, s.ledgerID(e), e.JobID, s.Now())
	}
	rows := all(lines, e.Outcome, reasonOf(e), "")
	if len(e.Rows) == len(lines) {
		for i, row := range e.Rows {
			rows[i].outcome, rows[i].reason, rows[i].text, rows[i].proof = row.Outcome, row.Reason, row.Text, row.Proof
		}
	}
	for i := range rows {
		rows[i].made = made(op, e, i)
	}
	if op.Name == operation.DNCCheck {
		checkRow(&rows[0], e)
	}
	return s.finish(ctx, c, s.ledgerID(e), rows)
}

// ledgerID is where the ledger has the call: a dry run's is nowhere, and
// neither are reads.
func (s *slice) ledgerID(e wire.Envelope) string {
	if op, ok := operation.Find(e.Operation); s.rec.Options.Dry || !ok || !op.Rule.Writes() {
		return ""
	}
	return e.ID
}

func reasonOf(e wire.Envelope) string {
	if e.Error == nil {
		return ""
	}
	return e.Error.Code
}

type leaving int

const (
	left   leaving = iota
	missed         // it could not leave, or the upstream kept asking to wait
	putOff         // its turn did not come
)

// neverLeft tells whether an envelope says that nothing of the call was done
// and it may be tried anew.
func neverLeft(e wire.Envelope) leaving {
	switch {
	case e.Error == nil:
		return left
	case e.Outcome == wire.Skipped:
		switch e.Error.Code {
		case wire.ReasonNeverLeft, wire.ReasonLedger:
			return missed
		case wire.ReasonWaited, wire.ReasonStopping:
			return putOff
		}
	case e.Outcome == wire.Refused:
		switch e.Error.Code {
		case wire.ReasonBusy, ccai.CodeBusy, callbot.CodeBusy, callbot.CodeImportInProgress:
			return missed
		}
	}
	return left
}

// checkRow is what a dnc.check said of its number.
func checkRow(row *ended, e wire.Envelope) {
	if !row.outcome.Done() {
		return
	}
	c, err := ccai.ReadCheck(e.Response)
	if err != nil || c.DoNotCall == nil {
		return
	}
	row.reason, row.text = run.ReasonNotOnList, ""
	if c.Listed() {
		row.reason, row.text = run.ReasonOnList, expiry(c)
	}
}

// expiry is until when a number is on the list, "" for good.
func expiry(c ccai.Check) string {
	if c.ExpiresAt != nil {
		return c.ExpiresAt.Format(time.RFC3339)
	}
	return c.Expiry
}

func all(lines []line, outcome wire.Outcome, reason, text string) []ended {
	rows := make([]ended, len(lines))
	for i, l := range lines {
		rows[i] = ended{line: l, outcome: outcome, reason: reason, text: text}
	}
	return rows
}

// finish records the end of a call's rows.
func (s *slice) finish(ctx context.Context, c pending, call string, rows []ended) error {
	o := outcome{call: c, id: call, rows: rows, at: s.Now(), stored: make(chan error, 1)}
	s.ends <- o
	if err := <-o.stored; err != nil {
		return err
	}
	s.ended.Add(int64(len(rows)))
	return nil
}

// record writes what the slice's calls came to, those that wait together in one
// transaction: each changes the run's counts, which only one can do at a time.
func (s *slice) record(ctx context.Context) {
	for first := range s.ends {
		some := append(make([]outcome, 0, 8), first)
		for more := true; more && len(some) < 256; {
			select {
			case o, open := <-s.ends:
				if more = open; open {
					some = append(some, o)
				}
			default:
				more = false
			}
		}
		err := s.store.finish(ctx, s.rec.ID, some)
		for _, o := range some {
			o.stored <- err
		}
	}
}

// made is what the upstream calls the contact that a row became, as JSON.
func made(op operation.Operation, e wire.Envelope, row int) string {
	if op.Name != operation.ContactsAdd || row > 0 || !e.Outcome.Done() {
		return ""
	}
	added, err := ccai.ReadAddedContacts(e.Response)
	if err != nil || len(added.Valid) != 1 {
		return ""
	}
	v := added.Valid[0]
	text, err := json.Marshal(madeContact{ID: v.ID, External: v.ExternalUniqueID, Name: v.Name, Email: v.Email, Phone: v.PhoneNumber})
	if err != nil {
		return ""
	}
	return string(text)
}

// madeContact is a contact as the upstream named it when it was added.
type madeContact struct {
	ID       int64  `json:"id,omitempty"`
	External string `json:"external,omitempty"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
}

// tell sends how far the run is to its person's browsers.
func (r *Runs) tell(ctx context.Context, id string) {
	rec, err := r.store.get(ctx, id)
	if err != nil {
		return // the next event tells more
	}
	r.Emit(rec.Person.ID, run.Event{Run: id, Progress: estimated(rec.Run).Progress})
}

// estimated adds how long the run may still take.
func estimated(r run.Run) run.Run {
	if r.State == run.Running && r.Rate > 0 && r.Waiting > 0 {
		r.SecondsTo = max(1, int(float64(r.Waiting)/r.Rate))
	}
	return r
}

func (r *Runs) warn(ctx context.Context, id, text string, err error) {
	r.Log.LogAttrs(ctx, slog.LevelError, text, slog.String("run", id), slog.String("error", err.Error()))
}

// sweep finds the runs whose process died, or let go of them, and gives them a
// new turn. A job that is being taken up looks like one whose taker died, so
// that counts only when it looks so twice.
func (r *Runs) sweep(ctx context.Context) error {
	process, err := r.Process.ID()
	if err != nil {
		return nil // whoever is alive does it
	}
	orphans, err := r.store.orphans(ctx, process)
	if err != nil {
		return err
	}
	before := r.doubted
	r.doubted = map[string]int{}
	for _, o := range orphans {
		r.mu.Lock()
		held := r.held[o.id] != nil
		r.mu.Unlock()
		switch {
		case held, o.state == arriving && o.process == process:
			continue
		case o.state == arriving:
			err = r.store.forget(ctx, o.id)
		case o.process == "" && before[o.id] != o.turn:
			r.doubted[o.id] = o.turn
		default:
			err = r.store.adopt(ctx, r.queue, o, r.Now())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
