//go:build journey

package journey

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
	"outdial/shared/run"
)

// begin starts a run of a list and waits until its page is there.
func (p *person) begin(purpose, name, content, note string) {
	p.t.Helper()
	p.open("/lists?step=choose")
	p.drop(purpose, listFile(p.t, name, content))
	p.decide()
	p.press("Continue to check and start")
	p.fill("Note", note)
	p.pressLike("Start: ")
	p.find("alertdialog", "on ACME?")
	p.pressIn("Start the run")
	p.see("About this run")
}

// pressLike presses the button whose words begin so.
func (p *person) pressLike(begin string) {
	p.t.Helper()
	p.holds(fmt.Sprintf(`(() => { const b = [...document.querySelectorAll("main button")].find((b) => b.textContent.trim().startsWith(%q) && !b.disabled); b?.click(); return !!b; })()`, begin))
}

// numbers is a list of so many numbers from 415 555 0100+from on.
func numbers(from, n int) string {
	var b strings.Builder
	b.WriteString("Name,Phone\n")
	for i := range n {
		fmt.Fprintf(&b, "P%d,+1415556%04d\n", i, from+i)
	}
	return b.String()
}

// runOf is the run that is open, as our server has it.
func (p *person) runOf() run.Run {
	p.t.Helper()
	var r run.Run
	p.server.get(p.server.URL+"/api/runs/"+strings.TrimPrefix(p.text(`location.pathname`), "/runs/"), &r)
	return r
}

// adds demands that the outcomes of a run and its waiting rows are all its rows.
func adds(t testing.TB, r run.Run) {
	t.Helper()
	sum := r.Waiting
	for _, n := range r.Counts {
		sum += n
	}
	require.Equal(t, r.Rows, sum)
}

func TestRunIsPausedGoesOnAndIsCancelled(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s)
	p.begin("Check against do not call", "long.csv", numbers(0, 400), "A look")
	p.see("of 400 rows have their outcome", "Running")
	p.press("Pause")
	p.see("Paused by a person. Nothing leaves until it goes on.")
	adds(t, p.runOf())

	// Another tab, another day: it is where it was.
	p.open("/runs")
	p.see("long.csv", "Paused")
	p.follow("long.csv")
	p.press("Go on")
	p.see("Running")
	p.press("Cancel the run")
	p.find("alertdialog", "Cancel this run?")
	p.see("What has left stays as it is.")
	p.pressIn("Keep it running")
	p.see("Running")
	p.press("Cancel the run")
	p.pressIn("Cancel the run")
	p.see("Cancelled")
	p.see("Cancelled before its turn")
	r := p.runOf()
	adds(t, r)
	require.Zero(t, r.Waiting)
	require.Equal(t, len(s.received(operation.DNCCheck)), r.Rows-r.Reasons[run.ReasonCancelled], "each row that was not cancelled was asked about once")
}

func TestRunIsWatchedLiveAndByRows(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s)
	p.begin("Check against do not call", "mixed.csv", "Name,Phone\nOn,+1 415 555 0113\nFree,+1 415 555 0142\nBad,12\n", "A look")
	p.see("Finished", "3 rows = 2 Accepted + 1 Not sent")
	p.see("On the list", "Not on the list")
	p.holds(`document.querySelectorAll(".runs tbody tr").length >= 3`)
	p.choose("Outcome", "Not sent")
	p.holds(`[...document.querySelectorAll(".runs td.cells")].map((e) => e.textContent).join() === "Bad · 12"`)
	p.choose("Outcome", "All rows")
	p.press("Not on the list") // a reason leads to its rows
	p.holds(`[...document.querySelectorAll(".runs td.cells")].length === 1`)
	require.Contains(t, p.text(`document.querySelector(".runs td.cells").textContent`), "Free")
	require.Equal(t, "/api/runs/"+p.runOf().ID+"/results?format=csv", p.text(`new URL([...document.querySelectorAll("a[download]")].find((a) => a.textContent.includes("CSV")).href).pathname + new URL([...document.querySelectorAll("a[download]")].find((a) => a.textContent.includes("CSV")).href).search`))
}

// download reads the result file of the run that is open.
func (p *person) download() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", p.server.URL+"/api/runs/"+p.runOf().ID+"/results?format=csv", nil)
	require.NoError(p.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusOK, answer.StatusCode, string(data))
	return string(data)
}

// Rows that did not go are mended in the result file, which is dropped back:
// only they are sent.
func TestRunResultIsMendedAndDroppedBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s)
	p.begin("Add to do not call", "block.csv", "Name,Phone\nAnn,+1 415 555 0160\nBob,12\nCyd,+1 415 555 0161\n", "Asked in writing")
	p.see("Finished", "3 rows = 2 Accepted + 1 Not sent")
	result := p.download()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(result, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4, "every row of the file, once")
	require.Contains(t, result, "Bob,12")

	p.open("/lists?step=choose")
	p.drop("Add to do not call", listFile(t, "block-result.csv", strings.Replace(result, "Bob,12", "Bob,+1 415 555 0162", 1)))
	p.see("Say how long the numbers are protected.")
	p.pick("For good")
	p.decide()
	p.see("3 rows = 1 ready + 2 accepted in the earlier run")
	p.press("Continue to check and start")
	p.fill("Note", "Mended")
	p.press("Start: 1 row…")
	p.pressIn("Start the run")
	p.see("Finished", "3 rows = 1 Accepted + 2 Not sent", "Result file of")
	added := s.received(operation.DNCAdd)
	require.Len(t, added, 2)
	require.Equal(t, 1, added[1].Rows)
}

func TestRunIsTakenBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s)
	p.begin("Add to do not call", "block.csv", "Name,Phone\nAnn,+1 415 555 0163\nBob,+1 415 555 0164\n", "Asked in writing")
	p.see("Finished", "2 rows = 2 Accepted")
	p.press("Take the run back…")
	p.see("Fill this in.")
	p.fill("Why it is taken back", "The wrong list")
	p.press("Take the run back…")
	p.find("alertdialog", "Take this run back?")
	p.pressIn("Take the run back")
	p.see("Taking back: Add to do not call", "Finished", "Takes back", "2 rows = 2 Put back")
	require.Len(t, s.received(operation.DNCRemove), 2, "each number by itself, looked at right before")
	p.open("/dnc")
	p.check("+1 415 555 0163")
	p.see("Not on the list")
}

func TestRunGoesOnWithoutItsTab(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := at(t, s)
	p.begin("Check against do not call", "long.csv", numbers(0, 60), "A look")
	address := p.text(`location.pathname`)
	p.open("/help")
	p.open(address)
	p.see("Finished", "60 rows = 60 Accepted")
}

func TestRunThatIsNotThere(t *testing.T) {
	t.Parallel()
	p := at(t, serve(t)).provokes("404").open("/runs/01a1fde5-0000-7000-8000-000000000000")
	p.see("There is no such run")
	p.follow("All runs")
	p.see("No runs yet")
}
