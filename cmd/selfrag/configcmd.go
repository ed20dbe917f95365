package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
)

func newConfigCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show the configuration", RunE: onlySubcommands}
	var asJSON bool
	show := &cobra.Command{
		Use:   "show",
		Short: "Print each setting with its value and where it came from",
		Long: `Print each setting with its value and where it came from.

selfrag.yaml overrides the defaults, environment variables SELFRAG_KEY override
selfrag.yaml, and flags override both.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return runConfigShow(a, asJSON) },
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settings.AddFlags(show.Flags(), config.GroupIngest, config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupTrace)
	cmd.AddCommand(show)
	return cmd
}

func runConfigShow(a *app, asJSON bool) error {
	rows := a.settings.Rows()
	if asJSON {
		return a.JSON(rows)
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Key, r.Value, r.From)
	}
	return w.Flush()
}
