package engine

import (
	"flag"
	"fmt"
	"hash/maphash"
	"iter"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/phone"
	"outdial/shared/phone/library"
)

var more = flag.Int("more", 1, "ways on from each edge of the automata in the generated cover")

// digest stands for all that a judge says of a text.
func digest(n phone.Number) (h uint64) {
	for _, s := range [...]string{n.Text, string(n.Verdict), n.E164, n.Region, string(n.Line), string(n.Reason), n.Extension, n.International, n.National} {
		h = h*multiplier + maphash.String(hash, s)
	}
	for _, r := range n.Repairs {
		h = h*multiplier + maphash.String(hash, string(r.Code)) + uint64(r.Count)
	}
	return h*multiplier + uint64(n.CountryCode)
}

const multiplier = 0x9E3779B97F4A7C15

var hash = maphash.MakeSeed()

// answered is cases with the library's answers.
type answered struct {
	cases  []testCase
	answer []uint64 // digest
}

// ask asks the library, which takes its time, on every processor.
func ask(cases iter.Seq[testCase]) answered {
	a := answered{cases: slices.Collect(cases)}
	a.answer = make([]uint64, len(a.cases))
	judge := library.New()
	workers := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(a.cases); i += workers {
				a.answer[i] = digest(judge.Judge(a.cases[i].text, a.cases[i].region))
			}
		})
	}
	all.Wait()
	return a
}

// counts is what comes of comparing.
type counts struct{ cases, sendable, different int }

func (c counts) String() string {
	return fmt.Sprintf("%d cases, %d of them numbers to send to: %d mismatches", c.cases, c.sendable, c.different)
}

// add judges cases by the engine, as a text and in a column, and fails where that differs from the library's answers.
func (n *counts) add(t *testing.T, a answered) {
	t.Helper()
	judge := New()
	columns := map[string]*Column{}
	for i, c := range a.cases {
		n.cases++
		have := judge.Judge(c.text, c.region)
		if have.Sendable() {
			n.sendable++
		}
		if columns[c.region] == nil {
			columns[c.region] = NewColumn(c.region)
		}
		column := columns[c.region].One([]byte(c.text)).Number()
		if digest(have) == a.answer[i] && digest(column) == digest(packed(have)) {
			continue
		}
		if n.different++; n.different <= 20 {
			t.Errorf("%q in %q\nlibrary %+v\nengine  %+v\ncolumn  %+v", c.text, c.region, library.New().Judge(c.text, c.region), have, column)
		}
	}
}

func compare(t *testing.T, a answered) {
	t.Helper()
	var n counts
	n.add(t, a)
	t.Log(n)
}

// covered is the generated cover, asked once for the tests that use it.
var covered = sync.OnceValue(func() answered { return ask(cover(compiled(), *more)) })

// packed is what a Result keeps of a number.
func packed(n phone.Number) phone.Number {
	codes := phone.RepairCodes()
	var repairs []phone.Repair
	for i, code := range codes {
		if slices.ContainsFunc(n.Repairs, func(r phone.Repair) bool { return r.Code == code }) {
			repairs = append(repairs, phone.Repair{Code: codes[i]})
		}
	}
	return phone.Number{Verdict: n.Verdict, Reason: n.Reason, E164: n.E164, CountryCode: n.CountryCode, Region: n.Region, Line: n.Line, Repairs: repairs}
}

func TestSame_everyStateAndEdge(t *testing.T) { compare(t, covered()) }

func TestSame_everySpelling(t *testing.T) { compare(t, ask(spelled())) }

func TestSame_junk(t *testing.T) { compare(t, ask(junk(20_000**more))) }

func TestVersion_isTheLibrarys(t *testing.T) { require.Equal(t, library.Version, Version()) }

func FuzzSame(f *testing.F) {
	for c := range junk(50) {
		f.Add(c.text, c.region)
	}
	for _, s := range []string{"+1-(358)-213-1634", "0912-345-678", "8613800138000", "+82 000-000-0000", "911", "+1 911", "1-800-FLOWERS", "1.4155550100E+10",
		"tel:+1-201-555-0123;ext=12", "011 15-1234-5678", "00 44 999", "+0033612345678", "+39 (0)6 1234567", "+5215512345678", "000", "0000000"} {
		for _, region := range []string{"", "US", "TW", "AR", "DE"} {
			f.Add(s, region)
		}
	}
	want, have := library.New(), New()
	f.Fuzz(func(t *testing.T, text, region string) {
		w := want.Judge(text, region)
		require.Equal(t, w, have.Judge(text, region))
		require.Equal(t, packed(w), NewColumn(region).One([]byte(text)).Number())
	})
}

// The browser carries the engine so that it need not carry the library.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "outdial/shared/phone/engine").Output()
	require.NoError(t, err)
	for _, heavy := range []string{"fmt", "regexp", "reflect", "time", "embed", "encoding/json", "google.golang.org/protobuf/proto", "github.com/nyaruka/phonenumbers/v2"} {
		require.NotContains(t, strings.Fields(string(out)), heavy)
	}
}
