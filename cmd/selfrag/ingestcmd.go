package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/retrieval"
)

func newIngestCmd(a *app) *cobra.Command {
	var o wire.Ingestion
	var set []string
	cmd := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Ingest documents into a collection",
		Long: `Ingest documents into a collection: files, folders with all their contents, globs
such as 'docs/**/*.md', "-" for standard input, and URLs of hosts that
--allow-url names. It reads Markdown, text, HTML, PDF, Word (.docx), PowerPoint
(.pptx), Hangul (.hwpx, .hwp), EPUB, mail (.eml), Excel (.xlsx), CSV and TSV (a
row a passage) and JSONL (a line a document), with texts in UTF-8, UTF-16, CP949,
EUC-KR or ISO-2022-KR. A .selfragignore file in gitignore syntax leaves files of a
folder out.

You can stop it and run it again: each document goes in whole or not at all, and
unchanged ones are skipped. If a document cannot be read, it is named, the others
go in, and the exit code is 1. If a part of a document is left out (comments, a
damaged page, bytes that are not text), a warning says so.

Searches filter by fields: those of a Markdown file's front matter, "folder", and
those of --set, which are kept when the documents are ingested again:
--filter 'team = "legal" and folder ^= "contracts/"'.

--prune removes what these paths held before and hold no longer: below a folder,
documents whose file is gone or is now left out; in a JSONL file, lines that are
gone. Nothing is removed for a path that does not exist or could not be listed
completely, nor if the run ends early. --dry-run only shows what would be done.

--watch keeps ingesting what changes in the files and folders. New and changed
files go in, and removed ones leave under the conditions of --prune. --rescan finds
changes that the system does not report. --reader runs a command to read files of
further types.`,
		Example: `  selfrag ingest handbook/ notes.md
  selfrag ingest corpus.jsonl --collection corpus --split none
  selfrag ingest handbook/ --prune --dry-run
  selfrag ingest contracts/ --set team=legal --set year=2024
  selfrag ingest handbook/ --watch
  selfrag ingest letters/ --reader 'rtf=unrtf --text'
  pbpaste | selfrag ingest - --stdin-name notes.md
  selfrag ingest https://example.org/rules.pdf --allow-url example.org`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Paths = args
			var err error
			if o.Fields, err = parseFields(set); err != nil {
				return err
			}
			defer collectEarly()()
			return runIngest(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the report as JSON")
	cmd.Flags().BoolVar(&o.Prune, "prune", false, "remove documents of these paths that no longer exist")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "store and remove nothing; show what would be done")
	cmd.Flags().StringArrayVar(&set, "set", nil, "`FIELD=VALUE` to set for each document, for filters; may be given several times; FIELD= takes it away")
	cmd.Flags().BoolVar(&o.Force, "force", false, "read and store documents again even if they have not changed")
	cmd.Flags().BoolVar(&o.Watch, "watch", false, "keep ingesting what changes until stopped; removed files leave the collection")
	cmd.Flags().DurationVar(&o.Rescan, "rescan", time.Minute, "with --watch, list all files again after this `DURATION`")
	cmd.Flags().StringVar(&o.StdinName, "stdin-name", "", "`NAME` for the content of standard input; its extension gives the type")
	a.settings.AddFlags(cmd.Flags(), config.GroupIngest)
	return cmd
}

// collectEarly lets the garbage collector run when half of the live memory is garbage,
// not all of it. The garbage of an ingestion is copies of texts, of which a large one
// would cost up to nine times its size, and a run of the collector is cheap beside
// reading a document. It does nothing if GOGC is set. The function that it returns
// undoes it.
func collectEarly() (undo func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(50)
	return func() { debug.SetGCPercent(before) }
}

func runIngest(ctx context.Context, a *app, o wire.Ingestion) error {
	parts := a.parts()
	defer parts.Close()
	return parts.Ingest(ctx, a.Streams, o)
}

// parseFields parses the values of --set.
func parseFields(set []string) (map[string]any, error) {
	fields := map[string]any{}
	for _, s := range set {
		name, value, err := retrieval.ParseField(s)
		if err == nil {
			if _, twice := fields[name]; twice {
				err = fmt.Errorf("the field %s is set twice", name)
			}
		}
		if err != nil {
			return nil, fault.Usagef("--set: %w", err)
		}
		fields[name] = value
	}
	return fields, nil
}
