package simulator

import (
	"bytes"
	"compress/gzip"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"outdial/shared/operation"
)

const (
	defaultCalls = 20_000           // callList elements; the vendor's number is not known
	skew         = 60 * time.Second // of createTs; what the vendor's other interfaces allow
	rowsASecond  = 10_000           // of a large import, while others are answered 1001
	callsASecond = 1                // how fast a task dials
	maxTasks     = 500
	maxOrders    = 200_000
)

// callbotTexts is the table of return codes (docs/api.md, "Callbot answers").
var callbotTexts = map[int]string{
	0: "success", 1: "general error", 2: "parameter missing", 3: "parameter format error", 4: "parameter value error",
	4001: "too many array elements", 5: "server maintenance", 5001: "server internal error", 6: "signature incorrect",
	6001: "signature missing", 6002: "account does not exist", 6003: "no permission", 7: "system busy",
	1001: "batch import in progress, import and export are not possible",
}

// callbot plays the Callbot API.
type callbot struct {
	accounts map[string]CallbotAccount
	maxCalls int
	robots   map[string]*robot
}

// robot is the state of one Callbot account.
type robot struct {
	tasks  []*task
	orders map[string]bool // every orderID seen, up to a bound
	busy   time.Time       // until when a large import runs
}

// task is one dialling task. A task comes to be with its first import: the
// call that makes one is no operation of ours.
type task struct {
	id      string
	batches int
	latest  batchOfCalls
	kept    int // dialled calls of earlier batches
	deleted int // calls of earlier batches that were never dialled
}

type batchOfCalls struct {
	since time.Time
	calls int
}

// dialled is how many calls of the batch have been made: one a second.
func (b batchOfCalls) dialled(now time.Time) int {
	return max(0, min(b.calls, int(now.Sub(b.since)/time.Second)*callsASecond))
}

func newCallbot(cfg Config) (*callbot, error) {
	c := &callbot{accounts: map[string]CallbotAccount{}, maxCalls: cfg.MaxCalls}
	if c.maxCalls <= 0 {
		c.maxCalls = defaultCalls
	}
	for _, a := range cfg.Callbot {
		switch {
		case a.UUID == "" || a.Secret == "":
			return nil, errors.New("a callbot account needs a uuid and a secret")
		case c.accounts[a.UUID].UUID != "":
			return nil, fmt.Errorf("callbot account %q stands twice", a.UUID)
		case a.Algorithm != "" && a.Algorithm != "MD5" && a.Algorithm != "SHA256":
			return nil, fmt.Errorf("callbot account %q: the algorithm is MD5 or SHA256", a.UUID)
		case a.GzipSigns != "" && a.GzipSigns != "plain" && a.GzipSigns != "wire":
			return nil, fmt.Errorf("callbot account %q: gzip signs plain or wire", a.UUID)
		}
		c.accounts[a.UUID] = a
	}
	return c, nil
}

func (c *callbot) reader(n operation.Name) reader {
	switch n {
	case operation.CallbotImport:
		return c.importBatch
	case operation.CallbotPing:
		return c.ping
	}
	return nil
}

// admit unpacks the body and checks the signature.
func (c *callbot) admit(q *request) (string, *answer) {
	refuse := func(code int, text string) (string, *answer) {
		a := ret(q, code, text)
		return "", &a
	}
	h := q.Header
	a, known := c.accounts[h.Get("uuid")]
	sent := signature{algorithm: h.Get("algorithm"), secret: a.Secret, createTs: h.Get("createTs"), requestID: h.Get("requestID"),
		uuid: h.Get("uuid"), sign: h.Get("sign")}
	switch {
	case sent.sign == "" || sent.requestID == "" || sent.createTs == "" || sent.uuid == "":
		return refuse(6001, "")
	case !known:
		return refuse(6002, "")
	}
	if sent.algorithm == "" {
		sent.algorithm = "MD5"
	}
	if a.Algorithm != "" && sent.algorithm != a.Algorithm || sent.algorithm != "MD5" && sent.algorithm != "SHA256" {
		return refuse(6, "signature incorrect: algorithm")
	}
	if err := unpack(q); err != nil {
		return refuse(3, "the body is not gzip")
	}
	sent.body = q.body
	if a.GzipSigns == "wire" {
		sent.body = q.wire
	}
	if subtle.ConstantTimeCompare([]byte(sent.digest()), []byte(sent.sign)) != 1 {
		return refuse(6, "")
	}
	at, err := parseSeconds(sent.createTs)
	if err != nil || at.Sub(q.now).Abs() > skew {
		return refuse(6, "signature incorrect: createTs")
	}
	return a.UUID, nil
}

func unpack(q *request) error {
	if !strings.EqualFold(q.Header.Get("Content-Encoding"), "gzip") {
		return nil
	}
	r, err := gzip.NewReader(bytes.NewReader(q.wire))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = errors.New("too large")
	}
	q.body = body
	return err
}

// limit: no limit of frequency is documented.
func (c *callbot) limit(string, time.Time) *answer { return nil }

// finish signs the answer, for an account that we know.
func (c *callbot) finish(q *request, a *answer) {
	account, known := c.accounts[q.Header.Get("uuid")]
	if a.unsigned || !known {
		return
	}
	s := signature{algorithm: q.Header.Get("algorithm"), secret: account.Secret, body: a.body, createTs: formatSeconds(q.now),
		requestID: q.Header.Get("requestID"), uuid: account.UUID}
	if a.sign != nil {
		a.sign(&s)
	}
	if s.sign == "" {
		s.sign = s.digest()
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("requestID", s.requestID)
	a.header.Set("uuid", s.uuid)
	a.header.Set("createTs", s.createTs)
	if s.sign != noSign {
		a.header.Set("sign", s.sign)
	}
	if s.algorithm != "" {
		a.header.Set("algorithm", s.algorithm)
	}
}

func (c *callbot) reset(time.Time) {
	c.robots = map[string]*robot{}
	for uuid := range c.accounts {
		c.robots[uuid] = &robot{orders: map[string]bool{}}
	}
}

type taskSummary struct {
	UserTaskID string `json:"userTaskID"`
	Batches    int    `json:"batches"`
	Calls      int    `json:"calls"`   // of the latest batch
	Dialled    int    `json:"dialled"` // of the latest batch
	Kept       int    `json:"kept"`    // dialled calls of earlier batches
	Deleted    int    `json:"deleted"` // calls of earlier batches, deleted before they were dialled
}

func (c *callbot) summary(now time.Time) any {
	all := map[string][]taskSummary{}
	for uuid, r := range c.robots {
		all[uuid] = []taskSummary{}
		for _, t := range r.tasks {
			all[uuid] = append(all[uuid], taskSummary{t.id, t.batches, t.latest.calls, t.latest.dialled(now), t.kept, t.deleted})
		}
	}
	return all
}

type callbotAnswer struct {
	RetCode      int       `json:"retCode"`
	RetMsg       string    `json:"retMsg"`
	ResponseID   string    `json:"responseID"`
	TotalCount   *int      `json:"totalCount,omitempty"`
	SuccessCount *int      `json:"successCount,omitempty"`
	ErrList      []rowFail `json:"errList,omitempty"`
}

type rowFail struct {
	Phone  string `json:"phone"`
	ErrMsg string `json:"errMsg"`
}

type pingAnswer struct {
	Data      string `json:"data"`
	Timestamp int64  `json:"timestamp"`
	Code      int    `json:"code"`
	Msg       string `json:"msg"`
	ReqID     string `json:"reqId"`
}

// ret answers a return code in the form of the operation; text replaces the table's.
func ret(q *request, code int, text string) answer {
	if text == "" {
		text = callbotTexts[code]
	}
	if text == "" {
		text = "unlisted error"
	}
	id := responseID(q)
	if q.op.Name == operation.CallbotPing {
		return reply(http.StatusOK, pingAnswer{Timestamp: q.now.Unix(), Code: code, Msg: text, ReqID: id})
	}
	return reply(http.StatusOK, callbotAnswer{RetCode: code, RetMsg: text, ResponseID: id})
}

// responseID names an answer: nothing but the request and its time, so that no randomness is needed.
func responseID(q *request) string {
	s := signature{body: q.wire, requestID: q.Header.Get("requestID"), createTs: q.now.Format(time.RFC3339Nano)}
	return strings.ToLower(s.digest())
}

// retCode is a magic value that answers with a return code.
func retCode(code int) func(*request, answer) answer {
	return func(q *request, _ answer) answer { return ret(q, code, "") }
}

func (c *callbot) ping(q *request) (plan, *answer) {
	var in struct {
		Data *string `json:"data"`
	}
	refuse := func(code int) (plan, *answer) {
		a := ret(q, code, "")
		return plan{}, &a
	}
	switch err := json.Unmarshal(q.body, &in); {
	case err != nil:
		return refuse(3)
	case in.Data == nil:
		return refuse(2)
	}
	return plan{marks: []mark{{text: *in.Data}, {text: *in.Data, number: true}}, do: func(string) answer {
		return reply(http.StatusOK, pingAnswer{Data: *in.Data, Timestamp: q.now.Unix(), Code: 0, Msg: callbotTexts[0], ReqID: responseID(q)})
	}}, nil
}

type batchInput struct {
	ProductID    *string `json:"productID"`
	UserTaskID   *string `json:"userTaskID"`
	CallInfoList *struct {
		OrderCallbackURL *string      `json:"orderCallbackUrl"`
		CallCallbackURL  *string      `json:"callCallbackUrl"`
		CallList         *[]callInput `json:"callList"`
	} `json:"callInfoList"`
}

type callInput struct {
	OrderID      *string `json:"orderID"`
	UserPhone    *string `json:"userPhone"`
	Other        *string `json:"other"`
	UserName     *string `json:"userName"`
	CustomerName *string `json:"customerName"`
	Params       *[]struct {
		Name  *string `json:"name"`
		Value *string `json:"value"`
	} `json:"params"`
}

// refuseBatch checks a batch by the table of parameters: what is marked as
// required must be there, an empty text is enough for the callback addresses,
// other, userName and customerName. 0 accepts.
func (c *callbot) refuseBatch(in batchInput) (int, string) {
	list := in.CallInfoList
	switch {
	case in.ProductID == nil, in.UserTaskID == nil, list == nil:
		return 2, ""
	case list.OrderCallbackURL == nil, list.CallCallbackURL == nil, list.CallList == nil:
		return 2, "parameter missing: callInfoList"
	case *in.ProductID != "callbot":
		return 4, "parameter value error: productID"
	case *in.UserTaskID == "":
		return 4, "parameter value error: userTaskID"
	case len(*list.CallList) == 0:
		return 4, "parameter value error: callList"
	case len(*list.CallList) > c.maxCalls:
		return 4001, ""
	}
	for _, call := range *list.CallList {
		if slices.Contains([]*string{call.OrderID, call.UserPhone, call.Other, call.UserName, call.CustomerName}, nil) || call.Params == nil {
			return 2, "parameter missing: callList"
		}
		for _, p := range *call.Params {
			if p.Name == nil || p.Value == nil {
				return 2, "parameter missing: params"
			}
		}
	}
	return 0, ""
}

func (c *callbot) importBatch(q *request) (plan, *answer) {
	var in batchInput
	if err := json.Unmarshal(q.body, &in); err != nil {
		a := ret(q, 3, "")
		return plan{}, &a
	}
	if code, text := c.refuseBatch(in); code != 0 {
		a := ret(q, code, text)
		return plan{}, &a
	}
	calls := *in.CallInfoList.CallList
	p := plan{rows: len(calls), marks: []mark{{text: *in.UserTaskID}}, keys: []string{"task:" + *in.UserTaskID}}
	for _, call := range calls {
		p.keys = append(p.keys, key("+"+*call.UserPhone))
		p.marks = append(p.marks, mark{*call.UserPhone, true})
	}
	p.do = func(string) answer { return c.take(q, *in.UserTaskID, calls) }
	return p, nil
}

// take makes the calls the task's latest batch: what of the batch before was
// not yet dialled is deleted (docs/api.md, "What an import replaces").
func (c *callbot) take(q *request, taskID string, calls []callInput) answer {
	r := c.robots[q.account]
	if r.busy.After(q.now) {
		return ret(q, 1001, "")
	}
	r.busy = q.now.Add(time.Duration(len(calls)/rowsASecond) * time.Second)
	t := r.task(taskID)
	dialled := t.latest.dialled(q.now)
	t.kept += dialled
	t.deleted += t.latest.calls - dialled
	t.batches++

	total, good, reported := len(calls), 0, 0
	var fails []rowFail
	for _, call := range calls {
		code := mark{*call.UserPhone, true}.code()
		reason := r.refuse(call, code)
		switch {
		case reason == "":
			good++
			if code == "9405" {
				reported++
			}
		case code == "9403": // fails in silence
		case code == "9404":
			fails = append(fails, rowFail{"10000000000", reason})
		default:
			fails = append(fails, rowFail{*call.UserPhone, reason})
		}
	}
	t.latest = batchOfCalls{since: q.now, calls: good}
	reported += good
	return reply(http.StatusOK, callbotAnswer{RetMsg: callbotTexts[0], ResponseID: responseID(q), TotalCount: &total, SuccessCount: &reported, ErrList: fails}).did()
}

// refuse tells why one row is not taken; "" takes it.
func (r *robot) refuse(call callInput, code string) string {
	switch {
	case !onlyDigits(*call.UserPhone), len(*call.UserPhone) < 7, len(*call.UserPhone) > 15:
		return "phone format error"
	case code == "9401", code == "9403", code == "9404":
		return "invalid phone number"
	case code == "9402":
		return "号码在黑名单中"
	case *call.OrderID == "":
		return "orderID is empty"
	case r.orders[*call.OrderID]:
		return "orderID already exists"
	}
	if len(r.orders) >= maxOrders {
		clear(r.orders)
	}
	r.orders[*call.OrderID] = true
	return ""
}

func (r *robot) task(id string) *task {
	for _, t := range r.tasks {
		if t.id == id {
			return t
		}
	}
	if len(r.tasks) >= maxTasks {
		r.tasks = slices.Delete(r.tasks, 0, 1)
	}
	t := &task{id: id}
	r.tasks = append(r.tasks, t)
	return t
}

func onlyDigits(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func parseSeconds(text string) (time.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(n, 0), err
}

func formatSeconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
