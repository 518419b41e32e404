package callbot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func cells(t table) [][]string {
	var all [][]string
	for _, r := range t.Rows {
		all = append(all, append(append([]string{}, r.Cells[:]...), r.Values...))
	}
	return all
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name string
		text string
		vars []string // of the list so far
		head bool
		want []string // variables
		rows [][]string
	}{
		{name: "nothing", text: " \n\t\n"},
		{name: "one number", text: "+1 415 555 0100", rows: [][]string{{"+1 415 555 0100", "", "", ""}}},
		{name: "numbers line by line", text: "4155550100\r\n4155550101\r\n", rows: [][]string{{"4155550100", "", "", ""}, {"4155550101", "", "", ""}}},
		{name: "tabs with headings", text: "userPhone\tuserName\tamount\n4155550100\tAna\t12\n", head: true, want: []string{"amount"},
			rows: [][]string{{"4155550100", "Ana", "", "", "12"}}},
		{name: "headings in another order", text: "amount,other,Phone\n12,x,4155550100\n", head: true, want: []string{"amount"},
			rows: [][]string{{"4155550100", "", "", "x", "12"}}},
		{name: "semicolons, quotes and a line break in a cell", text: "téléphone;nom;adresse\n0612345678;\"Dupont; Jean\";\"1 rue\nParis\"\n", head: true, want: []string{"adresse"},
			rows: [][]string{{"0612345678", "Dupont; Jean", "", "", "1 rue\nParis"}}},
		{name: "Chinese headings, Taiwan", text: "電話\t姓名\t金額\n0912345678\t王\t100\n", head: true, want: []string{"金額"}, rows: [][]string{{"0912345678", "王", "", "", "100"}}},
		{name: "Chinese headings, mainland", text: "手机号,客户名称\n13800138000,甲\n", head: true, rows: [][]string{{"13800138000", "", "甲", ""}}},
		{name: "headings in any case and spelling", text: "USER_PHONE\tCustomer Name\n4155550100\tACME\n", head: true, rows: [][]string{{"4155550100", "", "ACME", ""}}},
		{name: "no headings", text: "4155550100\tAna\tACME\tx\ta\n", want: []string{"param1"}, rows: [][]string{{"4155550100", "Ana", "ACME", "x", "a"}}},
		{name: "no headings, known variables", text: "4155550100\tAna\tACME\tx\ta\n", vars: []string{"amount"}, want: []string{"amount"}, rows: [][]string{{"4155550100", "Ana", "ACME", "x", "a"}}},
		{name: "a heading twice and one missing", text: "phone\tx\tx\t\n4155550100\t1\t2\t3\n", head: true, want: []string{"x", "x 2", "param4"}, rows: [][]string{{"4155550100", "", "", "", "1", "2", "3"}}},
		{name: "a byte order mark and empty lines", text: "\ufeffphone;userName\n\n4155550100;Ana\n;;\n", head: true, rows: [][]string{{"4155550100", "Ana", "", ""}}},
		{name: "short and long lines", text: "phone,userName,amount\n4155550100\n4155550101,Bo,3\n4155550102,Cy,4\n4155550103,Di,5\n", head: true, want: []string{"amount"},
			rows: [][]string{{"4155550100", "", "", "", ""}, {"4155550101", "Bo", "", "", "3"}, {"4155550102", "Cy", "", "", "4"}, {"4155550103", "Di", "", "", "5"}}},
		{name: "a comma inside of a number's line only", text: "+1 (415) 555-0100", rows: [][]string{{"+1 (415) 555-0100", "", "", ""}}},
		{name: "an armed cell", text: "4155550100\t'=cmd\n", rows: [][]string{{"4155550100", "=cmd", "", ""}}},
		{name: "a stray quote", text: "4155550100\tAna \"Bo\"\n4155550101\tCy\n", rows: [][]string{{"4155550100", `Ana "Bo"`, "", ""}, {"4155550101", "Cy", "", ""}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := parse(tc.text, tc.vars)
			require.Equal(t, tc.head, got.Head)
			require.Equal(t, tc.want, got.Vars)
			require.Equal(t, tc.rows, cells(got))
		})
	}
}

func TestParseTakesAnOrderID(t *testing.T) {
	got := parse("orderID\tphone\nabc\t4155550100\n", nil)
	require.Equal(t, "abc", got.Rows[0].Order)
	require.Equal(t, "4155550100", got.Rows[0].Cells[colPhone])
}

// What is copied for a spreadsheet can be pasted back, whatever stands in it.
func TestSheetTextRoundTrip(t *testing.T) {
	was := table{Vars: []string{"amount", "名"}, Rows: []row{
		{Cells: [colVars]string{"+1 415-555-0100", "=1+1", "a\tb", "line\nbreak"}, Values: []string{"@x", `"q"`}},
		{Cells: [colVars]string{"14155550101", "", "", ""}, Values: []string{"-", "王"}},
	}}
	text, err := sheetText(was)
	require.NoError(t, err)
	require.NotContains(t, text, "\t=1+1", "a cell must not be read as a formula")
	got := parse(text, nil)
	require.True(t, got.Head)
	require.Equal(t, was.Vars, got.Vars)
	require.Equal(t, cells(was), cells(got))
}

// Nothing that is pasted may be lost without a word, or break the page.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "phone\tx\n1\t2", "a;b;c\n1;2", "\"", "4155550100,Ana", "電話\n0912345678", ",,,\n1,2,3,4,5,6,7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := parse(text, []string{"known"})
		for _, r := range got.Rows {
			require.Len(t, r.Values, len(got.Vars))
			require.False(t, r.blank())
		}
		seen := map[string]bool{}
		for _, name := range got.Vars {
			require.NotEmpty(t, strings.TrimSpace(name))
			require.False(t, seen[name], "a variable stands twice")
			seen[name] = true
		}
	})
}
