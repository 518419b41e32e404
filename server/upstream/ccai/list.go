package ccai

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"outdial/server/upstream"
	"outdial/shared/answer"
	"outdial/shared/ccai"
	"outdial/shared/operation"
	"outdial/shared/wire"
)

// paging is how a list is asked for by pages.
type paging struct {
	size  string   // the name of the page size
	first bool     // the first request names page and size too
	names []string // under which the array may stand
}

// perPage is the most that the Manager API gives (docs/api.md 5.1).
const perPage = 100

// paged lists the operations whose answer may come in pages. For contacts no
// paging is documented, so the first request asks for none and what the answer
// says is followed.
var paged = map[operation.Name]paging{
	operation.ContactsList:  {"per_page", false, []string{"contacts", "contact", "data"}},
	operation.CampaignsList: {"per", true, []string{"campaigns", "data"}},
	operation.AgentsList:    {"per", true, []string{"agents", "data"}},
}

// list carries out a read that may come in pages. An answer of one page is kept
// as it is; more are merged into one bare array.
func (c *Client) list(ctx context.Context, p operation.Prepared, req *http.Request, how paging) (upstream.Result, error) {
	if how.first {
		setPage(req.URL, how, 1, perPage)
	}
	var (
		elements []answer.Value
		before   []byte
		asked    = map[string]bool{req.URL.RawQuery: true}
		size     = perPage
		read     int64 // bytes, of all pages
	)
	for number := 1; ; number++ {
		a, err := c.sender.Send(ctx, req)
		if err != nil {
			return upstream.Result{}, err
		}
		r := c.result(p, a)
		if r.Class != upstream.Answered {
			return r, nil
		}
		page, err := answer.ReadList(a.Body, how.names...)
		if err != nil {
			return r, nil // cannot be: result has read the same
		}
		repeated := number > 1 && bytes.Equal(before, a.Body)
		if !repeated {
			elements = append(elements, page...)
		}
		before = a.Body
		read += int64(len(a.Body))
		if number == 1 && !how.first {
			size = len(page) // ours to keep, or page 2 would not start where page 1 ended
		}

		total, hasTotal := totalOf(a.Header)
		next := c.next(req.URL, a.Header, how, number, size, hasTotal && total > len(elements) && len(page) > 0)
		if repeated || next == nil || asked[next.RawQuery] || number == c.pages || read > c.most {
			if number > 1 {
				r.Response = merged(elements)
			}
			announced := nextLink(a.Header.Values("Link")) != "" // and not followed
			if announced || hasTotal && total > len(elements) {
				r.Rows = upstream.Rows(p.Rows, wire.Unknown, ccai.CodeListIncomplete, "")
				r = r.Concluded(messages)
			}
			return r, nil
		}
		asked[next.RawQuery] = true
		if err := c.turn(ctx); err != nil {
			return upstream.Result{}, &upstream.NeverLeft{Cause: fmt.Errorf("wait for the turn of page %d: %w", number+1, err)}
		}
		if req, err = c.newRequest(ctx, req.Method, next, nil, ""); err != nil {
			return upstream.Result{}, &upstream.NeverLeft{Cause: err}
		}
	}
}

// next is the address of the page after this one; nil when there is none. A
// link is followed only on the same host and path.
func (c *Client) next(this *url.URL, header http.Header, how paging, number, size int, more bool) *url.URL {
	if link := nextLink(header.Values("Link")); link != "" {
		u, err := this.Parse(link)
		if err != nil || !strings.EqualFold(u.Host, this.Host) || u.Path != this.Path || u.User != nil {
			return nil
		}
		same := *this // scheme and host are ours, whatever the link says
		same.RawQuery = u.RawQuery
		return &same
	}
	if !more {
		return nil
	}
	same := *this
	setPage(&same, how, number+1, size)
	return &same
}

func setPage(u *url.URL, how paging, number, size int) {
	query := u.Query()
	query.Set("page", strconv.Itoa(number))
	query.Set(how.size, strconv.Itoa(size))
	u.RawQuery = query.Encode()
}

// nextLink is the address of rel="next" in Link headers (RFC 8288).
func nextLink(values []string) string {
	for _, value := range values {
		for value != "" {
			_, rest, ok := strings.Cut(value, "<")
			if !ok {
				break
			}
			address, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			params, following, _ := strings.Cut(rest, "<")
			if following != "" {
				following = "<" + following
			}
			for _, param := range strings.FieldsFunc(params, func(r rune) bool { return r == ';' || r == ',' }) {
				name, rel, _ := strings.Cut(param, "=")
				if !strings.EqualFold(strings.TrimSpace(name), "rel") {
					continue
				}
				for _, word := range strings.Fields(strings.Trim(strings.TrimSpace(rel), `"`)) {
					if strings.EqualFold(word, "next") {
						return address
					}
				}
			}
			value = following
		}
	}
	return ""
}

// totalOf is the number of entries in all pages.
func totalOf(header http.Header) (int, bool) {
	for _, name := range []string{"Total", "X-Total", "X-Total-Count"} {
		if n, err := strconv.Atoi(strings.TrimSpace(header.Get(name))); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// merged is one array of all elements.
func merged(elements []answer.Value) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, element := range elements {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(element)
	}
	b.WriteByte(']')
	return b.Bytes()
}
