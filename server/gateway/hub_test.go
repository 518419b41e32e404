package gateway

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/run"
	"outdial/shared/wire"
)

// A browser that is connected to one process sees what is carried out on
// another.
func TestHubsShareWhatTheyPublish(t *testing.T) {
	a, b := NewHub(), NewHub()
	a.Share(b.Deliver)
	b.Share(a.Deliver)
	here, doneHere := a.open("ana")
	there, doneThere := b.open("ana")
	other, _ := b.open("sam")
	a.Publish("ana", wire.Event{Call: "c1", Operation: "sms.send", State: wire.Started})
	b.PublishRun("ana", run.Event{Run: "r1"})
	for _, stream := range []<-chan event{here, there} {
		require.Len(t, stream, 2, "each once")
		call, list := <-stream, <-stream
		require.Empty(t, call.name)
		require.JSONEq(t, `{"call":"c1","operation":"sms.send","state":"started"}`, string(call.data))
		require.Equal(t, "run", list.name)
		require.Contains(t, string(list.data), `"r1"`)
	}
	require.Empty(t, other)

	b.Deliver(nil)
	for _, stream := range []<-chan event{there, other} {
		_, open := <-stream
		require.False(t, open, "something was lost: the browser reads the ledger")
	}
	doneThere()
	require.Empty(t, b.streams)
	b.Publish("ana", wire.Event{Call: "c2"})
	require.Len(t, here, 1, "the others are not cut off")
	doneHere()
}
