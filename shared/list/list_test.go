package list_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

func env() operation.Env {
	return operation.Env{Judge: engine.New(), Region: "US", Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func importing(t *testing.T) operation.Operation {
	t.Helper()
	op, ok := operation.Find(operation.ContactsImport)
	require.True(t, ok)
	return op
}

func TestRows(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		rows       int
		err        error
	}{
		{"an array", `[{"phone_number":"1"},{"phone_number":"2"}]`, 2, nil},
		{"a mark of byte order", "\xef\xbb\xbf" + `[{"phone_number":"1"}]`, 1, nil},
		{"a whole request", `{"campaign_id":1,"contacts":[{"phone_number":"1"}]}`, 1, nil},
		{"a whole Callbot request", `{"userTaskID":"t","callInfoList":{"callList":[{"userPhone":"1"},{"userPhone":"2"}]}}`, 2, nil},
		{"one element that is no object", `[{"phone_number":"1"},"oops"]`, 2, nil},
		{"cut off", `[{"phone_number":"1"`, 0, list.ErrNotJSON},
		{"a comma too many", `[{"phone_number":"1"},]`, 0, list.ErrNotJSON},
		{"nothing", ``, 0, list.ErrNotJSON},
		{"a sheet", "name,phone\nAna,1", 0, list.ErrNotJSON},
		{"no list", `{"phone_number":"1"}`, 0, list.ErrNotAList},
		{"a list of texts", `["1","2"]`, 0, list.ErrNotAList},
		{"a number", `12`, 0, list.ErrNotAList},
		{"an empty list", `[]`, 0, list.ErrEmpty},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, err := list.Rows([]byte(tc.file), 0)
			require.ErrorIs(t, err, tc.err)
			require.Len(t, rows, tc.rows)
		})
	}
	_, err := list.Rows([]byte(`[{"phone_number":"1"}]`), 5)
	require.ErrorIs(t, err, list.ErrTooLarge)
}

func TestJudgeSortsEveryRow(t *testing.T) {
	rows, err := list.Rows([]byte(`[
		{"name":"Ana","phone_number":"(415) 555-0100"},
		{"name":"Bo","phone_number":"911"},
		{"name":"Ana again","phone_number":"+1 415 555 0100"},
		{"name":"Li","phone_number":"+1 111-111-1111"},
		{"name":"Max","phone_number":"12345"},
		"oops",
		{"name":"Zoe","phone_number":"415-555-0102","colour":"red"},
		{"name":"Jo"}
	]`), 0)
	require.NoError(t, err)
	s, body, err := list.Judge(importing(t), []byte(`{"campaign_id":7,"note":"weekly"}`), rows, env())
	require.NoError(t, err)
	require.Equal(t, 8, s.Total)
	require.Equal(t, 2, s.Ready)
	require.Equal(t, 6, s.LeftOut)
	require.Equal(t, 1, s.Unusual)
	require.Equal(t, map[string]int{"emergency": 1, "duplicate": 1, "phone": 1, "type": 1, "unknown_field": 1, "required": 1}, s.Reasons)
	require.JSONEq(t, `{"campaign_id":7,"note":"weekly","contacts":[
		{"name":"Ana","phone_number":"(415) 555-0100"},
		{"name":"Li","phone_number":"+1 111-111-1111"}]}`, string(body))
	out := map[int]string{}
	for _, row := range s.Out {
		out[row.Index] = row.Problems[0].Code
	}
	require.Equal(t, map[int]string{1: "emergency", 2: "duplicate", 4: "phone", 5: "type", 6: "unknown_field", 7: "required"}, out)
	require.Equal(t, phone.Unusual, s.Sample[1].Verdict)
}

func TestJudgeCapsWhatIsSentNotTheFile(t *testing.T) {
	rows, err := list.Rows([]byte(`[{"phone_number":"911"},{"phone_number":"415-555-0100"},{"phone_number":"415-555-0101"}]`), 0)
	require.NoError(t, err)
	e := env()
	e.Limits = map[string]int{"import": 2}
	s, _, err := list.Judge(importing(t), []byte(`{"campaign_id":7}`), rows, e)
	require.NoError(t, err)
	require.Empty(t, s.Whole, "two of three may go, and two are allowed")
	e.Limits = map[string]int{"import": 1}
	s, _, err = list.Judge(importing(t), []byte(`{"campaign_id":7}`), rows, e)
	require.NoError(t, err)
	require.Equal(t, operation.CodeTooMany, s.Whole[0].Code)
}

func TestJudgeOfCallbotRows(t *testing.T) {
	op, _ := operation.Find(operation.CallbotImport)
	rows, err := list.Rows([]byte(`[{"userPhone":"+8613800138000","params":[{"name":"city","value":"x"}]},{"userPhone":"+8613800138001"}]`), 0)
	require.NoError(t, err)
	s, body, err := list.Judge(op, []byte(`{"userTaskID":"t","callInfoList":{"orderCallbackUrl":"https://a.example/o"}}`), rows, env())
	require.NoError(t, err)
	require.Equal(t, 1, s.Ready)
	require.Equal(t, map[string]int{operation.CodeParamsDiffer: 1}, s.Reasons)
	require.JSONEq(t, `{"userTaskID":"t","callInfoList":{"orderCallbackUrl":"https://a.example/o","callList":[
		{"userPhone":"+8613800138000","params":[{"name":"city","value":"x"}]}]}}`, string(body))
}

func TestShownRowsAreBounded(t *testing.T) {
	var file strings.Builder
	file.WriteString(`[{"phone_number":"415-555-0100"}`)
	for range 3000 {
		file.WriteString(`,{"phone_number":"911"}`)
	}
	file.WriteString(`]`)
	rows, err := list.Rows([]byte(file.String()), 0)
	require.NoError(t, err)
	s, _, err := list.Judge(importing(t), []byte(`{"campaign_id":7}`), rows, env())
	require.NoError(t, err)
	require.Equal(t, 3000, s.LeftOut)
	require.Equal(t, 3000, s.Reasons["emergency"])
	require.LessOrEqual(t, len(s.Out), 500)
}

// Whatever a file holds, its rows are either ready or left out, and what is
// ready passes as a request.
func FuzzJudge(f *testing.F) {
	f.Add([]byte(`[{"phone_number":"415-555-0100"},{"phone_number":"415-555-0100"},3]`))
	f.Add([]byte(`{"contacts":[{"name":"A","phone_number":"+33612345678","email":"x"}]}`))
	f.Add([]byte(`[{"phone_number":null,"name":"\u0000"}]`))
	judge := env()
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := list.Rows(data, 1<<16)
		if err != nil {
			return
		}
		op := importing(t)
		s, body, err := list.Judge(op, []byte(`{"campaign_id":7}`), rows, judge)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, n := range s.Reasons {
			sum += n
		}
		if s.Total != len(rows) || s.Ready+s.LeftOut != s.Total || sum != s.LeftOut {
			t.Fatalf("the counts do not add up: %+v", s)
		}
		var sent struct{ Contacts []json.RawMessage }
		if err := json.Unmarshal(body, &sent); err != nil || len(sent.Contacts) != s.Ready {
			t.Fatalf("%d ready, %d in the request (%v)", s.Ready, len(sent.Contacts), err)
		}
		if s.Ready == 0 || len(s.Whole) > 0 {
			return
		}
		p, err := op.Prepare(body, judge)
		if err != nil || len(p.Problems) > 0 {
			t.Fatalf("what is ready does not pass: %v %v", p.Problems, err)
		}
	})
}

func ExampleRows() {
	rows, err := list.Rows([]byte(`{"contacts":[{"phone_number":"415-555-0100"}]}`), 1<<20)
	fmt.Println(len(rows), err)
	// Output: 1 <nil>
}
