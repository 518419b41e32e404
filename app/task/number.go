package task

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/judge/question"
	"outdial/app/text"
	"outdial/app/widget"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

// Typing has a field's number grouped while it is typed, as the region writes
// numbers.
func Typing(i *widget.Input, region string) *widget.Input {
	i.Format = func(text string, caret int) (string, int) { return engine.AsYouType(text, caret, region) }
	i.Ahead = engine.Ahead
	return i
}

// NumberLine shows what a field's number was taken for: the verdict in words,
// how it is written internationally, whose it is, what kind of line, and what
// was repaired. It is nil while there is no number in the field.
func NumberLine(c question.Check, field string) app.UI {
	n, ok := c.Number(field)
	if !ok {
		return nil
	}
	return numberLine(n.Number, numberParts(n.Number, true))
}

// NumberLine is the line of a field of this task. Why a number cannot be sent
// is left to the field's problem once that is shown.
func (s *State) NumberLine(field string) app.UI {
	n, ok := s.check.Number(field)
	if !ok {
		return nil
	}
	return numberLine(n.Number, numberParts(n.Number, s.Problem(field) == ""))
}

// Number is the line of a number in a list: the kind of line is left out, for
// there it would only hide what matters.
func Number(n phone.Number) app.UI {
	brief := n
	brief.Line = phone.UnknownLine
	return numberLine(n, numberParts(brief, true))
}

func numberLine(n phone.Number, parts []string) app.UI {
	return app.Div().Class("number-line").Body(
		VerdictTag(n.Verdict),
		app.Strong().Class("digits").Text(n.International),
		app.Range(parts).Slice(func(i int) app.UI {
			return app.Span().Class("number-part").Text(parts[i])
		}),
	)
}

// VerdictTag is a verdict as a word.
func VerdictTag(v phone.Verdict) app.UI {
	return widget.Tag(string(v), text.T("number.verdict."+string(v)))
}

// numberParts says the rest about a number, one thing each.
func numberParts(n phone.Number, why bool) []string {
	var parts []string
	if n.Sendable() {
		parts = append(parts, place(n))
		if n.Line != "" && n.Line != phone.UnknownLine {
			parts = append(parts, text.T("number.line."+string(n.Line)))
		}
	}
	if n.Reason != "" && (why || n.Sendable()) {
		parts = append(parts, text.T("phone.reason."+string(n.Reason)))
	}
	if n.Sendable() { // what was tried on a text that is no number helps nobody
		for _, r := range n.Repairs {
			parts = append(parts, RepairText(r, n))
		}
	}
	return parts
}

func place(n phone.Number) string {
	if name := text.Region(n.Region); name != "" {
		return name
	}
	if n.Region == "001" {
		return text.T("number.no_country")
	}
	return text.T("number.shared_code", "code", "+"+digits(n.CountryCode))
}

func digits(n int) string {
	if n >= 10 {
		return digits(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

// RepairText says what was changed to read a number.
func RepairText(r phone.Repair, n phone.Number) string {
	key := "number.repair." + string(r.Code)
	if r.Count > 0 {
		return text.N(key, r.Count)
	}
	return text.T(key, "extension", n.Extension, "region", text.Region(n.Region), "code", "+"+digits(n.CountryCode))
}
