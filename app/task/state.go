// Package task carries one call from the form to its answer: judging while the
// person types, showing the exact request, asking or waiting before what
// cannot be undone, sending once, and explaining what came back.
package task

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// phase is how far a task has come.
type phase int

const (
	editing  phase = iota
	judging        // the person pressed send; the worker's word is awaited
	checking       // the page looks something up before the question
	asking         // the question is open
	holding        // the seconds to take it back run
	sending
	answered
)

// State is a task's form and answer. It is kept while the person is elsewhere
// in the console; the page holds the fields themselves.
type State struct {
	phase     phase
	body      string // the last input, as it would be posted
	system    string // the system it was judged for
	check     question.Check
	checked   string              // the input that check is about …
	checkedOn string              // … on this system
	demands   []operation.Problem // what the page wants beyond that
	touched   map[string]bool
	tried     bool
	key       string // of the intention: minted once, kept until the input changes
	keyOf     string // the system and input that key belongs to
	heldLeft  int
	word      string // what became of the last press, when nothing left
	again     bool   // the button was pressed while an answer was awaited
	round     int    // tells a hold from the one before
	Ask       *Question
	Event     wire.Event
	Sent      string // what was posted
	SentTo    string // the system it was posted to
	Answer    *wire.Envelope
	Failure   *client.Failure
}

// Question is asked before a call leaves.
type Question struct {
	Title   string
	Lines   []string
	Detail  func() app.UI // under the lines, such as a table; nil for none
	Confirm string
	Danger  bool
	Typed   string // what has to be typed to confirm; empty means nothing
	answer  string
}

// Judged reports whether the worker's word is about this body.
func (s *State) Judged(body string) bool { return s.checked == body }

// Busy reports whether a call of this task is on its way.
func (s *State) Busy() bool { return s.phase == sending }

// Check is the worker's word on the current input; its zero value until there is one.
func (s *State) Check() question.Check { return s.check }

// Touch has the problems of a field shown from now on.
func (s *State) Touch(field string) {
	if s.touched == nil {
		s.touched = map[string]bool{}
	}
	s.touched[field] = true
}

// Problem is what is wrong with a field, once the person has been there or
// has tried to send.
func (s *State) Problem(field string) string {
	if !s.tried && !s.touched[field] {
		return ""
	}
	for _, p := range s.problems() {
		if p.Field == field {
			return Explain(p)
		}
	}
	return ""
}

// problems is all that has to be mended: the operation's and the page's.
func (s *State) problems() []operation.Problem {
	return append(s.check.Problems[:len(s.check.Problems):len(s.check.Problems)], s.demands...)
}

// done reports whether what stands in the form was sent and may have happened:
// pressing send once more would do it twice.
func (s *State) done(op operation.Name) bool {
	o, _ := operation.Find(op)
	return s.Answer != nil && o.Rule.Writes() && s.body == s.Sent && s.system == s.SentTo &&
		s.Answer.Outcome != wire.Refused && s.Answer.Outcome != wire.Skipped
}

// past reports whether the answer that is shown is to something else than what
// stands in the form now.
func (s *State) past() bool { return s.body != s.Sent || s.system != s.SentTo }

// Checking reports whether the page is looking something up before the call
// leaves; it ends when the person takes the call back.
func (s *State) Checking() bool { return s.phase == checking }

// Hint is what the person should know about a field before sending.
func (s *State) Hint(field string) string {
	var all []string
	for _, h := range s.check.Hints {
		if h.Field == field {
			all = append(all, ExplainHint(h))
		}
	}
	return strings.Join(all, " ")
}

// Explain says what is wrong in the person's language.
func Explain(p operation.Problem) string {
	if p.Code == operation.CodePhone {
		return text.T("phone.reason." + p.Params["reason"])
	}
	return text.T("problem."+p.Code, pairs(p)...)
}

// ExplainHint says what to know before sending.
func ExplainHint(p operation.Problem) string {
	if region := p.Params["region"]; region != "" {
		return text.T("hint."+p.Code, "region", text.Region(region))
	}
	return text.T("hint."+p.Code, pairs(p)...)
}

func pairs(p operation.Problem) []string {
	var values []string
	for name, value := range p.Params {
		values = append(values, name, value)
	}
	return values
}

// Again makes the task ready for the next one and forgets the answer. The
// page clears what it wants cleared of its fields.
func (s *State) Again() {
	*s = State{round: s.round + 1}
}
