package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/talk"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/session"
)

func newSessionsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "sessions", Short: "List, export and delete the sessions of chat", RunE: onlySubcommands}
	cmd.AddCommand(newSessionsListCmd(a), newSessionsExportCmd(a), newSessionsDeleteCmd(a))
	return cmd
}

func newSessionsListCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the sessions", Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			infos, err := session.In(a.settings.SessionsDir()).List()
			if err != nil {
				return err
			}
			if asJSON {
				return a.JSON(infos)
			}
			if len(infos) == 0 {
				fmt.Fprintln(a.Err, "No sessions yet; `selfrag chat --session NAME` begins one.")
				return nil
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "QUESTIONS\tUPDATED\tCOLLECTION\tNAME")
			for _, i := range infos {
				if i.Problem != "" {
					fmt.Fprintln(a.Err, i.Problem)
					continue
				}
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", i.Questions, i.Updated.Local().Format(time.DateTime), i.Collection, i.Name)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newSessionsDeleteCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "delete NAME", Short: "Delete a session", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := session.In(a.settings.SessionsDir()).Delete(args[0]); err != nil {
				return talk.NameIsUsage(err)
			}
			fmt.Fprintf(a.Err, "Deleted session %q.\n", args[0])
			return nil
		},
	}
}

func newSessionsExportCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "export NAME", Short: "Print a session as Markdown, with the quotes that its answers cite",
		Example: `  selfrag sessions export harbour > harbour.md`,
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			_, kept, fresh, err := session.In(a.settings.SessionsDir()).Open(args[0])
			if err != nil {
				return talk.NameIsUsage(err)
			}
			if fresh {
				return fmt.Errorf("there is no session %q: `selfrag sessions list` shows the sessions", args[0])
			}
			_, err = fmt.Fprint(a.Out, term.Printable(kept.Markdown(args[0])))
			return err
		},
	}
}
