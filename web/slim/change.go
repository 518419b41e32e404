package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The declarations that stand in for others: files of the module's packages,
// which only compile there.
//
//go:embed _app/*.go _errors/*.go
var instead embed.FS

// change says what becomes of one file of the module.
type change struct {
	file  string
	whole bool              // all of it is left out, …
	gone  []string          // … or these declarations
	ours  map[string]string // declarations of the file that something stands in for, with the digest of those that were seen
}

// packages are the ones that the console uses.
var packages = []string{"pkg/app", "pkg/errors"}

// slim reads the module's source in from and returns the copy's files by their
// path.
func slim(from string) (map[string][]byte, error) {
	files, err := read(from)
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, c := range changes {
		data, ok := files[c.file]
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s is gone", c.file))
			continue
		}
		if files[c.file], err = c.apply(data); err != nil {
			wrong = append(wrong, err)
		}
		if c.whole {
			delete(files, c.file)
		}
	}
	if files[elementsFile], err = oneElement(files[elementsFile]); err != nil {
		wrong = append(wrong, fmt.Errorf("%s: %w", elementsFile, err))
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%s is not as web/slim knows it:\n%w", module, errors.Join(wrong...))
	}
	for _, dir := range []string{"_app", "_errors"} {
		stand, err := instead.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("read what stands in: %w", err)
		}
		for _, f := range stand {
			data, err := instead.ReadFile(dir + "/" + f.Name())
			if err != nil {
				return nil, fmt.Errorf("read what stands in: %w", err)
			}
			files[path.Join("pkg", dir[1:], "outdial_"+f.Name())] = data
		}
	}
	return files, nil
}

// read reads the module's packages and go.mod.
func read(from string) (map[string][]byte, error) {
	names := []string{"go.mod"}
	for _, dir := range packages {
		all, err := os.ReadDir(filepath.Join(from, filepath.FromSlash(dir)))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", module, err)
		}
		for _, f := range all {
			if name := f.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				names = append(names, path.Join(dir, name))
			}
		}
	}
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", module, err)
		}
		files[name] = data
	}
	return files, nil
}

// apply takes declarations out of a file, and the imports that nothing needs
// any more.
func (c change) apply(data []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, c.file, data, 0) // comments would be left without what they are about
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", c.file, err)
	}
	var wrong []error
	out := map[string]bool{}
	for _, name := range c.gone {
		out[name] = true
	}
	for name := range c.ours {
		out[name] = true
	}
	found := map[string]bool{}
	kept := file.Decls[:0:0]
	for _, d := range file.Decls {
		name := nameOf(d)
		if _, known := c.ours[name]; c.whole && name == "init" && !known {
			wrong = append(wrong, fmt.Errorf("%s does something at start now: it cannot be left out unseen", c.file))
		}
		if !out[name] {
			kept = append(kept, d)
			continue
		}
		found[name] = true
		if known, ok := c.ours[name]; ok {
			is, err := digest(fset, d)
			if err != nil {
				return nil, err
			}
			if is != known {
				wrong = append(wrong, fmt.Errorf("%s: %s changed, and web/slim stands in for it: compare the two, then note %s", c.file, name, is))
			}
		}
	}
	for name := range out {
		if !found[name] {
			wrong = append(wrong, fmt.Errorf("%s: %s is gone", c.file, name))
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	if c.whole {
		return nil, nil
	}
	file.Decls = kept
	dropImports(file)
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), file); err != nil {
		return nil, fmt.Errorf("write %s: %w", c.file, err)
	}
	return b.Bytes(), nil
}

// nameOf names a declaration: "New", "Context.Encrypt"; a group by its first
// name, imports not at all.
func nameOf(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		of := d.Recv.List[0].Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if ident, ok := of.(*ast.Ident); ok {
			return ident.Name + "." + d.Name.Name
		}
	case *ast.GenDecl:
		if len(d.Specs) == 0 {
			return ""
		}
		switch s := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return s.Name.Name
		case *ast.ValueSpec:
			return s.Names[0].Name
		}
	}
	return ""
}

// digest tells two versions of a declaration apart, comments and spaces aside.
func digest(fset *token.FileSet, d ast.Decl) (string, error) {
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, d); err != nil {
		return "", fmt.Errorf("write a declaration: %w", err)
	}
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(b.String()), " ")))
	return hex.EncodeToString(sum[:4]), nil
}

// dropImports takes out the imports that the rest of the file does not name.
func dropImports(file *ast.File) {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := s.X.(*ast.Ident); ok {
				used[pkg.Name] = true
			}
		}
		return true
	})
	unused := func(s ast.Spec) bool {
		i, ok := s.(*ast.ImportSpec)
		if !ok || i.Name != nil {
			return false
		}
		name, err := strconv.Unquote(i.Path.Value)
		return err == nil && !used[path.Base(name)]
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			return false
		}
		g.Specs = slices.DeleteFunc(g.Specs, unused)
		return len(g.Specs) == 0
	})
	file.Imports = slices.DeleteFunc(file.Imports, func(i *ast.ImportSpec) bool { return unused(i) })
}
