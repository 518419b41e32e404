package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"outdial/shared/operation"
	"outdial/shared/wire"
)

// HasKey tells whether a call was recorded under the person's key, whatever
// became of it.
func (l *Ledger) HasKey(ctx context.Context, person, key string) (bool, error) {
	var n int
	if err := l.db.Reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM calls WHERE person_id = $1 AND idempotency_key = $2`, person, key).Scan(&n); err != nil {
		return false, fmt.Errorf("look up key: %w", err)
	}
	return n > 0, nil
}

// Latest is the last call to a number that was done or may have been.
type Latest struct {
	Outcome wire.Outcome
	At      time.Time
}

// knownAtOnce is how many numbers one statement looks for.
const knownAtOnce = 500

// Known finds, for one operation on one system, the latest call to each of the
// numbers that was accepted, updated or unknown, whoever made it. The numbers
// are E.164; those that nothing is known of are not in the answer. An unknown
// one that was settled counts as what it was settled as.
func (l *Ledger) Known(ctx context.Context, system string, name operation.Name, numbers []string) (map[string]Latest, error) {
	known := make(map[string]Latest)
	for len(numbers) > 0 {
		some := numbers[:min(len(numbers), knownAtOnce)]
		numbers = numbers[len(some):]
		by := make(map[string]string, len(some)) // its tail → the number
		args := []any{system, name}
		var marks []string
		for _, n := range some {
			tail := reversed(digits(n))
			if _, again := by[tail]; again || tail == "" {
				continue
			}
			by[tail] = n
			args = append(args, tail)
			marks = append(marks, "$"+strconv.Itoa(len(args)))
		}
		if len(marks) == 0 {
			continue
		}
		found, err := l.db.Reader.QueryContext(ctx, `SELECT r.sent_tail, r.outcome, c.settled_outcome, c.started_at FROM call_rows r JOIN calls c ON c.id = r.call_id
			WHERE r.sent_tail IN (`+strings.Join(marks, `, `)+`) AND c.system = $1 AND c.operation = $2 AND r.outcome IN ('accepted', 'updated', 'unknown')
			ORDER BY c.id`, args...)
		if err != nil {
			return nil, fmt.Errorf("look up numbers: %w", err)
		}
		for found.Next() {
			var tail string
			var outcome wire.Outcome
			var settled *string
			var at int64
			if err := found.Scan(&tail, &outcome, &settled, &at); err != nil {
				found.Close()
				return nil, fmt.Errorf("look up numbers: %w", err)
			}
			if outcome == wire.Unknown && settled != nil {
				if outcome = wire.Outcome(*settled); !outcome.Done() {
					continue // it was found not to have happened
				}
			}
			known[by[tail]] = Latest{Outcome: outcome, At: time.UnixMicro(at).UTC()}
		}
		if err := found.Err(); err != nil {
			return nil, fmt.Errorf("look up numbers: %w", err)
		}
	}
	return known, nil
}
