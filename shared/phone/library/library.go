// Package library judges telephone numbers by the metadata of libphonenumber, through github.com/nyaruka/phonenumbers.
// It weighs several megabytes in a WebAssembly program; pages that must open fast use package engine, which answers the same.
package library

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"

	"outdial/shared/phone"
	"outdial/shared/phone/internal/rules"
)

// Version is the release of libphonenumber's metadata that is compiled in.
const Version = metadata.Version

// New gives a judge. It holds no state of its own; the library beneath keeps a cache of compiled patterns that is bounded by
// its metadata and safe for many goroutines.
func New() phone.Judge { return judge{} }

type judge struct{}

var _ phone.Judge = judge{}

// Judge implements phone.Judge; what wins when a text can be read in more than one way stands at rules.Judge.
func (judge) Judge(text, region string) phone.Number {
	return rules.Judge[*phonenumbers.PhoneNumber](plans{}, text, region)
}

// plans are the library's numbering plans.
type plans struct{}

var _ rules.Plans[*phonenumbers.PhoneNumber] = plans{}

func (plans) CountryCode(region string) int { return phonenumbers.GetCountryCodeForRegion(region) }

func (plans) Parse(digits, region string) rules.Parsed[*phonenumbers.PhoneNumber] {
	text := digits
	if region == "" {
		text = "+" + digits
	}
	p := new(phonenumbers.PhoneNumber)
	if err := phonenumbers.ParseAndKeepRawInputToNumber(text, region, p); err != nil {
		return rules.Parsed[*phonenumbers.PhoneNumber]{Reason: reasonOf(err)}
	}
	found := p.GetCountryCodeSource()
	p.RawInput, p.CountryCodeSource = nil, nil // or the library writes a number of zeros as it was given
	if reason := reasonOfLength(p); reason != "" {
		return rules.Parsed[*phonenumbers.PhoneNumber]{Reason: reason}
	}
	national := phonenumbers.GetNationalSignificantNumber(p)
	return rules.Parsed[*phonenumbers.PhoneNumber]{
		Number:   p,
		Source:   sourceOf(found),
		Digits:   strconv.Itoa(int(p.GetCountryCode())) + national,
		National: national,
		Line:     lineOf(phonenumbers.GetNumberType(p)),
	}
}

func (plans) IsReadAsItself(digits string) bool {
	p := new(phonenumbers.PhoneNumber)
	if phonenumbers.ParseToNumber("+"+digits, "", p) != nil {
		return false
	}
	return digits == strconv.Itoa(int(p.GetCountryCode()))+phonenumbers.GetNationalSignificantNumber(p)
}

func (plans) IsShort(digits, region string) bool {
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

func (plans) IsEmergency(digits, region string) bool {
	return phonenumbers.IsEmergencyNumber(digits, region)
}

func (plans) IsEmergencyAnywhere(code int, digits string) bool {
	for _, region := range phonenumbers.GetRegionCodesForCountryCode(code) {
		if phonenumbers.IsEmergencyNumber(digits, region) {
			return true
		}
	}
	return false
}

func (plans) ConnectsToEmergency(digits, region string) bool {
	return phonenumbers.ConnectsToEmergencyNumber(digits, region)
}

func (plans) Describe(p *phonenumbers.PhoneNumber) (region, international, national string) {
	return phonenumbers.GetRegionCodeForNumber(p), phonenumbers.Format(p, phonenumbers.INTERNATIONAL), phonenumbers.Format(p, phonenumbers.NATIONAL)
}

func sourceOf(s phonenumbers.PhoneNumber_CountryCodeSource) rules.Source {
	switch s {
	case phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY:
		return rules.OfRegion
	case phonenumbers.PhoneNumber_FROM_NUMBER_WITH_IDD:
		return rules.BehindDialling
	case phonenumbers.PhoneNumber_FROM_NUMBER_WITHOUT_PLUS_SIGN:
		return rules.WithoutPlus
	}
	return rules.BehindPlus
}

func reasonOfLength(p *phonenumbers.PhoneNumber) phone.Reason {
	switch phonenumbers.IsPossibleNumberWithReason(p) {
	case phonenumbers.IS_POSSIBLE:
		return ""
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return phone.ReasonLocalOnly
	case phonenumbers.INVALID_COUNTRY_CODE:
		return phone.ReasonCountryUnknown
	case phonenumbers.TOO_SHORT:
		return phone.ReasonTooShort
	case phonenumbers.TOO_LONG:
		return phone.ReasonTooLong
	}
	return phone.ReasonInvalidLength
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
