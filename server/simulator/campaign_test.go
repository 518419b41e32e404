package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const dialer = apps + "/outbound_dialer/campaigns/"

type listed struct {
	ID             int64
	Name           string
	Email          string
	PhoneNumber    string `json:"phone_number"`
	OutboundNumber string `json:"outbound_number"`
	External       string `json:"external_unique_id"`
	Status         string
	CreatedAt      string `json:"created_at"`
}

func (b *bench) contacts(campaign string) []listed {
	b.t.Helper()
	a := b.get(dialer + campaign + "/contacts")
	require.Equal(b.t, 200, a.status, a.body)
	var all []listed
	require.NoError(b.t, json.Unmarshal([]byte(a.body), &all))
	return all
}

func TestContactAddAnswersAsDocumented(t *testing.T) {
	b := start(t)
	const sent = `{"name":"string","email":"customer@somedomain.com","phone_number":"+1 111-111-1111","outbound_number":"+1 760-867-5309","external_unique_id":"UID_123456"}`
	a := b.post(dialer+"8/contacts", sent)
	require.Equal(t, 200, a.status)
	require.JSONEq(t, `{"valid_contacts":[`+sent+`],"invalid_contacts":[]}`, a.body)
	all := b.contacts("8")
	require.Len(t, all, 1)
	require.Positive(t, all[0].ID)
	all[0].ID = 0
	require.Equal(t, listed{0, "string", "customer@somedomain.com", "+1 111-111-1111", "+1 760-867-5309", "UID_123456", "Upcoming", "2026-03-02T15:04:05.123Z"}, all[0])

	for name, tc := range map[string]struct{ phone, reason string }{
		"again":    {"+11111111111", "phone_number already exists in this campaign"},
		"invalid":  {"12345", "phone_number is invalid"},
		"no phone": {"", "phone_number is required"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.post(dialer+"8/contacts", `{"phone_number":"`+tc.phone+`"}`)
			require.Equal(t, 200, a.status)
			require.JSONEq(t, `{"valid_contacts":[],"invalid_contacts":[{"name":"","email":"","phone_number":"`+tc.phone+`","outbound_number":"","external_unique_id":"","error":"`+tc.reason+`"}]}`, a.body)
			require.False(t, b.last().Happened)
		})
	}
	require.Equal(t, 404, b.post(dialer+"777/contacts", sent).status)
	require.Equal(t, 404, b.post(dialer+"x/contacts", sent).status)
	require.Equal(t, 400, b.post(dialer+"8/contacts", `{"name":7}`).status)
}

func TestEveryStatusIsThere(t *testing.T) {
	var found []string
	for _, c := range start(t).contacts("5") {
		found = append(found, c.Status)
	}
	require.Equal(t, statuses, found)
	require.Len(t, statuses, 21)
}

func TestListForms(t *testing.T) {
	b := start(t)
	require.Len(t, b.contacts("1"), 12)

	printed := b.get(dialer + "6/contacts")
	require.NotContains(t, printed.body, `"id"`)
	require.NotContains(t, printed.body, `"status"`)
	require.Contains(t, printed.body, `"external_unique_id":"UID_6_0001"`)
	require.True(t, strings.HasPrefix(b.get(dialer+"7/contacts").body, `{"contacts":[{`))
	require.Equal(t, "[]", b.get(dialer+"8/contacts").body)
	require.JSONEq(t, `{"message":"Campaign not found"}`, b.get(dialer+"777/contacts").body)
}

// follow reads every page.
func (b *bench) follow(path string) (all []json.RawMessage, pages int) {
	b.t.Helper()
	for path != "" {
		a := b.get(path)
		require.Equal(b.t, 200, a.status)
		var page []json.RawMessage
		require.NoError(b.t, json.Unmarshal([]byte(a.body), &page))
		all = append(all, page...)
		pages++
		require.Equal(b.t, "100", a.header.Get("Per-Page"))
		path = next(b.t, a.header.Get("Link"), b.url)
	}
	return all, pages
}

func next(t *testing.T, links, origin string) string {
	t.Helper()
	for _, link := range strings.Split(links, ", ") {
		if address, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
			path, ok := strings.CutPrefix(address, "<"+origin)
			require.True(t, ok, "the link %s leads elsewhere", link)
			return path
		}
	}
	return ""
}

func TestListsPage(t *testing.T) {
	b := start(t)
	for path, want := range map[string]struct{ all, pages int }{
		dialer + "2/contacts":                  {640, 7},
		manager + "/agents":                    {130, 2},
		manager + "/outbound_dialer/campaigns": {len(seededCampaigns), 1},
	} {
		all, pages := b.follow(path)
		require.Len(t, all, want.all, path)
		require.Equal(t, want.pages, pages, path)
		distinct := map[string]bool{}
		for _, one := range all {
			distinct[string(one)] = true
		}
		require.Len(t, distinct, want.all, "%s tells something twice", path)
	}
	a := b.get(manager + "/agents?page=2&per=1000")
	require.Equal(t, "130", a.header.Get("Total"))
	require.Equal(t, "100", a.header.Get("Per-Page"), "100 is the most")
	require.Equal(t, "[]", b.get(manager+"/agents?page=99").body)
	require.Equal(t, "3", b.get(manager+"/agents?per=3&page=-1").header.Get("Per-Page"))
}

func TestCampaignObjects(t *testing.T) {
	b := start(t)
	var all []struct {
		ID           int64
		Name, Status string
		Mode         string
		ContactStats map[string]int `json:"contact_stats"`
	}
	require.NoError(t, json.Unmarshal([]byte(b.get(manager+"/outbound_dialer/campaigns").body), &all))
	require.Len(t, all, len(seededCampaigns))
	require.Equal(t, "每週續約提醒（大）", all[1].Name)
	require.Equal(t, 640, all[1].ContactStats["Contacts"])
	of := all[4].ContactStats
	require.Equal(t, 21, of["Contacts"])
	require.Equal(t, 1, of["Invalid Number or Name"])
	require.NotContains(t, of, "Invalid Number")
	require.Equal(t, 21, of["Remaining"]+of["Completed"])
	require.Equal(t, 15, all[8].ContactStats["Finished"])

	require.Equal(t, 200, b.get(apps+"/wait_times?lang=fr").status)
	require.Contains(t, b.get(apps+"/wait_times").body, `"available_agents"`)
}

func TestImportTellsItsJobInEveryWay(t *testing.T) {
	for campaign, tc := range map[string]struct {
		body   string
		header map[string]string
	}{
		"1": {`{"id":530,"status":"created","link":"ORIGIN/apps/api/v1/outbound_dialer/campaigns/1/contacts/jobs/530"}`,
			map[string]string{"Link": `<ORIGIN/apps/api/v1/outbound_dialer/campaigns/1/contacts/jobs/530>; rel="status"`}},
		"2": {"", map[string]string{"Location": "ORIGIN/apps/api/v1/outbound_dialer/campaigns/2/contacts/jobs/530"}},
		"3": {`{"job_id":530}`, nil},
		"4": {"", map[string]string{"Link": `<ORIGIN/apps/api/v1/outbound_dialer/campaigns/4/contacts/jobs/530>; rel="status"`}},
		"5": {"", map[string]string{"X-Job-Id": "530"}},
		"6": {"", nil},
		"7": {`{"id":"530"}`, nil},
	} {
		t.Run("campaign "+campaign, func(t *testing.T) {
			b := start(t)
			a := b.do(b.file(campaign, "file", `[{"name":"A","phone_number":"+12065550100"}]`))
			require.Equal(t, 202, a.status)
			require.Equal(t, strings.ReplaceAll(tc.body, "ORIGIN", b.url), a.body)
			for _, name := range []string{"Link", "Location", "X-Job-Id"} {
				require.Equal(t, strings.ReplaceAll(tc.header[name], "ORIGIN", b.url), a.header.Get(name))
			}
			require.JSONEq(t, `{"id":530,"status":"in_progress","type":"Jobs::Bulk::Campaign::ParentJob"}`, b.get(dialer+campaign+"/contacts/jobs/530").body)
		})
	}
}

func TestJobGoesOnWithTimeAndWithLooks(t *testing.T) {
	b := start(t)
	before := len(b.contacts("1"))
	b.do(b.file("1", "file", `[{"name":"A","phone_number":"+12065550100"},{"name":"B","phone_number":"12345"}]`))
	job := func() string { t.Helper(); return b.get(dialer + "1/contacts/jobs/530").body }
	require.Contains(t, job(), `"in_progress"`)
	require.Len(t, b.contacts("1"), before)
	b.clock.Add(2 * time.Second)
	require.JSONEq(t, `{"id":530,"status":"completed","type":"Jobs::Bulk::Campaign::ParentJob"}`, job())
	all := b.contacts("1")
	require.Len(t, all, before+2)
	require.Equal(t, "Upcoming", all[before].Status)
	require.Equal(t, "Invalid Number", all[before+1].Status)

	b.do(b.file("3", "file", `[{"phone_number":"+12065550101"}]`))
	var seen []string
	for range 4 {
		var j jobAnswer
		require.NoError(t, json.Unmarshal([]byte(b.get(dialer+"3/contacts/jobs/531").body), &j))
		seen = append(seen, j.Status)
	}
	require.Equal(t, []string{"in_progress", "in_progress", "completed", "completed"}, seen)

	require.Equal(t, 404, b.get(dialer+"1/contacts/jobs/531").status, "the job is another campaign's")
	require.Equal(t, 404, b.get(dialer+"1/contacts/jobs/9999").status)
}

func TestDuplicateFailsTheJob(t *testing.T) {
	for name, content := range map[string]string{
		"in the file":     `[{"phone_number":"+12065550100"},{"phone_number":"1-206-555-0100"}]`,
		"in the campaign": `[{"phone_number":"+12065550100"},{"phone_number":"+14155550100"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			before := b.contacts("1")
			b.do(b.file("1", "file", content))
			b.clock.Add(time.Minute)
			require.JSONEq(t, `{"error_details":"NativePowerDial::ContactService::DuplicateContactPhoneOnCampaign","error_message":"Internal Error",
				"id":530,"status":"failed","type":"Jobs::Bulk::Campaign::StartImport"}`, b.get(dialer+"1/contacts/jobs/530").body)
			require.Equal(t, before, b.contacts("1"))
		})
	}
}

func TestImportRefusals(t *testing.T) {
	b := start(t)
	for name, tc := range map[string]struct {
		request *http.Request
		status  int
		want    string
	}{
		"JSON, not a form": {b.ccai("POST", dialer+"1/contacts/import", `[]`), 400, "file is required"},
		"another field":    {b.file("1", "upload", `[{"phone_number":"+12065550100"}]`), 400, "file is required"},
		"CSV":              {b.file("1", "file", "name,phone_number\n"), 400, "file is invalid"},
		"an object":        {b.file("1", "file", `{"contacts":[]}`), 400, "file is invalid"},
		"nothing in it":    {b.file("1", "file", `[]`), 400, "file is invalid"},
		"no campaign":      {b.file("777", "file", `[{"phone_number":"+12065550100"}]`), 404, "Campaign not found"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.do(tc.request)
			require.Equal(t, tc.status, a.status)
			require.JSONEq(t, `{"message":"`+tc.want+`"}`, a.body)
		})
	}
}

func (b *bench) change(method, campaign, body string) said {
	b.t.Helper()
	return b.do(b.ccai(method, dialer+campaign+"/contact", body))
}

func (b *bench) id(campaign string, is func(listed) bool) int64 {
	b.t.Helper()
	all := b.contacts(campaign)
	i := slices.IndexFunc(all, is)
	require.GreaterOrEqual(b.t, i, 0)
	return all[i].ID
}

func TestContactUpdate(t *testing.T) {
	b := start(t)
	id := b.id("1", func(l listed) bool { return l.PhoneNumber == "+14155550101" })
	b.clock.Add(time.Hour)
	a := b.change("PATCH", "1", fmt.Sprintf(`{"contact_id":%d,"name":"Bob Smith","email":"customer@somedomain.com","phone_number":"+1 111-111-1111","external_unique_id":"UID_123456"}`, id))
	require.Equal(t, 200, a.status)
	var out map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &out))
	require.Equal(t, map[string]any{"NAME (REQUIRED)": "Bob Smith", "PHONE (REQUIRED)": "+1 111-111-1111", "EMAIL (REQUIRED)": "customer@somedomain.com"}, out["user_custom_metadata"])
	require.Equal(t, "2026-03-02T16:04:05.123Z", out["updated_at"])
	require.Equal(t, "+16285550199", out["outbound_number"])
	require.Nil(t, out["priority"])
	require.NotContains(t, out, "phone_number", "the documentation shows it in the metadata alone")

	b.change("PATCH", "1", fmt.Sprintf(`{"contact_id":%d,"name":"Bobby"}`, id))
	i := slices.IndexFunc(b.contacts("1"), func(l listed) bool { return l.ID == id })
	got := b.contacts("1")[i]
	require.Equal(t, "Bobby", got.Name)
	require.Equal(t, "+1 111-111-1111", got.PhoneNumber, "what is not sent stays")

	for name, tc := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"unknown":     {`{"contact_id":99999}`, 404, "Contact not found"},
		"no id":       {`{"name":"x"}`, 400, "contact_id is required"},
		"bad phone":   {fmt.Sprintf(`{"contact_id":%d,"phone_number":"12345"}`, id), 400, "phone_number is invalid"},
		"taken phone": {fmt.Sprintf(`{"contact_id":%d,"phone_number":"+14155550100"}`, id), 400, "phone_number already exists in this campaign"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.change("PATCH", "1", tc.body)
			require.Equal(t, tc.status, a.status)
			require.JSONEq(t, `{"message":"`+tc.want+`"}`, a.body)
		})
	}
	require.Equal(t, 404, b.change("PATCH", "777", `{"contact_id":1}`).status)
	// The number that was given up is free.
	require.Contains(t, b.post(dialer+"1/contacts", `{"phone_number":"+14155550101"}`).body, `"invalid_contacts":[]`)
}

func TestContactDelete(t *testing.T) {
	b := start(t)
	id := b.id("1", func(l listed) bool { return l.PhoneNumber == "+14155550101" })
	a := b.change("DELETE", "1", fmt.Sprintf(`{"contact_id":%d}`, id))
	require.Equal(t, 200, a.status)
	require.Contains(t, a.body, fmt.Sprintf(`"id":%d,`, id))
	require.JSONEq(t, `{"message":"Contact not found"}`, b.change("DELETE", "1", fmt.Sprintf(`{"contact_id":%d}`, id)).body)
	require.Equal(t, 200, b.change("DELETE", "1", `{"phone_number":"1-415-555-0100"}`).status)
	require.Equal(t, 200, b.change("DELETE", "1", `{"external_unique_id":"UID_1_0003"}`).status)
	require.Len(t, b.contacts("1"), 9)
	for name, tc := range map[string]struct {
		body   string
		status int
	}{
		"nothing named":  {`{}`, 400},
		"no body":        {``, 400},
		"trailing comma": {`{"contact_id": 7,}`, 400},
		"unknown":        {`{"phone_number":"+12065550100"}`, 404},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.status, b.change("DELETE", "1", tc.body).status) })
	}
	require.Len(t, b.contacts("1"), 9)
	require.Equal(t, 404, b.change("DELETE", "777", `{"contact_id":1}`).status)
}

func TestContactInACallStays(t *testing.T) {
	b := start(t)
	for _, status := range []string{"Dialing", "Queued", "Connected"} {
		id := b.id("5", func(l listed) bool { return l.Status == status })
		for _, method := range []string{"PATCH", "DELETE"} {
			a := b.change(method, "5", fmt.Sprintf(`{"contact_id":%d,"name":"x"}`, id))
			require.Equal(t, 400, a.status)
			require.JSONEq(t, `{"message":"`+contactBusy+`"}`, a.body)
		}
	}
	require.Len(t, b.contacts("5"), 21)
}
