package lists

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// where the browser keeps the mappings.
const mappingsKey = "outdial.mappings"

func stored() []mapping {
	if app.IsServer {
		return nil
	}
	if data := app.Window().Get("localStorage").Call("getItem", mappingsKey); data.Truthy() {
		return read(data.String())
	}
	return nil
}

// store keeps the mappings. A browser whose storage is full keeps none: that
// is said by ok.
func store(all []mapping) (ok bool) {
	if app.IsServer {
		return false
	}
	defer func() { ok = recover() == nil }() // the browser throws when it has no room
	app.Window().Get("localStorage").Call("setItem", mappingsKey, encode(all))
	return true
}

func element(id string) app.Value {
	return app.Window().Get("document").Call("getElementById", id)
}

func focus(id string) {
	if e := element(id); e.Truthy() {
		e.Call("focus")
		e.Call("scrollIntoView", map[string]any{"block": "nearest"})
	}
}
