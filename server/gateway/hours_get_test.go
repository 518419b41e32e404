package gateway

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	keeping "outdial/server/hours"
	"outdial/shared/hours"
	"outdial/shared/phone/library"
	"outdial/shared/wire"
)

func TestHoursGet(t *testing.T) {
	keeper, err := keeping.New(hours.Company{"US-FL": {hours.SMS: {"Mon-Fri 10:00-19:00"}}}, library.New())
	require.NoError(t, err)
	keep := func(c *Config) { c.Hours = keeper }
	for _, s := range []scenario{
		{name: "an agent reads the rules, the company's last", method: "GET", url: "/api/hours", as: "agent", change: keep, status: http.StatusOK,
			check: func(t *testing.T, _ *world, body string) {
				var answer wire.Hours
				require.NoError(t, json.Unmarshal([]byte(body), &answer))
				require.Len(t, answer.Rules, len(hours.Rules())+1)
				require.Equal(t, "us", answer.Rules[0].Code)
				require.NotEmpty(t, answer.Rules[0].Source)
				require.Equal(t, wire.HoursRule{Code: "own", Regions: []string{"US"}, State: "FL", Channels: []string{"sms"}, Windows: []string{"Mon-Fri 10:00-19:00"},
					Basis: "own", Source: "configuration", Confidence: "decided"}, answer.Rules[len(answer.Rules)-1])
			}},
		{name: "nobody does not", method: "GET", url: "/api/hours", change: keep, status: http.StatusUnauthorized},
		{name: "they cannot be written", method: "POST", url: "/api/hours", as: "admin", body: "{}", change: keep, status: http.StatusMethodNotAllowed},
		{name: "without hours there is no such page", method: "GET", url: "/api/hours", as: "agent", status: http.StatusNotFound},
	} {
		s.run(t)
	}
}
