package xlsx

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"outdial/shared/list/encoding"
)

// token is what the scanner found next.
type token uint8

const (
	endOfPart token = iota
	startTag        // name and attributes are set
	endTag          // of the innermost element that is open; name is not set
	chars           // text is set
)

const (
	window     = 64 << 10 // bytes of a part that are looked at together
	largest    = 1 << 20  // of a tag or a piece of text: a cell has 32,767 characters, each a reference at worst
	deepest    = 256      // elements within elements
	declared   = 200      // bytes of an XML declaration that are looked at
	references = 12       // bytes of the longest reference to a character
)

var (
	errCutOff   = errors.New("the XML is cut off")
	errDocument = errors.New("a document type, which workbooks do not have")
	errCoding   = errors.New("an encoding other than UTF-8 and UTF-16")
	errBalance  = errors.New("the XML closes what is not open")
	errDeep     = errors.New("the XML is nested too deeply")
	errTag      = errors.New("a tag longer than tags are")
)

// scanner reads the XML of a part through a window, token by token, and keeps
// nothing. encoding/xml takes ten times as long. Names come without their
// namespace prefix; what they are read for is known by where they stand.
type scanner struct {
	r     io.Reader
	part  string
	buf   []byte
	at    int
	have  int
	over  bool // r has nothing more
	depth int
	close bool // the tag just given was <like/>

	name  []byte // valid until the next token
	attrs []byte
	text  []byte
	plain bool // text has no references: CDATA
}

// scan opens a part, in UTF-8 or UTF-16.
func (a *archive) scan(p *part) (*scanner, error) {
	r, err := a.open(p)
	if err != nil {
		return nil, err
	}
	s := &scanner{r: r, part: p.name, buf: make([]byte, min(window, p.unpacked+utf8.UTFMax))}
	if _, err := s.more(); err != nil {
		return nil, err
	}
	switch head := s.buf[:s.have]; {
	case bytes.HasPrefix(head, []byte("\ufeff")):
		s.at = len("\ufeff")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{'<', 0}):
		err = s.recode(encoding.UTF16LE)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0, '<'}):
		err = s.recode(encoding.UTF16BE)
	}
	return s, err
}

// recode has the part read in that encoding from its beginning.
func (s *scanner) recode(name encoding.Name) error {
	d, err := encoding.NewDecoder(name, nil)
	if err != nil {
		return s.fail(err)
	}
	begun := append([]byte(nil), s.buf[:s.have]...)
	s.r = &recoder{r: io.MultiReader(bytes.NewReader(begun), s.r), d: d}
	s.have, s.over = 0, false
	if len(s.buf) < window {
		s.buf = make([]byte, 2*len(s.buf))
	}
	return nil
}

// recoder brings a part to UTF-8.
type recoder struct {
	r    io.Reader
	d    encoding.Decoder
	raw  [8 << 10]byte
	text []byte
	rest []byte
	err  error
}

func (r *recoder) Read(data []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.r.Read(r.raw[:])
		r.err = err
		if r.text, err = r.d.Decode(r.text[:0], r.raw[:n], r.err == io.EOF); err != nil {
			r.err = err
		}
		r.rest = r.text
	}
	n := copy(data, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (s *scanner) fail(err error) error { return broken(s.part, err) }

// more brings the next bytes into the window and keeps what is not read yet. It
// reports whether any came.
func (s *scanner) more() (bool, error) {
	if s.over {
		return false, nil
	}
	rest := s.buf[s.at:s.have]
	if len(rest) == len(s.buf) {
		if len(s.buf) >= largest {
			return false, s.fail(errTag)
		}
		s.buf = make([]byte, 2*len(s.buf))
	}
	s.have = copy(s.buf, rest)
	s.at = 0
	came := false
	for s.have < len(s.buf) {
		n, err := s.r.Read(s.buf[s.have:])
		s.have += n
		came = came || n > 0
		if err == io.EOF {
			s.over = true
			break
		}
		if err != nil {
			return false, s.fail(err)
		}
	}
	return came, nil
}

// next gives the next token. Comments and processing instructions are left out.
func (s *scanner) next() (token, error) {
	if s.close {
		s.close = false
		s.depth--
		return endTag, nil
	}
	for {
		if s.at == s.have {
			if came, err := s.more(); err != nil {
				return endOfPart, err
			} else if !came {
				if s.depth > 0 {
					return endOfPart, s.fail(errCutOff)
				}
				return endOfPart, nil
			}
			continue
		}
		if s.buf[s.at] != '<' {
			n := bytes.IndexByte(s.buf[s.at:s.have], '<')
			if n < 0 {
				if came, err := s.more(); err != nil {
					return endOfPart, err
				} else if came {
					continue
				}
				n = s.have - s.at
			}
			s.text, s.plain = s.buf[s.at:s.at+n], false
			s.at += n
			return chars, nil
		}
		found, kind, err := s.markup()
		if err != nil {
			return endOfPart, err
		}
		if found {
			return kind, nil
		}
	}
}

// markup reads what begins with "<". Where it is nothing to be told, or not
// whole yet, it reports false.
func (s *scanner) markup() (bool, token, error) {
	rest := s.buf[s.at:s.have]
	if len(rest) < 2 {
		return false, 0, s.need()
	}
	switch rest[1] {
	case '/':
		n := bytes.IndexByte(rest, '>')
		if n < 0 {
			return false, 0, s.need()
		}
		s.at += n + 1
		s.depth--
		if s.depth < 0 {
			return false, 0, s.fail(errBalance)
		}
		return true, endTag, nil
	case '?':
		n := bytes.Index(rest, []byte("?>"))
		if n < 0 {
			return false, 0, s.need()
		}
		if !mayBe(rest[:n]) {
			return false, 0, s.fail(errCoding)
		}
		s.at += n + 2
		return false, 0, nil
	case '!':
		return s.special(rest)
	}
	i := 1
	for i < len(rest) && rest[i] != '>' {
		if quote := rest[i]; quote == '"' || quote == '\'' {
			n := bytes.IndexByte(rest[i+1:], quote)
			if n < 0 {
				return false, 0, s.need()
			}
			i += n + 1
		}
		i++
	}
	if i >= len(rest) {
		return false, 0, s.need()
	}
	s.at += i + 1
	tag := rest[1:i]
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		tag = tag[:len(tag)-1]
		s.close = true
	}
	n := 0
	for n < len(tag) && tag[n] > ' ' {
		n++
	}
	s.name, s.attrs = local(tag[:n]), tag[n:]
	s.depth++
	if s.depth > deepest {
		return false, 0, s.fail(errDeep)
	}
	return true, startTag, nil
}

// special reads what begins with "<!".
func (s *scanner) special(rest []byte) (bool, token, error) {
	const opening, closing = "<![CDATA[", "]]>"
	switch {
	case len(rest) < len(opening) && !s.over:
		return false, 0, s.need()
	case bytes.HasPrefix(rest, []byte("<!--")):
		return false, 0, s.comment()
	case bytes.HasPrefix(rest, []byte(opening)):
		n := bytes.Index(rest, []byte(closing))
		if n < 0 {
			return false, 0, s.need()
		}
		s.text, s.plain = rest[len(opening):n], true
		s.at += n + len(closing)
		return true, chars, nil
	}
	return false, 0, s.fail(errDocument)
}

// comment skips one, however long it is.
func (s *scanner) comment() error {
	s.at += len("<!--")
	for {
		rest := s.buf[s.at:s.have]
		if n := bytes.Index(rest, []byte("-->")); n >= 0 {
			s.at += n + len("-->")
			return nil
		}
		s.at += max(0, len(rest)-2)
		if err := s.need(); err != nil {
			return err
		}
	}
}

// need brings more, and fails where there is none.
func (s *scanner) need() error {
	came, err := s.more()
	if err == nil && !came {
		err = s.fail(errCutOff)
	}
	return err
}

// mayBe reports whether an XML declaration names an encoding that workbooks may
// have. Which of them it is shows in the bytes.
func mayBe(declaration []byte) bool {
	if !bytes.HasPrefix(declaration, []byte("<?xml ")) || len(declaration) > declared {
		return true
	}
	_, name, ok := bytes.Cut(bytes.ToLower(declaration), []byte("encoding"))
	if !ok {
		return true
	}
	name = bytes.TrimLeft(name, "= \t\r\n\"'")
	return bytes.HasPrefix(name, []byte("utf-8")) || bytes.HasPrefix(name, []byte("utf-16")) || bytes.HasPrefix(name, []byte("us-ascii"))
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// attribute cuts the next attribute off the tag. Its value may hold references.
func (s *scanner) attribute() (name, value []byte, ok bool) {
	a := s.attrs
	i := 0
	for i < len(a) && a[i] <= ' ' {
		i++
	}
	start := i
	for i < len(a) && a[i] != '=' && a[i] > ' ' {
		i++
	}
	name = a[start:i]
	for i < len(a) && a[i] != '"' && a[i] != '\'' {
		i++
	}
	if i >= len(a) {
		s.attrs = nil
		return nil, nil, false
	}
	quote := a[i]
	i++
	n := bytes.IndexByte(a[i:], quote)
	if n < 0 {
		s.attrs = nil
		return nil, nil, false
	}
	s.attrs = a[i+n+1:]
	return name, a[i : i+n], true
}

// skip reads on to the end of the element whose start was the last token.
func (s *scanner) skip() error {
	for due := s.depth - 1; s.depth > due; {
		kind, err := s.next()
		if err != nil {
			return err
		}
		if kind == endOfPart {
			return s.fail(errCutOff)
		}
	}
	return nil
}

// content appends the text of the element whose start was the last token, as the
// spreadsheet has it. Elements within are left out. Of a text longer than limit,
// so much is given that it shows.
func (s *scanner) content(text []byte, limit int) ([]byte, error) {
	keep := s.preserves()
	first := len(text)
	for {
		kind, err := s.next()
		if err != nil {
			return text, err
		}
		switch kind {
		case chars:
			if len(text)-first <= limit {
				text = s.appendText(text)
			}
		case startTag:
			if err := s.skip(); err != nil {
				return text, err
			}
		case endTag:
			if !keep {
				kept := bytes.Trim(text[first:], " \t\r\n")
				text = text[:first+copy(text[first:], kept)]
			}
			return text, nil
		case endOfPart:
			return text, s.fail(errCutOff)
		}
	}
}

// preserves reports whether the tag says that spaces around its text count.
func (s *scanner) preserves() bool {
	for {
		name, value, ok := s.attribute()
		if !ok {
			return false
		}
		if string(name) == "xml:space" {
			return string(value) == "preserve"
		}
	}
}

// appendText appends the text of the last token.
func (s *scanner) appendText(text []byte) []byte {
	if s.plain {
		return append(text, bytes.ToValidUTF8(s.text, []byte("\ufffd"))...)
	}
	return unescape(text, s.text)
}

// unescape appends raw text of XML with its references resolved, its line ends
// made one kind, and the spreadsheet's own escapes (_x000D_) undone.
func unescape(text, raw []byte) []byte {
	i := 0
	for i < len(raw) && raw[i] != '&' && raw[i] != '\r' && raw[i] != '_' && raw[i] < utf8.RuneSelf {
		i++
	}
	text = append(text, raw[:i]...)
	for i < len(raw) {
		switch c := raw[i]; {
		case c == '&':
			if r, n := reference(raw[i:]); n > 0 {
				text = utf8.AppendRune(text, r)
				i += n
				continue
			}
		case c == '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			text = append(text, '\n')
			i++
			continue
		case c == '_':
			if unit, ok := escape(raw[i:]); ok {
				i += len("_x000D_")
				r := rune(unit)
				if utf16.IsSurrogate(r) {
					low, _ := escape(raw[i:])
					if r = utf16.DecodeRune(r, rune(low)); r != utf8.RuneError {
						i += len("_x000D_")
					}
				}
				text = utf8.AppendRune(text, r)
				continue
			}
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(raw[i:])
			text = utf8.AppendRune(text, r)
			i += n
			continue
		}
		text = append(text, raw[i])
		i++
	}
	return text
}

// reference reads &amp; and the like. What is none has length 0.
func reference(raw []byte) (rune, int) {
	n := bytes.IndexByte(raw[:min(len(raw), references)], ';')
	if n < 2 {
		return 0, 0
	}
	switch name := raw[1:n]; string(name) {
	case "amp":
		return '&', n + 1
	case "lt":
		return '<', n + 1
	case "gt":
		return '>', n + 1
	case "quot":
		return '"', n + 1
	case "apos":
		return '\'', n + 1
	default:
		if name[0] != '#' || len(name) < 2 {
			return 0, 0
		}
		digits, base := name[1:], rune(10)
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		var r rune
		for _, c := range digits {
			v, ok := digit(c)
			if !ok || v >= base || r > utf8.MaxRune {
				return 0, 0
			}
			r = r*base + v
		}
		if len(digits) == 0 {
			return 0, 0
		}
		return r, n + 1
	}
}

// escape reads _x000D_, four digits of a UTF-16 unit.
func escape(raw []byte) (uint16, bool) {
	if len(raw) < len("_x000D_") || raw[1] != 'x' || raw[6] != '_' {
		return 0, false
	}
	var unit rune
	for _, c := range raw[2:6] {
		v, ok := digit(c)
		if !ok {
			return 0, false
		}
		unit = unit<<4 | v
	}
	return uint16(unit), true
}

func digit(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}
