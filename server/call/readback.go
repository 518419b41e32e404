package call

import (
	"outdial/server/upstream"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// shown is what a read after a write tells about it.
type shown int

const (
	cannotTell shown = iota
	done
	notDone
)

// ask makes one read for the sake of a write, on the write's place.
func (w *work) ask(name operation.Name, input any, item operation.Item) (upstream.Result, bool) {
	op, ok := operation.Find(name)
	if !ok {
		return upstream.Result{}, false
	}
	read := work{
		desk: w.desk, id: w.id, sys: w.sys, place: w.place, lane: w.lane, base: w.base, patience: w.patience,
		p: operation.Prepared{Operation: op, Input: input, Rows: []operation.Item{item}},
	}
	end := read.carryOut()
	return end.res, end.problem == nil && end.res.Class == upstream.Answered
}

// readBack looks for the contact that an update or a removal was about.
func (w *work) readBack() shown {
	w.event(wire.Verifying)
	patience, cancel := w.desk.patience(w.base, w.desk.limits.Verify)
	defer cancel()
	asking := *w
	asking.patience = patience
	switch in := w.p.Input.(type) {
	case *ccai.ContactUpdate:
		contacts, whole, ok := asking.contacts(in.CampaignID)
		if !ok {
			return cannotTell
		}
		return w.updated(in, contacts, whole)
	case *ccai.ContactDelete:
		contacts, whole, ok := asking.contacts(in.CampaignID)
		if !ok {
			return cannotTell
		}
		return w.deleted(in, contacts, whole)
	}
	return cannotTell
}

// contacts reads a campaign's contacts; whole is false when more exist than
// could be read.
func (w *work) contacts(campaign int64) (contacts []ccai.ListedContact, whole, ok bool) {
	res, ok := w.ask(operation.ContactsList, &ccai.ContactsList{CampaignID: campaign}, operation.Item{})
	if !ok {
		return nil, false, false
	}
	contacts, err := ccai.ReadContacts(res.Response)
	if err != nil {
		return nil, false, false
	}
	return contacts, res.Outcome.Done(), true
}

// updated compares the fields that were to change. The vendor's page shows the
// list without ids (docs/api.md 4.2): then the contact is looked for by its new
// number, which no two contacts of a campaign share.
func (w *work) updated(in *ccai.ContactUpdate, contacts []ccai.ListedContact, whole bool) shown {
	ids := false
	for _, c := range contacts {
		ids = ids || c.ID != 0
		switch {
		case c.ID != 0 && c.ID != in.ContactID:
			continue
		case c.ID == 0 && (in.PhoneNumber == "" || !w.same(c.PhoneNumber, in.PhoneNumber)):
			continue
		case in.Name != "" && c.Name != in.Name,
			in.Email != "" && c.Email != in.Email,
			in.ExternalUniqueID != "" && c.ExternalUniqueID != in.ExternalUniqueID,
			in.PhoneNumber != "" && !w.same(c.PhoneNumber, in.PhoneNumber):
			return notDone
		}
		return done
	}
	if in.PhoneNumber != "" && len(contacts) > 0 && whole && !ids {
		return notDone // nobody has the new number
	}
	return cannotTell
}

// deleted looks whether the contact is still there. That it is not is only
// worth something when all contacts were read and could have shown it.
func (w *work) deleted(in *ccai.ContactDelete, contacts []ccai.ListedContact, whole bool) shown {
	telling := true
	for _, c := range contacts {
		switch {
		case in.ContactID != 0 && c.ID == in.ContactID,
			in.PhoneNumber != "" && w.same(c.PhoneNumber, in.PhoneNumber),
			in.ExternalUniqueID != "" && c.ExternalUniqueID == in.ExternalUniqueID:
			return notDone
		case in.ContactID != 0 && c.ID == 0,
			in.PhoneNumber != "" && c.PhoneNumber == "":
			telling = false
		}
	}
	if in.ExternalUniqueID != "" && len(contacts) > 0 && !anyExternalID(contacts) {
		telling = false // the list may not show them at all
	}
	if !whole || !telling {
		return cannotTell
	}
	return done
}

func anyExternalID(contacts []ccai.ListedContact) bool {
	for _, c := range contacts {
		if c.ExternalUniqueID != "" {
			return true
		}
	}
	return false
}

// same reports whether the upstream's spelling is the number we sent.
func (w *work) same(text, sent string) bool {
	if n := w.desk.judge.Judge(text, w.sys.Region); n.Sendable() {
		return n.E164 == sent
	}
	return ccai.SamePhone(text, sent)
}

// shownDone is the end of a call that nobody answered and a read shows as done.
// What the upstream last said stays with it.
func (w *work) shownDone() ending {
	end := w.all(wire.Accepted, "").proved(wire.Confirmed)
	end.res.Error = nil
	end.res.Status, end.res.RequestID, end.res.Response = w.last.res.Status, w.last.res.RequestID, w.last.res.Response
	return end
}

// shownNotDone is the end of a call that a read shows as not done and that
// further tries did not help: it may still come to pass, so it is unknown.
func (w *work) shownNotDone() ending { return w.last.proved(wire.Contradicted) }

// proved is e with the proof on every row.
func (e ending) proved(proof wire.Proof) ending {
	e.res.Rows = append([]wire.Row(nil), e.res.Rows...)
	for i := range e.res.Rows {
		e.res.Rows[i].Proof = proof
	}
	return e
}
