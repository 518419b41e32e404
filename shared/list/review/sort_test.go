package review_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/plan"
	"outdial/shared/list/review"
)

// A view is ordered as a stable sort of the texts in small letters would, and
// backwards likewise, with empty cells last.
func TestOrderIsThatOfAStableSort(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for range 60 {
		b := strings.Builder{}
		b.WriteString("name,phone\n")
		texts := make([]string, random.IntN(300)+1)
		for i := range texts {
			texts[i] = strings.Repeat([]string{"", "a", "Ab", "abcdefghij", "é", "É", "李"}[random.IntN(7)], random.IntN(5)) + []string{"", "x", "Y"}[random.IntN(3)]
			fmt.Fprintf(&b, "%s,09%08d\n", texts[i], i)
		}
		l, opened := open(t, b.String(), plan.Source{Heading: true}, review.Options{})
		require.NotNil(t, l, opened.Failed)
		for _, down := range []bool{false, true} {
			want := make([]int, len(texts))
			for i := range want {
				want[i] = i + 1
			}
			slices.SortStableFunc(want, func(a, b int) int {
				x, y := strings.ToLower(texts[a-1]), strings.ToLower(texts[b-1])
				switch {
				case x == "" || y == "":
					return strings.Compare(y, x) // the empty one behind
				case down:
					return strings.Compare(y, x)
				}
				return strings.Compare(x, y)
			})
			var got []int
			for from := 0; from < len(texts); from += 200 {
				got = append(got, lines(l.View(plan.ViewQuestion{Sort: 0, Down: down, From: from, Count: 200}))...)
			}
			require.Equal(t, want, got)
		}
	}
}
