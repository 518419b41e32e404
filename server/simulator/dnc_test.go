package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The documented example, with its dates moved into the future where it needs them there.
func TestDNCAddAnswersAsDocumented(t *testing.T) {
	b := start(t)
	b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+1 415 111 3333"},{"phone_number":"+14151115555"}]}`)
	a := b.post(apps+"/outbound_dialer/dnc", `{"contacts":[
		{"phone_number":"+1-7187309219","expires_at":"2026-10-29 00:00:00 UTC"},
		{"phone_number":"+1-(358)-213-1634"},
		{"phone_number":"+1-4151113333","expires_at":"2026-10-30 00:00:00 UTC"},
		{"phone_number":"+1-4151115555"},
		{"phone_number":"+1-7187309219","expires_at":"2022-10-27 00:00:00 UTC"},
		{"phone_number":"sssssss"},
		{"phone_number":"911","expires_at":"2023-02-05 00:00:00 UTC"}]}`)
	require.Equal(t, 200, a.status)
	require.JSONEq(t, `[
		{"phone_number":"+1-7187309219","expires_at":"2026-10-29 00:00:00 UTC","status":"created"},
		{"phone_number":"+1-(358)-213-1634","status":"created"},
		{"phone_number":"+1-4151113333","expires_at":"2026-10-30 00:00:00 UTC","status":"updated"},
		{"phone_number":"+1-4151115555","status":"updated"},
		{"phone_number":"+1-7187309219","expires_at":"2022-10-27 00:00:00 UTC","error":"expires_at cannot be past date/time","status":"failed"},
		{"phone_number":"sssssss","error":"phone_number is invalid","status":"failed"},
		{"phone_number":"911","expires_at":"2023-02-05 00:00:00 UTC","error":"emergency phone number is not allowed","status":"failed"}]`, a.body)
	require.Equal(t, 7, b.last().Rows)
	require.True(t, b.last().Happened, "a part of it did")
	require.JSONEq(t, `{"phone_number":"1-718-730-9219","expired_at":"2026-10-29 00:00:00.000000 +0000","do_not_call":true}`, b.check("1-718-730-9219").body)
}

func TestDNCEntryEnds(t *testing.T) {
	b := start(t)
	b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550100","expires_at":"2026-03-02 16:00:00 UTC"}]}`)
	require.Contains(t, b.check("+14155550100").body, `"do_not_call":true`)
	b.clock.Add(time.Hour)
	require.JSONEq(t, `{"phone_number":"+14155550100","expired_at":null,"do_not_call":false}`, b.check("+14155550100").body)
	require.Contains(t, b.list("+14155550100").body, `"created"`, "an entry that ended is none")
}

func TestDNCAddingAgainReplacesTheDate(t *testing.T) {
	b := start(t)
	require.JSONEq(t, `{"phone_number":"+14155550111","expired_at":null,"do_not_call":true}`, b.check("+14155550111").body)
	a := b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550111","expires_at":"2026-12-31 00:00:00 UTC"}]}`)
	require.Contains(t, a.body, `"updated"`)
	require.Contains(t, b.check("+14155550111").body, `"2026-12-31 00:00:00.000000 +0000"`)
	b.list("+14155550111")
	require.Contains(t, b.check("+14155550111").body, `"expired_at":null`)
}

func TestDNCSeedShowsTheDocumentedTime(t *testing.T) {
	require.JSONEq(t, `{"phone_number":"+14155550112","expired_at":"2036-03-02 15:04:05.485465 +0000","do_not_call":true}`, start(t).check("+14155550112").body)
}

func TestDNCRemoveAnswersNothing(t *testing.T) {
	b := start(t)
	b.list("1-415-111-1111")
	a := b.post(apps+"/outbound_dialer/dnc/remove", `{"phone_numbers":["1-415-111-1111","1-415-222-2222","1-415-333-333-3333"]}`)
	require.Equal(t, 200, a.status)
	require.Equal(t, `{}`, a.body)
	require.Contains(t, b.check("+14151111111").body, `"do_not_call":false`)
	require.True(t, b.last().At.Equal(b.clock.Now()))

	b.post(apps+"/outbound_dialer/dnc/remove", `{"phone_numbers":["1-415-222-2222"]}`)
	require.False(t, b.last().Happened, "it was not on the list")
}

func TestDNCBadRequests(t *testing.T) {
	b := start(t)
	for name, tc := range map[string]struct{ path, body, want string }{
		"no contacts":   {"/outbound_dialer/dnc", `{}`, "contacts is required"},
		"empty":         {"/outbound_dialer/dnc", `{"contacts":[]}`, "contacts is required"},
		"not JSON":      {"/outbound_dialer/dnc", `{"contacts":[`, "Error occurred while parsing request parameters"},
		"trailing":      {"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550100"},]}`, "Error occurred while parsing request parameters"},
		"no numbers":    {"/outbound_dialer/dnc/remove", `{"phone_numbers":[]}`, "phone_numbers is required"},
		"wrong type":    {"/outbound_dialer/dnc/remove", `{"phone_numbers":"+14155550100"}`, "Error occurred while parsing request parameters"},
		"another field": {"/outbound_dialer/dnc/remove", `{"contacts":[]}`, "phone_numbers is required"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.post(apps+tc.path, tc.body)
			require.Equal(t, 400, a.status)
			require.JSONEq(t, `{"message":"`+tc.want+`"}`, a.body)
		})
	}
	require.Contains(t, b.get(apps+"/outbound_dialer/dnc/check").body, "phone_number is required")
	require.Contains(t, b.check("12345").body, "phone_number is invalid")

	form := b.ccai("POST", apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550100"}]}`)
	form.Header.Set("Content-Type", "text/plain")
	require.Contains(t, b.do(form).body, "contacts is required", "a body that is not declared as JSON is not read")

	odd := b.post(apps+"/outbound_dialer/dnc", `{"contacts":[{"phone_number":"+14155550100","expires_at":"2030-01-31T00:00:00Z"}],"extra":1}`)
	require.Contains(t, odd.body, "expires_at is invalid")
}

func TestCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"+1-7187309219": "+17187309219", "+1-(358)-213-1634": "+13582131634", "1-415-111-1111": "+14151111111", "+1 415-555-0100": "+14155550100",
		"4155550100": "+14155550100", "+82 000-000-0000": "+820000000000", "886912345678": "+886912345678", "+4930123456": "+4930123456",
		"12345": "", "sssssss": "", "1-415-333-333-3333": "", "": "", "+": "", "+0 123 456 789": "", "911": "", "+1234567890123456": "", "１４１５５５５０１００": "",
	} {
		got, ok := canonical(text)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, got, text)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"+1-(358)-213-1634", "911", "", "+", "0", "4155550100", "١٢٣٤٥٦٧٨٩٠"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, ok := canonical(text)
		if !ok {
			return
		}
		again, ok := canonical(number)
		if !ok || again != number {
			t.Fatalf("%q reads as %q, which reads as %q", text, number, again)
		}
	})
}
