package xlsx

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// inflater unpacks DEFLATE (RFC 1951). compress/flate does too, but takes three
// times as long in a browser, for it asks for every byte of its input.
type inflater struct {
	r    io.Reader
	in   []byte
	at   int
	have int
	over error // what r said last

	bits uint64 // not used yet, the next one lowest
	n    uint   // how many of them; those above may be set too

	out   []byte // what came last, for what is repeated
	end   int
	given int // to the one who reads

	block  uint8 // what is being unpacked
	final  bool  // it is the last block
	raw    int   // bytes left of a stored block
	err    error
	long   [1 << longBits]uint32 // symbols by the bits that come next; more behind for long codes
	far    [1 << farBits]uint32
	longs  []uint32
	fars   []uint32
	widths [320]uint8
}

// What a block is made of.
const (
	atHeader = iota
	inStored
	inCodes
)

const (
	longBits = 10 // codes of literals and lengths that are found at once
	farBits  = 8  // of distances
	history  = 32 << 10
	longest  = 258 // bytes that one symbol repeats
	mostCode = 15  // bits of a code
)

// An entry of a table: how many bits its code has, what it is, how many bits
// follow, and the number that these are added to.
const (
	entryBits  = 0  // 4
	entryExtra = 4  // 4
	entryKind  = 8  // 2
	entryValue = 10 // 22

	literal = 0
	repeat  = 1
	stop    = 2
	further = 3 // value is a place in the table behind, extra how many bits choose there
)

var errDeflate = errors.New("damaged where it is packed")

func newInflater(r io.Reader, size uint64) *inflater {
	f := &inflater{r: r, in: make([]byte, min(piece, size+8)), out: make([]byte, 4*history)}
	f.longs, f.fars = f.long[:], f.far[:]
	return f
}

// Read implements io.Reader.
func (f *inflater) Read(p []byte) (int, error) {
	for f.given == f.end {
		if f.err != nil {
			return 0, f.err
		}
		if f.end > len(f.out)-longest-8 {
			f.end = copy(f.out, f.out[f.end-history:f.end])
			f.given = f.end
		}
		f.err = f.step()
	}
	n := copy(p, f.out[f.given:f.end])
	f.given += n
	return n, nil
}

// step unpacks until the room is used up or the block ends.
func (f *inflater) step() error {
	switch f.block {
	case inStored:
		return f.stored()
	case inCodes:
		return f.codes()
	}
	if f.final {
		return io.EOF
	}
	head, err := f.take(3)
	if err != nil {
		return err
	}
	f.final = head&1 == 1
	switch head >> 1 {
	case 0:
		f.take(f.n & 7) //nolint:errcheck // they are there
		length, err := f.take(16)
		if err != nil {
			return err
		}
		check, err := f.take(16)
		if err != nil {
			return err
		}
		if length != check^0xFFFF {
			return errDeflate
		}
		f.raw, f.block = int(length), inStored
		return nil
	case 1:
		return f.fixed()
	case 2:
		return f.dynamic()
	}
	return errDeflate
}

// fill brings at least 56 bits, or what is left.
func (f *inflater) fill() {
	for {
		if f.have-f.at >= 8 {
			f.bits |= binary.LittleEndian.Uint64(f.in[f.at:]) << f.n
			f.at += int((63 - f.n) >> 3)
			f.n |= 56
			return
		}
		for f.n <= 56 && f.at < f.have {
			f.bits |= uint64(f.in[f.at]) << f.n
			f.at++
			f.n += 8
		}
		if f.n > 56 || f.over != nil {
			return
		}
		f.at = 0
		f.have, f.over = f.r.Read(f.in)
	}
}

func (f *inflater) take(n uint) (uint32, error) {
	if f.n < n {
		f.bits &= 1<<f.n - 1
		f.fill()
		if f.n < n {
			return 0, f.short()
		}
	}
	v := uint32(f.bits) & (1<<n - 1)
	f.bits >>= n
	f.n -= n
	return v, nil
}

// short is why there are no bits more.
func (f *inflater) short() error {
	if f.over != nil && f.over != io.EOF {
		return f.over
	}
	return io.ErrUnexpectedEOF
}

func (f *inflater) stored() error {
	room := min(f.raw, len(f.out)-f.end)
	for room > 0 && f.n >= 8 { // those that were brought already
		f.out[f.end] = byte(f.bits)
		f.bits >>= 8
		f.n -= 8
		f.end++
		f.raw--
		room--
	}
	if f.n < 8 {
		f.bits &= 1<<f.n - 1
	}
	if room > 0 {
		if f.at == f.have {
			if f.over != nil {
				return f.short()
			}
			f.at = 0
			f.have, f.over = f.r.Read(f.in)
		}
		n := copy(f.out[f.end:f.end+room], f.in[f.at:f.have])
		f.at += n
		f.end += n
		f.raw -= n
	}
	if f.raw == 0 {
		f.block = atHeader
	}
	return nil
}

// Lengths and distances that symbols stand for (RFC 1951, 3.2.5).
var lengths, distances = func() (lengths [29]uint32, distances [30]uint32) {
	value := uint32(3)
	for i := range lengths {
		extra := uint32(max(0, i/4-1))
		if i == len(lengths)-1 {
			value, extra = longest, 0
		}
		lengths[i] = value<<entryValue | repeat<<entryKind | extra<<entryExtra
		value += 1 << extra
	}
	value = 1
	for i := range distances {
		extra := uint32(max(0, i/2-1))
		distances[i] = value<<entryValue | repeat<<entryKind | extra<<entryExtra
		value += 1 << extra
	}
	return lengths, distances
}()

// meaning is the entry of a symbol but for the length of its code; 0 for symbols
// that stand for nothing.
func meaning(symbol int, far bool) uint32 {
	switch {
	case far && symbol < len(distances):
		return distances[symbol]
	case far:
		return 0
	case symbol < 256:
		return uint32(symbol)<<entryValue | literal<<entryKind
	case symbol == 256:
		return stop << entryKind
	case symbol-257 < len(lengths):
		return lengths[symbol-257]
	}
	return 0
}

// build makes the table of a code from the widths of its symbols. Places that no
// code leads to are 0.
func build(table []uint32, first uint, widths []uint8, mean func(symbol int) uint32) ([]uint32, error) {
	var counts [mostCode + 1]int
	used := 0
	for _, w := range widths {
		counts[w]++
		if w > 0 {
			used++
		}
	}
	counts[0] = 0
	code, left := 0, 1
	var next [mostCode + 2]int
	for w := 1; w <= mostCode; w++ {
		if left = left<<1 - counts[w]; left < 0 {
			return nil, errDeflate
		}
		next[w] = code
		code = (code + counts[w]) << 1
	}
	if left > 0 && (used > 1 || counts[1] != used) {
		return nil, errDeflate // only a single code of one bit may leave places open
	}
	table = table[:1<<first]
	clear(table)
	for symbol, w := range widths {
		if w == 0 {
			continue
		}
		entry := mean(symbol)
		if entry != 0 || symbol == 0 {
			entry |= uint32(w)
		}
		reversed := int(bits.Reverse16(uint16(next[w])) >> (16 - w))
		next[w]++
		if uint(w) <= first {
			for at := reversed; at < 1<<first; at += 1 << w {
				table[at] = entry
			}
			continue
		}
		const more = mostCode
		low := reversed & (1<<first - 1)
		if table[low] == 0 {
			width := more - first
			table[low] = uint32(len(table))<<entryValue | further<<entryKind | uint32(width)<<entryExtra | uint32(first)
			table = append(table, make([]uint32, 1<<width)...)
		}
		start, width := int(table[low]>>entryValue), uint(table[low]>>entryExtra&15)
		if entry != 0 {
			entry -= uint32(first)
		}
		for at := reversed >> first; at < 1<<width; at += 1 << (uint(w) - first) {
			table[start+at] = entry
		}
	}
	return table, nil
}

func (f *inflater) tables(long, far []uint8) (err error) {
	if f.longs, err = build(f.longs, longBits, long, func(s int) uint32 { return meaning(s, false) }); err != nil {
		return err
	}
	f.block = inCodes
	f.fars, err = build(f.fars, farBits, far, func(s int) uint32 { return meaning(s, true) })
	return err
}

func (f *inflater) fixed() error {
	for i := range f.widths[:320] {
		switch {
		case i < 144:
			f.widths[i] = 8
		case i < 256:
			f.widths[i] = 9
		case i < 280:
			f.widths[i] = 7
		case i < 288:
			f.widths[i] = 8
		default:
			f.widths[i] = 5
		}
	}
	return f.tables(f.widths[:288], f.widths[288:320])
}

// dynamic reads the codes of a block, whose widths are coded themselves.
func (f *inflater) dynamic() error {
	head, err := f.take(14)
	if err != nil {
		return err
	}
	long, far, coded := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if long > 286 || far > 30 {
		return errDeflate
	}
	order := [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	var own [19]uint8
	for _, symbol := range order[:coded] {
		w, err := f.take(3)
		if err != nil {
			return err
		}
		own[symbol] = uint8(w)
	}
	const first = 7
	var space [1 << first]uint32
	table, err := build(space[:], first, own[:], func(symbol int) uint32 { return uint32(symbol)<<entryValue | repeat<<entryKind })
	if err != nil {
		return err
	}
	for i := 0; i < long+far; {
		if f.n < 16 {
			f.bits &= 1<<f.n - 1
			f.fill()
		}
		entry := table[f.bits&(1<<first-1)]
		if entry == 0 {
			return f.why()
		}
		if _, err := f.take(uint(entry & 15)); err != nil {
			return err
		}
		symbol := entry >> entryValue
		if symbol < 16 {
			f.widths[i] = uint8(symbol)
			i++
			continue
		}
		n, last := uint32(0), uint8(0)
		switch symbol {
		case 16:
			if i == 0 {
				return errDeflate
			}
			last = f.widths[i-1]
			n, err = f.take(2)
			n += 3
		case 17:
			n, err = f.take(3)
			n += 3
		default:
			n, err = f.take(7)
			n += 11
		}
		if err != nil {
			return err
		}
		if i+int(n) > long+far {
			return errDeflate
		}
		for range n {
			f.widths[i] = last
			i++
		}
	}
	return f.tables(f.widths[:long], f.widths[long:long+far])
}

// why is what a code that means nothing is: damage, or the end of the input.
func (f *inflater) why() error {
	if f.n < mostCode {
		return f.short()
	}
	return errDeflate
}

// codes unpacks a block of literals and repetitions.
func (f *inflater) codes() error {
	out, end := f.out, f.end
	longs, fars := f.longs, f.fars
	most := len(out) - longest - 8
	for end <= most {
		if f.n < 48 {
			f.bits &= 1<<f.n - 1
			f.fill()
		}
		word, n := f.bits, f.n
		entry := longs[word&(1<<longBits-1)]
		for entry>>entryKind&3 == literal && entry != 0 {
			width := uint(entry & 15)
			if width > n {
				f.end = end
				return f.short()
			}
			word >>= width
			n -= width
			out[end] = byte(entry >> entryValue)
			end++
			if n < 48 || end > most {
				break
			}
			entry = longs[word&(1<<longBits-1)]
		}
		if n < 48 && entry>>entryKind&3 == literal && entry != 0 || end > most {
			f.bits, f.n = word, n
			continue
		}
		if entry>>entryKind&3 == further {
			word >>= longBits
			if n < longBits {
				f.end = end
				return f.short()
			}
			n -= longBits
			entry = longs[entry>>entryValue+uint32(word)&(1<<(entry>>entryExtra&15)-1)]
		}
		width := uint(entry & 15)
		f.bits, f.n = word, n
		if width == 0 {
			f.end = end
			return f.why()
		}
		if width > n {
			f.end = end
			return f.short()
		}
		word >>= width
		n -= width
		if kind := entry >> entryKind & 3; kind != repeat {
			f.bits, f.n = word, n
			if kind == stop {
				f.end, f.block = end, atHeader
				return nil
			}
			out[end] = byte(entry >> entryValue)
			end++
			continue
		}
		extra := uint(entry >> entryExtra & 15)
		length := int(entry>>entryValue) + int(word&(1<<extra-1))
		word >>= extra
		used := extra
		entry = fars[word&(1<<farBits-1)]
		if entry>>entryKind&3 == further {
			word >>= farBits
			used += farBits
			entry = fars[entry>>entryValue+uint32(word)&(1<<(entry>>entryExtra&15)-1)]
		}
		width = uint(entry & 15)
		word >>= width
		extra = uint(entry >> entryExtra & 15)
		distance := int(entry>>entryValue) + int(word&(1<<extra-1))
		word >>= extra
		used += width + extra
		if width == 0 || used > n {
			f.end, f.n = end, n
			if used > n {
				return f.short()
			}
			return f.why()
		}
		f.bits, f.n = word, n-used
		if distance > end {
			f.end = end
			return errDeflate
		}
		if distance >= length {
			copy(out[end:end+length], out[end-distance:])
		} else {
			for i := range length {
				out[end+i] = out[end-distance+i]
			}
		}
		end += length
	}
	f.end = end
	return nil
}
