package hours_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/stretchr/testify/require"

	"outdial/shared/hours"
)

func book(t testing.TB, company hours.Company) *hours.Book {
	t.Helper()
	b, err := hours.New(company)
	require.NoError(t, err)
	return b
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	require.NoError(t, err)
	return location
}

// wall reads "2026-03-29 10:00" on the clock of a zone, with seconds where they are given.
func wall(t testing.TB, zoneName, clock string) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04"
	if strings.Count(clock, ":") == 2 {
		layout = "2006-01-02 15:04:05.999"
	}
	at, err := time.ParseInLocation(layout, clock, zone(t, zoneName))
	require.NoError(t, err)
	return at
}

func in(region string, zones ...string) hours.Place { return hours.Place{Region: region, Zones: zones} }

func state(code string, zones ...string) hours.Place {
	return hours.Place{Region: "US", States: []string{code}, Zones: zones}
}

const (
	paris    = "Europe/Paris"
	newYork  = "America/New_York"
	chicago  = "America/Chicago"
	angeles  = "America/Los_Angeles"
	berlin   = "Europe/Berlin"
	taipei   = "Asia/Taipei"
	lordHowe = "Australia/Lord_Howe"
)

func TestNext(t *testing.T) {
	tests := []struct {
		name    string
		channel hours.Channel
		place   hours.Place
		zone    string // of at and opens
		at      string
		opens   string // "" for at
		rule    string
	}{
		{"France, before the morning", hours.Call, in("FR", paris), paris, "2026-03-04 09:59:59.999", "2026-03-04 10:00", "fr_call"},
		{"France, from the first instant", hours.Call, in("FR", paris), paris, "2026-03-04 10:00", "", "fr_call"},
		{"France, to the last instant of the morning", hours.Call, in("FR", paris), paris, "2026-03-04 12:59:59.999", "", "fr_call"},
		{"France, at noon's border", hours.Call, in("FR", paris), paris, "2026-03-04 13:00", "2026-03-04 14:00", "fr_call"},
		{"France, in the evening", hours.Call, in("FR", paris), paris, "2026-03-04 20:00", "2026-03-05 10:00", "fr_call"},
		{"France, over the weekend", hours.Call, in("FR", paris), paris, "2026-03-06 20:00", "2026-03-09 10:00", "fr_call"},
		{"France, Saturday is open to texts", hours.SMS, in("FR", paris), paris, "2026-03-07 21:59", "", "fr_sms"},
		{"France, Sunday is not", hours.SMS, in("FR", paris), paris, "2026-03-08 12:00", "2026-03-09 08:00", "fr_sms"},
		{"France, Easter Monday", hours.Call, in("FR", paris), paris, "2026-04-03 20:00", "2026-04-07 10:00", "fr_call"},
		{"France, Ascension", hours.Call, in("FR", paris), paris, "2026-05-14 10:00", "2026-05-15 10:00", "fr_call"},
		{"France, summer time begins", hours.Call, in("FR", paris), paris, "2026-03-27 20:00", "2026-03-30 10:00", "fr_call"},
		{"Réunion keeps French law on its own clock", hours.Call, in("RE", "Indian/Reunion"), "Indian/Reunion", "2026-03-04 09:00", "2026-03-04 10:00", "fr_call"},

		{"United States, at eight", hours.Call, state("CO", "America/Denver"), "America/Denver", "2026-01-04 08:00", "", "us"},
		{"United States, a second before", hours.Call, state("CO", "America/Denver"), "America/Denver", "2026-01-04 07:59:59", "2026-01-04 08:00", "us"},
		{"United States, at nine in the evening", hours.SMS, state("CO", "America/Denver"), "America/Denver", "2026-01-04 21:00", "2026-01-05 08:00", "us"},
		{"Florida ends at eight in the evening", hours.Call, state("FL", newYork), newYork, "2026-01-05 20:00", "2026-01-06 08:00", "us_fl"},
		{"Florida's far west: both zones", hours.Call, state("FL", newYork, chicago), newYork, "2026-01-05 08:00", "2026-01-05 09:00", "us"},
		{"Florida's far west: the evening", hours.Call, state("FL", newYork, chicago), newYork, "2026-01-05 19:59", "", "us_fl"},
		{"Connecticut begins at nine", hours.SMS, state("CT", newYork), newYork, "2026-01-05 08:30", "2026-01-05 09:00", "us_ct"},
		{"Kentucky begins at ten", hours.Call, state("KY", newYork), newYork, "2026-01-05 09:00", "2026-01-05 10:00", "us_ky"},
		{"Texas sleeps on Sunday", hours.Call, state("TX", chicago), chicago, "2026-01-04 09:00", "2026-01-04 12:00", "us_tx"},
		{"Utah is silent on Sunday", hours.Call, state("UT", "America/Denver"), "America/Denver", "2026-01-04 09:00", "2026-01-05 08:00", "us_ut"},
		{"Utah on Pioneer Day", hours.Call, state("UT", "America/Denver"), "America/Denver", "2026-07-24 09:00", "2026-07-25 08:00", "us_ut"},
		{"Alabama, Independence Day on a Saturday closes Friday too", hours.Call, state("AL", chicago), chicago, "2026-07-03 10:00", "2026-07-06 08:00", "us_al"},
		{"Louisiana on Mardi Gras", hours.Call, state("LA", chicago), chicago, "2026-02-17 10:00", "2026-02-18 08:00", "us_la"},
		{"Rhode Island on Saturday", hours.Call, state("RI", newYork), newYork, "2026-01-10 09:30", "2026-01-10 10:00", "us_ri"},
		{"Oregon's texts", hours.SMS, state("OR", angeles), angeles, "2026-01-05 20:30", "2026-01-06 08:00", "us_or"},
		{"California's machines begin at nine", hours.Call, state("CA", angeles), angeles, "2026-01-05 08:30", "2026-01-05 09:00", "us_ca"},
		{"California's texts at eight", hours.SMS, state("CA", angeles), angeles, "2026-01-05 08:30", "", "us"},
		{"two states: the stricter", hours.SMS, hours.Place{Region: "US", States: []string{"NJ", "CT"}, Zones: []string{newYork}}, newYork, "2026-01-05 20:30", "2026-01-06 09:00", "us_ct"},
		{"the night after summer time begins", hours.Call, state("CO", newYork), newYork, "2026-03-08 00:30", "2026-03-08 08:00", "us"},
		{"the night after it ends", hours.Call, state("CO", newYork), newYork, "2026-11-01 00:30", "2026-11-01 08:00", "us"},
		{"Puerto Rico keeps federal law", hours.Call, in("PR", "America/Puerto_Rico"), "America/Puerto_Rico", "2026-01-05 21:00", "2026-01-06 08:00", "us"},

		{"Canada on Saturday", hours.Call, in("CA", "America/Toronto"), "America/Toronto", "2026-01-10 09:00", "2026-01-10 10:00", "ca"},
		{"Canada on a weekday's evening", hours.Call, in("CA", "America/Toronto"), "America/Toronto", "2026-01-09 21:29", "", "ca"},
		{"Italy on Christmas Eve ends at seven", hours.Call, in("IT", "Europe/Rome"), "Europe/Rome", "2026-12-24 19:00", "2026-12-28 09:00", "it"},
		{"Italy on Christmas Eve begins at ten", hours.Call, in("IT", "Europe/Rome"), "Europe/Rome", "2026-12-24 09:30", "2026-12-24 10:00", "it"},
		{"the Netherlands on the evening of presents", hours.Call, in("NL", "Europe/Amsterdam"), "Europe/Amsterdam", "2025-12-05 18:30", "2025-12-06 10:00", "nl"},
		{"Germany on Reformation Day, no federal holiday", hours.Call, in("DE", berlin), berlin, "2025-10-31 10:00", "", "de"},
		{"Germany on Unity Day", hours.Call, in("DE", berlin), berlin, "2025-10-03 10:00", "2025-10-04 09:00", "de"},
		{"Australia on Sunday", hours.Call, in("AU", "Australia/Sydney"), "Australia/Sydney", "2026-02-01 10:00", "2026-02-02 09:00", "au"},
		{"Australia, Boxing Day on a Saturday is kept on Monday", hours.Call, in("AU", "Australia/Sydney"), "Australia/Sydney", "2026-12-24 20:00", "2026-12-29 09:00", "au"},
		{"a clock that moves by half an hour", hours.Call, in("AU", lordHowe), lordHowe, "2026-04-05 01:45", "2026-04-07 09:00", "au"},
		{"New Zealand on Matariki", hours.Call, in("NZ", "Pacific/Auckland"), "Pacific/Auckland", "2026-07-10 12:00", "2026-07-11 08:00", "nz"},
		{"South Africa, a holiday on Sunday closes Monday", hours.SMS, in("ZA", "Africa/Johannesburg"), "Africa/Johannesburg", "2026-08-08 13:00", "2026-08-11 08:00", "za"},
		{"Colombia, Epiphany is kept on Monday", hours.Call, in("CO", "America/Bogota"), "America/Bogota", "2026-01-10 15:00", "2026-01-13 07:00", "co"},
		{"Vietnam's calls end at five", hours.Call, in("VN", "Asia/Ho_Chi_Minh"), "Asia/Ho_Chi_Minh", "2026-01-05 17:00", "2026-01-06 08:00", "vn_call"},
		{"Vietnam's texts go on", hours.SMS, in("VN", "Asia/Ho_Chi_Minh"), "Asia/Ho_Chi_Minh", "2026-01-05 17:00", "", "vn_sms"},
		{"Korea at night", hours.SMS, in("KR", "Asia/Seoul"), "Asia/Seoul", "2026-01-05 21:00", "2026-01-06 08:00", "kr"},
		{"India in the morning", hours.SMS, in("IN", "Asia/Calcutta"), "Asia/Calcutta", "2026-01-05 09:30", "2026-01-05 10:00", "in"},

		{"no rule: our caution", hours.Call, in("TW", taipei), taipei, "2026-01-05 20:00", "2026-01-06 09:00", "fallback"},
		{"no rule: Sunday", hours.SMS, in("TW", taipei), taipei, "2026-01-04 12:00", "2026-01-05 09:00", "fallback"},
		{"a rule for calls alone: texts have our caution", hours.SMS, in("CA", "America/Toronto"), "America/Toronto", "2026-01-09 20:30", "2026-01-10 09:00", "fallback"},
		{"zone known, country not", hours.Call, in("", taipei), taipei, "2026-01-05 12:00", "", "fallback"},
	}
	b := book(t, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := wall(t, test.zone, test.at)
			want := at
			if test.opens != "" {
				want = wall(t, test.zone, test.opens)
			}
			got, rule := b.Next(at, test.channel, test.place)
			require.Equal(t, want.String(), got.String())
			require.Equal(t, test.rule, rule.Code)
		})
	}
}

// A window that begins in the hour that the clocks leave out begins when they
// have moved; one in the hour that comes twice is open both times.
func TestClockChanges(t *testing.T) {
	b := book(t, hours.Company{"default": {hours.Call: {"Sun 02:30-03:30"}}, "TW": {hours.SMS: {"Sun 00:00-01:30"}}})
	anywhere := in("", newYork)

	missing, _ := b.Next(wall(t, newYork, "2026-03-08 01:00"), hours.Call, anywhere)
	require.Equal(t, "2026-03-08T03:00:00-04:00", missing.Format(time.RFC3339), "02:30 does not exist that day")
	end, _ := b.Next(wall(t, newYork, "2026-03-08 03:30"), hours.Call, anywhere)
	require.Equal(t, "2026-03-15T02:30:00-04:00", end.Format(time.RFC3339))

	two := book(t, hours.Company{"TW": {hours.Call: {"Sun 02:00-02:30"}}})
	none, _ := two.Next(wall(t, newYork, "2026-03-08 01:00"), hours.Call, in("TW", newYork))
	require.Equal(t, "2026-03-15T02:00:00-04:00", none.Format(time.RFC3339), "the whole window does not exist that day")
	back, _ := two.Next(wall(t, newYork, "2026-11-01 00:30"), hours.Call, in("TW", newYork))
	require.Equal(t, "2026-11-01T07:00:00Z", back.UTC().Format(time.RFC3339), "two o'clock comes after one o'clock came twice")

	twice := in("TW", newYork)
	first := time.Date(2026, time.November, 1, 5, 29, 0, 0, time.UTC) // 01:29, summer time
	for minutes, open := range map[int]bool{0: true, 1: false, 30: false, 31: true, 60: true, 61: false} {
		at := first.Add(time.Duration(minutes) * time.Minute)
		got, _ := b.Next(at, hours.SMS, twice)
		require.Equal(t, open, got.Equal(at), at.In(zone(t, newYork)).String())
	}
	again, _ := b.Next(first.Add(10*time.Minute), hours.SMS, twice)
	require.Equal(t, "2026-11-01T06:00:00Z", again.Format(time.RFC3339), "01:00 comes a second time")
}

// Samoa went from Thursday to Saturday; the Friday that it never had is nobody's window.
func TestSkippedDay(t *testing.T) {
	b := book(t, hours.Company{"WS": {hours.Call: {"Fri 09:00-17:00"}}})
	got, _ := b.Next(wall(t, "Pacific/Apia", "2011-12-29 18:00"), hours.Call, in("WS", "Pacific/Apia"))
	require.Equal(t, wall(t, "Pacific/Apia", "2012-01-06 09:00").String(), got.String())
}

func TestUnknownPlacesKeepTheStrictestHours(t *testing.T) {
	b := book(t, nil)
	at := wall(t, newYork, "2026-01-05 07:00")

	t.Run("zones unknown: all of the region", func(t *testing.T) {
		opens, _ := b.Next(at, hours.Call, hours.Place{Region: "US", States: []string{"CO"}})
		require.Equal(t, wall(t, "America/Adak", "2026-01-05 08:00").UTC(), opens.UTC(), "the last of its clocks to reach eight")
	})
	t.Run("a zone that no database has makes all unknown", func(t *testing.T) {
		known, _ := b.Next(at, hours.Call, hours.Place{Region: "US", States: []string{"CO"}})
		for _, name := range []string{"Etc/Unknown", "Local", "", "../etc/passwd"} {
			opens, _ := b.Next(at, hours.Call, state("CO", newYork, name))
			require.Equal(t, known, opens, name)
		}
	})
	t.Run("state unknown: every state's", func(t *testing.T) {
		opens, _ := b.Next(at, hours.SMS, in("US", newYork))
		require.Equal(t, wall(t, newYork, "2026-01-05 10:00").UTC(), opens.UTC(), "Kentucky's morning")
		at := wall(t, newYork, "2026-01-05 17:59")
		opens, _ = b.Next(at, hours.SMS, in("US", newYork))
		require.Equal(t, at, opens)
		opens, _ = b.Next(wall(t, newYork, "2026-01-05 18:00"), hours.SMS, in("US", newYork))
		require.Equal(t, wall(t, newYork, "2026-01-06 10:00").UTC(), opens.UTC(), "Rhode Island's evening")
	})
	t.Run("a state that is none is unknown", func(t *testing.T) {
		want, _ := b.Next(at, hours.SMS, in("US", newYork))
		got, _ := b.Next(at, hours.SMS, state("XX", newYork))
		require.Equal(t, want, got)
	})
	t.Run("nothing known: never", func(t *testing.T) {
		opens, rule := b.Next(at, hours.Call, hours.Place{})
		require.Equal(t, hours.Never(), opens)
		require.Equal(t, "fallback", rule.Code)
	})
	t.Run("zones that never meet: never", func(t *testing.T) {
		opens, _ := b.Next(at, hours.Call, in("", "Pacific/Auckland", newYork, berlin))
		require.Equal(t, hours.Never(), opens)
	})
	t.Run("a channel that is none: never", func(t *testing.T) {
		opens, rule := b.Next(at, "fax", state("CO", newYork))
		require.Equal(t, hours.Never(), opens)
		require.Empty(t, rule.Code)
	})
}

func TestTogether(t *testing.T) {
	b := book(t, nil)
	places := []hours.Place{in("FR", paris), in("DE", berlin), in("PT", "Europe/Lisbon")}

	at := wall(t, paris, "2026-03-04 13:30")
	opens, rule := b.Together(at, hours.Call, places)
	require.Equal(t, wall(t, paris, "2026-03-04 14:00").String(), opens.String())
	require.Equal(t, "fr_call", rule.Code)

	at = wall(t, paris, "2026-03-04 15:00")
	opens, rule = b.Together(at, hours.Call, places)
	require.Equal(t, at, opens)
	require.NotEmpty(t, rule.Code)

	opens, rule = b.Together(at, hours.Call, append(places, in("NZ", "Pacific/Auckland"), in("CO", "America/Bogota")))
	require.Equal(t, hours.Never(), opens, "Auckland sleeps while Bogotá is open, and Paris lunches in between")
	require.NotEmpty(t, rule.Code)

	opens, _ = b.Together(at, hours.Call, nil)
	require.Equal(t, at, opens, "nobody is disturbed")
}

// From any instant, in every country and state there is, somebody can be reached
// within a week or so: no rule closes a place for good.
func TestEveryPlaceOpens(t *testing.T) {
	b := book(t, nil)
	var places []hours.Place
	for region := range phonenumbers.GetSupportedRegions() {
		places = append(places, in(region))
	}
	for _, code := range hours.States() {
		places = append(places, state(code))
	}
	require.Greater(t, len(places), 290)
	for _, p := range places {
		for _, channel := range hours.Channels() {
			for at := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2027; at = at.Add(53 * time.Hour) {
				opens, rule := b.Next(at, channel, p)
				require.NotEqualf(t, hours.Never(), opens, "%v %s from %v: %s", p, channel, at, rule.Code)
				require.Lessf(t, opens.Sub(at), 6*24*time.Hour, "%v %s from %v: %s", p, channel, at, rule.Code)
			}
		}
	}
}

// clocks is Next told without arithmetic: it reads the clock of every zone, and
// looks it up in the windows as they are written.
type clocks struct {
	rules []hours.Rule
	zones []*time.Location
	kinds map[string]string // by calendar and day
}

func read(t testing.TB, channel hours.Channel, p hours.Place) *clocks {
	t.Helper()
	c := &clocks{kinds: map[string]string{}}
	all := hours.Rules()
	for _, r := range all {
		here := slices.Contains(r.Regions, p.Region) && (r.State == "" || slices.Contains(p.States, r.State))
		if here && slices.Contains(r.Channels, channel) {
			c.rules = append(c.rules, r)
		}
	}
	if len(c.rules) == 0 {
		c.rules = all[len(all)-1:]
	}
	for _, name := range p.Zones {
		c.zones = append(c.zones, zone(t, name))
	}
	return c
}

func (c *clocks) open(t testing.TB, at time.Time) bool {
	for _, location := range c.zones {
		there := at.In(location)
		day, now := there.Format("Mon"), there.Format("15:04")
		for _, r := range c.rules {
			if !inside(r, day, now) {
				return false
			}
			switch kind := c.kind(t, r, there); {
			case kind == "Hol" && !inside(r, kind, now):
				return false
			case kind == "Eve" && strings.Contains(strings.Join(r.Windows, " "), kind) && !inside(r, kind, now):
				return false
			}
		}
	}
	return true
}

func (c *clocks) kind(t testing.TB, r hours.Rule, there time.Time) string {
	if r.Holidays == "" {
		return ""
	}
	key := r.Holidays + there.Format(time.DateOnly)
	if _, known := c.kinds[key]; !known {
		c.kinds[key] = hours.DayKind(t, r.Holidays, there.Year(), there.Month(), there.Day())
	}
	return c.kinds[key]
}

func inside(r hours.Rule, day, now string) bool {
	for _, window := range r.Windows {
		names, clock, _ := strings.Cut(window, " ")
		from, to, _ := strings.Cut(clock, "-")
		if from <= now && now < to && covers(names, day) {
			return true
		}
	}
	return false
}

func covers(names, day string) bool {
	const week = "Mon Tue Wed Thu Fri Sat Sun"
	for name := range strings.SplitSeq(names, ",") {
		first, last, ranged := strings.Cut(name, "-")
		if !ranged && name == day {
			return true
		}
		if at := strings.Index(week, day); ranged && at >= strings.Index(week, first) && at <= strings.Index(week, last) && at >= 0 {
			return true
		}
	}
	return false
}

var (
	someRegions = []string{"US", "US", "US", "CA", "FR", "DE", "GB", "ES", "IT", "PT", "NL", "NO", "AE", "ZA", "IN", "CN", "HK", "JP", "KR", "SG", "VN", "AU", "NZ", "BR", "CO", "TW", "MX"}
	someZones   = []string{newYork, chicago, angeles, "America/Denver", "America/Phoenix", "America/St_Johns", paris, berlin, "Europe/London", "Europe/Lisbon", "Atlantic/Azores",
		"Africa/Casablanca", "Africa/Johannesburg", "Asia/Kathmandu", "Asia/Tehran", taipei, "Australia/Sydney", lordHowe, "Pacific/Chatham", "Pacific/Apia", "America/Havana", "America/Santiago"}
)

// check asks Next about an instant and looks at every minute up to its answer.
func check(t testing.TB, b *hours.Book, at time.Time, channel hours.Channel, p hours.Place) {
	t.Helper()
	c := read(t, channel, p)
	opens, rule := b.Next(at, channel, p)
	end := opens
	if opens.Equal(hours.Never()) {
		end = at.Add(3 * 24 * time.Hour) // that far at least
	} else {
		require.False(t, opens.Before(at))
		require.True(t, c.open(t, opens), "%v %s from %v: told %v by %s", p, channel, at, opens, rule.Code)
	}
	for minute := at; minute.Before(end); minute = minute.Truncate(time.Minute).Add(time.Minute) {
		if c.open(t, minute) {
			t.Fatalf("%v %s from %v: %v is open, told %v by %s", p, channel, at, minute, opens, rule.Code)
		}
	}
}

func TestNextIsTheFirstOpenInstant(t *testing.T) {
	b := book(t, nil)
	random := rand.New(rand.NewPCG(4, 2026))
	// The days around clock changes and holidays, and any other.
	days := []string{"2026-03-08", "2026-03-29", "2026-04-05", "2026-10-25", "2026-11-01", "2026-12-24", "2026-12-31", "2027-03-26", "2026-07-03", "2026-05-13"}
	for range 2000 {
		day, err := time.Parse(time.DateOnly, days[random.IntN(len(days))])
		require.NoError(t, err)
		if random.IntN(3) == 0 {
			day = day.AddDate(0, 0, random.IntN(3650))
		}
		at := day.Add(time.Duration(random.Int64N(int64(48*time.Hour))) - 12*time.Hour)
		p := hours.Place{Region: someRegions[random.IntN(len(someRegions))]}
		for range 1 + random.IntN(2) {
			p.Zones = append(p.Zones, someZones[random.IntN(len(someZones))])
		}
		if p.Region == "US" {
			for range 1 + random.IntN(2) {
				p.States = append(p.States, hours.States()[random.IntN(51)])
			}
		}
		check(t, b, at, hours.Channels()[random.IntN(2)], p)
	}
}

func FuzzNext(f *testing.F) {
	b := book(f, nil)
	f.Add(int64(1772960399), int64(999999999), uint8(0), uint8(0), uint8(1), uint8(9), uint8(8), true)
	f.Add(int64(1793509200), int64(0), uint8(4), uint8(6), uint8(6), uint8(0), uint8(0), false)
	f.Add(int64(-1), int64(1), uint8(10), uint8(18), uint8(19), uint8(0), uint8(0), true)
	f.Fuzz(func(t *testing.T, second, nano int64, region, zone1, zone2, state1, state2 uint8, call bool) {
		const span = 60 * 366 * 24 * 3600 // from 1970 on: before, clocks had seconds in their offsets
		at := time.Unix((second%span+span)%span, (nano%1e9+1e9)%1e9).UTC()
		p := hours.Place{
			Region: someRegions[int(region)%len(someRegions)],
			Zones:  []string{someZones[int(zone1)%len(someZones)], someZones[int(zone2)%len(someZones)]},
			States: []string{hours.States()[int(state1)%51], hours.States()[int(state2)%51]},
		}
		channel := hours.SMS
		if call {
			channel = hours.Call
		}
		check(t, b, at, channel, p)
	})
}

func TestBookIsSharedSafely(t *testing.T) {
	b := book(t, nil)
	at := wall(t, paris, "2026-12-24 21:00")
	want, _ := b.Next(at, hours.Call, in("FR"))
	done := make(chan time.Time)
	for range 8 {
		go func() {
			got, _ := b.Next(at, hours.Call, in("FR"))
			done <- got
		}()
	}
	for range 8 {
		require.Equal(t, want, <-done)
	}
}

func TestTable(t *testing.T) {
	rules := hours.Rules()
	require.Greater(t, len(rules), 40)
	codes := map[string]bool{}
	for _, r := range rules {
		t.Run(r.Code, func(t *testing.T) {
			require.Regexp(t, "^[a-z_]+$", r.Code, "it is part of a translation's key")
			require.False(t, codes[r.Code], "stands twice")
			codes[r.Code] = true
			require.NotEmpty(t, r.Source)
			require.NotContains(t, r.Source, "://")
			require.NotEmpty(t, r.Channels)
			require.Subset(t, hours.Channels(), r.Channels)
			require.Contains(t, []hours.Basis{hours.Law, hours.Code, hours.Fallback}, r.Basis)
			require.Contains(t, []hours.Confidence{hours.Checked, hours.Reported, hours.Recalled, hours.Decided}, r.Confidence)
			require.Equal(t, r.Basis == hours.Fallback, r.Confidence == hours.Decided)
			require.Equal(t, r.Basis == hours.Fallback, len(r.Regions) == 0)
			if r.State != "" {
				require.Contains(t, hours.States(), r.State)
				require.Equal(t, []string{hours.UnitedStates}, r.Regions)
			}
			for _, region := range r.Regions {
				require.Contains(t, phonenumbers.GetSupportedRegions(), region)
			}
			_, err := hours.ParseWeek(r.Windows)
			require.NoError(t, err)
		})
	}
	require.Equal(t, hours.Fallback, rules[len(rules)-1].Basis)
}

// Two rules of one kind for one place would be a slip of the pen.
func TestTableHasOneRuleForAPlaceAndChannel(t *testing.T) {
	seen := map[string]string{}
	for _, r := range hours.Rules() {
		for _, region := range r.Regions {
			for _, channel := range r.Channels {
				key := region + "-" + r.State + "-" + string(channel)
				require.Empty(t, seen[key], r.Code)
				seen[key] = r.Code
			}
		}
	}
}

// People read docs/hours.md: it has to say what the table says.
func TestTheDocumentNamesEveryRule(t *testing.T) {
	data, err := os.ReadFile("../../docs/hours.md")
	require.NoError(t, err)
	for _, r := range hours.Rules() {
		found := slices.ContainsFunc(strings.Split(string(data), "\n"), func(line string) bool {
			return strings.HasPrefix(line, "| `"+r.Code+"` | "+strings.Join(r.Windows, "; ")+" |") && strings.HasSuffix(line, " | "+r.Source+" | "+string(r.Confidence)+" | "+r.LeftOut+" |")
		})
		require.True(t, found, r.Code)
	}
}

func TestRulesAreCopies(t *testing.T) {
	rules := hours.Rules()
	rules[0].Windows[0], rules[0].Regions[0] = "Mon-Sun 00:00-24:00", "FR"
	require.NotEqual(t, rules[0].Windows[0], hours.Rules()[0].Windows[0])
	require.NotEqual(t, rules[0].Regions[0], hours.Rules()[0].Regions[0])
}

func BenchmarkNext(b *testing.B) {
	at := time.Date(2026, time.March, 6, 20, 0, 0, 0, time.UTC)
	for _, bench := range []struct {
		name  string
		place hours.Place
	}{
		{"one zone, closed for a weekend", in("FR", paris)},
		{"a state, open", state("FL", newYork, chicago)},
		{"nothing but the country", in("US")},
	} {
		book := book(b, nil)
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				book.Next(at, hours.Call, bench.place)
			}
		})
	}
}
