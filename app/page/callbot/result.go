package callbot

import (
	"encoding/json"

	vendor "outdial/shared/callbot"
	"outdial/shared/wire"
)

// totals of an answered import; Total is always the sum of the others.
type totals struct {
	Total, Taken, Refused, Unknown, Skipped int
}

func totalsOf(rows []wire.Row) totals {
	t := totals{Total: len(rows)}
	for _, r := range rows {
		switch r.Outcome {
		case wire.Accepted, wire.Updated:
			t.Taken++
		case wire.Refused:
			t.Refused++
		case wire.Skipped:
			t.Skipped++
		default:
			t.Unknown++
		}
	}
	return t
}

// vendorSays is what the answer itself counts; nil members were not said.
func vendorSays(response json.RawMessage) (vendor.Answer, bool) {
	a, err := vendor.ReadAnswer(response)
	return a, err == nil
}

// refused are the rows that were sent and refused, for mending: as they were
// posted, without their orderIDs, because a row that is sent again is a new order.
func refused(sent string, rows []wire.Row) []vendor.Call {
	var in vendor.Import
	if json.Unmarshal([]byte(sent), &in) != nil {
		return nil
	}
	var calls []vendor.Call
	for _, r := range rows {
		if r.Outcome == wire.Refused && r.Index >= 0 && r.Index < len(in.CallInfoList.CallList) {
			call := in.CallInfoList.CallList[r.Index]
			call.OrderID = ""
			calls = append(calls, call)
		}
	}
	return calls
}

// asJSON writes calls as the vendor names their fields, ready to be dropped back.
func asJSON(calls []vendor.Call) (string, error) {
	type call struct {
		UserPhone    string         `json:"userPhone"`
		UserName     string         `json:"userName"`
		CustomerName string         `json:"customerName"`
		Other        string         `json:"other"`
		Params       []vendor.Param `json:"params"`
	}
	list := make([]call, len(calls))
	for i, c := range calls {
		list[i] = call{c.UserPhone, c.UserName, c.CustomerName, c.Other, c.Params}
		if list[i].Params == nil {
			list[i].Params = []vendor.Param{}
		}
	}
	data, err := json.MarshalIndent(list, "", "  ")
	return string(data), err
}
