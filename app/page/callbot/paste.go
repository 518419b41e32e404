package callbot

import (
	"encoding/csv"
	"strconv"
	"strings"
	"unicode"
)

// table is what a pasted text or a file holds.
type table struct {
	Vars []string
	Rows []row
	Head bool // the first line was headings
}

// headings are the names under which the fixed columns are known, as key makes
// them, in the four languages of the console.
var headings = map[string]int{
	"userphone": colPhone, "phone": colPhone, "phonenumber": colPhone, "number": colPhone, "telephone": colPhone, "tel": colPhone,
	"mobile": colPhone, "mobilephone": colPhone, "cell": colPhone, "cellphone": colPhone,
	"電話": colPhone, "電話號碼": colPhone, "手機": colPhone, "手機號碼": colPhone, "號碼": colPhone, "行動電話": colPhone,
	"电话": colPhone, "电话号码": colPhone, "手机": colPhone, "手机号": colPhone, "手机号码": colPhone, "号码": colPhone,
	"téléphone": colPhone, "numéro": colPhone, "numérodetéléphone": colPhone, "portable": colPhone,
	"username": colUser, "name": colUser, "使用者名稱": colUser, "姓名": colUser, "用户名": colUser, "nom": colUser, "nomdutilisateur": colUser,
	"customername": colCustomer, "customer": colCustomer, "company": colCustomer, "client": colCustomer, "nomduclient": colCustomer,
	"客戶名稱": colCustomer, "客户名称": colCustomer, "客戶": colCustomer, "客户": colCustomer, "公司": colCustomer,
	"other": colOther, "其他": colOther, "其它": colOther, "autre": colOther, "note": colOther, "remark": colOther, "備註": colOther, "备注": colOther,
	"orderid": colOrder,
}

// colOrder is the heading of an orderID that is brought along.
const colOrder = -1

// key brings a heading to the form in which headings are compared.
func key(heading string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, heading)
}

// parse reads lines out of a spreadsheet or a CSV file. Without headings the
// columns are number, user name, customer name, other, then the variables that
// the list has already.
func parse(text string, vars []string) table {
	lines := cut(strings.TrimPrefix(text, "\ufeff"))
	if len(lines) == 0 {
		return table{}
	}
	var t table
	places := make([]int, width(lines))
	if t.Head = isHead(lines[0]); t.Head {
		t.Vars = columns(lines[0], places)
		lines = lines[1:]
	} else {
		t.Vars = positions(places, vars)
	}
	for _, cells := range lines {
		r := row{Values: make([]string, len(t.Vars))}
		for i, cell := range cells {
			cell = disarm(strings.TrimSpace(cell))
			switch at := places[i]; {
			case at == colOrder:
				r.Order = cell
			case cell != "":
				*r.at(at) = cell
			}
		}
		if !r.blank() {
			t.Rows = append(t.Rows, r)
		}
	}
	return t
}

// columns reads the headings into places and returns the variables.
func columns(head []string, places []int) (vars []string) {
	taken := map[int]bool{}
	for i := range places {
		name := ""
		if i < len(head) {
			name = strings.TrimSpace(head[i])
		}
		at, known := headings[key(name)]
		if known && !taken[at] {
			taken[at], places[i] = true, at
			continue
		}
		if name == "" {
			name = "param" + strconv.Itoa(i+1)
		}
		places[i] = colVars + len(vars)
		vars = append(vars, unlike(name, vars))
	}
	return vars
}

// positions is what the columns are when nothing names them.
func positions(places []int, known []string) (vars []string) {
	for i := range places {
		places[i] = i
		if n := i - colVars; n >= 0 {
			name := "param" + strconv.Itoa(n+1)
			if n < len(known) {
				name = known[n]
			}
			vars = append(vars, unlike(name, vars))
		}
	}
	return vars
}

func unlike(name string, others []string) string {
	free := name
	for n := 2; ; n++ {
		taken := false
		for _, other := range others {
			taken = taken || other == free
		}
		if !taken {
			return free
		}
		free = name + " " + strconv.Itoa(n)
	}
}

// isHead tells headings from a first row: one of them is the number's, and no
// cell looks like a number itself.
func isHead(cells []string) bool {
	phone := false
	for _, cell := range cells {
		if at, ok := headings[key(cell)]; ok && at == colPhone {
			phone = true
		}
		digits := 0
		for _, r := range cell {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits >= 7 {
			return false
		}
	}
	return phone
}

// cut splits a text into lines and cells at the separator under which most
// lines have the same number of cells; a text without any is one column.
func cut(text string) [][]string {
	best, most := lines(text, 0), 0
	for _, separator := range []rune{'\t', ';', ','} {
		found := lines(text, separator)
		widths := map[int]int{}
		for _, cells := range found {
			widths[len(cells)]++
		}
		for cells, times := range widths {
			if cells > 1 && times > most && times*2 > len(found) {
				best, most = found, times
			}
		}
	}
	return best
}

// lines reads with one separator; 0 is none.
func lines(text string, separator rune) [][]string {
	var all [][]string
	if separator != 0 {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator, -1, true
		if read, err := r.ReadAll(); err == nil {
			for _, cells := range read {
				if strings.TrimSpace(strings.Join(cells, "")) != "" {
					all = append(all, cells)
				}
			}
			return all
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, []string{line})
		}
	}
	return all
}

func width(lines [][]string) int {
	most := 0
	for _, cells := range lines {
		most = max(most, len(cells))
	}
	return most
}

// disarm takes off the apostrophe that keeps a spreadsheet from reading a cell
// as a formula.
func disarm(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// arm puts that apostrophe on, except before a number as people write it.
func arm(cell string) string {
	if strings.Trim(cell, "+-0123456789 ().") == "" {
		return cell
	}
	if strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// sheetText writes rows as lines for a spreadsheet, with headings. The
// orderIDs are left out: a row that is sent again is a new order.
func sheetText(t table) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = '\t'
	if err := w.Write(append([]string{"userPhone", "userName", "customerName", "other"}, t.Vars...)); err != nil {
		return "", err
	}
	for _, r := range t.Rows {
		cells := make([]string, 0, colVars+len(r.Values))
		for _, cell := range append(r.Cells[:], r.Values...) {
			cells = append(cells, arm(cell))
		}
		if err := w.Write(cells); err != nil {
			return "", err
		}
	}
	w.Flush()
	return b.String(), w.Error()
}
