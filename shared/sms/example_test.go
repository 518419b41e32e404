package sms_test

import (
	"fmt"

	"outdial/shared/sms"
)

func ExampleMeasure() {
	c := sms.Measure("Votre conseiller vous rappelle à 15 h : répondez STOP pour être retiré de la liste.")
	fmt.Println(c.Encoding, c.Segments, "parts,", c.Left, "left")
	for _, o := range c.Offenders {
		fmt.Printf("%c could be %q\n", o.Rune, o.Replacement)
	}
	// Output:
	// ucs2 2 parts, 51 left
	// ê could be "e"
}
