package jsonrows_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/jsonrows"
	"outdial/shared/list/table"
)

func read(file string, limits table.Limits) ([][]string, bool, error) {
	r := jsonrows.NewReader(limits, 0)
	for rest := file; len(rest) > 0; rest = rest[min(3, len(rest)):] {
		if _, err := r.Write([]byte(rest[:min(3, len(rest))])); err != nil {
			return nil, false, err
		}
	}
	t, lines, err := r.Finish()
	if err != nil {
		return nil, lines, err
	}
	rows := [][]string{{}}
	for i := range t.Width() {
		rows[0] = append(rows[0], t.Heading(i))
	}
	for row := range t.Rows() {
		var cells []string
		for i := range t.Len(row) {
			cells = append(cells, string(t.Cell(row, i)))
		}
		rows = append(rows, cells)
	}
	return rows, lines, nil
}

func TestReader(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       [][]string
		lines      bool
	}{
		{"an array", `[{"a":"1","b":2},{"a":"3","b":4}]`, [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, false},
		{"a mark of byte order and spaces", "\ufeff \n[ { \"a\" : \"1\" } ]\n", [][]string{{"a"}, {"1"}}, false},
		{"lines", "{\"a\":1}\n{\"a\":2}\n\n{\"b\":3}\n", [][]string{{"a", "b"}, {"1"}, {"2"}, {"", "3"}}, true},
		{"lines with commas", "{\"a\":1},\n{\"a\":2},\n", [][]string{{"a"}, {"1"}, {"2"}}, true},
		{"columns by first appearance", `[{"b":1,"a":2},{"a":3,"c":4}]`, [][]string{{"b", "a", "c"}, {"1", "2"}, {"", "3", "4"}}, false},
		{"another order", `[{"a":1,"b":2},{"b":3,"a":4},{"a":5,"b":6}]`, [][]string{{"a", "b"}, {"1", "2"}, {"4", "3"}, {"5", "6"}}, false},
		{"objects within", `[{"a":{"b":{"c":1}},"d":2},{"a":{"e":3}}]`, [][]string{{"a.b.c", "d", "a.e"}, {"1", "2"}, {"", "", "3"}}, false},
		{"null, truth and nothing", `[{"a":null,"b":true,"c":""},{}, {"a":1}]`, [][]string{{"a", "b", "c"}, {"", "true", ""}, nil, {"1"}}, false},
		{"numbers as they are written", `[{"a":14155550100,"b":1.4155550100E+10,"c":12345678901234567890,"d":-0.50}]`, [][]string{{"a", "b", "c", "d"}, {"14155550100", "1.4155550100E+10", "12345678901234567890", "-0.50"}}, false},
		{"escapes", `[{"a\n":"\"\\\/\b\f\n\r\t\u96fb\uD83D\uDE00\ud800x"}]`, [][]string{{"a\n"}, {"\"\\/\b\f\n\r\t電😀\ufffdx"}}, false},
		{"a name twice", `[{"a":1,"a":2}]`, [][]string{{"a"}, {"2"}}, false},
		{"a whole request", `{"campaign_id":1,"contacts":[{"phone_number":"1"}],"note":"x"}`, [][]string{{"phone_number"}, {"1"}}, false},
		{"a Callbot request with variables", `{"userTaskID":"t","callInfoList":{"x":[1,{}],"callList":[{"userPhone":"1","params":[{"name":"due","value":"May"}]},{"userPhone":"2","params":[]}]}}`,
			[][]string{{"userPhone", "due"}, {"1", "May"}, {"2"}}, false},
		{"numbers alone", `{"phone_numbers":["+1",2]}`, [][]string{{"phone_number"}, {"+1"}, {"2"}}, false},
		{"one object alone is one line", `{"a":1}`, [][]string{{"a"}, {"1"}}, true},
		{"our own guard is taken off", `[{"a":"'+14155550100"}]`, [][]string{{"a"}, {"+14155550100"}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, lines, err := read(tc.file, table.Limits{})
			require.NoError(t, err)
			require.Equal(t, tc.want, rows)
			require.Equal(t, tc.lines, lines)
		})
	}
}

func TestReaderRefuses(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 9) + "1" + strings.Repeat("}", 9)
	for _, tc := range []struct {
		name, file, code, row string
		limits                table.Limits
	}{
		{"nothing", "", table.CodeEmpty, "", table.Limits{}},
		{"an empty array", "[]", table.CodeEmpty, "", table.Limits{}},
		{"cut off", `[{"a":1},{"a":`, table.CodeNotJSON, "2", table.Limits{}},
		{"a comma too many", `[{"a":1},]`, table.CodeNotJSON, "2", table.Limits{}},
		{"something behind", `[{"a":1}] x`, table.CodeNotJSON, "2", table.Limits{}},
		{"lines and something else", "{\"a\":1}\nx", table.CodeNotJSON, "2", table.Limits{}},
		{"a bad number", `[{"a":01}]`, table.CodeNotJSON, "1", table.Limits{}},
		{"a bad escape", `[{"a":"\x"}]`, table.CodeNotJSON, "1", table.Limits{}},
		{"a line break in a text", "[{\"a\":\"\n\"}]", table.CodeNotJSON, "1", table.Limits{}},
		{"a text", `"x"`, table.CodeNotJSON, "1", table.Limits{}},
		{"arrays within arrays", `[[1,2]]`, table.CodeNoObjects, "1", table.Limits{}},
		{"an array in a cell", `[{"a":1},{"a":[1,2]}]`, table.CodeNoObjects, "2", table.Limits{}},
		{"depth", "[" + deep + "]", table.CodeDepth, "1", table.Limits{}},
		{"depth of what is passed over", `{"x":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `,"contacts":[]}`, table.CodeDepth, "", table.Limits{}},
		{"rows", `[{"a":1},{"a":2}]`, table.CodeRows, "", table.Limits{Rows: 1}},
		{"columns", `[{"a":1,"b":2}]`, table.CodeColumns, "1", table.Limits{Columns: 1}},
		{"a name too often", `[{"a":1,"a":2,"a":3}]`, table.CodeColumns, "1", table.Limits{Columns: 1}},
		{"a long cell", `[{"a":"12345"}]`, table.CodeCell, "1", table.Limits{CellBytes: 4}},
		{"bytes", `[{"a":"12345"}]`, table.CodeBytes, "", table.Limits{Bytes: 4}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := read(tc.file, tc.limits)
			var e *table.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tc.code, e.Code)
			require.Equal(t, tc.row, e.Params["row"])
		})
	}
}

// What we read as an array of flat objects is what encoding/json reads.
func FuzzReader(f *testing.F) {
	f.Add(`[{"a":"1","b":2},{"b":null}]`)
	f.Add("{\"a\":1}\n{\"a\":\"\\u0041\"}")
	f.Add(`{"callInfoList":{"callList":[{"params":[{"name":"x","value":1}]}]}}`)
	f.Fuzz(func(t *testing.T, file string) {
		rows, lines, err := read(file, table.Limits{Columns: 50, CellBytes: 1000})
		if err == nil && !lines {
			require.True(t, json.Valid([]byte(strings.TrimPrefix(file, "\ufeff"))), "what is no JSON is refused")
		}
		var want []map[string]any
		d := json.NewDecoder(strings.NewReader(file))
		d.UseNumber()
		if d.Decode(&want) != nil || d.More() || lines {
			return
		}
		if err != nil {
			return
		}
		at := map[string]int{}
		for i, name := range rows[0] {
			at[name] = i
		}
		n := 0
		for _, object := range want {
			row := []string(nil)
			if n+1 < len(rows) {
				row = rows[n+1]
			}
			n++
			for name, v := range object {
				i, known := at[name]
				if !known || i >= len(row) {
					continue // nested, or an empty cell at the end
				}
				switch v := v.(type) {
				case string:
					if strings.HasPrefix(v, "'") || strings.ContainsRune(v, '\ufffd') || strings.ContainsRune(name, '.') {
						continue
					}
					require.Equal(t, v, row[i])
				case json.Number:
					require.Equal(t, v.String(), row[i])
				}
			}
		}
	})
}
