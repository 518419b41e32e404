//go:build journey

package journey

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

// check asks about a number as an agent does: paste, Enter.
func (p *person) check(number string) {
	p.t.Helper()
	p.fill("Phone number", number)
	p.key(kb.Enter)
}

func TestDNCCheck(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/dnc")
	p.role("Agent")
	for _, each := range []struct{ name, number, says, until string }{
		{"on the list for good", "(415) 555-0111", "On the list – do not call", "For good: no end date."},
		{"on the list until a day", "+1.415.555.0113", "On the list – do not call", "Until "},
		{"not on the list", "tel:+1-415-555-0142", "Not on the list", "The company list does not forbid calling this number."},
		{"an answer that does not say", "+1 415 555 9106", "The answer does not say: treat as do not call", "Check again in a minute."},
		{"an answer as the documentation prints it, without its comma", "+1 415 555 9107", "Not on the list", ""},
	} {
		p.check(each.number)
		p.see(each.says, each.until)
		p.see("What our ledger knows of this number")
	}
	p.see("Your last checks in this tab")
}

// An agent does not wait: the answer about one number never stands beside the
// next one.
func TestDNCNextCheckOvertakesASlowOne(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc")
	p.check("+1 415 555 9001") // answered after three seconds
	p.holds(`document.querySelector("progress") !== null`)
	p.check("+1 415 555 0111")
	p.see("On the list – do not call", "+1 415-555-0111")
	require.NotContains(t, p.page(), "Not on the list")
	require.Len(t, s.received(operation.DNCCheck), 2)
}

func TestDNCCheckThatFailsIsNoPermission(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).provokes("502", "504").open("/dnc")
	p.check("+1 415 555 9041") // the credential is refused
	p.see("The answer does not say: treat as do not call", "The platform did not accept Outdial’s credential.")
	p.check("+1 415 555 9053") // 500, however often it is asked
	p.see("The number was not checked. Until it is, treat it as do not call.")
	require.NotContains(t, p.page(), "The company list does not forbid")
}

func TestDNCEmergencyNumberNeverLeaves(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc")
	for _, number := range []string{"911", "112", "+1 988"} {
		p.check(number)
		p.see("An emergency or service number: it is never sent.")
		p.holds(`document.activeElement.id === "problems"`)
	}
	require.Empty(t, s.received(operation.DNCCheck))
}

func TestDNCAddForGoodIsProved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc?task=add")
	p.role("Supervisor")
	p.fill("Numbers", "(415) 555-0142\n+1 212 555 0143\n415-555-0142")
	p.see("2 numbers", "1 repeat merged")
	p.press("Add to the list")
	p.see("Fill this in.") // why
	require.Empty(t, s.received(operation.DNCAdd))
	p.press("Asked by phone")
	p.press("Add to the list")
	p.see("Done: a check confirms it for all 2 numbers.", "A check confirms it")
	require.Len(t, s.received(operation.DNCAdd), 1)
	p.follow("Check")
	p.check("415 555 0142")
	p.see("On the list – do not call", "For good: no end date.", "Asked by phone", "Added for good")
}

func TestDNCAddUntilADay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc?task=add")
	p.fill("Numbers", "(415) 555-0142")
	p.pick("Until a date")
	p.press("1 year")
	p.see("Ends within five years.", "sent as")
	p.fill("Reason", "Asked for a year of quiet")
	p.press("Add to the list")
	p.see("Done: a check confirms it for 1 number.")
	p.follow("Check")
	p.check("415 555 0142")
	p.see("On the list – do not call", "Until ", "Asked for a year of quiet", "Added until ")
}

func TestDNCAddInThePastIsStopped(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc?task=add")
	p.fill("Numbers", "(415) 555-0142")
	p.pick("Until a date")
	p.typeDate("Protected until", "01012020", "1200AM")
	p.fill("Reason", "test")
	p.see("This lies in the past. Choose a later date.")
	p.press("Add to the list")
	p.holds(`document.activeElement.id === "problems"`)
	require.Empty(t, s.received(operation.DNCAdd))
}

func TestDNCShorteningIsAnnounced(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc?task=add")
	p.fill("Numbers", "+1 415 555 0111") // on the list for good
	p.pick("Until a date")
	p.press("30 days")
	p.fill("Reason", "A second request, with a date")
	p.press("Add to the list")
	p.find("alertdialog", "This may shorten a protection")
	p.see("1 number is protected for longer today and would become callable earlier.", "+1 415-555-0111", "For good: no end date.")
	p.press("Cancel")
	require.Empty(t, s.received(operation.DNCAdd))
	p.press("Add to the list")
	p.press("Send all the same")
	p.see("Updated", "A check confirms it")
	require.Len(t, s.received(operation.DNCAdd), 1)
}

func TestDNCContradictionIsSaid(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/dnc?task=add")
	p.fill("Numbers", "+1 415 555 9104\n+1 415 555 0142")
	p.press("Complaint")
	p.press("Add to the list")
	p.see("Not all of the 2 numbers went well: see each.", "A check says otherwise", "The platform took the change, but the check says otherwise for 1 number.")
	p.press("Check +14155559104")
	require.Contains(t, p.value("Phone number"), "4155559104")
}

func TestDNCEveryRowErrorIsExplained(t *testing.T) {
	t.Parallel()
	words := english(t)
	p := at(t, serve(t)).open("/dnc?task=add")
	p.fill("Numbers", "+1 415 555 9101\n+1 415 555 9102\n+1 415 555 9103\n+1 415 555 9110\n+1 415 555 9111\n+1 415 555 0142")
	p.press("Complaint")
	p.press("Add to the list")
	p.see("6 numbers in all", "It is not certain whether everything was added.")
	p.see(words["error.ccai.dnc_phone_invalid"], words["error.ccai.dnc_emergency"], words["error.ccai.dnc_expiry_past"])
	rows := p.number(`document.querySelectorAll("#answer tbody tr").length`)
	require.InDelta(t, 6, rows, 0, "one row for each number")
}

func TestDNCRemoveAsksAndProves(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc?task=remove")
	p.fill("Numbers", "+1 415 555 0111\n+1 415 555 0112")
	p.fill("Reason", "Consent on file")
	p.press("Remove from the list…")
	p.find("alertdialog", "Remove 2 numbers from the list?")
	p.see("ACME", "+1 415-555-0111", "They can be called again at once.")
	p.key(kb.Escape)
	p.gone("Remove 2 numbers from the list?")
	require.Empty(t, s.received(operation.DNCRemove))
	p.fill("Numbers", "+1 415 555 0111")
	p.press("Remove from the list…")
	p.press("Remove 1 number")
	p.see("Done: a check confirms it for 1 number.", "A check confirms it")
}

func TestDNCRemovalThatDoesNothingIsSaid(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/dnc?task=add")
	p.fill("Numbers", "+1 415 555 9105") // is added, and never removed
	p.press("Complaint")
	p.press("Add to the list")
	p.see("Done: a check confirms it for 1 number.")
	p.follow("Remove")
	p.fill("Numbers", "+1 415 555 9105")
	p.fill("Reason", "Consent on file")
	p.press("Remove from the list…")
	p.press("Remove 1 number")
	p.see("A check says otherwise", "If it stays so, the change did not happen")
}

func TestDNCRolesAreExplained(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/dnc?task=remove")
	p.role("Agent")
	p.see("Removing numbers needs the role Administrator", "Your role on ACME is Agent.")
	p.follow("Add")
	p.see("Adding numbers needs the role Supervisor")
	p.role("Supervisor")
	p.gone("Adding numbers needs the role Supervisor")
}

// A number is grouped while it is typed, and the caret stays with its digit:
// neither key, nor a digit in the middle, moves it elsewhere.
func TestDNCNumberIsGroupedWhileTyped(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/dnc")
	p.clickThe(fields, "Phone number")
	field := func() string { // the caret is |
		return p.text(`(() => { const e = document.activeElement, at = e.selectionStart; return at === e.selectionEnd ? e.value.slice(0, at) + "|" + e.value.slice(at) : "a selection"; })()`)
	}
	for _, each := range []struct{ name, key, shows string }{
		{"a digit", "4", "4|"},
		{"a digit", "1", "41|"},
		{"a digit", "5", "415|"},
		{"the first group is whole", "5", "415-5|"},
		{"a digit", "5", "415-55|"},
		{"a digit", "5", "415-555|"},
		{"a digit", "0", "415-5550|"},
		{"brackets come", "1", "(415) 555-01|"},
		{"a digit", "1", "(415) 555-011|"},
		{"the last digit", "1", "(415) 555-0111|"},
		{"to the left", kb.ArrowLeft, "(415) 555-011|1"},
		{"to the left", kb.ArrowLeft, "(415) 555-01|11"},
		{"to the left", kb.ArrowLeft, "(415) 555-0|111"},
		{"to the left", kb.ArrowLeft, "(415) 555-|0111"},
		{"over a sign", kb.Backspace, "(415) 555|-0111"},
		{"a digit goes from the middle", kb.Backspace, "(415) 55|0-111"},
		{"a digit comes into the middle", "5", "(415) 555|-0111"},
		{"over a sign the other way", kb.Delete, "(415) 555-|0111"},
		{"the digit ahead goes", kb.Delete, "(415) 555-|111"},
		{"the digit comes back", "0", "(415) 555-0|111"},
	} {
		p.key(each.key)
		require.Equal(t, each.shows, field(), each.name)
	}
	// Before the browser goes on: what is typed fast loses nothing.
	require.Equal(t, "(415) 555-011", p.text(`(() => { const e = document.activeElement; e.value = "415555011"; e.dispatchEvent(new InputEvent("input", { inputType: "insertText", bubbles: true })); return e.value; })()`))
	p.fill("Phone number", "4155550111")
	require.Equal(t, "(415) 555-0111|", field())
	p.fill("Phone number", "+1 415 555 0111 x5") // grouped until it is more than a number
	require.Equal(t, "+1 415-555-0111x5|", field())
	p.fill("Phone number", "+14155550111")
	p.key(kb.Enter)
	p.see("On the list – do not call")
	require.Equal(t, "+1 415-555-0111", p.value("Phone number"))
	p.fill("Phone number", "4155550142")
	p.chord("z")
	require.NotEmpty(t, p.value("Phone number"))
	p.fill("Phone number", "4155550142") // whatever was undone, typing goes on
	require.Equal(t, "(415) 555-0142|", field())
}
