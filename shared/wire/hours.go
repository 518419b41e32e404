package wire

// Hours is the answer to GET /api/hours: the rules of calling hours that runs keep
// here, countries first, the company's own last.
type Hours struct {
	Rules []HoursRule `json:"rules"`
}

// HoursRule is one of them, as docs/hours.md tells it.
type HoursRule struct {
	Code       string   `json:"code"`              // "own" for the company's
	Regions    []string `json:"regions,omitempty"` // ISO 3166 alpha-2; none: countries without a rule
	State      string   `json:"state,omitempty"`   // of the United States
	Channels   []string `json:"channels"`          // "call", "sms"
	Windows    []string `json:"windows"`           // "Mon-Fri 10:00-13:00", on the clock of the called place
	Basis      string   `json:"basis"`             // "law", "code", "fallback", "own"
	Source     string   `json:"source"`
	Confidence string   `json:"confidence"` // "checked", "reported", "recalled", "decided"
}
