package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestHasKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		start(t, l, call(1))
		for _, tc := range []struct {
			person, key string
			want        bool
		}{{call(1).Person.ID, call(1).Key, true}, {"bob@example.com", call(1).Key, false}, {call(1).Person.ID, "another-key", false}} {
			has, err := l.HasKey(t.Context(), tc.person, tc.key)
			require.NoError(t, err)
			require.Equal(t, tc.want, has)
		}
	})
}

func TestKnown(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		made := func(n int, outcome wire.Outcome, sent string, change ...func(*Call)) {
			c := call(n)
			c.Rows = []operation.Item{{Typed: sent, Sent: sent}}
			c.At = noon.Add(time.Duration(n) * time.Hour)
			for _, one := range change {
				one(&c)
			}
			finish(t, l, c, outcome)
		}
		by := call(0)
		made(1, wire.Accepted, "+14155550101")
		made(2, wire.Refused, "+14155550101")
		made(3, wire.Unknown, "+14155550102")
		made(4, wire.Accepted, "+14155550103", func(c *Call) { c.System = "other" })
		made(5, wire.Accepted, "+14155550104", func(c *Call) { c.Operation = operation.ContactsAdd })
		made(6, wire.Accepted, "14155550105", func(c *Call) { c.Person.ID = "bob@example.com" }) // as Callbot takes them
		made(7, wire.Updated, "+14155550101")
		made(8, wire.Unknown, "+14155550106")
		require.NoError(t, l.Settle(t.Context(), call(8).ID, wire.Settlement{Outcome: wire.Refused, Note: "it did not", At: noon}))
		made(9, wire.Unknown, "+14155550107")
		require.NoError(t, l.Settle(t.Context(), call(9).ID, wire.Settlement{Outcome: wire.Accepted, Note: "it did", At: noon}))

		numbers := make([]string, 0, 1300)
		for range 600 {
			numbers = append(numbers, "+14155559999", "")
		}
		for _, end := range "1234567" {
			numbers = append(numbers, "+1415555010"+string(end))
		}
		known, err := l.Known(t.Context(), by.System, by.Operation, numbers)
		require.NoError(t, err)
		at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
		require.Equal(t, map[string]Latest{
			"+14155550101": {wire.Updated, at(7)},
			"+14155550102": {wire.Unknown, at(3)},
			"+14155550105": {wire.Accepted, at(6)},
			"+14155550107": {wire.Accepted, at(9)},
		}, known)
	})
}
