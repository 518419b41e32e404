package operation_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/operation"
)

func find(t testing.TB, name operation.Name) operation.Operation {
	t.Helper()
	op, ok := operation.Find(name)
	require.True(t, ok, name)
	return op
}

func TestCatalogueHoldsEveryOperation(t *testing.T) {
	var names []operation.Name
	for _, op := range operation.Catalogue() {
		names = append(names, op.Name)
	}
	require.ElementsMatch(t, []operation.Name{
		"dnc.add", "dnc.remove", "dnc.check", "sms.send",
		"campaign.contacts.add", "campaign.contacts.list", "campaign.contacts.import", "campaign.contacts.job",
		"campaign.contact.update", "campaign.contact.delete",
		"campaigns.list", "agents.list", "ccai.ping", "callbot.import", "callbot.ping",
	}, names)
	_, ok := operation.Find("dnc.list")
	require.False(t, ok)
}

func TestCatalogueIsSound(t *testing.T) {
	methods := map[operation.Body][]string{
		operation.NoBody:    {"GET"},
		operation.JSON:      {"POST", "PATCH", "DELETE"},
		operation.Multipart: {"POST"},
	}
	bases := map[operation.System][]string{
		operation.CCAI:    {operation.AppsAPI + "/", operation.ManagerAPI + "/"},
		operation.Callbot: {operation.CallbotAPI + "/"},
	}
	routes := map[string]operation.Name{}
	for _, op := range operation.Catalogue() {
		t.Run(string(op.Name), func(t *testing.T) {
			require.Contains(t, methods[op.Body], op.Method)
			require.True(t, slices.ContainsFunc(bases[op.System], func(base string) bool { return strings.HasPrefix(op.Path, base) }), op.Path)
			require.Contains(t, []operation.Rule{operation.Read, operation.Verified, operation.Once, operation.ReadBack}, op.Rule)
			require.True(t, operation.Admin.Covers(op.Least))
			require.Empty(t, routes[op.Method+" "+op.Path], "another operation has the same route")
			routes[op.Method+" "+op.Path] = op.Name
			if !op.Rule.Writes() {
				require.False(t, op.Final, "a read takes nothing back")
			}

			in := op.New()
			require.Equal(t, reflect.Pointer, reflect.TypeOf(in).Kind())
			if reflect.TypeOf(in).Elem().Size() > 0 {
				require.NotSame(t, in, op.New())
			}
			require.True(t, reflect.ValueOf(in).Elem().IsZero())

			fields := op.Fields()
			paths := map[string]bool{}
			for _, f := range fields {
				require.NotEmpty(t, f.Path)
				require.False(t, paths[f.Path], f.Path)
				paths[f.Path] = true
				require.Contains(t, []string{"", "path", "query", "ledger"}, f.In, f.Path)
				require.Contains(t, []string{"", "phone", "email", "time", "id", "url"}, f.Is, f.Path)
				require.Equal(t, f, op.Field(f.Path))
				if f.In == "path" {
					require.True(t, f.Must, "a path without %s would be another path", f.Path)
					require.Contains(t, op.Path, "{"+f.Path+"}")
				}
				if op.Body == operation.NoBody {
					require.NotEmpty(t, f.In, "%s would travel in a body that is not there", f.Path)
				}
			}
			for rest := op.Path; strings.Contains(rest, "{"); {
				_, after, _ := strings.Cut(rest, "{")
				name, after, ok := strings.Cut(after, "}")
				require.True(t, ok)
				require.Equal(t, "path", op.Field(name).In, "placeholder %s", name)
				rest = after
			}
			require.Equal(t, op.Rule.Writes(), paths["note"], "a note belongs to a write")
			require.Zero(t, op.Field("no_such_field"))
		})
	}
}

func TestRoles(t *testing.T) {
	require.Equal(t, []operation.Role{"agent", "supervisor", "admin"}, operation.Roles())
	require.True(t, operation.Admin.Covers(operation.Agent))
	require.True(t, operation.Agent.Covers(operation.Agent))
	require.False(t, operation.Agent.Covers(operation.Supervisor))
	require.False(t, operation.Role("root").Covers(operation.Agent))
	require.False(t, operation.Role("").Covers(""))

	require.ElementsMatch(t, []operation.Name{"dnc.check", "sms.send", "campaign.contacts.list", "campaign.contacts.job", "campaigns.list", "agents.list", "ccai.ping"},
		operation.For(operation.CCAI, operation.Agent))
	require.NotContains(t, operation.For(operation.CCAI, operation.Supervisor), operation.DNCRemove)
	require.Contains(t, operation.For(operation.CCAI, operation.Admin), operation.DNCRemove)
	require.Equal(t, []operation.Name{"callbot.ping"}, operation.For(operation.Callbot, operation.Supervisor))
	require.Equal(t, []operation.Name{"callbot.import", "callbot.ping"}, operation.For(operation.Callbot, operation.Admin))
	require.Empty(t, operation.For(operation.CCAI, "root"))
}

func TestFields(t *testing.T) {
	require.Equal(t, []operation.Field{
		{Path: "contacts[].phone_number", Is: "phone", Must: true},
		{Path: "contacts[].expires_at", Is: "time"},
		{Path: "note", In: "ledger", Max: 2000},
	}, find(t, operation.DNCAdd).Fields())
	require.Equal(t, operation.Field{Path: "phone_numbers[]", Is: "phone", Must: true}, find(t, operation.DNCRemove).Field("phone_numbers[]"))
	require.Equal(t, operation.Field{Path: "callInfoList.callList[].params[].name", Must: true, Max: 255},
		find(t, operation.CallbotImport).Field("callInfoList.callList[].params[].name"))
	require.Equal(t, "phone", find(t, operation.ContactsAdd).Field("phone_number").Is, "of the embedded contact")
}
