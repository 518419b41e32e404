package upstream

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Timeouts bound one try. A zero value takes the default.
type Timeouts struct {
	Dial   time.Duration // name look-up and TCP; 5 s
	TLS    time.Duration // handshake; 5 s
	Header time.Duration // from the request written to the first byte of the answer; 30 s
	Whole  time.Duration // everything, the answer's body included; 60 s
}

const (
	defaultDial   = 5 * time.Second
	defaultTLS    = 5 * time.Second
	defaultHeader = 30 * time.Second
	defaultWhole  = 60 * time.Second

	// idle is shorter than any usual server keeps a connection (the shortest in
	// wide use is 5 s): a connection that the server closes just as we write
	// would make a write's outcome unknown.
	idle = 4 * time.Second

	// DefaultMaxAnswer is the longest answer that is read, in bytes, plain.
	DefaultMaxAnswer = 32 << 20
)

// Origin reads the base URL of an upstream: scheme and host alone. Only a
// loopback host may do without TLS.
func Origin(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, errors.New("base url: cannot be read") // the cause would repeat what may hold a password
	}
	switch {
	case u.User != nil:
		return nil, errors.New("base url: no user and password in it")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " \t%"):
		return nil, errors.New("base url: no host")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return nil, errors.New("base url: scheme and host only, no path")
	case u.Scheme == "https":
	case u.Scheme == "http" && Loopback(u.Hostname()):
	default:
		return nil, errors.New("base url: https is required unless the host is loopback")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// Loopback reports whether a host is this machine by its very name or address.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// Sender carries out single HTTP exchanges.
//
// It speaks HTTP/1.1 and uses no http.Client: nothing follows a redirect, keeps
// a cookie or puts the URL, in which a number may stand, into an error. The one
// thing net/http repeats by itself is a request on a reused connection of which
// nothing was written, or a GET; neither can happen twice upstream (a request
// with a body and without Idempotency-Key is not replayed once a byte is out).
type Sender struct {
	transport http.RoundTripper
	whole     time.Duration
	most      int64
}

// NewSender makes a Sender; a nil transport means its own, most 0 means
// DefaultMaxAnswer.
func NewSender(transport http.RoundTripper, t Timeouts, most int64) *Sender {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: or(t.Dial, defaultDial)}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    or(t.TLS, defaultTLS),
			ResponseHeaderTimeout:  or(t.Header, defaultHeader),
			IdleConnTimeout:        idle,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // done by hand: a signature needs the bytes before and after
			Protocols:              http1(),
		}
	}
	if most <= 0 {
		most = DefaultMaxAnswer
	}
	return &Sender{transport: transport, whole: or(t.Whole, defaultWhole), most: most}
}

func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

func or(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// Answer is one whole HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	Wire   []byte // the body as it came
	Body   []byte // the body without its Content-Encoding; as Wire where that cannot be undone
	Broken error  // why Body cannot be trusted: too long, or an encoding that cannot be undone
}

// Send carries out one exchange. The error is a *NeverLeft or an *Unanswered.
func (s *Sender) Send(ctx context.Context, req *http.Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, s.whole)
	defer cancel()

	// From the moment a connection is ours, bytes may be on their way. When
	// net/http asks for another one, it is because nothing went out on the
	// first, or because the request is a GET.
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { connected.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req = req.WithContext(ctx)
	req.Header.Set("Accept-Encoding", "gzip")

	resp, err := s.transport.RoundTrip(req)
	if err != nil {
		if connected.Load() {
			return Answer{}, &Unanswered{Cause: err}
		}
		return Answer{}, &NeverLeft{Cause: err}
	}
	defer resp.Body.Close()
	a := Answer{Status: resp.StatusCode, Header: resp.Header}
	a.Wire, err = io.ReadAll(io.LimitReader(resp.Body, s.most+1))
	if err != nil {
		return Answer{}, &Unanswered{Cause: fmt.Errorf("read the answer with status %d: %w", resp.StatusCode, err)}
	}
	a.Body = a.Wire
	if int64(len(a.Wire)) > s.most {
		a.Wire, a.Broken = a.Wire[:s.most], fmt.Errorf("the answer is longer than %d bytes", s.most)
		a.Body = a.Wire
		return a, nil
	}
	s.decode(&a)
	return a, nil
}

// decode undoes the Content-Encoding.
func (s *Sender) decode(a *Answer) {
	switch encoding := strings.ToLower(strings.TrimSpace(a.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		if len(a.Wire) == 0 {
			return // an empty answer keeps the header on some servers
		}
		plain, err := s.gunzip(a.Wire)
		if err != nil {
			a.Broken = fmt.Errorf("unzip the answer: %w", err)
			return
		}
		a.Body = plain
	default:
		a.Broken = errors.New("the answer has an encoding that was not asked for")
	}
}

func (s *Sender) gunzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, s.most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(plain)) > s.most {
		return nil, fmt.Errorf("longer than %d bytes", s.most)
	}
	return plain, r.Close()
}

// ClassOf is what an HTTP status says by itself. A redirect that asks for the
// same request elsewhere (301, 307, 308) was not carried out; of the others
// that cannot be told.
func ClassOf(status int) Class {
	switch {
	case status >= 200 && status < 300:
		return Answered
	case status == http.StatusTooManyRequests:
		return PutOff
	case status >= 400 && status < 500,
		status == http.StatusMovedPermanently,
		status == http.StatusTemporaryRedirect,
		status == http.StatusPermanentRedirect:
		return Refused
	}
	return Failed
}

// RetryAfter reads the header of that name, seconds or a date; 0 when the
// upstream did not say, or said the past.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

// ID bounds an id that an upstream gave: it is shown and stored.
func ID(text string) string {
	const most = 200
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}
