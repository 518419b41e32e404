package call

import (
	"log/slog"
	"sync"
	"time"

	"outdial/server/throttle"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// expected is what dnc.check should say of a number after the write.
type expected struct {
	sent   string
	listed bool
	until  *time.Time // nil: for good
	rows   []int
}

// expectations are those of the rows that were done or may have been, each
// number once: of a number that stands twice, what the last row wanted holds.
func expectations(p operation.Prepared, rows []wire.Row) []*expected {
	var all []*expected
	known := map[string]*expected{}
	for i, row := range rows {
		if row.Sent == "" || !row.Outcome.Done() && row.Outcome != wire.Unknown {
			continue
		}
		e := known[row.Sent]
		if e == nil {
			e = &expected{sent: row.Sent}
			known[row.Sent] = e
			all = append(all, e)
		}
		e.rows = append(e.rows, i)
		if in, ok := p.Input.(*ccai.DNCAdd); ok {
			e.listed, e.until = true, nil
			if until, err := ccai.ParseTime(in.Contacts[i].ExpiresAt); err == nil {
				e.until = &until
			}
		}
	}
	return all
}

// verify checks each number of a do-not-call change that is recorded already,
// and adds to the rows what the checks prove. Numbers that are not reached in
// time are unchecked. The outcome stays what the write answered.
func (w *work) verify(end *ending) {
	all := expectations(w.p, end.res.Rows)
	if len(all) == 0 {
		return
	}
	patience, cancel := w.desk.patience(w.base, w.desk.limits.Verify)
	defer cancel()
	asking := *w
	asking.patience = patience
	if len(all) > 1 {
		asking.lane = throttle.Run // nobody else should wait behind a whole list
	}

	rows := append([]wire.Row(nil), end.res.Rows...)
	var mu sync.Mutex
	checked := 0
	w.send(wire.Event{State: wire.Leaving, Phase: wire.Verifying, Total: len(all)})
	queue := make(chan *expected)
	var group sync.WaitGroup
	for range min(w.desk.limits.Checks, len(all)) {
		group.Go(func() {
			for e := range queue {
				proof := asking.check(*e)
				mu.Lock()
				for _, i := range e.rows {
					rows[i].Proof = proof
				}
				checked++
				w.send(wire.Event{State: wire.Leaving, Phase: wire.Verifying, Done: checked, Total: len(all)})
				mu.Unlock()
			}
		})
	}
	for _, e := range all {
		queue <- e
	}
	close(queue)
	group.Wait()

	end.res.Rows = rows
	if err := w.desk.ledger.Prove(w.base, w.id, rows); err != nil {
		w.desk.log.LogAttrs(w.base, slog.LevelError, "the proofs of a call could not be recorded",
			slog.String("call", w.id), slog.String("error", err.Error()))
	}
}

// check reads one number. It never panics: it runs on a goroutine of its own.
func (w *work) check(e expected) (proof wire.Proof) {
	defer func() {
		if v := recover(); v != nil {
			_ = w.desk.broken(w.base, v) // it is logged; the proof says the rest
			proof = wire.Unchecked
		}
	}()
	if w.patience.Err() != nil {
		return wire.Unchecked
	}
	res, ok := w.ask(operation.DNCCheck, &ccai.DNCCheck{PhoneNumber: e.sent}, operation.Item{Typed: e.sent, Sent: e.sent})
	if !ok {
		return wire.Unchecked
	}
	c, err := ccai.ReadCheck(res.Response)
	if err != nil || c.PhoneNumber != "" && !w.same(c.PhoneNumber, e.sent) {
		return wire.Unchecked
	}
	return e.proof(c)
}

// proof compares. A missing do_not_call and an expiry that cannot be read tell
// nothing; seconds are the finest that we send.
func (e expected) proof(c ccai.Check) wire.Proof {
	switch {
	case c.DoNotCall == nil:
		return wire.Unchecked
	case c.Listed() != e.listed:
		return wire.Contradicted
	case !e.listed:
		return wire.Confirmed
	case c.Expiry != "" && c.ExpiresAt == nil:
		return wire.Unchecked
	case e.until == nil && c.ExpiresAt == nil:
		return wire.Confirmed
	case e.until == nil || c.ExpiresAt == nil || !c.ExpiresAt.Truncate(time.Second).Equal(e.until.Truncate(time.Second)):
		return wire.Contradicted
	}
	return wire.Confirmed
}
