package lists

import (
	"encoding/json"
	"slices"
	"strings"

	"outdial/shared/list/plan"
	"outdial/shared/operation"
)

// mapping is what the columns of a list are, kept under a name for the next
// list of its kind. It names headings and nothing else of a file: no cell is
// ever kept.
type mapping struct {
	Name      string            `json:"name"`
	Operation operation.Name    `json:"operation"`
	Phones    []string          `json:"phones"`
	Region    string            `json:"region,omitempty"`
	RegionOf  string            `json:"region_of,omitempty"`
	Fields    map[string]string `json:"fields,omitempty"` // field → heading
	Params    []namedColumn     `json:"params,omitempty"`
}

type namedColumn struct {
	Name    string `json:"name"`
	Heading string `json:"heading"`
}

// mostMappings is how many are kept, the latest first.
const mostMappings = 50

// remember makes a mapping of a plan. ok is false where a heading that it needs
// is empty or stands twice: it could not be found again.
func remember(name string, p plan.Plan, columns []plan.Column) (m mapping, ok bool) {
	ok = true
	heading := func(at int) string {
		if at < 0 || at >= len(columns) {
			ok = false
			return ""
		}
		h := key(columns[at].Heading)
		n := 0
		for _, c := range columns {
			if key(c.Heading) == h {
				n++
			}
		}
		if h == "" || n != 1 {
			ok = false
		}
		return columns[at].Heading
	}
	m = mapping{Name: strings.TrimSpace(name), Operation: p.Operation, Region: p.Region}
	for _, at := range p.Phones {
		m.Phones = append(m.Phones, heading(at))
	}
	if p.RegionColumn >= 0 {
		m.RegionOf = heading(p.RegionColumn)
	}
	for field, at := range p.Fields {
		if at < 0 {
			continue
		}
		if m.Fields == nil {
			m.Fields = map[string]string{}
		}
		m.Fields[field] = heading(at)
	}
	for _, param := range p.Params {
		m.Params = append(m.Params, namedColumn{param.Name, heading(param.Column)})
	}
	return m, ok && m.Name != "" && len(m.Phones) > 0
}

// key brings a heading to the form in which headings are compared.
func key(heading string) string { return strings.ToLower(strings.Join(strings.Fields(heading), " ")) }

func columnOf(heading string, columns []plan.Column) int {
	for i, c := range columns {
		if key(c.Heading) == key(heading) {
			return i
		}
	}
	return -1
}

// headings are those that a mapping needs.
func (m mapping) headings() []string {
	all := slices.Clone(m.Phones)
	if m.RegionOf != "" {
		all = append(all, m.RegionOf)
	}
	for _, h := range m.Fields {
		all = append(all, h)
	}
	for _, p := range m.Params {
		all = append(all, p.Heading)
	}
	return all
}

// fits reports whether a file has every heading that the mapping needs.
func (m mapping) fits(op operation.Name, columns []plan.Column) bool {
	if m.Operation != op || len(m.Phones) == 0 {
		return false
	}
	return !slices.ContainsFunc(m.headings(), func(h string) bool { return columnOf(h, columns) < 0 })
}

// apply makes a plan use the columns as the mapping says.
func (m mapping) apply(p *plan.Plan, columns []plan.Column) {
	p.Phones, p.RegionColumn, p.Fields, p.Params = nil, -1, map[string]int{}, nil
	if m.Region != "" {
		p.Region = m.Region
	}
	for _, h := range m.Phones {
		p.Phones = append(p.Phones, columnOf(h, columns))
	}
	if m.RegionOf != "" {
		p.RegionColumn = columnOf(m.RegionOf, columns)
	}
	for field, h := range m.Fields {
		p.Fields[field] = columnOf(h, columns)
	}
	for _, param := range m.Params {
		p.Params = append(p.Params, plan.Param{Name: param.Name, Column: columnOf(param.Heading, columns)})
	}
}

// found is the mapping that suits a file best: the one that needs most of its
// headings, the latest of equals.
func found(all []mapping, op operation.Name, columns []plan.Column) (best mapping, ok bool) {
	for _, m := range all {
		if m.fits(op, columns) && (!ok || len(m.headings()) > len(best.headings())) {
			best, ok = m, true
		}
	}
	return best, ok
}

// kept puts a mapping in front of the others, in place of the one that had its
// name for the same purpose.
func kept(all []mapping, m mapping) []mapping {
	rest := slices.DeleteFunc(slices.Clone(all), func(o mapping) bool { return o.Name == m.Name && o.Operation == m.Operation })
	rest = append([]mapping{m}, rest...)
	return rest[:min(len(rest), mostMappings)]
}

// without takes a mapping away.
func without(all []mapping, m mapping) []mapping {
	return slices.DeleteFunc(slices.Clone(all), func(o mapping) bool { return o.Name == m.Name && o.Operation == m.Operation })
}

// read reads what the browser keeps; what cannot be read is none.
func read(data string) []mapping {
	var all []mapping
	if json.Unmarshal([]byte(data), &all) != nil {
		return nil
	}
	return all
}
