package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"":        "",
		"nothing": "nothing",
		"status 429 after 3 tries of 10.0.0.12:8080": "status 429 after 3 tries of 10.0.0.12:8080",
		"+14155550100": "…00",
		`Get "https://acme.example/dnc/check?phone_number=%2B14155550123": EOF`: `Get "https://acme.example/dnc/check?phone_number=%2B…23": EOF`,
		"call 14155550177 and +1 (415) 555-0188.":                               "call …77 and …88.",
		"cannot unmarshal number 886912345678 into Go":                          "cannot unmarshal number …78 into Go",
		"123456":                                 "123456",
		"1234567":                                "…67",
		"+":                                      "+",
		"++14155550100":                          "+…00",
		"a+1":                                    "a+1",
		"+1-2":                                   "+1-2",
		"2026-11-21T08:22:44Z":                   "2026-11-21T08:22:44Z",
		"完成 +886 912 345 678 完成":                 "完成 …78 完成",
		"0198c0de-7000-7000-8000-000000000099 x": "0198c0de-7000-7000-8000-…99 x",
	} {
		require.Equal(t, want, maskNumbers(text), text)
	}
}

func TestTheLogMasksWhateverIsGivenToIt(t *testing.T) {
	for _, people := range []bool{true, false} {
		var out bytes.Buffer
		log := newLogger(&out, people).With("carried", "+14155550111")
		log.Info("to +14155550122", "text", "14155550133", "error", fmt.Errorf("dial: %w", errors.New("+1 415 555 0144")),
			"request", "01980000-0000-7000-8000-123456789012", "count", 14)
		line := out.String()
		require.NotRegexp(t, `0111|0122|0133|0144`, line)
		require.Contains(t, line, "01980000-0000-7000-8000-123456789012", "a call must be findable")
		require.Contains(t, line, "…22")
	}
}

func FuzzMask(f *testing.F) {
	for _, seed := range []string{"+14155550100", "+1 (415) 555-0100 x 7", "++++", "12345678901234567890", "+ - 1", "é1234567é"} {
		f.Add(seed)
	}
	long := regexp.MustCompile(`[0-9]{7}`)
	f.Fuzz(func(t *testing.T, text string) {
		masked := maskNumbers(text)
		if long.MatchString(masked) {
			t.Fatalf("%q left %q", text, masked)
		}
		if !long.MatchString(text) && !strings.Contains(text, "+") && masked != text {
			t.Fatalf("%q became %q without need", text, masked)
		}
	})
}
