package review_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/plan"
	"outdial/shared/list/review"
	"outdial/shared/list/table"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/run"
)

var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func open(t testing.TB, file string, src plan.Source, o review.Options) (*review.List, plan.Opened) {
	t.Helper()
	if o.Region == "" {
		o.Region = "TW"
	}
	if o.Operation == "" {
		o.Operation = operation.DNCAdd
	}
	l, opened, err := review.Open(strings.NewReader(file), int64(len(file)), src, o, nil)
	require.NoError(t, err)
	return l, opened
}

func mustOpen(t testing.TB, file string, op operation.Name) (*review.List, plan.Plan) {
	t.Helper()
	l, opened := open(t, file, plan.Source{Name: "list.csv"}, review.Options{Operation: op})
	require.NotNil(t, l, opened.Failed)
	p := opened.Guess
	p.Now = now
	p.Limits = map[string]int{"dnc": 100, "import": 10_000, "callbot": 10_000, "sms": 1000, "runs": 1_000_000}
	return l, p
}

func judge(t testing.TB, l *review.List, p plan.Plan) plan.Summary {
	t.Helper()
	s, err := l.Plan(p, nil)
	require.NoError(t, err)
	return s
}

func counts(all []plan.Count) map[string]int {
	m := map[string]int{}
	for _, c := range all {
		m[c.Code] = c.Count
	}
	return m
}

func TestOpenDescribesTheFile(t *testing.T) {
	_, opened := open(t, "姓名;手機;備用電話;到期日\n王小明;0912345678;;2030-01-31\n\n陳美玲;0922333444;0223456789;\n;;;\n", plan.Source{Name: "a.csv"}, review.Options{})
	require.Equal(t, plan.CSV, opened.Format)
	require.Equal(t, ";", opened.Delimiter)
	require.Equal(t, "utf-8", opened.Encoding)
	require.True(t, opened.Heading)
	require.Equal(t, 3, opened.Rows)
	require.Equal(t, 1, opened.Blank)
	require.Equal(t, plan.Column{Heading: "手機", Sample: []string{"0912345678", "0922333444"}, Filled: 2, Phone: true}, opened.Columns[1])
	require.Equal(t, []int{1, 2}, opened.Guess.Phones)
	require.Equal(t, map[string]int{"expires_at": 3}, opened.Guess.Fields)
}

func TestOpenAsksForTheEncoding(t *testing.T) {
	big5 := "\xb9q\xb8\xdc,x\n0912345678,1\n" // 電話
	l, opened := open(t, big5, plan.Source{Name: "a.csv"}, review.Options{Foreign: tables})
	require.Nil(t, l)
	require.Empty(t, opened.Failed)
	require.Equal(t, "big5", opened.Encodings[0].Name)
	require.Equal(t, "電話,x", opened.Encodings[0].Sample[0])
	require.Len(t, opened.Encodings, 3)

	l, opened = open(t, big5, plan.Source{Name: "a.csv", Encoding: "big5"}, review.Options{Foreign: tables})
	require.NotNil(t, l)
	require.Equal(t, "big5", opened.Encoding)
	require.Equal(t, "電話", opened.Columns[0].Heading)

	l, opened = open(t, "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00", plan.Source{Name: "a.csv"}, review.Options{})
	require.NotNil(t, l)
	require.Equal(t, "utf-16le", opened.Encoding)
}

func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct{ name, file, code string }{
		{"nothing", "", table.CodeEmpty},
		{"a heading alone", "name,phone\n", table.CodeEmpty},
		{"JSON that is none", `[{"a":`, table.CodeNotJSON},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x02\x03\x04\xff\xfe", table.CodeBinary},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l, opened := open(t, tc.file, plan.Source{Name: "a"}, review.Options{})
			require.Nil(t, l)
			require.Equal(t, tc.code, opened.Failed)
		})
	}
	l, opened := open(t, "a,b\n1,2\n", plan.Source{}, review.Options{Limits: table.Limits{Bytes: 5}})
	require.Nil(t, l)
	require.Equal(t, table.CodeBytes, opened.Failed)
}

func TestOpenEndsWhenItIsTold(t *testing.T) {
	stop := errors.New("superseded")
	_, _, err := review.Open(strings.NewReader("a\n1\n"), 4, plan.Source{}, review.Options{}, func(string, int64, int64) error { return stop })
	require.ErrorIs(t, err, stop)
}

func TestPlanPutsEachRowIntoOneClass(t *testing.T) {
	l, p := mustOpen(t, strings.Join([]string{
		"name,mobile,office",
		"Ana,0912345678,",                 // 1 ready
		"Bo,,0223456789",                  // 2 ready by the second column
		",,",                              // 3 blank
		"Li,110,",                         // 4 emergency
		"Max,12345,",                      // 5 impossible
		"Zoe,+1 111-111-1111,",            // 6 unusual
		"Ana again,+886 912 345 678,more", // 7 duplicate
		"Jo,,",                            // 8 no number
		"Eve,1.41556E+10,",                // 9 ruined
		"Kim,110,0223456780",              // 10 ready: the first that may be sent
	}, "\n"), operation.SMSSend)
	p.Fixed = json.RawMessage(`{"outbound_number":"+16285550199"}`)
	p.Template = "Hi {name}"
	s := judge(t, l, p)
	require.Equal(t, 10, s.Total)
	require.Equal(t, 3, s.Ready)
	require.Equal(t, 3, s.Calls)
	require.Equal(t, map[string]int{"blank": 1, "emergency": 1, "too_short": 1, "unusual": 1, "duplicate": 1, "empty": 1, "digits_lost": 1}, counts(s.Out))
	require.Equal(t, 1, s.Unusual)
	require.Empty(t, s.Whole)
	require.Equal(t, map[string]int{"TW": 3}, counts(s.Regions))
	require.Equal(t, 3, counts(s.Hints)["foreign"])

	p.Unusual = true
	require.Equal(t, 4, judge(t, l, p).Ready)

	row := l.Row(6)
	require.Equal(t, "duplicate", row.Reason)
	require.Equal(t, 1, row.Other)
	require.Equal(t, "+886912345678", row.Sent)
	require.Equal(t, "0223456780", l.Row(9).Typed)
}

func TestWinners(t *testing.T) {
	file := "phone,a,b\n0912345678,,\n0912-345-678,x,y\n+886912345678,x,\n0922333444,,\n"
	for winner, want := range map[plan.Winner]int{plan.First: 1, plan.Last: 3, plan.Fullest: 2} {
		t.Run(string(winner), func(t *testing.T) {
			l, p := mustOpen(t, file, operation.DNCRemove)
			p.Duplicates = winner
			s := judge(t, l, p)
			require.Equal(t, 2, s.Ready)
			require.Equal(t, map[string]int{"duplicate": 2}, counts(s.Out))
			for line := 1; line <= 3; line++ {
				row := l.Row(line - 1)
				if line == want {
					require.Empty(t, row.Reason)
					continue
				}
				require.Equal(t, "duplicate", row.Reason)
				require.Equal(t, want, row.Other)
			}
		})
	}
}

func TestOnlyRowsThatCouldLeaveCompete(t *testing.T) {
	l, p := mustOpen(t, "phone,email\n0912345678,broken\n0912345678,a@example.com\n", operation.ContactsImport)
	p.Fixed = json.RawMessage(`{"campaign_id":7}`)
	s := judge(t, l, p)
	require.Equal(t, 1, s.Ready)
	require.Equal(t, map[string]int{"email": 1}, counts(s.Out))
	require.Equal(t, "email", l.Row(0).Field)
}

func TestAResultFileIsDroppedBack(t *testing.T) {
	l, p := mustOpen(t, strings.Join([]string{
		"phone,note,outdial_sent,outdial_outcome,outdial_reason,outdial_text,outdial_time,outdial_call,outdial_run",
		"0912345678,a,'+886912345678,accepted,,,,c1,run-1",
		"0912345678,b,'+886912345678,skipped,duplicate,,,,run-1",
		"0922333444,c,'+886922333444,unknown,,,,c2,run-1",
		"0933444555,d,,refused,invalid,,,c3,run-1",
		"0944555666,e,'+886944555666,updated,,,,c4,run-1",
	}, "\n"), operation.DNCRemove)
	require.Equal(t, "run-1", l.Opened().Result)
	require.Equal(t, []int{0}, p.Phones)
	s := judge(t, l, p)
	require.Equal(t, 1, s.Ready)
	require.Equal(t, map[string]int{"accepted_before": 2, "unknown_before": 1, "duplicate": 1}, counts(s.Out))
	require.Equal(t, 1, l.Row(1).Other, "the number was sent already, so its other row is not sent either")
	order := orderOf(t, l, run.Order{})
	require.Equal(t, []string{"phone", "note"}, order.Columns)
	require.Equal(t, "run-1", order.From)
	require.Equal(t, []string{"0933444555", "d"}, order.Calls[0].Rows[0].Cells)
}

func TestRepairsAreAskedOncePerColumn(t *testing.T) {
	var file strings.Builder
	file.WriteString("phone,other\n")
	for i := range 20 {
		fmt.Fprintf(&file, "9123456%02d,\n", i)
	}
	file.WriteString("8613800138000,\n0912345699,\n")
	l, p := mustOpen(t, file.String(), operation.DNCRemove)
	p.Phones = []int{0}
	s := judge(t, l, p)
	require.Equal(t, 22, s.Ready)
	require.Len(t, s.Questions, 2)
	q := s.Questions[0]
	require.Equal(t, plan.AddZero, q.Repair)
	require.Equal(t, 20, q.Rows)
	require.Len(t, q.Before, 10)
	require.Equal(t, "912345600", q.Before[0])
	require.Equal(t, "+886912345600", q.After[0])
	require.Equal(t, plan.Question{Column: 0, Rows: 1, Repair: plan.AddPlus, Before: []string{"8613800138000"}, After: []string{"+8613800138000"}}, s.Questions[1])
	require.Equal(t, 20, counts(s.Repairs)["leading_zero_restored"])

	p.Repair = map[int]plan.Repair{0: plan.AddZero}
	s = judge(t, l, p)
	require.Empty(t, s.Questions)
	require.Equal(t, 22, s.Ready)

	p.Repair = map[int]plan.Repair{0: plan.AsIs}
	s = judge(t, l, p)
	require.Empty(t, s.Questions)
	require.Equal(t, 1, s.Ready)
	require.Equal(t, map[string]int{plan.ReasonDeclined: 21}, counts(s.Out))

	// Where the zero is a part of the number, only the person can say that it was lost.
	l, p = mustOpen(t, "phone\n612345678\n0612345679\n", operation.DNCRemove)
	p.Phones, p.Region = []int{0}, "IT"
	s = judge(t, l, p)
	require.Equal(t, []plan.Question{{Column: 0, Rows: 1, Repair: plan.AddZero, Before: []string{"612345678"}, After: []string{"+390612345678"}}}, s.Questions)
	require.Equal(t, 1, s.Ready)
	p.Repair = map[int]plan.Repair{0: plan.AddZero}
	require.Equal(t, 2, judge(t, l, p).Ready)
	require.Equal(t, "+390612345678", l.Row(0).Sent)
	require.Contains(t, l.Row(0).Repairs, "leading_zero_restored")

	// Read as from abroad, a number that would be one at home is another.
	l, p = mustOpen(t, "phone\n41446681800\n912345678\n", operation.DNCRemove)
	p.Phones, p.Repair = []int{0}, map[int]plan.Repair{0: plan.AddPlus}
	judge(t, l, p)
	require.Equal(t, "+41446681800", l.Row(0).Sent)
	require.Equal(t, "+886912345678", l.Row(1).Sent, "what cannot be from abroad is read as before")
}

func TestRegionsByColumn(t *testing.T) {
	l, opened := open(t, "phone,country\n0912345678,TW\n06 12 34 56 78,fr\n4155550100,1\n13800138000,+86\n0612345678,la France\n0912345670,\n", plan.Source{}, review.Options{
		Operation: operation.DNCRemove,
		Regions: func(name string) string {
			return map[string]string{"la France": "FR"}[name]
		},
	})
	p := opened.Guess
	p.Now = now
	require.Equal(t, 1, p.RegionColumn)
	s := judge(t, l, p)
	require.Equal(t, 5, s.Ready, s.Out)
	require.Equal(t, map[string]int{"TW": 2, "FR": 1, "US": 1, "CN": 1}, counts(s.Regions))
	require.Equal(t, map[string]int{"duplicate": 1}, counts(s.Out), "of the same French number")
}

func TestMarksAreCounted(t *testing.T) {
	l, p := mustOpen(t, "phone\n\u202a0912345678\u202c\n\u200e0922333444\n0933444555\n", operation.DNCRemove)
	p.Phones = []int{0}
	s := judge(t, l, p)
	require.Equal(t, 3, s.Marks)
	require.Equal(t, 2, counts(s.Repairs)["hidden_removed"])
	require.Equal(t, 2, l.View(plan.ViewQuestion{Class: "repair:hidden_removed", Sort: -1, Count: 5}).Total)
}

func TestCharactersThatMeanNothingAreTold(t *testing.T) {
	_, opened := open(t, "nom,tel\nR\xe9mi,0612345678\n", plan.Source{Encoding: "utf-8"}, review.Options{})
	require.Equal(t, []plan.Count{{Code: plan.WarnReplaced, Count: 1}}, opened.Warnings)
}

func TestDamage(t *testing.T) {
	for text, want := range map[string]struct {
		sent   string
		repair phone.RepairCode
	}{
		"1.4155550100E+10":                   {"+14155550100", phone.ExponentRecovered},
		"14155550100.0":                      {"+14155550100", phone.FloatRecovered},
		"０９１２３４５６７８":                         {"+886912345678", phone.DigitsNormalised},
		"\u202a+886912345678\u202c":          {"+886912345678", phone.HiddenRemoved},
		"tel:+886-912-345-678":               {"+886912345678", phone.TelRemoved},
		"0912345678 ext. 12":                 {"+886912345678", phone.ExtensionDropped},
		"'+886912345678":                     {"+886912345678", ""},
		"912345678":                          {"+886912345678", phone.LeadingZeroRestored},
		"\u200b0912\u200b345\u200b678\ufeff": {"+886912345678", phone.HiddenRemoved},
	} {
		t.Run(text, func(t *testing.T) {
			l, p := mustOpen(t, "phone,x\n\""+text+"\",1\n", operation.DNCRemove)
			judge(t, l, p)
			row := l.Row(0)
			require.Equal(t, want.sent, row.Sent)
			require.Empty(t, row.Reason)
			if want.repair != "" {
				require.Contains(t, row.Repairs, string(want.repair))
			}
		})
	}
}

func TestMessages(t *testing.T) {
	l, p := mustOpen(t, "name,phone,due\nAna,0912345678,May\nBo,0912345679,\n李,0912345670,五月\n", operation.SMSSend)
	p.Fixed = json.RawMessage(`{"outbound_number":"+16285550199","note":"x"}`)
	p.Template = "Hi {name}, {{due}}: {Due}"
	s := judge(t, l, p)
	require.Equal(t, 2, s.Ready)
	require.Equal(t, 2, s.Segments)
	require.Equal(t, map[string]int{"param_missing": 1}, counts(s.Out))
	row := l.Row(1)
	require.Equal(t, "message", row.Field)
	require.Equal(t, map[string]string{"name": "due"}, row.Params)
	require.Equal(t, "Hi Ana, {due}: May", l.Row(0).Message)

	r, err := l.Requests(plan.ViewQuestion{Count: 10})
	require.NoError(t, err)
	require.Equal(t, 2, r.Total)
	require.Equal(t, "/apps/api/v1/sms", r.Requests[1].Target)
	require.JSONEq(t, `{"chat_type":"Messaging (SMS)","end_user_number":"+886912345670","outbound_number":"+16285550199","message":"Hi 李, {due}: 五月"}`, r.Requests[1].Body)

	p.Template = "Hi {nobody}"
	s = judge(t, l, p)
	require.Equal(t, plan.CodeNoColumn, s.Whole[0].Code)
	p.Template = ""
	s = judge(t, l, p)
	require.Equal(t, "message", s.Whole[0].Field)
	require.Equal(t, operation.CodeRequired, s.Whole[0].Code)
	p.Template = "x"
	p.Limits["sms"] = 2
	require.Equal(t, operation.CodeTooMany, judge(t, l, p).Whole[0].Code)
}

func TestExpiries(t *testing.T) {
	for text, want := range map[string]string{
		"2030-01-31":                "2030-02-01 11:59:59 UTC", // the day's last second, where it ends last
		"2030/1/31":                 "2030-02-01 11:59:59 UTC",
		"2030年1月31日":                "2030-02-01 11:59:59 UTC",
		"31/01/2030":                "2030-02-01 11:59:59 UTC",
		"01/31/2030":                "2030-02-01 11:59:59 UTC",
		"2030-01-31 10:00":          "2030-01-31 22:00:00 UTC",
		"2030-01-31 10:00:00 UTC":   "2030-01-31 10:00:00 UTC",
		"2030-01-31T10:00:00+08:00": "2030-01-31 02:00:00 UTC",
		"":                          "-",
		"05/06/2030":                "", // in May or in June?
		"soon":                      "",
		"2020-01-31":                "",
	} {
		t.Run(text, func(t *testing.T) {
			l, p := mustOpen(t, "phone,expires_at\n0912345678,"+text+"\n", operation.DNCAdd)
			s := judge(t, l, p)
			if want == "" {
				require.Zero(t, s.Ready)
				require.Equal(t, "expires_at", l.Row(0).Field)
				return
			}
			require.Equal(t, 1, s.Ready)
			r, err := l.Requests(plan.ViewQuestion{Count: 1})
			require.NoError(t, err)
			if want == "-" {
				require.NotContains(t, r.Requests[0].Body, "expires_at")
				return
			}
			require.Contains(t, r.Requests[0].Body, want)
			require.Equal(t, 1, counts(s.Hints)["short_expiry"])
		})
	}
}

func TestCallbot(t *testing.T) {
	l, p := mustOpen(t, "userPhone,userName,due,colour\n+8613800138000,Ana,May,\n+8613800138001,Bo,,red\n+8613800138002,Li,June,blue\n", operation.CallbotImport)
	p.Fixed = json.RawMessage(`{"userTaskID":"t","callInfoList":{"orderCallbackUrl":"https://a.example/o"}}`)
	s := judge(t, l, p)
	require.Empty(t, s.Whole)
	require.Equal(t, 2, s.Ready)
	require.Equal(t, 1, s.Calls, "one list is one call")
	require.Equal(t, map[string]int{"param_missing": 1}, counts(s.Out))
	order := orderOf(t, l, run.Order{})
	require.JSONEq(t, `{"userTaskID":"t","callInfoList":{"orderCallbackUrl":"https://a.example/o","callList":[
		{"userPhone":"+8613800138000","userName":"Ana","params":[{"name":"due","value":"May"},{"name":"colour","value":""}]},
		{"userPhone":"+8613800138002","userName":"Li","params":[{"name":"due","value":"June"},{"name":"colour","value":"blue"}]}]}}`, string(order.Calls[0].Body))
	p.Limits["callbot"] = 1
	require.Equal(t, []operation.Problem{{Field: "callInfoList.callList", Code: operation.CodeTooMany, Params: map[string]string{"max": "1"}}}, judge(t, l, p).Whole)
	p.Fixed = nil
	require.Equal(t, "userTaskID", judge(t, l, p).Whole[1].Field)
}

func TestKnownAndPresent(t *testing.T) {
	l, p := mustOpen(t, "phone,x\n0912345678,1\n0922333444,2\n0933444555,3\n", operation.ContactsImport)
	p.Fixed = json.RawMessage(`{"campaign_id":7}`)
	judge(t, l, p)
	var asked []string
	require.NoError(t, l.Numbers(true, func(number string) error { asked = append(asked, number); return nil }))
	require.Equal(t, []string{"+886912345678", "+886922333444", "+886933444555"}, asked)
	s, err := l.SetKnown(map[string]review.Known{"+886912345678": {Outcome: "accepted", At: now}}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, s.Known)
	require.Equal(t, 3, s.Ready, "the person has not said that they are left out")
	s, err = l.SetPresent([]string{"+886922333444", "+886900000000"}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, s.Present)
	require.Equal(t, []int{2}, lines(l.View(plan.ViewQuestion{Class: "present", Sort: -1, Count: 10})))
	s, err = l.SetClosed(map[string]time.Time{"+886933444555": now}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, s.Closed)
	p.LeaveOut = []plan.Left{"sent_before", "present", "line:3"}
	s = judge(t, l, p)
	require.Zero(t, s.Ready)
	require.Equal(t, map[string]int{"sent_before": 1, "present": 1, "deselected": 1}, counts(s.Out))
	require.Equal(t, now, *l.Row(0).Known)
	require.Equal(t, 1, l.View(plan.ViewQuestion{Class: "known", Sort: -1, Count: 10}).Total)
}

func TestEdit(t *testing.T) {
	l, p := mustOpen(t, "name,phone\nAna,12345\nBo,0912345678\n", operation.DNCRemove)
	require.Equal(t, 1, judge(t, l, p).Ready)
	s, err := l.Edit(plan.Edit{Line: 1, Column: 1, Text: "0922333444"}, nil)
	require.NoError(t, err)
	require.Equal(t, 2, s.Ready)
	require.Equal(t, 1, s.Edited)
	row := l.Row(0)
	require.Equal(t, "+886922333444", row.Sent)
	require.Equal(t, []int{1}, row.Edited)
	require.Equal(t, 1, l.View(plan.ViewQuestion{Class: "edited", Sort: -1, Count: 10}).Total)
	order := orderOf(t, l, run.Order{})
	require.Equal(t, []string{"Ana", "12345"}, order.Calls[0].Rows[0].Cells, "the result shows the cells as they stood in the file")
	s, err = l.Edit(plan.Edit{Line: 1, Column: 1, Text: "0912345678"}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"duplicate": 1}, counts(s.Out))
}

func lines(v plan.View) []int {
	var all []int
	for _, r := range v.Rows {
		all = append(all, r.Line)
	}
	return all
}

func TestView(t *testing.T) {
	l, p := mustOpen(t, "name,phone,amount\nbo,0912345678,10\nAna,0922333444,9\n,110,\nÉva,0933444555,100\nAna,0912345678,9\n", operation.DNCRemove)
	judge(t, l, p)
	for _, tc := range []struct {
		name string
		q    plan.ViewQuestion
		want []int
	}{
		{"all", plan.ViewQuestion{Sort: -1}, []int{1, 2, 3, 4, 5}},
		{"all, from the end", plan.ViewQuestion{Sort: -1, Down: true}, []int{5, 4, 3, 2, 1}},
		{"a window", plan.ViewQuestion{Sort: -1, From: 3}, []int{4, 5}},
		{"by text", plan.ViewQuestion{Sort: 0}, []int{2, 5, 1, 4, 3}},
		{"by text, down", plan.ViewQuestion{Sort: 0, Down: true}, []int{4, 1, 2, 5, 3}},
		{"by number", plan.ViewQuestion{Sort: 2}, []int{2, 5, 1, 4, 3}},
		{"by telephone number", plan.ViewQuestion{Sort: 1}, []int{1, 5, 2, 4, 3}},
		{"by verdict", plan.ViewQuestion{Sort: -2}, []int{1, 2, 4, 5, 3}},
		{"ready", plan.ViewQuestion{Class: "ready", Sort: -1}, []int{1, 2, 4}},
		{"a reason", plan.ViewQuestion{Class: "duplicate", Sort: -1}, []int{5}},
		{"duplicates with those that win", plan.ViewQuestion{Class: "duplicates", Sort: -1}, []int{1, 5}},
		{"a repair", plan.ViewQuestion{Class: "repair:country_added", Sort: -1}, []int{1, 2, 4, 5}},
		{"no such class", plan.ViewQuestion{Class: "nonsense", Sort: -1}, nil},
		{"search", plan.ViewQuestion{Search: "ANA", Sort: -1}, []int{2, 5}},
		{"search in a class", plan.ViewQuestion{Search: "ana", Class: "ready", Sort: -1}, []int{2}},
		{"search by digits", plan.ViewQuestion{Search: "+886 912", Sort: -1}, []int{1, 5}},
		{"search for other letters", plan.ViewQuestion{Search: "Éva", Sort: -1}, []int{4}},
		{"nothing across cells", plan.ViewQuestion{Search: "bo0912", Sort: -1}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.q.Count = 100
			v := l.View(tc.q)
			require.Equal(t, tc.want, lines(v))
			require.Equal(t, len(tc.want)+tc.q.From, v.Total)
		})
	}
}

func TestLetters(t *testing.T) {
	for column, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA"} {
		require.Equal(t, want, review.Letters(column))
	}
}

func TestBatchesOfDoNotCallNumbers(t *testing.T) {
	var file strings.Builder
	for i := range 250 {
		fmt.Fprintf(&file, "09123%05d,x\n", i)
	}
	l, p := mustOpen(t, file.String(), operation.DNCAdd)
	p.Expires = "2035-01-01T00:00:00Z"
	s := judge(t, l, p)
	require.Equal(t, 3, s.Calls)
	order := orderOf(t, l, run.Order{Title: "t"})
	require.Equal(t, []string{"A", "B"}, order.Columns)
	require.Len(t, order.Calls[2].Rows, 50)
	var sent struct {
		Contacts []struct{ Phone_number, Expires_at string }
	}
	require.NoError(t, json.Unmarshal(order.Calls[0].Body, &sent))
	require.Len(t, sent.Contacts, 100)
	require.Equal(t, "2035-01-01 00:00:00 UTC", sent.Contacts[99].Expires_at)
	p.Batch = 10
	require.Equal(t, 25, judge(t, l, p).Calls)
}

func orderOf(t testing.TB, l *review.List, head run.Order) run.Order {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, l.Order(&b, head, nil))
	var order run.Order
	require.NoError(t, json.Unmarshal(b.Bytes(), &order), "%.200s", b.String())
	return order
}
