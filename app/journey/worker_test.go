//go:build journey

package journey

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/app/judge/question"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// asker has the page talk to a file worker of its own, as package judge does,
// and keeps what the worker said.
const asker = `(() => {
	const worker = new Worker(outdial.worker), waiting = new Map();
	let last = 0;
	window.listProgress = [];
	worker.onerror = (e) => { for (const w of waiting.values()) w(JSON.stringify({failed: 'worker'})); };
	worker.onmessage = ({data}) => {
		if (data.progress) { window.listProgress.push(JSON.parse(data.progress)); return; }
		const w = waiting.get(data.id);
		waiting.delete(data.id);
		w(data.answer);
	};
	window.askWorker = (kind, question, file) => new Promise((done) => {
		waiting.set(++last, done);
		worker.postMessage({id: last, kind, question, file});
	});
	return true;
})()`

// atWorker is a person whose page has a file worker to ask.
func atWorker(t testing.TB, s *server) *person {
	p := at(t, s).open("/")
	p.holds(asker)
	return p
}

func quoted(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// ask asks the worker; file is an expression of the page, "" for none.
func ask[A any](p *person, kind string, q any, file string) (a A) {
	p.t.Helper()
	if file == "" {
		file = "undefined"
	}
	answer := p.text(fmt.Sprintf("askWorker(%s, %s, %s)", quoted(kind), quoted(quoted(q)), file))
	require.NoError(p.t, json.Unmarshal([]byte(answer), &a), answer)
	return a
}

// bytesOf is a file of those bytes, as an expression.
func bytesOf(data []byte) string {
	return `new File([Uint8Array.from(atob("` + base64.StdEncoding.EncodeToString(data) + `"), (c) => c.charCodeAt(0))], "list.csv")`
}

// rowsOf is a file that the page makes, of a heading and many rows: an
// expression of i makes each.
func rowsOf(heading string, rows int, each string) string {
	return fmt.Sprintf(`(() => {
		const lines = [%s];
		for (let i = 0; i < %d; i++) lines.push(%s);
		return new File([lines.join("\n")], "list.csv");
	})()`, quoted(heading), rows, each)
}

func TestWorkerReadsWhatTheBrowserDecodes(t *testing.T) {
	p := atWorker(t, serve(t))
	big5 := []byte("\xa9m\xa6W,\xb9q\xb8\xdc\n\xa4\xfd\xa4p\xa9\xfa,0912345678\n") // 姓名,電話 王小明
	q := question.OpenQuestion{Source: plan.Source{Name: "list.csv"}, Operation: operation.DNCRemove, Region: "TW"}
	opened := ask[plan.Opened](p, question.KindOpen, q, bytesOf(big5))
	require.Empty(t, opened.Failed)
	require.Equal(t, "big5", opened.Encodings[0].Name)
	require.Equal(t, []string{"姓名,電話", "王小明,0912345678"}, opened.Encodings[0].Sample)
	require.Empty(t, opened.Columns, "nothing is read before the person has chosen")

	q.Encoding = "big5"
	opened = ask[plan.Opened](p, question.KindOpen, q, bytesOf(big5))
	require.Equal(t, "電話", opened.Columns[1].Heading)
	require.Equal(t, []int{1}, opened.Guess.Phones)

	opened.Guess.Now = time.Now()
	s := ask[plan.Summary](p, question.KindPlan, opened.Guess, "")
	require.Equal(t, 1, s.Ready)
	view := ask[plan.View](p, question.KindView, plan.ViewQuestion{Sort: -1, Count: 10}, "")
	require.Equal(t, "王小明", view.Rows[0].Cells[0])
	require.Equal(t, "+886912345678", view.Rows[0].Sent)
}

func TestWorkerKnowsCountriesByName(t *testing.T) {
	p := atWorker(t, serve(t))
	file := bytesOf([]byte("phone,country\n0612345678,France\n0912345678,台灣\n13800138000,Chine\n(415) 555-0100,États-Unis\n"))
	opened := ask[plan.Opened](p, question.KindOpen, question.OpenQuestion{Operation: operation.DNCRemove, Region: "DE"}, file)
	require.Equal(t, 1, opened.Guess.RegionColumn)
	opened.Guess.Now = time.Now()
	s := ask[plan.Summary](p, question.KindPlan, opened.Guess, "")
	require.Equal(t, 4, s.Ready, "%+v", s)
}

// Of two plans the newer one is answered; the page is free meanwhile, and what
// belongs to the file's end is told as it goes.
func TestWorkerLetsANewerPlanTakeOver(t *testing.T) {
	p := atWorker(t, serve(t))
	p.holds(`window.big = ` + rowsOf("name,phone", 1_000_000, "`n${i},09${String(10000000 + i)}`") + `, true`)
	opened := ask[plan.Opened](p, question.KindOpen, question.OpenQuestion{Operation: operation.DNCRemove, Region: "TW"}, "big")
	require.Equal(t, 1_000_000, opened.Rows)
	one, two := opened.Guess, opened.Guess
	one.Now, two.Now = time.Now(), time.Now()
	one.Region, two.Region = "FR", "TW"
	answers := p.text(fmt.Sprintf(`(async () => {
		const one = askWorker("list.plan", %s), two = askWorker("list.plan", %s);
		return JSON.stringify([JSON.parse(await one), JSON.parse(await two)]);
	})()`, quoted(quoted(one)), quoted(quoted(two))))
	var both []plan.Summary
	require.NoError(t, json.Unmarshal([]byte(answers), &both))
	require.Equal(t, "superseded", both[0].Failed)
	require.Equal(t, 1_000_000, both[1].Ready)
	require.NotZero(t, p.number(`listProgress.length`))
}

func TestWorkerPostsTheRun(t *testing.T) {
	s := serve(t)
	p := atWorker(t, s)
	p.role("Supervisor")
	p.holds(asker)
	opened := ask[plan.Opened](p, question.KindOpen, question.OpenQuestion{Operation: operation.DNCAdd, Region: "US"},
		bytesOf([]byte("phone,who\n(415) 555-0100,Ana\n911,Bo\n415-555-0101,Li\n")))
	opened.Guess.Now = time.Now()
	summary := ask[plan.Summary](p, question.KindPlan, opened.Guess, "")
	require.Equal(t, 2, summary.Ready)
	posted := ask[question.Posted](p, question.KindPost, question.PostQuestion{Key: strings.Repeat("k", 20), Order: run.Order{
		System: "acme", Operation: operation.DNCAdd, Title: "list.csv", Note: "a test",
	}}, "")
	require.Empty(t, posted.Failed)
	require.Empty(t, posted.Problem)
	require.Equal(t, 3, posted.Run.Rows)

	p.until("the run's end", func() (bool, string) {
		var r run.Run
		s.get(s.URL+"/api/runs/"+posted.Run.ID, &r)
		return r.State == run.Finished, string(r.State)
	})
	known := ask[plan.Summary](p, question.KindAsk, question.AskQuestion{About: "known", System: "acme"}, "")
	require.Empty(t, known.Failed)
	require.Equal(t, 2, known.Known)
	require.Equal(t, 2, known.Ready, "the person has not left them out")
	opened.Guess.LeaveOut = []plan.Left{run.ReasonSentBefore}
	require.Zero(t, ask[plan.Summary](p, question.KindPlan, opened.Guess, "").Ready)
}

func TestWorkerAsksAboutCampaignAndHours(t *testing.T) {
	s := serve(t)
	p := atWorker(t, s)
	p.role("Supervisor")
	p.holds(asker)
	opened := ask[plan.Opened](p, question.KindOpen, question.OpenQuestion{Operation: operation.ContactsImport, Region: "US"},
		bytesOf([]byte("phone,name\n+33612345678,Ana\n(415) 555-0188,Li\n")))
	opened.Guess.Now, opened.Guess.Fixed = time.Now(), []byte(`{"campaign_id":6}`)
	require.Equal(t, 2, ask[plan.Summary](p, question.KindPlan, opened.Guess, "").Ready)
	night := "2026-11-24T06:30:00Z"
	closed := ask[plan.Summary](p, question.KindAsk, question.AskQuestion{About: "hours", System: "acme", At: &night}, "")
	require.Empty(t, closed.Failed)
	require.Equal(t, 2, closed.Closed, "half past seven in France, half past ten at night in California")
	present := ask[plan.Summary](p, question.KindAsk, question.AskQuestion{About: "present", System: "acme", Campaign: 6}, "")
	require.Empty(t, present.Failed)
	require.Equal(t, 2, present.Ready)
	refused := ask[plan.Summary](p, question.KindAsk, question.AskQuestion{About: "known", System: "nobody"}, "")
	require.Equal(t, "no_such_system", refused.Failed)
}

// The figures of a list of a million rows, as the page sees them.
func BenchmarkList(b *testing.B) {
	p := atWorker(b, serve(b))
	p.holds(`window.big = ` + rowsOf("id,name,phone,email,city,amount", 1_000_000,
		"`${i},Ana Ng ${i % 977},09${String(10000000 + (i * 7919) % 89999999)},user${i}@example.com,Taipei,${i % 9999}.50`") + `, true`)
	for b.Loop() {
		start := time.Now()
		opened := ask[plan.Opened](p, question.KindOpen, question.OpenQuestion{Operation: operation.DNCRemove, Region: "TW"}, "big")
		read := time.Since(start)
		opened.Guess.Now = time.Now()
		summary := ask[plan.Summary](p, question.KindPlan, opened.Guess, "")
		judged := time.Since(start)
		view := ask[plan.View](p, question.KindView, plan.ViewQuestion{Sort: -1, Count: 50}, "")
		require.Len(b, view.Rows, 50)
		require.Equal(b, 1_000_000, summary.Total)
		shown := time.Since(start)
		ask[plan.View](p, question.KindView, plan.ViewQuestion{Sort: 1, Count: 50}, "")
		sorted := time.Since(start)
		ask[plan.View](p, question.KindView, plan.ViewQuestion{Sort: -1, Search: "user77777", Count: 50}, "")
		found := time.Since(start)
		b.ReportMetric(read.Seconds(), "s/read")
		b.ReportMetric((judged - read).Seconds(), "s/judged")
		b.ReportMetric(shown.Seconds(), "s/shown")
		b.ReportMetric((sorted - shown).Seconds(), "s/sorted")
		b.ReportMetric((found - sorted).Seconds(), "s/searched")
		b.ReportMetric(p.number("big.size")/1e6, "MB/file")
	}
}
