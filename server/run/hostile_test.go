package run

import (
	"context"
	"fmt"

	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// endless begins with one text, goes on with pieces for ever, and counts what is read.
type endless struct {
	begin string
	piece func(i int) string
	n     int
	read  int
}

func (e *endless) Read(p []byte) (int, error) {
	for read := 0; ; {
		n := copy(p[read:], e.begin)
		read, e.read, e.begin = read+n, e.read+n, e.begin[n:]
		if read == len(p) {
			return read, nil
		}
		e.n++
		e.begin = e.piece(e.n)
	}
}

// What somebody sends to take the server's memory ends early: each end is told
// by how much of it was read, since no more than a few times that is ever held.
func TestAnEndlessOrderIsNotRead(t *testing.T) {
	s := idle(t, databasetest.Open(t, database.SQLite), func(l *wire.Limits) { l.RunBytes, l.RunRows = 1<<40, 5000 })
	again := func(text string) func(int) string { return func(int) string { return strings.Repeat(text, 100) } }
	const head = `{"system":"acme","operation":"sms.send","note":"n","calls":[`
	for _, tc := range []struct {
		name  string
		who   Person
		begin string
		piece func(int) string
		want  error
		field string
		most  int // bytes read
	}{
		{"by an agent", amy, `{"columns":[`, again(`"",`), problem.NotAllowed, "", 0},
		{"columns", sam, `{"columns":[`, again(`"",`), problem.TooLarge, "", maxHead},
		{"a title", sam, `{"title":"`, again(`x`), problem.TooLarge, "", maxHead},
		{"a member's name", sam, `{"`, again(`x`), problem.TooLarge, "", maxHead},
		{"blanks", sam, ` `, again(` `), problem.TooLarge, "", maxHead},
		{"rows of nothing", sam, head + `{"rows":[`, again(`{},`), problem.Invalid, "calls[0].rows[0].line", 64 << 10},
		{"rows", sam, head + `{"rows":[`, func(i int) string { return fmt.Sprintf(`{"line":%d,"cells":[]},`, i) }, problem.Invalid, "calls", 1 << 20},
		{"calls", sam, head, func(i int) string { return fmt.Sprintf(`{"rows":[{"line":%d,"cells":[],"skip":"impossible"}]},`, i) }, problem.Invalid, "calls", 1 << 20},
		{"cells", sam, head + `{"rows":[{"line":1,"cells":[`, again(`"",`), problem.TooLarge, "", 2 * maxRow},
		{"a cell", sam, head + `{"rows":[{"line":1,"cells":["`, again(`x`), problem.TooLarge, "", 2 * maxRow},
		{"a body", sam, head + `{"body":{"message":"`, again(`x`), problem.TooLarge, "", maxCall + 64<<10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := &endless{begin: tc.begin, piece: tc.piece}
			_, err := s.Take(t.Context(), tc.who, newID(), body)
			require.ErrorIs(t, err, tc.want)
			if tc.field != "" {
				var p *problem.Error
				require.ErrorAs(t, err, &p)
				require.Equal(t, tc.field, p.Problem.Fields[0].Field)
			}
			require.LessOrEqual(t, body.read, tc.most)
			require.Zero(t, s.stored("runs"))
		})
	}
}

// A decoder that read ahead holds the cells of a row already: they are too many
// all the same.
func TestCellsThatWereReadAheadAreTooMany(t *testing.T) {
	s := idle(t, databasetest.Open(t, database.SQLite))
	body := `{"system":"acme","operation":"sms.send","note":"n","calls":[{"body":{"message":"` + strings.Repeat("x", 12<<20) + `"},"rows":[{"line":1,"cells":[` +
		strings.Repeat(`"",`, 1<<20) + `""]}]}]}`
	_, err := s.Take(t.Context(), sam, newID(), strings.NewReader(body))
	require.ErrorIs(t, err, problem.TooLarge)
}

// Large calls one after the other are no larger for that.
func TestLargeCallsOneAfterTheOther(t *testing.T) {
	s := idle(t, databasetest.Open(t, database.SQLite))
	var calls []run.Call
	wide := strings.Repeat("é", 10_000)
	for i := range 3 {
		c := run.Call{}
		for j := range 500 {
			c.Rows = append(c.Rows, run.Row{Line: i*500 + j + 1, Cells: []string{wide}, Skip: run.ReasonDeselected})
		}
		calls = append(calls, c)
	}
	one, err := s.take(sam, newID(), order(operation.SMSSend, calls))
	require.NoError(t, err)
	require.Equal(t, 1500, one.Rows)
}

// What cannot be read is the person's problem, and nothing of it is quoted for
// the log: a number may stand anywhere.
func TestWhatCannotBeReadIsNotQuoted(t *testing.T) {
	s := idle(t, databasetest.Open(t, database.SQLite))
	for name, body := range map[string]string{
		"a time that is none":             `{"options":{"start_at":"14155550100"}}`,
		"an unknown option":               `{"options":{"14155550100":1}}`,
		"an unknown member":               `{"14155550100":1}`,
		"a member that is a number":       `{14155550100:1}`,
		"a number for a text":             `{"title":14155550100}`,
		"a number too large":              `{"options":{"scrub_age":141555501001415555010014155550100}}`,
		"an unknown member of a row":      `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[{"line":1,"14155550100":1}]}]}`,
		"an unknown member of a call":     `{"system":"acme","operation":"sms.send","note":"n","calls":[{"14155550100":1}]}`,
		"a cell that is a number":         `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[{"line":1,"cells":[14155550100]}]}]}`,
		"rows that are none":              `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":14155550100}]}`,
		"a body that ends":                `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[],"body":{"end_user_number":"14155550100`,
		"a call that is none":             `{"system":"acme","operation":"sms.send","note":"n","calls":["14155550100"]}`,
		"rows twice":                      `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[],"rows":[]}]}`,
		"something after it":              `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[{"line":1,"skip":"x"}]}]}14155550100`,
		"something that is none after it": `{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":[{"line":1,"skip":"x"}]}]}x14155550100`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Take(t.Context(), sam, newID(), strings.NewReader(body))
			require.ErrorIs(t, err, problem.Malformed)
			require.NotContains(t, err.Error(), "1415555")
			require.Less(t, len(err.Error()), 200)
			require.Zero(t, s.stored("runs"))
		})
	}
}

// Rows may be null where there are none: that is how Go writes them.
func TestACallWithNullRows(t *testing.T) {
	s := idle(t, databasetest.Open(t, database.SQLite))
	one, err := s.Take(t.Context(), sam, newID(), strings.NewReader(
		`{"system":"acme","operation":"sms.send","note":"n","calls":[{"rows":null,"body":null},{"body":null,"rows":[{"line":1,"cells":null,"skip":"x"}]}]}`))
	require.NoError(t, err)
	require.Equal(t, 1, one.Rows)
}

// Few lists are taken in at once, of one person fewer; the others wait, and
// those that no longer want to go away.
func TestUploadsWaitForOneAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Runs{uploads: make(chan struct{}, uploads), arrivals: map[string]chan struct{}{}}
		var leave []func()
		for range ownUploads {
			out, err := r.enter(t.Context(), "sam")
			require.NoError(t, err)
			leave = append(leave, out)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone, third := make(chan error), make(chan func())
		go func() { _, err := r.enter(ctx, "sam"); gone <- err }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		go func() { out, _ := r.enter(t.Context(), "sam"); third <- out }()
		for i := range uploads - ownUploads { // others need not wait for sam
			out, err := r.enter(t.Context(), fmt.Sprint("person ", i))
			require.NoError(t, err)
			leave = append(leave, out)
		}
		ctx, cancel = context.WithCancel(t.Context())
		go func() { _, err := r.enter(ctx, "late"); gone <- err }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-gone, context.Canceled)
		leave[0]()
		out := <-third
		out()
		for _, out := range leave[1:] {
			out()
		}
		require.Empty(t, r.uploads)
		for person, places := range r.arrivals {
			require.Empty(t, places, person)
		}
	})
}

// Whatever somebody writes in the place of an id or of a filter finds nothing,
// and is no failure of ours.
func TestOddTextsFindNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := idle(t, db)
		one := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 1)))
		for _, odd := range []string{"\xff", "a\x00b", "\x00", "", strings.Repeat("x", 10_000)} {
			_, err := s.Get(t.Context(), ana, odd)
			require.ErrorIs(t, err, problem.NoSuchRun)
			_, err = s.Pause(t.Context(), ana, odd)
			require.ErrorIs(t, err, problem.NoSuchRun)
			_, err = s.List(t.Context(), ana, odd, 0)
			require.NoError(t, err)
			found, err := s.Rows(t.Context(), ana, one.ID, RowFilter{Reason: odd})
			require.NoError(t, err)
			require.Equal(t, odd == "", len(found.Rows) == 1)
			found, err = s.Rows(t.Context(), ana, one.ID, RowFilter{Outcome: wire.Outcome(odd), Reason: "x"})
			require.NoError(t, err)
			require.Empty(t, found.Rows)
		}
		for _, after := range []int{maxLine, 1 << 31, 99_999_999_999, 1<<63 - 1} {
			found, err := s.Rows(t.Context(), ana, one.ID, RowFilter{After: after})
			require.NoError(t, err)
			require.Empty(t, found.Rows)
		}
	})
}
