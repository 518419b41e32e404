package lists

import "math"

// A browser draws no element higher than about 16.7 million pixels (Chromium
// 33.5, Firefox 17.9, Safari 33.5 million: the least of them, with room). A
// list that would be higher scrolls faster than its rows are high.
const highest = 8_000_000

// scale lays out rows of one height in a box that scrolls.
type scale struct {
	rows int
	row  float64 // height of a row in pixels
	box  float64 // height of what is seen of the rows
}

// height is that of the whole list as the browser is told.
func (s scale) height() float64 { return math.Min(float64(s.rows)*s.row, highest) }

// seen is how many rows fit into the box, the last of them whole.
func (s scale) seen() float64 { return s.box / s.row }

// last is the row at the top when the list is scrolled to its end.
func (s scale) last() float64 { return math.Max(0, float64(s.rows)-s.seen()) }

// ways is how far the box can be scrolled.
func (s scale) way() float64 { return math.Max(0, s.height()-s.box) }

// first is the row at the top of the box, with the part of it that is above.
func (s scale) first(scrolled float64) float64 {
	if s.way() == 0 {
		return 0
	}
	return math.Max(0, math.Min(scrolled/s.way(), 1)) * s.last()
}

// scrolled is how far the box has to be scrolled for a row to be at its top.
func (s scale) scrolled(first float64) float64 {
	if s.last() == 0 {
		return 0
	}
	return math.Max(0, math.Min(first/s.last(), 1)) * s.way()
}

// reveal is where the list has to be scrolled for a row to be seen whole, as
// the row at the top; first itself when it is seen already.
func (s scale) reveal(row int, first float64) float64 {
	r := float64(row)
	switch {
	case r < first:
		return r
	case r+1 > first+s.seen():
		return math.Min(r+1-s.seen(), s.last())
	}
	return first
}

// window is the part of the rows that is asked for when those from first on are
// seen: as many as one question gives, most of them ahead of the way in which
// the list is scrolled.
func (s scale) window(first float64, most int, up bool) (from, count int) {
	visible := int(math.Ceil(s.seen())) + 1
	behind := max(0, min(visible, (most-visible)/4))
	from = int(first) - behind
	if up {
		from = int(first) + visible + behind - most
	}
	from = max(0, min(from, s.rows-most))
	return from, max(0, min(most, s.rows-from))
}

// short reports whether rows are lacking, or soon will be: those that are seen,
// and as many again ahead, are not among the held ones.
func (s scale) short(first float64, up bool, from, held int) (lacking, soon bool) {
	visible := int(math.Ceil(s.seen())) + 1
	top := int(first)
	end := min(top+visible, s.rows)
	lacking = top < from || end > from+held
	if up {
		return lacking, max(0, top-visible) < from
	}
	return lacking, min(end+visible, s.rows) > from+held
}
