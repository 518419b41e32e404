//go:build journey

package journey

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// scene is a page in one of its states.
type scene struct {
	name string
	play func(p *person)
}

// scenes are every page and every main state.
func scenes() []scene {
	at := func(path string, then ...func(*person)) func(*person) {
		return func(p *person) {
			p.open(path)
			for _, each := range then {
				each(p)
			}
		}
	}
	press := func(name string) func(*person) { return func(p *person) { p.press(name) } }
	see := func(words string) func(*person) { return func(p *person) { p.see(words) } }
	role := func(name string) func(*person) { return func(p *person) { p.role(name) } }
	return []scene{
		{"check", at("/dnc")},
		{"check, on the list", at("/dnc", func(p *person) { p.check("+1 415 555 0113") }, see("On the list"), see("No change to it"))},
		{"check, not on the list", at("/dnc", func(p *person) { p.check("+1 415 555 0142") }, see("Not on the list"))},
		{"check, not clear", at("/dnc", func(p *person) { p.check("+1 415 555 9106") }, see("treat as do not call"))},
		{"check, emergency", at("/dnc", func(p *person) { p.check("911") }, see("never sent"))},
		{"add", at("/dnc?task=add", func(p *person) { p.fill("Numbers", "+1 415 555 0160\n911\n+1-4151113333\n12") }, see("Emergency or service number"), press("Add to the list"))},
		{"add, shortening", at("/dnc?task=add", func(p *person) {
			p.fill("Numbers", "+1 415 555 0111")
			p.pick("Until a date")
			p.press("30 days")
			p.press("Asked by phone")
			p.press("Add to the list")
		}, see("This may shorten a protection"))},
		{"add, contradicted", at("/dnc?task=add", func(p *person) {
			p.fill("Numbers", "+1 415 555 9104\n+1 415 555 0161")
			p.press("Asked by phone")
			p.press("Add to the list")
		}, see("A check says otherwise"))},
		{"remove, asked", at("/dnc?task=remove", func(p *person) {
			p.fill("Numbers", "+1 415 555 0112")
			p.press("Asked to be called again")
			p.press("Remove from the list…")
		}, see("They can be called again at once."))},
		{"remove, not allowed", at("/dnc?task=remove", role("Agent"), see("needs the role"), role("Administrator"))},
		{"text", at("/sms", see("Your last texts"))},
		{"text, dear", at("/sms", func(p *person) {
			p.letter("+44 20 7946 0018", "It’s a “long” message — "+strings.Repeat("so it is ", 20))
			p.pick("By e-mail")
		}, see("make the whole message UCS-2"))},
		{"text, mistakes", at("/sms", press("Send the text"), see("2 things to mend"))},
		{"text, unknown", at("/sms", func(p *person) {
			p.letter("+1 415 555 9012", "Are you there?")
			p.press("Send the text")
			p.until("an answer or a question", func() (bool, string) {
				page := p.page()
				return strings.Contains(page, "never repeated by machine") || strings.Contains(page, "again?"), page
			})
		})},
		{"text, held", at("/sms", func(p *person) {
			p.system("ACME Live (simulated)")
			p.letter("+1 415 555 0171", "Held")
			p.press("Send the text")
		}, see("Leaves in"), press("Take back"), func(p *person) { p.system("ACME") })},
		{"campaigns", at("/campaign", see("Spring renewals"))},
		{"campaign, contacts", at("/campaign?campaign=5", see("Contacts by status"))},
		{"campaign, many contacts", at("/campaign?campaign=2", see("640 contacts"))},
		{"campaign, empty", at("/campaign?campaign=8", see("No contacts yet"))},
		{"campaign, add", at("/campaign?campaign=1", func(p *person) { p.follow("Add one"); p.press("Add the contact") }, see("Fill this in."))},
		{"campaign, import", at("/campaign?campaign=1", func(p *person) {
			p.follow("Import")
			p.upload("Choose a JSON file", contacts(p.t, row("+1 415 555 0150"), row("911"), row("+14155550100")))
		}, see("3 = 1 that go + 1 faulty + 1 already there"))},
		{"campaign, job", at("/campaign?campaign=1", func(p *person) { p.follow("Job"); p.fill("Job id", "1"); p.press("Follow the job") }, see("Jobs followed in this tab"))},
		{"callbot", at("/callbot", press("Test the connection"), see("Address, account and signature work."))},
		{"callbot, list", at("/callbot", func(p *person) {
			p.batch("task-today", "userPhone,amount\n+1 415 555 0150,10\n911,20")
		}, see("Mend"), press("Import the list…"))},
		{"lists", at("/lists?step=choose", see("What is the list for?"))},
		{"list, encodings", at("/lists?step=choose", func(p *person) {
			p.pick("Check against do not call")
			p.upload("Choose a file", listFile(p.t, "big5.csv", big5))
		}, see("In which of these does the text read right?"))},
		{"list, read", at("/lists?step=choose", func(p *person) {
			p.pick("Text messages")
			p.upload("Choose a file", listFile(p.t, "weekly.csv", mixed))
		}, see("7 rows, 3 columns"))},
		{"list, columns", func(p *person) {
			p.open("/lists?step=choose")
			p.drop("Text messages", listFile(p.t, "weekly.csv", mixed))
			p.fill("Message", "Dear {Name}")
			p.see("As the first rows get it")
		}},
		{"list, deciding", func(p *person) {
			p.open("/lists?step=choose")
			p.drop("Add to do not call", listFile(p.t, "weekly.csv", mixed))
			p.decide()
			p.see("The ledger knows")
		}},
		{"list, starting", func(p *person) {
			p.open("/lists?step=choose")
			p.drop("Add to do not call", listFile(p.t, "weekly.csv", mixed))
			p.decide()
			p.press("Continue to check and start")
			p.see("Request 1 of 1")
			p.pressLike("Start: ")
			p.see("Fill this in.")
		}},
		{"run", func(p *person) {
			p.begin("Check against do not call", "weekly.csv", mixed, "A look")
			p.see("Finished")
		}},
		{"runs", at("/runs", see("New list"))},
		{"ledger", at("/ledger", see("Clear the filters"))},
		{"ledger, unknown ones", at("/ledger?outcome=unknown", see("to settle"))},
		{"ledger, one call", at("/ledger?outcome=unknown", func(p *person) {
			p.holds(`!!document.querySelector("main a[href^='/ledger?call=']")`)
			p.open(p.text(`new URL(document.querySelector("main a[href^='/ledger?call=']").href).pathname + new URL(document.querySelector("main a[href^='/ledger?call=']").href).search`))
		}, see("Did it happen?"))},
		{"help", at("/help")},
		{"settings", at("/help", press("Settings"), see("Colours"))},
		{"no such page", at("/nowhere")},
	}
}

func axe(t testing.TB) string {
	t.Helper()
	script, err := os.ReadFile("../../.cache/npm/node_modules/axe-core/axe.min.js")
	require.NoError(t, err, "the journeys need axe-core: make tools")
	return string(script)
}

type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		Target  []any  `json:"target"`
		HTML    string `json:"html"`
		Failure string `json:"failureSummary"`
	} `json:"nodes"`
}

// violations are what axe-core finds wrong with what is on the screen.
func (p *person) violations(script string) []violation {
	p.t.Helper()
	_, err := js[bool](p, script+"; true")
	require.NoError(p.t, err)
	found := p.text(`axe.run(document, { resultTypes: ["violations"] }).then((r) => JSON.stringify(r.violations))`)
	var all []violation
	require.NoError(p.t, json.Unmarshal([]byte(found), &all))
	return all
}

// accessible demands that axe-core finds nothing.
func (p *person) accessible(name, script string) {
	p.t.Helper()
	for _, v := range p.violations(script) {
		for _, n := range v.Nodes {
			p.t.Errorf("%s: %s (%s): %s\n%v %.300s\n%s", name, v.ID, v.Impact, v.Help, n.Target, n.HTML, n.Failure)
		}
	}
}

// What finds nothing must be able to find something.
func TestAxeIsAwake(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/help")
	p.text(`(document.querySelector("main").append(Object.assign(document.createElement("img"), { src: "/web/icons/outdial.svg" })), "")`)
	found := p.violations(axe(t))
	require.Len(t, found, 1)
	require.Equal(t, "image-alt", found[0].ID)
}

func (p *person) wide(width, height int64, mobile bool) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: mobile})
	p.holds(fmt.Sprintf(`innerWidth === %d`, width))
	p.text(`new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(() => r(""))))`)
}

// Every page in every main state, light and dark, at a desk and on a phone:
// axe-core finds nothing, and nothing scrolls sideways on a phone.
func TestEveryScene(t *testing.T) {
	t.Parallel()
	script := axe(t)
	all := scenes()
	const parts = 3
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			p := at(t, s).provokes("404")
			p.makeUnknown()
			for i := part; i < len(all); i += parts {
				all[i].play(p)
				for _, scheme := range []string{"light", "dark"} {
					p.prefers(scheme)
					p.wide(1440, 900, false)
					p.accessible(all[i].name+", "+scheme, script)
					p.wide(390, 844, true)
					p.accessible(all[i].name+", "+scheme+", phone", script)
				}
				if scroll := p.number(`document.documentElement.scrollWidth`); scroll > 390 {
					t.Errorf("%s: the page is %g pixels wide on a phone of 390: %s", all[i].name, scroll, p.text(wider))
				}
				p.prefers("light")
				p.wide(1440, 900, false)
			}
		})
	}
}

// makeUnknown leaves one unknown call in the ledger.
func (p *person) makeUnknown() {
	p.t.Helper()
	p.open("/sms")
	p.letter("+1 415 555 9013", "Are you there?")
	p.press("Send the text")
	p.see("never repeated by machine")
}

// wider names what sticks out of the window.
const wider = `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-box")).slice(0, 5)
	.map((e) => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right)).join(", ")`

const watchLongTasks = `(window.journeyTasks = [], new PerformanceObserver((l) => { for (const e of l.getEntries()) window.journeyTasks.push(Math.round(e.duration)); }).observe({ type: "longtask", buffered: true }), "")`

// longTasks sums up what kept the screen busy for more than 50 ms at once.
const longTasks = `(() => { const t = window.journeyTasks ?? []; return t.length + " long tasks, longest " + Math.max(0, ...t) + " ms, " + t.reduce((a, b) => a + b, 0) + " ms in all"; })()`

// Screenshot writes the picture of the README where SCREENSHOT says.
func TestScreenshot(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.letter("+1 415 555 0142", "Your parcel arrives tomorrow between 9 and 11. Reply 1 to confirm.")
	p.pick("By id")
	p.fill("Agent’s id", "1")
	p.see("John Doe")
	p.press("Send the text")
	p.see(opened)
	p.text(`(scrollTo(0, 0), document.activeElement.blur(), "")`)
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	requirePicture(t, shot)
	if path := os.Getenv("SCREENSHOT"); path != "" {
		require.NoError(t, os.WriteFile(path, shot, 0o644))
	}
}
