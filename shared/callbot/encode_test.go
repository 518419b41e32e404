package callbot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzAppendJSON(f *testing.F) {
	f.Add("o-1", "+1 415 555 0100", "陳怡君", "amount", "10", "", 1)
	f.Add("\"\\", "<&>", "\u2028\xff", "\n", "\x7f", "note", 2)
	f.Add("", "", "", "", "", "", 0)
	f.Fuzz(func(t *testing.T, order, phone, customer, name, value, note string, n int) {
		in := Import{ProductID: order, UserTaskID: phone, CallInfoList: CallInfoList{OrderCallbackURL: value, CallCallbackURL: name}, Note: note}
		if n > 0 {
			in.CallInfoList.CallList = []Call{{OrderID: order, UserPhone: phone, Other: value, UserName: name, CustomerName: customer, Params: []Param{{name, value}, {value, name}}}}
		}
		if n > 1 {
			in.CallInfoList.CallList = append(in.CallInfoList.CallList, Call{Params: []Param{}}, Call{})
		}
		want, err := json.Marshal(in)
		require.NoError(t, err)
		require.Equal(t, string(want), string(in.AppendJSON(nil)))
	})
}
