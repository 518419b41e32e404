// Package run holds what console and server say to one another about runs: many
// calls made from one list, carried out by the server, watched by the browser.
package run

import (
	"encoding/json"
	"time"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Order is the body of POST /api/runs. Calls stands last in the JSON, so that
// the server can take a long list in as it comes.
type Order struct {
	System    string         `json:"system"`
	Operation operation.Name `json:"operation"`
	Title     string         `json:"title"`          // what the person calls it, at first the file's name
	Note      string         `json:"note"`           // required: why this is done
	Columns   []string       `json:"columns"`        // headings of the person's file
	From      string         `json:"from,omitempty"` // id of the run whose result file this list is
	Options   Options        `json:"options"`
	Calls     []Call         `json:"calls"`
}

// Options say how a run is carried out.
type Options struct {
	StartAt *time.Time `json:"start_at,omitempty"` // not before; none: at once
	Dry     bool       `json:"dry,omitempty"`      // carried out against the simulator: nothing real is called
	Scrub   string     `json:"scrub,omitempty"`    // id of the CCAI system whose do-not-call list each number is checked against before it leaves
	// ScrubAge is how old a check may be, in seconds, to be used again; 0: each number is checked at sending time.
	ScrubAge int `json:"scrub_age,omitempty"`
	// AnyHour lets numbers leave outside their calling hours; a supervisor's decision, explained in HoursNote.
	AnyHour   bool   `json:"any_hour,omitempty"`
	HoursNote string `json:"hours_note,omitempty"`
	// Remember has each number of a dnc.add or dnc.remove checked right before, so
	// that undoing the run can restore what was there: one call more for each
	// number. None: true for lists of at most RememberUpTo rows.
	Remember *bool `json:"remember,omitempty"`
	// Prove has each number of a dnc.add or dnc.remove checked after the call: again
	// one call more for each. None: as with Remember.
	Prove *bool `json:"prove,omitempty"`
}

// RememberUpTo is for how many rows Remember and Prove are on unless the order
// says otherwise.
const RememberUpTo = 2000

// Call is one call of a run: the request, and the rows it covers. The ith row is
// the ith element of the request's list. A call without a body holds rows that
// the person, or their verdict, left out; each names why.
type Call struct {
	Rows []Row           `json:"rows"`
	Body json.RawMessage `json:"body,omitempty"` // the operation's input, without note
}

// Row is one line of the person's file.
type Row struct {
	Line  int      `json:"line"`            // from 1, counted without the heading
	Cells []string `json:"cells"`           // as they stood in the file, one for each heading
	Typed string   `json:"typed,omitempty"` // the number's cell
	Sent  string   `json:"sent,omitempty"`  // the number in E.164
	Skip  string   `json:"skip,omitempty"`  // why it is left out: a Reason below, or the code of a problem
}

// Reasons of skipped rows, beside those of package wire and the codes of
// problems and of package phone.
const (
	ReasonDuplicate  = "duplicate"       // another row of the list has the number
	ReasonPresent    = "present"         // it is in the campaign already
	ReasonSentBefore = "sent_before"     // the ledger says that it was accepted before
	ReasonDeselected = "deselected"      // the person left it out
	ReasonUnusual    = "unusual"         // the person left unusual numbers out
	ReasonDoNotCall  = "do_not_call"     // on the company's do-not-call list when it was checked
	ReasonUnchecked  = "unchecked"       // the do-not-call list did not answer: not treated as free
	ReasonCancelled  = "cancelled"       // the run was cancelled before its turn
	ReasonInvalid    = "invalid"         // the server's own judgement: the text names the field
	ReasonChanged    = "changed_since"   // undoing: it is no longer as the run left it, so it is kept
	ReasonNotKnown   = "not_remembered"  // undoing: what was there before was not asked, so it is kept
	ReasonNothing    = "nothing_to_undo" // undoing: the call had changed nothing
	ReasonNoHours    = "no_hours"        // nobody may be called there at any time that can be waited for
)

// Reasons of the accepted rows of a dnc.check run.
const (
	ReasonOnList    = "on_list"     // Text has the expiry, if there is one
	ReasonNotOnList = "not_on_list" //
)

// State is how far a run has come.
type State string

const (
	Scheduled State = "scheduled" // waits for its start time
	Queued    State = "queued"    // waits for a server to take it up
	Running   State = "running"
	Resting   State = "resting"   // nothing may leave now: calling hours; RestsUntil says when it goes on
	Following State = "following" // all has left; the import job is followed to its end
	Paused    State = "paused"    // by a person
	Cancelled State = "cancelled" // by a person: what had not left is skipped
	Finished  State = "finished"  // every row has its outcome
)

// States lists every state.
func States() []State {
	return []State{Scheduled, Queued, Running, Resting, Following, Paused, Cancelled, Finished}
}

// Why a run that has not ended does not go on: Progress.Why.
const (
	WhyPerson    = "person"    // paused by a person
	WhyHours     = "hours"     // resting until a window of calling hours opens
	WhyNoHours   = "no_hours"  // paused: the numbers of one call have no window in common
	WhyUnreached = "unreached" // resting, later paused: the upstream cannot be reached, or keeps asking to wait
	WhySystem    = "system"    // paused: the system or the operation is no longer there
)

// Ended reports whether nothing more happens.
func (s State) Ended() bool { return s == Cancelled || s == Finished }

// Run is the answer to GET /api/runs/{id}. Accepted, updated, refused, skipped,
// unknown and waiting rows add up to Rows.
type Run struct {
	ID         string         `json:"id"`
	System     string         `json:"system"`
	Operation  operation.Name `json:"operation"`
	Title      string         `json:"title"`
	Note       string         `json:"note"`
	Person     wire.Person    `json:"person"`
	Options    Options        `json:"options"`
	From       string         `json:"from,omitempty"`
	Undoes     string         `json:"undoes,omitempty"` // id of the run that this one takes back
	Columns    []string       `json:"columns"`
	CreatedAt  time.Time      `json:"created_at"`
	StartedAt  *time.Time     `json:"started_at,omitempty"`
	FinishedAt *time.Time     `json:"finished_at,omitempty"`
	Rows       int            `json:"rows"`
	Calls      int            `json:"calls"`    // those with a body
	Undoable   bool           `json:"undoable"` // the vendor has a way back, it was not taken yet, and this person may
	Progress
}

// Progress is what changes while a run goes on; GET /api/events carries it.
type Progress struct {
	State      State                `json:"state"`
	Counts     map[wire.Outcome]int `json:"counts"`  // rows by outcome
	Waiting    int                  `json:"waiting"` // rows without an outcome
	Reasons    map[string]int       `json:"reasons,omitempty"`
	CallsDone  int                  `json:"calls_done"`
	Checked    int                  `json:"checked,omitempty"`     // numbers checked against the do-not-call list
	Rate       float64              `json:"rate,omitempty"`        // rows a second, lately
	SecondsTo  int                  `json:"seconds_to,omitempty"`  // about how long until the end; 0: not known
	RestsUntil *time.Time           `json:"rests_until,omitempty"` // with Resting
	Why        string               `json:"why,omitempty"`         // with Resting and Paused: a Why above
	JobID      string               `json:"job_id,omitempty"`      // of the import job
	JobStatus  string               `json:"job_status,omitempty"`  // the upstream's word for it
}

// Event is the run part of what GET /api/events sends.
type Event struct {
	Run string `json:"run"`
	Progress
}

// Page is the answer to GET /api/runs, newest first.
type Page struct {
	Runs []Run `json:"runs"`
	More bool  `json:"more"`
}

// Result is one row of GET /api/runs/{id}/rows.
type Result struct {
	Row
	Outcome   wire.Outcome `json:"outcome,omitempty"` // empty: waiting
	Reason    string       `json:"reason,omitempty"`
	Text      string       `json:"text,omitempty"` // the upstream's own words
	At        *time.Time   `json:"at,omitempty"`
	Call      string       `json:"call,omitempty"`       // id in the ledger
	CheckedAt *time.Time   `json:"checked_at,omitempty"` // against the do-not-call list
	Proof     wire.Proof   `json:"proof,omitempty"`
}

// Results is the answer to GET /api/runs/{id}/rows?outcome=&reason=&after=&limit=.
type Results struct {
	Rows []Result `json:"rows"`
	More bool     `json:"more"`
}

// Known asks POST /api/lists/known what the ledger has about numbers, for one
// operation on one system: at most KnownAtOnce of them, in E.164.
type Known struct {
	System    string         `json:"system"`
	Operation operation.Name `json:"operation"`
	Numbers   []string       `json:"numbers"`
}

// KnownAtOnce is the most numbers of one Known.
const KnownAtOnce = 5000

// KnownAnswer has one element for each number that the ledger knows as accepted,
// updated or unknown; it does not tell whose call it was.
type KnownAnswer struct {
	Numbers []KnownNumber `json:"numbers"`
}

// KnownNumber is the latest such call to a number.
type KnownNumber struct {
	Index   int          `json:"index"` // in Known.Numbers
	Outcome wire.Outcome `json:"outcome"`
	At      time.Time    `json:"at"`
}

// Hours asks POST /api/lists/hours how a list stands to calling hours.
type Hours struct {
	Operation operation.Name `json:"operation"`
	At        *time.Time     `json:"at,omitempty"` // none: now
	Numbers   []string       `json:"numbers"`      // at most KnownAtOnce, E.164
}

// HoursAnswer has Opens[i] for the ith number: null when it may be called at
// that time, else when its window opens; in the year 9999 when it does not, since
// nothing is known about where the number is.
type HoursAnswer struct {
	Opens []*time.Time `json:"opens"`
}
