package main

import (
	"outdial/server/config"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// demoOf tells the console that nothing real is called, and where the
// simulator explains itself.
func demoOf(cfg config.Config) *wire.Demo {
	return &wire.Demo{Roles: operation.Roles(), Help: cfg.Systems[0].BaseURL.String() + "/"}
}
