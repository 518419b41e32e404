// Command generate turns the timezone data of the pinned phonenumbers module into the table of package zone. It is run by
// go generate; its test fails when the table in the repository is not what it would write.
//
// The module gives no access to its data but number by number, so the command reads its file, and fails when that has another
// shape than it knows.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers/v2/metadata"
)

func main() {
	out := flag.String("o", "data.go", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	data, err := pinned()
	if err != nil {
		return err
	}
	fmt.Println(len(data), "bytes")
	return os.WriteFile(out, goFile(data), 0o644)
}

// pinned makes the table from the data of the module that go.mod names.
func pinned() ([]byte, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nyaruka/phonenumbers/v2").Output()
	if err != nil {
		return nil, fmt.Errorf("finding the module: %w", err)
	}
	file, err := os.Open(filepath.Join(strings.TrimSpace(string(dir)), "timezone", "data", "prefix_to_timezone.xml.gz"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	zones, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	return encode(zones)
}

// longest is how many digits of a number package zone looks at, at most.
const longest = 9

// read reads the module's file: the names, separated by line ends, behind their length; how many prefixes; each prefix as the
// difference to the one before it (unsigned varint), how many zones (a byte), and their places among the names (two bytes each).
func read(packed io.Reader) (map[int][]string, error) {
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, err
	}
	r := bytes.NewReader(data)
	var failed error
	number := func(size int) int {
		b := make([]byte, 4)
		if _, err := io.ReadFull(r, b[:size]); err != nil {
			failed = errors.Join(failed, err)
		}
		return int(binary.LittleEndian.Uint32(b))
	}
	length := number(4)
	if failed != nil || length > r.Len() {
		return nil, fmt.Errorf("names of %d bytes in %d", length, len(data))
	}
	text := make([]byte, length)
	io.ReadFull(r, text) //nolint:errcheck // they are there
	names := strings.Split(string(text), "\n")
	for _, name := range names {
		if name == "" || strings.ContainsAny(name, " \t\r") {
			return nil, fmt.Errorf("zone %q", name)
		}
	}
	zones := map[int][]string{}
	prefix := 0
	for range number(4) {
		above, err := binary.ReadUvarint(r)
		if err != nil {
			return nil, fmt.Errorf("behind prefix %d: %w", prefix, err)
		}
		if prefix += int(above); above == 0 || len(strconv.Itoa(prefix)) > longest {
			return nil, fmt.Errorf("prefix %d", prefix)
		}
		for range number(1) {
			at := number(2)
			if failed != nil || at >= len(names) {
				return nil, fmt.Errorf("prefix %d: name %d of %d", prefix, at, len(names))
			}
			zones[prefix] = append(zones[prefix], names[at])
		}
		if len(zones[prefix]) == 0 {
			return nil, fmt.Errorf("prefix %d has no zone", prefix)
		}
	}
	if failed != nil || len(zones) == 0 || r.Len() > 0 {
		return nil, fmt.Errorf("%d prefixes, %d bytes behind them: %w", len(zones), r.Len(), failed)
	}
	return zones, nil
}

// encode writes what load in package zone reads, without the prefixes that say nothing else than a shorter one.
func encode(zones map[int][]string) ([]byte, error) {
	var names, lists []string
	for prefix, list := range zones {
		if slices.Equal(zones[shorter(zones, prefix)], list) {
			delete(zones, prefix)
		}
	}
	for _, prefix := range slices.Sorted(maps.Keys(zones)) {
		names = append(names, zones[prefix]...)
		lists = append(lists, strings.Join(zones[prefix], " "))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	slices.Sort(lists)
	lists = slices.Compact(lists)
	text := strings.Join(names, " ")
	b := binary.AppendUvarint(nil, uint64(len(text)))
	b = append(b, text...)
	b = binary.AppendUvarint(b, uint64(len(lists)))
	for _, list := range lists {
		members := strings.Split(list, " ")
		b = binary.AppendUvarint(b, uint64(len(members)))
		for _, name := range members {
			b = binary.AppendUvarint(b, uint64(slices.Index(names, name)))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(zones)))
	last := 0
	for _, prefix := range slices.Sorted(maps.Keys(zones)) {
		b = binary.AppendUvarint(b, uint64(prefix-last))
		b = binary.AppendUvarint(b, uint64(slices.Index(lists, strings.Join(zones[prefix], " "))))
		last = prefix
	}
	if len(lists) >= 1<<16 {
		return nil, fmt.Errorf("%d lists of zones are more than two bytes can name", len(lists))
	}
	return b, nil
}

// shorter is the longest other prefix that a prefix begins with; 0 if there is none.
func shorter(zones map[int][]string, prefix int) int {
	for prefix /= 10; prefix > 0; prefix /= 10 {
		if _, ok := zones[prefix]; ok {
			break
		}
	}
	return prefix
}

// goFile puts the table into a constant, as that of package engine.
func goFile(data []byte) []byte {
	b := []byte("// Code generated by generate from the timezone data of libphonenumber " + metadata.Version + "; DO NOT EDIT.\n\npackage zone\n\nconst committed = \"\"")
	for line := range slices.Chunk(data, 64) {
		b = append(b, " +\n\t\""...)
		for _, c := range line {
			b = fmt.Appendf(b, "\\x%02x", c)
		}
		b = append(b, '"')
	}
	return append(b, '\n')
}
