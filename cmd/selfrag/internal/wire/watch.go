package wire

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/folder"
)

// check returns a usage error if the options contradict each other.
func (o Ingestion) check() error {
	if !o.Watch {
		return nil
	}
	if o.DryRun {
		return fault.Usagef("--watch stores what changes, so it does not go with --dry-run")
	}
	if o.Rescan <= 0 {
		return fault.Usagef("--rescan must be more than 0, but is %s", o.Rescan)
	}
	for _, path := range o.Paths {
		if path == "-" || strings.Contains(path, "://") {
			return fault.Usagef("%s cannot be watched: only files, folders and globs can; web sites can be sources of selfrag serve", path)
		}
	}
	return nil
}

// watch ingests the paths and then their changes, until ctx ends. It returns an error
// if the first round fails. A later round that fails is tried again.
func (p *Parts) watch(ctx context.Context, io term.Streams, c ingest.Store, vectors ingest.Embedder, o Ingestion) error {
	store, ok := c.(ingest.Pruner)
	if !ok {
		return errors.New("documents cannot be taken out of this kind of collection")
	}
	cfg := reading(p.Settings)
	cfg.Fields, cfg.Force = o.Fields, o.Force
	in, err := ingest.New(c, vectors, cfg)
	if err != nil {
		return fault.Usage(err)
	}
	watcher := folder.Watch(cfg)
	defer watcher.Close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	v := &watchView{io: io, json: o.JSON, collection: p.Settings.Collection}
	schedule := source.NewSchedule(source.Config{
		Source: folder.New(folder.Config{Paths: o.Paths, Reading: cfg, Watch: watcher}),
		Open:   func(context.Context) (source.Target, error) { return source.Target{Store: store, Ingester: in}, nil },
		Every:  o.Rescan, Changed: watcher.Changes(), Progress: v.show,
		Ended: func(r source.Report, err error) {
			if err != nil && v.rounds == 0 {
				stop(err)
				return
			}
			v.end(r, err)
		},
	})
	schedule.Run(ctx)
	v.close()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// watchView shows the rounds of a watched ingestion.
type watchView struct {
	io         term.Streams
	json       bool
	collection string

	rounds     int
	view       *term.Ingest      // view of the current round; nil before its first document
	told, next map[string]string // failures of the last round and of this one, by source
}

// show shows the outcome of a document. A failure that the last round has shown is
// not shown again.
func (v *watchView) show(e ingest.Event) {
	if v.next == nil {
		v.next = map[string]string{}
	}
	if e.Err != nil {
		v.next[e.Source] = e.Err.Error()
		if v.told[e.Source] == e.Err.Error() {
			return
		}
	}
	if v.view == nil {
		v.view = term.NewIngest(v.io.Err, false)
	}
	v.view.Show(e)
}

func (v *watchView) close() {
	if v.view != nil {
		v.view.End()
		v.view = nil
	}
}

// end shows the outcome of a round if it is the first one or has changed something.
func (v *watchView) end(r source.Report, err error) {
	v.close()
	v.told, v.next = v.next, nil
	first := v.rounds == 0
	v.rounds++
	if err != nil {
		fmt.Fprintf(v.io.Err, "The files could not be ingested and will be tried again: %s\n", term.Printable(err.Error()))
		return
	}
	if first {
		for _, n := range r.Notes {
			fmt.Fprintln(v.io.Err, "warning:", n)
		}
	}
	if first || r.Added+r.Updated+r.Removed > 0 {
		v.print(r)
	}
	if first {
		fmt.Fprintf(v.io.Err, "Watching %d files for changes; stop with Ctrl-C.\n", r.Files)
	}
}

func (v *watchView) print(r source.Report) {
	if v.json {
		_ = v.io.JSONLine(map[string]any{ // an error of writing is reported at the end of the program
			"collection": v.collection, "added": r.Added, "updated": r.Updated, "unchanged": r.Unchanged, "removed": r.Removed,
			"failed": len(r.Failed), "passages": r.Passages, "files": r.Files, "seconds": r.Elapsed.Seconds(),
		})
		return
	}
	fmt.Fprintf(v.io.Out, "%s: %d added, %d updated, %d unchanged, %d removed, %d failed; %d passages stored in %.1f s\n",
		v.collection, r.Added, r.Updated, r.Unchanged, r.Removed, len(r.Failed), r.Passages, r.Elapsed.Seconds())
}
