package xlsx

import (
	"bytes"
	"encoding/binary"
	"io"

	"outdial/shared/list/table"
)

const (
	zipMark  = "PK\x03\x04"
	zipEmpty = "PK\x05\x06"
	oleMark  = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
)

// Looks reports whether a file that begins so is for Open: a workbook, or one of
// the files that people take for one, which Open refuses with its name. A few
// hundred bytes of the beginning tell.
func Looks(head []byte) bool {
	return bytes.HasPrefix(head, []byte(zipMark)) || bytes.HasPrefix(head, []byte(zipEmpty)) || known(head) != ""
}

// refuse names what is no workbook of this kind.
func refuse(r io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 1<<10))
	if err := readAt(r, head, 0); err != nil {
		return broken("zip", err)
	}
	switch code := known(head); code {
	case "":
		return nil
	case table.CodeOldExcel:
		if bytes.HasPrefix(head, []byte(oleMark)) && holdsEncrypted(r, head, size) {
			code = table.CodeLocked
		}
		fallthrough
	default:
		return table.Fail(code)
	}
}

// known is the code of a file that is refused by its beginning, "" for others.
func known(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte(oleMark)):
		return table.CodeOldExcel
	case len(head) > 3 && head[0] == 0x09 && head[1]&^0x0E == 0 && (head[2] == 4 || head[2] == 6 || head[2] == 8 || head[2] == 16) && head[3] == 0:
		return table.CodeOldExcel // of the time before containers: a record that begins a file
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(head) == 0 || head[0] != '<' {
		return ""
	}
	low := bytes.ToLower(head)
	switch {
	case bytes.Contains(low, []byte("opendocument:xmlns:office")):
		return table.CodeODS
	case bytes.Contains(low, []byte("office:spreadsheet")), bytes.Contains(low, []byte(`progid="excel.sheet"`)),
		bytes.Contains(low, []byte("<html")), bytes.Contains(low, []byte("<table")):
		return table.CodeOldExcel // XML of 2003, or a web page under the name of .xls
	}
	return ""
}

// holdsEncrypted reports whether a compound file (MS-CFB) is the container of a
// workbook with a password (MS-OFFCRYPTO) by the names in its directory.
func holdsEncrypted(r io.ReaderAt, head []byte, size int64) bool {
	const listed, entry = 109, 128
	at32 := binary.LittleEndian.Uint32
	if len(head) < 512 {
		return false
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return false
	}
	sector := make([]byte, 1<<shift)
	var word [4]byte
	wanted := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	next := at32(head[48:])
	for range size>>shift + 1 {
		if readAt(r, sector, (int64(next)+1)<<shift) != nil {
			return false
		}
		for at := 0; at < len(sector); at += entry {
			if bytes.HasPrefix(sector[at:], wanted) {
				return true
			}
		}
		page, place := next>>(shift-2), int64(next)&(1<<(shift-2)-1) // of the table of sectors
		if page >= listed || readAt(r, word[:], (int64(at32(head[76+4*page:]))+1)<<shift+4*place) != nil {
			return false
		}
		next = at32(word[:])
	}
	return false
}
