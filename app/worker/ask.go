//go:build js && wasm

package main

import (
	"encoding/json"
	"syscall/js"
	"time"

	"outdial/app/judge/question"
	"outdial/shared/ccai"
	"outdial/shared/list/plan"
	"outdial/shared/list/review"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// Phases of work that has to do with our server.
const (
	asking  = "asking"
	sending = "sending"
)

// refused is why there is no answer: "unreached", "signed_out", or the code of a
// problem.
type refused string

func (r refused) Error() string { return string(r) }

const (
	unreached = refused("unreached")
	signedOut = refused("signed_out")
)

// send posts a body, which is a string or a Blob, to our own server and reads the
// answer. problem is the body of a problem, nil where there is none.
func send(path string, headers map[string]any, body any) (data, problem []byte, err error) {
	headers["Content-Type"] = "application/json"
	headers["Accept"] = "application/json"
	response, err := await(js.Global().Call("fetch", path, map[string]any{
		"method": "POST", "headers": headers, "body": body, "redirect": "manual", "cache": "no-store", "credentials": "same-origin",
	}))
	if err != nil {
		return nil, nil, unreached
	}
	status := response.Get("status").Int()
	text, err := await(response.Call("text"))
	switch {
	case response.Get("type").String() == "opaqueredirect" || status == 401:
		return nil, nil, signedOut
	case err != nil:
		return nil, nil, unreached
	case status >= 400:
		var p wire.Problem
		if json.Unmarshal([]byte(text.String()), &p) != nil || p.Code == "" {
			return nil, nil, unreached // something between us and our server answered
		}
		return nil, []byte(text.String()), refused(p.Code)
	case !json.Valid([]byte(text.String())):
		return nil, nil, signedOut // the page of a gate, where JSON was due
	}
	return []byte(text.String()), nil, nil
}

// exchange posts a question as JSON and decodes the answer.
func exchange[A any](path string, q any) (a A, err error) {
	data, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	data, _, err = send(path, map[string]any{}, string(data))
	if err != nil {
		return a, err
	}
	if json.Unmarshal(data, &a) != nil {
		return a, unreached
	}
	return a, nil
}

func (d *desk) ask(q question.AskQuestion) (plan.Summary, error) {
	switch q.About {
	case "known":
		return d.askKnown(q)
	case "present":
		return d.askPresent(q)
	case "hours":
		return d.askHours(q)
	}
	return plan.Summary{}, refused("about")
}

// inPieces calls with for all numbers of the list, KnownAtOnce at once.
func (d *desk) inPieces(ready bool, with func(numbers []string) error) error {
	var numbers []string
	if err := d.list.Numbers(ready, func(number string) error {
		numbers = append(numbers, number)
		return nil
	}); err != nil {
		return err
	}
	for from := 0; from < len(numbers); from += run.KnownAtOnce {
		if err := d.progress(asking, int64(from), int64(len(numbers))); err != nil {
			return err
		}
		if err := with(numbers[from:min(len(numbers), from+run.KnownAtOnce)]); err != nil {
			return err
		}
		d.meanwhile()
	}
	return nil
}

func (d *desk) askKnown(q question.AskQuestion) (plan.Summary, error) {
	known := map[string]review.Known{}
	err := d.inPieces(false, func(numbers []string) error {
		a, err := exchange[run.KnownAnswer]("/api/lists/known", run.Known{System: q.System, Operation: d.list.Operation(), Numbers: numbers})
		for _, n := range a.Numbers {
			if n.Index >= 0 && n.Index < len(numbers) {
				known[numbers[n.Index]] = review.Known{Outcome: string(n.Outcome), At: n.At}
			}
		}
		return err
	})
	if err != nil {
		return plan.Summary{}, err
	}
	return d.list.SetKnown(known, d.progress)
}

func (d *desk) askHours(q question.AskQuestion) (plan.Summary, error) {
	var at *time.Time
	if q.At != nil {
		t, err := time.Parse(time.RFC3339, *q.At)
		if err != nil {
			return plan.Summary{}, refused("time")
		}
		at = &t
	}
	closed := map[string]time.Time{}
	err := d.inPieces(true, func(numbers []string) error {
		a, err := exchange[run.HoursAnswer]("/api/lists/hours", run.Hours{Operation: d.list.Operation(), At: at, Numbers: numbers})
		for i, opens := range a.Opens {
			if opens != nil && i < len(numbers) {
				closed[numbers[i]] = *opens
			}
		}
		return err
	})
	if err != nil {
		return plan.Summary{}, err
	}
	return d.list.SetClosed(closed, d.progress)
}

// askPresent reads the campaign's contacts, a read like any other.
func (d *desk) askPresent(q question.AskQuestion) (plan.Summary, error) {
	if err := d.progress(asking, 0, 0); err != nil {
		return plan.Summary{}, err
	}
	envelope, err := exchange[wire.Envelope]("/api/systems/"+q.System+"/operations/"+string(operation.ContactsList), map[string]int64{"campaign_id": q.Campaign})
	if err != nil {
		return plan.Summary{}, err
	}
	contacts, err := ccai.ReadContacts(envelope.Response)
	if err != nil || envelope.Error != nil {
		return plan.Summary{}, refused("contacts_unread")
	}
	judge := engine.New()
	var numbers []string
	for _, c := range contacts {
		if n := judge.Judge(c.PhoneNumber, d.list.Region()); n.Sendable() {
			numbers = append(numbers, n.E164)
		}
	}
	return d.list.SetPresent(numbers, d.progress)
}

// post sends the run. Its body goes into a blob of the browser piece by piece:
// this program never holds it whole.
func (d *desk) post(q question.PostQuestion) (question.Posted, error) {
	parts := parts{js.Global().Get("Array").New()}
	if err := d.list.Order(parts, q.Order, d.progress); err != nil {
		return question.Posted{}, err
	}
	body := js.Global().Get("Blob").New(parts.array, map[string]any{"type": "application/json"})
	size := int64(body.Get("size").Float())
	d.told = time.Time{}
	if err := d.progress(sending, 0, size); err != nil {
		return question.Posted{}, err
	}
	data, problem, err := send("/api/runs", map[string]any{"Idempotency-Key": q.Key}, body)
	if problem != nil {
		return question.Posted{Problem: problem}, nil
	}
	if err != nil {
		return question.Posted{}, err
	}
	posted := question.Posted{Run: &run.Run{}}
	if json.Unmarshal(data, posted.Run) != nil {
		return question.Posted{}, unreached
	}
	return posted, nil
}

// parts collects what is written for a blob.
type parts struct{ array js.Value }

// Write implements io.Writer.
func (p parts) Write(piece []byte) (int, error) {
	bytes := js.Global().Get("Uint8Array").New(len(piece))
	js.CopyBytesToJS(bytes, piece)
	p.array.Call("push", bytes)
	return len(piece), nil
}
