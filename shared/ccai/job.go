package ccai

import (
	"strings"

	"outdial/shared/answer"
)

// Job is how far an import has come. Every answer comes with HTTP 200, failed
// jobs included; there are no counts and no errors per row.
type Job struct {
	ID           string
	Status       string // as written; an open set
	Type         string
	ErrorMessage string
	ErrorDetails string
}

// ReadJob reads the answer to ContactsJob. The error is answer.ErrUnreadable,
// also when it has no status.
func ReadJob(data []byte) (Job, error) {
	o, err := answer.ReadObject(data)
	if err != nil {
		return Job{}, err
	}
	if inner := o["job"].Object(); inner != nil {
		o = inner
	}
	j := Job{
		ID:           o.Text("id", "job_id"),
		Status:       o.Text("status"),
		Type:         o.Text("type"),
		ErrorMessage: answer.FieldWords(o["error_message"]),
		ErrorDetails: answer.FieldWords(o["error_details"]),
	}
	if j.Status == "" {
		return Job{}, answer.ErrUnreadable
	}
	return j, nil
}

// Done reports whether the job ended well. Of a status that we do not know
// neither Done nor Failed is true: it is shown as it is and asked again.
func (j Job) Done() bool {
	switch strings.ToLower(j.Status) {
	case "completed", "complete", "done", "finished", "succeeded", "success":
		return true
	}
	return false
}

// Failed reports whether the job ended badly.
func (j Job) Failed() bool {
	switch strings.ToLower(j.Status) {
	case "failed", "failure", "error", "errored", "cancelled", "canceled", "aborted":
		return true
	}
	return false
}

// Code explains a failed job; "" while it has not failed.
func (j Job) Code() string {
	if !j.Failed() {
		return ""
	}
	for _, text := range []string{j.ErrorDetails, j.ErrorMessage} {
		if code := Code(text); code != "" {
			return code
		}
	}
	return CodeJobFailed
}

// JobID finds the id of the job in the answer to ContactsImport: "" when the
// answer does not name it. Where it stands is not documented, so every clue is
// followed: the body's job_id, id or link, then the headers Location, Link and
// X-Job-Id. header is http.Header.Get or the like.
func JobID(body []byte, header func(string) string) string {
	if o, err := answer.ReadObject(body); err == nil {
		for _, id := range []string{o.Text("job_id"), o["job"].Object().Text("id"), o.Text("id"), afterJobs(o.Text("link"))} {
			if plainID(id) {
				return id
			}
		}
	}
	for _, id := range []string{afterJobs(header("Location")), afterJobs(header("Link")), strings.TrimSpace(header("X-Job-Id"))} {
		if plainID(id) {
			return id
		}
	}
	return ""
}

// afterJobs is what follows the last "/jobs/" of an address or a Link header.
func afterJobs(text string) string {
	at := strings.LastIndex(text, "/jobs/")
	if at < 0 {
		return ""
	}
	id := text[at+len("/jobs/"):]
	if end := strings.IndexAny(id, "/?#>;, "); end >= 0 {
		id = id[:end]
	}
	return id
}

// plainID keeps out whatever is no id: it goes into a path later.
func plainID(id string) bool {
	return id != "" && len(id) <= 64 &&
		strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == ""
}
