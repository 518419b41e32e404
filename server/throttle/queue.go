package throttle

import "slices"

// queue is who waits. Single calls go before runs, in the order in which they
// came; the runs go in turn, and within a run who came first.
type queue struct {
	singles []*waiter
	runs    map[string][]*waiter
	round   []string // the runs in which somebody waits, whose turn is next first
}

// waiter is one that waits.
type waiter struct {
	lane Lane
	of   string     // the run
	turn chan error // takes one: nil when it may go
}

// add reports whether the waiter is the first single call that waits.
func (q *queue) add(w *waiter) bool {
	if w.lane == Single {
		q.singles = append(q.singles, w)
		return len(q.singles) == 1
	}
	if q.runs == nil {
		q.runs = map[string][]*waiter{}
	}
	if len(q.runs[w.of]) == 0 {
		q.round = append(q.round, w.of)
	}
	q.runs[w.of] = append(q.runs[w.of], w)
	return false
}

// remove reports whether the waiter was still there.
func (q *queue) remove(w *waiter) bool {
	if w.lane == Single {
		i := slices.Index(q.singles, w)
		if i >= 0 {
			q.singles = slices.Delete(q.singles, i, i+1)
		}
		return i >= 0
	}
	i := slices.Index(q.runs[w.of], w)
	if i < 0 {
		return false
	}
	q.runs[w.of] = slices.Delete(q.runs[w.of], i, i+1)
	if len(q.runs[w.of]) == 0 {
		q.end(w.of)
	}
	return true
}

func (q *queue) end(of string) {
	delete(q.runs, of)
	q.round = slices.DeleteFunc(q.round, func(one string) bool { return one == of })
}

// next is the lane of whose turn it is, false when nobody waits.
func (q *queue) next() (Lane, bool) {
	if len(q.singles) > 0 {
		return Single, true
	}
	return Run, len(q.round) > 0
}

// take takes whose turn it is out of the queue, nil when nobody waits.
func (q *queue) take() *waiter {
	if len(q.singles) > 0 {
		w := q.singles[0]
		q.singles = slices.Delete(q.singles, 0, 1)
		return w
	}
	if len(q.round) == 0 {
		return nil
	}
	of := q.round[0]
	q.round = append(q.round[1:], of)
	w := q.runs[of][0]
	if q.runs[of] = slices.Delete(q.runs[of], 0, 1); len(q.runs[of]) == 0 {
		q.end(of)
	}
	return w
}

func (q *queue) length() int {
	n := len(q.singles)
	for _, waiting := range q.runs {
		n += len(waiting)
	}
	return n
}
