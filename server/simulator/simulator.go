// Package simulator is an HTTP server that behaves like both upstreams: their
// documented answers, their state, their authentication and their failures. It
// shares no reader with the clients that it tests. GET / lists every account
// and every magic value. What the vendors leave open it decides for itself;
// the same page says where.
package simulator

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"outdial/shared/operation"
)

// Config says which accounts exist and by what time they live.
type Config struct {
	Clock   func() time.Time                     // nil: time.Now
	After   func(time.Duration) <-chan time.Time // how slow answers wait; nil: time.After
	Log     *slog.Logger                         // nil: no log
	CCAI    []CCAIAccount
	Callbot []CallbotAccount

	RequestsPerSecond int // of each CCAI account; 0: 10, as documented; negative: no limit
	MaxCalls          int // callList elements of one Callbot import; 0: 20000
}

// CCAIAccount is one tenant.
type CCAIAccount struct {
	Username, Token string
	OutboundNumbers []string // E.164; none: the documented samples
	AgentKeys       string   // which spelling sms.send honours: "camel" (agentId) when empty, or "snake" (agent_id)
	Willing         bool     // every campaign_id is a campaign and every number that could be one an outbound number: for dry runs
}

// CallbotAccount is one account of the Callbot API.
type CallbotAccount struct {
	UUID, Secret string
	Algorithm    string // "MD5" or "SHA256"; empty: either, MD5 when the request does not say
	GzipSigns    string // what a gzip request signs: "plain" when empty, or "wire"
}

// Demo is the accounts of serve --demo and of the simulator command.
func Demo() Config {
	return Config{
		CCAI:    []CCAIAccount{{Username: "acme", Token: "demo-token"}, {Username: "acme-live", Token: "demo-token-live"}},
		Callbot: []CallbotAccount{{UUID: "demo-account-uuid", Secret: "demo-secret-0001", Algorithm: "SHA256"}},
	}
}

// Bounds of memory.
const (
	maxBody  = 256 << 20 // bytes of a request, unpacked
	maxKept  = 1000      // requests that Received tells
	maxKeys  = 20        // keys kept with one request
	maxCount = 200_000   // keys counted
	maxOnce  = 10_000    // half-way "the first time only" values
)

// Simulator is both vendors. Its methods may be used from many goroutines.
type Simulator struct {
	clock func() time.Time
	after func(time.Duration) <-chan time.Time
	log   *slog.Logger
	cfg   Config
	mux   *http.ServeMux
	page  *template.Template

	mu      sync.Mutex // guards all below and the state of the vendors
	vendors map[operation.System]vendor
	seen    record
	once    map[string]bool
	next    map[operation.Name]string // magic code for the next request of an operation
}

// vendor is one of the two upstreams.
type vendor interface {
	// reader returns what reads the requests of an operation; nil: there is none.
	reader(operation.Name) reader
	// admit tells which account calls, or turns the request away.
	admit(*request) (account string, refusal *answer)
	// limit tells whether the account calls too often. Under the lock.
	limit(account string, now time.Time) *answer
	// finish completes an answer to an admitted request.
	finish(*request, *answer)
	// reset puts the state back to the seed. Under the lock.
	reset(now time.Time)
	// summary shows the state. Under the lock.
	summary(now time.Time) any
}

// request is one call of an operation.
type request struct {
	*http.Request
	op      operation.Operation
	account string
	body    []byte // unpacked
	wire    []byte // as it came
	now     time.Time
}

// reader reads a request into what is to be done, or refuses it. It must not
// touch the state of the vendor.
type reader func(*request) (plan, *answer)

// plan is a request that can be read.
type plan struct {
	keys  []string                             // what it is about, for Received
	marks []mark                               // where a magic value may stand
	more  func() (keys []string, marks []mark) // of what it names, under the lock; may be nil
	rows  int
	do    func(code string) answer // under the lock; code is the magic code found, or ""
}

// answer is what goes back.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	happened bool // the state changed as asked
	unsigned bool // comes from in front of the vendor's program
	sign     func(*signature)
}

// New makes a simulator. An operation of the catalogue that it cannot play is an error.
func New(cfg Config) (*Simulator, error) { return build(cfg, operation.Catalogue()) }

func build(cfg Config, catalogue []operation.Operation) (*Simulator, error) {
	s := &Simulator{clock: cfg.Clock, after: cfg.After, log: cfg.Log, cfg: cfg, mux: http.NewServeMux()}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.after == nil {
		s.after = time.After
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	page, err := parsePage()
	if err != nil {
		return nil, fmt.Errorf("simulator: help page: %w", err)
	}
	s.page = page
	ccai, err := newCCAI(cfg)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	callbot, err := newCallbot(cfg)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s.vendors = map[operation.System]vendor{operation.CCAI: ccai, operation.Callbot: callbot}
	for _, op := range catalogue {
		v := s.vendors[op.System]
		if v == nil {
			return nil, fmt.Errorf("simulator: operation %s: nobody plays the system %q", op.Name, op.System)
		}
		read := v.reader(op.Name)
		if read == nil {
			return nil, fmt.Errorf("simulator: nobody plays the operation %s", op.Name)
		}
		s.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, op, v, read) })
	}
	s.routes()
	s.Reset()
	return s, nil
}

// Reset forgets everything and seeds the accounts anew.
func (s *Simulator) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = record{counts: map[countKey]*Count{}}
	s.once = map[string]bool{}
	s.next = map[operation.Name]string{}
	for _, v := range s.vendors {
		v.reset(s.clock())
	}
}

// Handler serves both vendors and the simulator's own pages.
func (s *Simulator) Handler() http.Handler { return s.mux }

// ServeHTTP lets a Simulator stand where a handler is wanted.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// errNext says that Next was asked for what it cannot do.
var errNext = errors.New("no such operation, or the code means nothing to it")

// serve plays one request: who calls, what is asked, which magic value stands
// in it, and what comes of all that.
func (s *Simulator) serve(w http.ResponseWriter, r *http.Request, op operation.Operation, v vendor, read reader) {
	q := &request{Request: r, op: op, now: s.clock()}
	a, f := s.answer(w, q, v, read)
	if f.wait > 0 && !f.early {
		s.hold(r.Context(), f.wait)
	}
	if f.drop || f.half && len(a.body) == 0 || r.Context().Err() != nil {
		// net/http's way to close the connection without an answer.
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	body := a.body
	if f.half {
		body = body[:len(body)/2]
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if _, err := w.Write(body); err != nil {
		s.log.Debug("simulator: the caller did not take the answer", "operation", op.Name, "error", err)
	}
	if f.half {
		if err := http.NewResponseController(w).Flush(); err != nil {
			s.log.Debug("simulator: flush", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

func (s *Simulator) answer(w http.ResponseWriter, q *request, v vendor, read reader) (answer, fault) {
	entry := Received{At: q.now, System: q.op.System, Operation: q.op.Name}
	refuse := func(a *answer) (answer, fault) {
		v.finish(q, a)
		s.mu.Lock()
		defer s.mu.Unlock()
		entry.Status = a.status
		s.note(entry)
		return *a, fault{}
	}
	wire, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refuse(message(http.StatusRequestEntityTooLarge, "Request entity too large"))
	case err != nil:
		return refuse(message(http.StatusBadRequest, "Bad request"))
	}
	q.wire, q.body = wire, wire
	account, refusal := v.admit(q)
	q.account, entry.Account = account, account
	if refusal != nil {
		return refuse(refusal)
	}
	p, refusal := read(q)
	entry.Keys, entry.Rows = p.keys, p.rows

	s.mu.Lock()
	if busy := v.limit(account, q.now); busy != nil {
		refusal = busy
	}
	if refusal != nil {
		s.mu.Unlock()
		return refuse(refusal)
	}
	defer s.mu.Unlock()
	if p.more != nil {
		keys, marks := p.more()
		entry.Keys, p.marks = append(entry.Keys, keys...), append(p.marks, marks...)
	}
	code := s.code(q.op.Name, p.marks)
	f := faults[code]
	if f.once && !s.first(q, code, entry.Keys) {
		f, code = fault{}, ""
	}
	entry.Code = code
	if f.wait > 0 && f.early {
		s.mu.Unlock()
		s.hold(q.Context(), f.wait)
		s.mu.Lock()
		f.wait = 0
		if q.Context().Err() != nil {
			s.note(entry)
			return answer{}, fault{drop: true}
		}
		q.now = s.clock()
	}
	var a answer
	if !f.before {
		a = p.do(code)
	}
	if f.after && !a.happened {
		f = fault{}
	}
	if f.edit != nil {
		happened := a.happened
		a = f.edit(q, a)
		a.happened = happened
	}
	v.finish(q, &a)
	entry.Happened = a.happened
	if !f.drop {
		entry.Status = a.status
	}
	s.note(entry)
	s.log.Debug("simulator", "operation", q.op.Name, "account", account, "status", entry.Status, "magic", code, "happened", a.happened)
	return a, f
}

func (s *Simulator) hold(ctx context.Context, d time.Duration) {
	select {
	case <-s.after(d):
	case <-ctx.Done():
	}
}

// code finds the magic value of a request: the one that was put before the
// operation with POST /simulator/next, else the first that acts on the whole
// call, else the first that means anything.
func (s *Simulator) code(op operation.Name, marks []mark) string {
	if code, ok := s.next[op]; ok {
		delete(s.next, op)
		return code
	}
	first := ""
	for _, m := range marks {
		code := m.code()
		if !acts(code, op) {
			continue
		}
		if _, whole := faults[code]; whole {
			return code
		}
		if first == "" {
			first = code
		}
	}
	return first
}

// first tells whether this is the first time, or the third, the fifth …
func (s *Simulator) first(q *request, code string, keys []string) bool {
	key := q.account + " " + string(q.op.Name) + " " + code
	if len(keys) > 0 {
		key += " " + keys[0]
	}
	if s.once[key] {
		delete(s.once, key)
		return false
	}
	if len(s.once) >= maxOnce {
		clear(s.once)
	}
	s.once[key] = true
	return true
}
