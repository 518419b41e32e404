package gateway

import (
	"net/http"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// demoRole makes the browser's next requests another demo person's.
func (g *Gateway) demoRole(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Role operation.Role `json:"role"`
	}
	if err := readSmall(w, r, &body); err != nil {
		return err
	}
	if !g.RoleSwitch.Switch(w, body.Role) {
		return problem.Fields([]wire.FieldProblem{{Field: "role", Code: operation.CodeFixed,
			Detail: "must be agent, supervisor or admin", Params: map[string]string{"value": "agent, supervisor, admin"}}})
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
