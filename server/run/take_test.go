package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

func idle(t testing.TB, db *database.DB, change ...func(*wire.Limits)) *server {
	l := limits
	for _, c := range change {
		c(&l)
	}
	s, err := open(t.Context(), db, setup{limits: &l, callers: map[string]upstream.Caller{"acme": script(fine), "nx": script(fine)}})
	require.NoError(t, err)
	s.t = t
	t.Cleanup(s.rest)
	return s
}

func (s *server) stored(table string) (n int) {
	s.t.Helper()
	require.NoError(s.t, s.db.Reader.QueryRow(`SELECT COUNT(*) FROM `+table).Scan(&n))
	return n
}

func TestTheSameKeyIsTheSameRun(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := idle(t, db)
		o := order(operation.SMSSend, singles(operation.SMSSend, 0, 3))
		first, err := s.take(sam, "key-one-1", o)
		require.NoError(t, err)
		again, err := s.take(sam, "key-one-1", o)
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		require.Equal(t, 3, again.Waiting)
		o.Title = "another"
		_, err = s.take(sam, "key-one-1", o)
		require.ErrorIs(t, err, problem.KeyReused)
		other, err := s.take(ana, "key-one-1", o)
		require.NoError(t, err, "keys are each person's own")
		require.NotEqual(t, first.ID, other.ID)
		require.Equal(t, 2, s.stored("runs"))
	})
}

// At the same moment too.
func TestTheSameKeyAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := idle(t, db)
		o := order(operation.SMSSend, singles(operation.SMSSend, 0, 50))
		ids, errs := make(chan string, 8), make(chan error, 8)
		for range cap(ids) {
			go func() {
				one, err := s.take(sam, "key-one-1", o)
				ids <- one.ID
				errs <- err
			}()
		}
		seen := map[string]bool{}
		for range cap(ids) {
			require.NoError(t, <-errs)
			seen[<-ids] = true
		}
		require.Len(t, seen, 1)
		require.Equal(t, 1, s.stored("runs"))
		require.Equal(t, 50, s.stored("run_rows"))
	})
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := idle(t, db)
		body := mustEncode(order(operation.SMSSend, singles(operation.SMSSend, 0, 900)))
		for name, from := range map[string]io.Reader{
			"the connection breaks": io.MultiReader(bytes.NewReader(body[:len(body)*4/5]), iotest.ErrReader(errors.New("reset"))),
			"it just ends":          bytes.NewReader(body[:len(body)*4/5]),
			"something follows":     io.MultiReader(bytes.NewReader(body), strings.NewReader("{}")),
		} {
			t.Run(name, func(t *testing.T) {
				_, err := s.Take(t.Context(), sam, "key-one-1", from)
				require.Error(t, err)
				for _, table := range []string{"runs", "run_calls", "run_rows", "run_tally"} {
					require.Zero(t, s.stored(table), table)
				}
			})
		}
		_, err := s.Take(t.Context(), sam, "key-one-1", bytes.NewReader(body))
		require.NoError(t, err, "the key is free")
	})
}

// What a process that died was taking in is removed when another looks.
func TestAHalfRunOfADeadProcessIsRemoved(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := idle(t, db)
		rec := record{role: operation.Supervisor, process: "dead", Run: run.Run{ID: newID(), Person: sam.Person, System: "acme", Operation: operation.SMSSend, CreatedAt: time.Now()}}
		require.NoError(t, s.store.begin(t.Context(), rec))
		require.NoError(t, s.store.add(t.Context(), rec.ID, []arrived{{rows: []arrivedRow{{Row: run.Row{Line: 1, Skip: "impossible"}}}}}))
		_, err := s.Get(t.Context(), ana, rec.ID)
		require.ErrorIs(t, err, problem.NoSuchRun, "it is not seen")
		require.NoError(t, s.sweep(t.Context()))
		for _, table := range []string{"runs", "run_rows", "run_tally"} {
			require.Zero(t, s.stored(table), table)
		}
	})
}

func TestWhatIsNotTaken(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	s := idle(t, db, func(l *wire.Limits) { l.RunRows, l.SMSRunRows, l.RunBytes = 50, 5, 1<<20 })
	sms := func(change func(*run.Order)) run.Order {
		return order(operation.SMSSend, singles(operation.SMSSend, 0, 2), change)
	}
	past := time.Now().AddDate(3, 0, 0)
	for _, tc := range []struct {
		name  string
		who   Person
		order run.Order
		want  error
		field string
	}{
		{"an agent", amy, sms(func(*run.Order) {}), problem.NotAllowed, ""},
		{"an administrator's operation", sam, order(operation.DNCRemove, []run.Call{list(operation.DNCRemove, 0, 2)}), problem.NotAllowed, ""},
		{"no note", sam, sms(func(o *run.Order) { o.Note = "  " }), problem.Invalid, "note"},
		{"a long note", sam, sms(func(o *run.Order) { o.Note = strings.Repeat("é", 2001) }), problem.Invalid, "note"},
		{"a long title", sam, sms(func(o *run.Order) { o.Title = strings.Repeat("é", 201) }), problem.Invalid, "title"},
		{"no such system", sam, sms(func(o *run.Order) { o.System = "other" }), problem.NoSuchSystem, ""},
		{"an operation of another kind", ana, sms(func(o *run.Order) { o.Operation = operation.CallbotImport }), problem.NoSuchOperation, ""},
		{"no list can be made for it", ana, sms(func(o *run.Order) { o.Operation = operation.ContactsList }), problem.NoSuchOperation, ""},
		{"any hour without a reason", sam, sms(func(o *run.Order) { o.Options.AnyHour = true }), problem.Invalid, "options.hours_note"},
		{"a scrub by Callbot", sam, sms(func(o *run.Order) { o.Options.Scrub = "nx" }), problem.NoSuchSystem, ""},
		{"a scrub of the list itself", sam, order(operation.DNCAdd, []run.Call{list(operation.DNCAdd, 0, 2)}, func(o *run.Order) { o.Options.Scrub = "acme" }), problem.Invalid, "options.scrub"},
		{"years ahead", sam, sms(func(o *run.Order) { o.Options.StartAt = &past }), problem.Invalid, "options.start_at"},
		{"no calls", sam, sms(func(o *run.Order) { o.Calls = nil }), problem.Malformed, ""},
		{"no rows", sam, sms(func(o *run.Order) { o.Calls = []run.Call{} }), problem.Invalid, "calls"},
		{"a line twice", sam, sms(func(o *run.Order) { o.Calls[1].Rows[0].Line = 1 }), problem.Invalid, "calls[1].rows[0].line"},
		{"line 0", sam, sms(func(o *run.Order) { o.Calls[0].Rows[0].Line = 0 }), problem.Invalid, "calls[0].rows[0].line"},
		{"rows and elements differ", sam, sms(func(o *run.Order) { o.Calls[0].Rows[0].Skip = "deselected" }), problem.Invalid, "calls[0].rows"},
		{"a row left out for no reason", sam, sms(func(o *run.Order) { o.Calls[0].Body = nil }), problem.Invalid, "calls[0].rows[0].skip"},
		{"too many texts", sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 6)), problem.Invalid, "calls"},
		{"too many rows", sam, order(operation.DNCAdd, []run.Call{list(operation.DNCAdd, 0, 51)}), problem.Invalid, "calls"},
		{"too many in one call", sam, order(operation.DNCCheck, []run.Call{{Rows: []run.Row{row(1, number(1)), row(2, number(2))}, Body: json.RawMessage(`{"phone_number":"+14152000001"}`)}}), problem.Invalid, "calls[0].rows"},
		{"an import in two", sam, order(operation.ContactsImport, []run.Call{list(operation.ContactsImport, 0, 2), list(operation.ContactsImport, 2, 2)}), problem.Invalid, "calls[1].body"},
		{"Callbot in two", ana, order(operation.CallbotImport, []run.Call{list(operation.CallbotImport, 0, 2), list(operation.CallbotImport, 2, 2)}), problem.Invalid, "calls[1].body"},
		{"a cell of a megabyte", sam, sms(func(o *run.Order) { o.Calls[0].Rows[0].Cells[0] = strings.Repeat("x", 40_000) }), problem.Invalid, "calls[0].rows[0].cells[0]"},
		{"too many bytes", sam, sms(func(o *run.Order) { o.Columns = []string{strings.Repeat("x", 2<<20)} }), problem.TooLarge, ""},
		{"the whole is wrong", sam, order(operation.ContactsImport, []run.Call{{Rows: []run.Row{row(1, number(1))}, Body: json.RawMessage(`{"contacts":[{"phone_number":"+14152000001"}]}`)}}), problem.Invalid, "calls[0].body.campaign_id"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := s.take(tc.who, newID(), tc.order)
			require.ErrorIs(t, err, tc.want)
			if tc.field != "" {
				var p *problem.Error
				require.ErrorAs(t, err, &p)
				require.Equal(t, tc.field, p.Problem.Fields[0].Field)
			}
			require.Zero(t, s.stored("runs"))
			require.Zero(t, s.stored("run_rows"))
		})
	}
	for name, body := range map[string]string{
		"not JSON":             `hello`,
		"a list":               `[]`,
		"a member twice":       `{"system":"acme","system":"acme","calls":[]}`,
		"an unknown member":    `{"system":"acme","colour":"red","calls":[]}`,
		"members after calls":  `{"system":"acme","operation":"sms.send","note":"n","calls":[],"title":"t"}`,
		"an unknown of a call": `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[],"color":1}]}`,
		"calls is no list":     `{"system":"acme","operation":"sms.send","note":"n","calls":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Take(t.Context(), sam, newID(), strings.NewReader(body))
			require.Error(t, err)
			require.ErrorIs(t, err, problem.Malformed)
			require.Zero(t, s.stored("runs"))
		})
	}
}

// Rows that our own judgement does not let leave stay in the run, with the
// reason; the others of their call leave.
func TestTheServerJudgesEachRow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var left sent
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			if p.Operation.Rule.Writes() {
				left.add(p)
			}
			return fine(p)
		})}})
		no := false
		c := run.Call{
			Rows: []run.Row{row(1, "(415) 200-0001"), row(2, "911"), row(3, "12"), row(4, "+1 415 200 0001"), {Line: 5, Cells: []string{}, Skip: run.ReasonDeselected}, row(6, "415.200.0006")},
			Body: json.RawMessage(`{"contacts":[{"phone_number":"(415) 200-0001"},{"phone_number":"911"},{"phone_number":"12"},{"phone_number":"+1 415 200 0001"},{"phone_number":"415.200.0006","expires_at":"2031-01-01 00:00:00 UTC"}]}`),
		}
		one := s.until(s.started(sam, order(operation.DNCAdd, []run.Call{c}, func(o *run.Order) { o.Options.Remember = &no })).ID, over)
		s.balanced(one)
		var got []string
		for _, r := range s.results(one.ID) {
			got = append(got, fmt.Sprint(r.Line, " ", r.Sent, " ", r.Outcome, " ", r.Reason))
		}
		require.Equal(t, []string{
			"1 +14152000001 accepted ", "2 911 skipped invalid", "3 12 skipped invalid", "4 +14152000001 skipped duplicate",
			"5  skipped deselected", "6 +14152000006 accepted ",
		}, got)
		require.Equal(t, 1, left.count("+14152000001"))
		require.Equal(t, "phone_number is an emergency or service number", s.results(one.ID)[1].Text)
	})
}

func FuzzTake(f *testing.F) {
	f.Add(`{"system":"acme","operation":"sms.send","note":"n","columns":["a"],"options":{},"calls":[{"rows":[{"line":1,"cells":["x"]}],"body":{"end_user_number":"+14152000001","outbound_number":"+16285550199","message":"m"}}]}`)
	f.Add(`{"system":"acme","operation":"dnc.add","note":"n","calls":[{"rows":[{"line":1,"cells":[]},{"line":2,"cells":[],"skip":"x"}],"body":{"contacts":[{"phone_number":"1"}]}}]}`)
	f.Add(`{"system":"nx","operation":"callbot.import","note":"n","calls":[{"rows":[{"line":1,"cells":[]}],"body":{"userTaskID":"t","callInfoList":{"callList":[{"userPhone":"+14152000001"}]}}}]}`)
	f.Add(`{"calls":null}`)
	db := databasetest.Open(f, database.SQLite)
	s := idle(f, db)
	f.Fuzz(func(t *testing.T, body string) {
		one, err := s.Take(t.Context(), ana, newID(), strings.NewReader(body))
		var p *problem.Error
		if err != nil {
			require.ErrorAs(t, err, &p, "what cannot be taken is the person's problem, never ours")
			require.Less(t, p.Status, 500)
			return
		}
		total := one.Waiting
		for _, n := range one.Counts {
			total += n
		}
		require.Equal(t, one.Rows, total)
	})
}
