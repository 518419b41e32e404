package app

import "net/url"

// Page is what the console asks of a page.
type Page interface {
	SetTitle(format string, v ...any)
	URL() *url.URL
	ReplaceURL(v *url.URL)
}

type browserPage struct{}

func makeBrowserPage(func(string) string) browserPage { return browserPage{} }

func (browserPage) SetTitle(format string, v ...any) {
	Window().Get("document").Set("title", FormatString(format, v...))
}

func (browserPage) URL() *url.URL { return Window().URL() }

func (browserPage) ReplaceURL(v *url.URL) { Window().replaceHistory(v) }
