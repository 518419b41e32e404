package app

import (
	"context"
	"net/url"
)

// Context without storage, states and actions.
type Context struct {
	context.Context

	page                  func() Page
	appUpdatable          bool
	resolveURL            func(string) string
	navigate              func(*url.URL, bool)
	dispatch              func(func())
	defere                func(func())
	async                 func(func())
	addComponentUpdate    func(Composer, int)
	removeComponentUpdate func(Composer)

	sourceElement        UI
	notifyComponentEvent func(Context, UI, any)
}
