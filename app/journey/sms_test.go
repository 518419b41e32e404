//go:build journey

package journey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"outdial/shared/ccai"
	"outdial/shared/operation"
)

// opened stands in the answer to a text, and nowhere else on the page.
const opened = "Chat id"

// letter fills in a text to a number.
func (p *person) letter(number, message string) {
	p.t.Helper()
	p.fill("Customer’s number", number)
	p.fill("Message", message)
}

func TestSMSWithAgentAndTicket(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.role("Agent")
	p.letter("(628) 555-0142", "Your parcel arrives tomorrow.")
	p.choose("Outbound number", "+16285550123")
	p.pick("By id")
	p.see("agents to pick from")
	p.fill("Agent’s id", "1")
	p.see("John Doe")
	p.fill("CRM ticket", "9012345")
	p.press("Send the text")
	p.see(opened, "Assigned to an agent", "John Doe", "9012345", "+16285550142", "+16285550123")
	p.see("Whether the message reached the phone is not known")
	require.Len(t, s.received(operation.SMSSend), 1)

	p.press("Text another")
	require.Empty(t, p.value("Customer’s number"))
	require.Empty(t, p.value("Message"))
	require.Equal(t, "1", p.value("Agent’s id"))
	p.see("Your last texts", "Your parcel arrives tomorrow.")
	p.pick("By e-mail")
	p.fill("Agent’s e-mail", "agent002@foo.com")
	p.letter("+1 628 555 0143", "A second one.")
	p.press("Send the text")
	p.see(opened, "+16285550143")
}

func TestSMSCounterNamesWhatMakesItDear(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/sms")
	p.fill("Message", "It’s here")
	p.see("1 character makes the whole message UCS-2.", "U+2019", "UCS-2, 70 characters a part")
	p.press("Replace ’ by '")
	p.see("GSM-7, 160 characters a part")
	require.Equal(t, "It's here", p.value("Message"))
	p.fill("Message", "“Bonjour” — a dash")
	p.press("Replace all")
	p.see("GSM-7")
	p.fill("Message", "你的包裹到了")
	p.see("UCS-2", "64 characters left")
	p.fill("Message", fmt.Sprintf("%0161d", 0))
	p.see("2 parts", "Where the 2 parts are cut")
}

func TestSMSEveryDocumentedErrorIsExplained(t *testing.T) {
	t.Parallel()
	words := english(t)
	p := at(t, serve(t)).open("/sms")
	p.fill("Message", "Your parcel is here.")
	for i, code := range ccai.Codes()[:12] { // the documentation's order, as the simulator's numbers have it
		p.fill("Customer’s number", fmt.Sprintf("+1 415 555 92%02d", i+1))
		p.press("Send the text")
		p.see("The text was refused. Nothing was sent to the customer.", words["error."+code], words["error."+code+".next"])
	}
}

func TestSMSUnknownIsSettledInTheLedger(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.letter("+1 415 555 9012", "Are you there?")
	p.press("Send the text")
	p.see("We cannot tell whether the text was sent.", "never repeated by machine")
	require.Len(t, s.received(operation.SMSSend), 1)

	p.holds(`document.getElementById("send").disabled`) // not by pressing once more
	p.fill("Message", "Are you there? Hello?")          // a person may, after a question
	p.press("Send the text")
	p.see("Text +1 415-555-9012 again?", "Whether that one arrived is not known.")
	p.press("Cancel")
	require.Len(t, s.received(operation.SMSSend), 1)

	p.follow("Find out and settle")
	p.holds(`location.pathname === "/ledger"`)
	p.see("Unknown", "active SMS session")
	p.settle("It happened", "Open chat 312 in the portal")
	p.see("Open chat 312 in the portal")
	p.follow("Ledger")
	p.open("/ledger?outcome=unknown")
	p.gone("+14155559012")
}

// settle records what was found out about an unknown outcome.
func (p *person) settle(what, note string) {
	p.t.Helper()
	p.pick(what)
	p.fill("What did you look at?", note)
	p.press("Settle")
}

func TestSMSOnProductionCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.system("ACME Live (simulated)")
	p.letter("+1 415 555 0142", "Sent by mistake")
	p.press("Send the text")
	p.see("Leaves in")
	p.press("Take back")
	p.gone("Leaves in")
	require.Equal(t, "Sent by mistake", p.value("Message"))
	p.press("Send the text")
	p.see("Leaves in")
	p.fill("Message", "Changed while it was held")
	p.see("Stopped, because you changed something. Nothing was sent.")
	// By the time another one has left, so would have the first.
	p.letter("+1 415 555 0143", "Sent on purpose")
	p.press("Send the text")
	p.see("Leaves in")
	p.see(opened)
	received := s.received(operation.SMSSend)
	require.Len(t, received, 1)
	require.Contains(t, received[0].Keys, "+14155550143")
	require.Equal(t, "acme-live", received[0].Account)
}

func TestSMSLeavesOnceHoweverItIsPressed(t *testing.T) {
	t.Parallel()
	t.Run("double click", func(t *testing.T) {
		t.Parallel()
		s := serve(t)
		p := at(t, s).open("/sms")
		p.letter("+1 415 555 0142", "Once")
		p.doubleClick("button", "Send the text")
		p.see(opened)
		require.Len(t, s.received(operation.SMSSend), 1)
	})
	t.Run("the answer is lost and asked for again", func(t *testing.T) {
		t.Parallel()
		s := serve(t)
		p := at(t, s).provokes("ERR_EMPTY_RESPONSE", "ERR_CONNECTION").open("/sms")
		p.letter("+1 415 555 0142", "Once")
		s.lose()
		p.press("Send the text")
		p.see("No answer from our server", "It may or may not have arrived.")
		require.Len(t, s.received(operation.SMSSend), 1)
		s.open()
		p.press("Ask again")
		p.see(opened)
		require.Len(t, s.received(operation.SMSSend), 1)
	})
	t.Run("reload while it is on its way", func(t *testing.T) {
		t.Parallel()
		s := serve(t)
		p := at(t, s).open("/sms")
		p.letter("+1 415 555 9001", "Once") // answered after three seconds
		p.press("Send the text")
		p.until("the text to arrive", func() (bool, string) { n := len(s.received(operation.SMSSend)); return n == 1, fmt.Sprint(n) })
		p.reload()
		p.see("+14155559001")
		p.until("the ledger to know the end", func() (bool, string) {
			p.press("Refresh your last texts")
			page := p.page()
			return strings.Contains(page, "Accepted"), page
		})
		require.Len(t, s.received(operation.SMSSend), 1)
	})
}

func TestSMSWholeWithoutTheMouse(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.tabTo("f-end_user_number")
	p.write("+1 415 555 0142")
	p.tabTo("f-message")
	p.write("Without a mouse")
	p.tabTo("send")
	p.key(" ")
	p.see(opened)
	p.tabTo("Text another")
	p.key(kb.Enter)
	p.holds(`document.activeElement.id === "f-end_user_number"`)
	require.Len(t, s.received(operation.SMSSend), 1)
}

func TestSMSMistakesAreListedAndFocused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.press("Send the text")
	p.see("2 things to mend before it can be sent")
	p.holds(`document.activeElement.id === "problems"`)
	p.press("Message: Fill this in.")
	p.holds(`document.activeElement.id === "f-message"`)
	p.write("Now there is one.")
	p.see("One thing to mend before it can be sent")
	p.fill("Customer’s number", "12")
	p.see("Too short to be a number.")
	require.Empty(t, s.received(operation.SMSSend))
}

func TestSMSPreviewIsWhatLeaves(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/sms")
	p.letter("(415) 555-0142", "Hello")
	p.see(`"end_user_number": "+14155550142"`, "POST http://127.0.0.1:")
	p.press("bash")
	p.see("curl", "/api/systems/acme/operations/sms.send", "Idempotency-Key")
	p.press("PowerShell")
	p.press("cmd")
	require.NotContains(t, p.page(), "demo-token")
}
