package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
)

func newABCmd(a *app) *cobra.Command {
	var o measure.AB
	cmd := &cobra.Command{
		Use:   "ab (--a STRATEGY --b STRATEGY --data DIR | --from-traces FILE...)",
		Short: "Compare two strategies or two configurations on the same questions, or the arms of a server's experiment",
		Long: `Compare two strategies or two configurations on the same questions.

The arms answer in turns, A first on one question and B first on the next, so
that drift on the machine affects both. For every metric the command prints both
means, the difference B - A with its 95 % bootstrap interval, the p of the
paired randomisation test (10,000 permutations), and on how many questions B
won, tied and lost. Then it prints what a correct answer costs each arm, and a
verdict. The exit code is 0 whichever wins. Data sets, short answers and --out
are as in eval qa.

--a-config and --b-config take an arm's settings from files of their own. Flags
apply to both arms, except --a and --b. If the file of an arm names a
collection, the arm searches it unchanged. --min-effect prints how many
questions would find a difference of that size in 80 % of comparisons.

--from-traces asks nothing. It compares the arms of an experiment that ran on
selfrag serve (its setting arms) by the logs: feedback.jsonl of the server's
data folder and the files of --trace-file. For thumbs, abstentions and seconds it
prints the figures of each arm, and the difference with its 95 % bootstrap
interval and the p of the permutation test. All that is known of one unit, such
as a user, counts once. --a and --b choose among several arms. Only
--experiment, --seed, --json and --report FILE.json can be combined with it.`,
		Example: `  selfrag ab --a two-stage --b self-rag --data musique-100 --limit 30 --out ab.jsonl --report ab.html
  selfrag ab --a-config small.yaml --b-config large.yaml --data musique-100 --min-effect 0.08
  selfrag ab --a self-rag --b self-rag --b-without-rule number --data examples/handbook --corpus examples/handbook
  selfrag ab --from-traces feedback.jsonl traces.jsonl`,
		Args: usageArgs(func(cmd *cobra.Command, args []string) error {
			if o.FromLogs() { // with --from-traces, the arguments are further log files
				return nil
			}
			return cobra.NoArgs(cmd, args)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.FromLogs() {
				return o.RunOnline(a.Streams, cmd.Flags(), args)
			}
			if err := o.Check(); err != nil {
				return err
			}
			parts, end, err := a.traced(cmd.Context())
			if err != nil {
				return err
			}
			defer end()
			return o.Run(cmd.Context(), parts, a.Streams, func(file string) (config.Settings, error) {
				return config.Load(file, a.getenv, cmd.Flags())
			})
		},
	}
	flags := cmd.Flags()
	o.AddFlags(flags)
	a.settings.AddFlags(flags, config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupIngest, config.GroupTrace)
	return cmd
}
