//go:build journey

package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// patience is how long a person waits for anything to come about: long, as
// the machine may be busy with other tests.
const patience = 45 * time.Second

// visit is how long a person stays at most.
const visit = 8 * time.Minute

// tick is how often is looked whether it has.
const tick = 25 * time.Millisecond

// chromium is the one browser of all tests; each person has a profile of
// their own in it.
var chromium context.Context

func TestMain(m *testing.M) { os.Exit(withChromium(m.Run)) }

func withChromium(run func() int) int {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.WindowSize(1440, 900),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, quit := chromedp.NewContext(allocated)
	defer quit()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "Chromium does not start (make tools installs it):", err)
		return 1
	}
	chromium = ctx
	return run()
}

// person sits at the console in a browser profile of their own.
type person struct {
	t      testing.TB
	server *server
	ctx    context.Context

	mu       sync.Mutex
	faults   []string // what the browser's console complains about
	provoked []string // of which these are what the journey provokes
	asked    []string // the browser's own questions, such as "beforeunload"
}

// setting is something about the person's browser.
type setting func(*person)

// speaks sets the browser's order of languages.
func speaks(languages string) setting {
	return func(p *person) {
		agent := p.text("navigator.userAgent")
		call(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: languages})
		first, _, _ := strings.Cut(languages, ",")
		call(p, emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: first})
	}
}

// phone is a small screen that is touched.
func phone(p *person) {
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 2, Mobile: true})
}

// dark prefers dark colours.
func dark(p *person) { p.prefers("dark") }

func (p *person) prefers(scheme string) {
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

// before runs a script in every page before anything of the page's own.
func before(script string) setting {
	return func(p *person) {
		call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	}
}

// at has a person sit down at the console of a server. Whatever the browser's
// console complains about by the end of the test fails it.
func at(t testing.TB, s *server, settings ...setting) *person {
	t.Helper()
	ctx, leave := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	ctx, give := context.WithTimeout(ctx, visit)
	p := &person{t: t, server: s, ctx: ctx}
	t.Cleanup(leave)
	t.Cleanup(give)
	require.NoError(t, chromedp.Listen(ctx, p.listen))
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/New_York"})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1440, Height: 900, DeviceScaleFactor: 1})
	speaks("en-US,en")(p)
	p.prefers("light")
	for _, set := range settings {
		set(p)
	}
	t.Cleanup(p.judge)
	return p
}

// listen is called by the browser's connection and must not ask it anything.
func (p *person) listen(event any) {
	switch e := event.(type) {
	case *cdpruntime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		p.fault("exception: " + text)
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type != "error" && e.Type != "warning" && e.Type != "assert" {
			return
		}
		var words []string
		for _, a := range e.Args {
			if len(a.Value) > 0 {
				words = append(words, string(a.Value))
			} else {
				words = append(words, a.Description)
			}
		}
		p.fault("console: " + strings.Join(words, " "))
	case *page.EventJavascriptDialogOpening:
		p.mu.Lock()
		p.asked = append(p.asked, string(e.Type))
		p.mu.Unlock()
		go func() { // the person means it
			if _, err := chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}); err != nil {
				p.fault("dialog: " + err.Error())
			}
		}()
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.fault("log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	}
}

func (p *person) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

// provokes says which complaints of the browser this journey is about.
func (p *person) provokes(parts ...string) *person {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.provoked = append(p.provoked, parts...)
	return p
}

// harmless complaints come without anybody's doing.
var harmless = []string{
	"beforeinstallprompt", // Chromium tells that the page keeps the prompt for its own button
}

func (p *person) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.faults), func(fault string) bool {
		return slices.ContainsFunc(slices.Concat(harmless, p.provoked), func(part string) bool { return strings.Contains(fault, part) })
	})
}

// judge ends a person's visit.
func (p *person) judge() {
	if complaints := p.complaints(); len(complaints) > 0 {
		p.t.Errorf("the browser complains:\n%s", strings.Join(complaints, "\n"))
	}
	if !p.t.Failed() {
		return
	}
	path := filepath.Join("../../.cache/journey", strings.NewReplacer("/", "-", " ", "_").Replace(p.t.Name())+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Log(err)
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, shot, 0o644)
	}
	absolute, _ := filepath.Abs(path)
	p.t.Logf("the screen at the end: %s (%v)", absolute, err)
}

// call runs one command of the browser's protocol.
func call[P, R any](p *person, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	r, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", command.Method, err)
	}
	return r
}

// js evaluates an expression in the page, awaiting a promise.
func js[T any](p *person, expression string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func (p *person) text(expression string) string {
	p.t.Helper()
	s, err := js[string](p, expression)
	require.NoError(p.t, err, expression)
	return s
}

func (p *person) number(expression string) float64 {
	p.t.Helper()
	n, err := js[float64](p, expression)
	require.NoError(p.t, err, expression)
	return n
}

// holds waits until an expression is true.
func (p *person) holds(expression string) {
	p.t.Helper()
	p.until(expression, func() (bool, string) {
		is, err := js[bool](p, expression)
		return is, fmt.Sprint(err)
	})
}

// until waits for something to come about, and says what it saw last if not.
func (p *person) until(what string, look func() (done bool, saw string)) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	saw := ""
	for {
		done := false
		if done, saw = look(); done {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited in vain for %s; saw: %s", what, saw)
		case <-ticks.C:
		}
	}
}

// open goes to a page of the console and waits until it is there.
func (p *person) open(path string) *person {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.Navigate(p.server.URL+path)))
	p.ready()
	return p
}

// reload is the browser's reload.
func (p *person) reload() {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.Reload()))
	p.ready()
}

// ready waits for a page of the console.
func (p *person) ready() {
	p.t.Helper()
	p.holds(`!!document.querySelector("main h1") && !document.querySelector("#boot")`)
}

// follow presses a link.
func (p *person) follow(name string) {
	p.t.Helper()
	p.clickThe([]string{"link"}, name)
}

// press presses a button.
func (p *person) press(name string) {
	p.t.Helper()
	p.clickThe([]string{"button"}, name)
}

// fields are the roles of what can be typed into.
var fields = []string{"textbox", "searchbox", "combobox", "spinbutton", "Date", "DateTime", "InputTime"}

// fill types into the field of that name, replacing what is there.
func (p *person) fill(name, text string) {
	p.t.Helper()
	p.clickThe(fields, name)
	p.chord("a")
	p.key(kb.Delete)
	p.write(text)
}

// write types where the focus is. What is long is pasted.
func (p *person) write(text string) {
	p.t.Helper()
	if len(text) > 25 {
		call(p, input.InsertText, input.InsertTextParams{Text: text})
		return
	}
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(text)))
}

// key presses keys, such as kb.Tab.
func (p *person) key(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		require.NoError(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(k)))
	}
}

// chord presses a key with Control held.
func (p *person) chord(key string) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl))))
}

// value is what stands in a field.
func (p *person) value(name string) string {
	p.t.Helper()
	return p.on(p.findAny(fields, name), `function() { return this.value }`)
}

// pick chooses one of a group of radio buttons.
func (p *person) pick(name string) {
	p.t.Helper()
	p.clickThe([]string{"radio"}, name)
	p.until(strconv.Quote(name)+" to be chosen", func() (bool, string) {
		all, err := p.elements("radio")
		for _, e := range all {
			if strings.Contains(e.name, name) {
				on, err := p.tryOn(e, `function() { return String(this.checked) }`)
				return on == "true", fmt.Sprint(on, err)
			}
		}
		return false, fmt.Sprint("no such choice ", err)
	})
}

// choose picks an option of a list by its words.
func (p *person) choose(list, option string) {
	p.t.Helper()
	e := p.find("combobox", list)
	p.until("option "+option+" of "+list, func() (bool, string) {
		got := p.on(e, fmt.Sprintf(`function() {
			const want = [...this.options].find((o) => o.text === %[1]q) ?? [...this.options].find((o) => o.text.includes(%[1]q));
			if (!want) return "options: " + [...this.options].map((o) => o.text).join(" | ");
			this.focus();
			if (this.value !== want.value) {
				this.value = want.value;
				this.dispatchEvent(new Event("input", { bubbles: true }));
				this.dispatchEvent(new Event("change", { bubbles: true }));
			}
			return "";
		}`, option))
		return got == "", got
	})
}

// role switches the demo's role.
func (p *person) role(name string) {
	p.t.Helper()
	p.choose("Role in the demo", name)
	id := map[string]string{"Agent": "agent", "Supervisor": "supervisor", "Administrator": "admin"}[name]
	p.holds(fmt.Sprintf(`fetch("/api/session").then((r) => r.json()).then((s) => s.role === %q)`, id))
	p.holds(fmt.Sprintf(`document.getElementById("role").value === %q`, id))
}

// system chooses the system to work on.
func (p *person) system(label string) {
	p.t.Helper()
	p.choose("System", label)
}

// upload gives a file to a file field.
func (p *person) upload(name, file string) {
	p.t.Helper()
	path, err := filepath.Abs(file)
	require.NoError(p.t, err)
	e := p.findAny([]string{"button", "LabelText", "textbox"}, name)
	call(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, BackendNodeID: e.backend})
}

// see waits until words can be read on the page.
func (p *person) see(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.until(fmt.Sprintf("%q on the page", w), func() (bool, string) {
			page := p.page()
			return strings.Contains(strings.ToLower(page), strings.ToLower(w)), page // style sheets write some words in capitals
		})
	}
}

// gone waits until words can be read no more.
func (p *person) gone(words string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%q to be gone", words), func() (bool, string) {
		page := p.page()
		return !strings.Contains(page, words), page
	})
}

// page is what can be read now.
func (p *person) page() string {
	s, err := js[string](p, `document.body ? document.body.innerText.replace(/[ \t ]+/g, " ") : ""`)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return s
}

// element is something on the page, as assistive technology names it.
type element struct {
	role, name string
	backend    cdp.BackendNodeID
}

// find waits for the one element of that role and name. A name that is not
// exactly met may be met in part.
func (p *person) find(role, name string) element {
	p.t.Helper()
	return p.findAny([]string{role}, name)
}

func (p *person) findAny(roles []string, name string) element {
	p.t.Helper()
	var found element
	p.until(fmt.Sprintf("%s %q", strings.Join(roles, "/"), name), func() (bool, string) {
		all, err := p.elements(roles...)
		if err != nil {
			return false, err.Error()
		}
		var exact, part []element
		for _, e := range all {
			switch {
			case e.name == name:
				exact = append(exact, e)
			case strings.Contains(e.name, name):
				part = append(part, e)
			}
		}
		if len(exact) == 0 {
			exact = part
		}
		if len(exact) == 1 {
			found = exact[0]
			return true, ""
		}
		names := make([]string, len(all))
		for i, e := range all {
			names[i] = e.role + " " + strconv.Quote(e.name)
		}
		return false, strings.Join(names, ", ")
	})
	return found
}

// has tells whether there is such an element now.
func (p *person) has(role, name string) bool {
	p.t.Helper()
	all, err := p.elements(role)
	require.NoError(p.t, err)
	return slices.ContainsFunc(all, func(e element) bool { return strings.Contains(e.name, name) })
}

// elements lists what assistive technology finds under the roles.
func (p *person) elements(roles ...string) ([]element, error) {
	document, err := chromedp.Run(p.ctx, chromedp.Evaluate[*cdpruntime.RemoteObject]("document", chromedp.EvalObjectGroup("journey")))
	if err != nil {
		return nil, err
	}
	defer chromedp.Call(p.ctx, cdpruntime.ReleaseObjectGroup, cdpruntime.ReleaseObjectGroupParams{ObjectGroup: "journey"}) //nolint:errcheck // the page may be gone
	var all []element
	for _, role := range roles {
		r, err := chromedp.Call(p.ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: document.ObjectID, Role: role})
		if err != nil {
			return nil, err
		}
		for _, n := range r.Nodes {
			if n.Ignored || n.BackendDOMNodeID == 0 {
				continue
			}
			e := element{role: role, backend: n.BackendDOMNodeID}
			if n.Name != nil {
				json.Unmarshal(n.Name.Value, &e.name) //nolint:errcheck // a name that is no text is no name
				e.name = strings.Join(strings.Fields(e.name), " ")
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// on calls a function of the page with the element as this.
func (p *person) on(e element, function string) string {
	p.t.Helper()
	s, err := p.tryOn(e, function)
	require.NoError(p.t, err, "%s %q", e.role, e.name)
	return s
}

func (p *person) tryOn(e element, function string) (string, error) {
	node, err := chromedp.Call(p.ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: e.backend})
	if err != nil {
		return "", err
	}
	return chromedp.Run(p.ctx, chromedp.CallFunctionOn[string](function, func(c *cdpruntime.CallFunctionOnParams) { c.ObjectID = node.Object.ObjectID }))
}

// place finds the middle of an element that can be clicked: it is enabled,
// rests, and nothing covers it.
const place = `async function() {
	const seen = this.labels?.length && ["radio", "checkbox", "file"].includes(this.type) ? this.labels[0] : this;
	if (!this.isConnected) return "it went away";
	if (this.disabled) return "it is disabled";
	const rest = () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
	seen.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
	await rest();
	const first = seen.getBoundingClientRect();
	await rest();
	const box = seen.getBoundingClientRect();
	if (!seen.isConnected) return "it went away";
	if (first.x !== box.x || first.y !== box.y || box.width === 0) return "it moves";
	const x = box.x + box.width / 2, y = box.y + box.height / 2;
	const top = document.elementFromPoint(x, y);
	if (!top || !(seen.contains(top) || top.contains(seen))) return "covered by " + (top?.outerHTML ?? "nothing").slice(0, 120);
	window.journeyHit = false;
	seen.addEventListener("click", () => { window.journeyHit = true; }, { once: true, capture: true });
	return "at " + x + " " + y;
}`

// click clicks the middle of an element, once that can be done. A click that
// met nothing, because something that arrived just then moved the element, is
// made again, as a person would.
func (p *person) click(e element) {
	p.t.Helper()
	if !p.tryClick(e) {
		p.t.Fatalf("%s %q went away before it could be clicked", e.role, e.name)
	}
}

// clickThe finds an element and clicks it; one that was rendered anew in
// between is found anew.
func (p *person) clickThe(roles []string, name string) {
	p.t.Helper()
	for range 5 {
		if p.tryClick(p.findAny(roles, name)) {
			return
		}
	}
	p.t.Fatalf("%s %q goes away before every click", strings.Join(roles, "/"), name)
}

// tryClick reports false when the element went away.
func (p *person) tryClick(e element) bool {
	p.t.Helper()
	for range 5 {
		if !p.clickOnce(e) {
			return false
		}
		if hit, err := js[*bool](p, "window.journeyHit"); err != nil || hit == nil || *hit {
			return true // or the page is another one by now
		}
	}
	p.t.Fatalf("%s %q moves away under every click", e.role, e.name)
	return false
}

func (p *person) clickOnce(e element) bool {
	p.t.Helper()
	var x, y float64
	there := true
	p.until(fmt.Sprintf("%s %q to be ready for a click", e.role, e.name), func() (bool, string) {
		node, err := chromedp.Call(p.ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: e.backend})
		if err != nil {
			there = p.ctx.Err() != nil
			return !there, err.Error()
		}
		got, err := chromedp.Run(p.ctx, chromedp.CallFunctionOn[string](place, func(c *cdpruntime.CallFunctionOnParams) {
			c.ObjectID = node.Object.ObjectID
			c.AwaitPromise = yes()
		}))
		if err != nil {
			return false, err.Error()
		}
		if there = got != "it went away"; !there {
			return true, got
		}
		n, _ := fmt.Sscanf(got, "at %g %g", &x, &y)
		return n == 2, got
	})
	if !there {
		return false
	}
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.MouseClickXY(x, y)))
	return true
}

func yes() *bool {
	is := true
	return &is
}

// doubleClick clicks twice, as fast as people do by mistake.
func (p *person) doubleClick(role, name string) {
	p.t.Helper()
	e := p.find(role, name)
	p.click(e)
	box := p.on(e, `function() { const b = this.getBoundingClientRect(); return (b.x + b.width / 2) + " " + (b.y + b.height / 2); }`)
	var x, y float64
	_, err := fmt.Sscanf(box, "%g %g", &x, &y)
	require.NoError(p.t, err)
	require.NoError(p.t, chromedp.Do(p.ctx, chromedp.MouseClickXY(x, y, func(m *input.DispatchMouseEventParams) { m.ClickCount = 2 })))
}

// focused names what has the focus: its role or tag, and its id or words.
func (p *person) focused() string {
	p.t.Helper()
	return p.text(`(() => { const e = document.activeElement; return e && e !== document.body ? e.tagName.toLowerCase() + "#" + e.id + " " + (e.labels?.[0]?.innerText ?? e.innerText ?? "").trim() : "nothing"; })()`)
}

// tabTo presses Tab until the focus is on what holds those words.
func (p *person) tabTo(words string) {
	p.t.Helper()
	var way []string
	for range 80 {
		p.key(kb.Tab)
		at := p.focused()
		if strings.Contains(at, words) {
			return
		}
		way = append(way, at)
	}
	p.t.Fatalf("the keyboard does not reach %q; it passed %s", words, strings.Join(way, ", "))
}

// offline takes the network away from the browser, or gives it back.
func (p *person) offline(is bool) {
	p.t.Helper()
	call(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: is, DownloadThroughput: -1, UploadThroughput: -1})
	call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: is, DownloadThroughput: -1, UploadThroughput: -1}},
	})
}

// workers waits until the service worker holds the console for being offline.
func (p *person) workers() {
	p.t.Helper()
	p.holds(`navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)`)
	p.holds(`caches.keys().then(async (keys) => { for (const k of keys) if (await (await caches.open(k)).match("/")) return true; return false; })`)
}

// typeDate types into a date field the way its parts ask for: digits of the
// day, then those of the time.
func (p *person) typeDate(name string, parts ...string) {
	p.t.Helper()
	e := p.findAny([]string{"Date", "DateTime", "textbox"}, name)
	p.on(e, `function() { this.focus(); return "" }`)
	for i, part := range parts {
		if i > 0 {
			p.key(kb.Tab)
		}
		p.write(part)
	}
}

// english is the console's own English, for what tests need not repeat.
func english(t testing.TB) map[string]string {
	t.Helper()
	words := map[string]string{}
	paths, err := filepath.Glob("../../web/translations/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var file map[string]map[string]string
		require.NoError(t, json.Unmarshal(data, &file))
		for key, forms := range file {
			words[key] = forms["en"]
		}
	}
	return words
}
