//go:build journey

package journey

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// pages are the console's pages with their headings' words in the navigation.
var pages = []struct{ path, name string }{
	{"/dnc", "Do not call"}, {"/sms", "SMS"}, {"/campaign", "Campaigns"}, {"/callbot", "Callbot"}, {"/lists", "Lists"}, {"/runs", "Runs"}, {"/ledger", "Ledger"}, {"/help", "Help"},
}

func TestEveryPageOpensFromTheNavigation(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/")
	for _, each := range pages[1:] {
		p.follow(each.name)
		p.holds(`location.pathname === "` + each.path + `"`)
		p.holds(`document.querySelector("main").contains(document.activeElement)`) // its heading, or its first field
		require.Contains(t, p.text("document.title"), each.name)
	}
	require.NoError(t, chromedp.Do(p.ctx, chromedp.NavigateBack()))
	p.holds(`location.pathname === "/ledger"`)
	p.holds(`document.title.includes("Ledger")`)
}

func TestUnknownPageLeadsBack(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).provokes("404").open("/nowhere")
	p.see("There is no such page")
	p.follow("To the start page")
	p.holds(`location.pathname === "/" || location.pathname === "/dnc"`)
}

func TestLanguageFollowsTheBrowser(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, each := range []struct{ browser, language, word string }{
		{"zh-HK", "zh-TW", "請勿來電"},
		{"zh-Hant-MO,en", "zh-TW", "請勿來電"},
		{"zh-SG", "zh-CN", "请勿拨打"},
		{"zh,en", "zh-CN", "请勿拨打"},
		{"fr-CA,en", "fr", "Ne pas appeler"},
		{"de-DE,de", "en", "Do not call"},
		{"de,fr,en", "fr", "Ne pas appeler"},
		{"en-GB", "en", "Do not call"},
	} {
		t.Run(each.browser, func(t *testing.T) {
			p := at(t, s, speaks(each.browser)).open("/")
			p.see(each.word)
			require.Equal(t, each.language, p.text("document.documentElement.lang"))
		})
	}
}

func TestSwitchingTheLanguageKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/sms")
	p.fill("Message", "Bonjour, votre colis arrive demain.")
	p.press("Settings")
	p.choose("Language", "繁體中文")
	p.see("簡訊")
	require.Equal(t, "zh-TW", p.text("document.documentElement.lang"))
	require.Equal(t, "Bonjour, votre colis arrive demain.", p.text(`document.querySelector("main textarea").value`))
	p.reload() // the choice lasts
	p.see("簡訊")
}

func TestRoleSwitchSaysWhatIsNotAllowed(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/callbot")
	p.role("Agent")
	p.see("Administrator") // who may import
	p.follow("Do not call")
	p.role("Administrator")
}

func TestSystemIsMarked(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/sms")
	p.see("Simulator – nothing real is called")
	p.system("ACME Live (simulated)")
	p.see("PRODUCTION – nothing real is called")
}

func TestColoursCanBeChosen(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/")
	ground := func() string { return p.text(`getComputedStyle(document.body).backgroundColor`) }
	light := ground()
	p.press("Settings")
	p.choose("Colours", "Dark")
	p.until("dark ground", func() (bool, string) { g := ground(); return g != light, g })
	p.reload()
	require.NotEqual(t, light, ground(), "the choice lasts")
	p.press("Settings")
	p.choose("Colours", "As the device")
	p.until("light ground", func() (bool, string) { g := ground(); return g == light, g })
}

func TestOffline(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).provokes("ERR_INTERNET_DISCONNECTED", "Failed to fetch").open("/sms")
	p.fill("Message", "typed before the tunnel")
	p.offline(true)
	p.see("You are offline.", "Offline: sending is not possible.")
	p.holds(`document.getElementById("send").disabled`)
	p.fill("Message", "typed in the tunnel")
	p.offline(false)
	p.gone("You are offline.")
	p.holds(`!document.getElementById("send").disabled`)
	require.Equal(t, "typed in the tunnel", p.value("Message"))
}

func TestConsoleStartsWithoutTheServer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).provokes("ERR_EMPTY_RESPONSE", "ERR_CONNECTION", "ERR_INCOMPLETE_CHUNKED_ENCODING", "Failed to fetch").open("/")
	p.workers()
	s.kill()
	for _, each := range pages {
		p.open(each.path + "?again")
		p.see("The Outdial server does not answer")
	}
	s.start()
	p.press("Try again")
	p.gone("The Outdial server does not answer")
}

func TestNewVersionIsOfferedAndTakenOver(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).open("/sms")
	p.workers()
	p.fill("Message", "half a message")
	s.rewrite("/sw.js", func(script []byte) []byte {
		return []byte(strings.Replace(string(script), `prefix + "`, `prefix + "newer-`, 1))
	})
	p.holds(`navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)`)
	p.see("A newer version of Outdial is ready.")
	require.Equal(t, "half a message", p.value("Message"), "nothing reloads by itself")
	p.press("Reload")
	p.holds(`caches.keys().then((keys) => keys.length === 1 && keys[0].startsWith("outdial-shell-newer-"))`)
	p.ready()
	p.gone("A newer version of Outdial is ready.")
}

func TestSignedOutLosesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s).provokes("ERR_", "Failed to fetch", "CSP", "Content Security Policy", "EventSource").open("/sms")
	p.fill("Customer’s number", "+14155550142")
	p.fill("Message", "Your parcel is here.")
	s.signOut()
	p.press("Send the text")
	p.press("Send again") // not even the look at earlier texts got through
	p.see("Your session has ended", "What you typed is still here.", "Nothing was sent.")
	require.Equal(t, "Your parcel is here.", p.value("Message"))
	s.open()
	p.press("I have signed in")
	p.gone("What you typed is still here.")
	require.Equal(t, "Your parcel is here.", p.value("Message"))
	require.Empty(t, s.received("sms.send"))
}

func TestSignedOutAtStart(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.with(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	})
	p := at(t, s).provokes("EventSource", "404").open("/")
	p.see("Your session has ended", "Sign in through your company’s gate")
	s.open()
	p.press("Try again")
	p.gone("Your session has ended")
}

func TestBlockedStorage(t *testing.T) {
	t.Parallel()
	const blocked = `for (const name of ["localStorage", "sessionStorage"]) {
		Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("blocked", "SecurityError"); } });
	}`
	p := at(t, serve(t), before(blocked)).open("/")
	p.press("Settings")
	p.choose("Language", "Français")
	p.see("Ne pas appeler")
}

func TestCrashIsSaid(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).provokes("Outdial stopped on an error", "exit code", "panic", "goroutine", "exception", "Go program has already exited").open("/")
	// The console reads the browser's language with every number that it writes;
	// a browser without it makes the program panic.
	p.text(`(() => { Intl.NumberFormat = undefined; Intl.DateTimeFormat = undefined; document.querySelector = () => { throw new Error("broken on purpose"); }; window.scrollTo = null; return ""; })()`)
	p.key(kb.Tab)
	p.follow("Help")
	p.see("Outdial stopped on an error. Calls that left are in the ledger.")
	p.press("Reload")
	p.ready()
	p.gone("Outdial stopped on an error")
}

func TestKeyboardReachesTheContentAtOnce(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/help")
	p.text(`(document.activeElement.blur(), "")`)
	p.key(kb.Tab)
	require.Contains(t, p.focused(), "Skip to content")
	p.key(kb.Enter)
	p.holds(`document.activeElement.id === "main"`)
}

// The README sends administrators here first.
func TestSettingsTestEveryConnection(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/dnc")
	p.press("Settings")
	for _, system := range []string{"ACME Live (simulated)", "NX"} {
		p.press("Test the connection to " + system)
		p.holds(`[...document.querySelectorAll(".connections li")].some((li) => li.querySelector("strong").textContent === "` + system +
			`" && li.textContent.includes("Works: answered in"))`)
	}
}

// A reload must not move anybody to another tenant unseen.
func TestChosenSystemOutlivesAReload(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).open("/sms")
	p.system("ACME Live (simulated)")
	p.reload()
	p.holds(`document.getElementById("system")?.value === "acme-live"`)
	p.see("PRODUCTION")
}
