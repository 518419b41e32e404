package engine

import (
	"strings"
	"sync"

	"outdial/shared/phone"
	"outdial/shared/phone/internal/rules"
)

// This file is libphonenumber's AsYouTypeFormatter as a function of the text; the names of its methods stand in the comments.

// AsYouType groups the digits of a text while it is typed, as its country writes numbers, and tells where the caret belongs then.
// The digits stay what they are: only spaces, hyphens, dots, slashes and brackets between them come and go. Region is that of
// phone.Judge. Caret is a position in text as the DOM counts it (selectionStart), and at one in formatted.
//
// A text that there is nothing to do for comes back as it is, with its caret: one without digits, with letters, with a plus behind
// digits or a second one, with digits other than ASCII, with any other character, one beyond phone.MaxBytes, and one without a plus
// where no region is known. What is grouped is the digits alone, so text pasted with other signs between them is grouped as well,
// and a text once grouped comes back as it is.
//
// The caret stands right behind the digit (or the plus) that it stood behind, before any sign that follows. This is what lets people
// delete: after the Backspace key has taken a sign away, the sign is there again and the caret before it, so that the next press
// takes the digit. After the Delete key (an input event of type deleteContentForward) the caret has to stand before the digit that it
// stood before: the caller then moves it on with Ahead.
func AsYouType(text string, caret int, region string) (formatted string, at int) {
	if len(text) > phone.MaxBytes {
		return text, caret
	}
	var buf [phone.MaxBytes]byte
	digits, before := buf[:0], 0
	for i := range len(text) {
		c := text[i]
		switch {
		case '0' <= c && c <= '9' || c == '+' && len(digits) == 0:
			digits = append(digits, c)
			if i < caret {
				before++
			}
		case !isSign(c):
			return text, caret
		}
	}
	if len(digits) == 0 {
		return text, caret
	}
	t := typist{t: compiled(), f: formats()}
	p := plans{t: t.t}
	if region = rules.Region[number](&p, region); region != "" {
		t.home = p.plan(region)
		t.current = t.t.codes[t.home.country].main
	} else if digits[0] != '+' {
		return text, caret
	}
	for _, c := range digits {
		formatted = t.input(c)
	}
	for ; before > 0; at++ {
		if !isSign(formatted[at]) {
			before--
		}
	}
	return formatted, at
}

// Ahead moves a caret over spaces and signs to the next digit, or to the end of the text.
func Ahead(text string, caret int) int {
	for caret >= 0 && caret < len(text) && isSign(text[caret]) {
		caret++
	}
	return caret
}

// isSign tells what stands between the digits of formatted numbers.
func isSign(c byte) bool {
	switch c {
	case ' ', '-', '.', '/', '(', ')', '[', ']', '~':
		return true
	}
	return false
}

// typist takes one digit after the other. Texts are kept without the signs between digits, but prefix.
type typist struct {
	t             *tables
	f             *typing
	home, current *plan  // of the person; and what is read by, the main one of a country code. nil: none
	all           string // what was typed
	unable        bool   // nothing can be formatted so far
	complete      bool   // a prefix shows that the number is written in full
	awaitsCode    bool   // a country code comes next
	prefix        string // what stands before the national number, as it is written
	trunk         string // the national prefix that was taken off
	parted        bool   // a space stands behind prefix
	national      string
	layouts       []*layout // that may still be the one
	template      []byte    // blank where a digit is to come
	filled        int       // place of the digit that template got last
	pattern       string    // of the layout that template is of
}

const blank = 1

// input takes a digit, or a plus at first, and gives the whole as it is written now (inputDigitWithOptionToRememberPosition).
func (w *typist) input(c byte) string {
	w.all += string(rune(c))
	if c != '+' {
		w.national += string(rune(c))
	}
	if w.unable {
		// A longer prefix may have come together since.
		if w.cutDialling() {
			if w.cutCode() {
				return w.again()
			}
		} else if w.cutLongerTrunk() {
			w.prefix += " "
			return w.again()
		}
		return w.all
	}
	if len(w.all) < fewestTyped {
		return w.all
	}
	if len(w.all) == fewestTyped {
		if !w.cutDialling() {
			w.trunk = w.cutTrunk()
			return w.choose()
		}
		w.awaitsCode = true
	}
	if w.awaitsCode {
		w.awaitsCode = !w.cutCode()
		return w.prefix + w.national
	}
	if len(w.layouts) == 0 {
		return w.choose()
	}
	out := w.fill(c)
	if whole, ok := w.whole(); ok {
		return whole
	}
	w.narrow()
	if w.renew() {
		return w.refill()
	}
	if w.unable {
		return w.all
	}
	return w.joined(out)
}

// fewestTyped is how many digits have to be there before anything is formatted, of the whole and of the national number.
const fewestTyped = 3

// again begins anew behind another prefix (attemptToChoosePatternWithPrefixExtracted).
func (w *typist) again() string {
	w.unable, w.awaitsCode = false, false
	w.layouts, w.template, w.filled, w.pattern = nil, nil, 0, ""
	return w.choose()
}

// choose finds the layouts for a national number (attemptToChooseFormattingPattern, getAvailableFormats).
func (w *typist) choose() string {
	if len(w.national) < fewestTyped {
		return w.joined(w.national)
	}
	if w.current != nil {
		list := &w.f.codes[w.current.country]
		layouts := list.national
		if w.complete && w.trunk == "" && len(list.international) > 0 {
			layouts = list.international
		}
		for _, l := range layouts {
			if w.trunk != "" && l.flags&withPrefix != 0 || w.trunk == "" && (w.complete || l.flags&barely != 0) {
				w.layouts = append(w.layouts, l)
			}
		}
	}
	w.narrow()
	if whole, ok := w.whole(); ok {
		return whole
	}
	if w.renew() {
		return w.refill()
	}
	return w.all
}

// narrow leaves out the layouts that want other leading digits (narrowDownPossibleFormats).
func (w *typist) narrow() {
	kept := w.layouts[:0]
	for _, l := range w.layouts {
		if n := len(l.leads); n == 0 || w.f.begins(l.leads[min(len(w.national)-fewestTyped, n-1)], w.national) {
			kept = append(kept, l)
		}
	}
	w.layouts = kept
}

// whole writes the national number if it is one of the layouts in full, nothing added and nothing left out
// (attemptToFormatAccruedDigits).
func (w *typist) whole() (string, bool) {
	for _, l := range w.layouts {
		if !l.fits(len(w.national)) {
			continue
		}
		w.parted = l.flags&spaced != 0
		if out := w.joined(string(l.write(nil, w.national))); isSpelling(out, w.all) {
			return out, true
		}
	}
	return "", false
}

// isSpelling tells whether the text is those digits and signs.
func isSpelling(text, digits string) bool {
	at := 0
	for i := range len(text) {
		if isSign(text[i]) {
			continue
		}
		if at == len(digits) || text[i] != digits[at] {
			return false
		}
		at++
	}
	return at == len(digits)
}

// renew makes the template of the first layout that has one. It answers false if the template is that already, or if none has one,
// which is the end of formatting (maybeCreateNewTemplate).
func (w *typist) renew() bool {
	for len(w.layouts) > 0 {
		l := w.layouts[0]
		if w.pattern == l.lengths {
			return false
		}
		w.template = w.template[:0]
		if l.nines >= len(w.national) {
			w.template = l.write(w.template, blanks[:l.nines])
			w.pattern = l.lengths
			w.parted = l.flags&spaced != 0
			w.filled = 0
			return true
		}
		w.layouts = w.layouts[1:]
	}
	w.unable = true
	return false
}

// fill puts a digit into the template (inputDigitHelper).
func (w *typist) fill(c byte) string {
	for i := w.filled; i < len(w.template); i++ {
		if w.template[i] == blank {
			w.template[i], w.filled = c, i
			return string(w.template[:i+1])
		}
	}
	if len(w.layouts) == 1 {
		w.unable = true // nothing else to try
	}
	w.pattern = ""
	return w.all
}

// refill puts all digits into a new template (inputAccruedNationalNumber).
func (w *typist) refill() string {
	if w.national == "" {
		return w.prefix
	}
	out := ""
	for i := range len(w.national) {
		out = w.fill(w.national[i])
	}
	if w.unable {
		return w.all
	}
	return w.joined(out)
}

// joined puts the prefix before the national number (appendNationalNumber).
func (w *typist) joined(national string) string {
	if w.parted && w.prefix != "" && w.prefix[len(w.prefix)-1] != ' ' {
		return w.prefix + " " + national
	}
	return w.prefix + national
}

// cutDialling takes off a plus or a dialling prefix (attemptToExtractIdd).
func (w *typist) cutDialling() bool {
	var m match
	switch {
	case w.all[0] == '+':
		m.end = 1
	case w.current == nil:
		return false
	case w.current.dialling != nil && !w.current.dialling.match(w.all, &m):
		return false
	}
	w.complete = true
	w.prefix, w.national = w.all[:m.end], w.all[m.end:]
	if w.all[0] != '+' {
		w.prefix += " "
	}
	return true
}

// cutCode takes off a country code (attemptToExtractCountryCallingCode).
func (w *typist) cutCode() bool {
	x, rest := w.t.countryOf(w.national)
	if x == nil {
		return false
	}
	w.national = rest
	if x.main != w.home {
		w.current = x.main
	}
	w.prefix += x.code + " "
	w.trunk = ""
	return true
}

// cutTrunk takes off a national prefix and gives it (removeNationalPrefixFromNationalNumber).
func (w *typist) cutTrunk() string {
	var m match
	switch {
	case w.current == nil:
	case w.current.code == 1 && len(w.national) >= 2 && w.national[0] == '1' && w.national[1] != '0' && w.national[1] != '1':
		m.end = 1
		w.prefix += "1 "
		w.complete = true
	case w.current.prefix != nil && w.current.prefix.match(w.national, &m) && m.end > 0:
		w.prefix += w.national[:m.end]
		w.complete = true
	default:
		m.end = 0
	}
	trunk := w.national[:m.end]
	w.national = w.national[m.end:]
	return trunk
}

// cutLongerTrunk tries whether the digits that came since make another national prefix (ableToExtractLongerNdd).
func (w *typist) cutLongerTrunk() bool {
	if w.trunk != "" {
		w.national = w.trunk + w.national
		w.prefix = w.prefix[:max(0, strings.LastIndex(w.prefix, w.trunk))]
	}
	return w.cutTrunk() != w.trunk
}

// layout is one way to write a number while it is typed.
type layout struct {
	lengths  string // of each group the fewest and the most digits
	template string // a byte below nine stands for a group
	leads    []uint16
	flags    uint8
	nines    int // digits of the longest number it has a template for
}

// Flags of a layout.
const (
	withPrefix = 1 << iota // is used behind a national prefix
	barely                 // is used without a national prefix
	spaced                 // parts the national prefix from the number
)

// longestTyped is the number that the library makes templates of.
const longestTyped = 15

const blanks = "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" // longestTyped

// bounds gives the fewest and the most digits of the groups from that one on.
func (l *layout) bounds(group int) (least, most int) {
	for i := 2 * group; i < len(l.lengths); i += 2 {
		least += int(l.lengths[i])
		most += int(l.lengths[i+1])
	}
	return least, most
}

func (l *layout) fits(digits int) bool {
	least, most := l.bounds(0)
	return least <= digits && digits <= most
}

// write appends a number that fits; each group takes as many digits as those behind it can spare.
func (l *layout) write(b []byte, digits string) []byte {
	var parts [mostTyped + 1]string
	for i := 0; 2*i < len(l.lengths); i++ {
		least, _ := l.bounds(i + 1)
		n := min(int(l.lengths[2*i+1]), len(digits)-least)
		parts[i+1], digits = digits[:n], digits[n:]
	}
	for i := range len(l.template) {
		if c := l.template[i]; int(c) < len(parts) {
			b = append(b, parts[c]...)
		} else {
			b = append(b, c)
		}
	}
	return b
}

// mostTyped is how many groups a layout may have.
const mostTyped = 8

// typing is the layouts of the world, in the order of tables.codes.
type typing struct {
	cells []uint16 // automata of leading digits, as in tables
	codes []typedCode
}

type typedCode struct{ national, international []*layout }

// begins runs an automaton of leading digits.
func (f *typing) begins(state uint16, digits string) bool {
	for i := 0; state != 0; i++ {
		if f.cells[int(state)*row+labelAt] != 0 {
			return true
		}
		if i == len(digits) {
			break
		}
		state = f.cells[int(state)*row+int(digits[i]-'0')]
	}
	return false
}

// unpacked is filled at the first call. A variable that is initialised with the function itself would have every program that uses
// this package carry the file.
var unpacked struct {
	once sync.Once
	*typing
}

func formats() *typing {
	unpacked.once.Do(func() { unpacked.typing = loadTyping(committedTyping) })
	return unpacked.typing
}

// loadTyping unpacks what the generator wrote, as load does: the states of the automata; lists of their roots; the lengths of groups;
// templates; layouts, as places in the latter three and flags; and of each country code the national and the international layouts.
func loadTyping(file string) *typing {
	c := cursor{s: file}
	states := c.number()
	f := &typing{cells: make([]uint16, (states+1)*row)}
	for id := 1; id <= states; id++ {
		c.state(f.cells[id*row:id*row+row], id)
	}
	leads := make([][]uint16, c.number())
	for i := range leads {
		for range c.number() {
			leads[i] = append(leads[i], uint16(c.number()))
		}
	}
	lengths, templates := c.texts(), c.texts()
	layouts := make([]layout, c.number())
	for i := range layouts {
		l := &layouts[i]
		l.lengths, l.template, l.leads, l.flags = lengths[c.number()], templates[c.number()], leads[c.number()], uint8(c.number())
		if least, most := l.bounds(0); least <= longestTyped {
			l.nines = min(most, longestTyped)
		}
	}
	list := func() (out []*layout) {
		for range c.number() {
			out = append(out, &layouts[c.number()])
		}
		return out
	}
	f.codes = make([]typedCode, c.number())
	for i := range f.codes {
		f.codes[i] = typedCode{national: list(), international: list()}
	}
	return f
}

func (c *cursor) texts() []string {
	out := make([]string, c.number())
	for i := range out {
		out[i] = c.text()
	}
	return out
}
