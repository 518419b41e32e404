//go:build !linux

package databasetest

import (
	"os/exec"
	"syscall"
)

func unprivileged(string) (*syscall.SysProcAttr, error) { return &syscall.SysProcAttr{}, nil }

func tied(who *syscall.SysProcAttr) *syscall.SysProcAttr { return who }

func startTied(cmd *exec.Cmd, ended chan<- error) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { ended <- cmd.Wait() }()
	return nil
}
