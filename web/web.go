// Package web holds what the server serves as files: pages, styles, icons,
// translations, and the compiled console. It gives every file a name that
// carries a hash of its content, so that browsers may keep it for good.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:static all:built
var files embed.FS

// Files are the embedded files: "static" as they are written, and "built" by
// the Makefile, each as .br and .gz only. On a checkout that was not built yet,
// "built" is empty.
func Files() fs.FS { return files }

// Routes lists the addresses of the console's own pages, besides "/". Each has
// pages one level below it too, such as /help/sms.
func Routes() []string {
	return []string{"/dnc", "/sms", "/campaign", "/callbot", "/lists", "/runs", "/ledger", "/help"}
}

// Built lists what the Makefile puts into "built" for the console to start.
func Built() []string {
	return []string{"app.wasm", "rest.wasm", "worker.wasm", "wasm_exec.js", "outdial.css",
		"translations.zh-TW.txt", "translations.zh-CN.txt", "translations.fr.txt", "translations.en.txt"}
}
