package review_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
)

func TestAListOfAnotherCountryIsTold(t *testing.T) {
	for _, c := range []struct {
		name, file, region string
		want               int
	}{
		{"mobiles of Taiwan read in the US", "phone\n0912345678\n0912345679\n0922333444\n", "US", 3},
		{"at home", "phone\n0912345678\n0912345679\n0922333444\n", "TW", 0},
		{"those with a country code do not count", "phone\n+886912345678\n+14155550100\n+14155550101\n0922333444\n", "US", 1},
		{"one of three", "phone\n4155552671\n4155552672\n0922333444\n", "US", 0},
		{"words are no numbers", "phone\nnone\nask Ann\n4155552671\n", "US", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, p := mustOpen(t, c.file, operation.SMSSend)
			p.Phones, p.Region = []int{0}, c.region
			require.Equal(t, c.want, judge(t, l, p).Misfit)
		})
	}
}

func TestWhatWasLeftOutStaysOut(t *testing.T) {
	l, p := mustOpen(t, "phone,outdial_outcome,outdial_reason,outdial_run\n0912345678,accepted,,r\n0922333444,skipped,deselected,r\n0933444555,skipped,sent_before,r\n0944555666,skipped,sent_before,r\n0955666777,skipped,cancelled,r\n", operation.DNCAdd)
	require.Equal(t, []plan.Left{"line:2", "sent_before"}, l.Opened().Left)
	p.LeaveOut = l.Opened().Left
	s := judge(t, l, p)
	require.Equal(t, 3, s.Ready)
	require.Equal(t, map[string]int{"accepted_before": 1, "deselected": 1}, counts(s.Out))
}
