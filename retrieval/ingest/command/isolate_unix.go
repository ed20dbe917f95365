//go:build unix

package command

import (
	"os/exec"
	"syscall"
)

// isolate gives a program a process group of its own, and has the whole group killed
// instead of the program alone.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// end kills what the program left in its process group.
func end(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // mostly, nothing is left
	}
}
