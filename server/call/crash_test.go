package call

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/ledger"
	"outdial/server/problem"
	"outdial/server/throttle"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/phone/library"
	"outdial/shared/wire"
)

// The crash test runs this test program once more as a server, or twice on
// PostgreSQL, which makes calls with a real ledger and the real client, and
// kills it at random moments.

const (
	childDB   = "OUTDIAL_TEST_DATABASE" // JSON of the database.Config; set in the child alone
	childURL  = "OUTDIAL_TEST_UPSTREAM" // what it calls
	childDead = "OUTDIAL_TEST_DEAD"     // an address that nobody listens on
	childPast = "OUTDIAL_TEST_KEYS"     // a file of keys whose answer was never seen
	childName = "OUTDIAL_TEST_ROUND"
)

func TestMain(m *testing.M) {
	if os.Getenv(childDB) == "" {
		os.Exit(databasetest.Main(m))
	}
	if err := child(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// tenants is how many systems the child calls: each has a throttle of its own,
// so that many calls are under way at once.
const tenants = 30

func child(ctx context.Context) error {
	var at database.Config
	if err := json.Unmarshal([]byte(os.Getenv(childDB)), &at); err != nil {
		return err
	}
	db, err := database.Open(ctx, at)
	if err != nil {
		return err
	}
	// Who was taken for dead goes on under another id, which also begins so.
	process, err := db.Join(ctx, func() string { return os.Getenv(childName) + "-" + newID() }, time.Now)
	if err != nil {
		return err
	}
	l := ledger.New(db, process)
	if _, err := l.Recover(ctx, time.Now()); err != nil {
		return err
	}
	var systems []System
	for i := range tenants {
		base := os.Getenv(childURL)
		if i%10 == 0 {
			base = os.Getenv(childDead)
		}
		client, err := ccai.New(ccai.Config{BaseURL: base, Username: "acme", Token: "token"})
		if err != nil {
			return err
		}
		th, err := throttle.NewOn(db, fmt.Sprint("s", i), newID(), throttle.Ceiling, 100, time.Now)
		if err != nil {
			return err
		}
		systems = append(systems, System{ID: fmt.Sprint("s", i), Kind: operation.CCAI, Region: "US", Caller: client, Throttle: th})
	}
	d, err := New(Config{
		Systems: systems, Ledger: l, Judge: library.New(), Now: time.Now, NewID: newID, Random: rand.Float64,
		Limits: Limits{Tries: 3, Backoff: 20 * time.Millisecond},
	})
	if err != nil {
		return err
	}
	past, err := os.ReadFile(os.Getenv(childPast))
	if err != nil {
		return err
	}
	var out sync.Mutex
	say := func(text string) {
		out.Lock()
		defer out.Unlock()
		fmt.Println(text)
	}
	order := func(key string) {
		e, err := d.Make(ctx, smsOrder(key))
		switch {
		case errors.Is(err, problem.ThrottleFull), errors.Is(err, problem.Running):
		case errors.Is(err, problem.LedgerDown) && db.Dialect == database.PostgreSQL: // it was taken for dead
		case err != nil:
			say("error " + key + " " + err.Error())
		default:
			say("made " + key + " " + string(e.Outcome))
		}
	}
	say("ready")
	go func() {
		for db.Dialect == database.PostgreSQL { // as often as it can: moments matter here, not seconds
			if err := process.Beat(ctx); err != nil && !errors.Is(err, database.ErrLost) {
				say("error beat " + err.Error())
			}
			if _, err := l.Recover(ctx, time.Now()); err != nil {
				say("error recover " + err.Error())
			}
		}
	}()
	for _, key := range strings.Fields(string(past)) {
		go order(key)
	}
	for i := range tenants {
		for j := range 2 { // while one is in flight, the other waits for its turn
			go func() {
				for n := 0; ; n++ {
					order(fmt.Sprintf("s%d-%s-%d-%d", i, os.Getenv(childName), j, n))
				}
			}()
		}
	}
	_, err = io.Copy(io.Discard, os.Stdin) // until the parent goes away
	return err
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// smsOrder is the call with that key, which also stands in it as the ticket.
// The part before the first dash is the system.
func smsOrder(key string) Order {
	system, _, _ := strings.Cut(key, "-")
	return Order{
		Person: amy, Role: operation.Agent, System: system, Operation: operation.SMSSend, Key: key,
		Body: []byte(`{"end_user_number":"+14155550100","outbound_number":"+16285550199","message":"hello","ticket_id":"` + key + `"}`),
	}
}

// What the upstream did with one request.
const (
	didIt   = "did it"
	dropped = "did it and dropped the connection"
	failing = "did it and failed"
	said429 = "429"
	said400 = "400"
)

// arrivals is an upstream that remembers what arrived and what it did.
type arrivals struct {
	mu     sync.Mutex
	random *rand.Rand
	by     map[string][]string
	next   chan struct{} // closed by the next arrival; nil when nobody waits for it
}

// another is closed when something arrives.
func (a *arrivals) another() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == nil {
		a.next = make(chan struct{})
	}
	return a.next
}

func (a *arrivals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Ticket string `json:"ticket_id"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Ticket == "" {
		return // cut off while it was being sent: nothing an upstream could act on
	}
	a.mu.Lock()
	did := didIt
	switch n := a.random.IntN(100); {
	case n < 10:
		did = dropped
	case n < 20:
		did = failing
	case n < 30:
		did = said429
	case n < 35:
		did = said400
	}
	slow := time.Duration(a.random.IntN(60)) * time.Millisecond
	a.by[body.Ticket] = append(a.by[body.Ticket], did)
	if a.next != nil {
		close(a.next)
		a.next = nil
	}
	a.mu.Unlock()

	select {
	case <-time.After(slow):
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch did {
	case dropped:
		panic(http.ErrAbortHandler)
	case failing:
		w.WriteHeader(http.StatusInternalServerError)
	case said429:
		w.WriteHeader(http.StatusTooManyRequests)
	case said400:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"message":"Outbound SMS is not enabled"}`)
		return
	}
	_, _ = io.WriteString(w, `{"id":1,"status":"selecting"}`)
}

func TestKilledAgainAndAgain(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(t, database.SQLite, 25, 1) })
	t.Run("postgresql", func(t *testing.T) { killed(t, database.PostgreSQL, 15, 2) })
}

// killed runs so many processes at once, round after round, and kills each.
func killed(t *testing.T, d database.Dialect, rounds, processes int) {
	at := databasetest.New(t, d)
	dir := t.TempDir()
	past := filepath.Join(dir, "keys")
	require.NoError(t, os.WriteFile(past, nil, 0o600))
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	up := &arrivals{random: rand.New(rand.NewPCG(seed, 2)), by: map[string][]string{}}
	server := httptest.NewServer(up)
	defer server.Close()
	dead := httptest.NewServer(nil)
	dead.Close()

	seen := &seenAnswers{t: t, outcomes: map[string][]string{}}
	for round := range rounds {
		var group sync.WaitGroup
		for n := range processes {
			c := &victim{t: t, seen: seen, up: up, at: at, upstream: server.URL, dead: dead.URL, past: past, name: fmt.Sprintf("round%dof%d", round, n),
				life: time.Duration(random.IntN(300)) * time.Millisecond}
			if d == database.PostgreSQL && random.IntN(3) == 0 {
				c.doubted = time.Duration(random.IntN(200)) * time.Millisecond
			}
			group.Go(c.run)
		}
		group.Wait()
		if t.Failed() {
			return
		}
		// The next ones are asked again for what arrived and was never answered.
		var unseen []string
		up.mu.Lock()
		for key := range up.by {
			if !seen.has(key) {
				unseen = append(unseen, key)
			}
		}
		up.mu.Unlock()
		require.NoError(t, os.WriteFile(past, []byte(strings.Join(unseen, "\n")), 0o600))
	}
	server.Close() // waits for what is still arriving

	db := databasetest.Reopen(t, at)
	settle(t, db)
	l := ledger.New(db, databasetest.Join(t, db))
	last, err := l.Recover(t.Context(), time.Now())
	require.NoError(t, err)
	entries := entriesByTicket(t, l)

	for key, outcomes := range seen.outcomes {
		e := entries[key]
		for _, outcome := range outcomes {
			if d == database.PostgreSQL && e.Error != nil && e.Error.Code == wire.ReasonCrashed {
				continue // the others took its process for dead, and it answered all the same
			}
			require.Equal(t, outcome, string(e.Outcome), "%s: the ledger says what the person saw, and an answer never changes", key)
		}
	}
	for key := range up.by {
		require.Contains(t, entries, key, "what arrived is in the ledger")
	}
	total := map[wire.Outcome]int{}
	crashed, held := 0, 0
	for key, e := range entries {
		require.Equal(t, wire.Finished, e.State, key)
		total[e.Outcome]++
		for _, row := range e.Rows {
			require.Equal(t, e.Outcome, row.Outcome, key)
		}
		times := map[string]int{}
		for _, did := range up.by[key] {
			times[did]++
		}
		carriedOut := times[didIt] + times[dropped] + times[failing]
		require.LessOrEqual(t, carriedOut+times[said400], 1, "%s was sent again: %v", key, up.by[key])
		switch e.Outcome {
		case wire.Accepted:
			require.Equal(t, 1, times[didIt], key)
		case wire.Refused:
			require.Zero(t, carriedOut, key)
		case wire.Skipped:
			require.Empty(t, up.by[key], "%s: skipped, yet it arrived", key)
			if e.Tries == 0 {
				held++
			}
		case wire.Unknown:
			if e.Error.Code == wire.ReasonCrashed {
				crashed++
			}
		default:
			t.Errorf("%s ended as %q", key, e.Outcome)
		}
	}
	t.Logf("%d calls, %d arrivals: %v; cut off under way %d, before they left %d; the last round left %+v", len(entries), len(up.by), total, crashed, held, last)
	require.Positive(t, crashed, "the kills met calls under way")
	require.Positive(t, held, "and calls that waited for their turn")
	require.Positive(t, total[wire.Accepted])
}

// settle waits until PostgreSQL has noticed that the killed ones are gone.
func settle(t *testing.T, db *database.DB) {
	t.Helper()
	for others := 1; others > 0 && db.Dialect == database.PostgreSQL; {
		require.NoError(t, db.Reader.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others))
	}
}

// seenAnswers is what people were answered, by key.
type seenAnswers struct {
	t        *testing.T
	mu       sync.Mutex
	outcomes map[string][]string
}

func (a *seenAnswers) add(key, outcome string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.outcomes[key] = append(a.outcomes[key], outcome)
}

func (a *seenAnswers) has(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.outcomes[key]) > 0
}

// victim is a process that is killed a while after something arrived, however
// long a busy machine lets it come up.
type victim struct {
	t                          *testing.T
	seen                       *seenAnswers
	up                         *arrivals
	at                         database.Config
	upstream, dead, past, name string
	life                       time.Duration
	doubted                    time.Duration // if set, the others take it for dead so long after it came up
}

func (v *victim) run() {
	self, err := os.Executable()
	if err != nil {
		v.t.Error(err)
		return
	}
	at, err := json.Marshal(v.at)
	if err != nil {
		v.t.Error(err)
		return
	}
	ctx, cancel := context.WithTimeout(v.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childDB+"="+string(at), childURL+"="+v.upstream, childDead+"="+v.dead, childPast+"="+v.past, childName+"="+v.name)
	cmd.Stderr = os.Stderr
	_, held := cmd.StdinPipe() // held open; Wait closes it
	stdout, piped := cmd.StdoutPipe()
	if err := errors.Join(held, piped, cmd.Start()); err != nil {
		v.t.Error(err)
		return
	}
	var timing sync.WaitGroup
	ended := make(chan struct{})
	up := false
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case words[0] == "ready":
			up = true
			come := v.up.another()
			timing.Go(func() { v.end(come, ended, cmd.Process.Kill) })
		case words[0] == "made" && len(words) == 3:
			v.seen.add(words[1], words[2])
		default:
			v.t.Error(lines.Text())
		}
	}
	if err := cmd.Wait(); err == nil || !up {
		v.t.Errorf("it came up and was killed: %v", err)
	}
	close(ended)
	timing.Wait()
	v.silent()
}

// end has the others take the process for dead when that is its lot, and kills it.
func (v *victim) end(come, ended <-chan struct{}, kill func() error) {
	select {
	case <-come:
	case <-ended:
		return
	}
	if v.doubted > 0 {
		<-time.After(v.doubted)
		v.silent()
	}
	<-time.After(v.life)
	_ = kill()
}

// silent lets the time pass after which the others take the process for dead.
func (v *victim) silent() {
	if v.at.URL == "" {
		return
	}
	ctx := context.WithoutCancel(v.t.Context())
	conn, err := pgx.Connect(ctx, v.at.URL)
	if err != nil {
		v.t.Error(err)
		return
	}
	_, err = conn.Exec(ctx, `UPDATE processes SET seen_at = seen_at - $2 WHERE id LIKE $1 || '-%'`, v.name, (2 * database.Silence).Microseconds())
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		v.t.Error(err)
	}
}

func entriesByTicket(t *testing.T, l *ledger.Ledger) map[string]wire.Entry {
	t.Helper()
	entries := map[string]wire.Entry{}
	f := wire.Filter{Limit: 100}
	for more := true; more; {
		page, err := l.Search(t.Context(), f, "")
		require.NoError(t, err)
		for _, e := range page.Entries {
			var request struct {
				Ticket string `json:"ticket_id"`
			}
			require.NoError(t, json.Unmarshal(e.Request, &request))
			require.NotContains(t, entries, request.Ticket, "one key is one call")
			entries[request.Ticket] = e
			f.Before = e.ID
		}
		more = page.More
	}
	return entries
}
