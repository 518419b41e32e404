package sms

import "strings"

// The GSM 7-bit default alphabet in the order of its codes 0x00 to 0x7F, without 0x1B, which leads to the extension table
// (3GPP TS 23.038, 6.2.1). It has Ç but not ç, and of Greek only the capitals that Latin has no shape for.
const alphabet = "@£$¥èéùìòÇ\nØø\rÅå" +
	"Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ" +
	" !\"#¤%&'()*+,-./" +
	"0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNO" +
	"PQRSTUVWXYZÄÖÑÜ§" +
	"¿abcdefghijklmno" +
	"pqrstuvwxyzäöñüà"

// The extension table; each of its characters is sent behind an escape and so takes two septets (3GPP TS 23.038, 6.2.1.1).
const extension = "\f^{}\\[~]|€"

// Septets is the size of a character in the GSM 7-bit alphabet: 1, 2 for one of the extension table, 0 if it is not there.
func Septets(r rune) int {
	switch {
	case strings.ContainsRune(alphabet, r):
		return 1
	case strings.ContainsRune(extension, r):
		return 2
	}
	return 0
}

// replacements pairs characters with what may stand for them in the GSM 7-bit alphabet: "characters=replacement", the
// replacement may be empty. Only what a reader takes for the same is here: no transliteration of other scripts, no ½ or ² (1½ would
// become 11/2), no joiners that shape Persian or Indic words.
var replacements = [...]struct{ of, with string }{
	// Signs that word processors and keyboards put in.
	{"‘’‚‛′ʼ´`＇", "'"},
	{"“”„‟″«»＂", "\""},
	{"‹", "<"}, {"›", ">"},
	{"‐‑‒–—―−﹣－", "-"},
	{"…", "..."},
	{"•‣·∙・", "-"},
	{"⁄∕／", "/"},
	{"×", "x"}, {"÷", "/"},
	{"™", "TM"}, {"®", "(R)"}, {"©", "(C)"}, {"№", "No"}, {"º", "o"}, {"ª", "a"},
	{"¢", "c"}, {"¦", "|"}, {"～∼˜", "~"},
	// Spaces, and marks that show nothing.
	{"\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "},
	{"\u0085\u2028\u2029", "\n"},
	{"\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff", ""},
	// Full-width and ideographic punctuation.
	{"，、､﹐", ","}, {"。｡．", "."}, {"：", ":"}, {"；", ";"}, {"！", "!"}, {"？", "?"}, {"（", "("}, {"）", ")"},
	{"【［〔", "["}, {"】］〕", "]"}, {"「」『』", "\""}, {"｛", "{"}, {"｝", "}"}, {"《〈＜", "<"}, {"》〉＞", ">"},
	{"＃", "#"}, {"＄", "$"}, {"％", "%"}, {"＆", "&"}, {"＊", "*"}, {"＋", "+"}, {"＝", "="}, {"＠", "@"}, {"＿", "_"}, {"｜", "|"}, {"＼", "\\"}, {"＾", "^"},
	{"￥", "¥"}, {"￡", "£"},
	// Accented Latin letters that the alphabet has not: the letter without its accent.
	{"ÀÁÂÃĀĂĄǍ", "A"}, {"áâãāăąǎ", "a"},
	{"ĆĈĊČ", "C"}, {"çćĉċč", "c"},
	{"ĎĐÐ", "D"}, {"ďđð", "d"},
	{"ÈÊËĒĔĖĘĚ", "E"}, {"êëēĕėęě", "e"},
	{"ĜĞĠĢ", "G"}, {"ĝğġģ", "g"},
	{"ĤĦ", "H"}, {"ĥħ", "h"},
	{"ÌÍÎÏĨĪĬĮİǏ", "I"}, {"íîïĩīĭįıǐ", "i"},
	{"Ĵ", "J"}, {"ĵ", "j"}, {"Ķ", "K"}, {"ķ", "k"},
	{"ĹĻĽĿŁ", "L"}, {"ĺļľŀł", "l"},
	{"ŃŅŇ", "N"}, {"ńņňŉ", "n"},
	{"ÒÓÔÕŌŎŐǑ", "O"}, {"óôõōŏőǒ", "o"},
	{"ŔŖŘ", "R"}, {"ŕŗř", "r"},
	{"ŚŜŞŠȘ", "S"}, {"śŝşšș", "s"},
	{"ŢŤŦȚ", "T"}, {"ţťŧț", "t"},
	{"ÙÚÛŨŪŬŮŰŲǓ", "U"}, {"úûũūŭůűųǔ", "u"},
	{"Ŵ", "W"}, {"ŵ", "w"}, {"ÝŶŸ", "Y"}, {"ýÿŷ", "y"},
	{"ŹŻŽ", "Z"}, {"źżž", "z"},
	{"Œ", "OE"}, {"œ", "oe"}, {"ẞ", "SS"}, {"Þ", "Th"}, {"þ", "th"}, {"Ĳ", "IJ"}, {"ĳ", "ij"},
	{"ﬀ", "ff"}, {"ﬁ", "fi"}, {"ﬂ", "fl"}, {"ﬃ", "ffi"}, {"ﬄ", "ffl"},
	// Greek capitals that look like Latin ones.
	{"Α", "A"}, {"Β", "B"}, {"Ε", "E"}, {"Ζ", "Z"}, {"Η", "H"}, {"Ι", "I"}, {"Κ", "K"}, {"Μ", "M"}, {"Ν", "N"}, {"Ο", "O"}, {"Ρ", "P"}, {"Τ", "T"}, {"Υ", "Y"}, {"Χ", "X"},
}

// Replacement gives what may stand for a character in the GSM 7-bit alphabet, and whether anything may. Characters of the
// alphabet need none.
func Replacement(r rune) (string, bool) {
	switch {
	case Septets(r) > 0:
		return "", false
	case '０' <= r && r <= '９', 'Ａ' <= r && r <= 'Ｚ', 'ａ' <= r && r <= 'ｚ':
		return string(r - 0xFEE0), true
	case '\u0300' <= r && r <= '\u036f': // accents of decomposed letters
		return "", true
	}
	for _, p := range replacements {
		if strings.ContainsRune(p.of, r) {
			return p.with, true
		}
	}
	return "", false
}
