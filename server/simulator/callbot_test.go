package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

const (
	vectorSecret = "demo-secret-0001"
	vectorUUID   = "demo-account-uuid"
	vectorID     = "0123456789abcdef0123456789abcdef"
)

// The vectors were computed from the documented rule, apart from this program.
func TestSignatureVectors(t *testing.T) {
	for _, v := range []struct{ body, createTs, md5, sha256 string }{
		{`{"data":"ping"}`, "1727308800", "F1E10812FC97FC26BF615B896AB48F08", "417263FF9D72EFB980EEC9A06A13AA4A4DD7CE986663C5C69AF277F181EFFA54"},
		{`{"data":"你好"}`, "1727308800", "9295ACCA6461C155DA706ECCF6A082A9", "9D80BD9BB1AE7DB63FC8B4D425F65013D0432992A3D6DEAEE4FB1C9A70588B18"},
		{`{"data":"ping","timestamp":1727308801,"code":0,"msg":"success","reqId":"r-1"}`, "1727308801", "FA572DBB173199C6E5193A69B7D36EF0", "4C799E94B8035F8E533FC30A7070EE71F010F0B99B0CBFE421DCC4B0C41C6F36"},
		{"", "1727308800", "AA6A1AAF1B1B18E3259535D47F8702C1", "0A9F0481CB914054786456DECAFE1E4DFD716FA034D72E5A54C780FBE579E1F9"},
	} {
		s := signature{secret: vectorSecret, body: []byte(v.body), createTs: v.createTs, requestID: vectorID, uuid: vectorUUID}
		require.Equal(t, v.md5, s.digest())
		s.algorithm = "SHA256"
		require.Equal(t, v.sha256, s.digest())
	}
}

// callbot signs a request as the documentation says.
func (b *bench) callbot(path, body string, change ...func(*signature, *http.Request)) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), "POST", b.url+operation.CallbotAPI+path, strings.NewReader(body))
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", "application/json")
	s := signature{algorithm: "SHA256", secret: vectorSecret, body: []byte(body), createTs: fmt.Sprint(b.clock.Now().Unix()), requestID: vectorID, uuid: vectorUUID}
	for _, f := range change {
		f(&s, r)
	}
	if s.sign == "" {
		s.sign = s.digest()
	}
	for name, value := range map[string]string{"requestID": s.requestID, "uuid": s.uuid, "createTs": s.createTs, "sign": s.sign, "algorithm": s.algorithm} {
		if value != "" && value != noSign {
			r.Header.Set(name, value)
		}
	}
	return r
}

// genuine checks the signature of an answer.
func genuine(t *testing.T, a said, now time.Time) bool {
	t.Helper()
	s := signature{algorithm: "SHA256", secret: vectorSecret, body: []byte(a.body), createTs: a.header.Get("createTs"), requestID: vectorID, uuid: vectorUUID}
	return a.header.Get("requestID") == vectorID && a.header.Get("uuid") == vectorUUID && s.createTs == fmt.Sprint(now.Unix()) && a.header.Get("sign") == s.digest()
}

type callbotSaid struct {
	RetCode      int
	RetMsg       string
	ResponseID   string
	TotalCount   int
	SuccessCount int
	ErrList      []rowFail
	Code         int
	Data         string
}

func (b *bench) read(a said) callbotSaid {
	b.t.Helper()
	require.Equal(b.t, 200, a.status, a.body)
	var out callbotSaid
	require.NoError(b.t, json.Unmarshal([]byte(a.body), &out), a.body)
	return out
}

func TestCallbotPing(t *testing.T) {
	b := start(t)
	a := b.do(b.callbot("/ping", `{"data":"你好"}`))
	require.Equal(t, 200, a.status)
	require.True(t, genuine(t, a, b.clock.Now()))
	require.Equal(t, "SHA256", a.header.Get("algorithm"))
	var out map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &out))
	require.NotEmpty(t, out["reqId"])
	delete(out, "reqId")
	require.Equal(t, map[string]any{"data": "你好", "timestamp": float64(b.clock.Now().Unix()), "code": 0.0, "msg": "success"}, out)
}

func TestCallbotSignatureIsChecked(t *testing.T) {
	b := start(t)
	for name, tc := range map[string]struct {
		change func(*signature, *http.Request)
		want   int
	}{
		"as documented":     {func(*signature, *http.Request) {}, 0},
		"other secret":      {func(s *signature, _ *http.Request) { s.secret = "x" }, 6},
		"other body":        {func(s *signature, _ *http.Request) { s.body = []byte(`{"data": "ping"}`) }, 6},
		"lower case":        {func(s *signature, _ *http.Request) { s.sign = strings.ToLower(s.digest()) }, 6},
		"other algorithm":   {func(s *signature, _ *http.Request) { s.algorithm = "MD5" }, 6},
		"default is MD5":    {func(s *signature, _ *http.Request) { s.algorithm = "" }, 6},
		"unknown algorithm": {func(s *signature, _ *http.Request) { s.algorithm = "SHA1" }, 6},
		"late": {func(s *signature, _ *http.Request) {
			s.createTs = fmt.Sprint(b.clock.Now().Add(-61 * time.Second).Unix())
		}, 6},
		"early": {func(s *signature, _ *http.Request) {
			s.createTs = fmt.Sprint(b.clock.Now().Add(62 * time.Second).Unix())
		}, 6},
		"a little late": {func(s *signature, _ *http.Request) {
			s.createTs = fmt.Sprint(b.clock.Now().Add(-59 * time.Second).Unix())
		}, 0},
		"milliseconds":         {func(s *signature, _ *http.Request) { s.createTs = fmt.Sprint(b.clock.Now().UnixMilli()) }, 6},
		"createTs is no digit": {func(s *signature, _ *http.Request) { s.createTs = "now" }, 6},
		"no sign":              {func(s *signature, _ *http.Request) { s.sign = noSign }, 6001},
		"no requestID":         {func(s *signature, _ *http.Request) { s.requestID = "" }, 6001},
		"no createTs":          {func(s *signature, _ *http.Request) { s.createTs = "" }, 6001},
		"no uuid":              {func(s *signature, _ *http.Request) { s.uuid = "" }, 6001},
		"unknown account":      {func(s *signature, _ *http.Request) { s.uuid = "nobody" }, 6002},
	} {
		t.Run(name, func(t *testing.T) {
			ping := b.read(b.do(b.callbot("/ping", `{"data":"ping"}`, tc.change)))
			require.Equal(t, tc.want, ping.Code)
		})
	}
}

func TestCallbotAlgorithms(t *testing.T) {
	for name, tc := range map[string]struct {
		account, sent string
		want          int
	}{
		"MD5 unsaid":       {"MD5", "", 0},
		"MD5 said":         {"MD5", "MD5", 0},
		"either, unsaid":   {"", "", 0},
		"either, SHA256":   {"", "SHA256", 0},
		"MD5, SHA256 said": {"MD5", "SHA256", 6},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(c *Config) { c.Callbot[0].Algorithm = tc.account })
			ping := b.read(b.do(b.callbot("/ping", `{"data":"ping"}`, func(s *signature, _ *http.Request) { s.algorithm = tc.sent })))
			require.Equal(t, tc.want, ping.Code)
		})
	}
}

func pack(t *testing.T, body string) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(body))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.String()
}

func TestCallbotGzip(t *testing.T) {
	body := batchOf("t-1", "8613805550100")
	packed := pack(t, body)
	zipped := func(_ *signature, r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }
	plain := func(s *signature, _ *http.Request) { s.body = []byte(body) }
	for name, tc := range map[string]struct {
		account string
		change  []func(*signature, *http.Request)
		want    int
	}{
		"plain signed":            {"", []func(*signature, *http.Request){zipped, plain}, 0},
		"wire signed":             {"", []func(*signature, *http.Request){zipped}, 6},
		"account wants wire":      {"wire", []func(*signature, *http.Request){zipped}, 0},
		"account wants it, plain": {"wire", []func(*signature, *http.Request){zipped, plain}, 6},
		"not declared":            {"", nil, 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, func(c *Config) { c.Callbot[0].GzipSigns = tc.account })
			require.Equal(t, tc.want, b.read(b.do(b.callbot("/importBatchCall", packed, tc.change...))).RetCode)
		})
	}
	b := start(t)
	require.Equal(t, 3, b.read(b.do(b.callbot("/importBatchCall", body, zipped))).RetCode, "declared, but not packed")
}

var orders int

// batchOf writes an import; every call has an orderID of its own.
func batchOf(task string, phones ...string) string {
	calls := make([]string, 0, len(phones))
	for _, phone := range phones {
		orders++
		calls = append(calls, fmt.Sprintf(`{"orderID":"o-%d","userPhone":%q,"other":"","userName":"","customerName":"","params":[{"name":"n","value":"v"}]}`, orders, phone))
	}
	return fmt.Sprintf(`{"productID":"callbot","userTaskID":%q,"callInfoList":{"orderCallbackUrl":"","callCallbackUrl":"","callList":[%s]}}`, task, strings.Join(calls, ","))
}

func phones(n int) []string {
	all := make([]string, 0, n)
	for i := range n {
		all = append(all, fmt.Sprintf("86138%08d", i))
	}
	return all
}

func (b *bench) batch(task string, phones ...string) callbotSaid {
	b.t.Helper()
	a := b.do(b.callbot("/importBatchCall", batchOf(task, phones...)))
	require.True(b.t, genuine(b.t, a, b.clock.Now()))
	return b.read(a)
}

func (b *bench) task() taskSummary {
	b.t.Helper()
	var out struct {
		Accounts struct{ Callbot map[string][]taskSummary }
	}
	require.NoError(b.t, json.Unmarshal([]byte(b.get("/simulator/state").body), &out))
	require.Len(b.t, out.Accounts.Callbot[vectorUUID], 1)
	return out.Accounts.Callbot[vectorUUID][0]
}

func TestCallbotImport(t *testing.T) {
	b := start(t)
	out := b.batch("t-1", "8613805550100", "14155550100")
	require.NotEmpty(t, out.ResponseID)
	out.ResponseID = ""
	require.Equal(t, callbotSaid{RetMsg: "success", TotalCount: 2, SuccessCount: 2}, out)
	require.Equal(t, []string{"task:t-1", "+8613805550100", "+14155550100"}, b.last().Keys)
	require.True(t, b.last().Happened)

	part := b.batch("t-1", "+8613805550101", "8613805550102", "12", "")
	require.Equal(t, 4, part.TotalCount)
	require.Equal(t, 1, part.SuccessCount)
	require.Equal(t, []rowFail{{"+8613805550101", "phone format error"}, {"12", "phone format error"}, {"", "phone format error"}}, part.ErrList)
}

func TestCallbotImportReplacesWhatIsNotDialled(t *testing.T) {
	b := start(t)
	b.batch("t-1", phones(10)...)
	b.clock.Add(4 * time.Second)
	require.Equal(t, taskSummary{"t-1", 1, 10, 4, 0, 0}, b.task())
	b.batch("t-1", phones(3)...)
	require.Equal(t, taskSummary{"t-1", 2, 3, 0, 4, 6}, b.task())
	b.clock.Add(time.Hour)
	b.batch("t-1", phones(1)...)
	require.Equal(t, taskSummary{"t-1", 3, 1, 0, 7, 6}, b.task())
}

func TestCallbotOrderIDIsUnique(t *testing.T) {
	b := start(t)
	body := batchOf("t-1", "8613805550100")
	require.Equal(t, 1, b.read(b.do(b.callbot("/importBatchCall", body))).SuccessCount)
	again := b.read(b.do(b.callbot("/importBatchCall", body)))
	require.Equal(t, 0, again.SuccessCount)
	require.Equal(t, []rowFail{{"8613805550100", "orderID already exists"}}, again.ErrList)
}

func TestCallbotCapacityAndBusy(t *testing.T) {
	b := start(t)
	out := b.batch("t-1", phones(defaultCalls+1)...)
	require.Equal(t, 4001, out.RetCode)
	require.False(t, b.last().Happened)

	require.Equal(t, 0, b.batch("t-1", phones(defaultCalls)...).RetCode)
	b.clock.Add(time.Second)
	require.Equal(t, 1001, b.batch("t-2", "8613805550100").RetCode)
	b.clock.Add(time.Second)
	require.Equal(t, 0, b.batch("t-1", "8613805550100").RetCode)
	require.Equal(t, 0, b.batch("t-1", "8613805550100").RetCode, "a small import keeps nobody waiting")

	small := start(t, func(c *Config) { c.MaxCalls = 2 })
	require.Equal(t, 4001, small.batch("t-1", phones(3)...).RetCode)
}

func TestCallbotRefusals(t *testing.T) {
	b := start(t)
	good := batchOf("t-1", "8613805550100")
	for name, tc := range map[string]struct {
		body string
		want int
	}{
		"not JSON":        {`{`, 3},
		"wrong type":      {`{"productID":1}`, 3},
		"no product":      {strings.Replace(good, `"productID":"callbot",`, "", 1), 2},
		"other product":   {strings.Replace(good, `"callbot"`, `"chatbot"`, 1), 4},
		"no task":         {strings.Replace(good, `"userTaskID":"t-1",`, "", 1), 2},
		"empty task":      {strings.Replace(good, `"t-1"`, `""`, 1), 4},
		"no callback":     {strings.Replace(good, `"orderCallbackUrl":"",`, "", 1), 2},
		"no list":         {`{"productID":"callbot","userTaskID":"t"}`, 2},
		"empty list":      {batchOf("t-1"), 4},
		"no userName":     {strings.Replace(good, `"userName":"",`, "", 1), 2},
		"no params":       {strings.Replace(good, `,"params":[{"name":"n","value":"v"}]`, "", 1), 2},
		"null in params":  {strings.Replace(good, `"value":"v"`, `"value":null`, 1), 2},
		"number for text": {strings.Replace(good, `"userPhone":"8613805550100"`, `"userPhone":8613805550100`, 1), 3},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.do(b.callbot("/importBatchCall", tc.body))
			require.True(t, genuine(t, a, b.clock.Now()))
			require.Equal(t, tc.want, b.read(a).RetCode)
			require.False(t, b.last().Happened)
		})
	}
	require.Equal(t, 2, b.read(b.do(b.callbot("/ping", `{}`))).Code)
	require.Equal(t, 3, b.read(b.do(b.callbot("/ping", ``))).Code)
	require.Equal(t, 404, b.do(b.callbot("/exportBatchCall", `{}`)).status)
}
