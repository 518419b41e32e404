// Package hours says when a number may be called or texted: it finds the place
// of a number, and asks the book of package shared/hours.
//
// A number's digits are all there is to go by. People take numbers along when
// they move, so the place is a good guess and no more; where the digits leave a
// choice, every place that they may mean counts.
package hours

import (
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // windows must open on servers without a time zone database

	"github.com/nyaruka/phonenumbers/v2"

	"outdial/shared/hours"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/zone"
)

//go:generate go run ./generate -o area.go

// Keeper keeps calling hours. It may be used from many goroutines.
type Keeper struct {
	book  *hours.Book
	judge phone.Judge

	mu   sync.Mutex
	last map[string]answer // by channel and place
}

// answer is the last one about a place. The numbers of a list share few places,
// and one that may be anywhere in a large country takes milliseconds.
type answer struct {
	at, opens time.Time
	rule      hours.Rule
}

// mostPlaces bounds what is remembered; the plans of all countries know fewer.
const mostPlaces = 10_000

// New makes a keeper of the rules in the table and of the company's own windows,
// which may be nil.
func New(company hours.Company, judge phone.Judge) (*Keeper, error) {
	book, err := hours.New(company)
	if err != nil {
		return nil, err
	}
	return &Keeper{book: book, judge: judge, last: map[string]answer{}}, nil
}

// Rules lists the rules that are kept, the company's last.
func (k *Keeper) Rules() []hours.Rule { return k.book.Rules() }

// Next tells when an E.164 number may be called or texted, from an instant on:
// the instant itself when it may be done then, hours.Never() when it may not be
// waited for.
func (k *Keeper) Next(at time.Time, channel hours.Channel, e164 string) (time.Time, hours.Rule) {
	p := k.Place(e164)
	key := string(channel) + " " + keyOf(p)
	k.mu.Lock()
	known, ok := k.last[key]
	k.mu.Unlock()
	if ok && known.at == at { // the instant, and how it is written
		return known.opens, known.rule
	}
	opens, rule := k.book.Next(at, channel, p)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.last) >= mostPlaces {
		clear(k.last)
	}
	k.last[key] = answer{at, opens, rule}
	return opens, rule
}

// keyOf tells one place from another.
func keyOf(p hours.Place) string {
	return p.Region + " " + strings.Join(p.States, ",") + " " + strings.Join(p.Zones, ",")
}

// Opens is Next for an operation; one that reaches nobody may be carried out at any hour.
func (k *Keeper) Opens(at time.Time, name operation.Name, e164 string) time.Time {
	channel, reaches := ChannelOf(name)
	if !reaches {
		return at
	}
	opens, _ := k.Next(at, channel, e164)
	return opens
}

// Together tells when all of the numbers may be called at once, as one call to
// many of them needs it.
func (k *Keeper) Together(at time.Time, channel hours.Channel, e164 []string) (time.Time, hours.Rule) {
	var places []hours.Place
	seen := map[string]bool{}
	for _, number := range e164 {
		p := k.Place(number)
		if key := keyOf(p); !seen[key] {
			seen[key] = true
			places = append(places, p)
		}
	}
	return k.book.Together(at, channel, places)
}

// Place finds where an E.164 number may be; nothing is known of a text that is none.
func (k *Keeper) Place(e164 string) hours.Place {
	n := k.judge.Judge(e164, "")
	if !n.Sendable() || n.E164 != e164 {
		return hours.Place{}
	}
	main := phonenumbers.GetRegionCodeForCountryCode(n.CountryCode) // of those that share the code
	p := hours.Place{Region: n.Region, Zones: zone.Of(e164)}
	if p.Region == "" {
		p.Region = main
	}
	if p.Region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		p.Region = ""
	}
	// A number of no known kind still begins like others. And where several
	// countries share a code, a mobile number has the zones of all of them, though
	// the digits that tell a smaller country from the main one tell its zones.
	if p.Region != main || slices.Contains(p.Zones, zone.Unknown) {
		p.Zones = zone.ByPrefix(e164)
	}
	if slices.Contains(p.Zones, zone.Unknown) {
		p.Zones = nil
	}
	if p.Region == hours.UnitedStates && len(e164) > 5 {
		p.States = slices.Clone(areas()[e164[2:5]])
	}
	return p
}

// areas gives the states of an area code.
var areas = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for line := range strings.Lines(areaCodes) {
		fields := strings.Fields(line)
		for _, area := range fields[1:] {
			all[area] = append(all[area], fields[0])
		}
	}
	return all
})

// ChannelOf tells how an operation reaches people; false for one that reaches
// nobody. A contact that is added to a campaign, or a list given to Callbot, may
// be dialled at once.
func ChannelOf(name operation.Name) (hours.Channel, bool) {
	switch name {
	case operation.SMSSend:
		return hours.SMS, true
	case operation.ContactsAdd, operation.ContactsImport, operation.CallbotImport:
		return hours.Call, true
	}
	return "", false
}
