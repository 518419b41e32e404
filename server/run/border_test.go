package run

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// stuck is a throttle's clock that stands still, so that after the first turn
// no other comes, until it is let go.
type stuck struct{ goes atomic.Bool }

func (c *stuck) turns() func() time.Time {
	began, moving := time.Now(), eager()
	return func() time.Time {
		if c.goes.Load() {
			return moving()
		}
		return began
	}
}

// shutters are calling hours that somebody closes until an hour later.
type shutters struct {
	closed atomic.Bool
	opens  time.Time
}

func newShutters() *shutters { return &shutters{opens: time.Now().Add(time.Hour)} }

func (h *shutters) Opens(at time.Time, _ operation.Name, _ string) time.Time {
	if h.closed.Load() && at.Before(h.opens) {
		return h.opens
	}
	return at
}

func TestPauseHoldsBackWhatWaitsForItsTurn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, cancel := range []bool{false, true} {
			t.Run(fmt.Sprint("cancel ", cancel), func(t *testing.T) {
				var clock stuck
				var left sent
				var n atomic.Int64
				s := serve(t, db, setup{turns: clock.turns(), callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
					left.add(p)
					n.Add(1)
					return fine(p)
				})}})
				taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 40)))
				s.until(taken.ID, func(r run.Run) bool { return r.Counts[wire.Accepted] == 1 })
				if cancel {
					_, err := s.Cancel(t.Context(), sam, taken.ID)
					require.NoError(t, err)
					one := s.until(taken.ID, func(r run.Run) bool { return over(r) && r.FinishedAt != nil })
					require.Equal(t, map[wire.Outcome]int{wire.Accepted: 1, wire.Skipped: 39}, one.Counts)
					require.EqualValues(t, 1, n.Load())
					s.balanced(one)
					return
				}
				_, err := s.Pause(t.Context(), sam, taken.ID)
				require.NoError(t, err)
				s.until(taken.ID, func(run.Run) bool { return s.free(taken.ID) })
				clock.goes.Store(true)
				require.EqualValues(t, 1, n.Load(), "what waited in the throttle did not leave")
				_, err = s.Resume(t.Context(), sam, taken.ID)
				require.NoError(t, err)
				one := s.until(taken.ID, over)
				require.Equal(t, map[wire.Outcome]int{wire.Accepted: 40}, one.Counts)
				for i := range 40 {
					require.Equal(t, 1, left.count(number(i)))
				}
			})
		}
	})
}

func TestHoursThatCloseHoldBackWhatWaitsForItsTurn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var clock stuck
		hours := newShutters()
		var n atomic.Int64
		pace := swift
		pace.Border = 20 * time.Millisecond
		s := serve(t, db, setup{pace: &pace, hours: hours, turns: clock.turns(), callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			n.Add(1)
			return fine(p)
		})}})
		taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 20)))
		s.until(taken.ID, func(r run.Run) bool { return r.Counts[wire.Accepted] == 1 })
		hours.closed.Store(true)
		one := s.until(taken.ID, func(r run.Run) bool { return r.State == run.Resting })
		require.Equal(t, run.WhyHours, one.Why)
		require.Equal(t, 19, one.Waiting)
		require.EqualValues(t, 1, n.Load())
	})
}

func TestHoursThatCloseHoldBackLaterTries(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		hours := newShutters()
		var n atomic.Int64
		pace := swift
		pace.Border = 20 * time.Millisecond
		s := serve(t, db, setup{pace: &pace, hours: hours, callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			n.Add(1)
			hours.closed.Store(true)
			res, err := says(upstream.PutOff, 429, wire.Refused, wire.ReasonBusy)(p)
			res.RetryAfter = 20 * time.Second
			return res, err
		})}})
		taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 1)))
		one := s.until(taken.ID, func(r run.Run) bool { return r.State == run.Resting })
		require.Equal(t, run.WhyHours, one.Why)
		require.Equal(t, 1, one.Waiting)
		require.EqualValues(t, 1, n.Load())
	})
}

// What is nearly over has ended: a call that leaves in the last moment would
// reach its number after it.
func TestNothingLeavesRightBeforeHoursEnd(t *testing.T) {
	now := time.Date(2026, 3, 2, 20, 59, 50, 0, time.UTC)
	op, _ := operation.Find(operation.SMSSend)
	hours := window{now.Add(10 * time.Second), now.Add(11 * time.Hour)}
	for _, tc := range []struct {
		name   string
		border time.Duration
		why    string
	}{{"nearly over", 15 * time.Second, run.WhyHours}, {"long enough", 5 * time.Second, ""}} {
		t.Run(tc.name, func(t *testing.T) {
			s := &slice{Runs: &Runs{Config: Config{Hours: hours, Now: func() time.Time { return now }, Pace: Pace{Border: tc.border}}}}
			at, why := s.opens(op, []line{{sent: number(0)}})
			require.Equal(t, tc.why, why)
			if why != "" {
				require.Equal(t, hours.opens, at)
			}
		})
	}
}

// window is shut between two moments.
type window struct{ closes, opens time.Time }

func (w window) Opens(at time.Time, _ operation.Name, _ string) time.Time {
	if at.Before(w.closes) || !at.Before(w.opens) {
		return at
	}
	return w.opens
}

// A list is checked in as many slices as it takes, each number once.
func TestChecksThatTakeLongerThanASlice(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, op := range []operation.Name{operation.CallbotImport, operation.DNCAdd} {
			t.Run(string(op), func(t *testing.T) {
				const numbers, each = 60, 6
				var l listing
				var up atomic.Pointer[server]
				var in atomic.Pointer[slice]
				var answered atomic.Int64
				pace := swift
				pace.Slice = 50 * time.Millisecond
				caller := script(func(p operation.Prepared) (upstream.Result, error) {
					if p.Operation.Name == operation.DNCCheck && up.Load() != nil {
						// After some, a slice is over before the next is answered.
						s := up.Load().now()
						if s != nil && in.Swap(s) != s {
							answered.Store(0)
						}
						if s != nil && answered.Add(1) > each {
							<-s.halted
						}
					}
					return l.Try(p)
				})
				s := serve(t, db, setup{pace: &pace, callers: map[string]upstream.Caller{"acme": caller, "nx": caller}})
				up.Store(s)
				no := false
				one := s.until(s.started(ana, order(op, []run.Call{list(op, 0, numbers)}, func(o *run.Order) {
					if op == operation.CallbotImport {
						o.Options.Scrub = "acme"
					} else {
						o.Options.Prove = &no
					}
				})).ID, over)
				require.Equal(t, numbers, one.Counts[wire.Accepted])
				require.Equal(t, numbers, one.Checked)
				for i := range numbers {
					require.Equal(t, 1, l.checks.count(number(i)))
					require.Equal(t, 1, l.count(number(i)))
				}
			})
		}
	})
}

// now is the slice that is under way, nil when there is none.
func (s *server) now() *slice {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.held {
		return one
	}
	return nil
}

func TestHowLongAChecksCounts(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	checked := func(ago ...time.Duration) []line {
		lines := make([]line, len(ago))
		for i, d := range ago {
			if d >= 0 {
				at := now.Add(-d)
				lines[i].checkedAt = &at
			}
		}
		return lines
	}
	const never = -1
	for _, tc := range []struct {
		name  string
		age   int
		lines []line
		ask   []int
	}{
		{"never asked", 0, checked(never), []int{0}},
		{"just now", 0, checked(time.Second), nil},
		{"a while ago", 0, checked(3 * time.Minute), []int{0}},
		{"a while ago, which is not too long", 600, checked(3 * time.Minute), nil},
		{"a list that is being checked", 0, checked(20*time.Minute, 11*time.Minute, time.Minute, never), []int{3}},
		{"a list whose checks were broken off", 0, checked(20*time.Minute, 11*time.Minute, never), []int{0, 1, 2}},
		{"a list of which some are not too old", 900, checked(20*time.Minute, 11*time.Minute, never), []int{0, 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &slice{Runs: &Runs{Config: Config{Now: func() time.Time { return now }}}}
			s.rec.Options.Scrub, s.rec.Options.ScrubAge = "acme", tc.age
			require.Equal(t, tc.ask, s.toAsk(tc.lines, false))
		})
	}
}

// A run of one call is paused after as many rests as one of many.
func TestAnOutagePausesARunOfOneCall(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var tries atomic.Int64
		pace := swift
		pace.Misses, pace.Rests = 3, 4
		s := serve(t, db, setup{pace: &pace, callers: map[string]upstream.Caller{"nx": script(func(p operation.Prepared) (upstream.Result, error) {
			tries.Add(1)
			return noDial(p)
		})}})
		taken := s.started(ana, order(operation.CallbotImport, []run.Call{list(operation.CallbotImport, 0, 3)}))
		one := s.until(taken.ID, func(r run.Run) bool { return r.State == run.Paused })
		require.Equal(t, run.WhyUnreached, one.Why)
		require.Equal(t, 3, one.Waiting)
		require.LessOrEqual(t, tries.Load(), int64(2*(3+4)), "each call is two tries of the desk: three calls before the first rest, one after each")
	})
}
