package simulator

import (
	"net/http"
	"strconv"
)

// managerPage is the largest page of the Manager API (docs/api.md, "Pick lists").
const managerPage = 100

type campaignObject struct {
	ID             int64          `json:"id"`
	Name           string         `json:"name"`
	Status         string         `json:"status"`
	Mode           string         `json:"mode"`
	Type           string         `json:"campaign_type"`
	ExternalID     *string        `json:"external_campaign_id"`
	Queue          queue          `json:"queue"`
	MaxRedials     int            `json:"max_redial_count"`
	RedialInterval int            `json:"redial_interval_minutes"`
	MaxAbandonment int            `json:"max_abandonment_percent"`
	Target         *int           `json:"target_number_to_process"`
	StartsAt       string         `json:"starts_at"`
	EndsAt         *string        `json:"ends_at"`
	ContactStats   map[string]int `json:"contact_stats"`
}

type queue struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func (c *ccai) campaignsList(q *request) (plan, *answer) {
	return plan{do: func(string) answer {
		campaigns, header := pageOf(q, c.tenant(q).campaigns, "per", managerPage)
		all := make([]campaignObject, 0, len(campaigns))
		for _, one := range campaigns {
			all = append(all, one.object())
		}
		return paged(all, header)
	}}, nil
}

func paged(all any, header http.Header) answer {
	a := reply(http.StatusOK, all)
	for name, values := range header {
		a.header[name] = values
	}
	return a
}

func (c *campaign) object() campaignObject {
	stats := map[string]int{"Contacts": len(c.contacts)}
	for _, s := range statuses {
		if s == "Invalid Number" {
			s = "Invalid Number or Name" // as the statistics call it
		}
		stats[s] = 0
	}
	for _, n := range c.contacts {
		s := n.status
		if s == "Invalid Number" {
			s = "Invalid Number or Name"
		}
		stats[s]++
		switch n.status {
		case "Upcoming", "Dialing", "Queued", "Redial Scheduled":
			stats["Remaining"]++
		default:
			stats["Completed"]++
		}
		switch n.status {
		case "Connected", "Finished", "Transferred", "Transferred and Finished":
			stats["Reached"]++
		}
	}
	return campaignObject{ID: c.id, Name: c.name, Status: c.status, Mode: c.mode, Type: "outbound", Queue: queue{ID: 40 + c.id, Name: "Outbound"},
		MaxRedials: 3, RedialInterval: 60, MaxAbandonment: 3, StartsAt: stamp(c.starts), ContactStats: stats}
}

// agent is one agent of a tenant.
type agent struct {
	ID                         int64
	Email, FirstName, LastName string
	Number                     int
	Status                     string
}

// number is printed as a number for one half of the agents and as a text for the other.
func (a agent) number() any {
	if a.ID%2 == 1 {
		return a.Number
	}
	return strconv.Itoa(a.Number)
}

type agentObject struct {
	ID          int64       `json:"id"`
	Email       string      `json:"email"`
	FirstName   string      `json:"first_name"`
	LastName    string      `json:"last_name"`
	AgentNumber any         `json:"agent_number"`
	Status      agentStatus `json:"status"`
	Online      bool        `json:"online"`
	Roles       []string    `json:"roles"`
	Teams       []string    `json:"teams"`
	Channels    []string    `json:"channels"`
}

type agentStatus struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

func (c *ccai) agentsList(q *request) (plan, *answer) {
	return plan{do: func(string) answer {
		agents, header := pageOf(q, c.tenant(q).agents, "per", managerPage)
		all := make([]agentObject, 0, len(agents))
		for _, a := range agents {
			all = append(all, agentObject{ID: a.ID, Email: a.Email, FirstName: a.FirstName, LastName: a.LastName, AgentNumber: a.number(),
				Status: statusOf(a.Status), Online: a.Status != "Offline", Roles: []string{"agent"}, Teams: []string{"Outbound"}, Channels: []string{"voice", "sms"}})
		}
		return paged(all, header)
	}}, nil
}

func statusOf(name string) agentStatus {
	switch name {
	case "Available":
		return agentStatus{1, name, "#00ff00"}
	case "Break":
		return agentStatus{2, name, "#ffaa00"}
	}
	return agentStatus{3, name, "#888888"}
}

// waitTimes is a harmless read: whoever gets an answer has the right credential.
func (c *ccai) waitTimes(q *request) (plan, *answer) {
	p := plan{marks: []mark{{text: q.URL.Query().Get("lang")}}}
	p.do = func(string) answer {
		type wait struct {
			MenuID       int64  `json:"menu_id"`
			MenuType     string `json:"menu_type"`
			VoiceCall    int    `json:"voice_call"`
			Path         string `json:"materialized_path"`
			LoggedIn     int    `json:"logged_in_agents"`
			Available    int    `json:"available_agents"`
			Breakthrough int    `json:"breakthrough_agents"`
		}
		return reply(http.StatusOK, []wait{
			{41, "ivr_menu", 35, "1/41", 12, 4, 0},
			{42, "web_menu", 0, "1/42", 7, 5, 1},
		})
	}
	return p, nil
}
