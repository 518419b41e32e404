package gateway

import (
	"net/http"

	"outdial/server/call"
	"outdial/server/problem"
	"outdial/shared/operation"
)

// call makes one call. Its answer may take as long as the upstream's.
func (g *Gateway) call(w http.ResponseWriter, r *http.Request, who visitor) error {
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) > 1 {
		return problem.KeyMissing.With("The header came more than once.")
	}
	body, err := readJSON(w, r, g.Limits.BodyBytes)
	if err != nil {
		return err
	}
	order := call.Order{Person: who.Person, Role: who.Role, System: r.PathValue("system"),
		Operation: operation.Name(r.PathValue("operation")), Body: body}
	if len(keys) == 1 {
		order.Key = keys[0]
	}
	envelope, err := g.Calls.Make(r.Context(), order)
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, envelope)
}
