package ledger

import (
	"strings"
	"unicode/utf8"

	"outdial/app/text"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// reading adds up what the reads say of the rows: as if the call had happened,
// as if it had not, or neither.
type reading struct {
	Yes, No, Unclear int
}

func (r reading) total() int { return r.Yes + r.No + r.Unclear }

// against is how many rows a finding contradicts.
func (r reading) against(finding wire.Outcome) int {
	switch finding {
	case wire.Accepted:
		return r.No
	case wire.Refused:
		return r.Yes
	}
	return 0
}

func (r *reading) add(agrees, known bool) {
	switch {
	case !known:
		r.Unclear++
	case agrees:
		r.Yes++
	default:
		r.No++
	}
}

// reading is what was read about the open call, its zero value for nothing.
func (o *detail) reading() reading {
	var r reading
	if o.Entry == nil {
		return r
	}
	op := o.Entry.Operation
	for _, c := range o.Checks {
		r.add(c.agrees(op))
	}
	if !o.Read {
		return r
	}
	for _, f := range o.Contacts {
		r.add(f.agrees(op, o.subject, o.Job))
	}
	return r
}

// jobAgainst reports whether an import's job contradicts a finding.
func (o *detail) jobAgainst(finding wire.Outcome) bool {
	return o.Job != nil && (finding == wire.Accepted && o.Job.Failed() || finding == wire.Refused && o.Job.Done())
}

// kept is what the reads said, as it is put in front of the person's note; ""
// when nothing was read.
func (o *detail) kept() string {
	var words []string
	if r := o.reading(); r.total() > 0 {
		words = append(words, text.T("ledger.checked", "yes", text.Number(r.Yes), "no", text.Number(r.No), "unclear", text.Number(r.Unclear)))
	}
	if o.Job != nil {
		_, line := jobWords(*o.Job)
		words = append(words, line)
	}
	return strings.Join(words, " ")
}

// noteMax is the longest note that our server takes, in characters.
const noteMax = 2000

// noteRoom is how much of it is left for the person's own words.
func (o *detail) noteRoom() int {
	kept := utf8.RuneCountInString(o.kept())
	if kept == 0 {
		return noteMax
	}
	return max(noteMax-kept-1, 1)
}

// finding is what is sent: the person's word, with what was read.
func (o *detail) finding() wire.Settle {
	return wire.Settle{Outcome: o.Verdict, Note: strings.TrimSpace(o.kept() + " " + strings.TrimSpace(o.Note))}
}

// agrees tells whether a contact is as it would be if the call had happened.
func (f found) agrees(op operation.Name, s subject, job *ccai.Job) (agrees, known bool) {
	switch op {
	case operation.ContactsAdd:
		return f.Contact != nil, true
	case operation.ContactsImport:
		open := job != nil && !job.Done() && !job.Failed() // it may still come
		return f.Contact != nil, f.Contact != nil || !open
	case operation.ContactDelete:
		return f.Contact == nil, true
	case operation.ContactUpdate:
		if f.Contact == nil {
			return false, false
		}
		all := changes(s.Contact, *f.Contact)
		for _, c := range all {
			if !c.Same {
				return false, true
			}
		}
		return true, len(all) > 0
	}
	return false, false
}
