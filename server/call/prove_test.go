package call

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func textLog(b *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func TestProofsOfDoNotCall(t *testing.T) {
	const until = `"expires_at":"2031-01-31 00:00:00 UTC"`
	add := func(member string) string { return `{"contacts":[{"phone_number":"+14155550100"` + member + `}]}` }
	remove := bodies[operation.DNCRemove]
	for _, tc := range []struct {
		name, body string
		op         operation.Name
		check      string
		want       wire.Proof
	}{
		{"added for good", add(""), operation.DNCAdd, `{"do_not_call":true}`, wire.Confirmed},
		{"added for good, null expiry", add(""), operation.DNCAdd, `{"do_not_call":true,"expired_at":null}`, wire.Confirmed},
		{"added for good, an old expiry stayed", add(""), operation.DNCAdd, `{"do_not_call":true,"expired_at":"2027-01-01 00:00:00 UTC"}`, wire.Contradicted},
		{"added, not listed", add(""), operation.DNCAdd, `{"do_not_call":false}`, wire.Contradicted},
		{"added, nothing is said", add(""), operation.DNCAdd, `{"phone_number":"+14155550100"}`, wire.Unchecked},
		{"added, a word instead", add(""), operation.DNCAdd, `{"do_not_call":"true"}`, wire.Unchecked},
		{"added, another number", add(""), operation.DNCAdd, `{"do_not_call":true,"phone_number":"+14155550199"}`, wire.Unchecked},
		{"added, the number in another spelling", add(""), operation.DNCAdd, `{"do_not_call":true,"phone_number":"1-415-555-0100"}`, wire.Confirmed},
		{"added, no JSON", add(""), operation.DNCAdd, `"<html>"`, wire.Unchecked},
		{"with expiry, to the second", add("," + until), operation.DNCAdd, `{"do_not_call":true,"expired_at":"2031-01-31 00:00:00.362009 +0000"}`, wire.Confirmed},
		{"with expiry, the other name", add("," + until), operation.DNCAdd, `{"do_not_call":true,"expires_at":"2031-01-31T00:00:00Z"}`, wire.Confirmed},
		{"with expiry, another", add("," + until), operation.DNCAdd, `{"do_not_call":true,"expired_at":"2031-01-31 00:00:01 UTC"}`, wire.Contradicted},
		{"with expiry, none is shown", add("," + until), operation.DNCAdd, `{"do_not_call":true}`, wire.Contradicted},
		{"with expiry, one that cannot be read", add("," + until), operation.DNCAdd, `{"do_not_call":true,"expired_at":"soon"}`, wire.Unchecked},
		{"the printed sample without its comma", add("," + until), operation.DNCAdd, `{"expired_at":"2031-01-31 00:00:00.0 +0000" "do_not_call":true}`, wire.Confirmed},
		{"removed", remove, operation.DNCRemove, `{"do_not_call":false}`, wire.Confirmed},
		{"removed, still listed", remove, operation.DNCRemove, `{"do_not_call":true}`, wire.Contradicted},
		{"removed, nothing is said", remove, operation.DNCRemove, `{}`, wire.Unchecked},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var atCheck wire.Entry
				var d *desk
				d = newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
					if p.Operation.Name == operation.DNCCheck {
						atCheck = d.everything()[0]
						return fine(p, tc.check)
					}
					return fine(p, `{}`)
				})
				o := order(tc.op, "key-00000001")
				o.Body = []byte(tc.body)
				e, err := d.Make(t.Context(), o)
				require.NoError(t, err)
				require.Equal(t, wire.Accepted, e.Outcome, "a proof never changes the outcome")
				require.Equal(t, tc.want, e.Rows[0].Proof)
				require.Equal(t, e.Rows, d.entry(e.ID).Rows)
				require.Equal(t, wire.Finished, atCheck.State, "the outcome is on the disk before the check")
			})
		})
	}
}

func TestEveryNumberOfAListIsProved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			if p.Operation.Name == operation.DNCCheck {
				switch sent := p.Rows[0].Sent; {
				case strings.HasSuffix(sent, "03"):
					return saysNo(p)
				case strings.HasSuffix(sent, "04"):
					return fine(p, `{"do_not_call":false}`)
				case strings.HasSuffix(sent, "05"):
					return panics(p)
				case strings.HasSuffix(sent, "06"):
					return fine(p, `{"do_not_call":true,"expired_at":"2032-01-31 00:00:00 UTC"}`)
				}
				return fine(p, `{"do_not_call":true}`)
			}
			r, err := fine(p, `[]`)
			r.Rows[2].Outcome, r.Rows[2].Reason = wire.Refused, "ccai.dnc_phone_invalid"
			return r, err
		})
		var contacts []string
		for i := range 10 {
			contacts = append(contacts, fmt.Sprintf(`{"phone_number":"+141555501%02d"}`, i))
		}
		contacts[6] = `{"phone_number":"+14155550106","expires_at":"2031-01-31 00:00:00 UTC"}`
		contacts = append(contacts, `{"phone_number":"+14155550106","expires_at":"2032-01-31 00:00:00 UTC"}`) // the last one holds
		o := order(operation.DNCAdd, "key-00000001")
		o.Body = []byte(`{"contacts":[` + strings.Join(contacts, ",") + `]}`)
		e, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, wire.Accepted, e.Outcome)
		var proofs []wire.Proof
		for _, row := range e.Rows {
			proofs = append(proofs, row.Proof)
		}
		c := wire.Confirmed
		require.Equal(t, []wire.Proof{c, c, "", wire.Unchecked, wire.Contradicted, wire.Unchecked, c, c, c, c, c}, proofs)
		require.Equal(t, e.Rows, d.entry(e.ID).Rows)
		require.Equal(t, 9, d.caller.count(operation.DNCCheck), "a number that stands twice is read once, a refused one never")

		var progress []string
		for _, event := range d.events {
			if event.Phase == wire.Verifying {
				progress = append(progress, fmt.Sprintf("%d/%d", event.Done, event.Total))
			}
		}
		require.Equal(t, []string{"0/9", "1/9", "2/9", "3/9", "4/9", "5/9", "6/9", "7/9", "8/9", "9/9"}, progress)
		require.Equal(t, wire.Event{Call: e.ID, Operation: o.Operation, State: wire.Finished, Outcome: wire.Accepted}, d.events[len(d.events)-1])
	})
}

func TestProofsHaveATimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			if p.Operation.Name == operation.DNCCheck {
				return fine(p, `{"do_not_call":false}`)
			}
			return fine(p, `{}`)
		}, func(c *Config) { c.Limits.Verify = 2 * time.Second })
		var numbers []string
		for i := range 50 {
			numbers = append(numbers, fmt.Sprintf(`"+141555501%02d"`, i))
		}
		o := order(operation.DNCRemove, "key-00000001")
		o.Body = []byte(`{"phone_numbers":[` + strings.Join(numbers, ",") + `]}`)
		begun := time.Now()
		e, err := d.Make(t.Context(), o)
		require.NoError(t, err)
		require.LessOrEqual(t, time.Since(begun), 3*time.Second)
		count := map[wire.Proof]int{}
		for _, row := range e.Rows {
			require.Equal(t, wire.Accepted, row.Outcome)
			count[row.Proof]++
		}
		require.Equal(t, 50, count[wire.Confirmed]+count[wire.Unchecked])
		require.Equal(t, d.caller.count(operation.DNCCheck), count[wire.Confirmed])
		require.InDelta(t, 20, count[wire.Confirmed], 1, "10 a second for 2 s")
	})
}

// A change that nobody answered is proved all the same: that is what the person
// settles it by.
func TestAnUnansweredChangeIsProved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			if p.Operation.Name == operation.DNCCheck {
				return fine(p, `{"do_not_call":true,"expired_at":"2031-01-31 00:00:00 UTC"}`)
			}
			return noAnswer(p)
		})
		e, err := d.Make(t.Context(), order(operation.DNCAdd, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Unknown, e.Outcome)
		require.Equal(t, wire.Confirmed, e.Rows[0].Proof)
		for _, input := range d.caller.inputs[:6] {
			require.Contains(t, input, `"expires_at":"2031-01-31 00:00:00 UTC"`, "the same absolute expiry every time")
		}
	})
}

func TestReadBack(t *testing.T) {
	update := func(fields string) string { return `{"campaign_id":7,"contact_id":3,` + fields + `}` }
	remove := func(field string) string { return `{"campaign_id":7,` + field + `}` }
	const all = `[{"id":2,"name":"Two","phone_number":"+14155550102","external_unique_id":"x2"},{"id":3,"name":"New","email":"new@example.com","phone_number":"1-415-555-0100","external_unique_id":"x3"}]`
	const noIDs = `[{"name":"Two","phone_number":"+14155550102","external_unique_id":"x2"},{"name":"New","phone_number":"+14155550100","external_unique_id":"x3"}]`
	for _, tc := range []struct {
		name, body, list string
		op               operation.Name
		outcome          wire.Outcome
		proof            wire.Proof
		tries            int
	}{
		{"update: all fields are there", update(`"name":"New","email":"new@example.com","phone_number":"+14155550100","external_unique_id":"x3"`), all, operation.ContactUpdate, wire.Accepted, wire.Confirmed, 1},
		{"update: one field is there", update(`"name":"New"`), all, operation.ContactUpdate, wire.Accepted, wire.Confirmed, 1},
		{"update: the name is another", update(`"name":"Newer"`), all, operation.ContactUpdate, wire.Unknown, wire.Contradicted, 6},
		{"update: the number is another", update(`"name":"New","phone_number":"+14155550199"`), all, operation.ContactUpdate, wire.Unknown, wire.Contradicted, 6},
		{"update: the e-mail is another", update(`"email":"old@example.com"`), all, operation.ContactUpdate, wire.Unknown, wire.Contradicted, 6},
		{"update: the contact is not in the list", update(`"name":"New"`), `[{"id":2,"name":"New"}]`, operation.ContactUpdate, wire.Unknown, "", 1},
		{"update: a list without ids shows it", update(`"name":"New","phone_number":"+14155550100"`), noIDs, operation.ContactUpdate, wire.Accepted, wire.Confirmed, 1},
		{"update: a list without ids shows another name", update(`"name":"Newer","phone_number":"+14155550100"`), noIDs, operation.ContactUpdate, wire.Unknown, wire.Contradicted, 6},
		{"update: a list without ids lacks the number", update(`"phone_number":"+14155550177"`), noIDs, operation.ContactUpdate, wire.Unknown, wire.Contradicted, 6},
		{"update: a list without ids cannot tell by name", update(`"name":"New"`), noIDs, operation.ContactUpdate, wire.Unknown, "", 1},
		{"update: an empty list", update(`"name":"New"`), `[]`, operation.ContactUpdate, wire.Unknown, "", 1},
		{"update: no list", update(`"name":"New"`), `{"message":"?"}`, operation.ContactUpdate, wire.Unknown, "", 1},
		{"delete by id: gone", remove(`"contact_id":9`), all, operation.ContactDelete, wire.Accepted, wire.Confirmed, 1},
		{"delete by id: there", remove(`"contact_id":3`), all, operation.ContactDelete, wire.Unknown, wire.Contradicted, 6},
		{"delete by id: a list without ids", remove(`"contact_id":9`), noIDs, operation.ContactDelete, wire.Unknown, "", 1},
		{"delete by id: the list is empty", remove(`"contact_id":9`), `[]`, operation.ContactDelete, wire.Accepted, wire.Confirmed, 1},
		{"delete by number: gone", remove(`"phone_number":"+14155550177"`), all, operation.ContactDelete, wire.Accepted, wire.Confirmed, 1},
		{"delete by number: there, spelt otherwise", remove(`"phone_number":"+14155550100"`), all, operation.ContactDelete, wire.Unknown, wire.Contradicted, 6},
		{"delete by number: the list shows none", remove(`"phone_number":"+14155550100"`), `[{"id":2}]`, operation.ContactDelete, wire.Unknown, "", 1},
		{"delete by external id: gone", remove(`"external_unique_id":"x9"`), all, operation.ContactDelete, wire.Accepted, wire.Confirmed, 1},
		{"delete by external id: there", remove(`"external_unique_id":"x3"`), all, operation.ContactDelete, wire.Unknown, wire.Contradicted, 6},
		{"delete by external id: the list shows none", remove(`"external_unique_id":"x9"`), `[{"id":2}]`, operation.ContactDelete, wire.Unknown, "", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
					if p.Operation.Name == operation.ContactsList {
						return fine(p, tc.list)
					}
					return saysFails(p)
				})
				o := order(tc.op, "key-00000001")
				o.Body = []byte(tc.body)
				e, err := d.Make(t.Context(), o)
				require.NoError(t, err)
				require.Equal(t, tc.outcome, e.Outcome)
				require.Equal(t, tc.proof, e.Rows[0].Proof)
				require.Equal(t, tc.tries, d.caller.count(tc.op))
				require.Equal(t, 500, e.UpstreamStatus, "what the upstream answered stays visible")
				entry := d.entry(e.ID)
				require.Equal(t, e, stored(&entry))
			})
		})
	}
}

func TestAListThatIsNotWholeProvesNoRemoval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
			if p.Operation.Name == operation.ContactsList {
				r, err := fine(p, `[{"id":2}]`)
				r.Rows = upstream.Rows(p.Rows, wire.Unknown, "ccai.list_incomplete", "")
				return r, err
			}
			return noAnswer(p)
		})
		e, err := d.Make(t.Context(), order(operation.ContactDelete, "key-00000001"))
		require.NoError(t, err)
		require.Equal(t, wire.Unknown, e.Outcome)
	})
}

// A removal that was carried out unseen is refused when it is tried again: the
// contact is gone. The read tells.
func TestARefusalAfterDoubtIsReadBack(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after string // what the second list shows
		want  wire.Outcome
	}{{"it is gone", `[{"id":2}]`, wire.Accepted}, {"it is there", notDoneYet, wire.Refused}, {"nobody can tell", `?`, wire.Unknown}} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, func(_ context.Context, p operation.Prepared, n int) (upstream.Result, error) {
					switch {
					case p.Operation.Name == operation.ContactsList && n == 1:
						return fine(p, notDoneYet)
					case p.Operation.Name == operation.ContactsList:
						return fine(p, tc.after)
					case n == 1:
						return noAnswer(p)
					}
					return saysNo(p)
				})
				e, err := d.Make(t.Context(), order(operation.ContactDelete, "key-00000001"))
				require.NoError(t, err)
				require.Equal(t, tc.want, e.Outcome)
				require.Equal(t, 2, d.caller.count(operation.ContactDelete))
			})
		})
	}
}
