package text

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSince(t *testing.T) {
	for _, tc := range []struct {
		d    time.Duration
		n    int
		unit string
	}{
		{-time.Minute, 0, "second"}, // clocks differ
		{59 * time.Second, 59, "second"},
		{time.Minute, 1, "minute"},
		{59*time.Minute + 59*time.Second, 59, "minute"},
		{time.Hour, 1, "hour"},
		{23*time.Hour + time.Minute, 23, "hour"},
		{49 * time.Hour, 2, "day"},
	} {
		t.Run(tc.d.String(), func(t *testing.T) {
			n, unit := since(tc.d)
			require.Equal(t, tc.n, n)
			require.Equal(t, tc.unit, unit)
		})
	}
}
