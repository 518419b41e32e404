package lists

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"outdial/app/task"
	"outdial/app/text"
	"outdial/shared/list/plan"
	"outdial/shared/operation"
	"outdial/shared/phone"
)

// failedTitle says why a file cannot be read, and what to do.
func failedTitle(code string) string { return text.First("lists.failed."+code, "lists.failed.other") }

// operationName is what a list is for.
func operationName(op operation.Name) string { return text.T("lists.for." + string(op)) }

// className names a class of rows: all, ready, or why they are left out.
func className(code string) string {
	switch {
	case code == "":
		return text.T("lists.class.all")
	case code == "ready" || code == "unusual" || code == "edited" || code == "known" || code == "closed":
		return text.T("lists.class." + code)
	case strings.HasPrefix(code, "repair:"):
		return repairName(code[len("repair:"):])
	}
	return reasonName(code)
}

// reasonName is a reason in a few words.
func reasonName(code string) string { return text.First("lists.out."+code, "lists.out.other") }

// inside is a name as it stands inside a sentence: without its capital.
func inside(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	next, _ := utf8.DecodeRuneInString(name[size:])
	if !unicode.IsUpper(first) || !unicode.IsLower(next) {
		return name
	}
	return string(unicode.ToLower(first)) + name[size:]
}

// reasonWhy explains a reason in a sentence, and what can be done; "" when its
// name says it all.
func reasonWhy(code string) string {
	if key := "lists.why." + code; text.Has(key) {
		return text.T(key)
	}
	if key := "phone.reason." + code; text.Has(key) {
		return text.T(key)
	}
	return ""
}

func repairName(code string) string { return text.First("lists.repair."+code, "lists.repair.other") }

func fieldName(field string) string {
	if key := "field." + field; text.Has(key) {
		return text.T(key)
	}
	return field
}

// state is what a row comes to, as a kind of tag and in a few words.
func state(r plan.Row) (kind, words string) {
	switch {
	case r.Reason != "":
		kind, words = "bad", reasonName(r.Reason)
		if r.Field != "" && !aboutNumber(r) {
			words = fieldName(r.Field) + text.T("callbot.colon") + words
		}
		if r.Other > 0 {
			words = text.T("lists.out.duplicate_of", "n", text.Number(r.Other))
		}
		if soft(r.Reason) {
			kind = "plain"
		}
	case r.Verdict == string(phone.Unusual):
		kind, words = "warn", text.T("lists.state.unusual")
	default:
		kind, words = "good", text.T("lists.state.ready")
	}
	for _, code := range r.Repairs {
		words += " · " + repairName(code)
	}
	return kind, words
}

// aboutNumber reports whether a row's reason is about its number: then naming
// the field says nothing.
func aboutNumber(r plan.Row) bool {
	switch r.Field {
	case "", "phone_number", "phone_numbers", "end_user_number", "userPhone":
		return true
	}
	return false
}

// soft reports whether a row is left out though nothing is wrong with it.
func soft(reason string) bool {
	switch reason {
	case "blank", "duplicate", "present", "sent_before", "accepted_before", "unknown_before", "deselected", "unusual":
		return true
	}
	return false
}

// explanation says all there is to say about a row.
func explanation(r plan.Row) []string {
	var all []string
	switch {
	case r.Reason != "" && r.Other > 0:
		all = append(all, text.T("lists.out.duplicate_of", "n", text.Number(r.Other)))
	case r.Reason != "":
		all = append(all, problemText(r))
	case r.Verdict == string(phone.Unusual):
		all = append(all, text.T("phone.reason."+string(phone.ReasonNotAssigned)))
	default:
		all = append(all, text.T("lists.state.ready"))
	}
	for _, code := range r.Repairs {
		all = append(all, repairName(code))
	}
	if r.Known != nil {
		all = append(all, text.T("lists.known_at", "time", text.Time(*r.Known)))
	}
	return all
}

func problemText(r plan.Row) string {
	name := ""
	if !aboutNumber(r) {
		name = fieldName(r.Field) + text.T("callbot.colon")
	}
	if key := "problem." + r.Reason; text.Has(key) {
		return name + task.Explain(operation.Problem{Code: r.Reason, Params: r.Params})
	}
	if why := reasonWhy(r.Reason); why != "" {
		return name + why
	}
	return name + reasonName(r.Reason)
}

// wholeText says what is wrong with the list as a whole.
func wholeText(p operation.Problem) string {
	if key := "lists.whole." + p.Code; text.Has(key) {
		return text.T(key, "max", p.Params["max"], "name", "{"+p.Params["name"]+"}")
	}
	return fieldName(p.Field) + text.T("callbot.colon") + task.Explain(p)
}

// lasting writes about how long something takes.
func lasting(seconds int) string {
	switch {
	case seconds < 60:
		return text.T("lists.last.seconds")
	case seconds < 3600:
		return text.N("lists.last.minutes", (seconds+59)/60)
	}
	tenths := (seconds + 359) / 360
	if tenths%10 == 0 {
		return text.N("lists.last.hours", tenths/10)
	}
	return text.T("lists.last.hours_part", "n", text.Number(tenths/10)+text.T("callbot.decimal")+decimal(tenths%10))
}

// size writes a file's size.
func size(n int64) string {
	if n < 1<<20 {
		return text.T("callbot.kilobytes", "n", text.Number(int((n+1<<10-1)>>10)))
	}
	tenths := (n*10 + 1<<20 - 1) >> 20
	return text.T("callbot.megabytes", "n", text.Number(int(tenths/10))+text.T("callbot.decimal")+decimal(int(tenths%10)))
}

// percent is how far something has come, -1 where nothing tells.
func percent(done, total int64) int {
	if total <= 0 {
		return -1
	}
	return int(max(0, min(done*100/total, 100)))
}
