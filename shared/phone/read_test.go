package phone_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
)

func did(codes ...phone.RepairCode) []phone.Repair {
	var out []phone.Repair
	for _, c := range codes {
		out = append(out, phone.Repair{Code: c})
	}
	return out
}

func count(code phone.RepairCode, n int) []phone.Repair {
	return []phone.Repair{{Code: code, Count: n}}
}

func TestRead(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       phone.Reading
	}{
		{"plain", "0912345678", phone.Reading{Digits: "0912345678"}},
		{"plus", "+886912345678", phone.Reading{Plus: true, Digits: "886912345678"}},
		{"ordinary spelling is no repair", "+1 (415) 555-0100", phone.Reading{Plus: true, Digits: "14155550100", Group: 1}},
		{"area code in brackets", "(415) 555.0100", phone.Reading{Digits: "4155550100", Bracketed: true, Group: 3}},
		{"slash", "030/123456", phone.Reading{Digits: "030123456", Group: 3}},
		{"bracketed plus", "(+44) 20 7946 0018", phone.Reading{Plus: true, Digits: "442079460018", Group: 2}},
		{"plus twice", "++1 415", phone.Reading{Plus: true, Digits: "1415", Group: 1}},
		{"dashes of all kinds", "0912‐345–678", phone.Reading{Digits: "0912345678", Group: 4}},
		{"Japanese long vowel for a dash", "090ー1234ー5678", phone.Reading{Digits: "09012345678", Group: 3}},
		{"no-break spaces", "06\u00a012\u202f34\u300056 78", phone.Reading{Digits: "0612345678", Group: 2}},
		{"wrapped cell", "0912-\n345678", phone.Reading{Digits: "0912345678", Group: 4}},

		{"direction marks", "\u202a+14155550100\u202c", phone.Reading{Plus: true, Digits: "14155550100", Repairs: count(phone.HiddenRemoved, 2)}},
		{"zero-width and BOM", "\ufeff0912\u200b345\u2060678", phone.Reading{Digits: "0912345678", Repairs: count(phone.HiddenRemoved, 3)}},
		{"soft hyphen", "0912\u00ad345678", phone.Reading{Digits: "0912345678", Repairs: count(phone.HiddenRemoved, 1)}},
		{"Hangul filler", "0912345678\u3164", phone.Reading{Digits: "0912345678", Repairs: count(phone.HiddenRemoved, 1)}},
		{"control characters", "\x000912345678\x7f", phone.Reading{Digits: "0912345678", Repairs: count(phone.HiddenRemoved, 2)}},
		{"keycap emoji", "9️⃣1️⃣1️⃣", phone.Reading{Digits: "911", Repairs: count(phone.HiddenRemoved, 6)}},
		{"tag characters", "0912345678\U000e0041", phone.Reading{Digits: "0912345678", Repairs: count(phone.HiddenRemoved, 1)}},

		{"full-width", "＋８８６－９１２（３４５）６７８", phone.Reading{Plus: true, Digits: "886912345678", Group: 3, Repairs: count(phone.DigitsNormalised, 12)}},
		{"Arabic-Indic", "٠٩١٢٣٤٥٦٧٨", phone.Reading{Digits: "0912345678", Repairs: count(phone.DigitsNormalised, 10)}},
		{"mathematical", "𝟘𝟡𝟙𝟚", phone.Reading{Digits: "0912", Repairs: count(phone.DigitsNormalised, 4)}},

		{"apostrophe of a text cell", "'0912345678", phone.Reading{Digits: "0912345678", Repairs: count(phone.PunctuationRemoved, 1)}},
		{"typographic quotes", "“0912345678”", phone.Reading{Digits: "0912345678", Repairs: count(phone.PunctuationRemoved, 2)}},
		{"angle brackets", "<+14155550100>", phone.Reading{Plus: true, Digits: "14155550100", Repairs: count(phone.PunctuationRemoved, 2)}},
		{"thousands commas", "14,155,550,100", phone.Reading{Digits: "14155550100", Group: 2, Repairs: count(phone.PunctuationRemoved, 3)}},
		{"commas between pairs", "06,12,34,56,78", phone.Reading{Digits: "0612345678", Group: 2, Repairs: count(phone.PunctuationRemoved, 4)}},
		{"trailing list sign", "0912345678;", phone.Reading{Digits: "0912345678", Repairs: count(phone.PunctuationRemoved, 1)}},
		{"formula that keeps the zero", `="0912345678"`, phone.Reading{Digits: "0912345678", Repairs: did(phone.FormulaUnwrapped)}},
		{"formula by accident", "=+14155550100", phone.Reading{Plus: true, Digits: "14155550100", Repairs: did(phone.FormulaUnwrapped)}},

		{"decimal", "14155550100.0", phone.Reading{Digits: "14155550100", Repairs: did(phone.FloatRecovered)}},
		{"two decimals", "14155550100.00", phone.Reading{Digits: "14155550100", Repairs: did(phone.FloatRecovered)}},
		{"decimal comma", "33612345678,0", phone.Reading{Digits: "33612345678", Repairs: did(phone.FloatRecovered)}},
		{"thousands and decimals", "14,155,550,100.00", phone.Reading{Digits: "14155550100", Repairs: append(did(phone.FloatRecovered), count(phone.PunctuationRemoved, 3)...)}},
		{"decimal of an emergency number", "911.0", phone.Reading{Digits: "911", Repairs: did(phone.FloatRecovered)}},
		{"dot before the last four is no decimal", "1415555.0000", phone.Reading{Digits: "14155550000", Group: 7}},
		{"exponent with all digits", "1.4155550100E+10", phone.Reading{Digits: "14155550100", Repairs: did(phone.ExponentRecovered)}},
		{"exponent, spare zeros", "1.415555010000E+10", phone.Reading{Digits: "14155550100", Repairs: did(phone.ExponentRecovered)}},
		{"exponent, comma, small e", "8,86912345678e11", phone.Reading{Digits: "886912345678", Repairs: did(phone.ExponentRecovered)}},
		{"engineering exponent", "14.155550100E+9", phone.Reading{Digits: "14155550100", Repairs: did(phone.ExponentRecovered)}},
		{"exponent, digits lost", "1.41556E+10", phone.Reading{Reason: phone.ReasonDigitsLost}},
		{"exponent, digits lost, comma", "4,479E+11", phone.Reading{Reason: phone.ReasonDigitsLost}},
		{"exponent, last digit lost", "1.415555010E+10", phone.Reading{Reason: phone.ReasonDigitsLost}},
		{"exponent without fraction", "4E+11", phone.Reading{Reason: phone.ReasonDigitsLost}},
		{"exponent of a fraction", "1.4155550105E+5", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"negative exponent", "1.4155550100E-10", phone.Reading{Reason: phone.ReasonNotANumber}},

		{"tel address", "tel:+1-201-555-0123", phone.Reading{Plus: true, Digits: "12015550123", Group: 1, Repairs: did(phone.TelRemoved)}},
		{"tel address with extension", "TEL:+12015550123;ext=45;x=1", phone.Reading{Plus: true, Digits: "12015550123", Extension: "45", Repairs: did(phone.TelRemoved, phone.ExtensionDropped)}},
		{"tel address with context", "tel:2015550123;phone-context=+1", phone.Reading{Plus: true, Digits: "12015550123", Repairs: did(phone.TelRemoved)}},
		{"tel address with domain", "tel:2015550123;phone-context=example.com", phone.Reading{Digits: "2015550123", Repairs: did(phone.TelRemoved)}},
		{"label", "Mobile: 0912 345 678", phone.Reading{Digits: "0912345678", Group: 4, Repairs: did(phone.LabelRemoved)}},
		{"label with brackets after it", "Tél. (415) 555 0100", phone.Reading{Digits: "4155550100", Bracketed: true, Group: 3, Repairs: did(phone.LabelRemoved)}},
		{"label with decomposed accent", "Te\u0301l: 0612345678", phone.Reading{Digits: "0612345678", Repairs: did(phone.LabelRemoved)}},
		{"Chinese label", "電話：0912345678", phone.Reading{Digits: "0912345678", Repairs: did(phone.LabelRemoved)}},
		{"Chinese label that touches", "手机13800138000", phone.Reading{Digits: "13800138000", Repairs: did(phone.LabelRemoved)}},
		{"picture for a label", "📞 0912345678", phone.Reading{Digits: "0912345678", Repairs: did(phone.LabelRemoved)}},
		{"identity card", "A123456789", phone.Reading{Reason: phone.ReasonLetters}},

		{"extension x", "415-555-0100 x12", phone.Reading{Digits: "4155550100", Group: 3, Extension: "12", Repairs: did(phone.ExtensionDropped)}},
		{"extension ext.", "415-555-0100 ext. 12", phone.Reading{Digits: "4155550100", Group: 3, Extension: "12", Repairs: did(phone.ExtensionDropped)}},
		{"extension in brackets", "4155550100 (Ext 12)", phone.Reading{Digits: "4155550100", Extension: "12", Repairs: did(phone.ExtensionDropped)}},
		{"extension #", "4155550100#12", phone.Reading{Digits: "4155550100", Extension: "12", Repairs: did(phone.ExtensionDropped)}},
		{"extension in Chinese", "0227208889轉1234", phone.Reading{Digits: "0227208889", Extension: "1234", Repairs: did(phone.ExtensionDropped)}},
		{"extension in French", "01 42 68 53 00 poste 12", phone.Reading{Digits: "0142685300", Group: 2, Extension: "12", Repairs: did(phone.ExtensionDropped)}},
		{"extension behind a pause", "4155550100,,12", phone.Reading{Digits: "4155550100", Extension: "12", Repairs: did(phone.ExtensionDropped)}},
		{"extension of full-width letters", "4155550100ｅｘｔ１２", phone.Reading{Digits: "4155550100", Extension: "12", Repairs: append(count(phone.DigitsNormalised, 2), did(phone.ExtensionDropped)...)}},

		{"vanity", "1-800-FLOWERS", phone.Reading{Digits: "18003569377", Letters: 7, Group: 1, Repairs: count(phone.LettersToDigits, 7)}},
		{"vanity in words", "1 800 GO FEDEX", phone.Reading{Digits: "18004633339", Letters: 7, Group: 1, Repairs: count(phone.LettersToDigits, 7)}},
		{"masked small", "415-555-xxxx", phone.Reading{Reason: phone.ReasonLetters}},
		{"masked", "415-555-XXXX", phone.Reading{Reason: phone.ReasonLetters}},
		{"masked with stars", "415-555-****", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"word behind", "415-555-0100 home", phone.Reading{Reason: phone.ReasonLetters}},
		{"letter O for a zero", "O912345678", phone.Reading{Reason: phone.ReasonLetters}},
		{"letter O inside", "09123O5678", phone.Reading{Reason: phone.ReasonLetters}},

		{"two numbers, semicolon", "0912345678;0987654321", phone.Reading{Reason: phone.ReasonSeveralNumbers}},
		{"two numbers, ideographic comma", "0912345678、0987654321", phone.Reading{Reason: phone.ReasonSeveralNumbers}},
		{"two numbers, slash", "0912345678 / 0987654321", phone.Reading{Reason: phone.ReasonSeveralNumbers}},
		{"two numbers, lines", "0912345678\n0987654321", phone.Reading{Reason: phone.ReasonSeveralNumbers}},
		{"two numbers, plus", "+14155550100+14155550101", phone.Reading{Reason: phone.ReasonSeveralNumbers}},
		{"two numbers, space", "415-555-0100 415-555-0101", phone.Reading{Reason: phone.ReasonSeveralNumbers}},

		{"nothing", "", phone.Reading{Reason: phone.ReasonEmpty}},
		{"spaces", " \t\u3000\r\n", phone.Reading{Reason: phone.ReasonEmpty}},
		{"only hidden", "\u200b\u202c", phone.Reading{Reason: phone.ReasonEmpty, Repairs: count(phone.HiddenRemoved, 2)}},
		{"only a plus", "+", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"dash", "-", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"words", "sssssss", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"not available", "#N/A", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"column too narrow", "########", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"money", "$14155550100", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"service prefix", "*67 415 555 0100", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"time", "2024-05-06 13:45", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"mail address", "bob4155550100@example.com", phone.Reading{Reason: phone.ReasonLetters}},
		{"broken UTF-8", "0912\xa0345678", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"superscripts are no digits", "0912³45678", phone.Reading{Reason: phone.ReasonNotANumber}},
		{"too many bytes", strings.Repeat("1", phone.MaxBytes+1), phone.Reading{Reason: phone.ReasonTooLong}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			assert.Equal(t, tc.want, phone.Read(tc.text))
		})
	}
}

func TestRead_everyDecimalDigit(t *testing.T) {
	value := byte(0)
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			require.Zero(t, value, "%U: decimal digits come in runs of ten", r)
			continue
		}
		require.Equal(t, string('0'+value), phone.Read(string(r)).Digits, "%U", r)
		value = (value + 1) % 10
	}
}

func TestReading_Emergency(t *testing.T) {
	for _, tc := range []struct {
		text, region string
		want         bool
	}{
		{"911", "", true}, {"911", "TW", true}, {"112", "US", true}, {"999", "CN", true}, {"933", "US", true}, {"988", "CA", true},
		{"211", "CA", true}, {"311", "US", true}, {"411", "US", true}, {"511", "US", true}, {"611", "US", true}, {"711", "US", true}, {"811", "CA", true},
		{"9-1-1", "US", true}, {" 9 1 1 ", "US", true}, {"９１１", "US", true}, {"(911)", "US", true}, {"911 ext. 5", "US", true}, {"911.0", "US", true},
		{"9.11E2", "US", true}, {"tel:911", "US", true}, {"Call 911", "US", true}, {"9\u200b11", "US", true},
		{"+911", "US", true}, {"+112", "", true}, {"+1 911", "", true}, {"+1911", "TW", true}, {"1911", "US", true}, {"1-911", "CA", true}, {"1911", "", true},
		{"+44 999", "", true}, {"00 44 999", "FR", true}, {"011 44 999", "US", true}, {"00911", "", true}, {"+886 112", "", true},
		{"110", "TW", true}, {"119", "TW", true}, {"110", "CN", true}, {"120", "CN", true}, {"122", "CN", true}, {"110", "JP", true}, {"118", "JP", true},
		{"15", "FR", true}, {"17", "FR", true}, {"18", "FR", true}, {"115", "FR", true}, {"116000", "FR", true}, {"000", "AU", true}, {"106", "AU", true},
		{"110", "DE", true}, {"992", "HK", true}, {"+86 110", "US", true}, {"86110", "CN", true}, {"+886119", "", true}, {"+33 17", "", true}, {"119", "", true},

		{"110", "US", false}, {"17", "TW", false}, {"119", "US", false}, {"1999", "TW", false}, {"86110", "US", false},
		{"+1 911 555 0100", "", false}, {"911 555 0100", "US", false}, {"9115550100", "", false}, {"+91 1234567890", "", false}, {"+9112345678", "", false},
		{"+999 555 0100", "", false}, {"0911 123 456", "TW", false}, {"+49 911 1234567", "", false}, {"112 555 0100", "US", false},
		{"", "", false}, {"9", "", false}, {"11", "", false}, {"12", "", false}, {"sos", "", false},
	} {
		assert.Equal(t, tc.want, phone.Read(tc.text).Emergency(tc.region), "%q in %q", tc.text, tc.region)
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"+14155550100":        "…00",
		"+1 (415) 555-01-23 ": "…23",
		"０９１２３４５６７８":          "…78",
		"911":                 "…11",
		"17":                  "…",
		"":                    "…",
		"nobody":              "…",
		"\xff\xfe":            "…",
		"Ann Lee 0912345678":  "…78",
	} {
		assert.Equal(t, want, phone.Mask(text), text)
	}
}

func TestNumber_Sendable(t *testing.T) {
	for _, tc := range []struct {
		number   phone.Number
		sendable bool
		digits   string
	}{
		{phone.Number{Verdict: phone.Fine, E164: "+14155550100"}, true, "14155550100"},
		{phone.Number{Verdict: phone.Unusual, E164: "+11111111111"}, true, "11111111111"},
		{phone.Number{Verdict: phone.Impossible, E164: "+14155550100"}, false, ""},
		{phone.Number{Verdict: phone.Emergency, E164: "+1911"}, false, ""},
		{phone.Number{Verdict: phone.Fine}, false, ""},
		{phone.Number{E164: "+14155550100"}, false, ""},
	} {
		assert.Equal(t, tc.sendable, tc.number.Sendable())
		assert.Equal(t, tc.digits, tc.number.Digits())
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"+1 (415) 555-0100 x12", "1.4155550100E+10", `="0912"`, "tel:+1;ext=5;phone-context=+1", "電話：０９１２", "a\xff1", "14,155,550,100.00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := phone.Read(text)
		require.Equal(t, r.Reason == "", r.Digits != "", "digits or a reason")
		require.Empty(t, strings.Trim(r.Digits+r.Extension, "0123456789"))
		if r.Reason != "" {
			return
		}
		again := "+"
		if !r.Plus {
			again = ""
		}
		require.Equal(t, phone.Reading{Plus: r.Plus, Digits: r.Digits}, phone.Read(again+r.Digits), "what was read reads as itself")
		last := phone.Mask(text)
		require.LessOrEqual(t, len(last), len("…00"))
	})
}

// TestImports keeps the package light enough for the first screen.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "outdial/shared/phone").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"fmt", "regexp", "encoding/json", "net/http", "reflect", "google.golang.org/protobuf/proto", "github.com/nyaruka/phonenumbers/v2"} {
		assert.NotContains(t, strings.Fields(string(out)), heavy)
	}
}
