package library_test

import (
	"cmp"
	"fmt"

	"outdial/shared/phone/library"
)

func Example() {
	judge := library.New()
	for _, text := range []string{"0912-345-678", "912345678.0", "8613800138000", "+1 111-111-1111", "1.41556E+10", "110"} {
		n := judge.Judge(text, "TW")
		fmt.Printf("%s is %s: %s\n", n.Text, n.Verdict, cmp.Or(n.E164, string(n.Reason)))
		for _, r := range n.Repairs {
			fmt.Println("-", r.Code)
		}
	}
	// Output:
	// 0912-345-678 is fine: +886912345678
	// - country_added
	// 912345678.0 is fine: +886912345678
	// - float_recovered
	// - country_added
	// - leading_zero_restored
	// 8613800138000 is fine: +8613800138000
	// - plus_added
	// +1 111-111-1111 is unusual: +11111111111
	// 1.41556E+10 is impossible: digits_lost
	// 110 is emergency: emergency
}
