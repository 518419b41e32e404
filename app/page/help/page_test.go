package help

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/app/text"
	"outdial/shared/operation"
)

// english loads the strings that help is made of.
func english(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir("../../../web/translations")
	require.NoError(t, err)
	all := map[string]string{}
	for _, entry := range entries {
		data, err := os.ReadFile("../../../web/translations/" + entry.Name())
		require.NoError(t, err)
		var file map[string]map[string]string
		require.NoError(t, json.Unmarshal(data, &file), entry.Name())
		for key, forms := range file {
			all[key] = forms["en"]
		}
	}
	var lines strings.Builder
	for key, form := range all {
		lines.WriteString(key + "\n" + form + "\n")
	}
	require.NoError(t, text.Load("en", lines.String()))
	return all
}

// Every code has its explanation, and each has one address.
func TestEveryErrorIsExplained(t *testing.T) {
	words := english(t)
	seen := map[string]bool{}
	for _, g := range groups() {
		require.NotEmpty(t, g.Codes)
		for _, code := range g.Codes {
			require.Contains(t, words, g.Prefix+code)
			require.False(t, seen[code], "%s stands twice", code)
			seen[code] = true
		}
	}
}

// What our server can answer is all here.
func TestServerProblemsAreAllHere(t *testing.T) {
	here := map[string]bool{"other": true}
	for _, code := range problems() {
		here[code] = true
	}
	for key := range english(t) {
		code, ok := strings.CutPrefix(key, "server.")
		if ok && !strings.HasSuffix(code, ".next") {
			require.True(t, here[code], "%s is not on the help page", code)
		}
	}
}

func TestRolesFollowTheCatalogue(t *testing.T) {
	english(t)
	s := roles(operation.Agent)
	require.Len(t, s.Table.Rows, len(operation.Catalogue()))
	for i, op := range operation.Catalogue() {
		row := s.Table.Rows[i]
		require.Len(t, row, len(s.Table.Head))
		for j, role := range operation.Roles() {
			require.Equal(t, role.Covers(op.Least), row[1+j] == text.T("help.roles.yes"), "%s, %s", op.Name, role)
		}
	}
}

func TestFound(t *testing.T) {
	all := []section{
		{ID: "a", Title: "Outcomes", Terms: []term{{Word: "Unknown", Text: "nobody can say"}, {Word: "Refused", Text: "said no", Code: "x.refused"}}},
		{ID: "b", Title: "Numbers", Lines: []string{"Paste it."}, Terms: []term{{Word: "Fine"}}},
		{ID: "c", Title: "Roles", Table: &table{Head: []string{"what"}, Rows: [][]string{{"Check", "Yes"}, {"Remove", "No"}}}},
	}
	for _, tc := range []struct {
		what  string
		ids   []string
		terms int
	}{
		{"", []string{"a", "b", "c"}, 3},
		{"  UNKNOWN ", []string{"a"}, 1},
		{"x.refused", []string{"a"}, 1},
		{"outcomes", []string{"a"}, 2},
		{"paste", []string{"b"}, 1},
		{"remove", []string{"c"}, 0},
		{"zzz", nil, 0},
	} {
		t.Run(tc.what, func(t *testing.T) {
			var ids []string
			terms := 0
			for _, s := range found(all, tc.what) {
				ids = append(ids, s.ID)
				terms += len(s.Terms)
			}
			require.Equal(t, tc.ids, ids)
			require.Equal(t, tc.terms, terms)
		})
	}
}
