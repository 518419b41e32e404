package dnc

import (
	"encoding/json"
	"slices"
	"time"

	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// finding is what an answer to dnc.check means for the person at the phone.
type finding string

const (
	forGood finding = "for_good" // on the list, no expiry
	until   finding = "until"    // on the list until a date
	oddly   finding = "oddly"    // on the list, with an expiry that cannot be read
	lapsed  finding = "lapsed"   // on the list still, though the date has passed
	free    finding = "free"     // not on the list
	unclear finding = "unclear"  // the answer does not say
	doubted finding = "doubted"  // not on the list, though our ledger has it added and not removed
)

// find reads the finding. An answer that does not say is never taken for "free".
func find(c ccai.Check, now time.Time) finding {
	switch {
	case c.DoNotCall == nil:
		return unclear
	case !*c.DoNotCall:
		return free
	case c.ExpiresAt != nil && !c.ExpiresAt.After(now):
		return lapsed
	case c.ExpiresAt != nil:
		return until
	case c.Expiry != "":
		return oddly
	}
	return forGood
}

// allows reports whether the finding lets the person call.
func (f finding) allows() bool { return f == free }

// readFinding is the finding of an envelope, unclear for one without a good answer.
func readFinding(e *wire.Envelope, now time.Time) (finding, ccai.Check) {
	if !e.Outcome.Done() {
		return unclear, ccai.Check{}
	}
	c, err := ccai.ReadCheck(e.Response)
	if err != nil {
		return unclear, ccai.Check{}
	}
	return find(c, now), c
}

// change is one change of ours to one number, as the ledger knows it.
type change struct {
	id      string
	at      time.Time
	person  wire.Person
	note    string
	added   bool       // else removed
	until   *time.Time // of an addition; nil: for good, or not known when dateless
	noDate  bool       // the ledger's brief entry does not tell the date
	running bool
	outcome wire.Outcome // as settled, where it was
	proof   wire.Proof
}

// changes picks out of ledger entries what happened to one number, newest first.
func changes(entries []wire.Entry, e164 string) []change {
	var all []change
	for _, e := range entries {
		if e.Operation != operation.DNCAdd && e.Operation != operation.DNCRemove {
			continue
		}
		for _, row := range e.Rows {
			if !sameNumber(row, e164) {
				continue
			}
			c := change{
				id: e.ID, at: e.StartedAt, person: e.Person, note: e.Note, added: e.Operation == operation.DNCAdd,
				running: e.State != wire.Finished, outcome: row.Outcome, proof: row.Proof,
			}
			if e.Settled != nil && row.Outcome == wire.Unknown {
				c.outcome = e.Settled.Outcome
			}
			if c.added {
				c.until, c.noDate = expiryOf(e, row.Index)
			}
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return b.at.Compare(a.at) })
	return all
}

// sameNumber compares what left; a row that never left is known by what was typed.
func sameNumber(row wire.Row, e164 string) bool {
	if row.Sent != "" {
		return digitsOf(row.Sent) == digitsOf(e164)
	}
	return ccai.SamePhone(row.Typed, e164)
}

func digitsOf(text string) string {
	digits := make([]byte, 0, len(text))
	for _, c := range []byte(text) {
		if '0' <= c && c <= '9' {
			digits = append(digits, c)
		}
	}
	return string(digits)
}

// expiryOf reads the expiry that a row of an addition was sent with.
func expiryOf(e wire.Entry, index int) (until *time.Time, unknown bool) {
	var in ccai.DNCAdd
	if json.Unmarshal(e.Request, &in) != nil || index >= len(in.Contacts) {
		return nil, true
	}
	text := in.Contacts[index].ExpiresAt
	if text == "" {
		return nil, false
	}
	at, err := ccai.ParseTime(text)
	if err != nil {
		return nil, true
	}
	return &at, false
}

// doubt is the newest change that speaks against a check that says "not on
// the list": an addition that may have happened and has not run out.
func doubt(all []change, now time.Time) (change, bool) {
	for _, c := range all {
		may := c.running || c.outcome.Done() || c.outcome == wire.Unknown
		if !may {
			continue // it changed nothing: an earlier one counts
		}
		lasts := c.until == nil || c.until.After(now)
		return c, c.added && lasts
	}
	return change{}, false
}

// standing is how a number stands on the list before it is added again.
type standing struct {
	number string // for people
	told   bool   // the check was answered
	check  ccai.Check
}

// shortened picks the numbers whose protection would end earlier, and those of
// which that cannot be told. next is the new expiry, nil for good.
func shortened(all []standing, next *time.Time) (shorter, untold []standing) {
	if next == nil {
		return nil, nil // nothing lasts longer than for good
	}
	for _, s := range all {
		switch {
		case !s.told || s.check.DoNotCall == nil:
			untold = append(untold, s)
		case ccai.Shortens(s.check, next):
			shorter = append(shorter, s)
		}
	}
	return shorter, untold
}

// totals counts the rows of an answer by outcome and by proof; the outcomes
// add up to the rows.
type totals struct {
	rows     int
	outcomes map[wire.Outcome]int
	proofs   map[wire.Proof]int
}

func sum(rows []wire.Row) totals {
	t := totals{rows: len(rows), outcomes: map[wire.Outcome]int{}, proofs: map[wire.Proof]int{}}
	for _, r := range rows {
		t.outcomes[r.Outcome]++
		if r.Proof != "" {
			t.proofs[r.Proof]++
		}
	}
	return t
}

// unfinished picks the rows that are not, or perhaps not, as they were meant to
// be; what a check confirms is, whatever the answer was. The list may be changed again in the same way without harm, so they can
// be sent once more.
func unfinished(rows []wire.Row) []wire.Row {
	var found []wire.Row
	for _, r := range rows {
		if r.Proof == wire.Contradicted || !r.Outcome.Done() && r.Proof != wire.Confirmed {
			found = append(found, r)
		}
	}
	return found
}

// ending is how a change of a list ended as a whole.
type ending string

const (
	proved ending = "proved" // every row happened, and a check confirms it
	taken  ending = "taken"  // every row happened, as far as anybody told us
	mixed  ending = "mixed"  // some rows need a look
	none   ending = "none"   // no row happened: the outcome's own words fit
)

func (t totals) ending() ending {
	done := t.outcomes[wire.Accepted] + t.outcomes[wire.Updated]
	switch {
	case done == 0:
		return none
	case done < t.rows || t.proofs[wire.Contradicted] > 0:
		return mixed
	case t.proofs[wire.Confirmed] == t.rows:
		return proved
	}
	return taken
}
