package call

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Who wants to know is told the outcome before the proofs are made, once it is
// in the ledger; and a call may do without proofs.
func TestRecordedBeforeTheProofs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		checks := 0
		d := newDesk(t, func(_ context.Context, p operation.Prepared, _ int) (upstream.Result, error) {
			if p.Operation.Name == operation.DNCCheck {
				checks++
				return fine(p, `{"do_not_call":true}`)
			}
			return fine(p, `{}`)
		})
		o := order(operation.DNCAdd, "key-00000001")
		o.Body = []byte(`{"contacts":[{"phone_number":"+14155550100"}]}`)
		var told []wire.Envelope
		o.Recorded = func(e wire.Envelope) {
			require.Zero(t, checks)
			require.Equal(t, wire.Finished, d.entry(e.ID).State)
			told = append(told, e)
		}
		e, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Len(t, told, 1)
		require.Equal(t, e.ID, told[0].ID)
		require.Empty(t, told[0].Rows[0].Proof)
		require.Equal(t, wire.Confirmed, e.Rows[0].Proof)

		again, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, e.ID, again.ID)
		require.Len(t, told, 1, "the stored answer is no news")

		o.Key, o.Unproved, checks = "key-00000002", true, 0
		e, err = d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Len(t, told, 2)
		require.Zero(t, checks)
		require.Empty(t, e.Rows[0].Proof)
	})
}
