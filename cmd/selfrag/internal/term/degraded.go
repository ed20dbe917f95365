package term

import (
	"fmt"
	"io"
	"strings"
)

// TellDegraded prints which parts an answer was given without, except those in
// told, which the user already knows about.
func TellDegraded(w io.Writer, degraded, told string) {
	if told != "" {
		degraded = strings.TrimPrefix(strings.TrimPrefix(degraded, told), "; ")
	}
	if degraded != "" {
		fmt.Fprintln(w, degraded)
	}
}
