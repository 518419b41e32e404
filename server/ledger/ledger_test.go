package ledger

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 123456000, time.UTC)

func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }

// opened is the ledger of a new process on the database.
func opened(t testing.TB, db *database.DB) *Ledger {
	t.Helper()
	return New(db, databasetest.Join(t, db))
}

func call(n int) Call {
	return Call{
		ID: fmt.Sprintf("call-%06d", n), Key: fmt.Sprintf("key-%06d", n), Fingerprint: "f",
		System: "acme", Operation: operation.SMSSend, Person: wire.Person{ID: "amy@example.com", Name: "Amy"},
		Note: "asked by phone", Request: json.RawMessage(`{"message":"hello"}`),
		Rows: []operation.Item{{Typed: "(415) 555-0100", Sent: "+14155550100"}}, At: noon.Add(time.Duration(n) * time.Second),
	}
}

func end(outcome wire.Outcome, rows int) End {
	e := End{Outcome: outcome, UpstreamStatus: 200, RequestID: "r-1", Response: json.RawMessage(`{"id":1}`), At: noon.Add(time.Hour)}
	for i := range rows {
		e.Rows = append(e.Rows, wire.Row{Index: i, Outcome: outcome})
	}
	return e
}

func start(t *testing.T, l *Ledger, c Call) {
	t.Helper()
	earlier, err := l.Start(t.Context(), c)
	require.NoError(t, err)
	require.Nil(t, earlier)
}

func finish(t *testing.T, l *Ledger, c Call, outcome wire.Outcome) {
	t.Helper()
	start(t, l, c)
	require.NoError(t, l.Leave(t.Context(), c.ID, c.At))
	require.NoError(t, l.Finish(t.Context(), c.ID, end(outcome, len(c.Rows))))
}

func TestACallFromStartToProof(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, c := opened(t, db), call(1)
		c.Rows = append(c.Rows, operation.Item{Typed: "911x", Sent: "+1911"})
		start(t, l, c)

		e, err := l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, wire.Entry{
			ID: c.ID, System: "acme", Operation: operation.SMSSend, Person: c.Person, State: wire.Started, StartedAt: c.At,
			Note: c.Note, Request: c.Request, RowCount: 2,
			Rows: []wire.Row{{Index: 0, Typed: "(415) 555-0100", Sent: "+14155550100"}, {Index: 1, Typed: "911x", Sent: "+1911"}},
		}, e)

		require.NoError(t, l.Leave(t.Context(), c.ID, noon))
		require.NoError(t, l.Leave(t.Context(), c.ID, noon.Add(time.Minute)))
		e, err = l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, wire.Leaving, e.State)
		require.Equal(t, 2, e.Tries)
		require.Equal(t, noon, *e.LeftAt, "when it first left")

		require.NoError(t, l.Finish(t.Context(), c.ID, End{
			Outcome: wire.Accepted, UpstreamStatus: 202, RequestID: "r-9", JobID: "77", Response: json.RawMessage(`[1]`), At: noon.Add(time.Hour),
			Error: &wire.Error{Code: "some", Message: "one failed"},
			Rows:  []wire.Row{{Index: 0, Outcome: wire.Accepted}, {Index: 1, Outcome: wire.Refused, Reason: "emergency", Text: "emergency phone number is not allowed"}},
		}))
		require.NoError(t, l.Prove(t.Context(), c.ID, []wire.Row{{Index: 0, Proof: wire.Contradicted}}))
		e, err = l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, wire.Finished, e.State)
		require.Equal(t, wire.Accepted, e.Outcome, "a proof never changes the outcome")
		require.Equal(t, noon.Add(time.Hour), *e.FinishedAt)
		require.Equal(t, 202, e.UpstreamStatus)
		require.Equal(t, "r-9", e.RequestID)
		require.Equal(t, "77", e.JobID)
		require.JSONEq(t, `[1]`, string(e.Response))
		require.Equal(t, &wire.Error{Code: "some", Message: "one failed"}, e.Error)
		require.Equal(t, []wire.Row{
			{Index: 0, Outcome: wire.Accepted, Typed: "(415) 555-0100", Sent: "+14155550100", Proof: wire.Contradicted},
			{Index: 1, Outcome: wire.Refused, Reason: "emergency", Text: "emergency phone number is not allowed", Typed: "911x", Sent: "+1911"},
		}, e.Rows)
	})
}

func TestKeys(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, c := opened(t, db), call(1)
		start(t, l, c)
		again := c
		again.ID = "call-000009"

		_, err := l.Start(t.Context(), again)
		require.ErrorIs(t, err, problem.Running)
		var p *problem.Error
		require.ErrorAs(t, err, &p)
		require.Equal(t, c.ID, p.Call, "the problem names the call that has the key")
		_, err = l.Earlier(t.Context(), c.Person.ID, c.Key, c.Fingerprint)
		require.ErrorIs(t, err, problem.Running)

		require.NoError(t, l.Leave(t.Context(), c.ID, noon))
		require.NoError(t, l.Finish(t.Context(), c.ID, end(wire.Refused, 1)))
		earlier, err := l.Start(t.Context(), again)
		require.NoError(t, err)
		require.Equal(t, c.ID, earlier.ID)
		require.Equal(t, wire.Refused, earlier.Outcome)
		_, err = l.Entry(t.Context(), again.ID)
		require.ErrorIs(t, err, problem.NoSuchCall, "a repeated key records nothing")

		other := again
		other.Fingerprint = "another request"
		_, err = l.Start(t.Context(), other)
		require.ErrorIs(t, err, problem.KeyReused)

		someone := again
		someone.Person = wire.Person{ID: "bob@example.com"}
		start(t, l, someone)
		none, err := l.Earlier(t.Context(), "carol@example.com", c.Key, c.Fingerprint)
		require.NoError(t, err)
		require.Nil(t, none, "a key is the person's own")
	})
}

func TestOneKeyFromManyAtOnceIsOneCall(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		var group sync.WaitGroup
		results := make([]error, 50)
		for i := range results {
			group.Go(func() {
				c := call(1)
				c.ID = fmt.Sprintf("call-%06d", i)
				_, results[i] = l.Start(t.Context(), c)
			})
		}
		group.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
				continue
			}
			require.ErrorIs(t, err, problem.Running)
		}
		require.Equal(t, 1, won)
		page, err := l.Search(t.Context(), wire.Filter{}, "")
		require.NoError(t, err)
		require.Len(t, page.Entries, 1)
	})
}

func TestTheFirstEndStands(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, c := opened(t, db), call(1)
		finish(t, l, c, wire.Accepted)
		require.ErrorIs(t, l.Finish(t.Context(), c.ID, end(wire.Unknown, 1)), ErrFinished)
		require.ErrorIs(t, l.Leave(t.Context(), c.ID, noon), ErrFinished, "a finished call never leaves again")
		e, err := l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, wire.Accepted, e.Outcome)
		require.Equal(t, 1, e.Tries)
	})
}

func TestAnEndGivesEveryRowOneOutcome(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		for i, tc := range []struct {
			name string
			end  End
		}{
			{"no rows", End{Outcome: wire.Accepted}},
			{"too few", end(wire.Accepted, 1)},
			{"too many", end(wire.Accepted, 3)},
			{"a row without outcome", End{Outcome: wire.Accepted, Rows: []wire.Row{{Index: 0, Outcome: wire.Accepted}, {Index: 1}}}},
			{"a row twice", End{Outcome: wire.Accepted, Rows: []wire.Row{{Index: 0, Outcome: wire.Accepted}, {Index: 0, Outcome: wire.Accepted}}}},
			{"no outcome of the whole", End{Rows: end(wire.Accepted, 2).Rows}},
			{"an invented outcome", end("fine", 2)},
		} {
			t.Run(tc.name, func(t *testing.T) {
				c := call(i)
				c.Rows = append(c.Rows, c.Rows[0])
				start(t, l, c)
				require.ErrorIs(t, l.Finish(t.Context(), c.ID, tc.end), ErrRows)
				e, err := l.Entry(t.Context(), c.ID)
				require.NoError(t, err)
				require.Equal(t, wire.Started, e.State, "nothing of it is recorded")
			})
		}
		_, err := l.Start(t.Context(), Call{ID: "x"})
		require.ErrorIs(t, err, ErrRows)
	})
}

func TestManyRowsKeepTheirOwnOutcomes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, c := opened(t, db), call(1)
		c.Rows = nil
		var want []wire.Row
		for i := range 1003 {
			sent := fmt.Sprintf("+1415%07d", i)
			c.Rows = append(c.Rows, operation.Item{Typed: sent, Sent: sent})
			row := wire.Row{Index: i, Outcome: wire.Accepted, Typed: sent, Sent: sent}
			if i%10 == 3 {
				row.Outcome, row.Reason, row.Text = wire.Refused, "phone_invalid", fmt.Sprint("no ", i)
			}
			want = append(want, row)
		}
		start(t, l, c)
		require.NoError(t, l.Finish(t.Context(), c.ID, End{Outcome: wire.Accepted, Rows: want, At: noon}))
		e, err := l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, want, e.Rows)
		require.False(t, e.Brief)

		page, err := l.Search(t.Context(), wire.Filter{Number: "+1 415 000 0777"}, "")
		require.NoError(t, err)
		require.Len(t, page.Entries, 1)
		require.True(t, page.Entries[0].Brief)
		require.Equal(t, 1003, page.Entries[0].RowCount)
		require.Equal(t, append(want[:briefRows:briefRows], want[777]), page.Entries[0].Rows, "the first ones and the one looked for")

		page, err = l.Search(t.Context(), wire.Filter{Number: "7"}, "")
		require.NoError(t, err)
		require.Len(t, page.Entries[0].Rows, briefMost, "few digits match many rows")
	})
}

func TestRecover(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		process := databasetest.Join(t, db)
		l := New(db, process)
		started, leaving, finished := call(1), call(2), call(3)
		leaving.Rows = append(leaving.Rows, leaving.Rows[0])
		start(t, l, started)
		start(t, l, leaving)
		require.NoError(t, l.Leave(t.Context(), leaving.ID, noon))
		finish(t, l, finished, wire.Accepted)

		at := noon.Add(24 * time.Hour)
		r, err := l.Recover(t.Context(), at)
		require.NoError(t, err)
		require.Zero(t, r, "their process is alive")
		require.NoError(t, process.Leave(t.Context()))
		r, err = l.Recover(t.Context(), at)
		require.NoError(t, err)
		require.Equal(t, Recovered{Skipped: 1, Unknown: 1}, r)

		for _, tc := range []struct {
			id      string
			outcome wire.Outcome
			reason  string
		}{{started.ID, wire.Skipped, wire.ReasonNeverLeft}, {leaving.ID, wire.Unknown, wire.ReasonCrashed}, {finished.ID, wire.Accepted, ""}} {
			e, err := l.Entry(t.Context(), tc.id)
			require.NoError(t, err)
			require.Equal(t, wire.Finished, e.State)
			require.Equal(t, tc.outcome, e.Outcome)
			for _, row := range e.Rows {
				require.Equal(t, tc.outcome, row.Outcome)
				require.Equal(t, tc.reason, row.Reason)
			}
			if tc.reason != "" {
				require.Equal(t, tc.reason, e.Error.Code)
				require.Equal(t, at, *e.FinishedAt)
			}
		}
		r, err = l.Recover(t.Context(), at)
		require.NoError(t, err)
		require.Zero(t, r, "there is nothing left to recover")
	})
}

func TestSettle(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		finish(t, l, call(1), wire.Unknown)
		finish(t, l, call(2), wire.Accepted)
		start(t, l, call(3))
		s := wire.Settlement{Outcome: wire.Refused, Note: "looked it up", By: wire.Person{ID: "lee@example.com", Name: "Lee"}, At: noon.Add(2 * time.Hour)}

		require.ErrorIs(t, l.Settle(t.Context(), "call-999999", s), problem.NoSuchCall)
		require.ErrorIs(t, l.Settle(t.Context(), call(2).ID, s), problem.NotUnknown)
		require.ErrorIs(t, l.Settle(t.Context(), call(3).ID, s), problem.NotUnknown, "it is still running")

		wrong := s
		wrong.Outcome, wrong.Note = wire.Skipped, "  "
		err := l.Settle(t.Context(), call(1).ID, wrong)
		require.ErrorIs(t, err, problem.Invalid)
		var p *problem.Error
		require.ErrorAs(t, err, &p)
		require.Equal(t, []string{"outcome", "note"}, []string{p.Problem.Fields[0].Field, p.Problem.Fields[1].Field})

		require.NoError(t, l.Settle(t.Context(), call(1).ID, s))
		require.ErrorIs(t, l.Settle(t.Context(), call(1).ID, s), problem.NotUnknown, "the first settlement stands")
		e, err := l.Entry(t.Context(), call(1).ID)
		require.NoError(t, err)
		require.Equal(t, wire.Unknown, e.Outcome)
		require.Equal(t, &s, e.Settled)

		unknown, err := l.Search(t.Context(), wire.Filter{Outcome: wire.Unknown}, "")
		require.NoError(t, err)
		require.Empty(t, unknown.Entries, "a settled one is no longer looked for")
		refused, err := l.Search(t.Context(), wire.Filter{Outcome: wire.Refused}, "")
		require.NoError(t, err)
		require.Len(t, refused.Entries, 1)
	})
}

func TestSearchByNumber(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		numbers := []operation.Item{
			{Typed: "(415) 555-0100", Sent: "+14155550100"},
			{Typed: "0912-345-678", Sent: "+886912345678"},
			{Typed: "1-800-FLOWERS", Sent: "+18003569377"},
			{Typed: "+44 (0)20 7946 0018", Sent: "442079460018"}, // Callbot takes digits alone
		}
		for i, n := range numbers {
			c := call(i)
			c.Rows = []operation.Item{n}
			finish(t, l, c, wire.Accepted)
		}
		for _, tc := range []struct {
			number string
			want   []int
		}{
			{"+14155550100", []int{0}},
			{"14155550100", []int{0}},
			{"415-555-0100", []int{0}},
			{"４１５-５５５-０１００", []int{0}},
			{"0100", []int{0}},
			{"+886 912 345 678", []int{1}},
			{"0912345678", []int{1}},
			{"00886912345678", []int{1}},
			{"+1 800 356 9377", []int{2}},
			{"1-800", []int{2}}, // all the digits that were typed
			{"020 7946 0018", []int{3}},
			{"+44 (0)20 7946 0018", []int{3}},
			{"+442079460018", []int{3}},
			{"+1415555010", nil}, // not its end
			{"9", nil},
			{"no digits", nil},
			{"' OR 1=1", nil},
			{"%", nil},
			{"", []int{3, 2, 1, 0}},
		} {
			t.Run(tc.number, func(t *testing.T) {
				page, err := l.Search(t.Context(), wire.Filter{Number: tc.number}, "")
				require.NoError(t, err)
				var got []int
				for _, e := range page.Entries {
					var n int
					_, err := fmt.Sscanf(e.ID, "call-%d", &n)
					require.NoError(t, err)
					got = append(got, n)
				}
				require.Equal(t, tc.want, got)
			})
		}
	})
}

func TestSearchFilters(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		for i := range 12 {
			c := call(i)
			if i%2 == 1 {
				c.Person = wire.Person{ID: "bob@example.com", Name: "Bob"}
			}
			if i%3 == 0 {
				c.System = "nx"
			}
			if i%4 == 0 {
				c.Operation = operation.DNCAdd
			}
			outcome := wire.Accepted
			if i == 5 {
				outcome = wire.Unknown
			}
			finish(t, l, c, outcome)
		}
		for _, tc := range []struct {
			name   string
			filter wire.Filter
			only   string
			want   string
		}{
			{"all, newest first", wire.Filter{}, "", "11 10 9 8 7 6 5 4 3 2 1 0"},
			{"system", wire.Filter{System: "nx"}, "", "9 6 3 0"},
			{"operation", wire.Filter{Operation: operation.DNCAdd}, "", "8 4 0"},
			{"person", wire.Filter{Person: "bob@example.com"}, "", "11 9 7 5 3 1"},
			{"only wins over the filter", wire.Filter{Person: "bob@example.com"}, "amy@example.com", ""},
			{"only one's own", wire.Filter{System: "nx"}, "amy@example.com", "6 0"},
			{"unknown", wire.Filter{Outcome: wire.Unknown}, "", "5"},
			{"all at once", wire.Filter{System: "acme", Operation: operation.DNCAdd, Person: "amy@example.com", Outcome: wire.Accepted, Number: "0100"}, "", "8 4"},
			{"before", wire.Filter{Before: "call-000003"}, "", "2 1 0"},
			{"limit", wire.Filter{Limit: 2}, "", "11 10 …"},
			{"a limit beyond the cap is the cap", wire.Filter{Limit: 100000}, "", "11 10 9 8 7 6 5 4 3 2 1 0"},
			{"exactly the rest", wire.Filter{Before: "call-000002", Limit: 2}, "", "1 0"},
		} {
			t.Run(tc.name, func(t *testing.T) {
				page, err := l.Search(t.Context(), tc.filter, tc.only)
				require.NoError(t, err)
				var got []string
				for _, e := range page.Entries {
					got = append(got, strings.TrimLeft(strings.TrimPrefix(e.ID, "call-"), "0"))
					if got[len(got)-1] == "" {
						got[len(got)-1] = "0"
					}
				}
				if page.More {
					got = append(got, "…")
				}
				require.Equal(t, tc.want, strings.Join(got, " "))
			})
		}
	})
}

func TestPagesMeetEveryCallOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := opened(t, db)
		for i := range 25 {
			finish(t, l, call(i), wire.Accepted)
		}
		seen := map[string]int{}
		f := wire.Filter{Limit: 4}
		for more := true; more; {
			page, err := l.Search(t.Context(), f, "")
			require.NoError(t, err)
			for _, e := range page.Entries {
				seen[e.ID]++
				f.Before = e.ID
			}
			more = page.More
		}
		require.Len(t, seen, 25)
		for id, n := range seen {
			require.Equal(t, 1, n, id)
		}
	})
}

func TestALongAnswerIsCutAndSaysSo(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l, c := opened(t, db), call(1)
		start(t, l, c)
		e := end(wire.Accepted, 1)
		e.Response = json.RawMessage(`"` + strings.Repeat("é", MaxResponse) + `"`)
		require.NoError(t, l.Finish(t.Context(), c.ID, e))
		entry, err := l.Entry(t.Context(), c.ID)
		require.NoError(t, err)
		var text string
		require.NoError(t, json.Unmarshal(entry.Response, &text), "what is kept is JSON")
		require.Contains(t, text, fmt.Sprintf("[cut: the ledger keeps the first %d of %d bytes]", MaxResponse, len(e.Response)))

		page, err := l.Search(t.Context(), wire.Filter{}, "")
		require.NoError(t, err)
		require.True(t, page.Entries[0].Brief)
		require.Nil(t, page.Entries[0].Response)
		require.JSONEq(t, string(c.Request), string(page.Entries[0].Request))
	})
}
