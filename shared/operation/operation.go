// Package operation is the catalogue of upstream calls: each is declared once,
// with its method, path, input type, rule of repetition and least role. The
// console's forms, the server's routing and validation, the ledger, the curl
// preview and the simulator all follow from it.
package operation

import (
	"outdial/shared/callbot"
	"outdial/shared/ccai"
)

// Name identifies an operation in URLs, in the ledger and in code.
type Name string

const (
	DNCAdd         Name = "dnc.add"
	DNCRemove      Name = "dnc.remove"
	DNCCheck       Name = "dnc.check"
	SMSSend        Name = "sms.send"
	ContactsAdd    Name = "campaign.contacts.add"
	ContactsList   Name = "campaign.contacts.list"
	ContactsImport Name = "campaign.contacts.import"
	ContactsJob    Name = "campaign.contacts.job"
	ContactUpdate  Name = "campaign.contact.update"
	ContactDelete  Name = "campaign.contact.delete"
	CampaignsList  Name = "campaigns.list"
	AgentsList     Name = "agents.list"
	CCAIPing       Name = "ccai.ping"
	CallbotImport  Name = "callbot.import"
	CallbotPing    Name = "callbot.ping"
)

// System is the kind of upstream an operation belongs to.
type System string

const (
	CCAI    System = "ccai"
	Callbot System = "callbot"
)

// Role orders who may do what; each role may do all that the one before may.
type Role string

const (
	Agent      Role = "agent"
	Supervisor Role = "supervisor"
	Admin      Role = "admin"
)

// Roles lists the roles from least to most.
func Roles() []Role { return []Role{Agent, Supervisor, Admin} }

// Covers reports whether r may do what needs least. An unknown role covers nothing.
func (r Role) Covers(least Role) bool { return rank(r) > 0 && rank(r) >= rank(least) }

func rank(r Role) int {
	for i, known := range Roles() {
		if r == known {
			return i + 1
		}
	}
	return 0
}

// Rule says what may be repeated when an answer did not come. In every rule a
// call that never left us, or that the upstream put off (429, Callbot 7 and
// 1001) is tried again, and a refusal is final.
type Rule string

const (
	Read     Rule = "read"      // repeated freely
	Verified Rule = "verified"  // repeated with the same absolute expiry, then each number is checked
	Once     Rule = "once"      // never repeated by machine: the outcome is unknown
	ReadBack Rule = "read_back" // what is there is read, then decided
)

// Writes reports whether the operation changes something upstream.
func (r Rule) Writes() bool { return r != Read }

// Body says how an operation's body travels upstream.
type Body string

const (
	NoBody    Body = ""
	JSON      Body = "json"
	Multipart Body = "multipart" // the rows become one JSON file in the form field "file"
)

// Base paths of the three upstream interfaces.
const (
	AppsAPI    = "/apps/api/v1"
	ManagerAPI = "/manager/api/v1"
	CallbotAPI = "/callcentre/api/v3"
)

// Operation is one kind of upstream call.
type Operation struct {
	Name   Name
	System System
	Method string
	Path   string // with {placeholders} for input fields tagged in:"path"
	Body   Body
	Rule   Rule
	Least  Role
	Final  bool       // cannot be taken back upstream: the console confirms it or delays it
	New    func() any // a pointer to a zero input
}

// Catalogue lists every operation. Source of methods and paths: docs/api.md.
func Catalogue() []Operation { return catalogue }

var catalogue = []Operation{
	{DNCCheck, CCAI, "GET", AppsAPI + "/outbound_dialer/dnc/check", NoBody, Read, Agent, false, input[ccai.DNCCheck]},
	{DNCAdd, CCAI, "POST", AppsAPI + "/outbound_dialer/dnc", JSON, Verified, Supervisor, false, input[ccai.DNCAdd]},
	{DNCRemove, CCAI, "POST", AppsAPI + "/outbound_dialer/dnc/remove", JSON, Verified, Admin, true, input[ccai.DNCRemove]},
	{SMSSend, CCAI, "POST", AppsAPI + "/sms", JSON, Once, Agent, true, input[ccai.SMS]},
	{ContactsAdd, CCAI, "POST", AppsAPI + "/outbound_dialer/campaigns/{campaign_id}/contacts", JSON, Once, Supervisor, false, input[ccai.ContactAdd]},
	{ContactsList, CCAI, "GET", AppsAPI + "/outbound_dialer/campaigns/{campaign_id}/contacts", NoBody, Read, Agent, false, input[ccai.ContactsList]},
	{ContactsImport, CCAI, "POST", AppsAPI + "/outbound_dialer/campaigns/{campaign_id}/contacts/import", Multipart, Once, Supervisor, true, input[ccai.ContactsImport]},
	{ContactsJob, CCAI, "GET", AppsAPI + "/outbound_dialer/campaigns/{campaign_id}/contacts/jobs/{job_id}", NoBody, Read, Agent, false, input[ccai.ContactsJob]},
	{ContactUpdate, CCAI, "PATCH", AppsAPI + "/outbound_dialer/campaigns/{campaign_id}/contact", JSON, ReadBack, Supervisor, false, input[ccai.ContactUpdate]},
	{ContactDelete, CCAI, "DELETE", AppsAPI + "/outbound_dialer/campaigns/{campaign_id}/contact", JSON, ReadBack, Supervisor, true, input[ccai.ContactDelete]},
	{CampaignsList, CCAI, "GET", ManagerAPI + "/outbound_dialer/campaigns", NoBody, Read, Agent, false, input[ccai.CampaignsList]},
	{AgentsList, CCAI, "GET", ManagerAPI + "/agents", NoBody, Read, Agent, false, input[ccai.AgentsList]},
	{CCAIPing, CCAI, "GET", AppsAPI + "/wait_times", NoBody, Read, Agent, false, input[ccai.Ping]},
	{CallbotImport, Callbot, "POST", CallbotAPI + "/importBatchCall", JSON, Once, Admin, true, input[callbot.Import]},
	{CallbotPing, Callbot, "POST", CallbotAPI + "/ping", JSON, Read, Agent, false, input[callbot.Ping]},
}

func input[T any]() any { return new(T) }

// Find returns the operation of that name.
func Find(n Name) (Operation, bool) {
	for _, op := range catalogue {
		if op.Name == n {
			return op, true
		}
	}
	return Operation{}, false
}

// For lists the operations of one kind of system that a role may do.
func For(s System, r Role) []Name {
	var names []Name
	for _, op := range catalogue {
		if op.System == s && r.Covers(op.Least) {
			names = append(names, op.Name)
		}
	}
	return names
}
