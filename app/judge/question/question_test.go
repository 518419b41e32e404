package question

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list"
	"outdial/shared/operation"
)

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return data
}

func TestAnAnswerInPiecesIsTheAnswer(t *testing.T) {
	for _, n := range []int{0, 1, atOnce, atOnce + 1, 1050} {
		c := Check{Rows: n, Preview: Preview{Method: "POST", Target: "/x", Body: "{}"}}
		f := FileCheck{Summary: list.Summary{Total: n, Ready: n}}
		for i := range n {
			field := fmt.Sprint("rows[", i, "]")
			c.Numbers = append(c.Numbers, operation.Number{Field: field})
			if i%2 == 0 {
				c.Hints = append(c.Hints, operation.Problem{Field: field, Code: "hint"})
			}
			if i%7 == 0 {
				c.Problems = append(c.Problems, operation.Problem{Field: field, Code: "problem"})
			}
			f.Rows = append(f.Rows, json.RawMessage(fmt.Sprint(`{"n":`, i, `}`)))
		}
		var check Check
		for _, piece := range c.Pieces() {
			require.LessOrEqual(t, len(piece.Numbers)+len(piece.Hints)+len(piece.Problems), 3*atOnce)
			require.Empty(t, piece.Preview.Body, "it goes beside the pieces")
			require.NoError(t, check.Add(encoded(t, piece)))
		}
		check.SetBody(c.Preview.Body)
		require.Equal(t, c, check, n)
		var file FileCheck
		for _, piece := range f.Pieces() {
			require.NoError(t, file.Add(encoded(t, piece)))
		}
		require.Equal(t, f, file, n)
	}
}

func TestAFailureIsOnePiece(t *testing.T) {
	var check Check
	require.NoError(t, check.Add([]byte(`{"failed":"worker"}`)))
	require.Equal(t, "worker", check.Failed)
	var file FileCheck
	require.NoError(t, file.Add([]byte(`{"failed":"worker"}`)))
	require.Equal(t, "worker", file.Failed)
	require.Error(t, check.Add([]byte(`{`)))
	require.Error(t, file.Add([]byte(`{`)))
}
