package web

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Assets serves the console's files and pages. It is an http.Handler.
type Assets struct {
	byURL   map[string]asset // hashed and plain addresses
	hashed  map[string]bool  // those of byURL that may be kept for good
	shell   asset            // index.html, filled in
	version string
	missing []string
}

// Names inside "static" that have an address of their own, without a hash.
const (
	shellName    = "index.html"
	workerName   = "sw.js"
	manifestName = "manifest.webmanifest"
	faviconName  = "favicon.ico"
)

// New reads "static" and "built" of files, fills in the templates and hashes
// everything. Pages, scripts and the manifest in "static" are templates; they
// may use
//
//	{{.Asset "boot.js"}}  the hashed address of a file
//	{{.Version}}          a hash over everything: it changes when anything does
//	{{.Precache}}         a JSON list: what the console needs offline (in sw.js alone)
//	{{.Routes}}           a JSON list: the addresses of the console's pages
func New(files fs.FS) (*Assets, error) {
	raw, err := readStatic(files)
	if err != nil {
		return nil, err
	}
	built, err := readBuilt(files)
	if err != nil {
		return nil, err
	}
	p := &press{raw: raw, assets: built, version: version(raw, built), named: map[string]bool{}, inHand: map[string]bool{}}
	a := &Assets{byURL: map[string]asset{}, hashed: map[string]bool{}, version: p.version}
	for name := range raw {
		if name == shellName || name == workerName || name == manifestName {
			continue
		}
		if err := p.finish(name); err != nil {
			return nil, err
		}
	}
	for _, one := range p.assets {
		a.byURL["/web/"+one.name] = one
		a.byURL[one.url()] = one
		a.hashed[one.url()] = true
	}
	if one, ok := p.assets[faviconName]; ok {
		a.byURL["/"+faviconName] = one
	}
	if a.shell, err = p.page(shellName); err != nil {
		return nil, err
	}
	for _, name := range []string{manifestName, workerName} { // sw.js lists what the others name: last
		if a.byURL["/"+name], err = p.page(name); err != nil {
			return nil, err
		}
	}
	if a.byURL["/robots.txt"], err = newAsset("robots.txt", []byte("User-agent: *\nDisallow: /\n")); err != nil {
		return nil, err
	}
	a.missing = slices.Compact(slices.Sorted(slices.Values(p.missing)))
	return a, nil
}

// Version is a hash over everything: it changes when any file does.
func (a *Assets) Version() string { return a.version }

// Missing lists the files that the console names but that are not there: those
// of Built on a checkout that was not built. It cannot start without them.
func (a *Assets) Missing() []string { return a.missing }

func readStatic(files fs.FS) (map[string][]byte, error) {
	raw := map[string][]byte{}
	err := fs.WalkDir(files, "static", func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		data, err := fs.ReadFile(files, p)
		raw[strings.TrimPrefix(p, "static/")] = data
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the console's files: %w", err)
	}
	return raw, nil
}

func readBuilt(files fs.FS) (map[string]asset, error) {
	entries, err := fs.ReadDir(files, "built")
	if err != nil {
		return nil, fmt.Errorf("read the built console: %w", err)
	}
	built := map[string]asset{}
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".gz")
		if !ok {
			continue
		}
		gz, err := fs.ReadFile(files, path.Join("built", name+".gz"))
		if err != nil {
			return nil, fmt.Errorf("read the built console: %w", err)
		}
		br, err := fs.ReadFile(files, path.Join("built", name+".br"))
		if err != nil {
			return nil, fmt.Errorf("read the built console: %w", err)
		}
		if built[name], err = builtAsset(name, gz, br); err != nil {
			return nil, fmt.Errorf("read the built console: %w", err)
		}
	}
	return built, nil
}

// version hashes the files as they are written, templates unfilled: those may
// hold the version themselves.
func version(raw map[string][]byte, built map[string]asset) string {
	var lines []string
	for name, data := range raw {
		lines = append(lines, name+" "+contentHash(data))
	}
	for name, one := range built {
		lines = append(lines, "built/"+name+" "+one.hash)
	}
	slices.Sort(lines)
	return contentHash([]byte(strings.Join(lines, "\n")))
}
