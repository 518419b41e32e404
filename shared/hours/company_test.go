package hours_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/hours"
)

func TestCompanyNarrowsRules(t *testing.T) {
	b := book(t, hours.Company{
		"FR":    {hours.Call: {"Mon-Sun 09:00-18:00"}},
		"US":    {hours.Call: {"Mon-Fri 00:00-24:00"}},
		"US-FL": {hours.Call: {"Mon-Fri 10:00-19:00"}},
	})
	for _, test := range []struct {
		name, zone, at, opens string
		place                 hours.Place
		rule                  string
	}{
		{"it ends earlier", paris, "2026-03-04 18:00", "2026-03-05 10:00", in("FR", paris), "own"},
		{"it does not begin earlier", paris, "2026-03-04 09:00", "2026-03-04 10:00", in("FR", paris), "fr_call"},
		{"it does not open the weekend", paris, "2026-03-07 12:00", "2026-03-09 10:00", in("FR", paris), "fr_call"},
		{"it does not open the break", paris, "2026-03-04 13:30", "2026-03-04 14:00", in("FR", paris), "fr_call"},
		{"it closes a weekend that the law leaves open", newYork, "2026-01-03 12:00", "2026-01-05 08:00", state("NJ", newYork), "own"},
		{"it is narrower in one state", newYork, "2026-01-05 09:00", "2026-01-05 10:00", state("FL", newYork), "own"},
		{"and only there", newYork, "2026-01-05 09:00", "2026-01-05 09:00", state("NJ", newYork), "own"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opens, rule := b.Next(wall(t, test.zone, test.at), hours.Call, test.place)
			require.Equal(t, wall(t, test.zone, test.opens).String(), opens.String())
			require.Equal(t, test.rule, rule.Code)
		})
	}
	opens, rule := b.Next(wall(t, paris, "2026-03-04 21:00"), hours.SMS, in("FR", paris))
	require.Equal(t, wall(t, paris, "2026-03-04 21:00"), opens, "texts have windows of their own")
	require.Equal(t, "fr_sms", rule.Code)
}

func TestTheBookListsTheCompanysWindowsLast(t *testing.T) {
	windows := []string{"Mon-Fri 10:00-19:00"}
	all := book(t, hours.Company{"US-FL": {hours.Call: windows}}).Rules()
	require.Equal(t, hours.Rules(), all[:len(all)-1])
	require.Equal(t, hours.Rule{Code: "own", Regions: []string{"US"}, State: "FL", Channels: []hours.Channel{hours.Call}, Windows: windows,
		Basis: hours.Own, Source: "configuration", Confidence: hours.Decided}, all[len(all)-1])
}

func TestCompanyReplacesTheFallback(t *testing.T) {
	b := book(t, hours.Company{
		"default": {hours.Call: {"Mon-Sun 10:00-21:00"}},
		"TW":      {hours.Call: {"Mon-Fri 09:00-21:30"}},
	})
	late := wall(t, taipei, "2026-01-05 21:15")
	opens, rule := b.Next(late, hours.Call, in("TW", taipei))
	require.Equal(t, late, opens)
	require.Equal(t, hours.Own, rule.Basis)

	sunday := wall(t, "Asia/Bangkok", "2026-01-04 12:00")
	opens, rule = b.Next(sunday, hours.Call, in("TH", "Asia/Bangkok"))
	require.Equal(t, sunday, opens)
	require.Equal(t, hours.Own, rule.Basis)

	opens, rule = b.Next(sunday, hours.SMS, in("TH", "Asia/Bangkok"))
	require.Equal(t, wall(t, "Asia/Bangkok", "2026-01-05 09:00").String(), opens.String())
	require.Equal(t, hours.Fallback, rule.Basis)
}

func TestCompanyNamesEveryMistake(t *testing.T) {
	window := []string{"Mon 09:00-10:00"}
	mistakes, err := hours.Company{
		"AU":     {hours.SMS: {"Mon 09:00-10:00", "Hol 09:00-10:00"}},
		"DE":     {hours.Call: {"Mo 09:00-10:00"}, hours.SMS: window},
		"FR-75":  {hours.Call: window},
		"France": {hours.Call: window},
		"GB":     {"fax": window},
		"IT":     {hours.SMS: {}},
		"US-XX":  {hours.Call: window},
		"ZZ":     {hours.Call: window},
	}.Mistakes()
	require.NoError(t, err)
	require.Equal(t, []hours.Mistake{
		{Place: "AU", Channel: hours.SMS, Text: "Hol and Eve belong to rules with a calendar"},
		{Place: "DE", Channel: hours.Call, Text: `window "Mo 09:00-10:00": no day "Mo"; days are Mon to Sun`},
		{Place: "FR-75", Text: "is no state of the United States, such as US-FL"},
		{Place: "France", Text: "is no country; wants two capital letters, or default"},
		{Place: "GB", Channel: "fax", Text: "is no channel; channels are call and sms"},
		{Place: "IT", Channel: hours.SMS, Text: "no window"},
		{Place: "US-XX", Text: "is no state of the United States, such as US-FL"},
		{Place: "ZZ", Text: "is no country; wants two capital letters, or default"},
	}, mistakes)
}

func TestCompanyThatNeverOpensIsRefused(t *testing.T) {
	company := hours.Company{"FR": {hours.Call: {"Sat-Sun 09:00-20:00"}}, "US-FL": {hours.SMS: {"Mon 20:00-21:00"}}, "DE": {hours.Call: {"Sat 17:00-20:00"}}}
	mistakes, err := company.Mistakes()
	require.NoError(t, err)
	require.Equal(t, []hours.Mistake{
		{Place: "FR", Channel: hours.Call, Text: "never opens, since all of these have to be open at once: fr_call (Mon-Fri 10:00-13:00, Mon-Fri 14:00-20:00); own (Sat-Sun 09:00-20:00)"},
		{Place: "US-FL", Channel: hours.SMS, Text: "never opens, since all of these have to be open at once: us (Mon-Sun 08:00-21:00); us_fl (Mon-Sun 08:00-20:00); own (Mon 20:00-21:00)"},
	}, mistakes)
	_, err = hours.New(company)
	require.EqualError(t, err, mistakes[0].Error()+"\n"+mistakes[1].Error())
}

func TestCompanyWithoutMistakes(t *testing.T) {
	for _, company := range []hours.Company{nil, {}, {"default": {hours.Call: {"Sun 03:00-04:00"}}}, {"NO": {hours.Call: {"Mon 09:00-10:00"}}, "XK": {}}} {
		mistakes, err := company.Mistakes()
		require.NoError(t, err)
		require.Empty(t, mistakes)
	}
}
