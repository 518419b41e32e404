package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// only lists the keys that one kind of system has and the other has not.
func only(kind operation.System) []string {
	if kind == operation.CCAI {
		return []string{"outbound_numbers", "username", "token_file", "chat_type", "agent_keys"}
	}
	return []string{"uuid", "secret_file", "algorithm", "verify_responses", "order_callback_url", "call_callback_url",
		"gzip_over", "gzip_signs", "max_rows", "skew"}
}

func (j *judge) systems(list []systemInFile, limits wire.Limits) []System {
	if len(list) == 0 {
		j.problem("systems", "must name at least one system")
	}
	seen := map[string]bool{}
	systems := make([]System, len(list))
	for i, f := range list {
		at := fmt.Sprintf("systems[%d].", i)
		switch {
		case f.ID == "":
			j.problem(at+"id", "is required: a short name for addresses and the ledger")
		case !plainID(f.ID):
			j.problem(at+"id", "may hold small letters, digits and - only, 32 at most")
		case seen[f.ID]:
			j.problem(at+"id", "stands twice")
		}
		seen[f.ID] = true
		systems[i] = j.system(at, f, limits)
	}
	return systems
}

func plainID(id string) bool {
	return len(id) <= 32 && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

func (j *judge) system(at string, f systemInFile, limits wire.Limits) System {
	s := System{
		ID: f.ID, Kind: operation.System(f.Kind), Label: or(f.Label, f.ID), Production: f.Production,
		RequestsPerSecond: f.RequestsPerSecond, Timeout: f.Timeout, DefaultRegion: f.DefaultRegion, OutboundNumbers: f.OutboundNumbers,
	}
	if f.RequestsPerSecond == 0 {
		s.RequestsPerSecond = defaultRate
	}
	// Written so that NaN fails too.
	if !(s.RequestsPerSecond > 0 && s.RequestsPerSecond <= highestRate) {
		j.problem(at+"requests_per_second", "must be above 0 and at most %v", highestRate)
	}
	if f.Timeout != 0 && (f.Timeout < time.Second || f.Timeout > longestTimeout) {
		j.problem(at+"timeout", "must lie between 1s and %v", longestTimeout)
	}
	if s.DefaultRegion != "" && (len(s.DefaultRegion) != 2 || strings.Trim(s.DefaultRegion, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		j.problem(at+"default_region", "must be two capital letters, such as US")
	}
	switch s.Kind {
	case operation.CCAI:
		j.foreign(at, f, operation.Callbot)
		j.ccai(at, f, &s)
	case operation.Callbot:
		j.foreign(at, f, operation.CCAI)
		j.callbot(at, f, &s, limits)
	default:
		j.problem(at+"kind", "must be ccai or callbot")
	}
	return s
}

// foreign tells of keys that stand in a system of the other kind, where they
// would do nothing.
func (j *judge) foreign(at string, f systemInFile, other operation.System) {
	v := reflect.ValueOf(f)
	for i, key := range keysOf(v.Type()) {
		if slices.Contains(only(other), key) && !v.Field(i).IsZero() {
			j.problem(at+key, "is for systems of kind %s", other)
		}
	}
}

func (j *judge) ccai(at string, f systemInFile, s *System) {
	s.BaseURL = j.base(at, f.BaseURL)
	s.Username, s.ChatType, s.AgentKeys = f.Username, f.ChatType, or(f.AgentKeys, "camel")
	if s.Username == "" && s.BaseURL != nil {
		s.Username = firstLabel(s.BaseURL.Hostname())
		if s.Username == "" {
			j.problem(at+"username", "is required, since base_url names no host to take it from")
		}
	}
	if strings.Contains(s.Username, ":") {
		j.problem(at+"username", "must not hold a colon (HTTP Basic)")
	}
	s.Token = j.secret(at+"token_file", f.TokenFile)
	if s.AgentKeys != "camel" && s.AgentKeys != "snake" {
		j.problem(at+"agent_keys", "must be camel (agentId) or snake (agent_id)")
	}
	for i, number := range s.OutboundNumbers {
		digits, plus := strings.CutPrefix(number, "+")
		if !plus || len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
			j.problem(fmt.Sprintf("%soutbound_numbers[%d]", at, i), "must be a plus and 7 to 15 digits, in quotes")
		}
	}
}

func (j *judge) callbot(at string, f systemInFile, s *System, limits wire.Limits) {
	s.BaseURL = j.base(at, or(f.BaseURL, defaultCallbot))
	s.UUID, s.OrderCallbackURL, s.CallCallbackURL = Secret(f.UUID), f.OrderCallbackURL, f.CallCallbackURL
	j.must(at+"uuid", f.UUID, "the account's uuid")
	s.Secret = j.secret(at+"secret_file", f.SecretFile)
	s.Algorithm = j.choice(at+"algorithm", f.Algorithm, "MD5", "SHA256")
	s.VerifyResponses = j.choice(at+"verify_responses", f.VerifyResponses, "enforce", "warn", "off")
	s.GzipSigns = j.choice(at+"gzip_signs", f.GzipSigns, "plain", "wire")
	j.callback(at+"order_callback_url", f.OrderCallbackURL)
	j.callback(at+"call_callback_url", f.CallCallbackURL)
	s.GzipOver, s.MaxRows, s.Skew = defaultGzip, limits.CallbotRows, f.Skew
	if f.GzipOver != nil {
		s.GzipOver = *f.GzipOver
	}
	if s.GzipOver < 0 {
		j.problem(at+"gzip_over", "must be a number of bytes, or 0 for never")
	}
	if f.MaxRows < 0 || f.MaxRows > limits.CallbotRows {
		j.problem(at+"max_rows", "must lie between 1 and limits.callbot_rows, %d", limits.CallbotRows)
	} else if f.MaxRows > 0 {
		s.MaxRows = f.MaxRows
	}
	if f.Skew == 0 {
		s.Skew = defaultSkew
	}
	if f.Skew < 0 || f.Skew > time.Hour {
		j.problem(at+"skew", "must lie between 0s and 1h")
	}
}

func (j *judge) callback(path, text string) {
	if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		j.problem(path, "must be an https address")
	}
}

// choice is the text if it is one of the choices, the first if it is empty.
func (j *judge) choice(path, text string, choices ...string) string {
	if text == "" {
		return choices[0]
	}
	if !slices.Contains(choices, text) {
		j.problem(path, "must be %s", strings.Join(choices, ", "))
	}
	return text
}

func (j *judge) base(at, text string) *url.URL {
	if !j.must(at+"base_url", text, "the upstream's https address") {
		return nil
	}
	u := j.url(at+"base_url", text)
	if u != nil && strings.Trim(u.Path, "/") != "" {
		j.problem(at+"base_url", "must have no path; the operations bring their own")
		return nil
	}
	if u != nil {
		u.Path = ""
	}
	return u
}

// firstLabel is "acme" for acme.uc1.ccaiplatform.com, the vendor's habit for
// user names; an address has none.
func firstLabel(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	label, _, _ := strings.Cut(host, ".")
	return label
}
