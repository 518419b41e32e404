package campaign

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/app/client"
	"outdial/app/judge/question"
	"outdial/shared/ccai"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

func contacts() []ccai.ListedContact {
	return []ccai.ListedContact{
		{ID: 1, Name: "Bob Smith", Email: "bob@foo.com", PhoneNumber: "+14155550100", Status: "Upcoming"},
		{ID: 2, Name: "王小明", PhoneNumber: "+886912345678", Status: "connected", ExternalUniqueID: "UID_2"},
		{ID: 37, Name: "Éléonore", PhoneNumber: "(415) 555-0102", Status: "Sleeping"},
		{Name: "Nobody", PhoneNumber: "+14155550103"},
		{ID: 5, Name: "Second", PhoneNumber: "+14155550104", Status: "Upcoming", OutboundNumber: "+16285550199"},
	}
}

func TestCountAddsUpAndKeepsTheVendorsOrder(t *testing.T) {
	got := count(contacts())
	require.Equal(t, []tally{
		{"contact.status.upcoming", 2}, {"contact.status.connected", 1}, {"Sleeping", 1}, {noStatus, 1},
	}, got)
	sum := 0
	for _, c := range got {
		sum += c.N
	}
	require.Equal(t, len(contacts()), sum)
	require.Empty(t, count(nil))
}

func TestEveryDocumentedStatusHasAGroup(t *testing.T) {
	for _, s := range ccai.ContactStatuses() {
		require.NotEqual(t, "other", group(bucket(s.Text)), s.Text)
	}
	require.Equal(t, "other", group("Sleeping"))
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, search, status string
		want                 []int
	}{
		{"everything", "", "", []int{0, 1, 2, 3, 4}},
		{"part of a name, whatever its case", "bOB", "", []int{0}},
		{"another script", "小明", "", []int{1}},
		{"a national spelling", "0912 345-678", "", []int{1}},
		{"brackets", "(415) 555-0102", "", []int{2}},
		{"an international spelling of a national one", "555-0102", "", []int{2}},
		{"the outbound number", "628 555", "", []int{4}},
		{"the id as a whole", "37", "", []int{2}},
		{"the external id", "uid_2", "", []int{1}},
		{"a documented status", "", "contact.status.upcoming", []int{0, 4}},
		{"an undocumented status", "", "Sleeping", []int{2}},
		{"no status", "", noStatus, []int{3}},
		{"both", "second", "contact.status.upcoming", []int{4}},
		{"nothing", "zzz", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, find(contacts(), c.search, c.status, nil))
		})
	}
}

func TestFindPutsTheNewOneFirst(t *testing.T) {
	got := find(contacts(), "", "", func(c ccai.ListedContact) bool { return c.ID == 5 })
	require.Equal(t, []int{4, 0, 1, 2, 3}, got)
}

func TestPages(t *testing.T) {
	rows := []int{0, 1, 2, 3, 4}
	for _, c := range []struct {
		page int
		want []int
	}{{0, []int{0, 1}}, {2, []int{4}}, {9, []int{4}}, {-1, []int{0, 1}}} {
		require.Equal(t, c.want, onPage(rows, c.page, 2))
	}
	require.Empty(t, onPage([]int{}, 0, 2))
	require.Equal(t, 1, pages(0, 50))
	require.Equal(t, 2, pages(51, 50))
}

func TestOverlap(t *testing.T) {
	inCampaign := []ccai.ListedContact{
		{PhoneNumber: "+1 415-555-0100"}, {PhoneNumber: "(415) 555-0102"}, {PhoneNumber: "0912345678"},
		{PhoneNumber: "+8619123456780"}, {PhoneNumber: ""}, {PhoneNumber: "911"},
	}
	for _, c := range []struct {
		name, number string
		there        bool
	}{
		{"the same, other marks", "+14155550100", true},
		{"the list writes it nationally", "+14155550102", true},
		{"the list writes it with a trunk zero", "+886912345678", true},
		{"one digit off", "+14155550101", false},
		{"another country's number with the same end", "+19123456780", false},
		{"no number", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.there, len(overlap([]string{c.number}, inCampaign)) == 1)
		})
	}
	require.Equal(t, []int{0, 2}, overlap([]string{"+14155550100", "+14155550199", "+14155550102"}, inCampaign))
	require.Equal(t, []string{"+14155550199"}, missing([]string{"+14155550100", "+14155550199", ""}, inCampaign))
}

func TestRebuiltBodyHoldsTheRowsThatStay(t *testing.T) {
	rows := []json.RawMessage{[]byte(`{"phone_number":"+14155550100","name":"A"}`), []byte(`{"phone_number":"(415) 555-0101"}`), []byte(`{"phone_number":"+14155550102"}`)}
	require.JSONEq(t, `[{"phone_number":"+14155550100","name":"A"},{"phone_number":"(415) 555-0101"},{"phone_number":"+14155550102"}]`, joined(rows))
	got, err := importBody(77, joined(without(rows, []int{0, 2})), "weekly \"list\"\n")
	require.NoError(t, err)
	require.JSONEq(t, `{"campaign_id":77,"contacts":[{"phone_number":"(415) 555-0101"}],"note":"weekly \"list\"\n"}`, got)
	empty, err := importBody(77, "", "")
	require.NoError(t, err)
	require.JSONEq(t, `{"campaign_id":77,"contacts":[],"note":""}`, empty)
	require.Equal(t, "[]", joined(nil))
	require.Equal(t, []int{1, 2, 3}, without([]int{1, 2, 3}, nil))
}

func TestImportNumbersJoinsByRow(t *testing.T) {
	number := func(field, e164 string) operation.Number {
		return operation.Number{Field: field, Number: phone.Number{E164: e164}}
	}
	got := importNumbers(question.Check{Numbers: []operation.Number{
		number("contacts[0].phone_number", "+14155550100"), number("contacts[0].outbound_number", "+16285550199"),
		number("contacts[2].phone_number", "+14155550102"), number("contacts[9].phone_number", "+1"), number("contacts[x].phone_number", "+2"),
	}}, 3)
	require.Equal(t, []string{"+14155550100", "", "+14155550102"}, got)
}

func TestFileRow(t *testing.T) {
	s := list.Summary{Total: 6, Ready: 3, LeftOut: 3, Out: []list.Row{{Index: 0}, {Index: 2}, {Index: 3}}}
	for ready, want := range []int{1, 4, 5} {
		row, ok := fileRow(ready, s)
		require.True(t, ok)
		require.Equal(t, want, row)
	}
	s.LeftOut = 900
	_, ok := fileRow(0, s)
	require.False(t, ok)
}

func TestPauseGrowsToItsCap(t *testing.T) {
	require.Equal(t, 2*time.Second, pause(1))
	before := time.Duration(0)
	for asked := range 60 {
		p := pause(asked)
		require.GreaterOrEqual(t, p, before)
		require.LessOrEqual(t, p, 10*time.Second)
		before = p
	}
	require.Equal(t, 10*time.Second, before)
}

func TestJobTakesAnswers(t *testing.T) {
	start := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	answer := func(body string) wire.Envelope {
		return wire.Envelope{Outcome: wire.Accepted, Response: json.RawMessage(body)}
	}
	for _, c := range []struct {
		name     string
		envelope wire.Envelope
		failure  *client.Failure
		after    time.Duration
		on, late bool
	}{
		{"goes on", answer(`{"id":530,"status":"in_progress"}`), nil, time.Second, true, false},
		{"a status nobody documented", answer(`{"id":530,"status":"valid_scheme"}`), nil, time.Second, true, false},
		{"done", answer(`{"id":530,"status":"completed"}`), nil, time.Second, false, false},
		{"done, in other words", answer(`{"id":530,"status":"completed_with_warnings"}`), nil, time.Second, false, false},
		{"failed", answer(`{"id":530,"status":"failed","error_message":"Internal Error"}`), nil, time.Second, false, false},
		{"no answer", wire.Envelope{}, &client.Failure{Lost: true}, time.Second, true, false},
		{"signed out", wire.Envelope{}, &client.Failure{SignedOut: true}, time.Second, false, false},
		{"no such job", wire.Envelope{Outcome: wire.Refused, Error: &wire.Error{Code: ccai.CodeNotFound}}, nil, time.Second, false, false},
		{"unreadable", answer(`[]`), nil, time.Second, false, false},
		{"never ends", answer(`{"id":530,"status":"in_progress"}`), nil, time.Hour, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := &job{on: true, since: start}
			j.take(c.envelope, c.failure, start.Add(c.after))
			require.Equal(t, c.on, j.on)
			require.Equal(t, c.late, j.late)
			require.Equal(t, 1, j.asked)
		})
	}
}
