package campaign

import (
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
	rows, err := rowsOf(`{"contacts":[{"phone_number":"1"},{"phone_number":"2"},{"phone_number":"3"}]}`)
	require.NoError(t, err)
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
