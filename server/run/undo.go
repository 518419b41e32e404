package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"outdial/server/call"
	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// inverse is the operation that takes another back: what its run is called by,
// and whose least role is needed. Restoring an entry of the do-not-call list is
// an add all the same.
func inverse(name operation.Name) (operation.Operation, bool) {
	return operation.Find(map[operation.Name]operation.Name{
		operation.DNCAdd:         operation.DNCRemove,
		operation.DNCRemove:      operation.DNCAdd,
		operation.ContactsAdd:    operation.ContactDelete,
		operation.ContactsImport: operation.ContactDelete,
	}[name])
}

// undoable reports whether a run can be taken back by this person, as far as
// the run itself tells.
func undoable(who Person, r record) bool {
	back, ok := inverse(r.Operation)
	remembered := back.Name == operation.ContactDelete || r.Options.Remember != nil && *r.Options.Remember
	return ok && r.State.Ended() && r.Waiting == 0 && !r.Options.Dry && r.Undoes == "" && remembered &&
		who.Role.Covers(operation.Supervisor) && who.Role.Covers(back.Least) &&
		r.Counts[wire.Accepted]+r.Counts[wire.Updated]+r.Counts[wire.Unknown] > 0
}

// Undo makes the run that takes this one back, row by row: each is looked at
// right before, and what is no longer as the run left it is kept. Asked again
// it is the same run.
func (r *Runs) Undo(ctx context.Context, who Person, id, note string) (run.Run, error) {
	rec, err := r.own(ctx, who, id)
	if err != nil {
		return run.Run{}, err
	}
	if undo, err := r.store.undoing(ctx, id); err != nil || undo != "" {
		return r.undone(ctx, who, undo, err)
	}
	if !undoable(who, rec) {
		return run.Run{}, problem.NotUndoable
	}
	if note = strings.TrimSpace(note); note == "" {
		return run.Run{}, field("note", operation.CodeRequired)
	}
	if len([]rune(note)) > maxNote {
		return run.Run{}, field("note", operation.CodeTooLong, "max", fmt.Sprint(maxNote))
	}
	back, _ := inverse(rec.Operation)
	process, err := r.Process.ID()
	if err != nil {
		return run.Run{}, problem.LedgerDown.Because(err)
	}
	undo := record{role: who.Role, process: process, finger: "undo", Run: run.Run{
		ID: r.NewID(), System: rec.System, Operation: back.Name, Title: rec.Title, Note: note, Person: who.Person,
		From: rec.ID, Undoes: rec.ID, Columns: rec.Columns, CreatedAt: r.Now().UTC(), Progress: run.Progress{State: run.Queued},
	}}
	ctx = context.WithoutCancel(ctx) // half of it is nothing
	if err := r.store.begin(ctx, undo); err != nil {
		// Somebody else may have asked at the same moment.
		if other, failed := r.store.undoing(ctx, id); failed == nil && other != "" {
			return r.undone(ctx, who, other, nil)
		}
		return run.Run{}, err
	}
	if err := r.fillUndo(ctx, rec, &undo); err != nil {
		return run.Run{}, errors.Join(err, r.store.forget(ctx, undo.ID))
	}
	if err := r.store.publish(ctx, r.queue, undo, "undo-"+rec.ID); err != nil {
		return run.Run{}, errors.Join(err, r.store.forget(ctx, undo.ID))
	}
	r.tell(ctx, undo.ID)
	return r.Get(ctx, who, undo.ID)
}

// undone is the run that takes another back, once it is all there.
func (r *Runs) undone(ctx context.Context, who Person, id string, err error) (run.Run, error) {
	if err != nil {
		return run.Run{}, err
	}
	one, err := r.Get(ctx, who, id)
	if errors.Is(err, problem.NoSuchRun) {
		return run.Run{}, problem.NotUndoable // being made, or somebody else's
	}
	return one, err
}

// fillUndo stores a call for each row that was done, or may have been.
func (r *Runs) fillUndo(ctx context.Context, rec record, undo *record) error {
	var calls []arrived
	rows := 0
	err := r.store.eachDone(ctx, rec.ID, func(d doneRow) error {
		one := arrivedRow{Row: d.Row, place: 0}
		name, body, expect, skip := backFrom(rec.Operation, d, r.Now())
		a := arrived{}
		if skip != "" {
			one.Skip, one.place = skip, -1
		} else {
			one.prior = expect
			a.call = &pending{seq: undo.Calls, operation: name, body: body, first: d.Line, last: d.Line}
			undo.Calls++
		}
		a.rows = []arrivedRow{one}
		calls = append(calls, a)
		undo.Rows++
		if rows++; rows%batch == 0 {
			err := r.store.add(ctx, undo.ID, calls)
			calls = nil
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.store.add(ctx, undo.ID, calls)
}

// doneRow is a row of a run that is to be taken back.
type doneRow struct {
	run.Row
	place   int
	prior   string
	made    string
	element json.RawMessage // of the call's list, or the body
	body    []byte
}

// backFrom is the call that takes one row back, and what must be there for it
// to leave, as JSON. With skip there is none.
func backFrom(name operation.Name, d doneRow, now time.Time) (back operation.Name, body []byte, expect, skip string) {
	var before prior
	switch name {
	case operation.DNCAdd, operation.DNCRemove:
		if d.prior == "" || json.Unmarshal([]byte(d.prior), &before) != nil {
			return "", nil, "", run.ReasonNotKnown
		}
	}
	restore := func() (operation.Name, []byte) {
		contact := ccai.DNCContact{PhoneNumber: d.Sent, ExpiresAt: before.Until}
		b, err := encoded(map[string]any{"contacts": []ccai.DNCContact{contact}})
		if err != nil {
			return "", nil
		}
		return operation.DNCAdd, b
	}
	expired := func() bool {
		until, err := ccai.ParseTime(before.Until)
		return err == nil && !until.After(now)
	}
	switch name {
	case operation.DNCAdd:
		var ours ccai.DNCContact
		if err := json.Unmarshal(d.element, &ours); err != nil {
			return "", nil, "", run.ReasonNotKnown
		}
		left := prior{Listed: true, Until: ours.ExpiresAt}
		switch {
		case before.Listed && same(before.Until, ours.ExpiresAt):
			return "", nil, "", run.ReasonNothing
		case before.Listed && !expired():
			back, body = restore()
			return back, body, left.text(), ""
		}
		b, err := encoded(map[string]any{"phone_numbers": []string{d.Sent}})
		if err != nil {
			return "", nil, "", run.ReasonNotKnown
		}
		return operation.DNCRemove, b, left.text(), ""
	case operation.DNCRemove:
		if !before.Listed || expired() {
			return "", nil, "", run.ReasonNothing
		}
		back, body = restore()
		return back, body, prior{}.text(), ""
	}
	var in struct {
		CampaignID json.Number `json:"campaign_id"`
	}
	var contact madeContact
	if json.Unmarshal(d.body, &in) != nil || d.made != "" && json.Unmarshal([]byte(d.made), &contact) != nil {
		return "", nil, "", run.ReasonNotKnown
	}
	o := map[string]any{"campaign_id": in.CampaignID}
	switch {
	case contact.ID != 0:
		o["contact_id"] = contact.ID
	case contact.External != "":
		o["external_unique_id"] = contact.External
	default:
		o["phone_number"] = d.Sent
	}
	contact.Phone = d.Sent
	if d.made == "" { // as it was sent
		var sent ccai.Contact
		if err := json.Unmarshal(d.element, &sent); err == nil {
			contact.Name, contact.Email, contact.External = strings.TrimSpace(sent.Name), strings.TrimSpace(sent.Email), strings.TrimSpace(sent.ExternalUniqueID)
		}
	}
	text, err := json.Marshal(contact)
	b, failed := encoded(o)
	if err != nil || failed != nil {
		return "", nil, "", run.ReasonNotKnown
	}
	return operation.ContactDelete, b, string(text), ""
}

// same reports whether two expiries are one, to the second; "" is for good.
func same(a, b string) bool {
	x, errX := ccai.ParseTime(a)
	y, errY := ccai.ParseTime(b)
	if errX != nil || errY != nil {
		return strings.TrimSpace(a) == strings.TrimSpace(b)
	}
	return x.Truncate(time.Second).Equal(y.Truncate(time.Second))
}

// unchanged looks whether the row is still as the run that is taken back left
// it. What changed since is kept, and so is what cannot be looked at.
func (s *slice) unchanged(ctx context.Context, op operation.Operation, c pending, lines []line) ([]line, error) {
	l := lines[0]
	now := s.Now()
	keep := func(reason, text string) ([]line, error) {
		l.checkedAt = &now
		return nil, s.finish(ctx, c, "", []ended{{line: l, outcome: wire.Skipped, reason: reason, text: text}})
	}
	var changed, unclear bool
	var text string
	var err error
	if op.Name == operation.ContactDelete {
		changed, text, err = s.contactChanged(ctx, c, l)
	} else {
		changed, text, err = s.listingChanged(ctx, l)
	}
	switch {
	case errors.Is(err, errOver):
		return nil, s.store.putBack(ctx, s.rec.ID, []pending{c}, time.Time{}, "")
	case errors.Is(err, errUnclear):
		unclear = true
	case err != nil:
		return nil, err
	}
	switch {
	case unclear:
		return keep(run.ReasonUnchecked, "")
	case changed:
		return keep(run.ReasonChanged, text)
	}
	l.checkedAt = &now
	if err := s.store.checks(ctx, s.rec.ID, []line{l}, nil, 1, now); err != nil {
		return nil, err
	}
	return []line{l}, nil
}

func (s *slice) listingChanged(ctx context.Context, l line) (changed bool, text string, err error) {
	var left prior
	if err := json.Unmarshal([]byte(l.prior), &left); err != nil {
		return false, "", errUnclear
	}
	is, err := s.ask(ctx, s.rec.System, l.sent)
	if err != nil {
		return false, "", err
	}
	return is.Listed != left.Listed || is.Listed && !same(is.Until, left.Until), is.Until, nil
}

// contactList is what a campaign held.
type contactList struct {
	at       time.Time
	contacts []ccai.ListedContact
}

// contactsAge is how old a look at a campaign's contacts may be: each takes as
// many requests as the campaign has pages.
const contactsAge = 15 * time.Second

func (s *slice) contactChanged(ctx context.Context, c pending, l line) (changed bool, text string, err error) {
	var left madeContact
	if err := json.Unmarshal([]byte(l.prior), &left); err != nil {
		return false, "", errUnclear
	}
	var in struct {
		CampaignID int64 `json:"campaign_id"`
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		return false, "", errUnclear
	}
	contacts, err := s.listed(ctx, in.CampaignID)
	if err != nil {
		return false, "", err
	}
	for _, is := range contacts {
		if left.ID != 0 && is.ID != 0 && is.ID != left.ID || (left.ID == 0 || is.ID == 0) && !ccai.SamePhone(is.PhoneNumber, left.Phone) {
			continue
		}
		switch {
		case !ccai.SamePhone(is.PhoneNumber, left.Phone), is.Name != left.Name, is.Email != left.Email, is.ExternalUniqueID != left.External:
			return true, "", nil
		case is.Status != "" && !strings.EqualFold(is.Status, "upcoming"):
			return true, is.Status, nil // it was dialled
		}
		return false, "", nil
	}
	return true, "", nil
}

func (s *slice) listed(ctx context.Context, campaign int64) ([]ccai.ListedContact, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if have, ok := s.contacts[campaign]; ok && s.Now().Sub(have.at) < contactsAge {
		return have.contacts, nil
	}
	if s.over() {
		return nil, errOver
	}
	body, err := encoded(ccai.ContactsList{CampaignID: campaign})
	if err != nil {
		return nil, err
	}
	e, err := s.made.Make(ctx, call.Order{
		Person: s.rec.Person, Role: s.rec.role, System: s.rec.System, Operation: operation.ContactsList, Body: body, Lane: throttle.Run, Run: s.rec.ID,
	})
	if err != nil || !e.Outcome.Done() { // not whole: nothing follows from who is missing
		return nil, errUnclear
	}
	contacts, err := ccai.ReadContacts(e.Response)
	if err != nil {
		return nil, errUnclear
	}
	if s.contacts == nil {
		s.contacts = map[int64]contactList{}
	}
	s.contacts[campaign] = contactList{at: s.Now(), contacts: contacts}
	return contacts, nil
}
