// Package phone says what a written telephone number is and whether it may be sent.
//
// The package holds the words (Verdict, Line, Reason, Repair), the Judge interface, and the part of judging that needs
// no numbering plan: reading the text itself (Read) and knowing emergency numbers (Emergency). The numbering plan comes
// from an engine behind Judge; package library is the one built on libphonenumber's metadata. Nothing here imports fmt,
// regexp or an engine, so the first screen can use it without carrying them.
package phone

// Verdict is what we think of a number.
type Verdict string

const (
	Fine       Verdict = "fine"       // fits the numbering plan of its country by current metadata; says nothing about being in service
	Unusual    Verdict = "unusual"    // has a possible length, but no range in the metadata: may be sent, is counted and explained
	Impossible Verdict = "impossible" // cannot be dialled as written: never sent
	Emergency  Verdict = "emergency"  // an emergency or N11 service number: never sent
)

// Verdicts lists every Verdict, best first.
func Verdicts() []Verdict { return []Verdict{Fine, Unusual, Impossible, Emergency} }

// Line is the kind of line a number belongs to, by numbering plan. Countries such as the United States and Canada do not
// tell mobile from fixed: there it is FixedLineOrMobile.
type Line string

const (
	Mobile            Line = "mobile"
	FixedLine         Line = "fixed_line"
	FixedLineOrMobile Line = "fixed_line_or_mobile"
	TollFree          Line = "toll_free"
	PremiumRate       Line = "premium_rate"
	SharedCost        Line = "shared_cost"
	VoIP              Line = "voip"
	PersonalNumber    Line = "personal_number"
	Pager             Line = "pager"
	UAN               Line = "uan" // company-wide "universal access number"
	Voicemail         Line = "voicemail"
	UnknownLine       Line = "unknown"
)

// Lines lists every Line.
func Lines() []Line {
	return []Line{Mobile, FixedLine, FixedLineOrMobile, TollFree, PremiumRate, SharedCost, VoIP, PersonalNumber, Pager, UAN, Voicemail, UnknownLine}
}

// Reason says why a number is not Fine. It is empty for a Fine number and never empty for any other.
type Reason string

const (
	ReasonEmpty          Reason = "empty"           // nothing is left once spaces and invisible marks are gone
	ReasonNotANumber     Reason = "not_a_number"    // holds characters that no telephone number is written with, or no digit
	ReasonLetters        Reason = "letters"         // holds words that are neither a label in front, an extension, nor a vanity number
	ReasonSeveralNumbers Reason = "several_numbers" // two or more numbers in one field
	ReasonDigitsLost     Reason = "digits_lost"     // a spreadsheet shortened it (1.41556E+10): the digits are gone from the file
	ReasonTooShort       Reason = "too_short"       // fewer digits than any number of the country
	ReasonTooLong        Reason = "too_long"        // more digits than any number of the country, or a text beyond MaxBytes
	ReasonInvalidLength  Reason = "invalid_length"  // between the shortest and the longest, at a length the country does not use
	ReasonCountryUnknown Reason = "country_unknown" // no plus and no region to read it in, or a country code nobody has
	ReasonLocalOnly      Reason = "local_only"      // area code missing: can be dialled within its own area only
	ReasonNotAssigned    Reason = "not_assigned"    // possible, but in no range of the numbering plan (the one reason of Unusual)
	ReasonAmbiguous      Reason = "ambiguous"       // its E.164 form would itself be read as another number
	ReasonShortCode      Reason = "short_code"      // a text-message or service code, not a subscriber's number
	ReasonEmergency      Reason = "emergency"       // the one reason of Emergency
)

// Reasons lists every Reason.
func Reasons() []Reason {
	return []Reason{ReasonEmpty, ReasonNotANumber, ReasonLetters, ReasonSeveralNumbers, ReasonDigitsLost, ReasonTooShort, ReasonTooLong, ReasonInvalidLength,
		ReasonCountryUnknown, ReasonLocalOnly, ReasonNotAssigned, ReasonAmbiguous, ReasonShortCode, ReasonEmergency}
}

// RepairCode names one thing that was changed to read a text.
type RepairCode string

const (
	// HiddenRemoved: invisible characters were taken out (direction marks, zero-width spaces, control characters); counted.
	HiddenRemoved RepairCode = "hidden_removed"
	// DigitsNormalised: full-width or other decimal digits became ASCII; counted.
	DigitsNormalised RepairCode = "digits_normalised"
	// PunctuationRemoved: marks that numbers are not usually written with were taken out (quotes, thousands commas); counted.
	// Spaces, hyphens, dots, slashes and brackets are the ordinary spelling of a number and no repair.
	PunctuationRemoved RepairCode = "punctuation_removed"
	// FormulaUnwrapped: ="0912345678", the spreadsheet trick that keeps a leading zero.
	FormulaUnwrapped RepairCode = "formula_unwrapped"
	// TelRemoved: a tel: address (RFC 3966).
	TelRemoved RepairCode = "tel_removed"
	// LabelRemoved: words in front, such as "Mobile:" or "電話：".
	LabelRemoved RepairCode = "label_removed"
	// LettersToDigits: a vanity number (1-800-FLOWERS) was read by the letters of the keypad; counted.
	LettersToDigits RepairCode = "letters_to_digits"
	// ExtensionDropped: an extension was cut off; Number.Extension holds it.
	ExtensionDropped RepairCode = "extension_dropped"
	// FloatRecovered: 14155550100.0, a number that a spreadsheet took for a decimal.
	FloatRecovered RepairCode = "float_recovered"
	// ExponentRecovered: 1.4155550100E+10, with every digit still there.
	ExponentRecovered RepairCode = "exponent_recovered"
	// CountryAdded: written nationally, read in the region given.
	CountryAdded RepairCode = "country_added"
	// PlusAdded: read as international though the plus was missing.
	PlusAdded RepairCode = "plus_added"
	// DialPrefixReplaced: an international dialling prefix (00, 011 …) stood where the plus belongs.
	DialPrefixReplaced RepairCode = "dial_prefix_replaced"
	// TrunkPrefixRemoved: a national prefix stood behind the country code, as in +44 (0)20 7946 0018.
	TrunkPrefixRemoved RepairCode = "trunk_prefix_removed"
	// LeadingZeroRestored: the leading zero of a national number was missing, as spreadsheets lose it.
	LeadingZeroRestored RepairCode = "leading_zero_restored"
	// NumberRewritten: the numbering plan writes the number differently in E.164 (Argentine and Mexican mobiles, for instance).
	NumberRewritten RepairCode = "number_rewritten"
)

// RepairCodes lists every RepairCode.
func RepairCodes() []RepairCode {
	return []RepairCode{HiddenRemoved, DigitsNormalised, PunctuationRemoved, FormulaUnwrapped, TelRemoved, LabelRemoved, LettersToDigits, ExtensionDropped,
		FloatRecovered, ExponentRecovered, CountryAdded, PlusAdded, DialPrefixReplaced, TrunkPrefixRemoved, LeadingZeroRestored, NumberRewritten}
}

// Repair is one change made to read a text; Count is the number of characters where that means something, else 0.
type Repair struct {
	Code  RepairCode `json:"code"`
	Count int        `json:"count,omitempty"`
}

// Number is a judged text.
type Number struct {
	Text          string   `json:"text"`                    // as the person wrote it, untouched
	Verdict       Verdict  `json:"verdict"`                 // never empty
	E164          string   `json:"e164,omitempty"`          // "+14155550100"; empty unless Sendable
	CountryCode   int      `json:"country_code,omitempty"`  // 1, 886 …; 0 unless Sendable
	Region        string   `json:"region,omitempty"`        // ISO 3166 alpha-2, or "001" for numbers of no country; empty where countries share the code and no range tells them apart
	Line          Line     `json:"line,omitempty"`          // UnknownLine for an Unusual number; empty unless Sendable
	Reason        Reason   `json:"reason,omitempty"`        // empty for a Fine number
	Repairs       []Repair `json:"repairs,omitempty"`       // in the order they were made
	Extension     string   `json:"extension,omitempty"`     // digits; upstreams take none, so it is kept apart
	International string   `json:"international,omitempty"` // for people: "+1 415-555-0100"
	National      string   `json:"national,omitempty"`      // for people: "(415) 555-0100"
}

// Sendable tells whether the number may leave: it is Fine or Unusual and has an E.164 form.
func (n Number) Sendable() bool {
	return (n.Verdict == Fine || n.Verdict == Unusual) && n.E164 != ""
}

// Digits is the E.164 form without its plus, as the Callbot API wants it; empty unless Sendable.
func (n Number) Digits() string {
	if !n.Sendable() {
		return ""
	}
	return n.E164[1:]
}

// Judge reads a text as a telephone number.
//
// Region is the ISO 3166 alpha-2 code of the country whose habits the text follows when it has no plus; empty or unknown means
// that nobody said. The answer depends on the two arguments alone, and a Judge may be used from many goroutines.
type Judge interface {
	Judge(text, region string) Number
}
