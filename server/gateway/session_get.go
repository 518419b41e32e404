package gateway

import (
	"net/http"
	"slices"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// session tells the console who its person is and what they may do.
func (g *Gateway) session(w http.ResponseWriter, r *http.Request, who visitor) error {
	return g.respond(w, r, http.StatusOK, g.sessionOf(who))
}

func (g *Gateway) sessionOf(who visitor) wire.Session {
	systems := slices.Clone(g.Systems)
	for i := range systems {
		systems[i].Operations = operation.For(systems[i].Kind, who.Role)
	}
	return wire.Session{Person: who.Person, Role: who.Role, Systems: systems, Limits: g.Limits,
		SignOutURL: g.SignOutURL, Demo: g.Demo, Version: g.Version}
}
