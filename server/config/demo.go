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
	host, port, err := net.SplitHostPort(listen)
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
		PublicURL: &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", port)},
		DataDir:   "./data/demo",
		Identity:  Identity{Mode: DemoMode},
		Roles:     roles,
		Limits:    defaultLimits(),
		Demo:      true,
		Systems: []System{
			demoCCAI("acme", "ACME", "demo-token", simulator, false),
			demoCCAI("acme-live", "ACME Live (simulated)", "demo-token-live", simulator, true),
			{
				ID: "nx", Kind: operation.Callbot, Label: "NX", Simulated: true, BaseURL: simulator,
				RequestsPerSecond: defaultRate, UUID: "demo-account-uuid", Secret: "demo-secret-0001", Algorithm: "SHA256",
				VerifyResponses: "enforce", GzipSigns: "plain", GzipOver: defaultGzip,
				MaxRows: defaultLimits().CallbotRows, Skew: defaultSkew,
			},
		},
	}, nil
}

func demoCCAI(id, label string, token Secret, simulator *url.URL, production bool) System {
	return System{
		ID: id, Kind: operation.CCAI, Label: label, Production: production, Simulated: true, BaseURL: simulator,
		RequestsPerSecond: defaultRate, DefaultRegion: "US", OutboundNumbers: []string{"+16285550199", "+16285550123"},
		Username: id, Token: token, AgentKeys: "camel",
	}
}
