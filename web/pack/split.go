package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// restName is the program with the pages that nobody starts with. The console
// loads it once it can be used.
const restName = "rest.wasm"

// restOf are the packages whose functions are in it. The shell knows them too:
// see Rest in app/shell.
var restOf = []string{
	"outdial/app/page/callbot", "outdial/app/page/campaign", "outdial/app/page/help",
	"outdial/app/page/ledger", "outdial/app/page/lists", "outdial/app/page/runs",
}

// split takes the functions of some packages out of a Go program. What is left
// is the program, with a stub for each that calls what the second one puts
// into the table; the second one uses the memory, the table and the registers
// of the first, so that together they are the program that was built. The
// program must have the names of its functions (no -ldflags=-s); they are left
// out of both.
//
// What runs at start stays: the functions that initialise those packages, and
// what they call.
func split(data []byte, packages []string) (first, second []byte, err error) {
	m, err := parse(data)
	if err != nil {
		return nil, nil, err
	}
	moved, err := m.moved(packages)
	if err != nil {
		return nil, nil, err
	}
	if second, err = m.second(moved); err != nil {
		return nil, nil, err
	}
	return m.first(moved), second, nil
}

// Sections and opcodes of the WebAssembly binary format.
const (
	customSection, typeSection, importSection, functionSection = 0, 1, 2, 3
	tableSection, memorySection, globalSection, exportSection  = 4, 5, 6, 7
	elementSection, codeSection                                = 9, 10

	funcref            = 0x70
	external           = 0 // kinds of imports and exports: 0 function, 1 table, 2 memory, 3 global
	opCall, opIndirect = 0x10, 0x11
	opLocalGet         = 0x20
)

// module is a program as Go's linker writes it: one table that holds every
// function, one memory, and registers as mutable globals.
type module struct {
	sections  []section
	hosts     int        // imported functions: the first of the index space
	types     []uint64   // of each function that is defined here
	bodies    [][]byte   // of the same, with their locals
	names     []string   // of the same
	slots     []uint64   // their places in the table
	table     uint64     // its length
	globals   [][]byte   // value type and mutability of each
	signature uint64     // the type of Go's functions: (i32) → i32
	calls     [][]uint64 // which functions each one calls by name
}

type section struct {
	kind byte
	body []byte
}

func parse(data []byte) (*module, error) {
	if len(data) < 8 || string(data[:8]) != "\x00asm\x01\x00\x00\x00" {
		return nil, errNotWasm
	}
	m := &module{}
	r := reader{data: data, at: 8}
	for r.at < len(data) {
		s := section{kind: r.byte()}
		s.body = r.bytes(r.unsigned())
		if r.err != nil {
			return nil, r.err
		}
		m.sections = append(m.sections, s)
	}
	for _, s := range m.sections {
		if err := m.read(s); err != nil {
			return nil, err
		}
	}
	if len(m.bodies) == 0 || len(m.bodies) != len(m.types) || len(m.names) != len(m.types) || len(m.slots) != len(m.types) {
		return nil, fmt.Errorf("%d functions, %d types, %d names, %d places in the table: the program is not as Go's linker writes it, or without names",
			len(m.bodies), len(m.types), len(m.names), len(m.slots))
	}
	for i, body := range m.bodies {
		var called []uint64
		if _, err := m.rewritten(body, func(f uint64) ([]byte, error) {
			called = append(called, f)
			return nil, nil
		}); err != nil {
			return nil, fmt.Errorf("%s: %w", m.names[i], err)
		}
		m.calls = append(m.calls, called)
	}
	return m, nil
}

var errShape = errors.New("the program is not as Go's linker writes it")

func (m *module) read(s section) error {
	r := &reader{data: s.body}
	count := uint64(0)
	if s.kind != customSection {
		if count = r.unsigned(); count > uint64(len(s.body)) {
			return errShort
		}
	}
	switch s.kind {
	case typeSection:
		m.signature = count
		for i := range count {
			from := r.at
			form := r.byte()
			r.bytes(r.unsigned())
			r.bytes(r.unsigned())
			if r.err == nil && form == 0x60 && string(s.body[from:r.at]) == "\x60\x01\x7f\x01\x7f" {
				m.signature = i
			}
		}
		if m.signature == count {
			return errShape
		}
	case importSection:
		for range count {
			r.bytes(r.unsigned())
			r.bytes(r.unsigned())
			if r.byte() != external {
				return errShape
			}
			r.unsigned()
			m.hosts++
		}
	case functionSection:
		for range count {
			m.types = append(m.types, r.unsigned())
		}
	case tableSection:
		kind, limits := r.byte(), r.byte()
		m.table = r.unsigned()
		if count != 1 || kind != funcref || limits > 1 {
			return errShape
		}
		if limits == 1 {
			r.unsigned()
		}
	case globalSection:
		for range count {
			m.globals = append(m.globals, r.bytes(2))
			switch r.byte() {
			case i32Const, i32Const + 1: // and i64.const
				r.signed()
			default:
				return errShape
			}
			if r.byte() != end {
				return errShape
			}
		}
	case elementSection:
		kind, opcode := r.unsigned(), r.byte()
		at := uint64(r.signed())
		if count != 1 || kind != active || opcode != i32Const || r.byte() != end {
			return errShape
		}
		many := r.unsigned()
		if many > uint64(len(s.body)) {
			return errShort
		}
		m.slots = make([]uint64, len(m.types))
		for i := range many {
			f := r.unsigned()
			if own := f - uint64(m.hosts); own < uint64(len(m.slots)) {
				m.slots[own] = at + i
			}
		}
	case codeSection:
		for range count {
			m.bodies = append(m.bodies, r.bytes(r.unsigned()))
		}
	case customSection:
		if string(r.bytes(r.unsigned())) == "name" {
			m.readNames(r)
		}
	}
	return r.err
}

// readNames reads the names of functions; a slash in them is written as "_".
func (m *module) readNames(r *reader) {
	for r.err == nil && r.at < len(r.data) {
		kind := r.byte()
		sub := reader{data: r.bytes(r.unsigned())}
		if kind != 1 {
			continue
		}
		count := sub.unsigned()
		if count > uint64(len(sub.data)) {
			return
		}
		names := map[uint64]string{}
		for range count {
			f := sub.unsigned()
			names[f] = string(sub.bytes(sub.unsigned()))
		}
		m.names = nil
		for i := range m.types {
			m.names = append(m.names, names[uint64(i+m.hosts)])
		}
	}
}

// moved are the functions of the packages, in their order, but for those that
// run at start.
func (m *module) moved(packages []string) ([]int, error) {
	of := make([]string, len(m.names)) // what follows the package in the name
	found := map[string]bool{}
	for i, name := range m.names {
		for _, p := range packages {
			if rest, ok := strings.CutPrefix(name, strings.ReplaceAll(p, "/", "_")+"."); ok && m.types[i] == m.signature {
				of[i] = rest
				found[p] = true
			}
		}
	}
	for _, p := range packages {
		if !found[p] {
			return nil, fmt.Errorf("the program has no function of %s", p)
		}
	}
	stays := make([]bool, len(m.names))
	var stay func(i int)
	stay = func(i int) {
		if of[i] == "" || stays[i] {
			return
		}
		stays[i] = true
		for _, f := range m.calls[i] {
			if own := int(f) - m.hosts; own >= 0 && own < len(of) {
				stay(own)
			}
		}
	}
	for i, rest := range of {
		if rest == "init" || strings.HasPrefix(rest, "init.") || strings.HasPrefix(rest, "map.init.") {
			stay(i)
		}
	}
	var all []int
	for i := range of {
		if of[i] != "" && !stays[i] {
			all = append(all, i)
		}
	}
	return all, nil
}

// first writes the program with stubs.
func (m *module) first(moved []int) []byte {
	stub := map[int][]byte{}
	for n, i := range moved {
		body := []byte{0, opLocalGet, 0, i32Const}
		body = appendSigned(body, int64(m.table)+int64(n))
		body = append(body, opIndirect)
		body = binary.AppendUvarint(body, m.signature)
		stub[i] = append(body, 0, end)
	}
	out := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range m.sections {
		body := s.body
		switch s.kind {
		case customSection:
			if r := (reader{data: body}); string(r.bytes(r.unsigned())) == "name" {
				continue
			}
		case tableSection:
			size := m.table + uint64(len(moved))
			body = binary.AppendUvarint(binary.AppendUvarint([]byte{1, funcref, 1}, size), size)
		case exportSection:
			body = m.exports(body)
		case codeSection:
			body = binary.AppendUvarint(nil, uint64(len(m.bodies)))
			for i, b := range m.bodies {
				if short, ok := stub[i]; ok {
					b = short
				}
				body = append(binary.AppendUvarint(body, uint64(len(b))), b...)
			}
		}
		out = appendSection(out, s.kind, body)
	}
	return out
}

// exports adds what the second program shares: "table", and "0", "1" and so on
// for the registers. The memory is exported already, as "mem".
func (m *module) exports(body []byte) []byte {
	r := reader{data: body}
	out := binary.AppendUvarint(nil, r.unsigned()+1+uint64(len(m.globals)))
	out = append(out, body[r.at:]...)
	out = append(appendText(out, "table"), 1, 0)
	for i := range m.globals {
		out = append(appendText(out, fmt.Sprint(i)), 3)
		out = binary.AppendUvarint(out, uint64(i))
	}
	return out
}

// second writes the program with the functions that were moved.
func (m *module) second(moved []int) ([]byte, error) {
	out := []byte("\x00asm\x01\x00\x00\x00")
	own := map[int]uint64{}
	for n, i := range moved {
		own[i] = uint64(n) // it imports no functions
	}
	for _, s := range m.sections {
		if s.kind == typeSection {
			out = appendSection(out, typeSection, s.body)
		}
	}
	imports := binary.AppendUvarint(nil, uint64(2+len(m.globals)))
	imports = append(appendText(appendText(imports, "go"), "table"), 1, funcref, 0)
	imports = binary.AppendUvarint(imports, m.table+uint64(len(moved)))
	imports = append(appendText(appendText(imports, "go"), "mem"), 2, 0, 0)
	for i, g := range m.globals {
		imports = append(append(appendText(appendText(imports, "go"), fmt.Sprint(i)), 3), g...)
	}
	out = appendSection(out, importSection, imports)

	functions := binary.AppendUvarint(nil, uint64(len(moved)))
	for range moved {
		functions = binary.AppendUvarint(functions, m.signature)
	}
	out = appendSection(out, functionSection, functions)

	// Where the stubs look, and once more in the stubs' own places, so that
	// whoever calls by the table needs no stub.
	at := func(out []byte, slot uint64, functions []uint64) []byte {
		out = append(appendSigned(append(out, active, i32Const), int64(slot)), end)
		out = binary.AppendUvarint(out, uint64(len(functions)))
		for _, f := range functions {
			out = binary.AppendUvarint(out, f)
		}
		return out
	}
	all := make([]uint64, len(moved))
	for n := range all {
		all[n] = uint64(n)
	}
	elements := at(nil, m.table, all)
	count := uint64(1)
	for from := 0; from < len(moved); {
		to := from + 1
		for to < len(moved) && m.slots[moved[to]] == m.slots[moved[to-1]]+1 {
			to++
		}
		elements = at(elements, m.slots[moved[from]], all[from:to])
		count++
		from = to
	}
	out = appendSection(out, elementSection, append(binary.AppendUvarint(nil, count), elements...))

	code := binary.AppendUvarint(nil, uint64(len(moved)))
	for _, i := range moved {
		body, err := m.rewritten(m.bodies[i], func(f uint64) ([]byte, error) {
			if f < uint64(m.hosts) {
				return nil, errors.New("calls the host, as only the runtime does")
			}
			of := int(f) - m.hosts
			if n, ok := own[of]; ok {
				return binary.AppendUvarint([]byte{opCall}, n), nil
			}
			call := appendSigned([]byte{i32Const}, int64(m.slots[of]))
			call = binary.AppendUvarint(append(call, opIndirect), m.types[of])
			return append(call, 0), nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.names[i], err)
		}
		code = append(binary.AppendUvarint(code, uint64(len(body))), body...)
	}
	return appendSection(out, codeSection, code), nil
}

// rewritten walks a function and puts in place of every call by name what call
// gives for it; nil leaves it.
func (m *module) rewritten(body []byte, call func(f uint64) ([]byte, error)) ([]byte, error) {
	r := &reader{data: body}
	for range r.unsigned() { // locals, in groups of one type
		r.unsigned()
		r.byte()
	}
	var out []byte
	done := 0
	for r.err == nil && r.at < len(body) {
		from := r.at
		switch op := r.byte(); {
		case op == opCall:
			f := r.unsigned()
			if f >= uint64(m.hosts+len(m.types)) {
				return nil, errShape
			}
			instead, err := call(f)
			if err != nil {
				return nil, err
			}
			if instead != nil {
				out = append(append(out, body[done:from]...), instead...)
				done = r.at
			}
		case op == opIndirect:
			r.unsigned()
			r.unsigned()
		case 0x02 <= op && op <= 0x04: // block, loop, if
			r.signed()
		case op == 0x0c || op == 0x0d: // br, br_if
			r.unsigned()
		case op == 0x0e: // br_table
			n := r.unsigned()
			if n > uint64(len(body)) {
				return nil, errShort
			}
			for range n + 1 {
				r.unsigned()
			}
		case 0x20 <= op && op <= 0x24: // locals and globals
			r.unsigned()
		case 0x28 <= op && op <= 0x3e: // loads and stores
			r.unsigned()
			r.unsigned()
		case op == 0x3f || op == 0x40: // memory.size, memory.grow
			r.byte()
		case op == 0x41 || op == 0x42: // i32.const, i64.const
			r.signed()
		case op == 0x43:
			r.bytes(4)
		case op == 0x44:
			r.bytes(8)
		case op == 0xfc:
			switch n := r.unsigned(); {
			case n <= 7: // saturating conversions
			case n == 10: // memory.copy
				r.bytes(2)
			case n == 11: // memory.fill
				r.byte()
			default:
				return nil, fmt.Errorf("an instruction 0xfc %d that web/pack does not know", n)
			}
		case op <= 0x01, op == 0x05, op == end, op == 0x0f, op == 0x1a, op == 0x1b, 0x45 <= op && op <= 0xc4:
		default:
			return nil, fmt.Errorf("an instruction %#x that web/pack does not know", op)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return append(out, body[done:]...), nil
}

func appendSection(out []byte, kind byte, body []byte) []byte {
	out = binary.AppendUvarint(append(out, kind), uint64(len(body)))
	return append(out, body...)
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}
