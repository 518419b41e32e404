//go:build journey

package journey

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

func TestCallbotConnection(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/callbot")
	p.press("Test the connection")
	p.see("Address, account and signature work.")
	s.next(operation.CallbotPing, "9506")
	p.press("Test the connection")
	p.see("The connection does not work yet.", "Does not work")
}

// batch fills in an import.
func (p *person) batch(taskID, lines string) {
	p.t.Helper()
	p.fill("Task id (userTaskID)", taskID)
	p.fill("Paste lines from a spreadsheet", lines)
	p.press("Add these lines")
	p.fill("Note", "Reminders of today")
}

func TestCallbotImportWithPartialFailures(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/callbot")
	p.see("This import REPLACES the numbers of this task’s previous batch that were not yet dialled.")
	p.batch("task-today", "userPhone\tuserName\tcustomerName\tother\tamount\n+1 415 555 0150\tann\tAnn\tx\t10\n+1 415 555 9401\tbob\tBob\ty\t20\n+1 415 555 0151\tcyd\t陳怡君\tz\t30")
	p.see("3 rows added.", "The first line was read as headings.")
	p.press("Import the list…")
	p.find("alertdialog", "Import 3 numbers to NX?")
	p.see("REPLACES the numbers of this task’s previous batch", "It cannot be taken back.", "Type task-today to confirm")
	p.holds(`document.querySelector("dialog button.is-danger").disabled`)
	p.write("task-today")
	p.press("Replace and import")
	p.see("NXLink took the list. Rows it refused are named below.", "invalid phone number")
	p.see("Copy the refused row, mend it", "For the vendor’s support, responseID")
	received := s.received(operation.CallbotImport)
	require.Len(t, received, 1)
	require.Equal(t, 3, received[0].Rows)
}

func TestCallbotForgedAnswerIsUnknown(t *testing.T) {
	t.Parallel()
	words := english(t)
	s := serve(t)
	p := at(t, s).open("/callbot")
	p.batch("task-9591", "+1 415 555 0150")
	p.press("Import the list…")
	p.write("task-9591")
	p.press("Replace and import")
	p.see("We cannot tell whether this list, or a part of it, was imported.", words["error.callbot.forged_answer"])
	require.Len(t, s.received(operation.CallbotImport), 1)
	p.follow("Find out and settle")
	p.see("Importing again is dangerous")
	p.settle("It did not happen", "NXLink shows no batch of this minute")
	p.see("NXLink shows no batch of this minute")
}

func TestCallbotEveryRetCodeIsExplained(t *testing.T) {
	t.Parallel()
	words := english(t)
	s := serve(t)
	p := at(t, s).open("/callbot")
	for _, each := range []struct{ magic, code string }{
		{"9502", "callbot.parameter_missing"}, {"9503", "callbot.parameter_format"}, {"9504", "callbot.parameter_value"},
		{"9541", "callbot.too_many"}, {"9506", "callbot.signature_wrong"}, {"9561", "callbot.signature_missing"},
		{"9562", "callbot.no_account"}, {"9563", "callbot.no_permission"},
	} {
		s.next(operation.CallbotPing, each.magic)
		p.press("Test the connection")
		p.see(words["error."+each.code])
	}
}

func TestCallbotRowsAreMended(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/callbot")
	p.batch("task-today", "userPhone,amount\n+1 415 555 0150,10\n911,20\n+1 415 555 0151,")
	p.see("Mend")
	p.press("Import the list…")
	p.holds(`document.activeElement.id === "problems"`)
	require.Empty(t, s.received(operation.CallbotImport))
	p.press("Leave out the 2 rows to mend")
	p.see("2 rows left out")
	p.press("Import the list…")
	p.find("alertdialog", "Import 1 number to NX?")
	p.see("2 rows stay out of it.")
	p.press("Cancel")
	require.Empty(t, s.received(operation.CallbotImport))
}

func TestCallbotImportIsForAdministrators(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/callbot")
	p.role("Supervisor")
	p.see("Importing a list is for administrators", "Your role is Supervisor; you may test the connection.")
	p.press("Test the connection")
	p.see("Address, account and signature work.")
}
