// Package zone names the time zones a telephone number may be in, for calling hours. The names are those of libphonenumber's
// timezone data, as package timezone of the phonenumbers module gives them, from a table of a few kilobytes that whoever does not
// import this package does not carry.
//
// The table, data.go, is written by the command in folder generate. After another release of the module is named in go.mod:
//
//	go generate ./shared/phone/zone && go test ./shared/phone/zone
package zone

import (
	"slices"
	"strings"
	"sync"

	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

//go:generate go run ./generate -o data.go

// Unknown stands alone where nobody knows the zone (ICU's unknown time zone). It is no IANA name and cannot be loaded.
const Unknown = "Etc/Unknown"

// Of names the zones that the subscriber of an E.164 number ("+14155550100") may be in, in alphabetical order: those of its area
// where the numbering plan ties it to one, and those of everybody with its country code where it does not (most mobile numbers,
// freephone). Only Unknown stands for a number of no known kind, and for a country code of no country; ByPrefix may know more of
// the first. Nothing stands for a text that is no E.164 number that may be sent.
//
// Some names are older ones of their zones (Asia/Calcutta, America/Godthab): whoever loads them needs a
// database that holds the links, as package time/tzdata does.
func Of(e164 string) []string {
	n := judge().Judge(e164, "")
	switch {
	case !n.Sendable() || n.E164 != e164:
		return nil
	case n.Line == phone.UnknownLine:
		return []string{Unknown}
	case isGeographical(n.Line, n.CountryCode):
		return ByPrefix(e164)
	}
	return ByPrefix(e164[:len(e164)-len(national(n))])
}

// ByPrefix names the zones by the digits alone, whether or not the number is in use: the zones of the longest known beginning of
// it. Only Unknown stands for digits nobody knows, nothing for a text without digits or with anything but digits behind its plus.
func ByPrefix(e164 string) []string {
	digits, plus := strings.CutPrefix(e164, "+")
	if !plus || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return nil
	}
	return table().zones(digits)
}

var judge = sync.OnceValue(engine.New)

// national is the number without its country code.
func national(n phone.Number) string {
	digits := n.Digits()
	for code := n.CountryCode; code > 0; code /= 10 {
		digits = digits[1:]
	}
	return digits
}

// isGeographical is the library's IsNumberGeographicalForType: mobile numbers belong to an area in Mexico, Argentina, Brazil,
// Indonesia and China only.
func isGeographical(line phone.Line, countryCode int) bool {
	switch line {
	case phone.FixedLine, phone.FixedLineOrMobile:
		return true
	case phone.Mobile:
		return countryCode == 52 || countryCode == 54 || countryCode == 55 || countryCode == 62 || countryCode == 86
	}
	return false
}

// prefixes are the beginnings of numbers that a list of zones is known for, as decimal numbers in rising order.
type prefixes struct {
	numbers []uint32
	lists   []uint16   // of each prefix, the place in zonesOf
	zonesOf [][]string //
}

var table = sync.OnceValue(func() *prefixes { return load(committed) })

func (p *prefixes) zones(digits string) []string {
	found := -1
	number := uint32(0)
	for i := 0; i < len(digits) && i < longest; i++ {
		number = number*10 + uint32(digits[i]-'0')
		if at, ok := slices.BinarySearch(p.numbers, number); ok && digits[0] != '0' {
			found = at
		}
	}
	if found < 0 {
		return []string{Unknown}
	}
	return slices.Clone(p.zonesOf[p.lists[found]])
}

// longest is how many digits a prefix has at most.
const longest = 9

// load unpacks what the generator wrote, unsigned varints and the names of the zones behind their length: the names, one behind
// the other with spaces between them; how many lists, and each as how many names and their places; how many prefixes, and each as
// how much it is above the one before, and the place of its list. It trusts what it reads: the generator's test compares that with
// the module.
func load(file string) *prefixes {
	number := func() int {
		n, shift := 0, 0
		for {
			b := file[0]
			file = file[1:]
			n |= int(b&0x7f) << shift
			if b < 0x80 {
				return n
			}
			shift += 7
		}
	}
	length := number()
	names := strings.Fields(file[:length])
	file = file[length:]
	p := &prefixes{zonesOf: make([][]string, number())}
	for i := range p.zonesOf {
		p.zonesOf[i] = make([]string, number())
		for j := range p.zonesOf[i] {
			p.zonesOf[i][j] = names[number()]
		}
	}
	p.numbers = make([]uint32, number())
	p.lists = make([]uint16, len(p.numbers))
	last := 0
	for i := range p.numbers {
		last += number()
		p.numbers[i], p.lists[i] = uint32(last), uint16(number())
	}
	return p
}
