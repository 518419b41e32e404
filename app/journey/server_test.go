//go:build journey

package journey

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// program is the built server; OUTDIAL names another one.
func program(t testing.TB) string {
	t.Helper()
	path := os.Getenv("OUTDIAL")
	if path == "" {
		path = "../../bin/outdial"
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	_, err = os.Stat(path)
	require.NoError(t, err, "the journeys need the built program: make build")
	return path
}

// server is `outdial serve --demo` with fresh data, behind a gate of the
// test's own, such as a company has one.
type server struct {
	*gate
	t       testing.TB
	dir     string
	address string
	log     *lines
	process *exec.Cmd
	ended   chan struct{}
	sim     string
}

// serve starts a server and waits until it is ready.
func serve(t testing.TB) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), address: freeAddress(t), log: &lines{}}
	s.start()
	s.gate = newGate(t, s.address)
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server said:\n%s", s.log)
		}
	})
	var session wire.Session
	s.get(s.URL+"/api/session", &session)
	s.sim = strings.TrimSuffix(session.Demo.Help, "/")
	return s
}

// ports counts below the range that the system hands out by itself, so that no
// outgoing connection and no other test takes an address before its server does.
var ports atomic.Int32

// freeAddress is one that nobody listens on, and that is given to nobody else.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 500 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+(os.Getpid()*50+int(ports.Add(1)))%10000)
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close() //nolint:errcheck // nothing was accepted
			return address
		}
	}
	t.Fatal("no free address")
	return ""
}

func (s *server) start() {
	s.t.Helper()
	s.process = exec.Command(program(s.t), "serve", "--demo", "--listen", s.address)
	s.process.Dir = s.dir
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.process.StderrPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, s.process.Start())
	s.ended = make(chan struct{})
	ready := make(chan struct{})
	go func(p *exec.Cmd, ended chan struct{}) {
		defer close(ended)
		told := false
		for in := bufio.NewScanner(out); in.Scan(); {
			s.log.add(in.Text())
			if !told && strings.Contains(in.Text(), "Outdial is ready") {
				told = true
				close(ready)
			}
		}
		p.Wait() //nolint:errcheck // it is killed on purpose
	}(s.process, s.ended)
	select {
	case <-ready:
	case <-s.ended:
		s.t.Fatalf("the server ended at once:\n%s", s.log)
	case <-time.After(patience):
		s.t.Fatalf("the server did not start:\n%s", s.log)
	}
}

// kill ends the server the hard way.
func (s *server) kill() {
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	<-s.ended
}

func (s *server) get(address string, into any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	require.NoError(s.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	require.Equal(s.t, http.StatusOK, answer.StatusCode, address)
	require.NoError(s.t, json.NewDecoder(answer.Body).Decode(into))
}

// received is one request as the simulator saw it.
type received struct {
	Account   string         `json:"account"`
	Operation operation.Name `json:"operation"`
	Keys      []string       `json:"keys"`
	Rows      int            `json:"rows"`
	Status    int            `json:"status"`
	Happened  bool           `json:"happened"`
}

// received lists the requests of one operation that reached the simulator.
func (s *server) received(op operation.Name) []received {
	s.t.Helper()
	var state struct {
		Requests []received `json:"requests"`
	}
	s.get(s.sim+"/simulator/state", &state)
	var found []received
	for _, r := range state.Requests {
		if r.Operation == op {
			found = append(found, r)
		}
	}
	return found
}

// next has the simulator's next request of an operation meet a magic value.
func (s *server) next(op operation.Name, code string) {
	s.t.Helper()
	answer, err := http.PostForm(s.sim+"/simulator/next", url.Values{"operation": {string(op)}, "code": {code}})
	require.NoError(s.t, err)
	answer.Body.Close()
	require.Less(s.t, answer.StatusCode, 300)
}

// gate stands between browser and server and can do what networks and
// companies' gates do.
type gate struct {
	URL  string
	mode atomic.Pointer[func(http.ResponseWriter, *http.Request, http.Handler)]
}

func newGate(t testing.TB, address string) *gate {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: address})
			r.Out.Host = r.In.Host
		},
		FlushInterval: -1,
		// A server that is away is a connection that closes, as without a gate.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	g := &gate{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	g.URL = "http://localhost:" + port
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mode := g.mode.Load(); mode != nil {
			(*mode)(w, r, proxy)
			return
		}
		proxy.ServeHTTP(w, r)
	})}
	go s.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { s.Close() })
	return g
}

// open lets everything through again.
func (g *gate) open() { g.mode.Store(nil) }

func (g *gate) with(f func(http.ResponseWriter, *http.Request, http.Handler)) { g.mode.Store(&f) }

// signOut sends everybody to a sign-in page, as a gate does whose session ended.
func (g *gate) signOut() {
	g.with(func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, "https://login.example/start", http.StatusFound)
	})
}

// lose lets calls arrive and loses their answers.
func (g *gate) lose() {
	g.with(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !strings.Contains(r.URL.Path, "/operations/") {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(&lost{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	})
}

// lost is where answers go that never arrive.
type lost struct{ header http.Header }

func (l *lost) Header() http.Header         { return l.header }
func (l *lost) Write(b []byte) (int, error) { return len(b), nil }
func (l *lost) WriteHeader(int)             {}

// rewrite changes the answer to one path, as a new version on the server does.
func (g *gate) rewrite(path string, change func([]byte) []byte) {
	g.with(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path != path {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		r.Header.Del("If-None-Match")
		held := &held{header: http.Header{}, status: http.StatusOK}
		next.ServeHTTP(held, r)
		body := change(held.body.Bytes())
		for name, values := range held.header {
			if name != "Content-Length" && name != "Etag" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(held.status)
		w.Write(body) //nolint:errcheck // the browser may have gone
	})
}

type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }
func (h *held) WriteHeader(status int)      { h.status = status }

// lines keeps what a process says.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
}

// String gives the lines, but those of files that were simply served.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := slices.DeleteFunc(slices.Clone(l.all), func(line string) bool {
		return strings.Contains(line, "route=/ status=200") || strings.Contains(line, "route=/ status=304")
	})
	return strings.Join(kept, "\n")
}
