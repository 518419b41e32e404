// Package journey drives the real console in Chromium against the real server
// and its simulator, the way a person does: by what can be read, pressed and
// typed. Its tests need the built program (make build), Chromium and axe-core
// (make tools), so they stand behind the build tag "journey"; make test always
// runs them.
package journey
