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
	"outdial/app/page/sms"
	"outdial/shared/operation"
)

// place is one page of the console.
type place struct {
	Path string
	Key  string // its name
	Icon string
	Kind operation.System // the systems it works on; "" for none
	New  func(*desk.Desk) app.UI
}

// places lists the pages in the order of the navigation.
func places() []place {
	return []place{
		{"/dnc", "nav.dnc", "shield", operation.CCAI, func(d *desk.Desk) app.UI { return &dnc.Page{Desk: d, Turn: d.Turn} }},
		{"/sms", "nav.sms", "message", operation.CCAI, func(d *desk.Desk) app.UI { return &sms.Page{Desk: d, Turn: d.Turn} }},
		{"/campaign", "nav.campaign", "people", operation.CCAI, func(d *desk.Desk) app.UI { return &campaign.Page{Desk: d, Turn: d.Turn} }},
		{"/callbot", "nav.callbot", "bot", operation.Callbot, func(d *desk.Desk) app.UI { return &callbot.Page{Desk: d, Turn: d.Turn} }},
		{"/ledger", "nav.ledger", "ledger", "", func(d *desk.Desk) app.UI { return &ledger.Page{Desk: d, Turn: d.Turn} }},
		{"/help", "nav.help", "help", "", func(d *desk.Desk) app.UI { return &help.Page{Desk: d, Turn: d.Turn} }},
	}
}

// placeAt finds the page of a path. The first page is also the start page.
func placeAt(path string) (place, bool) {
	path = strings.TrimSuffix(path, "/")
	for i, p := range places() {
		if p.Path == path || path == "" && i == 0 {
			return p, true
		}
	}
	return place{}, false
}
