package dnc

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/app/text"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

var now = time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) *time.Time { t := now.Add(d); return &t }

func flag(on bool) *bool { return &on }

func TestFindOnlyAPlainNoIsFree(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   wire.Envelope
		want finding
	}{
		{"no expiry", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{"do_not_call":true,"expired_at":null}`)}, forGood},
		{"a date ahead", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{"do_not_call":true,"expired_at":"2031-08-05 22:02:36.362009 +0000"}`)}, until},
		{"a date that has passed", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{"do_not_call":true,"expires_at":"2029-01-01 00:00:00 UTC"}`)}, lapsed},
		{"a date that cannot be read", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{"do_not_call":true,"expired_at":"someday"}`)}, oddly},
		{"a plain no", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{"do_not_call":false}`)}, free},
		{"a no with a date", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{"do_not_call":false,"expired_at":"2031-01-01 00:00:00 UTC"}`)}, free},
		{"do_not_call is missing", wire.Envelope{Outcome: wire.Unknown, Response: json.RawMessage(`{"phone_number":"1"}`)}, unclear},
		{"missing in an accepted answer", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`{}`)}, unclear},
		{"refused", wire.Envelope{Outcome: wire.Refused, Response: json.RawMessage(`{"do_not_call":false}`)}, unclear},
		{"no JSON", wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(`"<html>"`)}, unclear},
		{"no answer", wire.Envelope{Outcome: wire.Accepted}, unclear},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _ := readFinding(&tc.in, now)
			require.Equal(t, tc.want, got)
		})
	}
}

func entry(op operation.Name, outcome wire.Outcome, started time.Time, request string, rows ...wire.Row) wire.Entry {
	return wire.Entry{ID: started.Format(time.RFC3339), Operation: op, State: wire.Finished, Outcome: outcome, StartedAt: started,
		Person: wire.Person{Name: "Ana"}, Note: "why", Request: json.RawMessage(request), Rows: rows}
}

func TestChangesAreOfThatNumberOnly(t *testing.T) {
	add := entry(operation.DNCAdd, wire.Accepted, now.Add(-time.Hour),
		`{"contacts":[{"phone_number":"212-555-0100"},{"phone_number":"(415) 555-0100","expires_at":"2031-01-01 00:00:00 UTC"}]}`,
		wire.Row{Index: 0, Outcome: wire.Accepted, Sent: "+12125550100"},
		wire.Row{Index: 1, Outcome: wire.Accepted, Sent: "+14155550100", Proof: wire.Confirmed})
	remove := entry(operation.DNCRemove, wire.Accepted, now, `{"phone_numbers":["+14155550100"]}`, wire.Row{Outcome: wire.Accepted, Sent: "+14155550100"})
	other := entry(operation.DNCAdd, wire.Accepted, now, `{"contacts":[{"phone_number":"+4155550100"}]}`, wire.Row{Outcome: wire.Accepted, Sent: "+4155550100"})
	text := entry(operation.SMSSend, wire.Accepted, now, `{}`, wire.Row{Outcome: wire.Accepted, Sent: "+14155550100"})
	unsent := entry(operation.DNCAdd, wire.Skipped, now.Add(-2*time.Hour), `{"contacts":[{"phone_number":"415-555-0100"}]}`, wire.Row{Outcome: wire.Skipped, Typed: "415-555-0100"})

	got := changes([]wire.Entry{unsent, other, add, text, remove}, "+14155550100")
	require.Len(t, got, 3)
	require.False(t, got[0].added, "newest first")
	require.True(t, got[1].added)
	require.Equal(t, time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC), *got[1].until, "the date of its own row")
	require.Equal(t, wire.Confirmed, got[1].proof)
	require.Equal(t, wire.Skipped, got[2].outcome, "what never left is known by what was typed")
	require.False(t, got[2].noDate)
}

func TestChangesOfABriefEntryHaveNoDate(t *testing.T) {
	brief := entry(operation.DNCAdd, wire.Accepted, now, ``, wire.Row{Index: 7, Outcome: wire.Accepted, Sent: "+14155550100"})
	got := changes([]wire.Entry{brief}, "+14155550100")
	require.Len(t, got, 1)
	require.True(t, got[0].noDate)
	require.Nil(t, got[0].until)
}

func TestDoubt(t *testing.T) {
	added := change{added: true, outcome: wire.Accepted}
	for _, tc := range []struct {
		name string
		all  []change
		want bool
	}{
		{"nothing is known", nil, false},
		{"added for good", []change{added}, true},
		{"added, perhaps", []change{{added: true, outcome: wire.Unknown}}, true},
		{"being added", []change{{added: true, running: true}}, true},
		{"added until a date ahead", []change{{added: true, outcome: wire.Updated, until: at(time.Hour)}}, true},
		{"added until a date that has passed", []change{{added: true, outcome: wire.Accepted, until: at(-time.Hour)}}, false},
		{"adding was refused", []change{{added: true, outcome: wire.Refused}}, false},
		{"removed after it was added", []change{{outcome: wire.Accepted}, added}, false},
		{"the removal was refused", []change{{outcome: wire.Refused}, added}, true},
		{"the last addition never left", []change{{added: true, outcome: wire.Skipped}, {outcome: wire.Accepted}, added}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, got := doubt(tc.all, now)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestASettledUnknownCountsAsSettled(t *testing.T) {
	e := entry(operation.DNCAdd, wire.Unknown, now, `{"contacts":[{"phone_number":"+14155550100"}]}`, wire.Row{Outcome: wire.Unknown, Sent: "+14155550100"})
	e.Settled = &wire.Settlement{Outcome: wire.Refused}
	got := changes([]wire.Entry{e}, "+14155550100")
	require.Equal(t, wire.Refused, got[0].outcome)
	_, doubtful := doubt(got, now)
	require.False(t, doubtful)
}

func TestShortened(t *testing.T) {
	s := func(c ccai.Check) standing { return standing{told: true, check: c} }
	for _, tc := range []struct {
		name           string
		in             standing
		next           *time.Time
		shorter, other bool
	}{
		{"for good never shortens", standing{}, nil, false, false},
		{"not on the list", s(ccai.Check{DoNotCall: flag(false)}), at(time.Hour), false, false},
		{"for good gets a date", s(ccai.Check{DoNotCall: flag(true)}), at(time.Hour), true, false},
		{"a nearer date", s(ccai.Check{DoNotCall: flag(true), ExpiresAt: at(2 * time.Hour)}), at(time.Hour), true, false},
		{"a later date", s(ccai.Check{DoNotCall: flag(true), ExpiresAt: at(time.Minute)}), at(time.Hour), false, false},
		{"a date that cannot be read", s(ccai.Check{DoNotCall: flag(true), Expiry: "someday"}), at(time.Hour), true, false},
		{"the check did not say", s(ccai.Check{}), at(time.Hour), false, true},
		{"the check failed", standing{}, at(time.Hour), false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shorter, untold := shortened([]standing{tc.in}, tc.next)
			require.Equal(t, tc.shorter, len(shorter) == 1)
			require.Equal(t, tc.other, len(untold) == 1)
		})
	}
}

func TestAQuestionIsAskedWhereItMatters(t *testing.T) {
	test, live := wire.System{Label: "ACME", Host: "acme.example"}, wire.System{Label: "ACME Live", Host: "live.example", Production: true}
	some := []standing{{number: "+1 415-555-0100"}}
	require.Nil(t, addQuestion(test, 3, nil, nil, nil), "an addition for good can be undone: no question outside production")
	require.NotNil(t, addQuestion(live, 3, nil, nil, nil))
	require.True(t, addQuestion(test, 3, some, nil, at(time.Hour)).Danger)
	require.True(t, addQuestion(test, 3, nil, some, at(time.Hour)).Danger)
	require.True(t, removeQuestion(test, nil).Danger, "a removal is always asked for")
}

func TestSumAddsUpAndNamesTheEnding(t *testing.T) {
	row := func(o wire.Outcome, p wire.Proof) wire.Row { return wire.Row{Outcome: o, Proof: p} }
	for _, tc := range []struct {
		name string
		rows []wire.Row
		want ending
	}{
		{"all proved", []wire.Row{row(wire.Accepted, wire.Confirmed), row(wire.Updated, wire.Confirmed)}, proved},
		{"one unchecked", []wire.Row{row(wire.Accepted, wire.Confirmed), row(wire.Accepted, wire.Unchecked)}, taken},
		{"one contradicted", []wire.Row{row(wire.Accepted, wire.Contradicted), row(wire.Accepted, wire.Confirmed)}, mixed},
		{"one refused", []wire.Row{row(wire.Accepted, wire.Confirmed), row(wire.Refused, "")}, mixed},
		{"one unknown", []wire.Row{row(wire.Accepted, wire.Confirmed), row(wire.Unknown, wire.Unchecked)}, mixed},
		{"none happened", []wire.Row{row(wire.Skipped, ""), row(wire.Refused, "")}, none},
		{"no rows", nil, none},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := sum(tc.rows)
			total := 0
			for _, n := range s.outcomes {
				total += n
			}
			require.Equal(t, len(tc.rows), total)
			require.Equal(t, tc.want, s.ending())
		})
	}
}

func TestJudgeExpiry(t *testing.T) {
	require.Equal(t, operation.CodeRequired, judgeExpiry(time.Time{}, false, now))
	require.Equal(t, operation.CodeTimePast, judgeExpiry(now, true, now))
	require.Empty(t, judgeExpiry(now.Add(time.Minute), true, now))
	require.True(t, short(now.AddDate(4, 11, 0), now))
	require.False(t, short(now.AddDate(5, 0, 0), now))
}

func TestInputs(t *testing.T) {
	a := adding{numbers: several{text: "415-555-0100\n415-555-0101", note: "why"}}
	in := a.input(now)
	require.Equal(t, []ccai.DNCContact{{PhoneNumber: "415-555-0100"}, {PhoneNumber: "415-555-0101"}}, in.Contacts)
	require.Equal(t, "why", in.Note)

	a.limited, a.date = true, "2031-01-02T03:04"
	want, ok := text.ParseLocal(a.date)
	require.True(t, ok)
	for _, c := range a.input(now).Contacts {
		require.Equal(t, ccai.FormatTime(want), c.ExpiresAt)
	}
	a.date = "2029-01-02T03:04"
	_, code := a.expiry(now)
	require.Equal(t, operation.CodeTimePast, code)
	require.Empty(t, a.input(now).Contacts[0].ExpiresAt, "a date that is refused is not sent")

	require.Equal(t, ccai.DNCRemove{PhoneNumbers: []string{"415-555-0100"}, Note: "why"},
		(&removing{numbers: several{text: "415-555-0100", note: "why"}}).input())
}

func TestTakeOverLeavesTheReasonOut(t *testing.T) {
	var m model
	require.NoError(t, m.takeOver(operation.DNCAdd, json.RawMessage(`{"contacts":[{"phone_number":"a"},{"phone_number":"b"}],"note":"old"}`)))
	require.Equal(t, "a\nb", m.add.numbers.text)
	require.Empty(t, m.add.numbers.note)
	require.NoError(t, m.takeOver(operation.DNCRemove, json.RawMessage(`{"phone_numbers":["c"],"note":"old"}`)))
	require.Equal(t, "c", m.remove.numbers.text)
	require.Empty(t, m.remove.numbers.note)
	require.Error(t, m.takeOver(operation.DNCAdd, json.RawMessage(`nonsense`)))
}

func TestRetypeForgetsTheAnswerOfAnotherNumber(t *testing.T) {
	c := checking{number: "1"}
	c.state.Answer = &wire.Envelope{}
	c.retype("1")
	require.NotNil(t, c.state.Answer)
	c.retype("12")
	require.Nil(t, c.state.Answer, "beside another number it could be taken for its answer")
}

func TestUnfinished(t *testing.T) {
	rows := []wire.Row{
		{Index: 0, Outcome: wire.Accepted, Proof: wire.Confirmed},
		{Index: 1, Outcome: wire.Updated, Proof: wire.Unchecked},
		{Index: 2, Outcome: wire.Accepted, Proof: wire.Contradicted},
		{Index: 3, Outcome: wire.Refused},
		{Index: 4, Outcome: wire.Unknown, Proof: wire.Unchecked},
		{Index: 5, Outcome: wire.Skipped},
		{Index: 6, Outcome: wire.Unknown, Proof: wire.Confirmed},
	}
	var indexes []int
	for _, r := range unfinished(rows) {
		indexes = append(indexes, r.Index)
	}
	require.Equal(t, []int{2, 3, 4, 5}, indexes)
}
