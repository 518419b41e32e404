package throttle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
)

func TestRunsTakeTurns(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(1, 100), newCrowd(t)
		for i := range 5 {
			c.wait(th, Run, fmt.Sprint("long", i))
		}
		for i := range 2 {
			c.wait(th, Run, fmt.Sprint("short", i))
		}
		c.wait(th, Run, "one0")
		c.wait(th, Single, "s0")
		c.group.Wait()
		require.Equal(t, "long0 s0 long1 short0 one0 long2 short1 long3 long4", strings.Join(c.order, " "))
	})
}

func TestARunThatGivesUpItsTurns(t *testing.T) {
	onBoth(t, func(t *testing.T, made maker) {
		th, c := made(1, 100), newCrowd(t)
		c.wait(th, Run, "a0")
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 3)
		for range 3 {
			go func() { gone <- th.Acquire(ctx, Run, "gone") }()
			synctest.Wait()
		}
		c.wait(th, Run, "a1")
		c.wait(th, Run, "b0")
		require.Equal(t, 5, th.Waiting())
		cancel()
		for range 3 {
			require.ErrorIs(t, <-gone, context.Canceled)
		}
		c.group.Wait()
		require.Equal(t, "a0 a1 b0", strings.Join(c.order, " "))
		require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second}, c.at)
	})
}

func TestSingleCallsOvertakeTheRunsOfOtherProcesses(t *testing.T) {
	onPostgreSQL(t, func(t *testing.T, made maker) {
		a, b, c := made(1, 100), made(1, 100), newCrowd(t)
		for i := range 4 {
			c.wait(a, Run, fmt.Sprint("r", i))
		}
		for i := range 3 {
			c.wait(b, Single, fmt.Sprint("s", i))
		}
		<-time.After(2500 * time.Millisecond)
		c.wait(b, Single, "late0")
		c.group.Wait()
		require.Equal(t, "r0 s0 s1 s2 late0 r1 r2 r3", strings.Join(c.order, " "))
		for i, at := range c.at {
			require.Equal(t, time.Duration(i)*time.Second, at, "nothing is lost")
		}
	})
}

func TestTheRunsOfTwoProcessesTakeTurns(t *testing.T) {
	onPostgreSQL(t, func(t *testing.T, made maker) {
		a, b, c := made(1, 100), made(1, 100), newCrowd(t)
		for i := range 12 {
			c.wait(a, Run, fmt.Sprint("a", i))
		}
		for i := range 4 {
			c.wait(b, Run, fmt.Sprint("b", i))
		}
		c.group.Wait()
		for i := range 4 { // from when both wait until one is done
			pair := strings.Join(c.order[2*i+1:2*i+3], " ")
			require.Contains(t, pair, fmt.Sprint("b", i), "%v", c.order)
		}
		require.Equal(t, "a11", c.order[15])
		require.Less(t, c.at[15]-15*time.Second, 10*courtesy, "courtesy costs little")
		alone := c.at[15] - c.at[12]
		require.Equal(t, 3*time.Second, alone, "and nothing to one alone")
	})
}

func TestAPauseHoldsAllProcesses(t *testing.T) {
	onPostgreSQL(t, func(t *testing.T, made maker) {
		a, b, c := made(1, 100), made(1, 100), newCrowd(t)
		c.wait(a, Single, "a0")
		c.wait(b, Single, "b0") // has taken the turn after
		c.wait(b, Run, "r0")
		require.NoError(t, a.PutOff(t.Context(), 20*time.Second))
		c.wait(a, Single, "a1")
		c.group.Wait()
		require.Len(t, c.at, 4)
		require.Equal(t, "a0", c.order[0])
		require.Equal(t, "r0", c.order[3])
		for _, at := range c.at[1:] {
			require.GreaterOrEqual(t, at, 20*time.Second)
		}
		require.LessOrEqual(t, c.at[3], 24*time.Second)
	})
}

// However people of several processes come, give up and are paused, everybody
// who stays goes, and never two closer together than the pace.
func TestAnyCrowdOnTwoProcesses(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			onPostgreSQL(t, func(t *testing.T, made maker) {
				random := rand.New(rand.NewPCG(seed, 0))
				processes, c := []*Throttle{made(5, 100), made(5, 100)}, newCrowd(t)
				stay := 0
				for range 40 {
					th := processes[random.IntN(2)]
					switch n := random.IntN(10); {
					case n < 4:
						c.wait(th, Single, "s0")
						stay++
					case n < 8:
						c.wait(th, Run, fmt.Sprint(string(rune('a'+random.IntN(3))), 0))
						stay++
					case n < 9:
						ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(400))*time.Millisecond)
						c.group.Go(func() {
							defer cancel()
							if th.Acquire(ctx, Lane(random.IntN(2)), "gone") == nil {
								c.mu.Lock()
								defer c.mu.Unlock()
								c.at = append(c.at, time.Since(c.begun))
							}
						})
						synctest.Wait()
					default:
						require.NoError(t, th.PutOff(t.Context(), time.Duration(random.IntN(1000))*time.Millisecond))
					}
					<-time.After(time.Duration(random.IntN(300)) * time.Millisecond)
				}
				c.group.Wait()
				require.Len(t, c.order, stay)
				for i := 1; i < len(c.at); i++ {
					require.GreaterOrEqual(t, c.at[i]-c.at[i-1], 200*time.Millisecond)
				}
				synctest.Wait()
				for _, th := range processes {
					require.Zero(t, th.Waiting())
					require.Zero(t, th.places)
					require.False(t, th.serving)
				}
			})
		})
	}
}

// By the database's own clock: turns are taken as far apart as the pace says,
// whichever process takes them.
func TestTurnsByTheDatabasesClock(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	const space = 2 * time.Millisecond
	var processes [2]*shared
	for i := range processes {
		processes[i] = newShared(db, "acme", fmt.Sprint("process", i), space, time.Now)
	}
	next := func() (at int64) {
		require.NoError(t, db.Reader.QueryRowContext(t.Context(), `SELECT next_at FROM paces WHERE system = 'acme'`).Scan(&at))
		return at
	}
	last := int64(0)
	for i := range 60 {
		s := processes[i%3%2]
		for taken := false; !taken; {
			wait, ok, err := s.take(t.Context(), i%5 < 2)
			require.NoError(t, err)
			if taken = ok; !taken {
				<-time.After(wait)
			}
		}
		require.GreaterOrEqual(t, next()-last, space.Microseconds())
		last = next()
		_, err := s.used(t.Context())
		require.NoError(t, err)
	}
	require.NoError(t, processes[0].putOff(t.Context(), time.Hour))
	wait, taken, err := processes[1].take(t.Context(), false)
	require.NoError(t, err)
	require.False(t, taken)
	require.Greater(t, wait, 59*time.Minute)
}

func TestNobodyGoesWithoutTheDatabase(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	th, err := NewOn(db, "acme", "process", 8, 10, time.Now)
	require.NoError(t, err)
	require.NoError(t, th.Acquire(t.Context(), Single, ""))
	_, err = db.Writer.ExecContext(t.Context(), `DROP TABLE paces`)
	require.NoError(t, err)
	require.ErrorContains(t, th.Acquire(t.Context(), Single, ""), "take a turn")
	require.ErrorContains(t, th.Acquire(t.Context(), Run, "r"), "take a turn")
	require.ErrorContains(t, th.PutOff(t.Context(), time.Second), "share a pause")
	require.Zero(t, th.places)
}
