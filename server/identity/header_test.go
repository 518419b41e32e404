package identity

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

const secret = "between proxy and us"

func headers() HeaderConfig {
	return HeaderConfig{
		User: "X-Forwarded-Email", Name: "X-Forwarded-User", Groups: "X-Forwarded-Groups", Separator: ",",
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
		SecretHeader:   "X-Proxy-Secret", Secret: secret,
	}
}

func source(t *testing.T) *Header {
	t.Helper()
	h, err := NewHeader(headers())
	require.NoError(t, err)
	return h
}

// request is as the proxy sends it; changes are made by the test.
func request(change func(r *http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/session", nil)
	r.RemoteAddr = "10.1.2.3:40000"
	r.Header.Set("X-Forwarded-Email", "lin@example.com")
	r.Header.Set("X-Forwarded-User", "Lin")
	r.Header.Set("X-Forwarded-Groups", "cc-agents, cc-leads")
	r.Header.Set("X-Proxy-Secret", secret)
	change(r)
	return r
}

func TestHeaderBelievesTheProxy(t *testing.T) {
	lin := wire.Person{ID: "lin@example.com", Name: "Lin"}
	groups := []string{"cc-agents", "cc-leads"}
	for _, tc := range []struct {
		name   string
		change func(r *http.Request)
		want   Caller
	}{
		{"as it is", func(*http.Request) {}, Caller{lin, groups}},
		{"IPv6", func(r *http.Request) { r.RemoteAddr = "[fd00::7]:1" }, Caller{lin, groups}},
		{"IPv4 in IPv6", func(r *http.Request) { r.RemoteAddr = "[::ffff:10.9.9.9]:1" }, Caller{lin, groups}},
		{"IPv6 with zone", func(r *http.Request) { r.RemoteAddr = "[fd00::7%eth0]:1" }, Caller{lin, groups}},
		{"no name", func(r *http.Request) { r.Header.Del("X-Forwarded-User") }, Caller{wire.Person{ID: lin.ID, Name: lin.ID}, groups}},
		{"no groups", func(r *http.Request) { r.Header.Del("X-Forwarded-Groups") }, Caller{lin, nil}},
		{"empty groups", func(r *http.Request) { r.Header.Set("X-Forwarded-Groups", " , ,") }, Caller{lin, nil}},
		{"Latin-1 name", func(r *http.Request) { r.Header.Set("X-Forwarded-User", "Ren\xe9e") }, Caller{wire.Person{ID: lin.ID, Name: "Renée"}, groups}},
		{"UTF-8 name", func(r *http.Request) { r.Header.Set("X-Forwarded-User", "林") }, Caller{wire.Person{ID: lin.ID, Name: "林"}, groups}},
		{"IAP's prefix", func(r *http.Request) {
			r.Header.Set("X-Forwarded-Email", "accounts.google.com:lin@example.com")
			r.Header.Set("X-Forwarded-Groups", "accounts.google.com:cc-agents,cc-leads")
		}, Caller{lin, groups}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := source(t).Identify(request(tc.change))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestHeaderRefusesTricks(t *testing.T) {
	set := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	for _, tc := range []struct {
		name   string
		change func(r *http.Request)
		want   error
	}{
		{"nothing at all", func(r *http.Request) { clear(r.Header) }, problem.NoIdentity},
		{"past the proxy, without headers", func(r *http.Request) { clear(r.Header); r.RemoteAddr = "192.0.2.9:1" }, problem.NoIdentity},
		{"past the proxy, with its secret", func(r *http.Request) { r.RemoteAddr = "192.0.2.9:1" }, problem.BadIdentity},
		{"past the proxy, claiming to have come through it", func(r *http.Request) {
			r.RemoteAddr = "192.0.2.9:1"
			r.Header.Set("X-Forwarded-For", "10.1.2.3")
			r.Header.Set("Forwarded", "for=10.1.2.3")
			r.Header.Set("X-Real-IP", "10.1.2.3")
		}, problem.BadIdentity},
		{"from this machine, which is no proxy here", func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1" }, problem.BadIdentity},
		{"from nowhere", func(r *http.Request) { r.RemoteAddr = "" }, problem.BadIdentity},
		{"from a socket", func(r *http.Request) { r.RemoteAddr = "@" }, problem.BadIdentity},
		{"no secret", func(r *http.Request) { r.Header.Del("X-Proxy-Secret") }, problem.BadIdentity},
		{"empty secret", set("X-Proxy-Secret", ""), problem.BadIdentity},
		{"wrong secret", set("X-Proxy-Secret", secret+"!"), problem.BadIdentity},
		{"half a secret", set("X-Proxy-Secret", secret[:5]), problem.BadIdentity},
		{"two secrets", set("X-Proxy-Secret", secret, "x"), problem.BadIdentity},
		{"the secret twice", set("X-Proxy-Secret", secret, secret), problem.BadIdentity},
		{"two users", set("X-Forwarded-Email", "lin@example.com", "boss@example.com"), problem.BadIdentity},
		{"two names", set("X-Forwarded-User", "Lin", "Boss"), problem.BadIdentity},
		{"two groups headers", set("X-Forwarded-Groups", "cc-agents", "cc-admins"), problem.BadIdentity},
		{"underscore twin of the user", set("X_Forwarded_Email", "boss@example.com"), problem.BadIdentity},
		{"half an underscore twin", set("X-Forwarded_Email", "boss@example.com"), problem.BadIdentity},
		{"lower-case underscore twin", set("x_forwarded_email", "boss@example.com"), problem.BadIdentity},
		{"underscore twin of the name", set("X_forwarded_user", "Boss"), problem.BadIdentity},
		{"underscore twin of the groups", set("X_Forwarded_Groups", "cc-admins"), problem.BadIdentity},
		{"underscore twin of the secret", set("X_Proxy_Secret", "x"), problem.BadIdentity},
		{"empty underscore twin", set("X_Forwarded_Groups", ""), problem.BadIdentity},
		{"no user", func(r *http.Request) { r.Header.Del("X-Forwarded-Email") }, problem.NoIdentity},
		{"blank user", set("X-Forwarded-Email", "   "), problem.NoIdentity},
		{"only IAP's prefix", set("X-Forwarded-Email", "accounts.google.com:"), problem.NoIdentity},
		{"endless user", set("X-Forwarded-Email", strings.Repeat("x", 400)), problem.BadIdentity},
		{"control characters", set("X-Forwarded-Email", "lin\x00@example.com"), problem.BadIdentity},
		{"broken UTF-8", set("X-Forwarded-Email", "l\xffn@example.com"), problem.BadIdentity},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := source(t).Identify(request(tc.change))
			require.ErrorIs(t, err, tc.want)
			require.Empty(t, got, "nobody is named")
			require.NotContains(t, err.Error(), secret)
		})
	}
}

// What arrives over the wire goes through net/http's own reading of headers.
func TestHeaderTwinsOverTheWire(t *testing.T) {
	h := source(t)
	var got error
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "10.0.0.1:1"
		_, got = h.Identify(r)
	}))
	defer server.Close()
	r := request(func(r *http.Request) { r.Header["x_forwarded_groups"] = []string{"cc-admins"} })
	out, err := http.NewRequest(http.MethodGet, server.URL, nil)
	require.NoError(t, err)
	out.Header = r.Header
	res, err := server.Client().Do(out)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.ErrorIs(t, got, problem.BadIdentity)
}

func TestHeaderNeedsItsConfiguration(t *testing.T) {
	for name, change := range map[string]func(*HeaderConfig){
		"user":      func(c *HeaderConfig) { c.User = "" },
		"groups":    func(c *HeaderConfig) { c.Groups = "" },
		"secret":    func(c *HeaderConfig) { c.Secret = "" },
		"its name":  func(c *HeaderConfig) { c.SecretHeader = "" },
		"proxies":   func(c *HeaderConfig) { c.TrustedProxies = nil },
		"separator": func(c *HeaderConfig) { c.Separator = "" },
	} {
		c := headers()
		change(&c)
		_, err := NewHeader(c)
		require.Error(t, err, name)
	}
}

func TestRoles(t *testing.T) {
	roles := Roles{operation.Agent: {"a", "both"}, operation.Supervisor: {"s"}, operation.Admin: {"both"}}
	for name, tc := range map[string]struct {
		groups []string
		want   operation.Role
	}{
		"one":        {[]string{"a"}, operation.Agent},
		"highest":    {[]string{"a", "s"}, operation.Supervisor},
		"in two":     {[]string{"both"}, operation.Admin},
		"others too": {[]string{"x", "s", "y"}, operation.Supervisor},
		"none":       {[]string{"x"}, ""},
		"nothing":    {nil, ""},
		"case":       {[]string{"A"}, ""},
		"empty":      {[]string{""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			role, ok := roles.Of(tc.groups)
			require.Equal(t, tc.want, role)
			require.Equal(t, tc.want != "", ok)
		})
	}
}

func TestDemo(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "127.0.0.1:5"
	who, err := Demo{}.Identify(r)
	require.NoError(t, err)
	require.Equal(t, "Ada (admin)", who.Person.Name)

	seen := map[string]bool{}
	for _, role := range operation.Roles() {
		w := httptest.NewRecorder()
		require.True(t, Demo{}.Switch(w, role))
		again := httptest.NewRequest(http.MethodGet, "/", nil)
		again.RemoteAddr = "[::1]:5"
		again.Header.Set("Cookie", w.Header().Get("Set-Cookie"))
		who, err := Demo{}.Identify(again)
		require.NoError(t, err)
		require.Equal(t, []string{"demo-" + string(role)}, who.Groups)
		seen[who.Person.ID] = true
		require.Contains(t, w.Header().Get("Set-Cookie"), "HttpOnly; SameSite=Strict")
	}
	require.Len(t, seen, 3, "each role is another person")

	w := httptest.NewRecorder()
	require.False(t, Demo{}.Switch(w, "root"))
	require.Empty(t, w.Header())

	r.Header.Set("Cookie", demoCookie+"=root")
	who, err = Demo{}.Identify(r)
	require.NoError(t, err)
	require.Equal(t, []string{"demo-admin"}, who.Groups, "a role that does not exist is as good as none")

	for _, remote := range []string{"192.0.2.1:5", "10.0.0.1:5", "", "[2001:db8::1]:5"} {
		r.RemoteAddr = remote
		_, err := Demo{}.Identify(r)
		require.ErrorIs(t, err, problem.BadIdentity, remote)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("X-Forwarded-Email", "boss@example.com", "a,b", ",")
	f.Add("X_Forwarded-Email", "accounts.google.com:", "accounts.google.com:a;b", ";")
	f.Add("x-proxy-secret", "\xff", ",,,", ",,")
	f.Fuzz(func(t *testing.T, extra, value, groups, separator string) {
		c := headers()
		c.Separator = separator
		h, err := NewHeader(c)
		if err != nil {
			return
		}
		r := request(func(r *http.Request) {
			r.Header.Set("X-Forwarded-Groups", groups)
			r.Header[extra] = append(r.Header[extra], value)
		})
		got, err := h.Identify(r)
		if err != nil {
			return
		}
		// Whatever stands in one more header, it names nobody else.
		if got.Person.ID != "lin@example.com" {
			t.Fatalf("%q: %q made %q of lin", extra, value, got.Person.ID)
		}
		for _, group := range got.Groups {
			if group == "" || strings.TrimSpace(group) != group || strings.Contains(group, separator) && strings.TrimSpace(separator) != "" {
				t.Fatalf("group %q of %q", group, groups)
			}
		}
	})
}
