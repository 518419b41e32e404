// Package plan holds what a person decides about a list before it becomes a
// run, and what the file worker answers about it.
package plan

import (
	"encoding/json"
	"time"

	"outdial/shared/operation"
)

// Source says how a file or a pasted block is to be read. Zero values are found
// out by the reader.
type Source struct {
	Name      string `json:"name"`
	Encoding  string `json:"encoding,omitempty"`  // a name of Encodings; needed where Opened asks
	Delimiter string `json:"delimiter,omitempty"` // "," "\t" ";" "|"
	Sheet     int    `json:"sheet,omitempty"`     // from 0
	Chosen    bool   `json:"chosen,omitempty"`    // Sheet is the person's choice; else 0 is the sheet that was last looked at
	Heading   bool   `json:"heading,omitempty"`   // the first row holds headings, whatever it looks like
	NoHeading bool   `json:"no_heading,omitempty"`
}

// Format is what a file turned out to be.
type Format string

const (
	CSV       Format = "csv" // with any delimiter
	XLSX      Format = "xlsx"
	JSON      Format = "json"
	JSONLines Format = "jsonl"
)

// Opened is what is known of a file once it is read. When Encodings has more
// than one element and Source named none, the person has to choose: the file is
// not read further. Sheets has the sheets of a workbook.
type Opened struct {
	Format     Format            `json:"format"`
	Encoding   string            `json:"encoding,omitempty"` // the one it was read in
	Encodings  []Encoding        `json:"encodings,omitempty"`
	Delimiter  string            `json:"delimiter,omitempty"`
	Sheets     []Sheet           `json:"sheets,omitempty"`
	Sheet      int               `json:"sheet"`
	Heading    bool              `json:"heading"` // the first row is taken for headings
	Columns    []Column          `json:"columns"`
	Rows       int               `json:"rows"` // without the heading
	Blank      int               `json:"blank,omitempty"`
	Ragged     int               `json:"ragged,omitempty"` // rows with fewer or more cells than the heading
	HiddenRows int               `json:"hidden_rows,omitempty"`
	Result     string            `json:"result,omitempty"` // id of the run whose result file this is
	Left       []Left            `json:"left,omitempty"`   // of a result file: what the person left out in that run
	Warnings   []Count           `json:"warnings,omitempty"`
	Guess      Plan              `json:"guess"`            // columns recognised, for the operation asked about
	Failed     string            `json:"failed,omitempty"` // stable code why it cannot be read; the screen translates it
	Params     map[string]string `json:"params,omitempty"`
}

// Encoding is one candidate, likeliest first, with the rows that tell candidates apart.
type Encoding struct {
	Name   string   `json:"name"` // utf-8, big5, gb18030, windows-1252, utf-16le, utf-16be
	Sample []string `json:"sample"`
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows,omitempty"` // as the file declares; 0: not known
	Hidden bool   `json:"hidden,omitempty"`
}

// Column is one column of the file.
type Column struct {
	Heading string   `json:"heading"`
	Sample  []string `json:"sample"` // the first filled cells
	Filled  int      `json:"filled"`
	Phone   bool     `json:"phone"` // its cells look like numbers
}

// Plan is what a person decides. A column is its index; -1 is none.
type Plan struct {
	Operation    operation.Name    `json:"operation"`
	Region       string            `json:"region,omitempty"` // for numbers without a country
	RegionColumn int               `json:"region_column"`
	Phones       []int             `json:"phones"`             // in order of preference: the first sendable one of a row is used
	Fields       map[string]int    `json:"fields,omitempty"`   // name of a field of the operation's row → column
	Fixed        json.RawMessage   `json:"fixed,omitempty"`    // the request's fields that are the same for all rows
	Template     string            `json:"template,omitempty"` // SMS: the message; {heading} stands for the row's cell
	Params       []Param           `json:"params,omitempty"`   // Callbot
	Expires      string            `json:"expires,omitempty"`  // DNC: one expiry for all, RFC 3339; empty with no column: for good
	Duplicates   Winner            `json:"duplicates,omitempty"`
	Unusual      bool              `json:"unusual"`          // unusual numbers may leave
	Repair       map[int]Repair    `json:"repair,omitempty"` // by column: the answer to Question
	LeaveOut     []Left            `json:"leave_out,omitempty"`
	Single       bool              `json:"single,omitempty"` // campaign contacts: one call per row in place of one import job
	Batch        int               `json:"batch,omitempty"`  // numbers of one dnc call; 0: the limit
	Limits       map[string]int    `json:"limits,omitempty"` // see operation.Env; and "runs", "sms": rows of one run
	Fill         map[string]string `json:"fill,omitempty"`
	Now          time.Time         `json:"now"`
}

// Param is one variable of a Callbot script.
type Param struct {
	Name   string `json:"name"`
	Column int    `json:"column"`
}

// Winner says which of several rows with one number is kept.
type Winner string

const (
	First   Winner = "first"
	Last    Winner = "last"
	Fullest Winner = "fullest" // most cells filled; the first of equals
)

// Repair is the answer to a column's question about what spreadsheets do to numbers.
type Repair string

const (
	AsIs    Repair = "as_is"
	AddZero Repair = "zero" // a zero was lost in front
	AddPlus Repair = "plus" // a plus was lost in front
)

// Left is a class of rows that the person leaves out beyond what cannot leave
// anyway: "sent_before", "present", or "line:17" for one row.
type Left string

// Count is a stable code with a number.
type Count struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// Summary is what a plan comes to. Every row is in exactly one class: Ready and
// the classes of Out add up to Total.
type Summary struct {
	Total     int                 `json:"total"`
	Ready     int                 `json:"ready"`
	Out       []Count             `json:"out,omitempty"`     // by reason, most first
	Unusual   int                 `json:"unusual"`           // unusual ones, whether they may leave or not
	Repairs   []Count             `json:"repairs,omitempty"` // rows by repair; a row may have several
	Marks     int                 `json:"marks,omitempty"`   // invisible characters that were taken out of numbers, in all rows together
	Hints     []Count             `json:"hints,omitempty"`
	Questions []Question          `json:"questions,omitempty"` // to be answered once per column
	Whole     []operation.Problem `json:"whole,omitempty"`     // of the plan as a whole: the run cannot start
	Calls     int                 `json:"calls"`               // that would leave
	Segments  int                 `json:"segments,omitempty"`  // SMS, of all messages together
	Regions   []Count             `json:"regions,omitempty"`
	Misfit    int                 `json:"misfit,omitempty"`  // numbers without a country code of their own that do not fit the country, where they are most of such numbers; else 0
	Edited    int                 `json:"edited,omitempty"`  // cells corrected in place
	Known     int                 `json:"known,omitempty"`   // ready or left out, that the ledger knows as sent before
	Present   int                 `json:"present,omitempty"` // that are in the campaign
	Closed    int                 `json:"closed,omitempty"`  // outside calling hours at the time asked about
	Failed    string              `json:"failed,omitempty"`
}

// Question asks, once per column, whether a zero or a plus was lost.
type Question struct {
	Column int      `json:"column"`
	Rows   int      `json:"rows"`   // that would change
	Repair Repair   `json:"repair"` // what is proposed
	Before []string `json:"before"` // ten rows
	After  []string `json:"after"`
}

// ViewQuestion asks for a window of rows.
type ViewQuestion struct {
	Class string `json:"class,omitempty"` // "" all · "ready" · "unusual" · a code of Out · "repair:"+code · "hint:"+code · "edited" ·
	// "known", left out or not · "present" in the campaign, those left out for it or else all · "closed" · "duplicates" with the rows that win over them
	Search string `json:"search,omitempty"` // in any cell, and in the number by its digits
	Sort   int    `json:"sort"`             // column; -1: as in the file; -2: by verdict
	Down   bool   `json:"down,omitempty"`
	From   int    `json:"from"`
	Count  int    `json:"count"` // at most 200
}

// View is a window of rows.
type View struct {
	Total  int    `json:"total"` // rows of the class and search
	From   int    `json:"from"`
	Rows   []Row  `json:"rows"`
	Failed string `json:"failed,omitempty"`
}

// Row is one row as the screen shows it.
type Row struct {
	Line     int               `json:"line"` // from 1
	Cells    []string          `json:"cells"`
	Edited   []int             `json:"edited,omitempty"` // columns corrected in place
	Typed    string            `json:"typed,omitempty"`
	Sent     string            `json:"sent,omitempty"`
	Verdict  string            `json:"verdict,omitempty"`
	Reason   string            `json:"reason,omitempty"`  // why it is left out: the class it is in; empty: ready
	Field    string            `json:"field,omitempty"`   // which field's problem that is
	Params   map[string]string `json:"params,omitempty"`  // of the problem
	Repairs  []string          `json:"repairs,omitempty"` // codes
	Other    int               `json:"other,omitempty"`   // line of the row that wins over this duplicate
	Message  string            `json:"message,omitempty"` // SMS as rendered
	Segments int               `json:"segments,omitempty"`
	Known    *time.Time        `json:"known,omitempty"` // sent before, says the ledger
}

// Edit corrects one cell.
type Edit struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// Requests shows the exact requests that would leave.
type Requests struct {
	From     int       `json:"from"`
	Total    int       `json:"total"`
	Requests []Request `json:"requests"`
	Failed   string    `json:"failed,omitempty"`
}

// Request is one of them.
type Request struct {
	Method string `json:"method"`
	Target string `json:"target"`
	Body   string `json:"body"` // indented JSON
	Lines  []int  `json:"lines"`
	Cut    int    `json:"cut,omitempty"` // rows of a long request that are not shown
}
