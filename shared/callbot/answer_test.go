package callbot_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/answer"
	"outdial/shared/callbot"
)

func count(n int64) *int64 { return &n }

func TestReadAnswer(t *testing.T) {
	printed, err := os.ReadFile(filepath.Join("testdata", "import.json"))
	require.NoError(t, err)
	for _, tc := range []struct {
		name, in string
		want     callbot.Answer
	}{
		{"as printed", string(printed), callbot.Answer{RetMsg: "string", ResponseID: "string", TotalCount: count(0), SuccessCount: count(0),
			Errors: []callbot.RowErr{{"string", "string"}}}},
		{"a refusal", `{"retCode":6,"retMsg":"sign error","responseID":"r"}`, callbot.Answer{RetCode: 6, RetMsg: "sign error", ResponseID: "r"}},
		{"numbers as text", `{"retCode":"0","totalCount":"2","successCount":"1","errList":[{"phone":8613800138000,"errMsg":"no"}]}`,
			callbot.Answer{TotalCount: count(2), SuccessCount: count(1), Errors: []callbot.RowErr{{"8613800138000", "no"}}}},
		{"errList null, unknown keys", `{"retCode":0,"successCount":1,"errList":null,"batchID":"b"}`, callbot.Answer{SuccessCount: count(1)}},
		{"errList of texts", `{"retCode":0,"errList":["no"]}`, callbot.Answer{Errors: []callbot.RowErr{{"", "no"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := callbot.ReadAnswer([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
	for _, in := range []string{``, `{}`, `[]`, `{"retCode":null}`, `{"retCode":"x"}`, `<html>`} {
		_, err := callbot.ReadAnswer([]byte(in))
		require.ErrorIs(t, err, answer.ErrUnreadable, in)
	}
}

func TestReadPong(t *testing.T) {
	got, err := callbot.ReadPong([]byte(`{"data":"ping","timestamp":1727308801,"code":0,"msg":"success","reqId":"r-1"}`))
	require.NoError(t, err)
	require.Equal(t, callbot.Pong{Message: "success", RequestID: "r-1", Data: "ping", Timestamp: 1727308801}, got)
	got, err = callbot.ReadPong([]byte(`{"retCode":6001,"retMsg":"no sign","responseID":"r-2"}`))
	require.NoError(t, err)
	require.Equal(t, callbot.Pong{Code: 6001, Message: "no sign", RequestID: "r-2"}, got)
	_, err = callbot.ReadPong([]byte(`{"data":"ping"}`))
	require.ErrorIs(t, err, answer.ErrUnreadable)
}

func TestCodes(t *testing.T) {
	for ret, code := range map[int64]string{0: "", 1: "callbot.general_error", 2: "callbot.parameter_missing", 3: "callbot.parameter_format",
		4: "callbot.parameter_value", 4001: "callbot.too_many", 5: "callbot.maintenance", 5001: "callbot.internal", 6: "callbot.signature_wrong",
		6001: "callbot.signature_missing", 6002: "callbot.no_account", 6003: "callbot.no_permission", 7: "callbot.busy",
		1001: "callbot.import_in_progress", 9: "callbot.undocumented_code", -1: "callbot.undocumented_code"} {
		require.Equal(t, code, callbot.Code(ret), ret)
		if code != "" {
			require.Contains(t, callbot.Codes(), code)
		}
	}
	seen := map[string]bool{}
	for _, code := range callbot.Codes() {
		require.False(t, seen[code], code)
		require.True(t, strings.HasPrefix(code, "callbot."), code)
		seen[code] = true
	}
}

// in is "phone=message,phone=message".
func errList(in string) (errs []callbot.RowErr) {
	for part := range strings.SplitSeq(in, ",") {
		if phone, message, ok := strings.Cut(part, "="); ok {
			errs = append(errs, callbot.RowErr{Phone: phone, Message: message})
		}
	}
	return errs
}

func TestJoin(t *testing.T) {
	const none = -1
	for _, tc := range []struct {
		name    string
		phones  string
		success int64 // none: not said
		errs    string
		want    string // one word a row: ok, or the reason's last part and the text
	}{
		{"all taken", "861 862 863", 3, "", "ok ok ok"},
		{"one refused", "861 862 863", 2, "862=bad", "ok row_refused:bad ok"},
		{"all refused", "861 862", 0, "862=b,861=a", "row_refused:a row_refused:b"},
		{"a plus and blanks in errList", "861 862", 1, "+86 2=bad", "ok row_refused:bad"},
		{"one number twice, refused as often", "861 861 862", 1, "861=a,861=b", "row_refused:a row_refused:b ok"},
		{"one number twice, refused once", "861 861 862", 2, "861=a", "ambiguous_phone:a ambiguous_phone:a ok"},
		{"one number twice, both taken", "861 861", 2, "", "ok ok"},
		{"one number twice, counted once", "861 861 862", 2, "", "counts_differ counts_differ counts_differ"},
		{"two reasons for one row", "861 862", 1, "861=a,861=b", "row_refused:a;b ok"},
		{"two reasons for one row hide nothing", "861 862", 0, "861=a,861=b", "row_refused:a;b counts_differ"},
		{"success not said", "861 862", none, "861=a", "row_refused:a counts_differ"},
		{"too few successes", "861 862 863", 1, "861=a", "row_refused:a counts_differ counts_differ"},
		{"too many successes", "861 862", 5, "", "counts_differ counts_differ"},
		{"a negative count", "861 862", -5, "", "counts_differ counts_differ"},
		{"a stray number, the rest taken", "861 862", 1, "999=a", "unmatched_phone:a unmatched_phone:a"},
		{"a stray number beside a known one", "861 862 863", 1, "861=a,999=b", "row_refused:a unmatched_phone:b unmatched_phone:b"},
		{"only strays and no success: all refused", "861 862", 0, "1=x,2=x", "row_refused:x row_refused:x"},
		{"a stray number and counts that differ", "861 862", 2, "999=a", "counts_differ:a counts_differ:a"},
		{"an entry without a number", "861", 0, "=a", "row_refused:a"},
		{"as printed, for one row", "861", 0, "string=string", "row_refused:string"},
		{"as printed, for two rows", "861 862", 0, "string=string", "counts_differ:string counts_differ:string"},
		{"no rows", "", 0, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := callbot.Answer{Errors: errList(tc.errs)}
			if tc.success != none {
				a.SuccessCount = &tc.success
			}
			var got []string
			for _, row := range callbot.Join(a, strings.Fields(tc.phones)) {
				word := "ok"
				if row.Ending != callbot.Taken {
					word = strings.TrimPrefix(row.Reason, "callbot.")
					if row.Text != "" {
						word += ":" + strings.ReplaceAll(row.Text, "; ", ";")
					}
				}
				got = append(got, word)
			}
			require.Equal(t, tc.want, strings.Join(got, " "))
		})
	}
}

// upstream plays the vendor: it takes or refuses each row and reports it
// truthfully. Whatever it does, Join never says of a row what did not happen.
func TestJoinNeverLies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	said, unclear := 0, 0
	for range 20_000 {
		n := random.IntN(7)
		phones, taken := make([]string, n), make([]bool, n)
		var a callbot.Answer
		success := int64(0)
		for i := range phones {
			phones[i] = fmt.Sprint(861 + random.IntN(5)) // some stand twice
			if taken[i] = random.IntN(3) > 0; taken[i] {
				success++
				continue
			}
			phone := phones[i]
			if random.IntN(6) == 0 {
				phone = "0" + phone // a spelling of its own
			}
			a.Errors = append(a.Errors, callbot.RowErr{Phone: phone, Message: "no"})
		}
		random.Shuffle(len(a.Errors), func(i, j int) { a.Errors[i], a.Errors[j] = a.Errors[j], a.Errors[i] })
		a.SuccessCount = &success
		rows := callbot.Join(a, phones)
		require.Len(t, rows, n)
		for i, row := range rows {
			switch row.Ending {
			case callbot.Taken:
				require.True(t, taken[i], "%v %v row %d", phones, a.Errors, i)
				require.Empty(t, row.Reason)
				said++
			case callbot.Denied:
				require.False(t, taken[i], "%v %v row %d", phones, a.Errors, i)
				require.Equal(t, callbot.CodeRowRefused, row.Reason)
				said++
			default:
				require.Contains(t, []string{callbot.CodeAmbiguousPhone, callbot.CodeUnmatchedPhone, callbot.CodeCountsDiffer}, row.Reason)
				unclear++
			}
		}
	}
	require.Greater(t, said, unclear, "it must not hide behind unknown")
}

// Whatever an answer says, every row has one ending, the rows taken never
// exceed successCount, and no entry of errList vanishes.
func FuzzJoin(f *testing.F) {
	f.Add([]byte(`{"retCode":0,"successCount":1,"errList":[{"phone":"862","errMsg":"no"}]}`), "861 862")
	f.Add([]byte(`{"retCode":0,"successCount":2,"errList":[{"phone":"","errMsg":"no"}]}`), "861 861 x")
	f.Fuzz(func(t *testing.T, data []byte, phones string) {
		a, err := callbot.ReadAnswer(data)
		if err != nil {
			require.ErrorIs(t, err, answer.ErrUnreadable)
			_, err = callbot.ReadPong(data)
			if err != nil {
				require.ErrorIs(t, err, answer.ErrUnreadable)
			}
			return
		}
		sent := strings.Fields(phones)
		rows := callbot.Join(a, sent)
		require.Len(t, rows, len(sent))
		taken, other := int64(0), 0
		for _, row := range rows {
			if row.Ending == callbot.Taken {
				taken++
				require.Empty(t, row.Reason)
				continue
			}
			other++
			require.Contains(t, callbot.Codes(), row.Reason)
		}
		if taken > 0 {
			require.NotNil(t, a.SuccessCount)
			require.LessOrEqual(t, taken, *a.SuccessCount)
		}
		if len(a.Errors) > 0 && len(sent) > 0 {
			require.Positive(t, other, "an error was reported, so not every row was taken")
		}
	})
}
