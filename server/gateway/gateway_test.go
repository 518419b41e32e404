package gateway

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/call"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

const sms = "/api/systems/acme/operations/sms.send"

func TestProbes(t *testing.T) {
	down := func(c *Config) { c.Ledger.(*fakeLedger).down = true }
	for _, s := range []scenario{
		{name: "alive", method: "GET", url: "/healthz", status: 200, want: []string{"ok"}, header: map[string]string{"Cache-Control": "no-store"}},
		{name: "ready", method: "GET", url: "/readyz", status: 200, want: []string{"ok"}},
		{name: "by address, as probes come", method: "GET", url: "/readyz", headers: []string{"Host", "10.0.0.7:8080"}, status: 200},
		{name: "alive without ledger", method: "GET", url: "/healthz", change: down, status: 200},
		{name: "not ready without ledger", method: "GET", url: "/readyz", change: down, status: 503, want: []string{"ledger_down"}},
	} {
		s.run(t)
	}
}

func TestSession(t *testing.T) {
	operations := func(kind operation.System, role operation.Role) func(*testing.T, *world, string) {
		return func(t *testing.T, _ *world, body string) {
			var s wire.Session
			require.NoError(t, json.Unmarshal([]byte(body), &s))
			require.Equal(t, role, s.Role)
			for _, system := range s.Systems {
				require.Equal(t, operation.For(system.Kind, role), system.Operations)
				if system.Kind == kind {
					require.NotEmpty(t, system.Operations)
				}
			}
		}
	}
	for _, s := range []scenario{
		{name: "agent", method: "GET", url: "/api/session", as: "agent", status: 200, want: []string{`"agent@example.com"`, `"dnc.check"`, `"version":"v1"`, `"/sign_out"`, `"body_bytes":1000`},
			not: []string{`"dnc.remove"`, `"dnc.add"`}, header: map[string]string{"Cache-Control": "no-store", "Content-Type": "application/json"}, check: operations(operation.CCAI, operation.Agent)},
		{name: "supervisor", method: "GET", url: "/api/session", as: "supervisor", status: 200, not: []string{`"dnc.remove"`}, check: operations(operation.CCAI, operation.Supervisor)},
		{name: "admin", method: "GET", url: "/api/session", as: "admin", status: 200, want: []string{`"dnc.remove"`, `"callbot.import"`}, check: operations(operation.Callbot, operation.Admin)},
		{name: "nobody", method: "GET", url: "/api/session", status: 401, want: []string{`"no_identity"`}},
		{name: "a liar", method: "GET", url: "/api/session", as: "liar", status: 401, want: []string{`"bad_identity"`}, check: func(t *testing.T, w *world, body string) {
			require.NotContains(t, body, "two values", "why is for the log")
			require.Contains(t, w.log.String(), "two values")
		}},
		{name: "no role", method: "GET", url: "/api/session", as: "guest", status: 403, want: []string{`"no_role"`}},
		{name: "read by another site's page", method: "GET", url: "/api/session", as: "agent", headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403, want: []string{`"cross_origin"`}},
		{name: "read by a neighbour's page", method: "GET", url: "/api/session", as: "agent", headers: []string{"Sec-Fetch-Site", "same-site"}, status: 403},
		{name: "typed into the address bar", method: "GET", url: "/api/session", as: "agent", headers: []string{"Sec-Fetch-Site", "none"}, status: 200},
		{name: "from our own page", method: "GET", url: "/api/session", as: "agent", headers: []string{"Sec-Fetch-Site", "same-origin"}, status: 200},
	} {
		s.run(t)
	}
}

// One person's list of operations must not be written into another's.
func TestSessionsDoNotMix(t *testing.T) {
	w := newWorld(t)
	scenario{method: "GET", url: "/api/session", as: "admin"}.send(t, w)
	_, body := scenario{method: "GET", url: "/api/session", as: "agent"}.send(t, w)
	require.NotContains(t, body, "dnc.remove")
}

func TestCalls(t *testing.T) {
	made := func(want call.Order) func(*testing.T, *world, string) {
		return func(t *testing.T, w *world, _ string) { require.Equal(t, []call.Order{want}, w.calls.orders) }
	}
	none := func(t *testing.T, w *world, _ string) { require.Empty(t, w.calls.orders, "nothing may be called") }
	const body = `{"end_user_number":"+14155550100"}`
	for _, s := range []scenario{
		{name: "made", method: "POST", url: sms, as: "agent", headers: []string{"Idempotency-Key", "k-12345678"}, body: body, status: 200,
			want: []string{`"outcome":"accepted"`, `"response":{"text":"<b>&"}`}, header: map[string]string{"Cache-Control": "no-store"},
			check: made(call.Order{Person: wire.Person{ID: "agent@example.com", Name: "agent"}, Role: operation.Agent, System: "acme",
				Operation: operation.SMSSend, Key: "k-12345678", Body: []byte(body)})},
		{name: "with a charset", method: "POST", url: sms, as: "agent", headers: []string{"Content-Type", "application/json; charset=UTF-8"}, body: body, status: 200},
		{name: "unknown is an answer", method: "POST", url: "/api/systems/unsure/operations/sms.send", as: "agent", body: body, status: 200, want: []string{`"outcome":"unknown"`, `"unanswered"`}},
		{name: "no such system", method: "POST", url: "/api/systems/none/operations/sms.send", as: "agent", body: body, status: 404, want: []string{`"no_such_system"`}},
		{name: "fields", method: "POST", url: "/api/systems/invalid/operations/sms.send", as: "agent", body: body, status: 422, want: []string{`"invalid"`, `"field":"phone_number"`}},
		{name: "running", method: "POST", url: "/api/systems/running/operations/sms.send", as: "agent", body: body, status: 409, want: []string{`"call":"call-9"`}},
		{name: "throttle full", method: "POST", url: "/api/systems/full/operations/sms.send", as: "agent", body: body, status: 429, header: map[string]string{"Retry-After": "2"}},
		{name: "our own failure", method: "POST", url: "/api/systems/broken/operations/sms.send", as: "agent", body: body, status: 500, want: []string{`"internal"`},
			check: func(t *testing.T, w *world, body string) {
				require.NotContains(t, body, "secret-host", "why is for the log")
				require.Contains(t, w.log.String(), "secret-host")
			}},
		{name: "panic", method: "POST", url: "/api/systems/panic/operations/sms.send", as: "agent", body: body, status: 500, want: []string{`"internal"`},
			check: func(t *testing.T, w *world, body string) { require.NotContains(t, body, "secret-panic") }},
		{name: "nobody", method: "POST", url: sms, body: body, status: 401, check: none},
		{name: "no role", method: "POST", url: sms, as: "guest", body: body, status: 403, check: none},
		{name: "not JSON", method: "POST", url: sms, as: "agent", headers: []string{"Content-Type", "text/plain"}, body: body, status: 415, check: none},
		{name: "a form", method: "POST", url: sms, as: "agent", headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, body: "a=b", status: 415, check: none},
		{name: "no type", method: "POST", url: sms, as: "agent", status: 415, check: none},
		{name: "two types", method: "POST", url: sms, as: "agent", headers: []string{"Content-Type", "application/json", "Content-Type", "text/plain"}, body: body, status: 415, check: none},
		{name: "another charset", method: "POST", url: sms, as: "agent", headers: []string{"Content-Type", "application/json; charset=big5"}, body: body, status: 415, check: none},
		{name: "compressed", method: "POST", url: sms, as: "agent", headers: []string{"Content-Encoding", "gzip"}, body: body, status: 415, check: none},
		{name: "too large", method: "POST", url: sms, as: "agent", body: `"` + strings.Repeat("x", 1000) + `"`, status: 413, check: none},
		{name: "as large as allowed", method: "POST", url: sms, as: "agent", body: `"` + strings.Repeat("x", 998) + `"`, status: 200},
		{name: "two keys", method: "POST", url: sms, as: "agent", headers: []string{"Idempotency-Key", "k-12345678", "Idempotency-Key", "k-87654321"}, body: body, status: 400, want: []string{`"key_missing"`}, check: none},
		{name: "read", method: "GET", url: sms, as: "agent", status: 405, want: []string{`"method_not_allowed"`}, header: map[string]string{"Allow": "POST"}, check: none},
		{name: "put", method: "PUT", url: sms, as: "agent", body: body, status: 405, check: none},
		{name: "another site's page", method: "POST", url: sms, as: "agent", headers: []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, body: body, status: 403, want: []string{`"cross_origin"`}, check: none},
		{name: "a neighbour's page", method: "POST", url: sms, as: "agent", headers: []string{"Sec-Fetch-Site", "same-site", "Origin", "https://x.example.com"}, body: body, status: 403, check: none},
		{name: "another site's page in an old browser", method: "POST", url: sms, as: "agent", headers: []string{"Origin", "https://evil.example"}, body: body, status: 403, check: none},
		{name: "a sandboxed page", method: "POST", url: sms, as: "agent", headers: []string{"Origin", "null"}, body: body, status: 403, check: none},
		{name: "our page", method: "POST", url: sms, as: "agent", headers: []string{"Sec-Fetch-Site", "same-origin", "Origin", "https://outdial.example.com"}, body: body, status: 200},
		{name: "our page in an old browser, the proxy rewrote Host", method: "POST", url: sms, as: "agent", headers: []string{"Host", "127.0.0.1:8080", "Origin", "https://outdial.example.com"}, body: body, status: 200},
	} {
		s.run(t)
	}
}

func TestPathsAndHosts(t *testing.T) {
	for _, s := range []scenario{
		{name: "console", method: "GET", url: "/", status: 200, want: []string{"the console"}},
		{name: "console page", method: "GET", url: "/dnc", status: 200, want: []string{"the console"}},
		{name: "unknown API", method: "GET", url: "/api/none", as: "agent", status: 404, want: []string{`"no_such_page"`}},
		{name: "unknown API, post", method: "POST", url: "/api/none", as: "agent", body: "{}", status: 404},
		{name: "API itself", method: "GET", url: "/api", status: 404},
		{name: "API with slash", method: "GET", url: "/api/", status: 404},
		{name: "API page with slash", method: "GET", url: "/api/ledger/", as: "agent", status: 404},
		{name: "operation with more", method: "POST", url: sms + "/x", as: "agent", body: "{}", status: 404},
		{name: "encoded slash", method: "POST", url: "/api/systems/acme%2Foperations%2Fsms.send", as: "agent", body: "{}", status: 404},
		{name: "encoded slash in the system", method: "POST", url: "/api/systems/a%2f..%2facme/operations/sms.send", as: "agent", body: "{}", status: 404},
		{name: "dots", method: "GET", url: "/web/../api/session", as: "agent", status: 404, want: []string{`"no_such_page"`}},
		{name: "encoded dots", method: "GET", url: "/%2e%2e/api/session", as: "agent", status: 404},
		{name: "two slashes", method: "GET", url: "//evil.example/%2e%2e?x=+14155550100", status: 404, not: []string{"14155550100", "evil.example"}},
		{name: "two slashes inside", method: "GET", url: "/api//session", as: "agent", status: 404},
		{name: "backslash", method: "GET", url: "/%5Cevil.example", status: 404},
		{name: "needlessly encoded", method: "GET", url: "/api/%73ession", as: "agent", status: 404},
		{name: "this machine", method: "GET", url: "/api/session", as: "agent", headers: []string{"Host", "localhost:8080"}, status: 200},
		{name: "this machine by address", method: "GET", url: "/api/session", as: "agent", headers: []string{"Host", "[::1]:8080"}, status: 200},
		{name: "public host with port", method: "GET", url: "/api/session", as: "agent", headers: []string{"Host", "OUTDIAL.example.com:443"}, status: 200},
		{name: "another host", method: "GET", url: "/api/session", as: "agent", headers: []string{"Host", "evil.example"}, status: 400, want: []string{`"bad_host"`}, not: []string{"evil.example"}},
		{name: "another host for the console", method: "GET", url: "/", headers: []string{"Host", "outdial.example.com.evil.example"}, status: 400},
		{name: "no host", method: "GET", url: "/", headers: []string{"Host", ""}, status: 400},
		{name: "another host by way of a forwarded header", method: "GET", url: "/api/session", as: "agent", headers: []string{"X-Forwarded-Host", "evil.example"}, status: 200, not: []string{"evil.example"}},
		{name: "file server fails", method: "GET", url: "/panic", status: 500, want: []string{`"internal"`}, header: map[string]string{"Content-Encoding": ""}},
	} {
		s.run(t)
	}
}

func TestLedgerSearch(t *testing.T) {
	searched := func(filter wire.Filter, only string) func(*testing.T, *world, string) {
		return func(t *testing.T, w *world, _ string) {
			require.Equal(t, []search{{filter, only}}, w.ledger.searches)
		}
	}
	none := func(t *testing.T, w *world, _ string) { require.Empty(t, w.ledger.searches) }
	for _, s := range []scenario{
		{name: "agent sees their own", method: "GET", url: "/api/ledger", as: "agent", status: 200, want: []string{`{"entries":[],"more":false}`}, check: searched(wire.Filter{Limit: 50}, "agent@example.com")},
		{name: "supervisor too", method: "GET", url: "/api/ledger", as: "supervisor", status: 200, check: searched(wire.Filter{Limit: 50}, "supervisor@example.com")},
		{name: "admin sees everyone's", method: "GET", url: "/api/ledger", as: "admin", status: 200, check: searched(wire.Filter{Limit: 50}, "")},
		{name: "asking for another's changes nothing", method: "GET", url: "/api/ledger?person=boss@example.com", as: "agent", status: 200,
			check: searched(wire.Filter{Person: "boss@example.com", Limit: 50}, "agent@example.com")},
		{name: "every filter", method: "GET", url: "/api/ledger?system=acme&operation=sms.send&person=p&outcome=unknown&before=b&limit=7", as: "admin", status: 200,
			check: searched(wire.Filter{System: "acme", Operation: "sms.send", Person: "p", Outcome: wire.Unknown, Before: "b", Limit: 7}, "")},
		{name: "by number, in a body", method: "POST", url: "/api/ledger", as: "admin", body: `{"number":"+1 415 555 0100","limit":100}`, status: 200,
			not: []string{"415 555"}, check: searched(wire.Filter{Number: "+1 415 555 0100", Limit: 100}, "")},
		{name: "by number, in the address", method: "GET", url: "/api/ledger?number=4155550100", as: "admin", status: 400, want: []string{`"number_in_url"`}, not: []string{"4155550100"}, check: none},
		{name: "unknown filter", method: "GET", url: "/api/ledger?phone=4155550100", as: "admin", status: 400, want: []string{`"bad_query"`}, not: []string{"4155550100"}, check: none},
		{name: "filter twice", method: "GET", url: "/api/ledger?system=a&system=b", as: "admin", status: 400, check: none},
		{name: "broken query", method: "GET", url: "/api/ledger?system=%zz4155550100", as: "admin", status: 400, not: []string{"4155550100"}, check: none},
		{name: "limit is no number", method: "GET", url: "/api/ledger?limit=many", as: "admin", status: 400, check: none},
		{name: "limit too high", method: "GET", url: "/api/ledger?limit=101", as: "admin", status: 422, want: []string{`"field":"limit"`}, check: none},
		{name: "limit below zero", method: "POST", url: "/api/ledger", as: "admin", body: `{"limit":-1}`, status: 422, check: none},
		{name: "unknown outcome", method: "GET", url: "/api/ledger?outcome=fine", as: "admin", status: 422, want: []string{`"field":"outcome"`}, check: none},
		{name: "endless filter", method: "POST", url: "/api/ledger", as: "admin", body: `{"number":"` + strings.Repeat("1", 400) + `"}`, status: 422, want: []string{`"field":"number"`}, check: none},
		{name: "unknown key", method: "POST", url: "/api/ledger", as: "admin", body: `{"phone":"1"}`, status: 400, want: []string{`"malformed"`}, check: none},
		{name: "not JSON inside", method: "POST", url: "/api/ledger", as: "admin", body: `{`, status: 400, check: none},
		{name: "two objects", method: "POST", url: "/api/ledger", as: "admin", body: `{}{}`, status: 400, check: none},
		{name: "endless body", method: "POST", url: "/api/ledger", as: "admin", body: `{"number":"` + strings.Repeat(" ", 70_000) + `"}`, status: 413, check: none},
		{name: "nobody", method: "GET", url: "/api/ledger", status: 401, check: none},
		{name: "ledger fails", method: "GET", url: "/api/ledger", as: "admin", change: func(c *Config) { c.Ledger.(*fakeLedger).down = true }, status: 500, want: []string{`"internal"`}},
	} {
		s.run(t)
	}
}

func TestLedgerEntry(t *testing.T) {
	for _, s := range []scenario{
		{name: "own", method: "GET", url: "/api/ledger/of-agent", as: "agent", status: 200, want: []string{`"id":"of-agent"`}},
		{name: "another's looks as if it did not exist", method: "GET", url: "/api/ledger/of-supervisor", as: "agent", status: 404, want: []string{`"no_such_call"`}},
		{name: "an agent's, for a supervisor", method: "GET", url: "/api/ledger/of-agent", as: "supervisor", status: 404},
		{name: "anybody's, for an admin", method: "GET", url: "/api/ledger/of-supervisor", as: "admin", status: 200},
		{name: "none", method: "GET", url: "/api/ledger/none", as: "admin", status: 404, want: []string{`"no_such_call"`}},
		{name: "nobody", method: "GET", url: "/api/ledger/of-agent", status: 401},
		{name: "deleting", method: "DELETE", url: "/api/ledger/of-agent", as: "admin", status: 405, header: map[string]string{"Allow": "GET"}},
	} {
		s.run(t)
	}
}

func TestLedgerSettle(t *testing.T) {
	const at = "/api/ledger/of-agent/settle"
	none := func(t *testing.T, w *world, _ string) { require.Empty(t, w.ledger.settled) }
	by := func(person string) func(*testing.T, *world, string) {
		return func(t *testing.T, w *world, _ string) {
			require.Equal(t, map[string]wire.Settlement{"of-agent": {Outcome: wire.Accepted, Note: "seen in the portal",
				By: wire.Person{ID: person + "@example.com", Name: person}, At: noon}}, w.ledger.settled)
		}
	}
	for _, s := range []scenario{
		{name: "own", method: "POST", url: at, as: "agent", body: `{"outcome":"accepted","note":" seen in the portal "}`, status: 200, want: []string{`"settled":{"outcome":"accepted"`}, check: by("agent")},
		{name: "by an admin", method: "POST", url: at, as: "admin", body: `{"outcome":"accepted","note":"seen in the portal"}`, status: 200, check: by("admin")},
		{name: "another's", method: "POST", url: at, as: "supervisor", body: `{"outcome":"accepted","note":"x"}`, status: 404, check: none},
		{name: "not a finding", method: "POST", url: at, as: "agent", body: `{"outcome":"unknown","note":"x"}`, status: 422, want: []string{`"field":"outcome"`}, check: none},
		{name: "without a note", method: "POST", url: at, as: "agent", body: `{"outcome":"refused","note":" \n"}`, status: 422, want: []string{`"field":"note"`, `"required"`}, check: none},
		{name: "endless note", method: "POST", url: at, as: "agent", body: `{"outcome":"refused","note":"` + strings.Repeat("é", 2001) + `"}`, status: 422, want: []string{`"too_long"`}, check: none},
		{name: "in somebody else's name", method: "POST", url: at, as: "agent", body: `{"outcome":"refused","note":"x","by":{"id":"boss"}}`, status: 400, check: none},
		{name: "from another site", method: "POST", url: at, as: "agent", headers: []string{"Sec-Fetch-Site", "cross-site"}, body: `{"outcome":"refused","note":"x"}`, status: 403, check: none},
		{name: "nobody", method: "POST", url: at, body: `{}`, status: 401, check: none},
		{name: "read", method: "GET", url: at, as: "agent", status: 405, header: map[string]string{"Allow": "POST"}},
	} {
		s.run(t)
	}
	w := newWorld(t)
	again := scenario{method: "POST", url: at, as: "agent", body: `{"outcome":"accepted","note":"x"}`}
	again.send(t, w)
	res, body := again.send(t, w)
	require.Equal(t, http.StatusConflict, res.StatusCode)
	require.Contains(t, body, `"not_unknown"`)
}

func TestDemoRole(t *testing.T) {
	const at = "/api/demo/role"
	for _, s := range []scenario{
		{name: "switch", method: "POST", url: at, body: `{"role":"agent"}`, status: 204,
			header: map[string]string{"Set-Cookie": "outdial_demo_role=agent; Path=/; HttpOnly; SameSite=Strict"}},
		{name: "no such role", method: "POST", url: at, body: `{"role":"root"}`, status: 422, want: []string{`"field":"role"`}, header: map[string]string{"Set-Cookie": ""}},
		{name: "from another site", method: "POST", url: at, headers: []string{"Sec-Fetch-Site", "cross-site"}, body: `{"role":"agent"}`, status: 403, header: map[string]string{"Set-Cookie": ""}},
		{name: "not in production", method: "POST", url: at, body: `{"role":"admin"}`, change: func(c *Config) { c.RoleSwitch = nil }, status: 404, header: map[string]string{"Set-Cookie": ""}},
	} {
		s.run(t)
	}
}

func TestPlainHTTPPromisesNoHTTPS(t *testing.T) {
	c, w := config("http://localhost:8080")
	g, err := New(c)
	require.NoError(t, err)
	w.Gateway = g
	r := httptest.NewRequest("GET", "http://localhost:8080/healthz", nil)
	rec := httptest.NewRecorder()
	g.ServeHTTP(rec, r)
	require.Equal(t, 200, rec.Code)
	require.Empty(t, rec.Header().Get("Strict-Transport-Security"))
}

// What a request holds is none of the log's business.
func TestLogHoldsNoQueryBodyHeaderOrPath(t *testing.T) {
	w := newWorld(t)
	for _, s := range []scenario{
		{method: "POST", url: sms + "?token=hush-query", as: "agent", headers: []string{"Idempotency-Key", "hush-key-1", "Authorization", "Bearer hush-header", "Cookie", "hush-cookie=1", "X-Request-Id", "hush-id"}, body: `{"message":"hush-body"}`},
		{method: "GET", url: "/hush-path/14155550100?hush-query", as: "agent"},
		{method: "GET", url: "/api/ledger/hush-path", as: "agent"},
		{method: "GET", url: "/api/hush-path", as: "agent"},
		{method: "POST", url: "/api/ledger", as: "agent", body: `{"number":"hush-body`},
		{method: "POST", url: "/api/ledger/of-agent/settle", as: "agent", body: `{"outcome":"accepted","note":"hush-body"}`},
		{method: "POST", url: "/api/systems/panic/operations/sms.send", as: "agent", body: `{}`},
	} {
		s.send(t, w)
	}
	require.NotContains(t, w.log.String(), "hush")
	require.NotContains(t, w.log.String(), "secret-panic")
	require.Contains(t, w.log.String(), `"cause":"panic of type string"`)
	require.NotContains(t, w.log.String(), "14155550100")
	require.Equal(t, 7, strings.Count(w.log.String(), `"msg":"request"`), "one line each")
	require.Contains(t, w.log.String(), `"route":"/api/systems/{system}/operations/{operation}","status":200`)
}

func TestHalfAnAnswerIsCutOff(t *testing.T) {
	w := newWorld(t)
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { scenario{method: "GET", url: "/half"}.send(t, w) })
	require.Contains(t, w.log.String(), `"msg":"panic"`)
}

func TestNothingMayBeMissing(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"identity": func(c *Config) { c.Identity = nil }, "roles": func(c *Config) { c.Roles = nil }, "calls": func(c *Config) { c.Calls = nil },
		"ledger": func(c *Config) { c.Ledger = nil }, "events": func(c *Config) { c.Events = nil }, "public URL": func(c *Config) { c.PublicURL = nil },
		"static": func(c *Config) { c.Static = nil }, "log": func(c *Config) { c.Log = nil }, "clock": func(c *Config) { c.Now = nil },
		"ids": func(c *Config) { c.NewID = nil }, "stop": func(c *Config) { c.Stop = nil }, "body limit": func(c *Config) { c.Limits.BodyBytes = 0 },
	} {
		c, _ := config("https://outdial.example.com")
		change(&c)
		_, err := New(c)
		require.ErrorContains(t, err, name)
	}
}

// A slow call must outlive the server's time-outs.
func TestASlowCallIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowCalls{asked: make(chan struct{}), answer: make(chan struct{})}
		w := newWorld(t, func(c *Config) { c.Calls = slow })
		client, _ := w.connect(t)
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://outdial.example.com"+sms, strings.NewReader(`{}`))
		require.NoError(t, err)
		r.Header.Set("As", "agent")
		r.Header.Set("Content-Type", "application/json")
		go func() {
			<-slow.asked
			<-time.After(3 * time.Minute)
			require.NoError(t, slow.ctx.Err(), "the request was given up while it waited")
			close(slow.answer)
		}()
		res, err := client.Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 200, res.StatusCode)
	})
}

// A browser that does not send its body in time holds no connection.
func TestASlowBodyIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, dial := w.connect(t)
		conn := dial()
		_, err := io.WriteString(conn, "POST "+sms+" HTTP/1.1\r\nHost: outdial.example.com\r\nAs: agent\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
		require.NoError(t, err)
		start := time.Now()
		_, err = io.ReadAll(conn) // to the end of the connection
		require.NoError(t, err)
		require.LessOrEqual(t, time.Since(start), 2*time.Minute)
		require.Empty(t, w.calls.orders)
		require.NoError(t, conn.Close())
	})
}
