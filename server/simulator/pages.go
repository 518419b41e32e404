package simulator

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"outdial/shared/operation"
)

//go:embed help.html
var helpText string

// routes adds the simulator's own pages.
func (s *Simulator) routes() {
	guard := http.NewCrossOriginProtection().Handler
	s.mux.HandleFunc("GET /{$}", s.help)
	s.mux.HandleFunc("GET /simulator/magic", func(w http.ResponseWriter, _ *http.Request) { s.show(w, reply(http.StatusOK, Magic())) })
	s.mux.HandleFunc("GET /simulator/state", s.state)
	s.mux.Handle("POST /simulator/reset", guard(http.HandlerFunc(s.postReset)))
	s.mux.Handle("POST /simulator/next", guard(http.HandlerFunc(s.postNext)))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { s.show(w, *message(http.StatusNotFound, "Not Found")) })
}

func (s *Simulator) show(w http.ResponseWriter, a answer) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body); err != nil {
		s.log.Debug("simulator: the caller did not take the answer", "error", err)
	}
}

// state is GET /simulator/state.
type state struct {
	Received  int                      `json:"received"`            // requests since the reset
	Requests  []Received               `json:"requests"`            // the last thousand, oldest first
	Counts    []Count                  `json:"counts"`              // per operation and key
	Truncated bool                     `json:"truncated,omitempty"` // some keys were not counted: there were too many
	Accounts  map[operation.System]any `json:"accounts"`
}

func (s *Simulator) now() state {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := state{Received: s.seen.total, Requests: s.seen.latest(), Counts: s.seen.sorted(), Truncated: s.seen.dropped, Accounts: map[operation.System]any{}}
	for system, v := range s.vendors {
		out.Accounts[system] = v.summary(s.clock())
	}
	return out
}

func (s *Simulator) state(w http.ResponseWriter, _ *http.Request) {
	s.show(w, reply(http.StatusOK, s.now()))
}

func (s *Simulator) postReset(w http.ResponseWriter, r *http.Request) {
	s.Reset()
	s.back(w, r)
}

// back answers a form with the page, and a program with nothing.
func (s *Simulator) back(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// postNext puts a magic code before the next request of an operation, for
// those that have no place for one: ?operation=agents.list&code=9053.
func (s *Simulator) postNext(w http.ResponseWriter, r *http.Request) {
	if err := s.Next(operation.Name(r.FormValue("operation")), r.FormValue("code")); err != nil {
		s.show(w, *message(http.StatusBadRequest, err.Error()))
		return
	}
	s.back(w, r)
}

// Next makes a magic code act on the next request of an operation.
func (s *Simulator) Next(op operation.Name, code string) error {
	if _, ok := operation.Find(op); !ok || !acts(code, op) {
		return errNext
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[op] = code
	return nil
}

// help explains the simulator. The page loads nothing.
func (s *Simulator) help(w http.ResponseWriter, _ *http.Request) {
	a := answer{status: http.StatusOK, header: http.Header{
		"Content-Type":            {"text/html; charset=utf-8"},
		"Content-Security-Policy": {"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	}}
	var b bytes.Buffer
	if err := s.page.Execute(&b, s.helpData()); err != nil {
		s.log.Error("simulator: help page", "error", err)
		a = *message(http.StatusInternalServerError, "the help page cannot be written")
	} else {
		a.body = b.Bytes()
	}
	s.show(w, a)
}

type helpData struct {
	CCAI       []CCAIAccount
	Callbot    []CallbotAccount
	Groups     []helpGroup
	Campaigns  []helpCampaign
	Listed     []string
	Outbound   []string
	Operations []operation.Operation
	Jobs       map[string][]jobSummary
	Rate       int
	MaxCalls   int
	Minutes    int
}

type helpGroup struct {
	Title  string
	Values []Value
}

type helpCampaign struct {
	ID       int
	Name     string
	Contacts int
	Job      string
	List     string
}

func (s *Simulator) helpData() helpData {
	d := helpData{CCAI: s.cfg.CCAI, Callbot: s.cfg.Callbot, Listed: []string{listedForGood, listedTenYears, listedOneYear}, Outbound: defaultOutbound,
		Operations: operation.Catalogue(), Jobs: map[string][]jobSummary{}, Rate: s.cfg.RequestsPerSecond, MaxCalls: s.cfg.MaxCalls,
		Minutes: int(sessionLength.Minutes()), Groups: groups()}
	if d.Rate == 0 {
		d.Rate = defaultRate
	}
	if d.MaxCalls == 0 {
		d.MaxCalls = defaultCalls
	}
	for i, c := range seededCampaigns {
		d.Campaigns = append(d.Campaigns, helpCampaign{i + 1, c.name, c.contacts, c.job.String(), c.list.String()})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.vendors[operation.CCAI].(*ccai); ok {
		for name, t := range c.tenants {
			t.settle(s.clock())
			d.Jobs[name] = t.lastJobs()
		}
	}
	return d
}

// Alone tells whether the four digits act without a number, too.
func (v Value) Alone() bool { return v.Code != "" && v.Where != inNumber }

// groups orders the magic values by the hundreds of their codes.
func groups() []helpGroup {
	titles := map[string]string{"90": "Any operation: slow, lost, failing", "91": "Do-not-call", "92": "SMS (the consumer's number)",
		"93": "Campaign contacts", "94": "Callbot: single rows", "95": "Callbot: the whole call", "": "SMS: the message"}
	var all []helpGroup
	for _, v := range Magic() {
		hundred := ""
		if v.Code != "" {
			hundred = v.Code[:2]
		}
		i := slices.IndexFunc(all, func(g helpGroup) bool { return g.Title == titles[hundred] })
		if i < 0 {
			all = append(all, helpGroup{Title: titles[hundred]})
			i = len(all) - 1
		}
		all[i].Values = append(all[i].Values, v)
	}
	return all
}

func parsePage() (*template.Template, error) { return template.New("help").Parse(helpText) }
