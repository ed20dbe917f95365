package setup

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/internal/models"
	"selfrag/internal/parts"
	"selfrag/ollama"
)

// pullPatience is the time without progress after which Ollama counts as stuck.
// Ollama itself retries as long as the request is open.
const pullPatience = time.Minute

// fetchChoice fetches a model that the user agreed to.
func (a *initRun) fetchChoice(ctx context.Context, c *choice, words *initWords) error {
	bar := a.newFetchBar(words, c.Name)
	defer bar.end()
	if c.From == fromHub {
		store, err := wire.ModelStore(a.getenv)
		if err != nil {
			return err
		}
		m, err := models.Find(c.Name)
		if err != nil {
			return err
		}
		return store.Pull(ctx, m, func(file string, done, total int64) { bar.show(file, done, total) })
	}
	client, err := a.parts.Ollama(ollama.Config{})
	if err != nil {
		return err
	}
	defer client.Close()
	if c.From == fromPackages {
		fetcher, err := newFetcher(a.getenv, sources{}, bar.show)
		if err != nil {
			return err
		}
		if parts.HasLanguage(c.Name) {
			return fetcher.GiveToOllama(ctx, c.Name, client.Address())
		}
		return fetcher.Install(ctx, c.Name)
	}
	return pullPatiently(ctx, client, c.Name, pullPatience, bar.show)
}

// pullPatiently pulls a model. It gives up if the server makes no progress for
// the duration patience.
func pullPatiently(ctx context.Context, client *ollama.Client, name string, patience time.Duration, show func(status string, done, total int64)) error {
	pulling, stop := context.WithCancel(ctx)
	defer stop()
	silence := time.AfterFunc(patience, stop)
	defer silence.Stop()
	var last ollama.PullProgress
	err := client.Pull(pulling, name, func(p ollama.PullProgress) {
		// Ollama repeats the same line while it makes no progress.
		if p != last {
			silence.Reset(patience)
		}
		last = p
		show(p.Status, p.Done, p.Total)
	})
	if err != nil && ctx.Err() == nil && pulling.Err() != nil {
		return &ollama.PullError{Address: client.Address(), Model: name, Message: fmt.Sprintf("nothing came for %v", patience)}
	}
	return err
}

// fetchBar shows the progress of a download: with a bar on a terminal,
// otherwise with a line for each tenth.
type fetchBar struct {
	out   io.Writer
	bar   *progressbar.ProgressBar // nil without a terminal
	tenth int64
}

func (a *initRun) newFetchBar(words *initWords, name string) *fetchBar {
	fmt.Fprintf(a.Err, words.fetching+"\n", name)
	b := &fetchBar{out: a.Err}
	if term.IsTerminal(a.Err) {
		b.bar = progressbar.NewOptions64(1,
			progressbar.OptionSetWriter(term.Raw(a.Err)),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	return b
}

func (b *fetchBar) show(what string, done, total int64) {
	if b.bar != nil {
		b.bar.Describe(term.OneLine(what))
		b.bar.ChangeMax64(max(total, done, 1))
		_ = b.bar.Set64(done)
		return
	}
	if total <= 0 {
		return
	}
	if tenth := done * 10 / total; tenth > b.tenth {
		b.tenth = tenth
		fmt.Fprintf(b.out, "  %d %%\n", 10*tenth)
	}
}

func (b *fetchBar) end() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}
