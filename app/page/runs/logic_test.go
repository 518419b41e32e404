package runs

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"outdial/shared/run"
	"outdial/shared/wire"
)

func TestPartsAddUpToAllRows(t *testing.T) {
	p := run.Progress{Counts: map[wire.Outcome]int{wire.Skipped: 3, wire.Accepted: 90, wire.Unknown: 1, wire.Refused: 0}, Waiting: 6}
	all := parts(p)
	require.Equal(t, []part{{"accepted", 90}, {"skipped", 3}, {"unknown", 1}, {"waiting", 6}}, all)
	sum := 0
	for _, each := range all {
		sum += each.N
	}
	require.Equal(t, 100, sum)
	require.Equal(t, 94, done(run.Run{Rows: 100, Progress: p}))
	require.Empty(t, parts(run.Progress{}))
}

func TestReasonsMostFirst(t *testing.T) {
	require.Equal(t, []reason{{"duplicate", 7}, {"do_not_call", 2}, {"too_short", 2}},
		reasons(run.Progress{Reasons: map[string]int{"too_short": 2, "duplicate": 7, "do_not_call": 2, "": 90, "present": 0}}))
}

func TestShareIsSeenAndOnlyAllAreFull(t *testing.T) {
	for _, c := range []struct{ n, all, want int }{{0, 10, 0}, {1, 1_000_000, 1}, {1, 2, 50}, {999_999, 1_000_000, 99}, {7, 7, 100}, {1, 0, 0}} {
		require.Equal(t, c.want, share(c.n, c.all), "%+v", c)
	}
}

func TestEveryStateHasItsWaysOut(t *testing.T) {
	for _, s := range run.States() {
		require.False(t, pausable(s) && resumable(s), s)
		if s.Ended() {
			require.False(t, pausable(s) || resumable(s) || cancellable(s), "%s: nothing more happens", s)
		} else if s != run.Following { // all has left
			require.True(t, cancellable(s), s)
			require.True(t, pausable(s) || resumable(s), s)
		}
	}
}

func TestEventsAreTakenOver(t *testing.T) {
	r := run.Run{ID: "a", Rows: 10, Progress: run.Progress{State: run.Running, Waiting: 10}}
	moved := take(r, run.Event{Run: "a", Progress: run.Progress{State: run.Running, Waiting: 4}})
	require.Equal(t, 4, moved.Waiting)
	require.Equal(t, r, take(r, run.Event{Run: "b", Progress: run.Progress{State: run.Finished}}), "another run's")
	ended := take(moved, run.Event{Run: "a", Progress: run.Progress{State: run.Finished}})
	require.Equal(t, run.Finished, ended.State)
	require.Equal(t, ended, take(ended, run.Event{Run: "a", Progress: run.Progress{State: run.Running, Waiting: 1}}), "a late one")
}

func TestARunIsReadAgainWhenNothingIsTold(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		state run.State
		ago   time.Duration
		want  bool
	}{
		{"told just now", run.Running, time.Second, false},
		{"quiet", run.Running, quietFor, true},
		{"paused by somebody else's hand", run.Paused, time.Minute, true},
		{"ended", run.Finished, time.Hour, false},
	} {
		require.Equal(t, c.want, due(c.state, now.Add(-c.ago), now), c.name)
	}
}

func TestCellsInOneLine(t *testing.T) {
	require.Equal(t, "Ann · +1 415 555 0100", cells(run.Row{Cells: []string{"Ann", "+1 415\n555 0100"}}))
	long := cells(run.Row{Cells: []string{strings.Repeat("姓", 200)}})
	require.True(t, utf8.ValidString(long))
	require.LessOrEqual(t, len(long), 130)
}

func TestPercentagesAddUp(t *testing.T) {
	for _, c := range []struct{ n, want []int }{
		{[]int{50, 8}, []int{86, 14}},
		{[]int{1, 1, 1}, []int{34, 33, 33}},
		{[]int{999_999, 1}, []int{100, 0}},
		{[]int{7}, []int{100}},
		{[]int{0, 0}, []int{0, 0}},
		{nil, []int{}},
	} {
		all := make([]part, len(c.n))
		for i, n := range c.n {
			all[i].N = n
		}
		require.Equal(t, c.want, percents(all), c.n)
	}
	require.Equal(t, []string{">99%", "<1%", "100%", "0%"}, []string{percentage(999_999, 100, 1_000_000), percentage(1, 0, 1_000_000), percentage(7, 100, 7), percentage(0, 0, 7)})
}
