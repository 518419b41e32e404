//go:build journey

package journey

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

func TestLedgerFindsByNumberAndOutcome(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/ledger")
	p.see("The ledger is empty")
	p.open("/sms")
	p.letter("+1 415 555 0142", "First")
	p.press("Send the text")
	p.see(opened)
	p.press("Text another")
	p.letter("+1 415 555 9201", "Second")
	p.press("Send the text")
	p.see("The text was refused.")
	p.follow("Ledger")
	p.see("+14155550142", "+14155559201")

	p.fill("Number", "(415) 555-0142")
	p.press("Search")
	p.gone("+14155559201")
	p.see("+14155550142")
	p.holds(`!location.href.includes("0142")`) // no number in an address
	p.fill("Number", "0199")
	p.press("Search")
	p.see("No call matches")
	p.press("Clear the filters")
	p.choose("Outcome", "Refused")
	p.press("Search")
	p.gone("+14155550142")
	p.see("+14155559201")
}

func TestLedgerUseAgainFillsTheFormAndSendsNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.letter("+1 415 555 9201", "Again, please")
	p.press("Send the text")
	p.see("The text was refused.")
	p.click(p.find("link", p.text(`[...document.querySelectorAll("#answer a[href^='/ledger?call=']")].pop().innerText`)))
	p.see("One call", "The request", "Again, please")
	p.press("Use again")
	p.holds(`location.pathname === "/sms"`)
	p.until("the form to be filled", func() (bool, string) { v := p.value("Message"); return v == "Again, please", v })
	require.Len(t, s.received(operation.SMSSend), 1)
}

func TestLedgerSettlesByReading(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/campaign?campaign=8")
	p.follow("Add one")
	p.fill("Phone number", "+1 415 555 9012") // happens; the answer is lost
	p.press("Add the contact")
	p.see("Unknown")
	p.follow("Find out and settle")
	p.press("Read the contacts of campaign 8 now")
	p.see("1 of 1 are in the campaign now", "In the campaign")
	p.press("Settle")
	p.see("Choose one of the two.")
	p.settle("It happened", "The contact is there")
	p.see("Settled. The ledger keeps your finding.")
	p.open("/ledger")
	p.gone("to settle")
	require.Len(t, s.received(operation.ContactsAdd), 1)
}

func TestLedgerShowsAgentsTheirOwnCalls(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.letter("+1 415 555 0142", "From the administrator")
	p.press("Send the text")
	p.see(opened)
	p.role("Agent")
	p.follow("Ledger")
	p.see("The ledger is empty", "Every call that you made")
	p.role("Administrator")
	p.see("+14155550142", "Every call that anybody made")
}
