package simulator

import (
	"slices"
	"strings"
	"time"

	"outdial/shared/operation"
)

// Received is one request as it came in and what became of it.
type Received struct {
	At        time.Time        `json:"at"`
	System    operation.System `json:"system"`
	Account   string           `json:"account,omitempty"` // empty: nobody we know
	Operation operation.Name   `json:"operation"`
	Keys      []string         `json:"keys,omitempty"` // "+14155550100", "campaign:1", "contact:7", "job:530", "task:x"; the first 20
	Rows      int              `json:"rows,omitempty"`
	Code      string           `json:"code,omitempty"` // the magic code that acted
	Status    int              `json:"status"`         // 0: the connection was dropped
	Happened  bool             `json:"happened"`       // it changed what it asked to change, or part of it
}

// Count is how often one thing was asked for. A campaign or a task counts
// only for requests that name no number.
type Count struct {
	System    operation.System `json:"system"`
	Account   string           `json:"account"`
	Operation operation.Name   `json:"operation"`
	Key       string           `json:"key"`
	Received  int              `json:"received"`
	Happened  int              `json:"happened"`
}

type countKey struct {
	account string
	op      operation.Name
	key     string
}

// record is what the simulator remembers of requests.
type record struct {
	total   int
	last    []Received // oldest first, at most twice what is told
	counts  map[countKey]*Count
	dropped bool // some keys were not counted
}

// note records a request. Under the lock.
func (s *Simulator) note(e Received) {
	r := &s.seen
	r.total++
	for _, key := range e.Keys {
		r.count(e, key)
	}
	if len(e.Keys) > maxKeys {
		e.Keys = slices.Clone(e.Keys[:maxKeys])
	}
	if len(r.last) == 2*maxKept {
		r.last = append(r.last[:0], r.last[maxKept:]...)
	}
	r.last = append(r.last, e)
}

func (r *record) count(e Received, key string) {
	k := countKey{e.Account, e.Operation, key}
	c := r.counts[k]
	if c == nil {
		if len(r.counts) >= maxCount {
			r.dropped = true
			return
		}
		c = &Count{System: e.System, Account: e.Account, Operation: e.Operation, Key: key}
		r.counts[k] = c
	}
	c.Received++
	if e.Happened {
		c.Happened++
	}
}

// Received tells the last thousand requests, oldest first.
func (s *Simulator) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.latest()
}

func (r *record) latest() []Received {
	return slices.Clone(r.last[max(0, len(r.last)-maxKept):])
}

// Counts tells how often each thing was asked for, in a stable order.
func (s *Simulator) Counts() []Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.sorted()
}

func (r *record) sorted() []Count {
	all := make([]Count, 0, len(r.counts))
	for _, c := range r.counts {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Count) int {
		for _, order := range []int{
			strings.Compare(string(a.Operation), string(b.Operation)),
			strings.Compare(a.Account, b.Account),
		} {
			if order != 0 {
				return order
			}
		}
		return strings.Compare(a.Key, b.Key)
	})
	return all
}
