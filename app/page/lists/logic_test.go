package lists

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
)

func TestRolesOfLists(t *testing.T) {
	for op, want := range map[operation.Name]operation.Role{
		operation.DNCAdd: operation.Supervisor, operation.DNCRemove: operation.Admin, operation.DNCCheck: operation.Supervisor,
		operation.SMSSend: operation.Supervisor, operation.ContactsImport: operation.Supervisor, operation.CallbotImport: operation.Admin,
	} {
		require.Equal(t, want, least(op), op)
	}
}

func TestAColumnIsForOneThing(t *testing.T) {
	p := plan.Plan{RegionColumn: -1}
	assign(&p, 0, "Mobile", asPhone)
	assign(&p, 2, "Home", asPhone)
	assign(&p, 1, "Name", asField+"name")
	require.Equal(t, []int{0, 2}, p.Phones)
	require.Equal(t, asField+"name", use(p, 1))

	assign(&p, 3, "Full name", asField+"name")
	require.Equal(t, asNothing, use(p, 1), "only one column is the name")
	require.Equal(t, asField+"name", use(p, 3))

	assign(&p, 0, "Mobile", asRegion)
	require.Equal(t, []int{2}, p.Phones)
	require.Equal(t, asRegion, use(p, 0))
	assign(&p, 0, "Mobile", asNothing)
	require.Equal(t, -1, p.RegionColumn)

	assign(&p, 4, "amount", asParam)
	assign(&p, 1, "amount", asParam)
	require.Equal(t, []plan.Param{{Name: "amount 2", Column: 1}, {Name: "amount", Column: 4}}, p.Params, "no variable has the name of another")
}

func TestNumbersAreTriedInTheirOrder(t *testing.T) {
	before := []int{4, 2, 7}
	p := plan.Plan{Phones: before}
	prefer(&p, 2, -1)
	require.Equal(t, []int{4, 7, 2}, p.Phones)
	prefer(&p, 0, -1)
	prefer(&p, 2, 1)
	require.Equal(t, []int{4, 7, 2}, p.Phones, "there is nothing beyond the ends")
	require.Equal(t, []int{4, 2, 7}, before, "what was asked about before is left alone")
}

func TestWhatIsLacking(t *testing.T) {
	one := []int{0}
	const now = "2030-06-01T00:00:00Z"
	for _, c := range []struct {
		name  string
		plan  plan.Plan
		fixed fixedFields
		want  []string
	}{
		{"no number", plan.Plan{Operation: operation.DNCCheck}, fixedFields{}, []string{"phone"}},
		{"a check needs no more", plan.Plan{Operation: operation.DNCCheck, Phones: one}, fixedFields{}, nil},
		{"for good", plan.Plan{Operation: operation.DNCAdd, Phones: one}, fixedFields{}, nil},
		{"until no date", plan.Plan{Operation: operation.DNCAdd, Phones: one}, fixedFields{Limited: true}, []string{"expires"}},
		{"until a date", plan.Plan{Operation: operation.DNCAdd, Phones: one, Expires: "2031-01-01T00:00:00Z"}, fixedFields{Limited: true}, nil},
		{"until yesterday", plan.Plan{Operation: operation.DNCAdd, Phones: one, Expires: "2030-05-31T00:00:00Z"}, fixedFields{Limited: true}, []string{"expires_past"}},
		{"a result file says nothing of the end", plan.Plan{Operation: operation.DNCAdd, Phones: one}, fixedFields{Unsaid: true}, []string{"expiry"}},
		{"a text without words", plan.Plan{Operation: operation.SMSSend, Phones: one, Template: " \n"}, fixedFields{}, []string{"outbound", "message"}},
		{"a text", plan.Plan{Operation: operation.SMSSend, Phones: one, Template: "Hi"}, fixedFields{Outbound: "+16285550199"}, nil},
		{"senders of a column", plan.Plan{Operation: operation.SMSSend, Phones: one, Template: "Hi", Fields: map[string]int{"outbound_number": 3}}, fixedFields{}, nil},
		{"no campaign", plan.Plan{Operation: operation.ContactsImport, Phones: one}, fixedFields{}, []string{"campaign"}},
		{"no task", plan.Plan{Operation: operation.CallbotImport, Phones: one}, fixedFields{Task: " "}, []string{"task"}},
	} {
		require.Equal(t, c.want, lacks(c.plan, c.fixed, now), c.name)
	}
}

func TestVariablesOfAMessage(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"no variables", nil},
		{"Dear {Name}, {amount} is due. Yours, {Name}", []string{"Name", "amount"}},
		{"{}", nil},
		{"{open", nil},
		{"{{Name}}", nil},
		{"{{{Name}}}", []string{"Name"}},
		{"{ Name }", []string{"Name"}},
		{"親愛的{姓名}", []string{"姓名"}},
	} {
		require.Equal(t, c.want, placeholders(c.text), c.text)
	}
	require.Equal(t, []string{"amuont"}, strangers("{Name} {amuont}", columns("Name", "amount")))
	require.Empty(t, strangers("{name} {B}", columns("Name", "")), "any case, and a column without a heading by its letter")
}

func TestAMessageIsFilledIn(t *testing.T) {
	c, row := columns("Name", "", "amount"), []string{" Ann ", "x"}
	for template, want := range map[string]string{
		"Dear {Name}, {B}":  "Dear Ann, x",
		"{{Name}} {nobody}": "{Name} ",
		"{amount}":          "", // the row ends before
		"100%":              "100%",
	} {
		require.Equal(t, want, fill(template, c, row), template)
	}
	require.Equal(t, []string{"A", "Z", "AA", "AB", "ZZ", "AAA"}, []string{letters(0), letters(25), letters(26), letters(27), letters(701), letters(702)})
}

func TestQuestionsAreAskedOnceForAColumn(t *testing.T) {
	groups := byColumn([]plan.Question{{Column: 2, Repair: plan.AddZero}, {Column: 0, Repair: plan.AddPlus}, {Column: 2, Repair: plan.AddPlus}})
	require.Len(t, groups, 2)
	require.Len(t, groups[0], 2)
	m := &model{questions: []plan.Question{{Column: 2, Repair: plan.AddZero}, {Column: 2, Repair: plan.AddPlus}}}
	require.Equal(t, 1, m.unanswered())
	m.plan.Repair = map[int]plan.Repair{2: plan.AsIs}
	require.Equal(t, 0, m.unanswered())
}

func TestAVariableIsPutAtTheCaret(t *testing.T) {
	for _, c := range []struct {
		name, text string
		from, to   int
		want       string
		caret      int
	}{
		{"into nothing", "", 0, 0, "{N}", 3},
		{"at the end", "Dear ", 5, 5, "Dear {N}", 8},
		{"in the middle", "Dear ,", 5, 5, "Dear {N},", 8},
		{"over what is selected", "Dear you,", 5, 8, "Dear {N},", 8},
		{"behind a pair of units", "👋!", 2, 2, "👋{N}!", 5},
		{"beyond the end", "Hi", 99, 99, "Hi{N}", 5},
	} {
		got, caret := insert(c.text, "{N}", c.from, c.to)
		require.Equal(t, c.want, got, c.name)
		require.Equal(t, c.caret, caret, c.name)
	}
}

func columns(headings ...string) []plan.Column {
	all := make([]plan.Column, len(headings))
	for i, h := range headings {
		all[i] = plan.Column{Heading: h, Sample: []string{"+14155550100"}}
	}
	return all
}

func TestAMappingIsFoundAgainByItsHeadings(t *testing.T) {
	p := plan.Plan{Operation: operation.CallbotImport, Region: "TW", Phones: []int{2, 0}, RegionColumn: 3, Fields: map[string]int{"userName": 1}, Params: []plan.Param{{Name: "sum", Column: 4}}}
	m, ok := remember(" weekly ", p, columns("Home", "Name", "Mobile", "Country", "Amount"))
	require.True(t, ok)
	require.Equal(t, "weekly", m.Name)

	later := columns("ID", "mobile ", "Amount", "HOME", "name", "country")
	require.True(t, m.fits(operation.CallbotImport, later))
	again := plan.Plan{Operation: operation.CallbotImport, Region: "US", RegionColumn: -1, Phones: []int{0}}
	m.apply(&again, later)
	require.Equal(t, []int{1, 3}, again.Phones)
	require.Equal(t, 5, again.RegionColumn)
	require.Equal(t, map[string]int{"userName": 4}, again.Fields)
	require.Equal(t, []plan.Param{{Name: "sum", Column: 2}}, again.Params)
	require.Equal(t, "TW", again.Region)

	require.False(t, m.fits(operation.SMSSend, later), "another purpose")
	require.False(t, m.fits(operation.CallbotImport, columns("Mobile", "Home")), "columns are missing")
}

func TestAMappingKeepsNoCell(t *testing.T) {
	m, _ := remember("x", plan.Plan{Operation: operation.DNCAdd, Phones: []int{0}, RegionColumn: -1, Template: "Dear Ann", Fixed: json.RawMessage(`{"note":"Ann"}`)}, columns("Mobile"))
	data, err := json.Marshal([]mapping{m})
	require.NoError(t, err)
	require.NotContains(t, string(data), "4155550100")
	require.NotContains(t, string(data), "Ann")
	require.Equal(t, []mapping{m}, read(string(data)))
	require.Nil(t, read("spoilt"))
}

func TestAMappingThatCouldNotBeFoundAgainIsNotKept(t *testing.T) {
	for name, c := range map[string][]plan.Column{"no heading": columns(""), "twice": columns("Phone", "phone")} {
		_, ok := remember("x", plan.Plan{Phones: []int{0}, RegionColumn: -1}, c)
		require.False(t, ok, name)
	}
	_, ok := remember(" ", plan.Plan{Phones: []int{0}, RegionColumn: -1}, columns("Phone"))
	require.False(t, ok, "without a name")
}

func TestTheMappingThatNeedsMostWins(t *testing.T) {
	c := columns("Mobile", "Name", "Home")
	small, _ := remember("small", plan.Plan{Operation: operation.SMSSend, Phones: []int{0}, RegionColumn: -1}, c)
	large, _ := remember("large", plan.Plan{Operation: operation.SMSSend, Phones: []int{0, 2}, RegionColumn: -1}, c)
	best, ok := found([]mapping{small, large}, operation.SMSSend, c)
	require.True(t, ok)
	require.Equal(t, "large", best.Name)
	best, ok = found([]mapping{small, large}, operation.SMSSend, columns("Mobile"))
	require.True(t, ok)
	require.Equal(t, "small", best.Name)
	_, ok = found([]mapping{small, large}, operation.DNCAdd, c)
	require.False(t, ok)

	all := kept([]mapping{small, large}, large)
	require.Equal(t, []string{"large", "small"}, []string{all[0].Name, all[1].Name})
	require.Len(t, without(all, small), 1)
}

func TestNamesInsideASentence(t *testing.T) {
	for name, want := range map[string]string{"Too short": "too short", "Écartée": "écartée", "太短": "太短", "SMS sent": "SMS sent", "": ""} {
		require.Equal(t, want, inside(name))
	}
}

func TestHowLongARunTakes(t *testing.T) {
	for _, c := range []struct {
		name            string
		calls, ready    int
		scrub, remember bool
		rate            float64
		want            int
	}{
		{"nothing tells the rate", 10, 10, false, false, 0, 0},
		{"one call", 1, 100, false, false, 8, 1},
		{"a text for each row", 800, 800, false, false, 8, 100},
		{"each of them checked", 800, 800, true, false, 8, 200},
		{"looked up before and after", 8, 800, false, true, 8, 201},
	} {
		require.Equal(t, c.want, seconds(requests(c.calls, c.ready, c.scrub, c.remember), c.rate), c.name)
	}
}

func TestUnusualNumbersAreLeftOutWhereThatIsSafe(t *testing.T) {
	for _, c := range []struct {
		op     operation.Name
		result string
		want   bool
	}{
		{operation.SMSSend, "", false}, {operation.ContactsImport, "", false}, {operation.CallbotImport, "", false},
		{operation.DNCAdd, "", true}, {operation.DNCAdd, "run", false},
	} {
		m := &model{op: c.op, opened: &plan.Opened{Result: c.result}}
		require.Equal(t, c.want, m.letsUnusual(), c.op)
		yes := true
		m.lets = &yes
		require.True(t, m.letsUnusual(), "the person's word")
	}
}

func TestCallingHoursAreWaitedFor(t *testing.T) {
	shut := &plan.Summary{Closed: 3}
	for _, c := range []struct {
		name string
		m    model
		want string
	}{
		{"texts", model{op: operation.SMSSend, summary: shut}, "hours"},
		{"one call of the robot's", model{op: operation.CallbotImport, summary: shut}, "together"},
		{"all open", model{op: operation.SMSSend, summary: &plan.Summary{}}, ""},
		{"at any hour", model{op: operation.SMSSend, summary: shut, anyHour: true}, ""},
		{"nobody is reached", model{op: operation.DNCAdd, summary: shut}, ""},
	} {
		require.Equal(t, c.want, c.m.waits(), c.name)
	}
}
