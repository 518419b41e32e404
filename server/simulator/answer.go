package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

// reply is a JSON answer.
func reply(status int, v any) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: encode(v)}
}

// message is CCAI's form of an error: {"message": "…"} (docs/api.md).
func message(status int, text string) *answer {
	a := reply(status, map[string]string{"message": text})
	return &a
}

// did marks an answer to something that changed the state.
func (a answer) did() answer { a.happened = true; return a }

// encode writes JSON as the vendors do, without HTML escapes. What it is given
// are types of this package, which always encode.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte(`{"message":"the simulator cannot write its answer"}`)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// page is what a proxy in front of a vendor says.
func page(status int) answer {
	text := http.StatusText(status)
	return answer{
		status:   status,
		header:   http.Header{"Content-Type": {"text/html"}},
		body:     []byte("<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"),
		unsigned: true,
	}
}

// withUnknownKeys adds keys that nobody documented to the object, or to every object of the list.
func withUnknownKeys(body []byte) []byte {
	const extra = `"simulator_extra":{"nested":[1,null,"…"]}`
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) < 2:
		return body
	case string(trimmed) == "{}":
		return []byte("{" + extra + "}")
	case trimmed[0] == '{':
		return slices.Concat([]byte("{"+extra+","), trimmed[1:])
	case trimmed[0] == '[':
		var items []json.RawMessage
		if json.Unmarshal(trimmed, &items) != nil {
			return body
		}
		for i := range items {
			items[i] = withUnknownKeys(items[i])
		}
		return encode(items)
	}
	return body
}
