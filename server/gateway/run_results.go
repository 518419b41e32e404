package gateway

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"outdial/server/problem"
	"outdial/shared/run"
)

// runResults sends the result file: every row of the list with its original
// cells and its outcome, in the order of the file.
func (g *Gateway) runResults(w http.ResponseWriter, r *http.Request, who visitor) error {
	q, err := readQuery(r, "format")
	if err != nil {
		return err
	}
	one, err := g.Runs.Get(r.Context(), who.asks(), r.PathValue("id"))
	if err != nil {
		return err
	}
	each := func(hand func(run.Result) error) error { return g.Runs.Each(r.Context(), who.asks(), one.ID, hand) }
	h := w.Header()
	h.Set("X-Accel-Buffering", "no")
	switch q["format"] {
	case "", "csv":
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", attachment(one, "csv"))
		if r.Method == http.MethodHead {
			return nil
		}
		err = resultCSV(&slow{w}, one, each)
	case "xlsx":
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		h.Set("Content-Disposition", attachment(one, "xlsx"))
		if r.Method == http.MethodHead {
			return nil
		}
		err = resultXLSX(&slow{w}, one, each)
	default:
		return problem.BadQuery.With("format must be csv or xlsx.")
	}
	if err != nil {
		// A part may be out: cutting the connection is the only way to say that
		// the file is not whole.
		g.Log.ErrorContext(r.Context(), "a result file broke off", slog.String("request", requestID(r)), slog.String("run", one.ID), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// slow starts the time for writing anew with each write.
type slow struct{ http.ResponseWriter }

func (s *slow) Write(p []byte) (int, error) {
	if err := timely(s.ResponseWriter); err != nil {
		return 0, err
	}
	return s.ResponseWriter.Write(p)
}

// attachment names the file after the run: letters, digits, dots and dashes in
// the plain name, everything in the encoded one (RFC 6266).
func attachment(one run.Run, extension string) string {
	title := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, one.Title)
	for _, known := range []string{".csv", ".xlsx", ".txt", ".json", ".tsv"} {
		title = strings.TrimSuffix(title, known)
	}
	title = strings.Trim(title, " .-")
	if runes := []rune(title); len(runes) > 80 {
		title = string(runes[:80])
	}
	if title == "" {
		title = "list"
	}
	name := title + "-result." + extension
	var plain, all strings.Builder
	for _, c := range []byte(name) {
		safe := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_'
		if safe {
			plain.WriteByte(c)
			all.WriteByte(c)
			continue
		}
		if c < 0x80 || c >= 0xc0 { // one for each character
			plain.WriteByte('_')
		}
		fmt.Fprintf(&all, "%%%02X", c)
	}
	return `attachment; filename="` + plain.String() + `"; filename*=UTF-8''` + all.String()
}

// resultHeadings follow the file's own. They are stable: the importer knows a
// result file by them.
var resultHeadings = [...]string{"outdial_sent", "outdial_outcome", "outdial_reason", "outdial_text", "outdial_time", "outdial_call", "outdial_run"}

// resultCells are the row's own cells, one for each heading, and what became of it.
func resultCells(one run.Run, r run.Result) []string {
	cells := make([]string, len(one.Columns), len(one.Columns)+len(resultHeadings))
	copy(cells, r.Cells)
	at := ""
	if r.At != nil {
		at = r.At.UTC().Format("2006-01-02T15:04:05Z")
	}
	return append(cells, r.Sent, string(r.Outcome), r.Reason, r.Text, at, r.Call, one.ID)
}

func headingRow(one run.Run) []string {
	return append(slices.Clone(one.Columns), resultHeadings[:]...)
}

// resultCSV writes RFC 4180 with a byte order mark, by which spreadsheets know
// UTF-8. No cell begins like a formula.
func resultCSV(to io.Writer, one run.Run, each func(func(run.Result) error) error) error {
	b := bufio.NewWriterSize(to, 64<<10)
	if _, err := b.WriteString("\uFEFF"); err != nil {
		return err
	}
	line := func(cells []string) error {
		for i, cell := range cells {
			if i > 0 {
				_ = b.WriteByte(',') // an error stays and is told by the last write
			}
			cell = guarded(cell)
			if !strings.ContainsAny(cell, ",\"\r\n") && cell == strings.TrimSpace(cell) {
				_, _ = b.WriteString(cell)
				continue
			}
			_ = b.WriteByte('"')
			_, _ = b.WriteString(strings.ReplaceAll(cell, `"`, `""`))
			_ = b.WriteByte('"')
		}
		_, err := b.WriteString("\r\n")
		return err
	}
	if err := line(headingRow(one)); err != nil {
		return err
	}
	if err := each(func(r run.Result) error { return line(resultCells(one, r)) }); err != nil {
		return err
	}
	return b.Flush()
}

// guarded is a cell that no spreadsheet takes for a formula: an apostrophe
// stands before what would begin one. The importer takes it off again.
func guarded(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Bounds of a workbook.
const (
	sheetRows = 1_048_576
	cellMost  = 32_767 // UTF-16 units
)

// resultXLSX writes a workbook in which every cell is text. A list that is
// longer than a sheet goes on in another one.
func resultXLSX(to io.Writer, one run.Run, each func(func(run.Result) error) error) (err error) {
	f := excelize.NewFile()
	defer func() {
		if failed := f.Close(); err == nil {
			err = failed
		}
	}()
	name := "Result"
	if err := f.SetSheetName(f.GetSheetName(0), name); err != nil {
		return err
	}
	var sheet *excelize.StreamWriter
	row, sheets := 0, 0
	write := func(cells []string) error {
		row++
		values := make([]any, len(cells))
		for i, cell := range cells {
			values[i] = inCell(cell)
		}
		return sheet.SetRow(fmt.Sprintf("A%d", row), values)
	}
	next := func() error {
		if sheet != nil {
			if err := sheet.Flush(); err != nil {
				return err
			}
			name = fmt.Sprintf("Result %d", sheets+1)
			if _, err := f.NewSheet(name); err != nil {
				return err
			}
		}
		sheets++
		row = 0
		if sheet, err = f.NewStreamWriter(name); err != nil {
			return err
		}
		return write(headingRow(one))
	}
	if err := next(); err != nil {
		return err
	}
	if err := each(func(r run.Result) error {
		if row == sheetRows {
			if err := next(); err != nil {
				return err
			}
		}
		return write(resultCells(one, r))
	}); err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return f.Write(to)
}

// inCell is a text as XML and a cell can hold it.
func inCell(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return r
		case r < ' ', r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, text)
	if len(text) <= cellMost {
		return text
	}
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > cellMost {
			return text[:i]
		}
	}
	return text
}
