package desk

import (
	"encoding/json"

	"outdial/shared/operation"
)

// Offer lays the body of an earlier call ready for the form of its operation.
// Nothing is sent by it: the page takes it over when it is opened next.
func (d *Desk) Offer(op operation.Name, body json.RawMessage) {
	*Keep[json.RawMessage](d, again(op)) = body
}

// Take gives what was offered for an operation, once: ok is false when there
// is nothing. The body is as it was posted to us, note included; a form that
// takes it over starts with an empty note, because the reason is another one.
func (d *Desk) Take(op operation.Name) (body json.RawMessage, ok bool) {
	body = *Keep[json.RawMessage](d, again(op))
	d.Drop(again(op))
	return body, len(body) > 0
}

func again(op operation.Name) string { return "use-again:" + string(op) }
