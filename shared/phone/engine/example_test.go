package engine_test

import (
	"fmt"

	"outdial/shared/phone/engine"
)

func ExampleNew() {
	n := engine.New().Judge("0912-345-678", "TW")
	fmt.Println(n.Verdict, n.E164, n.Region, n.Line, n.International)
	// Output: fine +886912345678 TW mobile +886 912 345 678
}

func ExampleColumn_Judge() {
	data := []byte("0912345678+1 415 555 010012")
	results := make([]engine.Result, 3)
	engine.NewColumn("TW").Judge(data, []uint32{0, 10, 25, 27}, results)
	for _, r := range results {
		fmt.Println(r.Digits, r.Number().Verdict)
	}
	// Output:
	// 886912345678 fine
	// 14155550100 fine
	// 0 impossible
}
