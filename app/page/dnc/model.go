package dnc

import (
	"encoding/json"
	"strings"
	"time"

	"outdial/app/client"
	"outdial/app/desk"
	"outdial/app/judge/question"
	"outdial/app/task"
	"outdial/app/text"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/wire"
)

// model is what the page keeps while the person is elsewhere.
type model struct {
	check  checking
	add    adding
	remove removing
	focus  string // the field that takes the focus once the page has changed
}

type checking struct {
	state  task.State
	number string
	asked  phone.Number // what the last check was about
	past   past
	asks   []asked // of this tab, newest first
}

// asked is one check of this tab.
type asked struct {
	at      time.Time
	number  phone.Number
	system  string
	finding finding
	check   ccai.Check
}

// keptAsks is how many checks the page remembers.
const keptAsks = 20

// past is what our own ledger knows of a number.
type past struct {
	e164    string
	loading bool
	failure *client.Failure
	changes []change
	more    bool // older entries exist
}

// several is a list of numbers as it is typed.
type several struct {
	text   string
	note   string
	region string
	known  map[string]phone.Number // by what was typed
}

type adding struct {
	state   task.State
	numbers several
	limited bool   // until a date, else for good
	date    string // as the datetime-local field holds it
	looking *looking
	page    int // of the result
}

type removing struct {
	state   task.State
	numbers several
	page    int
}

// learn notes what the worker thinks of the numbers.
func (s *several) learn(c question.Check, region string) {
	if s.known == nil || s.region != region {
		s.known, s.region = map[string]phone.Number{}, region
	}
	for _, n := range c.Numbers {
		s.known[n.Text] = n.Number
	}
}

// list is what is sent, and how many spellings of the same number were merged.
func (s *several) list() (kept []string, merged int) {
	return Merge(Split(s.text), func(typed string) string { return s.known[typed].E164 })
}

// take adds a number to the list unless it is there.
func (s *several) take(number string) {
	for _, line := range strings.Split(s.text, "\n") {
		if strings.TrimSpace(line) == number {
			return
		}
	}
	if s.text = strings.TrimRight(s.text, "\n"); s.text != "" {
		s.text += "\n"
	}
	s.text += number
}

// expiry is the chosen expiry: nil for good. code says what is wrong with it.
func (a *adding) expiry(now time.Time) (at *time.Time, code string) {
	if !a.limited {
		return nil, ""
	}
	t, ok := text.ParseLocal(a.date)
	if code := judgeExpiry(t, ok, now); code != "" {
		return nil, code
	}
	return &t, ""
}

func (a *adding) input(now time.Time) ccai.DNCAdd {
	kept, _ := a.numbers.list()
	in := ccai.DNCAdd{Contacts: make([]ccai.DNCContact, len(kept)), Note: a.numbers.note}
	expires := ""
	if at, _ := a.expiry(now); at != nil {
		expires = ccai.FormatTime(*at)
	}
	for i, typed := range kept {
		in.Contacts[i] = ccai.DNCContact{PhoneNumber: typed, ExpiresAt: expires}
	}
	return in
}

func (r *removing) input() ccai.DNCRemove {
	kept, _ := r.numbers.list()
	return ccai.DNCRemove{PhoneNumbers: kept, Note: r.numbers.note}
}

// key is the page's draft.
const key = "dnc"

// takeOver puts a former call, which the ledger offers for using it again, into
// the form of its task. The reason is another one: the note is left out.
func (m *model) takeOver(op operation.Name, request json.RawMessage) error {
	if op == operation.DNCAdd {
		var in ccai.DNCAdd
		if err := json.Unmarshal(request, &in); err != nil {
			return err
		}
		lines := make([]string, len(in.Contacts))
		for i, c := range in.Contacts {
			lines[i] = c.PhoneNumber
		}
		m.add = adding{numbers: several{text: strings.Join(lines, "\n")}}
		return nil
	}
	var in ccai.DNCRemove
	if err := json.Unmarshal(request, &in); err != nil {
		return err
	}
	m.remove = removing{numbers: several{text: strings.Join(in.PhoneNumbers, "\n")}}
	return nil
}

// systemOf is the chosen CCAI system.
func systemOf(d *desk.Desk) wire.System {
	s, _ := d.System(operation.CCAI)
	return s
}
