package review_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/plan"
	"outdial/shared/list/review"
	"outdial/shared/list/table"
	"outdial/shared/operation"
)

func openFile(t testing.TB, name string, src plan.Source) (*review.List, plan.Opened) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata", name))
	require.NoError(t, err)
	src.Name = name
	return open(t, string(data), src, review.Options{Operation: operation.DNCRemove, Foreign: tables})
}

// Files as people have them come out judged, as they would by a person who takes
// the first of everything that is offered.
func TestFilesFromEndToEnd(t *testing.T) {
	for _, tc := range []struct {
		name   string
		format plan.Format
		asks   string // the encoding that is offered first
		region string // none: Taiwan
		ready  int
		out    map[string]int
	}{
		{"utf-8.csv", plan.CSV, "", "", 3, map[string]int{"duplicate": 1}},
		{"utf-8-bom.csv", plan.CSV, "", "", 3, map[string]int{"duplicate": 1}},
		{"utf-16le-bom.csv", plan.CSV, "", "", 3, map[string]int{"duplicate": 1}},
		{"utf-16be-bom.csv", plan.CSV, "", "", 3, map[string]int{"duplicate": 1}},
		{"utf-16le.csv", plan.CSV, "utf-16le", "", 3, map[string]int{"duplicate": 1}},
		{"utf-16be.csv", plan.CSV, "utf-16be", "", 3, map[string]int{"duplicate": 1}},
		{"big5.csv", plan.CSV, "big5", "", 3, map[string]int{"duplicate": 1}},
		{"gb18030.csv", plan.CSV, "gb18030", "CN", 4, map[string]int{}},
		{"libreoffice-big5.csv", plan.CSV, "big5", "", 3, map[string]int{"duplicate": 1}},
		{"libreoffice-lost-zero.csv", plan.CSV, "", "", 3, map[string]int{"duplicate": 1}},
		{"libreoffice-text.xlsx", plan.XLSX, "", "", 4, map[string]int{}},
		{"several-phones.csv", plan.CSV, "", "", 3, nil},
		{"quoted.csv", plan.CSV, "", "", 2, map[string]int{}},
		{"ragged.csv", plan.CSV, "", "", 3, map[string]int{"blank": 1}},
		{"bars.txt", plan.CSV, "", "", 2, map[string]int{}},
		{"pasted.tsv", plan.CSV, "", "", 2, nil},
		{"list.json", plan.JSON, "", "", 2, nil},
		{"lines.jsonl", plan.JSONLines, "", "", 2, map[string]int{"empty": 1}},
		{"damage.csv", plan.CSV, "", "", 23, map[string]int{"duplicate": 1, "digits_lost": 1, "emergency": 2, "too_short": 2, "too_long": 1, "not_a_number": 1, "empty": 1,
			"several_numbers": 1, "letters": 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l, opened := openFile(t, tc.name, plan.Source{})
			if tc.asks != "" {
				require.Nil(t, l)
				require.Equal(t, tc.asks, opened.Encodings[0].Name)
				l, opened = openFile(t, tc.name, plan.Source{Encoding: tc.asks})
			}
			require.NotNil(t, l, opened.Failed)
			require.Equal(t, tc.format, opened.Format)
			p := opened.Guess
			p.Now = now
			if tc.region != "" {
				p.Region = tc.region
			}
			s := judge(t, l, p)
			if tc.out != nil {
				require.Equal(t, tc.out, counts(s.Out))
			}
			require.Equal(t, tc.ready, s.Ready, "%+v", s.Out)
		})
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, code := range map[string]string{
		"bomb.xlsx": table.CodeRatio, "lies.xlsx": table.CodeBroken, "cut-off.xlsx": table.CodeBroken, "password.xlsx": table.CodeLocked, "libreoffice.xls": table.CodeOldExcel,
		"libreoffice.ods": table.CodeODS, "libreoffice.fods": table.CodeODS, "picture.csv": table.CodeBinary, "nested.json": table.CodeNoObjects,
	} {
		t.Run(name, func(t *testing.T) {
			l, opened := openFile(t, name, plan.Source{})
			require.Nil(t, l)
			require.Equal(t, code, opened.Failed)
		})
	}
}

func TestSheetsAreChosen(t *testing.T) {
	_, opened := openFile(t, "libreoffice.xlsx", plan.Source{})
	require.Greater(t, len(opened.Sheets), 1)
	for i := range opened.Sheets {
		_, again := openFile(t, "libreoffice.xlsx", plan.Source{Sheet: i, Chosen: true})
		require.Equal(t, i, again.Sheet)
		require.Equal(t, opened.Sheets, again.Sheets)
	}
}

func TestLostPlusIsAsked(t *testing.T) {
	l, opened := openFile(t, "lost-plus.csv", plan.Source{})
	p := opened.Guess
	p.Now = now
	s := judge(t, l, p)
	require.Len(t, s.Questions, 1)
	require.Equal(t, plan.AddPlus, s.Questions[0].Repair)
	require.Equal(t, s.Total, s.Questions[0].Rows)
}
