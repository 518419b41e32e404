package throttle

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

// maker makes the throttles of one system: on PostgreSQL those of several
// processes, which share the pace.
type maker func(perSecond float64, depth int) *Throttle

// onBoth runs a test on each dialect, in a bubble of time, which the database's
// clock follows.
func onBoth(t *testing.T, test func(t *testing.T, made maker)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, func(perSecond float64, depth int) *Throttle {
				th, err := New(perSecond, depth, time.Now)
				require.NoError(t, err)
				return th
			})
		})
	})
	t.Run("postgresql", func(t *testing.T) { onPostgreSQL(t, test) })
}

func onPostgreSQL(t *testing.T, test func(t *testing.T, made maker)) {
	t.Helper()
	at := databasetest.New(t, database.PostgreSQL)
	synctest.Test(t, func(t *testing.T) {
		db := databasetest.Reopen(t, at)
		_, err := db.Writer.ExecContext(t.Context(), `CREATE TABLE clock (at BIGINT)`)
		require.NoError(t, err)
		_, err = db.Writer.ExecContext(t.Context(), `INSERT INTO clock VALUES (0)`)
		require.NoError(t, err)
		processes := 0
		test(t, func(perSecond float64, depth int) *Throttle {
			processes++
			th, err := NewOn(db, "acme", fmt.Sprint("process", processes), perSecond, depth, time.Now)
			require.NoError(t, err)
			turns := th.turns.(*shared)
			turns.sql = newStatements("(SELECT at FROM clock)")
			th.turns = clocked{turns}
			return th
		})
	})
}

// clocked takes turns by the bubble's time.
type clocked struct{ *shared }

func (c clocked) set(ctx context.Context) error {
	_, err := c.db.ExecContext(ctx, `UPDATE clock SET at = $1`, time.Now().UnixMicro())
	return err
}

func (c clocked) take(ctx context.Context, ahead bool) (time.Duration, bool, error) {
	if err := c.set(ctx); err != nil {
		return 0, false, err
	}
	return c.shared.take(ctx, ahead)
}

func (c clocked) used(ctx context.Context) (bool, error) {
	if err := c.set(ctx); err != nil {
		return false, err
	}
	return c.shared.used(ctx)
}

func (c clocked) putOff(ctx context.Context, d time.Duration) error {
	if err := c.set(ctx); err != nil {
		return err
	}
	return c.shared.putOff(ctx, d)
}

// crowd lets holders wait and notes who went when.
type crowd struct {
	t     *testing.T
	begun time.Time
	group sync.WaitGroup
	mu    sync.Mutex
	order []string
	at    []time.Duration
}

func newCrowd(t *testing.T) *crowd { return &crowd{t: t, begun: time.Now()} }

// wait queues one and returns when it stands in line. The name without its
// number is the run.
func (c *crowd) wait(th *Throttle, lane Lane, name string) {
	c.group.Go(func() {
		if err := th.Acquire(c.t.Context(), lane, strings.TrimRight(name, "0123456789")); err != nil {
			c.t.Errorf("%s: %v", name, err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.order = append(c.order, name)
		c.at = append(c.at, time.Since(c.begun))
	})
	synctest.Wait()
}

func TestNew(t *testing.T) {
	for _, perSecond := range []float64{0, -1, 10.1, math.NaN(), math.Inf(1)} {
		_, err := New(perSecond, 1, time.Now)
		require.Error(t, err, "%v", perSecond)
	}
	_, err := New(Default, 0, time.Now)
	require.Error(t, err)
	_, err = New(Default, 1, nil)
	require.Error(t, err)
	_, err = New(1e-300, 1, time.Now)
	require.NoError(t, err)
}

func TestEvenlySpaced(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(8, 100), newCrowd(t)
		for range 20 {
			c.wait(th, Single, "x")
		}
		c.group.Wait()
		for i, at := range c.at {
			require.Equal(t, time.Duration(i)*125*time.Millisecond, at)
		}
	})
}

func TestNoSecondSeesMoreThanThePace(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(10, 100), newCrowd(t)
		for i := range 60 {
			if i%7 == 0 {
				<-time.After(time.Duration(i*37) * time.Millisecond) // they come in bursts, with lulls between
			}
			c.wait(th, Lane(i%2), "x")
		}
		c.group.Wait()
		for i, from := range c.at {
			within := 0
			for _, at := range c.at[i:] {
				if at < from+time.Second {
					within++
				}
			}
			require.LessOrEqual(t, within, 10)
		}
	})
}

func TestLanes(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(1, 100), newCrowd(t)
		for _, who := range []struct {
			lane Lane
			name string
		}{{Run, "r1"}, {Run, "r2"}, {Run, "r3"}, {Single, "s1"}, {Single, "s2"}} {
			c.wait(th, who.lane, who.name)
		}
		<-time.After(2500 * time.Millisecond)
		c.wait(th, Single, "s3")
		c.group.Wait()
		require.Equal(t, []string{"r1", "s1", "s2", "s3", "r2", "r3"}, c.order)
	})
}

func TestFull(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th := made(8, 2)
		a, err := th.Reserve(Single, "")
		require.NoError(t, err)
		b, err := th.Reserve(Single, "")
		require.NoError(t, err)
		_, err = th.Reserve(Single, "")
		require.ErrorIs(t, err, problem.ThrottleFull)
		for range 10 {
			r, err := th.Reserve(Run, "r")
			require.NoError(t, err, "a run waits, it is never turned away")
			defer r.Free()
		}
		var p *problem.Error
		require.ErrorAs(t, err, &p)
		require.Equal(t, time.Second, p.RetryAfter)
		require.ErrorIs(t, th.Acquire(t.Context(), Single, ""), problem.ThrottleFull)

		require.NoError(t, th.PutOff(t.Context(), time.Minute))
		_, err = th.Reserve(Single, "")
		require.ErrorAs(t, err, &p)
		require.GreaterOrEqual(t, p.RetryAfter, time.Minute, "it is no use to come before the pause ends")

		require.NoError(t, a.Wait(t.Context()))
		require.NoError(t, a.Wait(t.Context()), "who has a place may wait again though all are taken")
		a.Free()
		a.Free()
		c, err := th.Reserve(Single, "")
		require.NoError(t, err)
		_, err = th.Reserve(Single, "")
		require.ErrorIs(t, err, problem.ThrottleFull, "freeing twice frees one place")
		b.Free()
		c.Free()
		require.NoError(t, th.Acquire(t.Context(), Single, ""))
	})
}

func TestAPauseHoldsEverybody(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(10, 100), newCrowd(t)
		c.wait(th, Single, "before")
		c.wait(th, Single, "a")
		require.NoError(t, th.PutOff(t.Context(), 30*time.Second))
		require.NoError(t, th.PutOff(t.Context(), time.Second)) // shorter than the one that stands
		require.NoError(t, th.PutOff(t.Context(), 0))
		require.NoError(t, th.PutOff(t.Context(), -time.Hour))
		c.wait(th, Run, "r")
		c.wait(th, Single, "b")
		c.group.Wait()
		require.Equal(t, []string{"before", "a", "b", "r"}, c.order)
		require.Equal(t, []time.Duration{0, 30 * time.Second, 30*time.Second + 100*time.Millisecond, 30*time.Second + 200*time.Millisecond}, c.at)

		require.NoError(t, th.PutOff(t.Context(), 1000*time.Hour))
		c.wait(th, Single, "later")
		c.group.Wait()
		require.LessOrEqual(t, c.at[4]-c.at[3], LongestPause)
	})
}

func TestOneThatGivesUpLeavesItsTurnToTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(1, 3), newCrowd(t)
		c.wait(th, Single, "first")
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { gone <- th.Acquire(ctx, Single, "") }()
		synctest.Wait()
		c.wait(th, Single, "next")
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		c.wait(th, Single, "last") // into the place that was freed
		c.group.Wait()
		require.Equal(t, []string{"first", "next", "last"}, c.order)
		require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second}, c.at)

		require.ErrorIs(t, th.Acquire(ctx, Single, ""), context.Canceled)
		late, stop := context.WithTimeout(t.Context(), time.Millisecond)
		defer stop()
		require.ErrorIs(t, th.Acquire(late, Single, ""), context.DeadlineExceeded)
		synctest.Wait()
		require.False(t, th.serving, "nobody waits: nothing is left ticking")
		require.Zero(t, th.places)
	})
}

// However people come, give up and are paused, everybody who stays goes, and
// never two closer together than the pace.
func FuzzThrottle(f *testing.F) {
	f.Add([]byte{0, 10, 20, 1, 2, 3, 200, 100, 50})
	f.Add([]byte{3, 3, 3, 3, 2, 2, 1, 1, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 60 {
			script = script[:60]
		}
		synctest.Test(t, func(t *testing.T) {
			th, err := New(5, 100, time.Now)
			require.NoError(t, err)
			var group sync.WaitGroup
			var mu sync.Mutex
			var at []time.Time
			stay := 0
			for _, b := range script {
				switch b % 4 {
				case 0, 1:
					mu.Lock()
					stay++
					mu.Unlock()
					group.Go(func() {
						if err := th.Acquire(t.Context(), Lane(b%2), ""); err != nil {
							t.Error(err)
						}
						mu.Lock()
						defer mu.Unlock()
						at = append(at, time.Now())
					})
				case 2:
					group.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), time.Duration(b)*time.Millisecond)
						defer cancel()
						if th.Acquire(ctx, Single, "") == nil {
							mu.Lock()
							defer mu.Unlock()
							at, stay = append(at, time.Now()), stay+1
						}
					})
				case 3:
					require.NoError(t, th.PutOff(t.Context(), time.Duration(b)*10*time.Millisecond))
				}
				<-time.After(time.Duration(b) * time.Millisecond)
			}
			group.Wait()
			require.Len(t, at, stay)
			for i := 1; i < len(at); i++ {
				require.GreaterOrEqual(t, at[i].Sub(at[i-1]), 200*time.Millisecond)
			}
			require.Zero(t, th.places)
			synctest.Wait()
			require.False(t, th.serving)
		})
	})
}

func BenchmarkAcquire(b *testing.B) {
	now := time.Unix(0, 0)
	th, err := New(10, 1, func() time.Time { now = now.Add(time.Second); return now })
	require.NoError(b, err)
	for b.Loop() {
		if err := th.Acquire(b.Context(), Single, ""); err != nil {
			b.Fatal(err)
		}
	}
}
