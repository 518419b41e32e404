// Package column finds out what the columns of a list hold, by their headings in
// the four languages of the console and by what stands in them.
package column

import (
	"strings"
	"unicode"
)

// Kind is what a column holds, as far as its heading tells.
type Kind string

const (
	Phone        Kind = "phone"
	Region       Kind = "region" // a country, for numbers without one
	Outbound     Kind = "outbound_number"
	Name         Kind = "name"
	GivenName    Kind = "given_name"
	FamilyName   Kind = "family_name"
	Customer     Kind = "customer" // a company or account, beside the person's name
	Email        Kind = "email"
	ExternalID   Kind = "external_id"
	Expiry       Kind = "expiry"
	Ticket       Kind = "ticket"
	AgentEmail   Kind = "agent_email"
	AgentID      Kind = "agent_id"
	Order        Kind = "order"
	Other        Kind = "other"
	Fax          Kind = "fax" // a number that nobody is called at
	Result       Kind = "result"
	ResultSent   Kind = "outdial_sent"
	ResultEnd    Kind = "outdial_outcome"
	ResultReason Kind = "outdial_reason"
	ResultRun    Kind = "outdial_run"
)

// headings are the words that people and programs write above columns: English,
// French, and Chinese in both ways of writing, as Key makes them. The order
// within phones is the order of preference among several: a mobile phone is
// where a person is reached, an office is not.
var headings = map[Kind]string{
	Outbound: "outboundnumber outboundphone callerid fromnumber numerosortant numeroappelant 外撥號碼 主叫號碼 發話號碼 外呼号码 主叫号码 来电显示",
	Region: "country countrycode countryiso iso pays codepays dialcode callingcode indicatif indicatifpays " +
		"國家 國別 國碼 國家代碼 國家地區 国家 国别 国家代码 国家地区 区号代码",
	Name: "name fullname contactname username customername contact person nom nomcomplet nometprenom prenometnom nomduclient nomducontact " +
		"姓名 名字 名稱 聯絡人 聯絡人姓名 客戶姓名 使用者名稱 名称 联系人 联系人姓名 客户姓名 用户名",
	GivenName:  "firstname givenname forename prenom 名",
	FamilyName: "lastname familyname surname nomdefamille 姓 姓氏",
	Customer: "customer client company companyname account accountname organisation organization entreprise societe raisonsociale " +
		"客戶 客戶名稱 公司 公司名稱 帳戶 客户 客户名称 公司名称 企业 账户",
	Email: "email emailaddress mail courriel adressecourriel adresseemail adressemail 電子郵件 電郵 信箱 電子信箱 邮箱 电子邮件 电子邮箱 邮件",
	ExternalID: "externaluniqueid externalid externaluid contactid customerid customernumber clientid accountid accountnumber crmid id uid reference ref " +
		"identifiant idexterne numeroclient numerodeclient 客戶編號 會員編號 編號 外部編號 外部識別碼 客户编号 会员编号 编号 外部编号 外部标识 客户号",
	Expiry: "expiresat expiredat expires expiry expirydate expirationdate expiration expireson validuntil until enddate dateexpiration datedexpiration expirele finde validite datedefin echeance valablejusquau " +
		"到期日 到期日期 到期時間 有效期限 有效期 截止日 截止日期 失效日 失效日期 到期时间 失效时间",
	Ticket:     "ticketid ticket case caseid casenumber numeroticket dossier 工單 工單編號 案件編號 工单 工单编号 工单号",
	AgentEmail: "agentemail agentmail courrielagent emailagent 專員電子郵件 客服信箱 坐席邮箱 客服邮箱",
	AgentID:    "agentid idagent 專員編號 客服編號 坐席编号 坐席工号 客服编号",
	Order:      "orderid ordernumber commande numerodecommande 訂單編號 訂單號 订单编号 订单号",
	Other:      "other note notes remark remarks comment comments autre remarque commentaire 備註 其他 備考 备注 其它 说明",
	Fax:        "fax faxnumber telecopie telecopieur 傳真 傳真號碼 传真 传真号码",
}

var phones = []string{
	"userphone phonenumber endusernumber mobile mobilephone mobilenumber cell cellphone cellnumber cellular gsm portable mobilephonenumber telephoneportable telportable numeroportable numerodeportable numeromobile " +
		"手機 手機號碼 手機號 行動電話 行動電話號碼 手机 手机号 手机号码 移动电话",
	"phone telephone tel telnumber telno phoneno telephonenumber number contactnumber contactphone callednumber dnis msisdn e164 whatsapp numero numerodetelephone notel " +
		"電話 電話號碼 聯絡電話 號碼 連絡電話 电话 电话号码 联系电话 号码 被叫号码 被叫號碼 受話號碼",
	"home homephone homenumber landline domicile telephonedomicile telephonefixe fixe telfixe " +
		"家用電話 住家電話 市話 室內電話 住宅電話 家庭电话 固定电话 座机 住宅电话",
	"work workphone office officephone business businessphone bureau telephonebureau telbureau professionnel telephoneprofessionnel " +
		"公司電話 辦公電話 辦公室電話 公司电话 办公电话 单位电话",
	"alternate alternatephone otherphone secondary secondaryphone backup autretelephone telephonesecondaire 備用電話 其他電話 备用电话 其他电话",
}

// parts are words that make a phone column of a longer heading, such as
// "Customer mobile phone".
var parts = []string{"phone", "mobile", "telephone", "portable", "手機", "行動電話", "電話", "手机", "电话"}

// Key brings a heading to the form in which headings are compared: letters and
// digits alone, small, without accents, full-width ones as ordinary ones.
func Key(heading string) string {
	return strings.Map(func(r rune) rune {
		if 0xFF01 <= r && r <= 0xFF5E {
			r -= 0xFEE0
		}
		r = unicode.ToLower(r)
		if plain, ok := accents[r]; ok {
			r = plain
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, heading)
}

var accents = map[rune]rune{'é': 'e', 'è': 'e', 'ê': 'e', 'ë': 'e', 'à': 'a', 'â': 'a', 'ä': 'a', 'î': 'i', 'ï': 'i', 'ô': 'o', 'ö': 'o', 'ù': 'u', 'û': 'u', 'ü': 'u', 'ç': 'c', 'á': 'a', 'í': 'i', 'ó': 'o', 'ú': 'u', 'ñ': 'n'}

// word is what a heading is known as.
type word struct {
	kind Kind
	rank int // among phones: the smaller, the better
}

// book has every heading we know.
type book map[string]word

func newBook() book {
	b := book{}
	for kind, words := range headings {
		for _, text := range strings.Fields(words) {
			b[text] = word{kind: kind}
		}
	}
	for rank, words := range phones {
		for _, text := range strings.Fields(words) {
			b[text] = word{kind: Phone, rank: 10 * rank}
		}
	}
	for _, kind := range []Kind{ResultSent, ResultEnd, ResultReason, ResultRun} {
		b[Key(string(kind))] = word{kind: kind}
	}
	return b
}

// look finds what a heading says. exact is false where it only holds a word that
// phone columns have.
func (b book) look(heading string) (found word, exact, ok bool) {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(heading)), "outdial_") {
		if w, known := b[Key(heading)]; known {
			return w, true, true
		}
		return word{kind: Result}, true, true
	}
	key := Key(heading)
	if key == "" {
		return word{}, false, false
	}
	if w, known := b[key]; known {
		return w, true, true
	}
	// "Phone 2", "電話2", "Email (1)"
	if bare := strings.TrimRight(key, "0123456789"); bare != "" && bare != key {
		if w, known := b[bare]; known {
			if w.kind == Phone {
				w.rank += min(9, int(key[len(key)-1]-'0'))
			}
			return w, true, true
		}
	}
	for _, part := range parts {
		if !strings.Contains(key, part) {
			continue
		}
		for _, fax := range []string{"fax", "傳真", "传真"} {
			if strings.Contains(key, fax) {
				return word{kind: Fax}, false, true
			}
		}
		return word{kind: Phone, rank: 15}, false, true
	}
	return word{}, false, false
}

// Known makes a function that reports whether a heading is one we know.
func Known() func(heading string) bool {
	b := newBook()
	return func(heading string) bool {
		_, exact, ok := b.look(heading)
		return ok && exact
	}
}
