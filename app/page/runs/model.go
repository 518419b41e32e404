package runs

import (
	"time"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// How many runs, and how many rows of one, are shown at a time.
const (
	aPage    = 50
	rowsPage = 25
)

// model is what the page keeps while the tab is open.
type model struct {
	Runs    []run.Run
	More    bool
	before  []string // the last ids of the pages turned
	Loading bool
	Loaded  bool
	Failure *client.Failure
	round   int

	Open *detail
	role operation.Role
	path string // as it was last acted upon
}

// detail is the one run that is open.
type detail struct {
	ID      string
	Run     *run.Run
	Loading bool
	Failure *client.Failure
	told    time.Time // when it was last heard of
	reading bool

	Outcome  string // the rows that are shown: an outcome, waiting, or "" for all
	Reason   string
	Rows     []run.Result
	More     bool
	after    []int // the last lines of the pages turned
	rowsAt   time.Time
	rowsBusy bool
	rowsMiss *client.Failure
	rowRound int

	Ask     string // what is asked about: "cancel", "undo"
	Note    string // of an undoing
	Tried   bool
	Busy    bool
	Refused *client.Failure
	key     string // of the undoing
	keyOf   string
}

func of(d *desk.Desk) *model { return desk.Keep[model](d, "runs") }

// follow acts upon the address and the role when they have changed.
func (m *model) follow(d *desk.Desk, id string) {
	if d.Session.Role != m.role {
		m.role, m.path = d.Session.Role, "\x00" // another role sees other runs
		m.Loaded, m.Open, m.before = false, nil, nil
	}
	if m.path == id && (id == "" || m.Open != nil) {
		return
	}
	m.path = id
	if id == "" {
		m.Open = nil
		m.list(d)
		return
	}
	m.open(d, id)
}

// list reads the page of runs that m.before leads to.
func (m *model) list(d *desk.Desk) {
	before := ""
	if n := len(m.before); n > 0 {
		before = m.before[n-1]
	}
	m.round++
	round := m.round
	m.Loading, m.Failure = true, nil
	go func() {
		page, failure := client.Runs(before, aPage)
		d.Later(func() {
			if m.round != round {
				return
			}
			m.Loading, m.Failure = false, failure
			d.Fail(failure)
			if failure == nil {
				m.Runs, m.More, m.Loaded = page.Runs, page.More, true
			}
		})
	}()
}

// open reads one run and its first rows.
func (m *model) open(d *desk.Desk, id string) {
	o := &detail{ID: id, Loading: true}
	for i := range m.Runs { // shown at once, as far as it is known
		if m.Runs[i].ID == id {
			known := m.Runs[i]
			o.Run = &known
		}
	}
	m.Open = o
	o.read(d)
	o.leaf(d)
}

// read reads the run anew.
func (o *detail) read(d *desk.Desk) {
	if o.reading {
		return
	}
	o.reading = true
	go func() {
		r, failure := client.Run(o.ID)
		d.Later(func() {
			o.reading, o.Loading, o.told = false, false, time.Now()
			d.Fail(failure)
			if o.Failure = failure; failure != nil {
				return
			}
			o.took(d, r)
		})
	}()
}

// took takes over what is known of the run now.
func (o *detail) took(d *desk.Desk, r run.Run) {
	before := o.Run
	o.Run = &r
	if before != nil && before.State != r.State {
		d.Say(text.T("runs.state." + string(r.State)))
	}
	if before == nil || before.Waiting != r.Waiting || before.State != r.State {
		o.refresh(d)
	}
}

// refresh reads the rows that are shown again, not more often than every two
// seconds while the run goes on.
func (o *detail) refresh(d *desk.Desk) {
	if o.rowsBusy || o.Run != nil && !o.Run.State.Ended() && time.Since(o.rowsAt) < 2*time.Second {
		return
	}
	o.leaf(d)
}

// leaf reads the page of rows that o.after leads to.
func (o *detail) leaf(d *desk.Desk) {
	after := 0
	if n := len(o.after); n > 0 {
		after = o.after[n-1]
	}
	o.rowRound++
	round := o.rowRound
	o.rowsBusy, o.rowsMiss = true, nil
	outcome, why := wire.Outcome(o.Outcome), o.Reason
	go func() {
		found, failure := client.RunRows(o.ID, outcome, why, after, rowsPage)
		d.Later(func() {
			if o.rowRound != round {
				return
			}
			o.rowsBusy, o.rowsMiss, o.rowsAt = false, failure, time.Now()
			d.Fail(failure)
			if failure == nil {
				o.Rows, o.More = found.Rows, found.More
			}
		})
	}()
}

// show shows the rows of an outcome and a reason.
func (o *detail) show(d *desk.Desk, outcome, why string) {
	o.Outcome, o.Reason, o.after = outcome, why, nil
	o.leaf(d)
	d.Changed()
}

// hear takes over what is told of a run.
func (m *model) hear(d *desk.Desk, e run.Event) {
	for i := range m.Runs {
		m.Runs[i] = take(m.Runs[i], e)
	}
	o := m.Open
	if o == nil || o.ID != e.Run {
		if o == nil {
			d.Changed()
		}
		return
	}
	o.told = time.Now()
	if o.Run == nil {
		return
	}
	was := o.Run.State
	o.took(d, take(*o.Run, e))
	if was != e.State && e.State.Ended() {
		o.read(d) // when it ended, and whether it can be taken back
	}
	d.Changed()
}

// look reads again what was not told of for a while.
func (m *model) look(d *desk.Desk, now time.Time) {
	if d.Offline || d.SignedOut {
		return
	}
	if o := m.Open; o != nil {
		if o.Run != nil && due(o.Run.State, o.told, now) {
			o.read(d)
		} else if o.Run != nil {
			o.late(d)
		}
		return
	}
	for _, r := range m.Runs {
		if !r.State.Ended() && !m.Loading && len(m.before) == 0 {
			m.list(d)
			return
		}
	}
}

// late reads the rows again when an event came too soon after the last reading.
func (o *detail) late(d *desk.Desk) {
	if !o.rowsBusy && !o.rowsAt.IsZero() && o.told.After(o.rowsAt) && !o.Run.State.Ended() {
		o.refresh(d)
	}
}

// steer has the run do something.
func (o *detail) steer(d *desk.Desk, what string) {
	if o.Busy {
		return
	}
	o.Busy, o.Refused, o.Ask = true, nil, ""
	d.Changed()
	go func() {
		r, failure := client.Steer(o.ID, what)
		d.Later(func() {
			o.Busy, o.Refused, o.told = false, failure, time.Now()
			d.Fail(failure)
			if failure != nil {
				d.Say(task.FailureTitle(failure))
				o.read(d)
				return
			}
			o.took(d, r)
		})
	}()
}

// undo starts the run that takes this one back. then is called with its id.
func (o *detail) undo(d *desk.Desk, then func(string)) {
	if of := o.ID + o.Note; o.keyOf != of {
		o.key, o.keyOf = client.NewKey(), of
	}
	o.Busy, o.Refused, o.Ask = true, nil, ""
	d.Changed()
	note, key := o.Note, o.key
	go func() {
		r, failure := client.Undo(o.ID, key, note)
		d.Later(func() {
			o.Busy, o.Refused = false, failure
			d.Fail(failure)
			if failure != nil {
				d.Say(task.FailureTitle(failure))
				return
			}
			o.keyOf, o.Note, o.Tried = "", "", false
			d.Say(text.T("runs.undo.started"))
			then(r.ID)
		})
	}()
}
