package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
)

// The tables in the repository are those of the module in go.mod. If not: go generate ./shared/phone/engine
func TestTables_areUpToDate(t *testing.T) {
	want, report, err := pinned()
	require.NoError(t, err)
	t.Log(report)
	for name, constant := range constants {
		have, err := os.ReadFile("../" + name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(goFile(constant, want[name]), have), "run go generate in shared/phone/engine")
	}
	require.Less(t, len(want["data.go"]), 100_000, "the tables go to every browser")
	require.Less(t, len(want["typing_data.go"]), 30_000, "the formats go to every browser")
}

func TestTables_areTheSameEveryTime(t *testing.T) {
	first, _, err := pinned()
	require.NoError(t, err)
	second, _, err := pinned()
	require.NoError(t, err)
	require.Equal(t, second, first)
}

// What the engine has no equivalent for stops the generator.
func TestBuild_refuses(t *testing.T) {
	for _, tc := range []struct {
		name, says string
		change     func(m *phonenumbers.PhoneMetadata)
	}{
		{"star", "unbounded repetition", func(m *phonenumbers.PhoneMetadata) { m.Mobile.NationalNumberPattern = proto.String(`9\d*`) }},
		{"plus", "unbounded repetition", func(m *phonenumbers.PhoneMetadata) { m.FixedLine.NationalNumberPattern = proto.String(`2\d+`) }},
		{"open repetition", "unbounded repetition", func(m *phonenumbers.PhoneMetadata) { m.NationalPrefixForParsing = proto.String(`0{2,}`) }},
		{"too long", "any length", func(m *phonenumbers.PhoneMetadata) { m.Mobile.NationalNumberPattern = proto.String(`9\d{30}`) }},
		{"word boundary", "unknown operator", func(m *phonenumbers.PhoneMetadata) { m.Mobile.NationalNumberPattern = proto.String(`9\b\d`) }},
		{"beginning", "unknown operator", func(m *phonenumbers.PhoneMetadata) { m.InternationalPrefix = proto.String(`^00`) }},
		{"any character", "unknown operator", func(m *phonenumbers.PhoneMetadata) { m.NationalPrefixForParsing = proto.String(`0.`) }},
		{"not an expression", "missing closing", func(m *phonenumbers.PhoneMetadata) { m.GeneralDesc.NationalNumberPattern = proto.String(`(9`) }},
		{"no general description", "no general description", func(m *phonenumbers.PhoneMetadata) { m.GeneralDesc.NationalNumberPattern = nil }},
		{"no lengths", "no possible lengths", func(m *phonenumbers.PhoneMetadata) { m.GeneralDesc.PossibleLength = nil }},
		{"odd length", "possible lengths", func(m *phonenumbers.PhoneMetadata) { m.GeneralDesc.PossibleLength = []int32{-1} }},
		{"no dialling prefix", "no international prefix", func(m *phonenumbers.PhoneMetadata) { m.InternationalPrefix = nil }},
		{"many groups", "more than 3 groups", func(m *phonenumbers.PhoneMetadata) { m.NationalPrefixForParsing = proto.String(`0(1)?(2)?(3)?(4)?`) }},
		{"transform to letters", "transform rule", func(m *phonenumbers.PhoneMetadata) {
			m.NationalPrefixForParsing, m.NationalPrefixTransformRule = proto.String(`0(1)`), proto.String("a$1")
		}},
		{"format with a long name", "reference", func(m *phonenumbers.PhoneMetadata) { m.NumberFormat[0].Format = proto.String("$1x $2") }},
		{"format with odd characters", "character", func(m *phonenumbers.PhoneMetadata) { m.NumberFormat[0].Format = proto.String("$1\u2013$2") }},
		{"format that prefers less", "prefers to match less", func(m *phonenumbers.PhoneMetadata) {
			m.NumberFormat = []*phonenumbers.NumberFormat{{Pattern: proto.String(`(\d{4}|\d{9})`), Format: proto.String("$1")}}
		}},
		{"other country", "is listed under", func(m *phonenumbers.PhoneMetadata) { m.CountryCode = proto.Int32(1) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, ok := metadata.RegionMetadata("TW")
			require.True(t, ok)
			m = proto.CloneOf(m)
			tc.change(m)
			_, err := build(source{numbers: []*phonenumbers.PhoneMetadata{m}, codes: map[int][]string{886: {"TW"}}})
			require.ErrorContains(t, err, tc.says)
		})
	}
	t.Run("region without metadata", func(t *testing.T) {
		_, err := build(source{codes: map[int][]string{886: {"TW"}}})
		require.ErrorContains(t, err, "no metadata")
	})
	t.Run("unchanged", func(t *testing.T) {
		m, _ := metadata.RegionMetadata("TW")
		_, err := build(source{numbers: []*phonenumbers.PhoneMetadata{m}, codes: map[int][]string{886: {"TW"}}})
		require.NoError(t, err)
	})
}

// So does a format that cannot be filled in digit by digit as the engine does it.
func TestBuildTyping_refuses(t *testing.T) {
	format := func(pattern, format string, leading ...string) []*phonenumbers.NumberFormat {
		return []*phonenumbers.NumberFormat{{Pattern: proto.String(pattern), Format: proto.String(format), LeadingDigitsPattern: leading}}
	}
	for _, tc := range []struct {
		name, says string
		formats    []*phonenumbers.NumberFormat
	}{
		{"a digit outside the groups", "outside the groups", format(`9(\d{3})`, "$1")},
		{"a group of certain digits", "any digits", format(`([2-9])(\d{3})`, "$1 $2")},
		{"a group that may be empty", "any digits", format(`(\d{0,3})(\d{3})`, "$1 $2")},
		{"a group without end", "any digits", format(`(\d)(\d{3,})`, "$1 $2")},
		{"many groups", "more than 8", format(strings.Repeat(`(\d)`, 9), "$1$2$3$4$5$6$7$8$9")},
		{"a group left out", "not all of them", format(`(\d)(\d)(\d)`, "$1 $3")},
		{"the last group left out", "not all of them", format(`(\d)(\d)(\d)`, "$1 $2")},
		{"another order", "another order", format(`(\d)(\d)(\d)`, "$1 $3 $2")},
		{"a letter", "letter", format(`(\d)(\d)`, "$1 x $2")},
		{"two spellings of a pattern", "say the same", append(format(`(\d)(\d{2})`, "$1 $2"), format(`(\d{1})(\d{2})`, "$1 $2")...)},
		{"leading digits without end", "unbounded", format(`(\d)(\d)`, "$1 $2", `1\d*`)},
		{"leading digits that ask for the end", "end of the number", format(`(\d)(\d)`, "$1 $2", `1$`)},
		{"no expression", "missing closing", format(`(\d`, "$1")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &phonenumbers.PhoneMetadata{Id: proto.String("TW"), CountryCode: proto.Int32(886), NumberFormat: tc.formats}
			_, err := buildTyping(source{numbers: []*phonenumbers.PhoneMetadata{m}, codes: map[int][]string{886: {"TW"}}})
			require.ErrorContains(t, err, tc.says)
		})
	}
	t.Run("a format with digits of its own is left out", func(t *testing.T) {
		m := &phonenumbers.PhoneMetadata{Id: proto.String("TW"), CountryCode: proto.Int32(886), NumberFormat: format(`9(\d{3})`, "15 $1")}
		typing, err := buildTyping(source{numbers: []*phonenumbers.PhoneMetadata{m}, codes: map[int][]string{886: {"TW"}}})
		require.NoError(t, err)
		require.Empty(t, typing.codes[0].national)
	})
	t.Run("region without metadata", func(t *testing.T) {
		_, err := buildTyping(source{codes: map[int][]string{886: {"TW"}}})
		require.ErrorContains(t, err, "no metadata")
	})
}

func TestPool_isBounded(t *testing.T) {
	p := newPool()
	var err error
	for i := range mostStates {
		if _, err = p.intern(state{label: uint16(i + 1)}); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, errTooMany)
}
