package campaign

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"outdial/app/judge/question"
	"outdial/shared/ccai"
	"outdial/shared/list"
)

// pageSize is how many contacts stand on one page of the table.
const pageSize = 25

// noStatus stands for contacts that the list gives no status for.
const noStatus = "-"

// bucket is what a contact is counted and filtered under: the key of a
// documented status, the text of another, noStatus for none.
func bucket(status string) string {
	if strings.TrimSpace(status) == "" {
		return noStatus
	}
	s, known := ccai.LookupStatus(status)
	if known {
		return s.Key
	}
	return s.Text
}

// tally counts the contacts of one status.
type tally struct {
	Bucket string
	N      int
}

// count tallies contacts by status: the documented ones in the vendor's order,
// then others by their text, then those without. The counts sum to len(contacts).
func count(contacts []ccai.ListedContact) []tally {
	n := map[string]int{}
	for _, c := range contacts {
		n[bucket(c.Status)]++
	}
	var all []tally
	take := func(b string) {
		if n[b] > 0 {
			all = append(all, tally{b, n[b]})
		}
		delete(n, b)
	}
	for _, s := range ccai.ContactStatuses() {
		take(s.Key)
	}
	none := n[noStatus]
	delete(n, noStatus)
	others := make([]string, 0, len(n))
	for b := range n {
		others = append(others, b)
	}
	slices.Sort(others)
	for _, b := range others {
		take(b)
	}
	if none > 0 {
		all = append(all, tally{noStatus, none})
	}
	return all
}

// group sorts the documented statuses by what they mean for the campaign; it
// names the colour of a bar, beside its words.
func group(b string) string {
	switch strings.TrimPrefix(b, "contact.status.") {
	case "upcoming", "queued", "redial_scheduled":
		return "waiting"
	case "dialing", "connected":
		return "active"
	case "finished", "transferred", "transferred_and_finished":
		return "done"
	case "not_picked_up", "not_reached_to_contact", "abandoned_by_contact", "abandoned_by_dialer", "voicemail_hung_up":
		return "missed"
	case "skipped", "skipped_and_closed", "do_not_call", "blocked_phone_number":
		return "kept"
	case "invalid_number", "carrier_error", "dialer_general_error", "invalid_outbound_number":
		return "failed"
	}
	return "other"
}

// find gives the indexes of the contacts that match: search in any column,
// with numbers compared by their digits, and b the bucket of the status ("" for
// all). Those for whom first is true stand before the rest.
func find(contacts []ccai.ListedContact, search, b string, first func(ccai.ListedContact) bool) []int {
	var before, after []int
	search = strings.ToLower(strings.TrimSpace(search))
	for i, c := range contacts {
		switch {
		case b != "" && bucket(c.Status) != b, search != "" && !matches(c, search):
		case first != nil && first(c):
			before = append(before, i)
		default:
			after = append(after, i)
		}
	}
	return append(before, after...)
}

func matches(c ccai.ListedContact, search string) bool {
	for _, text := range []string{c.Name, c.Email, c.PhoneNumber, c.OutboundNumber, c.ExternalUniqueID} {
		if strings.Contains(strings.ToLower(text), search) {
			return true
		}
	}
	if c.ID != 0 && strconv.FormatInt(c.ID, 10) == search {
		return true
	}
	// "(415) 555-0100" and "0912 345 678" find +14155550100 and +886912345678.
	wanted := strings.TrimLeft(digits(search), "0")
	return len(wanted) >= 3 && strings.Trim(search, "+0123456789 -.()/") == "" &&
		(strings.Contains(digits(c.PhoneNumber), wanted) || strings.Contains(digits(c.OutboundNumber), wanted))
}

// pages says how many pages n rows take, at least one.
func pages(n, size int) int { return max(1, (n+size-1)/size) }

// onPage cuts page (from 0) out of rows; a page past the end is the last one.
func onPage[T any](rows []T, page, size int) []T {
	page = min(max(page, 0), pages(len(rows), size)-1)
	return rows[page*size : min(len(rows), (page+1)*size)]
}

// present answers whether a number stands in a campaign's list.
type present struct {
	whole map[string]bool     // digits of numbers written with a country code
	loose map[string][]string // other spellings, by their last digits
}

// lastDigits is how many digits the looser comparison starts from; see ccai.SamePhone.
const lastDigits = 7

func presentIn(contacts []ccai.ListedContact) present {
	p := present{whole: map[string]bool{}, loose: map[string][]string{}}
	for _, c := range contacts {
		d := digits(c.PhoneNumber)
		switch {
		case len(d) < lastDigits:
		case strings.HasPrefix(strings.TrimSpace(c.PhoneNumber), "+"):
			p.whole[d] = true
		default:
			end := d[len(d)-lastDigits:]
			p.loose[end] = append(p.loose[end], d)
		}
	}
	return p
}

// has takes a number in E.164. A number that the list writes without its plus
// counts as the same when the digits that are there agree.
func (p present) has(e164 string) bool {
	d := digits(e164)
	if len(d) < lastDigits {
		return false
	}
	if p.whole[d] {
		return true
	}
	for _, other := range p.loose[d[len(d)-lastDigits:]] {
		if ccai.SamePhone(other, d) {
			return true
		}
	}
	return false
}

// overlap gives the indexes of the numbers that the campaign holds already.
func overlap(e164 []string, contacts []ccai.ListedContact) []int {
	p := presentIn(contacts)
	var there []int
	for i, number := range e164 {
		if p.has(number) {
			there = append(there, i)
		}
	}
	return there
}

// without is rows less those at the indexes out, which ascend.
func without[T any](rows []T, out []int) []T {
	kept := make([]T, 0, len(rows))
	for i, row := range rows {
		if len(out) > 0 && out[0] == i {
			out = out[1:]
			continue
		}
		kept = append(kept, row)
	}
	return kept
}

// importNumbers gives the E.164 form of every row of an import, "" where the
// worker named none.
func importNumbers(c question.Check, rows int) []string {
	numbers := make([]string, rows)
	for _, n := range c.Numbers {
		rest, ok := strings.CutPrefix(n.Field, "contacts[")
		if !ok {
			continue
		}
		index, field, ok := strings.Cut(rest, "].")
		if i, err := strconv.Atoi(index); ok && field == "phone_number" && err == nil && i >= 0 && i < rows {
			numbers[i] = n.E164
		}
	}
	return numbers
}

// importBody is the request of an import. contacts is the rows as one JSON
// array, so that typing a note does not write them all anew.
func importBody(campaign int64, contacts, note string) (string, error) {
	if contacts == "" {
		contacts = "[]"
	}
	quoted, err := json.Marshal(note)
	if err != nil {
		return "", err
	}
	return `{"campaign_id":` + strconv.FormatInt(campaign, 10) + `,"contacts":` + contacts + `,"note":` + string(quoted) + `}`, nil
}

// fileRow is the index in the file of a ready row; ok is false where the rows
// left out before it are not all known.
func fileRow(ready int, s list.Summary) (row int, ok bool) {
	if len(s.Out) < s.LeftOut {
		return 0, false
	}
	row = ready
	for _, out := range s.Out {
		if out.Index > row {
			break
		}
		row++
	}
	return row, true
}

// missing gives the numbers that the campaign does not hold.
func missing(e164 []string, contacts []ccai.ListedContact) []string {
	p := presentIn(contacts)
	var none []string
	for _, number := range e164 {
		if number != "" && !p.has(number) {
			none = append(none, number)
		}
	}
	return none
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || '9' < r {
			return -1
		}
		return r
	}, text)
}
