package run

import (
	"context"
	"encoding/json"
	"errors"
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
// numbers may be called.
func (s *slice) opens(op operation.Operation, lines []line) (at time.Time, why string) {
	if s.Hours == nil || s.rec.Options.AnyHour || s.rec.Options.Dry || !scrubbed(op.Name) {
		return time.Time{}, ""
	}
	const farthest = 14 * 24 * time.Hour
	now := s.Now()
	for at = now; ; {
		latest := at
		for _, l := range lines {
			if opens := s.Hours.Opens(at, op.Name, l.sent); opens.After(latest) {
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
	var stay []line
	var out []ended
	asked := 0
	for _, l := range lines {
		now := s.Now()
		if scrub != "" && s.rec.Options.ScrubAge > 0 && l.checkedAt != nil && now.Sub(*l.checkedAt) <= time.Duration(s.rec.Options.ScrubAge)*time.Second {
			stay = append(stay, l)
			continue
		}
		if remember && l.prior != "" {
			stay = append(stay, l)
			continue
		}
		system := scrub
		if remember {
			system = s.rec.System
		}
		listed, err := s.ask(ctx, system, l.sent)
		switch {
		case errors.Is(err, errOver):
			// What was checked until here is asked anew when its turn comes.
			return nil, s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
		case err != nil && scrub != "":
			out = append(out, ended{line: l, outcome: wire.Skipped, reason: run.ReasonUnchecked})
			continue
		case err != nil:
			stay = append(stay, l) // it cannot be taken back; that is no reason not to do it
			continue
		}
		asked++
		l.checkedAt = &now
		if remember {
			l.prior = listed.text()
		}
		if scrub != "" && listed.Listed {
			out = append(out, ended{line: l, outcome: wire.Skipped, reason: run.ReasonDoNotCall, text: listed.Until})
			continue
		}
		stay = append(stay, l)
	}
	if err := s.store.checks(ctx, s.rec.ID, stay, out, asked, s.Now()); err != nil {
		return nil, err
	}
	s.ended.Add(int64(len(out)))
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
	for n := 1; ; n++ {
		if s.over() {
			return prior{}, errOver
		}
		e, err := s.made.Make(ctx, call.Order{
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
