// Package pace lets the screen draw while something long is done: the browser
// has one thread for both.
package pace

import "time"

// work is how long there is no break, and pause how long one is: the browser's
// shortest.
const (
	work  = 12 * time.Millisecond
	pause = time.Millisecond
)

// Pace is the pace of one long piece of work, which is done on a goroutine of
// its own: the UI goroutine must not pause.
type Pace struct{ since time.Time }

// Breathe makes a break when it is time for one. It is called at every step.
func (p *Pace) Breathe() {
	switch now := time.Now(); {
	case p.since.IsZero():
		p.since = now
	case now.Sub(p.since) >= work:
		time.Sleep(pause)
		p.since = time.Now()
	}
}
