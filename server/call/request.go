package call

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"outdial/shared/callbot"
	"outdial/shared/operation"
)

// isKey reports whether text is 8 to 128 letters, digits, - or _.
func isKey(text string) bool {
	if len(text) < 8 || len(text) > 128 {
		return false
	}
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// fingerprint tells one request from another: the body as it was posted, but
// for white space. What our server fills in is no part of it, so that the same
// body is the same request though the orderIDs made for it would differ.
func fingerprint(system string, name operation.Name, body []byte) (string, error) {
	var b bytes.Buffer
	b.WriteString(system + "\x00" + string(name) + "\x00")
	if err := json.Compact(&b, body); err != nil {
		return "", err
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// recorded is the request as the ledger keeps it: the posted body. Where our
// server made orderIDs they are put in: they are what the upstream's answers
// and callbacks name, and were made once, before the first try.
func recorded(body []byte, p operation.Prepared) (json.RawMessage, error) {
	sent, ok := p.Input.(*callbot.Import)
	if !ok {
		return body, nil
	}
	var posted callbot.Import
	if err := json.Unmarshal(body, &posted); err != nil {
		return nil, fmt.Errorf("record the request: %w", err)
	}
	calls, made := posted.CallInfoList.CallList, false
	if len(calls) != len(sent.CallInfoList.CallList) {
		return nil, fmt.Errorf("record the request: %d rows were posted, %d prepared", len(calls), len(sent.CallInfoList.CallList))
	}
	for i := range calls {
		order := sent.CallInfoList.CallList[i].OrderID
		made = made || strings.TrimSpace(calls[i].OrderID) != order
		calls[i].OrderID = order
		if calls[i].Params == nil {
			calls[i].Params = []callbot.Param{}
		}
	}
	if !made {
		return body, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(posted); err != nil {
		return nil, fmt.Errorf("record the request: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
