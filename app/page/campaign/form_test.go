package campaign

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/ccai"
)

func TestEditSendsOnlyWhatDiffers(t *testing.T) {
	listed := ccai.ListedContact{ID: 7, Name: "Bob", Email: "bob@foo.com", PhoneNumber: "+14155550100", ExternalUniqueID: "U1", OutboundNumber: "+16285550199"}
	for _, c := range []struct {
		name    string
		edit    func(*editing)
		want    ccai.ContactUpdate
		cleared bool
	}{
		{"nothing", func(*editing) {}, ccai.ContactUpdate{CampaignID: 12, ContactID: 7}, false},
		{"one field", func(e *editing) { e.to.Name = "Rob" }, ccai.ContactUpdate{CampaignID: 12, ContactID: 7, Name: "Rob"}, false},
		{"number and note", func(e *editing) { e.to.PhoneNumber, e.note = "+14155550101", "moved" },
			ccai.ContactUpdate{CampaignID: 12, ContactID: 7, PhoneNumber: "+14155550101", Note: "moved"}, false},
		{"an emptied field cannot be sent", func(e *editing) { e.to.Email = "" }, ccai.ContactUpdate{CampaignID: 12, ContactID: 7}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEditing(listed)
			c.edit(e)
			require.Equal(t, c.want, e.change(12))
			require.Equal(t, c.cleared, e.cleared())
		})
	}
}

func TestWhatIsTypedWhileAChangeIsOnItsWayIsStillToBeSent(t *testing.T) {
	e := newEditing(ccai.ListedContact{ID: 7, Name: "Bob", Email: "bob@example.com"})
	e.to.Name = "Robert"
	sent := e.change(1)
	e.to.Name, e.to.Email = "Rob", "rob@example.com"
	e.took(sent)
	require.Equal(t, ccai.ContactUpdate{CampaignID: 1, ContactID: 7, Name: "Rob", Email: "rob@example.com"}, e.change(1))
	e.took(e.change(1))
	require.Equal(t, ccai.ContactUpdate{CampaignID: 1, ContactID: 7}, e.change(1))
}

func TestEditTakesATypedID(t *testing.T) {
	e := newEditing(ccai.ListedContact{PhoneNumber: "+14155550100"})
	require.Zero(t, e.change(12).ContactID)
	e.id = " 708 "
	require.EqualValues(t, 708, e.change(12).ContactID)
	e.id = "7o8"
	require.Zero(t, e.change(12).ContactID)
}

func TestDeleteNamesTheContactInOneWay(t *testing.T) {
	for _, c := range []struct {
		name   string
		listed ccai.ListedContact
		want   ccai.ContactDelete
	}{
		{"by id where there is one", ccai.ListedContact{ID: 7, PhoneNumber: "+14155550100", ExternalUniqueID: "U1"}, ccai.ContactDelete{CampaignID: 12, ContactID: 7}},
		{"else by number", ccai.ListedContact{PhoneNumber: "+14155550100", ExternalUniqueID: "U1"}, ccai.ContactDelete{CampaignID: 12, PhoneNumber: "+14155550100"}},
		{"else by external id", ccai.ListedContact{ExternalUniqueID: "U1"}, ccai.ContactDelete{CampaignID: 12, ExternalUniqueID: "U1"}},
		{"else what is typed", ccai.ListedContact{}, ccai.ContactDelete{CampaignID: 12}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRemoving(c.listed)
			require.Equal(t, c.want, r.order(12))
			require.Equal(t, c.want != ccai.ContactDelete{CampaignID: 12}, r.names(c.listed))
			require.False(t, r.names(ccai.ListedContact{ID: 99, PhoneNumber: "+14155550199", ExternalUniqueID: "U9"}))
		})
	}
}

func TestImportLeavesOutWhatIsThereUntilTold(t *testing.T) {
	im := newImporting()
	rows := []json.RawMessage{[]byte(`{"phone_number":"1"}`), []byte(`{"phone_number":"2"}`), []byte(`{"phone_number":"3"}`)}
	im.rows, im.numbers, im.there = rows, []string{"+1", "+2", "+3"}, []int{1}
	im.fill()
	require.Equal(t, 2, im.going)
	require.Equal(t, []string{"+1", "+3"}, im.goingNumbers())
	require.JSONEq(t, `{"campaign_id":12,"contacts":[{"phone_number":"1"},{"phone_number":"3"}],"note":""}`, im.request(12))
	im.leave = false
	im.settled = "weekly"
	im.fill()
	require.Equal(t, 3, im.going)
	require.Len(t, im.goingNumbers(), 3)
	require.JSONEq(t, `{"campaign_id":12,"contacts":[{"phone_number":"1"},{"phone_number":"2"},{"phone_number":"3"}],"note":"weekly"}`, im.request(12))
}

func TestImportDemandsANote(t *testing.T) {
	require.Len(t, needNote(" \t"), 1)
	require.Empty(t, needNote("每週名單"))
}

func TestShareNeverCallsSomethingNothing(t *testing.T) {
	for _, c := range []struct {
		n, all int
		want   string
	}{{1, 1000, "<1%"}, {0, 10, "0%"}, {1, 3, "33%"}, {2, 3, "67%"}, {10, 10, "100%"}} {
		require.Equal(t, c.want, share(c.n, c.all))
	}
}

func TestSearchCampaigns(t *testing.T) {
	all := []ccai.Campaign{{ID: 1, Name: "Spring renewals"}, {ID: 12, Name: "續約提醒"}, {ID: 2, Name: "Plan 12"}}
	names := func(search string) (ids []int64) {
		for _, c := range searchCampaigns(all, search) {
			ids = append(ids, c.ID)
		}
		return ids
	}
	require.Equal(t, []int64{1, 12, 2}, names(""))
	require.Equal(t, []int64{1}, names("RENEW"))
	require.Equal(t, []int64{12}, names("提醒"))
	require.Equal(t, []int64{12, 2}, names("12"))
	require.Empty(t, names("zzz"))
	require.Len(t, all, 3)
}

func TestWhatNamesARowsContactCannotBeTyped(t *testing.T) {
	r := newRemoving(ccai.ListedContact{ID: 2, Name: "Bob", ExternalUniqueID: "U2"})
	require.True(t, r.fixed())
	require.Equal(t, []string{byID, byExternal}, r.ways(), "only what the row holds")
	require.Equal(t, "2", r.value)
	nameless := newRemoving(ccai.ListedContact{Name: "Bob"})
	require.False(t, nameless.fixed())
	require.Empty(t, nameless.was.Name, "what is typed does not stand under the row's name")
	typed := typedRemoving(ccai.ContactDelete{PhoneNumber: "+14155550100"})
	require.False(t, typed.fixed())
	require.Equal(t, ccai.ContactDelete{CampaignID: 12, PhoneNumber: "+14155550100"}, typed.order(12))
	require.Len(t, typed.ways(), 3)
}

func TestADeletionNamesWhomTheListKnows(t *testing.T) {
	list := []ccai.ListedContact{
		{ID: 2, Name: "Bob", PhoneNumber: "+14155550102", ExternalUniqueID: "U"},
		{ID: 4, Name: "Ann", PhoneNumber: "(415) 555-0104", ExternalUniqueID: "U"},
		{Name: "Nobody"},
	}
	for _, c := range []struct {
		name, by, value, number string
		want                    []string
	}{
		{"the id", byID, " 4 ", "", []string{"Ann"}},
		{"an unknown id", byID, "9", "", nil},
		{"nothing typed", byID, "", "", nil},
		{"the number as read", byPhone, "415.555.0102", "+14155550102", []string{"Bob"}},
		{"a number listed nationally", byPhone, "+1 415 555 0104", "+14155550104", []string{"Ann"}},
		{"a number that only ends alike", byPhone, "x", "+8614155550102", nil},
		{"an external id that two have", byExternal, "U", "", []string{"Bob", "Ann"}},
		{"no external id", byExternal, "", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRemoving(ccai.ListedContact{})
			r.by, r.value = c.by, c.value
			var got []string
			for _, one := range r.targets(list, c.number) {
				got = append(got, one.Name)
			}
			require.Equal(t, c.want, got)
		})
	}
	row := newRemoving(list[0])
	require.Equal(t, list[:1], row.targets(list, ""))
	require.Equal(t, list[:1], row.targets(nil, ""), "the row is known without the list")
	row.by = byExternal
	row.value = row.known()
	require.Equal(t, list[:2], row.targets(list, ""))
}

func TestAnEditKnowsWhoseIDWasTyped(t *testing.T) {
	list := []ccai.ListedContact{{ID: 2, Name: "Bob"}, {ID: 4, Name: "Ann", Status: "Dialing"}}
	e := newEditing(ccai.ListedContact{})
	require.Zero(t, e.target(list))
	e.id = "4"
	require.Equal(t, "Ann", e.target(list).Name)
	e = newEditing(list[0])
	e.id = "4" // cannot be typed
	require.Equal(t, "Bob", e.target(list).Name)
}

func TestCalling(t *testing.T) {
	for status, want := range map[string]bool{"Dialing": true, "queued": true, "Connected": true, "Upcoming": false, "Finished": false, "": false, "Sleeping": false} {
		require.Equal(t, want, calling(status), status)
	}
}

func TestWhatWasSentIsCountedAtSending(t *testing.T) {
	im := newImporting()
	im.rows, im.numbers, im.there = []json.RawMessage{[]byte(`1`), []byte(`2`), []byte(`3`)}, []string{"+1", "+2", "+3"}, []int{1}
	im.fill()
	im.ask(12)
	sent := im.request(12)
	im.leave = false // pressed while it is on its way
	im.fill()
	require.Equal(t, 3, im.going)
	require.Equal(t, 2, im.left(sent).rows)
	require.Equal(t, []string{"+1", "+3"}, im.left(sent).numbers)
	im.ask(12)
	require.Equal(t, 2, im.left(sent).rows)
	require.Equal(t, 3, im.left(im.request(12)).rows)
}

func TestABarIsAShareOfAll(t *testing.T) {
	for _, c := range []struct{ n, all, want int }{{9, 12, 75}, {12, 12, 100}, {1, 1000, 2}, {999, 1000, 99}, {0, 0, 2}} {
		require.Equal(t, c.want, barWidth(c.n, c.all))
	}
}

func TestOnlyANarrowedListCountsWhatIsFound(t *testing.T) {
	require.False(t, (&contactList{search: " "}).narrowed())
	require.True(t, (&contactList{search: "bob"}).narrowed())
	require.True(t, (&contactList{bucket: noStatus}).narrowed())
}

func TestTheJobsFieldHoldsTheImportsJob(t *testing.T) {
	m := &model{campaign: 1, jobs: []*job{{campaign: 5, id: 531}, {campaign: 1, id: 530}, {campaign: 1, id: 529}}}
	m.fillJob(1, 530)
	require.Equal(t, "530", m.jobID)
	m.fillJob(5, 531)
	require.Equal(t, "530", m.jobID, "a job of a campaign that was left")
	m.campaign = 5
	m.refillJob()
	require.Equal(t, "531", m.jobID)
	m.campaign = 8
	m.refillJob()
	require.Empty(t, m.jobID)
	m.jobID, m.jobTyped = "7", true
	m.campaign = 1
	m.refillJob()
	require.Equal(t, "7", m.jobID, "what was typed stays")
	m.fillJob(1, 0)
	require.Empty(t, m.jobID, "an earlier job is not that of an import whose answer named none")
}
