// Package config reads the one YAML file that an administrator writes, and
// judges all of it before anything starts.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Config is a configuration that was judged and may be used as it is.
type Config struct {
	Listen        string   // host:port of the console and its API
	PublicURL     *url.URL // where people find the console: scheme and host
	DataDir       string   // holds the SQLite file …
	DatabaseURL   Secret   // … unless this names a PostgreSQL; it may hold a password
	MetricsListen string   // host:port for Prometheus; empty: none
	Identity      Identity
	Roles         map[operation.Role][]string // groups that give each role
	Systems       []System
	Limits        wire.Limits
	Hours         hours.Company // the company's own calling hours
	Demo          bool          // simulator and role switch; only by serve --demo
}

// Mode says where the identity of a request comes from.
type Mode string

const (
	HeaderMode Mode = "header" // plain headers of a trusted proxy
	JWTMode    Mode = "jwt"    // a signed token in a header
	DemoMode   Mode = "demo"   // the role switch of serve --demo
)

// Identity says who vouches for people.
type Identity struct {
	Mode       Mode
	Header     Header // with HeaderMode
	JWT        JWT    // with JWTMode
	SignOutURL string // a path of the proxy or an https address; may be empty
}

// Header names the headers that a trusted proxy sets.
type Header struct {
	User, Name, Groups string
	Separator          string
	TrustedProxies     []netip.Prefix
	SecretHeader       string
	Secret             Secret
}

// JWT says how a signed identity token is checked.
type JWT struct {
	Header      string
	Issuer      string
	Audience    string
	JWKSURL     string
	Algorithms  []string
	UserClaim   string
	GroupsClaim string
}

// System is one configured upstream.
type System struct {
	ID                string
	Kind              operation.System
	Label             string
	Production        bool
	Simulated         bool // its upstream is our simulator; only by serve --demo
	BaseURL           *url.URL
	RequestsPerSecond float64
	Timeout           time.Duration // of one try; 0: the client's own default
	DefaultRegion     string        // ISO 3166 alpha-2; may be empty
	OutboundNumbers   []string

	// CCAI only.
	Username  string
	Token     Secret
	ChatType  string // what sms.send fills in; may be empty
	AgentKeys string // camel or snake

	// Callbot only.
	UUID             Secret
	Secret           Secret
	Algorithm        string // SHA256 or MD5
	VerifyResponses  string // off, warn or enforce
	OrderCallbackURL string
	CallCallbackURL  string
	GzipOver         int64  // bytes above which a body is compressed; 0: never
	GzipSigns        string // plain or wire: which bytes the signature of a compressed body covers
	MaxRows          int    // callList of one import; never above Limits.CallbotRows
	Skew             time.Duration
}

// Problem is one thing that is wrong, and where.
type Problem struct {
	Path string // "systems[0].token_file"; empty for the file as a whole
	Text string
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + " " + p.Text
}

// Errors is everything that is wrong with a configuration.
type Errors []Problem

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Reader reads what a configuration points at; tests pass their own.
type Reader struct {
	Getenv   func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
}

// OS reads from the process's environment and files.
func OS() Reader { return Reader{Getenv: os.LookupEnv, ReadFile: os.ReadFile} }

// Load reads and judges the file at path. Errors are of type Errors, but for a
// file that cannot be read.
func Load(path string, r Reader) (Config, error) {
	data, err := r.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(data, r)
}

// Parse reads and judges a configuration. The error is of type Errors and holds
// everything that was found.
func Parse(data []byte, r Reader) (Config, error) {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return Config{}, Errors{{Text: "the configuration is empty"}}
	case err != nil:
		return Config{}, Errors{{Text: "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return Config{}, Errors{{Text: "the file must hold one YAML document"}}
	}
	d := decoder{getenv: r.Getenv}
	var f file
	d.value(doc.Content[0], reflect.ValueOf(&f).Elem(), "")
	j := judge{Reader: r, problems: d.problems}
	c := j.config(f)
	if len(j.problems) > 0 {
		return Config{}, j.problems
	}
	return c, nil
}
