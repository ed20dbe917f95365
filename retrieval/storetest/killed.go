package storetest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// KillChild runs this test binary again, with additional environment, and kills
// it after it has printed the given number of lines, whatever it is doing then.
// It returns the sources that the child reported as stored, in lines that begin
// with "stored ", and whether the child was killed before it was done.
func KillChild(t *testing.T, lines int, environ ...string) (acknowledged []string, killed bool) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), exe)
	child.Env = append(os.Environ(), environ...)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for n := 0; said.Scan(); n++ {
		if source, ok := strings.CutPrefix(said.Text(), "stored "); ok {
			acknowledged = append(acknowledged, source)
		}
		if n == lines {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			killed = true
		}
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil && !killed {
		t.Fatal(err)
	}
	return acknowledged, killed
}
