package xlsx_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/table"
	"outdial/shared/list/xlsx"
)

// parts of a workbook, by name.
type parts map[string]string

const (
	main      = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relations = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packaged  = `http://schemas.openxmlformats.org/package/2006/relationships`
	named     = `xmlns:r="` + relations + `"`
)

func rels(list ...string) string {
	text := `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="` + packaged + `">`
	for i := 0; i < len(list); i += 2 {
		text += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s" Target="%s"/>`, i/2+1, list[i], list[i+1])
	}
	return text + `</Relationships>`
}

// minimal is a workbook with one sheet whose sheetData holds that, with changes.
func minimal(rows string, change ...parts) parts {
	p := parts{
		"_rels/.rels":                rels(relations+"/officeDocument", "xl/workbook.xml"),
		"xl/workbook.xml":            `<workbook ` + main + ` ` + named + `><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels(relations+"/worksheet", "worksheets/sheet1.xml", relations+"/sharedStrings", "sharedStrings.xml", relations+"/styles", "styles.xml"),
		"xl/worksheets/sheet1.xml":   `<worksheet ` + main + `><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	for _, c := range change {
		for name, text := range c {
			p[name] = text
		}
	}
	return p
}

func shared(items ...string) parts {
	return parts{"xl/sharedStrings.xml": fmt.Sprintf(`<sst %s count="9" uniqueCount="%d">%s</sst>`, main, len(items), strings.Join(items, ""))}
}

// styled has a style for each format code, from 1.
func styled(codes ...string) parts {
	formats, cells := "", `<xf numFmtId="0"/>`
	for i, code := range codes {
		formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, strings.NewReplacer(`&`, `&amp;`, `"`, `&quot;`, `<`, `&lt;`).Replace(code))
		cells += fmt.Sprintf(`<xf numFmtId="%d" applyNumberFormat="1"><alignment horizontal="left"/></xf>`, 164+i)
	}
	return parts{"xl/styles.xml": `<styleSheet ` + main + `><numFmts>` + formats + `</numFmts><fonts><font><b/></font></fonts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>` + cells + `</cellXfs><dxfs><dxf><numFmt numFmtId="164" formatCode="yyyy"/></dxf></dxfs></styleSheet>`}
}

func pack(t testing.TB, p parts) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file) // which puts lengths behind the parts, in data descriptors
	for name, text := range p {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(part, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return file.Bytes()
}

func open(file []byte, limits table.Limits) (*xlsx.Workbook, error) {
	return xlsx.Open(bytes.NewReader(file), int64(len(file)), limits)
}

func read(file []byte, limits table.Limits) (*table.Table, xlsx.Found, error) {
	book, err := open(file, limits)
	if err != nil {
		return nil, xlsx.Found{}, err
	}
	return book.Read(xlsx.Options{})
}

func rows(tab *table.Table) [][]string {
	tab.UseHeading(-1)
	all := make([][]string, tab.Rows())
	for row := range all {
		for column := range tab.Len(row) {
			all[row] = append(all[row], string(tab.Cell(row, column)))
		}
	}
	return all
}

func TestCells(t *testing.T) {
	names := shared(`<si><t>Ana</t></si>`, `<si><t xml:space="preserve"> two  words </t></si>`, `<si><r><rPr><b/><sz val="11"/></rPr><t>bold</t></r><r><t xml:space="preserve"> and not</t></r></si>`,
		`<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>`, `<si/>`, `<si><t/></si>`)
	for _, tc := range []struct {
		name  string
		rows  string
		parts []parts
		want  [][]string
		found xlsx.Found
	}{
		{name: "shared strings", rows: `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`, parts: []parts{names}, want: [][]string{{"Ana", " two  words "}}},
		{name: "rich text", rows: `<row r="1"><c r="A1" t="s"><v>2</v></c></row>`, parts: []parts{names}, want: [][]string{{"bold and not"}}},
		{name: "how it is pronounced", rows: `<row r="1"><c r="A1" t="s"><v>3</v></c></row>`, parts: []parts{names}, want: [][]string{{"東京"}}},
		{name: "empty shared strings", rows: `<row r="1"><c r="A1" t="s"><v>4</v></c><c r="B1" t="s"><v>5</v></c><c r="C1" t="s"><v>0</v></c></row>`, parts: []parts{names}, want: [][]string{{"", "", "Ana"}}},
		{name: "inline strings", rows: `<row r="1"><c r="A1" t="inlineStr"><is><t>Bo</t></is></c><c r="B1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c></row>`,
			want: [][]string{{"Bo", "ab"}}},
		{name: "spaces that count and spaces that do not", rows: "<row><c t=\"inlineStr\"><is><t>\n  a b\n</t></is></c><c t=\"str\"><v xml:space=\"preserve\"> c </v></c><c t=\"str\"><v> d </v></c></row>", want: [][]string{{"a b", " c ", "d"}}},
		{name: "numbers", rows: `<row r="1"><c r="A1"><v>14155550100</v></c><c r="B1" t="n"><v>1.4155550100999999E10</v></c><c r="C1"><v>1.41556E+10</v></c><c r="D1"><v>0.30000000000000004</v></c><c r="E1"><v>-1.5</v></c><c r="F1"><v>14155550100.0</v></c><c r="G1"><v>1E-3</v></c><c r="H1"><v>8.86912345678E+17</v></c><c r="I1"><v>8613800138000123456</v></c><c r="J1"><v>0.0</v></c></row>`,
			want: [][]string{{"14155550100", "14155550101", "14155600000", "0.3", "-1.5", "14155550100", "0.001", "8.86912345678E+17", "8613800138000123456", "0"}}},
		{name: "what is no number where one is due", rows: `<row><c><v>n/a</v></c><c><v>1e999</v></c><c s="99"><v>7</v></c></row>`, want: [][]string{{"n/a", "1e999", "7"}}},
		{name: "booleans", rows: `<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="b"><v>true</v></c></row>`, want: [][]string{{"TRUE", "FALSE", "TRUE"}}},
		{name: "errors", rows: `<row><c t="e"><v>#N/A</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`, want: [][]string{{"#N/A", "#DIV/0!"}}, found: xlsx.Found{Errors: 2, Formulas: 1}},
		{name: "formulas are not evaluated", rows: `<row r="1"><c r="A1"><f>1+1</f><v>3</v></c><c r="B1" t="str"><f>CONCAT("a","b")</f><v>xy</v></c><c r="C1"><f>2*2</f></c><c r="D1" t="str"><f>""</f><v></v></c><c r="E1"><v>9</v></c></row>`,
			want: [][]string{{"3", "xy", "", "", "9"}}, found: xlsx.Found{Formulas: 3, Unstored: 1}},
		{name: "gaps", rows: `<row r="3"><c r="B3"><v>1</v></c><c r="E3"><v>2</v></c></row><row r="7"><c r="A7"><v>3</v></c></row>`, want: [][]string{{"", "1", "", "", "2"}, {"3"}}},
		{name: "no places at all", rows: `<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>`, want: [][]string{{"1", "", "2"}, {"3"}}},
		{name: "places far to the right", rows: `<row r="1"><c r="AB1"><v>1</v></c></row>`, want: [][]string{append(make([]string, 27), "1")}},
		{name: "cells with nothing but a style", rows: `<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="0"/></row><row r="2"><c r="A2" s="0"/></row><row r="3"/><row r="4"><c r="A4"><v>2</v></c></row>`, want: [][]string{{"1"}, {"2"}}},
		{name: "attributes in any order, either quote, spaces", rows: "<row ht=\"15\" spans='1:2' r = \"1\" ><c  t=\"inlineStr\"\n s='0'  r=\"A1\" ><is><t>a</t></is></c ></row >", want: [][]string{{"a"}}},
		{name: "references", rows: `<row><c t="inlineStr"><is><t>R&amp;D &lt;b&gt; &quot;x&quot; &apos;y&apos; &#65;&#x42;&#x1F600;</t></is></c><c t="str"><v>&#43;886</v></c><c t="str"><v>AT&T &nope; &#;</v></c></row>`,
			want: [][]string{{`R&D <b> "x" 'y' AB😀`, "+886", "AT&T &nope; &#;"}}},
		{name: "the spreadsheet's own escapes", rows: `<row><c t="inlineStr"><is><t>a_x000D_b_x005F_x000D_c_x00zz__x_</t></is></c><c t="str"><v>_xD83D__xDE00_</v></c><c t="str"><v>_xD83D_z</v></c></row>`,
			want: [][]string{{"a\rb_x000D_c_x00zz__x_", "😀", "\ufffdz"}}},
		{name: "line ends", rows: "<row><c t=\"inlineStr\"><is><t>a\r\nb\rc\nd</t></is></c></row>", want: [][]string{{"a\nb\nc\nd"}}},
		{name: "comments, instructions and CDATA", rows: "<!-- <row> > --><row><?x > ?><c t=\"inlineStr\"><is><t>a<!-- b -->c<![CDATA[<&amp;]]>d</t></is></c></row>", want: [][]string{{"ac<&amp;d"}}},
		{name: "a tag's end within an attribute", rows: `<row r="1" note="a>b"><c r="A1" x='"/>'><v>1</v></c></row>`, want: [][]string{{"1"}}},
		{name: "bytes that are no UTF-8", rows: "<row><c t=\"str\"><v>a\xff\xe9b</v></c></row>", want: [][]string{{"a\ufffd\ufffdb"}}},
		{name: "dates as text", rows: `<row><c t="d"><v>2026-11-21T14:30:00</v></c><c t="d" s="1"><v>2026-11-21T00:00:00</v></c><c t="d" s="2"><v>1899-12-31T08:15:00</v></c></row>`, parts: []parts{styled("yyyy-mm-dd", "hh:mm")},
			want: [][]string{{"2026-11-21T14:30:00", "2026-11-21", "08:15:00"}}, found: xlsx.Found{Dates: 3}},
		{name: "what a later version may add", rows: `<row r="1"><c r="A1"><v>1</v><extLst><ext><v>9</v></ext></extLst></c><x:foo xmlns:x="y"><c><v>8</v></c></x:foo></row><foo><row><c><v>7</v></c></row></foo>`, want: [][]string{{"1"}}},
		{name: "small letters in places", rows: `<row r="1"><c r="b1"><v>1</v></c></row>`, want: [][]string{{"", "1"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tab, found, err := read(pack(t, minimal(tc.rows, tc.parts...)), table.Limits{})
			require.NoError(t, err)
			require.Equal(t, tc.want, rows(tab))
			require.Equal(t, tc.found, found)
		})
	}
}

func TestDates(t *testing.T) {
	for _, tc := range []struct {
		format, stored, want string
	}{
		{"yyyy-mm-dd", "46347", "2026-11-21"},
		{"d/m/yy;@", "46347.604166666664", "2026-11-21"},
		{"[$-404]e/m/d;@", "46347", "2026-11-21"},
		{`yyyy"年"m"月"d"日"`, "46347", "2026-11-21"},
		{`[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, "46347", "2026-11-21"},
		{"mmm-yy", "46347", "2026-11-21"},
		{"[Red]m/d", "46347", "2026-11-21"},
		{"yyyy-mm-dd hh:mm", "46347.604166666664", "2026-11-21T14:30:00"},
		{"m/d/yyyy h:mm:ss AM/PM", "46347.604166666664", "2026-11-21T14:30:00"},
		{"yyyy-mm-dd hh:mm", "46346.999999", "2026-11-21T00:00:00"},
		{"yyyy-mm-dd", "46346.9999999", "2026-11-21"},
		{"h:mm", "0.604166666666667", "14:30:00"},
		{"h:mm:ss AM/PM", "0.604166666666667", "14:30:00"},
		{"h AM/PM", "0.25", "06:00:00"},
		{"mm:ss", "0.001", "00:01:26"},
		{`上午/下午hh"時"mm"分"`, "0.5", "12:00:00"},
		{"[h]:mm", "1.5", "36:00:00"},
		{"[mm]:ss", "0.5", "12:00:00"},
		{"yyyy-mm-dd", "1", "1900-01-01"},
		{"yyyy-mm-dd", "59", "1900-02-28"},
		{"yyyy-mm-dd", "60", "1900-02-29"}, // which never was, and every spreadsheet since 1983 shows
		{"yyyy-mm-dd", "61", "1900-03-01"},
		{"yyyy-mm-dd", "0", "1900-01-00"},
		{"yyyy-mm-dd", "2958465", "9999-12-31"},
		{"yyyy-mm-dd", "2958466", "2958466"},
		{"yyyy-mm-dd", "-1", "-1"},
		{"yyyy-mm-dd", "912345678", "912345678"}, // a telephone number in a column of dates
		{"General", "46347", "46347"},
		{`GENERAL" days"`, "46347", "46347"},
		{"0.00E+00", "46347", "46347"},
		{`0" d"`, "46347", "46347"},
		{`#,##0\ "years"`, "46347", "46347"},
		{"[$€-407] #,##0.00", "46347", "46347"},
		{"@", "46347", "46347"},
		{"0%", "0.5", "0.5"},
		{"# ?/?", "0.5", "0.5"},
	} {
		t.Run(tc.format+" "+tc.stored, func(t *testing.T) {
			tab, _, err := read(pack(t, minimal(`<row><c s="1"><v>`+tc.stored+`</v></c></row>`, styled(tc.format))), table.Limits{})
			require.NoError(t, err)
			require.Equal(t, [][]string{{tc.want}}, rows(tab))
		})
	}
}

func TestDatesFrom1904(t *testing.T) {
	for _, flag := range []string{`date1904="1"`, `date1904="true"`} {
		book := parts{"xl/workbook.xml": `<workbook ` + main + ` ` + named + `><workbookPr ` + flag + `/><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets><extLst><ext><x15:workbookPr date1904="0"/></ext></extLst></workbook>`}
		tab, found, err := read(pack(t, minimal(`<row><c s="1"><v>0</v></c><c s="1"><v>60</v></c><c s="1"><v>44885</v></c></row>`, styled("yyyy-mm-dd"), book)), table.Limits{})
		require.NoError(t, err)
		require.Equal(t, [][]string{{"1904-01-01", "1904-03-01", "2026-11-21"}}, rows(tab))
		require.Equal(t, 3, found.Dates)
	}
}

func TestBuiltinFormats(t *testing.T) {
	ids := map[int]string{0: "46347.25", 1: "46347.25", 14: "2026-11-21", 18: "06:00:00", 22: "2026-11-21T06:00:00", 27: "2026-11-21", 32: "06:00:00", 37: "46347.25",
		45: "06:00:00", 46: "1112334:00:00", 49: "46347.25", 52: "2026-11-21T06:00:00", 57: "2026-11-21", 59: "46347.25"}
	for id, want := range ids {
		style := parts{"xl/styles.xml": fmt.Sprintf(`<styleSheet %s><cellXfs><xf/><xf numFmtId="%d"/></cellXfs></styleSheet>`, main, id)}
		tab, _, err := read(pack(t, minimal(`<row><c s="1"><v>46347.25</v></c><c s="0"><v>46347.25</v></c></row>`, style)), table.Limits{})
		require.NoError(t, err)
		require.Equal(t, [][]string{{want, "46347.25"}}, rows(tab), id)
	}
	for stored, want := range map[string]string{"46347": "2026-11-21", "0.25": "06:00:00"} {
		style := parts{"xl/styles.xml": fmt.Sprintf(`<styleSheet %s><cellXfs><xf numFmtId="55"/></cellXfs></styleSheet>`, main)}
		tab, _, err := read(pack(t, minimal(`<row><c s="0"><v>`+stored+`</v></c></row>`, style)), table.Limits{})
		require.NoError(t, err)
		require.Equal(t, [][]string{{want}}, rows(tab), "it depends on the country")
	}
}

// A number looks as it does in the spreadsheet where its format adds digits, a
// plus, or signs between them.
func TestFormatsOfTelephoneNumbers(t *testing.T) {
	for _, tc := range []struct {
		format, stored, want string
	}{
		{"0000000000", "912345678", "0912345678"},
		{"0000000000", "9.12345678E8", "0912345678"},
		{"00000", "912345678", "912345678"},
		{"+0", "886912345678", "+886912345678"},
		{`"+"#`, "886912345678", "+886912345678"},
		{`\+0`, "886912345678", "+886912345678"},
		{`"+886 "0`, "912345678", "+886 912345678"},
		{`0#" "##" "##" "##" "##`, "612345678", "06 12 34 56 78"},
		{"0000-000-000", "912345678", "0912-345-678"},
		{"[<=9999999]###-####;(###) ###-####", "4155550100", "(415) 555-0100"},
		{"[<=9999999]###-####;(###) ###-####", "5550100", "555-0100"},
		{"[<=99999999]####-####;\\(0#\\)\\ ####-####", "223456789", "(02) 2345-6789"},
		{"000-0000", "14155550100", "1415555-0100"},
		{"#-##", "5", "-5"},
		{"0", "912345678", "912345678"},
		{"#", "912345678", "912345678"},
		{"#,##0", "912345678", "912345678"},
		{"0.00", "912345678", "912345678"},
		{"0000000000", "-5", "-5"},
		{"0000000000", "1.5", "1.5"},
		{`0" pcs"`, "5", "5"},
		{"[$NT$-404]000", "5", "5"},
		{"000_);[Red]\\(000\\)", "5", "005"},
		{`000"`, "5", "005"},
		{`[`, "5", "5"},
		{`\`, "5", "5"},
		{`;;;`, "5", "5"},
	} {
		t.Run(tc.format+" "+tc.stored, func(t *testing.T) {
			tab, found, err := read(pack(t, minimal(`<row><c s="1"><v>`+tc.stored+`</v></c></row>`, styled(tc.format))), table.Limits{})
			require.NoError(t, err)
			require.Equal(t, [][]string{{tc.want}}, rows(tab))
			require.Zero(t, found)
		})
	}
}

func TestSheets(t *testing.T) {
	p := minimal("", parts{
		"xl/workbook.xml": `<workbook ` + main + ` ` + named + `><bookViews><workbookView activeTab="2"/></bookViews><sheets>` +
			`<sheet name="R&amp;D" sheetId="4" r:id="rId1"/><sheet name="Chart" sheetId="5" r:id="rId2"/><sheet r:id="rId3" sheetId="9" name="名單"/>` +
			`<sheet name="Old" sheetId="2" state="veryHidden" r:id="rId4"/><sheet name="Gone" sheetId="3" r:id="rId99"/><sheet name="Lost" sheetId="7" r:id="rId5"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels(relations+"/worksheet", "worksheets/sheet1.xml", relations+"/chartsheet", "chartsheets/sheet1.xml",
			relations+"/worksheet", "/xl/worksheets/Sheet2.xml", relations+"/worksheet", "../xl/worksheets/sheet3.xml", relations+"/worksheet", "worksheets/none.xml"),
		"xl/chartsheets/sheet1.xml": `<chartsheet/>`,
		"xl/worksheets/sheet1.xml":  `<worksheet ` + main + `><dimension ref="A1:F100001"/><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml":  `<worksheet ` + main + `><dimension ref="A1"/><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet3.xml":  `<worksheet ` + main + `><sheetData><row><c><v>3</v></c></row></sheetData></worksheet>`,
	})
	book, err := open(pack(t, p), table.Limits{})
	require.NoError(t, err)
	var names []string
	for _, s := range book.Sheets() {
		names = append(names, fmt.Sprint(s.Name, " ", s.Rows, " ", s.Hidden))
	}
	require.Equal(t, []string{"R&D 100001 false", "名單 0 false", "Old 0 true"}, names)
	require.Equal(t, 1, book.Active())
	for i, want := range []string{"1", "2", "3"} {
		tab, _, err := book.Read(xlsx.Options{Sheet: i})
		require.NoError(t, err)
		require.Equal(t, [][]string{{want}}, rows(tab))
	}
	_, _, err = book.Read(xlsx.Options{Sheet: 3})
	require.ErrorIs(t, err, table.Fail(table.CodeNoSheet))
}

func TestTheFirstSheetIsNoHiddenOne(t *testing.T) {
	sheets := func(first, second string) parts {
		return parts{
			"xl/workbook.xml": `<workbook ` + named + `><sheets><sheet name="a" sheetId="1" r:id="rId1"` + first + `/><sheet name="b" sheetId="2" r:id="rId1"` + second + `/></sheets></workbook>`,
		}
	}
	for _, tc := range []struct {
		first, second string
		want          int
	}{{"", "", 0}, {` state="hidden"`, "", 1}, {` state="hidden"`, ` state="hidden"`, 0}} {
		book, err := open(pack(t, minimal("", sheets(tc.first, tc.second))), table.Limits{})
		require.NoError(t, err)
		require.Equal(t, tc.want, book.Active())
	}
}

func TestWhatTheSpreadsheetHides(t *testing.T) {
	sheet := parts{"xl/worksheets/sheet1.xml": `<worksheet ` + main + `><sheetViews><sheetView/></sheetViews><cols><col min="1" max="1" width="9"/><col min="3" max="5" hidden="1"/></cols><sheetData>` +
		`<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>1</v></c></row><row r="3" hidden="1"><c r="A3"><v>2</v></c></row><row r="4" hidden="1"/><row r="9" hidden="true"><c r="B9"><v>3</v></c></row><row r="10" hidden="0"><c r="B10"><v>4</v></c></row>` +
		`</sheetData><autoFilter ref="A1:B9"/><mergeCells count="2"><mergeCell ref="A2:B2"/><mergeCell ref="C2:D2"/></mergeCells></worksheet>`}
	tab, found, err := read(pack(t, minimal("", sheet)), table.Limits{})
	require.NoError(t, err)
	require.Equal(t, xlsx.Found{Merged: 2, HiddenColumns: 3}, found)
	tab.UseHeading(0)
	require.Equal(t, 3, tab.Rows())
	require.Equal(t, 2, tab.Hidden())
	require.True(t, tab.IsHidden(0))
	require.True(t, tab.IsHidden(1))
	require.False(t, tab.IsHidden(2))
	require.Equal(t, []int{3, 9, 10}, []int{tab.Number(0), tab.Number(1), tab.Number(2)})
	require.Zero(t, tab.Ragged(), "the file says nothing about empty cells")
}

func TestOtherWritersOfXML(t *testing.T) {
	sheet := "<?xml version=\"1.0\" encoding=\"%s\" standalone=\"yes\"?>\r\n<worksheet " + main + "><sheetData><row><c t=\"inlineStr\"><is><t>é電😀</t></is></c></row></sheetData></worksheet>"
	wide := func(order binary.AppendByteOrder, text string) string {
		var data []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			data = order.AppendUint16(data, unit)
		}
		return string(data)
	}
	long := strings.Replace(fmt.Sprintf(sheet, "utf-16"), "<row>", "<row>"+strings.Repeat("<c/>", 50_000)+"</row><row>", 1)
	for name, text := range map[string]string{
		"UTF-8 with a mark":           "\ufeff" + fmt.Sprintf(sheet, "UTF-8"),
		"UTF-16LE with a mark":        wide(binary.LittleEndian, "\ufeff"+fmt.Sprintf(sheet, "UTF-16")),
		"UTF-16BE with a mark":        wide(binary.BigEndian, "\ufeff"+fmt.Sprintf(sheet, "utf-16")),
		"UTF-16LE without":            wide(binary.LittleEndian, fmt.Sprintf(sheet, "UTF-16")),
		"UTF-16BE without, and large": wide(binary.BigEndian, long),
		"prefixes":                    `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>é電😀</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
		"the strict form":             `<worksheet xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheetData><row><c t="inlineStr"><is><t>é電😀</t></is></c></row></sheetData></worksheet>`,
	} {
		t.Run(name, func(t *testing.T) {
			tab, _, err := read(pack(t, minimal("", parts{"xl/worksheets/sheet1.xml": text})), table.Limits{})
			require.NoError(t, err)
			require.Equal(t, [][]string{{"é電😀"}}, rows(tab))
		})
	}
	_, _, err := read(pack(t, minimal("", parts{"xl/worksheets/sheet1.xml": fmt.Sprintf(sheet, "ISO-8859-1")})), table.Limits{})
	require.ErrorIs(t, err, table.Fail(table.CodeBroken))
}

func TestWhereThePartsAre(t *testing.T) {
	sheet := `<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>`
	strict := "http://purl.oclc.org/ooxml/officeDocument/relationships"
	for name, p := range map[string]parts{
		"elsewhere, by absolute names": {
			"_rels/.rels":             rels(relations+"/metadata/core-properties", "docProps/core.xml", relations+"/officeDocument", "/my/Book.xml"),
			"my/book.xml":             `<x:workbook xmlns:x="m" xmlns:rel="` + relations + `"><x:sheets><x:sheet name="a" sheetId="1" rel:id="rId1"/></x:sheets></x:workbook>`,
			"my/_rels/book.xml.rels":  rels(relations+"/worksheet", "/sheets/a.xml", relations+"/sharedStrings", "/s.xml"),
			"sheets/a.xml":            sheet,
			"s.xml":                   `<sst><si><t>x</t></si></sst>`,
			"docProps/core.xml":       `<a/>`,
			"xl/worksheets/sheet.xml": `<broken`,
		},
		"the strict form": {
			"_rels/.rels":                rels(strict+"/officeDocument", "xl/workbook.xml"),
			"xl/workbook.xml":            `<workbook xmlns:r="` + strict + `"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": rels(strict+"/worksheet", "a.xml", strict+"/sharedStrings", "s.xml"),
			"xl/a.xml":                   sheet,
			"xl/s.xml":                   `<sst><si><t>x</t></si></sst>`,
		},
		"no relations of the package, backslashes, capitals": {
			`XL\workbook.xml`:             `<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			`XL\_rels\workbook.xml.rels`:  rels(relations+"/worksheet", "worksheets/A.xml", relations+"/sharedStrings", "sharedstrings.xml"),
			`XL\worksheets\a.xml`:         sheet,
			`XL\sharedStrings.xml`:        `<sst><si><t>x</t></si></sst>`,
			`XL\worksheets\unrelated.xml`: ``,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "no relations of the package, backslashes, capitals" {
				for part, text := range p {
					delete(p, part)
					p[strings.ReplaceAll(part, `\`, "/")] = text
				}
			}
			tab, _, err := read(pack(t, p), table.Limits{})
			require.NoError(t, err)
			require.Equal(t, [][]string{{"x"}}, rows(tab))
		})
	}
}

// A workbook written byte by byte: stored parts, fields of 64 bits, something in
// front of the archive, a comment behind it.
func TestArchives(t *testing.T) {
	p := minimal(`<row><c><v>7</v></c></row>`)
	for _, tc := range []struct {
		name  string
		front string
		wide  bool
		store bool
		end   string
	}{
		{name: "plain"},
		{name: "stored", store: true},
		{name: "64 bits", wide: true},
		{name: "something in front", front: "#!/bin/sh\n", end: "bye"},
		{name: "something in front, 64 bits", front: "#!/bin/sh\n", wide: true, store: true, end: "PK\x05\x06"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tab, _, err := read(handmade(t, p, tc.front, tc.end, tc.wide, tc.store, nil), table.Limits{})
			require.NoError(t, err)
			require.Equal(t, [][]string{{"7"}}, rows(tab))
		})
	}
}

// entry is what a handmade archive says of a part.
type entry struct {
	flags, method    uint16
	sum              uint32
	packed, unpacked uint64
}

// handmade writes an archive; change may falsify what it says.
func handmade(t testing.TB, p parts, front, end string, wide, store bool, change func(name string, e *entry)) []byte {
	t.Helper()
	put16, put32, put64 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32, binary.LittleEndian.AppendUint64
	file := []byte(front)
	var directory []byte
	count := 0
	for name, text := range p {
		data := []byte(text)
		e := entry{method: 8, sum: crc32.ChecksumIEEE(data), unpacked: uint64(len(data))}
		if store {
			e.method = 0
		} else {
			var packed bytes.Buffer
			w, err := flate.NewWriter(&packed, 9)
			require.NoError(t, err)
			_, err = w.Write(data)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			data = packed.Bytes()
		}
		e.packed = uint64(len(data))
		if change != nil {
			change(name, &e)
		}
		offset := uint64(len(file) - len(front))
		file = append(file, "PK\x03\x04"...)
		file = append(file, make([]byte, 22)...) // what stands here counts for nothing
		file = put16(file, uint16(len(name)))
		file = put16(file, 3)
		file = append(append(append(file, name...), 1, 2, 3), data...)
		var extra []byte
		packed, unpacked, place := uint32(e.packed), uint32(e.unpacked), uint32(offset)
		if wide {
			extra = put64(put64(put64(put16(put16([]byte{9, 9, 1, 0, 0}, 1), 24), e.unpacked), e.packed), offset)
			packed, unpacked, place = 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF
		}
		directory = append(directory, "PK\x01\x02\x14\x00\x14\x00"...)
		directory = put16(put16(directory, e.flags), e.method)
		directory = put32(put32(put32(put32(directory, 0), e.sum), packed), unpacked)
		directory = put16(put16(put16(directory, uint16(len(name))), uint16(len(extra))), 2)
		directory = append(directory, make([]byte, 8)...)
		directory = put32(directory, place)
		directory = append(append(append(directory, name...), extra...), "ok"...)
		count++
	}
	start := uint64(len(file) - len(front))
	file = append(file, directory...)
	n, size, at := uint16(count), uint32(len(directory)), uint32(start)
	if wide {
		record := uint64(len(file) - len(front))
		file = append(file, "PK\x06\x06"...)
		file = put64(file, 44)
		file = append(file, make([]byte, 12)...)
		file = put64(put64(put64(put64(file, uint64(count)), uint64(count)), uint64(len(directory))), start)
		file = append(file, "PK\x06\x07"...)
		file = put32(put64(put32(file, 0), record+uint64(len(front))), 1)
		n, size, at = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
	}
	file = append(file, "PK\x05\x06\x00\x00\x00\x00"...)
	file = put32(put32(put16(put16(file, n), n), size), at)
	return append(put16(file, uint16(len(end))), end...)
}

func TestDamage(t *testing.T) {
	good := pack(t, minimal(`<row><c><v>7</v></c></row>`))
	lie := func(change func(e *entry)) []byte {
		return handmade(t, minimal(`<row><c><v>7</v></c></row>`), "", "", false, false, func(name string, e *entry) {
			if name == "xl/worksheets/sheet1.xml" {
				change(e)
			}
		})
	}
	sheet := func(xml string) []byte { return pack(t, minimal("", parts{"xl/worksheets/sheet1.xml": xml})) }
	for _, tc := range []struct {
		name string
		file []byte
		code string
	}{
		{"nothing", nil, table.CodeBroken},
		{"one byte", []byte("P"), table.CodeBroken},
		{"cut off", good[:len(good)/2], table.CodeBroken},
		{"cut off at the end", good[:len(good)-1], table.CodeBroken},
		{"an empty archive", pack(t, parts{}), table.CodeBinary},
		{"an archive of something else", pack(t, parts{"word/document.xml": "<a/>", "_rels/.rels": rels(relations+"/officeDocument", "word/doc.xml")}), table.CodeBinary},
		{"a binary workbook", pack(t, parts{"xl/workbook.bin": "x", "_rels/.rels": rels(relations+"/officeDocument", "xl/workbook.bin")}), table.CodeMacro},
		{"an OpenDocument spreadsheet", pack(t, parts{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), table.CodeODS},
		{"a flat OpenDocument spreadsheet", []byte("<?xml version=\"1.0\"?>\n<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">"), table.CodeODS},
		{"XML of 2003", []byte("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>"), table.CodeOldExcel},
		{"a web page called .xls", []byte("\ufeff\n<HTML><body><table>"), table.CodeOldExcel},
		{"old Excel", compound("Workbook"), table.CodeOldExcel},
		{"a password", compound("EncryptionInfo", "DataSpaces", "x", "y", "EncryptedPackage"), table.CodeLocked},
		{"a compound file that is cut off", compound("Workbook")[:600], table.CodeOldExcel},
		{"older Excel", []byte{9, 8, 16, 0, 0, 6, 5, 0}, table.CodeOldExcel},
		{"encrypted parts", lie(func(e *entry) { e.flags |= 1 }), table.CodeLocked},
		{"another way of storing", lie(func(e *entry) { e.method = 12 }), table.CodeBroken},
		{"longer than it says", lie(func(e *entry) { e.unpacked -= 10 }), table.CodeBroken},
		{"shorter than it says", lie(func(e *entry) { e.unpacked += 10 }), table.CodeBroken},
		{"longer than there is", lie(func(e *entry) { e.packed += 1 << 20 }), table.CodeBroken},
		{"a wrong checksum", lie(func(e *entry) { e.sum++ }), table.CodeBroken},
		{"no sheet", pack(t, minimal("", parts{"xl/workbook.xml": "<workbook><sheets/></workbook>"})), table.CodeNoSheet},
		{"no rows", sheet("<worksheet/>"), table.CodeEmpty},
		{"no XML", sheet("name,phone\n"), table.CodeEmpty},
		{"a document type", sheet(`<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>`), table.CodeBroken},
		{"XML that is cut off", sheet("<worksheet><sheetData><row><c><v>1</v>"), table.CodeBroken},
		{"a tag that is cut off", sheet("<worksheet><sheetData><row"), table.CodeBroken},
		{"an attribute that is cut off", sheet(`<worksheet><sheetData><row r="1></row></sheetData>`), table.CodeBroken},
		{"a comment that is cut off", sheet("<worksheet><!-- "), table.CodeBroken},
		{"ends without beginnings", sheet("<worksheet></worksheet></worksheet>"), table.CodeBroken},
		{"nested too deeply", sheet("<worksheet>" + strings.Repeat("<a>", 1000)), table.CodeBroken},
		{"cells that are not in order", sheet(`<worksheet><sheetData><row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData></worksheet>`), table.CodeBroken},
		{"two cells in one place", sheet(`<worksheet><sheetData><row><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData></worksheet>`), table.CodeBroken},
		{"a place that is none", sheet(`<worksheet><sheetData><row><c r="?"><v>1</v></c></row></sheetData></worksheet>`), table.CodeBroken},
		{"a row that is none", sheet(`<worksheet><sheetData><row r="0"><c><v>1</v></c></row></sheetData></worksheet>`), table.CodeBroken},
		{"a shared string that is not there", sheet(`<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>`), table.CodeBroken},
		{"a number for a shared string that is none", pack(t, minimal(`<row><c t="s"><v>-1</v></c></row>`, shared(`<si><t>a</t></si>`))), table.CodeBroken},
		{"no relations of the workbook", pack(t, minimal("", parts{"xl/_rels/workbook.xml.rels": ""})), table.CodeNoSheet},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := read(tc.file, table.Limits{})
			require.ErrorIs(t, err, table.Fail(tc.code))
		})
	}
}

// compound makes the beginning of a compound file (MS-CFB) with those names in
// its directory, whose sectors follow one another by the table of sectors.
func compound(names ...string) []byte {
	const sector, entry = 512, 128
	file := make([]byte, sector)
	copy(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	put := binary.LittleEndian
	put.PutUint16(file[30:], 9)
	put.PutUint32(file[48:], 2) // where the directory begins
	put.PutUint32(file[76:], 0) // where the table of sectors is
	fat := bytes.Repeat([]byte{0xFF}, sector)
	var directory []byte
	for _, name := range append([]string{"Root Entry"}, names...) {
		e := make([]byte, entry)
		for i, unit := range utf16.Encode([]rune(name)) {
			put.PutUint16(e[2*i:], unit)
		}
		directory = append(directory, e...)
	}
	file = append(file, fat...)
	file = append(file, make([]byte, sector)...)
	for at, n := 0, 2; at < len(directory); at, n = at+sector, n+1 {
		file = append(file, directory[at:min(at+sector, len(directory))]...)
		put.PutUint32(file[sector+4*n:], uint32(n+1))
	}
	file = append(file, make([]byte, sector)...)
	put.PutUint32(file[sector+4*((len(file)-sector)/sector-1):], 0xFFFFFFFE)
	return file
}

func TestLimits(t *testing.T) {
	var many strings.Builder
	for i := range 50 {
		fmt.Fprintf(&many, `<row r="%d"><c t="inlineStr"><is><t>0123456789</t></is></c><c><v>1</v></c></row>`, i+1)
	}
	file := pack(t, minimal(many.String()))
	long := pack(t, minimal(`<row r="3"><c t="s"><v>0</v></c></row>`, shared(`<si><t>`+strings.Repeat("x", 200)+`</t></si>`)))
	runs := pack(t, minimal(`<row><c t="inlineStr"><is>`+strings.Repeat(`<r><t>0123456789</t></r>`, 20)+`</is></c></row>`))
	for _, tc := range []struct {
		name   string
		file   []byte
		limits table.Limits
		want   *table.Error
	}{
		{"rows", file, table.Limits{Rows: 49}, table.Fail(table.CodeRows, "max", "49")},
		{"cells", file, table.Limits{Cells: 99}, table.Fail(table.CodeCells, "max", "99")},
		{"columns", file, table.Limits{Columns: 1}, table.Fail(table.CodeColumns, "max", "1", "row", "1")},
		{"columns, by a gap", pack(t, minimal(`<row r="5"><c r="XFD5"><v>1</v></c></row>`)), table.Limits{}, table.Fail(table.CodeColumns, "max", "2000", "row", "5")},
		{"a long cell", long, table.Limits{CellBytes: 199}, table.Fail(table.CodeCell, "max", "199", "row", "3")},
		{"a long cell in runs", runs, table.Limits{CellBytes: 100}, table.Fail(table.CodeCell, "max", "100", "row", "1")},
		{"the size of the file", file, table.Limits{Bytes: int64(len(file)) - 1}, table.Fail(table.CodeBytes, "max", fmt.Sprint(len(file)-1))},
		{"what is unzipped, as the file says", file, table.Limits{Unzipped: 3000}, table.Fail(table.CodeUnzipped, "max", "3000")},
		{"parts", file, table.Limits{Entries: 3}, table.Fail(table.CodeEntries, "max", "3")},
		{"sheets", pack(t, minimal("", parts{"xl/workbook.xml": `<workbook ` + named + `><sheets>` + strings.Repeat(`<sheet name="a" r:id="rId1"/>`, 9) + `</sheets></workbook>`})), table.Limits{Entries: 8},
			table.Fail(table.CodeEntries, "max", "8")},
		{"relations", pack(t, minimal("", parts{"_rels/.rels": rels(strings.Split(strings.Repeat("a,b,", 9)+"a,b", ",")...)})), table.Limits{Entries: 8}, table.Fail(table.CodeEntries, "max", "8")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := read(tc.file, tc.limits)
			got := (*table.Error)(nil)
			require.ErrorAs(t, err, &got)
			require.Equal(t, tc.want.Code, got.Code)
			require.Equal(t, tc.want.Params, got.Params)
		})
	}
}

// bomb is a workbook whose sheet grows a thousand times and says so, or not.
func bomb(t testing.TB, size int, honest bool) []byte {
	text := `<worksheet><sheetData>` + strings.Repeat("<row/>", size/6) + `</sheetData></worksheet>`
	return handmade(t, minimal("", parts{"xl/worksheets/sheet1.xml": text}), "", "", false, false, func(name string, e *entry) {
		if name == "xl/worksheets/sheet1.xml" && !honest {
			e.unpacked = 100
		}
	})
}

func TestBombs(t *testing.T) {
	_, _, err := read(bomb(t, 64<<20, true), table.Limits{})
	require.ErrorIs(t, err, table.Fail(table.CodeRatio))
	_, _, err = read(bomb(t, 64<<20, true), table.Limits{Unzipped: 1 << 20})
	require.ErrorIs(t, err, table.Fail(table.CodeUnzipped))
	_, _, err = read(bomb(t, 64<<20, false), table.Limits{})
	require.ErrorIs(t, err, table.Fail(table.CodeBroken))

	// Small parts that together are too much: the limit counts what is unzipped, whatever it is.
	p := minimal(`<row><c t="s"><v>0</v></c></row>`, shared(`<si><t>a</t></si>`, strings.Repeat(" ", 600<<10)), parts{"xl/styles.xml": `<styleSheet>` + strings.Repeat(" ", 600<<10) + `</styleSheet>`})
	_, _, err = read(pack(t, p), table.Limits{Unzipped: 1 << 20})
	require.ErrorIs(t, err, table.Fail(table.CodeUnzipped))

	// Much that grows little is no bomb, and neither is a little that grows much.
	tab, _, err := read(pack(t, minimal(`<row><c><v>1</v></c></row>`+strings.Repeat(`<row/>`, 1<<20))), table.Limits{})
	require.NoError(t, err)
	require.Equal(t, 1, tab.Width())

	// More formats than there can be: the others show numbers as they are.
	formats := parts{"xl/styles.xml": `<styleSheet><cellXfs>` + strings.Repeat(`<xf numFmtId="14"/>`, 70_000) + `</cellXfs></styleSheet>`}
	tab, _, err = read(pack(t, minimal(`<row><c s="65535"><v>46347</v></c><c s="65536"><v>46347</v></c></row>`, formats)), table.Limits{})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"2026-11-21", "46347"}}, rows(tab))

	// Few strings that many cells show.
	one := shared(`<si><t>` + strings.Repeat("x", 32_000) + `</t></si>`)
	_, _, err = read(pack(t, minimal(strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 1000), one)), table.Limits{Bytes: 16 << 20})
	require.ErrorIs(t, err, table.Fail(table.CodeBytes))
}

func TestProgress(t *testing.T) {
	file := pack(t, minimal(strings.Repeat(`<row><c><v>1</v></c></row>`, 20_000), shared(`<si><t>`+strings.Repeat("x", 1000)+`</t></si>`)))
	book, err := open(file, table.Limits{})
	require.NoError(t, err)
	var all, last int64
	_, _, err = book.Read(xlsx.Options{Progress: func(done, total int64) error {
		require.GreaterOrEqual(t, done, last)
		require.LessOrEqual(t, done, total)
		last, all = done, total
		return nil
	}})
	require.NoError(t, err)
	require.Greater(t, last, all*9/10)

	enough := errors.New("enough")
	calls := 0
	_, _, err = book.Read(xlsx.Options{Progress: func(done, total int64) error {
		if calls++; calls == 3 {
			return enough
		}
		return nil
	}})
	require.Equal(t, enough, err)
	require.Equal(t, 3, calls)
	_, _, err = book.Read(xlsx.Options{})
	require.NoError(t, err, "another try starts anew")
}

func TestLooks(t *testing.T) {
	require.True(t, xlsx.Looks(pack(t, minimal(""))))
	require.True(t, xlsx.Looks(pack(t, parts{})))
	require.True(t, xlsx.Looks(compound("Workbook")))
	require.True(t, xlsx.Looks([]byte("<html>")))
	for _, text := range []string{"", "name,phone\n", "P", "PK,1\n", "[{}]", "\tx\n", "<name>,1\n", "\t\x00a\x00"} {
		require.False(t, xlsx.Looks([]byte(text)), text)
	}
}
