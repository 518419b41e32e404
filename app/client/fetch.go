package client

import (
	"errors"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// errLost says that no answer came: the network, or our server, is away. It
// does not say whether the request arrived.
var errLost = errors.New("no answer from our server")

// reply is what our server answered.
type reply struct {
	status    int
	json      bool // the body is JSON or problem+json
	signedOut bool // the gate answered in place of our server
	body      string
}

// fetch asks our own server. It blocks: call it off the UI goroutine.
func fetch(method, path string, headers map[string]any, body string) (reply, error) {
	headers["Accept"] = "application/json"
	headers["X-Requested-With"] = "Outdial"
	options := map[string]any{
		"method":      method,
		"headers":     headers,
		"credentials": "same-origin",
		"cache":       "no-store",
		"redirect":    "manual", // a redirect is the gate's: the session has ended
	}
	if body != "" {
		options["body"] = body
	}
	response, err := await(app.Window().Call("fetch", path, options))
	if err != nil {
		return reply{}, errLost
	}
	if response.Get("type").String() == "opaqueredirect" {
		return reply{signedOut: true}, nil
	}
	r := reply{status: response.Get("status").Int()}
	kind := response.Get("headers").Call("get", "content-type")
	r.json = kind.Truthy() && (strings.HasPrefix(kind.String(), "application/json") || strings.HasPrefix(kind.String(), "application/problem+json"))
	r.signedOut = r.status == 401 || !r.json && r.status < 400 && r.status != 204
	content, err := await(response.Call("text"))
	if err != nil {
		return reply{}, errLost
	}
	r.body = content.String()
	return r, nil
}

// await waits for a promise, with both of its ends.
func await(promise app.Value) (app.Value, error) {
	type end struct {
		value app.Value
		err   error
	}
	done := make(chan end, 1)
	resolved := app.FuncOf(func(_ app.Value, args []app.Value) any {
		done <- end{value: args[0]}
		return nil
	})
	rejected := app.FuncOf(func(_ app.Value, args []app.Value) any {
		done <- end{err: errors.New(args[0].Call("toString").String())}
		return nil
	})
	defer resolved.Release()
	defer rejected.Release()
	promise.Call("then", resolved, rejected)
	e := <-done
	return e.value, e.err
}
