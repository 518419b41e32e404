package table_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/table"
)

func build(t *testing.T, rows ...[]string) *table.Table {
	t.Helper()
	b := table.NewBuilder(table.Limits{}, 0)
	for _, row := range rows {
		for _, text := range row {
			require.NoError(t, b.Add([]byte(text)))
		}
		require.NoError(t, b.EndRow())
	}
	tab, err := b.Finish()
	require.NoError(t, err)
	return tab
}

func TestTable(t *testing.T) {
	tab := build(t, []string{" name ", "phone"}, []string{"Ana", "1", "more"}, nil, []string{"Bo"}, []string{"", " "}, nil)
	require.Equal(t, 3, tab.Rows())
	require.Equal(t, 2, tab.Blank())
	require.Equal(t, 3, tab.Width())
	require.Equal(t, "name", tab.Heading(0))
	require.Equal(t, "", tab.Heading(2))
	require.Equal(t, "1", string(tab.Cell(0, 1)))
	require.Empty(t, tab.Cell(2, 1), "too short a row has empty cells")
	require.Empty(t, tab.Cell(2, 99))
	require.Empty(t, tab.Cell(99, 0))
	require.True(t, tab.IsBlank(1))
	require.Equal(t, 3, tab.Filled(0))
	require.Equal(t, []int{2, 1, 1}, tab.FilledBy())
	require.Equal(t, 2, tab.Ragged())

	tab.UseHeading(-1)
	require.Equal(t, 4, tab.Rows())
	require.Equal(t, " name ", string(tab.Cell(0, 0)))
	require.Equal(t, "", tab.Heading(0))

	tab.UseHeading(1)
	require.Equal(t, 2, tab.Rows())
	require.Equal(t, 1, tab.Above())
	require.Equal(t, "Ana", tab.Heading(0))
	require.Equal(t, 3, tab.Number(0))
}

func TestCorrections(t *testing.T) {
	tab := build(t, []string{"name", "phone"}, []string{"Ana", "1"}, []string{"Bo"})
	tab.Correct(1, 1, "2")
	tab.Correct(0, 1, "")
	require.Equal(t, "2", string(tab.Cell(1, 1)))
	require.Empty(t, tab.Original(1, 1))
	require.Empty(t, tab.Cell(0, 1))
	require.Equal(t, "1", string(tab.Original(0, 1)), "the spelling of the file stays")
	require.Equal(t, 2, tab.Corrections())
	require.Equal(t, []int{1}, tab.Corrected(1))
	tab.Correct(0, 0, " ")
	require.True(t, tab.IsBlank(0))
	tab.Correct(0, 0, "Ana")
	tab.Correct(0, 1, "1")
	require.False(t, tab.IsCorrected(0))
	require.Equal(t, 1, tab.Corrections())
	tab.Correct(5, 0, "beyond")
	tab.Correct(0, 5, "beyond")
	require.Equal(t, 1, tab.Corrections())
}

func TestNumbersAndHiddenRows(t *testing.T) {
	b := table.NewBuilder(table.Limits{}, 0)
	for _, number := range []int{1, 2, 7, 8, 100} {
		b.SetNumber(number)
		if number%2 == 0 {
			b.Hide()
		}
		require.Equal(t, number, b.Row())
		require.NoError(t, b.Add([]byte(fmt.Sprint(number))))
		require.NoError(t, b.EndRow())
	}
	tab, err := b.Finish()
	require.NoError(t, err)
	for row := range tab.Rows() {
		require.Equal(t, fmt.Sprint(tab.Number(row)), string(tab.Cell(row, 0)))
		require.Equal(t, tab.Number(row)%2 == 0, tab.IsHidden(row))
	}
	require.Equal(t, 3, tab.Hidden())
}

// Whatever stands between cells, and wherever the file was cut off, each cell is
// what was cut.
func TestCutsAreKept(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		b := table.NewBuilder(table.Limits{}, 0)
		var want [][]string
		for range random.IntN(40) + 1 {
			row := []string{"x"}
			_, err := b.Write([]byte(strings.Repeat("-", random.IntN(12)) + "x"))
			require.NoError(t, err)
			b.Cut(len(b.Text())-1, len(b.Text()))
			for range random.IntN(6) {
				text := strings.Repeat("a", random.IntN(4))
				_, err := b.Write([]byte(strings.Repeat("-", random.IntN(12)) + text))
				require.NoError(t, err)
				b.Cut(len(b.Text())-len(text), len(b.Text()))
				row = append(row, text)
			}
			require.NoError(t, b.EndRow())
			want = append(want, row)
		}
		for range random.IntN(3) { // blank rows, and one that is not ended
			b.Cut(len(b.Text()), len(b.Text()))
			require.NoError(t, b.EndRow())
		}
		if random.IntN(2) == 0 {
			require.NoError(t, b.Add([]byte("tail")))
		}
		tab, err := b.Finish()
		require.NoError(t, err)
		tab.UseHeading(-1)
		require.Equal(t, len(want), tab.Rows())
		for row, cells := range want {
			require.Equal(t, len(cells), tab.Len(row))
			for column, text := range cells {
				require.Equal(t, text, string(tab.Cell(row, column)))
			}
		}
	}
}

func TestErrorsHaveCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range table.Codes() {
		require.False(t, seen[code], code)
		seen[code] = true
	}
	cause := errors.New("cause")
	err := error(table.Fail(table.CodeBroken, "part", "sheet1.xml").Because(cause))
	require.ErrorIs(t, err, table.Fail(table.CodeBroken))
	require.NotErrorIs(t, err, table.Fail(table.CodeRows))
	require.ErrorIs(t, err, cause)
	var e *table.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, map[string]string{"part": "sheet1.xml"}, e.Params)
}

func TestCellIsNotCopied(t *testing.T) {
	tab := build(t, []string{"name", "phone"}, []string{"Ana", "1"})
	require.Zero(t, testing.AllocsPerRun(100, func() { tab.Cell(0, 1) }))
}
