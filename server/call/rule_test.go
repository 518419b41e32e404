package call

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/problem"
	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// expectation is what a call must come to.
type expectation struct {
	tries   int
	outcome wire.Outcome   // "" when there is a problem instead
	problem *problem.Error // of a read
	code    string         // of the outcome, "" for none
}

// notDoneYet is a list that shows neither the update nor the removal of bodies
// as done: contact 3 is still there, by another name.
const notDoneYet = `[{"id":2,"name":"Two","phone_number":"+14155550102"},{"id":3,"name":"Old","phone_number":"+14155550103"}]`

// The whole matrix: every operation of the catalogue, every way a try can go
// wrong, always and only the first time.
func TestRuleOfRepetition(t *testing.T) {
	const most = 6
	ways := []struct {
		name   string
		answer func(operation.Prepared) (upstream.Result, error)
		always map[operation.Rule]expectation
		once   map[operation.Rule]expectation // then all is fine
	}{
		{"never left", noDial,
			rules(expectation{most, "", problem.UpstreamUnreached, ""}, expectation{most, wire.Skipped, nil, wire.ReasonNeverLeft}),
			rules(expectation{2, wire.Accepted, nil, ""}, expectation{2, wire.Accepted, nil, ""})},
		{"put off", saysWait,
			rules(expectation{most, wire.Refused, nil, "busy"}, expectation{most, wire.Refused, nil, "busy"}),
			rules(expectation{2, wire.Accepted, nil, ""}, expectation{2, wire.Accepted, nil, ""})},
		{"refused", saysNo,
			rules(expectation{1, wire.Refused, nil, "no"}, expectation{1, wire.Refused, nil, "no"}),
			rules(expectation{1, wire.Refused, nil, "no"}, expectation{1, wire.Refused, nil, "no"})},
		{"failed", saysFails,
			withOnce(rules(expectation{most, "", problem.UpstreamFailed, ""}, expectation{most, wire.Unknown, nil, "fails"}), expectation{1, wire.Unknown, nil, "fails"}),
			withOnce(rules(expectation{2, wire.Accepted, nil, ""}, expectation{2, wire.Accepted, nil, ""}), expectation{1, wire.Unknown, nil, "fails"})},
		{"unanswered", noAnswer,
			withOnce(rules(expectation{most, "", problem.UpstreamTimeout, ""}, expectation{most, wire.Unknown, nil, wire.ReasonUnanswered}), expectation{1, wire.Unknown, nil, wire.ReasonUnanswered}),
			withOnce(rules(expectation{2, wire.Accepted, nil, ""}, expectation{2, wire.Accepted, nil, ""}), expectation{1, wire.Unknown, nil, wire.ReasonUnanswered})},
		{"an error that says nothing", func(operation.Prepared) (upstream.Result, error) { return upstream.Result{}, errors.New("?") },
			withOnce(rules(expectation{most, "", problem.UpstreamTimeout, ""}, expectation{most, wire.Unknown, nil, wire.ReasonUnanswered}), expectation{1, wire.Unknown, nil, wire.ReasonUnanswered}),
			withOnce(rules(expectation{2, wire.Accepted, nil, ""}, expectation{2, wire.Accepted, nil, ""}), expectation{1, wire.Unknown, nil, wire.ReasonUnanswered})},
		{"a panic", panics,
			rules(expectation{1, "", problem.Internal, ""}, expectation{1, wire.Unknown, nil, wire.ReasonBroken}),
			rules(expectation{1, "", problem.Internal, ""}, expectation{1, wire.Unknown, nil, wire.ReasonBroken})},
	}
	for _, op := range operation.Catalogue() {
		require.Contains(t, bodies, op.Name, "the matrix has every operation")
		for _, way := range ways {
			for times, want := range map[int]expectation{1000: way.always[op.Rule], 1: way.once[op.Rule]} {
				name := fmt.Sprintf("%s/%s/%s", op.Name, way.name, map[int]string{1000: "always", 1: "once"}[times])
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
							switch {
							case p.Operation.Name == op.Name && n <= times:
								return way.answer(p)
							case p.Operation.Name == operation.ContactsList:
								return fine(p, notDoneYet)
							case p.Operation.Name == operation.DNCCheck:
								return fine(p, `{"do_not_call":true}`)
							}
							return fine(p, `{}`)
						})
						e, err := d.Make(t.Context(), order(op.Name, "key-00000001"))
						require.Equal(t, want.tries, d.caller.count(op.Name), "tries")
						if want.problem != nil {
							require.ErrorIs(t, err, want.problem)
							return
						}
						require.NoError(t, err)
						require.Equal(t, want.outcome, e.Outcome)
						if want.code == "" {
							require.Nil(t, e.Error)
						} else {
							require.Equal(t, want.code, e.Error.Code)
							require.NotEmpty(t, e.Error.Message)
						}
						for _, row := range e.Rows {
							require.Equal(t, want.outcome, row.Outcome)
						}
						require.Equal(t, op.Name, e.Operation)
						if !op.Rule.Writes() {
							require.Empty(t, d.everything(), "reads are not recorded")
							return
						}
						entry := d.entry(e.ID)
						require.Equal(t, wire.Finished, entry.State)
						require.Equal(t, want.tries, entry.Tries)
						require.Equal(t, e, stored(&entry), "what is kept is what was answered")
					})
				})
			}
		}
	}
}

func rules(read, writes expectation) map[operation.Rule]expectation {
	return map[operation.Rule]expectation{operation.Read: read, operation.Verified: writes, operation.Once: writes, operation.ReadBack: writes}
}

func withOnce(m map[operation.Rule]expectation, once expectation) map[operation.Rule]expectation {
	m[operation.Once] = once
	return m
}

// script answers the tries of one operation one after the other.
func script(name operation.Name, steps ...func(operation.Prepared) (upstream.Result, error)) func(context.Context, operation.Prepared, int) (upstream.Result, error) {
	return func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
		if p.Operation.Name != name {
			return noAnswer(p) // reads that prove tell nothing
		}
		if n > len(steps) {
			return upstream.Result{}, errors.New("one try too many")
		}
		return steps[n-1](p)
	}
}

func isFine(p operation.Prepared) (upstream.Result, error) { return fine(p, `{}`) }

// Once a try may have been carried out, a later one that fails in a harmless
// way does not make the call refused or skipped.
func TestDoubtStays(t *testing.T) {
	type steps = []func(operation.Prepared) (upstream.Result, error)
	for _, tc := range []struct {
		name  string
		op    operation.Name
		steps steps
		want  wire.Outcome
	}{
		{"refused after a failure", operation.DNCAdd, steps{saysFails, saysNo}, wire.Unknown},
		{"refused after no answer", operation.DNCRemove, steps{noAnswer, saysNo}, wire.Unknown},
		{"unreachable after no answer", operation.DNCAdd, steps{noAnswer, noDial, noDial, noDial, noDial, noDial}, wire.Unknown},
		{"put off after a failure", operation.DNCAdd, steps{saysFails, saysWait, saysWait, saysWait, saysWait, saysWait}, wire.Unknown},
		{"answered after a failure", operation.DNCAdd, steps{saysFails, noDial, saysWait, isFine}, wire.Accepted},
		{"refused after being unreachable", operation.DNCAdd, steps{noDial, saysNo}, wire.Refused},
		{"refused after being put off", operation.SMSSend, steps{saysWait, saysNo}, wire.Refused},
		{"no answer after being put off", operation.SMSSend, steps{saysWait, noDial, noAnswer}, wire.Unknown},
		{"update: a list that cannot be read", operation.ContactUpdate, steps{noAnswer}, wire.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, script(tc.op, tc.steps...))
				e, err := d.Make(t.Context(), order(tc.op, "key-00000001"))
				require.NoError(t, err)
				require.Equal(t, tc.want, e.Outcome)
				require.Equal(t, len(tc.steps), d.caller.count(tc.op))
			})
		})
	}
}

func TestTheUpstreamsRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begun := time.Now()
		d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			at = append(at, time.Since(begun))
			if n == 1 && p.Operation.Name == operation.SMSSend {
				r, err := saysWait(p)
				r.RetryAfter = 20 * time.Second
				return r, err
			}
			return fine(p, `{}`)
		})
		other := make(chan struct{})
		go func() {
			defer close(other)
			<-time.After(time.Second) // comes while the upstream wants peace
			if _, err := d.Make(t.Context(), order(operation.CCAIPing, "")); err != nil {
				t.Error(err)
			}
		}()
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Accepted, e.Outcome)
		<-other
		require.Len(t, at, 3)
		require.GreaterOrEqual(t, at[1], 20*time.Second, "everybody on that system waits")
		require.GreaterOrEqual(t, at[2]-at[1], 100*time.Millisecond)
		require.Contains(t, d.events, wire.Event{Call: e.ID, Operation: operation.SMSSend, State: wire.Leaving, Phase: wire.Waiting})
	})
}

func TestAWaitThatIsTooLongIsNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			r, err := saysWait(p)
			r.RetryAfter = time.Hour
			return r, err
		})
		begun := time.Now()
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Refused, e.Outcome)
		require.Equal(t, "busy", e.Error.Code)
		require.Less(t, time.Since(begun), time.Second)
	})
}

func TestTheTimeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(ctx context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			<-ctx.Done()
			return upstream.Result{}, &upstream.Unanswered{Cause: ctx.Err()}
		}, func(c *Config) {
			c.Limits = Limits{Try: 10 * time.Second, Total: 25 * time.Second, Verify: 5 * time.Second}
		})
		begun := time.Now()
		e, err := d.Make(t.Context(), order(operation.DNCAdd, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Unknown, e.Outcome)
		require.Equal(t, 3, d.caller.count(operation.DNCAdd), "started within 25 s, each up to 10 s")
		require.Equal(t, wire.Unchecked, e.Rows[0].Proof)
		require.LessOrEqual(t, time.Since(begun), 25*time.Second+10*time.Second+5*time.Second+10*time.Second)
	})
}

func TestBackoff(t *testing.T) {
	d := &Desk{limits: Limits{}.orDefault(), random: func() float64 { return 1 }}
	var waits []time.Duration
	for n := 1; n <= 8; n++ {
		waits = append(waits, d.backoff(n))
	}
	ms := time.Millisecond
	require.Equal(t, []time.Duration{250 * ms, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms, 8000 * ms, 8000 * ms}, waits)
	d.random = func() float64 { return 0 }
	require.Zero(t, d.backoff(5), "full jitter")
}

// Whatever an answer lacks, every row of the call gets exactly one outcome.
func TestAnswersThatLackRows(t *testing.T) {
	for _, tc := range []struct {
		name string
		res  upstream.Result
		want []wire.Outcome
	}{
		{"no rows, an outcome", upstream.Result{Outcome: wire.Accepted}, []wire.Outcome{wire.Accepted, wire.Accepted}},
		{"nothing", upstream.Result{}, []wire.Outcome{wire.Unknown, wire.Unknown}},
		{"too few rows", upstream.Result{Outcome: wire.Accepted, Rows: []wire.Row{{Outcome: wire.Accepted}}}, []wire.Outcome{wire.Unknown, wire.Unknown}},
		{"too many rows", upstream.Result{Rows: make([]wire.Row, 3)}, []wire.Outcome{wire.Unknown, wire.Unknown}},
		{"a row without outcome", upstream.Result{Rows: []wire.Row{{Outcome: wire.Accepted}, {}}}, []wire.Outcome{wire.Accepted, wire.Unknown}},
		{"a refusal without rows", upstream.Result{Class: upstream.Refused}, []wire.Outcome{wire.Refused, wire.Refused}},
		{"a refusal that claims success", upstream.Result{Class: upstream.Refused, Outcome: wire.Accepted}, []wire.Outcome{wire.Refused, wire.Refused}},
		{"a failure that claims success", upstream.Result{Class: upstream.Failed, Rows: []wire.Row{{Outcome: wire.Accepted}, {Outcome: wire.Refused}}}, []wire.Outcome{wire.Unknown, wire.Unknown}},
		{"a class that does not exist", upstream.Result{Class: 99, Outcome: wire.Accepted}, []wire.Outcome{wire.Unknown, wire.Unknown}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, func(context.Context, operation.Prepared, int) (upstream.Result, error) { return tc.res, nil })
				e, err := d.Make(t.Context(), order(operation.ContactsImport, "key-00000001"))
				require.NoError(t, err)
				var got []wire.Outcome
				for i, row := range e.Rows {
					got = append(got, row.Outcome)
					require.Equal(t, i, row.Index)
					require.Equal(t, fmt.Sprintf("+1415555010%d", i), row.Sent)
					require.True(t, row.Outcome.Done() || row.Reason != "", "what is not done has a reason")
				}
				require.Equal(t, tc.want, got)
				require.Equal(t, upstream.Overall(e.Rows), e.Outcome)
				require.Equal(t, e.Outcome.Done(), e.Error == nil)
			})
		})
	}
}

// An upstream's words stand in every row, in the answer and in the ledger.
func TestLongWordsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("a stack trace\n", 100_000)
		d := newDesk(t, func(_ context.Context, p operation.Prepared, _ int) (upstream.Result, error) {
			return upstream.Result{Class: upstream.Refused, Rows: upstream.Rows(p.Rows, wire.Refused, "no", long), Error: &wire.Error{Code: "no", Message: long}}, nil
		})
		e, err := d.Make(t.Context(), order(operation.ContactsImport, "key-00000001"))
		require.NoError(t, err)
		for _, text := range []string{e.Rows[0].Text, e.Rows[1].Text, e.Error.Message, d.entry(e.ID).Rows[1].Text} {
			require.True(t, strings.HasPrefix(text, "a stack trace a stack"), text)
			require.Equal(t, 300, len([]rune(text)))
		}
	})
}

// Random sequences of everything that can go wrong: an operation that may be
// sent once is never sent again after a try that may have been carried out;
// every row ends in exactly one outcome; what is skipped was never carried out.
func TestRandomFailures(t *testing.T) {
	names := []operation.Name{
		operation.SMSSend, operation.ContactsAdd, operation.ContactsImport, operation.CallbotImport,
		operation.DNCAdd, operation.DNCRemove, operation.ContactUpdate, operation.ContactDelete,
	}
	answers := []func(operation.Prepared) (upstream.Result, error){noDial, saysWait, saysNo, saysFails, noAnswer, panics, isFine}
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			var mu sync.Mutex
			arrived := map[string]int{}  // tries that may have been carried out, by what was asked
			happened := map[string]int{} // those that were answered as done
			d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
				mu.Lock()
				defer mu.Unlock()
				which := random.IntN(len(answers))
				if !p.Operation.Rule.Writes() {
					return answers[which](p)
				}
				req, err := p.Operation.Request(p.Input)
				if err != nil {
					return upstream.Result{}, err
				}
				key := string(p.Operation.Name) + " " + req.Path + string(req.Body)
				if p.Operation.Rule == operation.Once && arrived[key] > 0 {
					t.Errorf("%s was sent again after a try that may have been carried out", p.Operation.Name)
				}
				if which >= 3 {
					arrived[key]++
				}
				if which == 6 {
					happened[key]++
				}
				return answers[which](p)
			})
			var group sync.WaitGroup
			for i := range 12 {
				o := order(names[i%len(names)], fmt.Sprintf("key-%08d", i))
				o.Body = []byte(strings.ReplaceAll(strings.ReplaceAll(bodies[o.Operation], "5550100", fmt.Sprintf("55502%02d", i)), `:7,`, fmt.Sprintf(`:%d,`, 700+i)))
				for range 2 { // each twice at once, under one key
					group.Go(func() {
						_, err := d.Make(t.Context(), o)
						if err != nil && !errors.Is(err, problem.Running) {
							t.Error(err)
						}
					})
				}
			}
			group.Wait()
			entries := d.everything()
			require.Len(t, entries, 12)
			total := map[wire.Outcome]int{}
			for _, e := range entries {
				total[e.Outcome]++
				require.Equal(t, wire.Finished, e.State)
				require.Len(t, e.Rows, e.RowCount)
				for _, row := range e.Rows {
					require.True(t, row.Outcome.Known())
				}
				require.Equal(t, upstream.Overall(e.Rows), e.Outcome)
				if e.Outcome == wire.Skipped {
					require.Zero(t, e.UpstreamStatus, "skipped means that nothing arrived")
				}
			}
			done := 0
			for _, n := range happened {
				require.Equal(t, 1, n)
				done++
			}
			require.LessOrEqual(t, done, total[wire.Accepted], "what was answered as done is recorded as done")
			if t.Failed() {
				t.Log("seed", seed)
			}
		})
	}
}

func TestAPanicKeepsItsWordsOutOfTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &strings.Builder{}
		d := newDesk(t, func(context.Context, operation.Prepared, int) (upstream.Result, error) {
			panic("the token is s3cret and the number +14155550100")
		}, func(c *Config) { c.Log = textLog(log) })
		e, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Unknown, e.Outcome)
		require.Contains(t, log.String(), "failed in our own program")
		require.NotContains(t, log.String(), "s3cret")
		require.NotContains(t, log.String(), "4155550100")
		whole, err := json.Marshal(e)
		require.NoError(t, err)
		require.NotContains(t, string(whole), "s3cret")

		next, err := d.Make(t.Context(), order(operation.SMSSend, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, e, next)
	})
}
