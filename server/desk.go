package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"outdial/server/call"
	"outdial/server/config"
	"outdial/server/gateway"
	"outdial/server/throttle"
	"outdial/server/upstream"
	"outdial/server/upstream/callbot"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
)

// queueDepth is how many calls one system may have under way or waiting: at
// 8 requests a second the last of them waits half a minute.
const queueDepth = 256

// openDesk makes what makes calls: for each system its client and its throttle.
func (p *program) openDesk(hub *gateway.Hub) error {
	var systems []call.System
	for _, s := range p.cfg.Systems {
		system, err := p.system(s)
		if err != nil {
			return fmt.Errorf("system %s: %w", s.ID, err)
		}
		systems = append(systems, system)
	}
	var err error
	p.desk, err = call.New(call.Config{
		Systems: systems, Ledger: p.metrics.Ledger(p.ledger), Judge: library.New(),
		Now: time.Now, NewID: newID, Random: rand.Float64, Emit: hub.Publish, Log: p.log,
	})
	return err
}

func (p *program) system(s config.System) (call.System, error) {
	pace, err := throttle.NewOn(p.database, s.ID, newID(), s.RequestsPerSecond, queueDepth, time.Now)
	if err != nil {
		return call.System{}, err
	}
	if err := p.metrics.Waiting(s.ID, pace.Waiting); err != nil {
		return call.System{}, err
	}
	client, err := p.client(s, pace)
	if err != nil {
		return call.System{}, err
	}
	return call.System{
		ID: s.ID, Kind: s.Kind, Region: s.DefaultRegion, Caller: p.metrics.Caller(s.ID, client), Throttle: pace,
		// The keys are those of the inputs' fill and limit tags.
		Fill:   map[string]string{"chat_type": s.ChatType, "order_callback": s.OrderCallbackURL, "call_callback": s.CallCallbackURL},
		Limits: map[string]int{"dnc": p.cfg.Limits.DNCNumbers, "import": p.cfg.Limits.ImportRows, "callbot": s.MaxRows},
	}, nil
}

func (p *program) client(s config.System, pace *throttle.Throttle) (upstream.Caller, error) {
	var times upstream.Timeouts // its defaults, where the configuration says nothing
	if s.Timeout > 0 {
		times = upstream.Timeouts{Header: s.Timeout, Whole: s.Timeout}
	}
	if s.Kind == operation.Callbot {
		return callbot.New(callbot.Config{
			BaseURL: s.BaseURL.String(), UUID: s.UUID.Reveal(), Secret: s.Secret.Reveal(), Algorithm: s.Algorithm,
			VerifyResponses: s.VerifyResponses, GzipOver: int(s.GzipOver), GzipSigns: s.GzipSigns, SkewWindow: s.Skew,
			Timeouts: times, Clock: time.Now, Log: p.log,
		})
	}
	return ccai.New(ccai.Config{
		BaseURL: s.BaseURL.String(), Username: s.Username, Token: s.Token.Reveal(), AgentKeys: s.AgentKeys, Timeouts: times,
		Turn: func(ctx context.Context) error { return pace.Acquire(ctx, throttle.Single, "") }, Clock: time.Now,
	})
}
