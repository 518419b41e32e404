package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	firstJob    = 530 // as in the vendor's sample
	maxJobs     = 200 // remembered
	shownJobs   = 20
	jobSeconds  = 2    // how long an import takes …
	jobsRows    = 5000 // … and one more second for so many contacts
	parentJob   = "Jobs::Bulk::Campaign::ParentJob"
	startImport = "Jobs::Bulk::Campaign::StartImport"
)

// job is one import. Time lets it go on, and so does every look at it, so that
// it ends under a clock that stands still too.
type job struct {
	id       int64
	campaign *campaign
	contacts []contactFields // nil when it is over
	rows     int
	code     string
	started  time.Time
	looks    int
	status   string
	message  string
	details  string
}

type jobAnswer struct {
	Details string `json:"error_details,omitempty"`
	Message string `json:"error_message,omitempty"`
	ID      int64  `json:"id"`
	Status  string `json:"status"`
	Type    string `json:"type"`
}

type jobSummary struct {
	ID       int64  `json:"id"`
	Campaign int64  `json:"campaign_id"`
	Rows     int    `json:"rows"`
	Status   string `json:"status"`
}

func (t *tenant) newJob(to *campaign, contacts []contactFields, code string, now time.Time) *job {
	t.jobID++
	j := &job{id: t.jobID, campaign: to, contacts: contacts, rows: len(contacts), code: code, started: now, status: "in_progress"}
	if code == "9315" {
		j.status = "created"
	}
	if len(t.jobs) >= maxJobs {
		t.jobs = slices.Delete(t.jobs, 0, 1)
	}
	t.jobs = append(t.jobs, j)
	return j
}

// settle brings a job to where it should be by now.
func (j *job) settle(t *tenant, now time.Time) {
	if j.contacts == nil || j.code == "9313" {
		return
	}
	passed := now.Sub(j.started) + time.Duration(j.looks)*time.Second
	whole := time.Duration(jobSeconds+j.rows/jobsRows) * time.Second
	if passed < whole {
		if j.code == "9315" && passed >= time.Second {
			j.status = "valid_scheme"
		}
		return
	}
	contacts := j.contacts
	j.contacts = nil
	switch {
	case j.code == "9311":
		j.fail(duplicateContact)
	case j.code == "9312":
		j.fail("")
	case j.campaign.anyTwice(contacts):
		j.fail(duplicateContact)
	case t.contacts+len(contacts) > maxContacts:
		j.fail("Simulator::TooManyContacts")
	default:
		j.status = "completed"
		if j.code == "9316" {
			j.status = "completed_with_warnings"
		}
		for _, f := range contacts {
			t.add(j.campaign, f, bornStatus(f.PhoneNumber), now)
		}
	}
}

func (j *job) fail(details string) {
	j.status, j.message, j.details = "failed", "Internal Error", details
}

// anyTwice tells whether a phone stands twice in the file or is there already.
func (c *campaign) anyTwice(contacts []contactFields) bool {
	seen := make(map[string]bool, len(contacts))
	for _, f := range contacts {
		number := key(f.PhoneNumber)
		if seen[number] || c.byPhone[number] != nil {
			return true
		}
		seen[number] = true
	}
	return false
}

func (j *job) answer() jobAnswer {
	a := jobAnswer{ID: j.id, Status: j.status, Type: parentJob, Message: j.message, Details: j.details}
	if j.status == "failed" {
		a.Type = startImport
	}
	return a
}

func (c *ccai) contactsJob(q *request) (plan, *answer) {
	campaignID, refusal := id(q, "campaign_id")
	if refusal != nil {
		return plan{}, refusal
	}
	jobID, refusal := id(q, "job_id")
	if refusal != nil {
		return plan{}, refusal
	}
	name := strconv.FormatInt(jobID, 10)
	p := plan{keys: []string{"job:" + name}, marks: []mark{{text: name}, campaignMark(campaignID)}}
	p.do = func(string) answer {
		t := c.tenant(q)
		for _, j := range t.jobs {
			if j.id == jobID && j.campaign.id == campaignID {
				a := reply(http.StatusOK, j.answer())
				j.looks++
				return a
			}
		}
		return *message(http.StatusNotFound, "Job not found")
	}
	return p, nil
}

// lastJobs is the newest jobs, newest first.
func (t *tenant) lastJobs() []jobSummary {
	all := []jobSummary{}
	for i := len(t.jobs) - 1; i >= 0 && len(all) < shownJobs; i-- {
		j := t.jobs[i]
		all = append(all, jobSummary{j.id, j.campaign.id, j.rows, j.status})
	}
	return all
}
