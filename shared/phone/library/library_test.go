package library_test

import (
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
	"outdial/shared/phone/library"
)

var judge = library.New()

func TestJudge_sendable(t *testing.T) {
	for _, tc := range []struct {
		name, text, region string
		verdict            phone.Verdict
		e164, home         string
		line               phone.Line
		repairs            string // codes, each with its count where it has one
	}{
		// What the platform's own pages show being taken.
		{"vendor: unassigned area code", "+1-(358)-213-1634", "", phone.Unusual, "+13582131634", "", phone.UnknownLine, ""},
		{"vendor: exchange 111", "+1-4151113333", "US", phone.Unusual, "+14151113333", "", phone.UnknownLine, ""},
		{"vendor: all ones", "+1 111-111-1111", "", phone.Unusual, "+11111111111", "", phone.UnknownLine, ""},
		{"vendor: exchange 111 again", "+1-4151115555", "TW", phone.Unusual, "+14151115555", "", phone.UnknownLine, ""},
		{"vendor: without plus", "1-415-111-1111", "US", phone.Unusual, "+14151111111", "", phone.UnknownLine, "plus_added"},
		{"vendor: New York", "+1-7187309219", "", phone.Fine, "+17187309219", "US", phone.FixedLineOrMobile, ""},
		{"vendor: Jenny", "+1 760-867-5309", "", phone.Fine, "+17608675309", "US", phone.FixedLineOrMobile, ""},
		{"vendor: message", "+1 415-555-0100", "", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, ""},

		{"US national", "(415) 555-0100", "US", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "country_added"},
		{"US with 1", "1-415-555-0100", "US", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "plus_added"},
		{"US toll-free", "800-555-0199", "US", phone.Fine, "+18005550199", "US", phone.TollFree, "country_added"},
		{"US vanity", "1-800-FLOWERS", "US", phone.Fine, "+18003569377", "US", phone.TollFree, "letters_to_digits:7 plus_added"},
		{"US extension", "415-555-0100 x12", "US", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "extension_dropped country_added"},
		{"area code 911 is no emergency", "+1 911 555 0100", "", phone.Unusual, "+19115550100", "", phone.UnknownLine, ""},
		{"area code 911 in region", "9115550100", "US", phone.Unusual, "+19115550100", "", phone.UnknownLine, "country_added"},
		{"CA", "416-555-0123", "CA", phone.Fine, "+14165550123", "CA", phone.FixedLineOrMobile, "country_added"},
		{"CA number read in US", "416-555-0123", "US", phone.Fine, "+14165550123", "CA", phone.FixedLineOrMobile, "country_added"},

		{"TW mobile", "0912-345-678", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "country_added"},
		{"TW mobile, zero lost", "912345678", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "country_added leading_zero_restored"},
		{"TW mobile, zero lost to a decimal", "912345678.0", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "float_recovered country_added leading_zero_restored"},
		{"TW mobile, plus lost", "886912345678", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "plus_added"},
		{"TW mobile, zero behind the code", "+886 0912 345 678", "", phone.Fine, "+886912345678", "TW", phone.Mobile, "trunk_prefix_removed"},
		{"TW fixed", "(02) 2720-8889", "TW", phone.Fine, "+886227208889", "TW", phone.FixedLine, "country_added"},
		{"TW without area code looks like a lost zero", "2720-8889", "TW", phone.Fine, "+88627208889", "TW", phone.FixedLine, "country_added leading_zero_restored"},
		{"TW extension", "02-2720-8889 分機 1234", "TW", phone.Fine, "+886227208889", "TW", phone.FixedLine, "extension_dropped country_added"},
		{"TW dialling prefix", "002 1 415 555 0100", "TW", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "dial_prefix_replaced"},
		{"TW full-width", "０９１２－３４５－６７８", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "digits_normalised:10 country_added"},

		{"CN mobile", "138 0013 8000", "CN", phone.Fine, "+8613800138000", "CN", phone.Mobile, "country_added"},
		{"CN mobile, plus lost", "8613800138000", "CN", phone.Fine, "+8613800138000", "CN", phone.Mobile, "plus_added"},
		{"CN mobile, plus lost, read in US", "8613800138000", "US", phone.Fine, "+8613800138000", "CN", phone.Mobile, "plus_added"},
		{"CN mobile, plus lost, no region", "8613800138000", "", phone.Fine, "+8613800138000", "CN", phone.Mobile, "plus_added"},
		{"CN fixed", "010-6552 9988", "CN", phone.Fine, "+861065529988", "CN", phone.FixedLine, "country_added"},
		{"CN fixed, zero lost", "1065529988", "CN", phone.Fine, "+861065529988", "CN", phone.FixedLine, "country_added leading_zero_restored"},
		{"HK mobile", "9123 4567", "HK", phone.Fine, "+85291234567", "HK", phone.Mobile, "country_added"},
		{"HK mobile, plus lost, read in TW", "85291234567", "TW", phone.Fine, "+85291234567", "HK", phone.Mobile, "plus_added"},

		{"FR mobile", "06 12 34 56 78", "FR", phone.Fine, "+33612345678", "FR", phone.Mobile, "country_added"},
		{"FR mobile, zero lost", "612345678", "FR", phone.Fine, "+33612345678", "FR", phone.Mobile, "country_added leading_zero_restored"},
		{"FR mobile, (0)", "+33 (0)6 12 34 56 78", "", phone.Fine, "+33612345678", "FR", phone.Mobile, "trunk_prefix_removed"},
		{"FR mobile, 00 from nowhere", "0033612345678", "", phone.Fine, "+33612345678", "FR", phone.Mobile, "dial_prefix_replaced"},
		{"FR mobile, 00 at home", "00 33 6 12 34 56 78", "FR", phone.Fine, "+33612345678", "FR", phone.Mobile, "dial_prefix_replaced"},
		{"FR mobile, 00 where 00 is not dialled", "0033612345678", "US", phone.Fine, "+33612345678", "FR", phone.Mobile, "dial_prefix_replaced"},
		{"FR mobile, plus and 00", "+0033612345678", "", phone.Fine, "+33612345678", "FR", phone.Mobile, "dial_prefix_replaced"},
		{"FR mobile, exponent", "3.3612345678E+10", "", phone.Fine, "+33612345678", "FR", phone.Mobile, "exponent_recovered plus_added"},

		{"GB fixed", "020 7946 0018", "GB", phone.Fine, "+442079460018", "GB", phone.FixedLine, "country_added"},
		{"GB fixed, (0)", "+44 (0)20 7946 0018", "US", phone.Fine, "+442079460018", "GB", phone.FixedLine, "trunk_prefix_removed"},
		{"GB mobile, zero lost", "7400123456", "GB", phone.Fine, "+447400123456", "GB", phone.Mobile, "country_added leading_zero_restored"},
		{"DE fixed", "030/123456", "DE", phone.Fine, "+4930123456", "DE", phone.FixedLine, "country_added"},
		{"DE mobile", "0151 23456789", "DE", phone.Fine, "+4915123456789", "DE", phone.Mobile, "country_added"},
		{"DE Nürnberg is area code 911", "0911 1234567", "DE", phone.Fine, "+499111234567", "DE", phone.FixedLine, "country_added"},
		{"JP mobile", "090-1234-5678", "JP", phone.Fine, "+819012345678", "JP", phone.Mobile, "country_added"},
		{"JP mobile, zero lost", "9012345678", "JP", phone.Fine, "+819012345678", "JP", phone.Mobile, "country_added leading_zero_restored"},
		{"AU mobile", "0412 345 678", "AU", phone.Fine, "+61412345678", "AU", phone.Mobile, "country_added"},
		{"AU mobile, zero lost", "412345678", "AU", phone.Fine, "+61412345678", "AU", phone.Mobile, "country_added leading_zero_restored"},
		{"ZW begins with the ambulance's 994", "994482", "ZW", phone.Fine, "+263994482", "ZW", phone.FixedLine, "country_added leading_zero_restored"},
		{"AU six digits", "13 12 34", "AU", phone.Fine, "+61131234", "AU", phone.SharedCost, "country_added"},
		{"IT keeps its zero", "+39 (0)6 1234567", "", phone.Fine, "+39061234567", "IT", phone.FixedLine, ""},
		{"AR mobile is written anew", "011 15-1234-5678", "AR", phone.Fine, "+5491112345678", "AR", phone.Mobile, "country_added number_rewritten"},
		{"of no country", "+800 1234 5678", "", phone.Fine, "+80012345678", "001", phone.TollFree, ""},

		// Which reading wins.
		{"both valid: the region's", "6562345678", "US", phone.Fine, "+16562345678", "US", phone.FixedLineOrMobile, "country_added"},
		{"both valid: without a region the plus", "6562345678", "", phone.Fine, "+6562345678", "SG", phone.FixedLine, "plus_added"},
		{"only the plus valid", "6591234567", "US", phone.Fine, "+6591234567", "SG", phone.Mobile, "plus_added"},
		{"only the plus valid, grouped so", "65 9123 4567", "US", phone.Fine, "+6591234567", "SG", phone.Mobile, "plus_added"},
		{"only the plus valid, grouped otherwise", "659-123-4567", "US", phone.Unusual, "+16591234567", "", phone.UnknownLine, "country_added"},
		{"only the plus valid, area code in brackets", "(358) 213-1634", "US", phone.Unusual, "+13582131634", "", phone.UnknownLine, "country_added"},
		{"plus: the region is not looked at", "+1 415 555 0100", "TW", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, ""},
		{"region in small letters", "0912345678", " tw ", phone.Fine, "+886912345678", "TW", phone.Mobile, "country_added"},

		// Out of spreadsheets and messages.
		{"direction marks", "\u202a+1 415-555-0100\u202c", "US", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "hidden_removed:2"},
		{"decimal", "14155550100.0", "", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "float_recovered plus_added"},
		{"exponent", "1.4155550100E+10", "US", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "exponent_recovered plus_added"},
		{"text cell", "'0912345678", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "punctuation_removed:1 country_added"},
		{"formula", `="0912345678"`, "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "formula_unwrapped country_added"},
		{"thousands", "14,155,550,100", "US", phone.Fine, "+14155550100", "US", phone.FixedLineOrMobile, "punctuation_removed:3 plus_added"},
		{"tel address", "tel:+1-201-555-0123;ext=12", "", phone.Fine, "+12015550123", "US", phone.FixedLineOrMobile, "tel_removed extension_dropped"},
		{"label", "Mobile: 0912 345 678", "TW", phone.Fine, "+886912345678", "TW", phone.Mobile, "label_removed country_added"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := judge.Judge(tc.text, tc.region)
			require.True(t, n.Sendable(), "%+v", n)
			assert.Equal(t, tc.text, n.Text)
			assert.Equal(t, tc.verdict, n.Verdict)
			assert.Equal(t, tc.e164, n.E164)
			assert.Equal(t, tc.e164[1:], n.Digits())
			assert.Equal(t, tc.home, n.Region)
			assert.Equal(t, tc.line, n.Line)
			assert.Equal(t, tc.repairs, spell(n.Repairs))
			assert.True(t, strings.HasPrefix(n.E164, "+"+strconv.Itoa(n.CountryCode)))
			assert.NotEmpty(t, n.International)
			assert.NotEmpty(t, n.National)
			if tc.verdict == phone.Unusual {
				assert.Equal(t, phone.ReasonNotAssigned, n.Reason)
			} else {
				assert.Empty(t, n.Reason)
			}
		})
	}
}

func spell(repairs []phone.Repair) string {
	var out []string
	for _, r := range repairs {
		s := string(r.Code)
		if r.Count > 0 {
			s += ":" + strconv.Itoa(r.Count)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestJudge_stopped(t *testing.T) {
	for _, tc := range []struct {
		name, text, region string
		reason             phone.Reason
	}{
		{"vendor: malformed", "1-415-333-333-3333", "US", phone.ReasonTooLong},
		{"vendor: sssssss", "sssssss", "US", phone.ReasonNotANumber},
		{"vendor: 911", "911", "US", phone.ReasonEmergency},
		{"vendor: zeros lose themselves at every reading", "+82 000-000-0000", "", phone.ReasonAmbiguous},
		{"vendor: 12345", "12345", "US", phone.ReasonTooShort},
		{"vendor: 12345, no region", "12345", "", phone.ReasonCountryUnknown},
		{"five digits where every length is possible", "12345", "DE", phone.ReasonTooShort},

		{"911 elsewhere", "911", "TW", phone.ReasonEmergency},
		{"+1 911", "+1 911", "", phone.ReasonEmergency},
		{"+1911", "+1911", "CN", phone.ReasonEmergency},
		{"112 anywhere", "112", "BR", phone.ReasonEmergency},
		{"+999", "+999", "", phone.ReasonEmergency},
		{"911 full-width", "９１１", "US", phone.ReasonEmergency},
		{"911 with extension", "911 ext 5", "US", phone.ReasonEmergency},
		{"more digits, still connected to 911", "91155", "US", phone.ReasonEmergency},
		{"TW 110", "110", "TW", phone.ReasonEmergency},
		{"CN 120", "120", "CN", phone.ReasonEmergency},
		{"FR 17", "17", "FR", phone.ReasonEmergency},
		{"AU 000", "000", "AU", phone.ReasonEmergency},
		{"BR 190, by the library", "190", "BR", phone.ReasonEmergency},
		{"BR 190 with code, by the library", "+55 190", "", phone.ReasonEmergency},
		{"BR 190 behind 00, by the library", "0055190", "US", phone.ReasonEmergency},
		{"BR 190 at home with code, by the library", "55190", "BR", phone.ReasonEmergency},
		{"trunk zero before an emergency number", "0110", "JP", phone.ReasonTooShort},

		{"US short code, five", "22222", "US", phone.ReasonShortCode},
		{"US short code, six", "262966", "US", phone.ReasonShortCode},
		{"TW service number", "1922", "TW", phone.ReasonShortCode},
		{"TW citizens' line is not 1 999", "1999", "TW", phone.ReasonShortCode},
		{"CN carrier", "10086", "CN", phone.ReasonShortCode},
		{"CN bank", "95588", "CN", phone.ReasonShortCode},
		{"FR service number", "3639", "FR", phone.ReasonShortCode},

		{"area code missing", "555-0100", "US", phone.ReasonLocalOnly},
		{"310 numbers are dialled in Canada only", "+1 310 1234", "", phone.ReasonLocalOnly},
		{"too short", "1415 55", "US", phone.ReasonTooShort},
		{"six digits look like a short code", "415 555", "US", phone.ReasonShortCode},
		{"too long", "+1 415 555 01000", "", phone.ReasonTooLong},
		{"too long for E.164", "+49 1234 5678 9012 34", "", phone.ReasonTooLong},
		{"no country", "0912345678", "", phone.ReasonCountryUnknown},
		{"no such region", "0912345678", "ZZ", phone.ReasonCountryUnknown},
		{"unusual only with a plus: not guessed", "11111111111", "", phone.ReasonCountryUnknown},
		{"no such country code", "+999 555 0100 12", "", phone.ReasonCountryUnknown},
		{"plus before a national number", "+0912345678", "TW", phone.ReasonCountryUnknown},
		{"digits lost", "1.41556E+10", "US", phone.ReasonDigitsLost},
		{"digits lost, few", "4.479E+11", "GB", phone.ReasonDigitsLost},
		{"two numbers", "0912345678;0987654321", "TW", phone.ReasonSeveralNumbers},
		{"masked", "86156xxxxxxxx", "CN", phone.ReasonLetters},
		{"vanity that fits nothing", "415-555-0100 HOME", "US", phone.ReasonLetters},
		{"identity card", "A123456789", "TW", phone.ReasonLetters},
		{"one digit", "5", "US", phone.ReasonTooShort},
		{"empty", " ", "US", phone.ReasonEmpty},
		{"beyond the bound", strings.Repeat("1", 251), "US", phone.ReasonTooLong},
		{"up to the bound", strings.Repeat("1", 250), "US", phone.ReasonTooLong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := judge.Judge(tc.text, tc.region)
			assert.Equal(t, tc.reason, n.Reason)
			assert.Equal(t, tc.text, n.Text)
			assert.False(t, n.Sendable())
			want := phone.Impossible
			if tc.reason == phone.ReasonEmergency {
				want = phone.Emergency
			}
			assert.Equal(t, want, n.Verdict)
			n.Text, n.Verdict, n.Reason, n.Repairs, n.Extension = "", "", "", nil, ""
			assert.Equal(t, phone.Number{}, n, "nothing that could be sent")
		})
	}
}

// spellings writes one number in the ways people do.
func spellings(p *phonenumbers.PhoneNumber, region string) (anywhere, athome []string) {
	e164 := phonenumbers.Format(p, phonenumbers.E164)
	international := phonenumbers.Format(p, phonenumbers.INTERNATIONAL)
	national := phonenumbers.Format(p, phonenumbers.NATIONAL)
	wide := strings.Map(func(r rune) rune {
		if '!' <= r && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, international)
	anywhere = []string{
		e164, international, phonenumbers.Format(p, phonenumbers.RFC3966), wide,
		"\u202a" + international + "\u202c", " " + e164 + "\t", "'" + e164, `="` + e164 + `"`, e164 + ".0", "Tel: " + international,
		strings.NewReplacer(" ", ".", "-", ".").Replace(international), strings.ReplaceAll(international, " ", "\u00a0"), international + " ext. 5",
	}
	athome = []string{national, "Tel: " + national, strings.ReplaceAll(national, " ", "\u202f"), "'" + national, national + " x5"}
	if region != "001" {
		athome = append(athome, phonenumbers.FormatOutOfCountryCallingNumber(p, region))
	}
	return anywhere, athome
}

// Every spelling of the example numbers of every country and kind leads to the same E.164 form.
func TestJudge_spellingsAgree(t *testing.T) {
	checked := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := range phonenumbers.GetSupportedTypesForRegion(region) {
			p := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
			if p == nil || phonenumbers.IsPossibleNumberWithReason(p) == phonenumbers.IS_POSSIBLE_LOCAL_ONLY { // Canada's 310 numbers
				continue
			}
			e164 := phonenumbers.Format(p, phonenumbers.E164)
			anywhere, athome := spellings(p, region)
			for _, s := range anywhere {
				for _, r := range []string{"", region, "US", "TW"} {
					n := judge.Judge(s, r)
					require.Equal(t, e164, n.E164, "%q in %q: %+v", s, r, n)
					require.Equal(t, phone.Fine, n.Verdict, "%q in %q", s, r)
					checked++
				}
			}
			for _, s := range athome {
				n := judge.Judge(s, region)
				require.Equal(t, e164, n.E164, "%q in %q: %+v", s, region, n)
				checked++
			}
		}
	}
	assert.Greater(t, checked, 50_000)
}

// The verdicts say what the library says: valid is fine, and nothing fine is invalid; at every number one digit away from an example.
func TestJudge_agreesWithLibrary(t *testing.T) {
	for region := range phonenumbers.GetSupportedRegions() {
		p := phonenumbers.GetExampleNumber(region)
		if p == nil {
			continue
		}
		e164 := phonenumbers.Format(p, phonenumbers.E164)
		code := len(strconv.Itoa(int(p.GetCountryCode())))
		for i := code + 1; i < len(e164); i++ {
			for _, d := range []string{"", "0", "1", "5", "9", "55"} {
				s := e164[:i] + d + e164[i+1:]
				n := judge.Judge(s, "")
				q, err := phonenumbers.Parse(s, "")
				require.NoError(t, err, s)
				if n.Verdict == phone.Emergency {
					require.LessOrEqual(t, len(s), 9, s)
					continue
				}
				if n.Reason == phone.ReasonLocalOnly {
					continue
				}
				require.Equal(t, phonenumbers.IsValidNumber(q), n.Verdict == phone.Fine, "%s: %+v", s, n)
				if n.Sendable() {
					require.Equal(t, phonenumbers.Format(q, phonenumbers.E164), n.E164)
					require.Equal(t, phonenumbers.GetRegionCodeForNumber(q), n.Region)
					require.Equal(t, phonenumbers.IS_POSSIBLE, phonenumbers.IsPossibleNumberWithReason(q))
				}
			}
		}
	}
}

// No country has an ordinary number that our list would stop, so that a person is never refused a real number.
func TestJudge_emergencyListStopsNoValidNumber(t *testing.T) {
	for region := range phonenumbers.GetSupportedRegions() {
		code := strconv.Itoa(phonenumbers.GetCountryCodeForRegion(region))
		for i := range 10_000 {
			for _, s := range []string{strconv.Itoa(i), code + strconv.Itoa(i), "0" + strconv.Itoa(i)} {
				if !(phone.Read(s).Emergency(region)) {
					continue
				}
				p, err := phonenumbers.Parse(s, region)
				require.False(t, err == nil && phonenumbers.IsValidNumber(p), "%s in %s", s, region)
			}
		}
	}
}

// Every emergency number of every country in the library's metadata is stopped at home, with its country code and behind 00.
func TestJudge_everyEmergencyNumber(t *testing.T) {
	found := 0
	for region := range phonenumbers.GetSupportedRegions() {
		code := strconv.Itoa(phonenumbers.GetCountryCodeForRegion(region))
		for i := range 2_000 {
			s := strconv.Itoa(i)
			if i < 10 {
				s = "00" + s
			}
			if !phonenumbers.IsEmergencyNumber(s, region) {
				continue
			}
			found++
			for _, text := range []string{s, strings.Join(strings.Split(s, ""), "-"), "+" + s, "+" + code + " " + s, "00" + code + s, code + s, s + " ext 1"} {
				n := judge.Judge(text, region)
				require.Equal(t, phone.Emergency, n.Verdict, "%q in %s: %+v", text, region, n)
			}
		}
	}
	assert.Greater(t, found, 400)
}

func TestJudge_isTheSameFromManyGoroutines(t *testing.T) {
	texts := []string{"+1 415 555 0100", "0912345678", "911", "1.4155550100E+10", "8613800138000", "138 0013 8000"}
	want := make([]phone.Number, len(texts))
	for i, s := range texts {
		want[i] = judge.Judge(s, "TW")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				for i, s := range texts {
					assert.Equal(t, want[i], library.New().Judge(s, "TW"))
				}
			}
		})
	}
	all.Wait()
}

// Whatever digits are read at home or abroad, the E.164 form is read as itself by whoever reads it next.
func TestJudge_readAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	sendable := 0
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		code := strconv.Itoa(phonenumbers.GetCountryCodeForRegion(region))
		for range 40 {
			digits := ""
			for range 3 + random.IntN(10) {
				digits += strconv.Itoa(random.IntN(10))
			}
			for _, text := range []string{digits, "+" + code + digits, code + digits, "0" + digits, "00" + code + digits, "+" + code + "0" + digits} {
				n := judge.Judge(text, region)
				if !n.Sendable() {
					require.Empty(t, n.E164)
					continue
				}
				sendable++
				require.Regexp(t, e164Form, n.E164)
				for _, r := range []string{"", region, "US"} {
					again := judge.Judge(n.E164, r)
					require.Equal(t, n.E164, again.E164, "%q in %s, again in %q", text, region, r)
					require.Equal(t, n.Verdict, again.Verdict, "%q in %s, again in %q", text, region, r)
				}
			}
		}
	}
	assert.Greater(t, sendable, 5_000)
}

var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{4,14}$`)

func FuzzJudge(f *testing.F) {
	for _, s := range []string{"+1-(358)-213-1634", "0912-345-678", "8613800138000", "+82 000-000-0000", "911", "+1 911", "1-800-FLOWERS", "1.4155550100E+10", "14155550100.0",
		"tel:+1-201-555-0123;ext=12", "\u202a+1 415\u202c", "011 15-1234-5678", "00 44 999", "+0033612345678", "２２２２２", "+39 (0)6 1234567", "+5215512345678", "+99", "86156xxxxxxxx"} {
		for _, region := range []string{"", "US", "TW", "AR", "DE"} {
			f.Add(s, region)
		}
	}
	f.Fuzz(func(t *testing.T, text, region string) {
		n := judge.Judge(text, region)
		require.Equal(t, n, judge.Judge(text, region), "the same for the same")
		require.Equal(t, text, n.Text)
		require.Contains(t, phone.Verdicts(), n.Verdict)
		require.Equal(t, n.Verdict == phone.Fine, n.Reason == "")
		require.Equal(t, n.Verdict == phone.Emergency, n.Reason == phone.ReasonEmergency)
		require.Equal(t, n.Verdict == phone.Unusual, n.Reason == phone.ReasonNotAssigned)
		if n.Reason != "" {
			require.Contains(t, phone.Reasons(), n.Reason)
		}
		for _, r := range n.Repairs {
			require.Contains(t, phone.RepairCodes(), r.Code)
		}
		require.Equal(t, n.Sendable(), n.E164 != "")
		if !n.Sendable() {
			require.True(t, n.Verdict == phone.Impossible || n.Verdict == phone.Emergency)
			return
		}
		require.Contains(t, phone.Lines(), n.Line)
		require.Regexp(t, e164Form, n.E164)
		for _, r := range []string{"", region, "US", "TW", "CN", "FR", "AR", "IT", "zz"} {
			again := judge.Judge(n.E164, r)
			require.Equal(t, n.E164, again.E164, "read again in %q", r)
			require.Equal(t, n.Verdict, again.Verdict, "read again in %q", r)
			require.Equal(t, n.Region, again.Region)
			require.Equal(t, n.Line, again.Line)
			require.Empty(t, again.Repairs)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	for _, bm := range []struct{ name, text, region string }{
		{"e164", "+886912345678", "TW"},
		{"national", "0912-345-678", "TW"},
		{"unusual", "+1-4151113333", "US"},
		{"plus_missing", "8613800138000", "US"},
		{"impossible", "1-415-333-333-3333", "US"},
		{"emergency", "911", "US"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				judge.Judge(bm.text, bm.region)
			}
		})
	}
}
