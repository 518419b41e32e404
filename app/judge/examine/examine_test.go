package examine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"outdial/app/judge/question"
	"outdial/shared/list"
	"outdial/shared/operation"
	"outdial/shared/phone"
	"outdial/shared/phone/engine"
)

var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestARequestIsShownAsItLeaves(t *testing.T) {
	c := Request(engine.New(), now, question.Question{
		Operation: operation.DNCCheck, Body: []byte(`{"phone_number":"(415) 555-0100"}`), Region: "US",
	})
	require.Empty(t, c.Failed)
	require.Empty(t, c.Problems)
	n, ok := c.Number("phone_number")
	require.True(t, ok)
	require.Equal(t, "+14155550100", n.E164)
	require.NotEmpty(t, c.Preview.Method)
	require.Contains(t, c.Preview.Target+c.Preview.Body, "14155550100")
}

func TestOfALongListOnlyTheNumbersAreWanted(t *testing.T) {
	c := Request(engine.New(), now, question.Question{
		Operation: operation.ContactsImport, Body: []byte(`{"campaign_id":7,"contacts":[{"phone_number":"(415) 555-0100"}],"note":"x"}`), Region: "US", Brief: true,
	})
	require.Equal(t, []operation.Number{{Field: "contacts[0].phone_number", Number: phone.Number{E164: "+14155550100"}}}, c.Numbers)
}

func TestWhatIsWrongHasItsPlace(t *testing.T) {
	c := Request(engine.New(), now, question.Question{Operation: operation.DNCCheck, Body: []byte(`{"phone_number":"12"}`), Region: "US"})
	require.Len(t, c.Problems, 1)
	require.Equal(t, "phone_number", c.Problems[0].Field)
}

func TestAnUnknownOperationFails(t *testing.T) {
	require.Equal(t, "operation", Request(engine.New(), now, question.Question{Operation: "nothing"}).Failed)
	require.Equal(t, "operation", File(engine.New(), now, question.FileQuestion{Question: question.Question{Operation: "nothing"}}, nil).Failed)
}

func TestAFileIsSortedIntoRowsThatGoAndRowsThatDoNot(t *testing.T) {
	q := question.FileQuestion{Question: question.Question{
		Operation: operation.ContactsImport, Body: []byte(`{"campaign_id":7}`), Region: "US",
	}}
	c := File(engine.New(), now, q, []byte(`[{"phone_number":"+14155550100"},{"phone_number":"12"}]`))
	require.Empty(t, c.Failed)
	require.Equal(t, [3]int{2, 1, 1}, [3]int{c.Total, c.Ready, c.LeftOut})
	require.Len(t, c.Rows, 1)
	require.JSONEq(t, `{"phone_number":"+14155550100"}`, string(c.Rows[0]))
	require.Equal(t, list.ErrNotJSON.Error(), File(engine.New(), now, q, []byte(`{`)).Failed)
}
