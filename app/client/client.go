// Package client talks to our own server. Every function blocks until there is
// an answer: call it in ctx.Async and bring the result back with ctx.Dispatch.
package client

import (
	"encoding/hex"
	"encoding/json"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Failure says why there is no answer of the kind that was asked for. Exactly
// one of its fields is set.
type Failure struct {
	Lost      bool          // no answer: it may or may not have arrived
	SignedOut bool          // the session at the gate has ended; nothing was done
	Problem   *wire.Problem // our server said no
}

// Session asks who is signed in and what they may do.
func Session() (wire.Session, *Failure) {
	return ask[wire.Session]("GET", "/api/session", nil, "")
}

// EarlySession is what the page asked while the program was loading. ok is
// false when no answer has come, or none that says who is signed in.
func EarlySession() (s wire.Session, ok bool) {
	page := app.Window().Get("outdial")
	if app.IsServer || !page.Get("session").Truthy() {
		return wire.Session{}, false
	}
	answer := page.Get("session").String()
	page.Set("session", nil)
	return s, json.Unmarshal([]byte(answer), &s) == nil
}

// Call makes a call. The key stays the same as long as it is the same
// intention, so asking again after a lost answer cannot do it twice.
func Call(system string, op operation.Name, key string, body []byte) (wire.Envelope, *Failure) {
	headers := map[string]any{}
	if key != "" {
		headers["Idempotency-Key"] = key
	}
	return ask[wire.Envelope]("POST", "/api/systems/"+system+"/operations/"+string(op), headers, string(body))
}

// Ledger searches the ledger. It is a POST so that no number stands in a URL.
func Ledger(filter wire.Filter) (wire.Page, *Failure) {
	return send[wire.Page]("/api/ledger", filter)
}

// Entry reads one call of the ledger.
func Entry(id string) (wire.Entry, *Failure) {
	return ask[wire.Entry]("GET", "/api/ledger/"+id, nil, "")
}

// Settle records what a person found out about an unknown outcome.
func Settle(id string, s wire.Settle) (wire.Entry, *Failure) {
	return send[wire.Entry]("/api/ledger/"+id+"/settle", s)
}

// SwitchRole changes the demo's role.
func SwitchRole(role operation.Role) *Failure {
	_, failure := send[struct{}]("/api/demo/role", map[string]operation.Role{"role": role})
	return failure
}

// Rest loads the functions of the pages that nobody starts with. Until it has
// come back without an error, none of them may be called.
func Rest() error {
	if app.IsServer {
		return nil
	}
	_, err := await(app.Window().Get("outdial").Call("rest"))
	return err
}

// Dictionary loads the strings of another language.
func Dictionary(tag string) (string, *Failure) {
	r, err := fetch("GET", app.Window().Get("outdial").Get("dictionaries").Get(tag).String(), map[string]any{}, "")
	if err != nil || r.status != 200 {
		return "", &Failure{Lost: true}
	}
	return r.body, nil
}

func send[T any](path string, body any) (T, *Failure) {
	data, failure := encoded(body)
	if failure != nil {
		var none T
		return none, failure
	}
	return ask[T]("POST", path, nil, data)
}

func encoded(body any) (string, *Failure) {
	data, err := json.Marshal(body)
	if err != nil {
		return "", &Failure{Problem: unreadable(err)}
	}
	return string(data), nil
}

func ask[T any](method, path string, headers map[string]any, body string) (T, *Failure) {
	var answer T
	if headers == nil {
		headers = map[string]any{}
	}
	if body != "" {
		headers["Content-Type"] = "application/json"
	}
	r, err := fetch(method, path, headers, body)
	switch {
	case err != nil:
		return answer, &Failure{Lost: true}
	case r.signedOut:
		return answer, &Failure{SignedOut: true}
	case r.status >= 400:
		var p wire.Problem
		if !r.json || json.Unmarshal([]byte(r.body), &p) != nil || p.Code == "" {
			// Something between us and our server answered: what became of
			// the request is not known.
			return answer, &Failure{Lost: true}
		}
		return answer, &Failure{Problem: &p}
	case r.status == 204:
		return answer, nil
	}
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil {
		return answer, &Failure{Problem: unreadable(err)}
	}
	return answer, nil
}

func unreadable(err error) *wire.Problem {
	return &wire.Problem{Code: "unreadable_answer", Title: "The answer of our server cannot be read", Detail: err.Error()}
}

// NewKey makes an Idempotency-Key: one for each intention.
func NewKey() string {
	k := Keys{most: keySize}
	return k.New()
}

// Keys makes many keys: asking the browser for randomness takes longer than
// all the rest.
type Keys struct {
	most int
	left []byte
}

const (
	keySize = 16
	atOnce  = 256 * keySize
)

// New makes a UUID of random bytes (RFC 9562, version 4).
func (k *Keys) New() string {
	if len(k.left) == 0 {
		if k.most == 0 {
			k.most = atOnce
		}
		bytes := app.Window().Get("Uint8Array").New(k.most)
		app.Window().Get("crypto").Call("getRandomValues", bytes)
		k.left = make([]byte, k.most)
		app.CopyBytesToGo(k.left, bytes)
	}
	b := k.left[:keySize:keySize]
	k.left = k.left[keySize:]
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	id := hex.EncodeToString(b)
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// Online reports whether the browser believes it has a network.
func Online() bool {
	return app.Window().Get("navigator").Get("onLine").Bool()
}

// Origin is the scheme and host of our own server.
func Origin() string {
	return app.Window().Get("location").Get("origin").String()
}
