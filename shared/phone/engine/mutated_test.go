package engine

import (
	"flag"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
)

var (
	mutations = flag.Int("mutations", 100_000, "how many mutated numbers are compared with the library")
	seed      = flag.Uint64("seed", 1, "where the mutated numbers begin; the same ones each time")
)

// mutated goes through numbers of every region, spelled in some way and then changed in up to three places: digits changed, cut,
// added, swapped or repeated, signs in between, prefixes, full-width and other digits, tel:, extensions, letters, garbage.
func mutated(t *tables, seed uint64, n int) iter.Seq[testCase] {
	return func(yield func(testCase) bool) {
		m := mutator{coverer: coverer{t: t, random: rand.New(rand.NewPCG(seed, 25))}}
		m.regions = slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions()))
		for range n {
			region, text := m.number()
			for range m.random.IntN(4) {
				text = m.change(text)
			}
			switch m.random.IntN(10) {
			case 0:
				region = ""
			case 1, 2:
				region = m.regions[m.random.IntN(len(m.regions))]
			case 3:
				region = m.one("us", " GB ", "ZZ", "001", "TWN", "é", "US")
			}
			if !yield(testCase{text, region}) {
				return
			}
		}
	}
}

type mutator struct {
	coverer
	regions []string
}

func (m *mutator) one(of ...string) string { return of[m.random.IntN(len(of))] }

// number gives a region and a number of it in one of the spellings.
func (m *mutator) number() (region, text string) {
	var p *phonenumbers.PhoneNumber
	region = m.regions[m.random.IntN(len(m.regions))]
	home, _ := place(region)
	plan := &m.t.plans[m.t.byRegion[home]-1]
	code := m.t.codes[plan.country].code
	national := m.onward(m.t.codes[plan.country].numbers, m.random.IntN(8) == 0)
	switch m.random.IntN(4) {
	case 0:
		kinds := slices.Sorted(maps.Keys(phonenumbers.GetSupportedTypesForRegion(region)))
		p = phonenumbers.GetExampleNumberForTypeInRegion(region, kinds[m.random.IntN(len(kinds))])
	case 1: // of no country
		x := &m.t.codes[m.random.IntN(len(m.t.codes))]
		return region, m.one("+", "00", "") + x.code + m.onward(x.numbers, false)
	}
	if p != nil {
		format := []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL, phonenumbers.RFC3966}[m.random.IntN(4)]
		return region, phonenumbers.Format(p, format)
	}
	switch m.random.IntN(6) {
	case 0:
		return region, "+" + code + national
	case 1:
		return region, code + national
	case 2:
		return region, "+" + code + " " + m.grouped(national)
	case 3:
		return region, m.along(plan.dialling, 0) + code + national
	case 4:
		if plan.prefix != nil {
			return region, m.one("", "+"+code) + m.along(plan.prefix, 0) + m.one(national, m.grouped(national))
		}
	}
	return region, m.one(national, m.grouped(national), "0"+national, "1"+national)
}

// grouped puts signs into digits.
func (m *mutator) grouped(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && m.random.IntN(3) == 0 {
			b.WriteString(m.one(" ", "-", ".", "/", " - ", ") ", "(", "\u00a0", "\u2011"))
		}
		b.WriteRune(c)
	}
	return b.String()
}

// change changes a text in one place.
func (m *mutator) change(text string) string {
	s := []rune(text)
	at := m.random.IntN(len(s) + 1)
	before, behind := string(s[:at]), string(s[at:])
	cut := string(s[min(at+1, len(s)):]) // behind, without its first
	digit := strconv.Itoa(m.random.IntN(10))
	switch m.random.IntN(14) {
	case 0, 1, 2:
		return before + digit + cut
	case 3:
		return before + cut
	case 4:
		return before + digit + behind
	case 5: // two change places
		if at+1 < len(s) {
			return before + string(s[at+1]) + string(s[at]) + string(s[at+2:])
		}
		return before
	case 6:
		return before + m.one(" ", "-", ".", "(", ")", "/", ",", ";", "~", "'", "\"", "\u3000", "－", "（", "\n", "\t", "\u200b", "\u00ad", "*", "#", "_") + behind
	case 7:
		return m.one("+", "00", "011", "0", "1", "8", "9", "++", "＋", "+ ", "(+", "tel:", "tel:+", "Tel. ", "電話：", "00 ", "0011", "=\"", "'", "810") + text
	case 8:
		return text + m.one(" ext. ", " x", ";ext=", " #", ",,", " доб. ", "轉", "x", " extension ", "~") + m.digits(1+m.random.IntN(6))
	case 9: // digits of other scripts
		zero := []rune("０٠०۰๐𝟎")[m.random.IntN(6)]
		every := m.random.IntN(2) == 0
		return strings.Map(func(c rune) rune {
			if '0' <= c && c <= '9' && (every || m.random.IntN(3) == 0) {
				return zero + c - '0'
			}
			return c
		}, text)
	case 10:
		return before + m.one("A", "CALL", "FLOWERS", "x", "X", "é", "E+", "e10", "O", "l", "機", "\x00", "\xff", "�", "😀") + behind
	case 11:
		return text + m.one(".0", ".00", ",0", "E+10", ";phone-context=+44", ";phone-context=example.com", "; "+text, " / "+text, "\"", "#")
	case 12: // some digits again
		return before + string(s[at:min(at+3, len(s))]) + behind
	default:
		return before
	}
}

// The same for mutated numbers, as many as -mutations says. What is run once after each upgrade of the library, some ten million
// cases and the generated cover with more ways on from each edge, is
//
//	go test -count=1 -timeout 3h -v -run 'TestSame|TestLabels|TestPrefixes' ./shared/phone/engine -more 3 -mutations 10000000
//
// (make identity). It is the same cases each time; -seed begins elsewhere.
func TestSame_mutated(t *testing.T) {
	const atOnce = 100_000
	var all counts
	for from := 0; from < *mutations; from += atOnce {
		all.add(t, ask(mutated(compiled(), *seed<<32+uint64(from), min(atOnce, *mutations-from))))
	}
	t.Log(all)
}
