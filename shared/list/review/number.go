package review

import (
	"bytes"
	"slices"
	"strings"

	"outdial/shared/list/plan"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

// numbersKey is what the reading of numbers depends on. As long as it stays the
// same, another plan leaves the numbers as they are.
type numbersKey struct {
	region string
	column int
	phones string // columns and their repairs
	done   bool
}

func keyOf(p plan.Plan) numbersKey {
	var phones strings.Builder
	for _, c := range p.Phones {
		phones.WriteString(string(rune(c)) + string(p.Repair[c]) + "\x00")
	}
	return numbersKey{region: p.Region, column: p.RegionColumn, phones: phones.String(), done: true}
}

// Bits of engine.Result.Repairs.
var (
	bitZero   = repairBit(phone.LeadingZeroRestored)
	bitPlus   = repairBit(phone.PlusAdded)
	bitHidden = repairBit(phone.HiddenRemoved)
)

func repairBit(code phone.RepairCode) uint32 {
	for i, c := range phone.RepairCodes() {
		if c == code {
			return 1 << i
		}
	}
	return 0
}

// Verdicts of engine.Result.
const (
	fine = iota
	unusual
	impossible
	emergency
)

// reasonEmpty is phone.ReasonEmpty as results have it.
var reasonEmpty = uint8(slices.Index(phone.Reasons(), phone.ReasonEmpty) + 1)

// declined, as a result's Line, says that the person's answer about repairs speaks against it.
const declined = 0xFF

// judge reads the numbers of all rows.
func (l *List) judge(progress Progress) error {
	rows := l.table.Rows()
	if len(l.results) != rows {
		l.results = make([]engine.Result, rows)
	}
	l.used = nil
	if len(l.plan.Phones) > 1 {
		l.used = make([]uint8, rows)
	}
	l.numbers.done = false
	single := len(l.plan.Phones) == 1 && l.plan.RegionColumn < 0 && l.plan.Repair[l.plan.Phones[0]] == ""
	for from := 0; from < rows; from += step {
		to := min(from+step, rows)
		if single {
			// The way of most lists.
			judge, column := l.judgeOf(l.plan.Region), l.plan.Phones[0]
			for row := from; row < to; row++ {
				l.results[row] = judge.One(l.table.Cell(row, column))
			}
		} else {
			for row := from; row < to; row++ {
				l.judgeRow(row)
			}
		}
		if err := progress(Judging, int64(to), int64(rows)); err != nil {
			return err
		}
	}
	l.numbers = keyOf(l.plan)
	return nil
}

// judgeRow reads the numbers of one row and keeps the first that may be sent; of
// several that may not, the first that is not empty.
func (l *List) judgeRow(row int) {
	judge := l.judgeOf(l.regionOf(row))
	best, at := judge.One(nil), 0
	empty := true
	for i, column := range l.plan.Phones {
		r := l.read(judge, l.table.Cell(row, column), l.plan.Repair[column])
		if r.Digits != 0 && r.Line != declined {
			best, at = r, i
			break
		}
		if empty && (r.Reason != reasonEmpty || r.Line == declined) {
			best, at, empty = r, i, false
		}
	}
	l.results[row] = best
	if l.used != nil {
		l.used[row] = uint8(min(at, 255))
	}
}

// read reads one text under the person's answer about what spreadsheets did to
// its column.
func (l *List) read(judge *engine.Column, text []byte, repair plan.Repair) engine.Result {
	r := judge.One(text)
	switch repair {
	case plan.AddZero:
		if zero, ok := withZero(judge, text, r); ok {
			return zero
		}
	case plan.AddPlus:
		if bare := bytes.TrimSpace(text); isBare(bare) {
			if abroad := judge.Text("+" + string(bare)); abroad.Digits != 0 {
				abroad.Repairs |= bitPlus
				return abroad
			}
		}
	case plan.AsIs:
		if r.Digits != 0 && r.Repairs&(bitZero|bitPlus) != 0 {
			r.Digits, r.Verdict, r.Reason, r.Line = 0, impossible, 0, declined
		}
	}
	return r
}

// withZero reads a text that is not fine with a zero in front. Most countries'
// zeros the judge restores by itself; where the zero is a part of the number, as
// in Italy, it takes the person's word.
func withZero(judge *engine.Column, text []byte, r engine.Result) (engine.Result, bool) {
	bare := bytes.TrimSpace(text)
	if r.Digits != 0 && r.Verdict == fine || !isBare(bare) {
		return r, false
	}
	zero := judge.Text("0" + string(bare))
	if zero.Digits == 0 || zero.Verdict != fine {
		return r, false
	}
	zero.Repairs |= bitZero
	return zero, true
}

// isBare tells digits that nothing stands in front of.
func isBare(text []byte) bool {
	return len(text) > 0 && '1' <= text[0] && text[0] <= '9'
}

func (l *List) judgeOf(region string) *engine.Column {
	j, ok := l.judges[region]
	if !ok {
		j = engine.NewColumn(region)
		l.judges[region] = j
	}
	return j
}

// regionOf is the region in which the numbers of a row are read.
func (l *List) regionOf(row int) string {
	if l.plan.RegionColumn < 0 {
		return l.plan.Region
	}
	text := string(bytes.TrimSpace(l.table.Cell(row, l.plan.RegionColumn)))
	if region := l.regionNamed(text); region != "" {
		return region
	}
	return l.plan.Region
}

// regionNamed finds a region by its ISO 3166 code, its country calling code
// ("886", "+886") or its name.
func (l *List) regionNamed(text string) string {
	if text == "" {
		return ""
	}
	if region, ok := l.named[text]; ok {
		return region
	}
	region := ""
	upper := strings.ToUpper(text)
	digits := strings.TrimPrefix(strings.TrimPrefix(upper, "00"), "+")
	switch {
	case isRegion(upper):
		region = upper
	case strings.Trim(digits, "0123456789") == "":
		region = engine.MainRegion(digits)
	case l.regions != nil:
		region = l.regions(text)
	}
	if l.named == nil {
		l.named = map[string]string{}
	}
	if len(l.named) < 10_000 {
		l.named[strings.Clone(text)] = region
	}
	return region
}

func isRegion(code string) bool {
	for _, r := range engine.Regions() {
		if r == code && r != "001" {
			return true
		}
	}
	return false
}

// typed is the text that a row's number was read from.
func (l *List) typed(row int) []byte {
	if len(l.plan.Phones) == 0 {
		return nil
	}
	at := 0
	if l.used != nil {
		at = int(l.used[row])
	}
	return l.table.Cell(row, l.plan.Phones[at])
}

// e164 is the number as it leaves.
func e164(digits uint64) string {
	var b [21]byte
	i := len(b)
	for ; digits > 0; digits /= 10 {
		i--
		b[i] = byte('0' + digits%10)
	}
	if i == len(b) {
		return ""
	}
	i--
	b[i] = '+'
	return string(b[i:])
}

// questions finds the columns in which a zero or a plus was lost, each with ten
// rows before and after.
func (l *List) questions(progress Progress) ([]plan.Question, error) {
	var all []plan.Question
	for i, column := range l.plan.Phones {
		if l.plan.Repair[column] != "" {
			continue
		}
		var zero, plus plan.Question
		for row, r := range l.results {
			if row%step == 0 {
				if err := progress(Judging, int64(len(l.results)), int64(len(l.results))); err != nil {
					return nil, err
				}
			}
			if l.used != nil && int(l.used[row]) != i {
				continue
			}
			if r.Digits == 0 || r.Verdict != fine {
				if fixed, ok := withZero(l.judgeOf(l.regionOf(row)), l.table.Cell(row, column), r); ok {
					r = fixed
				}
			}
			if r.Digits == 0 || r.Repairs&(bitZero|bitPlus) == 0 {
				continue
			}
			q := &zero
			q.Repair = plan.AddZero
			if r.Repairs&bitPlus != 0 {
				q = &plus
				q.Repair = plan.AddPlus
			}
			q.Rows++
			if len(q.Before) < 10 {
				q.Before = append(q.Before, string(l.table.Cell(row, column)))
				q.After = append(q.After, e164(r.Digits))
			}
		}
		for _, q := range []plan.Question{zero, plus} {
			if q.Rows > 0 {
				q.Column = column
				all = append(all, q)
			}
		}
	}
	return all, nil
}
