package callbot_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream"
	"outdial/server/upstream/callbot"
	"outdial/server/upstream/upstreamtest"
	shared "outdial/shared/callbot"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

func TestNew(t *testing.T) {
	good := callbot.Config{UUID: uuid, Secret: "hunter2"}
	for _, tc := range []struct {
		name   string
		change func(*callbot.Config)
		err    string
	}{
		{"defaults", func(*callbot.Config) {}, ""},
		{"loopback", func(c *callbot.Config) { c.BaseURL = "http://127.0.0.1:1" }, ""},
		{"no TLS", func(c *callbot.Config) { c.BaseURL = "http://nxbot.nxcloud.com" }, "https is required"},
		{"no uuid", func(c *callbot.Config) { c.UUID = "" }, "no uuid"},
		{"no secret", func(c *callbot.Config) { c.Secret = "" }, "no secret"},
		{"algorithm", func(c *callbot.Config) { c.Algorithm = "sha-1" }, "MD5 or SHA256"},
		{"verification", func(c *callbot.Config) { c.VerifyResponses = "maybe" }, "off, warn or enforce"},
		{"gzip signs", func(c *callbot.Config) { c.GzipSigns = "both" }, "plain or wire"},
		{"gzip over", func(c *callbot.Config) { c.GzipOver = -1 }, "negative"},
		{"skew", func(c *callbot.Config) { c.SkewWindow = -time.Second }, "negative"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := good
			tc.change(&c)
			_, err := callbot.New(c)
			if tc.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.err)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func brief(r upstream.Result) string {
	var rows []string
	for _, row := range r.Rows {
		text := string(row.Outcome)
		if row.Reason != "" {
			text += " " + strings.TrimPrefix(row.Reason, "callbot.")
		}
		if row.Text != "" {
			text += " (" + row.Text + ")"
		}
		rows = append(rows, text)
	}
	return strings.Join(rows, ", ")
}

// sound checks what holds of every result, whatever the answer was.
func sound(t testing.TB, p operation.Prepared, r upstream.Result) {
	t.Helper()
	require.Len(t, r.Rows, len(p.Rows))
	for i, row := range r.Rows {
		require.Equal(t, i, row.Index)
		require.Equal(t, p.Rows[i].Sent, row.Sent)
		require.True(t, row.Outcome.Known())
		if !row.Outcome.Done() {
			require.Contains(t, shared.Codes(), row.Reason)
		}
	}
	require.Equal(t, upstream.Overall(r.Rows), r.Outcome)
	require.Equal(t, !r.Outcome.Done(), r.Error != nil)
	if r.Error != nil {
		require.NotEmpty(t, r.Error.Message)
		require.NotContains(t, r.Error.Message, secret)
	}
	require.NotEmpty(t, r.RequestID)
	switch r.Class {
	case upstream.PutOff, upstream.Refused:
		require.Equal(t, wire.Refused, r.Outcome)
	case upstream.Failed:
		require.Equal(t, wire.Unknown, r.Outcome)
	}
}

// signed is an answer with the headers that the vendor documents.
func signed(algorithm string, status int, body string) []byte {
	return upstreamtest.HTTP(status, body, seal(algorithm, body, strconv.Itoa(createTs+1))...)
}

func seal(algorithm, body, ts string) []string {
	return []string{
		"requestID: " + requestID, "uuid: " + uuid, "createTs: " + ts,
		"sign: " + callbot.Sign(algorithm, secret, body, ts, requestID, uuid),
	}
}

func try(t testing.TB, c callbot.Config, p operation.Prepared, answer []byte) upstream.Result {
	t.Helper()
	c.Transport = upstreamtest.NewWire(t, answer)
	r, err := client(t, c).Try(context.Background(), p)
	require.NoError(t, err)
	sound(t, p, r)
	return r
}

const ok2 = `{"retCode":0,"retMsg":"ok","responseID":"resp-1","totalCount":2,"successCount":2}`

func TestImportAnswers(t *testing.T) {
	printed, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "callbot", "testdata", "import.json"))
	require.NoError(t, err)
	for _, tc := range []struct {
		name   string
		status int
		body   string
		class  upstream.Class
		want   string
	}{
		{"all taken", 200, ok2, upstream.Answered, "accepted, accepted"},
		{"one refused", 200, `{"retCode":0,"totalCount":2,"successCount":1,"errList":[{"phone":"8615600000002","errMsg":"blacklist"}]}`, upstream.Answered, "accepted, refused row_refused (blacklist)"},
		{"as printed", 200, string(printed), upstream.Answered, "unknown counts_differ (string), unknown counts_differ (string)"},
		{"a number that no row has", 200, `{"retCode":0,"successCount":1,"errList":[{"phone":"999","errMsg":"bad"}]}`, upstream.Answered, "unknown unmatched_phone (bad), unknown unmatched_phone (bad)"},
		{"no count", 200, `{"retCode":0}`, upstream.Answered, "unknown counts_differ, unknown counts_differ"},
		{"1", 200, `{"retCode":1,"retMsg":"error"}`, upstream.Failed, "unknown general_error (error), unknown general_error (error)"},
		{"2", 200, `{"retCode":2,"retMsg":"m"}`, upstream.Refused, "refused parameter_missing (m), refused parameter_missing (m)"},
		{"3", 200, `{"retCode":3}`, upstream.Refused, "refused parameter_format, refused parameter_format"},
		{"4", 200, `{"retCode":4}`, upstream.Refused, "refused parameter_value, refused parameter_value"},
		{"4001", 200, `{"retCode":4001}`, upstream.Refused, "refused too_many, refused too_many"},
		{"5", 200, `{"retCode":5}`, upstream.Failed, "unknown maintenance, unknown maintenance"},
		{"5001", 200, `{"retCode":5001}`, upstream.Failed, "unknown internal, unknown internal"},
		{"6", 200, `{"retCode":6}`, upstream.Refused, "refused signature_wrong, refused signature_wrong"},
		{"6001", 200, `{"retCode":6001}`, upstream.Refused, "refused signature_missing, refused signature_missing"},
		{"6002", 200, `{"retCode":6002}`, upstream.Refused, "refused no_account, refused no_account"},
		{"6003", 200, `{"retCode":6003}`, upstream.Refused, "refused no_permission, refused no_permission"},
		{"7", 200, `{"retCode":7}`, upstream.PutOff, "refused busy, refused busy"},
		{"1001", 200, `{"retCode":1001,"successCount":0}`, upstream.PutOff, "refused import_in_progress, refused import_in_progress"},
		{"a code nobody documented", 200, `{"retCode":8}`, upstream.Failed, "unknown undocumented_code, unknown undocumented_code"},
		{"busy, and yet something was taken", 200, `{"retCode":7,"successCount":1}`, upstream.Failed, "unknown contradictory, unknown contradictory"},
		{"refused, and yet something was taken", 200, `{"retCode":4,"successCount":2}`, upstream.Failed, "unknown contradictory, unknown contradictory"},
		{"no retCode", 200, `{}`, upstream.Failed, "unknown unreadable, unknown unreadable"},
		{"a page", 200, `<title>Sign in</title>`, upstream.Failed, "unknown unreadable (Sign in), unknown unreadable (Sign in)"},
		{"nothing", 200, ``, upstream.Failed, "unknown unreadable, unknown unreadable"},
		{"HTTP 413", 413, `<title>Too large</title>`, upstream.Refused, "refused refused (Too large), refused refused (Too large)"},
		{"HTTP 401 with a retCode", 401, `{"retCode":6003,"retMsg":"no"}`, upstream.Refused, "refused no_permission (no), refused no_permission (no)"},
		{"HTTP 429", 429, ``, upstream.PutOff, "refused busy, refused busy"},
		{"HTTP 502", 502, `<title>Bad gateway</title>`, upstream.Failed, "unknown failed (Bad gateway), unknown failed (Bad gateway)"},
		{"HTTP 500 with success in it", 500, ok2, upstream.Failed, "unknown failed (ok), unknown failed (ok)"},
		{"HTTP 302", 302, ``, upstream.Failed, "unknown redirected, unknown redirected"},
		{"HTTP 308", 308, ``, upstream.Refused, "refused redirected, refused redirected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := prepared(t, operation.CallbotImport, importTwo)
			for _, mode := range []string{callbot.Off, callbot.Warn, callbot.Enforce} {
				r := try(t, callbot.Config{VerifyResponses: mode}, p, signed(callbot.MD5, tc.status, tc.body))
				require.Equal(t, tc.class, r.Class, mode)
				require.Equal(t, tc.want, brief(r), mode)
				require.Equal(t, tc.status, r.Status)
			}
		})
	}
}

func TestPing(t *testing.T) {
	p := prepared(t, operation.CallbotPing, `{}`)
	r := try(t, callbot.Config{Algorithm: callbot.SHA256}, p,
		signed(callbot.SHA256, 200, `{"data":"ping","timestamp":1727308801,"code":0,"msg":"success","reqId":"r-1"}`))
	require.Equal(t, upstream.Answered, r.Class)
	require.Equal(t, "accepted", brief(r))
	require.Equal(t, "r-1", r.RequestID)
	r = try(t, callbot.Config{}, p, signed(callbot.MD5, 200, `{"code":6,"msg":"sign error","reqId":"r-2"}`))
	require.Equal(t, upstream.Refused, r.Class)
	require.Equal(t, &wire.Error{Code: "callbot.signature_wrong", Message: "sign error"}, r.Error)
	r = try(t, callbot.Config{}, p, signed(callbot.MD5, 200, `{"data":"ping"}`))
	require.Equal(t, upstream.Failed, r.Class)
}

func TestRequestID(t *testing.T) {
	p := prepared(t, operation.CallbotImport, importTwo)
	require.Equal(t, "resp-1", try(t, callbot.Config{}, p, signed(callbot.MD5, 200, ok2)).RequestID)
	require.Equal(t, requestID, try(t, callbot.Config{}, p, signed(callbot.MD5, 502, "")).RequestID, "ours, when it gives none")
}

func TestRetryAfter(t *testing.T) {
	p := prepared(t, operation.CallbotImport, importTwo)
	body := `{"retCode":1001}`
	r := try(t, callbot.Config{}, p, upstreamtest.HTTP(200, body, append(seal(callbot.MD5, body, "1727308800"), "Retry-After: 9")...))
	require.Equal(t, 9*time.Second, r.RetryAfter)
}

func TestForgedAnswers(t *testing.T) {
	at := func(seconds int) string { return strconv.Itoa(createTs + seconds) }
	without := func(lines []string, name string) (kept []string) {
		for _, line := range lines {
			if !strings.HasPrefix(line, name+":") {
				kept = append(kept, line)
			}
		}
		return kept
	}
	sealed := seal(callbot.MD5, ok2, at(1))
	for _, tc := range []struct {
		name   string
		answer []byte
		why    string // empty: believed
	}{
		{"as documented", upstreamtest.HTTP(200, ok2, sealed...), ""},
		{"in lower case", upstreamtest.HTTP(200, ok2, append(without(sealed, "sign"), "sign: "+strings.ToLower(callbot.Sign(callbot.MD5, secret, ok2, at(1), requestID, uuid)))...), ""},
		{"at the edge of the window", upstreamtest.HTTP(200, ok2, seal(callbot.MD5, ok2, at(60))...), ""},
		{"at the other edge", upstreamtest.HTTP(200, ok2, seal(callbot.MD5, ok2, at(-60))...), ""},
		{"not signed", upstreamtest.HTTP(200, ok2), "not signed"},
		{"empty signature", upstreamtest.HTTP(200, ok2, append(without(sealed, "sign"), "sign: ")...), "not signed"},
		{"another body", upstreamtest.HTTP(200, strings.Replace(ok2, "2", "1", 1), sealed...), "signature is wrong"},
		{"another algorithm", upstreamtest.HTTP(200, ok2, seal(callbot.SHA256, ok2, at(1))...), "signature is wrong"},
		{"another request", upstreamtest.HTTP(200, ok2, append(without(sealed, "requestID"), "requestID: ffffffffffffffffffffffffffffffff")...), "another request"},
		{"no request", upstreamtest.HTTP(200, ok2, without(sealed, "requestID")...), "another request"},
		{"another account", upstreamtest.HTTP(200, ok2, append(without(sealed, "uuid"), "uuid: other")...), "another account"},
		{"old", upstreamtest.HTTP(200, ok2, seal(callbot.MD5, ok2, at(-61))...), "too far"},
		{"of the future", upstreamtest.HTTP(200, ok2, seal(callbot.MD5, ok2, at(61))...), "too far"},
		{"milliseconds", upstreamtest.HTTP(200, ok2, seal(callbot.MD5, ok2, "1727308800000")...), "too far"},
		{"no time", upstreamtest.HTTP(200, ok2, seal(callbot.MD5, ok2, "now")...), "cannot be read"},
		{"a refusal not signed", upstreamtest.HTTP(200, `{"retCode":6002,"retMsg":"no such account"}`), "not signed; HTTP 200, it says: no such account"},
		{"put off, not signed", upstreamtest.HTTP(200, `{"retCode":7}`), "not signed"},
		{"HTTP 429, not signed", upstreamtest.HTTP(429, ``), "not signed; HTTP 429"},
		{"HTTP 404, not signed", upstreamtest.HTTP(404, `<title>Not found</title>`), "not signed; HTTP 404, it says: Not found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := prepared(t, operation.CallbotImport, importTwo)
			var log bytes.Buffer
			c := callbot.Config{Log: slog.New(slog.NewTextHandler(&log, nil))}

			c.VerifyResponses = callbot.Enforce
			r := try(t, c, p, tc.answer)
			if tc.why == "" {
				require.Equal(t, "accepted, accepted", brief(r))
				require.Empty(t, log.String())
				return
			}
			require.Equal(t, upstream.Failed, r.Class)
			require.Equal(t, wire.Unknown, r.Outcome)
			require.Equal(t, shared.CodeForgedAnswer, r.Error.Code)
			require.Contains(t, r.Error.Message, tc.why)
			require.Contains(t, log.String(), "level=WARN")

			log.Reset()
			c.VerifyResponses = callbot.Warn
			warned := try(t, c, p, tc.answer)
			require.Contains(t, log.String(), "level=WARN")
			require.Contains(t, log.String(), requestID)
			require.NotContains(t, log.String(), secret)
			require.NotContains(t, log.String(), "86156")

			log.Reset()
			c.VerifyResponses = callbot.Off
			require.Equal(t, try(t, c, p, tc.answer), warned, "warn believes what off believes")
			require.Empty(t, log.String())
		})
	}
}

func TestSkewWindow(t *testing.T) {
	p := prepared(t, operation.CallbotPing, `{}`)
	body := `{"code":0}`
	answer := upstreamtest.HTTP(200, body, seal(callbot.MD5, body, strconv.Itoa(createTs+299))...)
	require.Equal(t, wire.Unknown, try(t, callbot.Config{}, p, answer).Outcome)
	require.Equal(t, wire.Accepted, try(t, callbot.Config{SkewWindow: 5 * time.Minute}, p, answer).Outcome)
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// A gzipped answer may be signed over either form.
func TestGzipAnswers(t *testing.T) {
	p := prepared(t, operation.CallbotImport, importTwo)
	small := zipped(t, ok2)
	for name, over := range map[string]string{"plain": ok2, "wire": small} {
		t.Run(name, func(t *testing.T) {
			header := append(seal(callbot.MD5, over, strconv.Itoa(createTs)), "Content-Encoding: gzip")
			r := try(t, callbot.Config{}, p, upstreamtest.HTTP(200, small, header...))
			require.Equal(t, "accepted, accepted", brief(r))
			require.JSONEq(t, ok2, string(r.Response))
		})
	}
	r := try(t, callbot.Config{VerifyResponses: callbot.Off}, p, upstreamtest.HTTP(200, small[:len(small)-4], "Content-Encoding: gzip"))
	require.Equal(t, upstream.Failed, r.Class)
	require.Equal(t, shared.CodeUnreadable, r.Error.Code)
}

// received is what a server sees of an import.
type received struct {
	encoding, sign, createTs, requestID string
	wire, plain                         string
}

func receive(t *testing.T, c callbot.Config, p operation.Prepared) received {
	t.Helper()
	var got received
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		got = received{r.Header.Get("Content-Encoding"), r.Header.Get("sign"), r.Header.Get("createTs"), r.Header.Get("requestID"), string(body), string(body)}
		if got.encoding == "gzip" {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				return
			}
			plain, err := io.ReadAll(z)
			if err != nil {
				return
			}
			got.plain = string(plain)
		}
		_, _ = w.Write([]byte(`{}`))
	}))
	defer server.Close()
	c.BaseURL = server.URL
	_, err := client(t, c).Try(context.Background(), p)
	require.NoError(t, err)
	return got
}

func TestGzipRequests(t *testing.T) {
	p := prepared(t, operation.CallbotImport, importTwo)
	plain := receive(t, callbot.Config{}, p).plain
	for _, tc := range []struct {
		name     string
		config   callbot.Config
		encoding string
		wire     bool
	}{
		{"never", callbot.Config{}, "", false},
		{"not beyond the size", callbot.Config{GzipOver: len(plain)}, "", false},
		{"beyond it, plain JSON signed", callbot.Config{GzipOver: len(plain) - 1}, "gzip", false},
		{"beyond it, wire bytes signed", callbot.Config{GzipOver: 1, GzipSigns: callbot.Wire}, "gzip", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := receive(t, tc.config, p)
			require.Equal(t, tc.encoding, got.encoding)
			require.Equal(t, plain, got.plain)
			over := got.plain
			if tc.wire {
				over = got.wire
			}
			require.Equal(t, callbot.Sign(callbot.MD5, secret, over, got.createTs, requestID, uuid), got.sign)
		})
	}
	ping := receive(t, callbot.Config{GzipOver: 1}, prepared(t, operation.CallbotPing, `{}`))
	require.Empty(t, ping.encoding, "gzip is documented for imports alone")
}

func TestEachTryIsSignedAnew(t *testing.T) {
	wire := upstreamtest.NewWire(t, upstreamtest.HTTP(200, ok2))
	clock, ids := createTs, 0
	c, err := callbot.New(callbot.Config{UUID: uuid, Secret: secret, Transport: wire,
		Clock: func() time.Time { clock++; return time.Unix(int64(clock), 0) },
		NewID: func() string { ids++; return fmt.Sprintf("%032d", ids) }})
	require.NoError(t, err)
	p := prepared(t, operation.CallbotImport, importTwo)
	heads, bodies := map[string]bool{}, map[string]bool{}
	for range 3 {
		_, err := c.Try(context.Background(), p)
		require.NoError(t, err)
	}
	for _, request := range wire.Requests() {
		head, body, _ := strings.Cut(string(request), "\r\n\r\n")
		heads[head], bodies[body] = true, true
	}
	require.Len(t, heads, 3)
	require.Len(t, bodies, 1, "orderIDs and everything else stay")
}

func TestRandomRequestID(t *testing.T) {
	wire := upstreamtest.NewWire(t, upstreamtest.HTTP(200, ok2))
	c, err := callbot.New(callbot.Config{UUID: uuid, Secret: secret, Transport: wire})
	require.NoError(t, err)
	for range 2 {
		_, err = c.Try(context.Background(), prepared(t, operation.CallbotPing, `{}`))
		require.NoError(t, err)
	}
	seen := map[string]bool{}
	for _, request := range wire.Requests() {
		_, id, _ := strings.Cut(string(request), "requestID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		require.Regexp(t, "^[0-9a-f]{32}$", id)
		seen[id] = true
	}
	require.Len(t, seen, 2)
}

func TestUnreachedAndUnanswered(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	p := prepared(t, operation.CallbotImport, importTwo)
	_, err := client(t, callbot.Config{BaseURL: down.URL}).Try(context.Background(), p)
	var never *upstream.NeverLeft
	require.ErrorAs(t, err, &never)
	require.NotContains(t, err.Error(), secret)

	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	defer cut.Close()
	_, err = client(t, callbot.Config{BaseURL: cut.URL}).Try(context.Background(), p)
	var unanswered *upstream.Unanswered
	require.ErrorAs(t, err, &unanswered)

	op := find(t, operation.CCAIPing)
	_, err = client(t, callbot.Config{}).Try(context.Background(), operation.Prepared{Operation: op, Input: op.New()})
	require.ErrorAs(t, err, &never)
}

// Whatever is answered, each row has one outcome; and unsigned, nothing is believed.
func FuzzAnswer(f *testing.F) {
	f.Add(200, ok2, true)
	f.Add(200, `{"retCode":7,"successCount":1}`, true)
	f.Add(429, ``, true)
	f.Add(200, ok2, false)
	f.Fuzz(func(t *testing.T, status int, body string, sign bool) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			return
		}
		p := prepared(t, operation.CallbotImport, importTwo)
		answer := upstreamtest.HTTP(status, body)
		if sign {
			answer = signed(callbot.MD5, status, body)
		}
		r := try(t, callbot.Config{}, p, answer)
		if !sign {
			require.Equal(t, wire.Unknown, r.Outcome)
			require.Equal(t, upstream.Failed, r.Class)
		}
		if status >= 300 {
			require.False(t, r.Outcome.Done())
		}
	})
}
