package engine_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

func column(texts ...string) (data []byte, offsets []uint32) {
	offsets = []uint32{0}
	for _, s := range texts {
		data = append(data, s...)
		offsets = append(offsets, uint32(len(data)))
	}
	return data, offsets
}

func TestColumn_judgesEachText(t *testing.T) {
	data, offsets := column("0912-345-678", "+1 415 555 0100", "", "911", "912345678", "1-800-FLOWERS", "+800 1234 5678", "+1-4151113333", "+1 310 1234", "00886912345678")
	results := make([]engine.Result, len(offsets)) // one too many: stays as it is
	results[len(results)-1].Digits = 42
	engine.NewColumn(" tw ").Judge(data, offsets, results)
	for i, want := range []phone.Number{
		{Verdict: phone.Fine, E164: "+886912345678", CountryCode: 886, Region: "TW", Line: phone.Mobile, Repairs: []phone.Repair{{Code: phone.CountryAdded}}},
		{Verdict: phone.Fine, E164: "+14155550100", CountryCode: 1, Region: "US", Line: phone.FixedLineOrMobile},
		{Verdict: phone.Impossible, Reason: phone.ReasonEmpty},
		{Verdict: phone.Emergency, Reason: phone.ReasonEmergency},
		{Verdict: phone.Fine, E164: "+886912345678", CountryCode: 886, Region: "TW", Line: phone.Mobile, Repairs: []phone.Repair{{Code: phone.CountryAdded}, {Code: phone.LeadingZeroRestored}}},
		{Verdict: phone.Fine, E164: "+18003569377", CountryCode: 1, Region: "US", Line: phone.TollFree, Repairs: []phone.Repair{{Code: phone.LettersToDigits}, {Code: phone.PlusAdded}}},
		{Verdict: phone.Fine, E164: "+80012345678", CountryCode: 800, Region: "001", Line: phone.TollFree},
		{Verdict: phone.Unusual, E164: "+14151113333", CountryCode: 1, Line: phone.UnknownLine, Reason: phone.ReasonNotAssigned},
		{Verdict: phone.Impossible, Reason: phone.ReasonLocalOnly},
		{Verdict: phone.Fine, E164: "+886912345678", CountryCode: 886, Region: "TW", Line: phone.Mobile, Repairs: []phone.Repair{{Code: phone.DialPrefixReplaced}}},
	} {
		assert.Equal(t, want, results[i].Number(), "%q", data[offsets[i]:offsets[i+1]])
	}
	assert.Equal(t, uint64(42), results[len(results)-1].Digits)
}

func TestColumn_withoutTexts(t *testing.T) {
	c := engine.NewColumn("TW")
	c.Judge(nil, nil, nil)
	c.Judge(nil, []uint32{0}, nil)
	require.Equal(t, c.Text(""), c.One(nil))
}

// A text is judged alike whatever stood before it.
func TestColumn_keepsNothing(t *testing.T) {
	texts := []string{"+54 9 11 2345-6789", "0912345678", "011 15-1234-5678", "911", "+999", "tel:+1-201-555-0123;ext=12", "(02) 2720-8889", "+15", "", "1.4155550100E+10"}
	c := engine.NewColumn("AR")
	for _, before := range texts {
		for _, s := range texts {
			c.Text(before)
			require.Equal(t, engine.NewColumn("AR").Text(s), c.Text(s), "%q behind %q", s, before)
		}
	}
}

func TestColumn_allocatesNothing(t *testing.T) {
	c := engine.NewColumn("TW")
	data, offsets := column("0912-345-678", "+1 415 555 0100", "912345678", "+54 9 11 2345-6789", "+1-4151113333", "5491123456789", "00886912345678", "911", "+44 (0)20 7946 0018", "123", "+1 415")
	results := make([]engine.Result, len(offsets)-1)
	c.Judge(data, offsets, results)
	require.Zero(t, testing.AllocsPerRun(100, func() { c.Judge(data, offsets, results) }))
}

func TestResult_appendsE164(t *testing.T) {
	require.Equal(t, "before", string(engine.Result{}.AppendE164([]byte("before"))))
	random := rand.New(rand.NewPCG(23, 24))
	for most := uint64(10); most <= 1e16; most *= 10 {
		for range 20_000 {
			n := 1 + random.Uint64N(most-1)
			require.Equal(t, "x+"+strconv.FormatUint(n, 10), string(engine.Result{Digits: n}.AppendE164([]byte("x"))))
		}
		for _, n := range []uint64{most - 1, most / 10, most/10 + 1, most / 2} {
			require.Equal(t, "+"+strconv.FormatUint(n, 10), string(engine.Result{Digits: n}.AppendE164(nil)))
		}
	}
}

func TestRegions_areNamedByResults(t *testing.T) {
	regions := engine.Regions()
	require.Less(t, len(regions), 256)
	for _, r := range regions {
		require.True(t, len(r) == 2 || r == "001", r)
	}
	n := engine.NewColumn("").Text("+886912345678")
	require.Equal(t, "TW", regions[n.Region-1])
}
