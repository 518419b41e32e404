package call

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/shared/answer"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// work is one prepared call on its way through the rule of repetition.
type work struct {
	desk     *Desk
	id       string // of the call, "" for reads
	sys      *System
	p        operation.Prepared
	place    *throttle.Place
	lane     throttle.Lane
	base     context.Context // of the tries
	patience context.Context // of the waits: ends when the time is up or the desk stops
	done     func()          // ends patience
	asked    context.Context // ends the waits of a call of a run while nothing may have been carried out
	until    time.Time       // when the time of a call of a run is up
	first    bool            // of a run, and its first turn has not come
	record   func() error    // before each try; nil for reads
	tell     func(wire.Event)

	left  bool   // something may have left us
	doubt bool   // a try may have been carried out, though we were not told so
	last  ending // if nothing more is tried
}

// ending is how a call ended: res is complete, with one outcome for each row.
type ending struct {
	res     upstream.Result
	problem *problem.Error // why a read could not be answered
}

// carryOut tries the call until it has an end, by the rule of repetition.
//
// Once there is doubt, nothing that a later try meets (a refusal, no
// connection, being put off) tells about the one that may have been carried
// out, so the end stays unknown unless a later answer or a read settles it.
func (w *work) carryOut() ending {
	rule := w.p.Operation.Rule
	for n := 1; ; n++ {
		if end, ok := w.turn(n); !ok {
			return end
		}
		res, err := w.try()
		class := w.classOf(n, res, err)
		wait := w.desk.backoff(n)
		switch class {
		case answered:
			return w.end(res, "", "")
		case broke:
			return w.all(wire.Unknown, wire.ReasonBroken).failing(problem.Internal.Because(err))
		case refused:
			if !w.doubt {
				return w.end(res, wire.Refused, wire.ReasonRefused)
			}
		case neverLeft:
			if !w.doubt {
				w.last = w.all(wire.Skipped, wire.ReasonNeverLeft).failing(problem.UpstreamUnreached.Because(err))
			}
		case putOff:
			if res.RetryAfter > 0 {
				wait = res.RetryAfter
			}
			if err := w.sys.Throttle.PutOff(w.base, wait); err != nil {
				w.warn("other servers may not have heard that the upstream asked to wait", n, err)
			}
			if !w.doubt {
				w.last = w.end(res, wire.Refused, wire.ReasonBusy)
			}
		case failed, unanswered:
			w.last = w.unknown(class, res, err)
			if rule == operation.Once {
				return w.last
			}
			if w.doubt = rule.Writes(); w.doubt {
				w.settle()
			}
		}

		look := w.doubt && rule == operation.ReadBack
		final := class == refused || n >= w.desk.limits.Tries
		if final && !look || !w.rest(wait) {
			return w.last
		}
		if !look {
			continue
		}
		switch w.readBack() {
		case done:
			return w.shownDone()
		case notDone:
			switch {
			case class == refused:
				return w.end(res, wire.Refused, wire.ReasonRefused)
			case final:
				return w.shownNotDone()
			}
		default:
			return w.last
		}
	}
}

// turn waits for the n-th try's turn and records that it leaves. When it may
// not leave, it is ok false and how the call ends.
func (w *work) turn(n int) (end ending, ok bool) {
	if n == 1 {
		w.event(wire.Queued)
	}
	if err := w.await(); err != nil {
		switch {
		case n > 1:
			return w.last, false
		case w.desk.stop.Err() != nil:
			return w.all(wire.Skipped, wire.ReasonStopping).failing(problem.ShuttingDown), false
		case w.patience.Err() == nil: // the throttle is in the ledger's database
			w.warn("a call could not be given its turn, so it did not leave", n, err)
			return w.all(wire.Skipped, wire.ReasonLedger).failing(problem.LedgerDown.Because(err)), false
		}
		return w.all(wire.Skipped, wire.ReasonWaited).failing(problem.ThrottleFull.Because(err)), false
	}
	if w.record != nil {
		if err := w.record(); err != nil {
			w.warn("that a call leaves could not be recorded, so it did not leave", n, err)
			if n > 1 {
				return w.last, false
			}
			return w.all(wire.Skipped, wire.ReasonLedger), false
		}
	}
	w.left = true
	w.event(wire.Sending)
	return ending{}, true
}

// begin sets how long the call may wait; what it returns ends that. A call of a
// run waits for its first turn as long as it takes: its time is counted from when
// it may first leave. All its waits end with asked, until there is doubt.
func (w *work) begin(asked context.Context, lane throttle.Lane) (end func()) {
	w.first = lane == throttle.Run
	if w.first {
		w.asked = asked
		w.patience, w.done = w.desk.untilStop(asked)
	} else {
		w.patience, w.done = w.desk.patience(w.base, w.desk.limits.Total)
	}
	return func() { w.done() }
}

// await waits for a turn.
func (w *work) await() error {
	if err := w.place.WaitIn(w.patience, w.lane); err != nil {
		return err
	}
	if w.first {
		w.done()
		w.until = time.Now().Add(w.desk.limits.Total)
		w.patience, w.done = w.desk.patience(w.asked, w.desk.limits.Total)
		w.first = false
	}
	return nil
}

// settle has a call of a run whose try may have been carried out go on to its
// end, whoever asks for it no more.
func (w *work) settle() {
	if w.asked == nil {
		return
	}
	w.asked = nil
	w.done()
	w.patience, w.done = w.desk.patience(w.base, time.Until(w.until))
}

// class is what one try came to.
type class int

const (
	answered class = iota
	refused
	putOff
	failed
	neverLeft
	unanswered
	broke // our own program failed
)

// errBroken says that our own program failed.
var errBroken = errors.New("a panic")

func (w *work) try() (res upstream.Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = w.desk.broken(w.base, v)
		}
	}()
	ctx, cancel := context.WithTimeout(w.base, w.desk.limits.Try)
	defer cancel()
	return w.sys.Caller.Try(ctx, w.p)
}

func (w *work) classOf(n int, res upstream.Result, err error) class {
	if err != nil {
		w.warn("a try of a call came to nothing", n, err)
		switch {
		case errors.Is(err, errBroken):
			return broke
		case !errors.As(err, new(*upstream.Unanswered)) && errors.As(err, new(*upstream.NeverLeft)):
			return neverLeft
		}
		return unanswered // also of an error that says nothing: it may have left
	}
	switch res.Class {
	case upstream.Answered:
		return answered
	case upstream.Refused:
		return refused
	case upstream.PutOff:
		return putOff
	}
	return failed
}

// end is the end that an answer means. With as, every row has that outcome.
// Rows that are neither done nor explained take the reason of the whole answer,
// else the one given.
func (w *work) end(res upstream.Result, as wire.Outcome, reason string) ending {
	rows := upstream.Rows(w.p.Rows, wire.Unknown, wire.ReasonUnreadable, "")
	for i := range rows {
		row := &rows[i]
		switch {
		case len(res.Rows) == len(rows) && res.Rows[i].Outcome.Known():
			row.Outcome, row.Reason, row.Text = res.Rows[i].Outcome, res.Rows[i].Reason, answer.Line(res.Rows[i].Text)
		case len(res.Rows) == 0 && res.Outcome.Known():
			row.Outcome, row.Reason = res.Outcome, ""
		case as != "":
			row.Reason = ""
		}
		if as != "" {
			row.Outcome = as
		}
		if row.Reason == "" && !row.Outcome.Done() {
			if row.Reason = reason; res.Error != nil {
				row.Reason = res.Error.Code
			}
		}
	}
	res.Rows, res.Outcome = rows, upstream.Overall(rows)
	if res.Error != nil {
		res.Error = &wire.Error{Code: res.Error.Code, Message: answer.Line(res.Error.Message)}
	}
	if res.Error == nil && !res.Outcome.Done() {
		for _, row := range rows {
			if row.Outcome == res.Outcome {
				res.Error = &wire.Error{Code: row.Reason, Message: row.Text}
				if row.Text == "" {
					res.Error.Message = messages[row.Reason]
				}
				break
			}
		}
	}
	return ending{res: res}
}

// unknown is the end of a try of which nobody knows whether it was carried out.
func (w *work) unknown(c class, res upstream.Result, err error) ending {
	if c == unanswered {
		return w.all(wire.Unknown, wire.ReasonUnanswered).failing(problem.UpstreamTimeout.Because(err))
	}
	end := w.end(res, wire.Unknown, wire.ReasonFailed)
	why := problem.UpstreamFailed
	if end.res.Error != nil && end.res.Error.Message != "" {
		why = why.With(end.res.Error.Message)
	}
	return end.failing(why)
}

// messages are the English words of our own reasons.
var messages = map[string]string{
	wire.ReasonNeverLeft:  "the upstream could not be reached; nothing was sent",
	wire.ReasonWaited:     "too many calls were waiting; nothing was sent",
	wire.ReasonStopping:   "the server was stopping; nothing was sent",
	wire.ReasonLedger:     "the ledger could not be written, so nothing was sent",
	wire.ReasonRefused:    "the upstream refused without a reason",
	wire.ReasonBusy:       "the upstream kept asking to wait",
	wire.ReasonFailed:     "the upstream failed",
	wire.ReasonUnreadable: "the answer says nothing about it",
	wire.ReasonUnanswered: "it was sent, and no whole answer came",
	wire.ReasonBroken:     "our own program failed while the call was under way",
}

// all is the end of a call whose rows all ended alike, for a reason of ours.
func (w *work) all(outcome wire.Outcome, reason string) ending {
	return ending{res: upstream.Result{
		Outcome: outcome,
		Rows:    upstream.Rows(w.p.Rows, outcome, reason, ""),
		Error:   &wire.Error{Code: reason, Message: messages[reason]},
	}}
}

func (e ending) failing(p *problem.Error) ending {
	e.problem = p
	return e
}

// rest waits before another try; false when there is no time for it.
func (w *work) rest(d time.Duration) bool {
	if deadline, ok := w.patience.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	w.event(wire.Waiting)
	return rest(w.patience, d)
}

func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// backoff is how long to wait after the n-th try: capped, doubling, with full jitter.
func (d *Desk) backoff(n int) time.Duration {
	most := d.limits.Backoff
	for range n - 1 {
		if most = 2 * most; most >= d.limits.MostBackoff {
			break
		}
	}
	return time.Duration(d.random() * float64(min(most, d.limits.MostBackoff)))
}

// patience is ctx for waits: it ends after at most total, and when the desk stops.
func (d *Desk) patience(ctx context.Context, total time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, total)
	within, forget := d.untilStop(ctx)
	return within, func() {
		forget()
		cancel()
	}
}

// untilStop is ctx until the desk stops.
func (d *Desk) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	forget := context.AfterFunc(d.stop, cancel)
	return ctx, func() {
		forget()
		cancel()
	}
}

// broken notes a panic. What it says stays out of the log unless it is the
// runtime's own: it could hold a number or a secret.
func (d *Desk) broken(ctx context.Context, v any) error {
	err := fmt.Errorf("%w of type %T", errBroken, v)
	if fault, ok := v.(runtime.Error); ok {
		err = fmt.Errorf("%w: %w", errBroken, fault)
	}
	d.log.LogAttrs(ctx, slog.LevelError, "a call failed in our own program",
		slog.String("error", err.Error()), slog.String("stack", string(debug.Stack())))
	return err
}

func (w *work) warn(text string, n int, err error) {
	w.desk.log.LogAttrs(w.base, slog.LevelWarn, text, slog.String("call", w.id), slog.String("system", w.sys.ID),
		slog.String("operation", string(w.p.Operation.Name)), slog.Int("try", n), slog.String("error", err.Error()))
}

func (w *work) event(phase wire.Phase) {
	state := wire.Started
	if w.left {
		state = wire.Leaving
	}
	w.send(wire.Event{State: state, Phase: phase})
}

func (w *work) send(e wire.Event) {
	if w.tell != nil {
		w.tell(e)
	}
}

// safely carries out a call that must get its outcome whatever happens in our
// own program.
func (w *work) safely() (end ending) {
	defer func() {
		if v := recover(); v != nil {
			_ = w.desk.broken(w.base, v) // it is logged; the end says the rest
			end = w.all(wire.Skipped, wire.ReasonBroken)
			if w.left {
				end = w.all(wire.Unknown, wire.ReasonBroken)
			}
		}
	}()
	return w.carryOut()
}
