package phone

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxBytes is the longest text that is looked at, in bytes of UTF-8; a longer one is ReasonTooLong. It is the bound of
// libphonenumber, so that no engine sees more than it would take.
const MaxBytes = 250

// Reading is a text with everything taken off that is not part of the number: all of judging that needs no numbering plan.
// Engines behind Judge start from it, so that they cannot differ about a spelling.
type Reading struct {
	Plus      bool     // a plus stood in front: Digits begin with a country code
	Digits    string   // ASCII digits, nothing else; empty when Reason is set
	Extension string   // ASCII digits, cut off the number
	Letters   int      // how many of Digits were letters of a vanity number; such a number is to be believed only when Fine
	Bracketed bool     // the first digits stand in brackets, the way an area code is written
	Group     int      // how many digits stand before the first space or sign; 0 if nothing parts them
	Repairs   []Repair // in the order made
	Reason    Reason   // set when no engine needs to be asked
}

// Limits of what Read recognises, in digits.
const (
	wholeNumber  = 7  // this many make a part of a text a number of its own
	mostDigits   = 15 // of an E.164 number (ITU-T E.164, 6.1)
	mostLabelled = 20 // of an extension behind a word such as "ext" (as libphonenumber)
	mostMarked   = 9  // of an extension behind a bare x or # (as libphonenumber)
	mostPaused   = 6  // of an extension behind a dialling pause, ",," or ";"
	fewestVanity = 3  // letters of a vanity number, and digits before the first of them (as libphonenumber)
)

// Read takes a text apart as people, forms and spreadsheets write numbers. It never guesses: what it cannot account for
// character by character gets a Reason.
func Read(text string) Reading {
	if len(text) > MaxBytes {
		return Reading{Reason: ReasonTooLong}
	}
	if r, ok := readPlain(text); ok {
		return r
	}
	return readAny(text)
}

func readAny(text string) Reading {
	r := reader{}
	r.fold(text)
	r.read()
	if r.out.Reason != "" {
		r.out.Plus, r.out.Digits, r.out.Letters, r.out.Extension, r.out.Bracketed, r.out.Group = false, "", 0, "", false, 0
	}
	return r.out
}

type reader struct {
	s    []rune // the folded text: ASCII for digits, signs and Latin letters
	out  Reading
	room [48]rune // for s, where that is enough
}

func (r *reader) repair(code RepairCode, count int) {
	r.out.Repairs = append(r.out.Repairs, Repair{Code: code, Count: count})
}

// junk stands for a character that no number is written with.
const junk = '\x00'

// fold rewrites the text so that one spelling of each sign remains, and drops what cannot be seen.
func (r *reader) fold(text string) {
	s := r.room[:0]
	if len(text) > len(r.room) {
		s = make([]rune, 0, len(text))
	}
	hidden, digits := 0, 0
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
			if c == utf8.RuneError {
				c = junk // broken UTF-8, or what another program made of it
			} else if d, ok := digitValue(c); ok {
				c = rune('0' + d)
				digits++
			} else if isHidden(c) {
				// Accents of a decomposed letter in a label are neither part of the number nor a hidden mark.
				if !unicode.Is(unicode.Mn, c) || len(s) == 0 || !unicode.IsLetter(s[len(s)-1]) {
					hidden++
				}
				i += size
				continue
			} else {
				c = foldSign(c)
			}
		} else if c < ' ' || c == 0x7f {
			switch c {
			case '\t':
				c = ' '
			case '\n', '\v', '\f', '\r':
				c = '\n'
			default:
				hidden++
				i++
				continue
			}
		}
		s = append(s, c)
		i += size
	}
	if hidden > 0 {
		r.repair(HiddenRemoved, hidden)
	}
	if digits > 0 {
		r.repair(DigitsNormalised, digits)
	}
	r.s = s
}

// isHidden goes by Unicode class, not by a list, so that a mark nobody thought of is dropped too: format characters (the
// direction marks of Excel and of contact cards, zero-width spaces, the byte order mark, soft hyphens), control characters,
// combining marks (as of keycap emoji) and whatever a display may ignore. U+0085 is a line break and stays.
func isHidden(c rune) bool {
	if 0x4E00 <= c && c <= 0x9FFF || 0xFF01 <= c && c <= 0xFF5E { // ideographs and full-width signs, the most frequent by far
		return false
	}
	return c != 0x85 && unicode.In(c, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Me, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// foldSign gives the ASCII sign that stands for a sign outside ASCII; letters stay as they are.
func foldSign(c rune) rune {
	switch {
	case 0xFF01 <= c && c <= 0xFF5E: // full-width ASCII
		return c - 0xFEE0
	case c == 0xFE62:
		return '+'
	case c == 0xFE59:
		return '('
	case c == 0xFE5A:
		return ')'
	case c == 0x85 || c == 0x2028 || c == 0x2029:
		return '\n'
	case unicode.Is(unicode.Z, c):
		return ' '
	case c == 0x30FC || c == 0x2212 || c == 0x2053 || c == 0x223C || unicode.Is(unicode.Pd, c):
		return '-'
	case c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x22C5 || c == 0x30FB:
		return '.' // middle dots and bullets
	case c == 0x3001 || c == 0xFF64:
		return ',' // ideographic comma
	case c == 0xB4 || c == 0x02BC || c == 0x2032 || unicode.Is(unicode.Pi, c) || unicode.Is(unicode.Pf, c):
		return '\'' // typographic quotes
	case c == 0x201A || c == 0x201E:
		return '\''
	case unicode.IsLetter(c) || unicode.Is(unicode.So, c):
		return c
	}
	return junk
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

// isOrdinary tells the signs that numbers are usually written with.
func isOrdinary(c rune) bool {
	switch c {
	case ' ', '\n', '-', '.', '/', '(', ')', '[', ']', '~':
		return true
	}
	return false
}

// isOdd tells the signs that come with a number out of a file or a sentence and mean nothing.
func isOdd(c rune) bool {
	switch c {
	case '\'', '"', '`', '_', '<', '>', '{', '}', '\\':
		return true
	}
	return false
}

func isListSign(c rune) bool { return c == ',' || c == ';' || c == '|' || c == '&' }

func (r *reader) read() {
	s := trim(r.s)
	if len(s) == 0 {
		r.out.Reason = ReasonEmpty
		return
	}
	if len(s) > 1 && s[0] == '=' {
		s = trim(s[1:])
		if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
			s = trim(s[1 : len(s)-1])
		}
		r.repair(FormulaUnwrapped, 0)
	}
	odd := 0
	for len(s) > 0 && isOdd(s[0]) {
		s, odd = trim(s[1:]), odd+1
	}
	for len(s) > 0 && (isOdd(s[len(s)-1]) || isListSign(s[len(s)-1])) {
		s, odd = trim(s[:len(s)-1]), odd+1
	}
	context := ""
	if len(s) > 4 && foldedEqual(s[:4], "tel:") && s[4] != ' ' {
		s, context = r.telAddress(s[4:])
		r.repair(TelRemoved, 0)
		if r.out.Reason != "" {
			return
		}
	}
	s, ok := r.label(s)
	if !ok {
		return
	}
	if r.spreadsheet(s) {
		if odd > 0 {
			r.repair(PunctuationRemoved, odd)
		}
		return
	}
	r.body(s, odd, context)
}

// telAddress takes the parameters off a tel: address (RFC 3966) and gives what stands before them, and the digits of a
// phone-context such as "+1".
func (r *reader) telAddress(s []rune) (number []rune, context string) {
	parts := strings.Split(string(s), ";")
	for _, p := range parts[1:] {
		name, value, _ := strings.Cut(p, "=")
		switch strings.ToLower(name) {
		case "ext":
			value = justDigits(value)
			if value == "" || len(value) > mostLabelled {
				r.out.Reason = ReasonNotANumber
				return nil, ""
			}
			r.out.Extension = value
		case "phone-context":
			if strings.HasPrefix(value, "+") {
				context = justDigits(value)
			}
		}
	}
	return []rune(parts[0]), context
}

// label takes words off the front ("Mobile: 0912 345 678"). Latin letters that touch the digits are no label: A123456789 is an
// identity card, not a number.
func (r *reader) label(s []rune) ([]rune, bool) {
	words := false
	for i, c := range s {
		if isDigit(c) || c == '+' {
			if !words {
				return s, true
			}
			if i > 0 && unicode.IsLetter(s[i-1]) && s[i-1] < 0x2E80 {
				r.out.Reason = ReasonLetters
				return nil, false
			}
			start := i
			for start > 0 && (s[start-1] == '(' || s[start-1] == '[') {
				start--
			}
			r.repair(LabelRemoved, 0)
			return s[start:], true
		}
		if c == junk {
			break
		}
		if unicode.IsLetter(c) || c >= utf8.RuneSelf {
			words = true
		}
	}
	r.out.Reason = ReasonNotANumber
	return nil, false
}

// spreadsheet reads what a spreadsheet or a data frame makes of a number: 14155550100.0, 14,155,550,100.00, 1.4155550100E+10,
// each with a comma for a point where the locale has it. It tells whether the text was of that kind.
func (r *reader) spreadsheet(s []rune) bool {
	plus := len(s) > 0 && s[0] == '+'
	if plus {
		s = s[1:]
	}
	behind := 0
	for behind < len(s) && isDigit(s[behind]) {
		behind++
	}
	if behind == len(s) || s[behind] != '.' && s[behind] != ',' && s[behind] != 'E' && s[behind] != 'e' {
		return false
	}
	whole, rest := cutDigits(s)
	commas := 0
	if 1 <= len(whole) && len(whole) <= 3 { // thousands groups
		for len(rest) >= 4 && rest[0] == ',' {
			group, after := cutDigits(rest[1:])
			if len(group) != 3 {
				break
			}
			whole, rest, commas = whole+group, after, commas+1
		}
	}
	if whole == "" {
		return false
	}
	fraction, pointed := "", false
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',' && commas == 0) {
		fraction, rest = cutDigits(rest[1:])
		pointed = true
	}
	recovered := ""
	switch {
	case len(rest) > 0 && (rest[0] == 'E' || rest[0] == 'e'):
		rest = rest[1:]
		negative := false
		if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
			negative = rest[0] == '-'
			rest = rest[1:]
		}
		digits, after := cutDigits(rest)
		if digits == "" || len(digits) > 3 || len(after) > 0 {
			return false
		}
		exponent := 0
		for _, c := range digits {
			exponent = exponent*10 + int(c-'0')
		}
		switch {
		case negative && exponent > 0:
			r.out.Reason = ReasonNotANumber
			return true
		case exponent > len(fraction):
			r.out.Reason = ReasonDigitsLost
			return true
		case strings.Trim(fraction[exponent:], "0") != "":
			r.out.Reason = ReasonNotANumber
			return true
		}
		recovered = whole + fraction[:exponent]
		r.repair(ExponentRecovered, 0)
	// Not more than two zeros: 1415555.0000 is a number written with a dot.
	case len(rest) == 0 && pointed && (fraction == "0" || fraction == "00"):
		recovered = whole
		r.repair(FloatRecovered, 0)
	default:
		return false
	}
	if commas > 0 {
		r.repair(PunctuationRemoved, commas)
	}
	r.out.Plus, r.out.Digits = plus, recovered
	return true
}

// body reads the number itself, from its first plus, bracket or digit.
func (r *reader) body(s []rune, odd int, context string) {
	if several(s) {
		r.out.Reason = ReasonSeveralNumbers
		return
	}
	commas := commasAreMarks(s)
	var room [2 * mostDigits]byte
	digits := room[:0]
	letters, marks := 0, 0 // marks: x, X, as in 415-555-xxxx
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case isDigit(c):
			if len(digits) == 0 && i > 0 && (s[i-1] == '(' || s[i-1] == '[') && !r.out.Plus {
				r.out.Bracketed = true
			}
			if i > 0 && !isDigit(s[i-1]) && r.out.Group == 0 {
				r.out.Group = len(digits)
			}
			digits = append(digits, byte(c))
			continue
		case c == '+' && len(digits) == 0:
			r.out.Plus = true
			continue
		case len(digits) > 0 && letters == 0 && r.extension(s[i:]):
			i = len(s)
			continue
		case isOrdinary(c):
			continue
		case isOdd(c), c == ',' && commas:
			odd++
			continue
		}
		d, ok := keypad(c)
		if !ok || len(digits) < fewestVanity {
			r.out.Reason = ReasonNotANumber
			if unicode.IsLetter(c) {
				r.out.Reason = ReasonLetters
			}
			return
		}
		if c == 'X' {
			marks++
		}
		letters++
		digits = append(digits, d)
	}
	if len(digits) == 0 {
		r.out.Reason = ReasonNotANumber
		return
	}
	// A masked number (415-555-XXXX) is not a vanity number.
	if letters > 0 && (letters < fewestVanity || marks == letters) {
		r.out.Reason = ReasonLetters
		return
	}
	if odd > 0 {
		r.repair(PunctuationRemoved, odd)
	}
	if letters > 0 {
		r.repair(LettersToDigits, letters)
	}
	if r.out.Extension != "" {
		r.repair(ExtensionDropped, 0)
	}
	r.out.Letters = letters
	r.out.Digits = string(digits)
	if context != "" && !r.out.Plus {
		r.out.Plus, r.out.Digits = true, context+r.out.Digits
	}
}

// extensionWords open an extension, longest first where one begins another; lower case.
var extensionWords = [...]string{
	"extension", "extensión", "extensao", "extn", "ext", "xtn", "xt", "anexo", "ramal", "poste", "interno", "int", "durchwahl", "доб",
	"分機", "分机", "內線", "内線", "内线", "轉", "转",
}

// extension reads an extension that fills the rest of the text.
func (r *reader) extension(s []rune) bool {
	i, most := 0, 0
	for i < len(s) && (s[i] == ' ' || s[i] == '-' || s[i] == '.' || s[i] == '(') {
		i++
	}
	if i < len(s) && (s[i] == ';' || s[i] == ',') {
		sign := s[i]
		n := i
		for i < len(s) && s[i] == sign {
			i++
		}
		if sign == ';' || i-n == 2 {
			most = mostPaused
		}
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	if i == len(s) || most == 0 && s[i] < utf8.RuneSelf && s[i] != '#' && !isLatin(s[i]) {
		return false
	}
	if n := extensionWord(s[i:]); n > 0 {
		i, most = i+n, mostLabelled
	} else if s[i] == 'x' || s[i] == 'X' || s[i] == '#' {
		i, most = i+1, mostMarked
	}
	if most == 0 {
		return false
	}
	for i < len(s) && (s[i] == ' ' || s[i] == ':' || s[i] == '.' || s[i] == '=' || s[i] == '-') {
		i++
	}
	digits, rest := cutDigits(s[i:])
	if len(rest) > 0 && rest[0] == '#' {
		rest = rest[1:]
	}
	rest = trim(rest)
	for len(rest) > 0 && rest[0] == ')' {
		rest = trim(rest[1:])
	}
	if digits == "" || len(digits) > most || len(rest) > 0 {
		return false
	}
	r.out.Extension = digits
	return true
}

// extensionWord gives the length of the word that s begins with, 0 when it is none.
func extensionWord(s []rune) int {
	first := unicode.ToLower(s[0])
	for _, w := range extensionWords {
		if first < utf8.RuneSelf && byte(first) != w[0] {
			continue
		}
		n := utf8.RuneCountInString(w)
		if len(s) > n && foldedEqual(s[:n], w) && !isLatin(s[n]) {
			return n
		}
	}
	return 0
}

// several tells whether more than one number stands in the text: two parts of at least seven digits on both sides of a list
// sign or a line break; for slashes and spaces, which are also written inside numbers, only if the whole is too long for one.
func several(s []rune) bool {
	total := 0
	for _, c := range s {
		if isDigit(c) {
			total++
		}
	}
	whole, part, pluses := 0, 0, 0
	for _, c := range s {
		switch {
		case isDigit(c):
			part++
			if part == wholeNumber {
				whole++
			}
		case c == '+':
			if part >= wholeNumber {
				pluses++
			}
			part = 0
		case isListSign(c) || c == '\n', (c == '/' || c == ' ') && total > mostDigits:
			part = 0
		}
	}
	return whole > 1 || pluses > 0
}

// commasAreMarks tells whether commas only group the digits of one number: no group has more than four.
func commasAreMarks(s []rune) bool {
	group := 0
	for _, c := range s {
		switch {
		case isDigit(c):
			if group++; group > 4 {
				return false
			}
		case c == ',':
			group = 0
		}
	}
	return true
}

// keypad gives the digit of a capital letter on a telephone's keypad (ITU-T E.161).
func keypad(c rune) (byte, bool) {
	if c < 'A' || 'Z' < c {
		return 0, false
	}
	return "22233344455566677778889999"[c-'A'], true
}

func isLatin(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func trim(s []rune) []rune {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\n') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\n') {
		s = s[:len(s)-1]
	}
	return s
}

func cutDigits(s []rune) (string, []rune) {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return string(s[:n]), s[n:]
}

func justDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if isDigit(c) {
			return c
		}
		return -1
	}, s)
}

// foldedEqual compares without regard to case; lower is in lower case.
func foldedEqual(s []rune, lower string) bool {
	i := 0
	for _, c := range lower {
		if i == len(s) || unicode.ToLower(s[i]) != c {
			return false
		}
		i++
	}
	return i == len(s)
}
