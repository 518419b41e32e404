package review

import "bytes"

// fewestDigits is from how many digits on a text that is no number may still be
// one of another country.
const fewestDigits = 6

// misfit is how many numbers without a country code of their own are unusual or
// impossible where they were read; 0 unless they are most of such numbers. Then
// the country is more likely wrong than the numbers.
func (l *List) misfit() int {
	odd := 0
	for row := range l.results {
		if !l.fits(row) && l.isLocal(row) {
			odd++
		}
	}
	if odd == 0 {
		return 0
	}
	fit := 0
	for row := range l.results {
		if l.fits(row) && l.isLocal(row) {
			if fit++; fit >= odd {
				return 0
			}
		}
	}
	return odd
}

func (l *List) fits(row int) bool {
	return l.results[row].Digits != 0 && l.results[row].Verdict == fine
}

// isLocal reports whether a row's number is written without a country code that
// is marked as one.
func (l *List) isLocal(row int) bool {
	text := bytes.TrimLeft(l.typed(row), " \t'(\u00a0")
	if bytes.HasPrefix(text, []byte("+")) || bytes.HasPrefix(text, []byte("＋")) || bytes.HasPrefix(text, []byte("00")) {
		return false
	}
	if l.results[row].Digits != 0 {
		return true
	}
	digits := 0
	for _, c := range text {
		if '0' <= c && c <= '9' {
			digits++
		}
	}
	return digits >= fewestDigits
}
