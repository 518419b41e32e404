package zone

import (
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the names have to be known to every server

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"
	"github.com/nyaruka/phonenumbers/v2/timezone"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone/library"
)

func TestOf(t *testing.T) {
	for _, tc := range []struct {
		name, e164 string
		want       []string
	}{
		{"an area of one zone", "+14155550100", []string{"America/Los_Angeles"}},
		{"an area on a border", "+12085550100", []string{"America/Boise", "America/Los_Angeles"}},
		{"an exchange on the border's other side", "+18504320800", []string{"America/Chicago"}},
		{"a country of one zone", "+886912345678", []string{"Asia/Taipei"}},
		{"a mobile number that belongs to no area", "+61491570156", []string{"Australia/Adelaide", "Australia/Brisbane", "Australia/Eucla", "Australia/Lord_Howe",
			"Australia/Perth", "Australia/Sydney", "Indian/Christmas", "Indian/Cocos"}},
		{"a mobile number that belongs to one", "+529991234567", []string{"America/Mexico_City"}},
		{"written as nobody writes it any more", "+5219991234567", nil},
		{"freephone of no country", "+80012345678", []string{Unknown}},
		{"possible, in no range", "+14151113333", []string{Unknown}},
		{"an emergency number", "+1911", nil},
		{"too short", "+1415", nil},
		{"no plus", "14155550100", nil},
		{"not as E.164 writes it", "+1 415 555 0100", nil},
		{"with a national prefix", "+4402079460018", nil},
		{"nothing", "", nil},
		{"a plus", "+", nil},
		{"letters", "+1415CALLNOW", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			assert.Equal(t, tc.want, Of(tc.e164))
		})
	}
}

func TestByPrefix(t *testing.T) {
	for _, tc := range []struct {
		name, e164 string
		want       []string
	}{
		{"possible, in no range", "+14151113333", []string{"America/Los_Angeles"}},
		{"an area code alone", "+1415", []string{"America/Los_Angeles"}},
		{"nobody's code", "+999123456", []string{Unknown}},
		{"a leading zero", "+014155550100", []string{Unknown}},
		{"longer than any number", "+886" + strings.Repeat("9", 40), []string{"Asia/Taipei"}},
		{"no plus", "886912345678", nil},
		{"two pluses", "++886912345678", nil},
		{"a space", "+886 912345678", nil},
		{"a plus", "+", nil},
		{"nothing", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) { assert.Equal(t, tc.want, ByPrefix(tc.e164)) })
	}
}

// What is given may be changed.
func TestByPrefix_givesACopy(t *testing.T) {
	ByPrefix("+1415")[0] = "Europe/Paris"
	require.Equal(t, []string{"America/Los_Angeles"}, ByPrefix("+1415"))
}

// cover gives numbers behind every prefix of the table and one digit off it, of every length, and the example numbers of every
// region and kind with their digits changed.
func cover(yield func(e164 string)) {
	random := rand.New(rand.NewPCG(15, 16))
	fill := func(digits string, n int) string {
		for len(digits) < n {
			digits += strconv.Itoa(random.IntN(10))
		}
		return digits
	}
	for _, prefix := range table().numbers {
		for _, digits := range []string{strconv.Itoa(int(prefix)), strconv.Itoa(int(prefix + 1)), strconv.Itoa(int(prefix - 1)), strconv.Itoa(int(prefix)) + strconv.Itoa(random.IntN(10))} {
			for n := 7; n <= 15; n++ {
				yield("+" + fill(digits, n))
			}
			yield("+" + fill(digits, 11))
			yield("+" + fill(digits, 12))
		}
	}
	codes := metadata.CountryCodeToRegion()
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		for n := 4; n <= 15; n++ {
			yield("+" + fill(strconv.Itoa(code), n))
		}
		if codes[code][0] == "001" {
			yield(phonenumbers.Format(phonenumbers.GetExampleNumberForNonGeoEntity(code), phonenumbers.E164))
		}
	}
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		for _, kind := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedTypesForRegion(region))) {
			p := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
			if p == nil {
				continue
			}
			e164 := phonenumbers.Format(p, phonenumbers.E164)
			yield(e164)
			for i := 1; i < len(e164); i++ {
				for d := range 10 {
					yield(e164[:i] + strconv.Itoa(d) + e164[i+1:])
				}
				yield(e164[:i] + e164[i+1:])
			}
		}
	}
}

// The zones of every number that may be sent are the library's.
func TestSame_zones(t *testing.T) {
	judge := library.New()
	cases, sendable, known, different := 0, 0, 0, 0
	cover(func(e164 string) {
		cases++
		have, byPrefix := Of(e164), ByPrefix(e164)
		var want, wantByPrefix []string
		if n := judge.Judge(e164, ""); n.Sendable() && n.E164 == e164 {
			sendable++
			p, err := phonenumbers.Parse(e164, "")
			require.NoError(t, err)
			want, err = timezone.GetTimeZonesForNumber(p)
			require.NoError(t, err)
			wantByPrefix, err = timezone.GetTimeZonesForGeographicalNumber(p)
			require.NoError(t, err)
			if want[0] != Unknown {
				known++
			}
		} else {
			wantByPrefix = byPrefix // of a number that the library does not take
		}
		if !slices.Equal(want, have) || (want == nil) != (have == nil) || !slices.Equal(wantByPrefix, byPrefix) {
			if different++; different <= 20 {
				t.Errorf("%s\nlibrary %v, by prefix %v\nzone    %v, by prefix %v", e164, want, wantByPrefix, have, byPrefix)
			}
		}
	})
	t.Logf("%d texts, %d of them numbers to send to, %d in known zones: %d mismatches", cases, sendable, known, different)
	require.Greater(t, known, 50_000)
}

func FuzzOf(f *testing.F) {
	for _, s := range []string{"+14155550100", "+886912345678", "+61491570156", "+80012345678", "+1911", "", "+", "1415", "+５", "++1", "+018"} {
		f.Add(s)
	}
	judge := library.New()
	f.Fuzz(func(t *testing.T, e164 string) {
		n := judge.Judge(e164, "")
		zones := Of(e164)
		if !n.Sendable() || n.E164 != e164 {
			require.Nil(t, zones)
			return
		}
		p, err := phonenumbers.Parse(e164, "")
		require.NoError(t, err)
		want, err := timezone.GetTimeZonesForNumber(p)
		require.NoError(t, err)
		require.Equal(t, want, zones)
		require.NotEmpty(t, ByPrefix(e164))
	})
}

// Every name is one that a server can load, and each list is in alphabetical order without repetition.
func TestNames_areZones(t *testing.T) {
	for _, zones := range table().zonesOf {
		require.True(t, slices.IsSorted(zones), zones)
		require.Len(t, slices.Compact(slices.Clone(zones)), len(zones))
		for _, name := range zones {
			_, err := time.LoadLocation(name)
			require.NoError(t, err)
		}
	}
	require.Equal(t, timezone.Unknown, Unknown)
}

// The browser carries this package without what reads time zones.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "outdial/shared/phone/zone").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"fmt", "regexp", "time", "time/tzdata", "github.com/nyaruka/phonenumbers/v2"} {
		require.NotContains(t, strings.Fields(string(out)), heavy)
	}
}

func BenchmarkOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Of("+14155550100")
	}
}
