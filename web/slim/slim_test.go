package main

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func source(t *testing.T) string {
	t.Helper()
	dir, err := list("-m", "-f", "{{.Dir}}", module)
	require.NoError(t, err)
	return dir
}

// What the page's program is built from, with the copy in place.
func TestTheConsoleIsBuiltWithoutAServer(t *testing.T) {
	to := t.TempDir()
	require.NoError(t, run(to))
	c := exec.Command("go", "list", "-deps", "-modfile", filepath.Join(to, "go.mod"), "outdial/app")
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	require.NoError(t, err, said.String())
	deps := strings.Fields(string(out))
	require.Contains(t, deps, module+"/pkg/app")
	for _, p := range deps {
		root, _, _ := strings.Cut(p, "/")
		require.NotContains(t, []string{"crypto", "regexp", "html", "compress", "database", "mime", "log"}, root, p)
		require.NotContains(t, []string{"net", "net/http", "net/textproto", "text/template", "github.com/google/uuid"}, p)
	}
}

func TestTheCopyIsMadeOnceAndKept(t *testing.T) {
	to := t.TempDir()
	require.NoError(t, run(to))
	place := filepath.Join(to, "go-app", "pkg", "app", "engine.go")
	before, err := os.Stat(place)
	require.NoError(t, err)
	old := filepath.Join(to, "go-app", "pkg", "app", "old.go")
	require.NoError(t, os.WriteFile(old, []byte("package app"), 0o666))
	require.NoError(t, run(to))
	after, err := os.Stat(place)
	require.NoError(t, err)
	require.Equal(t, before.ModTime(), after.ModTime())
	require.NoFileExists(t, old, "a file that the module has no more")
}

func TestAnotherShapeOfTheModuleIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, file, from, to string
		want                 string
	}{
		{"what something stands in for changed", "pkg/app/engine.go", "e.actions.Cleanup()", "", "engineX.processFrame changed"},
		{"what is left out is gone", "pkg/app/context.go", "cryptoKey() string {", "otherKey() string {", "Context.cryptoKey is gone"},
		{"a file that is left out does something at start", "pkg/app/cache.go", "func newMemoryCache(", "func init() {}\n\nfunc newMemoryCache(", "pkg/app/cache.go does something at start"},
		{"an element's method takes something else", "pkg/app/html_gen.go", "func (e *htmlSpan) Text(v any) HTMLSpan {", "func (e *htmlSpan) Text(v string) HTMLSpan {", "Text of htmlSpan takes (v string)"},
		{"an element is made of more", "pkg/app/html_gen.go", `tag:           "span",`, `tag: "span", treeDepth: 1,`, "Span makes an element with treeDepth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := t.TempDir()
			files, err := read(source(t))
			require.NoError(t, err)
			require.Contains(t, string(files[c.file]), c.from)
			files[c.file] = []byte(strings.Replace(string(files[c.file]), c.from, c.to, 1))
			require.NoError(t, write(from, files))
			_, err = slim(from)
			require.ErrorContains(t, err, c.want)
		})
	}
	t.Run("a file is gone", func(t *testing.T) {
		from := t.TempDir()
		files, err := read(source(t))
		require.NoError(t, err)
		delete(files, "pkg/app/crypto.go")
		require.NoError(t, write(from, files))
		_, err = slim(from)
		require.ErrorContains(t, err, "pkg/app/crypto.go is gone")
	})
}

// Comments and spaces are no other shape.
func TestADigestIsOfTheCode(t *testing.T) {
	of := func(text string) string {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "x.go", text, 0)
		require.NoError(t, err)
		d, err := digest(fset, file.Decls[0])
		require.NoError(t, err)
		return d
	}
	require.Equal(t, of("package x\nfunc f() { g() }"), of("package x\n\n// f calls.\nfunc f() {\n\t// now\n\tg()\n}"))
	require.NotEqual(t, of("package x\nfunc f() { g() }"), of("package x\nfunc f() { h() }"))
}

func TestMethodsThatDifferAreToldApartByTag(t *testing.T) {
	out, err := oneElement([]byte(`package app
import "strings"
type HTMLP interface { Text(v any) HTMLP }
func P() HTMLP { e := &htmlP{htmlElement: htmlElement{tag: "p", isSelfClosing: false}}; return e }
type htmlP struct { htmlElement }
func (e *htmlP) Text(v any) HTMLP { return e.Body(Text(strings.TrimSpace(v))) }
func (e *htmlP) setBody(v []UI) HTML { return e }
type HTMLTextarea interface { Text(v any) HTMLTextarea }
func Textarea() HTMLTextarea { e := &htmlTextarea{htmlElement: htmlElement{tag: "textarea", isSelfClosing: true}}; return e }
type htmlTextarea struct { htmlElement }
func (e *htmlTextarea) Text(v any) HTMLTextarea { e.setAttr("value", v); return e }
func (e *htmlTextarea) setBody(v []UI) HTML { return e }
`))
	require.NoError(t, err)
	text := strings.Join(strings.Fields(string(out)), " ")
	require.Contains(t, text, `type HTMLP = *htmlElem`)
	require.Contains(t, text, `func P() *htmlElem { return &htmlElem{htmlElement{tag: "p"}} }`)
	require.Contains(t, text, `func Textarea() *htmlElem { return &htmlElem{htmlElement{tag: "textarea", isSelfClosing: true}} }`)
	require.Contains(t, text, `func (e *htmlElem) Text(v any) *htmlElem { switch e.tag { case "textarea": e.setAttr("value", v) return e } return e.Body(Text(strings.TrimSpace(v))) }`)
	require.Contains(t, text, `func (e *htmlElem) setBody(v []UI) HTML { return e }`)
	require.Equal(t, 1, strings.Count(text, ") setBody("))
}
