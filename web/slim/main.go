// Command slim copies go-app without what the console does not use in a
// browser: its server half, its encrypted storage, its states, and an interface
// with two hundred methods for each element. It takes the module's source as it
// stands in go.mod, and writes a module file that puts the copy in its place;
// nothing but the build for the browser uses that.
//
// It names what it takes out. When another version of the module declares
// things differently, it fails and says what to look at.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is what is changed.
const module = "github.com/maxence-charriere/go-app/v10"

func main() {
	to := flag.String("to", ".cache/slim", "folder for the copy, go.mod and go.sum")
	flag.Parse()
	if err := run(*to); err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
}

func run(to string) error {
	from, err := list("-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return err
	}
	if from == "" {
		return fmt.Errorf("%s is not downloaded: run go mod download", module)
	}
	files, err := slim(from)
	if err != nil {
		return err
	}
	if to, err = filepath.Abs(to); err != nil {
		return fmt.Errorf("place of the copy: %w", err)
	}
	if err := write(filepath.Join(to, "go-app"), files); err != nil {
		return err
	}
	return replace(to)
}

// list asks the go command.
func list(args ...string) (string, error) {
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return "", fmt.Errorf("go list: %w: %s", err, failed.Stderr)
		}
		return "", fmt.Errorf("go list: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// write makes the copy anew. Files that are as they were keep their time.
func write(to string, files map[string][]byte) error {
	err := filepath.WalkDir(to, func(place string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			return err
		}
		name, err := filepath.Rel(to, place)
		if err != nil {
			return err
		}
		if _, kept := files[filepath.ToSlash(name)]; !kept {
			return os.Remove(place)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("clear the copy: %w", err)
	}
	for name, data := range files {
		if err := writeFile(filepath.Join(to, filepath.FromSlash(name)), data); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(place string, data []byte) error {
	if is, err := os.ReadFile(place); err == nil && bytes.Equal(is, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o777); err != nil {
		return fmt.Errorf("folder of the copy: %w", err)
	}
	if err := os.WriteFile(place, data, 0o666); err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	return nil
}

// replace writes our go.mod with the copy in place of the module, for the go
// command's -modfile.
func replace(to string) error {
	ours, err := list("-m", "-f", "{{.GoMod}}")
	if err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(ours), name))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if name == "go.mod" {
			data = fmt.Appendf(data, "\nreplace %s => %s\n", module, filepath.Join(to, "go-app"))
		}
		if err := writeFile(filepath.Join(to, name), data); err != nil {
			return err
		}
	}
	return nil
}
