package config

import (
	"fmt"
	"net"
	"net/url"

	"outdial/shared/operation"
)

// Demo is the configuration of serve --demo: three systems whose upstream is
// the simulator at that address, and the role switch for identity. The
// credentials are no secrets: the simulator is told the same ones and listens
// on loopback only.
func Demo(listen string, simulator *url.URL) (Config, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return Config{}, fmt.Errorf("the demo's address %q is not host:port: %w", listen, err)
	}
	if !IsLoopback(host) {
		return Config{}, fmt.Errorf("the demo has no sign-in, so it listens on loopback only, not on %q", listen)
	}
	roles := map[operation.Role][]string{}
	for _, role := range operation.Roles() {
		roles[role] = []string{"demo-" + string(role)}
	}
	return Config{
		Listen:    listen,
		PublicURL: &url.URL{Scheme: "http", Host: listen},
		DataDir:   "./data/demo",
		Identity:  Identity{Mode: DemoMode},
		Roles:     roles,
		Limits:    defaultLimits(),
		Demo:      true,
		Systems: []System{
			demoCCAI("acme", "ACME", simulator, false),
			demoCCAI("acme-live", "ACME Live (simulated)", simulator, true),
			{
				ID: "nx", Kind: operation.Callbot, Label: "NX", Simulated: true, BaseURL: simulator,
				RequestsPerSecond: defaultRate, UUID: "demo-nx", Secret: "demo-secret-nx", Algorithm: "SHA256",
				VerifyResponses: "enforce", GzipSigns: "plain", GzipOver: defaultGzip,
				MaxRows: defaultLimits().CallbotRows, Skew: defaultSkew,
			},
		},
	}, nil
}

func demoCCAI(id, label string, simulator *url.URL, production bool) System {
	return System{
		ID: id, Kind: operation.CCAI, Label: label, Production: production, Simulated: true, BaseURL: simulator,
		RequestsPerSecond: defaultRate, DefaultRegion: "US", OutboundNumbers: []string{"+16285550199", "+16285550123"},
		Username: id, Token: Secret("demo-token-" + id), AgentKeys: "camel",
	}
}
