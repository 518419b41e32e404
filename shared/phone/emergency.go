package phone

import "strings"

// wellKnown numbers are emergency and N11 service numbers wherever they are written: 112 and 911 are redirected to the emergency
// service by GSM handsets in any country (3GPP TS 22.101, 10.1), 999 by many; 933 tests 911 and 988 is the lifeline
// in the United States; N11 as the platform lists them for Canada and the United States.
const wellKnown = " 112 911 999 933 988 211 311 411 511 611 711 811 "

// emergencyPlans holds what the countries we know best add to the well-known numbers. It stands beside the metadata of an
// engine, which knows fewer (no 122 in China, no 115 in France) and changes with its version.
var emergencyPlans = [...]struct {
	region, countryCode, numbers string
}{
	{"AU", "61", " 000 106 "},
	{"CN", "86", " 110 119 120 122 "},
	{"DE", "49", " 110 "},
	{"FR", "33", " 15 17 18 114 115 119 191 196 197 116000 116117 "},
	{"GB", "44", " 18000 "},
	{"HK", "852", " 992 "},
	{"JP", "81", " 110 118 119 "},
	{"KR", "82", " 113 117 119 "},
	{"MO", "853", " 110 119 "},
	{"SG", "65", " 995 "},
	{"TW", "886", " 110 113 118 119 "},
}

// Digits of the longest number in these lists, and with a country code.
const (
	longestListed = len("116000")
	longestAbroad = 3 + longestListed
)

// nanp are the regions of country code 1 whose people dial a 1 in front; it is enough to know that code 1 is theirs.
const nanp = " US CA PR DO JM TT BS BB BM AG AI AS DM GD GU KN KY LC MP MS SX TC VC VG VI "

// Emergency tells whether the number, as read, is one of the emergency and service numbers this package knows: on its own, behind
// a plus (+911), behind a country code (+1 911, +86 110, in its own country also 86 110), or behind a dialling prefix (00 44 999).
// Only the whole number counts: +1 911 555 0100 has an area code nobody assigned, but is no emergency number.
//
// Region is the ISO 3166 alpha-2 code the text is read in; without one the numbers of every country in the list count.
func (r Reading) Emergency(region string) bool {
	d := r.Digits
	// Behind the longest country code, and that behind a dialling prefix.
	if len(d) < 2 || len(d) > longestAbroad && (r.Plus || d[0] != '0' || len(d) > longestAbroad+len("011") || d[1] != '0' && d[1] != '1') {
		return false
	}
	if isListed(d, wellKnown) {
		return true
	}
	for _, p := range emergencyPlans {
		if (region == "" || region == p.region) && isListed(d, p.numbers) {
			return true
		}
	}
	if r.Plus {
		return emergencyAbroad(d)
	}
	for _, prefix := range [...]string{"00", "011"} {
		if rest, ok := strings.CutPrefix(d, prefix); ok && (isListed(rest, wellKnown) || emergencyAbroad(rest)) {
			return true
		}
	}
	if rest, ok := strings.CutPrefix(d, "1"); ok && (region == "" || isListed(region, nanp)) && isListed(rest, wellKnown) {
		return true
	}
	for _, p := range emergencyPlans {
		if rest, ok := strings.CutPrefix(d, p.countryCode); ok && (region == "" || region == p.region) && (isListed(rest, wellKnown) || isListed(rest, p.numbers)) {
			return true
		}
	}
	return false
}

// emergencyAbroad looks behind a country code: any of one to three digits for the well-known numbers.
func emergencyAbroad(d string) bool {
	for n := 1; n <= 3 && n < len(d); n++ {
		// Country codes are of one digit for 1 and 7 only (ITU-T E.164, list of assigned codes).
		if (n == 1) == (d[0] == '1' || d[0] == '7') && isListed(d[n:], wellKnown) {
			return true
		}
	}
	for _, p := range emergencyPlans {
		if rest, ok := strings.CutPrefix(d, p.countryCode); ok && isListed(rest, p.numbers) {
			return true
		}
	}
	return false
}

// LongestEmergency is how many digits the numbers that Emergency knows have at most behind a country code.
func LongestEmergency(countryCode string) int {
	longest := len("911")
	for _, p := range emergencyPlans {
		if p.countryCode == countryCode {
			for _, number := range strings.Fields(p.numbers) {
				longest = max(longest, len(number))
			}
		}
	}
	return longest
}

// isListed looks for a number among others that stand between spaces.
func isListed(d, list string) bool {
	if d == "" || len(d) > longestListed || d[0] == ' ' {
		return false
	}
	for from, end := 1, len(d)+1; end < len(list); from, end = from+1, end+1 {
		if list[from] == d[0] && list[from-1] == ' ' && list[end] == ' ' && list[from:end] == d {
			return true
		}
	}
	return false
}
