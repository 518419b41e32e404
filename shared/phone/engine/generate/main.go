// Command generate turns libphonenumber's metadata, as compiled into the pinned phonenumbers module, into the tables of package
// engine. It is run by go generate; its test fails when the tables in the repository are not what it would write.
//
// Every regular expression of the metadata that is matched against a whole number becomes part of an acyclic automaton over
// digits. What only looks at the beginning of a number and cuts it (national and international prefixes) becomes a short
// program for the engine's matcher, which tries the alternatives in the order the expression gives them.
//
// It fails, rather than write tables that answer differently from the library, on an expression that has no longest match, on
// an operator that it does not know, on a region without metadata, and on more states than the engine's cells can hold.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/metadata"
)

func main() {
	out := flag.String("o", "tables.bin", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	data, report, err := pinned()
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, data, 0o644); err != nil {
		return err
	}
	fmt.Println(report)
	return nil
}

// pinned builds the tables from the metadata of the module that go.mod names.
func pinned() ([]byte, string, error) {
	numbers, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, "", fmt.Errorf("number metadata: %w", err)
	}
	short, err := phonenumbers.ShortNumberMetadataCollection()
	if err != nil {
		return nil, "", fmt.Errorf("short number metadata: %w", err)
	}
	t, err := build(source{
		version: metadata.Version,
		numbers: numbers.GetMetadata(),
		short:   short.GetMetadata(),
		codes:   metadata.CountryCodeToRegion(),
	})
	if err != nil {
		return nil, "", err
	}
	data := t.encode()
	return data, t.report(len(data)), nil
}
