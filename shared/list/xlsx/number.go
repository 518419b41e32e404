package xlsx

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

const (
	// kept is how many digits a spreadsheet keeps of a number.
	kept = 15

	// lastDay is 31 December 9999.
	lastDay = 2958465

	days1904 = 1462 // from one beginning of time to the other
	second   = 1.0 / 86400
)

// number appends the text of a number as it is stored in the cell.
func number(text, stored []byte, f *format, from1904 bool) (_ []byte, dated bool) {
	if f.shape == plain || f.shape == masked {
		first := len(text)
		text = shortest(text, stored)
		if f.shape == masked && isDigits(text[first:]) {
			shown := f.mask.apply(nil, text[first:])
			text = append(text[:first], shown...)
		}
		return text, false
	}
	v, err := strconv.ParseFloat(string(stored), 64)
	if err != nil || !(v >= 0 && v < lastDay+1) {
		return shortest(text, stored), false
	}
	return dateText(text, v, f.shape, from1904), true
}

func isDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// shortest writes a number without an exponent and without the digits that only
// its binary form has: 1.41555501E10 is 14155550100, 0.30000000000000004 is 0.3.
// Where digits are lost it stays as it is.
func shortest(text, stored []byte) []byte {
	bare := bytes.TrimPrefix(stored, []byte("-"))
	if isDigits(bare) {
		return append(text, stored...)
	}
	v, err := strconv.ParseFloat(string(stored), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return append(text, stored...)
	}
	var buf [32]byte
	digits := strconv.AppendFloat(buf[:0], v, 'e', kept-1, 64) // -d.dddddddddddddde±xx
	negative := digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	mantissa, power, _ := bytes.Cut(digits, []byte("e"))
	exponent, err := strconv.Atoi(string(power))
	if err != nil || exponent >= kept || exponent < -kept {
		return append(text, stored...)
	}
	mantissa[1] = mantissa[0]
	mantissa = bytes.TrimRight(mantissa[1:], "0")
	if len(mantissa) == 0 {
		return append(text, '0')
	}
	if negative {
		text = append(text, '-')
	}
	if exponent < 0 {
		text = append(text, "0."...)
		for range -exponent - 1 {
			text = append(text, '0')
		}
		return append(text, mantissa...)
	}
	whole := exponent + 1
	for i := range max(whole, len(mantissa)) {
		switch {
		case i == whole:
			text = append(text, '.', mantissa[i])
		case i < len(mantissa):
			text = append(text, mantissa[i])
		default:
			text = append(text, '0')
		}
	}
	return text
}

// dateText writes a day or a time as ISO 8601. Days count from 31 December 1899,
// and the year 1900 has a 29 February, as in the first spreadsheets; or from
// 1 January 1904.
func dateText(text []byte, v float64, s shape, from1904 bool) []byte {
	seconds := int64(math.Round(v * 86400))
	day, rest := seconds/86400, seconds%86400
	if s == either {
		switch {
		case day == 0:
			s = clock
		case rest == 0:
			s = date
		default:
			s = moment
		}
	}
	switch s {
	case elapsed:
		return clockText(text, seconds)
	case clock:
		return clockText(text, rest)
	case date:
		return dayText(text, int64(v+second/2), from1904)
	}
	text = dayText(text, day, from1904)
	return clockText(append(text, 'T'), rest)
}

func dayText(text []byte, day int64, from1904 bool) []byte {
	switch {
	case from1904:
		day += days1904
	case day == 60:
		return append(text, "1900-02-29"...)
	case day == 0:
		return append(text, "1900-01-00"...)
	case day < 60:
		day++
	}
	y, m, d := time.Unix((day-25569)*86400, 0).UTC().Date()
	return append(text, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
}

func clockText(text []byte, seconds int64) []byte {
	for i, v := range [3]int64{seconds / 3600, seconds / 60 % 60, seconds % 60} {
		if i > 0 {
			text = append(text, ':')
		}
		if v < 10 {
			text = append(text, '0')
		}
		text = strconv.AppendInt(text, v, 10)
	}
	return text
}
