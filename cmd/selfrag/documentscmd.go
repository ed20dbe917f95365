package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

func newDocumentsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "documents", Short: "List, show, remove, rename and re-ingest documents of a collection",
		Long: `List, show, remove, rename and re-ingest documents of the collection of
--collection. A document is named by its source: the path or URL that it was
ingested from, or upload: and its name. ` + "`selfrag documents list`" + ` shows the sources.`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(newDocumentsListCmd(a), newDocumentsShowCmd(a), newDocumentsRemoveCmd(a), newDocumentsRenameCmd(a), newDocumentsReingestCmd(a))
	return cmd
}

func newDocumentsListCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the documents", Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts := a.parts()
			defer parts.Close()
			c, err := parts.Collection(cmd.Context())
			if err != nil {
				return err
			}
			docs, err := c.Documents(cmd.Context())
			if err != nil {
				return err
			}
			if docs == nil {
				docs = []retrieval.DocumentInfo{}
			}
			if asJSON {
				return a.JSON(docs)
			}
			if len(docs) == 0 {
				fmt.Fprintf(a.Err, "No documents yet; `selfrag ingest PATH --collection %s` adds some.\n", a.settings.Collection)
				return nil
			}
			return printDocuments(a, docs)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printDocuments prints a table of documents.
func printDocuments(a *app, docs []retrieval.DocumentInfo) error {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PASSAGES\tSOURCE\tTITLE")
	for _, d := range docs {
		fmt.Fprintf(w, "%d\t%s\t%s\n", d.Passages, term.OneLine(d.Source), term.OneLine(d.Title))
	}
	return w.Flush()
}

// shownDocument is the output of documents show --json.
type shownDocument struct {
	ID       string         `json:"id"`
	Source   string         `json:"source"`
	Title    string         `json:"title"`
	Metadata map[string]any `json:"metadata"`
	Text     string         `json:"text,omitempty"` // with --text
}

func newDocumentsShowCmd(a *app) *cobra.Command {
	var asJSON, withText bool
	cmd := &cobra.Command{
		Use: "show SOURCE", Short: "Show a document with its fields", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts := a.parts()
			defer parts.Close()
			c, docs, err := documentsNamed(cmd.Context(), parts, args)
			if err != nil {
				return err
			}
			doc := docs[0]
			shown := shownDocument{ID: doc.ID, Source: doc.Source, Title: doc.Title, Metadata: retrieval.Shown(doc.Metadata)}
			if withText {
				if shown.Text, err = c.Text(cmd.Context(), doc.ID, doc.Source); err != nil {
					return err
				}
			}
			if asJSON {
				return a.JSON(shown)
			}
			printDocument(a, shown)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&withText, "text", false, "show the text, too")
	return cmd
}

func printDocument(a *app, d shownDocument) {
	fmt.Fprintf(a.Out, "source: %s\ntitle: %s\nid: %s\n", term.OneLine(d.Source), term.OneLine(d.Title), d.ID)
	for _, f := range term.Fields(d.Metadata) {
		fmt.Fprintln(a.Out, f)
	}
	if d.Text != "" {
		fmt.Fprintf(a.Out, "\n%s\n", term.Printable(strings.TrimSuffix(d.Text, "\n")))
	}
}

func newDocumentsRemoveCmd(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "remove SOURCE...", Short: "Remove documents",
		Long: `Remove documents from the collection. Their files stay where they are, except
those that the server keeps of uploads. To undo this, ingest the files again; the
command prints how. If their folder is ingested again, the documents come back,
unless a .selfragignore file leaves them out.`,
		Example: `  selfrag documents remove handbook/old.md
  selfrag documents remove upload:draft.pdf upload:notes.txt --yes`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts := a.parts()
			defer parts.Close()
			c, docs, err := documentsNamed(cmd.Context(), parts, args)
			if err != nil {
				return err
			}
			if !yes {
				what := fmt.Sprintf("%d documents", len(docs))
				if len(docs) == 1 {
					what = term.OneLine(docs[0].Source)
				}
				if err := confirm(a, fmt.Sprintf("Remove %s from %q?", what, a.settings.Collection), "removing "+what+" from "+a.settings.Collection+" deletes the stored text"); err != nil {
					return err
				}
			}
			kept := ingest.OriginalsIn(a.settings.OriginalsDir())
			for _, doc := range docs {
				if err := kept.Remove(a.settings.Collection, doc.Source); err != nil {
					return err
				}
				if err := c.Remove(cmd.Context(), doc.Source); err != nil {
					return err
				}
				fmt.Fprintf(a.Err, "Removed %s. To undo it: %s\n", term.OneLine(doc.Source), howToUndo(doc.Source, a.settings.Collection))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// howToUndo returns the command or the advice that brings a removed document back.
func howToUndo(source, collection string) string {
	path, err := ingest.PathOf(source)
	if err != nil {
		return err.Error() + "."
	}
	if strings.HasPrefix(path, "-") {
		path = "./" + path // else it is a flag
	}
	return fmt.Sprintf("selfrag ingest %s --collection %s", shellWord(path), collection)
}

// shellWord returns a word as it is written in a shell, on one line and without
// the characters that act on a terminal.
func shellWord(s string) string {
	s = term.OneLine(s)
	plain := func(r rune) bool {
		return r > 127 && unicode.IsPrint(r) || strings.ContainsRune("-_./:@%+=,", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func newDocumentsRenameCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "rename SOURCE NEW", Short: "Give a document another source",
		Long: `Give a document another source, such as after its file was moved. Its text and
vectors stay, so nothing is embedded again. Answers that cite the document keep
their quotes, but their links to it lead nowhere.

If a file is still where the old source says, ingesting it again adds it as
another document.`,
		Example: `  mv drafts/leave.md handbook/leave.md
  selfrag documents rename drafts/leave.md handbook/leave.md`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts := a.parts()
			defer parts.Close()
			c, docs, err := documentsNamed(cmd.Context(), parts, args[:1])
			if err != nil {
				return err
			}
			to := args[1]
			if strings.TrimSpace(to) == "" {
				return fault.Usagef("%s: the new source is empty", cmd.CommandPath())
			}
			if _, err := ingest.PathOf(to); err == nil && !strings.Contains(to, "://") {
				to = ingest.SourceOf(to) // a path, written in any way
			}
			if err := c.Rename(cmd.Context(), docs[0].Source, to); err != nil {
				return err
			}
			if err := ingest.OriginalsIn(a.settings.OriginalsDir()).Rename(a.settings.Collection, docs[0].Source, to); err != nil {
				return err
			}
			fmt.Fprintf(a.Err, "Renamed %s to %s.\n", term.OneLine(docs[0].Source), term.OneLine(to))
			return nil
		},
	}
}

func newDocumentsReingestCmd(a *app) *cobra.Command {
	var o wire.Ingestion
	var set []string
	cmd := &cobra.Command{
		Use: "reingest SOURCE...", Short: "Read documents again from where they came, even if unchanged",
		Long: `Read documents again from where they came, and store them even if they have not
changed, for example with another way to split. For a line of a JSONL file, the
whole file is read. An uploaded document is uploaded again instead.`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Fields, err = parseFields(set); err != nil {
				return err
			}
			if o.Paths, err = pathsToReingest(cmd.Context(), a, args); err != nil {
				return err
			}
			o.Force = true
			return runIngest(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "print the report as JSON")
	cmd.Flags().StringArrayVar(&set, "set", nil, "`FIELD=VALUE` to set for each document; FIELD= takes it away")
	a.settings.AddFlags(cmd.Flags(), config.GroupIngest)
	return cmd
}

// pathsToReingest returns the paths from which the documents can be read again.
func pathsToReingest(ctx context.Context, a *app, sources []string) ([]string, error) {
	parts := a.parts()
	defer parts.Close()
	_, docs, err := documentsNamed(ctx, parts, sources)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, doc := range docs {
		path, err := ingest.PathOf(doc.Source)
		if err != nil {
			return nil, fmt.Errorf("re-ingest %s: %w", doc.Source, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// documentsNamed returns the documents with the given sources, each once, and
// their collection. A path may be written in any way. All of them must exist.
func documentsNamed(ctx context.Context, parts *wire.Parts, sources []string) (wire.Collection, []retrieval.Document, error) {
	c, err := parts.Collection(ctx)
	if err != nil {
		return nil, nil, err
	}
	var docs []retrieval.Document
	seen := map[string]bool{}
	for _, source := range sources {
		doc, found, err := c.Document(ctx, source)
		if err == nil && !found {
			doc, found, err = c.Document(ctx, ingest.SourceOf(source))
		}
		switch {
		case err != nil:
			return nil, nil, err
		case !found:
			name := parts.Settings.Collection
			return nil, nil, fmt.Errorf("%w: %s is not in collection %q: `selfrag documents list --collection %s` shows what is", retrieval.ErrUnknownDocument, term.OneLine(source), name, name)
		case !seen[doc.Source]:
			seen[doc.Source] = true
			docs = append(docs, doc)
		}
	}
	return c, docs, nil
}
