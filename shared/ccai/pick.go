package ccai

import (
	"strings"

	"outdial/shared/answer"
)

// Campaign is one entry of CampaignsList.
type Campaign struct {
	ID           int64
	Name         string
	Status       string // "created", "started", "dialing" …; an open set
	Mode         string // "preview", "progressive", "predictive" …; an open set
	Type         string
	ExternalID   string
	Queue        string
	ContactStats map[string]int64 // contacts by the upstream's own name of a status or of a sum
}

// ReadCampaigns reads the answer to CampaignsList. The error is answer.ErrUnreadable.
func ReadCampaigns(data []byte) ([]Campaign, error) {
	list, err := answer.ReadList(data, "campaigns", "data")
	if err != nil {
		return nil, err
	}
	campaigns := make([]Campaign, 0, len(list))
	for _, value := range list {
		o := value.Object()
		c := Campaign{
			ID:         o.Whole("id"),
			Name:       o.Text("name"),
			Status:     o.Text("status"),
			Mode:       o.Text("mode"),
			Type:       o.Text("campaign_type"),
			ExternalID: o.Text("external_campaign_id"),
			Queue:      o["queue"].Object().Text("name"),
		}
		for name, count := range o["contact_stats"].Object() {
			n, ok := count.Whole()
			if !ok {
				continue
			}
			if c.ContactStats == nil {
				c.ContactStats = map[string]int64{}
			}
			c.ContactStats[name] = n
		}
		if c.ID > 0 {
			campaigns = append(campaigns, c)
		}
	}
	return campaigns, nil
}

// Agent is one entry of AgentsList.
type Agent struct {
	ID        int64
	Email     string
	FirstName string
	LastName  string
	Number    string // agent_number
	Status    string // the status' name
	Online    bool
}

// ReadAgents reads the answer to AgentsList. The error is answer.ErrUnreadable.
func ReadAgents(data []byte) ([]Agent, error) {
	list, err := answer.ReadList(data, "agents", "data")
	if err != nil {
		return nil, err
	}
	agents := make([]Agent, 0, len(list))
	for _, value := range list {
		o := value.Object()
		online := o["online"].Flag()
		a := Agent{
			ID:        o.Whole("id"),
			Email:     o.Text("email"),
			FirstName: o.Text("first_name"),
			LastName:  o.Text("last_name"),
			Number:    o.Text("agent_number"),
			Status:    o.Text("status"),
			Online:    online != nil && *online,
		}
		if a.Status == "" {
			a.Status = o["status"].Object().Text("name")
		}
		if a.ID > 0 {
			agents = append(agents, a)
		}
	}
	return agents, nil
}

// Name is how a person is called; the e-mail address where no name is known.
func (a Agent) Name() string {
	if name := strings.TrimSpace(a.FirstName + " " + a.LastName); name != "" {
		return name
	}
	return a.Email
}
