package ledger

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/app/client"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestLead(t *testing.T) {
	rows := []wire.Row{{Sent: "+14155550100", Typed: "415-555-0100"}, {Sent: "+886912345678", Typed: "0912345678"}, {Typed: "911"}}
	for _, tc := range []struct {
		name     string
		e        wire.Entry
		searched string
		number   string
		more     int
	}{
		{"the first", wire.Entry{Rows: rows, RowCount: 3}, "", "+14155550100", 2},
		{"the one that was searched for", wire.Entry{Rows: rows, RowCount: 3}, "0912 345 678", "+886912345678", 2},
		{"by its last digits", wire.Entry{Rows: rows, RowCount: 3}, "5678", "+886912345678", 2},
		{"not among the rows that came along", wire.Entry{Rows: rows, RowCount: 400}, "999", "+14155550100", 399},
		{"never sent", wire.Entry{Rows: rows[2:], RowCount: 1}, "", "911", 0},
		{"no number at all", wire.Entry{Rows: []wire.Row{{}}, RowCount: 1}, "", "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			number, more := lead(tc.e, tc.searched)
			require.Equal(t, tc.number, number)
			require.Equal(t, tc.more, more)
		})
	}
}

func entry(op operation.Name, request string, sent ...string) wire.Entry {
	e := wire.Entry{Operation: op, Request: json.RawMessage(request), RowCount: len(sent)}
	for i, s := range sent {
		e.Rows = append(e.Rows, wire.Row{Index: i, Sent: s})
	}
	return e
}

func TestLook(t *testing.T) {
	contacts := []ccai.ListedContact{
		{ID: 11, Name: "Ana", PhoneNumber: "+1 (415) 555-0100", ExternalUniqueID: "x-1"},
		{ID: 12, Name: "Bo", PhoneNumber: "4155550101"},
		{ID: 13, Name: "Cy", PhoneNumber: "+886912345678"},
		{ID: 14, Name: "same end as Cy", PhoneNumber: "+33912345678"},
	}
	for _, tc := range []struct {
		name  string
		e     wire.Entry
		want  []string // names found, "" for absent
		there int
	}{
		{"added, in another spelling", entry(operation.ContactsAdd, `{"campaign_id":1,"phone_number":"415 555 0100"}`, "+14155550100"), []string{"Ana"}, 1},
		{"added, without country code in the list", entry(operation.ContactsAdd, `{"campaign_id":1}`, "+14155550101"), []string{"Bo"}, 1},
		{"an import, partly there", entry(operation.ContactsImport, `{"campaign_id":1}`, "+14155550100", "+14155559999", "+886912345678"), []string{"Ana", "", "Cy"}, 2},
		{"the end alone is not enough", entry(operation.ContactsAdd, `{"campaign_id":1}`, "+49912345678"), []string{""}, 0},
		{"deleted by id", entry(operation.ContactDelete, `{"campaign_id":1,"contact_id":12}`), []string{"Bo"}, 1},
		{"deleted by number", entry(operation.ContactDelete, `{"campaign_id":1,"phone_number":"0912345678"}`, "+886912345678"), []string{"Cy"}, 1},
		{"deleted by external id", entry(operation.ContactDelete, `{"campaign_id":1,"external_unique_id":"x-1"}`), []string{"Ana"}, 1},
		{"deleted and gone", entry(operation.ContactDelete, `{"campaign_id":1,"contact_id":99}`), []string{""}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := subjectOf(tc.e)
			require.EqualValues(t, 1, s.Campaign)
			got := look(tc.e.Operation, s, contacts)
			var names []string
			for _, f := range got {
				require.NotEmpty(t, f.What)
				if f.Contact == nil {
					names = append(names, "")
					continue
				}
				names = append(names, f.Contact.Name)
			}
			require.Equal(t, tc.want, names)
			require.Equal(t, tc.there, present(got))
		})
	}
}

func TestChanges(t *testing.T) {
	s := subjectOf(entry(operation.ContactUpdate, `{"campaign_id":1,"contact_id":11,"name":"Ana B","phone_number":"415 555 0100","email":"ANA@x.example"}`, "+14155550100"))
	got := changes(s.Contact, ccai.ListedContact{Name: "Ana", PhoneNumber: "+1 415-555-0100", Email: "ana@x.example", ExternalUniqueID: "kept"})
	require.Equal(t, []change{
		{"name", "Ana B", "Ana", false},
		{"email", "ANA@x.example", "ana@x.example", true},
		{"phone_number", "+14155550100", "+1 415-555-0100", true},
	}, got)
}

func TestAgrees(t *testing.T) {
	yes, no := true, false
	for _, tc := range []struct {
		name   string
		c      check
		op     operation.Name
		agrees bool
		known  bool
	}{
		{"added and listed", check{Check: ccai.Check{DoNotCall: &yes}}, operation.DNCAdd, true, true},
		{"added and not listed", check{Check: ccai.Check{DoNotCall: &no}}, operation.DNCAdd, false, true},
		{"removed and gone", check{Check: ccai.Check{DoNotCall: &no}}, operation.DNCRemove, true, true},
		{"removed and still listed", check{Check: ccai.Check{DoNotCall: &yes}}, operation.DNCRemove, false, true},
		{"the answer does not say", check{}, operation.DNCRemove, false, false},
		{"unreadable", check{Unread: true}, operation.DNCAdd, false, false},
		{"not answered", check{Check: ccai.Check{DoNotCall: &yes}, Failure: &client.Failure{Lost: true}}, operation.DNCAdd, false, false},
		{"refused", check{Error: &wire.Error{Code: "x"}}, operation.DNCAdd, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			agrees, known := tc.c.agrees(tc.op)
			require.Equal(t, tc.agrees, agrees)
			require.Equal(t, tc.known, known)
		})
	}
}

func TestUnsettled(t *testing.T) {
	require.True(t, unsettled(wire.Entry{Outcome: wire.Unknown}))
	require.False(t, unsettled(wire.Entry{Outcome: wire.Unknown, Settled: &wire.Settlement{}}))
	require.False(t, unsettled(wire.Entry{Outcome: wire.Accepted}))
}

func TestTook(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	end := at.Add(1200 * time.Millisecond)
	require.Equal(t, 1200*time.Millisecond, took(wire.Entry{StartedAt: at, FinishedAt: &end}))
	require.Zero(t, took(wire.Entry{StartedAt: at}))
}

// Every write has a form to use it again in.
func TestWhere(t *testing.T) {
	for _, op := range operation.Catalogue() {
		if op.Rule.Writes() {
			require.NotEmpty(t, where(op.Name, "3"), op.Name)
		}
	}
	require.Equal(t, "/campaign?campaign=3", where(operation.ContactUpdate, "3"))
	require.Equal(t, "/campaign", where(operation.ContactUpdate, "0"))
}

// No number may stand in an address: only these two are taken from it.
func TestAddress(t *testing.T) {
	q := url.Values{"call": {"c"}, "outcome": {"unknown"}, "number": {"+14155550100"}}
	require.Equal(t, "call=c&outcome=unknown", address(q))
	require.NotEmpty(t, address(nil))
}
