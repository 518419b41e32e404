package run

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// What is wrong with one row must not take a row with it that is fine once the
// other is left out.
func TestABadRowTakesNoGoodOneWithIt(t *testing.T) {
	contact := func(number, more string) string { return `{"phone_number":"` + number + `"` + more + `}` }
	callee := func(number, more string) string { return `{"userPhone":"` + number + `"` + more + `}` }
	variable := func(names ...string) string {
		var all []any
		for _, n := range names {
			all = append(all, map[string]string{"name": n, "value": "1"})
		}
		return `,"params":` + string(mustEncode(all))
	}
	for _, tc := range []struct {
		name     string
		op       operation.Name
		elements []string
		want     []string // line, reason
	}{
		{"the same number, whose first row has a bad address", operation.ContactsImport,
			[]string{contact(number(0), `,"email":"not an email"`), contact(number(0), `,"email":"a@b.example"`), contact(number(1), "")},
			[]string{"1 invalid", "2 ", "3 "}},
		{"the same number, both fine", operation.ContactsImport,
			[]string{contact(number(0), ""), contact(number(0), ""), contact(number(1), "")},
			[]string{"1 ", "2 duplicate", "3 "}},
		{"the first row sets the variables, and its number is none", operation.CallbotImport,
			[]string{callee("12", variable("x")), callee(number(2), ""), callee(number(1), "")},
			[]string{"1 invalid", "2 ", "3 "}},
		{"a row lacks a variable of the first", operation.CallbotImport,
			[]string{callee(number(0), variable("x")), callee(number(2), ""), callee(number(1), variable("x"))},
			[]string{"1 ", "2 invalid", "3 "}},
		{"the order of a row that lacks a variable", operation.CallbotImport,
			[]string{callee(number(0), variable("x")), callee(number(1), `,"orderID":"o1"`), callee(number(2), `,"orderID":"o1"`+variable("x"))},
			[]string{"1 ", "2 invalid", "3 "}},
		{"an order twice", operation.CallbotImport,
			[]string{callee(number(0), `,"orderID":"o1"`), callee(number(1), `,"orderID":"o1"`), callee(number(2), `,"orderID":"o2"`)},
			[]string{"1 ", "2 invalid", "3 "}},
		{"a number that is none among the rows of an order", operation.CallbotImport,
			[]string{callee("12", `,"orderID":"o1"`), callee(number(1), `,"orderID":"o1"`), callee(number(2), variable("x"))},
			[]string{"1 invalid", "2 ", "3 "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := idle(t, databasetest.Open(t, database.SQLite))
			c := run.Call{}
			list := ""
			for i, e := range tc.elements {
				c.Rows = append(c.Rows, row(i+1, ""))
				if i > 0 {
					list += ","
				}
				list += e
			}
			c.Body = []byte(`{"campaign_id":7001,"contacts":[` + list + `]}`)
			if tc.op == operation.CallbotImport {
				c.Body = []byte(`{"userTaskID":"t1","callInfoList":{"callList":[` + list + `]}}`)
			}
			one, err := s.take(ana, newID(), order(tc.op, []run.Call{c}))
			require.NoError(t, err)
			var got []string
			for _, r := range s.results(one.ID) {
				got = append(got, fmt.Sprint(r.Line, " ", r.Reason))
			}
			require.Equal(t, tc.want, got)
		})
	}
}
