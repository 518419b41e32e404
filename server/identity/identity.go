// Package identity says who a request comes from: a trusted proxy's headers, a
// signed token, or the role switch of the demo. What it cannot be sure of it
// refuses, with a problem.NoIdentity or problem.BadIdentity.
package identity

import (
	"net/http"
	"slices"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Caller is who a request comes from.
type Caller struct {
	Person wire.Person
	Groups []string
}

// Source identifies requests. Errors are *problem.Error.
type Source interface {
	Identify(r *http.Request) (Caller, error)
}

// Roles holds the groups that give each role.
type Roles map[operation.Role][]string

// Of is the highest role that one of the groups gives, and whether there is any.
func (roles Roles) Of(groups []string) (operation.Role, bool) {
	all := operation.Roles()
	for _, role := range slices.Backward(all) {
		for _, group := range groups {
			if slices.Contains(roles[role], group) {
				return role, true
			}
		}
	}
	return "", false
}
