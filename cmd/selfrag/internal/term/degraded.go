package term

import (
	"fmt"
	"io"
	"strings"
)

// TellDegraded prints which parts were missing for an answer
// (agent.Answer.Degraded). It leaves out the parts in told, about which the
// user has been told before.
func TellDegraded(w io.Writer, degraded, told string) {
	if told != "" {
		degraded = strings.TrimPrefix(strings.TrimPrefix(degraded, told), "; ")
	}
	if degraded != "" {
		fmt.Fprintln(w, degraded)
	}
}
