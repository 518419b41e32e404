package identity

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"unicode/utf8"

	"outdial/server/problem"
	"outdial/shared/wire"
)

// Header is a Source that believes the plain headers of a trusted proxy. The
// proxy proves itself twice: by its address and by a shared secret.
type Header struct {
	user, name, groups, secretHeader string
	separator                        string
	proxies                          []netip.Prefix
	secret                           [sha256.Size]byte
}

// HeaderConfig names the headers. Name may be empty; everything else is needed.
type HeaderConfig struct {
	User, Name, Groups string
	Separator          string // between groups
	TrustedProxies     []netip.Prefix
	SecretHeader       string
	Secret             string
}

// NewHeader makes a Header.
func NewHeader(c HeaderConfig) (*Header, error) {
	switch {
	case c.User == "" || c.Groups == "" || c.SecretHeader == "":
		return nil, errors.New("identity headers: user, groups and secret must be named")
	case c.Secret == "":
		return nil, errors.New("identity headers: the shared secret is empty")
	case len(c.TrustedProxies) == 0:
		return nil, errors.New("identity headers: no proxy is trusted")
	case c.Separator == "":
		return nil, errors.New("identity headers: the separator of groups is empty")
	}
	return &Header{
		user: c.User, name: c.Name, groups: c.Groups, secretHeader: c.SecretHeader,
		separator: c.Separator, proxies: c.TrustedProxies, secret: sha256.Sum256([]byte(c.Secret)),
	}, nil
}

var _ Source = (*Header)(nil)

// Identify believes the headers of r only if they are without contradiction,
// come from a trusted address and carry the secret.
func (h *Header) Identify(r *http.Request) (Caller, error) {
	var values [4]string
	anything := false
	for i, name := range []string{h.user, h.name, h.groups, h.secretHeader} {
		if name == "" {
			continue
		}
		value, err := single(r.Header, name)
		if err != nil {
			return Caller{}, problem.BadIdentity.Because(err)
		}
		values[i] = value
		anything = anything || value != ""
	}
	user, name, groups, secret := values[0], values[1], values[2], values[3]
	if !anything {
		return Caller{}, problem.NoIdentity
	}
	if !h.trusts(r.RemoteAddr) {
		return Caller{}, problem.BadIdentity.Because(errors.New("identity headers from an address that is no trusted proxy"))
	}
	// Hashes are compared, so that the length of the secret does not show either.
	given := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(given[:], h.secret[:]) != 1 {
		return Caller{}, problem.BadIdentity.Because(errors.New("identity headers without the proxy's secret"))
	}
	id := strip(user)
	if id == "" {
		return Caller{}, problem.NoIdentity
	}
	if !plausible(id) {
		return Caller{}, problem.BadIdentity.Because(errors.New("the user header holds no plausible name"))
	}
	person := wire.Person{ID: id, Name: displayName(name)}
	if person.Name == "" {
		person.Name = id
	}
	return Caller{Person: person, Groups: split(groups, h.separator)}, nil
}

func (h *Header) trusts(remote string) bool {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	addr := at.Addr().Unmap().WithZone("")
	for _, proxy := range h.proxies {
		if proxy.Contains(addr) {
			return true
		}
	}
	return false
}

// single is the one value of a header. Two values are refused: a proxy that
// appends instead of replacing lets the browser name itself. So is a twin
// spelt with underscores: some proxies pass it on beside the true one, and
// something behind them may take the one for the other.
func single(header http.Header, name string) (string, error) {
	want := http.CanonicalHeaderKey(name)
	for key, values := range header {
		if !strings.EqualFold(strings.ReplaceAll(key, "_", "-"), want) {
			continue
		}
		if strings.Contains(key, "_") {
			return "", fmt.Errorf("the header %s came spelt with underscores too", want)
		}
		if len(values) > 1 {
			return "", fmt.Errorf("the header %s came %d times", want, len(values))
		}
	}
	return strings.TrimSpace(header.Get(want)), nil
}

// iapPrefix is what Google's Identity-Aware Proxy writes in front of values.
// Source: cloud.google.com/iap/docs/identity-howto.
const iapPrefix = "accounts.google.com:"

func strip(value string) string {
	return strings.TrimSpace(strings.TrimPrefix(value, iapPrefix))
}

func split(value, separator string) []string {
	var groups []string
	for _, group := range strings.Split(value, separator) {
		if group = strip(strings.TrimSpace(group)); group != "" {
			groups = append(groups, group)
		}
	}
	return groups
}

// maxNameBytes is longer than any e-mail address (RFC 5321: 254).
const maxNameBytes = 320

// plausible tells whether a text may stand in the ledger as a person.
func plausible(id string) bool {
	return len(id) <= maxNameBytes && utf8.ValidString(id) &&
		!strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// displayName reads a header that only people look at. Bytes that are no UTF-8
// are Latin-1, the historical reading of header values (RFC 9110, 5.5).
func displayName(value string) string {
	name := strip(value)
	if !utf8.ValidString(name) {
		runes := make([]rune, len(name))
		for i := range len(name) {
			runes[i] = rune(name[i])
		}
		name = string(runes)
	}
	if !plausible(name) {
		return ""
	}
	return name
}
