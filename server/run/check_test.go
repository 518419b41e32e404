package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/server/upstream"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// gates are calling hours: those of some numbers open so long after they were
// first asked for.
type gates struct {
	after time.Duration
	mu    sync.Mutex
	shut  map[string]bool
	opens time.Time
}

func (g *gates) Opens(at time.Time, _ operation.Name, e164 string) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut[e164] {
		return at
	}
	if g.opens.IsZero() {
		g.opens = at.Add(g.after)
	}
	if g.opens.After(at) {
		return g.opens
	}
	return at
}

// at is when they open.
func (g *gates) at() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opens
}

func TestARowOutsideItsHoursWaits(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := &gates{after: 2 * time.Second, shut: map[string]bool{number(0): true, number(2): true}}
		var left sent
		var early atomic.Bool
		s := serve(t, db, setup{hours: g, callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			left.add(p)
			if n := p.Rows[0].Sent; (n == number(0) || n == number(2)) && time.Now().Before(g.at()) {
				early.Store(true)
			}
			return fine(p)
		})}})
		taken := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 5)))
		one := s.until(taken.ID, func(r run.Run) bool { return r.State == run.Resting })
		require.Equal(t, run.WhyHours, one.Why)
		require.Equal(t, 3, one.Counts[wire.Accepted], "the others went on")
		require.Equal(t, g.at().UTC().Truncate(time.Microsecond), *one.RestsUntil)
		one = s.until(taken.ID, over)
		require.Equal(t, 5, one.Counts[wire.Accepted])
		require.False(t, early.Load())

		free := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 5), func(o *run.Order) {
			o.Options.AnyHour, o.Options.HoursNote = true, "they asked to be texted now"
		}))
		require.Equal(t, 5, s.until(free.ID, over).Counts[wire.Accepted])
	})
}

func TestAListThatIsOneCallWaitsForAllItsNumbers(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		g := &gates{after: 2 * time.Second, shut: map[string]bool{number(2): true}}
		s := serve(t, db, setup{hours: g, callers: map[string]upstream.Caller{"nx": script(fine)}})
		taken := s.started(ana, order(operation.CallbotImport, []run.Call{list(operation.CallbotImport, 0, 3)}))
		one := s.until(taken.ID, func(r run.Run) bool { return r.State == run.Resting })
		require.Equal(t, 3, one.Waiting)
		one = s.until(taken.ID, over)
		require.False(t, one.FinishedAt.Before(g.at().Truncate(time.Microsecond)))
		require.Equal(t, 3, one.Counts[wire.Accepted])

		g.mu.Lock()
		g.opens = time.Now().AddDate(1, 0, 0)
		g.mu.Unlock()
		never := s.started(ana, order(operation.CallbotImport, []run.Call{list(operation.CallbotImport, 0, 3)}))
		one = s.until(never.ID, func(r run.Run) bool { return r.State == run.Paused })
		require.Equal(t, run.WhyNoHours, one.Why)
		require.Equal(t, 3, one.Waiting)
	})
}

// listing plays a do-not-call list beside another operation.
type listing struct {
	sent
	mu     sync.Mutex
	listed map[string]string // number → expiry, "" for good
	dead   map[string]bool   // numbers whose check is not answered
	checks sent
}

func (l *listing) Try(p operation.Prepared) (upstream.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := p.Rows[0].Sent
	if p.Operation.Name != operation.DNCCheck {
		l.add(p)
		return fine(p)
	}
	l.checks.add(p)
	if l.dead[n] {
		return noAnswer(p)
	}
	res, err := fine(p)
	until, is := l.listed[n]
	res.Response = json.RawMessage(fmt.Sprintf(`{"phone_number":%q,"expired_at":%q,"do_not_call":%t}`, n, until, is))
	return res, err
}

func TestScrub(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, op := range []operation.Name{operation.SMSSend, operation.CallbotImport} {
			t.Run(string(op), func(t *testing.T) {
				l := &listing{listed: map[string]string{number(1): "2031-01-01 00:00:00 UTC", number(2): ""}, dead: map[string]bool{number(3): true}}
				s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(l.Try), "nx": script(l.Try)}})
				calls := []run.Call{list(operation.CallbotImport, 0, 6)}
				if op == operation.SMSSend {
					calls = singles(op, 0, 6)
				}
				one := s.until(s.started(ana, order(op, calls, func(o *run.Order) { o.Options.Scrub = "acme" })).ID, over)
				s.balanced(one)
				require.Equal(t, map[string]int{run.ReasonDoNotCall: 2, run.ReasonUnchecked: 1}, one.Reasons)
				require.Equal(t, 3, one.Counts[wire.Accepted])
				require.Equal(t, 5, one.Checked)
				rows := s.results(one.ID)
				require.Equal(t, "2031-01-01T00:00:00Z", rows[1].Text)
				for _, r := range rows {
					require.Equal(t, r.Reason != run.ReasonUnchecked, r.CheckedAt != nil)
					if r.Outcome == wire.Accepted {
						require.Equal(t, 1, l.count(r.Sent))
						require.Equal(t, 1, l.checks.count(r.Sent))
						require.NotEmpty(t, r.Call)
					} else {
						require.Zero(t, l.count(r.Sent), "it did not leave")
					}
				}
			})
		}
	})
}

func TestDNCCheckRuns(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := &listing{listed: map[string]string{number(1): "2031-01-01 00:00:00 UTC", number(2): ""}, dead: map[string]bool{number(3): true}}
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(l.Try)}})
		one := s.until(s.started(sam, order(operation.DNCCheck, singles(operation.DNCCheck, 0, 5))).ID, over)
		s.balanced(one)
		require.Equal(t, map[string]int{run.ReasonOnList: 2, run.ReasonNotOnList: 2, wire.ReasonUnanswered: 1}, one.Reasons)
		rows := s.results(one.ID)
		require.Equal(t, "2031-01-01T00:00:00Z", rows[1].Text)
		require.Equal(t, wire.Unknown, rows[3].Outcome)
	})
}

func TestAnImportIsFollowedToItsEnd(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, tc := range []struct {
			name    string
			job     string // its last answer
			outcome wire.Outcome
			reason  string
			text    string
		}{
			{"completed", `{"id":7,"status":"completed"}`, wire.Accepted, "", ""},
			{"failed", `{"id":7,"status":"failed","error_message":"Internal Error","error_details":"NativePowerDial::ContactService::DuplicateContactPhoneOnCampaign"}`,
				wire.Refused, ccai.CodeJobDuplicatePhone, "NativePowerDial::ContactService::DuplicateContactPhoneOnCampaign"},
		} {
			t.Run(tc.name, func(t *testing.T) {
				var asked atomic.Int64
				s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
					res, err := fine(p)
					switch p.Operation.Name {
					case operation.ContactsImport:
						res.JobID = "7"
						for i := range res.Rows {
							res.Rows[i].Reason = ccai.CodeInJob
						}
					case operation.ContactsJob:
						switch asked.Add(1) {
						case 1:
							res.Response = json.RawMessage(`{"id":7,"status":"in_progress"}`)
						case 2:
							return says(upstream.Failed, 500, wire.Unknown, "ccai.failed")(p)
						case 3:
							res.Response = json.RawMessage(`{"id":7,"status":"half_way"}`)
						default:
							res.Response = json.RawMessage(tc.job)
						}
					}
					return res, err
				})}})
				taken := s.started(sam, order(operation.ContactsImport, []run.Call{list(operation.ContactsImport, 0, 4)}))
				one := s.until(taken.ID, over)
				require.Equal(t, run.Finished, one.State)
				require.Equal(t, "7", one.JobID)
				require.Equal(t, 4, one.Counts[tc.outcome])
				s.balanced(one)
				for _, r := range s.results(one.ID) {
					require.Equal(t, tc.reason, r.Reason)
					require.Equal(t, tc.text, r.Text)
					require.NotEmpty(t, r.Call)
				}
			})
		}
	})
}

// dncOf is the list of the simulator as dnc.check tells it.
func dncOf(t *testing.T, c upstream.Caller, number string) (listed bool, until string) {
	t.Helper()
	op, _ := operation.Find(operation.DNCCheck)
	res, err := c.Try(t.Context(), operation.Prepared{Operation: op, Input: &ccai.DNCCheck{PhoneNumber: number}, Rows: []operation.Item{{Sent: number}}})
	require.NoError(t, err)
	check, err := ccai.ReadCheck(res.Response)
	require.NoError(t, err)
	if check.ExpiresAt != nil {
		until = check.ExpiresAt.Format(time.RFC3339)
	}
	return check.Listed(), until
}

func TestUndoOfAdditionsRestoresWhatWasThere(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		_, acme := simulated(t)
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": acme}})
		add := func(n int, until string) run.Call {
			body := fmt.Sprintf(`{"contacts":[{"phone_number":%q,"expires_at":%q}]}`, number(n), until)
			return run.Call{Rows: []run.Row{row(n+1, number(n))}, Body: json.RawMessage(body)}
		}
		// Number 1 was on the list until 2031, number 2 is the same before and after.
		s.until(s.started(sam, order(operation.DNCAdd, []run.Call{add(1, "2031-01-01 00:00:00 UTC"), add(2, "2040-01-01 00:00:00 UTC")})).ID, over)
		both := list(operation.DNCAdd, 0, 5)
		both.Body = json.RawMessage(fmt.Sprintf(`{"contacts":[{"phone_number":%q,"expires_at":"2040-01-01T00:00:00Z"},{"phone_number":%q,"expires_at":"2040-01-01T00:00:00Z"},`+
			`{"phone_number":%q,"expires_at":"2040-01-01T00:00:00Z"},{"phone_number":%q,"expires_at":"2040-01-01T00:00:00Z"},{"phone_number":%q}]}`, number(0), number(1), number(2), number(3), number(4)))
		second := s.until(s.started(ana, order(operation.DNCAdd, []run.Call{both})).ID, over)
		require.Equal(t, 5, second.Counts[wire.Accepted]+second.Counts[wire.Updated])
		require.True(t, *second.Options.Remember)
		require.True(t, second.Undoable)
		// Somebody changes number 3 meanwhile.
		s.until(s.started(sam, order(operation.DNCAdd, []run.Call{add(3, "2050-01-01 00:00:00 UTC")})).ID, over)

		_, err := s.Undo(t.Context(), sam, second.ID, "a mistake")
		require.ErrorIs(t, err, problem.NoSuchRun)
		_, err = s.Undo(t.Context(), ana, second.ID, " ")
		require.ErrorIs(t, err, problem.Invalid)
		undo, err := s.Undo(t.Context(), ana, second.ID, "a mistake")
		require.NoError(t, err)
		again, err := s.Undo(t.Context(), ana, second.ID, "a mistake")
		require.NoError(t, err)
		require.Equal(t, undo.ID, again.ID)
		require.Equal(t, second.ID, undo.Undoes)
		undo = s.until(undo.ID, over)
		s.balanced(undo)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 2, wire.Updated: 1, wire.Skipped: 2}, undo.Counts)
		require.Equal(t, map[string]int{run.ReasonChanged: 1, run.ReasonNothing: 1}, undo.Reasons)

		want := []struct {
			listed bool
			until  string
		}{{false, ""}, {true, "2031-01-01T00:00:00Z"}, {true, "2040-01-01T00:00:00Z"}, {true, "2050-01-01T00:00:00Z"}, {false, ""}}
		for i, w := range want {
			listed, until := dncOf(t, acme, number(i))
			require.Equal(t, w.listed, listed, i)
			require.Equal(t, w.until, until, i)
		}
		gone, err := s.Get(t.Context(), ana, second.ID)
		require.NoError(t, err)
		require.False(t, gone.Undoable, "it was taken back")
	})
}

func TestUndoOfRemovals(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		_, acme := simulated(t)
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": acme}})
		add := run.Call{Rows: []run.Row{row(1, number(0)), row(2, number(1))}, Body: json.RawMessage(
			fmt.Sprintf(`{"contacts":[{"phone_number":%q,"expires_at":"2031-01-01T00:00:00Z"},{"phone_number":%q}]}`, number(0), number(1)))}
		s.until(s.started(ana, order(operation.DNCAdd, []run.Call{add})).ID, over)
		removed := s.until(s.started(ana, order(operation.DNCRemove, []run.Call{list(operation.DNCRemove, 0, 3)})).ID, over)
		require.Equal(t, 3, removed.Counts[wire.Accepted])
		undo, err := s.Undo(t.Context(), ana, removed.ID, "a mistake")
		require.NoError(t, err)
		undo = s.until(undo.ID, over)
		require.Equal(t, map[wire.Outcome]int{wire.Accepted: 2, wire.Skipped: 1}, undo.Counts)
		for i, want := range []string{"2031-01-01T00:00:00Z", ""} {
			listed, until := dncOf(t, acme, number(i))
			require.True(t, listed)
			require.Equal(t, want, until)
		}
		listed, _ := dncOf(t, acme, number(2))
		require.False(t, listed)
	})
}

func TestUndoOfContacts(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, op := range []operation.Name{operation.ContactsAdd, operation.ContactsImport} {
			t.Run(string(op), func(t *testing.T) {
				_, acme := simulated(t)
				s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": acme}})
				calls := []run.Call{list(op, 0, 3)}
				if op == operation.ContactsAdd {
					calls = singles(op, 0, 3)
				}
				added := s.until(s.started(sam, order(op, calls)).ID, over)
				require.Equal(t, 3, added.Counts[wire.Accepted], added.Reasons)
				// One is renamed, one is gone.
				change := func(name operation.Name, input any) {
					o, _ := operation.Find(name)
					_, err := acme.Try(t.Context(), operation.Prepared{Operation: o, Input: input, Rows: []operation.Item{{}}})
					require.NoError(t, err)
				}
				contacts := contactsOf(t, acme)
				require.Len(t, contacts, 3)
				change(operation.ContactUpdate, &ccai.ContactUpdate{CampaignID: 7001, ContactID: contacts[0].ID, Name: "Another"})
				change(operation.ContactDelete, &ccai.ContactDelete{CampaignID: 7001, ContactID: contacts[1].ID})
				undo, err := s.Undo(t.Context(), sam, added.ID, "the wrong campaign")
				require.NoError(t, err)
				undo = s.until(undo.ID, over)
				s.balanced(undo)
				require.Equal(t, 2, undo.Reasons[run.ReasonChanged], undo.Reasons)
				require.Equal(t, 1, undo.Counts[wire.Accepted])
				left := contactsOf(t, acme)
				require.Len(t, left, 1)
				require.Equal(t, "Another", left[0].Name)
			})
		}
	})
}

func contactsOf(t *testing.T, c upstream.Caller) []ccai.ListedContact {
	t.Helper()
	op, _ := operation.Find(operation.ContactsList)
	res, err := c.Try(t.Context(), operation.Prepared{Operation: op, Input: &ccai.ContactsList{CampaignID: 7001}, Rows: []operation.Item{{}}})
	require.NoError(t, err)
	contacts, err := ccai.ReadContacts(res.Response)
	require.NoError(t, err)
	return contacts
}

func TestDryRunsLeaveNoTraceInTheLedger(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(operation.Prepared) (upstream.Result, error) {
			return upstream.Result{}, errors.New("a dry run reached the real upstream")
		})}})
		rehearsal := serve(t, databasetest.Open(t, database.SQLite), setup{callers: map[string]upstream.Caller{"acme": script(fine)}})
		s.Runs.Dry = func() (Desk, Keys, error) { return rehearsal.calls, rehearsal.ledger, nil }
		one := s.until(s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 5), func(o *run.Order) { o.Options.Dry = true })).ID, over)
		require.True(t, one.Options.Dry)
		require.Equal(t, 5, one.Counts[wire.Accepted])
		require.False(t, one.Undoable)
		for _, r := range s.results(one.ID) {
			require.Empty(t, r.Call)
		}
		page, err := s.ledger.Search(t.Context(), wire.Filter{}, "")
		require.NoError(t, err)
		require.Empty(t, page.Entries)
	})
}

// Rows have their outcome as soon as the ledger has it; what the checks after
// it show is added.
func TestProofsComeAfterTheOutcome(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		gate := make(chan struct{})
		l := &listing{listed: map[string]string{number(0): "", number(1): ""}}
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(func(p operation.Prepared) (upstream.Result, error) {
			if p.Operation.Name == operation.DNCCheck {
				<-gate
			}
			return l.Try(p)
		})}})
		no := false
		taken := s.started(sam, order(operation.DNCAdd, []run.Call{list(operation.DNCAdd, 0, 3)}, func(o *run.Order) { o.Options.Remember = &no }))
		one := s.until(taken.ID, func(r run.Run) bool { return r.Waiting == 0 })
		require.Equal(t, 3, one.Counts[wire.Accepted])
		require.False(t, one.State.Ended(), "the proofs are still to come")
		require.Empty(t, s.results(one.ID)[0].Proof)
		close(gate)
		one = s.until(taken.ID, over)
		var proofs []wire.Proof
		for _, r := range s.results(one.ID) {
			proofs = append(proofs, r.Proof)
		}
		require.Equal(t, []wire.Proof{wire.Confirmed, wire.Confirmed, wire.Contradicted}, proofs)

		without := s.until(s.started(sam, order(operation.DNCAdd, []run.Call{list(operation.DNCAdd, 10, 3)}, func(o *run.Order) { o.Options.Remember, o.Options.Prove = &no, &no })).ID, over)
		for _, r := range s.results(without.ID) {
			require.Empty(t, r.Proof)
			require.Zero(t, l.checks.count(r.Sent))
		}
	})
}

// A duplicate would fail the whole job of an import: it is left out, and named.
func TestDuplicatesOfAnImportAreLeftOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := serve(t, db, setup{callers: map[string]upstream.Caller{"acme": script(fine)}})
		c := run.Call{Rows: []run.Row{row(1, number(0)), row(2, number(0)), row(3, number(1))}, Body: json.RawMessage(
			fmt.Sprintf(`{"campaign_id":7,"contacts":[{"phone_number":%q},{"phone_number":%q},{"phone_number":%q}]}`, number(0), number(0), number(1)))}
		one := s.until(s.started(sam, order(operation.ContactsImport, []run.Call{c})).ID, over)
		require.Equal(t, map[string]int{run.ReasonDuplicate: 1}, one.Reasons)
		require.Equal(t, 2, one.Counts[wire.Accepted])
	})
}
