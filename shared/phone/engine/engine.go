// Package engine judges telephone numbers by the metadata of libphonenumber, as package library does and with the same answers,
// in every field, without the library: its expressions are compiled into tables when the program is built, and a number costs a
// walk through them. New judges a text; a Column judges a whole column of bytes, several times as fast and without allocating;
// AsYouType groups the digits of a text while it is typed.
//
// The tables, data.go and typing_data.go, are written by the command in folder generate. After another release of the library is named in go.mod:
//
//	go generate ./shared/phone/engine && go test ./shared/phone/...
//
// There is no text that the engine leaves to the library: what the tables cannot express, the generator refuses. Its answers are
// compared with the library's at every state and edge of the tables; flags of the tests take more ways on from each (-more 8) and
// corrupt the tables more often to see whether the comparison would notice (-corruptions 400).
package engine

import (
	"unsafe"

	"outdial/shared/phone"
	"outdial/shared/phone/internal/rules"
)

// New gives a judge. The tables are unpacked at the first call and shared.
func New() phone.Judge { return judge{&plans{t: compiled()}} }

// Version is the release of libphonenumber's metadata that the tables were made from.
func Version() string { return compiled().version }

type judge struct{ p *plans }

var _ phone.Judge = judge{}

// Judge implements phone.Judge.
func (j judge) Judge(text, region string) phone.Number {
	return rules.Judge[number](j.p, text, region)
}

// plans are the numbering plans of the tables.
type plans struct {
	t *tables
	a *arena // nil: strings that are put together are allocated
}

var _ rules.Plans[number] = (*plans)(nil)

// plan gives the plan of a region, nil if it has none.
func (p *plans) plan(region string) *plan {
	at, ok := place(region)
	if !ok || p.t.byRegion[at] == 0 {
		return nil
	}
	return &p.t.plans[p.t.byRegion[at]-1]
}

func (p *plans) CountryCode(region string) int {
	if home := p.plan(region); home != nil {
		return int(home.code)
	}
	return 0
}

func (p *plans) Parse(digits, region string) (out rules.Parsed[number]) {
	var home *plan
	if region != "" {
		home = p.plan(region)
	}
	n, reason := p.t.cut(digits, home, p.a)
	if reason == "" {
		reason = n.country.plans[0].length(len(n.national)) // IsPossibleNumberWithReason
	}
	if reason != "" {
		out.Reason = reason
		return out
	}
	out.Line = lines[n.place()]
	out.Number, out.Source = n, n.origin
	out.Digits, out.National = p.joined(digits, &n), n.national
	return out
}

// joined gives country code and national number; they mostly stand in the digits that were read.
func (p *plans) joined(digits string, n *number) string {
	code := n.country.code
	if from := len(digits) - len(n.national) - len(code); from >= 0 && digits[from:from+len(code)] == code && digits[from+len(code):] == n.national {
		return digits[from:]
	}
	return p.a.join(code, n.national)
}

func (p *plans) IsReadAsItself(digits string) bool {
	n, reason := p.t.cut(digits, nil, p.a)
	return reason == "" && len(n.national) == len(digits)-len(n.country.code) && n.national == digits[len(n.country.code):]
}

func (p *plans) IsShort(digits, region string) bool {
	for i := 0; digits[i] == '0'; i++ {
		if i == len(digits)-1 {
			digits += "0" // as the library writes a number of zeros
			break
		}
	}
	return p.t.walk(p.plan(region).short, digits)&isShort != 0
}

func (p *plans) IsEmergency(digits, region string) bool {
	return len(digits) <= p.t.longest && p.t.walk(p.plan(region).short, digits)&isEmergency != 0
}

func (p *plans) IsEmergencyAnywhere(code int, digits string) bool {
	if len(digits) > p.t.longest || code >= len(p.t.byCode) || p.t.byCode[code] == 0 {
		return false
	}
	members := p.t.codes[p.t.byCode[code]-1].plans
	for i := range members {
		if p.t.walk(members[i].short, digits)&isEmergency != 0 {
			return true
		}
	}
	return false
}

func (p *plans) ConnectsToEmergency(digits, region string) bool {
	exact := region == "BR" || region == "CL" || region == "NI" // where more digits no longer connect
	state := p.plan(region).short
	for i := 0; i < len(digits) && state != 0; i++ {
		state = p.t.next(state, digits[i]-'0')
		if p.t.next(state, labelAt)&isEmergency != 0 && (!exact || i == len(digits)-1) {
			return true
		}
	}
	return false
}

func (p *plans) Describe(n number) (region, international, national string) {
	national, international = n.writings()
	return n.region(), international, national
}

// region names the region of the number, as phone.Number has it.
func (n *number) region() string {
	if n.member == noMember {
		return ""
	}
	return n.country.plans[n.member].region
}

// Bits of the label of a short number.
const (
	isShort = 1 << iota
	isEmergency
)

// lines are phone.Lines, behind a first place for numbers in no range.
var lines = append([]phone.Line{phone.UnknownLine}, phone.Lines()...)

// text looks at bytes as a string; they must not change while it is in use.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
