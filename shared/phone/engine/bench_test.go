package engine_test

import (
	"math/rand/v2"
	"strconv"
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

// mixed is a list as an office keeps it: most numbers of one country, written nationally or with a plus, some of others, some
// without their zero or plus, some with a digit too many, some that are none.
func mixed(rows int) []string {
	random := rand.New(rand.NewPCG(3, 4))
	var all []*phonenumbers.PhoneNumber
	for _, region := range []string{"TW", "TW", "TW", "US", "CN", "JP", "GB", "DE", "FR", "AU", "IN", "BR", "MX", "AR", "HK", "SG", "KR", "IT", "CA"} {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE} {
			all = append(all, phonenumbers.GetExampleNumberForTypeInRegion(region, kind))
		}
	}
	out := make([]string, rows)
	for i := range out {
		p := proto.CloneOf(all[random.IntN(len(all))])
		national := p.GetNationalNumber()/10000*10000 + random.Uint64N(10000)
		p.NationalNumber = &national
		e164 := phonenumbers.Format(p, phonenumbers.E164)
		switch random.IntN(20) {
		case 0:
			out[i] = e164[1:]
		case 1:
			out[i] = phonenumbers.Format(p, phonenumbers.RFC3966)
		case 2:
			out[i] = e164 + strconv.Itoa(random.IntN(10))
		case 3:
			out[i] = strconv.Itoa(int(national))
		case 4:
			out[i] = "ext. of " + strconv.Itoa(random.IntN(1000))
		case 5, 6, 7, 8:
			out[i] = phonenumbers.Format(p, phonenumbers.INTERNATIONAL)
		case 9, 10, 11, 12:
			out[i] = phonenumbers.Format(p, phonenumbers.NATIONAL)
		default:
			out[i] = e164
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
	strings := func(j phone.Judge) func() {
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
		{"strings/engine", strings(engine.New())},
		{"strings/library", strings(library.New())},
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
