package dnc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
)

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", " \n\t\r\n", nil},
		{"one a line, with Windows line ends", "415-555-0100\r\n415-555-0101\r\n", []string{"415-555-0100", "415-555-0101"}},
		{"cells of a sheet", "415-555-0100\t415-555-0101", []string{"415-555-0100", "415-555-0101"}},
		{"semicolons and commas", "+1 415 555 0100; +1 415 555 0101, +1 415 555 0102", []string{"+1 415 555 0100", "+1 415 555 0101", "+1 415 555 0102"}},
		{"full-width marks", "0912345678，0912345679、0912345670；0912345671", []string{"0912345678", "0912345679", "0912345670", "0912345671"}},
		{"empty cells behind a number", "415-555-0100\t\t", []string{"415-555-0100"}},
		{"an extension behind a comma stays with its number", "415-555-0100, ext. 5", []string{"415-555-0100, ext. 5"}},
		{"dialling pauses are no separators", "415-555-0100,,123", []string{"415-555-0100,,123"}},
		{"thousands commas are no separators", "1,415,555,0100", []string{"1,415,555,0100"}},
		{"a name beside the number is kept for the person to see", "Ana Lin\t415-555-0100", []string{"Ana Lin\t415-555-0100"}},
		{"words are kept", "call them\n911", []string{"call them", "911"}},
		{"spaces alone never part numbers", "415 555 0100", []string{"415 555 0100"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, Split(tc.text))
		})
	}
}

func TestPhrasesFitTheTask(t *testing.T) {
	for _, phrase := range removePhrases() {
		require.NotContains(t, addPhrases(), phrase)
	}
	require.NotContains(t, removePhrases(), "dnc.note.complaint")
}

func FuzzSplitLosesNoDigit(f *testing.F) {
	for _, seed := range []string{"415-555-0100; 415 555 0101", "a\tb\n1,2,3", "１２３４５６７；７６５４３２１", "\u2028,;|"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		digits := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r < '0' || '9' < r {
					return -1
				}
				return r
			}, s)
		}
		parts := Split(text)
		require.Equal(t, digits(text), digits(strings.Join(parts, "")))
		for _, part := range parts {
			require.Equal(t, strings.TrimSpace(part), part)
			require.NotEmpty(t, part)
		}
	})
}

func TestMerge(t *testing.T) {
	known := map[string]string{"415-555-0100": "+14155550100", "+1 415 555 0100": "+14155550100", "415-555-0101": "+14155550101"}
	e164 := func(text string) string { return known[text] }
	for _, tc := range []struct {
		name        string
		typed, kept []string
		merged      int
	}{
		{"nothing", nil, []string{}, 0},
		{"two spellings of one number: the first stays", []string{"415-555-0100", "415-555-0101", "+1 415 555 0100"}, []string{"415-555-0100", "415-555-0101"}, 1},
		{"the same text before it is judged", []string{"212-555-0100", "212-555-0100"}, []string{"212-555-0100"}, 1},
		{"different texts that are no numbers stay apart", []string{"x", "y"}, []string{"x", "y"}, 0},
		{"a text never equals a number of the same spelling", []string{"+14155550100", "415-555-0100"}, []string{"+14155550100", "415-555-0100"}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			kept, merged := Merge(tc.typed, e164)
			require.Equal(t, tc.kept, kept)
			require.Equal(t, tc.merged, merged)
			require.Len(t, tc.typed, len(kept)+merged)
		})
	}
}

func TestOrderPutsProblemsFirstAndCountsAll(t *testing.T) {
	known := map[string]phone.Number{
		"good": {Verdict: phone.Fine, E164: "+14155550100"},
		"odd":  {Verdict: phone.Unusual, E164: "+14151113333", Reason: phone.ReasonNotAssigned},
		"911":  {Verdict: phone.Emergency, Reason: phone.ReasonEmergency},
		"bad":  {Verdict: phone.Impossible, Reason: phone.ReasonTooShort},
	}
	all, c := order([]string{"good", "odd", "911", "new", "bad"}, known)
	var typed []string
	for _, j := range all {
		typed = append(typed, j.typed)
	}
	require.Equal(t, []string{"911", "bad", "odd", "good", "new"}, typed)
	require.Equal(t, 2, all[0].index, "a row keeps its place in the list that is sent")
	require.Equal(t, count{ready: 2, unusual: 1, wrong: 2, waiting: 1}, c)
}

func TestTakeAddsANumberOnce(t *testing.T) {
	var s several
	s.take("+1 415-555-0100")
	s.take("+1 415-555-0101")
	s.take("+1 415-555-0100")
	require.Equal(t, "+1 415-555-0100\n+1 415-555-0101", s.text)
	s.text = "typed by hand\n"
	s.take("+1 415-555-0100")
	require.Equal(t, "typed by hand\n+1 415-555-0100", s.text, "what was typed stays")
}

func TestAPhraseIsAddedToTheNoteOnce(t *testing.T) {
	require.Equal(t, "Asked by phone", withPhrase("  ", "Asked by phone"))
	require.Equal(t, "Ticket 12 · Asked by phone", withPhrase("Ticket 12 ", "Asked by phone"))
	require.Equal(t, "Ticket 12 · Asked by phone", withPhrase("Ticket 12 · Asked by phone", "Asked by phone"))
}
