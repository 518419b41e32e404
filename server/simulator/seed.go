package simulator

import (
	"fmt"
	"strings"
	"time"
)

// seeded numbers of the do-not-call list, shown on the help page.
const (
	listedForGood  = "+14155550111"
	listedTenYears = "+14155550112"
	listedOneYear  = "+14155550113"
)

// areas and 555-01xx make numbers that nobody owns.
var areas = []string{"415", "628", "212", "312", "213", "503", "617", "206", "303", "512"}

func fictional(i int) string {
	return fmt.Sprintf("+1%s55501%02d", areas[i/100%len(areas)], i%100)
}

// people are names in the scripts that real lists hold.
var people = []struct{ name, mail string }{
	{"Bob Smith", "bob.smith"}, {"王小明", "wang.xm"}, {"Éléonore Lefèvre", "eleonore"}, {"陳怡君", "chen.yj"}, {"Ana María Núñez", "ana.nunez"},
	{"李娜", "li.na"}, {"François d’Argençon", "francois"}, {"O'Brien, Siobhán", "siobhan"}, {"Nguyễn Thị Hà", "nguyen.ha"}, {"محمد علي", "m.ali"},
	{"Jürgen Weiß", "weiss"}, {"佐藤 花子", "sato.h"},
}

// seededCampaigns shows each way of listing and of telling a job's id once.
var seededCampaigns = []struct {
	name     string
	mode     string
	status   string
	job      jobForm
	list     listForm
	contacts int
}{
	{"Spring renewals", "preview", "started", jobInBody, listWhole, 12},
	{"每週續約提醒（大）", "predictive", "dialing", jobInLocation, listPaged, 640},
	{"账单提醒", "progressive", "started", jobInBodyJobID, listWhole, 30},
	{"Relance des abonnements d’été", "preview", "started", jobInLink, listWhole, 25},
	{"One contact of each status", "progressive", "dialing", jobInHeader, listWhole, len(statuses)},
	{"Answers as the documentation prints them", "preview", "started", jobNowhere, listPrinted, 8},
	{"Wrapped answers", "preview", "paused", jobInBodyAsText, listWrapped, 8},
	{"Empty campaign", "preview", "created", jobInBody, listWhole, 0},
	{"Completed in March", "predictive", "completed", jobInBody, listWhole, 15},
}

// jobTold and listTold describe a campaign's ways on the help page.
func (f jobForm) String() string {
	return [...]string{`body {"id", "status", "link"} and Link header`, "Location header", `body {"job_id"}`, "Link header", "x-job-id header",
		"nowhere: 202 and nothing else, as documented (the list of jobs below tells it)", `body {"id"}, as a text`}[f]
}

func (f listForm) String() string {
	return [...]string{"one array", "pages of 100 with Link and Total", "the five documented fields, without id and status", `{"contacts": […]}`}[f]
}

func newTenant(account CCAIAccount, now time.Time) *tenant {
	t := &tenant{
		account: account, chats: firstChat - 1, jobID: firstJob - 1, sessions: map[string]session{}, agents: seededAgents(),
		dnc: map[string]time.Time{
			listedForGood:  {},
			listedTenYears: now.AddDate(10, 0, 0).Add(362009 * time.Microsecond),
			listedOneYear:  now.AddDate(1, 0, 0),
		},
	}
	for i, s := range seededCampaigns {
		c := &campaign{id: int64(i + 1), name: s.name, mode: s.mode, status: s.status, job: s.job, list: s.list,
			starts: now.AddDate(0, 0, -7*(i+1)), byPhone: map[string]*contact{}}
		t.campaigns = append(t.campaigns, c)
		for n := range s.contacts {
			t.seedContact(c, n, now)
		}
	}
	return t
}

func (t *tenant) seedContact(c *campaign, n int, now time.Time) {
	who := people[n%len(people)]
	f := contactFields{Name: who.name, Email: fmt.Sprintf("%s.%d@example.com", who.mail, n+1), PhoneNumber: fictional(n),
		OutboundNumber: t.account.OutboundNumbers[0], ExternalUniqueID: fmt.Sprintf("UID_%d_%04d", c.id, n+1)}
	status := statuses[0]
	switch {
	case len(statuses) == seededCampaigns[c.id-1].contacts:
		status = statuses[n]
	case c.status == "completed":
		status = "Finished"
	case n%3 == 2:
		status = statuses[n/3%len(statuses)]
	}
	t.add(c, f, status, now.Add(time.Duration(n-100_000)*time.Minute))
}

// seededAgents is more than one page of them.
func seededAgents() []agent {
	first := []string{"John", "Amélie", "美玲", "志強", "Priya", "Tomás", "Zoë", "Ngozi", "Lars", "Mei"}
	last := []string{"Doe", "Durand", "林", "張", "Raman", "Ortiz", "Müller", "Okafor", "Nilsson", "Chen", "Rossi", "Kowalski", "Silva"}
	status := []string{"Available", "Break", "Offline"}
	all := make([]agent, 0, len(first)*len(last))
	for i := range len(first) * len(last) {
		f, l := first[i%len(first)], last[i/len(first)]
		a := agent{ID: int64(i + 1), FirstName: f, LastName: l, Number: 9 + i, Status: status[i%len(status)], Email: fmt.Sprintf("agent%03d@foo.com", i+1)}
		if i == 0 {
			a.Email = strings.ToLower(f + "." + l + "@foo.com") // the vendor's sample
		}
		all = append(all, a)
	}
	return all
}
