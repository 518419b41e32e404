package hours_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	serverhours "outdial/server/hours"
	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
)

func keeper(t testing.TB) *serverhours.Keeper {
	t.Helper()
	k, err := serverhours.New(nil, library.New())
	require.NoError(t, err)
	return k
}

func TestPlace(t *testing.T) {
	k := keeper(t)
	for _, test := range []struct {
		name, number string
		want         hours.Place
	}{
		{"San Francisco", "+14155550100", hours.Place{Region: "US", States: []string{"CA"}, Zones: []string{"America/Los_Angeles"}}},
		{"possible, in no range of the plan", "+14151113333", hours.Place{Region: "US", States: []string{"CA"}, Zones: []string{"America/Los_Angeles"}}},
		{"Idaho lies in two zones", "+12085550100", hours.Place{Region: "US", States: []string{"ID"}, Zones: []string{"America/Boise", "America/Los_Angeles"}}},
		{"an area code with numbers of two states", "+12012345678", hours.Place{Region: "US", States: []string{"NJ", "NY"}, Zones: []string{"America/New_York"}}},
		{"the capital", "+12022345678", hours.Place{Region: "US", States: []string{"DC"}, Zones: []string{"America/New_York"}}},
		{"Toronto has no state", "+14162345678", hours.Place{Region: "CA", Zones: []string{"America/Toronto"}}},
		{"Puerto Rico is a region", "+17872345678", hours.Place{Region: "PR", Zones: []string{"America/Puerto_Rico"}}},
		{"a French mobile", "+33612345678", hours.Place{Region: "FR", Zones: []string{"Europe/Paris"}}},
		{"a mobile of Réunion, or of Mayotte", "+262692123456", hours.Place{Region: "RE", Zones: []string{"Indian/Mayotte", "Indian/Reunion"}}},
		{"a mobile of an island that shares a code", "+14413701234", hours.Place{Region: "BM", Zones: []string{"Atlantic/Bermuda"}}},
		{"Taipei", "+886223456789", hours.Place{Region: "TW", Zones: []string{"Asia/Taipei"}}},
		{"Paris, with a plus that is no digit", "33612345678", hours.Place{}},
		{"no number", "+1", hours.Place{}},
		{"nothing", "", hours.Place{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, k.Place(test.number))
		})
	}
	t.Run("a satellite phone belongs to no country", func(t *testing.T) {
		require.Empty(t, k.Place("+881612345678").Region)
	})
	t.Run("freephone has no state, and every zone of the code", func(t *testing.T) {
		p := k.Place("+18002345678")
		require.Empty(t, p.States)
		require.Greater(t, len(p.Zones), 20)
	})
	t.Run("a Russian mobile may be anywhere there", func(t *testing.T) {
		require.Subset(t, k.Place("+79123456789").Zones, []string{"Europe/Moscow", "Asia/Vladivostok"})
	})
	t.Run("a Kazakh one only there", func(t *testing.T) {
		p := k.Place("+77710009998")
		require.Equal(t, "KZ", p.Region)
		require.NotEmpty(t, p.Zones)
		require.NotContains(t, p.Zones, "Europe/Moscow")
	})
}

func at(t testing.TB, zone, clock string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	instant, err := time.ParseInLocation("2006-01-02 15:04", clock, location)
	require.NoError(t, err)
	return instant
}

func TestNext(t *testing.T) {
	k := keeper(t)
	evening := at(t, "America/New_York", "2026-01-05 20:30")

	opens, rule := k.Next(evening, hours.SMS, "+13052345678")
	require.Equal(t, at(t, "America/New_York", "2026-01-06 08:00").String(), opens.String())
	require.Equal(t, "us_fl", rule.Code)

	opens, rule = k.Next(evening, hours.SMS, "+14155550100")
	require.Equal(t, evening, opens, "half past five on the other coast")
	require.Equal(t, "us", rule.Code)

	opens, _ = k.Next(evening, hours.SMS, "+881612345678")
	require.Equal(t, hours.Never(), opens, "who knows where it is")
	opens, _ = k.Next(evening, hours.SMS, "tomorrow")
	require.Equal(t, hours.Never(), opens)
}

// What a run asks: by the operation, with a time and nothing else as the answer.
func TestOpens(t *testing.T) {
	k := keeper(t)
	night := at(t, "America/New_York", "2026-01-05 22:00")
	require.Equal(t, at(t, "America/New_York", "2026-01-06 08:00").UTC(), k.Opens(night, operation.SMSSend, "+13052345678").UTC())
	require.Equal(t, at(t, "America/New_York", "2026-01-06 08:00").UTC(), k.Opens(night, operation.CallbotImport, "+13052345678").UTC())
	require.Equal(t, night, k.Opens(night, operation.DNCAdd, "+13052345678"), "nobody's telephone rings")
	require.True(t, k.Opens(night, operation.SMSSend, "nobody").After(night.AddDate(1, 0, 0)), "an unknown place is not open")
}

// An answer does not depend on what was asked before: not on the place, the
// channel, the instant or the zone it is written in.
func TestNextAfterOthers(t *testing.T) {
	k := keeper(t)
	numbers := []string{"+18002345678", "+18002345679", "+13052345678", "+14155550100", "+33612345678", "+33712345678", "+79123456789", "+881612345678", "x"}
	instants := []time.Time{at(t, "America/New_York", "2026-01-05 20:30"), at(t, "UTC", "2026-01-06 01:30"), at(t, "UTC", "2026-01-06 18:00"), at(t, "America/New_York", "2026-01-05 20:30")}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, instant := range instants {
				for _, channel := range hours.Channels() {
					for _, number := range numbers {
						opens, rule := k.Next(instant, channel, number)
						fresh, law := keeper(t).Next(instant, channel, number)
						assert.Equal(t, fresh.String(), opens.String(), number)
						assert.Equal(t, law.Code, rule.Code, number)
					}
				}
			}
		})
	}
	group.Wait()
}

func TestRules(t *testing.T) {
	require.Equal(t, hours.Rules(), keeper(t).Rules())
}

func TestTogether(t *testing.T) {
	k := keeper(t)
	morning := at(t, "America/New_York", "2026-01-05 09:00")

	opens, rule := k.Together(morning, hours.Call, []string{"+12122345678", "+12122345679", "+14155550100"})
	require.Equal(t, at(t, "America/Los_Angeles", "2026-01-05 09:00").UTC(), opens.UTC())
	require.Equal(t, "us", rule.Code)

	opens, _ = k.Together(morning, hours.Call, []string{"+12122345678", "nobody"})
	require.Equal(t, hours.Never(), opens)
}

// A mobile and a landline of every country can be reached within a week.
func TestEveryCountryOpens(t *testing.T) {
	k := keeper(t)
	asked := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE} {
			example := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
			if example == nil {
				continue
			}
			number := phonenumbers.Format(example, phonenumbers.E164)
			for _, channel := range hours.Channels() {
				from := at(t, "UTC", "2026-04-03 12:00")
				opens, rule := k.Next(from, channel, number)
				require.NotEqualf(t, hours.Never(), opens, "%s %s: %s", region, channel, rule.Code)
				require.Less(t, opens.Sub(from), 7*24*time.Hour, region)
				asked++
			}
		}
	}
	require.Greater(t, asked, 900)
}

func TestChannelOf(t *testing.T) {
	want := map[operation.Name]hours.Channel{
		operation.SMSSend:        hours.SMS,
		operation.ContactsAdd:    hours.Call,
		operation.ContactsImport: hours.Call,
		operation.CallbotImport:  hours.Call,
	}
	for _, op := range operation.Catalogue() {
		channel, reaches := serverhours.ChannelOf(op.Name)
		require.Equal(t, want[op.Name], channel, op.Name)
		require.Equal(t, want[op.Name] != "", reaches, op.Name)
		require.True(t, !reaches || slices.Contains(hours.Channels(), channel))
	}
}

func TestTheCompanysMistakesAreTold(t *testing.T) {
	_, err := serverhours.New(hours.Company{"FR": {hours.Call: {"always"}}}, library.New())
	require.ErrorContains(t, err, `hours: FR: call: window "always"`)
}

func BenchmarkNext(b *testing.B) {
	k := keeper(b)
	from := at(b, "UTC", "2026-04-03 12:00")
	for b.Loop() {
		k.Next(from, hours.Call, "+13052345678")
	}
}

// A list of numbers that may be anywhere in a large country.
func BenchmarkNextOfAList(b *testing.B) {
	k := keeper(b)
	from := at(b, "UTC", "2026-04-03 12:00")
	for n := 0; b.Loop(); n++ {
		if n%5000 == 0 {
			from = from.Add(time.Minute)
		}
		k.Next(from, hours.SMS, "+18002345678")
	}
}
