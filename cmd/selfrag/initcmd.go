package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/setup"
)

func newInitCmd(a *app) *cobra.Command {
	var o setup.Init
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Propose models for this machine, fetch them, and write selfrag.yaml",
		Long: `Propose models for this machine, fetch them, and write selfrag.yaml.

It looks at memory, processor and graphics card, at what Ollama has, and at what
can be fetched, and shows a language model, an embedder and a reranker with
their sizes, languages and licences. Nothing is fetched or written before you
agree. What selfrag.yaml holds already stays, but for these settings; it is not
changed unless you agree to that or say --force, and a copy is kept.

Stopped amid a download, it goes on there when it is run again.`,
		Example: `  selfrag init                    look, ask, fetch, write
  selfrag init --dry-run          only look
  selfrag init --yes --force      for scripts`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), a.Streams, a.settings, a.getenv)
		},
	}
	o.AddFlags(cmd.Flags())
	return cmd
}
