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

// Validate names everything that is wrong with the windows.
func (c Company) Validate() error {
	_, err := New(c)
	return err
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
			wrong = append(wrong, fmt.Errorf("hours: %q: states are those of the United States, as \"US-FL\"", key))
			continue
		case !isRegion(region):
			wrong = append(wrong, fmt.Errorf("hours: %q: no country; wants two capital letters, or %q", key, Default))
			continue
		}
		for _, channel := range slices.Sorted(maps.Keys(c[key])) {
			if !slices.Contains(Channels(), channel) {
				wrong = append(wrong, fmt.Errorf("hours: %s: no channel %q; channels are %s and %s", key, channel, Call, SMS))
				continue
			}
			windows := c[key][channel]
			w, err := ParseWeek(windows)
			if err == nil && len(w.days[holiday])+len(w.days[eve]) > 0 {
				err = fmt.Errorf("%s and %s belong to rules of a calendar", dayNames[holiday], dayNames[eve])
			}
			if err != nil {
				wrong = append(wrong, fmt.Errorf("hours: %s: %s: %w", key, channel, err))
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
