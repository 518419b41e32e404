// Package hours says when a number may be called or texted.
//
// The rules are data (table.go): the windows of countries and of states of the
// United States, for calls and for texts, each with its source and with how
// sure we are of it. A Book holds them together with the company's own, stricter
// windows, and answers one question: from an instant on, when may somebody at a
// place be called or texted? Clocks are those of the place; where it may be
// in several time zones, the window has to be open in all of them. What is not
// known closes: a number of unknown state keeps the hours of every state.
//
// The package knows nothing of numbers: package hours of the server finds the
// place of one. Locations are loaded by name, so a program that uses it carries
// time/tzdata.
package hours

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Channel is the way in which somebody is reached.
type Channel string

const (
	Call Channel = "call" // by a person or by a machine
	SMS  Channel = "sms"
)

// Channels lists every Channel.
func Channels() []Channel { return []Channel{Call, SMS} }

// Place is where a number may be.
type Place struct {
	Region string   // ISO 3166 alpha-2; empty: not known
	States []string // of the United States, as "FL": all that it may be; none: not known
	Zones  []string // IANA names: all that it may be; none: not known
}

// Book holds the rules. It may be used from many goroutines.
type Book struct {
	rules     []Rule
	countries map[scope][]*schedule
	states    map[scope][]*schedule // of the scope's state
	fallback  map[Channel]*schedule
	zones     map[string][]string // by region
	locations sync.Map            // by name: *time.Location, nil for one that cannot be loaded
}

// scope is where a schedule applies: to a region, or to one state of it.
type scope struct {
	region, state string
	channel       Channel
}

// zonesText has a line for each country: its code, and its zones.
//
//go:embed zones.txt
var zonesText string

// New makes a book of the rules in the table and of the company's own windows,
// which may be nil. It fails with a Mistake, or several joined, where those cannot
// be read or leave no time at all.
func New(company Company) (*Book, error) {
	b := &Book{countries: map[scope][]*schedule{}, states: map[scope][]*schedule{}, fallback: map[Channel]*schedule{}, zones: map[string][]string{}}
	for line := range strings.Lines(zonesText) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] != "#" {
			b.zones[fields[0]] = fields[1:]
		}
	}
	for _, r := range table {
		if err := b.add(r); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Code, err)
		}
	}
	rules, err := company.rules()
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		if err := b.add(r); err != nil {
			return nil, fmt.Errorf("windows %q: %w", r.Windows, err)
		}
	}
	if err := b.opensSomewhere(company); err != nil {
		return nil, err
	}
	return b, nil
}

// Rules lists what the book holds: the table, then the company's windows.
func (b *Book) Rules() []Rule { return copied(b.rules) }

// add compiles a rule. The company's windows for countries without a rule of
// their own replace ours; every other one is kept beside what is there already.
func (b *Book) add(r Rule) error {
	s, err := compile(r)
	if err != nil {
		return err
	}
	b.rules = append(b.rules, r)
	for _, channel := range r.Channels {
		if len(r.Regions) == 0 {
			b.fallback[channel] = s
		}
		for _, region := range r.Regions {
			at := scope{region, r.State, channel}
			if r.State == "" {
				b.countries[at] = append(b.countries[at], s)
			} else {
				b.states[at] = append(b.states[at], s)
			}
		}
	}
	return nil
}

// opensSomewhere refuses windows of the company that never meet those of the table.
func (b *Book) opensSomewhere(company Company) error {
	monday := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC) // any day will do
	var all []error
	for _, key := range slices.Sorted(maps.Keys(company)) {
		region, state, _ := strings.Cut(key, "-")
		for _, channel := range Channels() {
			if _, stated := company[key][channel]; !stated || key == Default {
				continue
			}
			schedules := b.schedules(channel, Place{Region: region, States: []string{state}})
			if state == "" {
				schedules = b.countries[scope{region, "", channel}]
			}
			if opens, _ := earliest(monday, schedules, []*time.Location{time.UTC}); opens.Equal(Never()) {
				var others []string
				for _, s := range schedules {
					others = append(others, fmt.Sprintf("%s (%s)", s.rule.Code, strings.Join(s.rule.Windows, ", ")))
				}
				all = append(all, Mistake{key, channel, "never opens, since all of these have to be open at once: " + strings.Join(others, "; ")})
			}
		}
	}
	return errors.Join(all...)
}

// horizon is how far ahead an opening is looked for: beyond the longest row of
// closed days, for a window of one day a week that meets holidays twice.
const horizon = 35 * 24 * time.Hour

// Never is the answer where no window opens. It lies after every other answer, so
// that whoever asks only whether an opening is in the future does not take it
// for the present.
func Never() time.Time { return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// Next tells when somebody at the place may be called or texted: at itself when
// it may be done then, else the first instant after it. The windows of all the
// place's rules have to be open then in all of its zones.
//
// The rule is the one that closes at, or, where nothing does, the closest of
// those that apply: the company's, a state's, a country's. Never means that there
// is no such instant within five weeks: nothing is known about the place, or its
// zones are so far apart that their windows do not meet. Nobody can wait for
// that; a person has to decide.
func (b *Book) Next(at time.Time, channel Channel, p Place) (time.Time, Rule) {
	schedules := b.schedules(channel, p)
	if len(schedules) == 0 { // no such channel
		return Never(), Rule{}
	}
	return earliest(at, schedules, b.places(p))
}

// earliest is the first instant from at on at which every schedule is open in
// every location. Each step goes no further than to the first opening of one
// schedule in one location, so none is passed at which all are open.
func earliest(at time.Time, schedules []*schedule, locations []*time.Location) (time.Time, Rule) {
	closest := schedules[len(schedules)-1].rule
	if len(locations) == 0 {
		return Never(), closest
	}
	limit, opens := at.Add(horizon), at
	var closes *schedule
	for moved := true; moved; {
		moved = false
		for _, location := range locations {
			for _, s := range schedules {
				next := s.next(opens, location, limit)
				if next.IsZero() {
					return Never(), s.rule
				}
				if next.After(opens) {
					opens, moved = next, true
					if closes == nil {
						closes = s
					}
				}
			}
		}
	}
	if closes == nil {
		return at, closest
	}
	return opens.In(at.Location()), closes.rule
}

// Together tells when all of the places are open at once, as one call to many
// numbers needs it. Rule and Never mean what they mean for Next; the rule is that of
// the first place that is closed.
func (b *Book) Together(at time.Time, channel Channel, places []Place) (time.Time, Rule) {
	limit, opens := at.Add(horizon), at
	var rule Rule
	for moved := true; moved; {
		moved = false
		for _, p := range places {
			next, r := b.Next(opens, channel, p)
			if next.After(limit) {
				return Never(), r
			}
			if rule.Code == "" || opens.Equal(at) && next.After(at) {
				rule = r
			}
			if next.After(opens) {
				opens, moved = next, true
			}
		}
	}
	return opens, rule
}

// schedules lists what applies to a place, from the furthest to the closest.
func (b *Book) schedules(channel Channel, p Place) []*schedule {
	all := slices.Clone(b.countries[scope{p.Region, "", channel}])
	if s := b.fallback[channel]; len(all) == 0 && s != nil {
		all = append(all, s)
	}
	if p.Region != UnitedStates {
		return all
	}
	states := p.States
	if len(states) == 0 || slices.ContainsFunc(states, func(s string) bool { return !isState(s) }) {
		states = States()
	}
	for _, state := range states {
		all = append(all, b.states[scope{p.Region, state, channel}]...)
	}
	return all
}

// places loads the zones of a place: its own if all of them are known, else
// those of its region; none where neither is known.
func (b *Book) places(p Place) []*time.Location {
	if own := b.load(p.Zones); own != nil {
		return own
	}
	return b.load(b.zones[p.Region])
}

func (b *Book) load(names []string) []*time.Location {
	var all []*time.Location
	for _, name := range names {
		location := b.location(name)
		if location == nil {
			return nil
		}
		all = append(all, location)
	}
	return all
}

func (b *Book) location(name string) *time.Location {
	if known, ok := b.locations.Load(name); ok {
		return known.(*time.Location)
	}
	var location *time.Location
	if name != "" && name != "Local" { // both would be a zone of this machine's choosing
		location, _ = time.LoadLocation(name) // not loaded: not known
	}
	b.locations.Store(name, location)
	return location
}
