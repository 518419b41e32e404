package main

import (
	"bytes"
	"debug/gosym"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// built is a small program as the toolchain at hand builds it.
func built(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"here\") }\n"), 0o666))
	c := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "main.wasm"), source)
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	require.NoError(t, err, string(out))
	data, err := os.ReadFile(filepath.Join(dir, "main.wasm"))
	require.NoError(t, err)
	return data
}

// parts are the sections but for the data, and the memory at start.
func parts(t *testing.T, data []byte) (sections, memory []byte, segments int) {
	t.Helper()
	r := reader{data: data, at: 8}
	for r.at < len(data) {
		kind := r.byte()
		body := r.bytes(r.unsigned())
		require.NoError(t, r.err)
		if kind != dataSection {
			sections = append(append(sections, kind), body...)
			continue
		}
		all, err := segmentsOf(body)
		require.NoError(t, err)
		segments = len(all)
		for _, s := range all {
			if more := int(s.at) + len(s.data) - len(memory); more > 0 {
				memory = append(memory, make([]byte, more)...)
			}
			copy(memory[s.at:], s.data)
		}
	}
	return sections, memory, segments
}

func TestAProgramIsTheSameButForItsLines(t *testing.T) {
	before := built(t)
	after, err := program(before)
	require.NoError(t, err)

	code, memory, many := parts(t, before)
	codeAfter, memoryAfter, few := parts(t, after)
	require.Equal(t, code, codeAfter)
	require.Len(t, memoryAfter, len(memory))
	require.Greater(t, many, 100)
	require.Less(t, few, 20)

	table := bytes.Index(memory, header)
	require.Equal(t, table, bytes.Index(memoryAfter, header))
	require.Equal(t, memory[:table], memoryAfter[:table], "what stands before the table")
	names, lines := functions(t, memory[table:])
	namesAfter, linesAfter := functions(t, memoryAfter[table:])
	require.Equal(t, names, namesAfter)
	require.Contains(t, names, "main.main")
	require.Positive(t, lines)
	require.Zero(t, linesAfter)

	again, err := program(after)
	require.NoError(t, err)
	require.Equal(t, after, again)
}

// functions reads the table as debuggers do.
func functions(t *testing.T, table []byte) (names []string, lines int) {
	t.Helper()
	parsed, err := gosym.NewTable(nil, gosym.NewLineTable(table, 0))
	require.NoError(t, err)
	for _, f := range parsed.Funcs {
		names = append(names, f.Name)
		if _, line, _ := parsed.PCToLine(f.Entry); line > 0 {
			lines++
		}
	}
	return names, lines
}

func TestWhatIsNoProgramOfGosIsRefused(t *testing.T) {
	wasm := "\x00asm\x01\x00\x00\x00"
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "not a WebAssembly program"},
		{"text", "<!doctype html>", "not a WebAssembly program"},
		{"cut off", wasm + "\x0b\x05\x01", "ends too soon"},
		{"more segments than bytes", wasm + "\x0b\x01\x7f", "ends too soon"},
		{"a passive segment", wasm + "\x0b\x04\x01\x01\x00\x00", "Go's linker writes other ones by now"},
		{"placed by a variable", wasm + "\x0b\x06\x01\x00\x23\x00\x0b\x00", "Go's linker writes other ones by now"},
		{"of another language", wasm + "\x0b\x07\x01\x00\x41\x10\x0b\x01x", "table of functions"},
		{"a table of another kind", wasm + "\x0b\x0e\x01\x00\x41\x10\x0b\x08" + string(header), "table of functions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := program([]byte(c.data))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestSegmentsThatLieCloseAreJoined(t *testing.T) {
	all := joined([]segment{{200, []byte("c")}, {10, []byte("a")}, {14, []byte("b")}, {200 + closest + 2, []byte("d")}})
	require.Equal(t, []segment{
		{10, append(append([]byte("a\x00\x00\x00b"), make([]byte, 185)...), 'c')},
		{200 + closest + 2, []byte("d")},
	}, all)
}

func TestSignedNumbersAreReadAsTheyAreWritten(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 8191, 8192, 4157248, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64} {
		r := reader{data: appendSigned(nil, v)}
		require.Equal(t, v, r.signed())
		require.NoError(t, r.err)
		require.Equal(t, len(r.data), r.at)
	}
}

func FuzzProgram(f *testing.F) {
	wasm := []byte("\x00asm\x01\x00\x00\x00")
	f.Add(append(wasm[:8:8], "\x0b\x07\x01\x00\x41\x10\x0b\x01x"...))
	table := append(append([]byte{}, header...), make([]byte, 100)...)
	binary.LittleEndian.PutUint64(table[8:], 1)
	binary.LittleEndian.PutUint64(table[8+8*3:], headerSize)
	binary.LittleEndian.PutUint64(table[8+8*6:], headerSize+4)
	binary.LittleEndian.PutUint64(table[8+8*7:], headerSize+8)
	body := written([]segment{{16, table}})
	f.Add(append(append(wasm[:8:8], 11, byte(len(body))), body...))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := program(data)
		if err != nil {
			return
		}
		again, err := program(out)
		require.NoError(t, err)
		require.Equal(t, out, again)
	})
}
