package callbot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/upstream/callbot"
	"outdial/server/upstream/upstreamtest"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
)

// Invented credentials; the signatures below were worked out apart from this code.
const (
	secret    = "demo-secret-0001"
	uuid      = "demo-account-uuid"
	requestID = "0123456789abcdef0123456789abcdef"
	createTs  = 1727308800
)

var now = time.Unix(createTs, 0)

func find(t testing.TB, name operation.Name) operation.Operation {
	t.Helper()
	op, ok := operation.Find(name)
	require.True(t, ok, name)
	return op
}

// printed takes an input as the vendor's page prints it, unjudged.
func printed(t testing.TB, name operation.Name, input string) operation.Prepared {
	t.Helper()
	op := find(t, name)
	in := op.New()
	require.NoError(t, json.Unmarshal([]byte(input), in))
	return operation.Prepared{Operation: op, Input: in, Rows: []operation.Item{{}}}
}

// prepared takes an input the way our server does.
func prepared(t testing.TB, name operation.Name, input string) operation.Prepared {
	t.Helper()
	ids := 0
	p, err := find(t, name).Prepare([]byte(input), operation.Env{Judge: library.New(), Region: "CN", Now: now, NewID: func() string {
		ids++
		return fmt.Sprintf("order-%d", ids)
	}})
	require.NoError(t, err)
	require.Empty(t, p.Problems)
	return p
}

func client(t testing.TB, c callbot.Config) *callbot.Client {
	t.Helper()
	c.UUID, c.Secret = uuid, secret
	if c.Clock == nil {
		c.Clock = func() time.Time { return now }
	}
	c.NewID = func() string { return requestID }
	made, err := callbot.New(c)
	require.NoError(t, err)
	return made
}

const (
	importPrinted = `{"productID":"callbot","userTaskID":"string","callInfoList":{"orderCallbackUrl":"string","callCallbackUrl":"string",
		"callList":[{"orderID":"string","userPhone":"string","other":"string","userName":"string","customerName":"string","params":[{"name":null,"value":null}]}]}}`
	importTwo = `{"userTaskID":"task-1","note":"spring list","callInfoList":{"orderCallbackUrl":"https://hooks.example.com/order","callCallbackUrl":"",
		"callList":[{"userPhone":"+86 156 0000 0001","userName":"王<小>","params":[{"name":"day","value":"Mon & Tue"}]},
		{"orderID":"mine","userPhone":"156 0000 0002","params":[{"name":"day","value":""}]}]}}`
)

func TestRequests(t *testing.T) {
	for _, tc := range []struct {
		file     string
		config   callbot.Config
		prepared operation.Prepared
	}{
		{"import_printed_md5", callbot.Config{}, printed(t, operation.CallbotImport, importPrinted)},
		{"import_printed_sha256", callbot.Config{Algorithm: callbot.SHA256}, printed(t, operation.CallbotImport, importPrinted)},
		{"import_prepared", callbot.Config{Algorithm: callbot.SHA256}, prepared(t, operation.CallbotImport, importTwo)},
		{"ping_md5", callbot.Config{}, printed(t, operation.CallbotPing, `{"data":"ping"}`)},
		{"ping_sha256", callbot.Config{Algorithm: callbot.SHA256}, prepared(t, operation.CallbotPing, `{}`)},
	} {
		t.Run(tc.file, func(t *testing.T) {
			wire := upstreamtest.NewWire(t, upstreamtest.HTTP(200, "{}"))
			tc.config.Transport = wire
			_, err := client(t, tc.config).Try(context.Background(), tc.prepared)
			require.NoError(t, err)
			require.Len(t, wire.Requests(), 1)
			upstreamtest.Golden(t, tc.file+".http", wire.Requests()[0])
		})
	}
}

// The rule of the signature, by vectors that were computed from it by other means.
func TestSign(t *testing.T) {
	for _, tc := range []struct{ body, createTs, md5, sha256 string }{
		{`{"data":"ping"}`, "1727308800", "F1E10812FC97FC26BF615B896AB48F08", "417263FF9D72EFB980EEC9A06A13AA4A4DD7CE986663C5C69AF277F181EFFA54"},
		{`{"data":"你好"}`, "1727308800", "9295ACCA6461C155DA706ECCF6A082A9", "9D80BD9BB1AE7DB63FC8B4D425F65013D0432992A3D6DEAEE4FB1C9A70588B18"},
		{`{"data":"ping","timestamp":1727308801,"code":0,"msg":"success","reqId":"r-1"}`, "1727308801", "FA572DBB173199C6E5193A69B7D36EF0", "4C799E94B8035F8E533FC30A7070EE71F010F0B99B0CBFE421DCC4B0C41C6F36"},
		{``, "1727308800", "AA6A1AAF1B1B18E3259535D47F8702C1", "0A9F0481CB914054786456DECAFE1E4DFD716FA034D72E5A54C780FBE579E1F9"},
	} {
		require.Equal(t, tc.md5, callbot.Sign(callbot.MD5, secret, tc.body, tc.createTs, requestID, uuid))
		require.Equal(t, tc.sha256, callbot.Sign(callbot.SHA256, secret, tc.body, tc.createTs, requestID, uuid))
	}
}
