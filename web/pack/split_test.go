package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inTwo builds a program of two packages.
func inTwo(t testing.TB, flags string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module two\n\ngo 1.26\n",
		"main.go": "package main\n\nimport \"two/page\"\n\nfunc main() { println(page.Table[\"a\"], page.Show(3)) }\n",
		"page/page.go": `package page

// Table is made at start.
var Table = map[string]int{"a": first()}

//go:noinline
func first() int { return 1 + len(string(make([]byte, 3))) }

// Show runs later.
//
//go:noinline
func Show(n int) int { return shown(n) + first() }

//go:noinline
func shown(n int) int {
	defer println("shown")
	return n * 2
}
`,
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	c := exec.Command("go", "build", "-trimpath", "-ldflags="+flags, "-o", "main.wasm", ".")
	c.Dir = dir
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := c.CombinedOutput()
	require.NoError(t, err, string(out))
	data, err := os.ReadFile(filepath.Join(dir, "main.wasm"))
	require.NoError(t, err)
	return data
}

func TestAProgramInTwoIsTheSameProgram(t *testing.T) {
	data := inTwo(t, "-w")
	whole, err := parse(data)
	require.NoError(t, err)
	moved, err := whole.moved([]string{"two/page"})
	require.NoError(t, err)
	var names []string
	for _, i := range moved {
		names = append(names, whole.names[i])
	}
	require.Contains(t, names, "two_page.Show")
	require.Contains(t, names, "two_page.shown")
	require.NotContains(t, names, "two_page.first", "it is called at start")
	require.False(t, slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "init") }), names)

	first, second, err := split(data, []string{"two/page"})
	require.NoError(t, err)
	require.NotContains(t, string(first), "two_page.Show", "the names are left out")

	// The first one: every function but the moved ones as it was, and those
	// look where the second one puts them.
	stubbed := sectionsOf(t, first)
	bodies := functionsOf(t, stubbed[codeSection])
	require.Len(t, bodies, len(whole.bodies))
	for i, body := range bodies {
		if n := slices.Index(moved, i); n >= 0 {
			at := appendSigned(nil, int64(whole.table)+int64(n))
			require.Contains(t, string(body), string(append(append([]byte{i32Const}, at...), opIndirect)))
			require.Less(t, len(body), 16)
			continue
		}
		require.Equal(t, whole.bodies[i], body)
	}

	// The second one: the moved functions, with no call that leads elsewhere
	// than before.
	rest := sectionsOf(t, second)
	own := functionsOf(t, rest[codeSection])
	require.Len(t, own, len(moved))
	inside := &module{types: make([]uint64, len(moved))}
	for n, i := range moved {
		var direct []int
		_, err := inside.rewritten(own[n], func(f uint64) ([]byte, error) {
			direct = append(direct, moved[f])
			return nil, nil
		})
		require.NoError(t, err)
		var want []int
		for _, f := range whole.calls[i] {
			if to := int(f) - whole.hosts; slices.Contains(moved, to) {
				want = append(want, to)
			} else {
				call := append(appendSigned([]byte{i32Const}, int64(whole.slots[to])), opIndirect)
				require.Contains(t, string(own[n]), string(call))
			}
		}
		require.Equal(t, want, direct)
	}
}

func sectionsOf(t *testing.T, data []byte) map[byte][]byte {
	t.Helper()
	all := map[byte][]byte{}
	r := reader{data: data, at: 8}
	for r.at < len(data) {
		kind := r.byte()
		all[kind] = r.bytes(r.unsigned())
		require.NoError(t, r.err)
	}
	return all
}

func functionsOf(t *testing.T, body []byte) (all [][]byte) {
	t.Helper()
	r := reader{data: body}
	for range r.unsigned() {
		all = append(all, r.bytes(r.unsigned()))
	}
	require.NoError(t, r.err)
	require.Equal(t, len(body), r.at)
	return all
}

func TestWhatCannotBeSplitIsRefused(t *testing.T) {
	_, _, err := split(inTwo(t, "-s -w"), []string{"two/page"})
	require.ErrorContains(t, err, "without names")
	_, _, err = split(inTwo(t, "-w"), []string{"two/page", "two/gone"})
	require.ErrorContains(t, err, "no function of two/gone")
	_, _, err = split([]byte("<html>"), nil)
	require.ErrorContains(t, err, "not a WebAssembly program")
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x01\x06\x01\x60\x01\x7f\x01\x7f\x03\x02\x01\x00\x04\x05\x01\x70\x01\x01\x01\x09\x07\x01\x00\x41\x00\x0b\x01\x00\x0a\x06\x01\x04\x00\x41\x00\x0b\x00\x0f\x04name\x01\x08\x01\x00\x05p.f.g"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, _, err := split(data, []string{"p"})
		if err != nil {
			return
		}
		require.NotEmpty(t, first)
	})
}
