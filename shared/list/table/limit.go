package table

import "strconv"

// Limits bound what a file may hold. Zero means the default of that limit.
type Limits struct {
	Rows      int   // with the heading and rows above it
	Cells     int   // of all rows together
	Columns   int   // of one row
	CellBytes int   // of UTF-8
	Bytes     int64 // of the file, and of its text as UTF-8
	Unzipped  int64 // of all that is unzipped, in bytes
	Ratio     int64 // how many times larger than the file that may be
	Entries   int   // of a zip archive
	Depth     int   // of nested JSON
}

// Default is what the console takes. A cell of a spreadsheet has at most 32,767
// characters; a sheet has at most 16,384 columns, and 1,048,576 rows.
func Default() Limits {
	return Limits{
		Rows:      1_000_001, // the heading is no row of the person's
		Cells:     50_000_000,
		Columns:   2_000,
		CellBytes: 4 * 32_767,
		Bytes:     mostBytes,
		Unzipped:  1 << 30,
		Ratio:     200,
		Entries:   4_000,
		Depth:     8,
	}
}

// Or fills what is zero from the defaults and cuts what this package cannot
// hold. Every reader does so with the limits it is given.
func (l Limits) Or() Limits {
	d := Default()
	pick(&l.Rows, d.Rows)
	pick(&l.Cells, d.Cells)
	pick(&l.Columns, d.Columns)
	pick(&l.CellBytes, d.CellBytes)
	pick(&l.Bytes, d.Bytes)
	pick(&l.Unzipped, d.Unzipped)
	pick(&l.Ratio, d.Ratio)
	pick(&l.Entries, d.Entries)
	pick(&l.Depth, d.Depth)
	l.Bytes = min(l.Bytes, mostBytes)
	return l
}

func pick[T int | int64](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Codes of an Error: stable, the console translates them.
const (
	CodeRows      = "too_many_rows"    // Params: max
	CodeCells     = "too_many_cells"   // Params: max
	CodeColumns   = "too_many_columns" // Params: max, row
	CodeCell      = "cell_too_long"    // Params: max, row
	CodeBytes     = "too_large"        // Params: max
	CodeUnzipped  = "unzips_too_large" // Params: max
	CodeRatio     = "zip_bomb"         // grows more than a spreadsheet does
	CodeEntries   = "too_many_parts"   // Params: max
	CodeDepth     = "too_deep"         // Params: max
	CodeEmpty     = "empty"            // no row with anything in it
	CodeBroken    = "broken"           // cut off or damaged; Params: part
	CodeOldExcel  = "old_excel"        // .xls: to be saved as .xlsx
	CodeODS       = "open_document"    // .ods: to be saved as .xlsx or CSV
	CodeLocked    = "password"         // protected with a password
	CodeBinary    = "not_a_list"       // neither text nor a workbook
	CodeNoSheet   = "no_sheet"         // a workbook without the sheet asked for
	CodeNotJSON   = "not_json"         // Params: row
	CodeNoObjects = "not_objects"      // JSON, but no array of flat objects; Params: row
	CodeText      = "encoding"         // bytes that are no text in the encoding chosen
	CodeMacro     = "binary_workbook"  // .xlsb: to be saved as .xlsx
)

// Codes lists every code of an Error.
func Codes() []string {
	return []string{CodeRows, CodeCells, CodeColumns, CodeCell, CodeBytes, CodeUnzipped, CodeRatio, CodeEntries, CodeDepth, CodeEmpty,
		CodeBroken, CodeOldExcel, CodeODS, CodeLocked, CodeBinary, CodeNoSheet, CodeNotJSON, CodeNoObjects, CodeText, CodeMacro}
}

// Error says why a file cannot be read. It never holds anything out of the file
// but the names of its parts.
type Error struct {
	Code   string
	Params map[string]string
	Err    error // the cause, for those who mend the reader; nil where there is none
}

// Fail makes an Error; params are pairs of a name and a value.
func Fail(code string, params ...string) *Error {
	e := &Error{Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if e.Params == nil {
			e.Params = map[string]string{}
		}
		e.Params[params[i]] = params[i+1]
	}
	return e
}

// Because adds the cause.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

func (e *Error) Error() string {
	if e.Err != nil {
		return "list: " + e.Code + ": " + e.Err.Error()
	}
	return "list: " + e.Code
}

func (e *Error) Unwrap() error { return e.Err }

// Is compares codes, so that errors.Is(err, Fail(CodeRows)) finds any such error.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func failMost(code string, most int64, row int) *Error {
	e := Fail(code, "max", strconv.FormatInt(most, 10))
	if row > 0 {
		e.Params["row"] = strconv.Itoa(row)
	}
	return e
}

// TooLarge says that a file has more bytes than that.
func TooLarge(most int64) *Error { return failMost(CodeBytes, most, 0) }
