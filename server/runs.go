package main

import (
	"math/rand/v2"
	"time"

	"outdial/server/config"
	"outdial/server/gateway"
	"outdial/server/hours"
	runs "outdial/server/run"
	"outdial/shared/phone/engine"
	"outdial/shared/phone/library"
)

// openRuns makes what carries out runs. It begins when the program serves.
func (p *program) openRuns(hub *gateway.Hub) error {
	systems := make([]runs.System, len(p.cfg.Systems))
	for i, s := range p.cfg.Systems {
		systems[i] = runs.System{ID: s.ID, Kind: s.Kind, Region: s.DefaultRegion, Fill: fillOf(s), Limits: p.limitsOf(s)}
	}
	var err error
	if p.hours, err = hours.New(p.cfg.Hours, library.New()); err != nil {
		return err
	}
	p.runs, err = runs.New(runs.Config{
		DB: p.database, Process: p.process, Desk: p.metrics.Calls(p.desk), Keys: p.ledger, Dry: p.rehearsal, Hours: p.hours, Systems: systems, Limits: p.cfg.Limits,
		// A list of a million numbers is judged while it comes in, so by the quick
		// judge; each call is judged once more by the desk before it leaves.
		Judge: engine.New(), Now: time.Now, NewID: newID, Random: rand.Float64, Emit: hub.PublishRun, Log: p.log,
	})
	return err
}

// fillOf and limitsOf go by the keys of the inputs' fill and limit tags.
func fillOf(s config.System) map[string]string {
	return map[string]string{"chat_type": s.ChatType, "order_callback": s.OrderCallbackURL, "call_callback": s.CallCallbackURL}
}

func (p *program) limitsOf(s config.System) map[string]int {
	return map[string]int{"dnc": p.cfg.Limits.DNCNumbers, "import": p.cfg.Limits.ImportRows, "callbot": s.MaxRows}
}
