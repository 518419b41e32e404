// Command pack makes what the browser loads out of what is built and written:
// compressed programs, one style sheet, one dictionary for each language.
//
//	go run ./web/pack -quality 11 app.wasm worker.wasm wasm_exec.js
//
// The named files are read from -from; everything is written to web/built as
// .br and .gz. What is there already is left alone. It fails when a part is
// larger than web/budget.json allows.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

func main() {
	log.SetFlags(0)
	quality := flag.Int("quality", brotli.BestCompression, "brotli quality, 0 to 11")
	from := flag.String("from", ".cache/wasm", "folder of the built programs")
	web := flag.String("web", "web", "folder of the sources")
	flag.Parse()
	if err := pack(*web, *from, flag.Args(), *quality); err != nil {
		log.Fatal("pack: ", err)
	}
}

func pack(web, from string, names []string, quality int) error {
	out := filepath.Join(web, "built")
	sheet, err := styles(filepath.Join(web, "static", "styles"))
	if err != nil {
		return err
	}
	files := map[string][]byte{"outdial.css": sheet}
	dictionaries, err := Dictionaries(filepath.Join(web, "translations"))
	if err != nil {
		return err
	}
	for tag, dictionary := range dictionaries {
		files["translations."+tag+".txt"] = dictionary
	}
	for _, name := range names {
		if files[name], err = os.ReadFile(filepath.Join(from, name)); err != nil {
			return err
		}
		if name == "app.wasm" {
			if files[name], files[restName], err = split(files[name], restOf); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if filepath.Ext(name) == ".wasm" {
			if files[name], err = program(files[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	held, err := os.ReadFile(filepath.Join(out, ".quality"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	anew := string(held) != strconv.Itoa(quality)
	var work sync.WaitGroup
	failures := make([]error, 0, len(files))
	var lock sync.Mutex
	for name, data := range files {
		work.Go(func() {
			if err := compress(filepath.Join(out, name), data, quality, anew); err != nil {
				lock.Lock()
				failures = append(failures, fmt.Errorf("%s: %w", name, err))
				lock.Unlock()
			}
		})
	}
	work.Wait()
	if err := errors.Join(failures...); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, ".quality"), []byte(strconv.Itoa(quality)), 0o644); err != nil {
		return err
	}
	return weigh(web, slices.Collect(maps.Keys(files)), quality)
}

// weigh holds what was packed against the budget. Below the best quality it
// only tells: such files are not shipped.
func weigh(web string, packed []string, quality int) error {
	most, err := readBudget(filepath.Join(web, "budget.json"))
	if err != nil {
		return err
	}
	have, err := sizes(web, packed)
	if err != nil {
		return err
	}
	log.Printf("first screen: %d bytes in brotli %d, of %d", have[firstScreen], quality, most[firstScreen])
	err = most.check(have)
	if err != nil && quality < brotli.BestCompression {
		log.Print(err)
		return nil
	}
	return err
}

// window is how far brotli looks back, as a power of two: all browsers take the
// largest of RFC 7932.
const window = 24

// compress writes path.br and path.gz unless they hold data already, in that
// quality.
func compress(path string, data []byte, quality int, anew bool) error {
	if !anew && same(path+".gz", data) {
		if _, err := os.Stat(path + ".br"); err == nil {
			return nil
		}
	}
	var br bytes.Buffer
	w := brotli.NewWriterOptions(&br, brotli.WriterOptions{Quality: quality, LGWin: window})
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(path+".br", br.Bytes(), 0o644); err != nil {
		return err
	}
	var gz bytes.Buffer
	z, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(path+".gz", gz.Bytes(), 0o644)
}

func same(path string, data []byte) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return false
	}
	held, err := io.ReadAll(z)
	return err == nil && bytes.Equal(held, data)
}

// styles joins the sheets: outdial.css first, then the pages' in order of name.
func styles(dir string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.css"))
	if err != nil {
		return nil, err
	}
	sort.Slice(paths, func(i, j int) bool {
		a, b := filepath.Base(paths[i]), filepath.Base(paths[j])
		if first := "outdial.css"; a == first || b == first {
			return a == first
		}
		return a < b
	})
	var sheet bytes.Buffer
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sheet.Write(data)
	}
	return sheet.Bytes(), nil
}

// languages are the four that every string has.
var languages = []string{"zh-TW", "zh-CN", "fr", "en"}

// Dictionaries turns the files of translations, which keep the four languages
// of a string side by side, into one dictionary for each language: a line with
// the key and a line with the string, by turns, which are read in no time.
func Dictionaries(dir string) (map[string][]byte, error) {
	all := map[string]map[string]string{}
	for _, tag := range languages {
		all[tag] = map[string]string{}
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var file map[string]map[string]string
		if err := json.Unmarshal(data, &file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for key, forms := range file {
			for _, tag := range languages {
				form := forms[tag]
				if form == "" {
					return fmt.Errorf("%s: %q has no %s", path, key, tag)
				}
				if strings.Contains(key+form, "\n") {
					return fmt.Errorf("%s: %q has more than one line", path, key)
				}
				if _, twice := all[tag][key]; twice {
					return fmt.Errorf("%s: %q stands in another file too", path, key)
				}
				all[tag][key] = form
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	dictionaries := map[string][]byte{}
	for tag, forms := range all {
		var lines bytes.Buffer
		for _, key := range slices.Sorted(maps.Keys(forms)) {
			lines.WriteString(key + "\n" + forms[key] + "\n")
		}
		dictionaries[tag] = lines.Bytes()
	}
	return dictionaries, nil
}
