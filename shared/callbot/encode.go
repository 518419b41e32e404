package callbot

import "encoding/json"

// AppendJSON appends the call as encoding/json writes it, many times faster: a
// list of ten thousand rows is written anew whenever one changes.
func (in Import) AppendJSON(b []byte) []byte {
	b = appendText(append(b, `{"productID":`...), in.ProductID)
	b = appendText(append(b, `,"userTaskID":`...), in.UserTaskID)
	b = appendText(append(b, `,"callInfoList":{"orderCallbackUrl":`...), in.CallInfoList.OrderCallbackURL)
	b = appendText(append(b, `,"callCallbackUrl":`...), in.CallInfoList.CallCallbackURL)
	b = append(b, `,"callList":`...)
	if in.CallInfoList.CallList == nil {
		b = append(b, "null"...)
	} else {
		b = append(b, '[')
		for i, c := range in.CallInfoList.CallList {
			if i > 0 {
				b = append(b, ',')
			}
			b = c.appendJSON(b)
		}
		b = append(b, ']')
	}
	b = append(b, '}')
	if in.Note != "" {
		b = appendText(append(b, `,"note":`...), in.Note)
	}
	return append(b, '}')
}

func (c Call) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"orderID":`...), c.OrderID)
	b = appendText(append(b, `,"userPhone":`...), c.UserPhone)
	b = appendText(append(b, `,"other":`...), c.Other)
	b = appendText(append(b, `,"userName":`...), c.UserName)
	b = appendText(append(b, `,"customerName":`...), c.CustomerName)
	b = append(b, `,"params":`...)
	if c.Params == nil {
		return append(b, "null}"...)
	}
	b = append(b, '[')
	for i, p := range c.Params {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"name":`...), p.Name)
		b = append(appendText(append(b, `,"value":`...), p.Value), '}')
	}
	return append(b, "]}"...)
}

// appendText appends a string; one with anything but plain ASCII in it is left
// to encoding/json.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, err := json.Marshal(text)
			if err != nil {
				return append(b, `""`...) // cannot be: a text always encodes
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}
