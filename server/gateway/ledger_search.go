package gateway

import (
	"net/http"
	"net/url"
	"strconv"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// Pages of the ledger.
const (
	pageDefault = 50
	pageMax     = 100
	filterMax   = 320 // characters of one filter: an e-mail address fits
)

// ledgerQuery searches by everything but a number.
func (g *Gateway) ledgerQuery(w http.ResponseWriter, r *http.Request, who visitor) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return problem.BadQuery // the cause would quote the query
	}
	var f wire.Filter
	for name, values := range query {
		if name == "number" {
			return problem.NumberInURL
		}
		if len(values) != 1 {
			return problem.BadQuery.With("A filter stands twice.")
		}
		value := values[0]
		switch name {
		case "system":
			f.System = value
		case "operation":
			f.Operation = operation.Name(value)
		case "person":
			f.Person = value
		case "outcome":
			f.Outcome = wire.Outcome(value)
		case "before":
			f.Before = value
		case "limit":
			if f.Limit, err = strconv.Atoi(value); err != nil {
				return problem.BadQuery.With("limit must be a whole number.")
			}
		default:
			return problem.BadQuery.With("Filters are system, operation, person, outcome, before and limit.")
		}
	}
	return g.ledgerPage(w, r, who, f)
}

// ledgerSearch searches by everything, a number too.
func (g *Gateway) ledgerSearch(w http.ResponseWriter, r *http.Request, who visitor) error {
	var f wire.Filter
	if err := readSmall(w, r, &f); err != nil {
		return err
	}
	return g.ledgerPage(w, r, who, f)
}

func (g *Gateway) ledgerPage(w http.ResponseWriter, r *http.Request, who visitor, f wire.Filter) error {
	if problems := judgeFilter(f); len(problems) > 0 {
		return problem.Fields(problems)
	}
	if f.Limit == 0 {
		f.Limit = pageDefault
	}
	page, err := g.Ledger.Search(r.Context(), f, who.only())
	if err != nil {
		return err
	}
	if page.Entries == nil {
		page.Entries = []wire.Entry{} // leaves as [], never as null
	}
	return g.respond(w, r, http.StatusOK, page)
}

// only is whose entries the person may see: their own, or everyone's.
func (v visitor) only() string {
	if v.Role.Covers(operation.Admin) {
		return ""
	}
	return v.ID
}

func judgeFilter(f wire.Filter) []wire.FieldProblem {
	var problems []wire.FieldProblem
	for _, text := range []struct{ field, value string }{
		{"number", f.Number}, {"system", f.System}, {"operation", string(f.Operation)}, {"person", f.Person}, {"before", f.Before},
	} {
		if len(text.value) > filterMax {
			problems = append(problems, wire.FieldProblem{Field: text.field, Code: operation.CodeTooLong,
				Detail: "is too long", Params: map[string]string{"max": strconv.Itoa(filterMax)}})
		}
	}
	if f.Outcome != "" && !f.Outcome.Known() {
		problems = append(problems, wire.FieldProblem{Field: "outcome", Code: operation.CodeFixed,
			Detail: "must be accepted, updated, refused, skipped or unknown", Params: map[string]string{"value": outcomeList()}})
	}
	if f.Limit < 0 || f.Limit > pageMax {
		problems = append(problems, wire.FieldProblem{Field: "limit", Code: operation.CodeTooMany,
			Detail: "must lie between 1 and 100", Params: map[string]string{"max": strconv.Itoa(pageMax)}})
	}
	return problems
}

func outcomeList() string {
	var list string
	for i, o := range wire.Outcomes() {
		if i > 0 {
			list += ", "
		}
		list += string(o)
	}
	return list
}
