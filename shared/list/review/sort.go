package review

// sortKey is a row with what it is ordered by: of a text, eight bytes of it.
type sortKey struct {
	key uint64
	row uint32
}

// sorter orders rows by their keys, byte by byte from the last to the first, so
// that a million of them take a few passes and no comparisons. Rows whose keys
// are equal are then ordered by the next eight bytes of their texts.
type sorter struct {
	keys, spare []sortKey
	text        func(row uint32) []byte // nil: the keys are all there is
	down        bool
}

// few rows are put in their places one by one.
const few = 24

// deepest is how many bytes of a text are looked at.
const deepest = 256

// sort orders keys[from:to], which agree in their first depth bytes.
func (s *sorter) sort(from, to, depth int) {
	if to-from < few {
		s.insert(from, to)
	} else {
		s.radix(from, to)
	}
	if s.text == nil || depth+8 >= deepest {
		return
	}
	end := uint64(0) // of a text that ends before
	if s.down {
		end = ^end
	}
	for from < to {
		key, stop := s.keys[from].key, from+1
		for stop < to && s.keys[stop].key == key {
			stop++
		}
		if stop-from > 1 && key != nothing && (depth == 0 || key != end) {
			for i := from; i < stop; i++ {
				k := &s.keys[i]
				k.key = eight(s.text(k.row), depth+8)
				if s.down {
					k.key = ^k.key
				}
			}
			s.sort(from, stop, depth+8)
		}
		from = stop
	}
}

func (s *sorter) insert(from, to int) {
	for i := from + 1; i < to; i++ {
		k := s.keys[i]
		j := i
		for j > from && s.keys[j-1].key > k.key {
			s.keys[j] = s.keys[j-1]
			j--
		}
		s.keys[j] = k
	}
}

func (s *sorter) radix(from, to int) {
	keys, spare := s.keys[from:to], s.spare[from:to]
	differ, first := uint64(0), keys[0].key
	for i := range keys {
		differ |= keys[i].key ^ first
	}
	swapped := false
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xFF == 0 {
			continue
		}
		var at [256]int
		for i := range keys {
			at[keys[i].key>>shift&0xFF]++
		}
		sum := 0
		for b, n := range at {
			at[b] = sum
			sum += n
		}
		for i := range keys {
			b := keys[i].key >> shift & 0xFF
			spare[at[b]] = keys[i]
			at[b]++
		}
		keys, spare = spare, keys
		swapped = !swapped
	}
	if swapped {
		copy(spare, keys)
	}
}

// eight reads eight bytes of a text from a place on, in small letters, zeros
// behind its end.
func eight(text []byte, from int) (key uint64) {
	for i := from; i < from+8; i++ {
		key <<= 8
		if i < len(text) {
			key |= uint64(lower(text, i))
		}
	}
	return key
}
