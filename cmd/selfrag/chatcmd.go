package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/talk"
)

func newChatCmd(a *app) *cobra.Command {
	var o talk.Options
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Ask question after question; follow-ups are understood",
		Long: `Ask question after question. Follow-ups such as "And in Busan?" are
understood from what was said before.

The steps are shown as they happen, and fold into one line when the answer
is there. Ctrl-C stops the answer; at the prompt, twice, it leaves, and so
do Ctrl-D and /quit. /help lists the commands.

Where no language model can be reached, sentences of the documents answer, and a
line says so; once there is one, the chat goes back to its strategy.

Questions can come from a pipe, one a line. Then the first that fails ends
the chat.`,
		Example: `  selfrag chat --session leave
  printf 'Which team owns Tidegate?\nWho leads it?\n' | selfrag chat`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			parts, end, err := a.traced(cmd.Context())
			if err != nil {
				return err
			}
			defer end()
			return talk.Run(cmd.Context(), parts, a.Streams, o)
		},
	}
	cmd.Flags().StringVar(&o.Session, "session", "", "go on with the session of this name, or begin it; it is kept in the data folder")
	cmd.Flags().BoolVarP(&o.Quiet, "quiet", "q", false, "do not show the steps")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupTrace)
	return cmd
}
