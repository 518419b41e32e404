package gateway

import (
	"io"
	"net/http"

	"outdial/server/problem"
)

// health says that the process answers.
func (g *Gateway) health(w http.ResponseWriter, _ *http.Request) { plainOK(w) }

// ready says that calls can be made: the ledger, without which none leaves, is
// reachable.
func (g *Gateway) ready(w http.ResponseWriter, r *http.Request) {
	if err := g.Ledger.Ready(r.Context()); err != nil {
		g.fail(w, r, problem.LedgerDown.Because(err))
		return
	}
	plainOK(w)
}

func plainOK(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, "ok\n") //nolint:errcheck // a probe that has gone needs no answer
}
