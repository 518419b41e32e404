package hours_test

import (
	"fmt"
	"time"

	"outdial/shared/hours"
)

func ExampleBook_Next() {
	book, err := hours.New(hours.Company{"FR": {hours.Call: {"Mon-Thu 09:00-18:00"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	friday := time.Date(2026, time.March, 6, 10, 0, 0, 0, time.UTC)
	paris := hours.Place{Region: "FR", Zones: []string{"Europe/Paris"}}

	opens, rule := book.Next(friday, hours.Call, paris)
	fmt.Println(opens.Format("Mon 15:04 MST"), rule.Code)
	opens, rule = book.Next(friday, hours.SMS, paris)
	fmt.Println(opens.Equal(friday), rule.Code)
	// Output:
	// Mon 09:00 UTC own
	// true fr_sms
}
