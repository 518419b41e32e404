//go:build journey

package lists

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// home is where the list is at home: six in ten of its numbers.
const home = "TW"

var heading = []string{"id", "name", "phone", "email", "city", "note"}

// row makes rows of a list as a contact centre in Taiwan gets it: numbers at home
// in all spellings, those of nine other countries with a plus, one in twenty that
// is none, and about one in thirteen a second time. They are the same every time.
type row struct{ *rand.Rand }

func newRow() row { return row{rand.New(rand.NewPCG(7, 8))} }

var (
	families = []string{"王", "李", "張", "陳", "林", "Chen", "Lefèvre", "Müller", "O'Brien", "Nguyen", "Tanaka", "Smith"}
	given    = []string{"小明", "美玲", "怡君", "家豪", "Wei", "Amélie", "Jürgen", "Mary", "Anh", "Yuki", "Bob"}
	cities   = []string{"台北市", "高雄市", "臺中市", "Taoyuan", "Hsinchu", "Paris", "Tokyo", "San Francisco"}
	notes    = []string{"", "", "", "call after six", "VIP", "請先傳簡訊", `says "later"`, "new, from the fair"}
)

func (r row) cells(i int) []string {
	id := strconv.Itoa(i + 1)
	return []string{id, families[r.IntN(len(families))] + " " + given[r.IntN(len(given))], r.number(), "u" + id + "@example.com", cities[r.IntN(len(cities))], notes[r.IntN(len(notes))]}
}

func (r row) number() string {
	tail := fmt.Sprintf("%08d", 10_000_000+r.IntN(4_000_000))
	a, b, c := tail[:2], tail[2:5], tail[5:]
	switch n := r.IntN(100); {
	case n < 20:
		return "09" + tail
	case n < 32:
		return "09" + a + " " + b + " " + c
	case n < 42:
		return "09" + a + "-" + b + "-" + c
	case n < 50:
		return "+8869" + tail
	case n < 54:
		return "8869" + tail
	case n < 58:
		return "+886 9" + a + " " + b + " " + c
	case n < 60:
		return "(02) 2" + tail[1:4] + "-" + tail[4:]
	case n < 66:
		return "+1 415 2" + tail[2:4] + " " + tail[4:]
	case n < 70:
		return "+1212" + "5" + tail[2:]
	case n < 75:
		return "+86138" + tail
	case n < 79:
		return "+8190" + tail
	case n < 82:
		return "+8529" + tail[1:]
	case n < 85:
		return "+659" + tail[1:]
	case n < 88:
		return "+44 7400 " + tail[2:]
	case n < 91:
		return "+336" + tail
	case n < 93:
		return "+49151" + tail
	case n < 95:
		return "+614" + tail
	case n < 97:
		return "09" + tail + strconv.Itoa(r.IntN(10))
	case n < 98:
		return strconv.Itoa(r.IntN(100_000))
	}
	return []string{"", "n/a", "-", "see note", "無"}[r.IntN(5)]
}

// writeCSV writes a file of that many rows, as spreadsheets save them.
func writeCSV(b *testing.B, rows int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "list.csv")
	file, err := os.Create(path)
	require.NoError(b, err)
	out := bufio.NewWriterSize(file, 1<<20)
	r := newRow()
	line := func(cells []string) {
		for i, text := range cells {
			if i > 0 {
				out.WriteByte(',') //nolint:errcheck // Flush tells
			}
			if strings.ContainsAny(text, ",\"\n") {
				text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
			}
			out.WriteString(text) //nolint:errcheck // Flush tells
		}
		out.WriteString("\r\n") //nolint:errcheck // Flush tells
	}
	line(heading)
	for i := range rows {
		line(r.cells(i))
	}
	require.NoError(b, out.Flush())
	require.NoError(b, file.Close())
	return path
}

const (
	spreadsheet = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	document    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packaged    = `http://schemas.openxmlformats.org/package/2006/`
	media       = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
)

// writeXLSX writes a workbook of that many rows as Excel saves it: text in shared
// strings, each once; numbers without a plus and spaces as numbers.
func writeXLSX(b *testing.B, rows int) string {
	b.Helper()
	var sheet, shared strings.Builder
	index := map[string]int{}
	used := 0
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	r := newRow()
	fmt.Fprintf(&sheet, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n"+`<worksheet xmlns="%s"><dimension ref="A1:F%d"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>`, spreadsheet, rows+1)
	for i := range rows + 1 {
		cells := heading
		if i > 0 {
			cells = r.cells(i - 1)
		}
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:6">`, i+1)
		for column, text := range cells {
			place := fmt.Sprintf("%c%d", 'A'+column, i+1)
			if text == "" {
				continue
			}
			if _, err := strconv.ParseInt(text, 10, 64); err == nil && text[0] != '0' && text[0] != '+' {
				fmt.Fprintf(&sheet, `<c r="%s"><v>%s</v></c>`, place, text)
				continue
			}
			at, ok := index[text]
			if !ok {
				at = len(index)
				index[text] = at
				fmt.Fprintf(&shared, `<si><t>%s</t></si>`, escape.Replace(text))
			}
			used++
			fmt.Fprintf(&sheet, `<c r="%s" t="s"><v>%d</v></c>`, place, at)
		}
		sheet.WriteString("</row>")
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	path := filepath.Join(b.TempDir(), "list.xlsx")
	file, err := os.Create(path)
	require.NoError(b, err)
	w := zip.NewWriter(file)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="` + packaged + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + media + `sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + media + `worksheet+xml"/>` +
			`<Override PartName="/xl/sharedStrings.xml" ContentType="` + media + `sharedStrings+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packaged + `relationships"><Relationship Id="rId1" Type="` + document + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + document + `"><sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packaged + `relationships"><Relationship Id="rId1" Type="` + document + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + document + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet.String()},
		{"xl/sharedStrings.xml", fmt.Sprintf(`<sst xmlns="%s" count="%d" uniqueCount="%d">%s</sst>`, spreadsheet, used, len(index), shared.String())},
	} {
		out, err := w.Create(part.name)
		require.NoError(b, err)
		_, err = io.WriteString(out, part.text)
		require.NoError(b, err)
	}
	require.NoError(b, w.Close())
	require.NoError(b, file.Close())
	return path
}
