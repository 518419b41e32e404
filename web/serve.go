package web

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var _ http.Handler = (*Assets)(nil)

// Cache rules: what carries its hash never changes; everything else is asked
// for anew each time, and answered with 304 while it is the same.
const (
	forGood  = "public, max-age=31536000, immutable"
	askAgain = "no-cache"
)

// ServeHTTP answers with a file, with the console's page, or with that page and
// 404 where the console has no such page.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		plain(w, http.StatusMethodNotAllowed, "Not with this method.\n")
		return
	}
	p := r.URL.Path
	if one, ok := a.byURL[p]; ok {
		cache := askAgain
		if a.hashed[p] {
			cache = forGood
		}
		a.serve(w, r, one, http.StatusOK, cache)
		return
	}
	switch {
	case isPage(p):
		a.serve(w, r, a.shell, http.StatusOK, askAgain)
	case strings.HasPrefix(p, "/web/"), strings.Contains(p[strings.LastIndex(p, "/")+1:], "."):
		// A page in place of a missing file would only puzzle the browser.
		plain(w, http.StatusNotFound, "There is no such file.\n")
	default:
		a.serve(w, r, a.shell, http.StatusNotFound, askAgain)
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text) //nolint:errcheck // the browser has gone
}

// isPage tells whether the console has a page at p.
func isPage(p string) bool {
	if p == "/" {
		return true
	}
	head, below, deeper := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	if !slices.Contains(Routes(), "/"+head) {
		return false
	}
	return !deeper || below != "" && !strings.ContainsFunc(below, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

func (a *Assets) serve(w http.ResponseWriter, r *http.Request, one asset, status int, cache string) {
	body, length, actual, err := one.in(negotiate(strings.Join(r.Header.Values("Accept-Encoding"), ",")))
	if err != nil {
		plain(w, http.StatusInternalServerError, "The file is damaged.\n")
		return
	}
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("Vary", "Accept-Encoding")
	// Each coding is a representation of its own and has a tag of its own.
	tag := `"` + one.hash + "-" + string(actual) + `"`
	h.Set("ETag", tag)
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", one.contentType)
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	if actual != identity {
		h.Set("Content-Encoding", string(actual))
	}
	if one.contentType == "application/wasm" {
		// Content-Length is the compressed size: a progress bar needs this one.
		h.Set("X-Raw-Length", strconv.FormatInt(one.size, 10))
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	io.Copy(w, body) //nolint:errcheck // the browser has gone
}

// matches tells whether an If-None-Match header names tag.
func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || candidate == "*" {
			return true
		}
	}
	return false
}
