package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// firstScreen is all that has to come before the console can be used: the page,
// its scripts, the style sheet, the largest dictionary and the program.
const firstScreen = "first screen"

// budget is how many bytes each part may have in brotli.
type budget map[string]int

func readBudget(path string) (budget, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the budget: %w", err)
	}
	var b budget
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("read the budget %s: %w", path, err)
	}
	return b, nil
}

// sizes tells how many bytes of brotli each of the packed files has, and the
// first screen.
func sizes(web string, packed []string) (map[string]int, error) {
	all := map[string]int{}
	dictionary := 0
	for _, name := range packed {
		info, err := os.Stat(filepath.Join(web, "built", name+".br"))
		if err != nil {
			return nil, fmt.Errorf("size of %s: %w", name, err)
		}
		size := int(info.Size())
		all[name] = size
		switch {
		case strings.HasPrefix(name, "translations."):
			dictionary = max(dictionary, size)
		case name != "worker.wasm" && name != restName:
			all[firstScreen] += size
		}
	}
	all[firstScreen] += dictionary
	for _, name := range []string{"index.html", "boot.js"} {
		data, err := os.ReadFile(filepath.Join(web, "static", name))
		if err != nil {
			return nil, fmt.Errorf("size of %s: %w", name, err)
		}
		var br bytes.Buffer
		w := brotli.NewWriterLevel(&br, brotli.BestCompression)
		if _, err := w.Write(data); err != nil {
			return nil, fmt.Errorf("size of %s: %w", name, err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("size of %s: %w", name, err)
		}
		all[firstScreen] += br.Len()
	}
	return all, nil
}

// check compares the sizes with the budget. Every part has its line in it.
func (b budget) check(sizes map[string]int) error {
	var broken []error
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		switch most, ok := b[name]; {
		case !ok:
			broken = append(broken, fmt.Errorf("%s has no budget", name))
		case sizes[name] > most:
			broken = append(broken, fmt.Errorf("%s has %d bytes in brotli, %d more than its budget of %d", name, sizes[name], sizes[name]-most, most))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if _, ok := sizes[name]; !ok {
			broken = append(broken, fmt.Errorf("a budget for %s, which is not packed", name))
		}
	}
	return errors.Join(broken...)
}
