package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	html "html/template"
	"path"
	"slices"
	text "text/template"
)

// press makes assets of the files as they are written. Its exported methods are
// what templates see.
type press struct {
	raw     map[string][]byte // by name, as written
	assets  map[string]asset  // by name, finished
	version string
	named   map[string]bool // by a template: the console uses it
	missing []string        // named, but not there
	inHand  map[string]bool // being finished: a file that comes up again names itself
}

// finish makes one file an asset, after those that it names.
func (p *press) finish(name string) error {
	if _, done := p.assets[name]; done {
		return nil
	}
	one, err := p.page(name)
	if err != nil {
		return err
	}
	p.assets[name] = one
	return nil
}

// page fills in one file. What it becomes is not kept under a hashed address.
func (p *press) page(name string) (asset, error) {
	data, ok := p.raw[name]
	if !ok {
		return asset{}, fmt.Errorf("static/%s is missing", name)
	}
	if p.inHand[name] {
		return asset{}, fmt.Errorf("static/%s names itself by way of others", name)
	}
	p.inHand[name] = true
	defer delete(p.inHand, name)
	filled, err := p.fill(name, data)
	if err != nil {
		return asset{}, fmt.Errorf("fill in static/%s: %w", name, err)
	}
	return newAsset(name, filled)
}

func (p *press) fill(name string, data []byte) ([]byte, error) {
	var out bytes.Buffer
	switch path.Ext(name) {
	case ".html":
		t, err := html.New(name).Parse(string(data))
		if err != nil {
			return nil, err
		}
		err = t.Execute(&out, p)
		return out.Bytes(), err
	case ".js", ".webmanifest":
		t, err := text.New(name).Parse(string(data))
		if err != nil {
			return nil, err
		}
		err = t.Execute(&out, p)
		return out.Bytes(), err
	}
	return data, nil
}

// Asset is the hashed address of a file. One that is not there keeps its plain
// address, which leads nowhere, and is told by Assets.Missing.
func (p *press) Asset(name string) (string, error) {
	if _, written := p.raw[name]; written {
		if err := p.finish(name); err != nil {
			return "", err
		}
	}
	p.named[name] = true
	one, ok := p.assets[name]
	if !ok {
		p.missing = append(p.missing, name)
		return "/web/" + name, nil
	}
	return one.url(), nil
}

// Version is a hash over everything.
func (p *press) Version() string { return p.version }

// Precache lists what the console needs offline, as JSON: its page and every
// file that a template names.
func (p *press) Precache() (string, error) {
	urls := []string{"/", "/" + manifestName}
	for name := range p.named {
		if one, ok := p.assets[name]; ok {
			urls = append(urls, one.url())
		}
	}
	slices.Sort(urls)
	return list(urls)
}

// Routes lists the addresses of the console's pages, as JSON.
func (p *press) Routes() (string, error) { return list(append([]string{"/"}, Routes()...)) }

func list(texts []string) (string, error) {
	data, err := json.Marshal(texts)
	return string(data), err
}
