package ledger

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"outdial/app/text"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestReadingOfAMixedBatch(t *testing.T) {
	yes, no := true, false
	o := &detail{}
	e := entry(operation.DNCAdd, `{}`, "1", "2", "3", "4", "5", "6", "7", "8")
	o.take(&e)
	require.Zero(t, o.reading())
	for _, listed := range []*bool{&yes, &yes, &no, &yes, &no, &yes, &no, nil} {
		o.Checks = append(o.Checks, check{Check: ccai.Check{DoNotCall: listed}})
	}
	r := o.reading()
	require.Equal(t, reading{Yes: 4, No: 3, Unclear: 1}, r)
	require.Equal(t, 3, r.against(wire.Accepted))
	require.Equal(t, 4, r.against(wire.Refused))
	require.Zero(t, r.against(""), "nothing is chosen yet")
}

func TestReadingOfContacts(t *testing.T) {
	there := &ccai.ListedContact{ID: 1, Name: "Ana"}
	both := []found{{What: "1", Contact: there}, {What: "2"}}
	for _, tc := range []struct {
		name string
		op   operation.Name
		job  string
		all  []found
		want reading
	}{
		{"an import, partly there", operation.ContactsImport, "", both, reading{Yes: 1, No: 1}},
		{"the import still runs: the other may come", operation.ContactsImport, "in_progress", both, reading{Yes: 1, Unclear: 1}},
		{"the import is over", operation.ContactsImport, "completed", both, reading{Yes: 1, No: 1}},
		{"deleted and gone", operation.ContactDelete, "", both[1:], reading{Yes: 1}},
		{"deleted and still there", operation.ContactDelete, "", both[:1], reading{No: 1}},
		{"changed otherwise", operation.ContactUpdate, "", both[:1], reading{No: 1}},
		{"to be changed and gone", operation.ContactUpdate, "", both[1:], reading{Unclear: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := &detail{Read: true, Contacts: tc.all}
			e := entry(tc.op, `{"campaign_id":1,"contact_id":1,"name":"Bo"}`)
			o.take(&e)
			if tc.job != "" {
				o.Job = &ccai.Job{Status: tc.job}
			}
			require.Equal(t, tc.want, o.reading())
		})
	}
}

func TestAJobCanContradictAFinding(t *testing.T) {
	failed, done := &detail{Job: &ccai.Job{Status: "failed"}}, &detail{Job: &ccai.Job{Status: "completed"}}
	require.True(t, failed.jobAgainst(wire.Accepted))
	require.False(t, failed.jobAgainst(wire.Refused))
	require.True(t, done.jobAgainst(wire.Refused))
	require.False(t, (&detail{}).jobAgainst(wire.Accepted))
}

func TestWhatWasReadIsKeptWithTheFinding(t *testing.T) {
	tag := text.Language()
	require.NoError(t, text.Load(tag, "ledger.checked\nChecked: {yes} yes, {no} no, {unclear} unclear.\n"))
	t.Cleanup(func() { require.NoError(t, text.Load(tag, "")) })

	o := &detail{Verdict: wire.Accepted, Note: " as agreed with Ana "}
	e := entry(operation.DNCRemove, `{}`, "1", "2")
	o.take(&e)
	require.Equal(t, wire.Settle{Outcome: wire.Accepted, Note: "as agreed with Ana"}, o.finding(), "nothing was read")
	require.Equal(t, noteMax, o.noteRoom())

	yes, no := true, false
	o.Checks = []check{{Check: ccai.Check{DoNotCall: &yes}}, {Check: ccai.Check{DoNotCall: &no}}}
	require.Equal(t, "Checked: 1 yes, 1 no, 0 unclear. as agreed with Ana", o.finding().Note)
	o.Note = strings.Repeat("再", o.noteRoom())
	require.Equal(t, noteMax, utf8.RuneCountInString(o.finding().Note), "our server takes no longer one")
}
