package app

import "syscall/js"

// document is asked for once: every look at it is a call to the browser.
var document = js.Global().Get("document")

func (w *browserWindow) createElement(tag, xmlns string) (Value, error) {
	if xmlns != "" {
		return value{jsValue: document.Call("createElementNS", xmlns, tag)}, nil
	}
	return value{jsValue: document.Call("createElement", tag)}, nil
}

func (w *browserWindow) createTextNode(v string) Value {
	return value{jsValue: document.Call("createTextNode", v)}
}
