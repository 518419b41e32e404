package config

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"outdial/shared/operation"
)

// Describe writes what was understood, defaults filled in and secrets hidden,
// in the form of the file itself.
func (c Config) Describe(w io.Writer) error {
	type pairs = [][2]any
	node := func(p pairs) *yaml.Node {
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, kv := range p {
			var key, value yaml.Node
			key.SetString(fmt.Sprint(kv[0]))
			if already, ok := kv[1].(*yaml.Node); ok {
				value = *already
			} else if err := value.Encode(kv[1]); err != nil {
				value.SetString(fmt.Sprintf("(cannot be shown: %v)", err))
			}
			n.Content = append(n.Content, &key, &value)
		}
		return n
	}
	identity := pairs{{"mode", c.Identity.Mode}}
	switch c.Identity.Mode {
	case HeaderMode:
		h := c.Identity.Header
		var proxies []string
		for _, p := range h.TrustedProxies {
			proxies = append(proxies, p.String())
		}
		identity = append(identity, [2]any{"header", node(pairs{{"user", h.User}, {"name", h.Name}, {"groups", h.Groups},
			{"separator", h.Separator}, {"trusted_proxies", proxies}, {"secret_header", h.SecretHeader}, {"secret", h.Secret.String()}})})
	case JWTMode:
		t := c.Identity.JWT
		identity = append(identity, [2]any{"jwt", node(pairs{{"header", t.Header}, {"issuer", t.Issuer}, {"audience", t.Audience},
			{"jwks_url", t.JWKSURL}, {"algorithms", t.Algorithms}, {"user_claim", t.UserClaim}, {"groups_claim", t.GroupsClaim}})})
	}
	identity = append(identity, [2]any{"sign_out_url", c.Identity.SignOutURL})
	roles := pairs{}
	for _, role := range operation.Roles() {
		roles = append(roles, [2]any{role, c.Roles[role]})
	}
	systems := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range c.Systems {
		p := pairs{{"id", s.ID}, {"kind", s.Kind}, {"label", s.Label}, {"production", s.Production}, {"base_url", s.BaseURL.String()},
			{"requests_per_second", s.RequestsPerSecond}, {"default_region", s.DefaultRegion}}
		if s.Timeout > 0 {
			p = append(p, [2]any{"timeout", s.Timeout.String()})
		}
		switch s.Kind {
		case operation.CCAI:
			p = append(p, pairs{{"outbound_numbers", s.OutboundNumbers}, {"username", s.Username},
				{"token", s.Token.String()}, {"chat_type", s.ChatType}, {"agent_keys", s.AgentKeys}}...)
		case operation.Callbot:
			p = append(p, pairs{{"uuid", s.UUID.String()}, {"secret", s.Secret.String()}, {"algorithm", s.Algorithm}, {"verify_responses", s.VerifyResponses},
				{"order_callback_url", s.OrderCallbackURL}, {"call_callback_url", s.CallCallbackURL}, {"gzip_over", s.GzipOver}, {"gzip_signs", s.GzipSigns},
				{"max_rows", s.MaxRows}, {"skew", s.Skew.String()}}...)
		}
		systems.Content = append(systems.Content, node(p))
	}
	all := node(pairs{{"listen", c.Listen}, {"public_url", c.PublicURL.String()}, {"data_dir", c.DataDir}, {"database_url", c.DatabaseURL.String()}, {"metrics_listen", c.MetricsListen},
		{"identity", node(identity)}, {"roles", node(roles)}, {"systems", systems},
		{"limits", node(pairs{{"body_bytes", c.Limits.BodyBytes}, {"dnc_numbers", c.Limits.DNCNumbers},
			{"import_rows", c.Limits.ImportRows}, {"callbot_rows", c.Limits.CallbotRows},
			{"run_bytes", c.Limits.RunBytes}, {"run_rows", c.Limits.RunRows}, {"sms_run_rows", c.Limits.SMSRunRows}})}, {"hours", c.Hours}})
	var out strings.Builder
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("describe the configuration: %w", err)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
