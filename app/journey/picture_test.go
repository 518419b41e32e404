//go:build journey

package journey

import (
	"bytes"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
)

// requirePicture tells a picture of something from a blank one: it has many
// colours, and no single one fills nearly all of it.
func requirePicture(t testing.TB, data []byte) {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	b := picture.Bounds()
	require.Equal(t, 1440, b.Dx())
	require.Equal(t, 900, b.Dy())
	colours := map[[3]uint32]int{}
	most := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := picture.At(x, y).RGBA()
			c := [3]uint32{r, g, bl}
			colours[c]++
			most = max(most, colours[c])
		}
	}
	require.Greater(t, len(colours), 50, "colours")
	require.Less(t, most, b.Dx()*b.Dy()*9/10, "pixels of one colour")
}
