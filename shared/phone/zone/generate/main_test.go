package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table in the repository is that of the module in go.mod. If not: go generate ./shared/phone/zone
func TestTable_isUpToDate(t *testing.T) {
	want, err := pinned()
	require.NoError(t, err)
	have, err := os.ReadFile("../data.go")
	require.NoError(t, err)
	require.True(t, bytes.Equal(goFile(want), have), "run go generate in shared/phone/zone")
	require.Less(t, len(want), 20_000, "the table goes to every browser")
}

func TestEncode_leavesOutWhatAShorterPrefixSays(t *testing.T) {
	one, err := encode(map[int][]string{1: {"A", "B"}, 12: {"A"}, 123: {"A"}, 1234: {"B"}, 13: {"A", "B"}})
	require.NoError(t, err)
	other, err := encode(map[int][]string{1: {"A", "B"}, 12: {"A"}, 1234: {"B"}})
	require.NoError(t, err)
	require.Equal(t, other, one)
}

// A file of another shape stops the command.
func TestRead_refuses(t *testing.T) {
	file := func(names string, count uint32, rest ...byte) []byte {
		b := binary.LittleEndian.AppendUint32(nil, uint32(len(names)))
		b = append(b, names...)
		b = binary.LittleEndian.AppendUint32(b, count)
		return append(b, rest...)
	}
	for _, tc := range []struct {
		name, says string
		file       []byte
	}{
		{"empty", "names of 0 bytes", nil},
		{"names longer than the file", "names of 255 bytes", []byte{255, 0, 0, 0, 'A'}},
		{"a name with a space", "zone", file("A B", 0)},
		{"no prefixes", "0 prefixes", file("A", 0)},
		{"fewer prefixes than told", "behind prefix 7", file("A", 2, 7, 1, 0, 0)},
		{"bytes behind the prefixes", "1 bytes behind", file("A", 1, 7, 1, 0, 0, 9)},
		{"a name that is not there", "name 1 of 1", file("A", 1, 7, 1, 1, 0)},
		{"a prefix without zones", "no zone", file("A", 1, 7, 0)},
		{"a prefix twice", "prefix 7", file("A", 2, 7, 1, 0, 0, 0, 1, 0, 0)},
		{"a prefix that is too long", "prefix 34359738367", file("A", 1, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			w.Write(tc.file) //nolint:errcheck // into memory
			require.NoError(t, w.Close())
			_, err := read(&packed)
			require.ErrorContains(t, err, tc.says)
		})
	}
	t.Run("not packed", func(t *testing.T) {
		_, err := read(bytes.NewReader([]byte("A")))
		require.Error(t, err)
	})
}
