package xlsx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/table"
)

func BenchmarkDevOurs(b *testing.B) {
	file := workbook(b)
	b.ResetTimer()
	for b.Loop() {
		_, _, err := read(file, table.Limits{})
		require.NoError(b, err)
	}
}
