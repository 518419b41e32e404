package xlsx

import (
	"bytes"
	"strconv"
)

// shape is what a number format makes of a number.
type shape uint8

const (
	plain   shape = iota
	date          // day only
	clock         // time of day only
	moment        // both
	either        // day or time, by what the number holds: formats that differ from country to country
	elapsed       // hours beyond a day
	masked        // digits with signs between them
)

// mostFormats is how many formats of cells are kept, as many as spreadsheets
// know; cells with others show their number as it is.
const mostFormats = 1 << 16

// format is a number format as far as it matters here.
type format struct {
	shape shape
	mask  *mask
}

// formats reads which format each style of a cell has.
func (w *Workbook) formats() ([]format, error) {
	if w.styles == nil {
		return nil, nil
	}
	s, err := w.zip.scan(w.styles)
	if err != nil {
		return nil, err
	}
	own := map[int]format{}
	var all []format
	cells := false // within cellXfs
	for {
		kind, err := s.next()
		if err != nil {
			return nil, err
		}
		if kind == endOfPart {
			return all, nil
		}
		if kind != startTag {
			continue
		}
		switch string(s.name) {
		case "styleSheet", "numFmts":
		case "numFmt":
			id, code := -1, []byte(nil)
			for {
				name, value, ok := s.attribute()
				if !ok {
					break
				}
				switch string(name) {
				case "numFmtId":
					id, _ = strconv.Atoi(string(value))
				case "formatCode":
					code = unescape(nil, value)
				}
			}
			if len(own) < mostFormats {
				own[id] = formatOf(code)
			}
		case "cellXfs":
			cells = true
		case "xf":
			if !cells || len(all) == mostFormats {
				continue
			}
			id, err := strconv.Atoi(string(s.value("numFmtId")))
			if err != nil {
				id = 0
			}
			f, ok := own[id]
			if !ok {
				f = format{shape: builtin(id)}
			}
			all = append(all, f)
			if err := s.skip(); err != nil {
				return nil, err
			}
		default: // cellStyleXfs and dxfs have the same elements, for other things
			if err := s.skip(); err != nil {
				return nil, err
			}
		}
	}
}

// builtin is the shape of the formats without a code (ECMA-376, 18.8.30).
func builtin(id int) shape {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 51, id == 54, id >= 57 && id <= 58:
		return date
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47:
		return clock
	case id == 22:
		return moment
	case id == 46:
		return elapsed
	case id >= 52 && id <= 56: // a month in one language of East Asia, a time in another
		return either
	}
	return plain
}

// formatOf finds out what a format code makes of a positive number.
func formatOf(code []byte) format {
	first, rest := section(code)
	if s := shapeOf(first); s != plain {
		return format{shape: s}
	}
	if m := maskOf(first, rest); m != nil {
		return format{shape: masked, mask: m}
	}
	return format{}
}

// section cuts the first section off a code, up to a semicolon that is not text.
func section(code []byte) (first, rest []byte) {
	for i := 0; i < len(code); i = element(code, i) {
		if code[i] == ';' {
			return code[:i], code[i+1:]
		}
	}
	return code, nil
}

// element gives the place behind the sign, the quoted text or the bracket at i.
func element(code []byte, i int) int {
	switch code[i] {
	case '"':
		if n := bytes.IndexByte(code[i+1:], '"'); n >= 0 {
			return i + n + 2
		}
		return len(code)
	case '[':
		if n := bytes.IndexByte(code[i:], ']'); n >= 0 {
			return i + n + 1
		}
		return len(code)
	case '\\', '_', '*':
		return min(i+2, len(code))
	}
	return i + 1
}

func shapeOf(code []byte) shape {
	if len(code) >= 7 && bytes.EqualFold(code[:7], []byte("general")) {
		return plain
	}
	var days, times, months, spans bool
	last := byte(0) // letter before
	month := false  // the letter before is an m that may be a month
	next := 0
	for i := 0; i < len(code); i = next {
		next = element(code, i)
		c := code[i] | 0x20
		switch {
		case code[i] == '[':
			if unit := spanOf(code[i:next]); unit != 0 {
				spans, last = true, unit
			}
			continue
		case c == 'a':
			for _, half := range []string{"am/pm", "a/p"} {
				if len(code)-i >= len(half) && bytes.EqualFold(code[i:i+len(half)], []byte(half)) {
					times, next = true, i+len(half)
				}
			}
			continue
		case c == 'e' && i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-'):
			continue // an exponent
		case c == 'y', c == 'd', c == 'e', c == 'g' && code[i] != 'G', c == 'b' && last == 0:
			days = true
		case c == 'h':
			times = true
		case c == 's':
			times = true
			month = false // the m before were minutes
		case c == 'm':
			if last == 'm' {
				continue
			}
			if last == 'h' {
				times = true
			} else {
				month = true
			}
			last = 'm'
			continue
		default:
			continue
		}
		months = months || month && c != 's'
		month = false
		last = c
	}
	months = months || month
	days = days || months
	switch {
	case spans && !days:
		return elapsed
	case days && times:
		return moment
	case days:
		return date
	case times:
		return clock
	}
	return plain
}

// spanOf is the unit of a bracket that counts on beyond a day, an hour or a
// minute, as [h]; 0 for other brackets.
func spanOf(bracket []byte) byte {
	inner := bytes.ToLower(bytes.Trim(bracket, "[]"))
	for _, unit := range []byte("hms") {
		if len(inner) > 0 && len(bytes.Trim(inner, string(unit))) == 0 {
			return unit
		}
	}
	return 0
}

// mask is a format of digits with signs between them, as for telephone numbers:
// 0000000000 shows the zero that the number has lost, "+"0 a plus.
type mask struct {
	signs []byte
	other []byte // for numbers that do not pass the test, as in [<=9999999]###-####;(###) ###-####
	test  func(int64) bool
}

// Places of digits in a mask; everything else in it stands as it is.
const (
	always = '0'
	exists = '#'
)

func maskOf(first, rest []byte) *mask {
	m := &mask{}
	var ok bool
	if m.signs, m.test, ok = maskSigns(first); !ok {
		return nil
	}
	if m.test != nil {
		second, _ := section(rest)
		if m.other, _, ok = maskSigns(second); !ok {
			return nil
		}
	}
	if isPlain(m.signs) && isPlain(m.other) {
		return nil
	}
	return m
}

// digitSign stands for a digit of the mask's own: they are no places.
const digitSign = 0x80

func maskSigns(code []byte) (signs []byte, test func(int64) bool, ok bool) {
	for i := 0; i < len(code); {
		next := element(code, i)
		switch c := code[i]; c {
		case '0':
			signs = append(signs, always)
		case '#', '?':
			signs = append(signs, exists)
		case '-', '+', '(', ')', ' ':
			signs = append(signs, c)
		case '"', '\\':
			text := code[i+1 : next]
			if c == '"' {
				text = bytes.TrimSuffix(text, []byte(`"`))
			}
			for _, c := range text {
				switch {
				case c >= '0' && c <= '9':
					c |= digitSign
				case bytes.IndexByte([]byte("+-() ./"), c) < 0:
					return nil, nil, false
				}
				signs = append(signs, c)
			}
		case '_', '*':
		case '[':
			inner := bytes.TrimSuffix(code[i+1:next], []byte("]"))
			if len(inner) > 1 && inner[0] == '$' && inner[1] != '-' {
				return nil, nil, false // a currency
			}
			if t := testOf(inner); t != nil {
				test = t
			}
		default:
			return nil, nil, false
		}
		i = next
	}
	if bytes.IndexByte(signs, always) < 0 && bytes.IndexByte(signs, exists) < 0 {
		return nil, nil, false
	}
	return signs, test, true
}

// isPlain reports whether a mask shows numbers as they are.
func isPlain(signs []byte) bool {
	zeros := 0
	for _, c := range signs {
		switch c {
		case always:
			zeros++
		case exists:
		default:
			return false
		}
	}
	return zeros <= 1
}

func testOf(inner []byte) func(int64) bool {
	n := 0
	for n < len(inner) && bytes.IndexByte([]byte("<>="), inner[n]) >= 0 {
		n++
	}
	limit, err := strconv.ParseInt(string(inner[n:]), 10, 64)
	if err != nil {
		return nil
	}
	switch string(inner[:n]) {
	case "<":
		return func(v int64) bool { return v < limit }
	case "<=":
		return func(v int64) bool { return v <= limit }
	case ">":
		return func(v int64) bool { return v > limit }
	case ">=":
		return func(v int64) bool { return v >= limit }
	case "=":
		return func(v int64) bool { return v == limit }
	case "<>":
		return func(v int64) bool { return v != limit }
	}
	return nil
}

// apply shows digits through the mask.
func (m *mask) apply(text, digits []byte) []byte {
	signs := m.signs
	if m.test != nil {
		if v, err := strconv.ParseInt(string(digits), 10, 64); err != nil || !m.test(v) {
			signs = m.other
		}
	}
	places := 0
	for _, c := range signs {
		if c == always || c == exists {
			places++
		}
	}
	more := len(digits) - places // than places: they stand at the first one
	for _, c := range signs {
		if c != always && c != exists {
			text = append(text, c&^digitSign)
			continue
		}
		switch {
		case more > 0:
			text = append(text, digits[:more+1]...)
			digits = digits[more+1:]
			more = 0
		case len(digits) == places:
			text = append(text, digits[0])
			digits = digits[1:]
		case c == always:
			text = append(text, '0')
		}
		places--
	}
	return text
}
