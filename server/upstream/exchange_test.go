package upstream_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://acme.uc1.ccaiplatform.com":  "https://acme.uc1.ccaiplatform.com",
		"https://acme.example.com:8443/":     "https://acme.example.com:8443",
		"http://127.0.0.1:8091":              "http://127.0.0.1:8091",
		"http://localhost:8091":              "http://localhost:8091",
		"http://[::1]:8091":                  "http://[::1]:8091",
		"http://[::ffff:127.0.0.1]":          "http://[::ffff:127.0.0.1]",
		"https://xn--bcher-kva.example:443/": "https://xn--bcher-kva.example:443",
	} {
		got, err := upstream.Origin(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got.String())
	}
	for _, in := range []string{"", "acme.example.com", "http://acme.example.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
		"ftp://127.0.0.1", "https://", "https://user:pass@acme.example.com", "https://acme.example.com/apps", "https://acme.example.com?x=1",
		"https://acme.example.com#x", "https:acme.example.com", "https://a b", "://", "https://user:hunter2@[::1"} {
		_, err := upstream.Origin(in)
		require.Error(t, err, in)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, body)
	require.NoError(t, err)
	return req
}

// number stands in a query of each failing try: it must not come out in an error.
const number = "14155550123"

func TestSendFails(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	release := make(chan struct{})
	server := func(h http.HandlerFunc) *httptest.Server {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	hijacked := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(answer))
			conn.Close()
		}
	}
	slow := server(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) }) // before slow closes
	halting := server(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("half"))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})

	for _, tc := range []struct {
		name     string
		url      string
		ctx      context.Context
		timeouts upstream.Timeouts
		left     bool
	}{
		{name: "closed port", url: "http://" + closed.Addr().String()},
		{name: "no such host", url: "https://outdial.invalid"},
		{name: "TLS: a certificate nobody vouches for", url: secure.URL},
		{name: "TLS spoken to a plain server", url: strings.Replace(slow.URL, "http:", "https:", 1), timeouts: upstream.Timeouts{TLS: 50 * time.Millisecond}},
		{name: "context ended before", url: slow.URL, ctx: ended},
		{name: "cut after the request", url: server(hijacked("")).URL, left: true},
		{name: "cut inside the header", url: server(hijacked("HTTP/1.1 200 OK\r\nContent-")).URL, left: true},
		{name: "not HTTP", url: server(hijacked("SSH-2.0-x\r\n\r\n")).URL, left: true},
		{name: "cut inside the body", url: server(hijacked("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")).URL, left: true},
		{name: "cut inside a chunk", url: server(hijacked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{")).URL, left: true},
		{name: "no header in time", url: slow.URL, timeouts: upstream.Timeouts{Header: 30 * time.Millisecond}, left: true},
		{name: "no end in time", url: slow.URL, timeouts: upstream.Timeouts{Whole: 60 * time.Millisecond}, left: true},
		{name: "the body never ends", url: halting.URL, timeouts: upstream.Timeouts{Whole: 60 * time.Millisecond}, left: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx := tc.ctx
			if ctx == nil {
				ctx = context.Background()
			}
			_, err := upstream.NewSender(nil, tc.timeouts, 0).Send(ctx, request(t, "POST", tc.url+"/x?phone_number="+number, strings.NewReader("{}")))
			var never *upstream.NeverLeft
			var unanswered *upstream.Unanswered
			require.Equal(t, !tc.left, errors.As(err, &never), "%v", err)
			require.Equal(t, tc.left, errors.As(err, &unanswered), "%v", err)
			require.NotContains(t, err.Error(), number)
			if tc.ctx != nil {
				require.ErrorIs(t, err, context.Canceled)
			}
		})
	}
}

func TestSendContextEndsWhileWaiting(t *testing.T) {
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := upstream.NewSender(nil, upstream.Timeouts{}, 0).Send(ctx, request(t, "POST", server.URL, strings.NewReader("{}")))
	var unanswered *upstream.Unanswered
	require.ErrorAs(t, err, &unanswered)
	require.ErrorIs(t, err, context.Canceled)
}

// A server that closes kept connections as it pleases: whatever it does, no
// request with a body arrives twice.
func TestSendNeverRepeatsAWrite(t *testing.T) {
	var arrived, served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived.Add(1)
		if served.Add(1)%2 == 0 { // the second on each connection is cut, unanswered
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.Close()
			}
			return
		}
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	sender := upstream.NewSender(nil, upstream.Timeouts{}, 0)
	for _, method := range []string{"POST", "PATCH", "DELETE"} {
		arrived.Store(0)
		served.Store(0)
		for range 10 {
			_, err := sender.Send(context.Background(), request(t, method, server.URL, strings.NewReader(`{"a":1}`)))
			if err != nil {
				var unanswered *upstream.Unanswered
				require.ErrorAs(t, err, &unanswered)
			}
		}
		require.Equal(t, int64(10), arrived.Load(), method)
	}
}

func TestSendFollowsNoRedirect(t *testing.T) {
	followed := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			followed = true
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	a, err := upstream.NewSender(nil, upstream.Timeouts{}, 0).Send(context.Background(), request(t, "GET", server.URL+"/", nil))
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, a.Status)
	require.False(t, followed)
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestSendReadsAnswers(t *testing.T) {
	bomb := zipped(t, strings.Repeat("a", 5000))
	for _, tc := range []struct {
		name, encoding string
		body           []byte
		want           string
		broken         string
	}{
		{"plain", "", []byte(`{"a":1}`), `{"a":1}`, ""},
		{"identity", "identity", []byte(`{"a":1}`), `{"a":1}`, ""},
		{"gzip", "gzip", zipped(t, `{"a":1}`), `{"a":1}`, ""},
		{"x-gzip in capitals", "X-GZIP", zipped(t, `{"a":1}`), `{"a":1}`, ""},
		{"empty gzip", "gzip", nil, "", ""},
		{"not gzip at all", "gzip", []byte(`{"a":1}`), `{"a":1}`, "unzip"},
		{"gzip cut short", "gzip", zipped(t, `{"a":1}`)[:20], string(zipped(t, `{"a":1}`)[:20]), "unzip"},
		{"another encoding", "br", []byte("x"), "x", "not asked for"},
		{"too long", "", bytes.Repeat([]byte("a"), 1001), strings.Repeat("a", 1000), "longer than 1000"},
		{"too long when unzipped", "gzip", bomb, string(bomb), "longer than 1000"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept-Encoding") != "gzip" {
					http.Error(w, "asks for no gzip", http.StatusTeapot)
					return
				}
				if tc.encoding != "" {
					w.Header().Set("Content-Encoding", tc.encoding)
				}
				_, _ = w.Write(tc.body)
			}))
			defer server.Close()
			a, err := upstream.NewSender(nil, upstream.Timeouts{}, 1000).Send(context.Background(), request(t, "GET", server.URL, nil))
			require.NoError(t, err)
			require.Equal(t, 200, a.Status)
			require.Equal(t, tc.want, string(a.Body))
			if tc.broken == "" {
				require.NoError(t, a.Broken)
				require.Equal(t, string(tc.body), string(a.Wire))
				return
			}
			require.ErrorContains(t, a.Broken, tc.broken)
		})
	}
}

// The client's own transport refuses what is weaker than TLS 1.2.
func TestSendRefusesOldTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11} //nolint:gosec // what must be refused
	server.StartTLS()
	defer server.Close()
	_, err := upstream.NewSender(nil, upstream.Timeouts{}, 0).Send(context.Background(), request(t, "GET", server.URL, nil))
	var never *upstream.NeverLeft
	require.ErrorAs(t, err, &never)
}

func TestClassOf(t *testing.T) {
	for status, want := range map[int]upstream.Class{
		200: upstream.Answered, 202: upstream.Answered, 204: upstream.Answered,
		301: upstream.Refused, 307: upstream.Refused, 308: upstream.Refused,
		300: upstream.Failed, 302: upstream.Failed, 303: upstream.Failed, 304: upstream.Failed,
		400: upstream.Refused, 401: upstream.Refused, 403: upstream.Refused, 404: upstream.Refused, 409: upstream.Refused, 422: upstream.Refused,
		429: upstream.PutOff,
		500: upstream.Failed, 502: upstream.Failed, 503: upstream.Failed, 504: upstream.Failed, 600: upstream.Failed, 101: upstream.Failed,
	} {
		require.Equal(t, want, upstream.ClassOf(status), status)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"-7":                            0,
		"7.5":                           0,
		"soon":                          0,
		"99999999999999":                0,
		"Sat, 01 Aug 2026 12:00:30 GMT": 30 * time.Second,
		"Sat, 01 Aug 2026 11:00:00 GMT": 0,
	} {
		require.Equal(t, want, upstream.RetryAfter(http.Header{"Retry-After": {in}}, now), in)
	}
}

func TestOverall(t *testing.T) {
	for _, tc := range []struct {
		rows []wire.Outcome
		want wire.Outcome
	}{
		{[]wire.Outcome{wire.Accepted, wire.Updated, wire.Refused, wire.Skipped, wire.Unknown}, wire.Unknown},
		{[]wire.Outcome{wire.Refused, wire.Accepted, wire.Updated}, wire.Accepted},
		{[]wire.Outcome{wire.Refused, wire.Updated}, wire.Updated},
		{[]wire.Outcome{wire.Skipped, wire.Refused}, wire.Refused},
		{[]wire.Outcome{wire.Skipped}, wire.Skipped},
	} {
		rows := make([]wire.Row, len(tc.rows))
		for i, o := range tc.rows {
			rows[i].Outcome = o
		}
		require.Equal(t, tc.want, upstream.Overall(rows))
	}
}

func TestRows(t *testing.T) {
	require.Equal(t, []wire.Row{
		{Index: 0, Outcome: wire.Refused, Reason: "r", Text: "t", Typed: "415", Sent: "+1415"},
		{Index: 1, Outcome: wire.Refused, Reason: "r", Text: "t"},
	}, upstream.Rows([]operation.Item{{Typed: "415", Sent: "+1415"}, {}}, wire.Refused, "r", "t"))
}

func TestID(t *testing.T) {
	require.Equal(t, "abc", upstream.ID("abc"))
	require.Len(t, upstream.ID(strings.Repeat("a", 1000)), 200)
	require.Equal(t, strings.Repeat("a", 199), upstream.ID(strings.Repeat("a", 199)+"é"))
}
