package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/session"
)

func newCollectionsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "collections", Short: "List, show, rename, delete and re-embed collections", RunE: onlySubcommands}
	cmd.AddCommand(newCollectionsListCmd(a), newCollectionsShowCmd(a), newCollectionsRenameCmd(a), newCollectionsDeleteCmd(a), newCollectionsReembedCmd(a))
	return cmd
}

func newCollectionsListCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the collections", Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts := a.parts()
			defer parts.Close()
			db, err := parts.Store(cmd.Context())
			if err != nil {
				return err
			}
			infos, err := db.Collections(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.JSON(infos)
			}
			if len(infos) == 0 {
				fmt.Fprintln(a.Err, "No collections yet; `selfrag ingest PATH` makes one.")
				return nil
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tDOCUMENTS\tPASSAGES\tEMBEDDER")
			for _, i := range infos {
				fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", i.Name, i.Documents, i.Passages, i.Embedder.Model)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newCollectionsShowCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show [NAME]", Short: "Show a collection and its documents", Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts := a.parts()
			defer parts.Close()
			db, err := parts.Store(cmd.Context())
			if err != nil {
				return err
			}
			name := a.settings.Collection
			if len(args) == 1 {
				name = args[0]
			}
			c, err := db.Collection(cmd.Context(), name)
			if err != nil {
				return err
			}
			info, err := c.Info(cmd.Context())
			if err != nil {
				return err
			}
			docs, err := c.Documents(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.JSON(map[string]any{"collection": info, "documents": docs})
			}
			fmt.Fprintf(a.Out, "%s: %d documents%s, %d passages, embedder %s (%d dimensions), made %s\n",
				info.Name, info.Documents, copiesIn(info), info.Passages, info.Embedder.Model, info.Embedder.Dimensions, info.Created)
			return printDocuments(a, docs)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// copiesIn returns how many documents of a collection are copies of other
// documents, such as " (3 of them copies)". It returns "" if there are no
// copies or their number is not known.
func copiesIn(info retrieval.CollectionInfo) string {
	if info.Copies == nil || *info.Copies == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of them copies)", *info.Copies)
}

func newCollectionsDeleteCmd(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete NAME", Short: "Delete a collection with all its documents", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			parts := a.parts()
			defer parts.Close()
			db, err := parts.Store(cmd.Context())
			if err != nil {
				return err
			}
			c, err := db.Collection(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			info, err := c.Info(cmd.Context())
			if err != nil {
				return err
			}
			if !yes {
				question := fmt.Sprintf("Delete %q with %d documents? It cannot be undone.", args[0], info.Documents)
				if err := confirm(a, question, fmt.Sprintf("deleting %q cannot be undone", args[0])); err != nil {
					return err
				}
			}
			if err := ingest.OriginalsIn(a.settings.OriginalsDir()).RemoveCollection(args[0]); err != nil {
				return err
			}
			if err := db.Delete(cmd.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.Err, "Deleted %q: %d documents, %d passages.\n", args[0], info.Documents, info.Passages)
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func newCollectionsRenameCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "rename NAME NEW", Short: "Rename a collection",
		Long: `Rename a collection. The sessions about it go with it. Keys of the server that
name the collection do not change; make new ones. On Milvus the documents are
copied, which takes a while. If the copying is interrupted, the collection stays
under its old name, and you can delete the incomplete one under the new name.`,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := retrieval.CheckName(args[1]); err != nil {
				return fault.Usage(err)
			}
			parts := a.parts()
			defer parts.Close()
			db, err := parts.Store(cmd.Context())
			if err != nil {
				return err
			}
			if err := db.Rename(cmd.Context(), args[0], args[1]); err != nil {
				return err
			}
			if err := session.In(a.settings.SessionsDir()).RenameCollection(args[0], args[1]); err != nil {
				return fmt.Errorf("the collection was renamed, but not all sessions about it were: %w", err)
			}
			if err := ingest.OriginalsIn(a.settings.OriginalsDir()).RenameCollection(args[0], args[1]); err != nil {
				return fmt.Errorf("the collection was renamed, but not the files of its uploads: %w", err)
			}
			fmt.Fprintf(a.Err, "Renamed %q to %q.\n", args[0], args[1])
			return nil
		},
	}
}
