package runs

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// waiting stands for rows without an outcome, beside the outcomes.
const waiting = "waiting"

// part is how many rows of a run have an outcome, or wait.
type part struct {
	Key string // an outcome, or waiting
	N   int
}

// parts are the rows of a run by outcome, those that wait last: they add up to
// all rows. Outcomes that no row has are left out.
func parts(p run.Progress) []part {
	var all []part
	for _, o := range wire.Outcomes() {
		if n := p.Counts[o]; n > 0 {
			all = append(all, part{string(o), n})
		}
	}
	if p.Waiting > 0 {
		all = append(all, part{waiting, p.Waiting})
	}
	return all
}

// done is how many rows have an outcome.
func done(r run.Run) int { return max(0, r.Rows-r.Waiting) }

// reason is how many rows ended for a reason.
type reason struct {
	Code string
	N    int
}

// reasons are those of a run, most first, then by name.
func reasons(p run.Progress) []reason {
	var all []reason
	for code, n := range p.Reasons {
		if code != "" && n > 0 {
			all = append(all, reason{code, n})
		}
	}
	slices.SortFunc(all, func(a, b reason) int { return cmp.Or(b.N-a.N, strings.Compare(a.Code, b.Code)) })
	return all
}

// share is n of all in per cent: never so little that a bar cannot be seen, and
// only all are full.
func share(n, all int) int {
	if n <= 0 || all <= 0 {
		return 0
	}
	if n >= all {
		return 100
	}
	return max(1, min(99, n*100/all))
}

// percents are numbers in per cent of all together, rounded so that they add up
// to 100: those with the largest rests are rounded up.
func percents(all []part) []int {
	sum := 0
	for _, p := range all {
		sum += p.N
	}
	n, order, left := make([]int, len(all)), make([]int, len(all)), 100
	if sum == 0 {
		return n
	}
	for i, p := range all {
		n[i], order[i] = p.N*100/sum, i
		left -= n[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return all[b].N*100%sum - all[a].N*100%sum })
	for _, i := range order[:left] {
		n[i]++
	}
	return n
}

// What can be done with a run in its state.
func pausable(s run.State) bool {
	switch s {
	case run.Scheduled, run.Queued, run.Running, run.Resting:
		return true
	}
	return false
}

func resumable(s run.State) bool { return s == run.Paused }

func cancellable(s run.State) bool {
	switch s {
	case run.Scheduled, run.Queued, run.Running, run.Resting, run.Paused:
		return true
	}
	return false
}

// take is a run with the progress that an event told of. An event that comes
// late does not take back an end.
func take(r run.Run, e run.Event) run.Run {
	if r.ID != e.Run || r.State.Ended() && !e.State.Ended() {
		return r
	}
	r.Progress = e.Progress
	return r
}

// watchEvery is how often a run that is open is read again though nothing was
// told of it; stale when nothing was told for so long that events seem not to
// come at all.
const (
	watchEvery = 3 * time.Second
	quietFor   = 6 * time.Second
)

// due reports whether a run should be read again now.
func due(state run.State, told, now time.Time) bool {
	return !state.Ended() && now.Sub(told) >= quietFor
}

// cells shows the cells of a row in one line.
func cells(row run.Row) string {
	const most = 120
	line := strings.Join(strings.Fields(strings.Join(row.Cells, " · ")), " ")
	if len(line) <= most {
		return line
	}
	cut := most
	for cut > 0 && line[cut]&0xc0 == 0x80 {
		cut--
	}
	return line[:cut] + "…"
}

// undone is the operation that is taken back by another.
func undone(by operation.Name) operation.Name {
	switch by {
	case operation.DNCRemove:
		return operation.DNCAdd
	case operation.DNCAdd:
		return operation.DNCRemove
	case operation.ContactDelete:
		return operation.ContactsImport
	}
	return by
}
