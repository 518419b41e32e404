package ccai

import "strings"

// ContactStatus is one documented status of a campaign contact (docs/api.md 4.1).
type ContactStatus struct {
	Text string // the vendor's English word
	Key  string // of its translation: "contact.status.<snake>"
}

const statusKey = "contact.status."

// ContactStatuses lists the 21 documented statuses in the vendor's order.
func ContactStatuses() []ContactStatus { return contactStatuses }

var contactStatuses = []ContactStatus{
	{"Upcoming", statusKey + "upcoming"},
	{"Dialing", statusKey + "dialing"},
	{"Queued", statusKey + "queued"},
	{"Connected", statusKey + "connected"},
	{"Finished", statusKey + "finished"},
	{"Transferred", statusKey + "transferred"},
	{"Transferred and Finished", statusKey + "transferred_and_finished"},
	{"Not Picked Up", statusKey + "not_picked_up"},
	{"Not Reached to Contact", statusKey + "not_reached_to_contact"},
	{"Abandoned by Contact", statusKey + "abandoned_by_contact"},
	{"Skipped", statusKey + "skipped"},
	{"Skipped & Closed", statusKey + "skipped_and_closed"},
	{"Invalid Number", statusKey + "invalid_number"},
	{"Carrier Error", statusKey + "carrier_error"},
	{"Abandoned by Dialer", statusKey + "abandoned_by_dialer"},
	{"Voicemail Hung Up", statusKey + "voicemail_hung_up"},
	{"Dialer General Error", statusKey + "dialer_general_error"},
	{"Redial Scheduled", statusKey + "redial_scheduled"},
	{"Do Not Call", statusKey + "do_not_call"},
	{"Invalid Outbound Number", statusKey + "invalid_outbound_number"},
	{"Blocked Phone Number", statusKey + "blocked_phone_number"},
}

// LookupStatus finds a documented status by its text, whatever its case and
// punctuation. A text that is not documented comes back as it is, without a key.
func LookupStatus(text string) (ContactStatus, bool) {
	snake := snakeCase(text)
	if snake == "invalid_number_or_name" { // the campaign statistics' name of the same
		snake = "invalid_number"
	}
	for _, s := range contactStatuses {
		if s.Key == statusKey+snake {
			return s, true
		}
	}
	return ContactStatus{Text: text}, false
}

func snakeCase(text string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(text), "&", " and "), func(r rune) bool {
		return (r < 'a' || 'z' < r) && (r < '0' || '9' < r)
	})
	return strings.Join(words, "_")
}
