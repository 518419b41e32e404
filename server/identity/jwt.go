package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"outdial/server/problem"
	"outdial/shared/wire"
)

// JWT is a Source that checks a signed token in a header, as identity-aware
// proxies send it. The signature stands for itself, so any peer may bring it.
type JWT struct {
	header   string
	user     string
	groups   string
	verifier *oidc.IDTokenVerifier
}

// JWTConfig says how a token is checked. Every field is needed.
type JWTConfig struct {
	Header      string
	Issuer      string // the iss of the token, to the letter
	Audience    string // must be among its aud
	JWKSURL     string // the issuer's keys; nothing is discovered
	Algorithms  []string
	UserClaim   string // a text
	GroupsClaim string // a list of texts, or one text
	Client      *http.Client
	Now         func() time.Time
}

// Fetching the issuer's keys. A token with an unknown key id makes them be
// fetched again, so whoever can reach us could have the issuer asked at will:
// keyPause limits it.
const (
	keyPause    = 5 * time.Second
	keyMaxBytes = 1 << 20
)

// NewJWT makes a JWT.
func NewJWT(c JWTConfig) (*JWT, error) {
	for name, text := range map[string]string{"header": c.Header, "issuer": c.Issuer, "audience": c.Audience,
		"address of the keys": c.JWKSURL, "user claim": c.UserClaim, "groups claim": c.GroupsClaim} {
		if text == "" {
			return nil, fmt.Errorf("identity tokens: the %s is not set", name)
		}
	}
	if len(c.Algorithms) == 0 {
		return nil, errors.New("identity tokens: no algorithm is set")
	}
	if c.Client == nil || c.Now == nil {
		return nil, errors.New("identity tokens: client and clock are not set")
	}
	client := *c.Client
	client.Transport = &keyTransport{next: client.Transport, now: c.Now}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), &client), c.JWKSURL)
	return &JWT{header: c.Header, user: c.UserClaim, groups: c.GroupsClaim, verifier: oidc.NewVerifier(c.Issuer, keys, &oidc.Config{
		ClientID: c.Audience, SupportedSigningAlgs: c.Algorithms, Now: c.Now,
	})}, nil
}

var _ Source = (*JWT)(nil)

// Identify checks the token of r.
func (j *JWT) Identify(r *http.Request) (Caller, error) {
	raw, err := single(r.Header, j.header)
	if err != nil {
		return Caller{}, problem.BadIdentity.Because(err)
	}
	if raw == "" {
		return Caller{}, problem.NoIdentity
	}
	token, err := j.verifier.Verify(r.Context(), bearer(raw))
	if err != nil {
		return Caller{}, problem.BadIdentity.Because(fmt.Errorf("identity token: %w", err))
	}
	var claims map[string]json.RawMessage
	if err := token.Claims(&claims); err != nil {
		return Caller{}, problem.BadIdentity.Because(fmt.Errorf("claims of the identity token: %w", err))
	}
	id := strip(claimText(claims[j.user]))
	if id == "" || !plausible(id) {
		return Caller{}, problem.BadIdentity.Because(fmt.Errorf("the identity token has no usable claim %q", j.user))
	}
	// An address that the issuer itself does not vouch for names nobody.
	if j.user == "email" && string(claims["email_verified"]) == "false" {
		return Caller{}, problem.BadIdentity.Because(errors.New("the identity token's email is not verified"))
	}
	person := wire.Person{ID: id, Name: displayName(claimText(claims["name"]))}
	if person.Name == "" {
		person.Name = id
	}
	return Caller{Person: person, Groups: claimList(claims[j.groups])}, nil
}

// bearer takes the token out of "Bearer …", for those who use Authorization.
func bearer(value string) string {
	if scheme, token, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}

func claimText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "" // absent, or no text: the caller refuses it
	}
	return text
}

func claimList(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		list = []string{claimText(raw)}
	}
	var groups []string
	for _, group := range list {
		if group = strip(group); group != "" {
			groups = append(groups, group)
		}
	}
	return groups
}

// keyTransport fetches the issuer's keys, not too often and not too large.
type keyTransport struct {
	next http.RoundTripper // nil: the default
	now  func() time.Time

	mu   sync.Mutex
	last time.Time
}

var errTooOften = errors.New("the issuer's keys were fetched a moment ago")

func (t *keyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	now := t.now()
	early := !t.last.IsZero() && now.Sub(t.last) < keyPause
	if !early {
		t.last = now
	}
	t.mu.Unlock()
	if early {
		return nil, errTooOften
	}
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	res, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, keyMaxBytes), res.Body}
	return res, nil
}
