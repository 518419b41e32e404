package ccai

import (
	"bytes"
	"encoding/json"

	"outdial/server/upstream"
	"outdial/shared/answer"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// mostText bounds an answer that is not JSON, such as a proxy's page.
const mostText = 64 << 10

// result reads one answer.
func (c *Client) result(p operation.Prepared, a upstream.Answer) upstream.Result {
	r := upstream.Result{
		Class:     upstream.ClassOf(a.Status),
		Status:    a.Status,
		RequestID: upstream.ID(a.Header.Get("X-Request-Id")),
		Response:  answer.JSON(a.Body, mostText),
	}
	switch r.Class {
	case upstream.Answered:
		c.read(p, a, &r)
	case upstream.PutOff:
		r.RetryAfter = upstream.RetryAfter(a.Header, c.clock())
		r.Rows = explained(p, a, wire.Refused)
	case upstream.Refused:
		r.Rows = explained(p, a, wire.Refused)
	default:
		r.Rows = explained(p, a, wire.Unknown)
	}
	return r.Concluded(messages)
}

func explained(p operation.Prepared, a upstream.Answer, outcome wire.Outcome) []wire.Row {
	code, text := ccai.Explain(a.Status, a.Body)
	return upstream.Rows(p.Rows, outcome, code, text)
}

// messages stand in where the upstream has no words of its own.
var messages = map[string]string{
	ccai.CodeUnauthorized:   "the user name or the token is wrong",
	ccai.CodeForbidden:      "the credential may not do this",
	ccai.CodeNotFound:       "there is no such subdomain, campaign or contact",
	ccai.CodeBusy:           "the upstream asked to wait",
	ccai.CodeRefused:        "the upstream refused without a reason",
	ccai.CodeFailed:         "the upstream failed",
	ccai.CodeRedirected:     "the upstream answered with a redirect, which is not followed",
	ccai.CodeNotJSON:        "the answer is not JSON",
	ccai.CodeUnreadable:     "the answer is not of the form it should have",
	ccai.CodeCheckUnclear:   "the answer does not say whether the number is on the list",
	ccai.CodeListIncomplete: "more entries exist than could be read",
	ccai.CodeRowMissing:     "the answer does not mention this row",
	ccai.CodeRowMismatch:    "the answer names another number or contact at this place",
	ccai.CodeRowUnclear:     "the answer says neither yes nor no",
}

// read takes a 2xx answer for what its operation should be answered with.
func (c *Client) read(p operation.Prepared, a upstream.Answer, r *upstream.Result) {
	rows, ok := []wire.Row(nil), false
	if a.Broken == nil {
		rows, ok = read(p, a)
	}
	if !ok {
		r.Class = upstream.Failed
		code := ccai.CodeUnreadable
		if _, err := answer.Read(a.Body); err != nil && !p.Operation.Rule.Writes() {
			code = ccai.CodeNotJSON
		}
		rows = upstream.Rows(p.Rows, wire.Unknown, code, answer.Message(a.Body))
	}
	r.Rows = rows
	if p.Operation.Name == operation.ContactsImport {
		r.JobID = ccai.JobID(a.Body, a.Header.Get)
	}
}

// complains reports whether an answer that need not hold anything holds an
// error: a 2xx alone is no yes.
func complains(body []byte) bool {
	value, err := answer.Read(body)
	return err == nil && ccai.Complains(value)
}

// read tells the rows of a 2xx answer; ok is false when the answer is not of
// the form it should have.
func read(p operation.Prepared, a upstream.Answer) (rows []wire.Row, ok bool) {
	switch p.Operation.Name {
	case operation.DNCAdd:
		return dncRows(p.Rows, a.Body)
	case operation.DNCCheck:
		return checkRows(p.Rows, a.Body)
	case operation.SMSSend:
		_, err := ccai.ReadChat(a.Body)
		return accepted(p.Rows, ""), err == nil
	case operation.ContactsAdd:
		return addedRows(p.Rows, a.Body)
	case operation.ContactsImport:
		// 202 says that the file was taken; the job decides about its rows.
		return accepted(p.Rows, ccai.CodeInJob), emptyOrJSON(a.Body) && !complains(a.Body)
	case operation.ContactsJob:
		_, err := ccai.ReadJob(a.Body)
		return accepted(p.Rows, ""), err == nil
	case operation.ContactUpdate:
		return contactRows(p.Rows, a.Body, contactID(p.Input), wire.Updated)
	case operation.ContactDelete:
		return contactRows(p.Rows, a.Body, contactID(p.Input), wire.Accepted)
	case operation.ContactsList:
		_, err := ccai.ReadContacts(a.Body)
		return accepted(p.Rows, ""), err == nil
	case operation.CampaignsList:
		_, err := ccai.ReadCampaigns(a.Body)
		return accepted(p.Rows, ""), err == nil
	case operation.AgentsList:
		_, err := ccai.ReadAgents(a.Body)
		return accepted(p.Rows, ""), err == nil
	case operation.DNCRemove:
		// {} whatever the numbers were: the proof comes from dnc.check.
		return accepted(p.Rows, ""), emptyOrJSON(a.Body) && !complains(a.Body)
	default: // ccai.ping: any JSON shows that the credential works
		_, err := answer.Read(a.Body)
		return accepted(p.Rows, ""), err == nil
	}
}

func accepted(items []operation.Item, reason string) []wire.Row {
	return upstream.Rows(items, wire.Accepted, reason, "")
}

// emptyOrJSON keeps a proxy's page from being taken for a yes.
func emptyOrJSON(body []byte) bool {
	return len(bytes.TrimSpace(body)) == 0 || json.Valid(body)
}

// dncRows joins the answer of dnc.add to the rows by position. The echo of the
// number guards against an answer in another order.
func dncRows(items []operation.Item, body []byte) ([]wire.Row, bool) {
	results, err := ccai.ReadDNCResults(body)
	if err != nil {
		return nil, false
	}
	rows := upstream.Rows(items, wire.Unknown, ccai.CodeRowMissing, "")
	for i := range rows[:min(len(rows), len(results))] {
		row, result := &rows[i], results[i]
		row.Text = result.Error
		switch {
		case another(result.PhoneNumber, row.Sent):
			row.Reason = ccai.CodeRowMismatch
		case result.Status == ccai.DNCCreated && result.Error == "":
			row.Outcome, row.Reason = wire.Accepted, ""
		case result.Status == ccai.DNCUpdated && result.Error == "":
			row.Outcome, row.Reason = wire.Updated, ""
		case result.Status == ccai.DNCFailed:
			row.Outcome, row.Reason = wire.Refused, refusal(result.Error)
		default:
			row.Reason = ccai.CodeRowUnclear
		}
	}
	return rows, true
}

// another reports whether an answer names another number than was sent.
func another(echo, sent string) bool {
	return echo != "" && sent != "" && !ccai.SamePhone(echo, sent)
}

func refusal(text string) string {
	if code := ccai.Code(text); code != "" {
		return code
	}
	return ccai.CodeRefused
}

func checkRows(items []operation.Item, body []byte) ([]wire.Row, bool) {
	check, err := ccai.ReadCheck(body)
	if err != nil {
		return nil, false
	}
	rows := accepted(items, "")
	for i := range rows {
		switch {
		case check.DoNotCall == nil:
			rows[i].Outcome, rows[i].Reason = wire.Unknown, ccai.CodeCheckUnclear
		case another(check.PhoneNumber, rows[i].Sent):
			rows[i].Outcome, rows[i].Reason = wire.Unknown, ccai.CodeRowMismatch
		}
	}
	return rows, true
}

// addedRows reads campaign.contacts.add, which has one row.
func addedRows(items []operation.Item, body []byte) ([]wire.Row, bool) {
	added, err := ccai.ReadAddedContacts(body)
	if err != nil {
		return nil, false
	}
	rows := upstream.Rows(items, wire.Unknown, ccai.CodeRowUnclear, "")
	for i := range rows {
		valid := false
		for _, c := range added.Valid {
			valid = valid || !another(c.PhoneNumber, rows[i].Sent)
		}
		switch {
		case len(added.Invalid) > 0:
			rows[i].Text = added.Invalid[0].Reason
			if !valid {
				rows[i].Outcome, rows[i].Reason = wire.Refused, refusal(rows[i].Text)
			}
		case valid:
			rows[i].Outcome, rows[i].Reason = wire.Accepted, ""
		case len(added.Valid) == 0:
			rows[i].Reason = ccai.CodeRowMissing
		}
	}
	return rows, true
}

// contactID is the id that an update or a removal names; 0 when it names none.
func contactID(in any) int64 {
	switch in := in.(type) {
	case *ccai.ContactUpdate:
		return in.ContactID
	case *ccai.ContactDelete:
		return in.ContactID
	}
	return 0
}

// contactRows reads the answer to an update or a removal: the contact it was
// done to, or nothing.
func contactRows(items []operation.Item, body []byte, id int64, done wire.Outcome) ([]wire.Row, bool) {
	if len(bytes.TrimSpace(body)) == 0 {
		return upstream.Rows(items, done, "", ""), true
	}
	contact, err := ccai.ReadContact(body)
	switch {
	case err != nil, complains(body):
		return nil, false
	case id != 0 && contact.ID != 0 && contact.ID != id:
		return upstream.Rows(items, wire.Unknown, ccai.CodeRowMismatch, ""), true
	}
	return upstream.Rows(items, done, "", ""), true
}
