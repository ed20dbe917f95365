package main

import (
	"errors"
	"fmt"
	"strings"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
)

// confirm asks at the terminal whether to do what the question says. It returns
// an error if the answer is not yes. Without a terminal nobody can answer, and
// the error says to give --yes; unconfirmed is the beginning of its sentence.
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
