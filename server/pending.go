package main

import (
	"context"

	"outdial/server/gateway"
	"outdial/server/problem"
	"outdial/shared/wire"
)

// pending refuses every call until package call is wired in.
type pending struct{}

func (pending) Make(context.Context, gateway.Order) (wire.Envelope, error) {
	return wire.Envelope{}, problem.ShuttingDown.With("calls are not wired in yet")
}
