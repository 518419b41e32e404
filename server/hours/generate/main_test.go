package main

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/hours"
)

func TestTheTableIsWhatTheModuleSays(t *testing.T) {
	found, err := areas()
	require.NoError(t, err)
	committed, err := os.ReadFile("../area.go")
	require.NoError(t, err)
	require.Equal(t, string(goFile(found)), string(committed), "go generate ./server/hours")

	seen := map[string]bool{}
	for _, states := range found {
		for _, state := range states {
			seen[state] = true
		}
	}
	for _, state := range hours.States() {
		require.True(t, seen[state], "no area code in %s", state)
	}
	require.Greater(t, len(found), 330)
}

func TestStateIn(t *testing.T) {
	for description, want := range map[string]string{"Oakland, CA": "CA", "California": "CA", "Washington D.C.": "DC", "Washington State": "WA", "Washington, DC": "DC"} {
		got, err := stateIn(description)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, description := range []string{"Toronto, ON", "Narnia", "", "Paris, "} {
		_, err := stateIn(description)
		require.Error(t, err, description)
	}
}

func TestNamesAreStates(t *testing.T) {
	for name, code := range names {
		require.True(t, slices.Contains(hours.States(), code), name)
	}
	require.Len(t, names, len(hours.States()))
}
