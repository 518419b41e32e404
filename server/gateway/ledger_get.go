package gateway

import (
	"context"
	"net/http"

	"outdial/server/problem"
	"outdial/shared/wire"
)

// ledgerEntry tells everything about one call.
func (g *Gateway) ledgerEntry(w http.ResponseWriter, r *http.Request, who visitor) error {
	entry, err := g.entryFor(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	return g.respond(w, r, http.StatusOK, entry)
}

// entryFor is the entry if the person may see it. Another's entry looks just
// like one that does not exist.
func (g *Gateway) entryFor(ctx context.Context, who visitor, id string) (wire.Entry, error) {
	entry, err := g.Ledger.Entry(ctx, id)
	if err != nil {
		return wire.Entry{}, err
	}
	if only := who.only(); only != "" && entry.Person.ID != only {
		return wire.Entry{}, problem.NoSuchCall
	}
	return entry, nil
}
