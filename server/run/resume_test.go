package run

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/server/database"
	"outdial/server/database/databasetest"
	"outdial/server/problem"
	"outdial/shared/operation"
	"outdial/shared/run"
)

// Who may order no runs any more pauses their own, and lets none go on.
func TestResumeAsksForTheRoleOfNow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := idle(t, db)
		at := time.Now().Add(time.Hour)
		one := s.started(sam, order(operation.SMSSend, singles(operation.SMSSend, 0, 1), func(o *run.Order) { o.Options.StartAt = &at }))
		demoted := Person{sam.Person, operation.Agent}
		_, err := s.Pause(t.Context(), demoted, one.ID)
		require.NoError(t, err)
		_, err = s.Resume(t.Context(), demoted, one.ID)
		require.ErrorIs(t, err, problem.NotAllowed)
		_, err = s.Resume(t.Context(), sam, one.ID)
		require.NoError(t, err)
	})
}

// A dry run meets nothing that an earlier one did, and leaves nothing behind.
func TestEachDryRunHasAStageOfItsOwn(t *testing.T) {
	s := idle(t, databasetest.Open(t, database.SQLite))
	made, dry := 0, s.Runs.Dry
	s.Runs.Dry = func() (Desk, Keys, error) { made++; return dry() }
	for _, id := range []string{"run-a", "run-a", "run-b"} {
		_, _, err := s.desk(id, true)
		require.NoError(t, err)
	}
	require.Equal(t, 2, made, "one for all slices of a run")
	s.struck("run-a")
	s.struck("run-b")
	require.Empty(t, s.dry)
}
