package engine_test

import (
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone/engine"
)

func TestMainRegion_isTheLibrarys(t *testing.T) {
	for code := range 1100 {
		want := phonenumbers.GetRegionCodeForCountryCode(code)
		if want == "ZZ" || want == "001" {
			want = ""
		}
		require.Equal(t, want, engine.MainRegion(strconv.Itoa(code)), code)
	}
	for _, code := range []string{"", "+1", "x", "99999999999999999999"} {
		require.Empty(t, engine.MainRegion(code), code)
	}
}
