package main

import (
	"errors"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
)

func newRootCmd(a *app) *cobra.Command {
	a.settings = config.Default(a.getenv)
	var configFile string
	var all bool
	cmd := &cobra.Command{
		Use:   "selfrag",
		Short: "Answer questions from your own documents, with citations",
		Long: `Selfrag answers questions from your own documents. It searches only when
needed, grades what it found and what it wrote, stops when the evidence
holds, and cites exact text, or says that the documents have no answer.

  selfrag ingest docs/            ingest documents
  selfrag ask "How ...?"          ask about them

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a part cannot be reached,
4 abstained (ask only), 130 interrupted.`,
		Version:       buildOf().Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if all {
				return fault.Usage(errors.New("--all shows more of the help: use it with --help"))
			}
			var err error
			a.settings, err = config.Load(configFile, a.getenv, cmd.Flags())
			if a.hide != nil {
				a.hide(a.settings.Secrets())
			}
			if err != nil {
				return err
			}
			a.beginMetrics(cmd.Flags())
			return nil
		},
	}
	cmd.SetIn(a.In)
	cmd.SetOut(a.Out)
	cmd.SetErr(a.Err)
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fault.Usage(err) })
	cmd.PersistentFlags().StringVar(&configFile, "config", "", "configuration `FILE` (default selfrag.yaml, if there)")
	cmd.PersistentFlags().BoolVar(&all, "all", false, "with --help: also show the flags for experts")
	a.settings.AddFlags(cmd.PersistentFlags(), config.GroupAll)
	for _, group := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Get started", []*cobra.Command{newInitCmd(a), newSetupCmd(a), newDoctorCmd(a)}},
		{"Documents", []*cobra.Command{newIngestCmd(a), newDocumentsCmd(a), newCollectionsCmd(a)}},
		{"Questions", []*cobra.Command{newAskCmd(a), newChatCmd(a), newSearchCmd(a), newSessionsCmd(a)}},
		{"Serve others", []*cobra.Command{newServeCmd(a), newBotCmd(a), newMCPCmd(a), newKeysCmd(a)}},
		{"Measure and improve", []*cobra.Command{newEvalCmd(a), newABCmd(a), newTuneCmd(a), newCalibrateCmd(a)}},
		{"Parts", []*cobra.Command{newModelsCmd(a), newRerankCmd(a), newPromptsCmd(a), newConfigCmd(a), newVersionCmd(a)}},
	} {
		cmd.AddGroup(&cobra.Group{ID: group.title, Title: group.title + ":"})
		for _, c := range group.commands {
			c.GroupID = group.title
		}
		cmd.AddCommand(group.commands...)
	}
	cmd.AddCommand(newManCmd())
	cmd.SetHelpFunc(help)
	return cmd
}

// usageArgs returns a check that turns the errors of the given check into usage
// errors.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return fault.Usagef("%s: %w", cmd.CommandPath(), err)
		}
		return nil
	}
}

// onlySubcommands is the run function of a command that does nothing without a
// subcommand.
func onlySubcommands(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fault.Usagef("%s: unknown command %q", cmd.CommandPath(), args[0])
	}
	return cmd.Help()
}
