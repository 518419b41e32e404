package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxContacts = 500_000 // of one account
	maxWilling  = 1000    // campaigns of one that is willing
	pageSize    = 100     // contacts on one page of a campaign that pages
)

// duplicateContact is the documented reason of a failed import (docs/api.md, "Campaign contacts").
const duplicateContact = "NativePowerDial::ContactService::DuplicateContactPhoneOnCampaign"

// statuses is every documented status of a contact, in the order of the
// documentation; the English of the last is a translation.
var statuses = []string{
	"Upcoming", "Dialing", "Queued", "Connected", "Finished", "Transferred", "Transferred and Finished", "Not Picked Up",
	"Not Reached to Contact", "Abandoned by Contact", "Skipped", "Skipped & Closed", "Invalid Number", "Carrier Error",
	"Abandoned by Dialer", "Voicemail Hung Up", "Dialer General Error", "Redial Scheduled", "Do Not Call",
	"Invalid outbound number", "Blocked phone number",
}

// jobForm is how a campaign's import tells the job's id. The documentation says
// nothing of it; these are the ways that other calls and other programs show.
type jobForm int

const (
	jobInBody       jobForm = iota // {"id": 530, …} and Link
	jobInLocation                  // Location: …/jobs/530
	jobInBodyJobID                 // {"job_id": 530}
	jobInLink                      // Link: <…/jobs/530>
	jobInHeader                    // x-job-id: 530
	jobNowhere                     // 202 and nothing else, as documented
	jobInBodyAsText                // {"id": "530"}
)

// listForm is how a campaign lists its contacts.
type listForm int

const (
	listWhole   listForm = iota // one array
	listPaged                   // pages of 100 with Link and Total
	listPrinted                 // the five documented fields alone, without id and status
	listWrapped                 // {"contacts": […]}
)

type campaign struct {
	id       int64
	name     string
	mode     string
	status   string
	job      jobForm
	list     listForm
	starts   time.Time
	contacts []*contact
	byPhone  map[string]*contact
}

type contact struct {
	id                           int64
	campaign                     int64
	name, email, phone, outbound string
	external                     string
	status                       string
	created, updated             time.Time
}

// contactFields is a contact as it is sent, and as the documentation lists it.
type contactFields struct {
	Name             string `json:"name"`
	Email            string `json:"email"`
	PhoneNumber      string `json:"phone_number"`
	OutboundNumber   string `json:"outbound_number"`
	ExternalUniqueID string `json:"external_unique_id"`
}

// listedContact is a contact as tenants are seen to list it.
type listedContact struct {
	ID int64 `json:"id"`
	contactFields
	Status    string `json:"status"`
	CreatedAt string `json:"created_at"`
}

// changedContact answers an update or a removal.
type changedContact struct {
	ID            int64   `json:"id"`
	Name          string  `json:"name"`
	CampaignID    int64   `json:"campaign_id"`
	CallID        *int64  `json:"assigned_call_id"`
	ParticipantID *int64  `json:"assigned_participant_id"`
	Outbound      *string `json:"outbound_number"`
	Priority      *int    `json:"priority"`
	CreatedAt     string  `json:"created_at"`
	UpdatedAt     string  `json:"updated_at"`
	Status        string  `json:"status"`
	Metadata      struct {
		Name  string `json:"NAME (REQUIRED)"`
		Phone string `json:"PHONE (REQUIRED)"`
		Email string `json:"EMAIL (REQUIRED)"`
	} `json:"user_custom_metadata"`
}

func (c *contact) fields() contactFields {
	return contactFields{c.name, c.email, c.phone, c.outbound, c.external}
}

func (c *contact) changed() changedContact {
	out := changedContact{ID: c.id, Name: c.name, CampaignID: c.campaign, CreatedAt: stamp(c.created), UpdatedAt: stamp(c.updated), Status: c.status}
	if c.outbound != "" {
		out.Outbound = &c.outbound
	}
	out.Metadata.Name, out.Metadata.Phone, out.Metadata.Email = c.name, c.phone, c.email
	return out
}

// busy tells a contact that somebody is talking to, or about to.
func (c *contact) busy() bool {
	return c.status == "Dialing" || c.status == "Queued" || c.status == "Connected"
}

// campaign finds a campaign; a magic code is an empty one of its own.
func (t *tenant) campaign(id int64, now time.Time) *campaign {
	for _, c := range t.campaigns {
		if c.id == id {
			return c
		}
	}
	code := strconv.FormatInt(id, 10)
	if _, known := magic[code]; !known && (!t.account.Willing || len(t.campaigns) >= maxWilling) {
		return nil
	}
	c := &campaign{id: id, name: "Simulator " + code, mode: "preview", status: "created", starts: now, byPhone: map[string]*contact{}}
	t.campaigns = append(t.campaigns, c)
	return c
}

func noCampaign() answer { return *message(http.StatusNotFound, "Campaign not found") }

func campaignKey(id int64) string { return "campaign:" + strconv.FormatInt(id, 10) }

func campaignMark(id int64) mark { return mark{text: strconv.FormatInt(id, 10)} }

// add puts a contact into a campaign; the phone must be free.
func (t *tenant) add(c *campaign, f contactFields, status string, now time.Time) *contact {
	number, ok := canonical(f.PhoneNumber)
	if !ok {
		number = f.PhoneNumber
	}
	t.contactID++
	t.contacts++
	n := &contact{id: t.contactID, campaign: c.id, name: f.Name, email: f.Email, phone: f.PhoneNumber, outbound: f.OutboundNumber,
		external: f.ExternalUniqueID, status: status, created: now, updated: now}
	c.contacts = append(c.contacts, n)
	c.byPhone[number] = n
	return n
}

func bornStatus(phone string) string {
	switch {
	case mark{phone, true}.code() == "9321":
		return "Connected"
	case !valid(phone):
		return "Invalid Number"
	}
	return "Upcoming"
}

func valid(phone string) bool { _, ok := canonical(phone); return ok }

func (c *ccai) contactsAdd(q *request) (plan, *answer) {
	campaignID, refusal := id(q, "campaign_id")
	if refusal != nil {
		return plan{}, refusal
	}
	var in contactFields
	if refusal := decodeJSON(q, &in); refusal != nil {
		return plan{}, refusal
	}
	p := plan{rows: 1, marks: append(numbers(in.PhoneNumber), campaignMark(campaignID)), keys: []string{key(in.PhoneNumber)}}
	p.do = func(code string) answer {
		t := c.tenant(q)
		to := t.campaign(campaignID, q.now)
		if to == nil {
			return noCampaign()
		}
		return t.addOne(to, in, code, q.now)
	}
	return p, nil
}

func (t *tenant) addOne(to *campaign, in contactFields, code string, now time.Time) answer {
	var out struct {
		Valid   []contactFields `json:"valid_contacts"`
		Invalid []any           `json:"invalid_contacts"`
	}
	out.Valid, out.Invalid = []contactFields{}, []any{}
	number, ok := canonical(in.PhoneNumber)
	reason := ""
	switch {
	case in.PhoneNumber == "":
		reason = "phone_number is required"
	case !ok, code == "9301", code == "9302", code == "9303":
		reason = "phone_number is invalid"
	case to.byPhone[number] != nil:
		reason = "phone_number already exists in this campaign"
	case t.contacts >= maxContacts:
		reason = "the campaign is full"
	case code == "9304":
		return reply(http.StatusOK, out)
	case code == "9305":
		out.Invalid = append(out.Invalid, in)
		return reply(http.StatusOK, out)
	}
	switch {
	case reason == "":
		t.add(to, in, bornStatus(in.PhoneNumber), now)
		out.Valid = append(out.Valid, in)
		return reply(http.StatusOK, out).did()
	case code == "9302":
		out.Invalid = append(out.Invalid, struct {
			contactFields
			Errors []string `json:"errors"`
		}{in, []string{reason, "name is too short"}})
	case code == "9303":
		out.Invalid = append(out.Invalid, in.PhoneNumber+": "+reason)
	default:
		out.Invalid = append(out.Invalid, struct {
			contactFields
			Error string `json:"error"`
		}{in, reason})
	}
	return reply(http.StatusOK, out)
}

func (c *ccai) contactsList(q *request) (plan, *answer) {
	campaignID, refusal := id(q, "campaign_id")
	if refusal != nil {
		return plan{}, refusal
	}
	p := plan{keys: []string{campaignKey(campaignID)}, marks: []mark{campaignMark(campaignID)}}
	p.do = func(string) answer {
		from := c.tenant(q).campaign(campaignID, q.now)
		if from == nil {
			return noCampaign()
		}
		return from.contactList(q)
	}
	return p, nil
}

func (c *campaign) contactList(q *request) answer {
	if c.list == listPrinted {
		all := make([]contactFields, 0, len(c.contacts))
		for _, contact := range c.contacts {
			all = append(all, contact.fields())
		}
		return reply(http.StatusOK, all)
	}
	contacts, header := c.contacts, http.Header(nil)
	if c.list == listPaged {
		contacts, header = pageOf(q, contacts, "per_page", pageSize)
	}
	all := make([]listedContact, 0, len(contacts))
	for _, contact := range contacts {
		all = append(all, listedContact{contact.id, contact.fields(), contact.status, stamp(contact.created)})
	}
	a := reply(http.StatusOK, all)
	if c.list == listWrapped {
		a = reply(http.StatusOK, map[string]any{"contacts": all})
	}
	for name, values := range header {
		a.header[name] = values
	}
	return a
}

func (c *ccai) contactUpdate(q *request) (plan, *answer) {
	campaignID, refusal := id(q, "campaign_id")
	if refusal != nil {
		return plan{}, refusal
	}
	var in struct {
		ContactID        int64   `json:"contact_id"`
		Name             *string `json:"name"`
		Email            *string `json:"email"`
		PhoneNumber      *string `json:"phone_number"`
		ExternalUniqueID *string `json:"external_unique_id"`
	}
	if refusal := decodeJSON(q, &in); refusal != nil {
		return plan{}, refusal
	}
	p := plan{rows: 1, keys: []string{contactKey(in.ContactID)}, marks: []mark{campaignMark(campaignID)}}
	if in.PhoneNumber != nil {
		p.marks = append(numbers(*in.PhoneNumber), p.marks...)
	}
	p.more = func() ([]string, []mark) { return c.named(q, campaignID, in.ContactID) }
	p.do = func(string) answer {
		t := c.tenant(q)
		in2 := t.campaign(campaignID, q.now)
		if in2 == nil {
			return noCampaign()
		}
		if in.ContactID <= 0 {
			return *message(http.StatusBadRequest, "contact_id is required")
		}
		i := in2.find(in.ContactID, "", "")
		if i < 0 {
			return *message(http.StatusNotFound, "Contact not found")
		}
		n := in2.contacts[i]
		if n.busy() {
			return *message(http.StatusBadRequest, contactBusy)
		}
		if in.PhoneNumber != nil && *in.PhoneNumber != n.phone {
			number, ok := canonical(*in.PhoneNumber)
			switch {
			case !ok:
				return *message(http.StatusBadRequest, "phone_number is invalid")
			case in2.byPhone[number] != nil && in2.byPhone[number] != n:
				return *message(http.StatusBadRequest, "phone_number already exists in this campaign")
			}
			in2.free(n)
			in2.byPhone[number] = n
			n.phone = *in.PhoneNumber
			n.status = bornStatus(n.phone)
		}
		set(&n.name, in.Name)
		set(&n.email, in.Email)
		set(&n.external, in.ExternalUniqueID)
		n.updated = q.now
		return reply(http.StatusOK, n.changed()).did()
	}
	return p, nil
}

// contactBusy is our own wording: the vendor documents no refusal of a change.
const contactBusy = "Contact is in an active call"

func contactKey(id int64) string { return "contact:" + strconv.FormatInt(id, 10) }

func set(field *string, to *string) {
	if to != nil {
		*field = *to
	}
}

// free takes a contact's number out of the index.
func (c *campaign) free(n *contact) {
	number, ok := canonical(n.phone)
	if !ok {
		number = n.phone
	}
	if c.byPhone[number] == n {
		delete(c.byPhone, number)
	}
}

// named tells the phone of a contact that is named by its id, so that the
// contact's own magic value acts on it.
func (c *ccai) named(q *request, campaignID, contactID int64) ([]string, []mark) {
	in := c.tenant(q).campaign(campaignID, q.now)
	if in == nil {
		return nil, nil
	}
	if i := in.find(contactID, "", ""); i >= 0 {
		return nil, numbers(in.contacts[i].phone)
	}
	return nil, nil
}

// find looks a contact up: by id where there is one, else by phone, else by
// external id; -1 when there is none. Which wins is nowhere documented.
func (c *campaign) find(id int64, phone, external string) int {
	number, _ := canonical(phone)
	return slices.IndexFunc(c.contacts, func(n *contact) bool {
		switch {
		case id > 0:
			return n.id == id
		case phone != "":
			own, _ := canonical(n.phone)
			return n.phone == phone || number != "" && own == number
		}
		return external != "" && n.external == external
	})
}

func (c *ccai) contactDelete(q *request) (plan, *answer) {
	campaignID, refusal := id(q, "campaign_id")
	if refusal != nil {
		return plan{}, refusal
	}
	var in struct {
		ContactID        int64  `json:"contact_id"`
		PhoneNumber      string `json:"phone_number"`
		ExternalUniqueID string `json:"external_unique_id"`
	}
	if refusal := decodeJSON(q, &in); refusal != nil {
		return plan{}, refusal
	}
	p := plan{rows: 1, marks: append(numbers(in.PhoneNumber), campaignMark(campaignID))}
	switch {
	case in.ContactID > 0:
		p.keys = []string{contactKey(in.ContactID)}
	case in.PhoneNumber != "":
		p.keys = []string{key(in.PhoneNumber)}
	case in.ExternalUniqueID != "":
		p.keys = []string{"external:" + in.ExternalUniqueID}
	}
	p.more = func() ([]string, []mark) { return c.named(q, campaignID, in.ContactID) }
	p.do = func(string) answer {
		t := c.tenant(q)
		from := t.campaign(campaignID, q.now)
		if from == nil {
			return noCampaign()
		}
		if in.ContactID <= 0 && in.PhoneNumber == "" && in.ExternalUniqueID == "" {
			return *message(http.StatusBadRequest, "contact_id, phone_number or external_unique_id is required")
		}
		i := from.find(in.ContactID, in.PhoneNumber, in.ExternalUniqueID)
		if i < 0 {
			return *message(http.StatusNotFound, "Contact not found")
		}
		n := from.contacts[i]
		if n.busy() {
			return *message(http.StatusBadRequest, contactBusy)
		}
		from.free(n)
		from.contacts = slices.Delete(from.contacts, i, i+1)
		t.contacts--
		n.updated = q.now
		return reply(http.StatusOK, n.changed()).did()
	}
	return p, nil
}

// importedFile reads the form field "file".
func importedFile(q *request) ([]contactFields, *answer) {
	bad := func(text string) ([]contactFields, *answer) { return nil, message(http.StatusBadRequest, text) }
	kind, params, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return bad("file is required")
	}
	form := multipart.NewReader(bytes.NewReader(q.body), params["boundary"])
	for {
		part, err := form.NextPart()
		switch {
		case err != nil: // the end, or no form at all
			return bad("file is required")
		case part.FormName() != "file" || part.FileName() == "":
			continue
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return bad("file is required")
		}
		var contacts []contactFields
		if err := json.Unmarshal(data, &contacts); err != nil || len(contacts) == 0 {
			return bad("file is invalid")
		}
		return contacts, nil
	}
}

func (c *ccai) contactsImport(q *request) (plan, *answer) {
	campaignID, refusal := id(q, "campaign_id")
	if refusal != nil {
		return plan{}, refusal
	}
	contacts, refusal := importedFile(q)
	if refusal != nil {
		return plan{keys: []string{campaignKey(campaignID)}}, refusal
	}
	p := plan{rows: len(contacts), keys: make([]string, 0, len(contacts)), marks: make([]mark, 0, len(contacts)+1)}
	p.marks = append(p.marks, campaignMark(campaignID))
	for _, contact := range contacts {
		p.keys = append(p.keys, key(contact.PhoneNumber))
		p.marks = append(p.marks, mark{contact.PhoneNumber, true})
	}
	p.do = func(code string) answer {
		t := c.tenant(q)
		to := t.campaign(campaignID, q.now)
		switch {
		case to == nil:
			return noCampaign()
		case code == "9314":
			return *message(http.StatusBadRequest, "file could not be read")
		}
		return t.start(to, contacts, code, q)
	}
	return p, nil
}

// start begins an import and tells the job's id in the campaign's way.
func (t *tenant) start(to *campaign, contacts []contactFields, code string, q *request) answer {
	j := t.newJob(to, contacts, code, q.now)
	link := strings.TrimSuffix(q.URL.Path, "import") + "jobs/" + strconv.FormatInt(j.id, 10)
	a := answer{status: http.StatusAccepted, header: http.Header{}}
	switch to.job {
	case jobInBody:
		a = reply(http.StatusAccepted, struct {
			ID     int64  `json:"id"`
			Status string `json:"status"`
			Link   string `json:"link"`
		}{j.id, "created", origin(q) + link})
		a.header.Set("Link", "<"+origin(q)+link+`>; rel="status"`)
	case jobInBodyJobID:
		a = reply(http.StatusAccepted, map[string]int64{"job_id": j.id})
	case jobInBodyAsText:
		a = reply(http.StatusAccepted, map[string]string{"id": strconv.FormatInt(j.id, 10)})
	case jobInLocation:
		a.header.Set("Location", origin(q)+link)
	case jobInLink:
		a.header.Set("Link", "<"+origin(q)+link+`>; rel="status"`)
	case jobInHeader:
		a.header.Set("X-Job-Id", strconv.FormatInt(j.id, 10))
	case jobNowhere:
	}
	return a.did()
}
