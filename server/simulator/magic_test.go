package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/library"
)

// TestMagicNumbersMayLeave: the console must let every one of them through, and
// nothing else may turn them into something magic.
func TestMagicNumbersMayLeave(t *testing.T) {
	judge := library.New()
	for _, v := range Magic() {
		if v.Where == inMessage {
			continue
		}
		for _, text := range []string{v.Value, "+1 212 555 " + v.Code, "+86 138 0555 " + v.Code} {
			n := judge.Judge(text, "US")
			require.Equal(t, phone.Fine, n.Verdict, text)
			require.Equal(t, v.Code, mark{n.E164, true}.code(), text)
			require.Equal(t, v.Code, mark{n.Digits(), true}.code(), text)
		}
	}
	for _, seeded := range []string{listedForGood, listedTenYears, listedOneYear, fictional(0), fictional(999)} {
		require.Equal(t, phone.Fine, judge.Judge(seeded, "").Verdict, seeded)
		require.Empty(t, mark{seeded, true}.code())
	}
}

func TestMarks(t *testing.T) {
	for _, tc := range []struct {
		m    mark
		want string
	}{
		{mark{"+1 (415) 555-9012", true}, "9012"},
		{mark{"8613805559012", true}, "9012"},
		{mark{"+14155569012", true}, ""}, // not 555
		{mark{"+14155550912", true}, ""},
		{mark{"+14155559999", true}, ""}, // no such code
		{mark{"5559012", true}, ""},      // no country
		{mark{"", true}, ""},
		{mark{"+1415555x9012", true}, ""},
		{mark{"9012", false}, "9012"},
		{mark{"task-9012", false}, "9012"},
		{mark{"task9012", false}, ""},
		{mark{"0a1b9012-3c4d-4e5f-8a9b-0123456a9012", false}, ""},
		{mark{"19012", false}, ""},
		{mark{"", false}, ""},
	} {
		require.Equal(t, tc.want, tc.m.code(), "%+v", tc.m)
	}
}

// effect is what one use of a magic value must show.
type effect func(t *testing.T, b *bench, number string)

// dropped sends a request and wants the connection to break.
func dropped(t *testing.T, b *bench, r *http.Request) {
	t.Helper()
	_, err := b.try(r)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "deadline")
}

func (b *bench) listing(number string) *http.Request {
	return b.ccai("POST", apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"`+number+`"}]}`)
}

// onList wants the check to say whether the write happened.
func onList(want bool) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		require.Equal(t, want, b.sim.Received()[0].Happened)
		require.Contains(t, b.check(number).body, fmt.Sprintf(`"do_not_call":%v`, want), "a read must tell what became of it")
	}
}

// write wants this answer to dnc.add, and then the check to tell.
func write(status int, body string, happened bool) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		a := b.do(b.listing(number))
		require.Equal(t, status, a.status)
		require.Contains(t, a.body, body)
		onList(happened)(t, b, number)
	}
}

func writeDropped(happened bool) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		dropped(t, b, b.listing(number))
		onList(happened)(t, b, number)
	}
}

func read(status int, body string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		require.Contains(t, b.list(number).body, `"created"`, "a write is spared")
		a := b.check(number)
		require.Equal(t, status, a.status)
		require.Contains(t, a.body, body)
	}
}

func slow(d time.Duration) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		before := b.clock.Now()
		require.Contains(t, b.list(number).body, `"created"`)
		require.Equal(t, d, b.clock.Now().Sub(before))
	}
}

func busyOnce(retryAfter string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		for _, want := range []int{429, 200, 429, 200} {
			a := b.do(b.listing(number))
			require.Equal(t, want, a.status)
			if want == 429 {
				require.Equal(t, retryAfter, a.header.Get("Retry-After"))
			}
		}
	}
}

func every(status int, body string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		for range 3 {
			a := b.do(b.listing(number))
			require.Equal(t, status, a.status)
			require.Contains(t, a.body, body)
			require.False(t, b.last().Happened)
		}
	}
}

// failed wants one number of a list to fail, and the other not.
func failed(text string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		a := b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"`+number+`"},{"phone_number":"+14155550100"}]}`)
		require.JSONEq(t, `[{"phone_number":"`+number+`","error":"`+text+`","status":"failed"},{"phone_number":"+14155550100","status":"created"}]`, a.body)
		require.Contains(t, b.check(number).body, `"do_not_call":false`)
	}
}

// printed wants the check of a listed number to be printed in a form of its own.
func printed(form string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"`+number+`","expires_at":"2030-01-31 00:00:00 UTC"}]}`)
		require.Equal(t, strings.ReplaceAll(form, "NUMBER", number), b.check(number).body)
	}
}

func smsRefused(text string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		a := b.sms(number, "m")
		require.Equal(t, 400, a.status)
		require.JSONEq(t, `{"message":"`+text+`"}`, a.body)
		require.False(t, b.last().Happened)
	}
}

func contactRefused(invalid string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		a := b.post(dialer+"8/contacts", `{"name":"N","phone_number":"`+number+`"}`)
		require.Equal(t, 200, a.status)
		require.JSONEq(t, `{"valid_contacts":[],"invalid_contacts":`+strings.ReplaceAll(invalid, "NUMBER", number)+`}`, a.body)
		require.Empty(t, b.contacts("8"))
	}
}

// job wants an import to pass these states, one each second.
func jobPasses(states ...string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		require.Equal(t, 202, b.do(b.file("8", "file", `[{"phone_number":"+12065550100"},{"phone_number":"`+number+`"}]`)).status)
		var seen []string
		for range states {
			var j jobAnswer
			require.NoError(t, json.Unmarshal([]byte(b.get(dialer+"8/contacts/jobs/530").body), &j))
			seen = append(seen, strings.TrimSpace(strings.Join([]string{j.Status, j.Message, j.Details}, " ")))
		}
		require.Equal(t, states, seen)
	}
}

// rowFails wants this errList for a list of the magic row and a good one.
func rows(success int, errList ...rowFail) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		digits := strings.TrimPrefix(number, "+")
		out := b.batch("t-1", digits, "8613805550100")
		require.Equal(t, 0, out.RetCode)
		require.Equal(t, 2, out.TotalCount)
		require.Equal(t, success, out.SuccessCount)
		for i := range errList {
			errList[i].Phone = strings.ReplaceAll(errList[i].Phone, "NUMBER", digits)
		}
		require.Equal(t, errList, out.ErrList)
	}
}

// returns wants a return code by number, by task and by ping.
func returns(code int) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		magicCode := number[len(number)-4:]
		for range 3 {
			require.Equal(t, code, b.batch("t-1", "8613805550100", number[1:]).RetCode)
			require.False(t, b.last().Happened)
		}
		require.Equal(t, code, b.batch("t-"+magicCode, "8613805550100").RetCode)
		require.Equal(t, code, b.read(b.do(b.callbot("/ping", `{"data":"`+magicCode+`"}`))).Code)
	}
}

func returnsAfter(code int) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		require.Equal(t, code, b.batch("t-1", number[1:]).RetCode)
		require.True(t, b.last().Happened)
		require.Equal(t, 1, b.task().Calls)
	}
}

func returnsOnce(code int) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		require.Equal(t, code, b.batch("t-1", number[1:]).RetCode)
		require.False(t, b.last().Happened)
		require.Equal(t, 0, b.batch("t-1", number[1:]).RetCode)
		require.True(t, b.last().Happened)
	}
}

// forged wants answers that do not verify, though the import happened.
func forged(why func(t *testing.T, b *bench, a said)) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		for _, r := range []*http.Request{
			b.callbot("/importBatchCall", batchOf("t-1", number[1:])),
			b.callbot("/ping", `{"data":"x-`+number[len(number)-4:]+`"}`),
		} {
			a := b.do(r)
			require.Equal(t, 200, a.status)
			require.False(t, genuine(t, a, b.clock.Now()))
			why(t, b, a)
		}
		require.True(t, b.sim.Received()[0].Happened)
	}
}

// resigned tells whether the answer is signed rightly over what it carries.
func resigned(a said) bool {
	s := signature{algorithm: "SHA256", secret: vectorSecret, body: []byte(a.body), createTs: a.header.Get("createTs"),
		requestID: a.header.Get("requestID"), uuid: a.header.Get("uuid")}
	return a.header.Get("sign") == s.digest()
}

func born(status string) effect {
	return func(t *testing.T, b *bench, number string) {
		t.Helper()
		b.post(dialer+"8/contacts", `{"phone_number":"`+number+`"}`)
		all := b.contacts("8")
		require.Equal(t, status, all[0].Status)
		require.Equal(t, 400, b.change("DELETE", "8", `{"phone_number":"`+number+`"}`).status)
		require.Equal(t, 400, b.change("PATCH", "8", fmt.Sprintf(`{"contact_id":%d,"name":"x"}`, all[0].ID)).status)
	}
}

var effects = map[string]effect{
	"9001": slow(3 * time.Second),
	"9002": slow(20 * time.Second),
	"9003": slow(5 * time.Minute),
	"9004": slow(30 * time.Second),
	"9011": writeDropped(false),
	"9012": writeDropped(true),
	"9013": writeDropped(true),
	"9021": write(500, "Internal Server Error", false),
	"9022": write(500, "Internal Server Error", true),
	"9023": write(503, "<html>", false),
	"9024": write(502, "<html>", true),
	"9025": write(200, `{"id": 1, "stat`, true),
	"9026": func(t *testing.T, b *bench, number string) {
		require.JSONEq(t, `[{"phone_number":"`+number+`","status":"created","simulator_extra":{"nested":[1,null,"…"]}}]`, b.do(b.listing(number)).body)
		require.Contains(t, b.check(number).body, `"simulator_extra"`)
		require.JSONEq(t, `{"simulator_extra":{"nested":[1,null,"…"]}}`, b.post(apps+"/outbound_dialer/dnc/remove", `{"phone_numbers":["`+number+`"]}`).body)
	},
	"9027": write(200, "<html>", false),
	"9028": write(200, "", true),
	"9029": func(t *testing.T, b *bench, number string) {
		a := b.do(b.listing(number))
		require.Equal(t, 302, a.status)
		require.Equal(t, "/elsewhere", a.header.Get("Location"))
		require.False(t, b.last().Happened)
	},
	"9031": busyOnce("1"),
	"9032": every(429, "Too many requests"),
	"9033": busyOnce(""),
	"9034": busyOnce("Mon, 02 Mar 2026 15:04:07 GMT"),
	"9041": every(401, "Unauthorized"),
	"9043": every(403, "Forbidden"),
	"9044": every(404, "Not Found"),
	"9045": every(422, `"errors"`),
	"9051": func(t *testing.T, b *bench, number string) {
		require.Contains(t, b.list(number).body, `"created"`)
		dropped(t, b, b.ccai("GET", dialer+"9051/contacts", ""))
	},
	"9052": func(t *testing.T, b *bench, number string) {
		require.Contains(t, b.list(number).body, `"created"`)
		dropped(t, b, b.ccai("GET", apps+"/wait_times?lang=9052", ""))
	},
	"9053": read(500, "Internal Server Error"),
	"9054": read(503, "<html>"),
	"9055": read(200, `{"id": 1, "stat`),
	"9056": read(200, ""),
	"9057": read(200, "<html>"),
	"9058": func(t *testing.T, b *bench, number string) {
		for _, want := range []int{500, 200, 500} {
			require.Equal(t, want, b.check(number).status)
		}
	},

	"9101": failed("phone_number is invalid"),
	"9102": failed("emergency phone number is not allowed"),
	"9103": failed("expires_at cannot be past date/time"),
	"9104": func(t *testing.T, b *bench, number string) {
		require.JSONEq(t, `[{"phone_number":"`+number+`","status":"created"}]`, b.list(number).body)
		require.Contains(t, b.check(number).body, `"do_not_call":false`)
	},
	"9105": func(t *testing.T, b *bench, number string) {
		b.list(number)
		require.Equal(t, `{}`, b.post(apps+"/outbound_dialer/dnc/remove", `{"phone_numbers":["`+number+`"]}`).body)
		require.Contains(t, b.check(number).body, `"do_not_call":true`)
	},
	"9106": printed(`{"phone_number":"NUMBER","expired_at":"2030-01-31 00:00:00.000000 +0000"}`),
	"9107": printed(`{"phone_number":"NUMBER","expired_at":"2030-01-31 00:00:00.000000 +0000"` + "\n" + `"do_not_call":true}`),
	"9108": printed(`{"phone_number":"NUMBER","expires_at":"2030-01-31 00:00:00 UTC","do_not_call":true}`),
	"9109": printed(`{"phone_number":"NUMBER","expired_at":"2030-01-31T00:00:00.000Z","do_not_call":true}`),
	"9110": func(t *testing.T, b *bench, number string) {
		a := b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550100"},{"phone_number":"`+number+`"}]}`)
		require.JSONEq(t, `[{"phone_number":"+14155550100","status":"created"}]`, a.body)
		require.Contains(t, b.check(number).body, `"do_not_call":true`)
	},
	"9111": failed("the list is being rebuilt"),
	"9112": func(t *testing.T, b *bench, number string) {
		require.JSONEq(t, `[{"phone_number":"`+number+`","status":"scheduled"}]`, b.list(number).body)
		require.Contains(t, b.check(number).body, `"do_not_call":true`)
	},

	"9201": smsRefused("chat_type needs to be provided"),
	"9202": smsRefused("valid chat type needs to be provided"),
	"9203": smsRefused("SMS is not enabled"),
	"9204": smsRefused("Outbound SMS is not enabled"),
	"9205": smsRefused("end_user_number is required"),
	"9206": smsRefused("end_user_number is invalid"),
	"9207": smsRefused("Non-US phone number not allowed"),
	"9208": smsRefused("outbound_number is required"),
	"9209": smsRefused("outbound_number is invalid"),
	"9210": smsRefused("outbound_number is not found"),
	"9211": smsRefused("message is required"),
	"9212": smsRefused("Outbound SMS failed. Consumer is already in an active SMS session."),
	"9213": smsRefused("Duplicate request: Please wait for the interval to expire"),
	"9214": smsRefused("Outbound SMS failed. Carrier registration is pending."),
	"9215": func(t *testing.T, b *bench, number string) {
		a := b.post(apps+"/sms", strings.Replace(smsBody(number, "m"), "{", `{"agentId":1,`, 1))
		require.Equal(t, 200, a.status)
		require.Contains(t, a.body, `"status":"selecting"`)
	},
	"9216": func(t *testing.T, b *bench, number string) {
		a := b.sms(number, "m")
		require.Equal(t, 200, a.status)
		require.True(t, strings.HasPrefix(a.body, `{"lang":"en"`))
		require.True(t, b.last().Happened)
	},
	"9217": func(t *testing.T, b *bench, number string) {
		require.Equal(t, 200, b.sms(number, "one").status)
		require.Equal(t, 200, b.sms(number, "two").status)
	},

	"9301": contactRefused(`[{"name":"N","email":"","phone_number":"NUMBER","outbound_number":"","external_unique_id":"","error":"phone_number is invalid"}]`),
	"9302": contactRefused(`[{"name":"N","email":"","phone_number":"NUMBER","outbound_number":"","external_unique_id":"","errors":["phone_number is invalid","name is too short"]}]`),
	"9303": contactRefused(`["NUMBER: phone_number is invalid"]`),
	"9304": contactRefused(`[]`),
	"9305": contactRefused(`[{"name":"N","email":"","phone_number":"NUMBER","outbound_number":"","external_unique_id":""}]`),
	"9311": jobPasses("in_progress", "in_progress", "failed Internal Error "+duplicateContact),
	"9312": jobPasses("in_progress", "in_progress", "failed Internal Error"),
	"9313": jobPasses("in_progress", "in_progress", "in_progress", "in_progress", "in_progress"),
	"9314": func(t *testing.T, b *bench, number string) {
		a := b.do(b.file("8", "file", `[{"phone_number":"`+number+`"}]`))
		require.Equal(t, 400, a.status)
		require.False(t, b.last().Happened)
	},
	"9315": jobPasses("created", "valid_scheme", "completed"),
	"9316": jobPasses("in_progress", "in_progress", "completed_with_warnings"),
	"9321": born("Connected"),

	"9401": rows(1, rowFail{"NUMBER", "invalid phone number"}),
	"9402": rows(1, rowFail{"NUMBER", "号码在黑名单中"}),
	"9403": rows(1),
	"9404": rows(1, rowFail{"10000000000", "invalid phone number"}),
	"9405": rows(3),

	"9501": returns(1),
	"9502": returns(2),
	"9503": returns(3),
	"9504": returns(4),
	"9505": returns(5),
	"9506": returns(6),
	"9507": returns(7),
	"9511": returns(1001),
	"9541": returns(4001),
	"9551": returns(5001),
	"9561": returns(6001),
	"9562": returns(6002),
	"9563": returns(6003),
	"9569": returns(4242),
	"9571": returnsAfter(1),
	"9575": returnsAfter(5),
	"9576": returnsAfter(5001),
	"9577": returnsOnce(7),
	"9578": returnsOnce(1001),
	"9591": forged(func(t *testing.T, b *bench, a said) {
		require.NotEmpty(t, a.header.Get("sign"))
		require.False(t, resigned(a))
	}),
	"9592": forged(func(t *testing.T, b *bench, a said) { require.Empty(t, a.header.Get("sign")) }),
	"9593": forged(func(t *testing.T, b *bench, a said) {
		require.True(t, resigned(a))
		require.NotEqual(t, vectorID, a.header.Get("requestID"))
	}),
	"9594": forged(func(t *testing.T, b *bench, a said) {
		require.True(t, resigned(a))
		require.Equal(t, fmt.Sprint(b.clock.Now().Add(-24*time.Hour).Unix()), a.header.Get("createTs"))
	}),
	"9595": forged(func(t *testing.T, b *bench, a said) {
		require.True(t, resigned(a))
		require.NotEqual(t, vectorUUID, a.header.Get("uuid"))
	}),
}

func TestEveryMagicValue(t *testing.T) {
	require.ElementsMatch(t, slices.Collect(maps.Keys(magic)), slices.Collect(maps.Keys(effects)), "each value has its test")
	for _, v := range Magic() {
		if test, ok := effects[v.Code]; ok {
			t.Run(v.Code+" "+v.Effect, func(t *testing.T) { test(t, start(t), "+1415555"+v.Code) })
		}
	}
}

// What may leave a call unknown, for each write whose outcome only a read tells.
func TestLostAnswersOfEveryWrite(t *testing.T) {
	b := start(t)
	dropped(t, b, b.ccai("POST", apps+"/sms", smsBody("+14155559012", "m")))
	require.Contains(t, b.sms("+14155559012", "m").body, smsErrors[smsActive], "the refusal of the next is heard")

	dropped(t, b, b.ccai("POST", dialer+"8/contacts", `{"phone_number":"+14155559012"}`))
	dropped(t, b, b.ccai("POST", dialer+"8/contacts", `{"phone_number":"+14155559011"}`))
	all := b.contacts("8")
	require.Len(t, all, 1)
	dropped(t, b, b.ccai("PATCH", dialer+"8/contact", fmt.Sprintf(`{"contact_id":%d,"name":"New"}`, all[0].ID)))
	require.Equal(t, "New", b.contacts("8")[0].Name)
	dropped(t, b, b.ccai("DELETE", dialer+"8/contact", fmt.Sprintf(`{"contact_id":%d}`, all[0].ID)))
	require.Empty(t, b.contacts("8"))

	dropped(t, b, b.file("8", "file", `[{"phone_number":"+14155559012"}]`))
	require.Equal(t, 200, b.get(dialer+"8/contacts/jobs/530").status)
	b.clock.Add(time.Minute)
	require.Len(t, b.contacts("8"), 1)

	dropped(t, b, b.callbot("/importBatchCall", batchOf("t-9012", "8613805550100")))
	require.Equal(t, 1, b.task().Batches)
	dropped(t, b, b.callbot("/importBatchCall", batchOf("t-9011", "8613805550100")))
	require.Equal(t, 1, b.task().Batches)
}

func TestCampaignIsMagicToo(t *testing.T) {
	b := start(t)
	require.Equal(t, 500, b.post(dialer+"9022/contacts", `{"phone_number":"+12065550100"}`).status)
	require.Len(t, b.contacts("9022"), 1)
	require.Equal(t, 500, b.get(dialer+"9053/contacts").status)
	require.Equal(t, 500, b.get(dialer+"1/contacts/jobs/9053").status)
	require.Equal(t, 404, b.get(dialer+"9999/contacts").status)
}

func TestCallAsAWholeBeforeSingleRows(t *testing.T) {
	b := start(t)
	dropped(t, b, b.ccai("POST", apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155559101"},{"phone_number":"+14155559012"}]}`))
	require.Equal(t, "9012", b.last().Code)
}

func TestNextActsOnce(t *testing.T) {
	b := start(t)
	for name, tc := range map[string]struct {
		query string
		want  int
	}{
		"fine":              {"operation=agents.list&code=9053", 204},
		"unknown operation": {"operation=agents.drop&code=9053", 400},
		"unknown code":      {"operation=agents.list&code=9999", 400},
		"of another":        {"operation=agents.list&code=9201", 400},
		"nothing":           {"", 400},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.want, b.do(b.ccai("POST", "/simulator/next?"+tc.query, "")).status)
		})
	}
	require.Equal(t, 200, b.get(manager+"/outbound_dialer/campaigns").status)
	require.Equal(t, 500, b.get(manager+"/agents").status)
	require.Equal(t, 200, b.get(manager+"/agents").status)
	require.NoError(t, b.sim.Next(operation.CampaignsList, "9032"))
	require.Equal(t, 429, b.get(manager+"/outbound_dialer/campaigns").status)
}
