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

It looks at memory, processor and graphics card, at Ollama's models, and at the
models that can be fetched. It shows a language model, an embedder and a
reranker with their sizes, languages and licences. Nothing is fetched or written
before you agree. Other settings in selfrag.yaml stay. An existing file is
changed only if you agree or use --force, and a copy is kept.

If a download is stopped, the next run resumes it.`,
		Example: `  selfrag init                    propose, ask, fetch, write
  selfrag init --dry-run          only propose
  selfrag init --yes --force      for scripts`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), a.Streams, a.settings, a.getenv)
		},
	}
	o.AddFlags(cmd.Flags())
	return cmd
}
