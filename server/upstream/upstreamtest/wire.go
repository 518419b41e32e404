// Package upstreamtest helps to test the upstream clients: it keeps what they
// send to the byte, and answers what a test wants.
package upstreamtest

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Wire is a transport without a network. It answers the n-th request with the
// n-th answer, the last one again and again.
type Wire struct {
	http.RoundTripper
	mu       sync.Mutex
	answers  [][]byte
	requests [][]byte
}

// NewWire makes a Wire; answers are whole HTTP answers, see HTTP.
func NewWire(t testing.TB, answers ...[]byte) *Wire {
	w := &Wire{answers: answers}
	dial := func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go w.serve(theirs)
		return ours, nil
	}
	transport := &http.Transport{DialContext: dial, DialTLSContext: dial, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	w.RoundTripper = transport
	return w
}

func (w *Wire) serve(conn net.Conn) {
	defer conn.Close()
	var seen bytes.Buffer
	r := bufio.NewReader(io.TeeReader(conn, &seen))
	for {
		seen.Reset()
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
		w.mu.Lock()
		w.requests = append(w.requests, bytes.Clone(seen.Bytes()))
		answer := w.answers[min(len(w.requests), len(w.answers))-1]
		w.mu.Unlock()
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// Requests are the requests so far, to the byte.
func (w *Wire) Requests() [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([][]byte(nil), w.requests...)
}

// HTTP is a whole HTTP answer; header lines are "Name: value".
func HTTP(status int, body string, header ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\n", status, http.StatusText(status), len(body))
	for _, line := range header {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// Golden compares got with testdata/golden/name, byte by byte. go test -update
// writes the files.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}
