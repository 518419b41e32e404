package engine

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
)

// typedBy is what the library's formatter shows after each digit.
func typedBy(region, digits string) []string {
	f := phonenumbers.GetAsYouTypeFormatter(region)
	var out []string
	for _, c := range digits {
		out = append(out, f.InputDigit(c))
	}
	return out
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// typings compares every beginning of the digits, at every place of the caret, plain and as it was shown before, with the library.
type typings struct {
	t             *testing.T
	texts, carets int
	different     int
}

func (y *typings) compare(region, digits string) {
	before := ""
	for i, want := range typedBy(region, digits) {
		typed := digits[:i+1]
		for _, text := range []string{typed, before + digits[i:i+1]} {
			y.texts++
			for caret := 0; caret <= len(text); caret++ {
				y.carets++
				have, at := AsYouType(text, caret, region)
				if have != want || onlyDigits(have[:at]) != onlyDigits(text[:caret]) || at > 0 && isSign(have[at-1]) {
					if y.different++; y.different < 20 {
						y.t.Errorf("%q with the caret at %d in %q: %q, caret at %d; the library %q", text, caret, region, have, at, want)
					}
				}
			}
		}
		before = want
	}
}

func (y *typings) report() {
	y.t.Logf("%d texts at %d places of the caret: %d mismatches", y.texts, y.carets, y.different)
}

// What is shown while a number is typed is what the library shows: of the example numbers of every region and kind, behind a plus,
// behind the dialling prefix, behind the country code, nationally with and without prefix, and with digits too many.
func TestSame_whileTyping(t *testing.T) {
	random := rand.New(rand.NewPCG(17, 18))
	y := &typings{t: t}
	regions := slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions()))
	for _, region := range regions {
		for _, kind := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedTypesForRegion(region))) {
			p := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
			if p == nil {
				continue
			}
			e164 := phonenumbers.Format(p, phonenumbers.E164)
			national := onlyDigits(phonenumbers.Format(p, phonenumbers.NATIONAL))
			bare := phonenumbers.GetNationalSignificantNumber(p)
			abroad := onlyDigits(phonenumbers.FormatOutOfCountryCallingNumber(p, regions[random.IntN(len(regions))]))
			for _, digits := range []string{e164, e164[1:], national + strconv.Itoa(random.IntN(100)), bare, abroad, "00" + e164[1:], "011" + e164[1:], "0" + bare, "1" + bare,
				e164[:len(e164)-len(bare)] + national + "0"} {
				y.compare(region, digits)
			}
			y.compare(regions[random.IntN(len(regions))], e164)
			y.compare(regions[random.IntN(len(regions))], national)
			y.compare(regions[random.IntN(len(regions))], abroad)
		}
	}
	y.report()
}

// The same for whatever the generated cover holds that is typed as digits, as a whole.
func TestSame_whileTypingTheCover(t *testing.T) {
	cases, different := 0, 0
	for c := range cover(compiled(), *more) {
		if c.text != onlyDigits(c.text) || len(c.text) > 20 {
			continue
		}
		cases++
		shown := typedBy(c.region, c.text)
		if have, _ := AsYouType(c.text, 0, c.region); (c.region != "" || c.text[0] == '+') && have != shown[len(shown)-1] {
			if different++; different < 20 {
				t.Errorf("%q in %q: %q, the library %q", c.text, c.region, have, shown[len(shown)-1])
			}
		}
	}
	t.Logf("%d texts: %d mismatches", cases, different)
	require.NotZero(t, cases)
}

func TestAsYouType(t *testing.T) {
	for _, tc := range []struct{ name, region, text, want string }{ // the caret is |
		{"the first digits", "TW", "09|", "09|"},
		{"a group begins", "TW", "09123|", "0912 3|"},
		{"whole", "TW", "0912345678|", "0912 345 678|"},
		{"grouped already", "TW", "0912 345 678|", "0912 345 678|"},
		{"no region, a plus", "", "+886912345678|", "+886 912 345 678|"},
		{"a region that nobody knows, a plus", "ZZ", "+4420|", "+44 20|"},
		{"a region as people write it", " tw ", "09123|", "0912 3|"},
		{"a country code", "US", "+48|", "+48| "},
		{"behind a dialling prefix", "DE", "004420794600|", "00 44 20 7946 00|"},
		{"a digit comes into the middle", "US", "(415) 5|55-010", "(415) 5|55-010"},
		{"a digit goes from the middle", "US", "(415) 55|-0100", "(415) 55|0-100"},
		{"before a bracket", "US", "|4155550100", "|(415) 555-0100"},
		{"behind the first digit", "US", "4|155550100", "(4|15) 555-0100"},
		{"before a sign", "US", "(415)| 555-0100", "(415|) 555-0100"},
		{"other signs", "US", "415.555.0100|", "(415) 555-0100|"},
		{"too many digits", "US", "(415) 555-0100|1", "4155550100|1"},
		{"signs alone behind a plus", "US", "+ |", "+|"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			caret := strings.Index(tc.text, "|")
			have, at := AsYouType(tc.text[:caret]+tc.text[caret+1:], caret, tc.region)
			assert.Equal(t, tc.want, have[:at]+"|"+have[at:])
		})
	}
}

// What cannot be grouped is left to whoever types it.
func TestAsYouType_leavesAlone(t *testing.T) {
	for _, tc := range []struct{ name, region, text string }{
		{"nothing", "TW", ""},
		{"a bracket to begin with", "US", "("},
		{"no region and no plus", "", "0912-345678"},
		{"an unknown region and no plus", "ZZ", "0912-345678"},
		{"letters", "US", "1-800-FLOWERS"},
		{"an extension", "US", "415 5550100 x5"},
		{"a label", "TW", "Tel 0912345678"},
		{"two numbers", "TW", "0912345678, 0922333444"},
		{"two pluses", "TW", "++886912"},
		{"a plus behind digits", "TW", "0912+886"},
		{"full-width digits", "TW", "０９１２３４５"},
		{"Arabic digits", "EG", "٠١٠٠١٢٣٤٥٦٧"},
		{"invisible marks", "TW", "\u202a0912345678"},
		{"a service code", "TW", "*123#"},
		{"a line end", "TW", "0912\n345678"},
		{"broken text", "TW", "0912\xff345678"},
		{"too long to be looked at", "TW", strings.Repeat("0", phone.MaxBytes+1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, caret := range []int{0, 1, len(tc.text), 1000, -1} {
				have, at := AsYouType(tc.text, caret, tc.region)
				assert.Equal(t, tc.text, have)
				assert.Equal(t, caret, at)
			}
		})
	}
}

func TestAhead(t *testing.T) {
	for _, tc := range []struct {
		text     string
		from, to int
	}{{"(415) 555", 0, 1}, {"(415) 555", 4, 6}, {"(415) 555", 1, 1}, {"+48 ", 3, 4}, {"+48 ", 4, 4}, {"", 0, 0}, {"48", 7, 7}, {"48", -1, -1}} {
		assert.Equal(t, tc.to, Ahead(tc.text, tc.from), "%q from %d", tc.text, tc.from)
	}
}

// A field as the console has it: every key press is an input event, and what AsYouType gives is shown.
type field struct {
	text, region string
	caret        int
}

func (f *field) shown() { f.text, f.caret = AsYouType(f.text, f.caret, f.region) }

func (f *field) key(c string) {
	f.text, f.caret = f.text[:f.caret]+c+f.text[f.caret:], f.caret+len(c)
	f.shown()
}

func (f *field) backspace() {
	f.text, f.caret = f.text[:f.caret-1]+f.text[f.caret:], f.caret-1
	f.shown()
}

func (f *field) delete() {
	f.text = f.text[:f.caret] + f.text[f.caret+1:]
	f.shown()
	f.caret = Ahead(f.text, f.caret)
}

// Whatever was typed can be deleted with either key, from wherever the caret is: each press takes a digit or goes over a sign.
func TestAsYouType_deletes(t *testing.T) {
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		p := phonenumbers.GetExampleNumber(region)
		for _, digits := range []string{phonenumbers.Format(p, phonenumbers.E164), onlyDigits(phonenumbers.Format(p, phonenumbers.NATIONAL)), "00" + phonenumbers.Format(p, phonenumbers.E164)[1:]} {
			whole := field{region: region}
			for _, c := range digits {
				whole.key(string(c))
			}
			require.Equal(t, digits, onlyDigits(whole.text))
			for start := range len(whole.text) + 1 {
				f := whole
				f.caret = start
				for f.caret > 0 {
					before := f
					f.backspace()
					fewer := len(onlyDigits(before.text)) - len(onlyDigits(f.text))
					require.True(t, fewer == 1 || fewer == 0 && f.caret < before.caret, "Backspace in %q at %d: %q at %d", before.text, before.caret, f.text, f.caret)
				}
				require.Equal(t, onlyDigits(whole.text[start:]), onlyDigits(f.text))
				f = whole
				f.caret = start
				for f.caret < len(f.text) {
					before := f
					f.delete()
					fewer := len(onlyDigits(before.text)) - len(onlyDigits(f.text))
					require.True(t, fewer == 1 || fewer == 0 && f.caret > before.caret, "Delete in %q at %d: %q at %d", before.text, before.caret, f.text, f.caret)
				}
				require.Equal(t, onlyDigits(whole.text[:start]), onlyDigits(f.text))
			}
		}
	}
}

func FuzzAsYouType(f *testing.F) {
	for _, s := range []string{"+1 415 555 0100", "0912345678", "00 44 20 7946", "(02", "8~10 44", "+", "++1", "1-800-FLOWERS", "０９", "0011000000000000", "99999999999999999999"} {
		for _, region := range []string{"US", "TW", "", "AU", "BY", "MX"} {
			f.Add(s, 3, region)
		}
	}
	f.Fuzz(func(t *testing.T, text string, caret int, region string) {
		have, at := AsYouType(text, caret, region)
		if have == text && at == caret {
			return
		}
		digits := onlyDigits(text)
		require.Equal(t, digits, onlyDigits(have))
		require.True(t, 0 <= at && at <= len(have))
		require.Equal(t, onlyDigits(text[:max(0, min(caret, len(text)))]), onlyDigits(have[:at]))
		again, still := AsYouType(have, at, region)
		require.Equal(t, have, again)
		require.Equal(t, at, still)
		if region = strings.ToUpper(strings.TrimSpace(region)); len(digits) <= 40 {
			shown := typedBy(region, digits)
			require.Equal(t, shown[len(shown)-1], have)
		}
	})
}

func BenchmarkAsYouType(b *testing.B) {
	for _, bm := range []struct{ name, text, region string }{{"national", "0912345678", "TW"}, {"abroad", "+14155550100", "TW"}, {"german", "+4930123456789", "DE"}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				AsYouType(bm.text, len(bm.text), bm.region)
			}
		})
	}
}
