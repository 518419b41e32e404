package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// elementsFile holds go-app's HTML elements, which its own generator writes:
// for each an interface of up to two hundred methods, and a type with all of
// them. Behind an interface, no method is ever left out of a program.
const elementsFile = "pkg/app/html_gen.go"

// methods of an element, by name. Those of all elements are alike but for the
// element that they return.
type methods map[string]*method

type method struct {
	params *ast.FieldList
	result string
	body   string
	forTag map[string]string // bodies of elements that differ, by tag
}

// oneElement writes the same functions and methods over one type for all
// elements, so that a call goes straight to its method and the methods that
// nothing calls are left out.
func oneElement(data []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, elementsFile, data, 0)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	text := func(n ast.Node) string {
		return string(data[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	var b bytes.Buffer
	b.WriteString("package app\n\nimport \"strings\"\n\n")
	b.WriteString("// htmlElem is every element.\ntype htmlElem struct{ htmlElement }\n\n")
	tags := map[string]string{} // type of an element → its tag
	var order []string
	all := methods{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			spec, ok := d.Specs[0].(*ast.TypeSpec)
			if !ok {
				return nil, fmt.Errorf("a declaration that is neither an element nor its interface: %s", nameOf(d))
			}
			switch spec.Type.(type) {
			case *ast.InterfaceType:
				fmt.Fprintf(&b, "type %s = *htmlElem\n\n", spec.Name.Name)
			case *ast.StructType:
			default:
				return nil, fmt.Errorf("%s is neither an element nor its interface", spec.Name.Name)
			}
		case *ast.FuncDecl:
			if d.Recv == nil {
				of, made, err := maker(d, text)
				if err != nil {
					return nil, err
				}
				tags[of.name] = of.tag
				b.WriteString(made)
				continue
			}
			of := strings.TrimPrefix(nameOf(d), "*")
			of, name, _ := strings.Cut(of, ".")
			if _, known := tags[of]; !known {
				return nil, fmt.Errorf("%s has methods, but no function makes one", of)
			}
			body := strings.ReplaceAll(text(d.Body), "(*"+of+")", "(*htmlElem)")
			m := all[name]
			if m == nil {
				m = &method{params: d.Type.Params, result: text(d.Type.Results), body: body, forTag: map[string]string{}}
				if m.result != "HTML" && m.result != "UI" { // those are what interface HTML asks for
					m.result = "*htmlElem"
				}
				all[name] = m
				order = append(order, name)
			}
			if text(m.params) != text(d.Type.Params) {
				return nil, fmt.Errorf("%s of %s takes %s, that of others %s", name, of, text(d.Type.Params), text(m.params))
			}
			if body != m.body {
				m.forTag[tags[of]] = body
			}
		}
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("no elements")
	}
	slices.Sort(order)
	for _, name := range order {
		m := all[name]
		fmt.Fprintf(&b, "func (e *htmlElem) %s%s %s ", name, text(m.params), m.result)
		if len(m.forTag) == 0 {
			b.WriteString(m.body + "\n\n")
			continue
		}
		b.WriteString("{\nswitch e.tag {\n")
		for tag, body := range m.forTag {
			if tag == "" {
				return nil, fmt.Errorf("%s differs for an element without a tag of its own", name)
			}
			fmt.Fprintf(&b, "case %s: %s\n", tag, strings.TrimSuffix(strings.TrimPrefix(body, "{"), "}"))
		}
		b.WriteString("}\n" + strings.TrimPrefix(m.body, "{") + "\n\n")
	}
	out, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	return out, nil
}

// made is what a function makes.
type made struct{ name, tag string }

// maker rewrites the function that makes an element.
func maker(d *ast.FuncDecl, text func(ast.Node) string) (of made, rewritten string, err error) {
	literal := map[string]string{}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if of.name == "" {
				of.name = text(n.Type)
			}
		case *ast.KeyValueExpr:
			literal[text(n.Key)] = text(n.Value)
		}
		return true
	})
	if of.name == "" || literal["tag"] == "" || literal["isSelfClosing"] == "" {
		return made{}, "", fmt.Errorf("%s does not make an element", d.Name.Name)
	}
	for key := range literal {
		switch key {
		case "htmlElement", "tag", "xmlns", "isSelfClosing":
		default:
			return made{}, "", fmt.Errorf("%s makes an element with %s", d.Name.Name, key)
		}
	}
	if strings.HasPrefix(literal["tag"], `"`) {
		of.tag = literal["tag"]
	}
	fields := "tag: " + literal["tag"]
	if xmlns := literal["xmlns"]; xmlns != "" {
		fields += ", xmlns: " + xmlns
	}
	if literal["isSelfClosing"] != "false" {
		fields += ", isSelfClosing: " + literal["isSelfClosing"]
	}
	return of, fmt.Sprintf("func %s%s *htmlElem { return &htmlElem{htmlElement{%s}} }\n\n", d.Name.Name, text(d.Type.Params), fields), nil
}
