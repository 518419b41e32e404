package xlsx

import (
	"archive/zip"
	"bytes"
	stdxml "encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/table"
)

var small = table.Limits{Rows: 1000, Cells: 10_000, Bytes: 1 << 20, Unzipped: 4 << 20, Entries: 50}

func zipped(t testing.TB, parts ...string) []byte {
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for i := 0; i < len(parts); i += 2 {
		p, err := w.Create(parts[i])
		require.NoError(t, err)
		_, err = io.WriteString(p, parts[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return file.Bytes()
}

// around puts a sheet into a workbook with a few strings and formats.
func around(t testing.TB, sheet, strings, styles string) []byte {
	const base = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	return zipped(t,
		"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="`+base+`/worksheet" Target="a.xml"/><Relationship Id="rId2" Type="`+base+`/sharedStrings" Target="s.xml"/><Relationship Id="rId3" Type="`+base+`/styles" Target="f.xml"/></Relationships>`,
		"xl/a.xml", sheet, "xl/s.xml", strings, "xl/f.xml", styles)
}

// readAll reads every sheet; whatever goes wrong has a code.
func readAll(t *testing.T, file []byte) []*table.Table {
	var all []*table.Table
	w, err := Open(bytes.NewReader(file), int64(len(file)), small)
	for i := 0; err == nil && i < len(w.Sheets()); i++ {
		var tab *table.Table
		if tab, _, err = w.Read(Options{Sheet: i}); err == nil {
			all = append(all, tab)
			for row := range tab.Rows() {
				require.Positive(t, tab.Number(row))
				for column := range tab.Len(row) {
					require.True(t, utf8.Valid(tab.Cell(row, column)))
				}
			}
		}
	}
	if err != nil {
		coded := (*table.Error)(nil)
		require.ErrorAs(t, err, &coded)
		require.Contains(t, table.Codes(), coded.Code)
	}
	return all
}

func FuzzOpen(f *testing.F) {
	f.Add(around(f, `<worksheet><dimension ref="A1:B2"/><sheetData><row r="1"><c t="s"><v>0</v></c></row></sheetData></worksheet>`, `<sst><si><t>a</t></si></sst>`, `<styleSheet/>`))
	f.Add([]byte(oleMark))
	f.Add([]byte("PK\x05\x06"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, file []byte) { readAll(t, file) })
}

func FuzzParts(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="3" hidden="1"><c r="B3" s="1"><v>46347.5</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><r><t>x&amp;_x000D_</t></r><rPh><t>y</t></rPh></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`,
		`<sst uniqueCount="2"><si><t xml:space="preserve"> a </t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>`,
		`<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[&lt;=9]yyyy&quot;x&quot;;000-0"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs></styleSheet>`)
	f.Add(`<?xml version="1.0"?><!-- c --><x:worksheet><x:sheetData/></x:worksheet>`, "\ufeff<sst/>", "<a/>")
	f.Add("<worksheet><sheetData><row><c><v><![CDATA[1]]></v></c></row>", "<sst><si>", "\xff\xfe<\x00a\x00/\x00>\x00")
	f.Fuzz(func(t *testing.T, sheet, strings, styles string) { readAll(t, around(t, sheet, strings, styles)) })
}

// Cells and strings written as usual are read quickly; with one space more in
// their tags they are read by the rules, and come to the same.
func FuzzQuick(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"><v>14155550100</v></c><c r="C1" s="2"/><c t="str"><v>é_x0041_ &amp;</v></c></row>`, `<si><t>a b</t></si><si><t> 電 </t></si>`)
	f.Add("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>", "<si><t>\xff</t></si><si><t></t></si>")
	f.Add(`<row><c t="s"><v>1</v></c><c t="b"><v>1</v></c><c t="n"><v> 1.50 </v></c><c s="1"><v>46347</v></c></row>`, `<si><t>a</t></si><si><r><t>b</t></r></si>`)
	f.Fuzz(func(t *testing.T, rows, strs string) {
		if strings.ContainsAny(rows+strs, "!?") {
			return // within comments and the like nothing is a tag
		}
		const styles = `<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`
		read := func(rows, strings string) string {
			file := around(t, "<worksheet><sheetData>"+rows+"</sheetData></worksheet>", "<sst>"+strings+"</sst>", styles)
			w, err := Open(bytes.NewReader(file), int64(len(file)), small)
			require.NoError(t, err)
			tab, found, err := w.Read(Options{})
			if err != nil {
				coded := (*table.Error)(nil)
				require.ErrorAs(t, err, &coded)
				return coded.Code
			}
			text := fmt.Sprintf("%+v", found)
			tab.UseHeading(-1)
			for row := range tab.Rows() {
				for column := range tab.Len(row) {
					text += fmt.Sprintf("|%q", tab.Cell(row, column))
				}
				text += fmt.Sprintln(tab.Number(row))
			}
			return text
		}
		slow := func(text string) string {
			return strings.NewReplacer("<c ", "<c  ", "<c>", "<c >", "<c/>", "<c />", "<si>", "<si >").Replace(text)
		}
		require.Equal(t, read(slow(rows), slow(strs)), read(rows, strs))
	})
}

// What the standard scanner reads without complaint, this one reads alike.
func FuzzScanner(f *testing.F) {
	f.Add(`<a x="1" y='&lt;>'>t&amp;<b/><!-- c --><![CDATA[<&]]>é</a>`)
	f.Add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<x:a>\r\n b\r</x:a>")
	f.Add(`<a>&#x41;&#65;&quot;&apos;&gt;]]</a>`)
	f.Fuzz(func(t *testing.T, text string) {
		var want []string
		d := stdxml.NewDecoder(strings.NewReader(text))
		for depth := 0; ; {
			raw, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			switch v := raw.(type) {
			case stdxml.StartElement:
				if depth++; depth > deepest {
					return
				}
				want = append(want, "<"+v.Name.Local)
				for _, a := range v.Attr {
					if a.Name.Space == "" && a.Name.Local != "xmlns" {
						want = append(want, a.Name.Local+"="+a.Value)
					}
				}
			case stdxml.EndElement:
				depth--
				want = append(want, ">")
			case stdxml.CharData:
				if len(v) == 0 {
					continue
				}
				if n := len(want); n > 0 && strings.HasPrefix(want[n-1], "'") {
					want[n-1] += string(v)
					continue
				}
				want = append(want, "'"+string(v))
			case stdxml.Directive:
				return // refused here
			}
		}
		if strings.Contains(text, "_x") || strings.HasPrefix(text, "\ufeff") || strings.Contains(text, "<![CDATA[") && strings.Contains(text, "\r") {
			return // the spreadsheet's own escapes; a mark that is none to the other
		}
		p := zipped(t, "a", text)
		a, err := openArchive(bytes.NewReader(p), int64(len(p)), small.Or())
		require.NoError(t, err)
		s, err := a.scan(a.find("a"))
		if err != nil {
			return
		}
		var got []string
		for {
			kind, err := s.next()
			if errors.Is(err, errCoding) {
				return
			}
			require.NoError(t, err, text)
			if kind == endOfPart {
				break
			}
			switch kind {
			case startTag:
				got = append(got, "<"+string(s.name))
				for {
					name, value, ok := s.attribute()
					if !ok {
						break
					}
					if bytes.IndexByte(name, ':') < 0 && string(name) != "xmlns" {
						got = append(got, string(name)+"="+string(unescape(nil, value)))
					}
				}
			case endTag:
				got = append(got, ">")
			case chars:
				text := string(s.appendText(nil))
				if text == "" {
					continue
				}
				if n := len(got); n > 0 && strings.HasPrefix(got[n-1], "'") {
					got[n-1] += text
					continue
				}
				got = append(got, "'"+text)
			}
		}
		require.Equal(t, fmt.Sprintf("%q", want), fmt.Sprintf("%q", got))
	})
}

// What the standard reader finds in an archive, this one finds alike.
func FuzzArchive(f *testing.F) {
	f.Add(zipped(f, "a.xml", "hello", "b/c.xml", strings.Repeat("x", 1000)))
	f.Add(append([]byte("front"), zipped(f, "a", "")...))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := openArchive(bytes.NewReader(file), int64(len(file)), small.Or())
		if err != nil {
			return
		}
		std, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			return
		}
		for _, want := range std.File {
			p := a.find(want.Name)
			r, err := want.Open()
			if err != nil || p == nil || want.CRC32 == 0 || want.Flags&1 != 0 || p.name != want.Name || p.sum != want.CRC32 || want.CompressedSize64 > uint64(len(file)) {
				continue // the other one reads what there is of it
			}
			text, err := io.ReadAll(r)
			if err != nil {
				continue
			}
			got, err := a.open(p)
			require.NoError(t, err)
			all, err := io.ReadAll(got)
			require.NoError(t, err)
			require.Equal(t, text, all)
		}
	})
}

func FuzzFormat(f *testing.F) {
	f.Add(`[<=9999999]###-####;\(0#\)\ ####`, "912345678")
	f.Add(`[$-404]e"年"m"月";@`, "46347.604166666664")
	f.Add(`AM/PM[h]:mm_x*y"`, "-1E-7")
	f.Fuzz(func(t *testing.T, code, stored string) {
		if len(stored) > 400 || len(code) > 1000 {
			return
		}
		shape := formatOf([]byte(code))
		text, dated := number([]byte("x"), []byte(stored), &shape, false)
		require.Equal(t, byte('x'), text[0])
		if dated {
			require.NotEqual(t, plain, shape.shape)
			require.NotEqual(t, masked, shape.shape)
		}
	})
}

// Numbers come out with the value that they went in with, to fifteen digits.
func FuzzNumber(f *testing.F) {
	for _, v := range []float64{0, 1, -1.5, 14155550100, 0.1 + 0.2, 1e14, 999999999999999, 1e15, 1e-15, 123456.789e-20} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		stored := fmt.Sprintf("%v", v)
		text := string(shortest(nil, []byte(stored)))
		want, got := 0.0, 0.0
		if _, err := fmt.Sscan(fmt.Sprintf("%.14e", v), &want); err != nil {
			return
		}
		_, err := fmt.Sscan(text, &got)
		require.NoError(t, err, text)
		if text != stored {
			require.Equal(t, want, got, text)
			require.NotContains(t, text, "e")
		}
	})
}

func BenchmarkXML(b *testing.B) {
	var sheet strings.Builder
	sheet.WriteString("<worksheet><sheetData>")
	for i := range 20_000 {
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:3"><c r="A%d" t="s"><v>%d</v></c><c r="B%d"><v>14155550100</v></c><c r="C%d" s="2"/></row>`, i+1, i+1, i, i+1, i+1)
	}
	sheet.WriteString("</sheetData></worksheet>")
	text := sheet.String()
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s := &scanner{r: strings.NewReader(text), buf: make([]byte, window)}
			for {
				kind, err := s.next()
				if err != nil {
					b.Fatal(err)
				}
				if kind == endOfPart {
					break
				}
			}
		}
	})
	b.Run("encoding/xml", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for d := stdxml.NewDecoder(strings.NewReader(text)); ; {
				if _, err := d.RawToken(); err != nil {
					require.Equal(b, io.EOF, err)
					break
				}
			}
		}
	})
}
