//go:build journey

package journey

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// longest is how long the page's thread may work at one go once the console
// has started.
const longest = 50.0 // ms

// marks tells the trace when the console can be used, and when it is left.
const marks = `addEventListener("pagehide", () => performance.mark("journey left"));
new MutationObserver((_, self) => {
	if (!document.querySelector("main h1")) return;
	self.disconnect();
	requestAnimationFrame(() => setTimeout(() => performance.mark("journey started")));
}).observe(document, { subtree: true, childList: true });`

// work is a task of the page's thread: what ran without a break.
type work struct {
	ms    float64 // of the processor, not of the clock: the machine may be busy with others
	parts string  // what it was made of, the longest first
}

// traced are the events of the browser, of which those matter that are named
// here: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
type traced struct {
	Name     string  `json:"name"`
	Phase    string  `json:"ph"`
	Process  int     `json:"pid"`
	Thread   int     `json:"tid"`
	At       float64 `json:"ts"`   // µs
	Duration float64 `json:"dur"`  // µs
	Busy     float64 `json:"tdur"` // µs of the processor
}

// recording is a trace that is being made. The browser makes one at a time.
type recording struct {
	p    *person
	mu   sync.Mutex
	all  []traced
	lost bool
	done chan struct{}
}

func record(p *person) *recording {
	p.t.Helper()
	r := &recording{p: p}
	require.NoError(p.t, chromedp.Listen(p.ctx, func(event any) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch e := event.(type) {
		case *tracing.EventDataCollected:
			for _, data := range e.Value {
				var one traced
				if err := json.Unmarshal(data, &one); err != nil {
					r.lost = true
					continue
				}
				if one.Phase == "X" || strings.HasPrefix(one.Name, "journey ") {
					r.all = append(r.all, one)
				}
			}
		case *tracing.EventTracingComplete:
			r.lost = r.lost || e.DataLossOccurred
			close(r.done)
		}
	}))
	return r
}

// during traces what is played and gives the tasks that were longer than
// allowed.
func (r *recording) during(play func()) (long []work) {
	r.p.t.Helper()
	r.mu.Lock()
	r.all, r.lost, r.done = nil, false, make(chan struct{})
	r.mu.Unlock()
	call(r.p, tracing.Start, tracing.StartParams{TraceConfig: &tracing.TraceConfig{
		IncludedCategories: []string{"blink.user_timing", "devtools.timeline", "disabled-by-default-devtools.timeline"},
	}})
	play()
	call(r.p, tracing.End, cdp.Empty{})
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	require.False(r.p.t, r.lost, "parts of the trace were lost")
	return over(r.all)
}

// over finds the tasks that began while the console was open.
func over(all []traced) (long []work) {
	slices.SortStableFunc(all, func(a, b traced) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	open, process, thread := false, 0, 0
	for i, e := range all {
		switch {
		case e.Name == "journey started":
			open, process, thread = true, e.Process, e.Thread
		case e.Name == "journey left":
			open = false
		case open && e.Process == process && e.Thread == thread && e.Name == "RunTask" && e.Busy > longest*1000:
			parts := map[string]float64{}
			for _, in := range all[i+1:] {
				if in.At > e.At+e.Duration {
					break
				}
				if in.Process == process && in.Thread == thread {
					parts[in.Name] += in.Busy / 1000
				}
			}
			long = append(long, work{e.Busy / 1000, shares(parts)})
		}
	}
	return long
}

func shares(parts map[string]float64) string {
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(parts[b]*1000) - int(parts[a]*1000) })
	var words []string
	for _, name := range names[:min(6, len(names))] {
		words = append(words, fmt.Sprintf("%s %.0f", name, parts[name]))
	}
	return strings.Join(words, ", ")
}

// longLists are the scenes with more rows than a page shows. What they take is
// told: docs/benchmarks.md has the figures.
func longLists() []scene {
	numbers := func(n int) []map[string]any {
		rows := make([]map[string]any, n)
		for i := range rows {
			rows[i] = row(fmt.Sprintf("+1 415 5%02d %04d", i/10000+20, i%10000))
		}
		return rows
	}
	return []scene{
		{"campaign, import of 5,000", func(p *person) {
			p.open(withIDs)
			p.follow("Import")
			p.upload("Choose a JSON file", contacts(p.t, numbers(5000)...))
			p.see("5,000 = 5,000 that go")
			p.fill("Note", "Spring renewals")
			p.see("Spring renewals")
		}},
		{"callbot, 10,000 rows", func(p *person) {
			rows := numbers(10_000)
			for i, r := range rows {
				rows[i] = map[string]any{"userPhone": r["phone_number"], "orderID": fmt.Sprint("o", i), "params": []any{map[string]string{"name": "amount", "value": "10"}}}
			}
			p.open("/callbot")
			p.upload("Choose a JSON file", contacts(p.t, rows...))
			p.see("10,000 rows added")
			p.fill("Note", "Reminders")
		}},
	}
}

// Every scene of every page: once the console has started, nothing keeps the
// page's thread longer than 50 ms at one go. The test runs alone, as the
// browser traces for one at a time. Neighbours of a shared processor slow its
// work down, whole collections of garbage fall where they fall: what is too
// long counts if the scene has it each time of three.
func TestNothingKeepsTheScreenWaiting(t *testing.T) {
	s := serve(t)
	p := at(t, s, before(marks)).provokes("404")
	p.makeUnknown()
	r := record(p)
	texts := 0
	sent := scene{"text, sent", func(p *person) {
		texts++ // the same text to the same person would be asked about
		p.open("/sms")
		p.letter(fmt.Sprintf("+1 415 555 014%d", texts), "Twenty-four characters.")
		p.press("Send the text")
		p.see(opened)
	}}
	for _, each := range append(scenes(), sent) {
		var long []work
		for range 3 {
			if long = r.during(func() { each.play(p) }); len(long) == 0 {
				break
			}
		}
		for _, w := range long {
			t.Errorf("%s: %.0f ms at one go: %s", each.name, w.ms, w.parts)
		}
	}
	for _, each := range longLists() {
		for _, w := range r.during(func() { each.play(p) }) {
			t.Logf("%s: %.0f ms at one go: %s", each.name, w.ms, w.parts)
		}
	}
}

// What is told apart by the trace: a task on another thread, one before the
// console is open or after it is left, and one that waited more than it worked.
func TestATraceIsReadForThePagesOwnWork(t *testing.T) {
	task := func(at, busy float64, thread int) traced {
		return traced{Name: "RunTask", Phase: "X", Process: 1, Thread: thread, At: at, Duration: 500_000, Busy: busy}
	}
	long := over([]traced{
		task(1, 90_000, 7),
		{Name: "journey started", Process: 1, Thread: 7, At: 10},
		task(20, 51_000, 7),
		{Name: "FunctionCall", Phase: "X", Process: 1, Thread: 7, At: 21, Busy: 40_000},
		task(600_000, 49_000, 7),
		task(700_000, 90_000, 8),
		{Name: "journey left", Process: 1, Thread: 7, At: 800_000},
		task(900_000, 90_000, 7),
	})
	require.Equal(t, []work{{51, "FunctionCall 40"}}, long)
}
