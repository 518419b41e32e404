package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// Caps of what a list may hold, beside the configured ones. They are those of
// spreadsheets, so that whatever comes in can go out as one.
const (
	maxColumns  = 1000
	maxCell     = 32_767 // characters, as in a workbook's cell
	maxRowBytes = 1 << 20
	maxLine     = 10_000_000
	maxTitle    = 200
	maxNote     = 2000
	maxHead     = 2 << 20  // bytes of what stands before the calls
	maxCall     = 64 << 20 // bytes of one call with its rows
	maxRow      = 4 << 20  // bytes of one row
	farthest    = 366 * 24 * time.Hour
	batch       = 2000 // rows stored at once
	uploads     = 8    // that one process takes in at once; the others wait
	ownUploads  = 2    // of them one person's
)

// listable are the operations that lists can be made for.
var listable = []operation.Name{
	operation.DNCAdd, operation.DNCRemove, operation.DNCCheck, operation.SMSSend,
	operation.ContactsAdd, operation.ContactsImport, operation.CallbotImport,
}

// Take takes in the run that body holds, a run.Order, as it comes. Nobody sees
// the run before all of it is stored; of a body that breaks off nothing stays.
// The same key with the same body is the same run.
func (r *Runs) Take(ctx context.Context, who Person, key string, body io.Reader) (run.Run, error) {
	// Before the first byte: the operation's own role is known later.
	if !who.Role.Covers(operation.Supervisor) {
		return run.Run{}, problem.NotAllowed
	}
	leave, err := r.enter(ctx, who.ID)
	if err != nil {
		return run.Run{}, err
	}
	defer leave()
	in := &intake{
		Runs: r, who: who, key: key, sum: sha256.New(), numbers: seen{},
		body: &measured{from: body, left: r.Limits.RunBytes},
	}
	// What is read is hashed; what the decoder reads ahead too.
	in.body.to = in.sum
	in.dec = json.NewDecoder(in.body)
	in.dec.DisallowUnknownFields()
	earlier, err := r.store.byKey(ctx, who.ID, key)
	if err != nil {
		return run.Run{}, err
	}
	if earlier != nil {
		return in.same(ctx, earlier)
	}
	rec, err := in.take(ctx)
	if err != nil {
		in.forget(ctx)
		if in.rec.finger != "" { // all was read: the key may have been taken meanwhile
			if earlier, err := r.store.byKey(ctx, who.ID, key); err == nil && earlier != nil {
				return in.sameAs(ctx, earlier)
			}
		}
		return run.Run{}, in.asProblem(err)
	}
	r.tell(ctx, rec.ID)
	return r.Get(ctx, who, rec.ID)
}

// intake is one run that is arriving.
type intake struct {
	*Runs
	who  Person
	key  string
	body *measured
	sum  hash.Hash
	dec  *json.Decoder

	rec     record
	sys     System
	op      operation.Operation
	begun   bool
	lines   bits
	numbers seen
	leaves  int
	width   int // of the widest row
	batch   []arrived
	held    int
	storing chan error // of the batch before; nil: there is none
}

// enter waits for a place among the uploads, so that many at once take no more
// memory than some. leave gives it back.
func (r *Runs) enter(ctx context.Context, person string) (leave func(), err error) {
	r.mu.Lock()
	own := r.arrivals[person]
	if own == nil {
		own = make(chan struct{}, ownUploads)
		r.arrivals[person] = own
	}
	r.mu.Unlock()
	for i, places := range []chan struct{}{own, r.uploads} {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			if i > 0 {
				<-own
			}
			return nil, problem.Malformed.Because(ctx.Err()) // the upload broke off
		}
	}
	return func() { <-r.uploads; <-own }, nil
}

// measured counts what is read. What does not end where it must is too large.
type measured struct {
	from  io.Reader
	to    io.Writer
	left  int64 // of the whole body
	read  int64
	end   int64 // of read: of the head, or of the call
	until int64 // of read: of the value that is being read
	err   error // that reading failed with
}

// part begins a head or a call of at most that many bytes.
func (m *measured) part(most int64) {
	m.end = m.read + most
	m.until = m.end
}

// value begins a value of at most that many bytes within the part.
func (m *measured) value(most int64) { m.until = min(m.end, m.read+most) }

func (m *measured) Read(p []byte) (int, error) {
	if m.read >= m.until {
		return 0, problem.TooLarge
	}
	n, err := m.from.Read(p[:min(int64(len(p)), m.until-m.read)])
	m.read += int64(n)
	if _, failed := m.to.Write(p[:n]); failed != nil {
		return n, failed
	}
	if m.left -= int64(n); m.left < 0 {
		return n, problem.TooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

func (in *intake) finger() string { return hex.EncodeToString(in.sum.Sum(nil)) }

// same reads the rest of a body whose key is taken, and answers with the run
// that has it.
func (in *intake) same(ctx context.Context, earlier *record) (run.Run, error) {
	var scratch [32 << 10]byte
	for {
		in.body.part(int64(len(scratch)))
		_, err := in.body.Read(scratch[:])
		switch {
		case errors.Is(err, io.EOF):
			return in.sameAs(ctx, earlier)
		case err != nil:
			return run.Run{}, in.asProblem(err)
		}
	}
}

func (in *intake) sameAs(ctx context.Context, earlier *record) (run.Run, error) {
	if in.finger() != earlier.finger {
		return run.Run{}, problem.KeyReused
	}
	return in.shown(ctx, in.who, *earlier)
}

func (in *intake) asProblem(err error) error {
	var p *problem.Error
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, errForm):
		return problem.Malformed.Because(errForm)
	}
	return err
}

// formed is what the decoder failed with, as a person's problem unless it was
// reading that failed. Its texts quote the body, which is nothing for a log.
func (in *intake) formed(err error) error {
	var p *problem.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case in.body.err != nil:
		return in.body.err
	}
	return problem.Malformed.Because(fmt.Errorf("a %T near byte %d", err, in.dec.InputOffset()))
}

func (in *intake) decode(into any) error { return in.formed(in.dec.Decode(into)) }

func (in *intake) token() (json.Token, error) {
	token, err := in.dec.Token()
	return token, in.formed(err)
}

// forget removes what was stored of a run that did not come to be. The context
// may have ended with the upload.
func (in *intake) forget(ctx context.Context) {
	if !in.begun {
		return
	}
	ctx = context.WithoutCancel(ctx)
	_ = in.stored() // whatever became of it, it goes
	if err := in.store.forget(ctx, in.rec.ID); err != nil {
		// The next start of a server removes it.
		in.Log.LogAttrs(ctx, slog.LevelError, "a run that broke off could not be removed", slog.String("run", in.rec.ID), slog.String("error", err.Error()))
	}
}

// errForm says that the body is not an order with its calls last.
var errForm = errors.New("the body is not an order with calls as its last member")

func (in *intake) take(ctx context.Context) (record, error) {
	in.body.part(maxHead)
	if err := in.delim('{'); err != nil {
		return record{}, err
	}
	var o run.Order
	had := map[string]bool{}
	for in.dec.More() {
		name, err := in.name(had)
		if err != nil {
			return record{}, err
		}
		into, ok := map[string]any{
			"system": &o.System, "operation": &o.Operation, "title": &o.Title, "note": &o.Note,
			"columns": &o.Columns, "from": &o.From, "options": &o.Options,
		}[name]
		switch {
		case ok:
			if err := in.decode(into); err != nil {
				return record{}, err
			}
		case name != "calls":
			return record{}, errForm
		default:
			if err := in.head(o); err != nil {
				return record{}, err
			}
			if err := in.calls(ctx); err != nil {
				return record{}, err
			}
			in.body.part(maxHead)
			if in.dec.More() {
				return record{}, errForm
			}
		}
	}
	if err := in.delim('}'); err != nil {
		return record{}, err
	}
	if _, err := in.dec.Token(); !errors.Is(err, io.EOF) {
		return record{}, errors.Join(errForm, err)
	}
	if !had["calls"] {
		return record{}, field("calls", operation.CodeRequired)
	}
	return in.end(ctx)
}

// name is the next member's, which had must not hold yet.
func (in *intake) name(had map[string]bool) (string, error) {
	token, err := in.token()
	if err != nil {
		return "", err
	}
	name, ok := token.(string)
	if !ok || had[name] {
		return "", errForm
	}
	had[name] = true
	return name, nil
}

func (in *intake) delim(want json.Delim) error {
	token, err := in.token()
	if err != nil {
		return err
	}
	if token != want {
		return errForm
	}
	return nil
}

// head judges all but the calls.
func (in *intake) head(o run.Order) error {
	sys, ok := in.systems[o.System]
	if !ok {
		return problem.NoSuchSystem
	}
	op, ok := operation.Find(o.Operation)
	if !ok || op.System != sys.Kind || !slices.Contains(listable, op.Name) {
		return problem.NoSuchOperation
	}
	if !in.who.Role.Covers(op.Least) {
		return problem.NotAllowed
	}
	o.Title, o.Note = strings.TrimSpace(o.Title), strings.TrimSpace(o.Note)
	switch {
	case o.Note == "":
		return field("note", operation.CodeRequired)
	case utf8.RuneCountInString(o.Note) > maxNote:
		return field("note", operation.CodeTooLong, "max", strconv.Itoa(maxNote))
	case utf8.RuneCountInString(o.Title) > maxTitle:
		return field("title", operation.CodeTooLong, "max", strconv.Itoa(maxTitle))
	case len(o.Columns) > maxColumns:
		return field("columns", operation.CodeTooMany, "max", strconv.Itoa(maxColumns))
	case len(o.From) > 64:
		return field("from", operation.CodeTooLong, "max", "64")
	}
	if err := cells("columns", o.Columns); err != nil {
		return err
	}
	if o.Columns == nil {
		o.Columns = []string{}
	}
	if err := in.options(op, o.Options); err != nil {
		return err
	}
	now := in.Now()
	in.sys, in.op = sys, op
	in.rec = record{role: in.who.Role, Run: run.Run{
		ID: in.NewID(), System: sys.ID, Operation: op.Name, Title: o.Title, Note: o.Note, Person: in.who.Person,
		Options: o.Options, From: o.From, Columns: o.Columns, CreatedAt: now.UTC(),
	}}
	return nil
}

func (in *intake) options(op operation.Operation, o run.Options) error {
	if o.StartAt != nil && o.StartAt.After(in.Now().Add(farthest)) {
		return field("options.start_at", operation.CodeTime)
	}
	if o.Scrub != "" {
		sys, ok := in.systems[o.Scrub]
		switch {
		case !ok || sys.Kind != operation.CCAI:
			return problem.NoSuchSystem
		case !scrubbed(op.Name):
			return field("options.scrub", operation.CodeFixed, "value", "")
		}
	}
	if o.ScrubAge < 0 || o.ScrubAge > 30*24*3600 {
		return field("options.scrub_age", operation.CodeTime)
	}
	if o.AnyHour && strings.TrimSpace(o.HoursNote) == "" {
		return field("options.hours_note", operation.CodeRequired)
	}
	if utf8.RuneCountInString(o.HoursNote) > maxNote {
		return field("options.hours_note", operation.CodeTooLong, "max", strconv.Itoa(maxNote))
	}
	if o.Dry && in.Dry == nil {
		return field("options.dry", operation.CodeFixed, "value", "false")
	}
	return nil
}

// scrubbed reports whether an operation's numbers can be checked against the
// do-not-call list: those that reach people.
func scrubbed(name operation.Name) bool {
	switch name {
	case operation.SMSSend, operation.ContactsAdd, operation.ContactsImport, operation.CallbotImport:
		return true
	}
	return false
}

func cells(at string, texts []string) error {
	bytes := 0
	for i, text := range texts {
		if bytes += len(text); len(text) > maxCell && utf8.RuneCountInString(text) > maxCell {
			return field(at+"["+strconv.Itoa(i)+"]", operation.CodeTooLong, "max", strconv.Itoa(maxCell))
		}
	}
	if bytes > maxRowBytes {
		return field(at, operation.CodeTooLong, "max", strconv.Itoa(maxRowBytes))
	}
	return nil
}

// calls takes in the calls one by one.
func (in *intake) calls(ctx context.Context) error {
	if err := in.delim('['); err != nil {
		return err
	}
	process, err := in.Process.ID()
	if err != nil {
		return problem.LedgerDown.Because(err)
	}
	in.rec.process = process
	if err := in.store.begin(ctx, in.rec); err != nil {
		return err
	}
	in.begun = true
	for n := 0; ; n++ {
		in.body.part(maxCall)
		if !in.dec.More() {
			break
		}
		at := "calls[" + strconv.Itoa(n) + "]"
		c, err := in.readCall(at)
		if err != nil {
			return err
		}
		if err := in.call(ctx, at, c); err != nil {
			return err
		}
	}
	return in.delim(']')
}

// readCall reads one call, its rows one by one: each is judged before the next
// is read, so that what is too much is never held.
func (in *intake) readCall(at string) (c run.Call, err error) {
	if err := in.delim('{'); err != nil {
		return run.Call{}, err
	}
	for had := map[string]bool{}; in.dec.More(); {
		name, err := in.name(had)
		if err != nil {
			return run.Call{}, err
		}
		switch name {
		case "rows":
			c.Rows, err = in.readRows(at)
			in.body.value(maxCall)
		case "body":
			err = in.decode(&c.Body)
		default:
			err = errForm
		}
		if err != nil {
			return run.Call{}, err
		}
	}
	return c, in.delim('}')
}

func (in *intake) readRows(at string) ([]run.Row, error) {
	token, err := in.token()
	switch {
	case err != nil || token == nil: // null: none
		return nil, err
	case token != json.Delim('['):
		return nil, errForm
	}
	var rows []run.Row
	for in.body.value(maxRow); in.dec.More(); in.body.value(maxRow) {
		var row postedRow
		if err := in.decode(&row); err != nil {
			return nil, err
		}
		r := run.Row{Line: row.Line, Cells: row.Cells, Typed: row.Typed, Sent: row.Sent, Skip: row.Skip}
		if r.Cells == nil {
			r.Cells = []string{}
		}
		if err := in.row(at+".rows["+strconv.Itoa(len(rows))+"]", r); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, in.delim(']')
}

// postedRow is a run.Row whose cells take no more memory than a row may.
type postedRow struct {
	Line  int         `json:"line"`
	Cells postedCells `json:"cells"`
	Typed string      `json:"typed"`
	Sent  string      `json:"sent"`
	Skip  string      `json:"skip"`
}

type postedCells []string

// UnmarshalJSON looks at the length first: an empty cell takes several times the
// memory of its three bytes.
func (c *postedCells) UnmarshalJSON(b []byte) error {
	if len(b) > 2*maxRowBytes {
		return problem.TooLarge
	}
	return json.Unmarshal(b, (*[]string)(c))
}

// row judges one row by itself.
func (in *intake) row(where string, row run.Row) error {
	switch {
	case row.Line < 1 || row.Line > maxLine || in.lines.has(row.Line):
		return field(where+".line", operation.CodeFixed)
	case len(row.Cells) > maxColumns:
		return field(where+".cells", operation.CodeTooMany, "max", strconv.Itoa(maxColumns))
	case len(row.Typed) > maxCell, len(row.Sent) > 32, len(row.Skip) > 64:
		return field(where, operation.CodeTooLong)
	}
	if err := cells(where+".cells", row.Cells); err != nil {
		return err
	}
	in.lines.set(row.Line)
	in.width = max(in.width, len(row.Cells))
	if in.rec.Rows++; in.rec.Rows > in.Limits.RunRows {
		return field("calls", operation.CodeTooMany, "max", strconv.Itoa(in.Limits.RunRows))
	}
	return nil
}

func (in *intake) call(ctx context.Context, at string, c run.Call) error {
	if bytes.Equal(bytes.TrimSpace(c.Body), []byte("null")) {
		c.Body = nil
	}
	if int64(len(c.Body)) > in.Limits.BodyBytes {
		return field(at+".body", operation.CodeTooLong, "max", strconv.FormatInt(in.Limits.BodyBytes, 10))
	}
	a, err := in.judged(in.sys, in.op, at, c, in.numbers)
	if err != nil {
		return err
	}
	if a.call != nil {
		a.call.seq = in.rec.Calls
		in.rec.Calls++
		for _, row := range a.rows {
			if row.Skip == "" {
				in.leaves++
			}
		}
		switch most := in.Limits.SMSRunRows; {
		case whole(in.op.Name) && in.rec.Calls > 1:
			return field(at+".body", operation.CodeTooMany, "max", "1") // one list is one call
		case in.op.Name == operation.SMSSend && in.leaves > most:
			return field("calls", operation.CodeTooMany, "max", strconv.Itoa(most))
		}
	}
	in.batch = append(in.batch, a)
	if in.held += len(a.rows) + 1; in.held >= batch {
		return in.flush(ctx)
	}
	return nil
}

// whole reports whether a list of the operation is one call, never split.
func whole(name operation.Name) bool {
	return name == operation.CallbotImport || name == operation.ContactsImport
}

// flush stores what was read, while the next is being read and judged.
func (in *intake) flush(ctx context.Context) error {
	if err := in.stored(); err != nil {
		return err
	}
	in.storing = make(chan error, 1)
	go func(batch []arrived, storing chan<- error) { storing <- in.store.add(ctx, in.rec.ID, batch) }(in.batch, in.storing)
	in.batch, in.held = nil, 0
	return nil
}

// stored waits until all that was flushed is stored.
func (in *intake) stored() error {
	if in.storing == nil {
		return nil
	}
	err := <-in.storing
	in.storing = nil
	return err
}

// end makes the run that is all in visible.
func (in *intake) end(ctx context.Context) (record, error) {
	if in.rec.Rows == 0 {
		return record{}, field("calls", operation.CodeRequired)
	}
	if err := errors.Join(in.flush(ctx), in.stored()); err != nil {
		return record{}, err
	}
	o := &in.rec.Options
	remembers := in.op.Name == operation.DNCAdd || in.op.Name == operation.DNCRemove
	switch {
	case !remembers:
		o.Remember, o.Prove = nil, nil
	default:
		few := in.leaves <= run.RememberUpTo
		if o.Remember == nil {
			o.Remember = &few
		}
		if o.Prove == nil {
			o.Prove = &few
		}
	}
	// Rows may have more cells than there are headings. What follows them in the
	// result file must stand below its heading all the same.
	for len(in.rec.Columns) < in.width {
		in.rec.Columns = append(in.rec.Columns, "")
	}
	in.rec.State = run.Queued
	if o.StartAt != nil && o.StartAt.After(in.Now()) {
		in.rec.State = run.Scheduled
	}
	in.rec.finger = in.finger()
	return in.rec, in.store.publish(ctx, in.queue, in.rec, in.key)
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) has(n int) bool { return n/64 < len(b) && b[n/64]&(1<<(n%64)) != 0 }

func (b *bits) set(n int) {
	for n/64 >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[n/64] |= 1 << (n % 64)
}
