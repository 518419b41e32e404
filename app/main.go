// The console: runs in the browser.
package main

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/shell"
	"outdial/app/text"
)

func main() {
	page := app.Window().Get("outdial")
	if page.Truthy() {
		if err := text.Load(page.Get("language").String(), page.Get("dictionary").String()); err != nil {
			app.Log(err)
		}
	}
	app.RouteWithRegexp("^/.*$", func() app.Composer { return &shell.Frame{} })
	app.RunWhenOnBrowser()
}
