package task

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/client"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/callbot"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// FieldName names the field of a path: "contacts[3].phone_number" → "Phone number, row 4".
func FieldName(path string) string {
	name := path
	if dot := strings.LastIndexByte(path, '.'); dot >= 0 {
		name = path[dot+1:]
	}
	row := ""
	if open := strings.LastIndexByte(path, '['); open >= 0 {
		digits := path[open+1:]
		if end := strings.IndexByte(digits, ']'); end >= 0 {
			row = digits[:end]
		}
		if bracket := strings.IndexByte(name, '['); bracket >= 0 {
			name = name[:bracket]
		}
	}
	label := text.T("field." + name)
	if row == "" {
		return label
	}
	n := 0
	for _, c := range []byte(row) {
		n = n*10 + int(c-'0')
	}
	return text.T("field.in_row", "field", label, "n", text.Number(n+1))
}

// Headline says in a sentence how a call ended.
func Headline(e *wire.Envelope) string {
	return text.First("outcome."+string(e.Operation)+"."+string(e.Outcome), "outcome."+string(e.Outcome)+".line")
}

// ErrorTitle and ErrorNext explain an upstream's error and what to do.
func ErrorTitle(code string) string { return text.First("error."+code, "error.other") }

// ErrorNext says what the person can do about an error, "" when there is
// nothing to say.
func ErrorNext(code string) string {
	if key := "error." + code + ".next"; text.Has(key) {
		return text.T(key)
	}
	return ""
}

// FailureTitle says why there is no answer.
func FailureTitle(f *client.Failure) string {
	switch {
	case f.Lost:
		return text.T("failure.lost")
	case f.SignedOut:
		return text.T("failure.signed_out")
	case f.Problem != nil:
		return text.First("server."+f.Problem.Code, "server.other")
	}
	return text.T("server.other")
}

func (p *Panel) failure() app.UI {
	f := p.State.Failure
	if f == nil {
		return app.Div().Class("failure-slot")
	}
	return app.Div().Class("failure-slot").ID("failure").TabIndex(-1).Body(Failure(f, p.askAgain))
}

// Failure explains why there is no answer and what to do. again asks our
// server once more with the same key.
func Failure(f *client.Failure, again func(app.Context)) app.UI {
	next := ""
	switch {
	case f.Lost:
		next = text.T("failure.lost.next")
	case f.SignedOut:
		next = text.T("failure.signed_out.next")
	case f.Problem != nil && text.Has("server."+f.Problem.Code+".next"):
		next = text.T("server." + f.Problem.Code + ".next")
	}
	repeat := f.Lost || f.Problem != nil && f.Problem.Code == "running"
	return app.Div().Class("answer is-failure").Role("alert").Body(
		app.H2().Body(widget.Icon("alert"), app.Span().Text(FailureTitle(f))),
		app.If(next != "", func() app.UI { return app.P().Text(next) }),
		app.If(f.Problem != nil && len(f.Problem.Fields) > 0, func() app.UI {
			return app.Ul().Body(app.Range(f.Problem.Fields).Slice(func(i int) app.UI {
				field := f.Problem.Fields[i]
				return app.Li().Text(FieldName(field.Field) + ": " + Explain(field))
			}))
		}),
		app.If(repeat && again != nil, func() app.UI {
			return &widget.Button{Label: text.T("failure.ask_again"), Icon: "refresh", OnClick: again}
		}),
	)
}

func (p *Panel) answer() app.UI {
	e := p.State.Answer
	if e == nil {
		return app.Div().Class("answer-slot")
	}
	op, _ := operation.Find(e.Operation)
	recorded := e.ID != "" && op.Rule.Writes() // the ledger holds changes, not questions
	return app.Div().Class("answer-slot").Body(
		app.Div().Class("answer is-"+string(e.Outcome)).ID("answer").TabIndex(-1).Body(
			app.If(p.State.past(), func() app.UI { return widget.Note("info", text.T("answer.past")) }),
			app.If(p.Head != nil, func() app.UI { return p.Head(e) }).Else(func() app.UI {
				return app.H2().Body(OutcomeTag(e.Outcome), app.Span().Text(Headline(e)))
			}),
			Why(e.Error),
			app.If(p.Result != nil, func() app.UI { return p.Result(e) }),
			app.If(e.Outcome == wire.Unknown && recorded, func() app.UI {
				return app.P().Body(app.A().Class("button").Href("/ledger?call=" + e.ID).Text(text.T("ledger.settle_this")))
			}),
			Raw(e.UpstreamStatus, e.RequestID, e.Response),
			app.If(recorded, func() app.UI {
				return app.P().Class("fine-print").Body(
					app.Span().Text(text.T("answer.call")+" "),
					app.A().Href("/ledger?call="+e.ID).Text(e.ID),
				)
			}),
		),
	)
}

// Why explains an error: what it means, what to do, and the upstream's own words.
func Why(e *wire.Error) app.UI {
	if e == nil {
		return app.Div().Class("why-slot")
	}
	next := ErrorNext(e.Code)
	return app.Div().Class("why-slot").Body(
		app.P().Class("why").Text(ErrorTitle(e.Code)),
		app.If(next != "", func() app.UI {
			return app.P().Class("next").Body(app.Strong().Text(text.T("error.next")+" "), app.Text(next))
		}),
		app.If(e.Message != "" && !ours(e.Code), func() app.UI {
			return app.P().Class("upstream-words").Body(app.Span().Text(text.T("answer.words")+" "), app.Q().Lang("en").Text(e.Message))
		}),
	)
}

// ours reports whether a code has no words of the upstream behind it: it is our
// own server's, which the vendors' codes are not named like, or says what our
// reading of the answer came to.
func ours(code string) bool {
	switch code {
	case ccai.CodeUnreadable, ccai.CodeNotJSON, callbot.CodeUnreadable, callbot.CodeCountsDiffer, callbot.CodeAmbiguousPhone, callbot.CodeUnmatchedPhone:
		return true
	}
	return !strings.Contains(code, ".")
}

// OutcomeTag is an outcome as a word.
func OutcomeTag(o wire.Outcome) app.UI {
	return widget.Tag(string(o), text.T("outcome."+string(o)))
}

// ProofTag is a proof as a word.
func ProofTag(p wire.Proof) app.UI {
	return widget.Tag(string(p), text.T("proof."+string(p)))
}

// Raw shows the upstream's own answer, folded.
func Raw(status int, requestID string, response json.RawMessage) app.UI {
	return &raw{Status: status, RequestID: requestID, Response: response, Lang: text.Language()}
}

// raw is rendered anew only when the answer is another one: it may be long.
type raw struct {
	app.Compo

	Status    int
	RequestID string
	Response  json.RawMessage
	Lang      string // the language it was rendered in
}

func (r *raw) Render() app.UI {
	if r.Status == 0 && len(r.Response) == 0 {
		return app.Div().Class("raw-slot")
	}
	body := Pretty(r.Response)
	return app.Div().Class("raw-slot").Body(app.Details().Class("raw").Body(
		app.Summary().Body(
			app.Span().Text(text.T("answer.raw")),
			app.If(r.Status != 0, func() app.UI { return app.Code().Text("HTTP " + strconv.Itoa(r.Status)) }),
			app.If(r.RequestID != "", func() app.UI { return app.Code().Class("request-id").Text(r.RequestID) }),
		),
		app.If(body != "", func() app.UI { return app.Pre().TabIndex(0).Aria("label", text.T("answer.raw")).Text(cut(body)) }),
		app.If(body == "", func() app.UI { return app.P().Text(text.T("answer.empty")) }),
		&widget.Copy{Text: body, What: text.T("answer.raw")},
	))
}

// Pretty indents JSON; what is a JSON string is shown as the text it holds.
func Pretty(raw json.RawMessage) string {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return plain
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// RowTable lists the rows of a call with their outcomes.
func RowTable(rows []wire.Row, proof bool) app.UI {
	return app.Div().Class("table-box").TabIndex(0).Role("region").Aria("label", text.T("rows.title")).Body(
		app.Table().Class("table").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(text.T("rows.row")),
				app.Th().Scope("col").Text(text.T("rows.number")),
				app.Th().Scope("col").Text(text.T("rows.outcome")),
				app.If(proof, func() app.UI { return app.Th().Scope("col").Text(text.T("rows.proof")) }),
			)),
			app.TBody().Body(app.Range(rows).Slice(func(i int) app.UI {
				r := rows[i]
				return app.Tr().Body(
					app.Td().Class("digits").Text(text.Number(r.Index+1)),
					app.Td().Class("digits").Body(
						app.Span().Text(orDash(r.Sent)),
						app.If(r.Typed != "" && r.Typed != r.Sent, func() app.UI {
							return app.Small().Class("typed").Text(r.Typed)
						}),
					),
					app.Td().Body(
						OutcomeTag(r.Outcome),
						app.If(r.Reason != "" || r.Text != "", func() app.UI { return app.P().Class("row-why").Text(RowReason(r)) }),
					),
					app.If(proof, func() app.UI {
						return app.Td().Body(app.If(r.Proof != "", func() app.UI { return ProofTag(r.Proof) }))
					}),
				)
			})),
		),
	)
}

// RowReason explains a row that is not plainly accepted.
func RowReason(r wire.Row) string {
	if r.Reason == "" {
		return r.Text
	}
	reason := ErrorTitle(r.Reason)
	if r.Text != "" && !strings.Contains(reason, r.Text) {
		reason += " – " + r.Text
	}
	return reason
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
