//go:build naive

package main

import (
	"net/http"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/shared/phone/library"
)

// The console as one would build it first: go-app as it is, numbers judged by
// the library, requests made by net/http. It is built to be weighed beside the
// real one (make bench), never to be shipped.
func init() {
	numbers := library.New()
	app.Window().Set("naive", app.FuncOf(func(_ app.Value, args []app.Value) any {
		go func() {
			if r, err := http.Get(args[0].String()); err == nil {
				_ = r.Body.Close()
			}
		}()
		return numbers.Judge(args[0].String(), args[1].String()).E164
	}))
}
