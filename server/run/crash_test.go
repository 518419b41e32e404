package run

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/upstream"
	"outdial/server/upstream/ccai"
	"outdial/shared/operation"
	"outdial/shared/run"
	"outdial/shared/wire"
)

// The crash test runs this test program once more as a server, or twice on
// PostgreSQL, which carries out runs, and kills it at random moments.

const (
	childDB   = "OUTDIAL_TEST_DATABASE" // JSON of the database.Config; set in the child alone
	childURL  = "OUTDIAL_TEST_UPSTREAM" // what it calls
	childName = "OUTDIAL_TEST_NAME"     // how the ids of its process begin
)

func child(ctx context.Context) error {
	var at database.Config
	if err := json.Unmarshal([]byte(os.Getenv(childDB)), &at); err != nil {
		return err
	}
	db, err := database.Open(ctx, at)
	if err != nil {
		return err
	}
	client, err := ccai.New(ccai.Config{BaseURL: os.Getenv(childURL), Username: "acme", Token: "token"})
	if err != nil {
		return err
	}
	s, err := open(ctx, db, setup{callers: map[string]upstream.Caller{"acme": client}, ids: func() string { return os.Getenv(childName) + "-" + newID() }})
	if err != nil {
		return err
	}
	if _, err := s.ledger.Recover(ctx, time.Now()); err != nil {
		return err
	}
	if err := s.Start(ctx); err != nil {
		return err
	}
	fmt.Println("ready")
	if db.Dialect == database.PostgreSQL {
		go func() {
			for { // as often as it can: moments matter here, not seconds
				if err := s.process.Beat(ctx); err != nil && !errors.Is(err, database.ErrLost) {
					fmt.Println("error beat", err)
				}
				if _, err := s.ledger.Recover(ctx, time.Now()); err != nil {
					fmt.Println("error recover", err)
				}
			}
		}()
	}
	_, err = io.Copy(io.Discard, os.Stdin) // until the parent goes away
	return err
}

// What the upstream did with a request.
const (
	didIt   = "did it"
	dropped = "did it and dropped the connection"
	failing = "did it and failed"
	said429 = "429"
	said400 = "400"
)

// arrivals is an upstream that remembers what arrived and what it did, by number.
type arrivals struct {
	mu     sync.Mutex
	random *rand.Rand
	by     map[string][]string
	total  int
	waits  []arrival
}

// arrival is somebody who waits for so many requests.
type arrival struct {
	at   int
	come chan struct{}
}

// after is closed when so many more requests have arrived.
func (a *arrivals) after(n int) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := arrival{a.total + n, make(chan struct{})}
	a.waits = append(a.waits, w)
	return w.come
}

// count wakes those who waited for it. The lock is held.
func (a *arrivals) count() {
	a.total++
	a.waits = slices.DeleteFunc(a.waits, func(w arrival) bool {
		if w.at > a.total {
			return false
		}
		close(w.come)
		return true
	})
}

func (a *arrivals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Number   string `json:"end_user_number"`
		Contacts []struct {
			Number string `json:"phone_number"`
		} `json:"contacts"`
	}
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `{"phone_number":"","do_not_call":true}`)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return // cut off while it was being sent: nothing an upstream could act on
	}
	var numbers []string
	if body.Number != "" {
		numbers = append(numbers, body.Number)
	}
	for _, c := range body.Contacts {
		numbers = append(numbers, c.Number)
	}
	a.mu.Lock()
	did := didIt
	switch n := a.random.IntN(100); {
	case n < 8:
		did = dropped
	case n < 14:
		did = failing
	case n < 24:
		did = said429
	case n < 30:
		did = said400
	}
	slow := time.Duration(a.random.IntN(40)) * time.Millisecond
	for _, n := range numbers {
		a.by[n] = append(a.by[n], did)
	}
	a.count()
	a.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-r.Context().Done():
		return
	}
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
	if body.Number != "" {
		_, _ = io.WriteString(w, `{"id":1,"status":"selecting"}`)
		return
	}
	var rows []string
	for _, n := range numbers {
		rows = append(rows, fmt.Sprintf(`{"phone_number":%q,"status":"created"}`, n))
	}
	_, _ = io.WriteString(w, "["+strings.Join(rows, ",")+"]")
}

func TestKilledInTheMiddleOfRuns(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(t, database.SQLite, 7, 1) })
	t.Run("postgresql", func(t *testing.T) { killed(t, database.PostgreSQL, 8, 2) })
}

// killed runs so many processes at once, round after round, and kills each.
func killed(t *testing.T, d database.Dialect, rounds, processes int) {
	at := databasetest.New(t, d)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	up := &arrivals{random: rand.New(rand.NewPCG(seed, 2)), by: map[string][]string{}}
	vendor := httptest.NewServer(up)
	defer vendor.Close()

	// Three runs: many texts twice, and do-not-call entries in batches.
	var ids []string
	no := false
	func() {
		db, err := database.Open(t.Context(), at)
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		s, err := open(t.Context(), db, setup{callers: map[string]upstream.Caller{"acme": script(fine)}})
		require.NoError(t, err)
		s.t = t
		var batches []run.Call
		for i := range 30 {
			batches = append(batches, list(operation.DNCAdd, 5000+10*i, 10))
		}
		for _, o := range []run.Order{
			order(operation.SMSSend, singles(operation.SMSSend, 0, 400)),
			order(operation.SMSSend, singles(operation.SMSSend, 1000, 400)),
			order(operation.DNCAdd, batches, func(o *run.Order) { o.Options.Remember = &no }),
		} {
			ids = append(ids, s.started(sam, o).ID)
		}
		s.rest()
		require.NoError(t, s.process.Leave(t.Context()))
	}()

	for round := range rounds {
		var group sync.WaitGroup
		for n := range processes {
			v := &victim{t: t, at: at, up: up, upstream: vendor.URL, name: fmt.Sprintf("round%dof%d", round, n), life: 1 + random.IntN(60)}
			group.Go(v.run)
		}
		group.Wait()
		if t.Failed() {
			return
		}
	}

	// A last one is left alone.
	db := databasetest.Reopen(t, at)
	client, err := ccai.New(ccai.Config{BaseURL: vendor.URL, Username: "acme", Token: "token"})
	require.NoError(t, err)
	s, err := open(t.Context(), db, setup{callers: map[string]upstream.Caller{"acme": client}})
	require.NoError(t, err)
	s.t = t
	_, err = s.ledger.Recover(t.Context(), time.Now())
	require.NoError(t, err)
	before := 0
	for _, id := range ids {
		one, err := s.Get(t.Context(), ana, id)
		require.NoError(t, err)
		before += one.Rows - one.Waiting
	}
	require.NoError(t, s.Start(t.Context()))
	total, crashed := map[wire.Outcome]int{}, 0
	for _, id := range ids {
		one := s.until(id, over)
		require.Equal(t, run.Finished, one.State)
		s.balanced(one)
		require.Zero(t, one.Counts[wire.Skipped], "no row is left out by a crash: %v", one.Reasons)
		crashed += one.Reasons[wire.ReasonCrashed]
		for _, r := range s.results(id) {
			total[r.Outcome]++
			times := map[string]int{}
			for _, did := range up.by[r.Sent] {
				times[did]++
			}
			carriedOut := times[didIt] + times[dropped] + times[failing]
			if one.Operation == operation.SMSSend {
				require.LessOrEqual(t, carriedOut+times[said400], 1, "%d was sent again: %v", r.Line, up.by[r.Sent])
			}
			switch r.Outcome {
			case wire.Accepted:
				require.Positive(t, times[didIt])
			case wire.Refused:
				if one.Operation == operation.SMSSend {
					require.Zero(t, carriedOut)
				}
			}
		}
	}
	s.halt()
	t.Logf("%v; cut off under way: %d; done before the last one: %d", total, crashed, before)
	require.Positive(t, crashed, "the kills met calls under way")
	require.Positive(t, before, "and some were done by those that were killed")
	require.Positive(t, total[wire.Accepted])
}

// victim is a process that is killed when so many requests have arrived since
// it came up, so that some are under way; or when no more come.
type victim struct {
	t              *testing.T
	at             database.Config
	up             *arrivals
	upstream, name string
	life           int
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
	cmd.Env = append(os.Environ(), childDB+"="+string(at), childURL+"="+v.upstream, childName+"="+v.name)
	cmd.Stderr = os.Stderr
	_, held := cmd.StdinPipe() // held open; Wait closes it
	stdout, piped := cmd.StdoutPipe()
	if err := errors.Join(held, piped, cmd.Start()); err != nil {
		v.t.Error(err)
		return
	}
	up := false
	var killing sync.WaitGroup
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if lines.Text() != "ready" {
			v.t.Error(lines.Text())
			continue
		}
		up = true
		come := v.up.after(v.life)
		killing.Go(func() {
			select {
			case <-come:
			case <-time.After(3 * time.Second):
			}
			_ = cmd.Process.Kill()
		})
	}
	if err := cmd.Wait(); err == nil || !up {
		v.t.Errorf("it came up and was killed: %v", err)
		return
	}
	killing.Wait()
	v.silent()
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
	_, err = conn.Exec(ctx, `DELETE FROM processes WHERE id LIKE $1`, v.name+"-%")
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		v.t.Error(err)
	}
}
