package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"outdial/server/call"
	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// opens tells when a call may leave by the calling hours of its numbers; why is
// "" when it may now. A list that is one call waits for a time at which all its
// numbers may be called. Hours that are nearly over are over: what leaves must
// have left before.
func (s *slice) opens(op operation.Operation, lines []line) (at time.Time, why string) {
	if !s.timed(op) {
		return time.Time{}, ""
	}
	const farthest = 14 * 24 * time.Hour
	now := s.Now()
	for at = now; ; {
		latest := at
		for _, l := range lines {
			opens := s.Hours.Opens(at, op.Name, l.sent)
			if border := at.Add(s.Pace.Border); opens.Equal(at) {
				if opens = s.Hours.Opens(border, op.Name, l.sent); opens.Equal(border) {
					opens = at
				}
			}
			if opens.After(latest) {
				latest = opens
			}
		}
		switch {
		case latest.Equal(now):
			return time.Time{}, ""
		case latest.Equal(at):
			return at, run.WhyHours
		case latest.Sub(now) > farthest:
			return now, run.WhyNoHours
		}
		at = latest
	}
}

// timed reports whether the calls of an operation keep to calling hours in this run.
func (s *slice) timed(op operation.Operation) bool {
	return s.Hours != nil && !s.rec.Options.AnyHour && !s.rec.Options.Dry && scrubbed(op.Name)
}

// lastsFor is how old a check may be when its number leaves. Checking a list
// that is one call takes its time, so there the last check counts for all that
// were made without such a break between them.
func lastsFor(numbers int) time.Duration {
	if numbers == 1 {
		return 2 * time.Minute
	}
	return 10 * time.Minute
}

// unanswered stands for what was there before where nobody could say: it is
// not asked again, and cannot be taken back.
const unanswered = "?"

// toAsk are the rows, by their place in lines, whose number is to be checked.
func (s *slice) toAsk(lines []line, remember bool) []int {
	now := s.Now()
	var last time.Time
	for _, l := range lines {
		if l.checkedAt != nil && l.checkedAt.After(last) {
			last = *l.checkedAt
		}
	}
	recent := now.Sub(last) <= lastsFor(len(lines))
	var ask []int
	for i, l := range lines {
		known := remember && l.prior != ""
		if s.rec.Options.Scrub != "" && l.checkedAt != nil {
			known = known || recent || now.Sub(*l.checkedAt) <= time.Duration(s.rec.Options.ScrubAge)*time.Second
		}
		if !known {
			ask = append(ask, i)
		}
	}
	return ask
}

// answer is what the do-not-call list said of one row's number.
type answer struct {
	asked  bool
	at     time.Time
	listed prior
	err    error
}

// askAll checks numbers, several at once, until the slice is over.
func (s *slice) askAll(ctx context.Context, system string, lines []line, which []int) []answer {
	answers := make([]answer, len(lines))
	var asking sync.WaitGroup
	for _, i := range which {
		a := &answers[i]
		a.asked, a.err = true, errOver // until it is told otherwise
		select {
		case <-s.halted:
			continue
		case s.asking <- struct{}{}:
		}
		asking.Go(func() {
			defer func() {
				<-s.asking
				if v := recover(); v != nil {
					s.fail(fmt.Errorf("a panic of type %T while a number was checked", v))
				}
			}()
			a.at = s.Now()
			a.listed, a.err = s.ask(ctx, system, lines[i].sent)
		})
	}
	asking.Wait()
	return answers
}

// checkTries is how often a number's check is made before its row is skipped.
const checkTries = 3

// checked looks at the do-not-call list right before a call leaves: for the
// scrub, and for what is to be remembered. It returns the rows that may leave,
// nil when the call has ended or waits.
func (s *slice) checked(ctx context.Context, op operation.Operation, c pending, lines []line) ([]line, error) {
	scrub := s.rec.Options.Scrub
	remember := s.rec.Options.Remember != nil && *s.rec.Options.Remember
	undo := s.rec.Undoes != ""
	if scrub == "" && !remember && !undo {
		return lines, nil
	}
	if undo {
		return s.unchanged(ctx, op, c, lines)
	}
	system := scrub
	if remember {
		system = s.rec.System
	}
	var stay, seen []line
	var out []ended
	asked, late := 0, false
	for i, a := range s.askAll(ctx, system, lines, s.toAsk(lines, remember)) {
		l := lines[i]
		switch {
		case !a.asked:
			stay = append(stay, l)
			continue
		case errors.Is(a.err, errOver):
			late = true
			continue
		case a.err != nil && scrub != "":
			out = append(out, ended{line: l, outcome: wire.Skipped, reason: run.ReasonUnchecked})
			continue
		case a.err != nil: // it cannot be taken back; that is no reason not to do it
			l.prior = unanswered
			stay, seen = append(stay, l), append(seen, l)
			continue
		}
		asked++
		l.checkedAt = &a.at
		if remember {
			l.prior = a.listed.text()
		}
		if scrub != "" && a.listed.Listed {
			out = append(out, ended{line: l, outcome: wire.Skipped, reason: run.ReasonDoNotCall, text: a.listed.Until})
			continue
		}
		stay, seen = append(stay, l), append(seen, l)
	}
	if len(seen)+len(out) > 0 {
		if err := s.store.checks(ctx, s.rec.ID, seen, out, asked, s.Now()); err != nil {
			return nil, err
		}
		s.ended.Add(int64(len(out)))
	}
	if late { // the next slice goes on from here
		return nil, s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
	}
	if len(stay) == 0 {
		return nil, s.finish(ctx, c, "", nil)
	}
	return stay, nil
}

// prior is what the do-not-call list said of a number.
type prior struct {
	Listed bool   `json:"listed"`
	Until  string `json:"until,omitempty"` // RFC 3339, or as the upstream wrote it; empty: for good
}

func (p prior) text() string {
	text, err := json.Marshal(p)
	if err != nil {
		return "" // cannot be: it is plain data
	}
	return string(text)
}

var (
	errOver    = errors.New("the slice is over")
	errUnclear = errors.New("the do-not-call list did not answer")
)

// ask checks one number, a few times if need be. It is errOver when the slice
// ended meanwhile and errUnclear when no answer tells.
func (s *slice) ask(ctx context.Context, system, e164 string) (prior, error) {
	body, err := encoded(ccai.DNCCheck{PhoneNumber: e164})
	if err != nil {
		return prior{}, err
	}
	waits, done := context.WithCancel(ctx)
	defer done()
	defer context.AfterFunc(s.gone, done)()
	for n := 1; ; n++ {
		if s.over() {
			return prior{}, errOver
		}
		e, err := s.made.Make(waits, call.Order{
			Person: s.rec.Person, Role: s.rec.role, System: system, Operation: operation.DNCCheck, Body: body, Lane: throttle.Run, Run: s.rec.ID,
		})
		if err == nil && e.Outcome.Done() {
			if c, err := ccai.ReadCheck(e.Response); err == nil && c.DoNotCall != nil {
				p := prior{Listed: c.Listed()}
				if p.Listed {
					p.Until = expiry(c)
				}
				return p, nil
			}
		}
		switch {
		case waits.Err() != nil: // it was we who broke it off
			return prior{}, errOver
		case errors.Is(err, problem.ShuttingDown):
			s.halt()
			return prior{}, errOver
		case errors.Is(err, problem.ThrottleFull):
			n-- // it was not asked
		case n >= checkTries:
			return prior{}, errUnclear
		}
		if !s.rest(s.backoff(n + 1)) {
			return prior{}, errOver
		}
	}
}
