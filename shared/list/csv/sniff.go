package csv

import "bytes"

// sniffedRows is how many rows decide about the delimiter.
const sniffedRows = 200

// Sniff finds the delimiter by how constant the number of cells is that each
// makes of the rows, the heading among them: not by how often it stands there,
// for decimal commas are frequent in files that are parted by semicolons. whole
// says that text ends where the file does. Where no sign parts the rows at all,
// it is a comma.
func Sniff(text []byte, whole bool) byte {
	best, most := byte(','), 0.0
	for i := range len(Delimiters) {
		if share := constancy(text, Delimiters[i], whole); share > most {
			best, most = Delimiters[i], share
		}
	}
	return best
}

// constancy is the share of rows that have as many cells as most rows that have
// more than one.
func constancy(text []byte, sign byte, whole bool) float64 {
	counts := map[int]int{}
	rows, cells := 0, 1
	blank := true // so far
	for i := 0; i < len(text) && rows < sniffedRows; {
		if text[i] == '"' {
			stop, closed := closing(text, i+1)
			if !closed && !whole {
				break
			}
			if closed {
				i, blank = stop, false
			}
		}
		for i < len(text) && text[i] != sign && text[i] != '\n' && text[i] != '\r' {
			blank = blank && text[i] == ' '
			i++
		}
		if i == len(text) {
			if whole && !blank {
				counts[cells]++
				rows++
			}
			break
		}
		if text[i] == sign {
			cells++
			i++
			blank = false
			continue
		}
		if !blank {
			counts[cells]++
			rows++
		}
		cells, blank = 1, true
		i++
	}
	agree := 0
	for cells, n := range counts {
		if cells > 1 {
			agree = max(agree, n)
		}
	}
	if rows == 0 {
		return 0
	}
	return float64(agree) / float64(rows)
}

// closing finds the place behind the quote that closes the one before i.
func closing(text []byte, i int) (int, bool) {
	for {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return 0, false
		}
		i += n + 1
		if i == len(text) || text[i] != '"' {
			return i, true
		}
		i++
	}
}
