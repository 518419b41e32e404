package sms

import (
	"encoding/json"
	"slices"
	"time"

	"outdial/app/text"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// recentTime is how long a text to the same number is worth a question.
const recentTime = 24 * time.Hour

// sent is one text of ours in the ledger.
type sent struct {
	id      string
	at      time.Time
	person  wire.Person
	number  string // as it left, else as it was typed
	running bool
	outcome wire.Outcome // as settled, where it was
	error   *wire.Error
	request ccai.SMS // its zero value when the ledger left it out
	whole   bool     // request is there
}

// texts reads ledger entries as texts, in their order.
func texts(entries []wire.Entry) []sent {
	var all []sent
	for _, e := range entries {
		if e.Operation != operation.SMSSend {
			continue
		}
		s := sent{id: e.ID, at: e.StartedAt, person: e.Person, running: e.State != wire.Finished, outcome: e.Outcome, error: e.Error}
		if e.Settled != nil && e.Outcome == wire.Unknown {
			s.outcome = e.Settled.Outcome
		}
		if len(e.Request) > 0 && json.Unmarshal(e.Request, &s.request) == nil {
			s.whole = true
		}
		if len(e.Rows) > 0 {
			if s.number = e.Rows[0].Sent; s.number == "" {
				s.number = e.Rows[0].Typed
			}
		}
		if s.number == "" {
			s.number = s.request.EndUserNumber
		}
		all = append(all, s)
	}
	return all
}

// last is the newest text to the number within recentTime that reached, or may
// have reached, the person. A text whose outcome is unknown goes before all.
func last(all []sent, e164 string, now time.Time) (sent, bool) {
	var found sent
	var ok bool
	for _, s := range all {
		if now.Sub(s.at) > recentTime || !ccai.SamePhone(s.number, e164) || !s.mayHaveArrived() {
			continue
		}
		if !ok || s.unsettled() && !found.unsettled() || s.unsettled() == found.unsettled() && s.at.After(found.at) {
			found, ok = s, true
		}
	}
	return found, ok
}

func (s sent) mayHaveArrived() bool {
	return s.running || s.outcome.Done() || s.outcome == wire.Unknown
}

func (s sent) unsettled() bool { return s.running || s.outcome == wire.Unknown }

// outcomeShown is the outcome of a text that has ended.
func (s sent) outcomeShown() wire.Outcome {
	if s.outcome == "" {
		return wire.Unknown
	}
	return s.outcome
}

// word is the outcome in a word, also of a text that is still under way.
func (s sent) word() string {
	if s.running {
		return text.T("sms.running")
	}
	return text.T("outcome." + string(s.outcomeShown()))
}

func underWay(all []sent) bool {
	return slices.ContainsFunc(all, func(s sent) bool { return s.running })
}

func nameOf(p wire.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}
