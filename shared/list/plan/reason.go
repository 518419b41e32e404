package plan

// Reasons for which rows are left out, beside those of package run, the codes of
// problems of package operation and the reasons of package phone.
const (
	ReasonBlank    = "blank"           // nothing stands in any cell of the row
	ReasonAccepted = "accepted_before" // the result file says that it was accepted
	ReasonUnknown  = "unknown_before"  // the result file says that nobody can tell: it is not sent again
	ReasonDeclined = "repair_declined" // the person says that no zero or plus was lost
	ReasonNoParam  = "param_missing"   // a variable is empty; Params: name
)

// Codes of what is wrong with a plan as a whole, in Summary.Whole.
const (
	CodeNoPhone  = "no_phone_column" // no column of numbers is chosen
	CodeNoColumn = "no_such_column"  // the message names a column that is not there; Params: name
)

// Codes of Opened.Warnings.
const (
	WarnRowsAbove     = "rows_above"        // rows above the heading, which are no part of the list
	WarnUnguarded     = "unguarded"         // cells whose apostrophe against formulas was taken off
	WarnUnclosed      = "unclosed_quotes"   // quotes that nothing closes: taken for text
	WarnTrailing      = "trailing_quotes"   // cells with text behind a closing quote
	WarnFormulas      = "formulas"          // cells whose stored result was taken
	WarnUnstored      = "formulas_unstored" // formulas without a stored result: empty cells
	WarnMerged        = "merged"            // merged ranges: the value stands in the first cell alone
	WarnErrors        = "cell_errors"       // cells that hold an error such as #N/A
	WarnHiddenColumns = "hidden_columns"
	WarnReplaced      = "replaced" // characters that mean nothing in the encoding chosen
)
