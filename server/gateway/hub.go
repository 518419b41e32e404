package gateway

import (
	"encoding/json"
	"sync"

	"outdial/shared/run"
	"outdial/shared/wire"
)

// Hub hands the events of calls and runs to the streams of the persons who made
// them.
type Hub struct {
	mu      sync.Mutex
	streams map[string][]*stream // by person
	share   func(message []byte) // may be nil
}

// stream is one open event stream. Its channel is closed when it is cut off.
type stream struct{ events chan event }

// event is what a stream sends. Those of calls have no name, those of runs are
// called "run".
type event struct {
	name string
	data []byte // JSON
}

// Bounds of a person's streams. One that does not keep up is cut off: the
// browser opens it anew and reads the ledger, so nothing is missed for good.
const (
	streamBacklog    = 256
	streamsPerPerson = 12 // an old one gives way to a new one
)

// NewHub makes a Hub.
func NewHub() *Hub { return &Hub{streams: map[string][]*stream{}} }

// Publish hands an event of a call to the person's streams. It never waits.
func (h *Hub) Publish(person string, e wire.Event) { h.publish(person, "", e) }

// PublishRun hands an event of a run to the person's streams. It never waits.
func (h *Hub) PublishRun(person string, e run.Event) { h.publish(person, "run", e) }

func (h *Hub) publish(person, name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // cannot be: an event is plain data
	}
	h.send(person, event{name, data})
	h.mu.Lock()
	share := h.share
	h.mu.Unlock()
	if share == nil {
		return
	}
	if message, err := json.Marshal(shared{person, name, data}); err == nil {
		share(message)
	}
}

// shared is an event on its way to the hubs of other processes.
type shared struct {
	Person string          `json:"person"`
	Name   string          `json:"name,omitempty"`
	Data   json.RawMessage `json:"data"`
}

// Share gives everything that is published here to share as well, for the hubs
// of other processes. It must not wait.
func (h *Hub) Share(share func(message []byte)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.share = share
}

// Deliver takes what the hub of another process shared. nil means that some
// may have been lost: all streams are cut off, so that the browsers open them
// anew and read the ledger.
func (h *Hub) Deliver(message []byte) {
	var s shared
	if message != nil && json.Unmarshal(message, &s) == nil {
		h.send(s.Person, event{s.Name, s.Data})
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, list := range h.streams {
		for _, one := range list {
			close(one.events)
		}
	}
	clear(h.streams)
}

func (h *Hub) send(person string, e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := h.streams[person][:0]
	for _, s := range h.streams[person] {
		select {
		case s.events <- e:
			kept = append(kept, s)
		default:
			close(s.events)
		}
	}
	h.keep(person, kept)
}

// open starts a stream for a person; done ends it, and may be called once the
// stream was cut off too.
func (h *Hub) open(person string) (events <-chan event, done func()) {
	s := &stream{events: make(chan event, streamBacklog)}
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.streams[person]
	if len(list) == streamsPerPerson {
		close(list[0].events)
		list = list[1:]
	}
	h.streams[person] = append(list, s)
	return s.events, func() { h.drop(person, s) }
}

func (h *Hub) drop(person string, gone *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var kept []*stream
	for _, s := range h.streams[person] {
		if s != gone {
			kept = append(kept, s)
		}
	}
	h.keep(person, kept)
}

func (h *Hub) keep(person string, list []*stream) {
	if len(list) == 0 {
		delete(h.streams, person)
		return
	}
	h.streams[person] = list
}
