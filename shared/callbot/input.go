// Package callbot holds the request and answer types of NXLink's Callbot API v3,
// with the vendor's own JSON names, and the reading of its answers. Facts:
// docs/api.md. The struct tags are explained in package ccai.
package callbot

// ProductID is the fixed value of every Callbot request but ping.
const ProductID = "callbot"

// Import replaces the numbers of the task's latest batch that were not yet
// dialled. One list is one call: it is never split.
type Import struct {
	ProductID    string       `json:"productID" fill:"product"`
	UserTaskID   string       `json:"userTaskID" need:"must" max:"64"`
	CallInfoList CallInfoList `json:"callInfoList" need:"must"`
	Note         string       `json:"note,omitempty" in:"ledger" max:"2000"`
}

// CallInfoList is the batch. The vendor marks both addresses as required; they
// are sent as empty strings when there are none.
type CallInfoList struct {
	OrderCallbackURL string `json:"orderCallbackUrl" is:"url" fill:"order_callback" max:"1000"`
	CallCallbackURL  string `json:"callCallbackUrl" is:"url" fill:"call_callback" max:"1000"`
	CallList         []Call `json:"callList" need:"must" rows:"yes" limit:"callbot"`
}

// Call is one number to dial: one order of one or more calls.
type Call struct {
	OrderID      string  `json:"orderID" fill:"uuid" max:"64"` // globally unique, made once
	UserPhone    string  `json:"userPhone" is:"phone" need:"must"`
	Other        string  `json:"other" max:"1000"`
	UserName     string  `json:"userName" max:"255"`
	CustomerName string  `json:"customerName" max:"255"`
	Params       []Param `json:"params"` // sent as [] when there are none
}

// Param is one variable of the scene's script.
type Param struct {
	Name  string `json:"name" need:"must" max:"255"`
	Value string `json:"value" max:"1000"`
}

// Ping is echoed; it shows whether credential and signature work.
type Ping struct {
	Data string `json:"data" fill:"ping" max:"200"`
}
