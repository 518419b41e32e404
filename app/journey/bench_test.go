//go:build journey

package journey

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/require"
)

// loads is how often each way of starting is measured; the median is told.
const loads = 5

// usable notes when the first field can be typed into, and what kept the
// screen busy until then and for a second after.
const usable = `window.journeyTasks = [];
new PerformanceObserver((l) => { for (const e of l.getEntries()) window.journeyTasks.push(e.duration); }).observe({ type: "longtask", buffered: true });
new MutationObserver((_, self) => {
	if (document.getElementById("f-phone_number")) { window.journeyUsable = performance.now(); self.disconnect(); }
}).observe(document, { subtree: true, childList: true });`

// BenchmarkUsable measures from the navigation to the first field: with an
// empty browser, and with the console kept by the service worker; on this
// machine's network, and over 10 Mbit/s with a processor four times slower.
func BenchmarkUsable(b *testing.B) {
	slow := func(p *person) {
		call(p, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
		call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Latency: 40, DownloadThroughput: 10e6 / 8, UploadThroughput: 10e6 / 8}},
		})
	}
	plain := func(*person) {}
	for _, way := range []struct {
		name string
		warm bool
		set  setting
	}{{"cold", false, plain}, {"warm", true, plain}, {"cold-10Mbit-cpu4", false, slow}, {"warm-10Mbit-cpu4", true, slow}} {
		b.Run(way.name, func(b *testing.B) {
			s := serve(b)
			var times, longest, sums []float64
			for range max(b.N, loads) {
				p := at(b, s, before(usable))
				if way.warm {
					p.open("/")
					p.workers()
					p.open("/help")
				}
				way.set(p)
				p.open("/dnc")
				p.holds(`!!window.journeyUsable`)
				times = append(times, p.number(`window.journeyUsable`))
				p.text(`new Promise((r) => setTimeout(() => r(""), 1000))`)
				longest = append(longest, p.number(`Math.max(0, ...window.journeyTasks)`))
				sums = append(sums, p.number(`window.journeyTasks.reduce((a, t) => a + t, 0)`))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(times), "ms-to-usable")
			b.ReportMetric(median(longest), "ms-longest-task")
			b.ReportMetric(median(sums), "ms-long-tasks")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkBundle tells what the browser loads: the first screen, then the
// worker that judges numbers.
func BenchmarkBundle(b *testing.B) {
	s := serve(b)
	for _, part := range []struct {
		name  string
		files []string
	}{
		{"app.wasm", []string{"/web/app.wasm"}},
		{"first-screen", []string{"/", "/web/boot.js", "/web/wasm_exec.js", "/web/outdial.css", "/web/translations.en.txt", "/web/app.wasm"}},
		{"rest.wasm", []string{"/web/rest.wasm"}},
		{"worker.wasm", []string{"/web/worker.wasm"}},
	} {
		b.Run(part.name, func(b *testing.B) {
			sums := map[string]float64{}
			for _, file := range part.files {
				for _, coding := range []string{"identity", "gzip", "br"} {
					sums[coding] += length(b, s.URL+file, coding)
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(sums["identity"], "bytes-raw")
			b.ReportMetric(sums["gzip"], "bytes-gzip")
			b.ReportMetric(sums["br"], "bytes-brotli")
		})
	}
}

// BenchmarkNaive weighs the console as one would build it first, see
// app/naive.go; NAIVE names the program.
func BenchmarkNaive(b *testing.B) {
	program, err := os.ReadFile(os.Getenv("NAIVE"))
	require.NoError(b, err)
	var packed bytes.Buffer
	w := brotli.NewWriterLevel(&packed, brotli.BestCompression)
	_, err = w.Write(program)
	require.NoError(b, err)
	require.NoError(b, w.Close())
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(program)), "bytes-raw")
	b.ReportMetric(float64(packed.Len()), "bytes-brotli")
}

// length is how many bytes a file is on the wire.
func length(b *testing.B, address, coding string) float64 {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), "GET", address, nil)
	require.NoError(b, err)
	r.Header.Set("Accept-Encoding", coding)
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(b, err)
	defer answer.Body.Close()
	require.Equal(b, http.StatusOK, answer.StatusCode, address)
	n, err := io.Copy(io.Discard, answer.Body)
	require.NoError(b, err)
	require.True(b, strings.Contains(fmt.Sprint(answer.Header["Content-Encoding"]), coding) || coding == "identity" || answer.Header.Get("Content-Encoding") == "", address)
	return float64(n)
}
