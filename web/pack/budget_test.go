package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// site is a folder like web with a program of so many random bytes.
func site(t *testing.T, budget string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"static/index.html": "<p>", "static/boot.js": "start()", "static/styles/outdial.css": "p{}",
		"translations/a.json": `{"a":{"zh-TW":"一","zh-CN":"一","fr":"un","en":"one"}}`,
		"from/wasm_exec.js":   "go()", "budget.json": budget,
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "built"), 0o777))
	return dir
}

const dictionariesAndMore = `"wasm_exec.js": 100, "translations.zh-TW.txt": 100, "translations.zh-CN.txt": 100, "translations.fr.txt": 100, "translations.en.txt": 100`

func TestABrokenBudgetFailsTheBuild(t *testing.T) {
	for _, c := range []struct {
		name, budget string
		quality      int
		want         string
	}{
		{"kept", `{"first screen": 400, "outdial.css": 100, ` + dictionariesAndMore + `}`, 11, ""},
		{"a part", `{"first screen": 400, "outdial.css": 2, ` + dictionariesAndMore + `}`, 11, "outdial.css has 7 bytes in brotli, 5 more than its budget of 2"},
		{"the whole", `{"first screen": 2, "outdial.css": 100, ` + dictionariesAndMore + `}`, 11, "more than its budget of 2"},
		{"a part without one", `{"first screen": 400, ` + dictionariesAndMore + `}`, 11, "outdial.css has no budget"},
		{"of nothing", `{"first screen": 400, "outdial.css": 100, "old.css": 1, ` + dictionariesAndMore + `}`, 11, "a budget for old.css, which is not packed"},
		{"while it is worked on", `{"first screen": 2, "outdial.css": 2, ` + dictionariesAndMore + `}`, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := site(t, c.budget)
			err := pack(dir, filepath.Join(dir, "from"), []string{"wasm_exec.js"}, c.quality)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

// The budget that is in force: no part of the first screen may have all of it.
func TestTheBudgetIsThatOfTheFirstScreen(t *testing.T) {
	b, err := readBudget("../budget.json")
	require.NoError(t, err)
	require.LessOrEqual(t, b[firstScreen], 1_200_000)
	require.Less(t, b["app.wasm"], b[firstScreen])
}

func TestWhatWasPackedInHasteIsPackedAgain(t *testing.T) {
	dir := site(t, `{"first screen": 400, "outdial.css": 100, `+dictionariesAndMore+`}`)
	text := []byte(strings.Repeat("the quick brown fox jumps over the lazy dog, the lazy dog does not mind the fox; ", 20))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "from", "wasm_exec.js"), text, 0o666))
	size := func(quality int) int64 {
		require.NoError(t, pack(dir, filepath.Join(dir, "from"), []string{"wasm_exec.js"}, quality))
		info, err := os.Stat(filepath.Join(dir, "built", "wasm_exec.js.br"))
		require.NoError(t, err)
		return info.Size()
	}
	hasty := size(0)
	best := size(11)
	require.Less(t, best, hasty)
	require.Equal(t, best, size(11))
}
