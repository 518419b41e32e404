package zone_test

import (
	"fmt"

	"outdial/shared/phone/zone"
)

func ExampleOf() {
	fmt.Println(zone.Of("+14155550100"))
	fmt.Println(zone.Of("+12085550100"))
	// Output:
	// [America/Los_Angeles]
	// [America/Boise America/Los_Angeles]
}
