package gateway

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"outdial/server/ledger"
	"outdial/server/problem"
	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// Known tells what the ledger has about numbers.
type Known interface {
	Known(ctx context.Context, system string, name operation.Name, numbers []string) (map[string]ledger.Latest, error)
}

// Hours tells when a number may next be called or texted by an operation, and
// by which rules.
type Hours interface {
	Opens(at time.Time, op operation.Name, e164 string) time.Time
	Rules() []hours.Rule
}

// listBody holds KnownAtOnce numbers.
const listBody = 256 << 10

// listKnown tells which numbers of a list were called before, whoever did it,
// to those who may do it themselves.
func (g *Gateway) listKnown(w http.ResponseWriter, r *http.Request, who visitor) error {
	var ask run.Known
	if err := readList(w, r, &ask); err != nil {
		return err
	}
	if err := few(ask.Numbers); err != nil {
		return err
	}
	var sys *wire.System
	for i := range g.Systems {
		if g.Systems[i].ID == ask.System {
			sys = &g.Systems[i]
		}
	}
	op, ok := operation.Find(ask.Operation)
	switch {
	case sys == nil:
		return problem.NoSuchSystem
	case !ok || op.System != sys.Kind:
		return problem.NoSuchOperation
	case !who.Role.Covers(op.Least) || !who.Role.Covers(operation.Supervisor):
		return problem.NotAllowed
	}
	known, err := g.Known.Known(r.Context(), ask.System, ask.Operation, ask.Numbers)
	if err != nil {
		return err
	}
	answer := run.KnownAnswer{Numbers: []run.KnownNumber{}}
	for i, number := range ask.Numbers {
		if latest, ok := known[number]; ok {
			answer.Numbers = append(answer.Numbers, run.KnownNumber{Index: i, Outcome: latest.Outcome, At: latest.At})
		}
	}
	return g.respond(w, r, http.StatusOK, answer)
}

// listHours tells which numbers are outside their calling hours.
func (g *Gateway) listHours(w http.ResponseWriter, r *http.Request, _ visitor) error {
	var ask run.Hours
	if err := readList(w, r, &ask); err != nil {
		return err
	}
	if err := few(ask.Numbers); err != nil {
		return err
	}
	if _, ok := operation.Find(ask.Operation); !ok {
		return problem.NoSuchOperation
	}
	at := g.Now()
	if ask.At != nil {
		at = *ask.At
	}
	answer := run.HoursAnswer{Opens: make([]*time.Time, len(ask.Numbers))}
	if g.Hours != nil {
		for i, number := range ask.Numbers {
			if opens := g.Hours.Opens(at, ask.Operation, number).UTC(); opens.After(at) {
				answer.Opens[i] = &opens
			}
		}
	}
	return g.respond(w, r, http.StatusOK, answer)
}

func readList(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := readJSON(w, r, listBody)
	if err != nil {
		return err
	}
	return decodeStrictly(body, v)
}

func few(numbers []string) error {
	if len(numbers) > run.KnownAtOnce {
		return problem.Fields([]wire.FieldProblem{{Field: "numbers", Code: operation.CodeTooMany, Detail: "has too many elements for one call",
			Params: map[string]string{"max": strconv.Itoa(run.KnownAtOnce)}}})
	}
	return nil
}
