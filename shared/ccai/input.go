// Package ccai holds the request and answer types of the CCAI Platform API, with
// the vendor's own JSON names, and the reading of its answers. Facts: docs/api.md.
//
// Struct tags of inputs, read by package operation:
//
//	in:"path" | in:"query" | in:"ledger"   where the field goes; default: the body
//	is:"phone|email|time|id|url"           what it holds; text when absent
//	need:"must"                            may not be empty
//	max:"N"                                characters
//	limit:"dnc|import|callbot"             elements of a list, by the server's limits
//	rows:"yes"                             the list whose elements are the call's rows
//	row:"yes"                              the number that is a row's, where there are several
//	fill:"chat_type|uuid|…"                filled in when it is empty
//	keep:"space"                           spaces at its ends stay
package ccai

// DNCCheck asks whether a number is on the company do-not-call list.
type DNCCheck struct {
	PhoneNumber string `json:"phone_number" in:"query" is:"phone" need:"must" row:"yes"`
}

// DNCAdd puts numbers on the list. A contact without expires_at stays for good.
type DNCAdd struct {
	Contacts []DNCContact `json:"contacts" need:"must" rows:"yes" limit:"dnc"`
	Note     string       `json:"note,omitempty" in:"ledger" max:"2000"`
}

// DNCContact is one number of DNCAdd.
type DNCContact struct {
	PhoneNumber string `json:"phone_number" is:"phone" need:"must"`
	ExpiresAt   string `json:"expires_at,omitempty" is:"time"` // leaves as 2006-01-02 15:04:05 UTC
}

// DNCRemove takes numbers off the list. The upstream answers {} whatever they are.
type DNCRemove struct {
	PhoneNumbers []string `json:"phone_numbers" is:"phone" need:"must" rows:"yes" limit:"dnc"`
	Note         string   `json:"note,omitempty" in:"ledger" max:"2000"`
}

// SMS opens an outbound SMS session with one consumer. At most one of AgentID
// and AgentEmail may be given.
type SMS struct {
	ChatType       string `json:"chat_type" fill:"chat_type" max:"100"`
	EndUserNumber  string `json:"end_user_number" is:"phone" need:"must" row:"yes"`
	OutboundNumber string `json:"outbound_number" is:"phone" need:"must"`
	Message        string `json:"message" need:"must" max:"10000" keep:"space"`
	TicketID       string `json:"ticket_id,omitempty" max:"255"`
	AgentID        int64  `json:"agentId,omitempty" is:"id"`
	AgentEmail     string `json:"agentEmail,omitempty" is:"email" max:"254"`
	Note           string `json:"note,omitempty" in:"ledger" max:"2000"`
}

// ContactAdd adds one contact to a campaign.
type ContactAdd struct {
	CampaignID int64 `json:"campaign_id" in:"path" is:"id" need:"must"`
	Contact
	Note string `json:"note,omitempty" in:"ledger" max:"2000"`
}

// Contact is a campaign contact as it is sent.
type Contact struct {
	Name             string `json:"name,omitempty" max:"255"`
	Email            string `json:"email,omitempty" is:"email" max:"254"`
	PhoneNumber      string `json:"phone_number" is:"phone" need:"must" row:"yes"`
	OutboundNumber   string `json:"outbound_number,omitempty" is:"phone"`
	ExternalUniqueID string `json:"external_unique_id,omitempty" max:"255"`
}

// ContactsList reads a campaign's contacts.
type ContactsList struct {
	CampaignID int64 `json:"campaign_id" in:"path" is:"id" need:"must"`
}

// ContactsImport adds contacts as one file; our server makes the file.
type ContactsImport struct {
	CampaignID int64     `json:"campaign_id" in:"path" is:"id" need:"must"`
	Contacts   []Contact `json:"contacts" need:"must" rows:"yes" limit:"import"`
	Note       string    `json:"note,omitempty" in:"ledger" max:"2000"`
}

// ContactsJob reads how far an import has come.
type ContactsJob struct {
	CampaignID int64 `json:"campaign_id" in:"path" is:"id" need:"must"`
	JobID      int64 `json:"job_id" in:"path" is:"id" need:"must"`
}

// ContactUpdate changes one contact; an empty field is left as it is.
type ContactUpdate struct {
	CampaignID       int64  `json:"campaign_id" in:"path" is:"id" need:"must"`
	ContactID        int64  `json:"contact_id" is:"id" need:"must"`
	Name             string `json:"name,omitempty" max:"255"`
	Email            string `json:"email,omitempty" is:"email" max:"254"`
	PhoneNumber      string `json:"phone_number,omitempty" is:"phone" row:"yes"`
	ExternalUniqueID string `json:"external_unique_id,omitempty" max:"255"`
	Note             string `json:"note,omitempty" in:"ledger" max:"2000"`
}

// ContactDelete removes one contact, named by exactly one of the three: which
// of several would win is not documented.
type ContactDelete struct {
	CampaignID       int64  `json:"campaign_id" in:"path" is:"id" need:"must"`
	ContactID        int64  `json:"contact_id,omitempty" is:"id"`
	PhoneNumber      string `json:"phone_number,omitempty" is:"phone" row:"yes"`
	ExternalUniqueID string `json:"external_unique_id,omitempty" max:"255"`
	Note             string `json:"note,omitempty" in:"ledger" max:"2000"`
}

// CampaignsList reads the campaigns to choose from (Manager API).
type CampaignsList struct{}

// AgentsList reads the agents to choose from (Manager API).
type AgentsList struct{}

// Ping is a harmless read that shows whether the credential works.
type Ping struct {
	Lang string `json:"lang,omitempty" in:"query" fill:"en" max:"5"`
}
