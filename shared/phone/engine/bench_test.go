package engine_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers/v2"
	"google.golang.org/protobuf/proto"

	"outdial/shared/phone"
	"outdial/shared/phone/engine"
	"outdial/shared/phone/library"
)

// The engine beside the library, one number at a time.
func BenchmarkJudge(b *testing.B) {
	for _, bm := range []struct{ name, text, region string }{
		{"e164", "+886912345678", "TW"},
		{"national", "0912-345-678", "TW"},
		{"rewritten", "011 15-1234-5678", "AR"},
		{"unusual", "+1-4151113333", "US"},
		{"plus_missing", "8613800138000", "US"},
		{"impossible", "1-415-333-333-3333", "US"},
		{"emergency", "911", "US"},
	} {
		for _, j := range []struct {
			name string
			phone.Judge
		}{{"engine", engine.New()}, {"library", library.New()}} {
			b.Run(bm.name+"/"+j.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					j.Judge.Judge(bm.text, bm.region)
				}
			})
		}
	}
}

// mixed is a list as an office in Taiwan keeps it: most numbers of its own country in all spellings, some of others with a plus or
// what spreadsheets leave of it, some with a digit too many or too few, some that are none.
func mixed(rows int) []string {
	random := rand.New(rand.NewPCG(3, 4))
	example := func(regions ...string) *phonenumbers.PhoneNumber {
		kind := []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE}[random.IntN(2)]
		p := proto.CloneOf(phonenumbers.GetExampleNumberForTypeInRegion(regions[random.IntN(len(regions))], kind))
		p.NationalNumber = proto.Uint64(p.GetNationalNumber()/10000*10000 + random.Uint64N(10000))
		return p
	}
	out := make([]string, rows)
	for i := range out {
		home := example("TW")
		abroad := example("US", "CN", "JP", "GB", "DE", "FR", "AU", "IN", "BR", "MX", "AR", "HK", "SG", "KR", "IT", "CA", "VN", "TH", "PH", "ID", "RU", "ES")
		e164 := phonenumbers.Format(abroad, phonenumbers.E164)
		switch n := random.IntN(100); {
		case n < 25:
			out[i] = phonenumbers.Format(home, phonenumbers.NATIONAL)
		case n < 35:
			out[i] = strings.ReplaceAll(phonenumbers.Format(home, phonenumbers.NATIONAL), " ", "")
		case n < 45:
			out[i] = strconv.Itoa(int(home.GetNationalNumber()))
		case n < 55:
			out[i] = phonenumbers.Format(home, phonenumbers.E164)
		case n < 60:
			out[i] = phonenumbers.Format(home, phonenumbers.E164)[1:]
		case n < 75:
			out[i] = e164
		case n < 85:
			out[i] = phonenumbers.Format(abroad, phonenumbers.INTERNATIONAL)
		case n < 90:
			out[i] = e164[1:]
		case n < 92:
			out[i] = e164 + strconv.Itoa(random.IntN(10))
		case n < 93:
			out[i] = e164[:len(e164)-1]
		case n < 95:
			out[i] = "00" + e164[1:]
		case n < 96:
			out[i] = phonenumbers.Format(home, phonenumbers.NATIONAL) + " ext. " + strconv.Itoa(random.IntN(1000))
		case n < 97:
			out[i] = phonenumbers.Format(abroad, phonenumbers.RFC3966)
		case n < 98:
			out[i] = strconv.Itoa(random.IntN(100_000))
		case n < 99:
			out[i] = []string{"", "n/a", "-", "see note", "911", "119"}[random.IntN(6)]
		default:
			out[i] = phonenumbers.Format(home, phonenumbers.NATIONAL) + "; " + e164
		}
	}
	return out
}

// A list: one at a time by either judge, and as a column of bytes. The figure to look at is rows/s.
func BenchmarkList(b *testing.B) {
	rows := mixed(20_000)
	var data []byte
	offsets := []uint32{0}
	for _, s := range rows {
		data = append(data, s...)
		offsets = append(offsets, uint32(len(data)))
	}
	results := make([]engine.Result, len(rows))
	column := engine.NewColumn("TW")
	each := func(j phone.Judge) func() {
		return func() {
			for _, s := range rows {
				j.Judge(s, "TW")
			}
		}
	}
	for _, bm := range []struct {
		name string
		run  func()
	}{
		{"column/engine", func() { column.Judge(data, offsets, results) }},
		{"strings/engine", each(engine.New())},
		{"strings/library", each(library.New())},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bm.run()
			}
			b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
