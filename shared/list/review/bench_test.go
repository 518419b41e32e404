package review_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/plan"
	"outdial/shared/list/review"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// contacts is a list of six columns, about 66 bytes a row.
func contacts(rows int) string {
	var b strings.Builder
	b.WriteString("id,name,phone,email,city,amount\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,Ana Ng %d,09%08d,user%d@example.com,Taipei,%d.50\n", i, i%977, 10_000_000+i*7919%89_999_999, i, i%9999)
	}
	return b.String()
}

// Each step of a list, from its bytes on. The figure to look at is rows/s.
func BenchmarkList(b *testing.B) {
	const rows = 200_000
	file := contacts(rows)
	open := func() *review.List {
		l, opened, err := review.Open(strings.NewReader(file), int64(len(file)), plan.Source{}, review.Options{Operation: operation.DNCRemove, Region: "TW"}, nil)
		require.NoError(b, err)
		require.Empty(b, opened.Failed)
		return l
	}
	kept := open()
	p := kept.Opened().Guess
	p.Now = now
	judge(b, kept, p)
	regions := []string{"TW", "FR"} // turn by turn, so that numbers are read each time
	n := 0
	for _, bm := range []struct {
		name string
		step func()
	}{
		{"open", func() { open() }},
		{"plan", func() {
			n++
			q := p
			q.Region = regions[n%2]
			judge(b, kept, q)
		}},
		{"plan/numbers read before", func() { judge(b, kept, p) }},
		{"sort/texts", func() {
			kept.View(plan.ViewQuestion{Sort: 1, Count: 50})
			kept.View(plan.ViewQuestion{Sort: 3, Count: 50})
		}},
		{"sort/numbers", func() {
			kept.View(plan.ViewQuestion{Sort: 2, Count: 50})
			kept.View(plan.ViewQuestion{Sort: 5, Count: 50})
		}},
		{"search", func() {
			n++
			kept.View(plan.ViewQuestion{Sort: -1, Search: fmt.Sprint("user", n), Count: 50})
		}},
		{"order", func() { require.NoError(b, kept.Order(io.Discard, run.Order{}, nil)) }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bm.step()
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
