package widget

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOfferedIsAPageOfWhatHoldsTheText(t *testing.T) {
	list, names := []string{"17", "170", "23"}, []string{"Ann Lee", "Bob"}
	require.Equal(t, []int{0, 1, 2}, offered(list, names, ""))
	require.Equal(t, []int{0, 1}, offered(list, names, " 17 "))
	require.Equal(t, []int{0}, offered(list, names, "lee"))
	require.Empty(t, offered(list, names, "nobody"))
	long := make([]string, 5000)
	for i := range long {
		long[i] = strconv.Itoa(i)
	}
	require.Len(t, offered(long, nil, ""), PageSize)
}

func TestWindow(t *testing.T) {
	for _, c := range []struct{ n, at, from, to int }{
		{0, 0, 0, 0}, {0, 5, 0, 0}, {1, 0, 0, 1}, {100, 0, 0, 100}, {100, 1, 0, 100}, {101, 1, 100, 101}, {250, 9, 200, 250}, {250, -1, 0, 100},
	} {
		from, to := Window(c.n, c.at)
		require.Equal(t, []int{c.from, c.to}, []int{from, to}, "%+v", c)
	}
}
