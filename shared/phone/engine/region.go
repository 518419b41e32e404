package engine

import "strconv"

// MainRegion gives the main region of a country calling code in digits: "US" for
// "1", "TW" for "886". It is empty for a code of no country.
func MainRegion(code string) string {
	n, err := strconv.ParseUint(code, 10, 16)
	t := compiled()
	if err != nil || n >= uint64(len(t.byCode)) || t.byCode[n] == 0 {
		return ""
	}
	if region := t.codes[t.byCode[n]-1].plans[0].region; len(region) == 2 {
		return region
	}
	return ""
}
