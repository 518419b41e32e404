package sms_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"outdial/shared/sms"
)

func TestMeasure(t *testing.T) {
	const a = "a"
	for _, tc := range []struct {
		name                              string
		text                              string
		encoding                          sms.Encoding
		segments, units, left, perSegment int
	}{
		{"empty", "", sms.GSM7, 0, 0, 160, 160},
		{"one character", "a", sms.GSM7, 1, 1, 159, 160},
		{"full single", strings.Repeat(a, 160), sms.GSM7, 1, 160, 0, 160},
		{"one too many", strings.Repeat(a, 161), sms.GSM7, 2, 161, 145, 153},
		{"two full parts", strings.Repeat(a, 306), sms.GSM7, 2, 306, 0, 153},
		{"a third part", strings.Repeat(a, 307), sms.GSM7, 3, 307, 152, 153},
		{"extension character costs two", "€", sms.GSM7, 1, 2, 158, 160},
		{"all extension characters", "^{}\\[]~|€\f", sms.GSM7, 1, 20, 140, 160},
		{"single filled by an extension character", strings.Repeat(a, 158) + "€", sms.GSM7, 1, 160, 0, 160},
		{"extension character over the single", strings.Repeat(a, 159) + "€", sms.GSM7, 2, 161, 145, 153},
		{"extension character not cut over parts", strings.Repeat(a, 152) + "€" + strings.Repeat(a, 10), sms.GSM7, 2, 164, 141, 153},
		{"extension character ends a part", strings.Repeat(a, 151) + "€" + strings.Repeat(a, 10), sms.GSM7, 2, 163, 143, 153},
		{"a cut avoided makes one part more", strings.Repeat(a, 152) + "€" + strings.Repeat(a, 152), sms.GSM7, 3, 306, 152, 153},
		{"line breaks", "a\r\nb\n", sms.GSM7, 1, 5, 155, 160},
		{"Greek capitals and Ç", "ΔΦΓΛΩΠΨΣΘΞÇ", sms.GSM7, 1, 11, 149, 160},
		{"ç is not in the alphabet", "ç", sms.UCS2, 1, 1, 69, 70},
		{"ê is not in the alphabet", "fête", sms.UCS2, 1, 4, 66, 70},
		{"é is", "été", sms.GSM7, 1, 3, 157, 160},
		{"tab is not", "a\tb", sms.UCS2, 1, 3, 67, 70},
		{"an extension character costs one in UCS-2", "€ç", sms.UCS2, 1, 2, 68, 70},
		{"Chinese", "您好", sms.UCS2, 1, 2, 68, 70},
		{"full UCS-2 single", strings.Repeat("好", 70), sms.UCS2, 1, 70, 0, 70},
		{"UCS-2 in two parts", strings.Repeat("好", 71), sms.UCS2, 2, 71, 63, 67},
		{"two full UCS-2 parts", strings.Repeat("好", 134), sms.UCS2, 2, 134, 0, 67},
		{"emoji costs two", "😀", sms.UCS2, 1, 2, 68, 70},
		{"emoji not cut over parts", strings.Repeat("好", 66) + "😀" + strings.Repeat("好", 3), sms.UCS2, 2, 71, 62, 67},
		{"family emoji is a sequence", "👨\u200d👩\u200d👧", sms.UCS2, 1, 8, 62, 70},
		{"broken UTF-8 is one replacement character a byte", "a\xff\xfe", sms.UCS2, 1, 3, 67, 70},
		{"NUL", "\x00", sms.UCS2, 1, 1, 69, 70},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := sms.Measure(tc.text)
			assert.Equal(t, tc.encoding, c.Encoding)
			assert.Equal(t, tc.segments, c.Segments, "segments")
			assert.Equal(t, tc.units, c.Units, "units")
			assert.Equal(t, tc.left, c.Left, "left")
			assert.Equal(t, tc.perSegment, c.PerSegment, "per segment")
			assert.Equal(t, c.Encoding == sms.UCS2, len(c.Offenders) > 0, "something is to blame for UCS-2, and only for it")
		})
	}
}

func TestOffenders(t *testing.T) {
	c := sms.Measure("😀 “Hi” – it’s ‘ê’ …“ 好")
	assert.Equal(t, []sms.Offender{
		{Rune: '😀', Times: 1, RuneOffset: 0, UTF16Offset: 0},
		{Rune: '“', Times: 2, RuneOffset: 2, UTF16Offset: 3, Replacement: `"`, Replaceable: true},
		{Rune: '”', Times: 1, RuneOffset: 5, UTF16Offset: 6, Replacement: `"`, Replaceable: true},
		{Rune: '–', Times: 1, RuneOffset: 7, UTF16Offset: 8, Replacement: "-", Replaceable: true},
		{Rune: '’', Times: 2, RuneOffset: 11, UTF16Offset: 12, Replacement: "'", Replaceable: true},
		{Rune: '‘', Times: 1, RuneOffset: 14, UTF16Offset: 15, Replacement: "'", Replaceable: true},
		{Rune: 'ê', Times: 1, RuneOffset: 15, UTF16Offset: 16, Replacement: "e", Replaceable: true},
		{Rune: '…', Times: 1, RuneOffset: 18, UTF16Offset: 19, Replacement: "...", Replaceable: true},
		{Rune: '好', Times: 1, RuneOffset: 21, UTF16Offset: 22},
	}, c.Offenders)

	broken := sms.Measure("é\xc3(").Offenders
	assert.Equal(t, []sms.Offender{{Rune: utf8.RuneError, Times: 1, RuneOffset: 1, UTF16Offset: 1}}, broken)
}

func TestReplacement(t *testing.T) {
	for _, tc := range []struct {
		of   rune
		with string
		ok   bool
	}{
		{'’', "'", true}, {'”', `"`, true}, {'—', "-", true}, {'…', "...", true}, {'\u00a0', " ", true}, {'\u202f', " ", true},
		{'，', ",", true}, {'。', ".", true}, {'œ', "oe", true}, {'Œ', "OE", true}, {'ê', "e", true}, {'ç', "c", true}, {'À', "A", true},
		{'\u200b', "", true}, {'\u0301', "", true}, {'７', "7", true}, {'Ａ', "A", true}, {'ｚ', "z", true},
		{'好', "", false}, {'😀', "", false}, {'½', "", false}, {'я', "", false},
		{'a', "", false}, {'é', "", false}, {'€', "", false},
	} {
		with, ok := sms.Replacement(tc.of)
		assert.Equal(t, tc.with, with, string(tc.of))
		assert.Equal(t, tc.ok, ok, string(tc.of))
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		with, _ := sms.Replacement(r)
		for _, w := range with {
			require.NotZero(t, sms.Septets(w), "replacement %q of %q", with, r)
		}
	}
}

func TestWithReplacements(t *testing.T) {
	assert.Equal(t, `It's "free" - from 9,99 € ... oui`, sms.WithReplacements("It’s “free” – from\u00a09,99\u202f€ … o\u200bui"))
	assert.Equal(t, "好, 5", sms.WithReplacements("好，\u00a05"))
	assert.Equal(t, sms.GSM7, sms.Measure(sms.WithReplacements("Ça va être l’été, cœur")).Encoding)
}

// defaultAlphabet is 3GPP TS 23.038, 6.2.1, typed as code points in the order of the codes; 0x1B is the escape.
var defaultAlphabet = [128]rune{
	0x40, 0xa3, 0x24, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0x0a, 0xd8, 0xf8, 0x0d, 0xc5, 0xe5,
	0x394, 0x5f, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, -1, 0xc6, 0xe6, 0xdf, 0xc9,
	0x20, 0x21, 0x22, 0x23, 0xa4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f,
	0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f,
	0xa1, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,
	0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7,
	0xbf, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
	0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xe4, 0xf6, 0xf1, 0xfc, 0xe0,
}

// extensionTable is 3GPP TS 23.038, 6.2.1.1: form feed ^ { } \ [ ~ ] | €.
var extensionTable = []rune{0x0c, 0x5e, 0x7b, 0x7d, 0x5c, 0x5b, 0x7e, 0x5d, 0x7c, 0x20ac}

func naiveSeptets(r rune) int {
	for _, d := range defaultAlphabet {
		if d == r {
			return 1
		}
	}
	for _, e := range extensionTable {
		if e == r {
			return 2
		}
	}
	return 0
}

func TestSeptets_everyCharacter(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		require.Equal(t, naiveSeptets(r), sms.Septets(r), "%U", r)
	}
	assert.Zero(t, sms.Septets(-1))
	assert.Zero(t, sms.Septets(utf8.RuneError))
}

// split is the naive way to cut a message of valid UTF-8: it fills real parts, and knows nothing of how Measure counts.
func split(text string) (sms.Encoding, []string, func(string) int) {
	encoding, single, part := sms.GSM7, 160, 153
	for _, r := range text {
		if naiveSeptets(r) == 0 {
			encoding, single, part = sms.UCS2, 70, 67
		}
	}
	size := func(s string) int {
		if encoding == sms.UCS2 {
			return len(utf16.Encode([]rune(s)))
		}
		n := 0
		for _, r := range s {
			n += naiveSeptets(r)
		}
		return n
	}
	if text == "" {
		return encoding, nil, size
	}
	if size(text) <= single {
		return encoding, []string{text}, size
	}
	parts := []string{""}
	for _, r := range text {
		last := len(parts) - 1
		if size(parts[last]+string(r)) > part {
			parts = append(parts, string(r))
		} else {
			parts[last] += string(r)
		}
	}
	return encoding, parts, size
}

func FuzzMeasure(f *testing.F) {
	for _, s := range []string{"", "hello", strings.Repeat("a", 159) + "€", strings.Repeat("€", 81), strings.Repeat("好", 66) + "😀😀", "\xff", "a\xc3", "’", strings.Repeat("x[", 120)} {
		f.Add(s, 'a')
		f.Add(s, '€')
		f.Add(s, '😀')
	}
	f.Fuzz(func(t *testing.T, text string, more rune) {
		c := sms.Measure(text)
		valid := string([]rune(text)) // broken bytes become U+FFFD, one each
		encoding, parts, size := split(valid)
		require.Equal(t, encoding, c.Encoding)
		require.Equal(t, len(parts), c.Segments)
		require.Equal(t, valid, strings.Join(parts, ""))
		total := 0
		for _, p := range parts {
			require.LessOrEqual(t, size(p), c.PerSegment)
			total += size(p)
		}
		require.Equal(t, total, c.Units)
		if len(parts) > 0 {
			require.Equal(t, c.PerSegment-size(parts[len(parts)-1]), c.Left)
		}
		times := 0
		for _, o := range c.Offenders {
			require.Equal(t, o.Rune, []rune(text)[o.RuneOffset])
			require.Equal(t, o.UTF16Offset, len(utf16.Encode([]rune(text)[:o.RuneOffset])))
			times += o.Times
		}
		require.Equal(t, c.Encoding == sms.UCS2, times > 0)

		longer := sms.Measure(text + string(more))
		require.GreaterOrEqual(t, longer.Segments, c.Segments, "a longer message never costs less")

		plain := sms.WithReplacements(text)
		require.Equal(t, plain, sms.WithReplacements(plain), "replacing twice changes nothing more")
	})
}

func TestMeasure_bytesOfBrokenUTF8(t *testing.T) {
	assert.Equal(t, sms.Measure("\ufffd\ufffd"), sms.Measure("\xe2\x82"))
	out, err := json.Marshal(sms.Measure("’"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"encoding":"ucs2","segments":1,"units":1,"left":69,"per_segment":70,
		"offenders":[{"rune":8217,"times":1,"rune_offset":0,"utf16_offset":0,"replacement":"'","replaceable":true}]}`, string(out))
}

// TestImports keeps the package light enough for the first screen.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "outdial/shared/sms").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"fmt", "regexp", "encoding/json", "net/http", "reflect"} {
		assert.NotContains(t, strings.Fields(string(out)), heavy)
	}
}

func BenchmarkMeasure(b *testing.B) {
	for name, text := range map[string]string{
		"gsm7": strings.Repeat("Your parcel is waiting at the counter. Reply STOP to end [1]. ", 25),
		"ucs2": strings.Repeat("您的包裹已送達櫃台，請於三日內領取。", 80),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				sms.Measure(text)
			}
		})
	}
}
