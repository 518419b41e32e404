package ledger

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

// Whatever a number was typed and sent as, both spellings find it.
func FuzzANumberIsFoundByBothSpellings(f *testing.F) {
	for _, seed := range [][2]string{{"(415) 555-0100", "+14155550100"}, {"0912-345-678", "+886912345678"}, {"1-800-FLOWERS", "+18003569377"}, {"", "886912345678"}, {"０９１２", "+1"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, typed, sent string) {
		sentTail, typedTail := tails(operation.Item{Typed: typed, Sent: sent})
		for _, spelling := range []string{typed, sent} {
			from, to, ok := tailRange(spelling)
			if !ok {
				require.Empty(t, strings.Trim(digits(spelling), "0"))
				continue
			}
			within := func(tail any) bool {
				text, has := tail.(string)
				return has && from <= text && text < to
			}
			require.True(t, within(sentTail) || within(typedTail), "%q typed, %q sent, looked for by %q", typed, sent, spelling)
		}
	})
}
