package review_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"

	"outdial/shared/list/encoding"
	"outdial/shared/list/plan"
	"outdial/shared/list/review"
	"outdial/shared/operation"
	"outdial/shared/phone/engine"
	"outdial/shared/run"
)

// tables stand for the browser's TextDecoder.
func tables(name encoding.Name) (encoding.Decoder, error) {
	if name == encoding.Big5 {
		return foreign{traditionalchinese.Big5.NewDecoder()}, nil
	}
	return foreign{simplifiedchinese.GB18030.NewDecoder()}, nil
}

type foreign struct{ t transform.Transformer }

func (f foreign) Decode(text, piece []byte, _ bool) ([]byte, error) {
	out, _, err := transform.Bytes(f.t, piece)
	return append(text, out...), err
}

var cells = []string{"", " ", "0912345678", "+886 912 345 678", "912345678", "0922-333-444", "8613800138000", "110", "12345", "n/a", "1.41556E+10", "1.4155550100E+10",
	"0933444555", "+1 111-111-1111", "tel:+14155550100", "Ana", "a@example.com", "2030-01-31", "soon", "accepted", "unknown", "=1+1", "\"quoted\"", "x\ny", "李"}

func randomList(random *rand.Rand) string {
	var file strings.Builder
	file.WriteString("name,phone,mobile,email,expires_at,outdial_outcome\n")
	for range random.IntN(40) + 1 {
		for i := range 6 {
			if i > 0 {
				file.WriteByte(',')
			}
			cell := cells[random.IntN(len(cells))]
			if i == 5 && random.IntN(3) > 0 {
				cell = ""
			}
			if i > 2 && i < 5 && random.IntN(2) == 0 {
				cell = ""
			}
			file.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		file.WriteByte('\n')
	}
	return file.String()
}

func randomPlan(random *rand.Rand, p plan.Plan) plan.Plan {
	p.Phones = [][]int{{1}, {1, 2}, {2, 1}, {0, 1, 2}}[random.IntN(4)]
	p.Duplicates = []plan.Winner{plan.First, plan.Last, plan.Fullest}[random.IntN(3)]
	p.Unusual = random.IntN(2) == 0
	p.Repair = map[int]plan.Repair{1: []plan.Repair{"", plan.AsIs, plan.AddZero, plan.AddPlus}[random.IntN(4)]}
	if random.IntN(2) == 0 {
		p.LeaveOut = []plan.Left{"sent_before", "present", plan.Left(fmt.Sprint("line:", random.IntN(20)))}
	}
	p.Batch = random.IntN(5)
	switch p.Operation {
	case operation.ContactsAdd, operation.ContactsImport:
		p.Fixed = json.RawMessage(`{"campaign_id":7}`)
	case operation.SMSSend:
		p.Fixed = json.RawMessage(`{"outbound_number":"+16285550199"}`)
		p.Template = "Hi {name}"
	case operation.CallbotImport:
		p.Fixed = json.RawMessage(`{"userTaskID":"t"}`)
		p.Params = []plan.Param{{Name: "who", Column: 0}, {Name: "mail", Column: 3}}
		p.Fields = nil
	}
	return p
}

// seeds is how many random lists are tried: -seeds 20000 for a long look.
var seeds = flag.Uint64("seeds", 400, "random lists")

// For any list and any plan, every row is in one class, the counts add up to the
// file, no number leaves twice, what leaves passes the server's own judgement,
// and the order holds every row once.
func TestRowsInAreRowsOut(t *testing.T) {
	operations := []operation.Name{operation.DNCAdd, operation.DNCRemove, operation.DNCCheck, operation.SMSSend, operation.ContactsAdd, operation.ContactsImport, operation.CallbotImport}
	for seed := range *seeds {
		random := rand.New(rand.NewPCG(seed, 1))
		file := randomList(random)
		name := operations[random.IntN(len(operations))]
		l, opened := open(t, file, plan.Source{Name: "a.csv", Heading: true}, review.Options{Operation: name})
		if l == nil {
			require.Equal(t, "empty", opened.Failed)
			continue
		}
		p := randomPlan(random, opened.Guess)
		p.Now, p.Limits = now, map[string]int{"dnc": 7}
		s := judge(t, l, p)
		if random.IntN(2) == 0 {
			_, err := l.SetPresent([]string{"+886912345678"}, nil)
			require.NoError(t, err)
			s, err = l.SetKnown(map[string]review.Known{"+886922333444": {Outcome: "accepted", At: now}}, nil)
			require.NoError(t, err)
		}
		if random.IntN(2) == 0 {
			var err error
			s, err = l.Edit(plan.Edit{Line: random.IntN(l.Rows()) + 1, Column: 1, Text: cells[random.IntN(len(cells))]}, nil)
			require.NoError(t, err)
			again := judge(t, l, p)
			require.Equal(t, again, s, "a cell that is corrected is judged as if it had always stood there")
		}

		require.Equal(t, l.Rows(), s.Total)
		sum := s.Ready
		for _, c := range s.Out {
			sum += c.Count
			require.NotEmpty(t, c.Code)
			if c.Code != "unusual" { // as a view, that has those that may leave too
				require.Equal(t, c.Count, l.View(plan.ViewQuestion{Class: c.Code, Sort: -1, Count: 1}).Total, c.Code)
			}
		}
		require.Equal(t, s.Total, sum, "seed %d", seed)
		require.Equal(t, s.Ready, l.View(plan.ViewQuestion{Class: "ready", Sort: -1}).Total)

		op, ok := operation.Find(name)
		require.True(t, ok)
		order := orderOf(t, l, run.Order{Operation: name})
		seen, numbers := map[int]bool{}, map[string]bool{}
		calls, ready := 0, 0
		for _, call := range order.Calls {
			for _, row := range call.Rows {
				require.False(t, seen[row.Line], "line %d twice, seed %d", row.Line, seed)
				seen[row.Line] = true
				require.Len(t, row.Cells, len(order.Columns))
				require.Equal(t, len(call.Body) == 0, row.Skip != "")
				if row.Skip == "" {
					require.False(t, numbers[row.Sent], "%s leaves twice, seed %d", row.Sent, seed)
					numbers[row.Sent] = true
					ready++
				}
			}
			if len(call.Body) == 0 {
				continue
			}
			calls++
			prepared, err := op.Prepare(call.Body, operation.Env{Judge: engine.New(), Now: now})
			require.NoError(t, err)
			require.Empty(t, prepared.Problems, "%s\nseed %d", call.Body, seed)
			require.Len(t, prepared.Rows, len(call.Rows))
			for i, row := range prepared.Rows {
				require.Equal(t, strings.TrimPrefix(call.Rows[i].Sent, "+"), strings.TrimPrefix(row.Sent, "+"))
			}
		}
		require.Len(t, seen, s.Total)
		require.Equal(t, s.Calls, calls)
		require.Equal(t, s.Ready, ready)
	}
}

// Whatever a file holds, it is opened or refused with a code, and what is opened adds up.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("name,phone\nAna,0912345678\n"), "")
	f.Add([]byte("[{\"phone\":\"0912345678\"},{\"phone\":1}]"), "")
	f.Add([]byte("\xb9q\xb8\xdc\n0912345678\n"), "big5")
	f.Add([]byte("\xff\xfea\x00\n\x001\x00"), "utf-16be")
	f.Add([]byte("PK\x03\x04"), "")
	f.Fuzz(func(t *testing.T, file []byte, name string) {
		l, opened := open(t, string(file), plan.Source{Encoding: name}, review.Options{Foreign: tables})
		if l == nil {
			require.True(t, opened.Failed != "" || len(opened.Encodings) > 0)
			return
		}
		p := opened.Guess
		p.Now = now
		s := judge(t, l, p)
		sum := s.Ready
		for _, c := range s.Out {
			sum += c.Count
		}
		require.Equal(t, opened.Rows, sum)
		require.Len(t, l.View(plan.ViewQuestion{Sort: -1, Count: 200}).Rows, min(200, opened.Rows))
		rows := 0
		for _, call := range orderOf(t, l, run.Order{}).Calls {
			rows += len(call.Rows)
		}
		require.Equal(t, opened.Rows, rows)
	})
}
