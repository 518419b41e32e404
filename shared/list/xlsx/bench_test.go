package xlsx_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"outdial/shared/list/table"
)

const (
	benchRows    = 100_000
	benchColumns = 6
)

// workbook has 100,000 rows of six cells, as Excel saves them: text in shared
// strings, two columns of numbers, one of them days.
func workbook(t testing.TB) []byte {
	var sheet, strs strings.Builder
	n := 0
	text := func(row int, column byte, value string) {
		fmt.Fprintf(&strs, "<si><t>%s</t></si>", value)
		fmt.Fprintf(&sheet, `<c r="%c%d" t="s"><v>%d</v></c>`, column, row, n)
		n++
	}
	for row := 1; row <= benchRows; row++ {
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:6" x14ac:dyDescent="0.25">`, row)
		text(row, 'A', "Customer "+strconv.Itoa(row*7919%1_000_003))
		text(row, 'B', fmt.Sprintf("+8869%08d", row*104729%100_000_000))
		fmt.Fprintf(&sheet, `<c r="C%d"><v>%d</v></c>`, row, 14155550000+row)
		fmt.Fprintf(&sheet, `<c r="D%d" s="1"><v>%d</v></c>`, row, 46000+row%365)
		text(row, 'E', fmt.Sprintf("user%d@example.com", row))
		text(row, 'F', fmt.Sprintf("%d 信義路 %d", row%900, row))
		sheet.WriteString("</row>")
	}
	sst := fmt.Sprintf(`<sst %s count="%d" uniqueCount="%d">%s</sst>`, main, n, n, strs.String())
	return pack(t, minimal(sheet.String(), parts{"xl/sharedStrings.xml": sst}, styled("yyyy-mm-dd")))
}

func BenchmarkXLSX(b *testing.B) {
	file := workbook(b)
	b.Logf("%d rows of %d cells, a file of %.1f MB", benchRows, benchColumns, float64(len(file))/1e6)
	for _, reader := range []struct {
		name string
		read func(b *testing.B) int
	}{
		{"ours", func(b *testing.B) int {
			tab, _, err := read(file, table.Limits{})
			require.NoError(b, err)
			return tab.Rows() + 1
		}},
		{"excelize, all rows at once", func(b *testing.B) int {
			book, err := excelize.OpenReader(bytes.NewReader(file))
			require.NoError(b, err)
			all, err := book.GetRows("One")
			require.NoError(b, err)
			require.NoError(b, book.Close())
			return len(all)
		}},
		{"excelize, row by row", func(b *testing.B) int {
			book, err := excelize.OpenReader(bytes.NewReader(file))
			require.NoError(b, err)
			each, err := book.Rows("One")
			require.NoError(b, err)
			var all [][]string
			for each.Next() {
				row, err := each.Columns()
				require.NoError(b, err)
				all = append(all, row)
			}
			require.NoError(b, each.Close())
			require.NoError(b, book.Close())
			return len(all)
		}},
	} {
		b.Run(reader.name, func(b *testing.B) {
			rows := 0
			reset(b)
			before := resident(b)
			for b.Loop() {
				rows += reader.read(b)
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(peak(b)-before)/1e6, "peak-MB")
		})
	}
}

// The kernel counts the highest memory that the process had; 5 makes it begin anew.
func reset(b *testing.B) {
	debug.FreeOSMemory()
	require.NoError(b, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
}

func resident(b *testing.B) int64 { return status(b, "VmRSS:") }

func peak(b *testing.B) int64 { return status(b, "VmHWM:") }

func status(b *testing.B, name string) int64 {
	file, err := os.Open("/proc/self/status")
	require.NoError(b, err)
	defer file.Close()
	text, err := io.ReadAll(file)
	require.NoError(b, err)
	_, rest, _ := strings.Cut(string(text), name)
	fields := strings.Fields(rest)
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	require.NoError(b, err)
	return kb << 10
}
