package hours

import "slices"

// Basis says what a rule rests on.
type Basis string

const (
	Law      Basis = "law"      // a statute, or a rule or standard that an authority made under one
	Code     Basis = "code"     // a code of conduct of the industry, or an authority's advice
	Fallback Basis = "fallback" // no law at all: our own caution where no rule is known
	Own      Basis = "own"      // the company's, from the configuration
)

// Confidence says how we came to know a rule. None of it is legal advice.
type Confidence string

const (
	Checked  Confidence = "checked"  // its own words, or its authority's, were read
	Reported Confidence = "reported" // read in the words of the press, of law firms or of vendors
	Recalled Confidence = "recalled" // from general knowledge; the text was not looked at
	Decided  Confidence = "decided"  // by us or by the company: there is nothing to be sure of
)

// Rule is when one channel may be used at some places. Windows are read by
// ParseWeek; days that they do not name are closed.
type Rule struct {
	Code       string     `json:"code"`              // stable; "hours.rule."+Code names it in the translations, but for the company's
	Regions    []string   `json:"regions,omitempty"` // ISO 3166 alpha-2; none: every country without a rule
	State      string     `json:"state,omitempty"`   // of the United States; empty: the whole region
	Channels   []Channel  `json:"channels"`
	Windows    []string   `json:"windows"`            // "Mon-Fri 10:00-13:00"
	Holidays   string     `json:"holidays,omitempty"` // the calendar of days that the rule closes, or opens for its Hol windows only
	Basis      Basis      `json:"basis"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
	LeftOut    string     `json:"left_out,omitempty"` // what the source says beyond this, or what is not sure
}

// Rules lists the table, countries first.
func Rules() []Rule { return copied(table) }

func copied(rules []Rule) []Rule {
	all := slices.Clone(rules)
	for i, r := range all {
		all[i].Regions = slices.Clone(r.Regions)
		all[i].Channels = slices.Clone(r.Channels)
		all[i].Windows = slices.Clone(r.Windows)
	}
	return all
}

// UnitedStates is the one region whose states have rules of their own.
const UnitedStates = "US"

const stateCodes = "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY"

// States lists the codes of the United States and of the District of Columbia.
func States() []string {
	all := make([]string, 0, 51)
	for i := 0; i < len(stateCodes); i += 3 {
		all = append(all, stateCodes[i:i+2])
	}
	return all
}

func isState(code string) bool { return slices.Contains(States(), code) }
