package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// smsErrors is every error of the endpoint, in the order of the documentation
// (docs/api.md, "SMS"). Each comes with 400.
var smsErrors = [12]string{
	"chat_type needs to be provided",
	"valid chat type needs to be provided",
	"SMS is not enabled",
	"Outbound SMS is not enabled",
	"end_user_number is required",
	"end_user_number is invalid",
	"Non-US phone number not allowed",
	"outbound_number is required",
	"outbound_number is invalid",
	"outbound_number is not found",
	"message is required",
	"Outbound SMS failed. Consumer is already in an active SMS session.",
}

const (
	smsNoType = iota
	smsBadType
	_ // SMS is not enabled: a setting of the tenant, reached by magic only
	_ // Outbound SMS is not enabled: the same
	smsNoConsumer
	smsBadConsumer
	smsForeign
	smsNoOutbound
	smsBadOutbound
	smsUnknownOutbound
	smsNoMessage
	smsActive
)

// sessionLength is how long a session stays open; the vendor does not say.
const sessionLength = 10 * time.Minute

// endSession is the message that ends the consumer's session.
const endSession = "#end"

const (
	firstChat   = 114 // as in the vendor's samples
	firstUser   = 87
	maxSessions = 100_000
)

type session struct {
	chat, user int64
	ends       time.Time
	outbound   string
}

type chat struct {
	ID             *int64        `json:"id,omitempty"`
	Lang           string        `json:"lang"`
	ChatType       string        `json:"chat_type"`
	Status         string        `json:"status"`
	CreatedAt      string        `json:"created_at"`
	QueuedAt       *string       `json:"queued_at"`
	AssignedAt     *string       `json:"assigned_at"`
	EndsAt         *string       `json:"ends_at"`
	WaitDuration   int           `json:"wait_duration"`
	ChatDuration   int           `json:"chat_duration"`
	Rating         *int          `json:"rating"`
	HasFeedback    bool          `json:"has_feedback"`
	OutTicketID    *string       `json:"out_ticket_id"`
	OutTicketURL   *string       `json:"out_ticket_url"`
	Verified       bool          `json:"verified"`
	DisconnectedBy string        `json:"disconnected_by"`
	FailReason     *string       `json:"fail_reason"`
	SelectedMenu   *string       `json:"selected_menu"`
	MenuPath       *string       `json:"menu_path"`
	AgentInfo      *agentInfo    `json:"agent_info"`
	EndUser        endUser       `json:"end_user"`
	Photos         []string      `json:"photos"`
	Videos         []string      `json:"videos"`
	Transfers      []string      `json:"transfers"`
	Participants   []participant `json:"participants"`
	OfferType      *string       `json:"offer_type"`
	OfferEvents    []string      `json:"offer_events"`
	AnswerType     string        `json:"answer_type"`
	OutboundNumber string        `json:"outbound_number"`
}

type endUser struct {
	ID           int64   `json:"id"`
	Identifier   *string `json:"identifier"`
	OutContactID *string `json:"out_contact_id"`
}

type participant struct {
	ID           int64   `json:"id"`
	Type         string  `json:"type"`
	Status       string  `json:"status"`
	ChatID       int64   `json:"chat_id"`
	UserID       *int64  `json:"user_id"`
	EndUserID    *int64  `json:"end_user_id"`
	ChatDuration *int    `json:"chat_duration"`
	ConnectedAt  string  `json:"connected_at"`
	EndedAt      *string `json:"ended_at"`
	FailReason   string  `json:"fail_reason"`
}

type agentInfo struct {
	ID          int64  `json:"id"`
	AgentNumber any    `json:"agent_number"` // a number on one page of the vendor, a text on another
	Email       string `json:"email"`
	Name        string `json:"name"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	AvatarURL   string `json:"avatar_url"`
}

type smsInput struct {
	ChatType       string `json:"chat_type"`
	EndUserNumber  string `json:"end_user_number"`
	OutboundNumber string `json:"outbound_number"`
	Message        string `json:"message"`
	TicketID       string `json:"ticket_id"`
	CamelID        int64  `json:"agentId"`
	CamelEmail     string `json:"agentEmail"`
	SnakeID        int64  `json:"agent_id"`
	SnakeEmail     string `json:"agent_email"`
}

func (c *ccai) smsSend(q *request) (plan, *answer) {
	var in smsInput
	if refusal := decodeJSON(q, &in); refusal != nil {
		return plan{}, refusal
	}
	p := plan{rows: 1, marks: numbers(in.EndUserNumber)}
	if in.EndUserNumber != "" {
		p.keys = []string{key(in.EndUserNumber)}
	}
	p.do = func(code string) answer { return c.tenant(q).sms(in, code, q.now) }
	return p, nil
}

// refuseSMS tells which documented error the fields deserve, -1: none.
func (t *tenant) refuseSMS(in smsInput) int {
	consumer, consumerValid := canonical(in.EndUserNumber)
	outbound, outboundValid := canonical(in.OutboundNumber)
	switch {
	case in.ChatType == "":
		return smsNoType
	case !slices.Contains([]string{"Messaging (SMS)", "Messaging (API)", "SMS"}, in.ChatType):
		return smsBadType
	case in.EndUserNumber == "":
		return smsNoConsumer
	case !consumerValid:
		return smsBadConsumer
	case in.OutboundNumber == "":
		return smsNoOutbound
	case !outboundValid && !foreign(in.OutboundNumber):
		return smsBadOutbound
	case !strings.HasPrefix(consumer, "+1"), foreign(in.OutboundNumber):
		return smsForeign
	case !t.account.Willing && !slices.Contains(t.account.OutboundNumbers, outbound):
		return smsUnknownOutbound
	case in.Message == "":
		return smsNoMessage
	}
	return -1
}

// foreign tells a number of another country by its plus alone, as the sample
// +82 000-000-0000 asks for.
func foreign(text string) bool {
	digits, plus, ok := digitsOf(text)
	return ok && plus && len(digits) >= 8 && digits[0] != '1'
}

func (t *tenant) sms(in smsInput, code string, now time.Time) answer {
	if strings.HasPrefix(code, "92") {
		if n := int(code[2]-'0')*10 + int(code[3]-'0'); n >= 1 && n <= len(smsErrors) {
			return *message(http.StatusBadRequest, smsErrors[n-1])
		}
	}
	switch code {
	case "9213":
		return *message(http.StatusBadRequest, "Duplicate request: Please wait for the interval to expire")
	case "9214":
		return *message(http.StatusBadRequest, "Outbound SMS failed. Carrier registration is pending.")
	}
	if n := t.refuseSMS(in); n >= 0 {
		return *message(http.StatusBadRequest, smsErrors[n])
	}
	consumer, _ := canonical(in.EndUserNumber)
	current, active := t.open(consumer, now)
	if active && in.Message == endSession {
		delete(t.sessions, consumer)
		return reply(http.StatusOK, ended(current, in.ChatType, now)).did()
	}
	if active {
		return *message(http.StatusBadRequest, smsErrors[smsActive])
	}
	agentID, agentEmail := in.CamelID, in.CamelEmail
	if t.account.AgentKeys == "snake" {
		agentID, agentEmail = in.SnakeID, in.SnakeEmail
	}
	var assigned *agent
	if (agentID != 0 || agentEmail != "") && code != "9215" {
		i := slices.IndexFunc(t.agents, func(a agent) bool { return a.ID == agentID || agentID == 0 && strings.EqualFold(a.Email, agentEmail) })
		if i < 0 {
			return *message(http.StatusBadRequest, "agent is not found")
		}
		assigned = &t.agents[i]
	}
	if len(t.sessions) >= maxSessions {
		clear(t.sessions)
	}
	t.chats++
	outbound, _ := canonical(in.OutboundNumber)
	s := session{chat: t.chats, user: t.chats - firstChat + firstUser, ends: now.Add(sessionLength), outbound: outbound}
	if code != "9217" && in.Message != endSession {
		t.sessions[consumer] = s
	}
	out := opened(s, in.ChatType, now)
	if assigned != nil {
		// The vendor's sample of agentEmail has no agent_info though it is assigned.
		out.assign(*assigned, agentID != 0, now)
	}
	if code == "9216" {
		out.ID = nil
	}
	return reply(http.StatusOK, out).did()
}

func opened(s session, chatType string, now time.Time) chat {
	return chat{
		ID: &s.chat, Lang: "en", ChatType: chatType, Status: "selecting", CreatedAt: stamp(now),
		DisconnectedBy: "disconnected_by_unknown", AnswerType: "manual", OutboundNumber: s.outbound,
		EndUser: endUser{ID: s.user}, Photos: []string{}, Videos: []string{}, Transfers: []string{}, OfferEvents: []string{},
		Participants: []participant{{ID: 2*s.chat - 23, Type: "end_user", Status: "connected", ChatID: s.chat, EndUserID: &s.user,
			ConnectedAt: stamp(now), FailReason: "nothing"}},
	}
}

func (c *chat) assign(a agent, info bool, now time.Time) {
	at := stamp(now.Add(2 * time.Second))
	c.Status, c.AssignedAt = "assigned", &at
	if info {
		c.AgentInfo = &agentInfo{ID: a.ID, AgentNumber: a.number(), Email: a.Email, Name: a.FirstName + " " + a.LastName,
			FirstName: a.FirstName, LastName: a.LastName, AvatarURL: "https://foobar.com/" + strings.ToLower(a.FirstName+a.LastName)}
	}
	first := c.Participants[0]
	c.Participants = append(c.Participants, participant{ID: first.ID + 1, Type: "agent", Status: "connected", ChatID: first.ChatID,
		UserID: &a.ID, ConnectedAt: at, FailReason: "nothing"})
}

func ended(s session, chatType string, now time.Time) chat {
	c := opened(s, chatType, s.ends.Add(-sessionLength))
	at := stamp(now)
	c.Status, c.EndsAt, c.Participants[0].EndedAt, c.Participants[0].Status = "finished", &at, &at, "finished"
	return c
}
