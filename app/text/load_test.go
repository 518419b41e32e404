package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/app/text"
)

func TestADictionaryIsReadLineByLine(t *testing.T) {
	require.NoError(t, text.Load("fr", "a.one\nun\nb\nl’autre: {n}\nempty\n\n"))
	t.Cleanup(func() { require.NoError(t, text.Load("en", "")) })
	require.Equal(t, "fr", text.Language())
	require.Equal(t, "un", text.T("a.one"))
	require.Equal(t, "l’autre: 2", text.T("b", "n", "2"))
	require.True(t, text.Has("empty"))
	require.False(t, text.Has("c"))
}

func TestADictionaryThatWasCutOffIsNotUsed(t *testing.T) {
	for _, lines := range []string{"a", "a\n", "a\none"} {
		require.Error(t, text.Load("fr", lines), lines)
	}
	require.Equal(t, "en", text.Language())
}

func TestNumbersAreWrittenInGroups(t *testing.T) {
	for _, c := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 0, "0"}, {"en", 999, "999"}, {"en", 1000, "1,000"}, {"en", 1234567, "1,234,567"}, {"en", -999, "-999"}, {"en", -1000, "-1,000"},
		{"fr", 12345, "12\u202f345"}, {"zh-TW", 12345, "12,345"}, {"zh-CN", 100000, "100,000"},
	} {
		require.NoError(t, text.Load(c.tag, ""))
		require.Equal(t, c.want, text.Number(c.n), c.tag)
	}
	require.NoError(t, text.Load("en", ""))
}
