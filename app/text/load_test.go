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
