package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"outdial/server/call"
	"outdial/server/throttle"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// openFor is how long an import job is followed: after it nobody expects an
// end, and the rows are unknown.
const openFor = 24 * time.Hour

// followed looks at the import job of a run that has left, if there is one.
// Without one the run is finished.
func (s *slice) followed(ctx context.Context) (after, error) {
	calls, err := s.store.open(ctx, s.rec.ID, following)
	if err != nil {
		return after{}, err
	}
	if len(calls) == 0 {
		return after{state: run.Finished}, nil
	}
	rec, err := s.store.get(ctx, s.rec.ID) // the job's id may be from this slice
	if err != nil {
		return after{}, err
	}
	since := s.Now()
	if rec.followedAt != nil {
		since = *rec.followedAt
	}
	for _, c := range calls {
		job, err := s.job(ctx, c, rec.JobID)
		switch {
		case err != nil:
			// It is asked again; what keeps it from answering is in the log.
		case job.Done():
			err = s.landed(ctx, c, wire.Accepted, "", "")
		case job.Failed():
			err = s.landed(ctx, c, wire.Refused, job.Code(), words(job))
		}
		if errors.As(err, new(*unasked)) {
			err = nil
			if s.Now().Sub(since) > openFor {
				err = s.landed(ctx, c, wire.Unknown, wire.ReasonUnanswered, rec.JobStatus)
			}
		}
		if err != nil {
			return after{}, err
		}
		if job.Status != "" && job.Status != rec.JobStatus {
			if err := s.store.heard(ctx, s.rec.ID, job.Status); err != nil {
				return after{}, err
			}
		}
		if !job.Done() && !job.Failed() && s.Now().Sub(since) > openFor {
			if err := s.landed(ctx, c, wire.Unknown, wire.ReasonUnanswered, job.Status); err != nil {
				return after{}, err
			}
		}
	}
	open, err := s.store.open(ctx, s.rec.ID, following)
	if err != nil {
		return after{}, err
	}
	if len(open) == 0 {
		return after{state: run.Finished}, nil
	}
	// Soon after it left often, later less.
	wait := min(max(s.Pace.Follow, s.Now().Sub(since)/10), 6*s.Pace.Follow)
	until := s.Now().Add(wait)
	return after{state: run.Following, until: &until}, nil
}

// unasked says that a job could not be asked about.
type unasked struct{ cause error }

func (u *unasked) Error() string { return "the import job does not answer: " + u.cause.Error() }
func (u *unasked) Unwrap() error { return u.cause }

// job asks how far an import is.
func (s *slice) job(ctx context.Context, c pending, id string) (ccai.Job, error) {
	var in struct {
		CampaignID json.Number `json:"campaign_id"`
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		return ccai.Job{}, fmt.Errorf("read body: %w", err)
	}
	campaign, err := in.CampaignID.Int64()
	if err != nil {
		return ccai.Job{}, fmt.Errorf("read body: %w", err)
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return ccai.Job{}, &unasked{err}
	}
	body, err := encoded(ccai.ContactsJob{CampaignID: campaign, JobID: number})
	if err != nil {
		return ccai.Job{}, err
	}
	e, err := s.made.Make(ctx, call.Order{
		Person: s.rec.Person, Role: s.rec.role, System: s.rec.System, Operation: operation.ContactsJob, Body: body, Lane: throttle.Run, Run: s.rec.ID,
	})
	if err != nil {
		return ccai.Job{}, &unasked{err}
	}
	job, err := ccai.ReadJob(e.Response)
	if err != nil {
		return ccai.Job{}, &unasked{err}
	}
	return job, nil
}

func words(j ccai.Job) string {
	if j.ErrorDetails != "" {
		return j.ErrorDetails
	}
	return j.ErrorMessage
}

// landed ends the rows of an import whose job has ended.
func (s *slice) landed(ctx context.Context, c pending, outcome wire.Outcome, reason, text string) error {
	lines, err := s.store.lines(ctx, s.rec.ID, c)
	if err != nil {
		return err
	}
	id, err := s.store.callID(ctx, s.rec.ID, c.seq)
	if err != nil {
		return err
	}
	return s.finish(ctx, c, id, all(lines, outcome, reason, text))
}

// unfollow ends the rows of a run that is cancelled while its import job is
// followed: the upstream has the file, and nobody waits for the job any more.
func (s *slice) unfollow(ctx context.Context) error {
	calls, err := s.store.open(ctx, s.rec.ID, following)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if err := s.landed(ctx, c, wire.Accepted, ccai.CodeInJob, ""); err != nil {
			return err
		}
	}
	return nil
}
