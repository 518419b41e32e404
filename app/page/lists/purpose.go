package lists

import (
	"slices"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
)

// purposes are what a list can be for, by the operation that its run makes.
// Campaign contacts stand under their import; one by one is a choice made later.
func purposes() []operation.Name {
	return []operation.Name{operation.DNCAdd, operation.DNCRemove, operation.DNCCheck, operation.SMSSend, operation.ContactsImport, operation.CallbotImport}
}

// least is the role that a run of the operation needs: a list is a
// supervisor's work even where an agent may do one at a time.
func least(op operation.Name) operation.Role {
	o, ok := operation.Find(op)
	if !ok || operation.Supervisor.Covers(o.Least) {
		return operation.Supervisor
	}
	return o.Least
}

// rowFields are the fields of an operation's row, beside its number, that a
// column can give, by their documented names.
func rowFields(op operation.Name) []string {
	switch op {
	case operation.DNCAdd:
		return []string{"expires_at"}
	case operation.SMSSend:
		return []string{"outbound_number", "ticket_id", "agentEmail"}
	case operation.ContactsImport, operation.ContactsAdd:
		return []string{"name", "email", "outbound_number", "external_unique_id"}
	case operation.CallbotImport:
		return []string{"userName", "customerName", "other"}
	}
	return nil
}

// writes reports whether the run changes something: only then "sent before"
// means anything.
func writes(op operation.Name) bool {
	o, ok := operation.Find(op)
	return ok && o.Rule.Writes()
}

// reaches reports whether the run leads to people being called or texted:
// calling hours and the do-not-call list concern it.
func reaches(op operation.Name) bool {
	switch op {
	case operation.SMSSend, operation.ContactsImport, operation.ContactsAdd, operation.CallbotImport:
		return true
	}
	return false
}

// What a column can be for, as the lists above the columns have it: a number,
// the country of the row's numbers, a field of the row, a variable.
const (
	asNothing = ""
	asPhone   = "phone"
	asRegion  = "region"
	asParam   = "param"
	asField   = "field:" // and the field's name
)

// use is what a plan uses a column for.
func use(p plan.Plan, column int) string {
	if slices.Contains(p.Phones, column) {
		return asPhone
	}
	if p.RegionColumn == column {
		return asRegion
	}
	for field, at := range p.Fields {
		if at == column {
			return asField + field
		}
	}
	for _, param := range p.Params {
		if param.Column == column {
			return asParam
		}
	}
	return asNothing
}

// assign uses a column for something else. What only one column can be is
// taken from the one that was it before.
func assign(p *plan.Plan, column int, heading, as string) {
	p.Phones = slices.DeleteFunc(slices.Clone(p.Phones), func(c int) bool { return c == column })
	p.Params = slices.DeleteFunc(slices.Clone(p.Params), func(param plan.Param) bool { return param.Column == column })
	fields := map[string]int{}
	for field, at := range p.Fields {
		if at != column && at >= 0 {
			fields[field] = at
		}
	}
	p.Fields = fields
	if p.RegionColumn == column {
		p.RegionColumn = -1
	}
	switch {
	case as == asPhone:
		p.Phones = append(p.Phones, column)
	case as == asRegion:
		p.RegionColumn = column
	case as == asParam:
		p.Params = append(p.Params, plan.Param{Name: free(heading, p.Params), Column: column})
		slices.SortFunc(p.Params, func(a, b plan.Param) int { return a.Column - b.Column })
	case len(as) > len(asField) && as[:len(asField)] == asField:
		p.Fields[as[len(asField):]] = column
	}
}

// free is a name that no variable has yet.
func free(name string, taken []plan.Param) string {
	if name == "" {
		name = "param"
	}
	for free, n := name, 2; ; n++ {
		if !slices.ContainsFunc(taken, func(p plan.Param) bool { return p.Name == free }) {
			return free
		}
		free = name + " " + decimal(n)
	}
}

// prefer moves a number's column one place up, or down, in the order in which
// the numbers of a row are tried.
func prefer(p *plan.Plan, at, by int) {
	if to := at + by; at >= 0 && at < len(p.Phones) && to >= 0 && to < len(p.Phones) {
		p.Phones = slices.Clone(p.Phones)
		p.Phones[at], p.Phones[to] = p.Phones[to], p.Phones[at]
	}
}

// lacks names what has to be decided about columns and fixed fields before rows
// can be judged: codes that the screen explains.
func lacks(p plan.Plan, fixed fixedFields, now string) []string {
	var all []string
	if len(p.Phones) == 0 {
		all = append(all, "phone")
	}
	_, ownOutbound := p.Fields["outbound_number"]
	switch p.Operation {
	case operation.SMSSend:
		if fixed.Outbound == "" && !ownOutbound {
			all = append(all, "outbound")
		}
		if blank(p.Template) {
			all = append(all, "message")
		}
	case operation.ContactsImport, operation.ContactsAdd:
		if fixed.Campaign <= 0 {
			all = append(all, "campaign")
		}
	case operation.CallbotImport:
		if blank(fixed.Task) {
			all = append(all, "task")
		}
	case operation.DNCAdd:
		if fixed.Unsaid {
			all = append(all, "expiry")
		} else if fixed.Limited && p.Expires == "" {
			all = append(all, "expires")
		} else if fixed.Limited && p.Expires <= now {
			all = append(all, "expires_past")
		}
	}
	return all
}

func blank(s string) bool {
	for _, r := range s {
		if r > ' ' {
			return false
		}
	}
	return true
}
