package setup

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
)

// Init holds the options of the command init.
type Init struct {
	yes        bool
	dryRun     bool
	force      bool
	asJSON     bool
	printModel bool
	file       string
	model      string
	library    string
	// memory and card are the memory of the machine and of its graphics card in
	// GB. A negative value means that init finds it out.
	memory, card float64
}

// AddFlags declares the flags of the options.
func (o *Init) AddFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.yes, "yes", false, "agree to the proposal")
	f.BoolVar(&o.dryRun, "dry-run", false, "show the proposal and end")
	f.BoolVar(&o.force, "force", false, "change an existing selfrag.yaml, keeping a copy")
	f.BoolVar(&o.asJSON, "json", false, "print JSON; without --yes nothing is fetched or written")
	f.BoolVar(&o.printModel, "print-model", false, "print the name of the language model that suits this machine, and end")
	f.StringVar(&o.file, "file", "", "`FILE` to write (default SELFRAG_CONFIG, else selfrag.yaml)")
	f.StringVar(&o.model, "model", "", "language `MODEL` to use instead of the proposed one")
	f.Float64Var(&o.memory, "memory", -1, "propose for a machine with this many `GB` of memory, such as that of an Ollama server elsewhere (default: detected)")
	f.Float64Var(&o.card, "card", -1, "propose for a graphics card with this many `GB` of memory; 0: no card (default: detected)")
	f.StringVar(&o.library, "library", defaultLibrary, "`URL` of Ollama's library, to see which models can be fetched; none: no model")
}

// maxGB is more memory than any machine has.
const maxGB = 1_000_000

func (o *Init) check() error {
	switch {
	case o.yes && o.dryRun:
		return fault.Usage(errors.New("--yes fetches and writes, --dry-run does neither: use one of them"))
	case o.printModel && (o.yes || o.asJSON):
		return fault.Usage(errors.New("--print-model prints a name and ends: use it without --yes and --json"))
	case o.memory > maxGB || o.card > maxGB || math.IsNaN(o.memory+o.card):
		return fault.Usage(errors.New("--memory and --card are in GB: no machine has that many"))
	case o.model == wire.OpenAIModels:
		return fault.Usage(errors.New("--model openai/: name the model after the slash, as the server does"))
	}
	return nil
}

// initRun holds what a run of init uses.
type initRun struct {
	term.Streams
	settings config.Settings
	getenv   func(string) string
	parts    *wire.Parts
}

// Run proposes settings, asks for consent, fetches models and writes the file.
// Options such as --dry-run leave out some of these steps.
func (o *Init) Run(ctx context.Context, io term.Streams, s config.Settings, getenv func(string) string) error {
	a := &initRun{Streams: io, settings: s, getenv: getenv, parts: wire.New(s, wire.Options{Getenv: getenv})}
	defer a.parts.Close()
	if err := o.check(); err != nil {
		return err
	}
	o.file = cmp.Or(o.file, a.getenv("SELFRAG_CONFIG"), "selfrag.yaml")
	p, err := a.propose(ctx, o)
	if err != nil {
		return err
	}
	if o.printModel {
		if p.Model.Name == "" {
			return fault.Unreachable(errors.New("no known language model suits this machine's memory; name one by --model or SELFRAG_MODEL"))
		}
		fmt.Fprintln(a.Out, p.Model.Name)
		return nil
	}
	file, err := readInitFile(o.file, p.values())
	if err != nil {
		return err
	}
	p.File, p.There = o.file, file.there
	words := initWordsFor(a.getenv)
	if !o.asJSON {
		a.printProposal(p, words)
	}
	if o.dryRun || o.asJSON && !o.yes {
		return a.printInitJSON(o, p)
	}
	if o.yes && file.there && file.changed && !o.force {
		return fault.Usagef("%s exists and holds other settings: use --force to change them; a copy is kept", o.file)
	}
	if p.Model.fetch() || p.Embedder.fetch() || file.changed {
		if !o.yes {
			agreed, err := a.agree(ctx, words.question(p, file))
			if err != nil || !agreed {
				return cmp.Or(err, errors.New(words.nothingDone))
			}
		}
	}
	return a.carryOut(ctx, o, p, file, words)
}

// carryOut fetches the models and then writes the file. In this order the file
// never names a missing model.
func (a *initRun) carryOut(ctx context.Context, o *Init, p *proposal, file *initFile, words *initWords) error {
	for _, c := range []*choice{&p.Model, &p.Embedder} {
		if !c.fetch() {
			continue
		}
		if err := a.fetchChoice(ctx, c, words); err != nil {
			return err
		}
		c.There, p.Fetched = true, append(p.Fetched, c.Name)
	}
	copied, err := file.write()
	if err != nil {
		return err
	}
	p.Written, p.Copy = file.changed, copied
	if o.asJSON {
		return a.printInitJSON(o, p)
	}
	a.printInitDone(p, words)
	return nil
}

func (a *initRun) printInitJSON(o *Init, p *proposal) error {
	if !o.asJSON {
		return nil
	}
	return a.JSON(p)
}

// agree asks a question and reads the answer from a line of standard input. An
// empty line means yes. If the input ends without a line, there is no person to
// answer, and agree returns a usage error that names --yes.
func (a *initRun) agree(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(a.Err, question)
	type line struct {
		text string
		err  error
	}
	answer := make(chan line, 1)
	// The read cannot be interrupted. Its goroutine ends with the program.
	go func() {
		text, err := bufio.NewReader(a.In).ReadString('\n')
		answer <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.Err)
		return false, fmt.Errorf("ask whether to go on: %w", ctx.Err())
	case got := <-answer:
		text := strings.ToLower(strings.TrimSpace(got.text))
		if got.err != nil && text == "" {
			fmt.Fprintln(a.Err)
			return false, fault.Usage(errors.New("nobody answered: use --yes to agree, or --dry-run only to look"))
		}
		switch text {
		case "", "y", "yes", "예", "네", "ㅇ", "응":
			return true, nil
		}
		return false, nil
	}
}
