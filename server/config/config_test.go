package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

const whole = `
listen: 127.0.0.1:8080
public_url: https://outdial.example.com
data_dir: ./data
metrics_listen: 127.0.0.1:9090
identity:
  mode: header
  header: {user: X-Forwarded-Email, name: X-Forwarded-User, groups: X-Forwarded-Groups, separator: ",", trusted_proxies: [10.0.0.0/8, "::1", "::ffff:172.16.0.1"], secret_header: X-Proxy-Secret, secret_file: /secrets/proxy}
  sign_out_url: /oauth2/sign_out
roles: {agent: [cc-agents], supervisor: [cc-leads], admin: [cc-admins]}
systems:
  - id: acme
    kind: ccai
    label: ACME
    production: true
    base_url: https://acme.uc1.ccaiplatform.com
    token_file: /secrets/ccai
    requests_per_second: 8
    default_region: US
    outbound_numbers: ["+16285550199"]
    timeout: 20s
  - id: nx
    kind: callbot
    label: NX
    uuid: ${NX_UUID}
    secret_file: /secrets/nx
    algorithm: SHA256
    verify_responses: enforce
    gzip_over: 0
    max_rows: 500
`

// secrets that must never show.
const (
	proxySecret = "proxy-5ecret"
	ccaiToken   = "t0ken-of-acme"
	nxSecret    = "5ecret-of-nx"
	nxUUID      = "0b1e55ed-uuid"
)

func reader() Reader {
	files := map[string]string{
		"/secrets/proxy": proxySecret + "\n", "/secrets/ccai": "  " + ccaiToken + "\r\n", "/secrets/nx": nxSecret,
		"/secrets/empty": " \n", "/secrets/two": "one\ntwo\n", "/secrets/huge": strings.Repeat("x", 70_000),
	}
	env := map[string]string{"NX_UUID": nxUUID, "EMPTY": "", "PORT": "9000", "TRICK": "x\nlisten: 0.0.0.0:1", "DATABASE_URL": "postgres://u:p@h/d"}
	return Reader{
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
	}
}

func TestWholeConfiguration(t *testing.T) {
	c, err := Parse([]byte(whole), reader())
	require.NoError(t, err)
	require.Equal(t, Config{
		Listen:        "127.0.0.1:8080",
		PublicURL:     &url.URL{Scheme: "https", Host: "outdial.example.com"},
		DataDir:       "./data",
		MetricsListen: "127.0.0.1:9090",
		Identity: Identity{Mode: HeaderMode, SignOutURL: "/oauth2/sign_out", Header: Header{
			User: "X-Forwarded-Email", Name: "X-Forwarded-User", Groups: "X-Forwarded-Groups", Separator: ",",
			TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("172.16.0.1/32")},
			SecretHeader:   "X-Proxy-Secret", Secret: proxySecret,
		}},
		Roles: map[operation.Role][]string{operation.Agent: {"cc-agents"}, operation.Supervisor: {"cc-leads"}, operation.Admin: {"cc-admins"}},
		Systems: []System{
			{
				ID: "acme", Kind: operation.CCAI, Label: "ACME", Production: true,
				BaseURL:           &url.URL{Scheme: "https", Host: "acme.uc1.ccaiplatform.com"},
				RequestsPerSecond: 8, Timeout: 20 * time.Second, DefaultRegion: "US", OutboundNumbers: []string{"+16285550199"},
				Username: "acme", Token: ccaiToken, AgentKeys: "camel",
			},
			{
				ID: "nx", Kind: operation.Callbot, Label: "NX",
				BaseURL:           &url.URL{Scheme: "https", Host: "nxbot.nxcloud.com"},
				RequestsPerSecond: 8, UUID: nxUUID, Secret: nxSecret, Algorithm: "SHA256", VerifyResponses: "enforce",
				GzipSigns: "plain", GzipOver: 0, MaxRows: 500, Skew: time.Minute,
			},
		},
		Limits: wire.Limits{BodyBytes: 8 << 20, DNCNumbers: 100, ImportRows: 10_000, CallbotRows: 10_000,
			RunBytes: 256 << 20, RunRows: 1_000_000, SMSRunRows: 1000},
	}, c)
}

func TestJWTConfiguration(t *testing.T) {
	c, err := Parse([]byte(edited(t, "identity", `{mode: jwt, jwt: {header: X-Goog-IAP-JWT-Assertion, issuer: "https://cloud.google.com/iap",
		audience: /projects/1/x, jwks_url: "https://www.gstatic.com/iap/verify/public_key-jwk", algorithms: [ES256]}}`)), reader())
	require.NoError(t, err)
	require.Equal(t, JWT{Header: "X-Goog-IAP-JWT-Assertion", Issuer: "https://cloud.google.com/iap", Audience: "/projects/1/x",
		JWKSURL: "https://www.gstatic.com/iap/verify/public_key-jwk", Algorithms: []string{"ES256"}, UserClaim: "email", GroupsClaim: "groups"}, c.Identity.JWT)
	var out bytes.Buffer
	require.NoError(t, c.Describe(&out))
	require.Contains(t, out.String(), "issuer: https://cloud.google.com/iap")
	require.NotContains(t, out.String(), "trusted_proxies", "only the source that is used")
}

// edited is the whole configuration with one value replaced, named by a path
// such as systems.0.kind; an empty value removes the key.
func edited(t *testing.T, path, value string) string {
	t.Helper()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(whole), &doc))
	node := doc.Content[0]
	keys := strings.Split(path, ".")
	for i, key := range keys {
		if node.Kind == yaml.SequenceNode {
			var at int
			_, err := fmt.Sscan(key, &at)
			require.NoError(t, err)
			node = node.Content[at]
			continue
		}
		found := -1
		for j := 0; j < len(node.Content); j += 2 {
			if node.Content[j].Value == key {
				found = j
			}
		}
		if i < len(keys)-1 {
			require.GreaterOrEqual(t, found, 0, path)
			node = node.Content[found+1]
			continue
		}
		if value == "" {
			require.GreaterOrEqual(t, found, 0, path)
			node.Content = append(node.Content[:found], node.Content[found+2:]...)
			break
		}
		var replacement yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(value), &replacement))
		if found < 0 {
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, replacement.Content[0])
		} else {
			node.Content[found+1] = replacement.Content[0]
		}
	}
	out, err := yaml.Marshal(&doc)
	require.NoError(t, err)
	return string(out)
}

func TestEveryMistakeIsNamed(t *testing.T) {
	const header = "identity.header."
	for _, tc := range []struct{ path, value, want string }{
		{"listen", "8080", "listen must be host:port"},
		{"listen", "127.0.0.1:99999", "listen must be host:port"},
		{"listen", "127.0.0.1:0", "listen must be host:port"},
		{"listen", "[1, 2]", "listen must be a single value"},
		{"liten", "x", "liten is not a known key; known here are listen, public_url"},
		{"public_url", "", "public_url is required"},
		{"public_url", "http://outdial.example.com", "public_url must be https"},
		{"public_url", "https://outdial.example.com/app", "public_url must have no path"},
		{"public_url", "https://u:p@outdial.example.com", "public_url must not hold a user name"},
		{"public_url", "https://outdial.example.com?x=1", "public_url must not hold a query"},
		{"public_url", "ftp://outdial.example.com", "public_url must start with https://"},
		{"public_url", "outdial.example.com", "public_url is not an address"},
		{"database_url", "postgres://db.example", "database_url is not an address such as postgres://user:password@host:5432/outdial"},
		{"database_url", "mysql://u:p@h/d", "database_url is not an address"},
		{"database_url", "postgres://u:pass%zzword@h/d", "database_url is not an address"},
		{"database_url", "host=h dbname=d password=p", "database_url is not an address"},
		{"database_url", "${NO_SUCH}", "database_url needs the environment variable NO_SUCH, which is not set"},
		{"metrics_listen", "127.0.0.1:8080", "metrics_listen must differ from listen"},
		{"metrics_listen", "nowhere", "metrics_listen must be host:port"},
		{"identity", "", "identity.mode is required"},
		{"identity", "yes", "identity must hold keys and values"},
		{"identity.mode", "", "identity.mode is required: header or jwt. Without a source of identity the server does not start"},
		{"identity.mode", "demo", "identity.mode must be header or jwt; the demo identities exist only with serve --demo"},
		{"identity.mode", "none", "identity.mode must be header or jwt"},
		{"identity.sign_out_url", "//evil.example", "identity.sign_out_url must be a path"},
		{"identity.sign_out_url", "http://sso.example/out", "identity.sign_out_url must be a path of this site or an https address"},
		{"identity.sign_out_url", "javascript:alert(1)", "identity.sign_out_url must be a path"},
		{header + "user", "", header + "user is required"},
		{header + "user", "X_Forwarded_Email", header + "user must not hold an underscore"},
		{header + "user", "X Forwarded", header + "user is not the name of a header"},
		{header + "user", "x-proxy-secret", header + "secret_header names a header that another key names too"},
		{header + "groups", "", header + "groups is required"},
		{header + "secret_header", "", header + "secret_header is required"},
		{header + "secret_file", "", header + "secret_file is required"},
		{header + "secret_file", "/secrets/none", header + "secret_file cannot be read"},
		{header + "secret_file", "/secrets/empty", header + "secret_file names an empty file"},
		{header + "secret_file", "/secrets/two", header + "secret_file names a file with more than one line"},
		{header + "secret_file", "/secrets/huge", header + "secret_file names a file too large"},
		{header + "trusted_proxies", "", header + "trusted_proxies is required"},
		{header + "trusted_proxies", "10.0.0.0/8", header + "trusted_proxies must be a list"},
		{header + "trusted_proxies", "[proxy]", header + "trusted_proxies[0] is not a network"},
		{header + "trusted_proxies", `["::ffff:10.0.0.0/104"]`, header + "trusted_proxies[0] is not a network"},
		{header + "trusted_proxies", "[10.0.0.1, 0.0.0.0/0]", header + "trusted_proxies[1] would believe everybody"},
		{"identity.mode", "jwt", "identity.jwt.jwks_url is required"},
		{"roles", "{}", "roles must name at least one group"},
		{"roles", `{agent: [" "]}`, "roles.agent[0] is empty"},
		{"roles.boss", "[x]", "roles.boss is not a known key; known here are agent, supervisor, admin"},
		{"systems", "", "systems must name at least one system"},
		{"systems.0.id", "", "systems[0].id is required"},
		{"systems.0.id", "Acme Inc", "systems[0].id may hold small letters"},
		{"systems.0.id", "nx", "systems[1].id stands twice"},
		{"systems.0.kind", "sms", "systems[0].kind must be ccai or callbot"},
		{"systems.0.base_url", "", "systems[0].base_url is required"},
		{"systems.0.base_url", "http://acme.uc1.ccaiplatform.com", "systems[0].base_url must be https"},
		{"systems.0.base_url", "https://acme.example/apps", "systems[0].base_url must have no path"},
		{"systems.0.base_url", "https://127.0.0.1:9", "systems[0].username is required"},
		{"systems.0.username", "a:b", "systems[0].username must not hold a colon"},
		{"systems.0.token_file", "", "systems[0].token_file is required"},
		{"systems.0.requests_per_second", "11", "systems[0].requests_per_second must be above 0 and at most 10"},
		{"systems.0.requests_per_second", "-1", "systems[0].requests_per_second must be above 0"},
		{"systems.0.requests_per_second", "NaN", "systems[0].requests_per_second must be above 0"},
		{"systems.0.requests_per_second", "many", "systems[0].requests_per_second must be a number"},
		{"systems.0.timeout", "20", "systems[0].timeout is not a duration such as 30s"},
		{"systems.0.timeout", "1h", "systems[0].timeout must lie between 1s and 1m0s"},
		{"systems.0.production", "perhaps", "systems[0].production must be true or false"},
		{"systems.0.default_region", "usa", "systems[0].default_region must be two capital letters"},
		{"systems.0.outbound_numbers", "[16285550199]", "systems[0].outbound_numbers[0] must be a plus and 7 to 15 digits"},
		{"systems.0.agent_keys", "kebab", "systems[0].agent_keys must be camel (agentId) or snake (agent_id)"},
		{"systems.0.secret_file", "/secrets/nx", "systems[0].secret_file is for systems of kind callbot"},
		{"systems.1.token_file", "/secrets/nx", "systems[1].token_file is for systems of kind ccai"},
		{"systems.1.uuid", "", "systems[1].uuid is required"},
		{"systems.1.uuid", "${NO_SUCH}", "systems[1].uuid needs the environment variable NO_SUCH, which is not set"},
		{"systems.1.uuid", "${EMPTY}", "systems[1].uuid is required"},
		{"systems.1.uuid", "${9X}", "systems[1].uuid holds ${ that is not followed by a variable's name and }"},
		{"systems.1.uuid", "${NX_UUID", "systems[1].uuid holds ${ that is not followed"},
		{"systems.1.algorithm", "SHA1", "systems[1].algorithm must be MD5, SHA256"},
		{"systems.1.verify_responses", "maybe", "systems[1].verify_responses must be enforce, warn, off"},
		{"systems.1.gzip_signs", "both", "systems[1].gzip_signs must be plain, wire"},
		{"systems.1.gzip_over", "-1", "systems[1].gzip_over must be a number of bytes"},
		{"systems.1.gzip_over", "1.5", "systems[1].gzip_over must be a whole number"},
		{"systems.1.max_rows", "10001", "systems[1].max_rows must lie between 1 and limits.callbot_rows, 10000"},
		{"systems.1.skew", "2h", "systems[1].skew must lie between 0s and 1h"},
		{"systems.1.order_callback_url", "http://cb.example", "systems[1].order_callback_url must be an https address"},
		{"systems.1.call_callback_url", "cb", "systems[1].call_callback_url must be an https address"},
		{"limits", "{body_bytes: 5}", "limits.body_bytes must lie between 1024 and"},
		{"limits", "{dnc_numbers: -5}", "limits.dnc_numbers must lie between 1 and"},
		{"limits", "{import_rows: 2000000}", "limits.import_rows must lie between 1 and"},
		{"limits", "{rows: 1}", "limits.rows is not a known key"},
	} {
		t.Run(tc.path+" "+tc.value, func(t *testing.T) {
			_, err := Parse([]byte(edited(t, tc.path, tc.value)), reader())
			var problems Errors
			require.ErrorAs(t, err, &problems)
			require.Contains(t, err.Error(), tc.want)
			for _, secret := range []string{proxySecret, ccaiToken, nxSecret, nxUUID} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestMistakesOfTheFileAsAWhole(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"empty":          {"", "the configuration is empty"},
		"comment":        {"# nothing\n", "the configuration is empty"},
		"not YAML":       {"a: [", "not YAML: line 1"},
		"a list":         {"- a", "must hold keys and values"},
		"two documents":  {whole + "\n---\nlisten: 0.0.0.0:1\n", "must hold one YAML document"},
		"a key twice":    {whole + "listen: 127.0.0.1:1\n", "listen stands twice"},
		"an alias":       {"listen: &a 127.0.0.1:1\nmetrics_listen: *a\n", "metrics_listen YAML aliases are not supported"},
		"a merge":        {"<<: {listen: x}\n", "<< is not a known key"},
		"a list as key":  {"? [a]\n: b\n", "line 1: a key must be a plain word"},
		"nothing inside": {"{}", "systems must name at least one system"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tc.text), reader())
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, err := Parse([]byte("listen: here\nlimits: {x: 1}\nsystems: [{kind: ccai, uuid: \"${A}${B}\"}]\n"), reader())
	var problems Errors
	require.ErrorAs(t, err, &problems)
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	require.Equal(t, []string{"limits.x", "systems[0].uuid", "listen", "public_url", "identity.mode", "roles",
		"systems[0].id", "systems[0].base_url", "systems[0].token_file"}, paths)
}

func TestEnvironment(t *testing.T) {
	c, err := Parse([]byte(edited(t, "listen", `"127.0.0.1:${PORT}"`)), reader())
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:9000", c.Listen)

	c, err = Parse([]byte(edited(t, "systems.0.label", "${TRICK}")), reader())
	require.NoError(t, err)
	require.Equal(t, "x\nlisten: 0.0.0.0:1", c.Systems[0].Label, "a variable is a value, never YAML")
	require.Equal(t, "127.0.0.1:8080", c.Listen)

	c, err = Parse([]byte(edited(t, "systems.0.label", "costs $5 {a} $PORT")), reader())
	require.NoError(t, err)
	require.Equal(t, "costs $5 {a} $PORT", c.Systems[0].Label)
}

func TestLoadTellsWhichFileIsMissing(t *testing.T) {
	_, err := Load("/no/such.yaml", reader())
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "/no/such.yaml")
}

func TestLoadFromDisk(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"proxy": "a", "ccai": "b", "nx": "c", "outdial.yaml": strings.ReplaceAll(whole, "/secrets", dir)} {
		require.NoError(t, os.WriteFile(dir+"/"+name, []byte(text), 0o600))
	}
	t.Setenv("NX_UUID", "u")
	c, err := Load(dir+"/outdial.yaml", OS())
	require.NoError(t, err)
	require.Equal(t, "b", c.Systems[0].Token.Reveal())
}

// describing a configuration and reading it back must agree, but for secrets.
func TestDescribeSaysWhatWasUnderstoodAndNoSecret(t *testing.T) {
	c, err := Parse([]byte(whole), reader())
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, c.Describe(&out))
	for _, want := range []string{"public_url: https://outdial.example.com", "username: acme", "requests_per_second: 8", "mode: header",
		"base_url: https://nxbot.nxcloud.com", "verify_responses: enforce", "skew: 1m0s", "timeout: 20s", "- ::1/128", "dnc_numbers: 100", "token: (secret)"} {
		require.Contains(t, out.String(), want)
	}
	for _, secret := range []string{proxySecret, ccaiToken, nxSecret, nxUUID} {
		require.NotContains(t, out.String(), secret)
	}
	var again map[string]any
	require.NoError(t, yaml.Unmarshal(out.Bytes(), &again), "it reads as YAML")
}

func TestDatabaseURL(t *testing.T) {
	const password = "db-passw0rd"
	for _, address := range []string{"postgres://u:" + password + "@h:5432/d?sslmode=verify-full", "postgresql://u:" + password + "@/d?host=/run/postgresql"} {
		r := reader()
		getenv := r.Getenv
		r.Getenv = func(name string) (string, bool) {
			if name == "DATABASE_URL" {
				return address, true
			}
			return getenv(name)
		}
		c, err := Parse([]byte(edited(t, "database_url", "${DATABASE_URL}")), r)
		require.NoError(t, err)
		require.Equal(t, address, c.DatabaseURL.Reveal())
		var out bytes.Buffer
		require.NoError(t, c.Describe(&out))
		require.Contains(t, out.String(), "database_url: (secret)")
		require.NotContains(t, out.String()+fmt.Sprintf("%v %+v %#v", c, c, c), password)
	}
	_, err := Parse([]byte(edited(t, "database_url", "postgres://u:"+password+"%zz@h/d")), reader())
	require.ErrorContains(t, err, "database_url is not an address")
	require.NotContains(t, err.Error(), password)
}

func TestHours(t *testing.T) {
	c, err := Parse([]byte(whole+`
hours:
  default: {call: ["Mon-Fri 09:30-19:00"]}
  NO: {call: ["Mon-Fri 10:00-18:00"], sms: ["Mon-Fri 09:00-18:00", "Sat 10:00-12:00"]}
  US-FL:
    sms: ["Mon-Sat 10:00-19:00"]
`), reader())
	require.NoError(t, err)
	require.Equal(t, hours.Company{
		"default": {hours.Call: {"Mon-Fri 09:30-19:00"}},
		"NO":      {hours.Call: {"Mon-Fri 10:00-18:00"}, hours.SMS: {"Mon-Fri 09:00-18:00", "Sat 10:00-12:00"}},
		"US-FL":   {hours.SMS: {"Mon-Sat 10:00-19:00"}},
	}, c.Hours)
	var out strings.Builder
	require.NoError(t, c.Describe(&out))
	require.Contains(t, out.String(), "  US-FL:\n    sms:\n      - Mon-Sat 10:00-19:00\n")

	_, err = Parse([]byte(whole+`
hours:
  France: {call: ["Mon 10:00-11:00"]}
  DE: {call: ["always"], fax: ["Mon 10:00-11:00"], sms: [[Mon]]}
  IT: ["Mon 10:00-11:00"]
  ES: {call: ["Sun 10:00-11:00"], call: ["Mon 10:00-11:00"]}
`), reader())
	var wrong Errors
	require.ErrorAs(t, err, &wrong)
	told := map[string]string{}
	for _, p := range wrong {
		told[p.Path] = p.Text
	}
	require.Equal(t, map[string]string{
		"hours.France":    "is no country; wants two capital letters, or default",
		"hours.DE.call":   `window "always": wants days and hours, as in "Mon-Fri 10:00-13:00"`,
		"hours.DE.fax":    "is no channel; channels are call and sms",
		"hours.DE.sms[0]": "must be a single value",
		"hours.DE.sms":    `window "": wants days and hours, as in "Mon-Fri 10:00-13:00"`,
		"hours.IT":        "must hold keys and values",
		"hours.ES.call":   "stands twice",
	}, told)
}

func TestSecretsDoNotShow(t *testing.T) {
	c, err := Parse([]byte(whole), reader())
	require.NoError(t, err)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "secret", c.Systems[0].Token, "systems", c.Systems)
	js, err := json.Marshal(c)
	require.NoError(t, err)
	ym, err := yaml.Marshal(c.Systems[0].Token)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"%v": fmt.Sprintf("%v %v", c, c.Systems), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "%q": fmt.Sprintf("%q", c.Systems[0].Token),
		"json": string(js), "yaml": string(ym), "log": log.String(),
	} {
		for _, secret := range []string{proxySecret, ccaiToken, nxSecret, nxUUID} {
			require.NotContains(t, text, secret, name)
		}
	}
	require.Empty(t, Secret("").String(), "an absent secret looks absent")
}

func TestDemo(t *testing.T) {
	upstream := &url.URL{Scheme: "http", Host: "127.0.0.1:4711"}
	c, err := Demo("127.0.0.1:8080", upstream)
	require.NoError(t, err)
	require.True(t, c.Demo)
	require.Equal(t, "http://localhost:8080", c.PublicURL.String())
	require.Len(t, c.Systems, 3)
	for _, s := range c.Systems {
		require.True(t, s.Simulated, s.ID)
		require.Equal(t, upstream, s.BaseURL, "nothing real is called")
		require.Equal(t, s.ID == "acme-live", s.Production, s.ID)
	}
	for _, address := range []string{"0.0.0.0:8080", ":8080", "192.0.2.1:8080", "example.com:80", "127.0.0.1", ""} {
		_, err := Demo(address, upstream)
		require.Error(t, err, address)
	}
	for _, address := range []string{"localhost:1", "[::1]:8080", "127.9.9.9:80"} {
		_, err := Demo(address, upstream)
		require.NoError(t, err, address)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{whole, "", "{}", "a: &x [*x]", "? {a: b}\n: c", "systems: [[[[", "listen: ${", "listen: !!binary aGk=",
		"systems:\n- {}\n- null\n- 5\n", "limits: {body_bytes: 99999999999999999999}", "systems: [{timeout: 9999999h}]", "\xff\xfe"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data, reader())
		if err != nil {
			var problems Errors
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		// Whatever passes can be started with.
		if c.Listen == "" || c.PublicURL == nil || len(c.Systems) == 0 || c.Identity.Mode != HeaderMode && c.Identity.Mode != JWTMode {
			t.Fatalf("accepted: %+v", c)
		}
		for _, s := range c.Systems {
			if s.BaseURL == nil || s.BaseURL.Scheme != "https" && !IsLoopback(s.BaseURL.Hostname()) || !(s.RequestsPerSecond > 0 && s.RequestsPerSecond <= 10) {
				t.Fatalf("accepted: %+v", s)
			}
		}
	})
}
