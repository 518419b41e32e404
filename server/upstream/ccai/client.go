// Package ccai is the upstream client of the CCAI Platform: HTTP Basic, JSON and
// one multipart form. Facts: docs/api.md.
package ccai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"outdial/server/upstream"
	"outdial/shared/ccai"
	"outdial/shared/operation"
)

// Spellings of the two agent fields of sms.send; the vendor's pages disagree
// (docs/api.md 3.3).
const (
	Camel = "camel" // agentId, agentEmail
	Snake = "snake" // agent_id, agent_email
)

// Config is one CCAI tenant.
type Config struct {
	BaseURL   string // https://acme.uc1.ccaiplatform.com; http for a loopback host alone
	Username  string // default: the first label of the host
	Token     string // of an API credential
	AgentKeys string // Camel (default) or Snake

	Timeouts  upstream.Timeouts
	MaxAnswer int64 // bytes of one answer, and after which no further page of a list is asked for; default upstream.DefaultMaxAnswer
	MaxPages  int   // of one list; default 100
	UserAgent string

	// Turn is called before each further page of a list, so that pages take
	// their turn in the system's throttle too; nil means no wait.
	Turn      func(context.Context) error
	Transport http.RoundTripper // nil: the client's own
	Clock     func() time.Time  // for dates in Retry-After; nil: time.Now
	Boundary  func() string     // of the multipart form; nil: random
}

// Client calls one CCAI tenant.
type Client struct {
	origin    *url.URL
	username  string
	token     string
	snake     bool
	pages     int
	most      int64
	userAgent string
	turn      func(context.Context) error
	clock     func() time.Time
	boundary  func() string
	sender    *upstream.Sender
}

var _ upstream.Caller = (*Client)(nil)

const (
	defaultPages     = 100
	defaultUserAgent = "Outdial"
)

// New makes a client; nothing is sent.
func New(c Config) (*Client, error) {
	origin, err := upstream.Origin(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("ccai: %w", err)
	}
	client := &Client{
		origin:    origin,
		username:  c.Username,
		token:     c.Token,
		pages:     c.MaxPages,
		most:      c.MaxAnswer,
		userAgent: c.UserAgent,
		turn:      c.Turn,
		clock:     c.Clock,
		boundary:  c.Boundary,
		sender:    upstream.NewSender(c.Transport, c.Timeouts, c.MaxAnswer),
	}
	if client.username == "" {
		client.username = firstLabel(origin.Hostname())
	}
	switch {
	case c.Token == "":
		return nil, errors.New("ccai: no token")
	case strings.Contains(client.username, ":"):
		return nil, errors.New("ccai: a user name cannot hold a colon")
	case c.AgentKeys == Snake:
		client.snake = true
	case c.AgentKeys != "" && c.AgentKeys != Camel:
		return nil, fmt.Errorf("ccai: agent keys are %s or %s", Camel, Snake)
	}
	if client.pages <= 0 {
		client.pages = defaultPages
	}
	if client.most <= 0 {
		client.most = upstream.DefaultMaxAnswer
	}
	if client.userAgent == "" {
		client.userAgent = defaultUserAgent
	}
	if client.turn == nil {
		client.turn = func(context.Context) error { return nil }
	}
	if client.clock == nil {
		client.clock = time.Now
	}
	return client, nil
}

func firstLabel(host string) string {
	if net.ParseIP(host) != nil {
		return host
	}
	label, _, _ := strings.Cut(host, ".")
	return label
}

// Try carries out one try, see upstream.Caller.
func (c *Client) Try(ctx context.Context, p operation.Prepared) (upstream.Result, error) {
	if p.Operation.System != operation.CCAI {
		return upstream.Result{}, &upstream.NeverLeft{Cause: fmt.Errorf("%s is no operation of a CCAI tenant", p.Operation.Name)}
	}
	req, err := c.request(ctx, p)
	if err != nil {
		return upstream.Result{}, &upstream.NeverLeft{Cause: fmt.Errorf("build the request: %w", err)}
	}
	if pages, ok := paged[p.Operation.Name]; ok {
		return c.list(ctx, p, req, pages)
	}
	a, err := c.sender.Send(ctx, req)
	if err != nil {
		return upstream.Result{}, err
	}
	return c.result(p, a), nil
}

// request builds the request from the operation alone.
func (c *Client) request(ctx context.Context, p operation.Prepared) (*http.Request, error) {
	built, err := p.Operation.Request(p.Input)
	if err != nil {
		return nil, err
	}
	contentType := ""
	switch p.Operation.Body {
	case operation.JSON:
		contentType = "application/json"
		if sms, ok := p.Input.(*ccai.SMS); ok && c.snake {
			if built.Body, err = snakeSMS(sms); err != nil {
				return nil, err
			}
		}
	case operation.Multipart:
		if built.Body, contentType, err = c.form(built.Body); err != nil {
			return nil, err
		}
	}
	target := *c.origin
	target.Path, target.RawQuery = built.Path, built.Query
	if p.Operation.Body == operation.NoBody {
		return c.newRequest(ctx, built.Method, &target, nil, "")
	}
	return c.newRequest(ctx, built.Method, &target, built.Body, contentType)
}

func (c *Client) newRequest(ctx context.Context, method string, target *url.URL, body []byte, contentType string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address cannot be built") // the cause would repeat the query
	}
	if body == nil {
		req.Body, req.GetBody = nil, nil
	}
	req.SetBasicAuth(c.username, c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// form puts the JSON file into a multipart form (docs/api.md 4.3).
func (c *Client) form(file []byte) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if c.boundary != nil {
		if err := w.SetBoundary(c.boundary()); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="contacts.json"`},
		"Content-Type":        {"application/json"},
	})
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(file); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// snakeSMS is the body of sms.send with the other spelling of the agent fields.
func snakeSMS(in *ccai.SMS) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// The conversion fails to compile when the two structs differ in a field.
	err := enc.Encode(struct {
		ChatType       string `json:"chat_type"`
		EndUserNumber  string `json:"end_user_number"`
		OutboundNumber string `json:"outbound_number"`
		Message        string `json:"message"`
		TicketID       string `json:"ticket_id,omitempty"`
		AgentID        int64  `json:"agent_id,omitempty"`
		AgentEmail     string `json:"agent_email,omitempty"`
		Note           string `json:"-"`
	}(*in))
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
