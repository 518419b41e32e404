// Package callbot is the upstream client of NXLink's Callbot API v3: JSON over
// POST, signed both ways. Facts: docs/api.md.
package callbot

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"outdial/server/upstream"
	"outdial/shared/operation"
)

// DefaultBaseURL is the vendor's production host (docs/api.md 6.2).
const DefaultBaseURL = "https://nxbot.nxcloud.com"

// What happens to an answer whose signature is missing or wrong.
const (
	Off     = "off"     // not looked at
	Warn    = "warn"    // logged
	Enforce = "enforce" // not believed: the outcome is unknown
)

// What the signature of a gzipped request covers; the vendor does not say.
const (
	Plain = "plain" // the JSON
	Wire  = "wire"  // the compressed bytes
)

// Config is one Callbot account.
type Config struct {
	BaseURL         string // default DefaultBaseURL
	UUID            string // the account's identifier, from the vendor's console
	Secret          string
	Algorithm       string        // MD5 (default, as with the vendor) or SHA256
	VerifyResponses string        // Off, Warn or Enforce (default)
	GzipOver        int           // an import's body beyond so many bytes is gzipped; 0: never
	GzipSigns       string        // Plain (default) or Wire
	SkewWindow      time.Duration // between an answer's time and ours; default 60 s

	Timeouts  upstream.Timeouts
	MaxAnswer int64 // bytes; default upstream.DefaultMaxAnswer
	UserAgent string

	Transport http.RoundTripper // nil: the client's own
	Clock     func() time.Time  // nil: time.Now
	NewID     func() string     // a new requestID for every try, 32 hex digits; nil: random
	Log       *slog.Logger      // nil: nothing is logged
}

// Client calls one Callbot account.
type Client struct {
	origin    *url.URL
	config    Config
	sender    *upstream.Sender
	userAgent string
}

var _ upstream.Caller = (*Client)(nil)

const (
	defaultSkew      = 60 * time.Second // what the vendor's other interfaces allow
	defaultUserAgent = "Outdial"
)

// New makes a client; nothing is sent.
func New(c Config) (*Client, error) {
	set := func(s *string, otherwise string) {
		if *s == "" {
			*s = otherwise
		}
	}
	set(&c.BaseURL, DefaultBaseURL)
	set(&c.Algorithm, MD5)
	set(&c.VerifyResponses, Enforce)
	set(&c.GzipSigns, Plain)
	set(&c.UserAgent, defaultUserAgent)
	origin, err := upstream.Origin(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("callbot: %w", err)
	}
	switch {
	case c.UUID == "":
		return nil, errors.New("callbot: no uuid")
	case c.Secret == "":
		return nil, errors.New("callbot: no secret")
	case c.Algorithm != MD5 && c.Algorithm != SHA256:
		return nil, fmt.Errorf("callbot: the algorithm is %s or %s", MD5, SHA256)
	case c.VerifyResponses != Off && c.VerifyResponses != Warn && c.VerifyResponses != Enforce:
		return nil, fmt.Errorf("callbot: answers are verified by %s, %s or %s", Off, Warn, Enforce)
	case c.GzipSigns != Plain && c.GzipSigns != Wire:
		return nil, fmt.Errorf("callbot: a gzipped body is signed %s or %s", Plain, Wire)
	case c.GzipOver < 0 || c.SkewWindow < 0:
		return nil, errors.New("callbot: sizes and times cannot be negative")
	}
	if c.SkewWindow == 0 {
		c.SkewWindow = defaultSkew
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.NewID == nil {
		c.NewID = randomID
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{
		origin:    origin,
		config:    c,
		sender:    upstream.NewSender(c.Transport, c.Timeouts, c.MaxAnswer),
		userAgent: c.UserAgent,
	}, nil
}

func randomID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// Try carries out one try, see upstream.Caller. Each try has a requestID, a time
// and a signature of its own; the body stays the same.
func (c *Client) Try(ctx context.Context, p operation.Prepared) (upstream.Result, error) {
	if p.Operation.System != operation.Callbot {
		return upstream.Result{}, &upstream.NeverLeft{Cause: fmt.Errorf("%s is no operation of a Callbot account", p.Operation.Name)}
	}
	requestID := c.config.NewID()
	req, err := c.request(ctx, p, requestID)
	if err != nil {
		return upstream.Result{}, &upstream.NeverLeft{Cause: fmt.Errorf("build the request: %w", err)}
	}
	a, err := c.sender.Send(ctx, req)
	if err != nil {
		return upstream.Result{}, err
	}
	return c.result(ctx, p, a, requestID), nil
}

func (c *Client) request(ctx context.Context, p operation.Prepared, requestID string) (*http.Request, error) {
	built, err := p.Operation.Request(p.Input)
	if err != nil {
		return nil, err
	}
	body, signed, encoding := built.Body, built.Body, ""
	// gzip is documented for importBatchCall alone (docs/api.md 6.4).
	if p.Operation.Name == operation.CallbotImport && c.config.GzipOver > 0 && len(body) > c.config.GzipOver {
		if body, err = zip(body); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		encoding = "gzip"
		if c.config.GzipSigns == Wire {
			signed = body
		}
	}
	target := *c.origin
	target.Path = built.Path
	req, err := http.NewRequestWithContext(ctx, built.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	createTs := strconv.FormatInt(c.config.Clock().Unix(), 10)
	for _, h := range [][2]string{ // in the vendor's own letter case
		{"requestID", requestID},
		{"uuid", c.config.UUID},
		{"createTs", createTs},
		{"sign", Sign(c.config.Algorithm, c.config.Secret, string(signed), createTs, requestID, c.config.UUID)},
		{"algorithm", c.config.Algorithm},
	} {
		req.Header[h[0]] = []string{h[1]}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	return req, nil
}

func zip(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
