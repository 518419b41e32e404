package pace

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Others run in between, as often as it is due and not at every step.
func TestOthersRunInBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pace
		start := time.Now()
		pauses := 0
		for range 100 {
			before := time.Now()
			p.Breathe()
			if time.Since(before) > 0 {
				pauses++
			}
			<-time.After(2 * time.Millisecond) // the work, by the bubble's own clock
		}
		require.InDelta(t, 100*2/12, pauses, 3)
		require.Equal(t, 200*time.Millisecond+time.Duration(pauses)*pause, time.Since(start))
	})
}
