package gateway

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// noteMax is the longest note, in characters, as the inputs of calls have it.
const noteMax = 2000

// ledgerSettle records a person's finding about an unknown outcome.
func (g *Gateway) ledgerSettle(w http.ResponseWriter, r *http.Request, who visitor) error {
	var s wire.Settle
	if err := readSmall(w, r, &s); err != nil {
		return err
	}
	s.Note = strings.TrimSpace(s.Note)
	if problems := judgeSettle(s); len(problems) > 0 {
		return problem.Fields(problems)
	}
	id := r.PathValue("id")
	if _, err := g.entryFor(r.Context(), who, id); err != nil {
		return err
	}
	if err := g.Ledger.Settle(r.Context(), id, wire.Settlement{Outcome: s.Outcome, Note: s.Note, By: who.Person, At: g.Now().UTC()}); err != nil {
		return err
	}
	entry, err := g.Ledger.Entry(r.Context(), id)
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, entry)
}

func judgeSettle(s wire.Settle) []wire.FieldProblem {
	var problems []wire.FieldProblem
	if s.Outcome != wire.Accepted && s.Outcome != wire.Refused {
		problems = append(problems, wire.FieldProblem{Field: "outcome", Code: operation.CodeFixed,
			Detail: "must be accepted (it happened) or refused (it did not)", Params: map[string]string{"value": "accepted, refused"}})
	}
	switch {
	case s.Note == "":
		problems = append(problems, wire.FieldProblem{Field: "note", Code: operation.CodeRequired, Detail: "is required: what was looked at"})
	case utf8.RuneCountInString(s.Note) > noteMax:
		problems = append(problems, wire.FieldProblem{Field: "note", Code: operation.CodeTooLong,
			Detail: "is too long", Params: map[string]string{"max": strconv.Itoa(noteMax)}})
	}
	return problems
}
