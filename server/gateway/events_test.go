package gateway

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/call"
	"outdial/shared/wire"
)

// slowCalls answers when it is told to.
type slowCalls struct {
	ctx    context.Context
	asked  chan struct{}
	answer chan struct{}
}

func (s *slowCalls) Make(ctx context.Context, o call.Order) (wire.Envelope, error) {
	s.ctx = ctx
	close(s.asked)
	<-s.answer
	return wire.Envelope{ID: "slow", Operation: o.Operation, Outcome: wire.Accepted}, nil
}

// tap is a browser that reads an event stream: each flush gives what came.
type tap struct {
	header  http.Header
	pending strings.Builder
	flushed chan string
}

func newTap() *tap { return &tap{header: http.Header{}, flushed: make(chan string, 1000)} }

func (t *tap) Header() http.Header         { return t.header }
func (t *tap) WriteHeader(int)             {}
func (t *tap) Write(p []byte) (int, error) { return t.pending.Write(p) }
func (t *tap) FlushError() error {
	t.flushed <- t.pending.String()
	t.pending.Reset()
	return nil
}

// listen opens the person's event stream; the channel closes when it ends.
func (w *world) listen(ctx context.Context, as string) (*tap, <-chan struct{}) {
	out := newTap()
	ended := make(chan struct{})
	r := httptest.NewRequestWithContext(ctx, "GET", "https://outdial.example.com/api/events", nil)
	r.Header.Set("As", as)
	go func() {
		defer close(ended)
		w.ServeHTTP(out, r)
	}()
	return out, ended
}

func over(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

func TestEventsReachTheirPersonAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, leave := context.WithCancel(t.Context())
		ana, anaEnded := w.listen(ctx, "agent")
		ana2, _ := w.listen(ctx, "agent")
		boss, _ := w.listen(ctx, "admin")
		synctest.Wait()
		require.Equal(t, "text/event-stream", ana.header.Get("Content-Type"))
		require.Equal(t, "no-store", ana.header.Get("Cache-Control"))
		require.Equal(t, "retry: 2000\n\n", <-ana.flushed, "the stream opens at once")
		<-ana2.flushed
		<-boss.flushed

		w.Events.Publish("agent@example.com", wire.Event{Call: "c1", Operation: "dnc.add", State: wire.Leaving, Phase: wire.Verifying, Done: 1, Total: 3})
		synctest.Wait()
		const want = `data: {"call":"c1","operation":"dnc.add","state":"leaving","phase":"verifying","done":1,"total":3}` + "\n\n"
		require.Equal(t, want, <-ana.flushed)
		require.Equal(t, want, <-ana2.flushed, "in every window of the person")
		require.Empty(t, boss.flushed)

		leave()
		synctest.Wait()
		require.True(t, over(anaEnded))
		require.Empty(t, w.Events.streams, "nothing is kept for those who left")
	})
}

func TestEventStreamsBeatAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		out, ended := w.listen(t.Context(), "agent")
		synctest.Wait()
		<-out.flushed
		<-time.After(15 * time.Second)
		synctest.Wait()
		require.Equal(t, ": still here\n\n", <-out.flushed)
		<-time.After(9 * time.Minute)
		synctest.Wait()
		require.False(t, over(ended))
		<-time.After(time.Minute)
		synctest.Wait()
		require.True(t, over(ended), "identity is asked again after a while")
		require.Empty(t, w.Events.streams)
	})
}

func TestEventStreamsEndAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		w := newWorld(t, func(c *Config) { c.Stop = stop })
		_, ended := w.listen(t.Context(), "agent")
		synctest.Wait()
		require.False(t, over(ended))
		close(stop)
		synctest.Wait()
		require.True(t, over(ended))
	})
}

func TestEventsNeedAnIdentity(t *testing.T) {
	scenario{name: "nobody", method: "GET", url: "/api/events", status: 401}.run(t)
	scenario{name: "another site's page", method: "GET", url: "/api/events", as: "agent", headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403}.run(t)
	scenario{name: "post", method: "POST", url: "/api/events", as: "agent", body: "{}", status: 405}.run(t)
	scenario{name: "head", method: "HEAD", url: "/api/events", as: "agent", status: 200}.run(t)
}

// Over a connection: events come at once, and the stream outlives the server's
// time-outs.
func TestEventsOverAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		client, _ := w.connect(t)
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", "http://outdial.example.com/api/events", nil)
		require.NoError(t, err)
		r.Header.Set("As", "agent")
		res, err := client.Do(r)
		require.NoError(t, err)
		lines := bufio.NewScanner(res.Body)
		next := func() string {
			for lines.Scan() {
				if line := lines.Text(); line != "" && line != ": still here" {
					return line
				}
			}
			return "ended"
		}
		require.Equal(t, "retry: 2000", next())
		go func() {
			<-time.After(5 * time.Minute)
			w.Events.Publish("agent@example.com", wire.Event{Call: "c1"})
		}()
		require.Contains(t, next(), `"call":"c1"`)
		leave()
		require.NoError(t, res.Body.Close())
		synctest.Wait()
		require.Empty(t, w.Events.streams)
	})
}

// A browser that stopped reading is let go of.
func TestEventsNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		client, _ := w.connect(t)
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://outdial.example.com/api/events", nil)
		require.NoError(t, err)
		r.Header.Set("As", "agent")
		res, err := client.Do(r)
		require.NoError(t, err)
		for range 200 { // more than the client's own buffer takes
			w.Events.Publish("agent@example.com", wire.Event{Call: strings.Repeat("c", 100)})
		}
		<-time.After(2 * time.Minute)
		synctest.Wait()
		require.Empty(t, w.Events.streams)
		require.NoError(t, res.Body.Close())
	})
}

func TestHubCutsOffWhoDoesNotKeepUp(t *testing.T) {
	h := NewHub()
	slow, done := h.open("ana")
	quick, doneQuick := h.open("ana")
	for range streamBacklog {
		h.Publish("ana", wire.Event{Call: "c"})
		<-quick
	}
	h.Publish("ana", wire.Event{Call: "last"})
	require.Contains(t, string((<-quick).data), `"last"`)
	got := 0
	for range slow { // ends only because it was closed
		got++
	}
	require.Equal(t, streamBacklog, got)
	done()
	done()
	h.Publish("ana", wire.Event{Call: "after"})
	require.Contains(t, string((<-quick).data), `"after"`)
	doneQuick()
	require.Empty(t, h.streams)
}

func TestHubBoundsAPersonsStreams(t *testing.T) {
	h := NewHub()
	var all []<-chan event
	for range streamsPerPerson + 2 {
		events, _ := h.open("ana")
		all = append(all, events)
	}
	other, _ := h.open("sam")
	for i, events := range all {
		select {
		case _, open := <-events:
			require.False(t, open)
			require.Less(t, i, 2, "the oldest give way")
		default:
			require.GreaterOrEqual(t, i, 2)
		}
	}
	h.Publish("sam", wire.Event{Call: "c"})
	require.Contains(t, string((<-other).data), `"c"`)
}
