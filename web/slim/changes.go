package main

// changes is what the console does without, file by file.
var changes = []change{
	{file: "pkg/app/http.go", whole: true},
	{file: "pkg/app/static.go", whole: true},
	{file: "pkg/app/wasm.go", whole: true},
	{file: "pkg/app/scripts_wasm.go", whole: true},
	{file: "pkg/app/resource.go", whole: true},
	{file: "pkg/app/cache.go", whole: true},
	{file: "pkg/app/testing.go", whole: true},
	{file: "pkg/app/crypto.go", whole: true},
	{file: "pkg/app/state.go", whole: true},
	{file: "pkg/app/storage.go", whole: true},
	{file: "pkg/app/action.go", whole: true},
	{file: "pkg/app/notification.go", whole: true},
	{file: "pkg/app/social.go", whole: true},
	{file: "pkg/app/route.go", whole: true, ours: map[string]string{"router": "e5620db7", "router.createComponent": "27295d2c"}},
	{file: "pkg/app/app.go", ours: map[string]string{
		"routes": "1c9fedc3", "RunWhenOnBrowser": "2415e220", "RouteWithRegexp": "8dee08ff",
	}, gone: []string{"KeepBodyClean", "displayLoadError", "Route", "NewZeroComponentFactory"}},
	{file: "pkg/app/engine.go", ours: map[string]string{
		"engineX": "38d790e7", "engineX.baseContext": "b0ff4e89", "engineX.internalURL": "f10d61f6", "engineX.page": "d7312c37",
		"engineX.Load": "013f1ede", "engineX.Start": "f712f2b1", "engineX.processFrame": "06511fd8",
	}, gone: []string{"newEngine", "engineX.initBrowser", "engineX.ConsumeNext", "engineX.ConsumeAll", "engineX.Encode"}},
	{file: "pkg/app/context.go", ours: map[string]string{"Context": "1c4a7813"}, gone: []string{
		"Context.DeviceID", "Context.LocalStorage", "Context.SessionStorage", "Context.Encrypt", "Context.Decrypt", "Context.cryptoKey",
		"Context.Notifications", "Context.Handle", "Context.NewAction", "Context.NewActionWithValue",
		"Context.ObserveState", "Context.GetState", "Context.SetState", "Context.DelState",
	}},
	{file: "pkg/app/page.go", whole: true, ours: map[string]string{
		"Page": "cf2fe9e0", "browserPage": "15ff4cc1", "makeBrowserPage": "17dfc633", "browserPage.SetTitle": "43a6cc3c", "browserPage.URL": "cc0e2c42", "browserPage.ReplaceURL": "7743755d",
	}},
	{file: "pkg/app/node.go", ours: map[string]string{"nodeManager.CanUpdate": "629f4a02"}, gone: []string{
		"HTMLString", "PrintHTML", "nodeManager.Encode", "nodeManager.encode", "nodeManager.encodeText", "nodeManager.encodeIndent",
		"nodeManager.encodeHTML", "nodeManager.encodeHTMLAttribute", "nodeManager.encodeComponent", "nodeManager.encodeRawHTML",
	}},
	{file: "pkg/app/js_wasm.go", ours: map[string]string{"browserWindow.createElement": "23aa1e0e", "browserWindow.createTextNode": "fe06784e"}},
	{file: "pkg/errors/errors.go", whole: true, ours: map[string]string{
		"init": "69be60fc", "Error": "c53420f4", "New": "7c2357dc", "Error.WithTag": "52876527", "Error.Wrap": "3d1784d6", "Error.Unwrap": "91c97d1d", "Error.Error": "91387aa9", "As": "f5f7a351",
	}},
}
