package sms

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

var now = time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)

func entry(id string, ago time.Duration, outcome wire.Outcome, number string) wire.Entry {
	return wire.Entry{ID: id, Operation: operation.SMSSend, State: wire.Finished, Outcome: outcome, StartedAt: now.Add(-ago),
		Person: wire.Person{Name: "Ana"}, Request: json.RawMessage(`{"end_user_number":"` + number + `","message":"hi"}`),
		Rows: []wire.Row{{Outcome: outcome, Sent: number}}}
}

func TestLast(t *testing.T) {
	const number = "+14155550142"
	running := entry("running", time.Minute, "", number)
	running.State = wire.Leaving
	settled := entry("settled", time.Minute, wire.Unknown, number)
	settled.Settled = &wire.Settlement{Outcome: wire.Refused}
	for _, tc := range []struct {
		name    string
		entries []wire.Entry
		want    string // "" for no question
	}{
		{"nothing", nil, ""},
		{"accepted an hour ago", []wire.Entry{entry("a", time.Hour, wire.Accepted, number)}, "a"},
		{"accepted two days ago", []wire.Entry{entry("a", 48*time.Hour, wire.Accepted, number)}, ""},
		{"refused: it reached nobody", []wire.Entry{entry("a", time.Minute, wire.Refused, number)}, ""},
		{"never left", []wire.Entry{entry("a", time.Minute, wire.Skipped, number)}, ""},
		{"another number", []wire.Entry{entry("a", time.Minute, wire.Accepted, "+12125550142")}, ""},
		{"the newest of two", []wire.Entry{entry("old", time.Hour, wire.Accepted, number), entry("new", time.Minute, wire.Accepted, number)}, "new"},
		{"an unknown goes before a newer one", []wire.Entry{entry("new", time.Minute, wire.Accepted, number), entry("doubt", time.Hour, wire.Unknown, number)}, "doubt"},
		{"still on its way", []wire.Entry{running}, "running"},
		{"settled as not happened", []wire.Entry{settled}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := earlierOf(phone.Number{E164: number}, tc.entries, now)
			require.Equal(t, tc.want != "", e.there)
			require.Equal(t, tc.want, e.sent.id)
			require.Equal(t, tc.want != "", againQuestion(e, now) != nil)
		})
	}
}

func TestAnUnknownIsAskedForWithAWarning(t *testing.T) {
	q := againQuestion(earlierOf(phone.Number{E164: "+14155550142"}, []wire.Entry{entry("a", time.Hour, wire.Unknown, "+14155550142")}, now), now)
	require.True(t, q.Danger)
	require.Len(t, q.Lines, 2)
}

func TestATextUnderWayIsNoUnknown(t *testing.T) {
	running := entry("r", time.Second, "", "+14155550142")
	running.State = wire.Leaving
	all := texts([]wire.Entry{entry("a", time.Hour, wire.Unknown, "+14155550142"), running})
	require.Equal(t, "outcome.unknown", all[0].word())
	require.Equal(t, "sms.running", all[1].word())
	require.True(t, underWay(all))
	require.False(t, underWay(all[:1]))
}

func TestALongMessageIsAskedAbout(t *testing.T) {
	require.Nil(t, withLength(nil, strings.Repeat("a", 4*153)))
	q := withLength(nil, strings.Repeat("a", 4*153+1))
	require.NotNil(t, q)
	require.Equal(t, "sms.long.ask.other", q.Title)
	require.NotNil(t, withLength(nil, strings.Repeat("再", 4*67+1)), "parts are what counts")
	require.NotNil(t, withLength(nil, strings.Repeat("a", 1601)))

	again := againQuestion(earlierOf(phone.Number{E164: "+14155550142"}, []wire.Entry{entry("a", time.Hour, wire.Accepted, "+14155550142")}, now), now)
	lines := len(again.Lines)
	both := withLength(again, strings.Repeat("a", 700))
	require.Equal(t, "sms.again.ask", both.Title, "one question for both")
	require.Len(t, both.Lines, lines+1)
}

func TestInput(t *testing.T) {
	numbers := []string{"+16285550199", "+16285550123"}
	m := model{number: "415 555 0142", message: " hi ", agent: byID, agentID: " 42 ", email: "left@over.example", ticket: "T1", note: "n"}
	require.Equal(t, ccai.SMS{EndUserNumber: "415 555 0142", OutboundNumber: "+16285550199", Message: " hi ", TicketID: "T1", AgentID: 42, Note: "n"}, m.input(numbers))

	m.agent, m.outbound = byEmail, "+16285550123"
	in := m.input(numbers)
	require.Equal(t, "left@over.example", in.AgentEmail)
	require.Zero(t, in.AgentID, "only one of the two is sent")
	require.Equal(t, "+16285550123", in.OutboundNumber)

	m.outbound, m.typed = other, "628 555 0100"
	require.Equal(t, "628 555 0100", m.input(numbers).OutboundNumber)
	m.outbound = "+10000000000"
	require.Equal(t, "+16285550199", m.input(numbers).OutboundNumber, "a number of another system is not carried over")
	require.Equal(t, "628 555 0100", m.input(nil).OutboundNumber, "without configured numbers it is typed")
}

func TestDemands(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    model
		want []operation.Problem
	}{
		{"nobody", model{}, nil},
		{"an id", model{agent: byID, agentID: "7"}, nil},
		{"no id", model{agent: byID, agentID: " "}, []operation.Problem{{Field: "agentId", Code: operation.CodeRequired}}},
		{"a name for an id", model{agent: byID, agentID: "Ana"}, []operation.Problem{{Field: "agentId", Code: operation.CodeID}}},
		{"a negative id", model{agent: byID, agentID: "-1"}, []operation.Problem{{Field: "agentId", Code: operation.CodeID}}},
		{"no e-mail", model{agent: byEmail}, []operation.Problem{{Field: "agentEmail", Code: operation.CodeRequired}}},
		{"an e-mail", model{agent: byEmail, email: "a@b.example"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, tc.m.demands())
		})
	}
}

func TestNextKeepsOutboundNumberAndAgent(t *testing.T) {
	m := model{number: "1", message: "m", ticket: "t", note: "n", outbound: "+16285550123", agent: byID, agentID: "7"}
	m.next()
	require.Equal(t, model{outbound: "+16285550123", agent: byID, agentID: "7"}, m)
}

func TestTakeOver(t *testing.T) {
	numbers := []string{"+16285550199", "+16285550123"}
	m := model{note: "old", agent: byEmail, email: "x@y.example"}
	m.takeOver(ccai.SMS{EndUserNumber: "415", OutboundNumber: "+1 628-555-0123", Message: "hi", TicketID: "T", AgentID: 9, Note: "their note"}, numbers)
	require.Equal(t, "+16285550123", m.choice(numbers), "another spelling of a configured number is that number")
	require.Equal(t, byID, m.agent)
	require.Equal(t, "9", m.agentID)
	require.Empty(t, m.email)
	require.Empty(t, m.note, "the reason is another one")

	m.takeOver(ccai.SMS{OutboundNumber: "+1 212 555 0100"}, numbers)
	require.Equal(t, other, m.choice(numbers))
	require.Equal(t, "+1 212 555 0100", m.typed)
	require.Equal(t, nobody, m.agent)
}

func TestAgentNamed(t *testing.T) {
	m := model{agent: byEmail, email: " ANA@example.com", agents: agents{list: []ccai.Agent{{ID: 1, Email: "ana@example.com", FirstName: "Ana"}, {ID: 2}}}}
	a, ok := m.agentNamed()
	require.True(t, ok)
	require.Equal(t, "Ana", a.Name())
	m.agent, m.agentID = byID, "3"
	_, ok = m.agentNamed()
	require.False(t, ok)
	m.agent, m.email = byEmail, ""
	_, ok = m.agentNamed()
	require.False(t, ok, "an agent without an e-mail address is nobody's choice")
}

func TestAgentText(t *testing.T) {
	require.Equal(t, "Ana Lin <ana@example.com>", agentText(ccai.AgentInfo{FirstName: "Ana", LastName: "Lin", Email: "ana@example.com"}))
	require.Equal(t, "ana@example.com", agentText(ccai.AgentInfo{Email: "ana@example.com"}))
}

func TestTextsOfEntries(t *testing.T) {
	brief := entry("b", 0, wire.Accepted, "+14155550142")
	brief.Request, brief.Brief = nil, true
	all := texts([]wire.Entry{entry("a", 0, wire.Accepted, "+14155550142"), brief, {Operation: operation.DNCAdd}})
	require.Len(t, all, 2)
	require.True(t, all[0].whole)
	require.Equal(t, "hi", all[0].request.Message)
	require.False(t, all[1].whole, "its request has to be fetched before it is used again")
	require.Equal(t, "+14155550142", all[1].number)
}
