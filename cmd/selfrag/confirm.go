package main

import (
	"errors"
	"fmt"
	"strings"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
)

// confirm asks a question at the terminal. It returns an error unless the answer is
// yes. Without a terminal nobody can answer; the error then consists of unconfirmed
// and the advice to use --yes.
func confirm(a *app, question, unconfirmed string) error {
	if !term.IsTerminal(a.In) {
		return fault.Usagef("%s: confirm it with --yes", unconfirmed)
	}
	fmt.Fprintf(a.Err, "%s [y/N] ", question)
	var reply string
	if _, err := fmt.Fscanln(a.In, &reply); err == nil && (strings.EqualFold(reply, "y") || strings.EqualFold(reply, "yes")) {
		return nil
	}
	return errors.New("nothing deleted")
}
