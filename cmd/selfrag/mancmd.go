package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"selfrag/cmd/selfrag/internal/term"
)

// newManCmd returns the command that writes the manual pages. Only people who build a
// release need it, so the help does not show it.
func newManCmd() *cobra.Command {
	var date string
	cmd := &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages into a folder",
		Hidden: true,
		Args:   usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := writeManual(args[0], date); err != nil {
				return fmt.Errorf("write the manual pages into %s: %w", args[0], err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&date, "date", "", "`DATE` of the pages, in RFC 3339; empty: none")
	return cmd
}

// writeManual writes a page for each command. Defaults in the pages use ~ for the home
// folder, so they do not depend on the user who runs it.
func writeManual(dir, date string) error {
	header := &doc.GenManHeader{Section: "1", Source: "selfrag " + buildOf().Version, Manual: "Selfrag"}
	// Without a date, package doc takes today's, and the same source would give
	// other pages tomorrow.
	written := time.Unix(0, 0).UTC()
	if date != "" {
		var err error
		if written, err = time.Parse(time.RFC3339, date); err != nil {
			return err
		}
	}
	header.Date = &written
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := newRootCmd(&app{Streams: term.Streams{}, getenv: func(name string) string {
		if name == "HOME" {
			return "~"
		}
		return ""
	}})
	root.DisableAutoGenTag = true
	return doc.GenManTree(root, header, dir)
}
