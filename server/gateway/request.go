package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"outdial/server/problem"
)

// readJSON reads a body that claims to be JSON, up to limit bytes. Whether it
// is JSON is for the reader of its content to say.
func readJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if err := isJSON(r); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, problem.TooLarge
	case err != nil:
		return nil, problem.Malformed.Because(err)
	}
	return body, nil
}

// smallBody is enough for everything but an operation's own body.
const smallBody = 64 << 10

// readSmall fills the struct behind v from a small JSON body without unknown
// keys.
func readSmall(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := readJSON(w, r, smallBody)
	if err != nil {
		return err
	}
	return decodeStrictly(body, v)
}

var errTrailing = errors.New("something follows the JSON object")

func decodeStrictly(body []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return problem.Malformed.Because(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return problem.Malformed.Because(errTrailing)
	}
	return nil
}
