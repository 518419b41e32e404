package column_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"outdial/shared/list/column"
	"outdial/shared/list/csv"
	"outdial/shared/list/plan"
	"outdial/shared/list/table"
	"outdial/shared/operation"
)

func read(t *testing.T, file string) *table.Table {
	t.Helper()
	r := csv.NewReader(csv.Options{})
	_, err := r.Write([]byte(file))
	require.NoError(t, err)
	tab, _, err := r.Finish()
	require.NoError(t, err)
	return tab
}

func TestFindHeading(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       int
	}{
		{"headings we know", "name,phone\nAna,0912345678\n", 0},
		{"headings we know, and nothing below", "姓名,電話\n", 0},
		{"headings nobody knows", "wer,wohin\nAna,0912345678\nBo,0912345679\n", 0},
		{"no heading", "Ana,0912345678\nBo,0912345679\n", -1},
		{"numbers alone", "0912345678\n0912345679\n", -1},
		{"one number", "0912345678\n", -1},
		{"ids and numbers", "1,0912345678\n2,0912345679\n", -1},
		{"addresses", "ana@example.com,x\nbo@example.com,y\n", -1},
		{"a title and a blank line above", "Weekly list,\n,\nNom,Téléphone\nRémi,0612345678\n", 2},
		{"a title above one column is data", "list\nfoo\n", -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, column.FindHeading(read(t, tc.file), "TW"))
		})
	}
}

func TestKindsByHeading(t *testing.T) {
	for heading, want := range map[string]column.Kind{
		"Phone Number": column.Phone, "PHONE_NUMBER": column.Phone, "phone_number": column.Phone, "Tél.": column.Phone, "Téléphone": column.Phone, "Numéro de téléphone": column.Phone,
		"電話": column.Phone, "手機號碼": column.Phone, "手机号码": column.Phone, "电话２": column.Phone, "Customer mobile phone": column.Phone, "客戶手機": column.Phone,
		"Fax": column.Fax, "Phone/Fax": column.Fax, "传真": column.Fax,
		"expires_at": column.Expiry, "Date d’expiration": column.Expiry, "到期日": column.Expiry, "有效期": column.Expiry,
		"E-mail": column.Email, "Courriel": column.Email, "電子郵件": column.Email, "邮箱": column.Email,
		"Pays": column.Region, "國家": column.Region, "Country Code": column.Region,
		"Nom": column.Name, "姓名": column.Name, "Prénom": column.GivenName,
		"external_unique_id": column.ExternalID, "客户编号": column.ExternalID,
		"outbound_number": column.Outbound, "Caller ID": column.Outbound,
		"outdial_outcome": column.ResultEnd, "outdial_text": column.Result,
		"colour": "", "": "", "金額": "",
	} {
		t.Run(heading, func(t *testing.T) {
			found := column.Look(read(t, heading+",x\n,\n"), "")
			require.Equal(t, want, found[0].Kind)
		})
	}
}

func TestGuess(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		op         operation.Name
		want       plan.Plan
	}{
		{"several phones, the mobile first", "name,office phone,phone,mobile,fax\nAna,0212345678,0223456789,0912345678,0298765432\n", operation.SMSSend,
			plan.Plan{Phones: []int{3, 2, 1}, Fields: map[string]int{}}},
		{"numbered phones", "Phone 2,Phone 1,name\n0912345678,0912345679,Ana\n", operation.SMSSend,
			plan.Plan{Phones: []int{1, 0}, Fields: map[string]int{}}},
		{"by content alone", "who,whereto,when\nAna,0912345678,2026-01-31\nBo,0912345679,2026-02-28\n", operation.DNCRemove,
			plan.Plan{Phones: []int{1}, Fields: map[string]int{}}},
		{"a campaign", "姓名,電話,電子郵件,客戶編號,國家\n王小明,0912345678,w@example.com,17,TW\n", operation.ContactsImport,
			plan.Plan{Phones: []int{1}, RegionColumn: 4, Fields: map[string]int{"name": 0, "email": 2, "external_unique_id": 3}}},
		{"an expiry", "phone,expires\n0912345678,2030-01-31\n", operation.DNCAdd,
			plan.Plan{Phones: []int{0}, Fields: map[string]int{"expires_at": 1}}},
		{"Callbot: all else is a variable", "phone,name,amount,due\n0912345678,Ana,12,May\n", operation.CallbotImport,
			plan.Plan{Phones: []int{0}, Fields: map[string]int{"userName": 1}, Params: []plan.Param{{Name: "amount", Column: 2}, {Name: "due", Column: 3}}}},
		{"a heading that its cells belie", "phone verified,mobile\nyes,0912345678\nno,0912345679\n", operation.SMSSend,
			plan.Plan{Phones: []int{1}, Fields: map[string]int{}}},
		{"no phone at all", "colour,size\nred,1\n", operation.SMSSend,
			plan.Plan{Phones: []int{}, Fields: map[string]int{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := tc.want
			want.Operation, want.Region, want.Duplicates = tc.op, "TW", plan.First
			if want.RegionColumn == 0 {
				want.RegionColumn = -1
			}
			require.Equal(t, want, column.Guess(column.Look(read(t, tc.file), "TW"), tc.op, "TW"))
		})
	}
}

func TestKnown(t *testing.T) {
	known := column.Known()
	for _, heading := range strings.Split("電話 手机 Téléphone phone_number", " ") {
		require.True(t, known(heading), heading)
	}
	require.False(t, known("筿杠"))
}
