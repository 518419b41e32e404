package lists

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScaleReachesEveryRow(t *testing.T) {
	for _, c := range []struct {
		name string
		s    scale
	}{
		{"none", scale{0, 36, 400}},
		{"one", scale{1, 36, 400}},
		{"as many as fit", scale{11, 36, 400}},
		{"one more", scale{12, 36, 400}},
		{"a thousand", scale{1000, 36, 400}},
		{"as high as a browser draws", scale{highest / 40, 40, 400}},
		{"a million", scale{1_000_000, 36, 517}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.s
			require.LessOrEqual(t, s.height(), float64(highest))
			require.Equal(t, 0.0, s.first(0), "the top shows the first row")
			end := s.first(s.way())
			require.InDelta(t, float64(s.rows), math.Min(end+s.seen(), float64(s.rows)), 1e-6, "the end shows the last row")
			before := -1.0
			for i := range 1001 {
				at := s.way() * float64(i) / 1000
				first := s.first(at)
				require.GreaterOrEqual(t, first, before, "scrolling down never goes up")
				require.InDelta(t, at, s.scrolled(first), 1e-3, "and back")
				before = first
			}
		})
	}
}

func TestScaleIsOneToOneUntilItIsTooHigh(t *testing.T) {
	s := scale{rows: 5000, row: 36, box: 360}
	require.InDelta(t, 1, s.first(36), 1e-9)
	require.InDelta(t, 100, s.first(3600), 1e-9)
}

func TestScaleRevealsARow(t *testing.T) {
	s := scale{rows: 1_000_000, row: 36, box: 360} // ten rows are seen
	require.Equal(t, 50.0, s.reveal(55, 50), "seen already")
	require.Equal(t, 49.0, s.reveal(49, 50), "above: to the top")
	require.Equal(t, 51.0, s.reveal(60, 50), "below: to the bottom")
	require.Equal(t, 999_990.0, s.reveal(999_999, 0), "the last")
	for _, row := range []int{0, 1, 777_777, 999_999} {
		first := s.first(s.scrolled(s.reveal(row, 500)))
		require.True(t, float64(row) >= first-1e-3 && float64(row)+1 <= first+s.seen()+1e-3, "row %d from %f", row, first)
	}
}

func TestScaleAsksForAWindowAroundWhatIsSeen(t *testing.T) {
	for _, c := range []struct {
		name        string
		s           scale
		first       float64
		up          bool
		from, count int
	}{
		{"at the top", scale{1000, 40, 400}, 0, false, 0, 200},
		{"on the way down", scale{1000, 40, 400}, 500.4, false, 489, 200},
		{"on the way up", scale{1000, 40, 400}, 500.4, true, 322, 200},
		{"at the end", scale{1000, 40, 400}, 990, false, 800, 200},
		{"up at the top", scale{1000, 40, 400}, 3, true, 0, 200},
		{"a short list", scale{5, 40, 400}, 0, false, 0, 5},
		{"nothing", scale{0, 40, 400}, 0, false, 0, 0},
		{"a screen of more rows than one question gives", scale{100_000, 10, 4000}, 100, false, 100, 200},
	} {
		from, count := c.s.window(c.first, 200, c.up)
		require.Equal(t, []int{c.from, c.count}, []int{from, count}, c.name)
		if float64(c.s.rows) > c.s.seen() && c.s.seen() < 200 {
			lacking, soon := c.s.short(c.first, c.up, from, count)
			require.False(t, lacking || soon, "%s: what was asked for is enough", c.name)
		}
	}
}

func TestScaleKnowsWhenRowsAreLacking(t *testing.T) {
	s := scale{rows: 1000, row: 40, box: 400} // ten are seen, and a part of one
	for _, c := range []struct {
		name          string
		first         float64
		up            bool
		from, held    int
		lacking, soon bool
	}{
		{"nothing is held", 0, false, 0, 0, true, true},
		{"in the middle of them", 500, false, 400, 200, false, false},
		{"near their end", 585, false, 400, 200, false, true},
		{"near their end, on the way up", 585, true, 400, 200, false, false},
		{"near their beginning, on the way up", 405, true, 400, 200, false, true},
		{"beyond", 595, false, 400, 200, true, true},
		{"at the end of the list", 990, false, 800, 200, false, false},
	} {
		lacking, soon := s.short(c.first, c.up, c.from, c.held)
		require.Equal(t, []bool{c.lacking, c.soon}, []bool{lacking, soon}, c.name)
	}
}
