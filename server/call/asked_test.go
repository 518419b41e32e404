package call

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// A call of a run that was put off is tried no more when nobody asks for it any
// more; one that may have been carried out goes on to its end.
func TestLaterTriesOfACallOfARun(t *testing.T) {
	for _, tc := range []struct {
		name    string
		doubt   bool
		tries   int
		outcome wire.Outcome
	}{
		{"put off", false, 1, wire.Refused},
		{"in doubt", true, 2, wire.Accepted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, at database.Config) {
				ctx, stop := context.WithCancel(t.Context())
				d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
					if n > 1 {
						return fine(p, `{}`)
					}
					stop()
					if tc.doubt {
						return upstream.Result{}, &upstream.Unanswered{Cause: errors.New("reset")}
					}
					return upstream.Result{Class: upstream.PutOff, Status: 429, RetryAfter: 20 * time.Second, Outcome: wire.Refused,
						Rows: upstream.Rows(p.Rows, wire.Refused, wire.ReasonBusy, "")}, nil
				})
				o := order(operation.DNCAdd, "key-00000001")
				o.Lane, o.Run, o.Unproved = throttle.Run, "run-1", true
				e, err := d.Make(ctx, o)
				require.NoError(t, err)
				require.Equal(t, tc.outcome, e.Outcome)
				require.Equal(t, tc.tries, d.caller.count(operation.DNCAdd))
			})
		})
	}
}
