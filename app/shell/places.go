package shell

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"outdial/app/desk"
	"outdial/app/page/callbot"
	"outdial/app/page/campaign"
	"outdial/app/page/dnc"
	"outdial/app/page/help"
	"outdial/app/page/ledger"
	"outdial/app/page/lists"
	"outdial/app/page/runs"
	"outdial/app/page/sms"
	"outdial/shared/operation"
)

// place is one page of the console.
type place struct {
	Path string
	Key  string // its name
	Icon string
	Kind operation.System                  // the systems it works on; "" for none
	Of   func(*desk.Desk) operation.System // which they are, where that changes; nil otherwise
	Deep bool                              // has pages below it, such as /runs/{id}
	Rest bool                              // comes with the rest of the program, after the start
	New  func(*desk.Desk) app.UI
}

// places lists the pages in the order of the navigation.
func places() []place {
	return []place{
		{Path: "/dnc", Key: "nav.dnc", Icon: "shield", Kind: operation.CCAI, New: func(d *desk.Desk) app.UI { return &dnc.Page{Desk: d, Turn: d.Turn} }},
		{Path: "/sms", Key: "nav.sms", Icon: "message", Kind: operation.CCAI, New: func(d *desk.Desk) app.UI { return &sms.Page{Desk: d, Turn: d.Turn} }},
		{Path: "/campaign", Key: "nav.campaign", Icon: "people", Kind: operation.CCAI, Rest: true, New: func(d *desk.Desk) app.UI { return &campaign.Page{Desk: d, Turn: d.Turn} }},
		{Path: "/callbot", Key: "nav.callbot", Icon: "bot", Kind: operation.Callbot, Rest: true, New: func(d *desk.Desk) app.UI { return &callbot.Page{Desk: d, Turn: d.Turn} }},
		{Path: "/lists", Key: "nav.lists", Icon: "upload", Of: lists.Kind, Rest: true, New: func(d *desk.Desk) app.UI { return &lists.Page{Desk: d, Turn: d.Turn} }},
		{Path: "/runs", Key: "nav.runs", Icon: "play", Deep: true, Rest: true, New: func(d *desk.Desk) app.UI { return &runs.Page{Desk: d, Turn: d.Turn, ID: below(d.Path)} }},
		{Path: "/ledger", Key: "nav.ledger", Icon: "ledger", Rest: true, New: func(d *desk.Desk) app.UI { return &ledger.Page{Desk: d, Turn: d.Turn} }},
		{Path: "/help", Key: "nav.help", Icon: "help", Rest: true, New: func(d *desk.Desk) app.UI { return &help.Page{Desk: d, Turn: d.Turn} }},
	}
}

// placeAt finds the page of a path. The first page is also the start page.
func placeAt(path string) (place, bool) {
	path = strings.TrimSuffix(path, "/")
	for i, p := range places() {
		if p.Path == path || path == "" && i == 0 || p.Deep && below(path) != "" && strings.HasPrefix(path, p.Path+"/") {
			return p, true
		}
	}
	return place{}, false
}

// below is the part of a path below its page: "/runs/17" has "17".
func below(path string) string {
	_, rest, _ := strings.Cut(strings.Trim(path, "/"), "/")
	if strings.Contains(rest, "/") {
		return ""
	}
	return rest
}
