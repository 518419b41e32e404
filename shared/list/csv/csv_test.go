package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/csv"
	"outdial/shared/list/table"
)

// read reads a file in pieces of that size and gives all its rows.
func read(t testing.TB, file string, o csv.Options, piece int) ([][]string, csv.Found, *table.Table) {
	t.Helper()
	r := csv.NewReader(o)
	for rest := file; len(rest) > 0; {
		n := min(piece, len(rest))
		_, err := r.Write([]byte(rest[:n]))
		require.NoError(t, err)
		rest = rest[n:]
	}
	tab, found, err := r.Finish()
	require.NoError(t, err)
	return rows(tab), found, tab
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

func TestReader(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       [][]string
		found      csv.Found
	}{
		{"plain", "a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"no line end at the end", "a,b\n1,2", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"CRLF", "a,b\r\n1,2\r\n", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"CR alone", "a,b\r1,2\r", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"a mark of byte order", "\ufeffa,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"quoted", "\"a\",\"b,c\"\n\"1\",\"2\"\n", [][]string{{"a", "b,c"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"a quoted line break", "a,b\n\"1\r\n2\",3\n", [][]string{{"a", "b"}, {"1\r\n2", "3"}}, csv.Found{Delimiter: ','}},
		{"doubled quotes", "a,b\n\"say \"\"hi\"\"\",\"\"\n", [][]string{{"a", "b"}, {`say "hi"`, ""}}, csv.Found{Delimiter: ','}},
		{"nothing but doubled quotes", "a,b\n\"\"\"\"\"\"\"\"\"\"\"\",x\n", [][]string{{"a", "b"}, {`"""""`, "x"}}, csv.Found{Delimiter: ','}},
		{"spaces before a quote", "a, \"b,c\"\n1, 2\n", [][]string{{"a", "b,c"}, {"1", " 2"}}, csv.Found{Delimiter: ','}},
		{"spaces behind a quote", "\"a\" ,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"a quote inside a cell", "size,b\n5\" pipe,2\n", [][]string{{"size", "b"}, {`5" pipe`, "2"}}, csv.Found{Delimiter: ','}},
		{"text behind a closing quote", "a,b\n\"x\"y z,2\n", [][]string{{"a", "b"}, {"xy z", "2"}}, csv.Found{Delimiter: ',', Trailing: 1, Line: 2}},
		{"a quote that nothing closes", "a,b\n\"x,2\n3,4\n", [][]string{{"a", "b"}, {`"x`, "2"}, {"3", "4"}}, csv.Found{Delimiter: ',', Unclosed: 1, Line: 2}},
		{"a quote as the last sign", "a,b\n1,\"", [][]string{{"a", "b"}, {"1", `"`}}, csv.Found{Delimiter: ',', Unclosed: 1, Line: 2}},
		{"a delimiter as the last sign", "a,b\n1,", [][]string{{"a", "b"}, {"1", ""}}, csv.Found{Delimiter: ','}},
		{"a closing quote as the last sign", "a,b\n1,\"2\"", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"ragged", "a,b,c\n1\n1,2,3,4\n", [][]string{{"a", "b", "c"}, {"1"}, {"1", "2", "3", "4"}}, csv.Found{Delimiter: ','}},
		{"a blank line in the middle", "a,b\n\n1,2\n", [][]string{{"a", "b"}, {""}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"blank lines at the end", "a,b\n1,2\n\n,\n \n", [][]string{{"a", "b"}, {"1", "2"}}, csv.Found{Delimiter: ','}},
		{"semicolons and decimal commas", "nom;prix;tel\nA;1,5;0612\nB;2,5;0613\n", [][]string{{"nom", "prix", "tel"}, {"A", "1,5", "0612"}, {"B", "2,5", "0613"}}, csv.Found{Delimiter: ';'}},
		{"semicolons, decimal commas, no heading", "1,5;2,5\n3,5;4,5\n", [][]string{{"1,5", "2,5"}, {"3,5", "4,5"}}, csv.Found{Delimiter: ';'}},
		{"a pasted block", "name\tphone\nDoe, Ana\t0912\nNg, Bo\t0913\n", [][]string{{"name", "phone"}, {"Doe, Ana", "0912"}, {"Ng, Bo", "0913"}}, csv.Found{Delimiter: '\t'}},
		{"bars", "a|b\n1|2,3\n", [][]string{{"a", "b"}, {"1", "2,3"}}, csv.Found{Delimiter: '|'}},
		{"commas within quotes do not count", "a;b\n\"1,2,3\";4\n\"1\";2\n", [][]string{{"a", "b"}, {"1,2,3", "4"}, {"1", "2"}}, csv.Found{Delimiter: ';'}},
		{"one column", "phone\n0912\n0913\n", [][]string{{"phone"}, {"0912"}, {"0913"}}, csv.Found{Delimiter: ','}},
		{"the delimiter named in the first line", "sep=|\na|b\n", [][]string{{"a", "b"}}, csv.Found{Delimiter: '|', Named: true}},
		{"named and quoted", "\"sep=;\"\r\na;b,c\r\n", [][]string{{"a", "b,c"}}, csv.Found{Delimiter: ';', Named: true}},
		{"sep= with something else", "sep=ab\nx,y\n", [][]string{{"sep=ab"}, {"x", "y"}}, csv.Found{Delimiter: ','}},
	} {
		for _, piece := range []int{1 << 20, 1, 3} {
			t.Run(fmt.Sprint(tc.name, "/", piece), func(t *testing.T) {
				got, found, _ := read(t, tc.file, csv.Options{}, piece)
				require.Equal(t, tc.want, got)
				require.Equal(t, tc.found, found)
			})
		}
	}
}

// A guard that is taken off a cell leaves the cells beside it as they are,
// however they are quoted and wherever a piece ends.
func TestGuardsAreTakenOffBetweenTheirNeighbours(t *testing.T) {
	for _, neighbour := range []string{"Anna", "", "'", "'x", "'=1", "two words", `say "hi"`, "a,b", "a\nb"} {
		for _, guarded := range []string{"'+14155552100", "'=1+1", "'-5", "'@x", "'=a,b", `'="x"`} {
			for _, quoted := range []bool{false, true} {
				want := [][]string{{"name", "phone", "city"}, {neighbour, guarded, neighbour}, {guarded, neighbour, guarded}, {guarded, guarded, neighbour}}
				var file strings.Builder
				for _, row := range want {
					for i, cell := range row {
						if i > 0 {
							file.WriteByte(',')
						}
						if quoted || strings.ContainsAny(cell, "\",\n") {
							cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
						}
						file.WriteString(cell)
					}
					file.WriteByte('\n')
				}
				for _, row := range want {
					for i, cell := range row {
						if len(cell) > 1 && cell[0] == '\'' && strings.ContainsAny(cell[1:2], "=+-@") {
							row[i] = cell[1:]
						}
					}
				}
				for _, piece := range []int{1, 7, 1 << 20} {
					got, _, _ := read(t, file.String(), csv.Options{Delimiter: ','}, piece)
					require.Equal(t, want, got, "%q in pieces of %d", file.String(), piece)
				}
			}
		}
	}
}

func TestReaderTellsRaggedAndBlankRows(t *testing.T) {
	_, _, tab := read(t, "a,b,c\n1,2,3\n1,2\n\n1,2,3,\n1,2,3,4\n,,\n \n", csv.Options{}, 5)
	tab.UseHeading(0)
	require.Equal(t, 5, tab.Rows())
	require.Equal(t, 2, tab.Blank())
	require.Equal(t, 2, tab.Ragged(), "one too short, one too long; an empty cell too many is none")
	require.True(t, tab.IsBlank(2))
	require.False(t, tab.IsBlank(3))
	require.Equal(t, 6, tab.Number(4))
}

func TestReaderOverManyPieces(t *testing.T) {
	var file strings.Builder
	var want [][]string
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var row []string
		for range 4 {
			text := strings.Repeat("x,\"\r\n電é"[random.IntN(3):], random.IntN(3))
			text = strings.ToValidUTF8(text, "?")
			row = append(row, text)
		}
		row[0] = "r"
		want = append(want, row)
		for i, text := range row {
			if i > 0 {
				file.WriteByte(';')
			}
			file.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
		}
		file.WriteString("\r\n")
	}
	for _, piece := range []int{1 << 10, 16<<10 + 1, 1 << 20} {
		got, found, _ := read(t, file.String(), csv.Options{}, piece)
		require.Equal(t, want, got, piece)
		require.Equal(t, csv.Found{Delimiter: ';'}, found)
	}
}

func TestLimits(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		limits     table.Limits
		code       string
	}{
		{"rows", "a\n1\n2\n", table.Limits{Rows: 2}, table.CodeRows},
		{"cells", "a,b\n1,2\n", table.Limits{Cells: 3}, table.CodeCells},
		{"columns", "a,b,c\n", table.Limits{Columns: 2}, table.CodeColumns},
		{"a long cell", "a\n" + strings.Repeat("x", 11) + "\n", table.Limits{CellBytes: 10}, table.CodeCell},
		{"a long quoted cell", "a\n\"" + strings.Repeat("x", 8) + "\"yyyyy\n", table.Limits{CellBytes: 10}, table.CodeCell},
		{"bytes", "a,b\n1,2\n", table.Limits{Bytes: 7}, table.CodeBytes},
		{"nothing", "", table.Limits{}, table.CodeEmpty},
		{"nothing but blank rows", "\n,,\n \n", table.Limits{}, table.CodeEmpty},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := csv.NewReader(csv.Options{Limits: tc.limits})
			_, err := r.Write([]byte(tc.file))
			if err == nil {
				_, _, err = r.Finish()
			}
			require.ErrorIs(t, err, table.Fail(tc.code))
		})
	}
	r := csv.NewReader(csv.Options{Limits: table.Limits{Columns: 10}})
	_, err := r.Write([]byte(strings.Repeat("1,", 100_000)))
	require.ErrorIs(t, err, table.Fail(table.CodeColumns), "a row without end is refused before it is held")
	got, _, _ := read(t, "a\n1\n\n\n\n", csv.Options{Limits: table.Limits{Rows: 2}}, 100)
	require.Len(t, got, 2, "blank rows at the end do not count")
}

// A quote that nothing closes swallows no more than a cell may hold, and is then
// told and taken for text.
func TestUnclosedQuoteInALongFile(t *testing.T) {
	file := "a,b\n\"x,1\n" + strings.Repeat("y,2\n", 10_000)
	got, found, _ := read(t, file, csv.Options{Limits: table.Limits{CellBytes: 100}}, 1000)
	require.Len(t, got, 10_002)
	require.Equal(t, []string{`"x`, "1"}, got[1])
	require.Equal(t, csv.Found{Delimiter: ',', Unclosed: 1, Line: 2}, found)
}

// What the standard reader reads without complaint, this one reads alike.
func FuzzReader(f *testing.F) {
	f.Add("a,b\n1,2\n", uint(3))
	f.Add("\"a\"\"\",\"b\r\n\"\r\n\n1,\"2\"", uint(1))
	f.Add("\"x,2\n3,\"4\"5\n", uint(7))
	f.Add(" \"a\" ,b\r1", uint(2))
	f.Fuzz(func(t *testing.T, file string, piece uint) {
		r := csv.NewReader(csv.Options{Delimiter: ',', Limits: table.Limits{CellBytes: 1 << 10}})
		size := int(piece%64) + 1
		for rest := []byte(file); len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := r.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
		tab, found, err := r.Finish()
		if err != nil {
			return
		}
		got := rows(tab)
		if found.Named || found.Trailing > 0 || found.Unclosed > 0 || strings.HasPrefix(file, "\ufeff") {
			return
		}
		std := stdcsv.NewReader(strings.NewReader(file))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || strings.Contains(file, "\r") || strings.Contains(file, " ") {
			return // the standard reader knows no CR alone and no spaces around quotes
		}
		for i := len(got) - 1; i >= 0; i-- {
			if len(got[i]) == 1 && got[i][0] == "" {
				got = append(got[:i], got[i+1:]...) // it leaves out empty lines
			}
		}
		n := 0
		for _, row := range want {
			if len(row) == 1 && row[0] == "" {
				continue
			}
			want[n] = row
			n++
		}
		want = want[:n]
		for len(want) > len(got) && strings.TrimSpace(strings.Join(want[len(want)-1], "")) == "" {
			want = want[:len(want)-1]
		}
		require.Equal(t, fmt.Sprint(want), fmt.Sprint(got))
	})
}

// contacts makes a list of six columns, about 70 bytes a row.
func contacts(rows int, quote bool) []byte {
	random := rand.New(rand.NewPCG(5, 6))
	var b bytes.Buffer
	b.WriteString("id,name,phone,email,city,amount\n")
	for i := range rows {
		name := [...]string{"Ana Ng", "王小明", "Rémi Dupont", "Bo Li", "Chloé Martin"}[random.IntN(5)]
		if quote {
			fmt.Fprintf(&b, "\"%d\",\"%s\",\"09%08d\",\"user%d@example.com\",\"Taipei, North\",\"%d.50\"\n", i, name, random.IntN(1e8), i, random.IntN(1e4))
			continue
		}
		fmt.Fprintf(&b, "%d,%s,09%08d,user%d@example.com,Taipei,%d.50\n", i, name, random.IntN(1e8), i, random.IntN(1e4))
	}
	return b.Bytes()
}

// The figure to look at is MB/s; the standard library beside it.
func BenchmarkCSV(b *testing.B) {
	for _, bm := range []struct {
		name  string
		quote bool
	}{{"plain", false}, {"quoted", true}} {
		file := contacts(100_000, bm.quote)
		b.Run(bm.name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				r := csv.NewReader(csv.Options{Size: int64(len(file))})
				for rest := file; len(rest) > 0; {
					n := min(64<<10, len(rest))
					if _, err := r.Write(rest[:n]); err != nil {
						b.Fatal(err)
					}
					rest = rest[n:]
				}
				if _, _, err := r.Finish(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bm.name+"/encoding-csv", func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := stdcsv.NewReader(bytes.NewReader(file)).ReadAll(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A million rows of six cells take the text and little beside it.
func TestSizeOfATable(t *testing.T) {
	file := contacts(50_000, false)
	r := csv.NewReader(csv.Options{Size: int64(len(file))})
	_, err := r.Write(file)
	require.NoError(t, err)
	tab, _, err := r.Finish()
	require.NoError(t, err)
	perCell := float64(tab.Size()-int64(len(file))) / (50_001 * 6)
	require.Less(t, perCell, 6.0, "bytes beside the text for each cell, with the index of rows and room to grow")
}
