//go:build journey

package main

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"
)

// home is where the list is at home.
const home = "TW"

// abroad are the regions of the list's other numbers, those with more customers more often.
var abroad = []string{"US", "US", "US", "CN", "CN", "JP", "JP", "HK", "HK", "SG", "VN", "TH", "PH", "MY", "ID", "IN", "KR", "AU", "NZ", "GB", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "PL",
	"SE", "BR", "MX", "AR", "CA", "RU", "TR", "AE", "SA", "ZA", "EG", "NG"}

// list is a list as a contact centre in Taiwan gets it: half of its numbers are of its own country, in all spellings and as
// spreadsheets leave them, the others of 34 countries with a plus or with what is left of it, and one in twenty is bad: a digit too
// many or too few, no number at all, or two in one cell. It is the same every time.
func list(rows int) []string {
	random := rand.New(rand.NewPCG(21, 22))
	number := func(region string) (e164, international, national string) {
		kind := phonenumbers.MOBILE
		if random.IntN(3) == 0 {
			kind = phonenumbers.FIXED_LINE
		}
		p := phonenumbers.GetExampleNumberForTypeInRegion(region, kind)
		e164 = phonenumbers.Format(p, phonenumbers.E164)
		end := len(e164) - 4
		changed := func(s string) string { // the last four digits
			b := []byte(s)
			digits := e164[end:]
			for i := len(b) - 1; i >= 0 && digits != ""; i-- {
				if '0' <= b[i] && b[i] <= '9' {
					b[i], digits = digits[len(digits)-1], digits[:len(digits)-1]
				}
			}
			return string(b)
		}
		international, national = phonenumbers.Format(p, phonenumbers.INTERNATIONAL), phonenumbers.Format(p, phonenumbers.NATIONAL)
		e164 = e164[:end] + strconv.Itoa(10000 + random.IntN(10000))[1:]
		return e164, changed(international), changed(national)
	}
	plain := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "")
	out := make([]string, rows)
	for i := range out {
		e164, international, national := number(home)
		switch n := random.IntN(1000); {
		case n < 180: // 0912 345 678
			out[i] = national
		case n < 280: // 0912345678
			out[i] = plain.Replace(national)
		case n < 320: // 0912-345-678
			out[i] = strings.ReplaceAll(national, " ", "-")
		case n < 400: // 912345678
			out[i] = strings.TrimPrefix(plain.Replace(national), "0")
		case n < 450:
			out[i] = e164
		case n < 480:
			out[i] = e164[1:]
		case n < 490:
			out[i] = international
		case n < 495: // as input methods write it
			out[i] = strings.Map(func(r rune) rune { return r + 0xFEE0 }, plain.Replace(national))
		case n < 500:
			out[i] = national + " ext. " + strconv.Itoa(100+random.IntN(900))
		default:
			e164, international, _ = number(abroad[random.IntN(len(abroad))])
			switch {
			case n < 700:
				out[i] = e164
			case n < 850:
				out[i] = international
			case n < 930:
				out[i] = e164[1:]
			case n < 950:
				out[i] = "00" + e164[1:]
			case n < 975:
				out[i] = e164 + strconv.Itoa(random.IntN(10))
			case n < 985:
				out[i] = e164[:len(e164)-2]
			case n < 990:
				out[i] = strconv.Itoa(random.IntN(100_000))
			case n < 995:
				out[i] = []string{"", "n/a", "-", "see note", "0", "無"}[random.IntN(6)]
			default:
				out[i] = national + " / " + e164
			}
		}
	}
	return out
}
