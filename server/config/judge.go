package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// judge turns what is written into a Config and collects what is wrong.
type judge struct {
	Reader
	problems Errors
}

// Defaults where the file is silent. The rates follow the vendor's 10 requests
// a second for everything the company runs (docs/api.md); the caps of lists are
// ours, since neither vendor documents any.
const (
	defaultListen  = "127.0.0.1:8080"
	defaultDataDir = "./data"
	defaultRate    = 8.0
	highestRate    = 10.0
	defaultCallbot = "https://nxbot.nxcloud.com"
	defaultGzip    = 256 << 10
	defaultSkew    = time.Minute
	longestTimeout = time.Minute // the desk gives no try longer
	secretMaxBytes = 64 << 10
)

func defaultLimits() wire.Limits {
	return wire.Limits{BodyBytes: 8 << 20, DNCNumbers: 100, ImportRows: 10_000, CallbotRows: 10_000,
		RunBytes: 256 << 20, RunRows: 1_000_000, SMSRunRows: 1000}
}

func (j *judge) problem(path, format string, args ...any) {
	// An unset variable or a wrong type was already told at this path.
	for _, p := range j.problems {
		if p.Path == path {
			return
		}
	}
	j.problems = append(j.problems, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (j *judge) config(f file) Config {
	c := Config{
		Listen:        j.address("listen", or(f.Listen, defaultListen)),
		PublicURL:     j.publicURL(f.PublicURL),
		DataDir:       or(f.DataDir, defaultDataDir),
		DatabaseURL:   j.databaseURL(f.DatabaseURL),
		MetricsListen: j.address("metrics_listen", f.MetricsListen),
		Identity:      j.identity(f.Identity),
		Roles:         j.roles(f.Roles),
		Limits:        j.limits(f.Limits),
		Hours:         j.hours(f.Hours),
	}
	if c.MetricsListen != "" && c.MetricsListen == c.Listen {
		j.problem("metrics_listen", "must differ from listen, so that metrics never stand on the public port")
	}
	c.Systems = j.systems(f.Systems, c.Limits)
	return c
}

// hours takes the company's own calling hours; package shared/hours judges them.
func (j *judge) hours(places map[string]map[string][]string) hours.Company {
	if len(places) == 0 {
		return nil
	}
	company := hours.Company{}
	for place, channels := range places {
		company[place] = map[hours.Channel][]string{}
		for channel, windows := range channels {
			company[place][hours.Channel(channel)] = windows
		}
	}
	mistakes, err := company.Mistakes()
	if err != nil {
		j.problem("hours", "cannot be judged: %v", err)
	}
	for _, m := range mistakes {
		path := join("hours", m.Place)
		if m.Channel != "" {
			path = join(path, string(m.Channel))
		}
		j.problem(path, "%s", m.Text)
	}
	return company
}

func (j *judge) address(path, text string) string {
	if text == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(text)
	n, convErr := strconv.ParseUint(port, 10, 16)
	if err != nil || convErr != nil || n == 0 {
		j.problem(path, "must be host:port, such as 127.0.0.1:8080")
	}
	return text
}

func (j *judge) publicURL(text string) *url.URL {
	const path = "public_url"
	if text == "" {
		j.problem(path, "is required: the https address at which people open the console")
		return nil
	}
	u := j.url(path, text)
	if u != nil && strings.Trim(u.Path, "/") != "" {
		j.problem(path, "must have no path: the console needs a host name of its own")
		return nil
	}
	if u != nil {
		u.Path = ""
	}
	return u
}

// databaseURL reads the address of a PostgreSQL. What is wrong with it is not
// told more closely, since that could quote a password.
func (j *judge) databaseURL(text string) Secret {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Opaque != "" || strings.Trim(u.Path, "/") == "" {
		j.problem("database_url", "is not an address such as postgres://user:password@host:5432/outdial")
	}
	return Secret(text)
}

// url reads an address that must be https unless its host is this machine.
func (j *judge) url(path, text string) *url.URL {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		j.problem(path, "is not an address such as https://host.example")
	case u.User != nil:
		j.problem(path, "must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		j.problem(path, "must not hold a query or fragment")
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		j.problem(path, "must be https; plain http is for this machine only")
	case u.Scheme != "https" && u.Scheme != "http":
		j.problem(path, "must start with https://")
	default:
		return u
	}
	return nil
}

// IsLoopback tells whether a host name or address means this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func (j *judge) identity(f identityInFile) Identity {
	id := Identity{Mode: Mode(f.Mode), SignOutURL: j.signOut(f.SignOutURL)}
	switch id.Mode {
	case HeaderMode:
		id.Header = j.header(f.Header)
	case JWTMode:
		id.JWT = j.jwt(f.JWT)
	case "":
		j.problem("identity.mode", "is required: header or jwt. Without a source of identity the server does not start")
	default:
		j.problem("identity.mode", "must be header or jwt; the demo identities exist only with serve --demo")
	}
	return id
}

func (j *judge) signOut(text string) string {
	const path = "identity.sign_out_url"
	switch {
	case text == "":
	case strings.HasPrefix(text, "/"):
		if strings.HasPrefix(text, "//") || strings.Contains(text, `\`) {
			j.problem(path, "must be a path of this site or an https address")
		}
	default:
		u, err := url.Parse(text) // a query is usual here
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			j.problem(path, "must be a path of this site or an https address")
		}
	}
	return text
}

func (j *judge) header(f headerInFile) Header {
	const at = "identity.header."
	h := Header{
		User: f.User, Name: f.Name, Groups: f.Groups,
		Separator:    or(f.Separator, ","),
		SecretHeader: f.SecretHeader,
	}
	j.headerName(at+"user", f.User, true)
	j.headerName(at+"name", f.Name, false)
	j.headerName(at+"groups", f.Groups, true)
	j.headerName(at+"secret_header", f.SecretHeader, true)
	seen := map[string]bool{}
	for _, named := range [][2]string{{"user", f.User}, {"name", f.Name}, {"groups", f.Groups}, {"secret_header", f.SecretHeader}} {
		name := strings.ToLower(named[1])
		if name != "" && seen[name] {
			j.problem(at+named[0], "names a header that another key names too")
		}
		seen[name] = true
	}
	if len(f.TrustedProxies) == 0 {
		j.problem(at+"trusted_proxies", "is required: the networks of the proxies whose headers are believed")
	}
	for i, text := range f.TrustedProxies {
		h.TrustedProxies = append(h.TrustedProxies, j.network(fmt.Sprintf(at+"trusted_proxies[%d]", i), text))
	}
	h.Secret = j.secret(at+"secret_file", f.SecretFile)
	return h
}

func (j *judge) network(path, text string) netip.Prefix {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("") // as the addresses of connections are compared
		return netip.PrefixFrom(addr, addr.BitLen())
	}
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil, prefix.Addr().Is4In6():
		j.problem(path, "is not a network such as 10.0.0.0/8")
	case prefix.Bits() == 0:
		j.problem(path, "would believe everybody; name the proxies' own network")
	}
	return prefix
}

func (j *judge) headerName(path, name string, must bool) {
	switch {
	case name == "" && must:
		j.problem(path, "is required: the name of a header")
	case strings.Contains(name, "_"):
		j.problem(path, "must not hold an underscore: proxies drop or confuse such headers")
	case strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}):
		j.problem(path, "is not the name of a header")
	}
}

// algorithms are those of go-oidc that are signed with a private key.
var algorithms = [...]string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"}

func (j *judge) jwt(f jwtInFile) JWT {
	const at = "identity.jwt."
	t := JWT{Header: f.Header, Issuer: f.Issuer, Audience: f.Audience, JWKSURL: f.JWKSURL,
		Algorithms: f.Algorithms, UserClaim: or(f.UserClaim, "email"), GroupsClaim: or(f.GroupsClaim, "groups")}
	j.headerName(at+"header", f.Header, true)
	j.must(at+"issuer", f.Issuer, "the iss that tokens carry")
	j.must(at+"audience", f.Audience, "the aud that tokens for Outdial carry")
	if j.must(at+"jwks_url", f.JWKSURL, "where the issuer publishes its keys") {
		j.url(at+"jwks_url", f.JWKSURL)
	}
	if len(f.Algorithms) == 0 {
		j.problem(at+"algorithms", "is required: for instance [ES256]")
	}
	for i, a := range f.Algorithms {
		if !slices.Contains(algorithms[:], a) {
			j.problem(fmt.Sprintf(at+"algorithms[%d]", i), "must be one of %s", strings.Join(algorithms[:], ", "))
		}
	}
	return t
}

func (j *judge) must(path, text, what string) bool {
	if text == "" {
		j.problem(path, "is required: %s", what)
	}
	return text != ""
}

func (j *judge) roles(f rolesInFile) map[operation.Role][]string {
	roles := map[operation.Role][]string{operation.Agent: f.Agent, operation.Supervisor: f.Supervisor, operation.Admin: f.Admin}
	total := 0
	for _, role := range operation.Roles() {
		for i, group := range roles[role] {
			total++
			if strings.TrimSpace(group) == "" {
				j.problem(fmt.Sprintf("roles.%s[%d]", role, i), "is empty")
			}
		}
	}
	if total == 0 {
		j.problem("roles", "must name at least one group, or nobody could do anything")
	}
	return roles
}

func (j *judge) limits(f limitsInFile) wire.Limits {
	l := defaultLimits()
	j.limit("limits.body_bytes", f.BodyBytes, 1<<10, 256<<20, func(n int64) { l.BodyBytes = n })
	j.limit("limits.dnc_numbers", int64(f.DNCNumbers), 1, 10_000, func(n int64) { l.DNCNumbers = int(n) })
	j.limit("limits.import_rows", int64(f.ImportRows), 1, 1_000_000, func(n int64) { l.ImportRows = int(n) })
	j.limit("limits.callbot_rows", int64(f.CallbotRows), 1, 1_000_000, func(n int64) { l.CallbotRows = int(n) })
	j.limit("limits.run_bytes", f.RunBytes, 1<<10, 1<<30, func(n int64) { l.RunBytes = n })
	j.limit("limits.run_rows", int64(f.RunRows), 1, 1_000_000, func(n int64) { l.RunRows = int(n) })
	j.limit("limits.sms_run_rows", int64(f.SMSRunRows), 1, 1_000_000, func(n int64) { l.SMSRunRows = int(n) })
	return l
}

// limit sets n where it was written and lies within bounds; 0 is not written.
func (j *judge) limit(path string, n, least, most int64, set func(int64)) {
	switch {
	case n == 0:
	case n < least || n > most:
		j.problem(path, "must lie between %d and %d", least, most)
	default:
		set(n)
	}
}

// secret reads the file that holds one secret text.
func (j *judge) secret(path, file string) Secret {
	if file == "" {
		j.problem(path, "is required: a file that holds the secret and nothing else")
		return ""
	}
	data, err := j.ReadFile(file)
	if err != nil {
		j.problem(path, "cannot be read: %v", err)
		return ""
	}
	text := strings.TrimSpace(string(data))
	switch {
	case text == "":
		j.problem(path, "names an empty file")
	case len(text) > secretMaxBytes:
		j.problem(path, "names a file too large to be a secret")
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		j.problem(path, "names a file with more than one line or control characters")
	}
	return Secret(text)
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
