package ledger

import (
	"net/url"
	"slices"
	"strings"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// aPage is how many calls are shown at a time.
const aPage = 50

// model is what the page keeps while the tab is open. The filters stay out of
// the address: they hold numbers.
type model struct {
	Filter   wire.Filter
	searched wire.Filter // what Entries answers
	Entries  []wire.Entry
	More     bool
	before   []string // the last ids of the pages turned, newest first
	Loading  bool
	Loaded   bool
	Failure  *client.Failure
	round    int

	Unsettled     int
	UnsettledMore bool

	Open *detail

	role  operation.Role
	away  bool   // the network was away when last seen
	query string // of the address, as it was last acted upon
}

// detail is the one call that is open.
type detail struct {
	ID       string
	Entry    *wire.Entry
	subject  subject // of Entry
	request  string  // of Entry, indented
	Loading  bool
	Failure  *client.Failure
	rowsPage int

	Verdict wire.Outcome // of the person, not yet sent
	Note    string
	Tried   bool
	Sending bool
	Refused *client.Failure

	Reading  string // what is being read, "" when nothing
	Done     int
	Total    int
	Checks   []check
	Contacts []found
	Listed   int // contacts of the campaign
	Read     bool
	JobID    string
	Job      *ccai.Job
	ReadFail *client.Failure
	ReadErr  *wire.Error
}

// take takes over an entry. A request may be megabytes: it is read once.
func (o *detail) take(e *wire.Entry) {
	o.Entry, o.subject, o.request = e, subjectOf(*e), task.Pretty(e.Request)
}

// check is what dnc.check said of one number now.
type check struct {
	Number  string
	Check   ccai.Check
	Unread  bool // the answer could not be read
	Error   *wire.Error
	Failure *client.Failure
}

func of(d *desk.Desk) *model { return desk.Keep[model](d, "ledger") }

// follow acts upon the address and the role when they have changed. It reports
// whether another view is shown now.
func (m *model) follow(d *desk.Desk) bool {
	if d.Session.Role != m.role {
		m.role = d.Session.Role
		m.query = "\x00" // everything is read anew: another role sees other calls
		m.Loaded, m.Open, m.before = false, nil, nil
	}
	query := address(d.Query)
	back := m.away && !d.Offline
	m.away = d.Offline
	if query == m.query {
		if back && m.Open == nil {
			m.search(d)
			m.count(d)
		}
		if back && m.Open != nil && m.Open.Failure != nil {
			m.open(d, m.Open.ID)
		}
		return false
	}
	first := m.query == "" || m.query == "\x00"
	m.query = query
	if id := d.Query.Get("call"); id != "" {
		m.open(d, id)
		return !first
	}
	m.Open = nil
	if o := wire.Outcome(d.Query.Get("outcome")); o.Known() {
		m.Filter = wire.Filter{Outcome: o}
		m.before, m.Loaded = nil, false
	}
	if !m.Loaded {
		m.search(d)
	}
	m.count(d)
	return !first
}

// address is what this page takes from an address. Never "": that is before the first.
func address(q url.Values) string { return "call=" + q.Get("call") + "&outcome=" + q.Get("outcome") }

// search reads the page of calls that m.before leads to.
func (m *model) search(d *desk.Desk) {
	f := m.Filter
	f.Number, f.Person = strings.TrimSpace(f.Number), strings.TrimSpace(f.Person)
	f.Limit = aPage
	if n := len(m.before); n > 0 {
		f.Before = m.before[n-1]
	}
	m.round++
	round := m.round
	m.Loading, m.Failure = true, nil
	go func() {
		page, failure := client.Ledger(f)
		d.Later(func() {
			if round != m.round {
				return // another search is on its way
			}
			m.Loading, m.Failure = false, failure
			d.Fail(failure)
			if failure != nil {
				d.Say(task.FailureTitle(failure))
				return
			}
			m.Entries, m.More, m.Loaded, m.searched = page.Entries, page.More, true, f
			d.Say(text.N("ledger.found", len(page.Entries)))
		})
	}()
}

// count finds out how many unknown outcomes wait to be settled.
func (m *model) count(d *desk.Desk) {
	go func() {
		page, failure := client.Ledger(wire.Filter{Outcome: wire.Unknown, Limit: 100})
		d.Later(func() {
			if failure == nil {
				m.Unsettled, m.UnsettledMore = len(page.Entries), page.More
			}
		})
	}()
}

// hear reads again what is shown as under way and has ended.
func (m *model) hear(d *desk.Desk, e wire.Event) {
	if e.State != wire.Finished {
		return
	}
	if o := m.Open; o != nil {
		if o.ID == e.Call && o.Entry != nil && o.Entry.State != wire.Finished {
			m.open(d, o.ID)
			d.Changed()
		}
		return
	}
	if !m.Loading && slices.ContainsFunc(m.Entries, func(shown wire.Entry) bool { return shown.ID == e.Call && shown.State != wire.Finished }) {
		m.search(d)
		d.Changed()
	}
}

// open reads one call.
func (m *model) open(d *desk.Desk, id string) {
	o := &detail{ID: id, Loading: true}
	m.Open = o
	go func() {
		entry, failure := client.Entry(id)
		d.Later(func() {
			o.Loading, o.Failure = false, failure
			d.Fail(failure)
			if failure == nil {
				o.take(&entry)
				o.JobID = entry.JobID
			}
		})
	}()
}

// settle records the person's finding.
func (m *model) settle(d *desk.Desk, o *detail) {
	o.Sending, o.Refused = true, nil
	s := o.finding()
	go func() {
		entry, failure := client.Settle(o.ID, s)
		d.Later(func() {
			o.Sending, o.Refused = false, failure
			d.Fail(failure)
			if failure != nil {
				d.Say(task.FailureTitle(failure))
				return
			}
			o.take(&entry)
			m.Loaded = false // the list shows it otherwise now
			m.query = address(d.Query)
			d.Tell("good", text.T("ledger.settled_done"))
			m.count(d)
			m.search(d)
		})
	}()
}
