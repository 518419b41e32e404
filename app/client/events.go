package client

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/shared/run"
	"outdial/shared/wire"
)

// Watch hands every event of the person's own calls to f, and of their runs to
// g, until the returned function is called. The browser reconnects by itself;
// a missed event costs a progress bar, never an outcome. A tab that is not seen
// does not listen: over HTTP/1.1 a browser has six connections to a host for
// all its tabs together, and a page that was left for another may be kept, its
// connection with it.
func Watch(f func(wire.Event), g func(run.Event)) (stop func()) {
	if app.IsServer {
		return func() {}
	}
	heard, heardRun := told(f), told(g)
	var source app.Value
	leave := func() {
		if source != nil {
			source.Call("close")
			source = nil
		}
	}
	document := app.Window().Get("document")
	follow := func() {
		if document.Get("visibilityState").String() != "visible" {
			leave()
			return
		}
		if source == nil {
			source = app.Window().Get("EventSource").New("/api/events")
			source.Call("addEventListener", "message", heard)
			source.Call("addEventListener", "run", heardRun)
		}
	}
	turned := app.FuncOf(func(app.Value, []app.Value) any {
		follow()
		return nil
	})
	document.Call("addEventListener", "visibilitychange", turned)
	follow()
	return func() {
		document.Call("removeEventListener", "visibilitychange", turned)
		leave()
		turned.Release()
		heard.Release()
		heardRun.Release()
	}
}

// told hands what an event says to f.
func told[T any](f func(T)) app.Func {
	return app.FuncOf(func(_ app.Value, args []app.Value) any {
		var e T
		if err := json.Unmarshal([]byte(args[0].Get("data").String()), &e); err == nil {
			f(e)
		}
		return nil
	})
}
