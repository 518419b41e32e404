//go:build journey

package journey

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"outdial/shared/operation"
)

// listFile writes a file as a person has one.
func listFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

// drop gives a list to the console and goes on to its columns.
func (p *person) drop(purpose, file string) {
	p.t.Helper()
	p.pick(purpose)
	p.upload("Choose a file", file)
	p.press("Continue to the columns")
	p.see("Say what each column is.")
}

// decide goes on to the third step and waits until the list is judged.
func (p *person) decide() {
	p.t.Helper()
	p.press("Continue to deciding")
	p.holds(`!!document.getElementById("equation") && document.querySelector(".lists [aria-busy=true]") === null`)
}

// cellOf is what the grid shows in a row and column, both from 1.
func (p *person) cellOf(row, column int) string {
	p.t.Helper()
	return p.text(fmt.Sprintf(`document.querySelector('#rows [role=row][aria-rowindex="%d"]:not([hidden]) [aria-colindex="%d"]')?.textContent ?? ""`, row+1, column))
}

const mixed = "Name,Phone,City\nAnn,415-555-0150,Paris\nBob,12,Lyon\nCyd,+1 415 555 0151,Nice\nDan,1.41556E+10,Lille\nEve,911,Metz\nAnn again,+14155550150,Paris\nOdd,+1-4151113333,Brest\n"

// big5 is 姓名,電話 / 王小明 in Big5; read as GB18030 it gives other letters and no
// error.
const big5 = "\xa9m\xa6W,\xb9q\xb8\xdc\r\n\xa4\xfd\xa4p\xa9\xfa,0912345678\r\n"

func TestListFromFileToRun(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/lists")
	p.drop("Add to do not call", listFile(t, "weekly.csv", mixed))
	require.Equal(t, "phone", p.value("What “Phone” is"))
	p.decide()
	p.see("7 rows = 3 ready + 1 duplicate + 1 digits lost in the spreadsheet + 1 too short + 1 emergency or service number")
	p.press("Duplicate")
	p.holds(`document.getElementById("rows-total").textContent === "1 row"`)
	require.Equal(t, "6", p.cellOf(1, 1))
	require.Equal(t, "Repeats the number of row 1", p.cellOf(1, 2))

	// A cell is corrected in place, by keyboard.
	p.press("Too short")
	p.until("Bob’s row", func() (bool, string) { got := p.cellOf(1, 4); return got == "Bob", got })
	p.on(p.find("grid", "Rows of the list"), `function() { this.focus(); return "" }`)
	p.key(kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.F2)
	p.chord("a")
	p.write("415 555 0152")
	p.key(kb.Enter)
	p.see("7 rows = 4 ready + 1 duplicate + 1 digits lost in the spreadsheet + 1 emergency or service number")
	require.Contains(t, p.focused(), "rows", "the keyboard stays in the rows")
	p.press("Corrected here")
	p.until("the corrected row", func() (bool, string) { got := p.cellOf(1, 3); return got == "+14155550152", got })

	p.press("Continue to check and start")
	p.see("1 call", "Request 1 of 1", `"phone_number": "+14155550150"`)
	p.press("Start: 4 rows…")
	p.see("Fill this in.")
	p.fill("Note", "Asked in writing")
	p.press("Start: 4 rows…")
	p.find("alertdialog", "Start 4 rows on ACME?")
	p.see("Add to do not call, on ACME")
	p.pressIn("Start the run")
	p.see("About this run", "Finished")
	p.see("7 rows = 4 Accepted + 3 Not sent")
	added := s.received(operation.DNCAdd)
	require.Len(t, added, 1)
	require.Equal(t, 4, added[0].Rows)
}

// pressIn presses a button of the question that is open.
func (p *person) pressIn(name string) {
	p.t.Helper()
	p.holds(fmt.Sprintf(`(() => { const b = [...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent.trim() === %q); if (!b || b.disabled) return false; b.click(); return true; })()`, name))
}

func TestListOfTextsWithVariables(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/lists")
	p.drop("Text messages", listFile(t, "due.csv", "Name,Mobile,Amount\nAnn,415 555 0150,10\nBob,+1 415 555 0151,\nCyd,+1 415 555 0152,30\nAnn,(415) 555-0150,10\n"))
	p.see("One run takes at most 1,000 texts.")
	p.see("Write the message.")
	p.fill("Message", "Dear {Nmae}, {Amount} is due.")
	p.see("No column is called {Nmae}.")
	p.fill("Message", "Dear ")
	p.press("Put Name into the message")
	p.holds(`document.activeElement.id === "message" && document.activeElement.value === "Dear {Name}"`)
	p.write(", {Amount} is due.")
	p.see("Dear Ann, 10 is due.", "1 segment")
	p.decide()
	p.see("4 rows = 2 ready + 1 duplicate + 1 a variable is empty")
	p.see("Against the list of ACME")
	p.press("Continue to check and start")
	p.see("2 calls", "2 more requests to look numbers up", "Request 1 of 2: rows 1", `"message": "Dear Ann, 10 is due."`)
	p.press("Next")
	p.see("Request 2 of 2: rows 3")

	// First without anything real.
	p.fill("Note", "Reminders")
	p.press("Dry run")
	p.see("A dry run: the simulator answered, and nothing real was called.", "Finished", "4 rows = 2 Accepted + 2 Not sent")
	require.Empty(t, s.received(operation.SMSSend))

	// The list is still there.
	p.follow("Lists")
	p.see("Dry run of this list: due.csv")
	require.Equal(t, "Reminders", p.value("Note"))
}

func TestListEncodingIsChosenByEye(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/lists")
	p.pick("Check against do not call")
	p.upload("Choose a file", listFile(t, "big5.csv", big5))
	p.see("In which of these does the text read right?", "王小明")
	p.press("Big5 (Traditional Chinese) reads right")
	p.see("1 row, 2 columns")
	p.press("Continue to the columns")
	p.see("姓名", "王小明")
	require.Equal(t, "phone", p.value("What “電話” is"))
}

func TestListOfAWorkbook(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	_, err := book.NewSheet("People")
	require.NoError(t, err)
	for cell, value := range map[string]any{"A1": "Name", "B1": "Phone", "A2": "Ann", "B2": 14155550150, "A3": "Bob", "B3": "+1 415 555 0151"} {
		require.NoError(t, book.SetCellValue("People", cell, value))
	}
	require.NoError(t, book.SetCellValue("Sheet1", "A1", "Nothing here but a word"))
	require.NoError(t, book.SetCellValue("Sheet1", "A2", "and another"))
	path := filepath.Join(t.TempDir(), "people.xlsx")
	require.NoError(t, book.SaveAs(path))

	p := at(t, serve(t)).open("/lists")
	p.pick("Check against do not call")
	p.upload("Choose a file", path)
	p.see("Excel")
	p.choose("Sheet", "People")
	p.see("2 rows, 2 columns")
	p.press("Continue to the columns")
	p.see("14155550150")
	p.choose("Country of numbers without a country code", "United States (US)")
	require.Equal(t, "phone", p.value("What “Phone” is"))
}

func TestListQuestionIsAskedOncePerColumn(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/lists")
	var b strings.Builder
	b.WriteString("Name,Phone\n")
	for i := range 30 {
		fmt.Fprintf(&b, "P%d,9123456%02d\n", i, i)
	}
	p.drop("Check against do not call", listFile(t, "taiwan.csv", b.String()))
	p.choose("Country of numbers without a country code", "Taiwan (TW)")
	p.see("“Phone”: 30 numbers seem to have lost their leading zero", "912345600", "+886912345600")
	p.press("Continue to deciding")
	p.see("1 question about a column waits for your answer.")
	require.Equal(t, "true", p.on(p.find("button", "Continue to check and start"), `function() { return String(this.disabled) }`))
	p.follow("Answer")
	p.pick("Put the zero back")
	p.decide()
	p.see("30 rows = 30 ready", "leading zero put back")
	p.press("Continue to check and start")
	p.see("30 calls")
}

func TestListMappingIsFoundAgainByItsHeadings(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/lists")
	p.drop("Campaign contacts", listFile(t, "one.csv", "Who,Where to,Id\nAnn,+1 415 555 0150,A1\n"))
	p.choose("What “Who” is", "Name")
	p.choose("What “Id” is", "External id")
	p.text(`(document.querySelector("details.fold summary").click(), "")`)
	p.fill("Name of the mapping", "Weekly")
	p.press("Keep")
	p.holds(`JSON.parse(localStorage.getItem("outdial.mappings") ?? "[]").length === 1`)
	require.NotContains(t, p.text(`localStorage.getItem("outdial.mappings")`), "4155550150")
	require.NotContains(t, p.text(`localStorage.getItem("outdial.mappings")`), "Ann")
	p.reload()
	p.drop("Campaign contacts", listFile(t, "two.csv", "Id,Remarks,Where to,Who\nB1,Ann,+1 415 555 0151,Bob\n"))
	p.see("Kept mapping")
	require.Equal(t, "field:name", p.value("What “Who” is"))
	require.Equal(t, "field:external_unique_id", p.value("What “Id” is"))
	require.Equal(t, "Not used", p.value("What “Remarks” is"))
}

func TestListCampaignContactsThatAreThereAreLeftOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/lists")
	p.drop("Campaign contacts", listFile(t, "contacts.csv", "name,phone_number\nNew,+1 415 555 0150\nThere,+14155550100\n"))
	p.see("Choose the campaign.")
	p.choose("Campaign", "Spring renewals (1)")
	p.decide()
	p.see("The campaign has 1 of these numbers already.")
	p.pickIn("Rows that the campaign has", "Leave them out")
	p.see("2 rows = 1 ready + 1 in the campaign already")
	p.pickIn("Outside calling hours", "Do not wait")
	p.fill("Why this may leave at any hour", "A test at night")
	p.press("Continue to check and start")
	p.fill("Note", "Spring")
	p.press("Start: 1 row…")
	p.pressIn("Start the run")
	p.see("About this run", "Finished", "2 rows = 1 Accepted + 1 Not sent")
	require.Len(t, s.received(operation.ContactsImport), 1)
}

// pickIn chooses in one of several groups that offer the same words.
func (p *person) pickIn(group, name string) {
	p.t.Helper()
	p.holds(fmt.Sprintf(`(() => {
		const g = [...document.querySelectorAll("fieldset")].find((f) => f.querySelector("legend")?.textContent === %q);
		const l = g && [...g.querySelectorAll("label")].find((l) => l.textContent.trim() === %q);
		if (!l) return false;
		l.click();
		return true;
	})()`, group, name))
}

func TestListCallbotIsOneCall(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/lists")
	p.drop("Callbot", listFile(t, "robot.csv", "userPhone,amount\n+1 415 555 0150,10\n+1 415 555 0151,20\n+1 415 555 0152,\n"))
	p.choose("What “amount” is", "Variable")
	p.fill("Task id (userTaskID)", "task-today")
	p.see("REPLACES the numbers")
	p.decide()
	p.see("3 rows = 2 ready + 1 a variable is empty")
	p.pickIn("Outside calling hours", "Do not wait")
	p.fill("Why this may leave at any hour", "A test at night")
	p.press("Continue to check and start")
	p.see("1 call")
	p.fill("Note", "Today")
	p.press("Start: 2 rows…")
	p.see("Type task-today to confirm")
	p.write("task-today")
	p.pressIn("Start the run")
	p.see("About this run", "Finished")
	received := s.received(operation.CallbotImport)
	require.Len(t, received, 1)
	require.Equal(t, 2, received[0].Rows)
}

func TestListRolesAreTold(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/lists")
	p.role("Supervisor")
	p.see("Remove from do not call needs the role Administrator.", "Callbot needs the role Administrator.")
	require.False(t, p.has("radio", "Callbot"))
	p.role("Agent")
	p.see("This needs the role Supervisor. You are signed in as Agent.")
	p.role("Administrator")
	p.see("What is the list for?")
}

func TestListThatCannotBeReadSaysWhatToDo(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/lists")
	for file, words := range map[string]string{
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600): "“old.xls” could not be read.",
		"": "There is nothing in it.",
	} {
		p.upload("Choose a file", listFile(t, "old.xls", file))
		p.see(words)
	}
	p.upload("Choose a file", listFile(t, "fine.csv", "phone\n+1 415 555 0150\n"))
	p.see("1 row, 1 column")
	p.gone("could not be read")
}

func TestListIsPasted(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/lists")
	p.press("Read these lines")
	p.see("Paste some lines first.")
	p.fill("Paste from a spreadsheet", "Name\tPhone\nAnn\t+1 415 555 0150\nBob\t+1 415 555 0151")
	p.press("Read these lines")
	p.see("Pasted lines", "2 rows, 2 columns")
	require.Equal(t, "\t", p.value("Columns are separated by"))
	p.pick("Is a row of the list")
	p.see("3 rows, 2 columns")
	p.press("Forget this list")
	p.gone("3 rows")
}

// An answer of our server that is lost leaves it open whether the run began;
// asking again must not begin it twice.
func TestListLostAnswerStartsTheRunOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).provokes("Failed to load resource").open("/lists")
	p.drop("Check against do not call", listFile(t, "one.csv", "phone\n+1 415 555 0150\n"))
	p.decide()
	p.press("Continue to check and start")
	p.fill("Note", "A look")
	s.with(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method != "POST" || r.URL.Path != "/api/runs" {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(&lost{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	})
	p.press("Start: 1 row…")
	p.pressIn("Start the run")
	p.see("No answer came: whether the run was taken in is open.")
	s.gate.open()
	p.press("Ask again")
	p.see("About this run", "Finished")
	var page struct {
		Runs []json.RawMessage `json:"runs"`
	}
	s.get(s.URL+"/api/runs", &page)
	require.Len(t, page.Runs, 1)
}

func TestListOfManyRowsIsSeenToItsEnd(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("Name,Phone\n")
	const rows = 250_000 // higher than a browser draws
	for i := range rows {
		fmt.Fprintf(&b, "Person %d,+1415%07d\n", i+1, 2_000_000+i)
	}
	p := at(t, serve(t)).open("/lists")
	p.drop("Check against do not call", listFile(t, "many.csv", b.String()))
	p.decide()
	p.see("250,000 rows")
	p.on(p.find("grid", "Rows of the list"), `function() { this.focus(); return "" }`)
	p.chord(kb.End)
	p.until("the last row", func() (bool, string) { got := p.cellOf(rows, 4); return got == "Person 250000", got })
	require.LessOrEqual(t, p.number(`document.querySelectorAll("#rows [role=row]").length`), 60.0, "only what can be seen is in the page")
	p.chord(kb.Home)
	p.until("the first row", func() (bool, string) { got := p.cellOf(1, 4); return got == "Person 1", got })
	p.key(kb.PageDown, kb.PageDown, kb.ArrowUp)
	p.holds(`document.getElementById(document.getElementById("rows").getAttribute("aria-activedescendant")) !== null`)
	p.fill("Search in the rows", "Person 123456")
	p.holds(`document.getElementById("rows-total").textContent === "1 row"`)
	p.until("the row that was searched for", func() (bool, string) { got := p.cellOf(1, 1); return got == "123456", got })
}

func TestListsAreAccessibleAndFitAPhone(t *testing.T) {
	t.Parallel()
	script := axe(t)
	p := at(t, serve(t)).open("/lists")
	look := func(name string) {
		t.Helper()
		p.accessible(name, script)
		p.prefers("dark")
		p.accessible(name+", dark", script)
		p.prefers("light")
		p.wide(390, 844, true)
		if scroll := p.number(`document.documentElement.scrollWidth`); scroll > 391 {
			t.Errorf("%s: the page is %g pixels wide on a phone of 390: %s", name, scroll, p.text(wider))
		}
		p.wide(1440, 900, false)
	}
	look("choosing")
	p.pick("Text messages")
	p.upload("Choose a file", listFile(t, "weekly.csv", mixed))
	p.see("7 rows, 3 columns")
	look("read")
	p.press("Continue to the columns")
	p.fill("Message", "Dear {Name}")
	p.see("As the first rows get it")
	look("columns")
	p.decide()
	p.see("outside their calling hours", "The ledger knows")
	look("deciding")
	p.press("Continue to check and start")
	p.see("Request 1 of")
	p.press("Start: 2 rows…") // the unusual number stays behind unless it is let in
	p.see("Fill this in.")
	look("starting")
	p.fill("Note", "A try")
	p.press("Dry run")
	p.see("Finished")
	look("a run")
	p.follow("All runs")
	p.see("weekly.csv")
	look("runs")
}
