package sms

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/sms"
)

func TestPartsAreWhatIsCounted(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		lengths    []int // characters of each part
	}{
		{"nothing", "", nil},
		{"one part", "hello", []int{5}},
		{"full single part", strings.Repeat("a", 160), []int{160}},
		{"one more than fits", strings.Repeat("a", 161), []int{153, 8}},
		{"an extension character is not cut", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 10), []int{152, 11}},
		{"Chinese", strings.Repeat("再", 71), []int{67, 4}},
		{"an emoji is not cut", strings.Repeat("再", 66) + "😀" + "再再再再", []int{66, 5}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all := parts(tc.text)
			var lengths []int
			for _, part := range all {
				lengths = append(lengths, len([]rune(part)))
			}
			require.Equal(t, tc.lengths, lengths)
		})
	}
}

func FuzzParts(f *testing.F) {
	for _, seed := range []string{"", strings.Repeat("€", 100), strings.Repeat("😀再", 90), "“quoted”", "\xff broken"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := parts(text)
		require.Equal(t, sms.Measure(text).Segments, len(all))
		require.Equal(t, string([]rune(text)), string([]rune(strings.Join(all, ""))))
	})
}

func TestOffers(t *testing.T) {
	weigh := func(text string) offer { return offers(text, sms.Measure(text)) }

	plain := weigh("hello")
	require.Empty(t, plain.replaceable)
	require.Empty(t, plain.foreign)

	quotes := weigh("“" + strings.Repeat("a", 100) + "”")
	require.Len(t, quotes.replaceable, 2)
	require.Empty(t, quotes.foreign)
	require.Equal(t, 1, quotes.saves)

	both := weigh("“再見”" + strings.Repeat("a", 100))
	require.Len(t, both.replaceable, 2)
	require.Len(t, both.foreign, 2)
	require.Zero(t, both.saves, "while one character has no replacement, replacing the others saves nothing")
}

func TestReplaceChangesOneCharacterEverywhere(t *testing.T) {
	text := "“a” “b”"
	o := sms.Measure(text).Offenders[0]
	require.Equal(t, "\"a” \"b”", replace(text, o))
}

func TestCodePoint(t *testing.T) {
	require.Equal(t, "U+2019", codePoint('’'))
	require.Equal(t, "U+00A0", codePoint('\u00a0'))
	require.Equal(t, "U+1F600", codePoint('😀'))
	require.Equal(t, "U+200B", seen('\u200b'), "what cannot be seen is named")
	require.Equal(t, "再", seen('再'))
}
