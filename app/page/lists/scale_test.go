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
		from, count int
	}{
		{"at the top", scale{1000, 40, 400}, 0, 0, 33},
		{"in the middle", scale{1000, 40, 400}, 500.4, 489, 33},
		{"at the end", scale{1000, 40, 400}, 990, 979, 21},
		{"a short list", scale{5, 40, 400}, 0, 0, 5},
		{"nothing", scale{0, 40, 400}, 0, 0, 0},
		{"a screen of more rows than one question gives", scale{100_000, 10, 4000}, 100, 100, 200},
	} {
		from, count := c.s.window(c.first, 200)
		require.Equal(t, []int{c.from, c.count}, []int{from, count}, c.name)
	}
}
