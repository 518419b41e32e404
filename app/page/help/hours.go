package help

import (
	"strings"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/text"
	"outdial/shared/wire"
)

// load reads the rules of calling hours, once while the tab is open.
func (m *model) load(d *desk.Desk) {
	if m.Hours != nil || m.loading || d.Offline {
		return
	}
	m.loading = true
	go func() {
		hours, failure := client.Hours()
		d.Later(func() {
			m.loading = false
			if failure == nil {
				m.Hours = hours.Rules
			}
		})
	}()
}

// hoursSection tells how a run keeps calling hours, and by which rules; without rules
// as long as they are not read.
func hoursSection(rules []wire.HoursRule) section {
	s := section{ID: "help-hours", Title: text.T("help.hours"), Lines: []string{
		text.T("help.hours.clock"), text.T("help.hours.wait"), text.T("help.hours.unknown"), text.T("help.hours.advice"),
	}}
	if len(rules) == 0 {
		return s
	}
	s.Table = &table{Head: []string{text.T("help.hours.where"), text.T("help.hours.for"), text.T("help.hours.windows"), text.T("help.hours.basis"), text.T("help.hours.source")}}
	for _, r := range rules {
		var channels []string
		for _, channel := range r.Channels {
			channels = append(channels, text.T("hours.channel."+channel))
		}
		s.Table.Rows = append(s.Table.Rows, []string{where(r), strings.Join(channels, " · "), windows(r.Windows),
			text.T("hours.basis." + r.Basis), r.Source + " (" + text.T("hours.confidence."+r.Confidence) + ")"})
	}
	return s
}

// where names the place of a rule.
func where(r wire.HoursRule) string {
	if key := "hours.rule." + r.Code; text.Has(key) {
		return text.T(key)
	}
	if len(r.Regions) == 0 { // the company's, for every country without a rule
		return text.T("hours.rule.fallback")
	}
	if r.State == "" {
		return r.Regions[0]
	}
	if key := "hours.rule." + strings.ToLower(r.Regions[0]+"_"+r.State); text.Has(key) { // a state that has a rule of ours as well
		return text.T(key)
	}
	return r.Regions[0] + "-" + r.State
}

// windows writes windows with the days in the person's language, each in one
// line where there is room for it.
func windows(all []string) string {
	var lines []string
	for _, window := range all {
		days, clock, _ := strings.Cut(window, " ")
		for _, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Hol", "Eve"} {
			days = strings.ReplaceAll(days, day, text.T("hours.day."+strings.ToLower(day)))
		}
		const dash = "\u2060–\u2060" // no line ends beside it
		lines = append(lines, strings.ReplaceAll(days+"\u00a0"+clock, "-", dash))
	}
	return strings.Join(lines, " · ")
}
