package throttle

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWaitingCountsBothLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace, err := New(1, 10, time.Now)
		require.NoError(t, err)
		require.Zero(t, pace.Waiting())
		require.NoError(t, pace.PutOff(t.Context(), time.Minute))
		ctx, cancel := context.WithCancel(t.Context())
		for _, lane := range []Lane{Single, Run, Run} {
			go pace.Acquire(ctx, lane, "") //nolint:errcheck // cancelled below
		}
		synctest.Wait()
		require.Equal(t, 3, pace.Waiting())
		cancel()
		synctest.Wait()
		require.Zero(t, pace.Waiting())
	})
}
