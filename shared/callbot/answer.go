package callbot

import (
	"slices"
	"strings"

	"outdial/shared/answer"
)

// Answer is what every call but ping is answered with, at HTTP 200 even when it
// failed.
type Answer struct {
	RetCode      int64 // 0 is success; successCount and errList are still to be read
	RetMsg       string
	ResponseID   string   // to quote to the vendor's support
	TotalCount   *int64   // nil when it is not said
	SuccessCount *int64   // nil when it is not said
	Errors       []RowErr // errList
}

// RowErr is one entry of errList. It names the phone, never the orderID.
type RowErr struct {
	Phone   string
	Message string
}

// ReadAnswer reads the answer to Import. The error is answer.ErrUnreadable, also
// when retCode is missing: then nothing says how it ended.
func ReadAnswer(data []byte) (Answer, error) {
	o, err := answer.ReadObject(data)
	if err != nil {
		return Answer{}, err
	}
	code, ok := o["retCode"].Whole()
	if !ok {
		return Answer{}, answer.ErrUnreadable
	}
	a := Answer{
		RetCode:      code,
		RetMsg:       o.Text("retMsg"),
		ResponseID:   o.Text("responseID", "responseId"),
		TotalCount:   whole(o["totalCount"]),
		SuccessCount: whole(o["successCount"]),
	}
	list, _ := o["errList"].List() // optional
	for _, value := range list {
		e := RowErr{Message: answer.Words(value)}
		if entry := value.Object(); entry != nil {
			e = RowErr{Phone: entry.Text("phone", "userPhone"), Message: entry.Text("errMsg", "message")}
		}
		a.Errors = append(a.Errors, e)
	}
	return a, nil
}

func whole(v answer.Value) *int64 {
	if n, ok := v.Whole(); ok {
		return &n
	}
	return nil
}

// Pong is the answer to Ping, which has names of its own.
type Pong struct {
	Code      int64 // as RetCode
	Message   string
	RequestID string
	Data      string // what was sent
	Timestamp int64  // seconds
}

// ReadPong reads the answer to Ping, also one in the form of Answer: a wrong
// signature may be answered so. The error is answer.ErrUnreadable.
func ReadPong(data []byte) (Pong, error) {
	o, err := answer.ReadObject(data)
	if err != nil {
		return Pong{}, err
	}
	code, ok := o["code"].Whole()
	if !ok {
		code, ok = o["retCode"].Whole()
	}
	if !ok {
		return Pong{}, answer.ErrUnreadable
	}
	return Pong{
		Code:      code,
		Message:   o.Text("msg", "retMsg"),
		RequestID: o.Text("reqId", "responseID", "responseId"),
		Data:      o.Text("data"),
		Timestamp: o.Whole("timestamp"),
	}, nil
}

// Ending is how one row of an import ended.
type Ending int

const (
	Unclear Ending = iota // the answer does not tell
	Taken
	Denied
)

// Row is what an answer says of one row.
type Row struct {
	Ending Ending
	Reason string // a code; "" when Taken
	Text   string // the upstream's own words
}

// Join tells from an answer with retCode 0 how each row ended. phones are the
// numbers of the rows as they were sent, in order; so are the results.
//
// errList names phones, not orders. So rows that share a phone are Denied only
// when it stands there as often as they do, and Unclear when it stands there
// less often. A row that errList does not name is Taken only when the numbers
// add up: successCount, the rows that errList names and its entries that match
// no row make all the rows, and there is no entry that matches no row.
// totalCount is not used: whether it counts more than this batch is not said.
func Join(a Answer, phones []string) []Row {
	rows := make([]Row, len(phones))
	messages := map[string][]string{}
	for _, e := range a.Errors {
		phone := digits(e.Phone)
		messages[phone] = append(messages[phone], e.Message)
	}
	sharing := map[string][]int{}
	for i, phone := range phones {
		phone = digits(phone)
		sharing[phone] = append(sharing[phone], i)
	}

	var named int64 // refusals that belong to a row
	var rest []int  // rows that errList does not name
	for phone, indexes := range sharing {
		var said []string
		if phone != "" {
			said = messages[phone]
			delete(messages, phone)
		}
		switch {
		case len(said) == 0:
			rest = append(rest, indexes...)
		case len(said) >= len(indexes):
			for j, i := range indexes {
				text := said[j]
				if j == len(indexes)-1 {
					text = strings.Join(said[j:], "; ") // one row, two reasons
				}
				rows[i] = Row{Denied, CodeRowRefused, text}
			}
			named += int64(len(indexes))
		default:
			for _, i := range indexes {
				rows[i] = Row{Unclear, CodeAmbiguousPhone, strings.Join(said, "; ")}
			}
			named += int64(len(said))
		}
	}
	var stray []string
	for _, said := range messages {
		stray = append(stray, said...)
	}
	slices.Sort(stray)

	ending := Row{Unclear, CodeCountsDiffer, strings.Join(slices.Compact(slices.Clone(stray)), "; ")}
	if a.SuccessCount != nil && *a.SuccessCount >= 0 && *a.SuccessCount+named+int64(len(stray)) == int64(len(phones)) {
		switch {
		case len(stray) == 0:
			ending = Row{Ending: Taken}
		case *a.SuccessCount == 0:
			ending.Ending, ending.Reason = Denied, CodeRowRefused // every one was refused, whatever its spelling
		default:
			ending.Reason = CodeUnmatchedPhone
		}
	}
	for _, i := range rest {
		rows[i] = ending
	}
	return rows
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || '9' < r {
			return -1
		}
		return r
	}, text)
}
