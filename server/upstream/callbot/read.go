package callbot

import (
	"context"
	"fmt"
	"log/slog"

	"outdial/server/upstream"
	"outdial/shared/answer"
	"outdial/shared/callbot"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// mostText bounds an answer that is not JSON, such as a proxy's page.
const mostText = 64 << 10

// result reads one answer.
func (c *Client) result(ctx context.Context, p operation.Prepared, a upstream.Answer, requestID string) upstream.Result {
	r := upstream.Result{
		Class:     upstream.ClassOf(a.Status),
		Status:    a.Status,
		RequestID: requestID,
		Response:  answer.JSON(a.Body, mostText),
	}
	said, err := read(p.Operation.Name, a)
	if err == nil && said.id != "" {
		r.RequestID = upstream.ID(said.id) // what the vendor's support asks for
	}
	if forged := c.verify(ctx, p, a, requestID); forged != nil {
		r.Class = upstream.Failed
		r.Rows = upstream.Rows(p.Rows, wire.Unknown, callbot.CodeForgedAnswer, said.text)
		r = r.Concluded(messages)
		r.Error.Message = fmt.Sprintf("%v; HTTP %d, it says: %s", forged, a.Status, said.text)
		return r
	}
	switch {
	case r.Class != upstream.Answered:
		r.Rows = upstream.Rows(p.Rows, outcomeOf(r.Class), byStatus(r.Class, a.Status, said), said.text)
	case err != nil:
		r.Class = upstream.Failed
		r.Rows = upstream.Rows(p.Rows, wire.Unknown, callbot.CodeUnreadable, said.text)
	default:
		r.Class, r.Rows = byRetCode(p, said)
	}
	if r.Class == upstream.PutOff {
		r.RetryAfter = upstream.RetryAfter(a.Header, c.config.Clock())
	}
	return r.Concluded(messages)
}

// verify says why the answer is not to be believed; nil when it is, or when
// nobody asked.
func (c *Client) verify(ctx context.Context, p operation.Prepared, a upstream.Answer, requestID string) error {
	if c.config.VerifyResponses == Off {
		return nil
	}
	err := Verify(Seal{
		Algorithm: c.config.Algorithm,
		Secret:    c.config.Secret,
		RequestID: requestID,
		UUID:      c.config.UUID,
		Now:       c.config.Clock(),
		Skew:      c.config.SkewWindow,
	}, a.Header, string(a.Body), string(a.Wire))
	if err == nil {
		return nil
	}
	c.config.Log.LogAttrs(ctx, slog.LevelWarn, "callbot: an answer's signature does not hold",
		slog.String("operation", string(p.Operation.Name)),
		slog.String("request_id", requestID),
		slog.Int("status", a.Status),
		slog.String("verify_responses", c.config.VerifyResponses),
		slog.String("why", err.Error()))
	if c.config.VerifyResponses == Warn {
		return nil
	}
	return err
}

// said is what an answer says, whatever its form.
type said struct {
	code   int64
	text   string
	id     string
	answer callbot.Answer // of an import
}

func read(name operation.Name, a upstream.Answer) (said, error) {
	if a.Broken != nil {
		return said{text: a.Broken.Error()}, answer.ErrUnreadable
	}
	if name == operation.CallbotPing {
		pong, err := callbot.ReadPong(a.Body)
		if err != nil {
			return said{text: answer.Message(a.Body)}, err
		}
		return said{code: pong.Code, text: pong.Message, id: pong.RequestID}, nil
	}
	reply, err := callbot.ReadAnswer(a.Body)
	if err != nil {
		return said{text: answer.Message(a.Body)}, err
	}
	return said{code: reply.RetCode, text: reply.RetMsg, id: reply.ResponseID, answer: reply}, nil
}

// outcomeOf is the outcome of every row of a call that was not answered.
func outcomeOf(class upstream.Class) wire.Outcome {
	if class == upstream.Failed {
		return wire.Unknown
	}
	return wire.Refused
}

// byStatus is the reason of an answer that HTTP itself says no with.
func byStatus(class upstream.Class, status int, s said) string {
	code := callbot.Code(s.code)
	switch {
	case status >= 300 && status < 400:
		return callbot.CodeRedirected
	case class == upstream.PutOff:
		return callbot.CodeBusy
	case code != "" && code != callbot.CodeUndocumented:
		return code
	case class == upstream.Refused:
		return callbot.CodeRefused
	}
	return callbot.CodeFailed
}

// byRetCode is class and rows of an answer with HTTP 200.
func byRetCode(p operation.Prepared, s said) (upstream.Class, []wire.Row) {
	class := classOf(s.code)
	if class == upstream.Answered {
		return class, joined(p, s.answer)
	}
	if count := s.answer.SuccessCount; class != upstream.Failed && count != nil && *count != 0 {
		// It says no, and that something was taken: repeating or trusting it could do harm.
		return upstream.Failed, upstream.Rows(p.Rows, wire.Unknown, callbot.CodeContradictory, s.text)
	}
	return class, upstream.Rows(p.Rows, outcomeOf(class), callbot.Code(s.code), s.text)
}

// classOf is the class of a retCode (docs/api.md 6.3). One that is not
// documented leaves open what happened.
func classOf(retCode int64) upstream.Class {
	switch retCode {
	case 0:
		return upstream.Answered
	case 7, 1001:
		return upstream.PutOff
	case 2, 3, 4, 4001, 6, 6001, 6002, 6003:
		return upstream.Refused
	}
	return upstream.Failed
}

// joined are the rows of a successful answer.
func joined(p operation.Prepared, a callbot.Answer) []wire.Row {
	rows := upstream.Rows(p.Rows, wire.Accepted, "", "")
	if p.Operation.Name != operation.CallbotImport {
		return rows
	}
	phones := make([]string, len(rows))
	for i, row := range rows {
		phones[i] = row.Sent
	}
	for i, row := range callbot.Join(a, phones) {
		switch row.Ending {
		case callbot.Denied:
			rows[i].Outcome = wire.Refused
		case callbot.Unclear:
			rows[i].Outcome = wire.Unknown
		}
		rows[i].Reason, rows[i].Text = row.Reason, row.Text
	}
	return rows
}

// messages stand in where the upstream has no words of its own.
var messages = map[string]string{
	callbot.CodeGeneralError:     "general error (retCode 1)",
	callbot.CodeParameterMissing: "a parameter is missing (retCode 2)",
	callbot.CodeParameterFormat:  "a parameter has a wrong format (retCode 3)",
	callbot.CodeParameterValue:   "a parameter has a wrong value (retCode 4)",
	callbot.CodeTooMany:          "too many elements in the list (retCode 4001)",
	callbot.CodeMaintenance:      "the upstream is under maintenance (retCode 5)",
	callbot.CodeInternal:         "internal error of the upstream (retCode 5001)",
	callbot.CodeSignatureWrong:   "the signature is wrong (retCode 6)",
	callbot.CodeSignatureMissing: "the signature is missing (retCode 6001)",
	callbot.CodeNoAccount:        "there is no such account (retCode 6002)",
	callbot.CodeNoPermission:     "the account may not do this (retCode 6003)",
	callbot.CodeBusy:             "the upstream is busy",
	callbot.CodeImportInProgress: "another batch is being imported (retCode 1001)",
	callbot.CodeUndocumented:     "a retCode that is not documented",
	callbot.CodeRowRefused:       "the upstream refused this row without a reason",
	callbot.CodeAmbiguousPhone:   "several rows have this number, and fewer of them were refused",
	callbot.CodeUnmatchedPhone:   "the upstream refused a number that no row has",
	callbot.CodeCountsDiffer:     "successes and errors do not make the number of rows",
	callbot.CodeForgedAnswer:     "the answer's signature is missing or wrong",
	callbot.CodeUnreadable:       "the answer is not of the form it should have",
	callbot.CodeContradictory:    "the answer names a failure and counts successes",
	callbot.CodeRefused:          "the upstream refused without a reason",
	callbot.CodeFailed:           "the upstream failed",
	callbot.CodeRedirected:       "the upstream answered with a redirect, which is not followed",
}
