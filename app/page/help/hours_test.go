package help

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/app/text"
	"outdial/shared/hours"
	"outdial/shared/wire"
)

// ruleOf is a rule as the server tells it.
func ruleOf(r hours.Rule) wire.HoursRule {
	out := wire.HoursRule{Code: r.Code, Regions: r.Regions, State: r.State, Windows: r.Windows, Basis: string(r.Basis), Source: r.Source, Confidence: string(r.Confidence)}
	for _, channel := range r.Channels {
		out.Channels = append(out.Channels, string(channel))
	}
	return out
}

// whole is a window that stays in one line.
func whole(window string) string {
	return strings.NewReplacer(" ", "\u00a0", "–", "\u2060–\u2060").Replace(window)
}

func TestHoursListsEveryRule(t *testing.T) {
	english(t)
	var rules []wire.HoursRule
	for _, r := range hours.Rules() {
		rules = append(rules, ruleOf(r))
	}
	s := hoursSection(rules)
	require.Len(t, s.Table.Rows, len(rules))
	seen := map[string]bool{}
	for i, row := range s.Table.Rows {
		require.Len(t, row, len(s.Table.Head))
		require.False(t, seen[row[0]], "%s stands twice", row[0])
		seen[row[0]] = true
		require.Contains(t, row[4], rules[i].Source)
	}
	require.Equal(t, []string{"France and overseas, calls", "calls", whole("Mon–Fri 10:00–13:00") + " · " + whole("Mon–Fri 14:00–20:00"), "law",
		"Code de la consommation, art. D. 223-9 (décret n° 2022-1313) (text read)"}, s.Table.Rows[2])
}

func TestHoursNamesTheCompanysPlaces(t *testing.T) {
	english(t)
	own := func(state string, regions ...string) wire.HoursRule {
		return wire.HoursRule{Code: "own", Regions: regions, State: state, Channels: []string{"call", "sms"}, Windows: []string{"Mon,Wed 10:00-11:00"}, Basis: "own", Source: "configuration", Confidence: "decided"}
	}
	s := hoursSection([]wire.HoursRule{own("", "TW"), own("FL", "US"), own("CO", "US"), own("")})
	require.Equal(t, []string{"TW", "calls · texts", whole("Mon,Wed 10:00–11:00"), "the company", "configuration (decided, not found)"}, s.Table.Rows[0])
	require.Equal(t, "Florida", s.Table.Rows[1][0])
	require.Equal(t, "US-CO", s.Table.Rows[2][0])
	require.Equal(t, text.T("hours.rule.fallback"), s.Table.Rows[3][0])
}

func TestHoursSpeaksBeforeTheRulesAreRead(t *testing.T) {
	english(t)
	s := hoursSection(nil)
	require.Nil(t, s.Table)
	require.NotEmpty(t, s.Lines)
}
