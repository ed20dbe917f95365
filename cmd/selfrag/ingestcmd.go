package main

import (
	"context"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
)

func newIngestCmd(a *app) *cobra.Command {
	var o wire.Ingestion
	cmd := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Take documents into a collection",
		Long: `Take documents into a collection: files, folders with all that is in them,
globs such as 'docs/**/*.md', "-" for standard input, and, from hosts that
--allow-url names, URLs. Read are Markdown, text, HTML, PDF, Word (.docx),
EPUB, CSV and TSV (a row a passage) and JSONL (a line a document); texts in
UTF-8, UTF-16, CP949 or EUC-KR. A .selfragignore file in gitignore syntax
leaves files of a folder out.

It is safe to stop and to run again: each document goes in whole or not at
all, and unchanged ones are skipped. A document that cannot be read is named,
the others go in, and the exit code is 1.

--prune removes what these paths stood for once and no more: below a folder,
documents whose file is gone or is now left out; of a JSONL file, lines that
are gone. Nothing is removed for a path that is not there or could not be
listed whole, nor when the run ends early. --dry-run only shows what would be
done.`,
		Example: `  selfrag ingest handbook/ notes.md
  selfrag ingest corpus.jsonl --collection corpus --split none
  selfrag ingest handbook/ --prune --dry-run
  pbpaste | selfrag ingest - --stdin-name notes.md
  selfrag ingest https://example.org/rules.pdf --allow-url example.org`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Paths = args
			return runIngest(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the report as JSON")
	cmd.Flags().BoolVar(&o.Prune, "prune", false, "remove what these paths stood for and is no longer there")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "store and remove nothing, show what would be")
	cmd.Flags().StringVar(&o.StdinName, "stdin-name", "", "name of what standard input holds; its extension tells the type")
	a.settings.AddFlags(cmd.Flags(), config.GroupIngest)
	return cmd
}

func runIngest(ctx context.Context, a *app, o wire.Ingestion) error {
	parts := a.parts()
	defer parts.Close()
	return parts.Ingest(ctx, a.Streams, o)
}
