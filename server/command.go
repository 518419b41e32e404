package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"outdial/server/config"
	"outdial/server/database"
)

// commands is what can be asked for on the command line.
type commands struct {
	Serve       serveCommand     `cmd:"" help:"Serve the console and make its calls."`
	Simulator   simulatorCommand `cmd:"" help:"Run the stand-in for both upstreams alone. Its first page lists accounts and magic values."`
	CheckConfig checkCommand     `cmd:"" help:"Read a configuration, tell everything that is wrong with it, or what was understood."`
	Version     versionCommand   `cmd:"" help:"Print the version."`
}

// console is where a command writes.
type console struct {
	context.Context
	out, err io.Writer
}

// errToldAlready ends a command that has said what was wrong.
var errToldAlready = errors.New("told already")

// exited carries an exit code out of kong, which exits after printing help.
type exited int

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(exited)
			if !ok {
				panic(v)
			}
			code = int(e)
		}
	}()
	parser, err := kong.New(&commands{}, kong.Name("outdial"), kong.Description("The outbound desk of a contact centre."),
		kong.Writers(out, errs), kong.Exit(func(code int) { panic(exited(code)) }))
	if err != nil {
		fmt.Fprintln(errs, "outdial:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errs, "outdial:", err)
		return 2
	}
	switch err := command.Run(&console{ctx, out, errs}); {
	case err == nil:
		return 0
	case !errors.Is(err, errToldAlready):
		fmt.Fprintln(errs, "outdial:", err)
	}
	return 1
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, "outdial", programVersion())
	return err
}

// version is what the Makefile's linker flag sets.
var version string

// programVersion is what the Makefile says, else what the Go tool recorded.
func programVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

type checkCommand struct {
	File string `arg:"" default:"outdial.yaml" help:"The configuration (${default})."`
}

// Run tells what the configuration says, secrets hidden, or all its errors. A
// PostgreSQL is also asked whether it lets us in.
func (k checkCommand) Run(c *console) error {
	cfg, err := config.Load(k.File, config.OS())
	var problems config.Errors
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Fprintf(c.err, "%s: %s\n", k.File, p)
		}
		return errToldAlready
	}
	if err != nil {
		return err
	}
	if url := cfg.DatabaseURL.Reveal(); url != "" {
		if err := database.Reach(c, url); err != nil {
			fmt.Fprintf(c.err, "%s: database_url cannot be used: %s\n", k.File, strings.Join(strings.Fields(err.Error()), " "))
			return errToldAlready
		}
	}
	return cfg.Describe(c.out)
}
