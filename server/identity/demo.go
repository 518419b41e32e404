package identity

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// demoCookie remembers the role that was switched to.
const demoCookie = "outdial_demo_role"

// Demo is the Source of serve --demo: everybody on this machine is one of three
// made-up persons, by a cookie that the role switch sets. Without the cookie it
// is the administrator, so that every job can be tried at once.
type Demo struct{}

var _ Source = Demo{}

// Identify refuses requests that do not come from this machine.
func (Demo) Identify(r *http.Request) (Caller, error) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return Caller{}, problem.BadIdentity.Because(errors.New("the demo answers to this machine only"))
	}
	role := operation.Admin
	if cookie, err := r.Cookie(demoCookie); err == nil && slices.Contains(operation.Roles(), operation.Role(cookie.Value)) {
		role = operation.Role(cookie.Value)
	}
	return Caller{Person: demoPerson(role), Groups: []string{"demo-" + string(role)}}, nil
}

// Switch sets the cookie that makes the browser's next requests another
// person's. It reports whether there is such a role.
func (Demo) Switch(w http.ResponseWriter, role operation.Role) bool {
	if !slices.Contains(operation.Roles(), role) {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: demoCookie, Value: string(role), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return true
}

func demoPerson(role operation.Role) wire.Person {
	name := map[operation.Role]string{operation.Agent: "Ana", operation.Supervisor: "Sam", operation.Admin: "Ada"}[role]
	return wire.Person{ID: string(role) + "@demo.example", Name: name + " (" + string(role) + ")"}
}
