package callbot

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/app/client"
	"outdial/app/judge/question"
	vendor "outdial/shared/callbot"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

func newSheet() *sheet {
	n := 0
	s := &sheet{newID: func() string { n++; return "order-" + strconv.Itoa(n) }}
	s.ready()
	return s
}

func TestCallsLeaveOutEmptyRows(t *testing.T) {
	s := newSheet()
	s.take(parse("phone\tamount\n4155550100\t1\n4155550101\t2\n", nil))
	s.add(0) // an empty row between the two
	calls, at := s.calls()
	require.Equal(t, []int{0, 2}, at)
	require.Len(t, calls, 2)
	require.Equal(t, []vendor.Param{{Name: "amount", Value: "2"}}, calls[1].Params)
	require.NotEmpty(t, calls[0].OrderID)
	require.NotEqual(t, calls[0].OrderID, calls[1].OrderID)

	again, _ := s.calls()
	require.Equal(t, calls, again, "orderIDs are made once")
}

func TestTakeJoinsVariables(t *testing.T) {
	s := newSheet()
	require.Equal(t, 1, s.take(parse("phone\tamount\n4155550100\t1\n", nil)))
	require.Equal(t, 1, s.take(parse("phone\tdue\tamount\n4155550101\tMay\t2\n", nil)))
	require.Equal(t, []string{"amount", "due"}, s.Vars)
	require.Equal(t, []string{"1", ""}, s.Rows[0].Values)
	require.Equal(t, []string{"2", "May"}, s.Rows[1].Values)

	problems := s.empties()
	require.Len(t, problems, 1, "the first row lacks the second's variable")
	require.Equal(t, "callInfoList.callList[0].params", problems[0].Field)
	require.Equal(t, "due", problems[0].Params["name"])
}

func TestVariables(t *testing.T) {
	s := newSheet()
	s.take(parse("4155550100", nil))
	s.addVar("x")
	s.addVar("x")
	require.Equal(t, []string{"x", "x 2"}, s.Vars)
	s.Rows[0].Values[1] = "kept"
	s.removeVar(0)
	require.Equal(t, []string{"x 2"}, s.Vars)
	require.Equal(t, []string{"kept"}, s.Rows[0].Values)
}

// Whatever is left out and put back, the counts make the whole.
func TestCountsAddUp(t *testing.T) {
	s := newSheet()
	s.take(parse("4155550100\n4155550101\n4155550102\n4155550103\n", nil))
	s.More = 7 // of a file
	check := func(mend map[int]bool) counts {
		calls, _ := s.calls()
		c := s.count(len(calls), mend, map[int]bool{0: true})
		require.Equal(t, c.Total, c.Ready+c.Mend+c.LeftOut)
		return c
	}
	require.Equal(t, counts{Total: 11, Ready: 2, Mend: 2, LeftOut: 7, Hinted: 1}, check(map[int]bool{1: true, 3: true}))

	_, at := s.calls()
	s.leaveOut(at, map[int]string{1: "why", 3: "why too"})
	require.Equal(t, counts{Total: 11, Ready: 2, LeftOut: 9, Hinted: 1}, check(nil))
	require.Equal(t, "4155550101", s.Out[0].Row.Cells[colPhone])
	require.Equal(t, 3, s.Out[1].Line)

	order := s.Out[0].Row.Order
	s.putBack(0)
	require.Equal(t, counts{Total: 11, Ready: 3, LeftOut: 8, Hinted: 1}, check(nil))
	require.Equal(t, order, s.Rows[len(s.Rows)-1].Order)
}

func TestLastRowStaysToTypeIn(t *testing.T) {
	s := newSheet()
	s.take(parse("4155550100", nil))
	s.remove(0)
	require.Len(t, s.Rows, 1)
	require.True(t, s.Rows[0].blank())
}

func TestBodyIsAsPosted(t *testing.T) {
	m := &model{Sheet: *newSheet()}
	m.TaskID, m.Note = " task-1 ", "why"
	m.Sheet.take(parse("4155550100", nil))
	var in vendor.Import
	require.NoError(t, json.Unmarshal([]byte(m.body()), &in))
	require.Equal(t, "task-1", in.UserTaskID)
	require.Equal(t, vendor.ProductID, in.ProductID)
	require.Equal(t, "4155550100", in.CallInfoList.CallList[0].UserPhone)
	require.NotNil(t, in.CallInfoList.CallList[0].Params, "params leaves as [], never as null")

	m.Note = "" // the page wants one, though the operation does not
	problems := m.demand(wire.Limits{})
	require.Equal(t, []operation.Problem{{Field: "note", Code: operation.CodeRequired}}, problems)
}

func TestLongListIsJudgedWhenTheFieldIsLeft(t *testing.T) {
	m := &model{Sheet: *newSheet()}
	var text string
	for i := range judgedAtOnce + 1 {
		text += strconv.Itoa(4155550000+i) + "\n"
	}
	m.Sheet.take(parse(text, nil))
	before := m.body()
	m.Sheet.Rows[0].Cells[colUser] = "Ana"
	m.typed(true)
	require.Equal(t, before, m.body())
	require.True(t, m.release())
	require.Contains(t, m.body(), "Ana")
}

// Once answered, the same list stays the same; a changed one is of new orders.
func TestOrdersAreRenewedWithTheNextChange(t *testing.T) {
	m := &model{Sheet: *newSheet()}
	m.Sheet.take(parse("4155550100", nil))
	sent := m.body()
	order := m.Sheet.Rows[0].Order
	m.used = true
	require.Equal(t, sent, m.body())
	m.Note = "another reason"
	require.NotContains(t, m.body(), order)
	require.NotEmpty(t, m.Sheet.Rows[0].Order)
	renewed := m.Sheet.Rows[0].Order
	m.Note = "and another"
	require.Contains(t, m.body(), renewed)
}

func TestTookAFile(t *testing.T) {
	m := &model{Sheet: *newSheet()}
	f := question.FileCheck{
		Summary: list.Summary{Total: 5, Ready: 2, LeftOut: 3, Out: []list.Row{{Index: 1, Typed: "12", Problems: []operation.Problem{{Code: "phone"}}}, {Index: 4, Typed: "911"}}},
		Rows: []json.RawMessage{
			[]byte(`{"userPhone":"4155550100","params":[{"name":"a","value":"1"}]}`),
			[]byte(`{"orderID":"mine","userPhone":"4155550101","params":[{"name":"a","value":"2"}]}`),
		},
	}
	calls, err := callsOf(f.Rows)
	require.NoError(t, err)
	m.took(f, calls, func(p operation.Problem) string { return "because " + p.Code })
	require.Equal(t, []string{"a"}, m.Sheet.Vars)
	require.Len(t, m.Sheet.Rows, 2)
	require.NotEmpty(t, m.Sheet.Rows[0].Order, "made where the file has none")
	require.Equal(t, "mine", m.Sheet.Rows[1].Order)
	require.Equal(t, "because phone", m.Sheet.Out[0].Reason)
	require.Equal(t, 1, m.Sheet.More)
	posted, _ := m.Sheet.calls()
	require.Equal(t, 5, m.Sheet.count(len(posted), nil, nil).Total)

	m.took(question.FileCheck{Failed: "not_json"}, nil, nil)
	require.Equal(t, "not_json", m.Unread)
	require.Len(t, m.Sheet.Rows, 2, "what was there stays")
}

func TestUseAgainMakesNewOrders(t *testing.T) {
	m := &model{Sheet: *newSheet()}
	require.True(t, m.fill(json.RawMessage(`{"productID":"callbot","userTaskID":"t","callInfoList":{"orderCallbackUrl":"https://o.example","callCallbackUrl":"","callList":[{"orderID":"old","userPhone":"1","params":[]}]},"note":"old"}`)))
	require.Equal(t, "t", m.TaskID)
	require.Equal(t, "https://o.example", m.OrderURL)
	require.Empty(t, m.Note, "the reason is another one")
	require.NotEqual(t, "old", m.Sheet.Rows[0].Order)
	require.NotEmpty(t, m.Sheet.Rows[0].Order)
	require.False(t, m.fill(json.RawMessage(`[]`)))
}

func TestRepeatsAreFoundAndLeftOutButTheFirst(t *testing.T) {
	const a, b = "+14155550100", "+14155550101"
	m := &model{Sheet: *newSheet()}
	m.Sheet.take(parse("4155550100\n4155550101\n+1 415 555 0100\n4155550100\n4155550101\n12\n12", nil))
	m.body()
	field := func(n int) string { return place(n) + ".userPhone" }
	c := question.Check{Rows: 7, Problems: []operation.Problem{{Field: field(0), Code: "x"}, {Field: field(5), Code: "phone"}, {Field: field(6), Code: "phone"}}}
	for n, e164 := range []string{a, b, a, a, b, "", ""} {
		number := operation.Number{Field: field(n), Number: phone.Number{E164: e164, Verdict: phone.Fine}}
		c.Numbers = append(c.Numbers, number)
	}
	j := sorted(c)
	require.Equal(t, map[int]int{3: 2, 4: 1}, j.repeats, "a row that cannot go is no first one, and what is no number repeats none")

	m.judged, m.judged.mark = j, mark{version: m.Sheet.version}
	require.Len(t, m.repeatReasons(), 2)
	m.Sheet.leaveOut(m.at, m.repeatReasons())
	require.Len(t, m.Sheet.Rows, 5)
	require.Equal(t, "+1 415 555 0100", m.Sheet.Rows[2].Cells[colPhone])
	require.Len(t, m.Sheet.Out, 2)
	require.True(t, m.Sheet.Out[0].Whole, "each can be put back")
	m.Sheet.putBack(0)
	require.Len(t, m.Sheet.Rows, 6)
}

func TestTotalsAddUp(t *testing.T) {
	rows := []wire.Row{{Outcome: wire.Accepted}, {Outcome: wire.Updated}, {Outcome: wire.Refused}, {Outcome: wire.Unknown}, {Outcome: wire.Skipped}, {}}
	got := totalsOf(rows)
	require.Equal(t, totals{Total: 6, Taken: 2, Refused: 1, Unknown: 2, Skipped: 1}, got)
	require.Equal(t, got.Total, got.Taken+got.Refused+got.Unknown+got.Skipped)
}

func TestRefusedRowsForMending(t *testing.T) {
	sent := `{"callInfoList":{"callList":[{"orderID":"a","userPhone":"1"},{"orderID":"b","userPhone":"2","params":[{"name":"x","value":"y"}]}]}}`
	calls := refused(sent, []wire.Row{{Index: 0, Outcome: wire.Accepted}, {Index: 1, Outcome: wire.Refused}, {Index: 9, Outcome: wire.Refused}})
	require.Equal(t, []vendor.Call{{UserPhone: "2", Params: []vendor.Param{{Name: "x", Value: "y"}}}}, calls)

	text, err := asJSON(calls)
	require.NoError(t, err)
	require.NotContains(t, text, "orderID")
	rows, err := list.Rows([]byte(text), 0)
	require.NoError(t, err, "it can be dropped back")
	require.Len(t, rows, 1)
}

func TestReadPing(t *testing.T) {
	refused := func(code string) *wire.Envelope {
		return &wire.Envelope{Outcome: wire.Refused, Error: &wire.Error{Code: code}}
	}
	problem := func(code string) *client.Failure { return &client.Failure{Problem: &wire.Problem{Code: code}} }
	for _, tc := range []struct {
		name    string
		e       *wire.Envelope
		f       *client.Failure
		address finding
		account finding
		sign    finding
	}{
		{"all well", &wire.Envelope{Outcome: wire.Accepted}, nil, works, works, works},
		{"signature wrong", refused(vendor.CodeSignatureWrong), nil, works, open, fails},
		{"no account", refused(vendor.CodeNoAccount), nil, works, fails, open},
		{"no permission", refused(vendor.CodeNoPermission), nil, works, fails, works},
		{"busy", refused(vendor.CodeBusy), nil, works, open, open},
		{"forged", refused(vendor.CodeForgedAnswer), nil, works, open, fails},
		{"not reached", nil, problem("upstream_unreached"), fails, open, open},
		{"failed", nil, problem("upstream_failed"), works, open, open},
		{"too slow", nil, problem("upstream_timeout"), open, open, open},
		{"our server away", nil, &client.Failure{Lost: true}, open, open, open},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := read(tc.e, tc.f)
			require.Equal(t, tc.address, got.Address, "address")
			require.Equal(t, tc.account, got.Account, "account")
			require.Equal(t, tc.sign, got.Signature, "signature")
		})
	}
}
