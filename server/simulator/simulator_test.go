package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a simulator with a server in front and a clock that stands still.
type bench struct {
	t     *testing.T
	sim   *Simulator
	clock *clock
	url   string
}

const (
	apps    = operation.AppsAPI
	manager = operation.ManagerAPI
)

func start(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 2, 15, 4, 5, 123456000, time.UTC)}
	cfg := Demo()
	cfg.Clock, cfg.RequestsPerSecond = c.Now, -1
	cfg.After = func(d time.Duration) <-chan time.Time { // time passes at once
		c.Add(d)
		ch := make(chan time.Time, 1)
		ch <- c.Now()
		return ch
	}
	for _, f := range change {
		f(&cfg)
	}
	s, err := New(cfg)
	require.NoError(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &bench{t: t, sim: s, clock: c, url: server.URL}
}

// said is an answer as a caller gets it.
type said struct {
	status int
	header http.Header
	body   string
}

var client = &http.Client{
	// A connection of its own for each request: net/http would repeat a read on a kept one.
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (b *bench) try(r *http.Request) (said, error) {
	b.t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		return said{}, err
	}
	defer func() { require.NoError(b.t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	return said{resp.StatusCode, resp.Header, string(body)}, err
}

func (b *bench) ccai(method, path, body string) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(b.t, err)
	r.SetBasicAuth("acme", "demo-token")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (b *bench) do(r *http.Request) said {
	b.t.Helper()
	a, err := b.try(r)
	require.NoError(b.t, err)
	return a
}

func (b *bench) get(path string) said        { b.t.Helper(); return b.do(b.ccai("GET", path, "")) }
func (b *bench) post(path, body string) said { b.t.Helper(); return b.do(b.ccai("POST", path, body)) }
func (b *bench) check(number string) said {
	b.t.Helper()
	return b.get(apps + "/outbound_dialer/dnc/check?phone_number=" + url.QueryEscape(number))
}
func (b *bench) list(number string) said {
	b.t.Helper()
	return b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"`+number+`"}]}`)
}
func (b *bench) sms(number, text string) said {
	b.t.Helper()
	return b.post(apps+"/sms", smsBody(number, text))
}
func smsBody(number, text string) string {
	return `{"chat_type":"Messaging (SMS)","end_user_number":"` + number + `","outbound_number":"+1 628-555-0199","message":"` + text + `"}`
}

func (b *bench) file(campaign, field, content string) *http.Request {
	b.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile(field, "contacts.json")
	require.NoError(b.t, err)
	_, err = part.Write([]byte(content))
	require.NoError(b.t, err)
	require.NoError(b.t, w.Close())
	r := b.ccai("POST", apps+"/outbound_dialer/campaigns/"+campaign+"/contacts/import", form.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// last is what the simulator remembers of the last request.
func (b *bench) last() Received {
	b.t.Helper()
	all := b.sim.Received()
	require.NotEmpty(b.t, all)
	return all[len(all)-1]
}

func TestEveryOperationIsPlayed(t *testing.T) {
	unknown := operation.Operation{Name: "dnc.export", System: operation.CCAI, Method: "GET", Path: "/x"}
	_, err := build(Demo(), append(operation.Catalogue(), unknown))
	require.ErrorContains(t, err, "nobody plays the operation dnc.export")

	nobody := operation.Operation{Name: "x", System: "other", Method: "GET", Path: "/x"}
	_, err = build(Demo(), []operation.Operation{nobody})
	require.ErrorContains(t, err, `nobody plays the system "other"`)

	// And every one is reached at its own path: none is answered 404 by the router.
	b := start(t)
	for _, op := range operation.Catalogue() {
		path := strings.NewReplacer("{campaign_id}", "1", "{job_id}", "530").Replace(op.Path)
		b.do(b.ccai(op.Method, path, ""))
		require.Equal(t, op.Name, b.last().Operation)
	}
	require.Len(t, b.sim.Received(), len(operation.Catalogue()))
}

func TestNewRefusesBadAccounts(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg  Config
		want string
	}{
		"no token":           {Config{CCAI: []CCAIAccount{{Username: "a"}}}, "needs a username and a token"},
		"tenant twice":       {Config{CCAI: []CCAIAccount{{Username: "a", Token: "x"}, {Username: "a", Token: "y"}}}, "stands twice"},
		"agent keys":         {Config{CCAI: []CCAIAccount{{Username: "a", Token: "x", AgentKeys: "kebab"}}}, "camel or snake"},
		"no secret":          {Config{Callbot: []CallbotAccount{{UUID: "a"}}}, "needs a uuid and a secret"},
		"account twice":      {Config{Callbot: []CallbotAccount{{UUID: "a", Secret: "x"}, {UUID: "a", Secret: "x"}}}, "stands twice"},
		"algorithm":          {Config{Callbot: []CallbotAccount{{UUID: "a", Secret: "x", Algorithm: "SHA1"}}}, "MD5 or SHA256"},
		"what gzip requests": {Config{Callbot: []CallbotAccount{{UUID: "a", Secret: "x", GzipSigns: "both"}}}, "plain or wire"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(tc.cfg)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestBasicAuthentication(t *testing.T) {
	b := start(t)
	for name, with := range map[string]func(*http.Request){
		"nothing":       func(r *http.Request) { r.Header.Del("Authorization") },
		"wrong token":   func(r *http.Request) { r.SetBasicAuth("acme", "demo-token-live") },
		"unknown user":  func(r *http.Request) { r.SetBasicAuth("nobody", "demo-token") },
		"empty":         func(r *http.Request) { r.SetBasicAuth("", "") },
		"bearer":        func(r *http.Request) { r.Header.Set("Authorization", "Bearer demo-token") },
		"host as user":  func(r *http.Request) { r.SetBasicAuth("acme.uc1", "demo-token") },
		"empty token":   func(r *http.Request) { r.SetBasicAuth("acme", "") },
		"unknown, none": func(r *http.Request) { r.SetBasicAuth("nobody", "") },
	} {
		t.Run(name, func(t *testing.T) {
			r := b.ccai("POST", apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550100"}]}`)
			with(r)
			a := b.do(r)
			require.Equal(t, 401, a.status)
			require.JSONEq(t, `{"message":"Unauthorized"}`, a.body)
			require.False(t, b.last().Happened)
		})
	}
	require.Contains(t, b.check("+14155550100").body, `"do_not_call":false`)
}

func TestAccountsKeepApart(t *testing.T) {
	b := start(t)
	b.list("+14155550100")
	r := b.ccai("GET", apps+"/outbound_dialer/dnc/check?phone_number=%2B14155550100", "")
	r.SetBasicAuth("acme-live", "demo-token-live")
	require.Contains(t, b.do(r).body, `"do_not_call":false`)
	require.Contains(t, b.check("+14155550100").body, `"do_not_call":true`)
}

func TestTenRequestsASecond(t *testing.T) {
	b := start(t, func(c *Config) { c.RequestsPerSecond = 0 })
	for range 10 {
		require.Equal(t, 200, b.check("+14155550100").status)
		b.clock.Add(50 * time.Millisecond)
	}
	a := b.list("+14155550100")
	require.Equal(t, 429, a.status)
	require.Equal(t, "1", a.header.Get("Retry-After"))
	require.False(t, b.last().Happened)

	other := b.ccai("GET", apps+"/outbound_dialer/dnc/check?phone_number=%2B14155550100", "")
	other.SetBasicAuth("acme-live", "demo-token-live")
	require.Equal(t, 200, b.do(other).status, "the limit is each customer's own")

	b.clock.Add(500 * time.Millisecond) // one second after the first
	require.Equal(t, 200, b.check("+14155550100").status)
	require.Equal(t, 429, b.check("+14155550100").status, "the second request is less than a second ago")
}

func TestRateLimitCanBeLifted(t *testing.T) {
	b := start(t, func(c *Config) { c.RequestsPerSecond = -1 })
	for range 50 {
		require.Equal(t, 200, b.check("+14155550100").status)
	}
}

func TestResetForgets(t *testing.T) {
	b := start(t)
	b.list("+14155550100")
	require.NotEmpty(t, b.sim.Received())
	a := b.do(b.ccai("POST", "/simulator/reset", ""))
	require.Equal(t, 204, a.status)
	require.Empty(t, b.sim.Received())
	require.Contains(t, b.check("+14155550100").body, `"do_not_call":false`)

	r := b.ccai("POST", "/simulator/reset", "")
	r.Header.Set("Accept", "text/html")
	require.Equal(t, 303, b.do(r).status)
	r = b.ccai("POST", "/simulator/reset", "")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	require.Equal(t, 403, b.do(r).status)
}

func TestStateTellsWhatCameAndWhatHappened(t *testing.T) {
	b := start(t)
	b.list("+1 415-555-0100")
	b.list("+14155550100")
	b.check("+14155550100")
	_, err := b.try(b.ccai("POST", apps+"/sms", smsBody("+14155559012", "hi")))
	require.Error(t, err)
	_, err = b.try(b.ccai("POST", apps+"/sms", smsBody("+14155559011", "hi")))
	require.Error(t, err)

	require.Equal(t, []Count{
		{operation.CCAI, "acme", operation.DNCAdd, "+14155550100", 2, 2},
		{operation.CCAI, "acme", operation.DNCCheck, "+14155550100", 1, 0},
		{operation.CCAI, "acme", operation.SMSSend, "+14155559011", 1, 0},
		{operation.CCAI, "acme", operation.SMSSend, "+14155559012", 1, 1},
	}, b.sim.Counts())

	var out struct {
		Received int
		Requests []Received
		Counts   []Count
		Accounts map[string]map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal([]byte(b.get("/simulator/state").body), &out))
	require.Equal(t, 5, out.Received)
	require.Len(t, out.Requests, 5)
	require.Equal(t, Received{At: b.clock.Now(), System: operation.CCAI, Account: "acme", Operation: operation.SMSSend, Keys: []string{"+14155559012"},
		Rows: 1, Code: "9012", Status: 0, Happened: true}, out.Requests[3])
	require.Equal(t, b.sim.Counts(), out.Counts)
	require.JSONEq(t, `{"do_not_call":4,"open_sms_sessions":1,"chats":1,"contacts":759,"jobs":[]}`, string(out.Accounts["ccai"]["acme"]))
}

func TestMemoryIsBounded(t *testing.T) {
	b := start(t)
	for i := range 2*maxKept + 5 {
		r := httptest.NewRequest("GET", apps+"/outbound_dialer/dnc/check?phone_number="+url.QueryEscape(fictional(i)), nil)
		r.SetBasicAuth("acme", "demo-token")
		b.sim.ServeHTTP(httptest.NewRecorder(), r)
	}
	all := b.sim.Received()
	require.Len(t, all, maxKept)
	require.Equal(t, []string{fictional(2*maxKept + 4)}, all[len(all)-1].Keys)
	require.Equal(t, []string{fictional(maxKept + 5)}, all[0].Keys)

	numbers := make([]string, 0, 50)
	for i := range 50 {
		numbers = append(numbers, `{"phone_number":"`+fictional(i)+`"}`)
	}
	b.post(apps+"/outbound_dialer/dnc", `{"contacts":[`+strings.Join(numbers, ",")+`]}`)
	require.Len(t, b.last().Keys, maxKeys)
	require.Equal(t, 50, b.last().Rows)
}

func TestHelpPageTellsEverything(t *testing.T) {
	b := start(t)
	r, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/", nil)
	require.NoError(t, err)
	a := b.do(r)
	require.Equal(t, 200, a.status)
	require.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
	for _, want := range []string{"acme-live", "demo-token", "demo-account-uuid", "demo-secret-0001", "每週續約提醒（大）", endSession} {
		require.Contains(t, a.body, want)
	}
	text := html.UnescapeString(a.body)
	for _, v := range Magic() {
		require.Contains(t, text, "<code>"+v.Value+"</code>")
	}
	for _, never := range []string{"<script", "src=", "http://", "https://", "url("} {
		require.NotContains(t, a.body, never, "the page loads nothing")
	}
	require.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'none'")

	var values []Value
	require.NoError(t, json.Unmarshal([]byte(b.get("/simulator/magic").body), &values))
	require.Equal(t, Magic(), values)
	require.Equal(t, 404, b.get("/apps/api/v1/nothing").status)
}

func TestManyAtOnce(t *testing.T) {
	b := start(t, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for n := range 8 {
				number := fictional(i*8 + n)
				for _, r := range []*http.Request{
					b.ccai("POST", apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"`+number+`"}]}`),
					b.ccai("POST", apps+"/sms", smsBody(number, "hi")),
					b.ccai("POST", apps+"/outbound_dialer/campaigns/8/contacts", `{"phone_number":"`+number+`"}`),
					b.ccai("GET", manager+"/outbound_dialer/campaigns", ""),
					b.ccai("GET", "/simulator/state", ""),
				} {
					w := httptest.NewRecorder()
					b.sim.ServeHTTP(w, r)
					if w.Code != 200 {
						t.Errorf("%s %s: %d %s", r.Method, r.URL.Path, w.Code, w.Body)
					}
				}
			}
		})
	}
	wg.Wait()
	for _, c := range b.sim.Counts() {
		if c.Operation != operation.CampaignsList {
			require.Equal(t, 1, c.Received, c.Key)
			require.Equal(t, 1, c.Happened, c.Key)
		}
	}
}

func TestSlowAnswerEndsWithItsCaller(t *testing.T) {
	arrived := make(chan time.Duration, 1)
	b := start(t, func(c *Config) {
		c.After = func(d time.Duration) <-chan time.Time { arrived <- d; return nil } // never
	})
	for code, want := range map[string]struct {
		wait     time.Duration
		happened bool
	}{
		"9001": {3 * time.Second, true},
		"9002": {20 * time.Second, true},
		"9003": {5 * time.Minute, true},
		"9004": {30 * time.Second, false},
	} {
		t.Run(code, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				_, err := b.try(b.ccai("POST", apps+"/sms", smsBody("+1415555"+code, "hi")).WithContext(ctx))
				failed <- err
			}()
			require.Equal(t, want.wait, <-arrived)
			cancel()
			require.ErrorIs(t, <-failed, context.Canceled)
			require.Eventually(t, func() bool {
				all := b.sim.Received()
				return len(all) > 0 && all[len(all)-1].Keys[0] == "+1415555"+code
			}, 5*time.Second, time.Millisecond)
			require.Equal(t, want.happened, b.last().Happened)
		})
	}
}

// Whatever comes in is answered, and nothing but a magic value breaks the connection.
func FuzzRequests(f *testing.F) {
	all := operation.Catalogue()
	for i := range all {
		f.Add(uint8(i), "application/json", `{"contacts":[{"phone_number":"+14155550100","expires_at":null}],"phone_numbers":["911"]}`, "phone_number=1&page=-9&per=0")
		f.Add(uint8(i), "application/json", `{"contact_id":1,"agentId":1,"phone_number":"+14155559321"}`, "page=99999999999&per_page=3")
		f.Add(uint8(i), "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c\"\r\n\r\n[{}]\r\n--x--\r\n", "")
	}
	cfg := Demo()
	cfg.RequestsPerSecond = -1
	cfg.After = func(time.Duration) <-chan time.Time { // nothing is slow here
		ch := make(chan time.Time)
		close(ch)
		return ch
	}
	s, err := New(cfg)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, which uint8, kind, body, query string) {
		op := all[int(which)%len(all)]
		r := httptest.NewRequest(op.Method, strings.NewReplacer("{campaign_id}", "1", "{job_id}", "530").Replace(op.Path), strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", kind)
		r.SetBasicAuth("acme", "demo-token")
		sent := signature{algorithm: "SHA256", secret: vectorSecret, body: []byte(body), createTs: formatSeconds(time.Now()), requestID: vectorID, uuid: vectorUUID}
		r.Header.Set("requestID", sent.requestID)
		r.Header.Set("uuid", sent.uuid)
		r.Header.Set("createTs", sent.createTs)
		r.Header.Set("algorithm", sent.algorithm)
		r.Header.Set("sign", sent.digest())
		w := httptest.NewRecorder()
		defer func() {
			if p := recover(); p != nil && (p != http.ErrAbortHandler || s.Received()[len(s.Received())-1].Code == "") {
				t.Errorf("%s: %v", op.Name, p)
			}
		}()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 {
			t.Errorf("%s: status %d", op.Name, w.Code)
		}
	})
}
