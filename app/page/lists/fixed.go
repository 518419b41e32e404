package lists

import (
	"encoding/json"
	"strconv"
	"strings"

	"outdial/shared/callbot"
	"outdial/shared/operation"
)

// fixedFields are those of the request that are the same for all rows.
type fixedFields struct {
	Outbound string // sms: the number the texts come from
	Campaign int64
	Task     string // callbot: userTaskID
	OrderURL string
	CallURL  string
	Limited  bool   // dnc.add: one end for all rows, at …
	Until    string // … what the date field holds
	Unsaid   bool   // dnc.add: the person has to say first which of the two
}

// json writes them as the operation's input has them.
func (f fixedFields) json(op operation.Name) json.RawMessage {
	fields := map[string]any{}
	switch op {
	case operation.SMSSend:
		if f.Outbound != "" {
			fields["outbound_number"] = f.Outbound
		}
	case operation.ContactsImport, operation.ContactsAdd:
		fields["campaign_id"] = f.Campaign
	case operation.CallbotImport:
		fields["productID"] = callbot.ProductID
		fields["userTaskID"] = strings.TrimSpace(f.Task)
		fields["callInfoList"] = map[string]string{"orderCallbackUrl": strings.TrimSpace(f.OrderURL), "callCallbackUrl": strings.TrimSpace(f.CallURL)}
	default:
		return nil
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return nil // cannot be: texts and numbers
	}
	return data
}

// seconds is about how long so many requests take at a rate for each second,
// rounded up; 0 when nothing tells the rate.
func seconds(requests int, rate float64) int {
	if rate <= 0 {
		return 0
	}
	return int(float64(requests)/rate + 0.999)
}

// requests is how many requests a run makes in all: its calls, one check of
// every number against the do-not-call list, and, where the list itself is
// changed, the look at each number before and after.
func requests(calls, ready int, scrub, remember bool) int {
	n := calls
	if scrub {
		n += ready
	}
	if remember {
		n += 2 * ready
	}
	return n
}

// changes reports whether a run changes the do-not-call list: each number can
// be looked up before, so that the run can be taken back, and after, as proof.
func changes(op operation.Name) bool { return op == operation.DNCAdd || op == operation.DNCRemove }

func decimal(n int) string { return strconv.Itoa(n) }
