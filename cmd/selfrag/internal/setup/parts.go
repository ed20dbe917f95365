package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/internal/parts"
	"selfrag/ollama"
)

// Parts holds the options of the command setup.
type Parts struct {
	list     bool
	asJSON   bool
	download string
	platform string
	sources
}

// AddFlags declares the flags of the options.
func (o *Parts) AddFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.list, "list", false, "list the parts and whether they are there, and fetch nothing")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
	f.StringVar(&o.folder, "from", "", "take the packages from the folder `DIR` and use no network")
	f.StringVar(&o.download, "download", "", "fetch the packages of the named parts into the folder `DIR`, for --from on another machine, and install nothing")
	f.StringVar(&o.platform, "platform", "", "`OS/CPU` of the other machine, such as linux/arm64, for --download (default that of this one)")
	f.StringVar(&o.index, "index", "", "`URL` of a Python package index (default SELFRAG_PACKAGE_INDEX, else PIP_INDEX_URL, else "+parts.DefaultIndex+")")
	f.StringVar(&o.maven, "maven", "", "`URL` of a Maven repository (default SELFRAG_MAVEN, else "+parts.DefaultMaven+")")
}

// partState is what setup reports about a part.
type partState struct {
	parts.Part
	There  bool   `json:"there"`
	Usable bool   `json:"usable"`          // whether this program can use the part
	Error  string `json:"error,omitempty"` // why it could not be installed
}

// setupRun holds what a run of setup uses.
type setupRun struct {
	*initRun
	o       *Parts
	words   *initWords
	fetcher *parts.Fetcher
	bar     *fetchBar // of the part being fetched
}

// Run fetches the named parts or, if none is named, those that suit the program
// and the machine. If a part cannot be installed, Run goes on with the others.
func (o *Parts) Run(ctx context.Context, io term.Streams, s config.Settings, getenv func(string) string, names []string) error {
	if o.folder != "" && o.download != "" {
		return fault.Usage(errors.New("--from installs and --download does not: use one of them"))
	}
	if o.download != "" && len(names) == 0 {
		return fault.Usage(fmt.Errorf("--download: name the parts, such as %s and %s", parts.ONNXRuntime, parts.E5Small))
	}
	for _, name := range names {
		if _, err := parts.Find(name); err != nil && (o.download != "" || !isOllamaName(name)) {
			return fault.Usage(fmt.Errorf("%w; or a model of Ollama's library, as NAME:TAG", err))
		}
	}
	r := &setupRun{o: o, words: initWordsFor(getenv), initRun: &initRun{Streams: io, settings: s, getenv: getenv, parts: wire.New(s, wire.Options{Getenv: getenv})}}
	defer r.parts.Close()
	var err error
	if r.fetcher, err = newFetcher(getenv, o.sources, func(file string, done, total int64) { r.bar.show(file, done, total) }); err != nil {
		return err
	}
	switch {
	case o.list:
		return r.printList(ctx)
	case o.download != "":
		return r.each(ctx, names, func(name string) error {
			return r.fetcher.Download(ctx, name, cmp.Or(o.platform, runtime.GOOS+"/"+runtime.GOARCH), o.download)
		})
	}
	if len(names) == 0 {
		if names, err = r.suiting(ctx); err != nil {
			return err
		}
	}
	return r.each(ctx, names, func(name string) error { return r.install(ctx, name) })
}

// isOllamaName reports whether a name has the form of a model in Ollama with its tag.
func isOllamaName(name string) bool { return strings.Contains(name, ":") }

// suiting returns the parts that this program can use on this machine. If there is a
// folder, they are the parts in it. Otherwise they are the parts that init would
// propose.
func (r *setupRun) suiting(ctx context.Context) ([]string, error) {
	var names []string
	if !onnx.Built && !r.o.asJSON {
		fmt.Fprintln(r.Err, r.words.pureBuild)
	}
	if r.o.folder != "" {
		for _, p := range parts.Known() {
			if usable(p) && r.fetcher.Offers(p.Name) {
				names = append(names, p.Name)
			}
		}
		if len(names) == 0 {
			return nil, fault.Usagef("--from %s: it holds no packages of a part that this program can use; `selfrag setup --download DIR` makes such a folder", r.o.folder)
		}
		return names, nil
	}
	p, err := r.propose(ctx, &Init{memory: -1, card: -1, library: defaultLibrary})
	if err != nil {
		return nil, err
	}
	if onnx.Built {
		names = append(names, parts.ONNXRuntime)
		if r.settings.Embedder == "auto" {
			names = append(names, parts.E5Small)
		}
	} else if p.Embedder.From == fromOllama {
		names = append(names, p.Embedder.Name+":latest")
	}
	switch {
	case p.Model.There && p.Model.Kept == "", p.Model.fetch():
		names = append(names, p.Model.Name)
	case p.Model.Kept != "": // the user chose one; ask reports if it is missing
	case !p.Ollama.Found && len(names) == 0:
		return nil, fault.Unreachablef("Ollama: "+r.words.noOllama, p.Ollama.Address)
	case !p.Ollama.Found:
		fmt.Fprintf(r.Err, "Ollama: "+r.words.noOllama+"\n", p.Ollama.Address)
	case len(names) == 0:
		return nil, fault.Unreachablef("%s: %s", r.words.model, r.words.noModel)
	}
	return names, nil
}

// usable reports whether this program can use a part.
func usable(p parts.Part) bool { return onnx.Built || p.Kind != parts.ForONNX }

// each calls do for each part and reports the outcome.
func (r *setupRun) each(ctx context.Context, names []string, do func(name string) error) error {
	var states []partState
	failed := 0
	for _, name := range names {
		state := r.stateOf(name)
		if !state.Usable && !r.o.asJSON && r.o.download == "" {
			fmt.Fprintf(r.Err, r.words.useless+"\n", name)
		}
		r.bar = r.newFetchBar(r.words, name)
		err := do(name)
		r.bar.end()
		if ctx.Err() != nil {
			return fmt.Errorf("set up %s: %w", name, ctx.Err())
		}
		if state.There = err == nil; err != nil {
			failed++
			state.Error = err.Error()
		}
		states = append(states, state)
		switch {
		case r.o.asJSON:
		case err != nil:
			fmt.Fprintf(r.Out, r.words.unset+"\n", name, err)
		default:
			fmt.Fprintf(r.Out, r.words.set+"\n", name)
		}
	}
	if r.o.asJSON {
		if err := r.JSON(states); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fault.Unreachablef("%d of %d parts cannot be had; see above for why. What is there stays, and the next run resumes", failed, len(names))
	}
	return nil
}

// stateOf returns the state of a part before it is fetched.
func (r *setupRun) stateOf(name string) partState {
	p, err := parts.Find(name)
	if err != nil {
		p = parts.Part{Name: name, Kind: parts.ForOllama}
	}
	return partState{Part: p, Usable: usable(p)}
}

// install makes a part ready for the program.
func (r *setupRun) install(ctx context.Context, name string) error {
	if p, err := parts.Find(name); err == nil && p.Kind == parts.ForONNX {
		return r.fetcher.Install(ctx, p.Name)
	}
	client, err := r.parts.Ollama(ollama.Config{})
	if err != nil {
		return err
	}
	defer client.Close()
	there, err := client.Models(ctx)
	if err != nil {
		return err
	}
	server := ollamaThere{models: there}
	if _, has := server.has(name); has {
		return nil
	}
	if r.o.folder == "" {
		// If this machine cannot reach the library, the packages are used at
		// once, because Ollama would wait for the library.
		if parts.HasLanguage(name) && wire.OnThisMachine(client.Address()) && !newLibrary(defaultLibrary).reached(ctx) {
			return r.fetcher.GiveToOllama(ctx, name, client.Address())
		}
		err := pullPatiently(ctx, client, name, pullPatience, r.bar.show)
		if failed := (*ollama.PullError)(nil); err == nil || ctx.Err() != nil || !errors.As(err, &failed) || !parts.HasLanguage(name) {
			return err
		}
	}
	return r.fetcher.GiveToOllama(ctx, name, client.Address())
}

// printList prints the parts and whether they are there.
func (r *setupRun) printList(ctx context.Context) error {
	server, err := r.lookAtOllama(ctx)
	if err != nil {
		return err
	}
	var states []partState
	rows := [][]string{{"PART", "", "MB", "FOR", ""}}
	for _, p := range parts.Known() {
		state := partState{Part: p, There: r.fetcher.Has(p.Name), Usable: usable(p)}
		if p.Kind == parts.ForOllama {
			_, state.There = server.has(p.Name)
		}
		states = append(states, state)
		there := "missing"
		switch {
		case state.There:
			there = "there"
		case !state.Usable:
			there = "not for this program"
		}
		rows = append(rows, []string{p.Name, there, fmt.Sprint(p.Size / 1_000_000), string(p.Kind), p.Use})
	}
	if r.o.asJSON {
		return r.JSON(states)
	}
	for _, line := range term.Columned(rows) {
		fmt.Fprintln(r.Out, line)
	}
	return nil
}
