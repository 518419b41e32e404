package sms

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

// Ways to name the agent who gets the session.
const (
	nobody  = "none"
	byID    = "id"
	byEmail = "email"
)

// other is the choice of an outbound number that is typed.
const other = "other"

// model is what the page keeps while the person is elsewhere.
type model struct {
	state    task.State
	number   string
	outbound string // chosen from the list; other or "" with an empty list: typed
	typed    string // the outbound number as typed
	message  string
	agent    string // nobody, byID or byEmail; "" is nobody
	agentID  string
	email    string
	ticket   string
	note     string

	agents agents
	before earlier // looked up before the last text left
	recent recent
	open   int  // pages of this model on the screen
	again  bool // the last texts are read again in some seconds
}

// agents is the pick list of one system.
type agents struct {
	system  string
	loading bool
	failure *client.Failure
	list    []ccai.Agent
}

// earlier is what the ledger knew of the number before the last text left.
type earlier struct {
	number  string // as people read it
	sent    sent
	there   bool
	unknown bool // the ledger could not be asked
}

// recent is the person's last texts.
type recent struct {
	system  string
	loaded  bool
	loading bool
	failure *client.Failure
	list    []sent
}

// key is the page's draft.
const key = "sms"

func systemOf(d *desk.Desk) wire.System {
	s, _ := d.System(operation.CCAI)
	return s
}

// choice is the outbound number that is chosen on a system: one of its
// configured numbers, or other.
func (m *model) choice(numbers []string) string {
	if m.outbound == other || len(numbers) == 0 {
		return other
	}
	for _, n := range numbers {
		if n == m.outbound {
			return n
		}
	}
	return numbers[0]
}

// input is the operation's input as the fields stand.
func (m *model) input(numbers []string) ccai.SMS {
	in := ccai.SMS{EndUserNumber: m.number, OutboundNumber: m.choice(numbers), Message: m.message, TicketID: m.ticket, Note: m.note}
	if in.OutboundNumber == other {
		in.OutboundNumber = m.typed
	}
	switch m.agent {
	case byID:
		in.AgentID, _ = strconv.ParseInt(strings.TrimSpace(m.agentID), 10, 64) // demands says so when it is no number
	case byEmail:
		in.AgentEmail = m.email
	}
	return in
}

// demands is what the page wants beyond the operation's rules: who chooses to
// name an agent names one.
func (m *model) demands() []operation.Problem {
	switch m.agent {
	case byID:
		id := strings.TrimSpace(m.agentID)
		if id == "" {
			return []operation.Problem{{Field: "agentId", Code: operation.CodeRequired}}
		}
		if n, err := strconv.ParseInt(id, 10, 64); err != nil || n <= 0 {
			return []operation.Problem{{Field: "agentId", Code: operation.CodeID}}
		}
	case byEmail:
		if strings.TrimSpace(m.email) == "" {
			return []operation.Problem{{Field: "agentEmail", Code: operation.CodeRequired}}
		}
	}
	return nil
}

// next clears what belongs to one person; the outbound number and the agent stay.
func (m *model) next() {
	m.number, m.message, m.ticket, m.note = "", "", "", ""
}

// takeOver puts a former text into the form. The reason is another one: the
// note is left out.
func (m *model) takeOver(in ccai.SMS, numbers []string) {
	m.number, m.message, m.ticket, m.note = in.EndUserNumber, in.Message, in.TicketID, ""
	m.setOutbound(in.OutboundNumber, numbers)
	m.agent, m.agentID, m.email = nobody, "", ""
	switch {
	case in.AgentID != 0:
		m.agent, m.agentID = byID, strconv.FormatInt(in.AgentID, 10)
	case in.AgentEmail != "":
		m.agent, m.email = byEmail, in.AgentEmail
	}
	m.state.Again()
}

// setOutbound chooses a configured number in any spelling, else types it.
func (m *model) setOutbound(number string, numbers []string) {
	digits := phone.Read(number).Digits
	for _, n := range numbers {
		if n == number || digits != "" && phone.Read(n).Digits == digits {
			m.outbound = n
			return
		}
	}
	m.outbound, m.typed = other, number
}

// agentNamed finds the agent that the fields name in the pick list.
func (m *model) agentNamed() (ccai.Agent, bool) {
	for _, a := range m.agents.list {
		switch m.agent {
		case byID:
			if strconv.FormatInt(a.ID, 10) == strings.TrimSpace(m.agentID) {
				return a, true
			}
		case byEmail:
			if a.Email != "" && strings.EqualFold(a.Email, strings.TrimSpace(m.email)) {
				return a, true
			}
		}
	}
	return ccai.Agent{}, false
}

func readRequest(request json.RawMessage) (ccai.SMS, error) {
	var in ccai.SMS
	err := json.Unmarshal(request, &in)
	return in, err
}

// earlierOf is what the ledger says of a number before it is texted again.
func earlierOf(number phone.Number, entries []wire.Entry, now time.Time) earlier {
	e := earlier{number: number.International}
	e.sent, e.there = last(texts(entries), number.E164, now)
	return e
}
