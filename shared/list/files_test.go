package list_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"

	"outdial/shared/list/csv"
	"outdial/shared/list/encoding"
	"outdial/shared/list/jsonrows"
	"outdial/shared/list/table"
	"outdial/shared/list/xlsx"
)

// The files of testdata are what LibreOffice saves, and what else people have:
// testdata/README.md says how they were made.
func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}

// rows gives all rows, the heading first.
func rows(tab *table.Table) [][]string {
	tab.UseHeading(-1)
	all := make([][]string, tab.Rows())
	for row := range all {
		all[row] = []string{}
		for column := range tab.Len(row) {
			all[row] = append(all[row], string(tab.Cell(row, column)))
		}
	}
	return all
}

// whole decodes Big5 and GB18030, which a browser does by itself.
type whole struct {
	transform.Transformer
	rest []byte
}

func (w *whole) Decode(text, piece []byte, last bool) ([]byte, error) {
	w.rest = append(w.rest, piece...)
	if !last {
		return text, nil
	}
	out, _, err := transform.Bytes(w.Transformer, w.rest)
	w.rest = nil
	return append(text, out...), err
}

func foreign(name encoding.Name) (encoding.Decoder, error) {
	if name == encoding.Big5 {
		return &whole{Transformer: traditionalchinese.Big5.NewDecoder()}, nil
	}
	return &whole{Transformer: simplifiedchinese.GB18030.NewDecoder()}, nil
}

func TestFilesInEveryEncoding(t *testing.T) {
	taiwan := [][]string{{"姓名", "電話", "地址"}, {"王小明", "0912345678", "台北市信義區"}, {"陳美玲", "+886223456789", "高雄市左營區"},
		{"林怡君", "0922333444", "臺中市西屯區"}, {"王小明", "+886 912 345 678", "同一個號碼"}}
	saved := [][]string{{"姓名", "電話", "地址", "備註"}, {"王小明", "0912345678", "台北市信義區", "晚上, 六點後"}, {"陳美玲", "+886 2 2345 6789", "高雄市左營區", ""},
		{"林怡君", "912345679", "臺中市西屯區", "請先傳簡訊"}, {"張家豪", "0912-345-678", "新北市板橋區", "與第一筆相同"}}
	for _, tc := range []struct {
		name string
		in   encoding.Name
		sure bool
		sign byte
		want [][]string
	}{
		{"utf-8.csv", encoding.UTF8, true, ',', taiwan},
		{"utf-8-bom.csv", encoding.UTF8, true, ',', taiwan},
		{"utf-16le-bom.csv", encoding.UTF16LE, true, ',', taiwan},
		{"utf-16be-bom.csv", encoding.UTF16BE, true, ',', taiwan},
		{"utf-16le.csv", encoding.UTF16LE, false, ',', taiwan},
		{"utf-16be.csv", encoding.UTF16BE, false, ',', taiwan},
		{"big5.csv", encoding.Big5, false, ',', taiwan},
		{"gb18030.csv", encoding.GB18030, false, ',', [][]string{{"姓名", "手机号码", "城市"}, {"张伟", "13800138000", "北京市朝阳区"}, {"李娜", "+86 139 0013 9000", "深圳市福田区"},
			{"王芳", "13700137000", "杭州市西湖区"}, {"镕哥", "13600136000", "㐂"}}},
		{"windows-1252.csv", encoding.Windows1252, false, ';', [][]string{{"Prénom", "Téléphone", "Ville"}, {"Rémi", "06 12 34 56 78", "Orléans"}, {"Chloé", "+33612345679", "Sète"},
			{"François", "0612345680", "Besançon"}, {"Anne-Élise", "0612345681", "« Bœuf-sur-Œuvre » – 5 €"}}},
		{"libreoffice-utf-8.tsv", encoding.UTF8, true, '\t', saved},
		{"libreoffice-utf-16.csv", encoding.UTF16LE, true, ',', saved},
		{"libreoffice-big5.csv", encoding.Big5, false, ',', saved},
		{"libreoffice-gb18030.csv", encoding.GB18030, false, ',', [][]string{{"姓名", "电话", "城市"}, {"张伟", "13800138000", "北京市朝阳区"}, {"李娜", "+86 139 0013 9000", "深圳市福田区"},
			{"王芳", "013700137000", "杭州市西湖区"}}},
		{"libreoffice-windows-1252.csv", encoding.Windows1252, false, ';', [][]string{{"Nom", "Téléphone", "Ville", "Solde"}, {"Rémi Lefèvre", "06 12 34 56 78", "Orléans", "1,50"},
			{"Chloé Bœuf", "+33 6 12 34 56 79", "Sète", "12,00"}, {"François Noël", "612345680", "Besançon", "0,75"}, {"O’Brien « l’aîné »", "0033612345681", "Évreux", "3,00 €"}}},
		{"libreoffice-lost-zero.csv", encoding.UTF8, true, ',', [][]string{saved[0], {"王小明", "912345678", "台北市信義區", "晚上, 六點後"}, saved[2], saved[3], saved[4]}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := file(t, tc.name)
			i := &encoding.Inspector{}
			_, err := i.Write(data)
			require.NoError(t, err)
			i.End()
			name, sure := i.Sure()
			require.Equal(t, tc.sure, sure)
			if !sure {
				found, err := i.Candidates(foreign, encoding.Hints{})
				require.NoError(t, err)
				name = found[0].Name
			}
			require.Equal(t, tc.in, name)
			d, err := encoding.NewDecoder(name, foreign)
			require.NoError(t, err)
			text, err := d.Decode(nil, data, true)
			require.NoError(t, err)
			got, found := readCSV(t, text)
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.sign, found.Delimiter)
		})
	}
}

func readCSV(t *testing.T, text []byte) ([][]string, csv.Found) {
	t.Helper()
	r := csv.NewReader(csv.Options{})
	_, err := r.Write(text)
	require.NoError(t, err)
	tab, found, err := r.Finish()
	require.NoError(t, err)
	return rows(tab), found
}

func TestFilesOfText(t *testing.T) {
	for name, want := range map[string][][]string{
		"quoted.csv":           {{"name", "phone", "note"}, {"Doe, Ana", "+886912345678", "says \"hi\",\r\nthen leaves"}, {"Ng", "0912345679", ""}},
		"ragged.csv":           {{"name", "phone", "note"}, {"Ana", "0912345678"}, {"Bo", "0912345679", "x", "too", "many"}, {""}, {"Cy", "0912345680", ""}},
		"unclosed.csv":         {{"name", "phone"}, {"Ana", "0912345678"}, {`"Bo`, "0912345679"}, {"Cy", "0912345680"}},
		"semicolon.csv":        {{"nom", "tél", "solde"}, {"Rémi", "0612345678", "1,50"}, {"Chloé", "0612345679", "2,75"}},
		"bars.txt":             {{"name", "phone", "note"}, {"Ana", "0912345678", "a,b;c"}, {"Bo", "0912345679", "d"}},
		"pasted.tsv":           {{"Name", "Phone", "Note"}, {"Doe, Ana", "0912345678", "two\nlines"}, {"Bo", "0912345679", ""}},
		"carriage-returns.csv": {{"name", "phone"}, {"Ana", "0912345678"}, {"Bo", "0912345679"}},
		"several-phones.csv":   {{"name", "mobile", "home", "country"}, {"Ana", "0912345678", "", "TW"}, {"Bo", "none", "+33 1 23 45 67 89", "FR"}, {"Cy", "", "(415) 555-0100", "US"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := readCSV(t, file(t, name))
			require.Equal(t, want, got)
		})
	}
	damage, _ := readCSV(t, file(t, "damage.csv"))
	require.Len(t, damage, 35)
	require.Equal(t, []string{"line break", "0912\n345698"}, damage[34])
}

func TestFilesOfJSON(t *testing.T) {
	for _, name := range []string{"list.json", "lines.jsonl"} {
		data := file(t, name)
		r := jsonrows.NewReader(table.Limits{}, int64(len(data)))
		_, err := r.Write(data)
		require.NoError(t, err)
		tab, lines, err := r.Finish()
		require.NoError(t, err)
		require.Equal(t, strings.HasSuffix(name, "l"), lines)
		require.Equal(t, 3, tab.Rows())
		byHeading := map[string]string{}
		for column := range tab.Width() {
			byHeading[tab.Heading(column)] = string(tab.Cell(1, column))
		}
		require.Equal(t, "886912345679", byHeading["phone"])
		require.Equal(t, "Bo", byHeading["name"])
	}
}

func TestWorkbookOfLibreOffice(t *testing.T) {
	data := file(t, "libreoffice.xlsx")
	book, err := xlsx.Open(bytes.NewReader(data), int64(len(data)), table.Limits{})
	require.NoError(t, err)
	sheets := book.Sheets()
	require.Len(t, sheets, 3)
	require.Equal(t, "Customers 客戶", sheets[0].Name)
	require.Equal(t, 6, sheets[0].Rows)
	require.Equal(t, []bool{false, false, true}, []bool{sheets[0].Hidden, sheets[1].Hidden, sheets[2].Hidden})
	require.Zero(t, book.Active())

	tab, found, err := book.Read(xlsx.Options{})
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"Name", "Phone", "Mobile", "International", "Expires", "Seen", "Call after", "Agreed", "Score", "Note"},
		{"王小明", "14155550100", "0912345678", "+886912345678", "2026-11-21", "2026-11-21T14:30:00", "08:15:00", "TRUE", "0.25", "first line\nsecond <line> & \"more\""},
		{"Rémi Lefèvre", "+33 6 12 34 56 78", "", "", "", "", "", "", "", "hidden by a filter"},
		{"王小明!", "14155550101", "#DIV/0!", "merged", "", "", "", "", "", " spaces "},
	}, rows(tab))
	require.Equal(t, xlsx.Found{Formulas: 4, Errors: 1, Dates: 3, Merged: 1, HiddenColumns: 1}, found)
	tab.UseHeading(0)
	require.Equal(t, 1, tab.Hidden())
	require.True(t, tab.IsHidden(1))
	require.Equal(t, 6, tab.Number(2))

	tab, _, err = book.Read(xlsx.Options{Sheet: 1})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"phone"}, {"886912345678"}}, rows(tab))

	data = file(t, "libreoffice-text.xlsx")
	book, err = xlsx.Open(bytes.NewReader(data), int64(len(data)), table.Limits{})
	require.NoError(t, err)
	tab, found, err = book.Read(xlsx.Options{})
	require.NoError(t, err)
	require.Zero(t, found)
	require.Equal(t, []string{"O’Brien « l’aîné »", "0033612345681", "Évreux", "3,00 €"}, rows(tab)[4])
}

func TestFilesRefused(t *testing.T) {
	for name, code := range map[string]string{
		"libreoffice.xls":  table.CodeOldExcel,
		"libreoffice.ods":  table.CodeODS,
		"libreoffice.fods": table.CodeODS,
		"password.xlsx":    table.CodeLocked,
		"bomb.xlsx":        table.CodeRatio,
		"lies.xlsx":        table.CodeBroken,
		"cut-off.xlsx":     table.CodeBroken,
	} {
		t.Run(name, func(t *testing.T) {
			data := file(t, name)
			require.True(t, xlsx.Looks(data[:min(512, len(data))]))
			book, err := xlsx.Open(bytes.NewReader(data), int64(len(data)), table.Limits{})
			if err == nil {
				_, _, err = book.Read(xlsx.Options{})
			}
			require.ErrorIs(t, err, table.Fail(code))
		})
	}
	i := &encoding.Inspector{}
	_, err := i.Write(file(t, "picture.csv"))
	require.NoError(t, err)
	i.End()
	require.True(t, i.IsBinary())

	data := file(t, "nested.json")
	r := jsonrows.NewReader(table.Limits{}, int64(len(data)))
	_, err = r.Write(data)
	if err == nil {
		_, _, err = r.Finish()
	}
	require.ErrorIs(t, err, table.Fail(table.CodeNoObjects))
}
