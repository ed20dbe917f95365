package term

import (
	"fmt"
	"io"
	"strings"
)

// TellDegraded prints degraded, a message about the parts that were missing for
// an answer (agent.Answer.Degraded). If the message begins with told, which the
// user has seen before, only the rest is printed.
func TellDegraded(w io.Writer, degraded, told string) {
	if told != "" {
		degraded = strings.TrimPrefix(strings.TrimPrefix(degraded, told), "; ")
	}
	if degraded != "" {
		fmt.Fprintln(w, degraded)
	}
}
