//go:build journey

package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone/library"
)

//go:embed page
var page embed.FS

// contestants in the order of their turns.
var contestants = []string{"columns", "strings", "libphonenumber-js", "google-libphonenumber"}

// Numbers judged and normalised in a second: ours, from strings to strings and from bytes to bytes, beside libphonenumber-js/max and
// google-libphonenumber. Each is a worker of the same headless Chromium with the same list, and they take turns of a second or one
// list, so that what else the machine does meets all alike; "times" is how many times the numbers of the faster of the two libraries
// ours does in the same round.
//
// Beyond the speed it tells how many rows ours would have to leave to the server, where the phonenumbers module is the authority:
// those it says anything else of. There is no text that the engine leaves to it by itself. And of how many rows the contestants and
// ours say the same: the same verdict and the same E.164 number.
func BenchmarkNumbers(b *testing.B) {
	for _, size := range []struct{ rows, rounds int }{{100_000, 7}, {1_000_000, 3}} { // the median round is told
		rows := size.rows
		b.Run(fmt.Sprint("rows=", rows), func(b *testing.B) {
			texts := list(rows)
			t := newTab(b, rows, texts)
			for _, name := range contestants {
				t.load(name)
				t.turn(name) // compilers warm up
			}
			speed := map[string][]float64{}
			for range max(b.N, size.rounds) {
				for _, name := range contestants {
					speed[name] = append(speed[name], float64(rows)/t.turn(name)*1000)
				}
				n := len(speed["columns"]) - 1
				fastest := max(speed["libphonenumber-js"][n], speed["google-libphonenumber"][n])
				for _, ours := range contestants[:2] {
					speed["times-by-"+ours] = append(speed["times-by-"+ours], speed[ours][n]/fastest)
				}
			}
			b.ReportMetric(0, "ns/op")
			for name, each := range speed {
				slices.Sort(each)
				if slices.Contains(contestants, name) {
					name += "/s"
				}
				b.ReportMetric(each[len(each)/2], name)
			}
			if rows > 100_000 {
				return
			}
			judge, library := library.New(), make([]string, rows)
			for i, text := range texts {
				n := judge.Judge(text, home)
				library[i] = string(n.Verdict) + " " + n.E164
			}
			ours := t.answer("columns")
			b.ReportMetric((1-same(library, ours))*float64(rows), "rows-for-the-server")
			require.Equal(b, ours, t.answer("strings"))
			for _, name := range contestants[2:] {
				b.ReportMetric(same(ours, t.answer(name))*100, "%-as-"+name)
			}
		})
	}
}

// same is the share of rows in which two say the same.
func same(a, b []string) float64 {
	n := 0
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// tab is a page of the browser that passes orders on to workers.
type tab struct {
	b    *testing.B
	ctx  context.Context
	rows int
}

// newTab starts Chromium at a server that has the contestants and a list.
func newTab(b *testing.B, rows int, texts []string) *tab {
	b.Helper()
	server := httptest.NewServer(site(b, texts))
	b.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stop := chromedp.NewExecAllocator(b.Context(), options...)
	b.Cleanup(stop)
	ctx, quit := chromedp.NewContext(allocated)
	b.Cleanup(quit)
	require.NoError(b, chromedp.Do(ctx, chromedp.Navigate(server.URL)), "Chromium does not start (make tools installs it)")
	return &tab{b: b, ctx: ctx, rows: rows}
}

func site(b *testing.B, texts []string) http.Handler {
	b.Helper()
	mux := http.NewServeMux()
	pages, err := fs.Sub(page, "page")
	require.NoError(b, err)
	mux.Handle("/", http.FileServerFS(pages))
	for path, file := range map[string]string{
		"/wasm_exec.js": ".cache/wasm/wasm_exec.js",
		"/speed.wasm":   ".cache/wasm/speed.wasm",
		"/npm/":         ".cache/npm-speed/node_modules/",
	} {
		file = filepath.Join("..", "..", filepath.FromSlash(file))
		_, err := os.Stat(file)
		require.NoError(b, err, "make bench builds and installs what it needs")
		if strings.HasSuffix(path, "/") {
			mux.Handle(path, http.StripPrefix(path, http.FileServer(http.Dir(file))))
			continue
		}
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	}
	data, err := json.Marshal(texts)
	require.NoError(b, err)
	mux.HandleFunc("/list", func(w http.ResponseWriter, r *http.Request) { w.Write(data) }) //nolint:errcheck // the browser may have gone
	return mux
}

func (t *tab) load(name string) {
	t.b.Helper()
	rows := evaluate[int](t, fmt.Sprintf("order(%q, {order: 'load'})", name))
	require.Equal(t.b, t.rows, rows)
}

// turn gives milliseconds for the list.
func (t *tab) turn(name string) float64 {
	t.b.Helper()
	return evaluate[float64](t, fmt.Sprintf("order(%q, {order: 'turn', region: %q})", name, home))
}

// answer is what the contestant said of each row in its last turn.
func (t *tab) answer(name string) []string {
	t.b.Helper()
	rows := strings.Split(evaluate[string](t, fmt.Sprintf("order(%q, {order: 'answer'})", name)), "\n")
	require.Len(t.b, rows, t.rows, name)
	return rows
}

func evaluate[T any](t *tab, expression string) T {
	t.b.Helper()
	value, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(t.b, err)
	return value
}
