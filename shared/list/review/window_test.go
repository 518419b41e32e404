package review

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Reading through a window gives what reading the file gives, at any place.
func TestWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	data := make([]byte, 3*readAtOnce+17)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	file := bytes.NewReader(data)
	w := newWindow(file, int64(len(data)))
	for range 500 {
		at := random.Int64N(int64(len(data)) + 10)
		size := random.IntN(2000)
		if random.IntN(20) == 0 {
			size = random.IntN(2 * readAtOnce)
		}
		got, want := make([]byte, size), make([]byte, size)
		n, err := w.ReadAt(got, at)
		m, wantErr := file.ReadAt(want, at)
		require.Equal(t, m, n)
		require.True(t, bytes.Equal(want[:m], got[:n]))
		if size > 0 {
			require.Equal(t, wantErr == io.EOF, err == io.EOF)
		}
	}
	gone := errors.New("gone")
	broken := newWindow(failing{gone}, 100)
	_, err := broken.ReadAt(make([]byte, 10), 0)
	require.ErrorIs(t, err, gone)
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }
