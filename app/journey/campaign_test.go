//go:build journey

package journey

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

// Campaigns of the simulator; each tells the id of an import job in a way of
// its own.
const (
	withIDs   = "/campaign?campaign=1" // lists ids and statuses; the job is named in the body
	statuses  = "/campaign?campaign=5" // one contact of each status
	printed   = "/campaign?campaign=6" // lists the five documented fields alone; the job is named nowhere
	emptyList = "/campaign?campaign=8"
)

func TestCampaignIsPickedByNameOrNumber(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/campaign")
	p.fill("Search by name or number", "renew")
	p.gone("Empty campaign")
	p.follow("Spring renewals")
	p.see("12 contacts", "王小明")
	p.holds(`new URLSearchParams(location.search).get("campaign") === "1"`)
	p.open("/campaign")
	p.fill("Campaign", "8")
	p.press("Open")
	p.see("No contacts yet", "Add one, or import a file.")
	// The Manager API may be closed: the number is typed.
	s.next(operation.CampaignsList, "9043")
	p.open("/campaign")
	p.see("The list of campaigns could not be read. You can type a campaign’s number below.")
	p.fill("Campaign", "1")
	p.press("Open")
	p.see("12 contacts")
}

func TestCampaignStatusesInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t), speaks("zh-TW")).open(statuses)
	for _, word := range chinese(t, "contact.status.not_picked_up", "contact.status.do_not_call", "contact.status.transferred_and_finished") {
		p.see(word)
	}
	require.NotContains(t, p.page(), "Not Picked Up")
}

// chinese gives the console's own words in zh-TW.
func chinese(t testing.TB, keys ...string) []string {
	t.Helper()
	data, err := os.ReadFile("../../web/translations/campaign.json")
	require.NoError(t, err)
	var file map[string]map[string]string
	require.NoError(t, json.Unmarshal(data, &file))
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = file[key]["zh-TW"]
		require.NotEmpty(t, words[i], key)
	}
	return words
}

func TestCampaignContactIsAddedEditedDeleted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open(emptyList)
	p.role("Supervisor")
	p.follow("Add one")
	p.fill("Name", "Ada Lovelace")
	p.fill("Phone number", "(415) 555-0142")
	p.fill("E-mail", "ada@example.com")
	p.fill("External id", "UID_1")
	p.press("Add the contact")
	p.see("The contact was added.", "It is among the campaign’s contacts. Status: Upcoming.")
	p.press("Show the contacts")
	p.see("1 contact", "Ada Lovelace")

	p.press("Edit Ada Lovelace")
	p.fill("Name", "Ada King")
	p.press("Save the changes")
	p.see("The contact was changed.")
	p.press("Back to the contacts")
	p.see("Ada King")

	p.press("Delete Ada King")
	p.press("Delete the contact")
	p.find("alertdialog", "Delete this contact from the campaign?")
	p.see("ACME", "Empty campaign", "Ada King")
	p.press("Cancel")
	p.holds("!document.querySelector('dialog[open]')") // it has a button of the same name
	require.Empty(t, s.received(operation.ContactDelete))
	p.press("Delete the contact")
	p.confirm("Delete the contact")
	p.see("The contact was deleted.")
	p.press("Back to the contacts")
	p.see("No contacts yet")
	require.Len(t, s.received(operation.ContactsAdd), 1)
	require.Len(t, s.received(operation.ContactDelete), 1)
}

// confirm presses a button of the question that is open.
func (p *person) confirm(button string) {
	p.t.Helper()
	p.find("alertdialog", "")
	p.holds(`!!document.querySelector("dialog[open]")`)
	p.press(button)
}

func TestCampaignContactIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open(emptyList)
	p.follow("Add one")
	p.fill("Phone number", "+1 415 555 9301")
	p.press("Add the contact")
	p.see("The contact was not added.", "Refused")
}

// contacts writes a JSON file of contacts.
func contacts(t testing.TB, rows ...map[string]any) string {
	t.Helper()
	data, err := json.Marshal(rows)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "contacts.json")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func row(number string) map[string]any { return map[string]any{"phone_number": number} }

func TestCampaignImportLeavesOutWhatWouldFailTheJob(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open(withIDs)
	p.follow("Import")
	p.upload("Choose a JSON file", contacts(t,
		row("+1 415 555 0150"), row("(415) 555-0151"), row("415.555.0150"), row("911"), row("12"), row(""),
		row("+1-4151113333"), row("+14155550100"))) // the last is in the campaign
	p.see("8 = 3 that go + 4 faulty + 1 already there")
	p.see("number stands in an earlier row (the first is kept)", "emergency or service number", "not a possible number", "1 unusual number")
	p.see("1 number of the file is in the campaign already.")
	p.press("Import 3 contacts")
	p.see("Fill this in.") // why
	p.fill("Note", "Renewals of December")
	p.press("Import 3 contacts")
	p.find("alertdialog", "Import 3 contacts?")
	p.see("Spring renewals", "ACME", "3 contacts go to the campaign.")
	p.confirm("Import")
	p.see("The file was taken.", "Completed")
	p.see("3 of 3 numbers are in the campaign")
	received := s.received(operation.ContactsImport)
	require.Len(t, received, 1)
	require.Equal(t, 3, received[0].Rows)
}

func TestCampaignImportThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	words := english(t)
	p := at(t, serve(t)).open(withIDs)
	p.follow("Import")
	p.upload("Choose a JSON file", contacts(t, row("+1 415 555 0150"), row("+1 415 555 9311")))
	p.fill("Note", "test")
	p.press("Import 2 contacts")
	p.confirm("Import")
	p.see("Failed", words["error.ccai.job_duplicate_phone"], "Whether some rows of a failed job stay is not documented")
}

func TestCampaignJobIsTypedWhenTheAnswerDoesNotNameIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open(printed)
	p.follow("Import")
	p.upload("Choose a JSON file", contacts(t, row("+1 415 555 0150")))
	p.fill("Note", "test")
	p.press("Import 1 contact")
	p.confirm("Import")
	p.see("The answer did not name the job.")
	p.fill("Job id", "530") // the simulator's first
	p.press("Follow the job")
	p.see("Completed")
}

func TestCampaignFilesThatAreNone(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open(withIDs)
	p.follow("Import")
	for _, each := range []struct{ name, content, says string }{
		{"empty", "", "This file is not JSON, or it is cut off."},
		{"cut off", `[{"phone_number": "+1415`, "This file is not JSON, or it is cut off."},
		{"an object", `{"a": 1}`, "The file holds no list of contacts."},
		{"an empty list", `[]`, "The list in the file is empty."},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "This file is not JSON, or it is cut off."},
	} {
		path := filepath.Join(t.TempDir(), "file.json")
		require.NoError(t, os.WriteFile(path, []byte(each.content), 0o600))
		p.upload("Choose a JSON file", path)
		p.see(each.says)
	}
}

func TestCampaignLongListStaysQuick(t *testing.T) {
	t.Parallel()
	rows := make([]map[string]any, 5000)
	for i := range rows {
		rows[i] = row(fmt.Sprintf("+1 415 5%02d %04d", i/10000+20, i%10000))
	}
	p := at(t, serve(t)).open(withIDs)
	p.follow("Import")
	p.see("Choose a JSON file")
	p.text(watchLongTasks)
	p.upload("Choose a JSON file", contacts(t, rows...))
	p.see("5,000 = 5,000 that go")
	t.Logf("5,000 rows: %s", p.text(longTasks))
	require.Less(t, p.number(`document.querySelectorAll("main *").length`), 3000.0, "the screen shows a part of a list")
}

func TestCampaignRolesAreExplained(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open(withIDs)
	p.role("Agent")
	p.see("12 contacts")
	for _, section := range []string{"Add one", "Import"} {
		p.follow(section)
		p.see("This needs the role Supervisor. You are signed in as Agent.")
	}
}
