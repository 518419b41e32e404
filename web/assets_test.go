package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	br "github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"
)

// program stands in for app.wasm: long enough for compression to pay.
var program = bytes.Repeat([]byte("\x00asm outdial "), 1000)

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func brotlied(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := br.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// site is a small console.
func site(t *testing.T) fstest.MapFS {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"static/index.html":           file(`<html><script src="{{.Asset "boot.js"}}"></script><link href="{{.Asset "styles/main.css"}}"></html>` + strings.Repeat(" ", 200)),
		"static/boot.js":              file(`run("{{.Asset "app.wasm"}}", "{{.Asset "worker.js"}}")`),
		"static/worker.js":            file(`load("{{.Asset "app.wasm"}}")`),
		"static/sw.js":                file(`const version = "{{.Version}}", files = {{.Precache}}, routes = {{.Routes}}`),
		"static/manifest.webmanifest": file(`{"icons":[{"src":"{{.Asset "icons/a.png"}}"}]}`),
		"static/styles/main.css":      file("body { color: black }" + strings.Repeat("/* calm */", 50)),
		"static/icons/a.png":          file("\x89PNG"),
		"static/favicon.ico":          file("icon"),
		"static/unused.css":           file("body {}"),
		"static/.hidden":              file("not for anybody"),
		"built/.keep":                 file(""),
		"built/app.wasm.gz":           {Data: zipped(t, program)},
		"built/app.wasm.br":           {Data: brotlied(t, program)},
	}
}

func assets(t *testing.T, files fs.FS) *Assets {
	t.Helper()
	a, err := New(files)
	require.NoError(t, err)
	return a
}

func get(t *testing.T, h http.Handler, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://console.example/", nil)
	r.URL.Path = path
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func content(t *testing.T, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(data)
}

// address finds the hashed address of a file in a text.
func address(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(`/web/` + pattern).FindString(text)
	require.NotEmpty(t, found, "%s in %s", pattern, text)
	return found
}

func TestPagesAndFiles(t *testing.T) {
	a := assets(t, site(t))
	for _, tc := range []struct {
		path, contentType, cache string
		status                   int
	}{
		{"/", "text/html; charset=utf-8", "no-cache", 200},
		{"/dnc", "text/html; charset=utf-8", "no-cache", 200},
		{"/help/sms", "text/html; charset=utf-8", "no-cache", 200},
		{"/ledger/0198c0de-0000-7000-8000-000000000000", "text/html; charset=utf-8", "no-cache", 200},
		{"/help/", "text/html; charset=utf-8", "no-cache", 404},
		{"/help/a/b", "text/html; charset=utf-8", "no-cache", 404},
		{"/help/\"><script>", "text/html; charset=utf-8", "no-cache", 404},
		{"/nothing", "text/html; charset=utf-8", "no-cache", 404},
		{"/sw.js", "text/javascript; charset=utf-8", "no-cache", 200},
		{"/manifest.webmanifest", "application/manifest+json", "no-cache", 200},
		{"/robots.txt", "text/plain; charset=utf-8", "no-cache", 200},
		{"/favicon.ico", "image/x-icon", "no-cache", 200},
		{"/web/boot.js", "text/javascript; charset=utf-8", "no-cache", 200},
		{"/web/app.wasm", "application/wasm", "no-cache", 200},
		{"/web/icons/a.png", "image/png", "no-cache", 200},
		{"/web/boot.0123456789abcdef.js", "text/plain; charset=utf-8", "no-store", 404},
		{"/web/index.html", "text/plain; charset=utf-8", "no-store", 404},
		{"/web/.hidden", "text/plain; charset=utf-8", "no-store", 404},
		{"/web/../web.go", "text/plain; charset=utf-8", "no-store", 404},
		{"/sitemap.xml", "text/plain; charset=utf-8", "no-store", 404},
		{"/ads.txt", "text/plain; charset=utf-8", "no-store", 404},
	} {
		t.Run(tc.path, func(t *testing.T) {
			res := get(t, a, tc.path)
			require.Equal(t, tc.status, res.StatusCode)
			require.Equal(t, tc.contentType, res.Header.Get("Content-Type"))
			require.Equal(t, tc.cache, res.Header.Get("Cache-Control"))
			require.NotContains(t, content(t, res), "<script>\"", "nothing of the address may come back")
		})
	}
}

func TestHashedAddressesLeadFromThePageToEverything(t *testing.T) {
	a := assets(t, site(t))
	page := content(t, get(t, a, "/"))
	boot := address(t, page, `boot\.[0-9a-f]{16}\.js`)
	style := address(t, page, `styles/main\.[0-9a-f]{16}\.css`)
	script := content(t, get(t, a, boot))
	wasm := address(t, script, `app\.[0-9a-f]{16}\.wasm`)
	worker := address(t, script, `worker\.[0-9a-f]{16}\.js`)
	for _, at := range []string{boot, style, wasm, worker} {
		res := get(t, a, at)
		require.Equal(t, 200, res.StatusCode, at)
		require.Equal(t, "public, max-age=31536000, immutable", res.Header.Get("Cache-Control"), at)
	}
	require.Empty(t, a.Missing())
}

func TestServiceWorkerKnowsAllThatIsNeededOffline(t *testing.T) {
	a := assets(t, site(t))
	sw := content(t, get(t, a, "/sw.js"))
	require.Contains(t, sw, `version = "`+a.Version()+`"`)
	_, rest, _ := strings.Cut(sw, "files = ")
	var files []string
	require.NoError(t, json.NewDecoder(strings.NewReader(rest)).Decode(&files))
	require.Contains(t, files, "/")
	require.Len(t, files, 2+5, "the page, the manifest and the five files that are named: %v", files)
	for _, at := range files {
		require.Equal(t, 200, get(t, a, at).StatusCode, at)
	}
	_, rest, _ = strings.Cut(sw, "routes = ")
	var routes []string
	require.NoError(t, json.NewDecoder(strings.NewReader(rest)).Decode(&routes))
	require.Equal(t, append([]string{"/"}, Routes()...), routes)
}

func TestVersionFollowsEveryFile(t *testing.T) {
	before := assets(t, site(t)).Version()
	require.Equal(t, before, assets(t, site(t)).Version(), "the same files, the same version")
	for name := range site(t) {
		if strings.Contains(name, "/.") || strings.HasSuffix(name, ".br") {
			continue
		}
		changed := site(t)
		if strings.HasSuffix(name, ".gz") {
			changed[name] = &fstest.MapFile{Data: zipped(t, []byte("another program"))}
		} else {
			changed[name] = &fstest.MapFile{Data: append(slices.Clone(changed[name].Data), ' ')}
		}
		require.NotEqual(t, before, assets(t, changed).Version(), name)
	}
}

func TestEveryCodingGivesTheSameContent(t *testing.T) {
	a := assets(t, site(t))
	for _, tc := range []struct{ accept, coding string }{
		{"gzip, deflate, br, zstd", "br"},
		{"gzip", "gzip"},
		{"", ""},
		{"br;q=0, gzip;q=0", ""},
	} {
		for path, want := range map[string]string{"/web/app.wasm": string(program), "/web/styles/main.css": string(site(t)["static/styles/main.css"].Data)} {
			t.Run(path+" "+tc.accept, func(t *testing.T) {
				res := get(t, a, path, "Accept-Encoding", tc.accept)
				require.Equal(t, tc.coding, res.Header.Get("Content-Encoding"))
				require.Equal(t, "Accept-Encoding", res.Header.Get("Vary"))
				sent := content(t, res)
				require.Equal(t, strconv.Itoa(len(sent)), res.Header.Get("Content-Length"))
				got := sent
				switch tc.coding {
				case "br":
					plain, err := io.ReadAll(br.NewReader(strings.NewReader(sent)))
					require.NoError(t, err)
					got = string(plain)
				case "gzip":
					r, err := gzip.NewReader(strings.NewReader(sent))
					require.NoError(t, err)
					plain, err := io.ReadAll(r)
					require.NoError(t, err)
					got = string(plain)
				}
				require.Equal(t, want, got)
				if path == "/web/app.wasm" {
					require.Equal(t, strconv.Itoa(len(program)), res.Header.Get("X-Raw-Length"))
				} else {
					require.Empty(t, res.Header.Get("X-Raw-Length"))
				}
			})
		}
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	a := assets(t, site(t))
	first := get(t, a, "/", "Accept-Encoding", "br")
	tag := first.Header.Get("ETag")
	require.NotEmpty(t, tag)
	for name, header := range map[string]string{"same": tag, "weak": "W/" + tag, "among others": `"x", ` + tag, "any": "*"} {
		res := get(t, a, "/", "Accept-Encoding", "br", "If-None-Match", header)
		require.Equal(t, 304, res.StatusCode, name)
		require.Empty(t, content(t, res), name)
		require.Equal(t, tag, res.Header.Get("ETag"), name)
	}
	require.Equal(t, 200, get(t, a, "/", "If-None-Match", tag).StatusCode, "another coding is another representation")
	require.Equal(t, 404, get(t, a, "/nothing", "Accept-Encoding", "br", "If-None-Match", tag).StatusCode, "a missing page stays missing")
}

func TestOtherMethods(t *testing.T) {
	a := assets(t, site(t))
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		require.Equal(t, 405, w.Code, method)
		require.Equal(t, "GET, HEAD", w.Header().Get("Allow"), method)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("HEAD", "/", nil))
	require.Equal(t, 200, w.Code)
	require.Empty(t, w.Body.String())
	require.NotEqual(t, "0", w.Header().Get("Content-Length"))
}

func TestSitesThatCannotBeServed(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(fstest.MapFS)
		want   string
	}{
		{"no page", func(s fstest.MapFS) { delete(s, "static/index.html") }, "static/index.html is missing"},
		{"no service worker", func(s fstest.MapFS) { delete(s, "static/sw.js") }, "static/sw.js is missing"},
		{"broken template", func(s fstest.MapFS) { s["static/boot.js"] = &fstest.MapFile{Data: []byte("{{.Nothing}}")} }, "static/boot.js"},
		{"scripts that name one another", func(s fstest.MapFS) {
			s["static/worker.js"] = &fstest.MapFile{Data: []byte(`{{.Asset "boot.js"}}`)}
		}, "names itself"},
		{"one coding missing", func(s fstest.MapFS) { delete(s, "built/app.wasm.br") }, "app.wasm.br"},
		{"not gzip", func(s fstest.MapFS) { s["built/app.wasm.gz"] = &fstest.MapFile{Data: program} }, "not a gzip file"},
		{"nothing", func(s fstest.MapFS) { clear(s) }, "read the console's files"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := site(t)
			tc.change(s)
			_, err := New(s)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestMissingFilesAreTold(t *testing.T) {
	s := site(t)
	delete(s, "built/app.wasm.gz")
	delete(s, "built/app.wasm.br")
	a := assets(t, s)
	require.Equal(t, []string{"app.wasm"}, a.Missing())
	require.NotContains(t, content(t, get(t, a, "/sw.js")), "app.wasm", "one 404 would spoil the whole offline cache")
}

// The console's own files, as they are embedded.
func TestEmbeddedConsole(t *testing.T) {
	a := assets(t, Files())
	for _, name := range a.Missing() {
		require.Contains(t, Built(), name, "only what the Makefile builds may be missing")
	}
	page := content(t, get(t, a, "/"))
	require.Contains(t, page, "<title>Outdial</title>")
	require.NotRegexp(t, `(?i)<style|\sstyle=|\son[a-z]+=|<script(\s[^>]*)?>[^<]`, page, "inline style or script does not run under our policy")
	require.NotRegexp(t, `(?:src|href)="https?:`, page, "everything comes from here")
	var manifest struct {
		Icons []struct{ Src string }
	}
	require.NoError(t, json.Unmarshal([]byte(content(t, get(t, a, "/manifest.webmanifest"))), &manifest))
	require.NotEmpty(t, manifest.Icons)
	for _, icon := range manifest.Icons {
		require.Equal(t, 200, get(t, a, icon.Src).StatusCode, icon.Src)
	}
}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]encoding{
		"":                             identity,
		"br":                           brotli,
		"BR":                           brotli,
		"gzip":                         gzipped,
		"gzip, br":                     brotli,
		"gzip;q=1.0, br;q=0.5":         gzipped,
		"*":                            brotli,
		"*;q=0":                        identity,
		"br;q=0, *":                    gzipped,
		"identity, br;q=0":             identity,
		"identity;q=1, gzip;q=0.5":     identity,
		"identity;q=0.5, gzip;q=0.5":   gzipped,
		"br;q=nonsense, gzip":          gzipped,
		"br;q=NaN, gzip;q=7":           identity,
		"deflate, compress, x-unknown": identity,
		" , ;;, br ; q = 0.8 ,":        brotli,
	} {
		require.Equal(t, want, negotiate(accept), accept)
	}
}

func FuzzNegotiate(f *testing.F) {
	for _, seed := range []string{"", "br", "gzip;q=0.5, br;q=0", "*;q=0", ";;;,,,q=", "br;q=1e309"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		switch got := negotiate(accept); got {
		case identity, gzipped, brotli:
			if got != identity && !strings.Contains(strings.ToLower(accept), string(got)) && !strings.Contains(accept, "*") {
				t.Fatalf("%q was given %s without asking", accept, got)
			}
		default:
			t.Fatalf("%q gave %q", accept, got)
		}
	})
}
