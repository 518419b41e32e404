// Package library judges telephone numbers by the metadata of libphonenumber, through github.com/nyaruka/phonenumbers.
// It weighs several megabytes in a WebAssembly program; pages that must open fast ask for a phone.Judge and do not import it.
package library

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"

	"outdial/shared/phone"
)

// Version is the release of libphonenumber's metadata that is compiled in.
const Version = metadata.Version

// New gives a judge. It holds no state of its own; the library beneath keeps a cache of compiled patterns that is bounded by
// its metadata and safe for many goroutines.
func New() phone.Judge { return judge{} }

type judge struct{}

var _ phone.Judge = judge{}

// Lengths of an E.164 number without its plus. The upper one is the recommendation's (ITU-T E.164, 6.1); nothing shorter than
// the lower one is a subscriber's number anywhere.
const (
	fewestDigits = 5
	mostDigits   = 15
	longestShort = 6 // digits of a service number that is written alone
)

// Judge implements phone.Judge.
//
// What wins when a text can be read in more than one way:
//
//  1. An emergency or N11 service number, whatever else it might be. A longer number that only begins with one is not.
//  2. With a plus, the country code behind it; the region is not looked at.
//  3. Without one, the region's own reading if it is valid, even if a plus would make another valid number of it.
//  4. A short service number of the region: no number to send to.
//  5. The reading with a plus in front, if that is valid (8613800138000 in US). Where the region has numbers of that length, the
//     spelling can speak against it: brackets around the first digits, as (358) 213-1634 in US, or a first group that
//     does not end with the country code, as 646-111-3333 in US, which is no number of New Zealand (64).
//  6. The reading with 00 or 011 taken for a plus, if that is valid.
//  7. The region's reading if it is possible, which makes the number unusual. Without a region nothing merely possible is taken.
func (judge) Judge(text, region string) phone.Number {
	n := phone.Number{Text: text, Verdict: phone.Impossible}
	r := phone.Read(text)
	n.Repairs, n.Extension, n.Reason = r.Repairs, r.Extension, r.Reason
	if n.Reason != "" {
		return n
	}
	region = knownRegion(region)
	if isEmergency(r, region) {
		n.Verdict, n.Reason = phone.Emergency, phone.ReasonEmergency
		return n
	}
	c := choose(r, region)
	switch {
	case !c.valid && connectsToEmergency(r, region):
		n.Verdict, n.Reason = phone.Emergency, phone.ReasonEmergency
	case r.Letters > 0 && !c.valid:
		n.Reason = phone.ReasonLetters
	case c.reason != "":
		n.Reason = c.reason
	case isEmergency(phone.Reading{Plus: true, Digits: c.e164[1:]}, ""):
		n.Verdict, n.Reason = phone.Emergency, phone.ReasonEmergency
	default:
		c.fill(&n)
	}
	return n
}

// choose finds the reading that wins.
func choose(r phone.Reading, region string) reading {
	if r.Plus {
		there := parse(r.Digits, "", "")
		if there.reason == phone.ReasonCountryUnknown {
			if abroad, ok := behindPrefix(r.Digits); ok {
				return abroad
			}
		}
		return there
	}
	home := reading{reason: phone.ReasonCountryUnknown}
	switch {
	case region != "":
		home = parse(r.Digits, region, "")
	case len(r.Digits) < fewestDigits:
		home.reason = phone.ReasonTooShort
	case len(r.Digits) > mostDigits+len("011"):
		home.reason = phone.ReasonTooLong
	}
	if home.valid {
		return home
	}
	if region != "" && isShort(r.Digits, region) {
		return reading{reason: phone.ReasonShortCode}
	}
	if r.Digits[0] != '0' && (home.reason != "" || !r.Bracketed) {
		abroad := parse(r.Digits, "", phone.PlusAdded)
		if abroad.valid && (home.reason != "" || r.Group == 0 || r.Group == len(abroad.code)) {
			return abroad
		}
	}
	if abroad, ok := behindPrefix(r.Digits); ok {
		return abroad
	}
	// Some plans (Germany's) leave every short length possible: no subscriber writes so few digits.
	if home.reason == "" && len(r.Digits) < fewestDigits+2 {
		return reading{reason: phone.ReasonTooShort}
	}
	return home
}

// behindPrefix reads the number behind the dialling prefix that most of the world uses (00) and that of North America (011).
func behindPrefix(digits string) (reading, bool) {
	for _, prefix := range [...]string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && rest != "" && rest[0] != '0' {
			if abroad := parse(rest, "", phone.DialPrefixReplaced); abroad.valid {
				return abroad, true
			}
		}
	}
	return reading{}, false
}

// reading is one way to read the digits; one with a reason is no way at all.
type reading struct {
	number *phonenumbers.PhoneNumber
	code   string // country code, without plus
	e164   string
	valid  bool
	line   phone.Line
	source phone.RepairCode // how the country code was found; empty behind a plus that was written
	rest   string           // the digits written behind the country code, as far as known
	nsn    string           // national significant number
	reason phone.Reason
}

// parse reads digits in region, or as international if region is empty; source is then the repair that made them so.
func parse(digits, region string, source phone.RepairCode) reading {
	text := digits
	if region == "" {
		text = "+" + digits
	}
	p := new(phonenumbers.PhoneNumber)
	if err := phonenumbers.ParseAndKeepRawInputToNumber(text, region, p); err != nil {
		return reading{reason: reasonOf(err)}
	}
	found := p.GetCountryCodeSource()
	p.RawInput, p.CountryCodeSource = nil, nil // or the library writes a number of zeros as it was given
	nsn := phonenumbers.GetNationalSignificantNumber(p)
	code := strconv.Itoa(int(p.GetCountryCode()))
	c := reading{number: p, nsn: nsn, code: code, e164: "+" + code + nsn, source: source}
	switch found {
	case phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY:
		c.source, c.rest = phone.CountryAdded, digits
	case phonenumbers.PhoneNumber_FROM_NUMBER_WITH_IDD:
		c.source = phone.DialPrefixReplaced
		if strings.HasSuffix(digits, code+nsn) {
			c.rest = nsn
		}
	case phonenumbers.PhoneNumber_FROM_NUMBER_WITHOUT_PLUS_SIGN:
		c.source, c.rest = phone.PlusAdded, strings.TrimPrefix(digits, code)
	default:
		c.rest = strings.TrimPrefix(digits, code)
	}
	line := phonenumbers.GetNumberType(p)
	c.valid, c.line = line != phonenumbers.UNKNOWN, lineOf(line)
	switch phonenumbers.IsPossibleNumberWithReason(p) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		c.reason = phone.ReasonLocalOnly
	case phonenumbers.INVALID_COUNTRY_CODE:
		c.reason = phone.ReasonCountryUnknown
	case phonenumbers.TOO_SHORT:
		c.reason = phone.ReasonTooShort
	case phonenumbers.TOO_LONG:
		c.reason = phone.ReasonTooLong
	default:
		c.reason = phone.ReasonInvalidLength
	}
	switch n := len(c.e164) - 1; {
	case c.reason != "":
	case n < fewestDigits:
		c.reason = phone.ReasonTooShort
	case n > mostDigits: // German numbers may be possible at seventeen digits
		c.reason = phone.ReasonTooLong
	case !isStable(c.e164, text):
		c.reason = phone.ReasonAmbiguous
	}
	c.valid = c.valid && c.reason == ""
	return c
}

// isStable tells whether the E.164 form is read as itself. It is not where what follows the country code looks like a national
// prefix: +82 000-000-0000 loses its zeros at every reading, so whoever reads it next would send to another number.
func isStable(e164, text string) bool {
	if e164 == text {
		return true
	}
	p := new(phonenumbers.PhoneNumber)
	if phonenumbers.ParseToNumber(e164, "", p) != nil {
		return false
	}
	return e164 == "+"+strconv.Itoa(int(p.GetCountryCode()))+phonenumbers.GetNationalSignificantNumber(p)
}

// fill writes the reading into the number.
func (c reading) fill(n *phone.Number) {
	n.E164 = c.e164
	n.CountryCode = int(c.number.GetCountryCode())
	n.Region = phonenumbers.GetRegionCodeForNumber(c.number)
	n.Line = c.line
	n.International = phonenumbers.Format(c.number, phonenumbers.INTERNATIONAL)
	n.National = phonenumbers.Format(c.number, phonenumbers.NATIONAL)
	n.Verdict = phone.Fine
	if !c.valid {
		n.Verdict, n.Reason = phone.Unusual, phone.ReasonNotAssigned
	}
	if c.source != "" {
		n.Repairs = append(n.Repairs, phone.Repair{Code: c.source})
	}
	switch {
	case c.rest == c.nsn:
		if c.source == phone.CountryAdded && c.nsn[0] != '0' && isZeroAhead(n.National, c.nsn) {
			n.Repairs = append(n.Repairs, phone.Repair{Code: phone.LeadingZeroRestored})
		}
	case !strings.HasSuffix(c.rest, c.nsn):
		n.Repairs = append(n.Repairs, phone.Repair{Code: phone.NumberRewritten})
	case c.source != phone.CountryAdded:
		n.Repairs = append(n.Repairs, phone.Repair{Code: phone.TrunkPrefixRemoved})
	}
}

// isZeroAhead tells whether people of the country write a zero before the number: then the text had lost it.
func isZeroAhead(national, nsn string) bool {
	at := -1 // position in "0"+nsn that was last seen
	for _, c := range national {
		if c < '0' || '9' < c {
			continue
		}
		at++
		if at > len(nsn) || at == 0 && c != '0' || at > 0 && byte(c) != nsn[at-1] {
			return false
		}
	}
	return at == len(nsn)
}

// connectsToEmergency tells whether a telephone would put the digits through to an emergency service because they begin with its
// number, as 91155 in US. It is asked about short texts that are no valid number.
func connectsToEmergency(r phone.Reading, region string) bool {
	return region != "" && !r.Plus && len(r.Digits) <= longestShort && phonenumbers.ConnectsToEmergencyNumber(r.Digits, region)
}

// isEmergency asks our own list and the library's.
func isEmergency(r phone.Reading, region string) bool {
	d := r.Digits
	if len(d) > longestShort+len("011")+3 {
		return false
	}
	if r.Emergency(region) {
		return true
	}
	if region != "" && len(d) <= longestShort {
		if phonenumbers.IsEmergencyNumber(d, region) {
			return true
		}
	}
	if !r.Plus {
		prefix := ""
		switch {
		case strings.HasPrefix(d, "00"):
			prefix = "00"
		case strings.HasPrefix(d, "011"):
			prefix = "011"
		default:
			// In its own country a country code may stand without a plus.
			code := strconv.Itoa(phonenumbers.GetCountryCodeForRegion(region))
			rest, ok := strings.CutPrefix(d, code)
			return ok && region != "" && phonenumbers.IsEmergencyNumber(rest, region)
		}
		d = d[len(prefix):]
	}
	for n := 1; n <= 3 && n < len(d); n++ {
		code, _ := strconv.Atoi(d[:n])
		for _, there := range phonenumbers.GetRegionCodesForCountryCode(code) {
			if phonenumbers.IsEmergencyNumber(d[n:], there) {
				return true
			}
		}
	}
	return false
}

// isShort tells whether the digits are a short service number of the region.
func isShort(digits, region string) bool {
	if len(digits) > longestShort {
		return false
	}
	national, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return false
	}
	// Made by hand: the library's parser would take prefixes off.
	code := int32(phonenumbers.GetCountryCodeForRegion(region))
	p := &phonenumbers.PhoneNumber{CountryCode: &code, NationalNumber: &national}
	if zeros := int32(len(digits) - len(strings.TrimLeft(digits, "0"))); zeros > 0 {
		leading := true
		p.ItalianLeadingZero, p.NumberOfLeadingZeros = &leading, &zeros
	}
	return phonenumbers.IsValidShortNumberForRegion(p, region)
}

// knownRegion gives the region in capitals, or nothing if it is none.
func knownRegion(region string) string {
	region = strings.ToUpper(strings.TrimSpace(region))
	if len(region) != 2 || phonenumbers.GetCountryCodeForRegion(region) == 0 {
		return ""
	}
	return region
}

func reasonOf(err error) phone.Reason {
	switch err {
	case phonenumbers.ErrInvalidCountryCode:
		return phone.ReasonCountryUnknown
	case phonenumbers.ErrNumTooLong:
		return phone.ReasonTooLong
	case phonenumbers.ErrTooShortAfterIDD, phonenumbers.ErrTooShortNSN:
		return phone.ReasonTooShort
	// What phone.Read let through and the library does not take for a number has fewer than three digits.
	case phonenumbers.ErrNotANumber:
		return phone.ReasonTooShort
	}
	return phone.ReasonNotANumber
}

func lineOf(t phonenumbers.PhoneNumberType) phone.Line {
	switch t {
	case phonenumbers.FIXED_LINE:
		return phone.FixedLine
	case phonenumbers.MOBILE:
		return phone.Mobile
	case phonenumbers.FIXED_LINE_OR_MOBILE:
		return phone.FixedLineOrMobile
	case phonenumbers.TOLL_FREE:
		return phone.TollFree
	case phonenumbers.PREMIUM_RATE:
		return phone.PremiumRate
	case phonenumbers.SHARED_COST:
		return phone.SharedCost
	case phonenumbers.VOIP:
		return phone.VoIP
	case phonenumbers.PERSONAL_NUMBER:
		return phone.PersonalNumber
	case phonenumbers.PAGER:
		return phone.Pager
	case phonenumbers.UAN:
		return phone.UAN
	case phonenumbers.VOICEMAIL:
		return phone.Voicemail
	}
	return phone.UnknownLine
}
