package gateway

import (
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Order is one call as a person asked for it.
type Order struct {
	Person    wire.Person
	Role      operation.Role
	System    string
	Operation operation.Name
	Key       string
	Body      []byte
}
