package run

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

func TestARunIsCarriedOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var left sent
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			left.add(p)
			switch p.Rows[0].Sent {
			case number(1):
				return says(upstream.Refused, 400, wire.Refused, "ccai.sms_disabled")(p)
			case number(2):
				return noAnswer(p)
			}
			return fine(p)
		})}})
		calls := append(singles(operation.SMSSend, 0, 5), run.Call{Rows: []run.Row{{Line: 6, Cells: []string{"x", "12"}, Typed: "12", Skip: "impossible"}}})
		taken := s.started(sam, order(operation.SMSSend, calls))
		require.Equal(t, 6, taken.Rows)
		require.Equal(t, 5, taken.Calls)
		require.Equal(t, sam.Person, taken.Person)

		one := s.until(taken.ID, over)
		require.Equal(t, run.Finished, one.State)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 3, wire.Refused: 1, wire.Unknown: 1, wire.Skipped: 1}, one.Counts)
		require.Equal(t, map[string]int{"ccai.sms_disabled": 1, wire.ReasonUnanswered: 1, "impossible": 1}, one.Reasons)
		require.Equal(t, 5, one.CallsDone)
		require.NotNil(t, one.FinishedAt)
		s.balanced(one)

		rows := s.results(one.ID)
		require.Equal(t, "their words", rows[1].Text)
		require.Equal(t, []string{"n1", number(0)}, rows[0].Cells)
		for _, r := range rows[:5] {
			require.Equal(t, 1, left.count(r.Sent))
			e, err := s.ledger.Entry(t.Context(), r.Call)
			require.NoError(t, err, "the row names its call")
			require.Equal(t, "they asked", e.Note)
			require.Equal(t, r.Sent, e.Rows[0].Sent)
		}
		require.Empty(t, rows[5].Call)

		some, err := s.Rows(t.Context(), sam, one.ID, RowFilter{Outcome: wire.Accepted, After: 1, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, 4, some.Rows[0].Line)
		require.True(t, some.More)
	})
}

// What did not leave is tried anew, under another key, until it does.
func TestWhatDidNotLeaveIsTriedAnew(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var tried, left sent
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			tried.add(p)
			switch n := tried.count(p.Rows[0].Sent); {
			case n <= 4:
				return noDial(p)
			case n <= 7:
				return says(upstream.PutOff, 429, wire.Refused, "ccai.busy")(p)
			}
			left.add(p)
			return fine(p)
		})}})
		one := s.until(s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 12))).ID, over)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 12}, one.Counts)
		for i := range 12 {
			require.Equal(t, 1, left.count(number(i)))
		}
		s.balanced(one)
	})
}

func TestAnOutagePausesTheRunAndLosesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		back := make(chan struct{})
		pace := swift
		pace.Misses, pace.Rests = 3, 2
		s := serve(t, db, setup{pace: &pace, callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			select {
			case <-back:
				return fine(p)
			default:
				return noDial(p)
			}
		})}})
		taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 20)))
		one := s.until(taken.ID, func(r run.Run) bool { return r.State == run.Paused })
		require.Equal(t, run.WhyUnreached, one.Why)
		require.Equal(t, 20, one.Waiting)
		close(back)
		_, err := s.Resume(t.Context(), sam, one.ID)
		require.NoError(t, err)
		one = s.until(one.ID, over)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 20}, one.Counts)
	})
}

func TestPauseResumeCancel(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		gate := make(chan struct{})
		arrived := make(chan struct{}, 100)
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			arrived <- struct{}{}
			<-gate
			return fine(p)
		})}})
		taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 60)))
		<-arrived
		one, err := s.Pause(t.Context(), sam, taken.ID)
		require.NoError(t, err)
		require.Equal(t, run.Paused, one.State)
		require.Equal(t, run.WhyPerson, one.Why)
		_, err = s.Pause(t.Context(), sam, taken.ID)
		require.ErrorIs(t, err, problem.RunState)
		quiet, fed := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(fed)
			for {
				select {
				case gate <- struct{}{}:
				case <-quiet:
					return
				}
			}
		}()
		s.until(taken.ID, func(run.Run) bool { return s.free(taken.ID) })
		close(quiet)
		<-fed
		one, err = s.Get(t.Context(), sam, taken.ID)
		require.NoError(t, err)
		require.Equal(t, run.Paused, one.State)
		require.Positive(t, one.Counts[wire.Accepted])
		require.LessOrEqual(t, one.Counts[wire.Accepted], 8, "only what was under way")

		_, err = s.Resume(t.Context(), amy, taken.ID)
		require.ErrorIs(t, err, problem.NoSuchRun, "somebody else's")
		_, err = s.Resume(t.Context(), ana, taken.ID)
		require.NoError(t, err, "an administrator may")
		before := one.Counts[wire.Accepted]
		for range before + 4 {
			gate <- struct{}{}
		}
		s.until(taken.ID, func(r run.Run) bool { return r.Counts[wire.Accepted] >= before+4 })
		one, err = s.Cancel(t.Context(), sam, taken.ID)
		require.NoError(t, err)
		require.Equal(t, run.Cancelled, one.State)
		close(gate)
		one = s.until(taken.ID, func(r run.Run) bool { return over(r) && r.FinishedAt != nil })
		require.Equal(t, 60, one.Counts[wire.Accepted]+one.Counts[wire.Skipped])
		require.Equal(t, one.Counts[wire.Skipped], one.Reasons[run.ReasonCancelled])
		require.Positive(t, one.Counts[wire.Skipped])
		s.balanced(one)
		_, err = s.Resume(t.Context(), sam, taken.ID)
		require.ErrorIs(t, err, problem.RunState)
	})
}

func TestScheduledRunsWait(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		// The clock stands still until it is moved past the start: on a busy machine
		// it may take long until the run is looked at.
		began := time.Now()
		var moved atomic.Bool
		clock := func() time.Time {
			if moved.Load() {
				return began.Add(2 * time.Second)
			}
			return began
		}
		s := serve(t, db, setup{now: clock, callers: map[string]upstream.Caller{"acme": script(fine)}})
		at := clock().Add(time.Second)
		far := clock().Add(time.Hour)
		soon := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 2), func(o *run.Order) { o.Options.StartAt = &at }))
		later := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 2), func(o *run.Order) { o.Options.StartAt = &far }))
		require.Equal(t, run.Scheduled, soon.State)
		moved.Store(true)
		one := s.until(soon.ID, over)
		require.False(t, one.StartedAt.Before(at.Truncate(time.Microsecond)))
		one, err := s.Get(t.Context(), sam, later.ID)
		require.NoError(t, err)
		require.Equal(t, run.Scheduled, one.State)
		require.Equal(t, 2, one.Waiting)

		_, err = s.Pause(t.Context(), sam, later.ID)
		require.NoError(t, err)
		one, err = s.Resume(t.Context(), sam, later.ID)
		require.NoError(t, err)
		require.Equal(t, run.Scheduled, one.State, "it still waits for its time")
	})
}

func TestAStopOfTheServerIsNoMore(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var left sent
		arrived := make(chan struct{}, 1000)
		up := map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			left.add(p)
			arrived <- struct{}{}
			return fine(p)
		})}
		s, err := open(t.Context(), db, setup{callers: up})
		require.NoError(t, err)
		s.t = t
		require.NoError(t, s.Start(t.Context()))
		taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 300)))
		for range 20 {
			<-arrived
		}
		s.halt()
		s = serve(t, db, setup{callers: up})
		one := s.until(taken.ID, over)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 300}, one.Counts)
		for i := range 300 {
			require.Equal(t, 1, left.count(number(i)))
		}
	})
}

func TestRunsShareTheThrottle(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		// Two runs of one system: when the short one is done, the long one that
		// began before it has had about as many turns.
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(fine)}})
		long := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 900)))
		s.until(long.ID, func(r run.Run) bool { return r.Counts[wire.Accepted] > 0 })
		short := s.started(ana, order(operation.SMSSend, singles(operation.SMSSend, 2000, 40)))
		s.until(short.ID, over)
		one, err := s.Get(t.Context(), ana, long.ID)
		require.NoError(t, err)
		require.False(t, over(one), "the short one did not wait for the long one")
		s.until(long.ID, over)
	})
}

func TestListOfRuns(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(fine)}})
		var ids []string
		for i := range 3 {
			ids = append(ids, s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 10*i, 1))).ID)
		}
		other := s.started(ana, order(operation.SMSSend, singles(operation.SMSSend, 90, 1)))
		page, err := s.List(t.Context(), sam, "", 2)
		require.NoError(t, err)
		require.True(t, page.More)
		require.Equal(t, ids[2], page.Runs[0].ID)
		page, err = s.List(t.Context(), sam, page.Runs[1].ID, 2)
		require.NoError(t, err)
		require.Len(t, page.Runs, 1)
		require.False(t, page.More)
		page, err = s.List(t.Context(), ana, "", 0)
		require.NoError(t, err)
		require.Len(t, page.Runs, 4)
		require.Equal(t, other.ID, page.Runs[0].ID)
		_, err = s.Get(t.Context(), sam, other.ID)
		require.ErrorIs(t, err, problem.NoSuchRun)
	})
}
