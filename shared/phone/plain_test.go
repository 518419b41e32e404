package phone

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func samePlain(t *testing.T, text string) (plain bool) {
	var buf [mostDigits]byte
	r, ok := ReadPlain(text, &buf)
	if ok {
		require.Equal(t, readAny(text), r, "%q", text)
	}
	if len(text) <= MaxBytes {
		require.Equal(t, readAny(text), Read(text), "%q", text)
	}
	return ok
}

// What is read the short way is read as the long way reads it.
func TestReadPlain_isRead(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for range 100_000 {
		text := make([]byte, 1+random.IntN(20))
		for i := range text {
			text[i] = "0123456789012345678900 +-./()(+.x,\t"[random.IntN(35)]
		}
		if samePlain(t, string(text)) {
			plain++
		}
	}
	require.Greater(t, plain, 10_000)
}

func TestReadPlain_takesOrdinarySpellings(t *testing.T) {
	for _, text := range []string{"+1 415-555-0100", "(415) 555-0100", "0912345678", "+44 (0)20 7946 0018", "030/123456", " 138 0013 8000 ", "1.415.555.0100"} {
		require.True(t, samePlain(t, text), text)
	}
	for _, text := range []string{"", " ", "+", "14155550100.0", "1415555010.00", "1.4155550100E+10", "++1", "1+1", "１２３", "123 ext 4", "1234567890123456", "0912;0913"} {
		require.False(t, samePlain(t, text), text)
	}
}

func FuzzReadPlain(f *testing.F) {
	for _, text := range []string{"+1 415-555-0100", "(415) 555-0100 ", "14155550100.0", "1.00", "+.0", "(+1)2", "12/3456789 0123456"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { samePlain(t, text) })
}

// The bounds that let Emergency answer at once are those of its lists.
func TestEmergency_bounds(t *testing.T) {
	for _, p := range emergencyPlans {
		n := 0
		for _, c := range p.numbers {
			if n++; c == ' ' {
				n = 0
			}
			require.LessOrEqual(t, n, longestListed)
		}
		require.LessOrEqual(t, len(p.countryCode), 3)
	}
	require.True(t, Reading{Digits: "01133116000"}.Emergency("US"))
	require.True(t, Reading{Digits: "0033116000"}.Emergency(""))
	require.True(t, Reading{Plus: true, Digits: "33116000"}.Emergency(""))
}
