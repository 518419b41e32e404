package run

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// For any list, any failures of the upstream and any interruptions: every row
// that went in comes out, with exactly one outcome, and no number is carried
// out twice by machine.
func TestRowsInAreRowsOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for range 6 {
			seed := uint64(time.Now().UnixNano())
			t.Log("seed", seed)
			anyRun(t, db, rand.New(rand.NewPCG(seed, 1)))
		}
	})
}

func anyRun(t *testing.T, db *database.DB, random *rand.Rand) {
	var mu sync.Mutex
	chance := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return random.IntN(n)
	}
	ops := []operation.Name{operation.SMSSend, operation.ContactsAdd, operation.DNCAdd, operation.DNCRemove, operation.ContactsImport, operation.CallbotImport}
	op := ops[chance(len(ops))]
	from := 1000 * chance(9000) // numbers that no other round of this test has
	var did sent
	up := script(func(p operation.Prepared) (upstream.Result, error) {
		switch n := chance(100); {
		case n < 8:
			return noDial(p)
		case n < 14:
			return says(upstream.PutOff, 429, wire.Refused, "ccai.busy")(p)
		case n < 20:
			return says(upstream.Refused, 400, wire.Refused, "ccai.refused")(p)
		case n < 26:
			did.add(p)
			return noAnswer(p)
		case n < 32:
			did.add(p)
			return says(upstream.Failed, 500, wire.Unknown, "ccai.failed")(p)
		case n < 36:
			did.add(p)
			res, err := fine(p)
			res.Rows = res.Rows[:len(res.Rows)/2] // an answer that says nothing about the rest
			return res, err
		}
		did.add(p)
		res, err := fine(p)
		if p.Operation.Name == operation.DNCCheck {
			res.Response = []byte(`{"phone_number":"` + p.Rows[0].Sent + `","do_not_call":true}`)
		}
		for i := range res.Rows {
			if chance(5) == 0 {
				res.Rows[i].Outcome, res.Rows[i].Reason = wire.Refused, "ccai.dnc_phone_invalid"
			}
		}
		return res, err
	})
	callers := map[string]upstream.Caller{"acme": up, "nx": up}

	// A list with everything that lists have.
	var calls []run.Call
	line, numbers := 0, 0
	skipped := func() {
		if chance(4) == 0 {
			line++
			calls = append(calls, run.Call{Rows: []run.Row{{Line: line, Cells: []string{}, Skip: "impossible"}}})
		}
	}
	next := func(n int) run.Call {
		var c run.Call
		switch op {
		case operation.SMSSend, operation.ContactsAdd:
			c = singles(op, from+numbers, 1)[0]
		default:
			c = list(op, from+numbers, n)
		}
		for i := range c.Rows {
			line++
			c.Rows[i].Line = line
			if chance(10) == 0 && numbers > 0 { // the number stands twice
				c.Rows[i].Cells = append(c.Rows[i].Cells, "=1+1", "\x00\xff")
			}
		}
		numbers += len(c.Rows)
		return c
	}
	if whole(op) {
		skipped()
		calls = append(calls, next(1+chance(40)))
		skipped()
	} else {
		for range 10 + chance(30) {
			skipped()
			calls = append(calls, next(1+chance(6)))
		}
	}
	no := false
	o := order(op, calls, func(o *run.Order) { o.Options.Remember = &no })
	start := func() *server {
		s, err := open(t.Context(), db, setup{callers: callers})
		require.NoError(t, err)
		s.t = t
		require.NoError(t, s.Start(t.Context()))
		return s
	}
	s := start()
	taken := s.started(ana, o)
	require.Equal(t, line, taken.Rows)
	for range chance(5) {
		switch chance(3) {
		case 0:
			s.halt()
			s = start()
		case 1:
			if _, err := s.Pause(t.Context(), ana, taken.ID); err == nil {
				_, err = s.Resume(t.Context(), ana, taken.ID)
				require.NoError(t, err)
			}
		case 2:
			seen := chance(line + 1)
			s.until(taken.ID, func(r run.Run) bool { return r.Rows-r.Waiting >= seen || r.State == run.Paused })
		}
	}
	if chance(6) == 0 {
		_, _ = s.Cancel(t.Context(), ana, taken.ID) // it may have ended by now
	}
	one := s.until(taken.ID, over)
	s.balanced(one)
	s.halt()

	rows := s.results(taken.ID)
	lines := map[int]bool{}
	for _, r := range rows {
		require.False(t, lines[r.Line])
		lines[r.Line] = true
		require.True(t, r.Outcome.Known())
	}
	require.Len(t, lines, line, "every row that went in came out")
	rule, _ := operation.Find(op)
	for i := range numbers {
		n := did.count(number(from + i))
		if rule.Rule == operation.Once {
			require.LessOrEqual(t, n, 1, "%s was sent again", op)
		}
	}
	for _, r := range rows {
		switch {
		case r.Outcome.Done(), r.Outcome == wire.Unknown:
			require.Positive(t, did.count(r.Sent), "%s: %s %s, yet nothing was carried out", op, r.Outcome, r.Reason)
		case r.Outcome == wire.Skipped && r.Sent != "" && rule.Rule == operation.Once:
			require.Zero(t, did.count(r.Sent), "%s: skipped for %s, yet it was carried out", op, r.Reason)
		}
	}
}
