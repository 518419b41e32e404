package ccai

import (
	"time"

	"outdial/shared/answer"
)

// Chat is the answer to SMS: the session that was opened. It says nothing about
// the delivery of the message.
type Chat struct {
	ID             string // never empty
	Type           string
	Status         string // "selecting" without an agent, "assigned" with one; an open set
	CreatedAt      *time.Time
	AssignedAt     *time.Time
	Agent          *AgentInfo // nil when the answer names none, even where one is assigned
	OutboundNumber string     // normalised by the upstream
	EndUserID      string
	TicketID       string
	TicketURL      string
	FailReason     string
}

// AgentInfo is the agent of a chat.
type AgentInfo struct {
	ID        int64
	Number    string // agent_number: a number on one page, a text on another
	Email     string
	Name      string
	FirstName string
	LastName  string
}

// ReadChat reads the answer to SMS. The error is answer.ErrUnreadable, also when
// the chat has no id: then nothing shows that a session was opened.
func ReadChat(data []byte) (Chat, error) {
	o, err := answer.ReadObject(data)
	if err != nil {
		return Chat{}, err
	}
	c := Chat{
		ID:             o.Text("id"),
		Type:           o.Text("chat_type"),
		Status:         o.Text("status"),
		OutboundNumber: o.Text("outbound_number"),
		EndUserID:      o["end_user"].Object().Text("id"),
		TicketID:       o.Text("out_ticket_id"),
		TicketURL:      o.Text("out_ticket_url"),
		FailReason:     o.Text("fail_reason"),
	}
	if c.ID == "" {
		return Chat{}, answer.ErrUnreadable
	}
	c.CreatedAt, _ = readTime(o, "created_at")
	c.AssignedAt, _ = readTime(o, "assigned_at")
	if info := o["agent_info"].Object(); len(info) > 0 {
		c.Agent = &AgentInfo{
			ID:        info.Whole("id"),
			Number:    info.Text("agent_number"),
			Email:     info.Text("email"),
			Name:      info.Text("name"),
			FirstName: info.Text("first_name"),
			LastName:  info.Text("last_name"),
		}
	}
	return c, nil
}
