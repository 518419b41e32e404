package hours

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Company holds the company's own windows: by place, by channel, as ParseWeek
// reads them. A place is a region ("FR"), a state ("US-FL") or Default, which is
// every country that the table has no rule for.
//
// They make the rules of the table narrower and never wider; where the table has
// none, they stand in place of our fallback.
type Company map[string]map[Channel][]string

// Default is the place that stands for every country without a rule.
const Default = "default"

// Mistake is something wrong with the company's windows.
type Mistake struct {
	Place   string
	Channel Channel // empty: the place itself is wrong
	Text    string  // as the end of a sentence whose beginning is where it stands
}

// Error implements error.
func (m Mistake) Error() string {
	if m.Channel == "" {
		return fmt.Sprintf("hours: %s: %s", m.Place, m.Text)
	}
	return fmt.Sprintf("hours: %s: %s: %s", m.Place, m.Channel, m.Text)
}

// Mistakes names everything that is wrong with the windows, in the order of the
// places. It fails where the table itself is broken.
func (c Company) Mistakes() ([]Mistake, error) {
	_, err := New(c)
	if err == nil {
		return nil, nil
	}
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil, err
	}
	var all []Mistake
	for _, e := range many.Unwrap() {
		var m Mistake
		if !errors.As(e, &m) {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// rules makes rules of the windows; each has the code "own".
func (c Company) rules() ([]Rule, error) {
	var all []Rule
	var wrong []error
	for _, key := range slices.Sorted(maps.Keys(c)) {
		region, state, stated := strings.Cut(key, "-")
		regions := []string{region}
		switch {
		case key == Default:
			regions = nil
		case stated && (region != UnitedStates || !isState(state)):
			wrong = append(wrong, Mistake{Place: key, Text: "is no state of the United States, such as US-FL"})
			continue
		case !isRegion(region):
			wrong = append(wrong, Mistake{Place: key, Text: "is no country; wants two capital letters, or " + Default})
			continue
		}
		for _, channel := range slices.Sorted(maps.Keys(c[key])) {
			if !slices.Contains(Channels(), channel) {
				wrong = append(wrong, Mistake{key, channel, fmt.Sprintf("is no channel; channels are %s and %s", Call, SMS)})
				continue
			}
			windows := c[key][channel]
			w, err := ParseWeek(windows)
			if err == nil && len(w.days[holiday])+len(w.days[eve]) > 0 {
				err = fmt.Errorf("%s and %s belong to rules with a calendar", dayNames[holiday], dayNames[eve])
			}
			if err != nil {
				wrong = append(wrong, Mistake{key, channel, err.Error()})
				continue
			}
			all = append(all, Rule{Code: string(Own), Regions: regions, State: state, Channels: []Channel{channel}, Windows: windows,
				Basis: Own, Source: "configuration", Confidence: Decided})
		}
	}
	return all, errors.Join(wrong...)
}

// isRegion tells whether a code is that of a country we know the zones of.
func isRegion(code string) bool {
	return len(code) == 2 && strings.Contains("\n"+zonesText, "\n"+code+" ")
}
