package xlsx

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func deflate(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, level)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.Bytes()
}

func TestInflate(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 300_000)
	skewed := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
		skewed[i] = byte(random.ExpFloat64() * 12) // codes of many lengths
	}
	for name, data := range map[string][]byte{
		"nothing":        nil,
		"one byte":       {7},
		"one byte often": bytes.Repeat([]byte{7}, 500_000),
		"two bytes":      []byte(strings.Repeat("ab", 100_000)),
		"noise":          noise,
		"skewed":         skewed,
		"far repetition": append(append([]byte{}, noise[:32_768]...), noise[:32_768]...),
		"a sheet":        []byte(strings.Repeat(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>14155550100</v></c></row>`, 5000)),
	} {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.BestCompression} {
			packed := deflate(t, data, level)
			got, err := io.ReadAll(newInflater(bytes.NewReader(packed), uint64(len(packed))))
			require.NoError(t, err, "%s at level %d", name, level)
			require.True(t, bytes.Equal(data, got), "%s at level %d", name, level)
			got, err = io.ReadAll(newInflater(iotest.OneByteReader(bytes.NewReader(packed)), uint64(len(packed))))
			require.NoError(t, err, "%s at level %d, byte by byte", name, level)
			require.True(t, bytes.Equal(data, got), "%s at level %d, byte by byte", name, level)
			if len(data) > 0 {
				_, err = io.ReadAll(newInflater(bytes.NewReader(packed[:len(packed)/2]), uint64(len(packed))))
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s at level %d, cut off", name, level)
			}
		}
	}
	_, err := io.ReadAll(newInflater(iotest.ErrReader(io.ErrClosedPipe), 10))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

// What the standard reader unpacks, this one unpacks alike, and it refuses what
// the other refuses.
func FuzzInflate(f *testing.F) {
	f.Add([]byte("hello hello hello hello"), 6, uint(3), byte(0xFF))
	f.Add(bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, 100), 1, uint(0), byte(0))
	f.Add([]byte{0x03, 0x00}, -3, uint(0), byte(0))
	f.Add([]byte{0x05, 0xC0, 0x81, 0x08, 0, 0, 0, 0, 0x20, 0x7F, 0xEB, 0x0B, 0, 0}, -3, uint(0), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, level int, place uint, change byte) {
		packed := data // as it is, or packed and damaged
		if level >= -2 && level <= 9 {
			packed = deflate(t, data, level)
			packed[int(place%uint(len(packed)))] ^= change
		}
		const most = 1 << 20
		want, wrong := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), most))
		got, err := io.ReadAll(io.LimitReader(newInflater(bytes.NewReader(packed), uint64(len(packed))), most))
		if wrong == nil {
			require.NoError(t, err)
			require.Equal(t, want, got)
			return
		}
		require.Error(t, err, "%v", wrong)
	})
}

func BenchmarkInflate(b *testing.B) {
	var sheet strings.Builder
	random := rand.New(rand.NewPCG(5, 6))
	for range 200_000 {
		sheet.WriteString(`<c r="A`)
		for range 5 {
			sheet.WriteByte(byte('0' + random.IntN(10)))
		}
		sheet.WriteString(`" t="s"><v>1</v></c>`)
	}
	packed := deflate(b, []byte(sheet.String()), 6)
	for name, open := range map[string]func() io.Reader{
		"ours":           func() io.Reader { return newInflater(bytes.NewReader(packed), uint64(len(packed))) },
		"compress/flate": func() io.Reader { return flate.NewReader(bytes.NewReader(packed)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(sheet.Len()))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, open()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
