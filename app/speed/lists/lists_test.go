//go:build journey

package lists

import (
	"bytes"
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
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

//go:embed page
var page embed.FS

// rounds is how often each contestant takes its turn, in a browser of its own;
// the median is told.
const rounds = 3

// BenchmarkLists measures from the moment the page hands a file on the disk to a
// worker that it starts for it, to the counts, duplicates and first hundred rows
// in the page; the most memory that the tab's process had until then, and the
// seconds of processor that it took, on all its threads.
func BenchmarkLists(b *testing.B) {
	for _, list := range []struct {
		name  string
		rows  int
		write func(*testing.B, int) string
	}{{"CSV", 1_000_000, writeCSV}, {"XLSX", 100_000, writeXLSX}} {
		b.Run(fmt.Sprint(list.name, "-rows=", list.rows), func(b *testing.B) {
			path := list.write(b, list.rows)
			about, err := os.Stat(path)
			require.NoError(b, err)
			server := httptest.NewServer(site(b))
			b.Cleanup(server.Close)
			seconds, memory, busy := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
			for round := range max(b.N, rounds) {
				for _, name := range []string{"peer", "ours"} {
					p := preview(b, server.URL, path, name)
					require.Equal(b, list.rows, p.Rows, name)
					require.Equal(b, 100, p.Shown, name)
					require.Equal(b, list.rows, p.Ready+p.Unusual*boolean(name == "peer")+p.sum(), "counts that add up: %s %+v", name, p)
					seconds[name] = append(seconds[name], p.MS/1000)
					memory[name] = append(memory[name], p.peak/1e6)
					busy[name] = append(busy[name], p.processor)
					if round == 0 {
						b.Logf("%s: %d ready, %d unusual, left out %v", name, p.Ready, p.Unusual, p.Counts)
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(about.Size())/1e6, "MB-file")
			for name := range seconds {
				b.ReportMetric(median(seconds[name]), "s-"+name)
				b.ReportMetric(median(memory[name]), "MB-peak-"+name)
				b.ReportMetric(median(busy[name]), "cpu-s-"+name)
			}
			b.ReportMetric(median(seconds["peer"])/median(seconds["ours"]), "times-faster")
			b.ReportMetric(median(busy["peer"])/median(busy["ours"]), "times-less-cpu")
			b.ReportMetric(median(memory["ours"])/median(memory["peer"])*100, "%-of-the-memory")
		})
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// result is what a contestant shows.
type result struct {
	MS      float64        `json:"ms"`
	Rows    int            `json:"rows"`
	Ready   int            `json:"ready"`
	Unusual int            `json:"unusual"`
	Counts  map[string]int `json:"counts"` // rows left out, by reason
	Shown   int            `json:"shown"`

	tab
}

func (r result) sum() (n int) {
	for _, count := range r.Counts {
		n += count
	}
	return n
}

// tab is what the process of a tab and its workers took.
type tab struct {
	peak      float64 // bytes: the highest resident memory, as the kernel counts it
	processor float64 // seconds
}

// preview has a new browser show the preview of a file.
func preview(b *testing.B, address, path, contestant string) result {
	b.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stop := chromedp.NewExecAllocator(b.Context(), options...)
	defer stop()
	ctx, quit := chromedp.NewContext(allocated)
	defer quit()
	require.NoError(b, chromedp.Do(ctx, chromedp.Navigate(address)), "Chromium does not start (make tools installs it)")
	require.NoError(b, chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS("input"), []string{path})))
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("measure(%q, %q).then(JSON.stringify)", contestant, home), chromedp.EvalAwaitPromise))
	require.NoError(b, err)
	var p result
	require.NoError(b, json.Unmarshal([]byte(text), &p))
	p.tab = took(b, ctx)
	return p
}

// took tells it of the browser's largest process that shows pages.
func took(b *testing.B, ctx context.Context) (largest tab) {
	b.Helper()
	parents := map[int]int{}
	found := map[int]tab{}
	folders, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(b, err)
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		require.NoError(b, err)
		line, err1 := os.ReadFile(filepath.Join(folder, "cmdline"))
		status, err2 := os.ReadFile(filepath.Join(folder, "status"))
		stat, err3 := os.ReadFile(filepath.Join(folder, "stat"))
		if err1 != nil || err2 != nil || err3 != nil {
			continue // it ended meanwhile
		}
		parents[pid] = int(number(b, behind(string(status), "PPid:")[0]))
		if bytes.Contains(line, []byte("--type=renderer")) {
			const user, system, ticks = 11, 12, 100 // fields behind the name; the kernel's hundredths of a second
			fields := behind(string(stat), ") ")
			found[pid] = tab{
				peak:      number(b, behind(string(status), "VmHWM:")[0]) * 1024,
				processor: (number(b, fields[user]) + number(b, fields[system])) / ticks,
			}
		}
	}
	browser := chromedp.FromContext(ctx).Browser.Process().Pid
	for pid, t := range found {
		for up := pid; up > 1; up = parents[up] {
			if up == browser && t.peak > largest.peak {
				largest = t
			}
		}
	}
	require.Positive(b, largest.peak, "no process shows the page")
	return largest
}

// behind are the words behind a mark.
func behind(text, mark string) []string {
	_, rest, _ := strings.Cut(text, mark)
	return strings.Fields(rest + " 0")
}

func number(b *testing.B, text string) float64 {
	b.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(b, err)
	return v
}

// site serves the page, the contestants' libraries, and the file worker as it is
// shipped, but for names that carry a hash.
func site(b *testing.B) http.Handler {
	b.Helper()
	root := filepath.Join("..", "..", "..")
	mux := http.NewServeMux()
	pages, err := fs.Sub(page, "page")
	require.NoError(b, err)
	mux.Handle("/", http.FileServerFS(pages))
	for _, name := range []string{"wasm_exec.js", "worker.wasm"} {
		file := filepath.Join(root, ".cache", "wasm", name)
		_, err := os.Stat(file)
		require.NoError(b, err, "make bench builds it")
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	}
	libraries := filepath.Join(root, ".cache", "npm-lists", "node_modules")
	_, err = os.Stat(libraries)
	require.NoError(b, err, "make bench installs them")
	mux.Handle("/npm/", http.StripPrefix("/npm/", http.FileServer(http.Dir(libraries))))
	script, err := template.New("worker.js").Parse(source(b, filepath.Join(root, "web", "static", "worker.js")))
	require.NoError(b, err)
	var worker bytes.Buffer
	require.NoError(b, script.Execute(&worker, assets{}))
	mux.HandleFunc("/worker.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(worker.Bytes()) //nolint:errcheck // the browser may have gone
	})
	return mux
}

func source(b *testing.B, path string) string {
	b.Helper()
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	return string(text)
}

// assets names the files of the console in its scripts.
type assets struct{}

// Asset is the address of a file.
func (assets) Asset(name string) string { return "/" + name }
