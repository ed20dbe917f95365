package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
)

func newRootCmd(a *app) *cobra.Command {
	a.settings = config.Default(a.getenv)
	var configFile string
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
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
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
	cmd.PersistentFlags().StringVar(&configFile, "config", "", "configuration file (default selfrag.yaml, if there)")
	a.settings.AddFlags(cmd.PersistentFlags(), config.GroupAll)
	cmd.AddCommand(newIngestCmd(a), newSearchCmd(a), newAskCmd(a), newChatCmd(a), newSessionsCmd(a), newCollectionsCmd(a), newDocumentsCmd(a), newEvalCmd(a), newABCmd(a), newTuneCmd(a), newCalibrateCmd(a), newRerankCmd(a), newModelsCmd(a), newPromptsCmd(a),
		newInitCmd(a), newDoctorCmd(a), newConfigCmd(a), newServeCmd(a), newBotCmd(a), newMCPCmd(a), newKeysCmd(a))
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

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return info.Main.Version
}
