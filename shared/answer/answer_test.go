package answer_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"outdial/shared/answer"
)

func TestRead(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"an object", ` {"a":1} `, `{"a":1}`},
		{"a byte order mark", "\xef\xbb\xbf[]", `[]`},
		{"the printed slip", "{\n\"a\": \"x\"\n\"b\": true\n}", "{\n\"a\": \"x\"\n,\"b\": true\n}"},
		{"an object inside a string, as an envelope carries it", `"{\"a\":1}"`, `{"a":1}`},
		{"the slip inside a string", `"{\"a\":\"x\" \"b\":2}"`, `{"a":"x" ,"b":2}`},
		{"a string that is only a string", `"hello"`, `"hello"`},
		{"a string with a broken object", `"{oops"`, `"{oops"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := answer.Read([]byte(tc.in))
			require.NoError(t, err)
			require.Equal(t, tc.want, string(got))
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, in := range []string{"", "  ", "<html>", `{"a":1`, `{"a":1,}`, `{"a" "b"}`, `[1 2]`, `["a" "b"]`, `{"a":tru "b":1}`, `"a" "b"`} {
		_, err := answer.Read([]byte(in))
		require.ErrorIs(t, err, answer.ErrUnreadable, "%q", in)
	}
}

func TestRepairLeavesValidJSONAlone(t *testing.T) {
	for _, in := range []string{`{"a":"b\" \"c","d":[{"e":1},{"f":"\\"}],"g":{"h":null}}`, `[]`, `"x"`, `{"a":{},"b":[]}`} {
		require.Equal(t, in, string(answer.Repair([]byte(in))))
	}
}

func TestReadList(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     int
	}{
		{"bare", `[1,2]`, 2},
		{"wrapped", `{"total":9,"campaigns":[{}]}`, 1},
		{"empty", `[]`, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := answer.ReadList([]byte(tc.in), "data", "campaigns")
			require.NoError(t, err)
			require.Len(t, list, tc.want)
		})
	}
	for _, in := range []string{`{}`, `{"campaigns":{}}`, `null`, `1`} {
		_, err := answer.ReadList([]byte(in), "campaigns")
		require.ErrorIs(t, err, answer.ErrUnreadable, in)
	}
}

func TestValues(t *testing.T) {
	o, err := answer.ReadObject([]byte(`{"text":"a","number":12,"digits":"12","float":3.0,"half":0.5,"huge":1e300,"yes":true,"no":false,"word":"false","null":null,"list":[1],"object":{"x":"y"}}`))
	require.NoError(t, err)
	require.Equal(t, "a", o.Text("missing", "null", "list", "text"))
	require.Equal(t, "12", o.Text("number"))
	require.Empty(t, o.Text("yes"))
	require.Equal(t, int64(12), o.Whole("text", "half", "huge", "digits"))
	require.Equal(t, int64(3), o.Whole("float"))
	require.Equal(t, int64(0), o.Whole("null", "object"))
	require.True(t, *o["yes"].Flag())
	require.False(t, *o["no"].Flag())
	for _, name := range []string{"word", "null", "number", "missing"} {
		require.Nil(t, o[name].Flag(), name)
	}
	require.Equal(t, "y", o["object"].Object().Text("x"))
	require.Nil(t, o["list"].Object())
	require.Empty(t, o["missing"].Object().Text("x"))
}

func TestMessage(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"message", `{"message":"SMS is not enabled"}`, "SMS is not enabled"},
		{"error", `{"error":"no"}`, "no"},
		{"error object", `{"error":{"code":3,"message":"no"}}`, "no"},
		{"errors", `{"errors":["a",{"message":"b"},null]}`, "a; b"},
		{"callbot", `{"retCode":2,"retMsg":"missing"}`, "missing"},
		{"a text in JSON", `"just words"`, "just words"},
		{"plain text", "Bad\n Gateway\x00", "Bad Gateway"},
		{"an HTML title", "<html><head><TITLE>502 Bad&nbsp;Gateway &amp; more</TITLE></head><body>x</body>", "502 Bad Gateway & more"},
		{"an HTML page without a title", "<p>Sign in <b>first</b></p><script>var a = '<p>';</script><style>p{}</style>!", "Sign in first !"},
		{"an empty title", "<title> </title><h1>Down</h1>", "Down"},
		{"a page cut inside a tag", "<h1>Down</h1><di", "Down"},
		{"nothing said", `{"id":7}`, ""},
		{"empty", "", ""},
		{"not UTF-8", "caf\xe9 closed", "caf closed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, answer.Message([]byte(tc.in)))
		})
	}
	long := answer.Message([]byte(strings.Repeat("é ", 1000)))
	require.Equal(t, 300, utf8.RuneCountInString(long))
	require.True(t, strings.HasSuffix(long, "…"))
}

func TestFieldWords(t *testing.T) {
	for in, want := range map[string]string{
		`{"phone_number":["is invalid","is taken"],"email":"is odd"}`: "email is odd; phone_number is invalid; is taken",
		`{"message":"no"}`: "no",
		`["a","b"]`:        "a; b",
		`"a"`:              "a",
		`null`:             "",
	} {
		require.Equal(t, want, answer.FieldWords(answer.Value(in)), in)
	}
}

func TestJSON(t *testing.T) {
	require.Nil(t, answer.JSON([]byte(" \n"), 10))
	require.JSONEq(t, `{"a":1}`, string(answer.JSON([]byte(`{"a":1}`), 1)), "JSON is never cut")
	require.Equal(t, `"\u003ch1\u003e"`, string(answer.JSON([]byte("<h1>Down"), 4)))
	require.True(t, json.Valid(answer.JSON([]byte("\xff\xfe"), 10)))
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `"{\"a\":1}"`, "{\"a\":\"x\" \"b\":2}", "<html>", `[[[]]]`, `{"a":{"b":[1,"2",null,true]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		value, err := answer.Read(data)
		if err != nil {
			require.ErrorIs(t, err, answer.ErrUnreadable)
			return
		}
		require.True(t, json.Valid(value))
		if json.Valid(data) && value.Object() != nil && data[0] == '{' {
			require.JSONEq(t, string(data), string(value), "what was valid is not changed")
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{`{"errors":{"a":["b"]}}`, "<title>x</title>", "<script <style </script <", "plain", "\xff<p"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := answer.Message(data)
		require.True(t, utf8.ValidString(text))
		require.LessOrEqual(t, utf8.RuneCountInString(text), 300)
		require.NotContains(t, text, "\n")
		require.True(t, json.Valid(answer.JSON(append(data, 'x'), 1000)))
	})
}
