package operation

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"outdial/shared/callbot"
	"outdial/shared/ccai"
	"outdial/shared/phone"
)

// Env is what preparing a request needs beside the request itself. Time and
// randomness are passed in, so that browser and server judge alike.
type Env struct {
	Judge  phone.Judge
	Region string            // the system's default region, for numbers without a country
	Now    time.Time         // expiries before it are refused
	NewID  func() string     // for orderIDs that are empty; nil leaves them empty
	Fill   map[string]string // values for fields tagged fill:"…" that are empty
	Limits map[string]int    // caps for lists tagged limit:"…"; absent means none
}

// Prepared is a request that may leave, or the reasons why it may not.
type Prepared struct {
	Operation Operation
	Input     any       // normalised: numbers in the upstream's form, times in UTC
	Rows      []Item    // one per row of the call, at least one
	Problems  []Problem // empty when it may leave
	Hints     []Problem // shown before it leaves
	Numbers   []Number  // every number, in the order of the fields
	Note      string
}

// Item is one row of a call before it has an outcome.
type Item struct {
	Typed string // the number as the person wrote it; empty where a row has none
	Sent  string // the number as it leaves
}

// Number is a judged number and where it stands.
type Number struct {
	Field string `json:"field"`
	phone.Number
}

// sixty months: 47 CFR 64.1200(d)(6) has company do-not-call requests kept for five years.
const dncYears = 5

// providerCeiling is the longest message that SMS providers usually take.
const providerCeiling = 1600

// defaults are the values of fill:"…" fields that hold everywhere.
var defaults = map[string]string{
	"chat_type": "Messaging (SMS)",
	"product":   callbot.ProductID,
	"en":        "en",
	"ping":      "ping",
}

// Prepare decodes body as the operation's input, judges it and brings it to the
// form in which it leaves. The error is ErrMalformed; everything else is named
// in Problems, each at its field.
func (op Operation) Prepare(body []byte, env Env) (Prepared, error) {
	in := op.New()
	problems, err := decode(body, in, env.Limits)
	if err != nil {
		return Prepared{}, err
	}
	p := preparer{op: op, env: env, named: map[string]bool{}}
	for _, problem := range problems {
		p.named[problem.Field] = true
	}
	p.out = Prepared{Operation: op, Input: in, Problems: problems}
	p.object(reflect.ValueOf(in).Elem(), "", -1)
	if len(p.out.Rows) == 0 {
		p.out.Rows = []Item{{}}
	}
	p.whole(in)
	return p.out, nil
}

type preparer struct {
	op    Operation
	env   Env
	out   Prepared
	named map[string]bool // fields that have a problem
}

func (p *preparer) problem(field, code string, params ...string) {
	if p.named[field] || len(p.out.Problems) >= mostProblems {
		return // one problem a field: the first is the one to mend
	}
	p.named[field] = true
	p.out.Problems = append(p.out.Problems, newProblem(field, code, params...))
}

func (p *preparer) hint(field, code string, params ...string) {
	p.out.Hints = append(p.out.Hints, newProblem(field, code, params...))
}

// object judges the fields of one struct; row is the index of the row it
// belongs to, -1 outside lists.
func (p *preparer) object(v reflect.Value, path string, row int) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			p.object(v.Field(i), path, row)
			continue
		}
		p.field(v.Field(i), f, join(path, jsonName(f)), row)
	}
}

func (p *preparer) field(v reflect.Value, f reflect.StructField, path string, row int) {
	must := f.Tag.Get("need") == "must"
	switch v.Kind() {
	case reflect.String:
		p.text(v, f, path, must, row)
	case reflect.Int64:
		switch {
		case v.Int() < 0:
			p.problem(path, CodeID)
		case v.Int() == 0 && must:
			p.problem(path, CodeRequired)
		}
	case reflect.Struct:
		p.object(v, path, row)
	case reflect.Slice:
		p.list(v, f, path, must, row)
	}
}

func (p *preparer) list(v reflect.Value, f reflect.StructField, path string, must bool, row int) {
	if v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // leaves as [], never as null
	}
	if v.Len() == 0 && must {
		p.problem(path, CodeRequired)
	}
	rows := f.Tag.Get("rows") == "yes"
	if rows {
		p.out.Rows = make([]Item, v.Len())
	}
	for i := range v.Len() {
		at := path + "[" + strconv.Itoa(i) + "]"
		r := row
		if rows {
			r = i
		}
		if v.Index(i).Kind() == reflect.Struct {
			p.object(v.Index(i), at, r)
			continue
		}
		p.text(v.Index(i), f, at, must, r)
	}
}

func (p *preparer) text(v reflect.Value, f reflect.StructField, path string, must bool, row int) {
	typed := v.String()
	text := typed
	if f.Tag.Get("keep") != "space" {
		text = strings.TrimSpace(text)
	}
	if text == "" {
		text = p.fill(f.Tag.Get("fill"))
	}
	v.SetString(text)
	switch {
	case strings.TrimSpace(text) == "":
		if must {
			p.problem(path, CodeRequired)
		}
		return
	case tooLong(text, f.Tag.Get("max")):
		p.problem(path, CodeTooLong, "max", f.Tag.Get("max"))
		return
	}
	switch f.Tag.Get("is") {
	case "phone":
		p.phone(v, typed, f, path, row)
	case "time":
		p.time(v, text, path)
	case "email":
		if !plausibleEmail(text) || hasControl(text) {
			p.problem(path, CodeEmail)
		}
	case "url":
		if !strings.HasPrefix(text, "https://") || len(text) == len("https://") || strings.ContainsAny(text, " \t\r\n\"<>\\") || hasControl(text) {
			p.problem(path, CodeURL)
		}
	default:
		if hasControl(text) {
			p.problem(path, CodeControl)
		}
	}
}

func (p *preparer) fill(key string) string {
	switch {
	case key == "":
		return ""
	case key == "uuid":
		if p.env.NewID == nil {
			return ""
		}
		return p.env.NewID()
	case p.env.Fill[key] != "":
		return p.env.Fill[key]
	}
	return defaults[key]
}

func (p *preparer) phone(v reflect.Value, typed string, f reflect.StructField, path string, row int) {
	n := p.env.Judge.Judge(typed, p.env.Region)
	p.out.Numbers = append(p.out.Numbers, Number{Field: path, Number: n})
	switch n.Verdict {
	case phone.Emergency:
		p.problem(path, CodeEmergency)
		return
	case phone.Impossible:
		p.problem(path, CodePhone, "reason", string(n.Reason))
		return
	case phone.Unusual:
		p.hint(path, HintUnusual)
	}
	sent := n.E164
	if p.op.System == Callbot {
		sent = n.Digits()
	}
	v.SetString(sent)
	// A row's number is the one it cannot do without; an outbound number beside
	// it is not what the row is about.
	switch must := f.Tag.Get("need") == "must"; {
	case row >= 0 && must:
		p.out.Rows[row] = Item{Typed: typed, Sent: sent}
	case row < 0 && f.Tag.Get("row") == "yes":
		p.out.Rows = []Item{{Typed: typed, Sent: sent}}
	}
	if p.op.Name == SMSSend && f.Tag.Get("row") == "yes" && n.Region != "US" {
		p.hint(path, HintForeign, "region", n.Region)
	}
}

func (p *preparer) time(v reflect.Value, text, path string) {
	at, err := ccai.ParseTime(text)
	if err != nil {
		p.problem(path, CodeTime)
		return
	}
	v.SetString(ccai.FormatTime(at))
	switch {
	case !at.After(p.env.Now):
		p.problem(path, CodeTimePast)
	case at.Before(p.env.Now.AddDate(dncYears, 0, 0)):
		p.hint(path, HintShortExpiry)
	}
}

// whole judges what no single field shows.
func (p *preparer) whole(in any) {
	switch in := in.(type) {
	case *ccai.DNCAdd:
		p.out.Note = in.Note
		p.duplicates("contacts", ".phone_number", p.hint, HintDuplicate)
	case *ccai.DNCRemove:
		p.out.Note = in.Note
		p.duplicates("phone_numbers", "", p.hint, HintDuplicate)
	case *ccai.SMS:
		p.out.Note = in.Note
		if in.AgentID != 0 && in.AgentEmail != "" {
			p.problem("agentEmail", CodeEither)
		}
		if utf8.RuneCountInString(in.Message) > providerCeiling {
			p.hint("message", HintLongMessage)
		}
	case *ccai.ContactAdd:
		p.out.Note = in.Note
	case *ccai.ContactsImport:
		p.out.Note = in.Note
		// One duplicate fails the whole job upstream, so it stops here.
		p.duplicates("contacts", ".phone_number", p.problem, CodeDuplicate)
	case *ccai.ContactUpdate:
		p.out.Note = in.Note
		if in.Name == "" && in.Email == "" && in.PhoneNumber == "" && in.ExternalUniqueID == "" {
			p.problem("contact_id", CodeNothingToDo)
		}
	case *ccai.ContactDelete:
		p.out.Note = in.Note
		given := 0
		for _, is := range []bool{in.ContactID != 0, in.PhoneNumber != "", in.ExternalUniqueID != ""} {
			if is {
				given++
			}
		}
		if given != 1 {
			p.problem("contact_id", CodeOneOf)
		}
	case *callbot.Import:
		p.out.Note = in.Note
		if in.ProductID != callbot.ProductID {
			p.problem("productID", CodeFixed, "value", callbot.ProductID)
		}
		p.duplicates("callInfoList.callList", ".userPhone", p.hint, HintDuplicate)
		p.calls(in.CallInfoList.CallList)
	}
}

// calls demands every row to name the variables of the first, once each, and
// every orderID to be given once.
func (p *preparer) calls(list []callbot.Call) {
	orders := map[string]int{}
	for i, call := range list {
		at := "callInfoList.callList[" + strconv.Itoa(i) + "]"
		if first, again := orders[call.OrderID]; again && call.OrderID != "" {
			p.problem(at+".orderID", CodeRepeatedOrders, "first", strconv.Itoa(first+1))
		} else {
			orders[call.OrderID] = i
		}
		names := map[string]bool{}
		for _, param := range call.Params {
			if names[param.Name] {
				p.problem(at+".params", CodeRepeatedParam, "name", param.Name)
			}
			names[param.Name] = true
		}
		for _, param := range list[0].Params {
			if !names[param.Name] {
				p.problem(at+".params", CodeParamsDiffer, "name", param.Name)
				break // the field has its one problem; the first row may have very many
			}
		}
	}
}

func (p *preparer) duplicates(list, field string, say func(string, string, ...string), code string) {
	first := make(map[string]int, len(p.out.Rows))
	for i, item := range p.out.Rows {
		if item.Sent == "" {
			continue
		}
		if j, again := first[item.Sent]; again {
			say(list+"["+strconv.Itoa(i)+"]"+field, code, "first", strconv.Itoa(j+1))
			continue
		}
		first[item.Sent] = i
	}
}

func tooLong(text, most string) bool {
	n, err := strconv.Atoi(most)
	return err == nil && utf8.RuneCountInString(text) > n
}

// plausibleEmail is deliberately loose: the upstream has the last word.
func plausibleEmail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && local != "" && strings.Contains(domain, ".") &&
		!strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") &&
		!strings.ContainsAny(text, " \t\r\n<>,;\"") && !strings.Contains(domain, "@")
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == utf8.RuneError
	})
}

// errPlaceholder says that a path names a field that the input lacks: a mistake
// in the catalogue, found by its test.
var errPlaceholder = errors.New("operation: the path names a field that the input lacks")
