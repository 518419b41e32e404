package task

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestWhatWasSentIsNotSentAgainWithoutAChange(t *testing.T) {
	accepted := &wire.Envelope{Outcome: wire.Accepted}
	for _, c := range []struct {
		name string
		op   operation.Name
		s    State
		want bool
	}{
		{"nothing was sent", operation.SMSSend, State{body: "a", system: "x"}, false},
		{"accepted", operation.SMSSend, State{phase: answered, body: "a", Sent: "a", system: "x", SentTo: "x", Answer: accepted}, true},
		{"unknown", operation.SMSSend, State{phase: answered, body: "a", Sent: "a", system: "x", SentTo: "x", Answer: &wire.Envelope{Outcome: wire.Unknown}}, true},
		{"refused", operation.SMSSend, State{phase: answered, body: "a", Sent: "a", system: "x", SentTo: "x", Answer: &wire.Envelope{Outcome: wire.Refused}}, false},
		{"never left", operation.SMSSend, State{phase: answered, body: "a", Sent: "a", system: "x", SentTo: "x", Answer: &wire.Envelope{Outcome: wire.Skipped}}, false},
		{"changed", operation.SMSSend, State{phase: answered, body: "b", Sent: "a", system: "x", SentTo: "x", Answer: accepted}, false},
		{"another system", operation.SMSSend, State{phase: answered, body: "a", Sent: "a", system: "y", SentTo: "x", Answer: accepted}, false},
		{"another one was begun, taken back, and changed back", operation.SMSSend, State{phase: editing, body: "a", Sent: "a", system: "x", SentTo: "x", Answer: accepted}, true},
		{"a read", operation.DNCCheck, State{phase: answered, body: "a", Sent: "a", system: "x", SentTo: "x", Answer: accepted}, false},
	} {
		require.Equal(t, c.want, c.s.done(c.op), c.name)
	}
}

func TestAFormBegunAnewForgetsTheAnswerButNotItsRound(t *testing.T) {
	s := State{round: 3, phase: sending, Sent: "a"}
	s.Again()
	require.Equal(t, State{round: 4}, s)
}
