package gateway

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"outdial/server/ledger"
	"outdial/server/problem"
	runs "outdial/server/run"
	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// fakeRuns holds one run of the supervisor and remembers what was asked.
type fakeRuns struct {
	asked  []string
	filter runs.RowFilter
	body   string
	rows   []run.Result
	broken error // after the first row
}

var oneRun = run.Run{ID: "run-1", System: "acme", Title: "März / list.csv", Columns: []string{"name", "phone", ""}, Rows: 2,
	Progress: run.Progress{State: run.Running, Counts: map[wire.Outcome]int{wire.Accepted: 1}, Waiting: 1}}

func (f *fakeRuns) one(what string, who runs.Person, id string) (run.Run, error) {
	f.asked = append(f.asked, what+" "+id+" by "+who.ID)
	switch {
	case id != "run-1" || who.Role == operation.Agent:
		return run.Run{}, problem.NoSuchRun
	case what == "pause":
		return run.Run{}, problem.RunState
	}
	return oneRun, nil
}

func (f *fakeRuns) Take(_ context.Context, who runs.Person, key string, body io.Reader) (run.Run, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return run.Run{}, err
	}
	f.body = key + " " + string(data)
	if who.Role == operation.Agent {
		return run.Run{}, problem.NotAllowed
	}
	return oneRun, nil
}

func (f *fakeRuns) Get(_ context.Context, who runs.Person, id string) (run.Run, error) {
	return f.one("get", who, id)
}

func (f *fakeRuns) List(_ context.Context, who runs.Person, before string, limit int) (run.Page, error) {
	return run.Page{Runs: []run.Run{oneRun}, More: before == "run-9" && limit == 7}, nil
}

func (f *fakeRuns) Pause(_ context.Context, who runs.Person, id string) (run.Run, error) {
	return f.one("pause", who, id)
}

func (f *fakeRuns) Resume(_ context.Context, who runs.Person, id string) (run.Run, error) {
	return f.one("resume", who, id)
}

func (f *fakeRuns) Cancel(_ context.Context, who runs.Person, id string) (run.Run, error) {
	return f.one("cancel", who, id)
}

func (f *fakeRuns) Undo(_ context.Context, who runs.Person, id, note string) (run.Run, error) {
	return f.one("undo for "+note, who, id)
}

func (f *fakeRuns) Rows(_ context.Context, who runs.Person, id string, filter runs.RowFilter) (run.Results, error) {
	f.filter = filter
	_, err := f.one("rows", who, id)
	return run.Results{Rows: f.rows}, err
}

func (f *fakeRuns) Each(_ context.Context, who runs.Person, id string, hand func(run.Result) error) error {
	if _, err := f.one("each", who, id); err != nil {
		return err
	}
	for i, r := range f.rows {
		if i == 1 && f.broken != nil {
			return f.broken
		}
		if err := hand(r); err != nil {
			return err
		}
	}
	return nil
}

// fakeKnown knows one number, and its window.
type fakeKnown struct{}

func (fakeKnown) Known(_ context.Context, system string, name operation.Name, numbers []string) (map[string]ledger.Latest, error) {
	return map[string]ledger.Latest{"+14155550100": {Outcome: wire.Unknown, At: noon}}, nil
}

func (fakeKnown) Opens(at time.Time, op operation.Name, e164 string) time.Time {
	if op == operation.SMSSend && e164 == "+14155550100" {
		return at.Add(time.Hour)
	}
	return at
}

func withRuns(f *fakeRuns) func(*Config) {
	return func(c *Config) {
		c.Runs, c.Known, c.Hours = f, fakeKnown{}, fakeKnown{}
		c.Limits.RunBytes = 500
	}
}

func (fakeKnown) Rules() []hours.Rule { return nil }

func TestRuns(t *testing.T) {
	key := []string{"Idempotency-Key", "key-one-1"}
	f := &fakeRuns{}
	for _, s := range []scenario{
		{name: "taken", method: "POST", url: "/api/runs", as: "supervisor", headers: key, body: `{"calls":[]}`, status: 200,
			want:  []string{`"id":"run-1"`, `"state":"running"`, `"counts":{"accepted":1}`, `"waiting":1`},
			check: func(t *testing.T, _ *world, _ string) { require.Equal(t, `key-one-1 {"calls":[]}`, f.body) }},
		{name: "nobody", method: "POST", url: "/api/runs", headers: key, body: `{}`, status: 401},
		{name: "an agent", method: "POST", url: "/api/runs", as: "agent", headers: key, body: `{}`, status: 403, want: []string{"not_allowed"}},
		{name: "no key", method: "POST", url: "/api/runs", as: "supervisor", body: `{}`, status: 400, want: []string{"key_missing"}},
		{name: "two keys", method: "POST", url: "/api/runs", as: "supervisor", headers: append(key, key...), body: `{}`, status: 400, want: []string{"key_missing"}},
		{name: "a short key", method: "POST", url: "/api/runs", as: "supervisor", headers: []string{"Idempotency-Key", "short"}, body: `{}`, status: 400, want: []string{"key_missing"}},
		{name: "not JSON", method: "POST", url: "/api/runs", as: "supervisor", headers: append(key, "Content-Type", "text/plain"), body: `{}`, status: 415},
		{name: "compressed", method: "POST", url: "/api/runs", as: "supervisor", headers: append(key, "Content-Encoding", "gzip"), body: `{}`, status: 415},
		{name: "too large", method: "POST", url: "/api/runs", as: "supervisor", headers: key, body: strings.Repeat(" ", 501), status: 413},
		{name: "from another site", method: "POST", url: "/api/runs", as: "supervisor", headers: append(key, "Sec-Fetch-Site", "cross-site"), body: `{}`, status: 403, want: []string{"cross_origin"}},
		{name: "a list of runs", method: "GET", url: "/api/runs?before=run-9&limit=7", as: "supervisor", status: 200, want: []string{`"more":true`, `"runs":[{`}},
		{name: "an odd limit", method: "GET", url: "/api/runs?limit=many", as: "supervisor", status: 400, want: []string{"bad_query"}},
		{name: "an unknown filter", method: "GET", url: "/api/runs?number=%2B14155550100", as: "supervisor", status: 400, want: []string{"bad_query"}, not: []string{"14155550100"}},
		{name: "one run", method: "GET", url: "/api/runs/run-1", as: "supervisor", status: 200, want: []string{`"id":"run-1"`}},
		{name: "another", method: "GET", url: "/api/runs/run-2", as: "supervisor", status: 404, want: []string{"no_such_run"}},
		{name: "resumed", method: "POST", url: "/api/runs/run-1/resume", as: "supervisor", body: `{}`, status: 200, want: []string{`"id":"run-1"`}},
		{name: "cancelled", method: "POST", url: "/api/runs/run-1/cancel", as: "supervisor", body: `{}`, status: 200, want: []string{`"id":"run-1"`}},
		{name: "not to be paused", method: "POST", url: "/api/runs/run-1/pause", as: "supervisor", body: `{}`, status: 409, want: []string{"run_state"}},
		{name: "paused by GET", method: "GET", url: "/api/runs/run-1/pause", as: "supervisor", status: 405},
		{name: "undone", method: "POST", url: "/api/runs/run-1/undo", as: "supervisor", body: `{"note":"a mistake"}`, status: 200,
			check: func(t *testing.T, _ *world, _ string) {
				require.Contains(t, f.asked, "undo for a mistake run-1 by supervisor@example.com")
			}},
		{name: "rows", method: "GET", url: "/api/runs/run-1/rows?outcome=refused&reason=no&after=12&limit=3", as: "supervisor", status: 200, want: []string{`{"rows":`},
			check: func(t *testing.T, _ *world, _ string) {
				require.Equal(t, runs.RowFilter{Outcome: wire.Refused, Reason: "no", After: 12, Limit: 3}, f.filter)
			}},
		{name: "rows that wait", method: "GET", url: "/api/runs/run-1/rows?outcome=waiting", as: "supervisor", status: 200,
			check: func(t *testing.T, _ *world, _ string) { require.Equal(t, runs.RowFilter{Waiting: true}, f.filter) }},
		{name: "rows of no outcome", method: "GET", url: "/api/runs/run-1/rows?outcome=odd", as: "supervisor", status: 400, want: []string{"bad_query"}},
		{name: "rows before the first", method: "GET", url: "/api/runs/run-1/rows?after=-1", as: "supervisor", status: 400, want: []string{"bad_query"}},
		{name: "results of another's run", method: "GET", url: "/api/runs/run-1/results?format=csv", as: "agent", status: 404, want: []string{"no_such_run"}},
		{name: "results in another format", method: "GET", url: "/api/runs/run-1/results?format=pdf", as: "supervisor", status: 400, want: []string{"bad_query"}},
		{name: "known", method: "POST", url: "/api/lists/known", as: "supervisor", body: `{"system":"acme","operation":"sms.send","numbers":["+14155550101","+14155550100"]}`, status: 200,
			want: []string{`{"numbers":[{"index":1,"outcome":"unknown","at":"2026-03-01T12:00:00Z"}]}`}},
		{name: "known to an agent", method: "POST", url: "/api/lists/known", as: "agent", body: `{"system":"acme","operation":"sms.send","numbers":[]}`, status: 403},
		{name: "known of what one may not do", method: "POST", url: "/api/lists/known", as: "supervisor", body: `{"system":"nx","operation":"callbot.import","numbers":[]}`, status: 403},
		{name: "known of another kind", method: "POST", url: "/api/lists/known", as: "supervisor", body: `{"system":"nx","operation":"sms.send","numbers":[]}`, status: 404},
		{name: "known nowhere", method: "POST", url: "/api/lists/known", as: "supervisor", body: `{"system":"none","operation":"sms.send","numbers":[]}`, status: 404},
		{name: "too many at once", method: "POST", url: "/api/lists/known", as: "supervisor", status: 422, want: []string{`"too_many"`, `"5000"`},
			body: `{"system":"acme","operation":"sms.send","numbers":["` + strings.Repeat(`1","`, 5000) + `1"]}`},
		{name: "hours", method: "POST", url: "/api/lists/hours", as: "agent", body: `{"operation":"sms.send","numbers":["+14155550101","+14155550100"]}`, status: 200,
			want: []string{`{"opens":[null,"2026-03-01T13:00:00Z"]}`}},
		{name: "hours another day", method: "POST", url: "/api/lists/hours", as: "agent", body: `{"operation":"sms.send","at":"2026-03-02T12:00:00+01:00","numbers":["+14155550100"]}`, status: 200,
			want: []string{`{"opens":["2026-03-02T12:00:00Z"]}`}},
		{name: "hours of nothing", method: "POST", url: "/api/lists/hours", as: "agent", body: `{"operation":"odd","numbers":[]}`, status: 404},
	} {
		s.change = withRuns(f)
		s.run(t)
	}
}

func TestARunsOwnSizeLimitHoldsForStreams(t *testing.T) {
	// A body whose length is not announced is read by Take, which counts.
	f := &fakeRuns{}
	w := newWorld(t, withRuns(f))
	r := httptest.NewRequest("POST", "https://outdial.example.com/api/runs", io.NopCloser(strings.NewReader(`{"calls":[]}`)))
	r.ContentLength = -1
	r.Header.Set("As", "supervisor")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "key-one-1")
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, `key-one-1 {"calls":[]}`, f.body)
}

// awkward are rows with everything that breaks a file.
func awkward() []run.Result {
	at := noon
	return []run.Result{
		{Row: run.Row{Line: 1, Cells: []string{`Ana "the boss", Ltd`, "+1 415 555 0100"}, Sent: "+14155550100"}, Outcome: wire.Accepted, At: &at, Call: "call-1"},
		{Row: run.Row{Line: 2, Cells: []string{"=HYPERLINK(\"http://x\")", "@SUM(A1)"}}, Outcome: wire.Skipped, Reason: "impossible", Text: "-2+3"},
		{Row: run.Row{Line: 3, Cells: []string{"two\nlines", " spaces "}}, Outcome: wire.Refused, Reason: "no", Text: "\ttheir words"},
		{Row: run.Row{Line: 4, Cells: []string{"林", "0912", "a cell too many"}}},
		{Row: run.Row{Line: 5, Cells: []string{"a cell too few"}}},
	}
}

func (f *fakeRuns) file(t *testing.T, format string) (*http.Response, []byte) {
	t.Helper()
	w := newWorld(t, withRuns(f))
	res, body := scenario{method: "GET", url: "/api/runs/run-1/results?format=" + format, as: "supervisor"}.send(t, w)
	require.Equal(t, 200, res.StatusCode)
	requireSafe(t, res)
	require.Equal(t, `attachment; filename="M_rz - list-result.`+format+`"; filename*=UTF-8''M%C3%A4rz%20-%20list-result.`+format, strings.ReplaceAll(res.Header.Get("Content-Disposition"), "M_rz_-_list", "M_rz - list"))
	return res, []byte(body)
}

func TestResultsAsCSV(t *testing.T) {
	res, body := (&fakeRuns{rows: awkward()}).file(t, "csv")
	require.Equal(t, "text/csv; charset=utf-8", res.Header.Get("Content-Type"))
	require.True(t, bytes.HasPrefix(body, []byte("\xEF\xBB\xBFname,phone,,outdial_sent,outdial_outcome,")), "%q", body[:60])
	require.Equal(t, strings.Count(string(body), "\r\n"), 6)
	records, err := csv.NewReader(bytes.NewReader(body[3:])).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"name", "phone", "", "outdial_sent", "outdial_outcome", "outdial_reason", "outdial_text", "outdial_time", "outdial_call", "outdial_run"},
		{`Ana "the boss", Ltd`, "'+1 415 555 0100", "", "'+14155550100", "accepted", "", "", "2026-03-01T12:00:00Z", "call-1", "run-1"},
		{"'=HYPERLINK(\"http://x\")", "'@SUM(A1)", "", "", "skipped", "impossible", "'-2+3", "", "", "run-1"},
		{"two\nlines", " spaces ", "", "", "refused", "no", "'\ttheir words", "", "", "run-1"},
		{"林", "0912", "a cell too many", "", "", "", "", "", "", "run-1"},
		{"a cell too few", "", "", "", "", "", "", "", "", "run-1"},
	}, records)
}

func TestResultsAsWorkbook(t *testing.T) {
	rows := awkward()
	rows[0].Cells[0] = "control \x01\x0b signs " + strings.Repeat("é", 40_000)
	_, body := (&fakeRuns{rows: rows}).file(t, "xlsx")
	f, err := excelize.OpenReader(bytes.NewReader(body))
	require.NoError(t, err)
	defer f.Close()
	got, err := f.GetRows("Result")
	require.NoError(t, err)
	require.Len(t, got, 6)
	require.Equal(t, "outdial_outcome", got[0][4])
	require.True(t, strings.HasPrefix(got[1][0], "control  signs é"))
	require.Len(t, []rune(got[1][0]), cellMost)
	require.Equal(t, "+1 415 555 0100", got[1][1])
	require.Equal(t, "=HYPERLINK(\"http://x\")", got[2][0], "text, as it stood")
	for _, cell := range []string{"A3", "B3", "G3", "B2", "D2"} {
		formula, err := f.GetCellFormula("Result", cell)
		require.NoError(t, err)
		require.Empty(t, formula)
		kind, err := f.GetCellType("Result", cell)
		require.NoError(t, err)
		require.Equal(t, excelize.CellTypeInlineString, kind, cell)
	}
}

// A file that cannot be finished must not look whole.
func TestABrokenResultFileIsCutOff(t *testing.T) {
	f := &fakeRuns{rows: awkward(), broken: errors.New("disk I/O error")}
	w := newWorld(t, withRuns(f))
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		f.broken = errors.New("disk I/O error")
		scenario{method: "GET", url: "/api/runs/run-1/results?format=csv", as: "supervisor"}.send(t, w)
	})
}

func TestEventsOfRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		client, _ := w.connect(t)
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://outdial.example.com/api/events", nil)
		require.NoError(t, err)
		r.URL.Scheme = "http"
		r.Header.Set("As", "agent")
		res, err := client.Do(r)
		require.NoError(t, err)
		synctest.Wait()
		w.Events.PublishRun("agent@example.com", run.Event{Run: "run-1", Progress: run.Progress{State: run.Running, Counts: map[wire.Outcome]int{wire.Accepted: 2}, Waiting: 3}})
		want := "retry: 2000\n\nevent: run\ndata: {\"run\":\"run-1\",\"state\":\"running\",\"counts\":{\"accepted\":2},\"waiting\":3,\"calls_done\":0}\n\n"
		got := make([]byte, len(want))
		_, err = io.ReadFull(res.Body, got)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
		require.NoError(t, res.Body.Close())
	})
}
