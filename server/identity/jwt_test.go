package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"outdial/server/problem"
	"outdial/shared/wire"
)

const header = "X-Goog-Iap-Jwt-Assertion"

// issuer signs tokens and publishes its keys.
type issuer struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu      sync.Mutex
	now     time.Time
	fetched int
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	i := &issuer{key: key, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.fetched++
		i.mu.Unlock()
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/keys", http.StatusFound)
			return
		}
		keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(keys); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now
}

func (i *issuer) pass(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.now = i.now.Add(d)
}

func (i *issuer) config() JWTConfig {
	return JWTConfig{Header: header, Issuer: "https://issuer.example", Audience: "/projects/1/x", JWKSURL: i.URL + "/keys",
		Algorithms: []string{"ES256"}, UserClaim: "email", GroupsClaim: "groups", Client: i.Client(), Now: i.clock}
}

type claims map[string]any

// claims are those of a good token.
func (i *issuer) claims() claims {
	return claims{"iss": "https://issuer.example", "aud": "/projects/1/x", "exp": i.clock().Add(time.Minute).Unix(), "iat": i.clock().Unix(),
		"sub": "accounts.google.com:1", "email": "accounts.google.com:lin@example.com", "name": "Lin", "groups": []string{"cc-agents", "cc-leads"}}
}

func sign(t *testing.T, c claims, algorithm jose.SignatureAlgorithm, key any, kid string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil)
	require.NoError(t, err)
	payload, err := json.Marshal(c)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	token, err := signed.CompactSerialize()
	require.NoError(t, err)
	return token
}

func with(token string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set(header, token)
	return r
}

func TestJWTBelievesTheIssuer(t *testing.T) {
	i := newIssuer(t)
	j, err := NewJWT(i.config())
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		change func(claims)
		want   Caller
	}{
		"as it is":     {func(claims) {}, Caller{wire.Person{ID: "lin@example.com", Name: "Lin"}, []string{"cc-agents", "cc-leads"}}},
		"one group":    {func(c claims) { c["groups"] = "cc-agents" }, Caller{wire.Person{ID: "lin@example.com", Name: "Lin"}, []string{"cc-agents"}}},
		"no groups":    {func(c claims) { delete(c, "groups") }, Caller{wire.Person{ID: "lin@example.com", Name: "Lin"}, nil}},
		"odd groups":   {func(c claims) { c["groups"] = []any{1, "x"} }, Caller{wire.Person{ID: "lin@example.com", Name: "Lin"}, nil}},
		"no name":      {func(c claims) { delete(c, "name") }, Caller{wire.Person{ID: "lin@example.com", Name: "lin@example.com"}, []string{"cc-agents", "cc-leads"}}},
		"verified":     {func(c claims) { c["email_verified"] = true }, Caller{wire.Person{ID: "lin@example.com", Name: "Lin"}, []string{"cc-agents", "cc-leads"}}},
		"one audience": {func(c claims) { c["aud"] = []string{"other", "/projects/1/x"} }, Caller{wire.Person{ID: "lin@example.com", Name: "Lin"}, []string{"cc-agents", "cc-leads"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := i.claims()
			tc.change(c)
			got, err := j.Identify(with(sign(t, c, jose.ES256, i.key, "k1")))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
	require.Equal(t, 1, i.fetched, "keys are kept")

	r := with("")
	r.Header.Set(header, "Bearer "+sign(t, i.claims(), jose.ES256, i.key, "k1"))
	_, err = j.Identify(r)
	require.NoError(t, err)
}

func TestJWTRefusesTricks(t *testing.T) {
	i := newIssuer(t)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	good := func() string { return sign(t, i.claims(), jose.ES256, i.key, "k1") }
	changed := func(change func(claims)) string {
		c := i.claims()
		change(c)
		return sign(t, c, jose.ES256, i.key, "k1")
	}
	for name, tc := range map[string]struct {
		request *http.Request
		want    error
	}{
		"no token":             {httptest.NewRequest(http.MethodGet, "/", nil), problem.NoIdentity},
		"blank":                {with("  "), problem.NoIdentity},
		"not a token":          {with("lin@example.com"), problem.BadIdentity},
		"a stranger's key":     {with(sign(t, i.claims(), jose.ES256, stranger, "k1")), problem.BadIdentity},
		"an unknown key id":    {with(sign(t, i.claims(), jose.ES256, stranger, "k2")), problem.BadIdentity},
		"no signature":         {with(unsigned(t, i.claims())), problem.BadIdentity},
		"signature cut off":    {with(good()[:strings.LastIndex(good(), ".")+1]), problem.BadIdentity},
		"claims exchanged":     {with(exchanged(t, good(), i.claims())), problem.BadIdentity},
		"HMAC with public key": {with(hmacWithPublicKey(t, i)), problem.BadIdentity},
		"another issuer":       {with(changed(func(c claims) { c["iss"] = "https://evil.example" })), problem.BadIdentity},
		"another audience":     {with(changed(func(c claims) { c["aud"] = "/projects/2/y" })), problem.BadIdentity},
		"no audience":          {with(changed(func(c claims) { delete(c, "aud") })), problem.BadIdentity},
		"expired":              {with(changed(func(c claims) { c["exp"] = i.clock().Add(-time.Second).Unix() })), problem.BadIdentity},
		"without an expiry":    {with(changed(func(c claims) { delete(c, "exp") })), problem.BadIdentity},
		"not valid yet":        {with(changed(func(c claims) { c["nbf"] = i.clock().Add(time.Hour).Unix() })), problem.BadIdentity},
		"no user":              {with(changed(func(c claims) { delete(c, "email") })), problem.BadIdentity},
		"user is no text":      {with(changed(func(c claims) { c["email"] = []string{"lin@example.com"} })), problem.BadIdentity},
		"user not verified":    {with(changed(func(c claims) { c["email_verified"] = false })), problem.BadIdentity},
		"two tokens": {func() *http.Request {
			r := with(good())
			r.Header.Add(header, good())
			return r
		}(), problem.BadIdentity},
		"underscore twin": {func() *http.Request {
			r := with(good())
			r.Header["X_goog_iap_jwt_assertion"] = []string{"x"}
			return r
		}(), problem.BadIdentity},
		"plain headers": {func() *http.Request {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("X-Goog-Authenticated-User-Email", "accounts.google.com:boss@example.com")
			return r
		}(), problem.NoIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			j, err := NewJWT(i.config())
			require.NoError(t, err)
			got, err := j.Identify(tc.request)
			require.ErrorIs(t, err, tc.want)
			require.Empty(t, got)
			if token := tc.request.Header.Get(header); token != "" {
				require.NotContains(t, err.Error(), token, "a token in the log could be used again")
			}
		})
	}
}

func unsigned(t *testing.T, c claims) string {
	t.Helper()
	payload, err := json.Marshal(c)
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "."
}

func exchanged(t *testing.T, token string, c claims) string {
	t.Helper()
	c["email"] = "boss@example.com"
	payload, err := json.Marshal(c)
	require.NoError(t, err)
	parts := strings.Split(token, ".")
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + parts[2]
}

// hmacWithPublicKey is the classic confusion: the public key, known to all, as
// the secret of a symmetric algorithm.
func hmacWithPublicKey(t *testing.T, i *issuer) string {
	t.Helper()
	payload, err := json.Marshal(i.claims())
	require.NoError(t, err)
	public, err := i.key.PublicKey.ECDH()
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","kid":"k1"}`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, public.Bytes())
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

func TestJWTDoesNotAskTheIssuerAtWill(t *testing.T) {
	i := newIssuer(t)
	j, err := NewJWT(i.config())
	require.NoError(t, err)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for range 20 {
		_, err := j.Identify(with(sign(t, i.claims(), jose.ES256, stranger, "unknown")))
		require.ErrorIs(t, err, problem.BadIdentity)
	}
	require.Equal(t, 1, i.fetched)
	_, err = j.Identify(with(sign(t, i.claims(), jose.ES256, i.key, "k1")))
	require.NoError(t, err, "good tokens are not disturbed")
	i.pass(keyPause)
	_, err = j.Identify(with(sign(t, i.claims(), jose.ES256, stranger, "unknown")))
	require.ErrorIs(t, err, problem.BadIdentity)
	require.Equal(t, 2, i.fetched)
}

func TestJWTFollowsNoRedirect(t *testing.T) {
	i := newIssuer(t)
	c := i.config()
	c.JWKSURL = i.URL + "/moved"
	j, err := NewJWT(c)
	require.NoError(t, err)
	_, err = j.Identify(with(sign(t, i.claims(), jose.ES256, i.key, "k1")))
	require.ErrorIs(t, err, problem.BadIdentity)
	require.Equal(t, 1, i.fetched)
}

func TestJWTWithoutItsIssuer(t *testing.T) {
	i := newIssuer(t)
	j, err := NewJWT(i.config())
	require.NoError(t, err)
	token := sign(t, i.claims(), jose.ES256, i.key, "k1")
	i.Close()
	_, err = j.Identify(with(token))
	require.ErrorIs(t, err, problem.BadIdentity)
}

func TestJWTNeedsItsConfiguration(t *testing.T) {
	i := newIssuer(t)
	for name, change := range map[string]func(*JWTConfig){
		"header":     func(c *JWTConfig) { c.Header = "" },
		"issuer":     func(c *JWTConfig) { c.Issuer = "" },
		"audience":   func(c *JWTConfig) { c.Audience = "" },
		"keys":       func(c *JWTConfig) { c.JWKSURL = "" },
		"algorithms": func(c *JWTConfig) { c.Algorithms = nil },
		"user":       func(c *JWTConfig) { c.UserClaim = "" },
		"groups":     func(c *JWTConfig) { c.GroupsClaim = "" },
		"client":     func(c *JWTConfig) { c.Client = nil },
		"clock":      func(c *JWTConfig) { c.Now = nil },
	} {
		c := i.config()
		change(&c)
		_, err := NewJWT(c)
		require.Error(t, err, name)
	}
}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }

func TestKeyTransportPassesErrorsOn(t *testing.T) {
	tr := &keyTransport{next: failing{}, now: func() time.Time { return time.Unix(1, 0) }}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	_, err := tr.RoundTrip(r)
	require.ErrorContains(t, err, "no network")
	_, err = tr.RoundTrip(r)
	require.ErrorIs(t, err, errTooOften)
}
