//go:build !unix

package command

import "os/exec"

// isolate does nothing: without process groups the program alone is killed.
func isolate(*exec.Cmd) {}

// end does nothing, for the same reason.
func end(*exec.Cmd) {}
