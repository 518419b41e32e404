package xlsx

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strconv"
	"strings"

	"outdial/shared/list/table"
)

// archive/zip would do, and costs the file worker 70 KB more in brotli: it brings
// the packing along. A workbook needs the directory at the end of
// the file, its 64-bit form, and two ways of storing (PKWARE's APPNOTE 6.3).
type archive struct {
	r      io.ReaderAt
	size   int64
	shift  int64 // bytes in front of the archive, which its offsets do not count
	limits table.Limits
	parts  map[string]*part // by name in small letters: names of parts do not tell cases apart
	meter  int64            // bytes unzipped since the last call of begin
	watch  func(done int64) error
}

type part struct {
	name     string
	packed   uint64
	unpacked uint64
	offset   uint64
	sum      uint32
	method   uint16
	flags    uint16
}

const (
	stored   = 0
	deflated = 8

	// harmless is what may be unzipped from any file, however small.
	harmless = 16 << 20

	// piece is how much is read from the file at a time.
	piece = 64 << 10
)

var (
	errZip       = errors.New("no directory of a zip archive")
	errZipMethod = errors.New("stored in a way that workbooks do not use")
	errZipLie    = errors.New("not as long as the archive says")
	errZipSum    = errors.New("checksum does not match")
)

// stopped is what the one who watches said.
type stopped struct{ error }

func broken(part string, err error) error {
	if e := (stopped{}); errors.As(err, &e) {
		return e.error
	}
	if e := (*table.Error)(nil); errors.As(err, &e) {
		return e
	}
	return table.Fail(table.CodeBroken, "part", part).Because(err)
}

func most(code string, limit int64) error {
	return table.Fail(code, "max", strconv.FormatInt(limit, 10))
}

// openArchive reads the directory.
func openArchive(r io.ReaderAt, size int64, limits table.Limits) (*archive, error) {
	a := &archive{r: r, size: size, limits: limits, parts: map[string]*part{}}
	start, length, count, err := a.findDirectory()
	if err != nil {
		return nil, broken("zip", err)
	}
	if count > uint64(limits.Entries) {
		return nil, most(table.CodeEntries, int64(limits.Entries))
	}
	directory := bufio.NewReaderSize(io.NewSectionReader(r, start, length), piece)
	var head [46]byte
	for n := 0; ; n++ {
		_, err := io.ReadFull(directory, head[:])
		if err == io.EOF || err == nil && binary.LittleEndian.Uint32(head[:]) != 0x02014b50 {
			break
		}
		if err != nil {
			return nil, broken("zip", err)
		}
		if n >= limits.Entries {
			return nil, most(table.CodeEntries, int64(limits.Entries))
		}
		if err := a.entry(head[:], directory); err != nil {
			return nil, broken("zip", err)
		}
	}
	return a, nil
}

func (a *archive) entry(head []byte, directory io.Reader) error {
	at16, at32 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
	names, extras, comments := int(at16(head[28:])), int(at16(head[30:])), int(at16(head[32:]))
	text := make([]byte, names+extras+comments)
	if _, err := io.ReadFull(directory, text); err != nil {
		return err
	}
	p := &part{
		name:     string(text[:names]),
		flags:    at16(head[8:]),
		method:   at16(head[10:]),
		sum:      at32(head[16:]),
		packed:   uint64(at32(head[20:])),
		unpacked: uint64(at32(head[24:])),
		offset:   uint64(at32(head[42:])),
	}
	p.widen(text[names : names+extras])
	key := partKey(p.name)
	if _, ok := a.parts[key]; !ok {
		a.parts[key] = p
	}
	return nil
}

// widen takes what did not fit into 32 bits from the zip64 field.
func (p *part) widen(extra []byte) {
	for len(extra) >= 4 {
		id, length := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if length > len(extra) {
			return
		}
		if id != 1 {
			extra = extra[length:]
			continue
		}
		field := extra[:length]
		for _, v := range []*uint64{&p.unpacked, &p.packed, &p.offset} {
			if *v == 0xFFFFFFFF && len(field) >= 8 {
				*v = binary.LittleEndian.Uint64(field)
				field = field[8:]
			}
		}
		return
	}
}

func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// findDirectory gives where the directory begins, its length and how many
// entries it is said to have.
func (a *archive) findDirectory() (start, length int64, count uint64, err error) {
	const record, longestComment = 22, 1<<16 - 1
	tail := make([]byte, min(a.size, record+longestComment))
	if err := readAt(a.r, tail, a.size-int64(len(tail))); err != nil {
		return 0, 0, 0, err
	}
	at := -1
	for i := len(tail) - record; i >= 0; i-- {
		if tail[i] == 'P' && bytes.HasPrefix(tail[i:], []byte("PK\x05\x06")) &&
			i+record+int(binary.LittleEndian.Uint16(tail[i+20:])) <= len(tail) {
			at = i
			break
		}
	}
	if at < 0 {
		return 0, 0, 0, errZip
	}
	end := tail[at:]
	count = uint64(binary.LittleEndian.Uint16(end[10:]))
	bytes32 := uint64(binary.LittleEndian.Uint32(end[12:]))
	offset := uint64(binary.LittleEndian.Uint32(end[16:]))
	behind := a.size - int64(len(tail)) + int64(at)
	if count == 0xFFFF || bytes32 == 0xFFFFFFFF || offset == 0xFFFFFFFF {
		var locator [20]byte
		if behind >= 20 && readAt(a.r, locator[:], behind-20) == nil && bytes.HasPrefix(locator[:], []byte("PK\x06\x07")) {
			var wide [56]byte
			place := binary.LittleEndian.Uint64(locator[8:])
			if place > uint64(a.size) || readAt(a.r, wide[:], int64(place)) != nil || !bytes.HasPrefix(wide[:], []byte("PK\x06\x06")) {
				return 0, 0, 0, errZip
			}
			count = binary.LittleEndian.Uint64(wide[32:])
			bytes32 = binary.LittleEndian.Uint64(wide[40:])
			offset = binary.LittleEndian.Uint64(wide[48:])
			behind = int64(place)
		}
	}
	if bytes32 > uint64(behind) || offset > uint64(behind)-bytes32 {
		return 0, 0, 0, errZip
	}
	start = behind - int64(bytes32)
	a.shift = start - int64(offset)
	return start, int64(bytes32), count, nil
}

func readAt(r io.ReaderAt, data []byte, at int64) error {
	if at < 0 {
		return io.ErrUnexpectedEOF
	}
	n, err := r.ReadAt(data, at)
	if n == len(data) {
		return nil
	}
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// begin starts the counting of what is unzipped anew. watch hears how many bytes
// that are by now.
func (a *archive) begin(watch func(done int64) error) { a.meter, a.watch = 0, watch }

func (a *archive) find(name string) *part { return a.parts[partKey(name)] }

// open gives the content of a part, checked on the way: for how much comes out
// of it, for its length and for its checksum.
func (a *archive) open(p *part) (io.Reader, error) {
	if p.flags&1 != 0 {
		return nil, table.Fail(table.CodeLocked)
	}
	if p.unpacked > uint64(a.limits.Unzipped) {
		return nil, most(table.CodeUnzipped, a.limits.Unzipped)
	}
	size := uint64(a.size)
	if p.offset > size || p.packed > size {
		return nil, broken(p.name, io.ErrUnexpectedEOF)
	}
	var head [30]byte
	at := a.shift + int64(p.offset)
	if err := readAt(a.r, head[:], at); err != nil {
		return nil, broken(p.name, err)
	}
	if !bytes.HasPrefix(head[:], []byte("PK\x03\x04")) {
		return nil, broken(p.name, errZip)
	}
	at += int64(len(head)) + int64(binary.LittleEndian.Uint16(head[26:])) + int64(binary.LittleEndian.Uint16(head[28:]))
	packed := io.NewSectionReader(a.r, at, int64(p.packed))
	c := &content{a: a, p: p}
	switch p.method {
	case stored:
		c.r = packed
	case deflated:
		c.r = newInflater(packed, p.packed)
	default:
		return nil, broken(p.name, errZipMethod)
	}
	return c, nil
}

// content is a part that is being unzipped.
type content struct {
	a    *archive
	p    *part
	r    io.Reader
	sum  uint32
	n    uint64
	over error
}

func (c *content) Read(data []byte) (int, error) {
	if c.over != nil {
		return 0, c.over
	}
	n, err := c.r.Read(data)
	c.n += uint64(n)
	c.a.meter += int64(n)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, data[:n])
	l := c.a.limits
	switch {
	case c.n > c.p.unpacked:
		err = broken(c.p.name, errZipLie)
	case c.a.meter > l.Unzipped:
		err = most(table.CodeUnzipped, l.Unzipped)
	case c.a.meter > harmless && c.a.meter/l.Ratio > c.a.size:
		err = table.Fail(table.CodeRatio)
	case err == io.EOF && c.n != c.p.unpacked:
		err = broken(c.p.name, errZipLie)
	case err == io.EOF && c.sum != c.p.sum:
		err = broken(c.p.name, errZipSum)
	case err != nil && err != io.EOF:
		err = broken(c.p.name, err)
	case err == nil && c.a.watch != nil:
		if said := c.a.watch(c.a.meter); said != nil {
			err = stopped{said}
		}
	}
	if err != nil {
		c.over = err
		if err != io.EOF {
			n = 0
		}
	}
	return n, err
}
