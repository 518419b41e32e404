package call

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/ledger"
	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
	"outdial/shared/wire"
)

// bodies hold a request of every operation.
var bodies = map[operation.Name]string{
	operation.DNCAdd:         `{"contacts":[{"phone_number":"(415) 555-0100","expires_at":"2031-01-31 00:00:00 UTC"}],"note":"asked"}`,
	operation.DNCRemove:      `{"phone_numbers":["+14155550100"],"note":"asked"}`,
	operation.DNCCheck:       `{"phone_number":"+14155550100"}`,
	operation.SMSSend:        `{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":"hello"}`,
	operation.ContactsAdd:    `{"campaign_id":7,"phone_number":"+14155550100"}`,
	operation.ContactsList:   `{"campaign_id":7}`,
	operation.ContactsImport: `{"campaign_id":7,"contacts":[{"phone_number":"+14155550100"},{"phone_number":"+14155550101"}]}`,
	operation.ContactsJob:    `{"campaign_id":7,"job_id":9}`,
	operation.ContactUpdate:  `{"campaign_id":7,"contact_id":3,"name":"New","phone_number":"+14155550100"}`,
	operation.ContactDelete:  `{"campaign_id":7,"contact_id":3}`,
	operation.CampaignsList:  `{}`,
	operation.AgentsList:     `{}`,
	operation.CCAIPing:       `{}`,
	operation.CallbotImport:  `{"userTaskID":"t1","callInfoList":{"callList":[{"userPhone":"+14155550100"},{"userPhone":"+14155550101"}]}}`,
	operation.CallbotPing:    `{}`,
}

// caller answers tries by a script and remembers them.
type caller struct {
	mu     sync.Mutex
	tries  map[operation.Name]int
	inputs []string // what would have left, in order
	script func(ctx context.Context, p operation.Prepared, n int) (upstream.Result, error)
}

func (c *caller) Try(ctx context.Context, p operation.Prepared) (upstream.Result, error) {
	req, err := p.Operation.Request(p.Input)
	if err != nil {
		return upstream.Result{}, err
	}
	c.mu.Lock()
	if c.tries == nil {
		c.tries = map[operation.Name]int{}
	}
	c.tries[p.Operation.Name]++
	n := c.tries[p.Operation.Name]
	c.inputs = append(c.inputs, strings.TrimSpace(req.Path+"?"+req.Query+" "+string(req.Body)))
	c.mu.Unlock()
	return c.script(ctx, p, n)
}

func (c *caller) count(n operation.Name) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries[n]
}

// The answers that a try can be given.

func fine(p operation.Prepared, response string) (upstream.Result, error) {
	return upstream.Result{
		Status: 200, RequestID: "r-fine", Response: json.RawMessage(response),
		Outcome: wire.Accepted, Rows: upstream.Rows(p.Rows, wire.Accepted, "", ""),
	}, nil
}

func answers(class upstream.Class, status int, outcome wire.Outcome, code string) func(operation.Prepared) (upstream.Result, error) {
	return func(p operation.Prepared) (upstream.Result, error) {
		return upstream.Result{
			Class: class, Status: status, Response: json.RawMessage(`{"message":"` + code + `"}`),
			Outcome: outcome, Rows: upstream.Rows(p.Rows, outcome, code, "the upstream's words"),
			Error: &wire.Error{Code: code, Message: "the upstream's words"},
		}, nil
	}
}

var (
	saysNo    = answers(upstream.Refused, 400, wire.Refused, "no")
	saysWait  = answers(upstream.PutOff, 429, wire.Refused, "busy")
	saysFails = answers(upstream.Failed, 500, wire.Unknown, "fails")
)

func noDial(operation.Prepared) (upstream.Result, error) {
	return upstream.Result{}, &upstream.NeverLeft{Cause: errors.New("connection refused")}
}

func noAnswer(operation.Prepared) (upstream.Result, error) {
	return upstream.Result{}, &upstream.Unanswered{Cause: errors.New("connection reset")}
}

func panics(operation.Prepared) (upstream.Result, error) { panic("a mistake of ours") }

// desk is a Desk with a ledger of its own, a scripted upstream of each kind
// and what was told to the person.
type desk struct {
	*Desk
	t      *testing.T
	ledger *ledger.Ledger
	caller *caller
	mu     sync.Mutex
	events []wire.Event
}

var kinds = map[operation.System]string{operation.CCAI: "acme", operation.Callbot: "nx"}

func newDesk(t *testing.T, script func(ctx context.Context, p operation.Prepared, n int) (upstream.Result, error), change ...func(*Config)) *desk {
	t.Helper()
	return newDeskAt(t, databasetest.New(t, database.SQLite), script, change...)
}

// onBoth runs a test on a new database of each dialect, in a bubble of time.
// The database is made outside: who waits for it there would hold the bubble up.
func onBoth(t *testing.T, test func(t *testing.T, at database.Config)) {
	t.Helper()
	for _, d := range databasetest.Dialects() {
		at := databasetest.New(t, d)
		t.Run(string(d), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, at) })
		})
	}
}

// newDeskAt is a newDesk whose ledger is in that database.
func newDeskAt(t *testing.T, at database.Config, script func(ctx context.Context, p operation.Prepared, n int) (upstream.Result, error), change ...func(*Config)) *desk {
	t.Helper()
	db := databasetest.Reopen(t, at)
	l := ledger.New(db, databasetest.Join(t, db))
	d := &desk{t: t, ledger: l, caller: &caller{script: script}}
	c := Config{
		Ledger: l,
		Judge:  library.New(),
		Now:    time.Now,
		NewID:  ids(),
		Random: func() float64 { return 0.5 },
		Emit: func(person string, e wire.Event) {
			d.mu.Lock()
			defer d.mu.Unlock()
			require.Equal(t, amy.ID, person)
			d.events = append(d.events, e)
		},
	}
	for kind, id := range kinds {
		th, err := throttle.New(10, 50, time.Now)
		require.NoError(t, err)
		c.Systems = append(c.Systems, System{ID: id, Kind: kind, Region: "US", Caller: d.caller, Throttle: th})
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	d.Desk, err = New(c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Shutdown(context.Background())) })
	return d
}

// ids are time-ordered like the ones of the program.
func ids() func() string {
	var mu sync.Mutex
	n := 0
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("id-%06d", n)
	}
}

var amy = wire.Person{ID: "amy@example.com", Name: "Amy"}

func order(name operation.Name, key string) Order {
	op, _ := operation.Find(name)
	return Order{Person: amy, Role: operation.Admin, System: kinds[op.System], Operation: name, Key: key, Body: []byte(bodies[name])}
}

func (d *desk) entry(id string) wire.Entry {
	d.t.Helper()
	e, err := d.ledger.Entry(d.t.Context(), id)
	require.NoError(d.t, err)
	return e
}

func (d *desk) everything() []wire.Entry {
	d.t.Helper()
	page, err := d.ledger.Search(d.t.Context(), wire.Filter{}, "")
	require.NoError(d.t, err)
	return page.Entries
}

// problemOf demands that an error is one of ours.
func problemOf(t *testing.T, err error) *problem.Error {
	t.Helper()
	var p *problem.Error
	require.ErrorAs(t, err, &p)
	return p
}

func TestWhatIsTurnedAway(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(context.Context, operation.Prepared, int) (upstream.Result, error) {
			t.Error("nothing may leave")
			return upstream.Result{}, nil
		})
		good := order(operation.SMSSend, "key-00000001")
		for _, tc := range []struct {
			name   string
			change func(*Order)
			want   *problem.Error
		}{
			{"no such system", func(o *Order) { o.System = "other" }, problem.NoSuchSystem},
			{"no such operation", func(o *Order) { o.Operation = "sms.read" }, problem.NoSuchOperation},
			{"an operation of the other kind", func(o *Order) { o.System = "nx" }, problem.NoSuchOperation},
			{"too small a role", func(o *Order) { o.Role, o.Operation = operation.Agent, operation.DNCAdd }, problem.NotAllowed},
			{"no role", func(o *Order) { o.Role = "" }, problem.NotAllowed},
			{"no key", func(o *Order) { o.Key = "" }, problem.KeyMissing},
			{"a short key", func(o *Order) { o.Key = "1234567" }, problem.KeyMissing},
			{"a long key", func(o *Order) { o.Key = strings.Repeat("k", 129) }, problem.KeyMissing},
			{"an odd key", func(o *Order) { o.Key = "key 00000001" }, problem.KeyMissing},
			{"no JSON", func(o *Order) { o.Body = []byte(`{`) }, problem.Malformed},
			{"nothing", func(o *Order) { o.Body = nil }, problem.Malformed},
			{"an array", func(o *Order) { o.Body = []byte(`[]`) }, problem.Malformed},
			{"an unknown field", func(o *Order) { o.Body = []byte(`{"massage":"hi"}`) }, problem.Invalid},
			{"an emergency number", func(o *Order) {
				o.Body = []byte(`{"end_user_number":"911","outbound_number":"+16285550199","message":"hello"}`)
			}, problem.Invalid},
		} {
			o := good
			tc.change(&o)
			_, err := d.Make(t.Context(), o)
			require.ErrorIs(t, err, tc.want, tc.name)
			if tc.want == problem.Invalid {
				require.NotEmpty(t, problemOf(t, err).Problem.Fields, tc.name)
			}
		}
		require.Empty(t, d.everything(), "what is turned away is no call")
		require.Empty(t, d.events)
	})
}

func TestAWriteIsRecordedAndAnsweredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, _ int) (upstream.Result, error) {
			return fine(p, `{"id":42,"status":"selecting"}`)
		})
		o := order(operation.SMSSend, "key-00000001")
		o.Body = []byte(`{"end_user_number": "(415) 555-0100", "outbound_number":"+16285550199", "message":"hello", "note":"she asked"}`)
		first, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, wire.Accepted, first.Outcome)
		require.JSONEq(t, `{"id":42,"status":"selecting"}`, string(first.Response))

		e := d.entry(first.ID)
		require.Equal(t, wire.Finished, e.State)
		require.Equal(t, 1, e.Tries)
		require.Equal(t, "she asked", e.Note)
		require.Equal(t, string(o.Body), string(e.Request), "as it was posted")
		require.Equal(t, []wire.Row{{Index: 0, Outcome: wire.Accepted, Typed: "(415) 555-0100", Sent: "+14155550100"}}, e.Rows)

		again := o
		again.Body = []byte(`{"end_user_number":"(415) 555-0100","outbound_number":"+16285550199","message":"hello","note":"she asked"}`)
		second, err := d.Make(t.Context(), again)
		require.NoError(t, err)
		require.Equal(t, first, second, "white space makes no other request")
		require.Equal(t, 1, d.caller.count(operation.SMSSend))

		again.Body = []byte(bodies[operation.SMSSend])
		_, err = d.Make(t.Context(), again)
		require.ErrorIs(t, err, problem.KeyReused)
		require.Equal(t, first.ID, problemOf(t, err).Call)
		require.Equal(t, 1, d.caller.count(operation.SMSSend))

		require.Equal(t, []wire.Event{
			{Call: first.ID, Operation: operation.SMSSend, State: wire.Started, Phase: wire.Queued},
			{Call: first.ID, Operation: operation.SMSSend, State: wire.Leaving, Phase: wire.Sending},
			{Call: first.ID, Operation: operation.SMSSend, State: wire.Finished, Outcome: wire.Accepted},
		}, d.events)
	})
}

// A key answers what was answered, even when the same body would not pass any more.
func TestAStoredAnswerOutlivesItsDate(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, _ int) (upstream.Result, error) { return saysNo(p) })
		o := order(operation.DNCAdd, "key-00000001")
		until := time.Now().Add(time.Hour).UTC().Format("2006-01-02 15:04:05 UTC")
		o.Body = []byte(`{"contacts":[{"phone_number":"+14155550100","expires_at":"` + until + `"}]}`)
		first, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		<-time.After(2 * time.Hour)
		second, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, first, second)
		o.Key = "key-00000002"
		_, err = d.Make(t.Context(), o)
		require.ErrorIs(t, err, problem.Invalid, "a new call with a date in the past")
	})
}

func TestOneKeyFromManyAtOnceIsSentOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, _ int) (upstream.Result, error) {
			<-time.After(time.Second)
			return fine(p, `{}`)
		})
		var group sync.WaitGroup
		var mu sync.Mutex
		made := map[string]int{}
		for range 40 {
			group.Go(func() {
				e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					made[e.ID]++
				} else if !errors.Is(err, problem.Running) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		require.Len(t, made, 1)
		require.Equal(t, 1, d.caller.count(operation.SMSSend))
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Contains(t, made, e.ID)
	})
}

func TestABrowserThatGoesAwayChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(ctx context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				t.Error("the try was cut off")
			}
			if n == 1 {
				return saysWait(p)
			}
			return fine(p, `{}`)
		})
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan wire.Envelope, 1)
		go func() {
			e, err := d.Make(ctx, order(operation.SMSSend, "key-00000001"))
			if err != nil {
				t.Error(err)
			}
			result <- e
		}()
		synctest.Wait()
		cancel()
		made := <-result
		require.Equal(t, wire.Accepted, made.Outcome)
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, made, e)
	})
}

func TestAReadEndsWithItsBrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(ctx context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			<-ctx.Done()
			return upstream.Result{}, &upstream.Unanswered{Cause: ctx.Err()}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := d.Make(ctx, order(operation.DNCCheck, ""))
		require.ErrorIs(t, err, problem.UpstreamTimeout)
		require.Equal(t, time.Second, time.Since(begun))
		require.Equal(t, 1, d.caller.count(operation.DNCCheck))
	})
}

func TestOrderIDsAreMadeOnceAndKept(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			if n == 1 {
				return saysWait(p)
			}
			return fine(p, `{"retCode":0}`)
		})
		o := order(operation.CallbotImport, "key-00000001")
		first, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, 2, d.caller.count(operation.CallbotImport))
		require.Equal(t, d.caller.inputs[0], d.caller.inputs[1], "both tries send the same bytes")

		var request struct {
			CallInfoList struct {
				CallList []struct{ OrderID, UserPhone string }
			}
		}
		require.NoError(t, json.Unmarshal(d.entry(first.ID).Request, &request))
		require.Len(t, request.CallInfoList.CallList, 2)
		for _, c := range request.CallInfoList.CallList {
			require.NotEmpty(t, c.OrderID)
			require.Contains(t, d.caller.inputs[0], c.OrderID, "the ledger names what was sent")
			require.True(t, strings.HasPrefix(c.UserPhone, "+"), "the spelling is the person's")
		}
		second, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, first, second, "the same body is the same request, though ids would be made anew")
	})
}

func TestAFullThrottleTurnsAwayBeforeAnythingIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		release := make(chan struct{})
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			<-release
			return fine(p, `{}`)
		}, func(c *Config) {
			for i := range c.Systems {
				var err error
				c.Systems[i].Throttle, err = throttle.New(10, 1, time.Now)
				require.NoError(t, err)
			}
		})
		done := make(chan struct{})
		go func() {
			defer close(done)
			if _, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001")); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		for _, o := range []Order{order(operation.SMSSend, "key-00000002"), order(operation.DNCCheck, "")} {
			_, err := d.Make(t.Context(), o)
			require.ErrorIs(t, err, problem.ThrottleFull)
			require.Positive(t, problemOf(t, err).RetryAfter)
		}
		require.Len(t, d.everything(), 1)
		close(release)
		<-done
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000002"))
		require.NoError(t, err, "the key that was turned away is still free")
		require.Equal(t, wire.Accepted, e.Outcome)
	})
}

func TestACallWhoseTurnDoesNotComeIsSkipped(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) { return fine(p, `{}`) })
		require.NoError(t, d.systems["acme"].Throttle.PutOff(t.Context(), 4*time.Minute))
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Skipped, e.Outcome)
		require.Equal(t, wire.ReasonWaited, e.Error.Code)
		require.Equal(t, 0, d.entry(e.ID).Tries)
		_, err = d.Make(t.Context(), order(operation.DNCCheck, ""))
		require.ErrorIs(t, err, problem.ThrottleFull)
		require.Zero(t, d.caller.count(operation.SMSSend))
	})
}

// badLedger fails where it is told to.
type badLedger struct {
	Ledger
	start, leave, finish func() error
}

func (b badLedger) Start(ctx context.Context, c ledger.Call) (*wire.Entry, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	return b.Ledger.Start(ctx, c)
}

func (b badLedger) Leave(ctx context.Context, id string, at time.Time) error {
	if err := b.leave(); err != nil {
		return err
	}
	return b.Ledger.Leave(ctx, id, at)
}

func (b badLedger) Finish(ctx context.Context, id string, end ledger.End) error {
	if err := b.finish(); err != nil {
		return err
	}
	return b.Ledger.Finish(ctx, id, end)
}

// The calls of a run wait for their first turn as long as it takes, unless the
// run is stopped meanwhile.
func TestCallsOfARunWait(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) { return fine(p, `{}`) },
			func(c *Config) {
				for i := range c.Systems {
					var err error
					c.Systems[i].Throttle, err = throttle.New(10, 1, time.Now)
					require.NoError(t, err)
				}
			})
		require.NoError(t, d.systems["acme"].Throttle.PutOff(t.Context(), 4*time.Minute))
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		run := func(ctx context.Context, key string, want wire.Outcome) {
			o := order(operation.SMSSend, key)
			o.Lane, o.Run = throttle.Run, "run-1"
			group.Go(func() {
				e, err := d.Make(ctx, o)
				if err != nil {
					t.Error(err)
				}
				if e.Outcome != want {
					t.Errorf("%s: %s", key, e.Outcome)
				}
			})
		}
		for i := range 10 { // more than there are places
			run(t.Context(), fmt.Sprintf("patient-%d", i), wire.Accepted)
		}
		run(ctx, "stopped-1", wire.Skipped)
		<-time.After(3 * time.Minute)
		stop()
		synctest.Wait()
		require.Equal(t, 10, d.systems["acme"].Throttle.Waiting())
		group.Wait()
		require.Equal(t, 10, d.caller.count(operation.SMSSend))
	})
}

func TestAThrottleWithoutItsDatabase(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	d := newDesk(t, func(context.Context, operation.Prepared, int) (upstream.Result, error) {
		t.Error("nothing may leave")
		return upstream.Result{}, nil
	}, func(c *Config) {
		for i := range c.Systems {
			var err error
			c.Systems[i].Throttle, err = throttle.NewOn(db, c.Systems[i].ID, "process", 10, 10, time.Now)
			require.NoError(t, err)
		}
	})
	_, err := db.Writer.ExecContext(t.Context(), `DROP TABLE paces`)
	require.NoError(t, err)
	e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
	require.NoError(t, err)
	require.Equal(t, wire.Skipped, e.Outcome)
	require.Equal(t, wire.ReasonLedger, e.Error.Code)
	_, err = d.Make(t.Context(), order(operation.DNCCheck, ""))
	require.ErrorIs(t, err, problem.LedgerDown)
}

func TestALedgerThatFails(t *testing.T) {
	full := errors.New("disk full")
	fails := func() error { return full }
	works := func() error { return nil }
	times := func(n int) func() error {
		return func() error {
			if n--; n >= 0 {
				return full
			}
			return nil
		}
	}
	for _, tc := range []struct {
		name                 string
		start, leave, finish func() error
		problem              *problem.Error
		outcome              wire.Outcome
		reason               string
		sent                 int
		state                wire.State
	}{
		{"start", fails, works, works, problem.LedgerDown, "", "", 0, ""},
		{"leave", works, fails, works, nil, wire.Skipped, wire.ReasonLedger, 0, wire.Finished},
		{"leave and finish", works, fails, fails, problem.LedgerDown, "", "", 0, wire.Started},
		{"finish, for a moment", works, works, times(2), nil, wire.Accepted, "", 1, wire.Finished},
		{"finish: the person is told what happened", works, works, fails, nil, wire.Accepted, "", 1, wire.Leaving},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) { return fine(p, `{}`) },
					func(c *Config) { c.Ledger = badLedger{c.Ledger, tc.start, tc.leave, tc.finish} })
				e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
				if tc.problem != nil {
					require.ErrorIs(t, err, tc.problem)
					require.NotContains(t, problemOf(t, err).Detail, "disk", "causes are for the log")
				} else {
					require.NoError(t, err)
					require.Equal(t, tc.outcome, e.Outcome)
					if tc.reason != "" {
						require.Equal(t, tc.reason, e.Error.Code)
					}
				}
				require.Equal(t, tc.sent, d.caller.count(operation.SMSSend))
				entries := d.everything()
				if tc.state == "" {
					require.Empty(t, entries)
					return
				}
				require.Equal(t, tc.state, entries[0].State)
			})
		})
	}
}

// lostAnswer is a ledger whose database records a start and cannot say so.
type lostAnswer struct{ Ledger }

func (l lostAnswer) Start(ctx context.Context, c ledger.Call) (*wire.Entry, error) {
	if _, err := l.Ledger.Start(ctx, c); err != nil {
		return nil, err
	}
	return nil, errors.New("connection reset")
}

// No call stays open while its process lives, however long the ledger is away.
func TestALedgerThatComesBack(t *testing.T) {
	for _, tc := range []struct {
		name    string
		change  func(*Config)
		outcome wire.Outcome
	}{
		{"finish", func(c *Config) {
			away, none := time.Now().Add(10*time.Minute), func() error { return nil }
			c.Ledger = badLedger{c.Ledger, none, none, func() error {
				if time.Now().Before(away) {
					return errors.New("no route to host")
				}
				return nil
			}}
		}, wire.Accepted},
		{"a start whose answer was lost", func(c *Config) { c.Ledger = lostAnswer{c.Ledger} }, wire.Skipped},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, at database.Config) {
				d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) { return fine(p, `{}`) }, tc.change)
				e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
				require.Equal(t, tc.outcome == wire.Skipped, err != nil)
				require.NotEqual(t, wire.Finished, d.everything()[0].State)
				<-time.After(11 * time.Minute)
				entry := d.everything()[0]
				require.Equal(t, wire.Finished, entry.State)
				require.Equal(t, tc.outcome, entry.Outcome)
				if err == nil {
					require.Equal(t, e.ID, entry.ID)
				}
			})
		})
	}
}

func TestShutdown(t *testing.T) {
	onBoth(t, func(t *testing.T, at database.Config) {
		release := make(chan struct{})
		d := newDeskAt(t, at, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			switch p.Rows[0].Sent {
			case "+14155550101":
				return saysWait(p)
			case "+14155550102":
				return saysFails(p)
			}
			<-release
			return fine(p, `{}`)
		})
		body := func(number string) []byte {
			return []byte(strings.ReplaceAll(bodies[operation.SMSSend], "+14155550100", number))
		}
		results := map[string]chan wire.Envelope{}
		begin := func(key string, name operation.Name, b []byte) {
			o := order(name, key)
			o.Body = b
			results[key] = make(chan wire.Envelope, 1)
			go func() {
				e, err := d.Make(t.Context(), o)
				if err != nil {
					t.Error(err)
				}
				results[key] <- e
			}()
			synctest.Wait()
		}
		begin("in-flight", operation.SMSSend, body("+14155550100"))
		<-time.After(time.Second)
		begin("doubtful", operation.DNCRemove, []byte(`{"phone_numbers":["+14155550102"]}`))
		<-time.After(time.Second)
		require.NoError(t, d.systems["acme"].Throttle.PutOff(t.Context(), 0))
		begin("put-off-01", operation.SMSSend, body("+14155550101"))
		begin("queued-001", operation.SMSSend, body("+14155550103"))

		stopped := make(chan error, 1)
		go func() { stopped <- d.Shutdown(t.Context()) }()
		synctest.Wait()
		_, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.ErrorIs(t, err, problem.ShuttingDown)
		late, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, d.Shutdown(late), context.DeadlineExceeded, "one is still in flight")
		close(release)
		require.NoError(t, <-stopped)

		for key, want := range map[string]struct {
			outcome wire.Outcome
			code    string
		}{
			"in-flight":  {wire.Accepted, ""},
			"doubtful":   {wire.Unknown, "fails"},
			"put-off-01": {wire.Refused, "busy"},
			"queued-001": {wire.Skipped, wire.ReasonStopping},
		} {
			e := <-results[key]
			require.Equal(t, want.outcome, e.Outcome, key)
			if want.code != "" {
				require.Equal(t, want.code, e.Error.Code, key)
			}
			require.Equal(t, want.outcome, d.entry(e.ID).Outcome, key)
		}
		require.NoError(t, d.Shutdown(t.Context()), "twice is the same as once")
	})
}

func TestNew(t *testing.T) {
	th, err := throttle.New(8, 8, time.Now)
	require.NoError(t, err)
	l := badLedger{}
	good := func() Config {
		return Config{
			Systems: []System{{ID: "a", Caller: &caller{}, Throttle: th}, {ID: "b", Caller: &caller{}, Throttle: th}},
			Ledger:  l, Judge: library.New(), Now: time.Now, NewID: ids(), Random: func() float64 { return 0 },
		}
	}
	_, err = New(good())
	require.NoError(t, err)
	for name, spoil := range map[string]func(*Config){
		"no ledger":   func(c *Config) { c.Ledger = nil },
		"no judge":    func(c *Config) { c.Judge = nil },
		"no clock":    func(c *Config) { c.Now = nil },
		"no ids":      func(c *Config) { c.NewID = nil },
		"no jitter":   func(c *Config) { c.Random = nil },
		"no id":       func(c *Config) { c.Systems[0].ID = "" },
		"no client":   func(c *Config) { c.Systems[0].Caller = nil },
		"no throttle": func(c *Config) { c.Systems[0].Throttle = nil },
		"twins":       func(c *Config) { c.Systems[0].ID = "b" },
	} {
		c := good()
		spoil(&c)
		_, err := New(c)
		require.Error(t, err, name)
	}
}
