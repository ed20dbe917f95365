package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newConfigCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show the configuration", RunE: onlySubcommands}
	var asJSON bool
	show := &cobra.Command{
		Use:   "show",
		Short: "Print each setting with its value and where it came from",
		Long: `Print each setting with its value and where it came from.

Defaults are overridden by selfrag.yaml, that by environment variables
SELFRAG_KEY, and those by flags.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return runConfigShow(a, asJSON) },
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settings.addFlags(show.Flags(), groupIngest, groupSearch, groupRerank, groupAsk, groupTrace)
	cmd.AddCommand(show)
	return cmd
}

func runConfigShow(a *app, asJSON bool) error {
	type row struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		From  string `json:"from"`
		Usage string `json:"usage"`
	}
	var rows []row
	for _, f := range a.settings.table() {
		rows = append(rows, row{f.key, value{f.value}.String(), a.settings.from[f.key], f.usage})
	}
	if asJSON {
		return a.printJSON(rows)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Key, r.Value, r.From)
	}
	return w.Flush()
}
