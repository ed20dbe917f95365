package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/retrieval"
)

func newCollectionsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "collections", Short: "List, show, delete and re-embed collections", RunE: onlySubcommands}
	cmd.AddCommand(newCollectionsListCmd(a), newCollectionsShowCmd(a), newCollectionsDeleteCmd(a), newCollectionsReembedCmd(a))
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
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "PASSAGES\tSOURCE\tTITLE")
			for _, d := range docs {
				fmt.Fprintf(w, "%d\t%s\t%s\n", d.Passages, term.OneLine(d.Source), term.OneLine(d.Title))
			}
			return w.Flush()
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
				if !term.IsTerminal(a.In) {
					return fault.Usagef("deleting %q cannot be undone: confirm it with --yes", args[0])
				}
				fmt.Fprintf(a.Err, "Delete %q with %d documents? It cannot be undone. [y/N] ", args[0], info.Documents)
				var reply string
				if _, err := fmt.Fscanln(a.In, &reply); err != nil || (reply != "y" && reply != "Y" && reply != "yes") {
					return errors.New("nothing deleted")
				}
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
