package phone_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
)

// No longer number is known to be an emergency number behind its country code.
func TestLongestEmergency(t *testing.T) {
	for code, number := range map[string]string{"1": "911", "886": "119", "999": "112", "33": "116000", "44": "18000"} {
		require.Equal(t, len(number), phone.LongestEmergency(code), code)
		require.True(t, phone.Read("+"+code+number).Emergency(""), code)
	}
	for _, longer := range []string{"+1" + strings.Repeat("9", 4), "+331160000", "+44180000", "+8861191"} {
		require.False(t, phone.Read(longer).Emergency(""), longer)
	}
}
