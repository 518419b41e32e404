package client

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/shared/wire"
)

// Watch hands every event of the person's own calls to f until the returned
// function is called. The browser reconnects by itself; a missed event costs a
// progress bar, never an outcome.
func Watch(f func(wire.Event)) (stop func()) {
	if app.IsServer {
		return func() {}
	}
	source := app.Window().Get("EventSource").New("/api/events")
	listener := app.FuncOf(func(_ app.Value, args []app.Value) any {
		var e wire.Event
		if err := json.Unmarshal([]byte(args[0].Get("data").String()), &e); err == nil {
			f(e)
		}
		return nil
	})
	source.Call("addEventListener", "message", listener)
	return func() {
		source.Call("close")
		listener.Release()
	}
}
