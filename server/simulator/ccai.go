package simulator

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"outdial/shared/operation"
)

// defaultRate is what CCAI allows a customer: docs/api.md, "Rate limits".
const defaultRate = 10

// defaultOutbound is the outbound numbers of the vendor's samples.
var defaultOutbound = []string{"+16285550199", "+16285550123", "+17608675309"}

// ccai plays the CCAI Platform: the Apps API and two lists of the Manager API.
type ccai struct {
	accounts map[string]CCAIAccount
	rate     int // requests per second of each account; 0: no limit
	tenants  map[string]*tenant
}

// tenant is the state of one CCAI account.
type tenant struct {
	account   CCAIAccount
	calls     []time.Time          // the last admitted requests, at most rate of them
	dnc       map[string]time.Time // until when; zero: for good
	sessions  map[string]session   // by consumer
	chats     int64                // the last chat id
	campaigns []*campaign
	contactID int64
	jobs      []*job
	jobID     int64
	contacts  int
	agents    []agent
}

func newCCAI(cfg Config) (*ccai, error) {
	c := &ccai{accounts: map[string]CCAIAccount{}, rate: cfg.RequestsPerSecond}
	switch {
	case c.rate == 0:
		c.rate = defaultRate
	case c.rate < 0:
		c.rate = 0
	}
	for _, a := range cfg.CCAI {
		switch {
		case a.Username == "" || a.Token == "":
			return nil, errors.New("a ccai account needs a username and a token")
		case c.accounts[a.Username].Username != "":
			return nil, fmt.Errorf("ccai account %q stands twice", a.Username)
		case a.AgentKeys != "" && a.AgentKeys != "camel" && a.AgentKeys != "snake":
			return nil, fmt.Errorf("ccai account %q: agent keys are camel or snake", a.Username)
		}
		if len(a.OutboundNumbers) == 0 {
			a.OutboundNumbers = defaultOutbound
		}
		c.accounts[a.Username] = a
	}
	return c, nil
}

func (c *ccai) reader(n operation.Name) reader {
	switch n {
	case operation.DNCCheck:
		return c.dncCheck
	case operation.DNCAdd:
		return c.dncAdd
	case operation.DNCRemove:
		return c.dncRemove
	case operation.SMSSend:
		return c.smsSend
	case operation.ContactsAdd:
		return c.contactsAdd
	case operation.ContactsList:
		return c.contactsList
	case operation.ContactsImport:
		return c.contactsImport
	case operation.ContactsJob:
		return c.contactsJob
	case operation.ContactUpdate:
		return c.contactUpdate
	case operation.ContactDelete:
		return c.contactDelete
	case operation.CampaignsList:
		return c.campaignsList
	case operation.AgentsList:
		return c.agentsList
	case operation.CCAIPing:
		return c.waitTimes
	}
	return nil
}

// admit checks HTTP Basic. What a 401 says is nowhere documented (docs/api.md).
func (c *ccai) admit(q *request) (string, *answer) {
	username, token, ok := q.BasicAuth()
	a, known := c.accounts[username]
	if same := subtle.ConstantTimeCompare([]byte(token), []byte(a.Token)) == 1; !ok || !known || !same {
		refusal := message(http.StatusUnauthorized, "Unauthorized")
		refusal.header.Set("WWW-Authenticate", `Basic realm="apps api"`)
		return "", refusal
	}
	return username, nil
}

// limit lets an account make so many requests in any one second.
func (c *ccai) limit(account string, now time.Time) *answer {
	t := c.tenants[account]
	if c.rate == 0 {
		return nil
	}
	if len(t.calls) == c.rate {
		if now.Sub(t.calls[0]) < time.Second {
			return tooMany("1")
		}
		t.calls = append(t.calls[:0], t.calls[1:]...)
	}
	t.calls = append(t.calls, now)
	return nil
}

func (c *ccai) finish(q *request, a *answer) {
	if a.header == nil {
		a.header = http.Header{}
	}
}

func (c *ccai) reset(now time.Time) {
	c.tenants = map[string]*tenant{}
	for name, account := range c.accounts {
		c.tenants[name] = newTenant(account, now)
	}
}

// tenant returns the state of the account that calls, brought up to date.
func (c *ccai) tenant(q *request) *tenant {
	t := c.tenants[q.account]
	t.settle(q.now)
	return t
}

// settle lets the running imports go on.
func (t *tenant) settle(now time.Time) {
	for _, j := range t.jobs {
		j.settle(t, now)
	}
}

// listed tells whether a number is on the do-not-call list, and until when.
// An entry vanishes when its time is over.
func (t *tenant) listed(number string, now time.Time) (until time.Time, is bool) {
	until, is = t.dnc[number]
	if is && !until.IsZero() && !until.After(now) {
		delete(t.dnc, number)
		return time.Time{}, false
	}
	return until, is
}

// open returns the consumer's SMS session.
func (t *tenant) open(consumer string, now time.Time) (session, bool) {
	s, is := t.sessions[consumer]
	if is && !s.ends.After(now) {
		delete(t.sessions, consumer)
		return session{}, false
	}
	return s, is
}

func (c *ccai) summary(now time.Time) any {
	type of struct {
		DNC      int          `json:"do_not_call"`
		Sessions int          `json:"open_sms_sessions"`
		Chats    int64        `json:"chats"`
		Contacts int          `json:"contacts"`
		Jobs     []jobSummary `json:"jobs"` // the last twenty
	}
	all := map[string]of{}
	for name, t := range c.tenants {
		t.settle(now)
		for number := range t.dnc {
			t.listed(number, now)
		}
		for consumer := range t.sessions {
			t.open(consumer, now)
		}
		all[name] = of{DNC: len(t.dnc), Sessions: len(t.sessions), Chats: t.chats - firstChat + 1, Contacts: t.contacts, Jobs: t.lastJobs()}
	}
	return all
}

// decodeJSON reads a body as the vendor does: what is not declared as JSON is
// not read, so that every field of it is missing; unknown keys are ignored.
func decodeJSON(q *request, into any) *answer {
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" || len(q.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(q.body, into); err != nil {
		return message(http.StatusBadRequest, "Error occurred while parsing request parameters")
	}
	return nil
}

// id reads a number in the path.
func id(q *request, name string) (int64, *answer) {
	n, err := strconv.ParseInt(q.PathValue(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, message(http.StatusNotFound, "Not Found")
	}
	return n, nil
}

// stamp is how CCAI prints most times.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// pageOf cuts a list into the page that was asked for and says where the next one is.
func pageOf[T any](q *request, all []T, sizeName string, most int) ([]T, http.Header) {
	size, err := strconv.Atoi(q.URL.Query().Get(sizeName))
	if err != nil || size < 1 || size > most {
		size = most
	}
	number, err := strconv.Atoi(q.URL.Query().Get("page"))
	if err != nil || number < 1 {
		number = 1
	}
	pages := (len(all) + size - 1) / size
	from := min(len(all), (min(number, pages+1)-1)*size)
	to := min(len(all), from+size)
	h := http.Header{"Total": {strconv.Itoa(len(all))}, "Per-Page": {strconv.Itoa(size)}}
	var links []string
	link := func(n int, rel string) {
		u := *q.URL
		query := u.Query()
		query.Set("page", strconv.Itoa(n))
		u.RawQuery = query.Encode()
		links = append(links, "<"+origin(q)+u.RequestURI()+`>; rel="`+rel+`"`)
	}
	if number < pages {
		link(number+1, "next")
		link(pages, "last")
	}
	if number > 1 {
		link(1, "first")
		link(number-1, "prev")
	}
	if len(links) > 0 {
		h.Set("Link", join(links))
	}
	return slices.Clone(all[from:to]), h
}

func join(links []string) string {
	text := links[0]
	for _, l := range links[1:] {
		text += ", " + l
	}
	return text
}

// origin is where the caller found us.
func origin(q *request) string {
	if q.TLS != nil {
		return "https://" + q.Host
	}
	return "http://" + q.Host
}
