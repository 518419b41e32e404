package gateway

import (
	"fmt"
	"net/http"
	"time"
)

// events streams what happens to the person's own calls and runs (server-sent
// events).
// The stream ends at shutdown and after a while, so that identity is asked
// again; browsers open it anew by themselves.
func (g *Gateway) events(w http.ResponseWriter, r *http.Request, who visitor) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	if r.Method == http.MethodHead {
		return nil
	}
	events, done := g.Events.open(who.ID)
	defer done()

	control := http.NewResponseController(w)
	say := func(format string, args ...any) bool {
		if timely(w) != nil {
			return false
		}
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && control.Flush() == nil
	}
	// The first bytes tell the browser at once that the stream is open.
	if !say("retry: 2000\n\n") {
		return nil
	}
	beat := time.NewTicker(g.Heartbeat)
	defer beat.Stop()
	end := time.NewTimer(g.StreamLife)
	defer end.Stop()
	for {
		select {
		case e, open := <-events:
			if !open {
				return nil
			}
			name := ""
			if e.name != "" {
				name = "event: " + e.name + "\n"
			}
			if !say("%sdata: %s\n\n", name, e.data) {
				return nil
			}
		case <-beat.C:
			if !say(": still here\n\n") {
				return nil
			}
		case <-end.C:
			return nil
		case <-r.Context().Done():
			return nil
		case <-g.Stop:
			return nil
		}
	}
}
