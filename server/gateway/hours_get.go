package gateway

import (
	"net/http"

	"outdial/shared/wire"
)

// hoursGet tells the rules of calling hours that runs keep.
func (g *Gateway) hoursGet(w http.ResponseWriter, r *http.Request, _ visitor) error {
	answer := wire.Hours{Rules: []wire.HoursRule{}}
	for _, rule := range g.Hours.Rules() {
		channels := make([]string, len(rule.Channels))
		for i, channel := range rule.Channels {
			channels[i] = string(channel)
		}
		answer.Rules = append(answer.Rules, wire.HoursRule{Code: rule.Code, Regions: rule.Regions, State: rule.State, Channels: channels, Windows: rule.Windows,
			Basis: string(rule.Basis), Source: rule.Source, Confidence: string(rule.Confidence)})
	}
	return g.respond(w, r, http.StatusOK, answer)
}
